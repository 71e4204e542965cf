#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Keeps the manual pages true: no lint warning, the SYNOPSIS is the usage line
# of --help, each option of --help has its entry and the reverse, each command
# its page, and the examples run on the fixture.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
LC_ALL=C.UTF-8
export LC_ALL
man=$XLA_SOURCE/man

same() # DESCRIPTION EXPECTED-FILE ACTUAL-FILE
{
	diff -u "$2" "$3" >difference
	result $? "$1" difference
}

lint()
{
	# A page about the tables is found where it is installed only.
	mandoc -Tlint -W warning "$1" >lint 2>&1
	result $? "$(basename "$1"): lint" lint
}

# The sections that every page has, in order.
sections()
{
	sed -n 's/^\.Sh //p' "$1" |
		grep -E '^(NAME|SYNOPSIS|DESCRIPTION|EXIT STATUS|EXAMPLES|SEE ALSO|CAVEATS)$' \
			>have
	printf '%s\n' NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES \
		'SEE ALSO' CAVEATS >want
	same "$(basename "$1"): sections" want have
}

# "-x", "--long" and "--long=ARG", sorted, as --help and as the page have them.
options_of_help()
{
	sed -n 's/^  \(-.*\)$/\1/p' help | sed 's/   *.*//; s/, -/\n-/g' |
		LC_ALL=C sort -u
}

options_of_page()
{
	sed -n 's/^\.It Fl //p' "$1" | sed 's/ Ns = Ns Ar /=/
		s/ Ns = Ns Ar /=/; s/ Ns \/ Ns Ar /\//; s/ , Fl /\n/g' |
		sed 's/^/-/' | LC_ALL=C sort -u
}

usage_of_help()
{
	sed -n '/^Usage:/{n;p;}' help |
		sed 's/^ *//; s/\[OPTION[^]]*\]/[option ...]/; s/ *$//'
}

synopsis_of_page()
{
	mandoc -Tutf8 -O width=200 "$1" |
		sed "s/.$(printf '\b')//g" |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' |
		sed 's/^ *//; s/ *$//' | grep -v '^$'
}

check_command() # NAME
{
	page=$man/xen-lockaudit-$1.1
	if ! [ -f "$page" ]; then
		echo "no $page" >remarks
		result 1 "$1: has a page" remarks
		return
	fi
	if ! in_build "$1"; then
		skip "$1: options" "not in this build"
		return
	fi
	"$XLA" "$1" --help >help 2>err
	result $? "$1: --help" err
	usage_of_help >want
	synopsis_of_page "$page" >have
	same "$1: SYNOPSIS is the usage of --help" want have
	options_of_help >want
	options_of_page "$page" >have
	same "$1: options of --help and of the page" want have
}

commands_of_help()
{
	"$XLA" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

for page in "$man"/*.[15]; do
	lint "$page"
	case $page in
	*.1) sections "$page" ;;
	esac
done

commands_of_help >want
sed -n 's/^\.It Cm //p' "$man/xen-lockaudit.1" >have
same "xen-lockaudit.1 lists the commands of --help" want have

for command in $(commands_of_help); do
	check_command "$command"
done

# The literal blocks under EXAMPLES, without prompts.
examples()
{
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$1" |
		sed -n '/^\.Bd/,/^\.Ed/p' | sed '/^\./d; s/^\$ //; s/\\e/\\/g'
}

# In the order in which a reader would: facts.db comes from extract.  Those
# that need a whole Xen are tested elsewhere.
run_examples()
{
	mkdir bin && ln -s "$XLA" bin/xen-lockaudit
	PATH=$PWD/bin:$PATH
	cp -R "$XLA_SOURCE/fixtures/xen-snapshot" xen &&
		make -s -C xen compile_commands.json || return
	for command in extract merge check explain compare graph query report
	do
		if ! in_build $command; then
			skip "$command: examples" "not in this build"
			continue
		fi
		examples "$man/xen-lockaudit-$command.1" >script
		timeout 120 sh -u script >out 2>err </dev/null
		status=$?
		case $status in
		0 | 1 | 3) result 0 "$command: examples" ;;
		*) result 1 "$command: examples" err ;;
		esac
	done
}
run_examples

finish

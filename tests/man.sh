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

for page in "$man"/*.[157]; do
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

# The keys of JSON: those that the writers name, those of the page.
sed -n 's/.*\(json_key\|json_put_[a-z]*\|put_level\|put_class_set\|put_locks\|open_key\|put_list\|put_revision\)(w, "\([a-z_]*\)".*/\2/p' \
	"$XLA_SOURCE"/src/result_json.c "$XLA_SOURCE"/src/result_json_gate.c \
	"$XLA_SOURCE"/src/result_json_proof.c |
	LC_ALL=C sort -u >want
sed -n 's/^\.It Va //p' "$man/xen-lockaudit-json.5" | LC_ALL=C sort -u >have
same 'xen-lockaudit-json.5 has the keys that are written' want have

# And those of each object of a report, "object.key".
json_keys()
{
	jq -r '{ classes: "class", orderings: "ordering", findings: "finding",
		held: "lock", acquired: "lock", lock: "lock", lockset: "lock",
		locks: "lock", witness: "step", witnesses: "step",
		assumptions: "assumption", suppressed: "suppression",
		suppressions: "suppression",
		entry_points: "entry_point" } as $object |
		paths | select(.[-1] | type == "string") |
		map(select(type == "string")) | .[-1] as $key |
		(if length > 1 then .[-2] else "report" end) as $in |
		($object[$in] // $in) + "." + $key' "$1" | LC_ALL=C sort -u
}

json_page()
{
	awk '/^\.Ss / { object = $2 } /^\.It Va / { print object "." $3 }' \
		"$man/xen-lockaudit-json.5" | LC_ALL=C sort -u
}

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
	for page in extract.1 merge.1 check.1 explain.1 compare.1 graph.1 \
		query.1 report.1 json.5
	do
		command=${page%.*}
		if [ "$command.1" = "$page" ] && ! in_build $command; then
			skip "$command: examples" "not in this build"
			continue
		fi
		examples "$man/xen-lockaudit-$page" >script
		timeout 120 sh -u script >out 2>err </dev/null
		status=$?
		case $status in
		0 | 1 | 3) result 0 "$command: examples" ;;
		*) result 1 "$command: examples" err ;;
		esac
	done
}
run_examples

# Those of the tables are SQL; that of the model is a line of one.
if in_build extract && command -v sqlite3 >/dev/null; then
	examples "$man/xen-lockaudit-facts.5" >script
	sqlite3 -readonly -bail facts.db <script >out 2>err
	result $? 'facts: examples' err
fi
examples "$man/xen-lockaudit-model.5" | sed 's/ -- .*//' >line
grep -Fq -f line "$XLA_SOURCE/models/xen-x86.model"
result $? 'model: the example is a line of the model' line
if [ -s report.json ]; then
	json_keys report.json >have
	json_page >page
	grep -Fxv -f page have >remarks
	! [ -s remarks ]
	result $? 'xen-lockaudit-json.5: each key of a report' remarks
fi

finish

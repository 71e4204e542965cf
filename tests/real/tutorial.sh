#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tutorial.sh FACTS.db: runs the commands of docs/tutorial.md and docs/faq.md on
# the facts of Debian's Xen 4.17.5; what the page shows must be printed, in that
# order, with nothing in between but where "..." stands.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
[ $# -eq 1 ] || { echo "usage: $0 FACTS.db" >&2; exit 2; }
cp "$OLDPWD/$1" FACTS.db 2>/dev/null || cp "$1" FACTS.db || exit 2
mkdir bin && ln -s "$(command -v "$XLA")" bin/xen-lockaudit
PATH=$PWD/bin:$PATH

# shown FILE: the lines of FILE stand in the file out as the page says.
shown()
{
	awk '
	FILENAME == "out" { line[++nr] = $0; next }
	$0 == "..." { gap = 1; next }
	{
		do at++
		while (gap && at <= nr && line[at] != $0)
		if (line[at] != $0) {
			print "not printed: " $0
			exit 1
		}
		gap = 0
	}' out "$1"
}

run() # COMMAND, with what the page shows in the file page
{
	sh -c "$1" >out 2>err
	status=$?
	shown page >remarks
	! [ -s remarks ] && [ $status -ne 2 ] && [ $status -ne 127 ] &&
		! grep -q 'error:' err
	result $? "$document: $1" remarks err
}

for document in tutorial faq; do
	# Each command and what follows it, up to the next command or text.
	sed "s,MODELS,$XLA_SOURCE/models," "$XLA_SOURCE/docs/$document.md" |
	awk '/^    \$ / { print "=" substr($0, 7); on = 1; next }
		/^    / { if (on) print "-" substr($0, 5); next }
		/^$/ { if (on) print "-"; next }
		{ on = 0 }
		END { print "=" }' >blocks
	command=
	: >page
	while IFS= read -r line; do
		case $line in
		=*)
			# Blank lines at the end are the page's.
			sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' page >trimmed
			mv trimmed page
			[ -z "$command" ] || run "$command" </dev/null
			command=${line#=}
			: >page
			;;
		*) printf '%s\n' "${line#-}" >>page ;;
		esac
	done <blocks
done
finish

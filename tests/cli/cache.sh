#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The cache of facts: what did not change is not parsed, a header's change
# costs those that include it, damaged entries are misses, and --cache-size
# bounds it.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
in_build extract || { skip cache 'not in this build'; finish; }

mkdir tree
echo 'static inline int one(void) { return 1; }' >tree/one.h
echo 'static inline int two(void) { return 2; }' >tree/two.h
printf '#include "one.h"\nint a(void) { return one(); }\n' >tree/a.c
printf '#include "one.h"\n#include "two.h"\n' >tree/b.c
echo 'int b(void) { return one() + two(); }' >>tree/b.c
echo 'int c(void) { return 3; }' >tree/c.c
separator='['
for name in a b c; do
	printf '%s{ "directory": "%s/tree", "file": "%s.c", "arguments": %s }' \
		"$separator" "$work" $name \
		"[\"cc\", \"-c\", \"$name.c\", \"-o\", \"$name.o\"]"
	separator=,
done >compile_commands.json
echo ']' >>compile_commands.json

# Each run writes what it parses: names and numbers of the files tell.
list()
{
	find cache -type f -name '*.facts' -printf '%f %i\n' | sort
}
extract() # DESCRIPTION OPTION...
{
	description=$1
	shift
	"$XLA" extract -q "$@" --cache cache -o facts.db -p . >out 2>err
	result $? "$description" err
}
# written NUMBER DESCRIPTION: so many facts are new since the last time.
written()
{
	list >after
	new=$(comm -13 before after | wc -l)
	echo "$new of facts are new, expected $1" >remarks
	[ "$new" -eq "$1" ]
	result $? "$2" remarks before after
	cp after before
}
same()
{
	cmp -s facts.db cold.db
	result $? "$1: the same bytes"
}

: >before
extract 'cold' && cp facts.db cold.db
written 3 'all three are parsed'
extract 'once more'
written 0 'nothing is parsed'
same 'from the cache'
extract 'with other workers' -j 1
written 0 'nothing is parsed'

cp tree/two.h two.h
echo 'static inline int three(void) { return 3; }' >>tree/two.h
extract 'a header changed'
written 1 'the one that includes it is parsed'
cp two.h tree/two.h
extract 'and changed back'
written 0 'what was known is known still'
same 'changed back'
touch tree/*.c tree/*.h
extract 'touched only'
written 0 'nothing is parsed'

find cache -name '*.facts' | head -n 1 | while read -r file; do
	head -c 40 "$file" >cut && cp cut "$file"
done
extract 'an entry cut short'
same 'an entry cut short'
find cache -name '*.manifest' | while read -r file; do
	head -c 40 "$file" >cut && cp cut "$file"
done
extract 'manifests cut short'
same 'manifests cut short'
find cache -name '*.facts' | while read -r file; do
	tr 'a-m' 'n-z' <"$file" >changed && cp changed "$file"
done
extract 'other bytes in the entries'
same 'other bytes in the entries'
list >before

finish

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

# Bounded: what was used last stays.  Each entry takes at least a block.
entries()
{
	find cache -type f | wc -l
}
extract 'no limit' --cache-size 0
full=$(entries)
extract 'a large limit' --cache-size 1G
[ "$(entries)" -eq "$full" ]
result $? 'removes nothing'
find cache -type f -exec touch -d '2001-01-01' {} +
find cache -name '*.facts' | head -n 1 | while read -r file; do
	cp "$file" cache/old && touch -d '2000-01-01' cache/old
done
size=$(find cache -type f -printf '%b\n' | awk '{ s += $1 * 512 } END { print s }')
extract 'one byte less than there is' --cache-size $((size - 1))
[ ! -e cache/old ] && [ "$(entries)" -eq "$full" ]
result $? 'removes what was not used for longest'
extract 'a tiny limit' --cache-size 1
[ "$(entries)" -eq 0 ]
result $? 'removes all'
extract 'after that'
same 'after that'
for size in '' 1T x -1 1MM 99999999999999; do
	expect 2 '--cache-size wants' "size '$size'" \
		extract -q --cache-size="$size" -o facts.db -p .
done

# Two at once, with a limit that neither fits in.
rm -rf cache
for n in 1 2 3 4; do
	"$XLA" extract -q --cache cache --cache-size 5K -o facts.$n -p . \
		>out.$n 2>err.$n &
	eval "pid$n=$!"
done
for n in 1 2 3 4; do
	eval "wait \$pid$n" && cmp -s facts.$n cold.db
	result $? "four at once: number $n" err.$n
done

# A directory that cannot be written costs the cache only.
mkdir locked && chmod a-w locked
if [ "$(id -u)" -ne 0 ]; then
	"$XLA" extract -q --cache locked -o facts.db -p . >out 2>err
	result $? 'a cache that cannot be written' err
	same 'a cache that cannot be written'
fi
"$XLA" extract -q --cache tree/a.c -o facts.db -p . >out 2>err
result $? 'a file for a cache' err
same 'a file for a cache'

finish

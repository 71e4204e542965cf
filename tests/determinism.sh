#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# determinism.sh: the same tree gives the same bytes, however many workers there
# are, in whatever order files are listed and shards are joined, with a cache or
# without, and wherever the tree lies.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
for tool in make jq; do
	command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool"; exit 77; }
done
variant='RULE=bias BUG=level-violation'

# Makes compile_commands.json of a copy of the snapshot in $1/objects.
make_tree()
{
	mkdir -p "$1" && cp -R "$XLA_SOURCE/fixtures/xen-snapshot" "$1/tree" &&
	# shellcheck disable=SC2086
	make -s -C "$1/tree" O="$work/$1/objects" $variant \
		compile_commands.json >out 2>err
	result $? "a tree in $1" err
}

extract() # NAME OPTION...: leaves NAME.db
{
	name=$1
	shift
	"$XLA" extract -q -o "$name.db" "$@" >out 2>err
	[ $? -eq 0 ] || result 1 "extract: $name" err
}

tables() # DATABASE
{
	"$XLA" query "$1" --sql "SELECT name FROM sqlite_master
		WHERE type IN ('table', 'view') ORDER BY name" | sed 1d
}

# Leaves the reports of NAME.db in NAME.FORMAT, and NAME.facts.
report() # NAME [JOBS]
{
	for format in json text sarif gitlab; do
		"$XLA" check -q -j "${2-1}" --format $format \
			--output "$1.$format" "$1.db" >out 2>err
		case $? in
		0 | 1 | 3) : ;;
		*) result 1 "check: $1" err ;;
		esac
	done
	"$XLA" graph -q --format dot -o "$1.dot" "$1.db" >out 2>err ||
		result 1 "graph: $1" err
	tables "$1.db" | while read -r table; do
		echo "-- $table"
		"$XLA" query "$1.db" --sql "SELECT * FROM $table"
	done >"$1.facts" 2>err
	[ ! -s err ] || result 1 "query: $1" err
}

# same NAME DESCRIPTION: NAME.db says what base.db says.
same()
{
	report "$1" "${3-1}"
	: >remarks
	for part in json text sarif gitlab dot facts; do
		cmp "base.$part" "$1.$part" >>remarks 2>&1
	done
	[ ! -s remarks ]
	result $? "$2" remarks
}

# check leaves NAME.json although its copies of itself come to nothing: fork() is
# $2, which notes in the file tried that it was called.
without_copies() # NAME BODY DESCRIPTION
{
	extract "$1" -p $commands --cache none
	cat >fork.c <<EOF
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t fork(void)
{
	close(open("$work/tried", O_CREAT | O_WRONLY, 0600));
	$2
}
EOF
	rm -f tried
	"${CC:-cc}" -shared -fPIC -o fork.so fork.c >out 2>err &&
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
	LD_PRELOAD=$work/fork.so "$XLA" check -q -j 2 --format json \
		--output "$1.json" "$1.db" >>out 2>>err
	[ -f tried ] && cmp base.json "$1.json" >>out 2>&1
	result $? "$3" out err
}

make_tree here
commands=here/objects/compile_commands.json
extract base -p $commands -j 1 --cache none
report base
[ "$(grep -c '^--' base.facts)" -gt 20 ] && [ -s base.dot ] &&
	jq -e '(.orderings | length) > 10 and (.findings | length) > 0' \
		base.json >out
result $? 'there is something to tell' out

extract again -p $commands -j 1 --cache none
same again 'the same once more'
extract two -p $commands -j 2 --cache none
same two 'two workers' 2
extract many -p $commands -j 7 --cache none
same many 'seven workers' 7

without_copies alone 'errno = EAGAIN; return -1;' 'no process can be had'
without_copies orphan 'pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(1);
	return pid;' 'the other processes fail'

extract cold -p $commands --cache cache
same cold 'a cold cache'
[ -n "$(ls cache)" ]
result $? 'something is in it'
extract warm -p $commands --cache cache
same warm 'a warm cache'
extract empty -p $commands --cache cache -j 2
same empty 'a warm cache, two workers' 2

for i in 1 2 3; do
	extract "shard$i" -p $commands --cache none --shard $i/3
done
for order in '1 2 3' '3 1 2' '2 3 1' '3 2 1'; do
	# shellcheck disable=SC2046,SC2086
	"$XLA" merge -q -o merged.db $(printf 'shard%s.db ' $order) >out 2>err
	result $? "merge $order" err
	same merged "shards in the order $order"
done

jq reverse $commands >reversed.json
extract reversed -p reversed.json --cache none
same reversed 'files in reversed order'
jq 'sort_by(.file | explode | map(. * 7919 % 251))' $commands >shuffled.json
! cmp -s shuffled.json $commands
result $? 'another order'
extract shuffled -p shuffled.json --cache none
same shuffled 'files in another order'

make_tree somewhere/else/with-a-long-name
extract there -p somewhere/else/with-a-long-name/objects --cache none
same there 'a tree in another place'
extract other -p somewhere/else/with-a-long-name/objects --cache cache
same other 'a tree in another place, with the cache of the first'
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gate, where something goes wrong: killed in each stage, a full disk.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/gate.sh"

add_bug; commit bug
start base
cd .. || exit 2

# The state of a run that was killed is told by what it has made so far.
"$XLA" gate -q --format json --cache c0 --work w0 tree base bug >out 2>err
jq -S 'del(.tool)' out >first
seen() # PATTERN...
{
	for name in "$@"; do
		[ ! -e "$name" ] || return 0
	done
	return 1
}
# Leaves $was: killed at the stage, or over before it was seen.
kill_at() # PATTERN
{
	"$XLA" gate -q --cache cache --work w1 tree base bug >out 2>err \
		</dev/null &
	pid=$!
	was=over
	while kill -0 $pid 2>/dev/null; do
		# shellcheck disable=SC2086
		if seen $1; then
			kill -9 $pid 2>/dev/null && was=killed
			break
		fi
	done
	wait $pid 2>/dev/null
}
killed=0
for stage in w1/sources.tar w1/0/tree 'w1/0/records/*' 'w1/facts0.db*' \
	w1/1/tree w1/note1 'w1/facts1.db*' cache/results 'cache/results/*.result'
do
	rm -rf cache w1
	kill_at "$stage"
	[ $was = over ] || killed=$((killed + 1))
	timeout 120 "$XLA" gate -q --format json --cache cache --work w1 tree \
		base bug >out 2>err </dev/null
	[ $? -eq 1 ] && jq -S 'del(.tool)' out | cmp -s first - &&
		! find w1 cache -name '*.??????' -path '*facts*.db.*' |
			grep -q .
	result $? "$was at $stage, and again" err
done
[ $killed -ge 6 ]
result $? 'most stages were seen'
# A disk that gets full, of every size from nothing to enough.
mkdir small
if ! mount -t tmpfs -o size=64k none small 2>/dev/null; then
	skip 'a full disk' 'cannot mount a tmpfs'
	finish
fi
trap 'umount small 2>/dev/null; chmod -R u+w "$work"; rm -rf "$work"' EXIT
full=0
for size in 64k 1m 3m 8m; do
	mount -o remount,size=$size small
	rm -rf small/*
	timeout 120 "$XLA" gate -q --format json --cache none \
		--work small/work tree base bug >out 2>err </dev/null
	status=$?
	case $status in
	1) jq -S 'del(.tool)' out | cmp -s first - ;;
	2 | 3) full=$((full + 1)) && [ -s err ] && ! [ -s out ] ;;
	*) false ;;
	esac
	result $? "work on $size: status $status" err
done
[ $full -ge 1 ]
result $? 'it was full at times'
for size in 16k 256k; do
	mount -o remount,size=$size small
	rm -rf small/*
	for time in first second; do
		timeout 120 "$XLA" gate -q --format json --cache small/cache \
			--work w1 tree base bug >out 2>err </dev/null
		[ $? -eq 1 ] && jq -S 'del(.tool)' out | cmp -s first -
		result $? "cache on $size, the $time time" err
	done
done
mount -o remount,size=64k small
rm -rf small/*; cat /dev/zero >small/fill 2>/dev/null
timeout 120 "$XLA" gate -q --format json --output small/report tree base bug \
	2>err </dev/null
[ $? -eq 2 ] && [ ! -e small/report ] && [ -s err ]
result $? 'no room for the report: none, and a message' err
umount small
finish

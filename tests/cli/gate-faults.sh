#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gate, where something goes wrong or the series is out of the ordinary: killed
# in each stage, a full disk, changes of Kconfig, comments that justify a
# finding, findings that only move.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/gate.sh"

pod=xen/arch/x86/mm/p2m-pod.c
add_bug; commit bug
# What Kconfig decides: with LATE_VIEWS the views are told under the pod lock.
start base
awk '/if \(altp2m_active\(d\)\)/ { print "#ifndef CONFIG_LATE_VIEWS"; print
	getline; print; print "#endif"; next } 1' $pod >../edited &&
	cp ../edited $pod
commit guarded
echo 'config LATE_VIEWS' >>xen/Kconfig; commit kconfig
# The bug, where a comment justifies it, and the comment gone again.
start bug
line=$(git show bug:$pod | grep -n 'p2m_set_entry(p2m, gfn, page_to_mfn' |
	head -n 1 | cut -d: -f1)
sed -i "${line}i\\	/* SAF-1-safe the views are told */" $pod
mkdir -p docs/misra
cat >docs/misra/safe.json <<'JSON'
{ "version": "1.0", "content": [ { "id": "SAF-1-safe", "analyser":
  { "xen-lockaudit": "level-violation pod altp2mlist" }, "name": "views",
  "text": "told in time" } ] }
JSON
commit justified
sed -i '/SAF-1-safe/d' $pod; commit unjustified
start justified; git rm -q docs/misra/safe.json; commit unregistered
# The faulty function goes to another file with all that is around it.
start bug; git mv $pod xen/arch/x86/mm/demand.c
sed -i '3i/* Moved here. */\n' xen/arch/x86/mm/demand.c; commit moved
start base
cd .. || exit 2

gate() # STATUS DESCRIPTION ARGUMENT...
{
	want=$1 description=$2
	shift 2
	timeout 120 "$XLA" gate -q --format json "$@" >out 2>err </dev/null
	status=$?
	echo "exit status $status, expected $want" >remarks
	[ $status -eq "$want" ]
	result $? "$description" remarks err
}
query() # DESCRIPTION JQ-EXPRESSION
{
	[ -s out ] && jq -e "$2" out >/dev/null 2>err
	result $? "$1" out err
}

gate 0 'code that is not configured' tree base guarded
gate 1 'a change of Kconfig' tree guarded kconfig
query 'brings what it configures' 'any(.findings.added[]; .kind ==
	"level-violation" and
	(.locks | map(.class) | unique) == ["altp2mlist", "pod"])'
gate 0 'and the reverse' tree kconfig guarded
query 'takes it away' '.findings.removed | length > 0'
gate 0 'a change of Kconfig that is not run' --no-build tree guarded kconfig
grep -q 'files of the build have no effect' err
result $? 'is told to have no effect' err

gate 0 'a bug that only moves to another file' tree bug moved
query 'gives nothing' '[.findings, .orderings | .added, .removed, .changed |
	length] | add == 0'

gate 1 'the bug' tree base bug
gate 0 'the bug with a justification' tree base justified
query 'is told, and suppressed' '[.findings.added[] |
	select(.kind == "level-violation")] | length > 0 and
	all(.suppressed.id == "SAF-1-safe")'
gate 0 'a justification comes' tree bug justified
query 'which is a change' '.findings.added == [] and
	all(.findings.changed[]; .suppressed.id == "SAF-1-safe") and
	(.findings.changed | length) > 0'
expect 0 '' 'as text' gate -q tree bug justified
grep -q '^    now suppressed by SAF-1-safe$' out
result $? 'it says so' out
gate 1 'a justification goes' tree justified unjustified
query 'and its finding is as good as new' 'any(.findings.added[];
	.kind == "level-violation" and .suppressed == null)'
gate 1 'the register goes' tree justified unregistered

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

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gate, where the series is out of the ordinary: changes of Kconfig, comments that
# justify a finding, findings that only move.
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
finish

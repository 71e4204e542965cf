#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gate, on a git repository made of the snapshot with a makefile that does what
# Xen's do: what a series adds and removes and what brought it, what makes no
# difference, what cannot be done, and that nothing is changed but the cache.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

. "$XLA_SOURCE/tests/lib/gate.sh"

add_bug; commit bug
start base; add_flush; commit flush
start base
sed -i 's/^int paging_domctl/\n\n\/* Moved. *\/\n\n&/' xen/arch/x86/mm/paging.c
sed -i '2i/* A remark. */\n' xen/arch/x86/mm/p2m.c xen/arch/x86/mm/mm-locks.h
sed -i 's/^\tpod_lock(p2m);/\tpod_lock( p2m );/' xen/arch/x86/mm/p2m-pod.c
commit moves
start base; git mv xen/arch/x86/mm/p2m-pod.c xen/arch/x86/mm/pod.c; commit rename
start base; echo text >README; commit readme
start base
echo '#include <xen/lib.h>' >xen/common/added.c
echo 'void added(void) { printk("x"); }' >>xen/common/added.c
git rm -q xen/arch/x86/usercopy.c; commit files
start base; echo 'int x = no_such_thing;' >>xen/common/memory.c; commit syntax
start base; echo '#define width )' >xen/include/xen/width.h
echo '#error "on purpose"' >>xen/include/xen/width.h; commit header
start base; echo 'build: no-such-target' >>xen/Makefile; commit makefile
start base; sed -i 's/ -DMM_LOCK_BIAS//' xen/Makefile; commit nobias
start base; sed -i 's/altp2mlist/viewlist/g' xen/arch/x86/mm/mm-locks.h
commit class
# Four commits, the third of which brings a finding that the last takes away.
start base; echo text >README; commit series
sed -i '2i/* A remark. */' xen/common/domain.c; commit series
add_bug; commit series; git tag culprit
git checkout -q base -- xen/arch/x86/mm/p2m-pod.c
commit series
start base
cd .. || exit 2

state()
{
	git -C tree --no-optional-locks status --porcelain
	cat tree/.git/HEAD
	ls -l --full-time tree/.git/index tree/.git/refs/heads
	find tree -path tree/.git -prune -o -type f -exec cksum {} +
	git -C tree for-each-ref
}
state >before

gate() # STATUS PATTERN DESCRIPTION ARGUMENT...
{
	want=$1 pattern=$2 description=$3
	shift 3
	expect "$want" "$pattern" "$description" gate -q --format json "$@"
}
query() # DESCRIPTION JQ-EXPRESSION
{
	jq -e "$2" out >/dev/null 2>err
	result $? "$1" out err
}

none='[.findings, .orderings | .added, .removed, .changed | length] | add == 0'
gate 0 '' 'one revision with itself' tree base base
query 'makes no difference' "$none"
query 'says which revisions and how they are' '.tool.name == "xen-lockaudit" and
	.base.commit == .head.commit and (.base.commit | length) == 40 and
	.head.complete and .verdict == "clean" and .head.version == "4.17.0"'
gate 0 '' 'lines moved, remarks, white space' tree base moves
query 'make no difference' "$none"
gate 0 '' 'a renamed file' tree base rename
query 'makes no difference' "$none"
gate 0 '' 'a file that is not read' tree base readme
query 'makes no difference' "$none"

# The levels of a control domain are no longer above the others': the copy to
# the caller in paging_log_dirty_op, conditional before, is wrong for all.
gate 1 '' 'another rule' tree base nobias
query 'changes verdicts' '.base.rule.name == "control-domain" and
	.head.rule.name == "none" and any(.orderings.changed[];
	.holder.function == "paging_log_dirty_op" and
	.acquired.class == "p2m" and .was.verdict == "conditional" and
	.verdict == "violation")'
gate 0 '' 'a lock class renamed' tree base class
query 'takes its orderings along' '(.orderings.added | length) > 0 and
	(.orderings.added | length) == (.orderings.removed | length) and
	all(.orderings.added[] | [.held.class, .acquired.class];
	index("viewlist")) and
	all(.orderings.removed[] | [.held.class, .acquired.class];
	index("altp2mlist"))'

gate 1 '' 'a bug: the views are told under the pod lock' tree base bug
query 'is a finding: pod, then altp2mlist' '.verdict == "violations" and
	any(.findings.added[]; .kind == "level-violation" and
	(.locks | map(.class) | unique) == ["altp2mlist", "pod"])'
query 'whose orderings are added' '(.orderings.added | map(.id)) as $new |
	all(.findings.added[]; .orderings[0] | IN($new[]))'
query 'with a witness' 'all(.findings.added[]; .witnesses[0] | length > 3)'
query 'that the change in the function brought' 'any(.findings.added[];
	.kind == "level-violation" and .brought_by.match == "function" and
	.brought_by.hunks[0].file == "arch/x86/mm/p2m-pod.c" and
	.brought_by.hunks[0].lines == 0)'
query 'and nothing is removed' '.findings.removed == []'
cp out forward.json
gate 0 '' 'the reverse' tree bug base
query 'removes what the other way adds' '.findings.added == [] and
	.orderings.added == []'
jq -S '[.findings.removed[].id, .orderings.removed[].id]' out >removed
jq -S '[.findings.added[].id, .orderings.added[].id]' forward.json >added
cmp -s removed added
result $? 'all of it and nothing else' removed added

gate 1 '' 'a bug on a line of its own' tree base flush
query 'the step in that line is named' '[.findings.added[] |
	select(.kind == "level-violation") | .brought_by] | length > 0 and
	all(.match == "line" and .hunks[0].event == "call" and
	.hunks[0].function == "p2m_pod_demand_populate" and
	.hunks[0].lines == 1)'
line=$(git -C tree show flush:xen/arch/x86/mm/p2m-pod.c |
	grep -n 'p2m_flush_nestedp2m(d);' | cut -d: -f1)
expect 1 '' 'as text' gate -q tree base flush
grep -q "^    brought by arch/x86/mm/p2m-pod.c:$line: call at line $line of p2m_pod_demand_populate" out &&
	grep -q '^arch/x86/mm/.*: error: .*\[level-violation\]$' out &&
	tail -n 1 out | grep -q '^verdict: violations: .* adds [1-9]* errors'
result $? 'finding, hunk and verdict' out

# Other formats know findings only: the new ones.
expect 1 '' 'as SARIF' gate -q --format sarif tree base bug
jq -r '.runs[0].results[].partialFingerprints[]' out | sort >new
jq -r '.findings.added[].id' forward.json | sort | cmp -s - new
result $? 'has the new findings' new
expect 1 '' 'for GitLab' gate -q --format gitlab tree base bug
jq -r '.[].fingerprint' out | sort | cmp -s - new
result $? 'has the new findings' out
gate 0 '' 'what counts is chosen' --fail-on none tree base bug
sed 's/$/ accepted/' new >known
gate 0 '' 'a baseline' --baseline known tree base bug
gate 1 '' 'writes one' --write-baseline written tree base bug
[ "$(grep -c -F -f new written)" -eq "$(wc -l <new)" ]
result $? 'with the new findings' written

gate 0 '' 'a file added and one deleted' --allow-incomplete tree base files
query 'with what follows' '.head.translation_units == .base.translation_units'

gate 2 "'nothing' is no revision of '.*'; name" 'no such revision' \
	tree base nothing
gate 2 "'-x' is no revision" 'a revision like an option' -- tree base -x
mkdir empty
gate 2 "cannot use 'empty' as a git" 'no repository' empty base bug
gate 2 "cannot open 'nowhere'" 'no such directory' nowhere base bug
gate 2 "work' is inside the checkout" 'work in the checkout' \
	--work tree/work tree base bug
gate 2 nowhere 'a report that cannot be written' \
	--output nowhere/report tree base bug
gate 2 'nosuch' 'no such configuration' --kconfig nosuch tree base bug

# A revision that does not parse or configure: the compiler's message.
fails() # PATTERN DESCRIPTION REVISIONS
{
	pattern=$1 description=$2
	shift 2
	"$XLA" gate -q tree "$@" >out 2>err </dev/null
	[ $? -eq 3 ] && grep -q -- "$pattern" err
	result $? "$description" err
}
fails 'memory.c.*no_such_thing' 'an error in a file' base syntax
fails 'does not parse' 'is told with the revision' --allow-incomplete base syntax
fails 'does not parse' 'in the base as well' syntax base
fails 'on purpose' 'an error where the build needs it' base header
fails 'cannot be configured' 'is told with the revision' base header
fails 'no-such-target' 'a makefile that fails' base makefile
gate 0 '' 'the next one is not disturbed' tree base moves

# Commit by commit.
culprit=$(git -C tree rev-parse culprit)
gate 1 '' 'each commit of a series' --each tree base series
query 'names the first that brings a finding' ".first == \"$culprit\" and
	.head.commit == \"$culprit\" and (.series | length) == 3 and
	([.series[].added] | .[0] == 0 and .[1] == 0 and .[2] > 0)"
gate 0 '' 'whole, the series brings none' tree base series
gate 0 '' 'nor does each of others' --each tree base moves
query 'which is told' '.first == null and (.series | length) == 1'

# Nothing of the series is run.
cp -R tree evil && git -C evil checkout -qf flush &&
	echo "\$(shell touch $work/ran)" >>evil/xen/Makefile &&
	echo 'int renamed;' >evil/xen/common/new.c &&
	git -C evil mv xen/arch/x86/mm/hap/hap.c xen/arch/x86/mm/hap/pah.c &&
	git -C evil add -A && git -C evil commit -qm evil && git -C evil tag evil
"$XLA" gate -q --format json --no-build evil base evil >out 2>err
[ $? -eq 1 ] && [ ! -e ran ]
result $? 'no-build runs nothing of the series' err
grep -q 'files of the build have no effect' err
result $? 'and says what it does not see' err
query 'and finds what it brings' \
	'any(.findings.added[]; .kind == "level-violation") and
	.head.translation_units == .base.translation_units + 1'
gate 0 '' 'and its base is not disturbed' --no-build evil base base

# A bare repository, and a folder of a checkout.
git clone -q --bare tree bare
gate 1 '' 'a bare repository' bare base bug
gate 1 '' 'a folder of the checkout' tree/xen base bug
mkdir -p outer/vendor && cp -R tree/xen tree/Config.mk outer/vendor &&
	git -C outer init -q && git -C outer add -A &&
	git -C outer commit -qm one
gate 0 '' 'a tree in a part of a repository' outer/vendor HEAD HEAD
gate 2 'not a Xen tree' 'where there is none' outer HEAD HEAD

# The example of a hook, as git runs it.
hook()
{
	printf 'refs/heads/%s %s refs/heads/x %s\n' "$1" \
		"$(git -C tree rev-parse "$1")" "$2" |
		(cd tree && GIT_DIR=.git XEN_LOCKAUDIT=$XLA \
			sh "$XLA_SOURCE/contrib/pre-push" >../out 2>../err)
}
base=$(git -C tree rev-parse base)
zeros=$(echo "$base" | tr 0-9a-f 0)
! hook bug "$base" && grep -q 'not pushed' err
result $? 'the hook stops what brings a finding' err
hook moves "$base" && hook readme "$base"
result $? 'and nothing else' err
hook bug "$zeros" && grep -q 'set lockaudit.base' err
result $? 'and says what it needs' err

state >after
cmp -s before after
result $? 'the checkout is as it was' after

# What is known takes no work; what is damaged is no more than a miss.
results=$XDG_CACHE_HOME/xen-lockaudit/facts/results
gate 1 '' 'once more' tree base bug
jq -S 'del(.tool)' out >again
jq -S 'del(.tool)' forward.json >first
cmp -s first again
result $? 'gives the same' again
for file in "$results"/*; do
	head -c 1000 "$file" >cut && cp cut "$file"
done
gate 1 '' 'with results cut short' tree base bug
jq -S 'del(.tool)' out | cmp -s first -
result $? 'gives the same'
rm -rf "$results"
find "$XDG_CACHE_HOME/xen-lockaudit/facts" -type f | while read -r file; do
	head -c 100 "$file" >cut && cp cut "$file"
done
gate 1 '' 'with facts cut short' tree base bug
jq -S 'del(.tool)' out | cmp -s first -
result $? 'gives the same'
gate 1 '' 'without a cache' --cache none tree base bug
jq -S 'del(.tool)' out | cmp -s first -
result $? 'gives the same'

# Two at once on one cache, and in one work directory.
rm -rf cache w1 w2
for n in 1 2 3; do
	"$XLA" gate -q --format json --cache cache --work w$((n % 2)) tree base \
		bug >out.$n 2>err.$n </dev/null &
	eval "pid$n=$!"
done
for n in 1 2 3; do
	eval "wait \$pid$n"
	[ $? -eq 1 ] && jq -S 'del(.tool)' out.$n | cmp -s first -
	result $? "three at once: number $n" err.$n
done

# Killed at several points; the next one does the work.
rm -rf cache w1
for delay in 0.05 0.1 0.2 0.4 0.7 1.1; do
	"$XLA" gate -q --cache cache --work w1 tree base bug >out 2>err \
		</dev/null &
	pid=$!
	sleep $delay
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
done
gate 1 '' 'after runs that were killed' --cache cache --work w1 tree base bug
jq -S 'del(.tool)' out | cmp -s first -
result $? 'gives the same'
[ "$(cd w1 && echo *)" = '0 1 lock note0 note1' ] ||
	[ "$(cd w1 && echo *)" = '0 lock note0' ]
result $? 'and leaves nothing behind'

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# query: every query of queries/ runs, its head comment is complete, answers
# are right on a small program, and nothing but SELECT gets through.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

if ! in_build extract || ! in_build query; then
	skip query 'not in this build'
	finish
fi

cat >hooks.c <<'C'
struct ops { int (*hook)(int); };
static int twice(int x) { return 2 * x; }
int thrice(int x) { return 3 * x; }
static const struct ops ops = { .hook = twice };
extern int missing(int);
int run(const struct ops *o, int x)
{
	if (x > 4)
		return missing(x);
	return o->hook(x) + thrice(x);
}
int start(void) { return run(&ops, 3); }
C
printf '[{ "directory": "%s", "file": "hooks.c", "arguments": %s }]' \
	"$work" '["cc", "-c", "hooks.c", "-o", "hooks.o"]' >compile_commands.json
"$XLA" extract -q -o facts.db -p . >out 2>err
result $? 'extract' err

# answers DESCRIPTION WANTED ARGUMENT...: without the heading.
answers()
{
	description=$1
	printf '%s' "$2" >want
	shift 2
	"$XLA" query facts.db "$@" >out 2>err
	status=$?
	tail -n +2 out >have
	diff want have >difference
	[ $? -eq 0 ] && [ $status -eq 0 ]
	result $? "$description" difference err
}

tab=$(printf '\t')
answers 'callers' "run${tab}start${tab}hooks.c${tab}12${tab}direct
" callers name=run
answers 'the name of an only parameter may be left out' \
	"run${tab}start${tab}hooks.c${tab}12${tab}direct
" callers run
answers 'callees, through a field too' \
	"run${tab}9${tab}missing${tab}missing${tab}direct
run${tab}10${tab}o->hook${tab}twice${tab}flow
run${tab}10${tab}thrice${tab}thrice${tab}direct
" callees run
answers 'targets of a field' \
	"ops.hook${tab}twice${tab}hooks.c${tab}2${tab}flow
" indirect-targets slot=ops.hook
answers 'no body' "missing${tab}1${tab}run
" no-body
answers 'conditions' "run${tab}8${tab}branch${tab}x > 4${tab}
" conditions run
answers 'nothing to say' '' failed-units
answers 'control characters are escaped' 'a\tb\\\n\x1b
' --sql "SELECT 'a' || char(9) || 'b\\' || char(10) || char(27) AS text"

"$XLA" query facts.db >out 2>err
result $? 'without a name: the list' err
for file in "$XLA_SOURCE"/queries/*.sql; do
	name=$(basename "$file" .sql)
	case $name in
	schema*) continue ;;
	esac
	grep -q "^$name$tab" out
	result $? "$name: is in the list" out
	for part in Parameters Columns Order; do
		grep -q "^-- $part: " "$file" || echo "no '-- $part:'"
	done >remarks
	! [ -s remarks ]
	result $? "$name: head comment" remarks
	set --
	for parameter in $(grep -o ':[a-z][a-z]*' "$file" | sort -u); do
		set -- "$@" "${parameter#:}=run"
	done
	"$XLA" query facts.db "$name" "$@" >rows 2>err
	result $? "$name: runs" err
done

cksum facts.db >before
expect 2 'nosuch' 'no such query' query facts.db nosuch
expect 2 'name' 'a parameter is missing' query facts.db callers
expect 2 'what' 'no such parameter' query facts.db holders what=1
expect 2 'SELECT' 'a change' query facts.db --sql 'DELETE FROM file'
expect 2 'SELECT' 'a pragma' query facts.db --sql 'PRAGMA user_version = 9'
expect 2 'SELECT' 'another file' query facts.db --sql "ATTACH 'x.db' AS x"
expect 2 'one statement' 'two statements' \
	query facts.db --sql 'SELECT 1; SELECT 2'
expect 2 'syntax' 'no SQL' query facts.db --sql 'SELECT FROM WHERE'
cksum facts.db >after
cmp -s before after && ! [ -e x.db ]
result $? 'the database has not changed' after

# Every table and column stands in the manual page, and the reverse.
page=$XLA_SOURCE/man/xen-lockaudit-facts.5
"$XLA" query facts.db --sql "SELECT name FROM sqlite_schema
	WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'" |
	sed '1d' >tables
while read -r table; do
	"$XLA" query facts.db --sql "PRAGMA table_xinfo($table)" |
		cut -f 2 | sed "1d; s/^/$table./"
done <tables | LC_ALL=C sort >want
awk '/^\.Ss / { table = $2 }
     /^\.It Va / && table {
	for (i = 2; i <= NF; i++)
		if ($i != "Va" && $i != ",") print table "." $i
     }' "$page" | LC_ALL=C sort >have
diff want have >difference
result $? 'the manual page lists the tables and columns' difference

# After check: where it started, why, and what it rests on.
. "$XLA_SOURCE/tests/lib/cases.sh"
copy_case u-interrupt-entries "$work/entries"
"$XLA" check -q facts.db >out 2>err
"$XLA" query facts.db entry-points 2>err | grep '^assembly' >have
cat >want <<ROWS
assembly${tab}running${tab}do_IRQ${tab}input.c${tab}27${tab}named at entry.S:3
assembly${tab}running${tab}do_nmi${tab}input.c${tab}39${tab}named at entry.S:4
assembly${tab}running${tab}do_machine_check${tab}input.c${tab}50${tab}named at entry.S:5
assembly${tab}running${tab}smp_call_function_interrupt${tab}input.c${tab}56${tab}named at entry.S:6
assembly${tab}running${tab}do_softirq${tab}input.c${tab}87${tab}named at entry.S:7
assembly${tab}running${tab}good_hypercall${tab}input.c${tab}93${tab}named at entry.S:8
ROWS
diff want have >difference
result $? 'entry points: kind, context, place, reason' difference err
copy_case s-guest-fault "$work/ledger"
"$XLA" check facts.db >out 2>err
grep -q '^rests on [0-9]* assumptions, 0 of them against a proof' out
result $? 'check prints a summary of the ledger' out
"$XLA" query facts.db assumptions 2>err | grep 'map_domain_page' >have
grep -q 'hides orderings of altp2mlist, pod, paging under p2m' have &&
	grep -q 'the reason in the model' have
result $? 'assumptions: the classes at stake, and what would discharge it' have
finish

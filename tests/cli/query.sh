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
	[ "$name" != changes ] || set -- --other facts.db
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

# Every query stands in its manual page, with its parameters, and the reverse.
"$XLA" query facts.db | sed '1d' | cut -f 1,2 | tr -d , | tr '\t' ' ' |
	sed 's/ *$//' | LC_ALL=C sort >want
sed -n 's/^\.It Cm \([a-z-]*\)/\1/p' \
	"$XLA_SOURCE/man/xen-lockaudit-query.1" | sed 's/ Ar / /g' |
	LC_ALL=C sort >have
diff want have >difference
result $? 'the manual page lists the queries' difference

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
version=$(sed -n 's/^PRAGMA user_version = \([0-9]*\);/\1/p' \
	"$XLA_SOURCE/queries/schema.sql")
grep -A 1 -F 'PRAGMA user_version' "$page" | grep -q "^is $version\."
result $? 'the manual page tells the version of the schema'

# What people ask about locks, on a program whose answers are read off it.
. "$XLA_SOURCE/tests/lib/cases.sh"
mkdir locks && cd locks || exit 2
cat >input.c <<'C'
#include <case.h>
void take_pod(struct domain *d)
{
	pod_lock(host(d));
	pod_unlock(host(d));
}
void middle(struct domain *d)
{
	take_pod(d);
}
void with_p2m(struct domain *d)
{
	p2m_lock(host(d));
	middle(d);
	p2m_unlock(host(d));
}
void without(struct domain *d)
{
	take_pod(d);
}
void three(struct domain *d)
{
	p2m_lock(host(d));
	pod_lock(host(d));
#ifndef OLD
	paging_lock(d);
	paging_unlock(d);
#endif
	pod_unlock(host(d));
	p2m_unlock(host(d));
}
void after_get(struct domain *d)
{
	p2m_type_t t;

	(void)get_gfn(d, 1, &t);
	take_pod(d);
	put_gfn(d, 1);
}
struct hooks {
	void (*run)(struct domain *d);
};
static unsigned char code[64];
void outside(struct hooks *h, struct domain *d, unsigned int n)
{
	h->run = (void (*)(struct domain *))(code + n);
	h->run(d);
}
void (*address(int n))(struct domain *d)
{
	return n ? without : three;
}
C
cat >entry.S <<'S'
	.text
	call	with_p2m
	call	without
	call	three
	call	after_get
	call	outside
	.section .note.GNU-stack,"",@progbits
S
echo -DOLD >cflags
write_commands
"$XLA" extract -q -o old.db -p . >out 2>err &&
	"$XLA" check -q --allow-incomplete old.db >out 2>err
result $? 'the older program' err
rm cflags
write_commands
"$XLA" extract -q -o facts.db -p . >out 2>err &&
	"$XLA" check -q --allow-incomplete facts.db >out 2>err
result $? 'the newer program' err

# columns COLUMNS DESCRIPTION WANTED PATTERN ARGUMENT...: of the rows that match.
columns()
{
	cut=$1 description=$2 pattern=$4
	printf '%s' "$3" >want
	shift 4
	"$XLA" query "$@" >out 2>err
	status=$?
	sed 1d out | grep -e "$pattern" | cut -f "$cut" | sed 's/\t\t/\t.\t/g; s/\t$/\t./' |
		tr '\t' ' ' >have
	diff want have >difference
	[ $? -eq 0 ] && [ $status -eq 0 ]
	result $? "$description" difference err
}

# with_p2m, middle, without, after_get, and outside through without reach
# take_pod; outside reaches three.
columns 1,3,7 'acquirers' 'take_pod 4 5
three 24 1
' . facts.db acquirers class=pod
columns 2,4,5 'acquisitions-by-file' 'p2m 2 2
altp2m 2 2
pod 2 2
paging 1 1
' '^input' facts.db acquisitions-by-file
columns 2,4-7 'callers-holding: the caller, or one above' 'middle 9 . 1 with_p2m
after_get 37 36 0 .
' . facts.db callers-holding name=take_pod class=p2m
columns 1-3 'paths: locks taken before the call' \
	'2 altp2m p2m with_p2m:14 > middle:9 > take_pod
' . facts.db paths from=with_p2m to=take_pod
columns 2,3 'paths: a lock that a callee returned with' \
	'p2m after_get:37 > take_pod
' . facts.db paths from=after_get to=take_pod
columns 1-3 'paths: none' '' . facts.db paths from=without to=middle
columns 1,2,4,6,7 'unresolved-by-effect: what fits by type' \
	'open outside 47 2 p2m,altp2m,pod,paging
' '^open' facts.db unresolved-by-effect
columns 1,2 'never-nested: p2m_lock() takes either table lock' 'p2m altp2m
altp2m pod
altp2m paging
' 'p2m' facts.db never-nested
columns 1-5 'returning-locked' \
	'p2m_get_gfn_type_access p2m analysis 1 after_get
' analysis facts.db returning-locked
columns 1-3,5 'longest-nesting' '3 p2m pod paging three 26
' '^3' facts.db longest-nesting
columns 1,2,5 'changes' 'ordering added pod of any, then paging of any, in three
ordering added p2m of any, then paging of any, in three
' '^ordering' --other old.db facts.db changes
columns 1,2,5 'changes, the other way' \
	'ordering removed pod of any, then paging of any, in three
ordering removed p2m of any, then paging of any, in three
' '^ordering' --other facts.db old.db changes
expect 2 'other' 'changes without another database' query facts.db changes
expect 2 'missing.db' 'another database that is not there' \
	query --other missing.db facts.db changes
echo text >foreign.db
expect 2 'foreign.db' 'another database that is none' \
	query --other foreign.db facts.db changes
expect 2 'SELECT' 'an attached database is not written' query \
	--other old.db facts.db --sql 'DELETE FROM other.function'

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

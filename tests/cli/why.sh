#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# explain --why-not: the kinds of reasons and their places, read from the cases;
# what is reported; bad questions.  Witnesses: branches, returns, confirmation.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/cases.sh"

if ! in_build extract || ! in_build check || ! in_build explain; then
	skip explain 'not in this build'
	finish
fi

# ready CASE: goes to a copy of it.
ready()
{
	cd "$work" && rm -rf case
	if ! copy_case "$1" "$work/case"; then
		result 1 "$1: extract" err
		finish
	fi
}

# reason CASE HELD ACQUIRED FUNCTION LINE KIND: one of the reasons is at LINE of
# the case, or of FILE:LINE.
reason()
{
	ready "$1"
	"$XLA" explain facts.db --why-not "$2" "$3" --in "$4" >out 2>err
	case $5 in
	*:*) place=$5 ;;
	*) place=input.c:$5 ;;
	esac
	grep -q "$place: $6: " out
	result $? "$1: $4: $6 at $place" out
}

# The argument locked is 0 in the one call, keep is false in the other.
reason h-constant-argument paging p2m good_unlocked asm/p2m.h:134 constant
reason h-constant-argument paging p2m good_unlocked 36 constant
# Released where the condition is that under which it was taken.
reason k-correlated altp2m altp2mlist good_same_condition 23 release
# ... and the other way round that condition nothing goes with the lock held.
reason k-correlated altp2m altp2mlist good_same_condition 22 identity
# The flag that was set is asked for in change().
reason j-memory-flag pod p2m good_put_off 15 guard
# The table's lock is held since line 11.
reason b-recursion-is-no-nesting paging p2m good_same_table 11 recursion
# With hap_enabled(d) the lock is taken, without it the other one.
reason n-hap-or-shadow paging p2m good_same_domain 13 guard
# The first of two cuts on the way down, not the second alone.
reason why-first-cut paging p2m good_not_kept 42 constant
[ "$(grep -c '^    [^ ]' out)" = "$(grep -c 'input.c:42' out)" ]
result $? 'nothing else is told' out
reason why-first-cut paging p2m good_dropped 53 release

ready j-memory-flag
"$XLA" explain facts.db --why-not pod p2m:nested --in bad_not_put_off \
	>out 2>err
id=$(sed -n 's/^    \([0-9a-f]*\)$/\1/p' out | head -n 1)
grep -q 'reported by' out && [ -n "$id" ]
result $? 'a pair that is reported: its orderings' out

"$XLA" explain facts.db "$id" >out 2>err
grep -q 'branch in change where .*defer_nested_flush.* is false' out
result $? 'the witness tells the decision at the flag' out
grep -q '^witness (confirmed by replay):' out
result $? 'the witness is confirmed' out

printf 'pod p2m good_put_off\npod p2m:nested bad_not_put_off\n' >questions
"$XLA" explain facts.db --why-not <questions >out 2>err
[ "$(grep -c ' held, ' out)" = 2 ]
result $? 'questions on standard input' out

expect 2 "no lock class 'frob'" 'a class that the tree has not' \
	explain facts.db --why-not frob p2m
expect 2 "'big' is no kind of table" 'no such instance' \
	explain facts.db --why-not p2m:big p2m
expect 2 'HELD and ACQUIRED' 'one lock alone' explain facts.db --why-not p2m
expect 2 'goes with --why-not' '--in alone' explain facts.db "$id" --in f

# A lock that a callee returns held: where it returns is a step.
ready a-returned-held
"$XLA" check -q --format json --output report.json facts.db 2>err
jq -e '[.orderings[].witness[] | select(.event == "return")] | length > 0' \
	report.json >out 2>err
result $? 'returns that leave a lock held are steps' err
jq -e '[.orderings[].witness[] | select(.event == "branch")
	| select(.condition == null or (.taken | type) != "boolean")]
	== []' report.json >out 2>err
result $? 'branches have a condition and the way taken' err
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [--update] [PATTERN]: runs the cases of fixtures/cases whose name
# matches the shell pattern, and prints TAP.
#
# A case is a directory named for what it shows, see fixtures/cases/README.
# Every .c and .S file in it is compiled.  In it may stand:
#
#   cflags          compiler flags, one line
#   args            options for check, one line
#   expected.tsv    what the report must and must not hold, see fixtures/rows.jq
#   expected.txt    what check prints
#   expected.json, .sarif, .gitlab    the same in another format
#   expected.dot    what graph --format dot prints
#   expected.facts  what query prints for the names in 'queries'
#   expected.status the exit status of check (otherwise 0, 1 or 3 will do)
#
#   expected.wrong  rows of expected.tsv that are not met today
#
# A case NAME.wrong keeps today's wrong answer in its golden files; it fails
# once the answer changes, so that it gets looked at and renamed.  --update
# writes the golden files that exist, and expected.wrong, anew (never
# expected.tsv, which is derived by reading).
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/rows.sh"
. "$XLA_SOURCE/tests/lib/cases.sh"
. "$XLA_SOURCE/tests/lib/closure.sh"

update=
[ "${1-}" != --update ] || { update=$1; shift; }
pattern=${1-*}

# Puts what the tool says for the golden file $1 into out.
produce()
{
	case $1 in
	*.txt) set -- check --format text ;;
	*.json) set -- check --format json ;;
	*.sarif) set -- check --format sarif ;;
	*.gitlab) set -- check --format gitlab ;;
	*.dot) set -- graph --format dot ;;
	*.facts)
		for query in $(cat queries); do
			echo "-- $query"
			"$XLA" query facts.db "$query"
		done >out 2>err
		return
		;;
	esac
	if [ "$1" = check ]; then
		# shellcheck disable=SC2046
		set -- "$@" $(cat args 2>/dev/null)
	fi
	timeout 60 "$XLA" "$@" facts.db >out 2>err
}

explain_change()
{
	case $1 in
	*.wrong) echo "the answer has changed: if it is right now, rename" \
		"the case to ${1%.wrong}" ;;
	esac
}

check_golden() # CASE FILE
{
	produce "$2"
	if [ -n "$update" ]; then
		cp out "$cases/$1/$2"
	fi
	{
		diff -u "$cases/$1/$2" out && :
		status=$?
		[ $status -eq 0 ] || explain_change "$1"
		head -n 5 err
	} >difference
	result $status "$1: $2" difference
}

check_table() # CASE
{
	produce expected.json
	check_rows "$1" "$cases/$1/expected.tsv" out $update
}

check_status() # CASE
{
	# shellcheck disable=SC2046
	timeout 60 "$XLA" check $(cat args 2>/dev/null) facts.db >/dev/null 2>err
	status=$?
	if [ -f expected.status ]; then
		echo "expected $(cat expected.status), got $status" >>err
		[ "$status" = "$(cat expected.status)" ]
	else
		case $status in 0 | 1 | 3) : ;; *) false ;; esac
	fi
	result $? "$1: exit status $status" err
}

run_case() # CASE
{
	if ! copy_case "$1" "$work/case"; then
		result 1 "$1: extract" err
		return
	fi
	check_status "$1"
	for golden in expected.txt expected.json expected.sarif \
		expected.gitlab expected.dot expected.facts; do
		[ ! -f $golden ] || check_golden "$1" $golden
	done
	[ ! -f expected.tsv ] || check_table "$1"
	check_closure "$1" facts.db
}

for dir in "$cases"/$pattern/; do
	name=$(basename "$dir")
	[ -d "$dir" ] && [ "$name" != include ] || continue
	run_case "$name"
	cd / && rm -rf "$work/case"
done

[ $nr -gt 0 ] || result 1 "no case matches '$pattern'"
finish

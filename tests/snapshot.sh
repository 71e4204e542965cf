#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# snapshot.sh [--update]: audits every variant of fixtures/xen-snapshot and
# compares each report with the rows beside it.  --update writes down which rows
# are not met today.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/rows.sh"
. "$XLA_SOURCE/tests/lib/closure.sh"
update=${1-}
tree=$XLA_SOURCE/fixtures/xen-snapshot

# Leaves the report of the variant in report.json.
audit() # RULE BUG
{
	bug=$2
	[ "$bug" != - ] || bug=
	make -s -C "$tree" O="$work/objects" RULE="$1" BUG="$bug" \
		compile_commands.json >out 2>err &&
	"$XLA" extract -q -o facts.db -p objects/compile_commands.json \
		>out 2>err || return 1
	timeout 60 "$XLA" check -q --format json --output report.json \
		facts.db >out 2>err
	status=$?
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	echo "check: exit status $status" >>err
	return 1
}

grep -v '^#' "$tree/variants" >variants
while read -r name rule bug; do
	if audit "$rule" "$bug"; then
		result 0 "$name: audit"
		check_rows "$name" "$tree/expected/$name.tsv" report.json $update
		check_closure "$name" facts.db
	else
		result 1 "$name: audit" err
	fi
done <variants

jq -e '.tree.failed == []' report.json >out
result $? 'every file parses' out
finish

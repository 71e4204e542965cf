#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Audits every variant of fixtures/xen-snapshot and compares each report with
# the rows beside it.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
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

compare() # NAME
{
	if ! jq -r --rawfile rows "$tree/expected/$1.tsv" \
		-f "$XLA_SOURCE/fixtures/rows.jq" report.json >rows 2>err; then
		result 1 "$1: rows" err
		return
	fi
	while IFS= read -r row; do
		case $row in 'ok '*) true ;; *) false ;; esac
		result $? "$1: ${row#*ok - }"
	done <rows
}

grep -v '^#' "$tree/variants" >variants
while read -r name rule bug; do
	if audit "$rule" "$bug"; then
		result 0 "$name: audit"
		compare "$name"
	else
		result 1 "$name: audit" err
	fi
done <variants

jq -e '.tree.failed == []' report.json >out
result $? 'every file parses' out
finish

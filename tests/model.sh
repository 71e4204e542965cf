#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# model.sh [PATTERN]: each line of models/xen-x86.model (that matches the shell
# pattern) matters.  Without it a row of the case that model.cases names for it
# is no longer met, or an entry comes into the ledger.  A line that no case can
# guard says why, and is shown as known to be wrong.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/cases.sh"

model=$XLA_SOURCE/models/xen-x86.model
pattern=${1-*}
tab=$(printf '\t')

# judge MODEL NAME: what check says of the case in the current directory.  The
# rows that are met go to NAME.met, the ledger to NAME.ledger.
judge()
{
	# shellcheck disable=SC2046
	timeout 60 "$XLA" check -q $(cat args 2>/dev/null) --format json \
		--model "$1" facts.db >report.json 2>err
	jq -r --rawfile rows expected.tsv -f "$XLA_SOURCE/fixtures/rows.jq" \
		report.json 2>>err | grep '^ok - ' >"$2.met"
	jq -r '.assumptions[] | "\(.kind): \(.what)"' report.json 2>>err |
		LC_ALL=C sort -u >"$2.ledger"
}

# Goes to the case, which is made ready when it is first asked for.
enter_case() # CASE
{
	if [ -d "$work/$1" ]; then
		cd "$work/$1" && [ -s whole.met ]
		return
	fi
	[ -f "$cases/$1/expected.tsv" ] || return
	copy_case "$1" "$work/$1" || return
	judge "$model" whole
	[ -s whole.met ]
}

check_line() # CASE NUMBER ENTRY
{
	if ! enter_case "$1"; then
		echo "case $1 cannot be had" >"$work/remarks"
		result 1 "$3" "$work/remarks"
		return
	fi
	sed "$2d" "$model" >short.model
	judge short.model short
	if grep -Fvxq -f short.met whole.met; then
		result 0 "$3: without it $1 fails"
	elif [ -n "$(LC_ALL=C comm -13 whole.ledger short.ledger)" ]; then
		result 0 "$3: without it the ledger of $1 says more"
	else
		echo "all rows of $1 are met without it" >"$work/remarks"
		result 1 "$3" "$work/remarks"
	fi
}

# NUMBER, ENTRY without its reason.
grep -nv -e '^#' -e '^[[:space:]]*$' "$model" |
	sed "s/^\([0-9]*\):/\1$tab/; s/ -- .*//" >lines
# ENTRY, CASE or "-", why there is none.
grep -v '^#' "$XLA_SOURCE/tests/model.cases" >guards
cut -f 2 lines >entries
cut -f 1 guards >guarded

while IFS="$tab" read -r number entry; do
	# shellcheck disable=SC2254
	case $entry in
	$pattern) ;;
	*) continue ;;
	esac
	guard=$(awk -F "$tab" -v entry="$entry" '$1 == entry {
			print $2 FS $3
			exit
		}' "$work/guards")
	case $guard in
	'') result 1 "$entry: no case guards it" ;;
	-*) todo "$entry: no case can guard it: ${guard#*"$tab"}" ;;
	*) check_line "${guard%%"$tab"*}" "$number" "$entry" ;;
	esac
	cd "$work" || exit 2
done <lines

grep -Fvx -f entries guarded >remarks
[ ! -s remarks ]
result $? 'model.cases names entries of the model only' remarks
LC_ALL=C sort entries | uniq -d >remarks
[ ! -s remarks ]
result $? 'no entry of the model stands there twice' remarks
finish

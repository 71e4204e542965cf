# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after tap.sh: compares reports with tables of rows (fixtures/rows.jq).
#
# Beside a table NAME.tsv may stand NAME.wrong: the rows that are not met today.
# Each of them is shown as a TODO of TAP's, and fails once it is met, so that
# it gets taken out.

# check_rows NAME TABLE REPORT [--update]: one result a row.  With --update the
# rows that are not met are written to the .wrong file.
check_rows()
{
	wrong=${2%.tsv}.wrong
	if ! jq -r --rawfile rows "$2" -f "$XLA_SOURCE/fixtures/rows.jq" "$3" \
		>rows 2>rows.err; then
		result 1 "$1: rows" rows.err
		return
	fi
	# Of an empty report jq says nothing, and nothing fails.
	if [ "$(wc -l <rows)" != "$(grep -c '^[ap]' "$2")" ]; then
		echo "one result for each row of $2 is wanted" >rows.err
		result 1 "$1: rows" rows.err
		return
	fi
	if [ "${4-}" = --update ]; then
		sed -n 's/^not ok - //p' rows >"$wrong"
		[ -s "$wrong" ] || rm -f "$wrong"
	fi
	[ -f "$wrong" ] || wrong=/dev/null
	while IFS= read -r row; do
		text=${row#*ok - }
		known=no
		! grep -Fxq -e "$text" "$wrong" || known=yes
		case $known,$row in
		no,ok*) result 0 "$1: $text" ;;
		no,*) result 1 "$1: $text" ;;
		yes,ok*)
			echo "this is met now: take it out of $wrong" >remarks
			result 1 "$1: $text" remarks
			;;
		yes,*) todo "$1: $text" ;;
		esac
	done <rows
	# A row that was reworded must not hide in the list.
	sed 's/^[a-z ]*ok - //' rows >texts
	grep -Fvx -f texts "$wrong" >stale
	[ ! -s stale ] || result 1 "$1: rows of $wrong that the table lacks" stale
}

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# explain, and text for people: a mail fits 72 columns and says what the
# witness says; text on a terminal fits it and is coloured, in a pipe neither.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/cases.sh"
LC_ALL=C.UTF-8
export LC_ALL
if ! in_build extract || ! in_build explain; then
	skip explain 'not in this build'
	finish
fi
unset COLUMNS

# wider COLUMNS FILE: lines of FILE that are wider, without colours.
wider()
{
	tr -d '\r' <"$2" | sed "s/$(printf '\033')\[[0-9;]*[mK]//g" |
		awk -v columns="$1" 'length($0) > columns'
}

copy_case a-returned-held returned
result $? 'facts of a case' err
"$XLA" check -q --format json --output report.json facts.db 2>err
id=$(jq -r '.findings[] | select(.message | test("bad_still_held")) |
	.id' report.json)
"$XLA" explain --mail facts.db "$id" >mail 2>err
result $? 'explain --mail' err

# Read off input.c and the headers: get_gfn() leads through case.h's
# p2m_get_gfn_type_access() to gfn_lock_if() and p2m_lock() of mm-locks.h, all of
# which return with the lock.  Decisions on the way are told as well.
cat >want <<'T'
  bad_still_held()
  -> get_gfn_type()
  -> get_gfn_type_access()
  -> _get_gfn_type_access()
  -> p2m_get_gfn_type_access()
  -> gfn_lock_if()
  -> p2m_lock()
  acquires in p2m_lock()
        mm_write_lock(p2m, p->domain, &p->lock);
        [held: p2m]
  <- p2m_lock()
  <- gfn_lock_if()
  <- p2m_get_gfn_type_access()
  <- _get_gfn_type_access()
  <- get_gfn_type_access()
  <- get_gfn_type()
  acquires in bad_still_held()
        nestedp2m_lock(d);
        [held: p2m, nestedp2m]
T
sed -n '/^  /s/  *[^ ]*:[0-9]*$//; /^  /p' mail | grep -v '^  where ' >have
diff want have >difference
result $? 'a mail tells the calls, the acquisitions and what is held' difference
grep -q "^  where 'd' is true  *input.c:23\$" mail
result $? 'a mail tells decisions' mail
grep -q '^  acquires in bad_still_held()  *input.c:26$' mail
result $? 'places stand on the right' mail
grep -q "id $id" mail
result $? 'a mail names the finding' mail
ordering=$(jq -r '.findings[] | select(.id == "'"$id"'") | .orderings[0]' \
	report.json)
"$XLA" explain --mail facts.db "$ordering" >mail 2>err &&
	head -n 1 mail | grep -q '^nestedp2m (.*) under p2m (host, owner subject)'
result $? 'explain --mail of an ordering' err mail
expect 0 '' 'explain of a finding' explain facts.db "$id"
[ "$(grep -c 'nestedp2m_lock(d);' out)" -eq \
	"$(jq '[.findings[] | select(.id == "'"$id"'")][0].orderings | length' \
	report.json)" ]
result $? 'each witness is shown once' out
cd ..

make -s -C "$XLA_SOURCE/fixtures/xen-snapshot" O="$work/objects" \
	compile_commands.json >out 2>err &&
	"$XLA" extract -q -o facts.db -p objects/compile_commands.json 2>err
result $? 'facts of the fixture' err
"$XLA" check -q --format json --output report.json facts.db 2>err
for id in $(jq -r '.findings[].id, .orderings[:40][].id' report.json); do
	"$XLA" explain --mail facts.db "$id" 2>>errors
done >mails
wider 72 mails >remarks
[ "$(wc -l <mails)" -gt 100 ] && ! [ -s remarks ] && ! [ -s errors ]
result $? 'no line of a mail is wider than 72 columns' remarks errors

# Names of a hostile tree stay text, on lines that fit.
cp facts.db hostile.db
sqlite3 hostile.db "DELETE FROM result; UPDATE function SET display =
	'a' || char(27) || '[31m' || display || char(10) ||
	'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
	WHERE NOT is_asm_called" 2>err
"$XLA" check -q --format json --output hostile.json hostile.db 2>err
for id in $(jq -r '.findings[].id' hostile.json); do
	"$XLA" explain --mail hostile.db "$id"
done >mails 2>errors
wider 72 mails >remarks
[ -s mails ] && ! [ -s remarks ] && ! grep -q "$(printf '\033')" mails
result $? 'a mail about hostile names fits, and is plain' remarks errors

"$XLA" check facts.db >out 2>err
! grep -q "$(printf '\033')" out && [ -n "$(wider 100 out)" ]
result $? 'in a pipe: no colour, no broken lines' out
"$XLA" check --color always facts.db >out 2>err
grep -q "$(printf '\033')\[1;3[15]m[ew]" out
result $? 'in a pipe: colour if asked for' out

if ! command -v script >/dev/null; then
	skip 'on a terminal' 'no script(1)'
	finish
fi
# on_terminal COLUMNS COMMAND: what a terminal of that width shows.
on_terminal()
{
	script -qec "stty cols $1 rows 50; $2" /dev/null </dev/null
}

on_terminal 80 "'$XLA' check facts.db" >out
grep -q "$(printf '\033')\[1;3[15]m[ew]" out
result $? 'on a terminal: colour' out
wider 80 out >remarks
! [ -s remarks ]
result $? 'on a terminal: lines fit' remarks
on_terminal 80 "'$XLA' check --color never --output text facts.db;
	'$XLA' check --color never facts.db" >out
! grep -q "$(printf '\033')" out && [ -n "$(wider 80 text)" ]
result $? 'on a terminal: no colour if asked for, files are not broken' out

on_terminal 70 "'$XLA' extract -j 1 --cache none -o new.db \
	-p objects/compile_commands.json" >out
tr '\r' '\n' <out | grep -q '^extract: [0-9]* of [0-9]* files.*: [a-z0-9/_]*\.c'
result $? 'progress: number and file name' out
tr '\r' '\n' <out | sed "s/$(printf '\033')\[K//" >lines
wider 69 lines >remarks
! [ -s remarks ]
result $? 'progress: as wide as the terminal' remarks
mkdir bad
printf 'int x\n' >bad/bad.c
printf '[{ "directory": "%s/bad", "file": "bad.c", "arguments": %s }]' "$PWD" \
	'["cc", "-c", "bad.c", "-o", "bad.o"]' >bad/compile_commands.json
on_terminal 70 "'$XLA' extract --cache none -o bad.db -p bad" >out
tr '\r' '\n' <out | sed "s/$(printf '\033')\[K//" |
	grep -q '^xen-lockaudit: warning: cannot read'
result $? 'progress: a message has a line of its own' out
"$XLA" extract --cache none -o new.db -p objects/compile_commands.json \
	>out 2>err
! grep -q 'files' err
result $? 'progress: nothing in a pipe' err
"$XLA" extract --progress always --cache none -o new.db \
	-p objects/compile_commands.json >out 2>err
grep -q 'of [0-9]* files' err
result $? 'progress: in a pipe if asked for' err
# says HELD ACQUIRED HOLDER PATTERN: explain says so of that ordering.
says()
{
	jq -r --arg held "$1" --arg acquired "$2" --arg holder "$3" \
		'.orderings[] | select(.held.class == $held and
		 .held.owner == "subject" and .acquired.class == $acquired and
		 .holder.function == $holder).id' report.json >id
	"$XLA" explain facts.db "$(cat id)" >out 2>err &&
		grep '^at run time:' out | grep -q "$4"
	result $? "explain: $1, then $2 in $3: $4" out
}

cd "$work" || exit 1
copy_case owners-stopped-in-world stopped
result $? 'facts of a case of several locks' err
"$XLA" check -q --format json --output report.json facts.db 2>err
says altp2m pod good_behind 'stops the path before'
says p2m p2m bad_behind_pod 'in order, and yet .* in force, 48,'
finish

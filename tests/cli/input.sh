#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Input that is missing, empty, truncated or foreign: exit status 2 and one
# line that names the file; nothing is changed or left behind.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

: >empty.db
echo 'not a database' >text.db
mkdir directory.db
printf 'SQLite format 3\000' >truncated.db
head -c 5000 /dev/zero >>truncated.db
if command -v sqlite3 >/dev/null 2>&1; then
	sqlite3 foreign.db 'CREATE TABLE t (a); INSERT INTO t VALUES (1)'
	sqlite3 newer.db 'CREATE TABLE t (a); PRAGMA user_version = 99999'
else
	cp text.db foreign.db
	cp text.db newer.db
fi
sums()
{
	find . -name '*.db' -type f | LC_ALL=C sort | xargs cksum
}
sums >before

# reads COMMAND [BEFORE [AFTER]]: what a command does with each bad database,
# with arguments before and after it.
reads()
{
	if ! in_build "$1"; then
		skip "$1" 'not in this build'
		return
	fi
	for db in missing.db empty.db text.db directory.db truncated.db \
		foreign.db newer.db; do
		# shellcheck disable=SC2086
		expect 2 "$db" "$1: $db" "$1" ${2-} $db ${3-}
	done
}

reads check
reads explain '' 0123456789abcdef
reads compare
reads graph '-o out.svg'
reads query
reads report '-o html'

if in_build merge; then
	for db in missing.db empty.db text.db truncated.db foreign.db; do
		expect 2 "$db" "merge: $db" merge -o joined.db "$db"
	done
	! [ -e joined.db ]
	result $? 'merge leaves no database behind'
else
	skip merge 'not in this build'
fi

sums >after
cmp -s before after
result $? 'no input has changed' after
! [ -e out.svg ] && ! [ -e missing.db ]
result $? 'nothing is left behind'

echo '[ { "directory": "/", "file": "x.c"' >truncated.json
echo '{ "a": 1 }' >object.json
echo '[ 1, 2 ]' >numbers.json
echo '[]' >none.json
if in_build extract; then
	for file in missing.json truncated.json object.json numbers.json; do
		expect 2 "$file" "extract: $file" \
			extract -o new.db -p "$file"
	done
	expect 2 '.' 'extract: no commands' extract -o new.db -p none.json
	expect 2 '.' 'extract: a directory without commands' \
		extract -o new.db -p directory.db
	! [ -e new.db ]
	result $? 'extract leaves no database behind'
	echo 'int f(void) { return 1; }' >ok.c
	printf '[{ "directory": "%s", "file": "ok.c", "arguments": %s }]' \
		"$work" '["cc", "-c", "ok.c", "-o", "ok.o"]' >good.json
	expect 2 'nowhere' 'extract: no such directory for the output' \
		extract -q -o nowhere/new.db -p good.json
	expect 2 '-o|--output' 'extract: -o is required' \
		extract -p good.json
	expect 2 '9/2|shard' 'extract: shard out of range' \
		extract -o new.db -p good.json --shard 9/2
	expect 2 'x/y|shard' 'extract: shard is no number' \
		extract -o new.db -p good.json --shard x/y
else
	skip extract 'not in this build'
fi

# model LINE PATTERN: a model of that line is refused, with its place.
model()
{
	printf '%s\n' '# a model' "$1" >bad.model
	expect 2 "bad\\.model:2: $2" "model: $1" \
		check -q --model bad.model facts.db
}

if in_build extract && in_build check &&
	"$XLA" extract -q -o facts.db -p good.json 2>err; then
	model 'nothing f -- because' "unknown directive 'nothing'"
	model 'opaque f' 'no reason'
	model 'opaque -- because' "'opaque' has 0 arguments"
	model 'primitive f acquire strange -- because' \
		"'strange' is not a kind of lock"
	model 'primitive f take write -- because' "'take' is not an operation"
	model 'context f later -- because' "'later' is not a context"
	model 'role-call f king -- because' "'king' is not a role"
	model 'instance a.b 1 odd -- because' "'odd' is not a kind of table"
	model 'instance a.b 1x host -- because' "'1x' is not a number"
	model 'current-is f domain.a 1 2 -- because' "'2' is not 0 or 1"
	expect 2 missing.model 'model: missing' \
		check -q --model missing.model facts.db
else
	skip model 'not in this build'
fi

if in_build collect; then
	expect 2 'nosuch' 'collect: missing tree' collect nosuch
	mkdir notxen
	expect 2 'notxen' 'collect: not a Xen tree' collect notxen
	expect 2 '.' 'collect: a file' collect text.db
else
	skip collect 'not in this build'
fi
if in_build audit; then
	mkdir -p notxen
	expect 2 'nosuch' 'audit: missing tree' audit nosuch
	expect 2 'notxen' 'audit: not a Xen tree' audit notxen
else
	skip audit 'not in this build'
fi
finish

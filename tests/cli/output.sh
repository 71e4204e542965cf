#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Output that cannot be written is exit status 2, on standard output and in a
# file; an old file stays as it was.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# full DESCRIPTION ARGUMENT...: standard output is a full device.
full()
{
	description=$1
	shift
	"$XLA" "$@" >/dev/full 2>err </dev/null
	status=$?
	echo "exit status $status" >remarks
	[ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ]
	result $? "full standard output: $description" remarks err
}

if ! [ -c /dev/full ]; then
	skip 'full standard output' 'no /dev/full'
	finish
fi
full --help --help
full --version --version

if ! in_build extract || ! in_build check; then
	skip 'reports' 'not in this build'
	finish
fi

cat >tiny.c <<'C'
int answer(void) { return 42; }
C
printf '[{ "directory": "%s", "file": "tiny.c", "arguments": %s }]' \
	"$work" '["cc", "-c", "tiny.c", "-o", "tiny.o"]' >compile_commands.json
"$XLA" extract -q -o facts.db -p . >out 2>err
result $? 'extract of one file' err

# One file without a lock has no rule of its own: it must be named.
for format in text json sarif gitlab; do
	full "check --format $format" \
		check --rule none --format $format facts.db
	expect 2 'nowhere' "check --format $format: no such directory" \
		check --rule none --format $format --output nowhere/report facts.db
done

# What is no regular file is written to, or refused: it is never replaced.
mkfifo pipe
cat pipe >report &
"$XLA" check -q --rule none --output pipe facts.db >out 2>err
wait
[ -p pipe ] && [ -s report ]
result $? 'check --output: a pipe stays one and gets the report' err
"$XLA" check -q --rule none --output text.real facts.db >out 2>err
ln -s text.real text.link
"$XLA" check -q --rule none --output text.link facts.db >out 2>err
[ -L text.link ] && [ -s text.real ]
result $? 'check --output: a symbolic link stays one' err
expect 2 'pipe' 'extract -o: a pipe' extract -q -o pipe -p .
for command in query compare; do
	if in_build $command; then
		full $command $command facts.db
	else
		skip $command 'not in this build'
	fi
done
if in_build graph; then
	full 'graph --format dot' graph --rule none --format dot facts.db
	expect 2 'nowhere' 'graph: no such directory' \
		graph --rule none -o nowhere/graph.svg facts.db
fi
if in_build report; then
	echo text >occupied
	expect 2 'occupied' 'report: a file is in the way' \
		report --rule none -o occupied facts.db
fi

# A database that may not be written is still analysed.
chmod a-w facts.db
"$XLA" check -q --rule none facts.db >out 2>err </dev/null
status=$?
[ $status -eq 0 ] || [ $status -eq 3 ]
result $? 'check of a read-only database' err
finish

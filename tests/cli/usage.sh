#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad usage is exit status 2 and one line that names what is wrong.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

expect 2 'no command' 'no command'
expect 2 "unknown command 'chek'" 'unknown command' chek
expect 2 "unknown option '--frob'" 'unknown option before a command' --frob
expect 0 '' '--help' --help
grep -q '^  check ' out
result $? '--help lists the commands' out
expect 0 '' '-h' -h
expect 0 '' '--version' --version
grep -Eq '^xen-lockaudit [0-9]+\.[0-9]+\.[0-9]+ \(libclang [0-9.]+\)$' out
result $? '--version prints name, number and that of libclang' out
expect 2 'unknown command .*\\n' 'a control character is escaped' 'a
b'
expect 2 "unknown command ''" 'empty command' ''

commands='audit collect extract merge check explain compare gate graph query
	report'
expect 0 '' '--version after a command' check --version
for command in $commands; do
	if ! in_build "$command"; then
		skip "$command" 'not in this build'
		continue
	fi
	expect 0 '' "$command --help" "$command" --help
	grep -q "xen-lockaudit $command" out
	result $? "$command --help shows its usage" out
	expect 2 'frobnicate' "$command: an unknown option is named" \
		"$command" --frobnicate
	expect 2 '-Z' "$command: an unknown short option is named" \
		"$command" -Z
	expect 2 '.' "$command: operands missing" "$command"
	expect 2 'too many operands|.' "$command: too many operands" \
		"$command" a b c d e f g h
	expect 2 'jobs|-j' "$command: -j wants a number" "$command" -j two x
	expect 2 'jobs' "$command: -jN is understood" "$command" -jx x
	expect 2 '-j' "$command: -j wants no negative number" \
		"$command" -j -1 x
	expect 2 'color.*mauve' "$command: --color" "$command" --color mauve x
	expect 2 'exclude' "$command: -q and -v" "$command" -q -v x
done

bad_value() # COMMAND OPTION VALUE
{
	if in_build "$1"; then
		expect 2 "$3" "$1: $2 $3 is no value" "$1" "$2" "$3" missing.db
	else
		skip "$1: $2 $3" 'not in this build'
	fi
}

bad_value check --format yaml
bad_value check --fail-on sometimes
bad_value check --scope galaxy
bad_value graph --format bmp

finish

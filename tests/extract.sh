#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The facts of small functions: for each extract/NAME.c, what dumpfacts shows
# must be NAME.facts.  The latter are written by reading the source.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"

dump=${XLA_BUILD:-.}/dumpfacts
[ -x "$dump" ] || { echo '1..0 # SKIP dumpfacts is not built'; exit 77; }
cp "$XLA_SOURCE"/tests/extract/* .
for input in *.c; do
	name=${input%.c}
	"$dump" "$input" >"$name.out" 2>&1
	diff -u "$name.facts" "$name.out" >"$name.diff" 2>&1
	result $? "facts of $name" "$name.diff"
done
finish

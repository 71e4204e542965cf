# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by tests: TAP output, and checks of what one run of the program does.
# $XLA is the program, $XLA_SOURCE the checkout.
set -u
: "${XLA:=xen-lockaudit}"
: "${XLA_SOURCE:=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)}"
nr=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/xla-test.XXXXXX") || exit 2
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 2

# result STATUS DESCRIPTION [FILE...]: one line; the files are shown on failure.
result()
{
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $nr - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $nr - $2"
	shift 2
	cat "$@" /dev/null | sed 's/^/# /' | head -n 30
}

skip()
{
	nr=$((nr + 1))
	echo "ok $nr - $1 # SKIP $2"
}

# What is known to be wrong today.
todo()
{
	nr=$((nr + 1))
	echo "not ok $nr - $1 # TODO known to be wrong"
}

# expect STATUS PATTERN DESCRIPTION ARGUMENT...: runs the program; its exit
# status is STATUS, and its standard error is one line that matches PATTERN, or
# empty if PATTERN is.  Standard output is left in the file out.
expect()
{
	want=$1 pattern=$2 description=$3
	shift 3
	"$XLA" "$@" >out 2>err </dev/null
	status=$?
	{
		echo "exit status $status, expected $want; standard error:"
		cat err
	} >remarks
	if [ -z "$pattern" ]; then
		[ $status -eq "$want" ] && ! [ -s err ]
	else
		[ $status -eq "$want" ] && [ "$(wc -l <err)" -eq 1 ] &&
			grep -Eq -- "$pattern" err
	fi
	result $? "$description" remarks
}

# Is the command part of the program under test?
in_build()
{
	! "$XLA" "$1" 2>&1 </dev/null | grep -q 'this build has no'
}

finish()
{
	echo "1..$nr"
	[ $failed -eq 0 ]
	exit
}

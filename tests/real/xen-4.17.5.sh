#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# xen-4.17.5.sh PROGRAM TREE WORK: audits Debian's Xen 4.17.5 and checks what
# is known of it by reading: every file parses, and the ordering of the thread
# of December 2018 is there, by its own control flow.  Prints TAP.
set -u
[ $# -eq 3 ] || { echo "usage: $0 PROGRAM TREE WORK" >&2; exit 2; }
program=$1 tree=$2 work=$3
mkdir -p "$work"
auto=$work/auto.json none=$work/none.json facts=$work/FACTS.db
nr=0 failed=0

# check DESCRIPTION COMMAND...: one TAP line.
check()
{
	nr=$((nr + 1))
	description=$1
	shift
	if "$@" >"$work/check.log" 2>&1; then
		echo "ok $nr - $description"
	else
		failed=$((failed + 1))
		echo "not ok $nr - $description"
		sed 's/^/# /' "$work/check.log" | head -n 20
	fi
}

# completes STATUS...: a run that could do its work.
completes()
{
	case $1 in
	0 | 1 | 3) return 0 ;;
	esac
	echo "exit status $1"
	return 1
}

same()
{
	[ "$1" = "$2" ] && return 0
	echo "expected '$1', got '$2'"
	return 1
}

unchanged()
{
	same "$before" "$(list_tree)"
}

list_tree()
{
	(cd "$tree" && find . -type f -newermt '1970-01-02' -printf '%p %s %T@\n' |
		LC_ALL=C sort | sha256sum)
}

# The orderings of the thread, as a jq stream.  The witness starts at a
# hypercall (do_domctl, or the one by which it is continued, which is shorter),
# goes through a function of the guest copy and ends at the p2m.
thread='.orderings[]
	| select(.held.class == "paging"
		and (.held.owner == "subject" or .held.owner == "remote")
		and .holder.function == "paging_log_dirty_op"
		and .acquired.class == "p2m" and .acquired.owner == "current")'
by_copy='select((.witness[0].event == "entry")
	and any(.witness[]; .function == "do_domctl" or
		.function == "do_paging_domctl_cont")
	and any(.witness[]; .function | test("copy_to_(guest|user_hvm)"))
	and .witness[-1].event == "acquire")'

# has FILE FILTER: the filter yields something.
has()
{
	jq -e -n --slurpfile r "$1" "[\$r[0] | $2] | length > 0" >/dev/null &&
		return 0
	echo "nothing matches: $2"
	return 1
}

lacks()
{
	has "$1" "$2" >/dev/null || return 0
	jq -c "$2 | {id, verdict, worlds}" "$1"
	return 1
}

before=$(list_tree)
"$program" audit -q --kconfig widest --work "$work/build" --outputs "$work" \
	--format json --output "$auto" "$tree"
audit_status=$?
check "audit completes" completes $audit_status
[ "$failed" -eq 0 ] || { echo "1..$nr"; exit 1; }
check "the tree is as it was" unchanged

check "version" same 4.17.5 "$(jq -r .tree.version "$auto")"
check "398 translation units" \
	same 398 "$(jq -r .tree.translation_units "$auto")"
check "none failed" same '[]' "$(jq -c .tree.failed "$auto")"
check "auto finds the bias" \
	same control-domain "$(jq -r .rule.name "$auto")"

"$program" check -q --rule none --format json --output "$none" "$facts"
check "check --rule none completes" completes $?

for mode in read write; do
	check "paging (subject), paging_log_dirty_op -> p2m $mode (current)" \
		has "$auto" "$thread | select(.acquired.mode == \"$mode\")"
	check "  with a witness from a domctl through the guest copy" \
		has "$auto" "$thread | select(.acquired.mode == \"$mode\")
			| $by_copy"
	check "  out of order under --rule none" \
		has "$none" "$thread | select(.acquired.mode == \"$mode\")
			| select(.verdict == \"violation\"
				or .verdict == \"conditional\")"
done
check "no violation under --rule auto" \
	lacks "$auto" "$thread | select(.verdict == \"violation\")"

"$program" query "$facts" orderings-not-in-closure | tail -n +2 >"$work/not-in-closure"
check "nothing is reported that the closure has not" \
	same '' "$(cat "$work/not-in-closure")"
"$program" query "$facts" witness-calls-not-in-graph | tail -n +2 >"$work/not-in-graph"
check "no witness has a call that the call graph has not" \
	same '' "$(cat "$work/not-in-graph")"

echo "1..$nr"
echo "# $((nr - failed)) of $nr passed"
[ "$failed" -eq 0 ]

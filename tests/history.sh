#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/history: rows that are written down, rows read from prose, commits that
# do not build and cases without rows, with a program that audits by copying the
# report that a commit holds.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
for tool in git python3 jq; do
	command -v "$tool" >/dev/null 2>&1 && continue
	skip history "no $tool"
	finish
done

cat >audit <<'SCRIPT'
#!/bin/sh
step=$1
for argument; do
	case $previous in
	--work) build=$argument ;;
	-o | --output) output=$argument ;;
	-p) build=$argument ;;
	esac
	previous=$argument
done
echo "$step" >>"$AUDIT_LOG"
case $step in
collect)
	[ -e "$previous/report.json" ] || { echo 'no report' >&2; exit 2; }
	mkdir -p "$build" && cp "$previous/report.json" "$build"
	;;
extract) cp "$build/report.json" "$output" ;;
check) cp "$previous" "$output"; exit 1 ;;
esac
SCRIPT
chmod +x audit
AUDIT_LOG=$PWD/steps
export AUDIT_LOG

# commit HOLDER VERDICT: one that holds a report of one ordering.
commit()
{
	printf '{ "rule": { "name": "none" }, "assumptions": [],
		"findings": [ { "kind": "level-violation", "function": "x",
			"context": "running", "orderings": [ "1" ] } ],
		"orderings": [ { "id": "1", "context": "running", "worlds": [],
		"verdict": "%s", "relation": "same",
		"holder": { "function": "%s" }, "witness": [],
		"held": { "class": "pod", "instance": "host",
			"owner": "subject", "mode": "write", "function": "x" },
		"acquired": { "class": "p2m", "instance": "nested",
			"owner": "subject", "mode": "write",
			"function": "p2m_flush" } } ] }\n' "$2" "$1" \
		>repo/report.json
	save
}
save()
{
	git -C repo add -A
	git -C repo -c user.name=x -c user.email=x commit -qm x
	git -C repo rev-parse HEAD
}
git init -q repo
bad=$(commit pod_take violation)
good=$(commit pod_other violation)
rm repo/report.json
: >repo/nothing
broken=$(save)

tab=$(printf '\t')
row()
{
	line=$1
	shift
	for cell; do
		line=$line$tab$cell
	done
	printf '%s\n' "$line"
}
{
	echo '# id, and so on'
	row A "$good" "$bad" level 'pod (host), holder pod_take' \
		'p2m nested in p2m_flush' 'parent: violation. fix: gone'
	row B "$bad" "$good" level 'pod, holder pod_take' 'p2m in p2m_flush' \
		'parent: violation. fix: gone'
	row C "$broken" "$bad" level 'pod, holder pod_take' 'p2m in p2m_flush' \
		'parent: violation. fix: gone'
	row D "$good" - level 'who knows' - 'nobody does'
	row E "$good" "$bad" later 'pod, holder pod_take' p2m 'fix: gone'
	row W "$good" - true 'who knows' - 'it is written down'
} >cases
{
	row id side expect row held_class holder verdict reason
	row W fix present ordering pod 'pod_o*' violation because
	row W fix present rule none '*' '*' because
} >rows

history()
{
	"$XLA_SOURCE/bench/history" --repo repo --work work --program ./audit \
		"$@" >out 2>err
}
history --cases cases --rows rows
[ $? -eq 1 ] && ! [ -s err ]
result $? 'not all are found' out err
says()
{
	grep -q "^$1$tab$2\$" out
	result $? "$3" out
}
says A found 'a case read from prose'
says B 'false, missed' 'a case that is the wrong way round'
says C 'not buildable' 'a commit that does not build'
says D 'no matcher' 'a case of which nothing is known'
says E later 'a case for later'
says W found 'rows that are written down'
grep -q 'fix: collect: no report' out
result $? 'it is said why' out
grep -q 'fix: absent ordering: pod.* in pod_take' out &&
	grep -q 'parent: present level-violation.*: pod.* in pod_take' out
result $? 'and what was missed' out
[ "$(grep -c check steps)" -eq 2 ]
result $? 'each commit is audited once' steps

: >steps
history --cases cases --rows rows --only A,W && ! [ -s steps ]
result $? 'and not again' out err steps
history --cases cases --rows rows --only A,Z
[ $? -ne 0 ] && grep -q "no case 'Z'" err
result $? 'a case that is not there' err
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Findings that are known: SAF comments with an entry in docs/misra, and a
# baseline.  Both stay in every report, with their reasons, and do not count;
# what justifies nothing is told.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/cases.sh"
in_build extract && in_build check || { skip suppress 'not in this build'; finish; }

mkdir -p tree/docs/misra tree/xen && cd tree/xen || exit 2
cp "$cases/a-released-by-callee/entry.S" .
# Three functions with one finding each: pod is held, then p2m is acquired.
function() # NAME COMMENT BEHIND
{
	cat <<-C
	void $1(domid_t dom)
	{
		struct domain *d = rcu_lock_domain_by_id(dom);

		if (!d)
			return;
		pod_lock(host(d));
		${2-}
		p2m_lock(host(d)); ${3-}
		p2m_unlock(host(d));
		pod_unlock(host(d));
	}
	C
}
entries()
{
	printf '\t.globl entries\nentries:\n'
	for name in "$@"; do
		printf '\tcall %s\n' "$name"
	done
}
entries one two three >entry.S
source_with() # COMMENT BEHIND: on the first; the others stay as they are
{
	{
		echo '#include <case.h>'
		function one "$1" "${2-}"
		function two
		function three
	} >input.c
	write_commands
	rm -f facts.db
	"$XLA" extract -q -o facts.db -p . >out 2>err
}
register() # ID RULE [TOOL]
{
	cat >../docs/misra/safe.json <<-JSON
	{ "version": "1.0", "content": [
	  { "id": "SAF-0-safe", "analyser": { "eclair": "MC3A2.R8.6" },
	    "name": "Another's", "text": "not ours" },
	  { "id": "$1", "analyser": { "${3-xen-lockaudit}": "$2" },
	    "name": "pod before p2m", "text": "it is \"new\",\n\tunseen" },
	  { "id": "SAF-99-safe", "analyser": {}, "name": "Sentinel",
	    "text": "Next ID to be used" } ] }
	JSON
}
# counted NUMBER DESCRIPTION: so many findings are not suppressed.
counted()
{
	"$XLA" check -q --format json facts.db >report 2>err
	[ -s report ] && jq -e "[.findings[] | select(.suppressed == null)] | length == $1" \
		report >/dev/null
	result $? "$2" report err
}
query() # DESCRIPTION FILTER
{
	[ -s report ] && jq -e "$2" report >/dev/null
	result $? "$1" report
}

register SAF-7-safe level-violation
source_with ''
counted 3 'three findings'
source_with '/* SAF-7-safe the table is new */'
counted 2 'a comment before the line'
query 'is told with its justification' 'any(.findings[]; .function == "one" and
	.suppressed == { "id": "SAF-7-safe", "file": "input.c", "line": 9,
	"justification": "pod before p2m: it is \"new\",  unseen" })'
query 'which is used' '.suppressions | length == 1 and .[0].used'
source_with '/* SAF-7-safe the table is new */

	/* And another remark. */
#ifdef __XEN__
#endif'
counted 2 'blank lines, remarks and directives between'
source_with '' '/* SAF-7-safe the table is new */'
counted 2 'a comment behind'
source_with '/* SAF-7-safe the table is new */ d = d;'
counted 2 'a comment before other code of its line'
source_with '/* SAF-7-safe the table is new */
	d = d;'
counted 3 'the next line of code is another one'
query 'the comment is not used' '.suppressions[0].used == false'
"$XLA" check facts.db >out 2>err
grep -q '^input.c:9: SAF-7-safe suppresses no finding of rule level-violation$' \
	out
result $? 'which is told' out
for comment in '/* SAF-8-safe another */' '/* SAF-0-safe not for us */' \
	'/* see SAF-7-safe */' '// SAF-7-safe' '/* SAF-7-safety */' \
	'/*SAF-7-safe*/' '/* SAF-7-false-positive-eclair */'; do
	source_with "$comment"
	counted 3 "no such comment: $comment"
done
for rule in conditional-violation 'level-violation p2m pod' nonsense \
	'level-violation pod'; do
	register SAF-7-safe "$rule"
	source_with '/* SAF-7-safe the table is new */'
	counted 3 "another rule: $rule"
done
grep -q "SAF-7-safe justifies nothing: 'level-violation pod' is no kind" err
result $? 'a rule that does not exist is told' err
register SAF-7-safe 'level-violation pod p2m'
source_with '/* SAF-7-safe the table is new */'
counted 2 'a rule with the two classes'
register SAF-7-safe level-violation eclair
source_with '/* SAF-7-safe the table is new */'
counted 3 "another tool's entry"
echo '{' >../docs/misra/safe.json
source_with '/* SAF-7-safe the table is new */'
grep -q "docs/misra/safe.json.*nothing is justified" err
result $? 'a damaged register is told' err
counted 3 'and justifies nothing'
rm ../docs/misra/safe.json
cat >../docs/misra/false-positive-xen-lockaudit.json <<'JSON'
{ "version": "1.0", "content": [ { "id": "SAF-3-false-positive-xen-lockaudit",
  "violation-id": "level-violation", "tool-version": "0.1", "name": "n",
  "text": "t" } ] }
JSON
source_with '/* SAF-3-false-positive-xen-lockaudit path */'
counted 2 'a false positive of this tool'
rm ../docs/misra/false-positive-xen-lockaudit.json

# In every format, and in the exit status.
register SAF-7-safe level-violation
{
	echo '#include <case.h>'
	function one '/* SAF-7-safe the table is new */'
} >input.c
entries one >entry.S
write_commands
"$XLA" extract -q -o facts.db -p . >out 2>err
expect 0 '' 'suppressed findings do not count' check -q --fail-on any facts.db
grep -q '^input.c:10:1: error: .* \[level-violation\]$' out &&
	grep -q '^    suppressed by SAF-7-safe at input.c:9: pod before p2m: it' out
result $? 'text' out
expect 0 '' 'SARIF' check -q --fail-on any --format sarif facts.db
[ -s out ] && jq -e '.runs[0].results | length == 1 and .[0].suppressions == [ { "kind":
	"inSource", "justification":
	"pod before p2m: it is \"new\",  unseen", "location": {
	"physicalLocation": { "artifactLocation": { "uri": "xen/input.c",
	"uriBaseId": "%SRCROOT%" }, "region": { "startLine": 9 } } },
	"properties": { "id": "SAF-7-safe" } } ]' out >/dev/null
result $? 'SARIF has it in suppressions' out
expect 0 '' 'GitLab' check -q --fail-on any --format gitlab facts.db
[ -s out ] && jq -e 'length == 1 and .[0].severity == "info" and (.[0].description |
	startswith("suppressed by SAF-7-safe (pod before p2m: it"))' out >/dev/null
result $? 'GitLab states it' out
expect 0 '' 'a baseline leaves it out' check -q --write-baseline written facts.db
[ "$(grep -c -v '^#' written)" -eq 0 ]
result $? 'as the source has it' written

# The baseline.
entries one two three >entry.S
source_with ''
expect 1 '' 'writes a baseline' check -q --write-baseline known facts.db
[ "$(grep -c '^[0-9a-f]\{16\} not reviewed: level-violation: ' known)" -eq 3 ]
result $? 'with three findings' known
! grep -q 'input.c\|:[0-9]' known
result $? 'and no line numbers' known
expect 0 '' 'all are known' check -q --baseline known --fail-on any facts.db
grep -c '^    in the baseline: not reviewed' out | grep -q '^3$'
result $? 'which text says' out
cat >words <<'WORDS'
# One by words, one by a pattern, one that is no more.
level-violation pod p2m one the table is new
level-violation * p2m two	reviewed
level-violation pod altp2mlist * gone
0123456789ABCDEF gone too
WORDS
expect 1 '' 'entries by words' check -q --baseline words --format json facts.db
cp out report
query 'are found' '[.findings[] | select(.known) | [.function, .reason]] | sort ==
	[["one", "the table is new"], ["two", "reviewed"]]'
query 'what is gone is told' '.absent == [
	{ "key": "level-violation pod altp2mlist *", "reason": "gone" },
	{ "key": "0123456789abcdef", "reason": "gone too" }]'
"$XLA" check -q --baseline words facts.db >out 2>err
grep -q '^no longer found, in the baseline: 0123456789abcdef gone too$' out
result $? 'in text too' out
"$XLA" check -q --baseline words --format sarif facts.db >out 2>err
[ -s out ] && jq -e '[.runs[0].results[] | [.baselineState, (.suppressions | length)]] |
	sort == [["new", 0], ["unchanged", 1], ["unchanged", 1]]' out >/dev/null
result $? 'SARIF has baselineState' out
expect 1 '' 'a baseline from another' \
	check -q --baseline words --write-baseline next facts.db
grep -q '^level-violation pod p2m one the table is new$' next &&
	grep -q '^[0-9a-f]\{16\} not reviewed: level-violation: three' next &&
	! grep -q gone next
result $? 'keeps what was written, drops what is gone' next
for bad in 'no-such-kind pod p2m one' '0123456789abcde short' \
	'level-violation pod'; do
	echo "$bad" >bad
	expect 2 'bad:1: an id of 16 hex digits is missing, or a kind' \
		"bad line: $bad" check -q --baseline bad facts.db
done
finish

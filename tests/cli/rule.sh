#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules: what scratch copies of the snapshot's lock header do to the rule that
# is read from it and to the verdicts; rule files, good, bad and hostile ones;
# the order that is shown with a clean result; compare.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
in_build compare && in_build extract || { echo '1..0 # SKIP'; exit 77; }
snapshot=$XLA_SOURCE/fixtures/xen-snapshot
header=xen/arch/x86/mm/mm-locks.h

# facts NAME [SED-SCRIPT [RULE]]: NAME.db, of a scratch copy of the snapshot
# whose lock header is edited.
facts()
{
	cp -R "$snapshot" "$1" && sed -i "${2-}" "$1/$header" &&
		make -s -C "$1" O="$PWD/$1.o" RULE="${3-bias}" \
			compile_commands.json >out 2>err &&
		"$XLA" extract -q -o "$1.db" -p "$1.o/compile_commands.json" \
			>out 2>err
	result $? "$1: extract" err
}

report() # NAME [RULE]
{
	"$XLA" check -q --rule "${2-auto}" --format json --output "$1.json" \
		"$1.db" >out 2>err
	status=$?
}

# says NAME DESCRIPTION FILTER: the report of NAME makes FILTER true.
says()
{
	jq -e "$3" "$1.json" >out 2>&1
	result $? "$1: $2" out
}

line_of() # NAME TEXT
{
	grep -n "$2" "$1/$header" | head -n 1 | cut -d: -f1
}

# The thread's ordering, and the levels that it is judged by.
thread='.orderings[] | select(.held.class == "paging" and
	.acquired.class == "p2m" and .acquired.mode == "write" and
	.holder.function == "paging_log_dirty_op")'

facts plain
report plain
level=$(line_of plain 'MM_LOCK_ORDER_MAX : 0')
compare=$(line_of plain '_get_lock_level() > level')
says plain 'the rule, and the lines it is read from' \
	".rule == {name: \"control-domain\", bias: 64, source:
	\"auto: arch/x86/mm/mm-locks.h:$level, compared at line $compare\"}"
# The domctl's check of access lets control domains in only; the subject may be
# one as well.  What copies to a guest takes no lock of a PV guest.
says plain 'the thread is in order but for two control domains' \
	"[$thread | .worlds] | all(. ==
	[\"subject-is-control-domain+caller-is-hvm\"]) and length > 0"
report plain none
says plain 'and out of order without the bias' "[$thread | .verdict] | all(. ==
	\"violation\") and length > 0"
report plain

# A level: paging below p2m, so the order is as it ought to be.
facts low 's/\(define MM_LOCK_ORDER_paging\).*/\1 4/'
report low none
says low 'a level that is changed changes the verdict' \
	"[$thread | .verdict] | all(. == \"allowed\") and length > 0"

# The bias: too small to lift p2m above paging.
facts small 's/\(define MM_LOCK_ORDER_MAX\) 64/\1 32/; s/ASSERT(l <= .*//'
report small
says small 'a bias that is changed is read' '.rule.bias == 32'
says small 'and makes the thread a violation' \
	"[$thread | .verdict] | all(. == \"violation\") and length > 0"

# The condition: the domain that runs here.
facts current 's/is_control_domain(d) ?/d == current->domain ?/'
report current
says current 'another condition that is known is read' \
	'.rule.name == "current-domain"'
says current 'and admits the thread' \
	"[$thread | .verdict] | all(. == \"allowed\") and length > 0"

# What is of no known form: exit status 3, and the line.
unknown() # NAME SED-SCRIPT TEXT-OF-LINE
{
	facts "$1" "$2"
	expect 3 "mm-locks.h:$(line_of "$1" "$3"): .*not known" \
		"$1: no known form" check -q "$1.db"
	expect 3 "not known" "$1: compare" compare --rule auto "$1.db"
	report "$1" none
	says "$1" 'a rule that is named is applied all the same' \
		'.rule.name == "none"'
}
unknown function 's/is_control_domain(d) ?/is_odd_domain(d) ?/
s/^static inline int _lock_level/int is_odd_domain(const struct domain *d);\n&/' \
	'is_odd_domain(d) ?'
unknown negated 's/is_control_domain(d) ?/!is_control_domain(d) ?/' \
	'!is_control_domain(d)'
unknown scaled 's/return l + (d/return 2 * l + (d/' 'return 2 \* l'
unknown equal 's/_get_lock_level() > level/_get_lock_level() >= level/' \
	'() >= level'
unknown reversed 's/_get_lock_level() > level/_get_lock_level() < level/' \
	'() < level'
unknown unbiased 's/_get_lock_level() > level/_get_lock_level() > l/' \
	'() > l)'

# The order that is shown: all that is clean fits into it.
cat >only.rule <<'R'
name only-top   # above all
offset 200 control
R
says plain 'the order: subjects before the caller' '.proof | .steps |
	map(.locks[] | .class + " " + .owner) |
	index("paging remote") as $a | index("paging current") as $b |
	$a != null and $b != null and $a < $b'
says plain 'every ordering is in it or named outside it' '
	([.orderings[] | select(.context == "running" and
		(.same_object | not))] | length) ==
	(.proof.orderings + (.proof.outside | length))'
says plain 'each of them once' '([.proof.steps[] | .from_before + .within] |
	add) == .proof.orderings and
	([.proof.steps[] | .to_later + .within] | add) == .proof.orderings'
says plain 'conditions are no proof' '.proof.conditional > 0 and
	(.proof.complete | not)'
says small 'a violation leaves no order to show' '.proof == null'
# Levels follow the order: of what is in it, held never comes after acquired.
says plain 'no ordering leads back' '.proof as $p |
	($p.steps | to_entries | map(.key as $k | .value.locks[] |
		{key: (.class + " " + .owner), value: $k}) | from_entries)
		as $step |
	[.orderings[] | select(.context == "running" and (.same_object | not)
		and .relation != "same") |
	select(.id as $id | $p.outside | index($id) | not) |
	select($step[.held.class + " " + .held.owner] >
	       $step[.acquired.class + " " + .acquired.owner])] == []'
"$XLA" check -q plain.db >out 2>err
grep -q '^no violation: [0-9]* orderings of a running host fit' out
result $? 'the text report shows it' out
if in_build report; then
	# Without a check for leaks: the libraries of Graphviz leave some.
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
		"$XLA" report -q -o html plain.db >out 2>err &&
		grep -q 'The order that fits' html/index.html
	result $? 'the HTML report shows it' err
fi

# A rule of a file that is what the tree has gives the same verdicts.
printf 'offset 64 control\n' >same.rule
report plain same.rule
jq '[.orderings[] | {id, verdict, worlds}]' plain.json >want
says plain 'a file: name and source' \
	'.rule == {name: "same.rule", bias: 64, source: "file"}'
report plain
jq '[.orderings[] | {id, verdict, worlds}]' plain.json >have
[ -s want ] && diff want have >difference
result $? 'control-domain as a file judges alike' difference
printf 'offset top current\n' >current.rule
for rule in current-domain current.rule; do
	report plain $rule
	jq '[.orderings[] | {id, verdict, worlds}]' plain.json >"$rule.out"
done
[ -s current.rule.out ] && diff current-domain.out current.rule.out >difference
result $? 'current-domain as a file judges alike' difference

# A file that changes is judged anew, stored results or not.
printf 'offset 0 control\n' >same.rule
report plain same.rule
says plain 'a file that was changed is read again' \
	"[$thread | .verdict] | all(. == \"violation\") and length > 0"

# Classes, levels and roles.
cat >parts.rule <<'R'
name parts
level paging 4		# before p2m
offset 100 none of per_page_sharing
offset top current not control but pod
offset 7 subject parent
R
report plain parts.rule
says plain 'levels and offsets of classes' '.rule.name == "parts" and
	([.orderings[] | select(.acquired.class == "per_page_sharing") |
	.needed_level] | all(. == 124) and length > 0)'
says plain 'a level that a file gives' \
	"[$thread | select(.held_level == 4)] | length > 0"
printf 'offset 7 third of p2m pod_lock\n' >odd.rule
expect 1 "no lock class 'pod_lock'" 'a class that the tree has not' \
	check -q --fail-on conditional --output odd --rule odd.rule low.db

# Errors name file and line.
bad() # LINE PATTERN TEXT
{
	printf '%b' "$3" >bad.rule
	expect 2 "bad.rule:$1: .*$2" "bad: $2" check -q --rule bad.rule low.db
}
bad 1 "unknown statement 'bias'" 'bias 64 control\n'
bad 3 "'offset' wants a number" '# one\n\noffset\n'
bad 1 "not '-1'" 'offset -1 control\n'
bad 1 "not '1e3'" 'offset 1e3 control\n'
bad 1 "not '1000001'" 'level p2m 1000001\n'
bad 1 "not '99999999999999999999'" 'level p2m 99999999999999999999\n'
bad 1 'whose locks' 'offset 3\n'
bad 1 'whose locks' 'offset 3 of p2m\n'
bad 1 "as 'caller'" 'offset 3 caller\n'
bad 1 "'not' wants" 'offset 3 not\n'
bad 1 'asked twice' 'offset 3 control not control\n'
bad 1 "as 'any'" 'offset 3 control any\n'
bad 1 "no place for 'control'" 'offset 3 any control\n'
bad 1 "no class is named after 'but'" 'offset 3 any but\n'
bad 2 'second level' 'level p2m 3\nlevel p2m 4\n'
bad 2 'second name' 'name a\nname b\n'
bad 1 "letters.* not 'a/b'" 'name a/b\n'
bad 1 "no place for 'x'" 'level p2m 4 x\n'
bad 1 "'level' wants a number" 'level p2m'
bad 1 "unknown statement '.x1b" '\033[31m\n'
printf 'offset 1 control\n\0offset' >bad.rule
expect 2 'not a text file' 'bad: a NUL byte' check -q --rule bad.rule low.db
printf '\377\376' >bad.rule
expect 2 'not a text file' 'bad: no UTF-8' check -q --rule bad.rule low.db
head -c 2000000 /dev/zero | tr '\0' '#' >bad.rule
expect 2 '1 MiB' 'bad: too large' check -q --rule bad.rule low.db
mkfifo pipe.rule
expect 2 'not a regular file' 'bad: a pipe' check -q --rule pipe.rule low.db
expect 2 'not a regular file' 'bad: a directory' check -q --rule . low.db
expect 2 "no rule and no file is called 'nothere'" 'no such file' \
	check -q --rule nothere low.db
: >empty.rule
report low empty.rule
says low 'an empty file adds nothing' '.rule.bias == 0'

# compare
printf 'name above\noffset 200 current not control\noffset 100 control\n' \
	>above.rule
"$XLA" compare -q --rule none,current-domain,control-domain,above.rule \
	--format json --output compare.json plain.db >out 2>err
result $? 'compare as JSON' err
says compare 'the rules, in their order' '[.rules[].name] ==
	["none", "current-domain", "control-domain", "above"]'
pair='select(.held.class == "paging" and .acquired.class == "p2m" and
	.acquired.owner == "current")'
says compare 'the thread is in the way of none, as a violation' \
	"[.rules[0].in_the_way[] | $pair | .verdict] == [\"violation\"]"
says compare 'and not in that of current-domain' \
	"[.rules[1].in_the_way[] | $pair] == []"
says compare 'in that of control-domain if both are control domains' \
	"[.rules[2].in_the_way[] | $pair | .verdict] == [\"conditional\"]"
says compare 'what is in the way is all that is not admitted' '
	.rules | all((.in_the_way | map(.orderings | length) | add // 0) ==
	.running.conditional + .running.violation)'
says compare 'no rule admits all' '.rules | all(.admits_all | not)'
# paging of the subject, the caller's p2m, page sharing, the subject's paging.
says compare 'the cycle that no levels admit' '[.cycles[] |
	map(.held.class + " " + .held.owner)] |
	index([["paging remote", "p2m current", "per_page_sharing none"]]) !=
	null'
says compare 'edges of a cycle follow each other' '.cycles | all(. as $c |
	[range(length)] | all(. as $i | $c[$i].acquired ==
		$c[($i + 1) % ($c | length)].held))'
"$XLA" compare -q --rule none,control-domain plain.db >out 2>err &&
	grep -q '^in the way of none:' out &&
	grep -q '^no levels of (class, owner) admit together:' out
result $? 'compare as text' out err
expect 2 "text or json, not 'yaml'" 'compare: an unknown format' \
	compare --format yaml plain.db
expect 2 "called ''" 'compare: an empty name' compare --rule none, plain.db

# With paging below p2m nothing leads down: levels exist.
cat >tiny.c <<'C'
int answer(void) { return 42; }
C
printf '[{ "directory": "%s", "file": "tiny.c", "arguments": %s }]' \
	"$work" '["cc", "-c", "tiny.c", "-o", "tiny.o"]' >compile_commands.json
"$XLA" extract -q -o tiny.db -p . >out 2>err &&
	"$XLA" compare -q tiny.db >out 2>err && grep -q 'no cycle$' out
result $? 'compare: no cycle' out err
finish

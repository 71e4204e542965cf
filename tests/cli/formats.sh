#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reports for other programs: SARIF against its published schema and read by
# Microsoft's SARIF Multitool, GitLab's Code Quality against its documented
# fields, text as editors read it.  $XLA_SARIF_SCHEMA names the schema; else it
# is looked for in schemas/ of a folder "shared" beside the checkout.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
in_build extract && in_build check || { skip formats 'not in this build'; finish; }
: "${XLA_SARIF_SCHEMA:=$XLA_SOURCE/../shared/schemas/sarif-2.1.0.schema.json}"
: "${XDG_CACHE_HOME:=$HOME/.cache}"
: "${XLA_SARIF_MODULES:=$XDG_CACHE_HOME/xen-lockaudit/sarif/node_modules}"

make -s -C "$XLA_SOURCE/fixtures/xen-snapshot" O="$work/objects" \
	compile_commands.json >out 2>err &&
	"$XLA" extract -q -o facts.db -p objects/compile_commands.json \
		>out 2>err
result $? 'facts of the fixture' err
report() # FORMAT OPTION...
{
	format=$1
	shift
	"$XLA" check -q --allow-incomplete --fail-on none --format "$format" \
		--output "report.$format" "$@" facts.db >out 2>err
	result $? "$format $*" err
}
report json
jq -r '.findings[0].id + " known"' report.json >known
echo '0123456789abcdef gone' >>known

valid() # DESCRIPTION
{
	if ! [ -r "$XLA_SARIF_SCHEMA" ]; then
		skip "$1: schema" 'no schema: set XLA_SARIF_SCHEMA'
	elif ! python3 -c 'import jsonschema' 2>/dev/null; then
		skip "$1: schema" 'no python3-jsonschema'
	else
		python3 - "$XLA_SARIF_SCHEMA" report.sarif >out 2>&1 <<-'PYTHON'
		import json, sys
		from jsonschema import validators
		schema, log = (json.load(open(name)) for name in sys.argv[1:])
		errors = validators.validator_for(schema)(schema).iter_errors(log)
		found = [error.message[:200] for error in errors]
		print("\n".join(found[:10]))
		sys.exit(1 if found else 0)
		PYTHON
		result $? "$1: schema" out
	fi
}
# The package yields the program's name; its own wrapper splits arguments.
find_multitool()
{
	multitool=$(node -p \
		"require('$XLA_SARIF_MODULES/@microsoft/sarif-multitool')" \
		2>/dev/null) && [ -x "$multitool" ]
}
if ! find_multitool && command -v npm >/dev/null; then
	mkdir -p "${XLA_SARIF_MODULES%/node_modules}" &&
		cp "$XLA_SOURCE/tests/sarif/package.json" \
			"${XLA_SARIF_MODULES%/node_modules}" &&
		npm install --silent --no-audit --no-fund \
			--prefix "${XLA_SARIF_MODULES%/node_modules}" >&2
	find_multitool
fi
consumed() # DESCRIPTION
{
	if ! [ -x "$multitool" ]; then
		skip "$1: SARIF Multitool" 'npm cannot install it'
		return
	fi
	DOTNET_gcServer=0 timeout 120 "$multitool" validate report.sarif \
		>out 2>&1 && ! grep -q ': error' out
	result $? "$1: SARIF Multitool has no objection" out
	# It counts as we do.
	wanted=$(jq '[.runs[].results[] | select(.level == "error")] | length' \
		report.sarif)
	all=$(jq '[.runs[].results[]] | length' report.sarif)
	timeout 120 "$multitool" query -e "Level == 'Error'" report.sarif \
		>out 2>&1
	grep -q "Found $wanted of $all results" out
	result $? "$1: SARIF Multitool reads $wanted errors of $all" out
}
for options in '' '--baseline known'; do
	# shellcheck disable=SC2086
	report sarif $options
	valid "sarif $options"
	consumed "sarif $options"
done
jq -e --slurpfile r report.json '.runs[0].results as $results |
	($results | length) == ($r[0].findings | length) and
	all($results[]; .codeFlows[0].threadFlows[0].locations | length > 0) and
	([$results[] | .partialFingerprints["xenLockauditFinding/v1"]] | sort) ==
	([$r[0].findings[].id] | sort) and
	([$results[] | select(.baselineState == "unchanged")] | length) == 1 and
	all($results[]; .baselineState | IN("new", "unchanged")) and
	any(.runs[0].invocations[0].toolExecutionNotifications[];
		.message.text | test("0123456789abcdef"))' report.sarif >/dev/null
result $? 'witnesses, fingerprints, the baseline' report.sarif

# https://docs.gitlab.com/ci/testing/code_quality: the fields of a finding.
report gitlab
[ -s report.gitlab ] && jq -e 'type == "array" and length > 0 and all(.[];
	(keys == ["check_name", "description", "fingerprint", "location",
		"severity"]) and
	(.description | type == "string" and length > 0) and
	(.check_name | type == "string" and length > 0) and
	(.fingerprint | test("^[0-9a-f]{16}$")) and
	(.severity | IN("info", "minor", "major", "critical", "blocker")) and
	(.location.path | test("^xen/") and (startswith("/") | not)) and
	(.location.lines.begin | type == "number" and . >= 1)) and
	(map(.fingerprint) | length == (unique | length))' report.gitlab \
	>/dev/null
result $? 'gitlab: the documented fields, one fingerprint each' report.gitlab

# Each finding starts at the margin, its witness is indented.
report text
! sed '/^verdict: /,$d' report.text |
	grep -vE '^(    |[^ :]+:[0-9]+:[0-9]+: (error|warning|note): .* \[[a-z-]+\]$)' \
	>out
result $? 'text: file:line:column: severity: message [kind]' out
jq -r '.findings[] | "\(.file):\(.line):1: \(.severity): \(.message) [\(.kind)]"' \
	report.json | sort >wanted
grep '\[[a-z-]*\]$' report.text | grep -v '^ ' | sort >got
cmp -s wanted got
result $? 'text: every finding once' wanted got
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# report.sh [PAGE]: uses a report in a headless browser: the one whose first page
# is given, or one of the fixture and one of a hostile tree.  What the browser
# tests need is installed into $XLA_NODE_MODULES; without a browser, skipped.
top=${XLA_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
: "${XDG_CACHE_HOME:=$HOME/.cache}"
: "${XLA_NODE_MODULES:=$XDG_CACHE_HOME/xen-lockaudit/browser/node_modules}"
export XLA_NODE_MODULES
browser_tests=$top/tests/browser
case ${1-} in
'' | /*) page=${1-} ;;
*) page=$PWD/$1 ;;
esac

no_browser()
{
	echo "1..0 # SKIP no browser test: $1"
	exit 77
}

command -v node >/dev/null || no_browser "node is missing: scripts/test installs it"
command -v chromium >/dev/null || [ -x "${CHROMIUM-}" ] ||
	no_browser "chromium is missing: scripts/test installs it"
if ! [ -d "$XLA_NODE_MODULES/playwright-core" ] ||
	! [ -d "$XLA_NODE_MODULES/axe-core" ]; then
	mkdir -p "${XLA_NODE_MODULES%/node_modules}" &&
		cp "$browser_tests/package.json" "${XLA_NODE_MODULES%/node_modules}" &&
		npm install --silent --no-audit --no-fund \
			--prefix "${XLA_NODE_MODULES%/node_modules}" >&2 ||
		no_browser "npm cannot install playwright-core and axe-core"
fi

if [ -n "$page" ]; then
	exec node "$browser_tests/report.mjs" "$page"
fi

# Whether a leak is one of Graphviz' libraries' own takes whole stacks to tell.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0
export ASAN_OPTIONS

. "$top/tests/lib/tap.sh"
in_build report || { skip report 'not in this build'; finish; }

# browse DESCRIPTION SCRIPT ARGUMENT...: the script passes.
browse()
{
	description=$1
	shift
	timeout 300 node "$browser_tests/$@" >out 2>&1
	status=$?
	grep -v '^ok' out >remarks
	result $status "$description" remarks
}

make -s -C "$top/fixtures/xen-snapshot" O="$work/objects" \
	compile_commands.json >out 2>err &&
	"$XLA" extract -q -o facts.db -p objects/compile_commands.json 2>err
result $? 'facts of the fixture' err
"$XLA" report -q -o report facts.db 2>err
result $? 'report of the fixture' err
browse 'the report of the fixture' report.mjs report/index.html

cp -R report many
node "$browser_tests/repeat.mjs" many 5000 2>err
result $? 'a report of 5,000 orderings' err
browse '5,000 orderings filtered and sorted' many.mjs \
	many/pages/orderings.html 5000

# Names as they may stand in a hostile tree: where the database has them from.
# A quote is two in SQL.
hostile="</script><img src=x onerror=alert(1)>\"''&"
sqlite3 facts.db "DELETE FROM result;
	UPDATE file SET path = path || '$hostile' || char(10, 8238) ||
		CAST(x'ff' AS TEXT) WHERE path NOT LIKE '%mm-locks.h';
	UPDATE function SET display = display || '$hostile' ||
		CAST(x'c328' AS TEXT) WHERE NOT is_asm_called;
	UPDATE source_line SET text = text || '$hostile' || char(27);
	UPDATE meta SET value = '$hostile' WHERE name LIKE 'tree_%';" 2>err
result $? 'a hostile database' err
"$XLA" report -q -o hostile facts.db 2>err
result $? 'report of the hostile database' err
browse 'the hostile report behaves' report.mjs hostile/index.html
browse 'hostile names are shown as text' hostile.mjs hostile/index.html \
	orderings entries ledger compare
for view in classes owners 'around --of p2m'; do
	# shellcheck disable=SC2086
	"$XLA" graph --format svg -o graph.svg --view $view facts.db 2>err
	result $? "graph of the hostile database: $view" err
done

# The same from the source on: a file's name, a comment and a string.
mkdir -p 'tree/a<b onx="y"'
source=$(printf 'tree/a<b onx="y"/\n<img src=x onerror=alert(1)>.c')
cat >"$source" <<'C'
#include <case.h>
void bad(struct domain *d)
{
	const char *s = "</script><img src=x onerror=alert(1)>\"'";
	(void)s;
	pod_lock(host(d)); /* </script><img src=x onerror=alert(1)> */
	p2m_lock(host(d));
	p2m_unlock(host(d));
	pod_unlock(host(d));
}
C
printf 'const char *const text = "\377\303(";\n' >>"$source"
printf '\t.text\n\tcall\tbad\n' >tree/entry.S
sed "s,TREE,$PWD/tree,g; s,CASES,$top/fixtures/cases,g" \
	>tree/compile_commands.json <<'J'
[ { "directory": "TREE", "file": "entry.S", "output": "entry.o",
    "arguments": ["cc", "-c", "entry.S", "-o", "entry.o"] },
  { "directory": "TREE", "output": "x.o",
    "file": "a<b onx=\"y\"/\n<img src=x onerror=alert(1)>.c",
    "arguments": ["cc", "-std=gnu99", "-nostdinc", "-ffreestanding",
      "-fno-builtin", "-ICASES/include", "-c",
      "a<b onx=\"y\"/\n<img src=x onerror=alert(1)>.c", "-o", "x.o"] } ]
J
"$XLA" extract -q -o tree.db -p tree 2>err && "$XLA" report -q -o tree tree.db 2>err
result $? 'report of a hostile tree' err
browse 'a hostile tree is shown as text' hostile.mjs tree/index.html

id=$(jq -r '.orderings[0].id' hostile/report.json)
"$XLA" graph --format svg -o graph.svg --view calls --of "$id" facts.db 2>err &&
	! grep -q '<img' graph.svg
result $? 'graph of the hostile database: calls' err

# The same input, the same bytes.
"$XLA" report -q -o again facts.db 2>err && diff -r hostile again >difference
result $? 'a report is deterministic' err difference
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Keeps the rules of the layout true: who includes what, each header compiles
# alone, a file's own header comes first, licences, and no name of the audited
# code base in C.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
: "${CC:=cc}"
: "${XLA_CFLAGS:=$(pkg-config --cflags glib-2.0 jansson sqlite3 libxxhash \
	libgvc libcgraph) -I${XLA_CLANG_INCLUDE:-/usr/lib/llvm-19/include}}"
cd "$XLA_SOURCE" || exit 2

# verdict DESCRIPTION TEXT: passes if TEXT, what breaks the rule, is empty.
verdict()
{
	printf '%s\n' "$2" >"$work/remarks"
	[ -z "$2" ]
	result $? "$1" "$work/remarks"
}

# includers PATTERN: files of src that include a header matching it.
includers()
{
	grep -lE "^#[[:space:]]*include[[:space:]]*[<\"]($1)" src/*.[ch] || :
}

# only DESCRIPTION HEADERS FILES: no other file includes such headers.
only()
{
	verdict "$1" "$(includers "$2" | grep -vE "^src/($3)\$")"
}

# none DESCRIPTION FILES HEADERS: none of the files includes such headers.
none()
{
	verdict "$1" "$(includers "$3" | grep -E "^src/($2)\$")"
}

only "clang-c: the extractor" 'clang-c/' 'extract.*\.c|extract.*_int\.h'
only "sqlite3: the database" 'sqlite3' 'db\.c'
only "graphviz: the graph writer" \
	'gvc|cgraph|gvcext|graphviz/' 'graph.*\.c'
only "jansson: readers and writers of JSON" \
	'jansson' 'report_(json|sarif|gitlab)\.c|result_json.*\.[ch]|compdb\.c|collect_json\.c|saf\.c'

analysis='(analyze|callgraph|explore|findings|ledger|lockprim|order|origin'
analysis="$analysis|program|reach|rule|scc|slice|state|term|value|witness"
analysis="$analysis|access|linktable|pointsto|together|writes)"
analysis="$analysis[a-z_]*\.[ch]"
none "analysis: neither database nor clang nor stdio" "$analysis" \
	'clang-c/|sqlite3|stdio\.h|db\.h|store\.h|extract|jansson'
none "facts do not depend on findings" \
	'(facts|extract|compdb|link|bytes|collect|xentree)[a-z_]*\.[ch]' \
	'(result|findings|rule|report|analyze)[a-z_]*\.h'

# Vocabulary holds no functions: no line ends a prototype.
verdict "vocabulary headers hold no functions" \
	"$(grep -nE '^[a-z].*\);$' src/facts.h src/result.h)"

own_header_first()
{
	for file in src/*.c; do
		stem=$(basename "$file" .c)
		first=$(grep -m1 -E '^#[[:space:]]*include' "$file" |
			sed -n 's/.*"\(.*\)\.h".*/\1/p')
		case $stem in
		main | cmd_*) expected=command ;;
		*) expected=$stem ;;
		esac
		# A module of several files: their own header, a private one or
		# one that belongs to a part of the name.
		case $expected in
		"${first%_int}" | "${first%_table}" | "${first%_int}"_*) ;;
		*)
			[ -n "$first" ] && [ ! -f "src/$stem.h" ] &&
				case ${first%_int} in
				"${stem%%_*}" | "${stem%%_*}"_*) true ;;
				*) false ;;
				esac || echo "$file: includes '$first' first"
			;;
		esac
	done
}
verdict "a file's own header comes first" "$(own_header_first)"

headers_alone()
{
	for header in src/*.h; do
		# shellcheck disable=SC2086
		printf '#include "%s"\n' "$(basename "$header")" |
			$CC -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra \
				-Werror -Isrc $XLA_CFLAGS -fsyntax-only \
				-x c - 2>&1 | head -n 3
	done
}
verdict "each header compiles alone" "$(headers_alone)"

without_licence()
{
	find src tests queries models cmake scripts man fixtures .ci \
		CMakeLists.txt -type f \( -name '*.[chS]' -o -name '*.sh' \
		-o -name '*.sql' -o -name '*.model' -o -name '*.cmake' \
		-o -name '*.[15]' -o -path 'scripts/*' -o -path '.ci/*' \
		-o -name CMakeLists.txt \) ! -name '*.sha256' 2>/dev/null |
	while IFS= read -r file; do
		head -n 3 "$file" |
			grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' ||
			echo "$file: no SPDX line"
	done
}
verdict "each file names its licence" "$(without_licence)"

# Names with an underscore in the model are the code base's own: no C file may
# hold one as a string.
foreign_names()
{
	names=$(mktemp) && strings=$(mktemp) || exit 2
	sed 's/ -- .*//; /^#/d' models/*.model | tr ' \t.' '\n\n\n' |
		grep -E '^[a-z][a-z0-9]*_[a-z0-9_]*\*?$' |
		LC_ALL=C sort -u >"$names"
	grep -noE '"[a-z0-9_*]+"' src/*.c | tr -d '"' >"$strings"
	awk -F: 'NR == FNR { name[$1]; next } $3 in name' "$names" "$strings"
	rm -f "$names" "$strings"
}
verdict "no name of the code base in C" "$(foreign_names)"

subcommands()
{
	for file in src/cmd_*.c; do
		[ -f "$file" ] || continue
		function=$(basename "$file" .c)
		[ "$(grep -cE '^int cmd_[a-z]+\(' "$file")" = 1 ] ||
			echo "$file: not one subcommand"
		grep -q "^int $function(" "$file" ||
			echo "$file: does not define $function"
	done
}
verdict "one subcommand a file" "$(subcommands)"

verdict "no address is printed" "$(grep -nE '%-?[0-9]*p[^a-zA-Z]' src/*.c |
	grep -E 'printf|format|diag_')"

finish

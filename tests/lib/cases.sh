# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after tap.sh: makes cases of fixtures/cases ready.
: "${CC:=cc}"
cases=$XLA_SOURCE/fixtures/cases
standard='-std=gnu99 -nostdinc -ffreestanding -fno-builtin'

# Writes compile_commands.json for every source below the current directory.
write_commands()
{
	flags=$(cat cflags 2>/dev/null || :)
	separator='['
	for file in $(find . -name '*.[cS]' | LC_ALL=C sort); do
		file=${file#./}
		printf '%s\n{ "directory": "%s", "file": "%s", ' \
			"$separator" "$PWD" "$file"
		printf '"command": "%s %s -I. -I%s %s -c %s -o %s" }' \
			"$CC" "$standard" "$cases/include" "$flags" "$file" \
			"${file%.*}.o"
		separator=,
	done >compile_commands.json
	printf '\n]\n' >>compile_commands.json
}

# copy_case CASE DIR: goes to a copy of the case, with the facts in facts.db.
copy_case()
{
	cp -R "$cases/$1" "$2" && cd "$2" || exit 2
	write_commands
	"$XLA" extract -q -o facts.db -p compile_commands.json >out 2>err
}

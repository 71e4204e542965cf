#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An installation is complete and its program runs; a Debian package has what it
# says; bash completes commands, options, values and queries.  Prints TAP.
. "${XLA_SOURCE:-$(dirname "$0")/..}/tests/lib/tap.sh"
build=${XLA_BUILD:-$XLA_SOURCE/build/release}

# Paths of a list file that are not below DIRECTORY.
missing_below()
{
	while read -r path; do
		[ -s "$1/$path" ] || echo "no $path"
	done
}

(cd "$XLA_SOURCE" && for file in man/*.[157]; do
	echo "share/man/man${file##*.}/${file##*/}"
done && for file in models/*.model queries/*.sql; do
	echo "share/xen-lockaudit/$file"
done) >files
cat >>files <<'F'
bin/xen-lockaudit
share/bash-completion/completions/xen-lockaudit
share/doc/xen-lockaudit/copyright
share/doc/xen-lockaudit/CHANGELOG.md
share/doc/xen-lockaudit/contrib/pre-push
F

cmake --install "$build" --prefix "$work/root" >out 2>err
result $? 'cmake --install' err
missing_below root <files >remarks
! [ -s remarks ]
result $? 'all of it is there' remarks
root/bin/xen-lockaudit --version >out 2>err
result $? 'the installed program runs' err

DESTDIR=$work/stage cmake --install "$build" --prefix /usr >out 2>err
missing_below stage/usr <files >remarks
! [ -s remarks ]
result $? 'DESTDIR is heeded' remarks

expect 0 '' 'completion for bash' --completion bash
cmp -s out root/share/bash-completion/completions/xen-lockaudit
result $? 'the installed completion is the one printed'
expect 2 'bash' 'completion for another shell' --completion fish
expect 2 'bash' 'completion without a shell' --completion

# completes LINE WORD...: among the completions of the line's end is each word;
# a word after '!' is not.
completes()
{
	line=$1
	shift
	bash -c '. ./completion
		eval "COMP_WORDS=($1)"
		case $1 in *" ") COMP_WORDS+=("") ;; esac
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		compopt() { :; }
		_xen_lockaudit
		printf "%s\n" "${COMPREPLY[@]}"' bash "$line" >have 2>err
	for word in "$@"; do
		if [ "${word#!}" = "$word" ]; then
			grep -Fxq -e "$word" have || echo "not there: $word"
		else
			! grep -Fxq -e "${word#!}" have || echo "there: $word"
		fi
	done >remarks
	! [ -s remarks ] && ! [ -s err ]
	result $? "completes: $line" remarks err have
}

if command -v bash >/dev/null; then
	cp root/share/bash-completion/completions/xen-lockaudit completion
	touch facts.db
	mkdir directory
	completes 'xen-lockaudit ch' check '!gate'
	completes 'xen-lockaudit check --f' --format --fail-on '!--rule'
	completes 'xen-lockaudit check --format s' sarif '!text'
	completes 'xen-lockaudit check --format = j' json '!sarif'
	completes 'xen-lockaudit check --rule c' control-domain
	completes 'xen-lockaudit check --output f' facts.db
	completes 'xen-lockaudit audit --work d' directory '!facts.db'
	completes 'xen-lockaudit collect --kconfig ' widest defconfig facts.db
	completes 'xen-lockaudit check -q f' facts.db
	completes 'xen-lockaudit query facts.db hol' holders '!callers'
	completes 'xen-lockaudit graph --view ' classes owners around calls
	# Each option of --help, and no other.
	for command in $("$XLA" --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		bash -c '. ./completion; _xen_lockaudit_options "$1"' bash \
			"$command" | sed 's/ .*//' | LC_ALL=C sort >have
		"$XLA" "$command" --help | sed -n 's/^  \(-.*\)$/\1/p' |
			sed 's/   *.*//; s/, -/\n-/g; s/=.*//' |
			grep -vE '^(-h|--help)$' | LC_ALL=C sort >want
		diff -u want have >difference
		result $? "$command: completion has the options of --help" \
			difference
	done
else
	skip 'completion' 'no bash'
fi

# The words that are completed are taken: a wrong one is another error than
# that of a missing file.
sed -n 's/^\t\([a-z]*\)) .*/command \1/p
	s/^\t\t.\(--[a-z-]*\) words \([^'\'']*\).*/\1 \2/p' completion |
while read -r option words; do
	if [ "$option" = command ]; then
		command=$words
		continue
	fi
	for word in $words; do
		"$XLA" "$command" "$option" "$word" /nonexistent \
			/nonexistent /nonexistent </dev/null 2>&1 |
			grep -E "'?--?${option#--}'? wants|no (rule|view|format) " |
			sed "s/^/$command $option $word: /"
	done
done >remarks
! [ -s remarks ]
result $? 'words that are completed are taken' remarks

if command -v dpkg-deb >/dev/null && command -v cpack >/dev/null; then
	cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/package" \
		>out 2>&1
	result $? 'cpack makes a Debian package' out
	deb=$(echo package/*.deb)
	dpkg-deb -c "$deb" | sed -n 's,.* \./usr/,,p' >have
	grep -Fxv -f have files >remarks
	! [ -s remarks ]
	result $? 'the package has all of it' remarks
	dpkg-deb -f "$deb" >control
	for part in 'Depends: .*libclang1-' 'Depends: .*libclang-common-' \
		'Depends: .*libsqlite3-0' 'Depends: .*libgvc6' \
		'Depends: .*libc6 ' 'Recommends: .*gcc'; do
		grep -q "^$part" control || echo "no '$part'"
	done >remarks
	! [ -s remarks ]
	result $? 'the package depends on what it needs' remarks control
else
	skip 'a Debian package' 'no dpkg-deb or no cpack'
fi
finish

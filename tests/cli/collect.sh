#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# collect, on a small tree with makefiles of its own that do what Xen's do:
# commands found, headers made, nothing compiled, the tree left alone, and what
# happens when something is missing or fails.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"

if ! in_build collect; then
	skip collect 'not in this build'
	finish
fi
for tool in make gcc ld objcopy flex bison python3; do
	command -v "$tool" >/dev/null 2>&1 && continue
	skip collect "no $tool"
	finish
done

mkdir -p tree/config tree/xen/common tree/xen/arch/x86 tree/xen/tools
cd tree || exit 2
echo 'CONFIG_MK := y' >Config.mk
cat >xen/Makefile <<'MAKEFILE'
export XEN_VERSION       = 9
export XEN_SUBVERSION    = 87
export XEN_EXTRAVERSION ?= .6$(XEN_VENDORVERSION)
include $(CURDIR)/../Config.mk
-include extra.mk
CFLAGS = -Iinclude -MMD -MF $(@D)/.$(@F).d

defconfig:
	echo 'CONFIG_FROM=defconfig' >.config
olddefconfig:
	grep -v CONFIG_DROPPED .config >.config.new
	mv .config.new .config
distclean:
	rm -f common/stale.h

objects := common/a.o common/two-1.o common/two-2.o arch/x86/a.o arch/x86/entry.o
build: $(objects) probe.o boot.bin
	$(LD) -r -o prelink.o $(objects)
	$(LD) -T arch/x86/xen.lds -o xen-syms prelink.o
	echo 'not reached' >reached
$(objects): include/offsets.h
include/offsets.h: offsets.s
	mkdir -p include
	sed -n 's/.*==>\(.*\)<==.*/#define \1/p' $< >$@
offsets.s: offsets.c
	$(CC) $(CFLAGS) -S -o $@ $<
common/two-%.o: common/two.c
	$(CC) $(CFLAGS) -DPART=$* -c $< -o common/.two-$*.o.tmp -MQ $@
	$(OBJCOPY) common/.two-$*.o.tmp $@
	test -s common/.$(@F).d
%.o: %.c
	$(CC) $(CFLAGS) '-DSAID="a b"' -c $< -o $@
	test -s $(@D)/.$(@F).d
arch/x86/entry.o: arch/x86/entry.S
	$(CC) $(CFLAGS) -D__ASSEMBLY__ -c $< -o $@
probe.o:
	$(CC) -c probe.c -o $@
	$(NM) $@ | grep probed
boot.bin: boot.c
	$(CC) $(CFLAGS) -m32 -c $< -o boot.o
	$(OBJCOPY) -O binary -j .data boot.o $@
	grep -q BOOT $@
OBJCOPY = objcopy
NM = nm
MAKEFILE
echo 'extern int unknown; int a = unknown_to_a_compiler;' >xen/common/a.c
cp xen/common/a.c xen/common/two.c
cp xen/common/a.c xen/arch/x86/a.c
echo 'no instruction of any machine' >xen/arch/x86/entry.S
echo 'int probed;' >xen/probe.c
echo 'char boot[] = "BOOT";' >xen/boot.c
echo 'void f(void) { asm volatile ( "==>WIDTH 8<==" ); }' >xen/offsets.c
ln -s common/a.c xen/link.c
printf 'config FROM\n\nmenuconfig DROPPED\n\tbool\n' >xen/Kconfig
cd .. || exit 2
state()
{
	find tree -exec ls -ld --full-time {} + 2>/dev/null ||
		find tree -exec ls -ld {} +
	find tree -type f -exec cksum {} +
}
state >before

expect 0 'Xen 9\.87\.6, configuration defconfig: 4 translation units' \
	'collects' collect --kconfig defconfig --work made tree
[ "$(cat out)" = "$PWD/made/compile_commands.json" ]
result $? 'prints the path' out
state >after
cmp -s before after
result $? 'the tree is as it was' after

db=made/compile_commands.json
grep '"output"' $db | sed 's/.*: "\(.*\)".*/\1/' | LC_ALL=C sort >outputs
printf '%s\n' arch/x86/a.o arch/x86/entry.o common/a.o common/two-1.o common/two-2.o |
	cmp -s - outputs
result $? 'each compilation is there once, by its final name, and the assembly' outputs
grep -q "\"file\": \"$PWD/made/tree/xen/common/two.c\"" $db &&
	grep -q "\"directory\": \"$PWD/made/tree/xen\"" $db &&
	grep -q '"gcc"' $db && grep -q '"-DPART=2"' $db &&
	grep -q -F '"-DSAID=\"a b\""' $db
result $? 'with file, directory and all arguments' $db
grep -q '#define WIDTH 8' made/tree/xen/include/offsets.h
result $? 'generated headers are there'
grep -q defconfig made/config
result $? 'the configuration is kept'
! [ -e made/tree/xen/reached ]
result $? 'the build stops at the link'

# Which tree it is goes along to an extract that gets the directory alone.
says()
{
	"$XLA" query facts.db --sql 'SELECT value FROM meta
		WHERE name IN ("tree_version", "tree_config") ORDER BY name' \
		>out 2>err
	[ "$(tail -n 2 out | tr -d ' ' | tr '\n' ' ')" = "$1 " ]
}
if in_build extract && in_build query; then
	"$XLA" extract -q --cache none -p made -o facts.db >out 2>err
	says 'defconfig 9.87.6'
	result $? 'extract tells which tree and configuration they are' out
	"$XLA" extract -q --cache none -p $db -o facts.db >out 2>err
	says 'defconfig 9.87.6'
	result $? 'from the path of the commands, too' out
	cp made/identity kept
	printf 'no key file\000' >made/identity
	"$XLA" extract -q --cache none -p made -o facts.db >out 2>err
	status=$?
	{ [ $status -eq 0 ] || [ $status -eq 3 ]; } && [ -s facts.db ]
	result $? 'what cannot be read is not known' err
	mv kept made/identity
else
	skip 'which tree it is' 'not in this build'
fi

same()
{
	# shellcheck disable=SC2012
	[ "$(ls -i $db | awk '{ print $1 }')" = "$1" ]
}
inode=$(ls -i $db | awk '{ print $1 }')
expect 0 '4 translation units' 'collects again' \
	collect --kconfig defconfig --work made tree
same "$inode"
result $? 'and has nothing to do'
cp $db first.json
rm -rf made/stamp made/tree/xen/common
expect 0 '4 translation units' 'an unfinished directory is made anew' \
	collect --kconfig defconfig --work made tree/xen
cmp -s first.json $db
result $? 'with the same result'
rm $db
expect 0 '4 translation units' 'so is one that lost its result' \
	collect --kconfig defconfig --work made -j 3 tree
cmp -s first.json $db
result $? 'with the same result'

echo '/* Changed. */' >>tree/xen/common/two.c
expect 0 '4 translation units' 'collects what has changed' \
	collect --kconfig defconfig --work made tree
grep -q Changed made/tree/xen/common/two.c
result $? 'from a new copy'

# A tree in which somebody has built.
: >tree/xen/common/a.o
echo CONFIG_MINE=y >tree/xen/.config
: >tree/xen/common/stale.h
expect 0 '4 translation units' 'products in the tree do no harm' \
	collect --kconfig defconfig --work made tree
! [ -e made/tree/xen/common/stale.h ] && ! grep -q MINE made/config
result $? 'and are not used'
rm tree/xen/common/a.o tree/xen/.config tree/xen/common/stale.h

printf 'CONFIG_FROM=file\nCONFIG_DROPPED=y\nCONFIG_NEW=y\n' >fragment
expect 0 "warning: .* does not take 'CONFIG_DROPPED=y'" \
	'takes a file of options, warns of one that the tree refuses' \
	collect -q --kconfig fragment --work made tree
grep -q CONFIG_FROM=file made/config
result $? 'the file was used' made/config

# Scripts of old trees are adapted, in the copy only.
printf "import sys\nx = {1: 2}\nfor k, v in x.iteritems():\n    print k + v\n" \
	>tree/xen/tools/old.py
cat >tree/xen/tools/get-fields.sh <<'SCRIPT'
# Comment.
set -ef

level=3
SED=sed
level=$(expr $level - 1)
for id in _pad _pad12 _pad1x pad1 x_pad1; do
	if [ $level = 2 -a -n "$(echo $id | $SED 's,^_pad[[:digit:]]*,,')" ]
	then
		echo "$id at $level"
	fi
done
f ()
{
	if [ -z "$(echo "$1" | $SED 's,[^{}],,g')" ]
	then
		echo "no brace in $1"
	fi
	local n=$(echo $3 | $SED 's,[^.], ,g' | wc -w | $SED 's,[[:space:]]*,,g')
	echo "$n dots in $3"
}
f 'a b' x a.b.c
f 'struct { int a' x a
f '}' x a.b
SCRIPT
sh tree/xen/tools/get-fields.sh >fields
cat >tree/xen/extra.mk <<'MAKEFILE'
build: old.h
old.h: ; $(PYTHON) tools/old.py >$@
MAKEFILE
cp tree/xen/tools/old.py old.py
expect 0 '4 translation units' 'a script for Python 2 does not stop it' \
	collect --kconfig defconfig --work made tree
[ "$(cat made/tree/xen/old.h)" = 3 ]
result $? 'and does its work'
! cmp -s tree/xen/tools/get-fields.sh made/tree/xen/tools/get-fields.sh &&
	sh made/tree/xen/tools/get-fields.sh | cmp -s - fields &&
	[ "$(wc -l <fields)" -eq 7 ] && ! grep -q expr \
	made/tree/xen/tools/get-fields.sh
result $? 'the script that counts says the same' fields
cmp -s old.py tree/xen/tools/old.py
result $? 'the tree keeps its own'
rm tree/xen/tools/* tree/xen/extra.mk

# What goes wrong.
fails()
{
	description=$1 pattern=$2
	shift 2
	expect 2 "$pattern" "$description" collect "$@"
}
fails 'a work directory in the tree' "'.*/tree/xen/work' is inside the tree" \
	--work tree/xen/work tree
! [ -e tree/xen/work ]
result $? 'is not made'
mkdir mine && echo precious >mine/tree
fails 'a work directory of somebody else' "'.*/mine' holds something else" \
	--work mine tree
grep -q precious mine/tree
result $? 'is left alone'
fails 'a space in its name' 'make cannot take' --work 'a b' tree
fails 'a missing configuration' nosuch --kconfig nosuch --work made tree
echo hello >text
fails 'a foreign configuration' "'text' is no configuration" \
	--kconfig text --work made tree
fails 'a missing compiler' "cannot find compiler 'no-such-cc'" \
	--cc no-such-cc --work made tree
printf '#!/bin/sh\nexit 1\n' >bad-cc && chmod +x bad-cc
fails 'a compiler that does not run' 'does not run' \
	--cc "$PWD/bad-cc" --work made tree

mkdir bin
for tool in sh make gcc as ld objcopy nm flex bison python3 cp sed grep mv \
	mkdir rm cat env git; do
	ln -s "$(command -v $tool)" bin/$tool 2>/dev/null
done
program=$(command -v "$XLA")
for tool in make flex bison python3 ld; do
	mv bin/$tool kept
	PATH=$PWD/bin "$program" collect --work made tree >out 2>err
	[ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] &&
		grep -q "cannot find '$tool', .* install the package" err
	result $? "without $tool" err
	mv kept bin/$tool
done

log="see '.*/made/collect\.log'"
echo 'broken on purpose' >>tree/xen/offsets.c
fails 'a failing step' "make step 'offsets.s' failed; $log" --work made tree
grep -q 'on purpose' made/collect.log
result $? 'has its reason in the log' made/collect.log
fails 'it fails again' "make step 'offsets.s' failed; $log" --work made tree
sed -i '$d' tree/xen/offsets.c
echo 'build: missing-thing' >tree/xen/extra.mk
fails 'a target that cannot be made' "missing-thing.*; $log" --work made tree
echo 'olddefconfig: missing-thing' >tree/xen/extra.mk
fails 'a configuration that fails' "missing-thing.*; $log" --work made tree
rm tree/xen/extra.mk

if [ "$(id -u)" -ne 0 ]; then
	chmod 000 tree/xen/common/a.c
	fails 'an unreadable file' "common/a.c'" --work made tree
	chmod 644 tree/xen/common/a.c
else
	skip 'an unreadable file' 'root reads all'
fi

# Killed in the middle, by a step that waits for it.
cat >tree/xen/extra.mk <<'MAKEFILE'
offsets.s: wait
.PHONY: wait
wait: ; test -e ../../../go || { : >../../../waits; sleep 2; }
MAKEFILE
"$XLA" collect -q --kconfig defconfig --work made tree >out 2>err &
pid=$!
tries=0
until [ -e waits ] || [ $tries -gt 200 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
kill -9 $pid
wait $pid 2>/dev/null
[ -e waits ] && ! [ -e made/stamp ]
result $? 'a killed run has no stamp'
: >go
# What the killed run started keeps the directory until it ends.
sleep 4
expect 0 '4 translation units' 'and the next one does the work' \
	collect --kconfig defconfig --work made tree
cmp -s first.json $db
result $? 'with the same result' $db
rm tree/xen/extra.mk

finish

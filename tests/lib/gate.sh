# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after tap.sh: makes a git repository "tree" of the snapshot with a
# makefile that does what Xen's do, and goes into it.  Its tag "base" has none
# of the seeded bugs.
if ! in_build gate || ! in_build extract; then
	skip gate 'not in this build'
	finish
fi
for tool in git tar make gcc ld objcopy flex bison python3 jq; do
	command -v "$tool" >/dev/null 2>&1 && continue
	skip gate "no $tool"
	finish
done

# Neither the user's cache nor his git configuration take part.
XDG_CACHE_HOME=$work/home GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@d
export XDG_CACHE_HOME GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_AUTHOR_NAME \
	GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

# The seeded bugs are taken out of the sources: base has none of them.
without_bugs()
{
	awk '/^#if(n?)def BUG_/ { keep = /ifndef/; inside = 1; next }
		inside && /^#else/ { keep = !keep; next }
		inside && /^#endif/ { inside = 0; next }
		!inside || keep' "$1" >edited && cp edited "$1"
}

mkdir tree && cp -R "$XLA_SOURCE/fixtures/xen-snapshot/xen" tree/
for file in $(grep -rlE '^#ifn?def BUG_' tree/xen); do
	without_bugs "$file"
done
echo 'CONFIG_MK := y' >tree/Config.mk
cat >tree/xen/Makefile <<'MAKEFILE'
export XEN_VERSION      = 4
export XEN_SUBVERSION   = 17
export XEN_EXTRAVERSION ?= .0
CFLAGS := -std=gnu99 -nostdinc -ffreestanding -fno-builtin -Iinclude \
	-Iarch/x86/include -Wp,-MMD,$(@D)/.$(@F).d -DMM_LOCK_BIAS
objects := $(patsubst %.c,%.o,$(sort $(wildcard common/*.c arch/x86/*.c \
	arch/x86/mm/*.c arch/x86/mm/*/*.c arch/x86/hvm/*.c arch/x86/hvm/*/*.c)))
CFLAGS += -include include/generated.config
defconfig: ; echo CONFIG_HVM=y >.config
olddefconfig: ; sed -n 's/^config \(.*\)/CONFIG_\1=y/p' Kconfig >>.config
build: $(objects)
	$(LD) -T arch/x86/xen.lds -o xen-syms $(objects)
$(objects): include/generated.h include/generated.config
include/generated.config: .config
	sed -n 's/^\(CONFIG_.*\)=y/#define \1 1/p' $< >$@
include/generated.h: offsets.s
	sed -n 's/.*==>\(.*\)<==.*/#define \1/p' $< >$@
offsets.s: offsets.c include/xen/width.h include/generated.config
	$(CC) $(CFLAGS) -S -o $@ $<
%.o: %.c
	$(CC) $(CFLAGS) -c -o $@ $<
MAKEFILE
echo 'void f(void) { asm volatile ( "==>WIDTH 8<==" ); }' >tree/xen/offsets.c
echo '#include <xen/width.h>' >>tree/xen/offsets.c
echo '#define width 8' >tree/xen/include/xen/width.h
echo 'config HVM' >tree/xen/Kconfig
cd tree || exit 2
git init -q . && git add -A && git commit -qm base && git tag base

# commit NAME: what is in the checkout becomes the next commit of a branch NAME.
commit()
{
	git checkout -q -B "$1" && git add -A && git commit -qm "$1" || exit 2
}
start() # REVISION
{
	git checkout -qf --detach "$1"
}
# The host's entry changes under the pod lock, and the views are told of it.
add_bug()
{
	awk '/if \(altp2m_active\(d\)\)/ { getline; next } 1' \
		xen/arch/x86/mm/p2m-pod.c >../edited &&
		cp ../edited xen/arch/x86/mm/p2m-pod.c
}
# The nested tables are flushed before the flush is put off: on a line added.
add_flush()
{
	sed -i 's/^\tp2m->defer_nested_flush = true;/\tp2m_flush_nestedp2m(d);\n&/' \
		xen/arch/x86/mm/p2m-pod.c
}

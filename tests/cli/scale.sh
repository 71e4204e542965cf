#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes of docs/scale.md: parts under GNU parallel, here and over ssh to
# this machine, as an array job and as a matrix of CI jobs give what one run
# gives; tags are audited with one cache.
. "${XLA_SOURCE:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$XLA_SOURCE/tests/lib/gate.sh"
scale=$XLA_SOURCE/contrib/scale
# Whether a leak is one of Graphviz' libraries' own takes whole stacks to tell.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0
export ASAN_OPTIONS
XEN_LOCKAUDIT=$XLA
export XEN_LOCKAUDIT
add_bug; commit bug; git tag bug-1
start base
cd .. || exit 2

"$XLA" collect -q --work "$work/one/build" tree >out 2>err &&
	"$XLA" extract -q --cache none -p one/build -o one/FACTS.db >out 2>err
result $? 'one run' err
same() # DESCRIPTION DATABASE
{
	cmp -s one/FACTS.db "$2"
	result $? "$1: the same bytes" err
}

if command -v parallel >/dev/null; then
	HOME=$work/home "$scale/parallel" tree many 3 -j 2 --will-cite \
		>out 2>err </dev/null
	result $? 'GNU parallel' err
	same 'GNU parallel' many/FACTS.db
	HOME=$work/home "$scale/parallel" tree wrong 3 --will-cite -j 2 \
		--sshlogin nobody@127.0.0.1:1 >out 2>err </dev/null
	[ $? -ne 0 ] && [ ! -e wrong/FACTS.db ]
	result $? 'a machine that cannot be reached: no database' err
else
	skip 'GNU parallel' 'not installed'
fi

# An sshd of our own, for this user, on this machine only.
sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null)
port=$((20000 + $$ % 20000))
start_sshd()
{
	mkdir -p ssh && chmod 700 ssh && [ "$(id -u)" -ne 0 ] ||
		mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f ssh/host &&
		ssh-keygen -q -t ed25519 -N '' -f ssh/user &&
		cp ssh/user.pub ssh/authorized || return 1
	cat >ssh/config <<-CONFIG
	Port $port
	ListenAddress 127.0.0.1
	HostKey $work/ssh/host
	PidFile $work/ssh/pid
	AuthorizedKeysFile $work/ssh/authorized
	PasswordAuthentication no
	StrictModes no
	UsePAM no
	CONFIG
	"$sshd" -f "$work/ssh/config" -E "$work/ssh/log" || return 1
	login="ssh -p $port -i $work/ssh/user -F none -o BatchMode=yes"
	login="$login -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
	$login -o LogLevel=ERROR 127.0.0.1 true
}
if [ -z "$sshd" ] || ! command -v parallel >/dev/null; then
	skip 'over ssh' 'no sshd, or no GNU parallel'
elif ! start_sshd >out 2>&1; then
	skip 'over ssh' "sshd does not start: $(tail -n 1 out)"
else
	HOME=$work/home "$scale/parallel" tree remote 3 --will-cite \
		--sshlogin "1/$login 127.0.0.1" >out 2>err </dev/null
	result $? 'GNU parallel over ssh' err
	same 'GNU parallel over ssh' remote/FACTS.db
	[ "$(grep -c '127\.0\.0\.1' remote/jobs)" -eq 3 ]
	result $? 'all parts were done there' remote/jobs
fi
[ ! -s ssh/pid ] || kill "$(cat ssh/pid)"

# As Slurm runs an array's tasks, in any order.
"$XLA" collect -q --work "$work/array/build" tree >out 2>err
for task in 3 1 2; do
	[ ! -e array/FACTS.db ]
	result $? "array job: nothing is joined before task $task"
	WORK=$work/array SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=3 \
		sh "$scale/slurm.sh" >out 2>err </dev/null
	result $? "array job: task $task" err
done
same 'array job' array/FACTS.db
mkdir bad && WORK=$work/bad SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=1 \
	sh "$scale/slurm.sh" >out 2>err </dev/null
[ $? -ne 0 ] && [ ! -e bad/FACTS.db ]
result $? 'array job: a part that fails joins nothing' err

# The lines of the script of a job in the YAML file, joined to commands.
script_of() # JOB
{
	awk -v job="$1:" '
		$0 == job { inside = 1; next }
		inside && /^[^ #]/ { inside = 0 }
		inside && /^  script:/ { script = 1; next }
		script && /^  [a-z]/ { script = 0 }
		script && /^    - / { printf "%s%s", n++ ? "\n" : "",
			substr($0, 7); next }
		script { sub(/^ */, ""); printf " %s", $0 }
		END { print "" }' "$scale/gitlab-parallel.yml"
}
script_of xen-lockaudit-part >part.sh
script_of xen-lockaudit-join >join.sh
mkdir -p bin && ln -sf "$XLA" bin/xen-lockaudit
ci() # SCRIPT: in the tree, as a runner does
{
	sed "s|/tmp/build|$work/ci-build|" "$1" >step.sh
	(cd ci && PATH=$work/bin:$PATH CI_PROJECT_DIR=$work/ci PARTS=4 \
		sh -e ../step.sh) >out 2>err </dev/null
}
cp -R tree ci
for KCONFIG in widest defconfig; do
	export KCONFIG
	for PART in 1 2 3 4; do
		export PART
		ci part.sh
		result $? "CI: $KCONFIG, part $PART" err
	done
done
KCONFIG=widest
ci join.sh
result $? 'CI: join' err
jq -e 'type == "array"' ci/gl-code-quality-report.json >/dev/null 2>err &&
	[ -s ci/report/index.html ]
result $? 'CI: reports' err

# Release tags.
"$scale/tags" tree tags base bug-1 nothing bug-1 >out 2>err </dev/null
[ $? -eq 1 ]
result $? 'tags: one does not exist' out err
cut -f 1-3 out >rows
printf 'tag\tstatus\terrors\nbase\t0\t0\nbug-1\t1\t1\nnothing\t2\t-\n' >want
printf 'bug-1\t1\t1\n' >>want
diff -u want rows >difference
result $? 'tags: a row each' difference
[ -s tags/base/report.json ] && [ -s tags/bug-1/report.html ]
result $? 'tags: reports' out
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#SBATCH --job-name=xen-lockaudit
#SBATCH --array=1-16
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=00:20:00
#
# An array job: each task extracts one part, the last one to end joins them.
#
#	xen-lockaudit collect --work $WORK/build TREE
#	sbatch --export=ALL,WORK=$WORK slurm.sh
#
# WORK is on a file system that all nodes see.  --array's first must be 1.
set -eu
: "${XEN_LOCKAUDIT:=xen-lockaudit}"
part=$SLURM_ARRAY_TASK_ID parts=$SLURM_ARRAY_TASK_COUNT
mkdir -p "$WORK/shards"
status=0
"$XEN_LOCKAUDIT" extract -q -j 1 --shard "$part/$parts" -p "$WORK/build" \
	--cache "$WORK/cache" -o "$WORK/shards/$part.db" || status=$?
[ $status -eq 0 ] || [ $status -eq 3 ] || exit $status

# A part's database is there when it is complete.  Two tasks that end at once
# may both join: merge's output is complete or not there, too.
for i in $(seq "$parts"); do
	[ -e "$WORK/shards/$i.db" ] || exit 0
done
# shellcheck disable=SC2046
"$XEN_LOCKAUDIT" merge -o "$WORK/FACTS.db" \
	$(seq -f "$WORK/shards/%g.db" "$parts")

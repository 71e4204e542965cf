#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# debian-12.sh PACKAGE.deb [TREE]: installs the package into a bare Debian 12 made
# by debootstrap, runs each part of it there, and with a Xen tree audits that
# with nothing but what the package recommends.  Needs root and a network.
set -eu
package=$(realpath "$1")
tree=${2:+$(realpath "$2")}
root=$(mktemp -d "${TMPDIR:-/tmp}/debian-12.XXXXXX")
top=$(cd "$(dirname "$0")/../.." && pwd)
trap 'umount "$root/proc" 2>/dev/null || :; rm -rf --one-file-system "$root"' EXIT

debootstrap --variant=minbase bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" \
	>"$root.log" 2>&1 || { tail "$root.log"; exit 2; }
rm -f "$root.log"
mount --bind /proc "$root/proc"
mkdir "$root/test"
cp "$package" "$root/test/package.deb"
cp -R "$top/fixtures/xen-snapshot" "$root/test/snapshot"
[ -z "$tree" ] || cp -R "$tree" "$root/test/xen"

cat >"$root/test/run" <<'RUN'
set -eu
export DEBIAN_FRONTEND=noninteractive
cd /test
apt-get -qq update
apt-get -qq -y install --no-install-recommends ./package.deb >log 2>&1 || {
	tail log; exit 1; }
xen-lockaudit --version
ln -s "$PWD/snapshot" xen-snapshot
apt-get -qq -y install --no-install-recommends $(dpkg-query -Wf \
	'${Recommends}' xen-lockaudit | tr , ' ') >log 2>&1 || { tail log; exit 1; }
make -s -C snapshot O=/test/objects compile_commands.json
xen-lockaudit extract -q -o FACTS.db -p objects
xen-lockaudit check FACTS.db >report.txt || [ $? -ne 2 ]
grep ^verdict: report.txt
for format in dot svg pdf png; do
	xen-lockaudit graph --format $format -o graph.$format FACTS.db
	[ -s graph.$format ]
done
xen-lockaudit report -o report FACTS.db
[ -s report/index.html ]
xen-lockaudit query FACTS.db lock-classes >/dev/null
if [ -d xen ]; then
	xen-lockaudit audit -q --kconfig widest --work work --output xen.txt xen ||
		[ $? -ne 2 ]
	grep ^verdict: xen.txt
fi
RUN
chroot "$root" sh /test/run
echo "installs and runs"

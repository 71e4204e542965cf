# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts share.  POSIX sh; sourced with $top set to the checkout.
#
# Everything that is fetched or made, builds aside, goes below $cache, and no
# file of the checkout changes.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/xen-lockaudit

# Debian packages, by what needs them.
build_packages='gcc libc6-dev make cmake pkg-config libglib2.0-dev
	libjansson-dev libsqlite3-dev libxxhash-dev libgraphviz-dev
	libjemalloc-dev libclang-19-dev'
# Configuring a Xen tree, and unpacking its source package.
xen_packages='flex bison bc python3 perl dpkg-dev xz-utils
	ca-certificates debian-archive-keyring'
test_packages='clang-19 clang-tidy-19 libcmocka-dev mandoc
	jq git graphviz sqlite3 nodejs npm chromium fonts-dejavu-core
	python3-jsonschema parallel openssh-server'

# The Xen that is audited on Debian 12, and what its files must hash to.
xen_version=4.17.5
xen_package_version=4.17.5+72-g01140da4e8-1
xen_sums="$top/scripts/xen-$xen_version.sha256"

say()
{
	printf '== %s\n' "$*"
}

fail()
{
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 2
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		fail "cannot install packages: neither root nor sudo"
	fi
}

is_installed()
{
	status=$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) || :
	[ "$status" = installed ] ||
		# Here or on a newer Debian another package may have it.
		case $1 in
		pkg-config | npm) command -v "$1" >/dev/null ;;
		*) false ;;
		esac
}

# Installs the packages named that are missing; touches nothing if none is.
install_packages()
{
	missing=
	for package in "$@"; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
		fail "no apt-get here; install yourself:$missing"
	say "installing:$missing"
	# Another list of this machine may be out of order: let the
	# installation decide whether that matters.
	as_root apt-get -qq -o DPkg::Lock::Timeout=300 update ||
		say "apt-get update had errors; going on"
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends \
		$missing >/dev/null || fail "cannot install:$missing"
}

# Configures and builds a preset of CMakePresets.json in build/PRESET.
build_preset()
{
	(cd "$top" && cmake --fresh --preset "$1" >/dev/null &&
		cmake --build --preset "$1" -j "$(nproc)" \
			-- --no-print-directory) >"$cache/build-$1.log" 2>&1 ||
	{
		tail -n 40 "$cache/build-$1.log" >&2
		fail "cannot build; the log is $cache/build-$1.log"
	}
}

# The name of this machine's Debian release.
codename()
{
	(. /etc/os-release && printf '%s' "${VERSION_CODENAME-unknown}")
}

# Prints the address of the Debian mirror that this machine uses.
debian_mirror()
{
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
	awk -v codename="$(codename)" '
		!found && $1 == codename && $2 == "main" && $3 ~ /^https?:/ {
			print $3
			found = 1
		}
		END { if (!found) print "http://deb.debian.org/debian" }'
}

# apt-get with lists and caches of its own: the machine's stay as they are.
private_apt()
{
	apt-get -qq -o Dir::Etc::SourceList="$cache/apt/sources.list" \
		-o Dir::Etc::SourceParts="$cache/apt/parts" \
		-o Dir::State::Lists="$cache/apt/lists" \
		-o Dir::Cache="$cache/apt/cache" \
		-o APT::Sandbox::User="$(id -un)" "$@"
}

prepare_private_apt()
{
	mkdir -p "$cache/apt/parts" "$cache/apt/lists/partial" \
		"$cache/apt/cache/archives/partial"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -r "$keyring" ] || keyring=
	# The machine's mirror may hold no sources: then Debian's own has them.
	for mirror in "$(debian_mirror)" http://deb.debian.org/debian; do
		printf 'deb-src %s %s %s main\n' \
			"${keyring:+[signed-by=$keyring]}" "${mirror%/}" \
			"$(codename)"
	done | uniq >"$cache/apt/sources.list"
	private_apt update || say "not every mirror answered; going on"
}

# Fetches and unpacks into $1/tree; the rest of the arguments: the package, and
# a file of checksums or nothing.
fetch_source()
{
	dir=$1 package=$2 sums=${3-}
	rm -rf "$dir"
	mkdir -p "$dir"
	(cd "$dir" && private_apt source --download-only "$package") >&2 ||
		return 1
	if [ -n "$sums" ] && ! (cd "$dir" && sha256sum --quiet -c "$sums") >&2
	then
		say "$package: what came is not what was pinned; dropped" >&2
		rm -rf "$dir"
		return 1
	fi
	(cd "$dir" && dpkg-source -x ./*.dsc unpacking) >"$dir/unpack.log" 2>&1 ||
		return 1
	mv "$dir/unpacking" "$dir/tree"
}

# Prints the path of an unpacked Xen tree, from the cache or fetched; fails
# without a word on standard output if none can be had.  "pinned" as argument:
# no other version will do.
xen_tree()
{
	dir=$cache/xen-$xen_package_version
	if [ ! -d "$dir/tree" ]; then
		prepare_private_apt >&2
		if ! fetch_source "$dir" "xen=$xen_package_version" \
			"$xen_sums"; then
			[ "${1-}" != pinned ] || return 1
			dir=$cache/xen-$(codename)
			[ -d "$dir/tree" ] || fetch_source "$dir" xen ||
				return 1
		fi
	fi
	printf '%s\n' "$dir/tree"
}

# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034 # the lists are for who sources this
# Sourced by ./check and ./quickstart: the Debian packages ksurf needs, and how to get them.

# To build and run.
BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config scdoc ca-certificates libelf-dev
libsqlite3-dev libzstd-dev liblzma-dev libbz2-dev liblz4-dev liblzo2-dev libarchive-dev libxxhash-dev nettle-dev
libcurl4-openssl-dev libmicrohttpd-dev libseccomp-dev libsolv-dev libsolvext-dev libcmocka-dev libbpf-dev"

# For everything that ./check does on top.
CHECK_PACKAGES="clang lld dwz clang-format clang-tidy cppcheck shellcheck libclang-rt-dev binutils
gcc-arm-linux-gnueabihf gcc-aarch64-linux-gnu gcc-s390x-linux-gnu sqlite3 librsvg2-2 libxml2-utils fonts-dejavu-core dwarves gpg gpg-agent gpgconf gpgv openssl
apt-utils createrepo-c rpm pacman-package-manager libarchive-tools zstd perl python3"

# For the site in a browser (tests/browser), and for validators (tests/valid), which take packages from npm. Who has node from elsewhere
# may have npm with it.
BROWSER_PACKAGES="chromium"
command -v node >/dev/null || BROWSER_PACKAGES="$BROWSER_PACKAGES nodejs"
command -v npm >/dev/null || BROWSER_PACKAGES="$BROWSER_PACKAGES npm"

# For machines that share a plan (tests/cluster): without them it is skipped.
CLUSTER_PACKAGES="slurmctld slurmd slurm-client munge parallel python3-yaml"

# For chroots of other releases (tests/suite), and for what takes hours (./check long).
SUITE_PACKAGES="mmdebstrap debian-archive-keyring iproute2"
LONG_PACKAGES="valgrind qemu-system-x86 cpio"

# missing PACKAGE...: those that are not installed
missing()
{
	for package; do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=none
		[ "$state" = installed ] || printf '%s ' "$package"
	done
}

# install PACKAGE...: quiet when there is nothing to do
install_missing()
{
	wanted=$(missing "$@")
	[ -n "$wanted" ] || return 0
	root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "missing packages, and neither root nor sudo to install them: $wanted" >&2
			return 1
		}
		root=sudo
	fi
	echo "installing: $wanted"
	log=$(mktemp)
	# shellcheck disable=SC2086 # a list of words, and root may be empty
	if ! { $root apt-get update && $root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install the Debian packages that building and testing need, if any are
# missing; as root, or through sudo. Says which and what for.
#
#   setup.sh [build] [vm] [test] [debug] [fuzz]     (default: the first three)
#
# Written for Debian 12. On another system it names what is missing, in
# Debian's words, and fails.

set -euo pipefail

# group, what for, packages
needs=(
	"build|the compiler and the libraries of the daemon and the tool|gcc make pkg-config libnl-3-dev libnl-genl-3-dev libssl-dev libevent-dev libedit-dev libjson-c-dev libseccomp-dev libcap-ng-dev ppp-dev"
	"build|the kernel's build system|libelf1 xz-utils kmod"
	"vm|the virtual machine, its root tree and initramfs|qemu-system-x86 mmdebstrap busybox-static cpio e2fsprogs"
	"test|unit tests|libcmocka-dev libasan8 libubsan1 python3-minimal"
	"test|static checks|sparse shellcheck perl systemd"
	"debug|building the debug kernel|flex bison bc libelf-dev"
	"fuzz|fuzzing|clang libclang-rt-14-dev libcmocka-dev python3-minimal"
)

groups=${*:-build vm test}
missing=()
for need in "${needs[@]}"; do
	IFS='|' read -r group reason packages <<<"$need"
	case " $groups " in
	*" $group "*) ;;
	*) continue ;;
	esac
	here=()
	for package in $packages; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
		[ "$status" = installed ] || here+=("$package")
	done
	[ ${#here[@]} -gt 0 ] || continue
	echo "setup: for $reason: ${here[*]}"
	missing+=("${here[@]}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "setup: this is not Debian; install what these packages hold: ${missing[*]}" >&2
	exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "setup: become root (or install sudo): apt-get install ${missing[*]}" >&2
		exit 1
	}
	root=(sudo)
fi

install() {
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=600 --no-install-recommends \
		install "${missing[@]}"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup: installing ${#missing[@]} packages with apt-get"
if ! install >"$log" 2>&1; then
	# No package lists yet, or lists older than the archive.
	"${root[@]}" apt-get -q update >>"$log" 2>&1 || :
	install >>"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build the kernel module into build/kmod/RELEASE/cryptomap.ko, for a test kernel
# also the modules of selftests/kmod, beside it:
#
#   kmod.sh [-k 6.1|6.12|RELEASE|debug | -d KDIR] [-v] [-i DIR] [MAKE-ARGUMENT...]
#
#   -k  for a test kernel: its headers come from the cache
#   -d  for the kernel whose build directory KDIR is (default: the running
#       kernel's)
#   -i  install what was built as DIR/RELEASE/extra/cryptomap.ko
#   -v  show commands
#
# MAKE-ARGUMENTs (C=2, W=1, ...) go to Kbuild. Kbuild puts objects beside
# their sources, so it works on a tree of links. Prints the module's path.

set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
tree=$(readlink -f "$here/../..")
kernel='' kdir='' verbose='' install=''

die() { echo "kmod.sh: $*" >&2; exit 1; }

while getopts k:d:i:vh opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	d) kdir=$OPTARG ;;
	i) install=$OPTARG ;;
	v) verbose=1 ;;
	*) sed -n '4,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))

if [ -n "$kernel" ]; then
	kdir=$("$here/cache.sh" headers "$kernel")/build
else
	kdir=${kdir:-/lib/modules/$(uname -r)/build}
	[ -e "$kdir/Makefile" ] || die "no kernel headers in $kdir
  for the running kernel:  apt-get install linux-headers-$(uname -r)
  for another kernel:      make KDIR=/lib/modules/RELEASE/build
  for the test kernels:    make kmod KERNEL=6.1 (or 6.12)
  without the module:      make user, make install-user"
fi
release=$(sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' \
	"$kdir/include/generated/utsrelease.h")
out=$tree/build/kmod/$release

if [ -n "$install" ]; then
	install -D -m 644 "$out/cryptomap.ko" "$install/$release/extra/cryptomap.ko"
	[ "$install" != /lib/modules ] || depmod "$release"
	exit
fi

# Other flags than last time (C=2, W=1) have a tree of their own, so that a
# lint run and a build do not take turns in compiling everything.
[ $# -eq 0 ] || out=$out.$(echo "$*" | tr -c 'A-Za-z0-9\n' _)
mkdir -p "$out"
exec 9>"$out.lock"
flock 9

ls "$tree"/kmod/*.c >/dev/null 2>&1 || die "no sources in kmod/"
find "$out" -xtype l -delete
cp -asf "$tree/kmod" "$tree/Kbuild" "$out/"
if [ -n "$kernel" ]; then
	mkdir -p "$out/selftests"
	cp -asf "$tree/selftests/kmod" "$out/selftests/"
fi
# A make that was told how many jobs to run shares them out.
jobs=-j$(nproc)
case ${MAKEFLAGS:-} in
*-j*) jobs= ;;
esac
# Type information for BPF would need pahole and be of no use here.
make ${jobs:+"$jobs"} -C "$kdir" M="$out" CONFIG_DEBUG_INFO_BTF_MODULES= ${verbose:+V=1} \
	"$@" modules 9>&- >"$out.log" 2>&1 || {
	cat "$out.log" >&2
	die "could not build the module for $release"
}
grep -E 'warning|error' "$out.log" >&2 || :
echo "${out#"$tree"/}/cryptomap.ko"

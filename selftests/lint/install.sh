#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What make promises: where it writes, what it installs, what it says when
# something is missing. Works on what the build stage has made.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

dest=$(mktemp -d)
{ make -s install DESTDIR="$dest" PREFIX=/usr KERNEL=6.12 2>&1 || echo "status $?"; } |
	{ grep -v -E '^(install|  [A-Z]+) |/cryptomap\.ko$' || :; } |
	verdict "make install says nothing unexpected"
release=$(basename "$(dirname "$(find build/kmod/6.12*amd64/cryptomap.ko | head -n 1)")")
for file in usr/sbin/ike-daemon usr/sbin/ipsecctl usr/lib/cryptomap/cryptomap-ppp.so usr/share/man/man8/ipsecctl.8 \
	usr/share/man/man5/cryptomap.conf.5 usr/share/man/man5/cryptomap-commands.5 etc/cryptomap \
	etc/iproute2/rt_protos.d/cryptomap.conf "lib/modules/$release/extra/cryptomap.ko"; do
	[ -e "$dest/$file" ] || echo "$file is not installed"
done | verdict "make install fills DESTDIR"
(cd "$dest" && find . -type f ! -path './usr/*' ! -path './lib/modules/*' \
	! -path ./etc/iproute2/rt_protos.d/cryptomap.conf) |
	verdict "and writes nowhere else in it"
# Installed programs run where they are, with nothing of this tree.
top=$PWD
{ (cd / && env -i "$dest/usr/sbin/ipsecctl" check "$top/selftests/demo/site-a.conf" 2>&1) ||
	echo "status $?"; } | verdict "the installed tool checks a file"
# Its program is where it was installed for now.
unit=$dest/usr/lib/systemd/system/ike-daemon.service
{ sed -i "s|=/usr/sbin/|=$dest/usr/sbin/|" "$unit" && systemd-analyze verify --man=no "$unit" 2>&1 ||
	echo "status $?"; } | verdict "systemd takes the unit"
{ systemd-analyze security --offline=yes --threshold=40 "$unit" >"$dest/security" 2>&1 ||
	tail -n 3 "$dest/security"; } | verdict "and finds it confined"
rm -rf "$dest"

missing=$(make kmod KDIR=/nonexistent 2>&1 || echo "fails as it should")
for word in 'no kernel headers in /nonexistent' 'apt-get install linux-headers-' 'make user' 'fails as it should'; do
	grep -q -- "$word" <<<"$missing" || echo "not said: $word"
done | verdict "missing headers are named, with what to do"

git status --porcelain --ignored | { grep '^!!' || :; } | { grep -v -E '^!! build/$' || :; } |
	verdict "nothing is built outside build/"

copy=$(mktemp -d)
mkdir "$copy/build"
cp Makefile "$copy/"
make -s -C "$copy" clean >/dev/null
find "$copy" -name build | verdict "make clean removes it"
rm -rf "$copy"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the guest: load the module, run the kselftests (TESTS and SHARD select,
# see selftests/Makefile), unload it, and check that nothing of ours is left.
# TAP on standard output; lines of its own are "ok - text". The kernel log is
# judged by run.sh when the guest has ended. On the debug kernel kmemleak looks
# for lost memory before and after the module is unloaded.

set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

result() {
	local verdict=$1
	shift
	echo "$verdict - $*"
	[ "$verdict" = ok ] || failed=1
}

# expect TEXT COMMAND...: COMMAND must find nothing; what it finds is shown.
expect_none() {
	local text=$1 found
	shift
	found=$("$@" 2>/dev/null)
	if [ -z "$found" ]; then
		result ok "$text"
	else
		result "not ok" "$text"
		sed 's/^/# /' <<<"$found"
	fi
}

namespaces() { ip netns list; }
modules() { grep '^cryptomap ' /proc/modules; }
caches() { find /sys/kernel/slab -maxdepth 1 -name 'cm_*' -o -maxdepth 1 -name 'cryptomap*'; }
families() { genl ctrl list | grep -i cryptomap; }
devices() { ip -o -d link show | grep -i -E 'cryptomap|: cm'; }
hooks() { nft list hooks | grep cryptomap; }
files() { find /proc/net /proc/sys/net -name '*cryptomap*'; }

expect_no_leak() { ! kmemleak_there || expect_none "$1" kmemleak_report; }

# The first report of lockdep, and a table that is full, switch it off.
lockdep_off() { grep 'debug_locks: *0' /proc/lockdep_stats; }
expect_lockdep() { [ ! -r /proc/lockdep_stats ] || expect_none "$1" lockdep_off; }

# A namespace dies after its last process, a little later than the command.
unload() {
	local tries
	for tries in $(seq 40); do
		rmmod cryptomap 2>/dev/null && return
		sleep 0.5
	done
	rmmod cryptomap
}

# The tree is a shared directory, from which a program takes four times as long to
# start as from memory.
mkdir /run/programs
for file in build/user/ipsecctl build/user/ike-daemon build/selftests/net/*; do
	[ -x "$file" ] && cp -p "$file" /run/programs/ &&
		mount --bind "/run/programs/${file##*/}" "$file"
done

# shellcheck source=selftests/lib/module.sh
. selftests/lib/module.sh
# shellcheck source=selftests/lib/kmemleak.sh
. selftests/lib/kmemleak.sh

modprobe -a -q aesni_intel sha1_ssse3 sha256_ssse3 sha512_ssse3 \
	ghash_clmulni_intel nfnetlink_hook || :
# What the kernel lost while it booted is not ours.
! kmemleak_there || kmemleak_forget
if module_load . 2>&1; then
	result ok "the module loads"
	make -s -C selftests run_tests </dev/null || failed=1
	expect_none "no namespace is left" namespaces
	expect_no_leak "no memory is lost with the module loaded"
	# The last test may have taken it out.
	if module_load . 2>&1 && unload 2>&1; then
		result ok "the module unloads"
	else
		result "not ok" "the module unloads"
	fi
else
	result "not ok" "the module loads"
fi
expect_none "no module is left" modules
expect_no_leak "no memory is lost with the module gone"
expect_lockdep "lockdep was at work to the end"
expect_none "no slab cache is left" caches
expect_none "no netlink family is left" families
expect_none "no network device is left" devices
if modprobe -q nfnetlink_hook; then
	expect_none "no netfilter hook is left" hooks
else
	result ok "no netfilter hook is left # SKIP this kernel cannot list them"
fi
expect_none "no file in /proc is left" files
# A hook, handler or timer that was left would be called now.
if ping -q -c 3 -i 0.2 127.0.0.1 >/dev/null; then
	result ok "packets still flow"
else
	result "not ok" "packets still flow"
fi
exit "$failed"

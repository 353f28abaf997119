#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The judges judged: what reads kernel logs and test output must see a fault
# when there is one, and none when there is none.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

faults='BUG: kernel NULL pointer dereference, address: 0000000000000288
WARNING: CPU: 1 PID: 143 at kmod/main.c:2 cm_init+0x5/0x1000 [cryptomap]
WARNING: possible circular locking dependency detected
WARNING: suspicious RCU usage
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
INFO: task rmmod:812 blocked for more than 120 seconds.
watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [ping:331]
general protection fault, probably for non-canonical address 0xdead000000000108
refcount_t: underflow; use-after-free.
unregister_netdevice: waiting for wan0 to become free. Usage count = 2
BUG cm_flow (Tainted: G OE): Objects remaining in cm_flow on __kmem_cache_shutdown()
UBSAN: array-index-out-of-bounds in kmod/acl.c:10:3
list_del corruption. prev->next should be ffff888003, but was 0000000000000000
Kernel panic - not syncing: Fatal exception in interrupt'
while IFS= read -r line; do
	printf '[    1.0] boot\n[    2.0] %s\n[    3.0] more\n' "$line" |
		selftests/vm/kernel-log.sh >/dev/null && echo "not seen: $line" || :
done <<<"$faults" | verdict "faults in a kernel log are seen"

printf '%s\n' 'cryptomap: loading out-of-tree module taints kernel.' \
	'mtrr: your CPUs had inconsistent fixed MTRR settings' \
	'cryptomap: version 0.1.0, no warning: none' 'debugfs: ready' |
	{ selftests/vm/kernel-log.sh || :; } | verdict "a clean kernel log passes"

sample='TAP version 13
1..4
# selftests: /x: good.sh
# TAP version 13
# 1..2
# ok 1 first
# ok 2 second # SKIP no need
ok 1 selftests: /x: good.sh
# selftests: /x: bad.sh
# not ok 1 broken
not ok 2 selftests: /x: bad.sh # exit=1
# selftests: /x: dies.sh
# ok 1 before
not ok 3 selftests: /x: dies.sh # TIMEOUT 45 seconds
ok - the guest says so
# selftests: /x: cut.sh
# ok 1 begun'
wanted='ok 1 - L: good.sh: first
ok 2 - L: good.sh: second # SKIP no need
not ok 3 - L: bad.sh: broken
ok 4 - L: dies.sh: before
not ok 5 - L: dies.sh # TIMEOUT 45 seconds
ok 6 - L: the guest says so
ok 7 - L: cut.sh: begun
not ok 8 - L: cut.sh: did not end'
{ diff <(echo "$wanted") <(awk -v label=L -f selftests/lib/kselftest.awk <<<"$sample" | grep -v '^#') || :; } |
	verdict "kselftest output is read as it is meant"

# Two judges whose lines take their time, the last of them without an end; and one who
# ends badly behind such a line.
mkdir -p build/check
judged() {
	for i in 1 2; do
		selftests/check.sh --judge "harness-$i" sh -c "printf 'ok - '; sleep 0.5; printf $i" &
	done
	wait
	selftests/check.sh --judge harness-3 sh -c "printf 'ok - 3'; exit 7"
}
wanted='not ok - harness-3: exit status 7, no result says why
ok - 1
ok - 2
ok - 3'
{ diff <(echo "$wanted") <(judged | LC_ALL=C sort) || :; } |
	verdict "results of judges at work side by side are whole lines"

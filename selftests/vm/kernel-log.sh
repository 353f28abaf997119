#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel-log.sh [FILE]: look for reports of kernel faults in a kernel log
# (default: standard input). Prints the first reports with what follows each,
# exit status 1 if there is one. What a lockdep, KASAN or kmemleak kernel says
# is known, too.

pattern='BUG:|BUG [a-z0-9_-]+ \(|WARNING:|Oops|Kernel panic|general protection fault'
pattern="$pattern|Unable to handle|stack segment|double fault"
pattern="$pattern|INFO: (task|rcu)|detected stall|stall on CPU|soft lockup|hard LOCKUP"
pattern="$pattern|possible (recursive|circular) locking|inconsistent lock state"
pattern="$pattern|suspicious RCU usage|sleeping function called|scheduling while atomic"
pattern="$pattern|refcount_t:|UBSAN:|KASAN:|KCSAN:|kmemleak: [1-9]|ODEBUG:"
pattern="$pattern|unregister_netdevice: waiting|Objects remaining|list_(add|del) corruption"
pattern="$pattern|kernel BUG at|invalid opcode|bad page state|page allocation failure"

if grep -E -A 25 "$pattern" -- "${1:--}" | tr -d '\r' | head -n 60 | grep .; then
	exit 1
fi
exit 0

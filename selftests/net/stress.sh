#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# F-045, F-062: sixteen processes make and delete lists, maps, bindings and SAs,
# while packets flow and interfaces and namespaces come and go; again and again the
# module is taken out under them at a moment that nobody chose.
#
#   FUZZ_SECS      how long the sixteen work undisturbed (10)
#   STRESS_ROUNDS  how often the module goes (3)

. "$(dirname "$0")/lib.sh"

FUZZ=$TOP/build/selftests/net/netlink_fuzz
rounds=${STRESS_ROUNDS:-3}

ktap_print_header
ktap_set_plan 4

work() {
	"$FUZZ" "$1" 16 0 >"$WORK/fuzz" 2>&1
	_status=$?
	sed 's/^/# /' "$WORK/fuzz"
	return $_status
}
unloaded() { ! [ -d /sys/module/cryptomap ]; }
ended() { ! pgrep -x netlink_fuzz; }

module_load "$TOP" || abort "no module"
ktap_test_result "sixteen processes at once" work "${FUZZ_SECS:-10}"

gone=0 back=0
for i in $(seq "$rounds"); do
	bg "$WORK/fuzz" "$FUZZ" 60 16 0
	sleep "$(($(od -A n -N 1 -t u1 /dev/urandom) % 5)).$(($(od -A n -N 1 -t u1 /dev/urandom) % 10))"
	# In the background: what hangs in the kernel cannot be killed.
	bg "$WORK/rmmod" sh -c "until ! [ -d /sys/module/cryptomap ] || rmmod cryptomap; do sleep 0.1; done"
	poll 60 unloaded || break
	gone=$((gone + 1))
	pkill -KILL -x netlink_fuzz
	poll 20 ended
	module_load "$TOP" || break
	back=$((back + 1))
done
ktap_test_result "the module goes under them, $rounds times" [ "$gone" = "$rounds" ]
ktap_test_result "and comes back" [ "$back" = "$rounds" ]
ktap_test_result "afterwards all works" work 4

ktap_finished

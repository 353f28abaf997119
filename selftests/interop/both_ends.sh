#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends are cryptomap routers. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 6

interop_build
{
	cm_phase1 198.51.100.2
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry EAST 10 198.51.100.2 101
	printf 'interface wan0\n crypto map EAST\n'
} >"$WORK/r1.conf"
{
	cm_phase1 192.0.2.1
	echo 'access-list 101 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255'
	cm_entry WEST 10 192.0.2.1 101
	printf 'interface wan0\n crypto map WEST\n'
} >"$WORK/r2.conf"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon r1"
daemon_start r2 "$WORK/r2.conf" || abort "ike-daemon r2"
wire_start || abort tcpdump

in_ns a ping -c 5 -i 0.3 -W 20 10.2.0.2 >"$WORK/ping1" 2>&1
ktap_test_result "from A to B, nothing lost" no_loss "$WORK/ping1"
in_ns b ping -c 5 -i 0.3 -W 20 10.1.0.2 >"$WORK/ping2" 2>&1
ktap_test_result "from B to A, nothing lost" no_loss "$WORK/ping2"
ktap_test_result "what one encapsulates the other decapsulates" \
	[ "$(sa_field r1 '#pkts encaps')" = "$(sa_field r2 '#pkts decaps')" ]
ktap_test_result "and the other way" \
	[ "$(sa_field r2 '#pkts encaps')" = "$(sa_field r1 '#pkts decaps')" ]
ktap_test_result "nothing in clear" wire_is_protected

# Wrong key: no traffic, and not in clear.
router r1 shutdown >/dev/null 2>&1
router r2 shutdown >/dev/null 2>&1
sed "s/$PSK/WrongKey123/" "$WORK/r2.conf" >"$WORK/r2-wrong.conf"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon r1"
daemon_start r2 "$WORK/r2-wrong.conf" || abort "ike-daemon r2"
unreached() { ! in_ns a ping -c 3 -i 0.3 -W 3 10.2.0.2 && [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
ktap_test_result "a wrong key: no traffic, none in clear" unreached

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends are cryptomap routers: a tunnel that is asked for by command, one
# that stays while the configuration changes, a wrong key. The topology is in
# lib.sh.
# F-045 F-114

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 12

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

up() { router "$1" show crypto ipsec sa | grep -q 'spi: 0x'; }
ktap_test_result "crypto initiate is accepted" router r1 crypto initiate map EAST 10
ktap_test_result "and brings the tunnel up with no packet" poll 40 up r1
in_ns a ping -c 5 -i 0.3 -W 20 10.2.0.2 >"$WORK/ping1" 2>&1
ktap_test_result "from A to B, nothing lost" no_loss "$WORK/ping1"
in_ns b ping -c 5 -i 0.3 -W 20 10.1.0.2 >"$WORK/ping2" 2>&1
ktap_test_result "from B to A, nothing lost" no_loss "$WORK/ping2"
ktap_test_result "what one encapsulates the other decapsulates" \
	[ "$(sa_field r1 '#pkts encaps')" = "$(sa_field r2 '#pkts decaps')" ]
ktap_test_result "and the other way" \
	[ "$(sa_field r2 '#pkts encaps')" = "$(sa_field r1 '#pkts decaps')" ]
ktap_test_result "nothing in clear" wire_is_protected

# A configuration that changes: what did not change in it stays up.
spis() { router r1 show crypto ipsec sa | grep -o 'spi: 0x[0-9A-Fa-f]*' | sort; }
spis >"$WORK/spis"
bg "$WORK/ping3" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 50 -W 10 10.2.0.2
ping_pid=$bg_pid
{
	cat "$WORK/r1.conf"
	echo "crypto isakmp key $PSK address 203.0.113.3"
	echo 'access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255'
	cm_entry EAST 5 203.0.113.3 102
} >"$WORK/more.conf"
ktap_test_result "another entry before the first is applied" router r1 -f "$WORK/more.conf"
listed() { router r1 show crypto map | grep -q '203.0.113.3'; }
ktap_test_result "and is there" listed
poll 60 pid_gone "$ping_pid"
ktap_test_result "no packet of the first is lost" no_loss "$WORK/ping3"
same_spis() { spis | cmp - "$WORK/spis"; }
ktap_test_result "its SAs are the same" same_spis

# Wrong key: no traffic, and not in clear.
router r1 shutdown >/dev/null 2>&1
router r2 shutdown >/dev/null 2>&1
sed "s/$PSK/WrongKey123/" "$WORK/r2.conf" >"$WORK/r2-wrong.conf"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon r1"
daemon_start r2 "$WORK/r2-wrong.conf" || abort "ike-daemon r2"
unreached() { ! in_ns a ping -c 3 -i 0.3 -W 3 10.2.0.2 && [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
ktap_test_result "a wrong key: no traffic, none in clear" unreached

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two tunnels to two peers on one interface, and a flow with two peers that
# falls over to the second: when the first is gone, and when it never answers.
# The topology is in lib.sh.
# F-017 F-045 F-070

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 11

interop_build
{
	cm_phase1 198.51.100.2 203.0.113.3
	cat <<-END
	crypto isakmp keepalive 10 2 periodic
	access-list 101 deny ip any 10.3.0.0 0.0.0.255
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
	END
	cm_entry SITE 10 198.51.100.2 101 'set peer 203.0.113.3'
	cm_entry SITE 20 203.0.113.3 102
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort "strongSwan r2"
# r3 stands in for r2, too: a host of LAN B lives behind it as well.
in_ns r3 ip addr add 10.2.0.3/32 dev lo
swan_start r3 203.0.113.3 192.0.2.1 10.2.0.0/24,10.3.0.0/24 10.1.0.0/24 ||
	abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

in_ns a ping -c 4 -i 0.3 -W 20 10.2.0.2 >"$WORK/ping-b" 2>&1
ktap_test_result "tunnel to the first peer" no_loss "$WORK/ping-b"
in_ns a ping -c 4 -i 0.3 -W 20 10.3.0.2 >"$WORK/ping-c" 2>&1
ktap_test_result "deny in the first entry, tunnel to the second peer" no_loss "$WORK/ping-c"
two() { [ "$(router r1 show crypto isakmp sa | grep -c QM_IDLE)" = 2 ]; }
ktap_test_result "two ISAKMP SAs" two
esp_to_each() { wire_has esp and dst 198.51.100.2 && wire_has esp and dst 203.0.113.3; }
ktap_test_result "ESP to each of them" poll 5 esp_to_each

# RFC 3706: without traffic we ask, and the peer answers.
mark=$(($(charon_log r2 | wc -l) + 1))
we_ask() {
	charon_log r2 | tail -n +"$mark" | grep -q 'parsed INFORMATIONAL_V1.*N(DPD)' &&
		charon_log r2 | tail -n +"$mark" | grep -q 'generating INFORMATIONAL_V1.*N(DPD_ACK)'
}
ktap_test_result "F-017: our keepalives are answered" poll 40 we_ask
first() { router r1 show crypto ipsec sa | grep -q 'current_peer: 198.51.100.2'; }
ktap_test_result "the peer lives and stays the current one" first

# The first peer was there, and is cut off: the keepalive finds out.
in_ns r2 ip link set wan0 down
behind_r3() { in_ns a ping -c 1 -W 2 10.2.0.3; }
ktap_test_result "F-045: the first peer is gone: the second takes over" poll 90 behind_r3
found_dead() { grep -q '198.51.100.2: peer is dead' "$WORK/r1/log"; }
ktap_test_result "because no keepalive was answered" found_dead
ktap_test_result "nothing in clear" wire_is_protected
router r1 shutdown >/dev/null 2>&1
charon_kill r2
charon_stop r3
net_cleanup

# Fail-over: the first peer does not answer; the second protects the same LAN.
interop_build
{
	cm_phase1 198.51.100.2 203.0.113.3
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101 'set peer 203.0.113.3'
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 || abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
reached() { in_ns a ping -c 1 -W 2 10.3.0.2; }
ktap_test_result "the first peer is silent: the second takes over" poll 90 reached
second() { router r1 show crypto ipsec sa | grep -q 'current_peer: 203.0.113.3'; }
ktap_test_result "and is the current peer" second

ktap_finished

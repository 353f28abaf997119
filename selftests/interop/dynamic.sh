#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Peers that no entry names: r1 takes two strongSwan routers by one dynamic map and one
# wildcard key. Its list says what they may bring, and keeps that from leaving in clear
# while nobody has brought it. They come, renew, go and come back, also from behind one
# NAT; the daemon is killed meanwhile. Then pairs of hosts, by an entry of level per-host.
# The topology is in lib.sh.
# C-039 C-040 F-070 R-08

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 28

interop_build
{
	cm_phase1 0.0.0.0
	cat <<-END
	crypto ipsec transform-set OLD esp-3des esp-sha-hmac
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.255.255
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
	crypto dynamic-map ANY 10
	 set transform-set OLD
	 match address 101
	crypto dynamic-map ANY 20
	 set transform-set STRONG
	 set pfs group14
	 match address 101
	crypto map SITE 65000 ipsec-isakmp dynamic ANY
	interface wan0
	 crypto map SITE
	END
} >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
# The kernel of the peer drops what begins a negotiation.
comes() { poll 20 in_ns "$1" ping -q -c 1 -W 1 "$2" >/dev/null 2>&1; }
silent() { ! in_ns "$1" ping -c 2 -i 0.2 -W 1 "$2" >/dev/null 2>&1; }
drops() { router r1 --json show crypto counters | jq -r ".counters[] | select(.name == \"$1\") | .value"; }
# sas_with PEER: outbound SAs to it
sas_with() { router r1 show crypto ipsec sa | grep -c "current_peer:* *$1"; }

silent a 10.2.0.2
ktap_test_result "before anybody has come nothing leaves in clear" [ "$(wire_count net 10.0.0.0/8)" = 0 ]

# --- the first ------------------------------------------------------------------------

PSK=AnotherOne swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'start_action = trap' || abort strongSwan
silent b 10.1.0.2
ktap_test_result "who has another key gets nothing" [ "$(sas_with 198.51.100.2)" = 0 ]
charon_stop r2
in_ns r2 ip xfrm state flush	# else the kernel waits for an answer to its acquire
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'start_action = trap' || abort strongSwan
ktap_test_result "the first packet from behind a peer brings the tunnel" comes b 10.1.0.2
ktap_test_result "it serves both ways" reaches a 10.2.0.2
ktap_test_result "the entry is the dynamic one" \
	eval 'router r1 show crypto isakmp sa detail >/dev/null && router r1 show crypto ipsec sa | grep -q "local *ident.*10.1.0.0/255.255.255.0" && [ "$(sas_with 198.51.100.2)" = 1 ]'

# --- another beside it --------------------------------------------------------------------

swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 '' 'start_action = trap' || abort strongSwan
ktap_test_result "another peer comes by the same entry" comes c 10.1.0.2
ktap_test_result "it serves both ways" reaches a 10.3.0.2
ktap_test_result "the first has noticed nothing" eval 'reaches b 10.1.0.2 && reaches a 10.2.0.2'
ktap_test_result "each has a flow of its own" \
	[ "$(sas_with 198.51.100.2),$(sas_with 203.0.113.3)" = 1,1 ]

# --- it is renewed ----------------------------------------------------------------------

bg "$WORK/through" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 60 -W 10 10.2.0.2
through=$bg_pid
spi() { router r1 show crypto ipsec sa | grep -o 'spi: 0x[0-9A-F]*' | sort | cksum; }
before=$(spi)
poll 20 swan_rekeys r2
renewed() { [ "$(spi)" != "$before" ]; }
ktap_test_result "the peer renews its SAs" poll 20 renewed
daemon_kill r1
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
poll 60 pid_gone "$through"
ktap_test_result "no packet was lost by that, nor by a new daemon" no_loss "$WORK/through"
ktap_test_result "which answers both peers" eval 'reaches b 10.1.0.2 && reaches c 10.1.0.2'

# --- one goes -----------------------------------------------------------------------------

charon_ctl r2 --terminate --ike site >/dev/null 2>&1
gone() { [ "$(sas_with 198.51.100.2)" = 0 ]; }
ktap_test_result "a peer that says goodbye leaves nothing behind" poll 20 gone
plain=$(wire_count net 10.0.0.0/8)
lost=$(drops no_sa)
silent a 10.2.0.2
ktap_test_result "nothing leaves in clear then" [ "$(wire_count net 10.0.0.0/8)" = "$plain" ]
ktap_test_result "it is lost and counted" [ "$(drops no_sa)" -gt "${lost:-0}" ]
ktap_test_result "the other goes on" reaches a 10.3.0.2
ktap_test_result "and the one that went comes back" comes b 10.1.0.2

# --- behind one NAT: one address for both, and ESP in UDP ---------------------------------------

for r in r2 r3; do
	charon_stop $r
	in_ns $r ip xfrm state flush
done
NAT=192.0.2.200
in_ns net ip addr add $NAT/24 dev east
in_ns net nft -f - <<END || abort NAT
table ip nat {
	chain post {
		type nat hook postrouting priority 100;
		oifname east ip saddr { 198.51.100.2, 203.0.113.3 } snat to $NAT
	}
}
END
in_ns net conntrack -F 2>/dev/null
swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 '' 'start_action = trap' || abort strongSwan
ktap_test_result "a peer behind a NAT comes as well" comes c 10.1.0.2
ktap_test_result "it serves both ways" reaches a 10.3.0.2
ktap_test_result "in UDP, not plain" \
	eval 'wire_has udp port 4500 and src $NAT and greater 120 && ! wire_has esp and host $NAT'
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'start_action = trap' || abort strongSwan
ktap_test_result "another from behind the same NAT" comes b 10.1.0.2
# What one has said and begun is not taken for the other's, soon or after a while.
bg "$WORK/first" ip netns exec "$NET_TAG-a" ping -i 0.5 -c 32 -W 10 10.3.0.2
first=$bg_pid
in_ns a ping -i 0.5 -c 32 -W 10 10.2.0.2 >"$WORK/second" 2>&1
poll 30 pid_gone "$first"
ktap_test_result "both go on beside each other" eval 'no_loss "$WORK/first" && no_loss "$WORK/second"'
one_each() {
	charon_log r2 | grep -c 'IKE_SA site.*established between' | grep -qx 1 &&
		charon_log r3 | grep -c 'IKE_SA site.*established between' | grep -qx 1
}
ktap_test_result "by the one ISAKMP SA that each has made" one_each
charon_ctl r2 --terminate --ike site >/dev/null 2>&1
ktap_test_result "one says goodbye, the other stays" eval 'reaches a 10.3.0.2 && reaches c 10.1.0.2'
in_ns net nft delete table ip nat
in_ns net conntrack -F 2>/dev/null

# --- what the list does not permit ------------------------------------------------------------

charon_stop r3
swan_start r3 203.0.113.3 192.0.2.1 10.9.0.0/24 10.1.0.0/24 || abort strongSwan
charon_ctl r3 --initiate --child lan --timeout 10 >"$WORK/refused" 2>&1
refused() { charon_log r3 | grep -q 'INVALID_ID_INFORMATION'; }
ktap_test_result "a selector beyond the list is refused with INVALID-ID-INFORMATION" poll 10 refused
# --- level per-host: parts of a line's flow come likewise -----------------------------------

{
	cm_phase1 198.51.100.2
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101 'set security-association level per-host'
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/hosts.conf"
router r1 --file "$WORK/hosts.conf" >/dev/null 2>&1
charon_stop r2
in_ns r2 ip xfrm state flush
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.2/32 10.1.0.2/32 '' 'start_action = trap' || abort strongSwan
ktap_test_result "a peer that asks for two hosts of a line is answered" comes b 10.1.0.2
hosts() { router r1 show crypto ipsec sa | grep -q "local *ident.*10.1.0.2/255.255.255.255"; }
ktap_test_result "by a part of its flow, both ways" eval 'hosts && reaches a 10.2.0.2'
ktap_test_result "all the time nothing was on the wire in clear" wire_is_protected

ktap_finished

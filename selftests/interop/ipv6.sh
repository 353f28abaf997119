#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# IKE and ESP over IPv6, and for IPv6, between r1 and strongSwan on r2, each of them as
# initiator: 6 in 6, 4 in 6, 6 in 4, transport mode; a NAT of IPv6 between; a peer that
# only a dynamic map knows; keys by prefix; a daemon that was killed. The topology is in
# lib.sh, with IPv6 beside IPv4:
#
#  +---+ 2001:db8:a::2 +----+ 2001:db8:1::1 +-----+ 2001:db8:2::2 +----+ 2001:db8:b::2 +---+
#  | a |---------------| r1 |---------------| net |---------------| r2 |---------------| b |
#  +---+          a::1 +----+ 1::fe         +-----+         2::fe +----+          b::1 +---+
# F-001 F-018 F-070

. "$(dirname "$0")/lib.sh"

P1=2001:db8:1::1
P2=2001:db8:2::2
A=2001:db8:a::/64
B=2001:db8:b::/64
IKE_PROPOSAL=aes256-sha256-ecp256
ESP_PROPOSAL=aes256-sha256

ktap_print_header
ktap_set_plan 28

interop_build
modprobe -qa esp6 xfrm6_tunnel || : "what is built in has no module"

# addr NS INTERFACE HOST GATEWAY
addr6() {
	in_ns "$1" ip addr add "$3/64" dev "$2" nodad
	[ -z "$4" ] || in_ns "$1" ip route add default via "$4"
}
addr6 a eth0 2001:db8:a::2 2001:db8:a::1
addr6 r1 lan0 2001:db8:a::1
addr6 r1 wan0 $P1 2001:db8:1::fe
addr6 net east 2001:db8:1::fe
addr6 net west 2001:db8:2::fe
addr6 r2 wan0 $P2 2001:db8:2::fe
addr6 r2 lan0 2001:db8:b::1
addr6 b eth0 2001:db8:b::2 2001:db8:b::1
in_ns net ip route add $A via $P1
in_ns net ip route add $B via $P2

# head PEERS-OF-THE-KEY [MODE]
head_of() {
	cm_phase1 | sed "s/group 14/group 19/; s/mode tunnel/mode ${2:-tunnel}/"
	echo "crypto isakmp key ${KEY:-$PSK} address $1"
}
# entry PEER LIST: without PFS, which is not what this is about
entry() {
	cm_entry SITE 10 "$1" "$2" | grep -v pfs
	printf 'interface wan0\n crypto map SITE\n'
}
list6() { printf 'ipv6 access-list LIST\n permit ipv6 %s\n' "$1"; }

# again: r1 has nothing any more but its configuration; afresh: that of the standard input
again() {
	router r1 clear crypto isakmp >/dev/null 2>&1
	router r1 --file "$WORK/r1.conf" >/dev/null 2>&1
}
afresh() {
	cat >"$WORK/r1.conf"
	again
}
# swan LOCAL REMOTE LOCAL_TS REMOTE_TS [CHILD LINES]: strongSwan afresh
swan() {
	[ -z "$(charon_pid r2)" ] || charon_stop r2
	in_ns r2 ip xfrm state flush
	swan_start r2 "$1" "$2" "$3" "$4" '' "$5"
}
initiate() { charon_ctl r2 --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }
reaches() { in_ns "$1" ping -c 3 -i 0.2 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
clear_text() { wire_count "net 10.0.0.0/8 or net $A or net $B"; }
both_ways() { reaches a "$1" && reaches b "$2"; }
in_esp() { poll 10 wire_has "esp and host $1 and greater ${2:-1}" && [ "$(clear_text)" = 0 ]; }

{
	head_of "ipv6 2001:db8:2::/48"
	list6 "$A $B"
	entry $P2 LIST
} >"$WORK/r1.conf"
swan $P2 $P1 $B $A || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# --- every family in every other ------------------------------------------------------------

ktap_test_result "6 in 6: r1 begins, with a key of the peer's prefix" both_ways 2001:db8:b::2 2001:db8:a::2
ktap_test_result "in ESP over IPv6, and nothing in clear" in_esp $P2
shown() { router r1 show crypto isakmp sa | grep -q "$P2" && router r1 show crypto ipsec sa | grep -q "$B"; }
ktap_test_result "and shown" shown

again
swan $P2 $P1 $B $A || abort strongSwan
ktap_test_result "6 in 6: the peer begins" initiate
ktap_test_result "both ways" both_ways 2001:db8:b::2 2001:db8:a::2
spis() { in_ns r2 ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort | cksum; }
before=$(spis)
poll 20 swan_rekeys r2
renewed() { [ "$(spis)" != "$before" ]; }
ktap_test_result "it renews the SAs" eval 'poll 20 renewed && both_ways 2001:db8:b::2 2001:db8:a::2'

# A new daemon gets the sockets of the killed one from the kernel.
daemon_kill r1
ktap_test_result "without the daemon" both_ways 2001:db8:b::2 2001:db8:a::2
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
taken() { grep -q 'UDP port 500 of IPv6 taken over' "$WORK/r1/log" && grep -q 'UDP port 4500 of IPv6 taken' "$WORK/r1/log"; }
ktap_test_result "a new daemon takes the sockets over" taken
before=$(spis)
poll 20 swan_rekeys r2
ktap_test_result "and answers the peer" eval 'poll 20 renewed && both_ways 2001:db8:b::2 2001:db8:a::2'

{
	head_of "ipv6 $P2"
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	entry $P2 101
} | afresh
swan $P2 $P1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan
ktap_test_result "4 in 6: r1 begins" both_ways 10.2.0.2 10.1.0.2
again
swan $P2 $P1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan
ktap_test_result "4 in 6: the peer begins" eval 'initiate && both_ways 10.2.0.2 10.1.0.2'

{
	head_of 198.51.100.2
	list6 "$A $B"
	entry 198.51.100.2 LIST
} | afresh
swan 198.51.100.2 192.0.2.1 $B $A || abort strongSwan
ktap_test_result "6 in 4: r1 begins" both_ways 2001:db8:b::2 2001:db8:a::2
ktap_test_result "in ESP over IPv4, and nothing in clear" in_esp 198.51.100.2
again
swan 198.51.100.2 192.0.2.1 $B $A || abort strongSwan
ktap_test_result "6 in 4: the peer begins" eval 'initiate && both_ways 2001:db8:b::2 2001:db8:a::2'

# --- transport mode --------------------------------------------------------------------------

mode_is() {
	router r1 show crypto ipsec sa | grep -q "settings = {$1" &&
		in_ns r2 ip xfrm state | grep -qi "mode $1"
}
ends() { reaches r1 $P2 && reaches r2 $P1; }
pings_in_clear() { wire_count "icmp6 and host $P1 and host $P2 and (ip6[40] = 128 or ip6[40] = 129)"; }
{
	head_of "ipv6 $P2" transport
	list6 "host $P1 host $P2"
	entry $P2 LIST
} | afresh
swan $P2 $P1 $P2/128 $P1/128 'mode = transport' || abort strongSwan
ktap_test_result "transport mode: r1 begins" eval 'ends && mode_is Transport'
again
swan $P2 $P1 $P2/128 $P1/128 'mode = transport' || abort strongSwan
ktap_test_result "transport mode: the peer begins" eval 'initiate && ends && mode_is Transport'
ktap_test_result "none of it in clear" [ "$(pings_in_clear)" = 0 ]

# --- keys ------------------------------------------------------------------------------------

KEY=another
{
	head_of "ipv6 $P2"
	echo "crypto isakmp key $PSK address ipv6 2001:db8:2::/48"
	list6 "$A $B"
	entry $P2 LIST
} | afresh
KEY=
swan $P2 $P1 $B $A || abort strongSwan
fails() { ! initiate && ! in_ns a ping -c 2 -i 0.2 -W 3 2001:db8:b::2 >/dev/null 2>&1; }
ktap_test_result "the longest prefix counts: the wrong key does not pass" fails
sed -i 's/key another.*/key '"$PSK"' address ipv6 2001:db8:ffff::1/' "$WORK/r1.conf"
again
swan $P2 $P1 $B $A || abort strongSwan
ktap_test_result "nor does a key that is for somebody else hinder" eval 'initiate && both_ways 2001:db8:b::2 2001:db8:a::2'

# --- an address that no entry names ----------------------------------------------------------

{
	head_of "ipv6 ::/0"
	list6 "$A any"
	cat <<-END
	crypto dynamic-map ANY 10
	 set transform-set STRONG
	 match address LIST
	crypto map SITE 65000 ipsec-isakmp dynamic ANY
	interface wan0
	 crypto map SITE
	END
} | afresh
swan $P2 $P1 $B $A || abort strongSwan
ktap_test_result "a dynamic map: nothing before the peer" eval '! in_ns a ping -c 1 -W 1 2001:db8:b::2 >/dev/null 2>&1'
sends() { router r1 show crypto ipsec sa | grep -q 'current outbound spi: [^0]'; }
ktap_test_result "it comes with networks of its own" eval 'initiate && poll 10 sends && both_ways 2001:db8:b::2 2001:db8:a::2'

# --- a tunnel interface (C-100) --------------------------------------------------------------

[ -z "$(charon_pid r2)" ] || charon_stop r2
in_ns r2 ip xfrm state flush
swan_conf site $P2 $P1 ::/0 ::/0 '' 'if_id_in = 9
	if_id_out = 9' >"$WORK/conf-r2/swanctl.conf"
charon_start r2 "$WORK/conf-r2" || abort strongSwan
in_ns r2 ip link add ipsec0 up type xfrm dev wan0 if_id 9
in_ns r2 ip route add $A dev ipsec0
{
	head_of "ipv6 $P2"
	cat <<-END
	crypto ipsec profile P
	 set transform-set STRONG
	interface Tunnel0
	 tunnel mode ipsec ipv6
	 tunnel source wan0
	 tunnel destination $P2
	 tunnel protection ipsec profile P
	END
} | afresh
in_ns r1 ip route add $B dev Tunnel0
ktap_test_result "Tunnel0 of mode ipsec ipv6" both_ways 2001:db8:b::2 2001:db8:a::2
in_ns r1 ip route del $B dev Tunnel0
in_ns r2 ip link del ipsec0

# --- a NAT between (RFC 3947): r2 is 2001:db8:1::fe for r1 -----------------------------------

charon_stop r2
in_ns r2 ip xfrm state flush
in_ns net nft -f - <<-END
table ip6 nat {
	chain post {
		type nat hook postrouting priority 100;
		oifname east ip6 saddr $P2 snat to 2001:db8:1::fe
	}
}
END
in_ns net conntrack -F 2>/dev/null
{
	head_of "ipv6 2001:db8:1::fe"
	list6 "$A $B"
	entry 2001:db8:1::fe LIST
} | afresh
before=$(wire_count "esp and host 2001:db8:1::fe")
swan $P2 $P1 $B $A || abort strongSwan
ktap_test_result "a peer behind a NAT begins" initiate
ktap_test_result "both ways" both_ways 2001:db8:b::2 2001:db8:a::2
in_udp() { poll 10 wire_has "udp port 4500 and host 2001:db8:1::fe and greater 120"; }
ktap_test_result "in UDP" in_udp
ktap_test_result "not in ESP alone, and nothing in clear" \
	eval '[ "$(wire_count "esp and host 2001:db8:1::fe")" = "$before" ] && [ "$(clear_text)" = 0 ]'
detected() { grep -q "2001:db8:1::fe: .*: this end is NOT behind a NAT, the remote end IS" "$WORK/r1/log"; }
ktap_test_result "which is in the log" detected
no_socket() { [ -z "$(in_ns r1 ss -Hunl "sport = $1")" ]; }
ktap_test_result "its sockets go with it" eval 'router r1 shutdown && poll 10 no_socket 500 && no_socket 4500'

ktap_finished

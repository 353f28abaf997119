#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transport mode between r1 and strongSwan on r2, each of them as initiator: all traffic
# of the two routers, then that of one UDP port alone, as L2TP has it. A peer that wants
# tunnel mode gets it; one that wants transport mode of a set of tunnel mode does not.
# Then each of them behind a NAT. The topology is in lib.sh; LAN A and LAN B take no part.
# F-018 F-070

. "$(dirname "$0")/lib.sh"

R1=192.0.2.1
R2=198.51.100.2
PEER=$R2	# r2 as r1 sees it
US=$R1		# and the reverse

ktap_print_header
ktap_set_plan 27

interop_build

# conf SELECTOR [MODE]: what r1 protects
conf() {
	cm_phase1 "$PEER" | sed "s/mode tunnel/mode ${2:-transport}/"
	echo "access-list 101 permit $1"
	cm_entry SITE 10 "$PEER" 101
	printf 'interface wan0\n crypto map SITE\n'
}
no_swan() {
	[ -z "$(charon_pid r2)" ] || charon_stop r2
	rm -f "$CHARON_DIR_BASE-r2/pid"
	in_ns r2 ip xfrm state flush
}
# swan LOCAL_TS REMOTE_TS MODE: strongSwan afresh
swan() {
	no_swan
	swan_start r2 $R2 $US "$1" "$2" '' "mode = $3"
}
initiate() { charon_ctl r2 --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }
# afresh LINES: r1 has nothing with r2 any more, and this configuration
afresh() {
	router r1 clear crypto isakmp >/dev/null 2>&1
	conf "$@" >"$WORK/next.conf"
	router r1 --file "$WORK/next.conf" >/dev/null 2>&1
}
reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
mode_is() {
	router r1 show crypto ipsec sa | grep -q "settings = {$1" &&
		in_ns r2 ip xfrm state | grep -qi "mode $1"
}
clear_text() { wire_count "icmp and host $R1 and host $R2"; }

head -c 300000 /dev/urandom >"$WORK/noise"
listens() { in_ns "$1" ss -Htnl 'sport = 7000' | grep -q 7000; }
same() { cmp -s "$WORK/noise" "$WORK/got"; }
# tcp FROM TO ADDRESS: much of it, whole
tcp() {
	bg "$WORK/got" ip netns exec "$NET_TAG-$2" socat -u TCP-LISTEN:7000,reuseaddr -
	poll 10 listens "$2"
	in_ns "$1" socat -u OPEN:"$WORK/noise" "TCP:$3:7000,connect-timeout=10"
	poll 20 same
}

conf "ip host $R1 host $R2" >"$WORK/r1.conf"
swan $R2/32 $R1/32 transport || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "r1 begins: its first packet waits and gets through" reaches r1 $R2
ktap_test_result "both have transport mode" mode_is Transport
ktap_test_result "it serves both ways" reaches r2 $R1
# An echo of 84 bytes: 20 + 8 + 16 + 64 + pad + 16, twenty bytes of IP header less.
# Before TCP, of which a packet may have any length.
length_is() { wire_has "esp and src $R1 and ip[2:2] = $1"; }
ktap_test_result "no second IP header on the wire" eval 'poll 10 length_is 140 && ! length_is 156'
ktap_test_result "TCP with large sends" tcp r1 r2 $R2
ktap_test_result "and none of it in clear" [ "$(clear_text),$(wire_count tcp port 7000)" = 0,0 ]

before=$(in_ns r2 ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort | cksum)
poll 20 swan_rekeys r2
renewed() { [ "$(in_ns r2 ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort | cksum)" != "$before" ]; }
ktap_test_result "the peer renews the SAs" eval 'poll 20 renewed && reaches r1 $R2 && mode_is Transport'

afresh "ip host $R1 host $R2"
swan $R2/32 $R1/32 transport || abort strongSwan
ktap_test_result "the peer begins" initiate
ktap_test_result "in transport mode too" eval 'mode_is Transport && reaches r2 $R1 && reaches r1 $R2'

afresh "ip host $R1 host $R2"
swan $R2/32 $R1/32 tunnel || abort strongSwan
ktap_test_result "a peer that wants tunnel mode gets it" eval 'initiate && mode_is Tunnel && reaches r1 $R2'

# --- not what both want ------------------------------------------------------------------------

afresh "ip host $R1 host $R2" tunnel
swan $R2/32 $R1/32 transport || abort strongSwan
refused() { ! initiate && charon_log r2 | grep -q NO_PROPOSAL_CHOSEN; }
ktap_test_result "transport mode for a set of tunnel mode: NO-PROPOSAL-CHOSEN" refused
logged() { grep -q "encapsulation: offered transport (2), configured tunnel (1)" "$WORK/r1/log"; }
ktap_test_result "and why is in the log" logged
ktap_test_result "nothing passes" eval '! in_ns r2 ping -c 2 -i 0.2 -W 1 $R1 >/dev/null 2>&1'

# --- one port ------------------------------------------------------------------------------------

afresh "udp host $R1 eq 1701 host $R2 eq 1701"
swan "$R2/32[17/1701]" "$R1/32[17/1701]" transport || abort strongSwan
bg "$WORK/datagram" ip netns exec "$NET_TAG-r2" socat -u UDP-RECV:1701 -
bound() { in_ns r2 ss -Hunl 'sport = 1701' | grep -q 1701; }
poll 10 bound
# What was refused above may make the first of them pause.
arrives() {
	in_ns r1 sh -c "echo l2tp | socat -u - UDP:$R2:1701,sourceport=1701"
	grep -q l2tp "$WORK/datagram"
}
ktap_test_result "UDP of port 1701 brings SAs and gets through" poll 30 arrives
ktap_test_result "in transport mode" mode_is Transport
ktap_test_result "not in clear" [ "$(wire_count udp port 1701)" = 0 ]
before=$(clear_text)
in_ns r1 ping -c 2 -i 0.3 -W 5 $R2 >/dev/null 2>&1
ktap_test_result "what the list does not permit goes as it is" eval 'poll 10 [ "$(clear_text)" -gt "$before" ]'

# --- behind a NAT, the addresses of which are those of net (RFC 3947, 5.2) ---------------------------

# nat OUT-INTERFACE FROM TO: of all that leaves there
nat() {
	in_ns net nft -f - <<-END
	table ip nat
	delete table ip nat
	table ip nat {
		chain post {
			type nat hook postrouting priority 100;
			oifname $1 ip saddr $2 snat to $3
		}
	}
	END
	in_ns net conntrack -F 2>/dev/null
}
in_udp() { wire_has udp port 4500 and host "$1" and greater 120; }

PEER=192.0.2.254
no_swan		# a NAT remembers what passed before it was one
afresh "ip host $R1 host $PEER"
nat east $R2 $PEER || abort NAT
swan $R2/32 $R1/32 transport || abort strongSwan
ktap_test_result "a peer behind a NAT begins" eval 'initiate && mode_is Transport'
ktap_test_result "it and r1 reach each other" eval 'reaches r2 $R1 && reaches r1 $PEER'
ktap_test_result "TCP from it: its checksums are about another address" tcp r2 r1 $R1
ktap_test_result "and to it" tcp r1 r2 $PEER
ktap_test_result "in UDP, and none of it in clear" \
	eval 'in_udp $PEER && [ "$(wire_count tcp port 7000)" = 0 ] && ! wire_has esp and host $PEER'

PEER=$R2 US=198.51.100.254 REMOTE_ID=$R1
no_swan
afresh "ip host $R1 host $R2"
nat west $R1 $US || abort NAT
swan $R2/32 $US/32 transport || abort strongSwan
ktap_test_result "r1 begins from behind a NAT" eval 'reaches r1 $R2 && mode_is Transport'
ktap_test_result "the peer reaches it" reaches r2 $US
ktap_test_result "TCP to the peer" tcp r1 r2 $R2
ktap_test_result "and from it" tcp r2 r1 $US
ktap_test_result "in UDP, and none of that in clear" \
	eval 'in_udp $US && [ "$(wire_count tcp port 7000)" = 0 ] && ! wire_has esp and host $US'

ktap_finished

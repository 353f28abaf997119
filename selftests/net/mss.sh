#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# TCP MSS clamp, fixed and automatic, towards XFRM: SYNs of both directions and
# families announce what fits the tunnel, so that TCP works where ICMP errors
# get lost. Nothing else is touched. The topology is in lib.sh.
# F-055 C-052 C-053 R-37 E-048

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_ctl.sh"

ktap_print_header
ktap_set_plan 27

net_build
tunnels_4_and_6in4

for ns in a b net; do
	in_ns "$ns" sh -c "socat -u TCP6-LISTEN:7000,ipv6only=0,fork,reuseaddr CREATE:$WORK/got-$ns &"
	poll 20 listens "$ns" -t 7000
done
# see NS IFNAME: the SYNs that come in there, in the text of $WORK/NS
see() {
	bg "$WORK/$1" ip netns exec "$NET_TAG-$1" tcpdump --immediate-mode -l -n -vv -i "$2" -Q in \
		'tcp[13] & 2 != 0 or (ip6[6] = 6 and ip6[53] & 2 != 0)'
	poll 20 grep -q 'listening on' "$WORK/$1"
}
see a eth0
see b eth0
see net east

# mss NS: of the last SYN that came in there
mss() { grep -o 'mss [0-9]*' "$WORK/$1" | tail -n 1; }
syns() { grep -c 'mss [0-9]' "$WORK/$1"; }
# announces FROM TO ADDRESS MSS: a connection is set up and TO was told MSS
announces() {
	_syns=$(syns "$2")
	in_ns "$1" socat -u OPEN:/dev/null "TCP:$3:7000,connect-timeout=5" && poll 5 more_syns "$2" "$_syns" &&
		[ "$(mss "$2")" = "mss $4" ]
}
more_syns() { [ "$(syns "$1")" -gt "$2" ]; }
# answered NS MSS: the SYN,ACK that came back said so
answered() { [ "$(mss "$1")" = "mss $2" ]; }
clamped() { cm_value binds "if=wan0 " clamped; }

CKEY=000102030405060708090a0b0c0d0e0f
HKEY=101112131415161718191a1b1c1d1e1f20212223

head -c 200000 /dev/urandom >"$WORK/noise"
arrives() { cmp -s "$WORK/noise" "$WORK/got-b"; }
# bulk SECONDS: from a to b
bulk() {
	: >"$WORK/got-b"
	in_ns a timeout "$1" socat -u "FILE:$WORK/noise" TCP:10.2.0.2:7000,connect-timeout=5
	poll 3 arrives
}

# --- without ---------------------------------------------------------------------------

ktap_test_result "without a clamp a SYN passes as it is" announces a b 10.2.0.2 1460
ktap_test_result "so does the answer" answered a 1460
in_ns a nft 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; };
	add rule ip deaf in icmp type destination-unreachable drop'
ktap_test_result "where ICMP errors get lost large segments never arrive" eval '! bulk 5'

# --- automatic --------------------------------------------------------------------------

cm bind wan0 map mss 1 || abort "automatic clamp"
# ESP of AES-GCM-128 in 1500 bytes: 20 IP, 8 ESP, 8 IV, 16 ICV, 2 trailer, whole words
ktap_test_result "automatic: what fits the tunnel" announces a b 10.2.0.2 $((1500 - 54 - 40))
ktap_test_result "also for the answer" answered a 1406
ktap_test_result "both are counted" [ "$(clamped)" = 2 ]
ktap_test_result "what did not arrive does now" bulk 20
ktap_test_result "a connection from behind the peer" announces b a 10.1.0.2 1406
ktap_test_result "and its answer" answered b 1406
ktap_test_result "IPv6 has 20 bytes less" announces a b '[fd00:b::2]' 1386
ktap_test_result "and its answer" answered a 1386
before=$(clamped)
ktap_test_result "what the map does not protect is not touched" announces a net 192.0.2.254 1460
ktap_test_result "nor counted" [ "$(clamped)" = "$before" ]
in_ns r1 ip route change default via 192.0.2.254 mtu lock 1400
ktap_test_result "the path becomes narrower, the clamp too" announces a b 10.2.0.2 1306
in_ns r1 ip route change default via 192.0.2.254

# --- fixed ---------------------------------------------------------------------------------

cm bind wan0 map mss 1300 || abort "fixed clamp"
ktap_test_result "fixed: 1300" announces a b 10.2.0.2 1300
ktap_test_result "also for the answer" answered a 1300
before=$(clamped)
in_ns a ip route change default via 10.1.0.1 advmss 1200
in_ns b ip route change default via 10.2.0.1 advmss 1250
ktap_test_result "a smaller one stays" announces a b 10.2.0.2 1200
ktap_test_result "also of the answer" answered a 1250
ktap_test_result "and is not counted" [ "$(clamped)" = "$before" ]
# The option at an odd place: its bytes lie across two words of the checksum.
odd_syn() {
	in_ns a python3 -E -c "
import socket, struct
src, dst = socket.inet_aton('10.1.0.2'), socket.inet_aton('10.2.0.2')
tcp = struct.pack('!HHIIBBHHH', 5555, 7001, 1, 0, 0x70, 2, 1000, 0, 0)
tcp += bytes([1, 2, 4]) + struct.pack('!H', 1459) + bytes([1, 1, 0])
total = sum(struct.unpack('!20H', src + dst + struct.pack('!HH', 6, len(tcp)) + tcp))
total = (total >> 16) + (total & 0xffff)
tcp = tcp[:16] + struct.pack('!H', ~(total + (total >> 16)) & 0xffff) + tcp[18:]
socket.socket(socket.AF_INET, socket.SOCK_RAW, 6).sendto(tcp, ('10.2.0.2', 0))"
}
before=$(syns b)
odd_syn
ktap_test_result "at an odd place as well" \
	eval 'poll 5 more_syns b "$before" && [ "$(mss b)" = "mss 1300" ]'
ktap_test_result "no SYN had a wrong checksum" \
	eval '[ "$(grep -c "(correct)" "$WORK/b")" -gt 5 ] && ! grep -q "10.1.0.2.*incorrect" "$WORK/b"'

# --- configuration ------------------------------------------------------------------------------

refused() { ! cm bind wan0 map mss "$1" 2>"$WORK/refused" && grep -q '64 to 65495' "$WORK/refused"; }
ktap_test_result "values that make no sense are refused" \
	eval 'refused 63 && refused 65496 && refused 2 && [ "$(cm_value binds "if=wan0 " mss)" = 1300 ]'
in_ns a ip route change default via 10.1.0.1
in_ns b ip route change default via 10.2.0.1
cm bind wan0 map || abort "no clamp"
ktap_test_result "without the clamp SYNs pass as they are again" announces a b 10.2.0.2 1460
ktap_test_result "no SA was lost by all that" [ "$(cm sas | grep -c spi=)" = 4 ]

# --- from the configuration -------------------------------------------------------------------------

# conf MSS
conf() {
	cat <<-END
	crypto ipsec transform-set TS esp-aes esp-sha-hmac
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	crypto map M 10 ipsec-manual
	 set peer $R2
	 set session-key inbound esp 4097 cipher $CKEY authenticator $HKEY
	 set session-key outbound esp 8193 cipher $CKEY authenticator $HKEY
	 set transform-set TS
	 match address 101
	interface wan0
	 crypto map M
	 ip tcp adjust-mss $1
	END
}
cm unbind wan0
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy update src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
	tmpl src $R2 dst $R1 proto esp mode tunnel
xfrm_pair 4097 8193 enc 'cbc(aes)' 0x$CKEY auth-trunc 'hmac(sha1)' 0x$HKEY 96
load auto
# 20 IP, 8 ESP, 16 IV, 12 ICV: 1444 left, in blocks of 16 with 2 of trailer
ktap_test_result "C-053: ip tcp adjust-mss auto" announces a b 10.2.0.2 $((1440 - 2 - 40))
ktap_test_result "F-116: what it changed is shown" \
	eval 'ctl show crypto counters | grep -q "2 wan0 *ip tcp adjust-mss auto"'
load 1300
ktap_test_result "C-052: ip tcp adjust-mss 1300" announces a b 10.2.0.2 1300

ktap_finished

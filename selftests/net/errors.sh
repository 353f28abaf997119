#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A router answers packets that came out of the tunnel with ICMP errors, which
# quote them and come from an address that no list knows: they go back through
# the tunnel (RFC 4301, 6.2) and are taken there. Both ends are cryptomap
# routers. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 10

net_build
cm2() { in_ns r2 "$CMCTL" "$@"; }
cm_map || abort "map on r1"
# Wider than r1 allows.
cm2 acl acl "10 permit 10.2.0.0/16 10.1.0.0/24" &&
	cm2 map map "10 acl isakmp $R1" && cm2 bind wan0 map || abort "map on r2"
cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || abort "SAs on r1"
cm2 sa in 0x2001 $R1 $R2 wan0,10,10 encr 20 key $GCM_KEY &&
	cm2 sa out 0x1001 $R2 $R1 wan0,10,10 flags 4 encr 20 key $GCM_KEY || abort "SAs on r2"

# answers PATTERN ADDRESS OPTION...: what a ping from a to ADDRESS says
answers() {
	_says=$1 _to=$2
	shift 2
	in_ns a ping -c 3 -W 5 -p $MARK "$@" "$_to" >"$WORK/ping" 2>&1
	grep -q "$_says" "$WORK/ping"
}

# in_ipv4: ICMPv6 where it does not belong
in_ipv4() {
	in_ns a python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 58)
s.sendto(bytes([135, 0, 0, 0]) + bytes.fromhex('$MARK' * 8), ('10.2.0.2', 0))"
}
encaps_is() { [ "$(flow encaps)" = "$1" ]; }

wire_start || abort tcpdump
ktap_test_result "the tunnel works" reaches a 10.2.0.2
ktap_test_result "time exceeded behind the tunnel is heard" \
	answers Time.to.live.exceeded 10.2.0.2 -t 2
ktap_test_result "host unreachable as well" \
	answers Destination.Host.Unreachable 10.2.0.99
ktap_test_result "r2 refused none of its own making" \
	[ "$(cm2 counters | grep -c 'name=selector_mismatch .*packets=0')" = 1 ]
ktap_test_result "nor did r1" [ "$(lost selector_mismatch)" = 0 ]
ktap_test_result "both were let in for what they quote, and counted so" \
	[ "$(flow icmp_valid)" -ge 2 -a "$(flow icmp_invalid)" = 0 ]
# quotes_other: an error of r2 about a packet that a never sent into this tunnel
quotes_other() {
	in_ns b python3 -c "
import socket, struct
quoted = struct.pack('!BBHHHBBH4s4sHHL', 0x45, 0, 28, 0, 0, 9, 17, 0,
	socket.inet_aton('10.1.0.2'), socket.inet_aton('192.0.2.99'), 1, 2, 0)
icmp = struct.pack('!BBHL', 3, 1, 0, 0) + quoted
s = sum(struct.unpack('!%dH' % (len(icmp) // 2), icmp))
s = ~((s >> 16) + (s & 0xffff)) & 0xffff
icmp = icmp[:2] + struct.pack('!H', s) + icmp[4:]
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(icmp, ('10.1.0.2', 0))"
}
in_ns b ip addr add 10.2.1.1/32 dev eth0
in_ns b ip route replace 10.1.0.0/24 via 10.2.0.1 src 10.2.1.1
invalid() { [ "$(flow icmp_invalid)" = 1 ] && [ "$(lost selector_mismatch)" = 1 ]; }
quotes_other
ktap_test_result "one that quotes another's packet is refused, and counted so" poll 10 invalid
in_ns b ip route replace 10.1.0.0/24 via 10.2.0.1
before=$(flow encaps)
in_ipv4
ktap_test_result "ICMPv6 in IPv4 is like any other packet" poll 10 encaps_is $((before + 1))
wire_stop
ktap_test_result "nothing on the wire could be read" wire_is_dark
icmp() { wire_count icmp and not host 192.0.2.254; }
ktap_test_result "nor was there an error in clear" [ "$(icmp)" = 0 ]

ktap_finished

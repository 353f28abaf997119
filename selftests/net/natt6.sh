#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP in UDP over IPv6, tunnel and transport mode, through a NAT: r2, which is
# the kernel's XFRM, is known to r1 as $NAT:40001. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

NAT=2001:db8:1::254
PEER=$NET_DIR/udp_peer.py

ktap_print_header
ktap_set_plan 15

net_build
net_ipv6
in_ns net nft -f - <<END
table ip6 nat {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname east ip6 saddr $P2 udp sport 4500 snat to [$NAT]:40001
	}
}
END
# Else the checksums on a veth are those that its other end would leave undone.
in_ns r1 ethtool -K wan0 tx off >/dev/null
logged() { grep -qi -e "$2" "$WORK/$1"; }

# states MODE SPI_TO_R1 SPI_TO_R2
states() {
	for _way in "$P2 dst $P1 spi $2" "$P1 dst $P2 spi $3"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto esp mode "$1" replay-window 64 \
			flag af-unspec encap espinudp 4500 4500 :: \
			aead 'rfc4106(gcm(aes))' $GCM_KEY 128 || return
	done
}
# policies SRC DST: tunnels of r2
policies() {
	in_ns r2 ip xfrm policy add src "$1" dst "$2" dir out \
		tmpl src $P2 dst $P1 proto esp mode tunnel
	for _dir in in fwd; do
		in_ns r2 ip xfrm policy add src "$2" dst "$1" dir $_dir \
			tmpl src $P1 dst $P2 proto esp mode tunnel
	done
}
# sas SPI_IN SPI_OUT MODE FLAGS
sas() {
	cm sa in "$1" $NAT $P1 wan0,10,10 sport 40001 dport 4500 encr 20 key $GCM_KEY \
		mode "$3" flags "$4" &&
		cm sa out "$2" $P1 $NAT wan0,10,10 sport 4500 dport 40001 encr 20 \
			key $GCM_KEY mode "$3" flags $(($4 + 4))
}
answers() {
	in_ns r2 "$PEER" ask $P1 1701 1701 "$@" >"$WORK/answers" && ! logged answers '^-'
}

bg "$WORK/socket" ip netns exec "$r2" python3 -u -c "
import socket, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(('::', 4500))
s.setsockopt(17, 100, 2)	# UDP_ENCAP, UDP_ENCAP_ESPINUDP
print('ready')
time.sleep(1000)"
poll 10 logged socket ready || abort "no socket of XFRM"

# --- tunnel mode -------------------------------------------------------------------------

cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" && cm map map "10 acl isakmp $NAT" &&
	cm bind wan0 map || abort "map"
states tunnel 0x1001 0x2001 && policies 10.2.0.0/24 10.1.0.0/24 && sas 0x1001 0x2001 0 0 ||
	abort "SAs"
before=$(lost nat_t_socket)
silent a 10.2.0.2
ktap_test_result "without a socket of IPv6 nothing is sent" \
	[ "$(lost nat_t_socket)" -gt "$before" ]
bg "$WORK/daemon" ip netns exec "$r1" "$CMCTL" hold natt 4500 6
poll 10 logged daemon ready
wire_start
ktap_test_result "IPv4 through it, from B" reaches b 10.1.0.2
ktap_test_result "and from A" reaches a 10.2.0.2
wire_stop
ktap_test_result "in ESP in UDP, dark" \
	eval '[ "$(wire_count src $P1 and udp src port 4500 and dst port 40001)" -ge 6 ] &&
	[ "$(wire_count dst $P1 and udp src port 40001)" -ge 6 ] &&
	[ "$(wire_count icmp or "ip6 proto 50")" = 0 ] && wire_is_dark'
sums() { tcpdump -n -vv -r "$WORK/wire" src $P1 and udp 2>/dev/null | grep -c "$1"; }
ktap_test_result "with a good checksum each (RFC 6935)" \
	eval '[ "$(sums "udp sum ok")" -ge 6 ] && [ "$(sums "bad udp cksum\|no cksum")" = 0 ]'
# 1500 - IPv6 40 - UDP 8 - ESP 8 - IV 8 - ICV 16 = 1420, of which the trailer is 2
ktap_test_result "the tunnel's MTU has room for both" [ "$(flow mtu)" = 1418 ]
before=$(lost truncated)
in_ns r2 "$PEER" ask $P1 4500 4501 short tries=1 wait=0.1 >/dev/null
fell() { [ "$(lost truncated)" -gt "$before" ]; }
ktap_test_result "too short for ESP: truncated" poll 5 fell
in_ns net ip link set west mtu 1400
learned() {
	in_ns a ping -q -c 1 -W 1 -M 'do' -s 1380 10.2.0.2
	in_ns a ping -q -c 1 -W 1 -M 'do' -s 100 10.2.0.2 && [ "$(flow pmtu)" = 1400 ]
}
ktap_test_result "the path MTU is learned from ICMPv6" poll 10 learned
in_ns net ip link set west mtu 1500

cm flush
cm unbind wan0
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm acl6 six "10 permit fd00:a::/64 fd00:b::/64" && cm map map "10 six isakmp $NAT" &&
	cm bind wan0 map && states tunnel 0x1002 0x2002 &&
	policies fd00:b::/64 fd00:a::/64 && sas 0x1002 0x2002 0 0 || abort "IPv6"
ktap_test_result "IPv6 through it" reaches b fd00:a::2

# --- transport mode ----------------------------------------------------------------------

cm flush
cm unbind wan0
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm acl6 ends "10 permit $P1 any" && cm map map "10 ends isakmp $NAT" &&
	cm bind wan0 map && states transport 0x1003 0x2003 && sas 0x1003 0x2003 1 0 ||
	abort "transport mode"
in_ns r2 ip xfrm policy add src $P2 dst $P1 dir out tmpl src $P2 dst $P1 proto esp mode transport
in_ns r2 ip xfrm policy add src $P1 dst $P2 dir in priority 2 \
	tmpl src $P1 dst $P2 proto esp mode transport
in_ns r2 ip xfrm policy add src $P1 dst $P2 proto 17 sport 4500 dport 4500 dir in priority 1
bg "$WORK/server" ip netns exec "$r1" "$PEER" serve 1701
poll 20 logged server ready
wire_start
ktap_test_result "transport mode, from r2" reaches r2 $P1
ktap_test_result "UDP is answered" answers c0ffee
head -c 200000 /dev/urandom >"$WORK/noise"
ktap_test_result "TCP works" bulk r2 r1 "[$P1]"
wire_stop
ktap_test_result "in ESP in UDP, dark" \
	eval '[ "$(wire_count udp port 40001)" -gt 20 ] &&
	[ "$(wire_count tcp or udp port 1701)" = 0 ] && wire_is_dark'
cm flush
in_ns r2 ip xfrm state flush
states transport 0x1004 0x2004 && sas 0x1004 0x2004 1 64 || abort "demux"
ktap_test_result "with NAT_DEMUX UDP is answered, by another port" \
	eval 'answers mapped && ! logged answers "^1701 "'
ktap_test_result "and echoes" reaches r2 $P1 -e 77

ktap_finished

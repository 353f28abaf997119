#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transport mode in UDP (RFC 3948) with clients behind a NAT (F-111). r1 is the
# server; the clients r2 and b are the kernel's XFRM. "net" translates R2:4500
# and C2:4500 into two ports of one address.
#
#                                       198.51.100.254 --- 198.51.100.2 r2
#  r1 192.0.2.1 --- 192.0.2.254 net <
#     :4500         :40001, :40002      203.0.113.254  --- 203.0.113.2  b
#
# The daemon of r1 is "cmctl hold natt".

. "$(dirname "$0")/lib.sh"

NAT=192.0.2.254
C2=203.0.113.2
PEER=$NET_DIR/udp_peer.py

ktap_print_header
ktap_set_plan 20

net_build
link net north 203.0.113.254/24 b wan0 $C2/24
in_ns b ip route replace default via 203.0.113.254
in_ns net nft -f - <<END
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname east ip saddr $R2 udp sport 4500 snat to $NAT:40001
		oifname east ip saddr $C2 udp sport 4500 snat to $NAT:40002
	}
}
END
logged() { grep -qi -e "$2" "$WORK/$1"; }

# xfrm_client NS ADDRESS SPI_IN SPI_OUT [TO]: its states, policies, and the socket
# that XFRM takes ESP out of
xfrm_client() {
	_ns=$1 _addr=$2 _in=$3 _out=$4 _to=${5:-$R1}
	in_ns "$_ns" ip xfrm state flush
	in_ns "$_ns" ip xfrm policy flush
	for _way in "$_addr dst $_to spi $_in" "$_to dst $_addr spi $_out"; do
		# shellcheck disable=SC2086 # words
		in_ns "$_ns" ip xfrm state add src $_way proto esp mode transport \
			replay-window 64 encap espinudp 4500 4500 :: \
			aead 'rfc4106(gcm(aes))' $GCM_KEY 128 || return
	done
	in_ns "$_ns" ip xfrm policy add src "$_addr" dst "$_to" dir out \
		tmpl src "$_addr" dst "$_to" proto esp mode transport &&
		in_ns "$_ns" ip xfrm policy add src "$_to" dst "$_addr" dir in priority 2 \
			tmpl src "$_to" dst "$_addr" proto esp mode transport &&
		in_ns "$_ns" ip xfrm policy add src "$_to" dst "$_addr" \
			proto 17 sport 4500 dport 4500 dir in priority 1
}
xfrm_socket() {
	bg "$WORK/socket-$1" ip netns exec "$NET_TAG-$1" python3 -u -c "
import socket, time
s = socket.socket(socket.AF_INET6 if '$2' == '6' else socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 4500))
s.setsockopt(17, 100, 2)	# UDP_ENCAP, UDP_ENCAP_ESPINUDP
print('ready')
time.sleep(1000)"
	poll 10 logged "socket-$1" ready
}
# hold NAME WORD...: a daemon that hands its socket over
hold() {
	_name=$1
	shift
	bg "$WORK/$_name" ip netns exec "$r1" "$CMCTL" hold "$@"
	poll 10 logged "$_name" ready
}
# sas SPI_IN SPI_OUT PORT "OPTION IN..." OPTION...: r1's part of a client
sas() {
	_in=$1 _out=$2 _port=$3 _options=$4
	shift 4
	# shellcheck disable=SC2086 # words
	cm sa in "$_in" $NAT $R1 wan0,10,10 mode 1 sport "$_port" dport 4500 encr 20 \
		key $GCM_KEY $_options "$@" &&
		cm sa out "$_out" $R1 $NAT wan0,10,10 mode 1 flags 4 sport 4500 \
			dport "$_port" encr 20 key $GCM_KEY "$@"
}
sa_id() { cm_value sas "dir=$1 spi=$2" id; }
# ask NS FROM TEXT... [option=VALUE]: what r1 answers, in $WORK/NS
ask() {
	_ns=$1 _from=$2
	shift 2
	in_ns "$_ns" "$PEER" ask ${SERVER:-$R1} ${PORT:-1701} "$_from" "$@" >"$WORK/$_ns"
}
answers() { ask "$@" && ! logged "$1" '^-'; }
silence() { ask "$@" tries=1 && logged "$1" '^-'; }
# csum_errors: of UDP in r1
csum_errors() { in_ns r1 nstat -asz UdpInCsumErrors | awk '$1 == "UdpInCsumErrors" { print $2 }'; }

xfrm_socket r2 4 && xfrm_socket b 4 || abort "no socket of XFRM"
xfrm_client r2 $R2 0x1001 0x2001 || abort "XFRM"
cm acl acl "10 permit $R1 any" && cm map map "10 acl isakmp $NAT" && cm bind wan0 map ||
	abort "map"
hold daemon natt 4500 || abort "no socket"
bg "$WORK/server" ip netns exec "$r1" "$PEER" serve 1701
poll 20 logged server ready

# --- one client ------------------------------------------------------------------------

sas 0x1001 0x2001 40001 "" || abort "SAs"
wire_start
ktap_test_result "a client behind NAT reaches r1 in transport mode" reaches r2 $R1
ktap_test_result "and is reached" reaches r1 $NAT
ktap_test_result "UDP is answered" answers r2 1701 c0ffee
wire_stop
ktap_test_result "in ESP in UDP, both ways" \
	eval '[ "$(wire_count src $R1 and udp src port 4500 and dst port 40001)" -ge 7 ] &&
	[ "$(wire_count dst $R1 and udp src port 40001 and dst port 4500)" -ge 7 ] &&
	[ "$(wire_count icmp or udp port 1701 or esp)" = 0 ] && wire_is_dark'
# 1500 - IP 20 - UDP 8 - ESP 8 - IV 8 - ICV 16 = 1440, of which the trailer is 2; IP 20
ktap_test_result "the MTU has room for the UDP header" [ "$(flow mtu)" = 1458 ]

head -c 300000 /dev/urandom >"$WORK/noise"
ktap_test_result "TCP from the client: its checksum is made anew" bulk r2 r1 $R1
head -c 4000 /dev/urandom >"$WORK/datagram"
ktap_test_result "a datagram of 4000 bytes" datagram r2 r1 $R1

bg "$WORK/inner" ip netns exec "$r1" tcpdump --immediate-mode -l -n -vv -i wan0 udp dst port 1701
poll 20 logged inner 'listening on'
ktap_test_result "a datagram without checksum is answered" answers r2 1701 bare nocheck=1
ktap_test_result "and has none here" poll 10 logged inner 'no cksum'
ask r2 1701 summed
ktap_test_result "one with a checksum has a good one" poll 10 logged inner 'udp sum ok'
before=$(csum_errors)
in_ns r2 "$PEER" send $R1 1701 1701 damaged sum=4660
ktap_test_result "one damaged before it was protected is not noticed" \
	eval 'poll 5 logged server damaged && [ "$(csum_errors)" = "$before" ]'

# --- with its original address -----------------------------------------------------------

cm flush
xfrm_client r2 $R2 0x1002 0x2002 && sas 0x1002 0x2002 40001 "oa-src $R2" || abort "SAs"
ktap_test_result "with NAT-OA: UDP is answered" answers r2 1701 c0ffee
ktap_test_result "and TCP works" bulk r2 r1 $R1
ktap_test_result "a datagram without checksum is answered" answers r2 1701 bare nocheck=1
before=$(csum_errors)
in_ns r2 "$PEER" send $R1 1701 1701 broken sum=4660
more_errors() { [ "$(csum_errors)" -gt "$before" ]; }
ktap_test_result "what was damaged before is dropped by UDP" \
	eval 'poll 5 more_errors && ! logged server broken'
ktap_test_result "ipsecctl shows them" told "in use settings = {Transport UDP-Encaps, }" \
	"original addresses: from $R2 to $R1" "UDP ports: from 40001 to 4500"

cm update "$(sa_id 0 0x00001002)" sport 40003
cm update "$(sa_id 1 0x00002002)" dport 40003
ktap_test_result "an SA of transport mode follows to another port" silence r2 1701 lost
in_ns net nft flush ruleset
in_ns net nft -f - <<END
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname east ip saddr $R2 udp sport 4500 snat to $NAT:40003
		oifname east ip saddr $C2 udp sport 4500 snat to $NAT:40002
	}
}
END
in_ns net conntrack -F 2>/dev/null
ktap_test_result "where the NAT has moved to" answers r2 1701 moved
ktap_test_result "but not to another address" \
	eval '! cm update "$(sa_id 1 0x00002002)" dst 192.0.2.253 2>"$WORK/refused" && logged refused "tunnel mode"'
cm flush
xfrm_client r2 $R2 0x1003 0x2003 && sas 0x1003 0x2003 40003 "oa-src 198.51.100.3" || abort "SAs"
before=$(csum_errors)
ktap_test_result "a wrong NAT-OA makes all checksums wrong" \
	eval 'silence r2 1701 wrong && more_errors'

ktap_finished

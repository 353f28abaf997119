#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transport mode in UDP (RFC 3948) with clients behind a NAT, also several that
# use one port (F-111). The topology is in lib_natt.sh.

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_natt.sh"

ktap_print_header
ktap_set_plan 42

natt_build "10 permit $R1 any"
bg "$WORK/server" ip netns exec "$r1" "$PEER" serve 1701
poll 20 logged server ready
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

# --- one client ------------------------------------------------------------------------

xfrm_client r2 $R2 0x1001 0x2001 && sas 0x1001 0x2001 40001 "" || abort "SAs"
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
ktap_test_result "ipsecctl shows them" \
	eval 'told "in use settings = {Transport UDP-Encaps, }" \
	"original addresses: from $R2 to $R1" "UDP ports: from 40001 to 4500"'

cm update "$(sa_id 0 0x00001002)" sport 40003
cm update "$(sa_id 1 0x00002002)" dport 40003
ktap_test_result "an SA of transport mode follows to another port" silence r2 1701 lost
translate 40003
ktap_test_result "where the NAT has moved to" answers r2 1701 moved
ktap_test_result "but not to another address" \
	eval '! cm update "$(sa_id 1 0x00002002)" dst 192.0.2.253 2>"$WORK/refused" && logged refused "tunnel mode"'
cm flush
xfrm_client r2 $R2 0x1003 0x2003 && sas 0x1003 0x2003 40003 "oa-src 198.51.100.3" || abort "SAs"
before=$(csum_errors)
ktap_test_result "a wrong NAT-OA makes all checksums wrong" \
	eval 'silence r2 1701 wrong && more_errors'

# --- two clients, one address, one port ---------------------------------------------------

cm flush
xfrm_client r2 $R2 0x1011 0x2011 && xfrm_client b $C2 0x1012 0x2012 &&
	sas 0x1011 0x2011 40003 "" && sas 0x1012 0x2012 40002 "" || abort "SAs"
answers b 1701 warm
ktap_test_result "without demux answers take the SA that came last" \
	eval 'silence r2 1701 one && answers b 1701 two'
refused() {
	_text=$1
	shift
	! cm sa in 0x1099 $NAT $R1 wan0,10,10 sport 40009 dport 4500 encr 20 key $GCM_KEY \
		flags 64 "$@" 2>"$WORK/refused" && logged refused "$_text"
}
ktap_test_result "all SAs of a flow have NAT_DEMUX or none" refused all.have mode 1
ktap_test_result "it is for transport mode" refused for.transport.mode mode 0
cm flush
cm acl narrow "10 permit $R1 any udp 1701 1701" && cm map map "10 narrow isakmp $NAT"
ktap_test_result "the line takes any port of the peer" refused any.port mode 1
cm map map "10 acl isakmp $NAT"

DEMUX=64
# both: the two clients on one NAT port each
both() {
	sas "$1" "$2" 40003 "oa-src $R2" && sas "$3" "$4" 40002 ""
}
both 0x1011 0x2011 0x1012 0x2012 || abort "SAs"
# at_once COMMAND...: with r2 and with b for "CLIENT", at the same time
at_once() {
	rm -f "$WORK/done-"*
	for _client in r2 b; do
		( CLIENT=$_client; "$@" && : >"$WORK/done-$_client" ) &
		eval "_pid_$_client=$!"
	done
	wait "$_pid_r2" "$_pid_b"
	[ -e "$WORK/done-r2" ] && [ -e "$WORK/done-b" ]
}
# talk TEXT...: both are asked from port 1701; each must see its own name only
talk() {
	answers $CLIENT 1701 "$CLIENT-one" "$CLIENT-two" "$CLIENT-c0ffee" &&
		[ "$(grep -c " $CLIENT-" "$WORK/$CLIENT")" = 3 ]
}
# port_of CLIENT: how r1 sees it
port_of() { awk '{ print $1; exit }' "$WORK/$1"; }
wire_start
ktap_test_result "both get their own answers (F-111)" at_once talk
wire_stop
ktap_test_result "nothing in clear" \
	eval '[ "$(wire_count udp port 4500)" -ge 12 ] && [ "$(wire_count not udp port 4500 and not arp)" = 0 ] && wire_is_dark'
one=$(port_of r2) two=$(port_of b)
ktap_test_result "r1 sees two ports, $one and $two" \
	[ "$one" -ge 5000 -a "$two" -ge 5000 -a "$one" != "$two" ]
bg "$WORK/listen" ip netns exec "$r2" "$PEER" ask $R1 1701 1701 here stay=20
poll 20 logged listen here
ask b 1701 "@$one for-r2" tries=1 wait=0.3
ktap_test_result "what r1 sends to a port goes to its client, whoever spoke last" \
	eval 'poll 5 logged listen for-r2 && ! logged b for-r2'
in_ns r2 pkill -f "ask $R1"

in_ns r1 sh -c "socat TCP-LISTEN:7001,fork,reuseaddr EXEC:cat &"
poll 10 listens r1 -t 7001
head -c 50000 /dev/urandom >"$WORK/small"
stream() {
	in_ns $CLIENT socat -t 10 - "TCP:$R1:7001,sourceport=5555,reuseaddr" \
		<"$WORK/small" >"$WORK/back-$CLIENT" && cmp -s "$WORK/small" "$WORK/back-$CLIENT"
}
ktap_test_result "TCP from one port of both" at_once stream
echoes() {
	in_ns $CLIENT ping -q -c 3 -i 0.3 -W 5 -e 77 $R1 >"$WORK/ping-$CLIENT" &&
		grep -q ' 3 received' "$WORK/ping-$CLIENT"
}
ktap_test_result "echoes of one identifier" at_once echoes
ktap_test_result "ipsecctl shows the ports" eval 'told "NAT demux: 3 ports" \
	"udp 1701 is $one here" "udp 1701 is $two here" "tcp 5555 is"'

# --- new SAs, and no SAs -----------------------------------------------------------------

both 0x1021 0x2021 0x1022 0x2022 || abort "SAs"
xfrm_client r2 $R2 0x1021 0x2021 && xfrm_client b $C2 0x1022 0x2022
cm del in 0x1011 $R1 && cm del out 0x2011 $NAT && cm del in 0x1012 $R1 && cm del out 0x2012 $NAT
same_ports() { at_once talk && [ "$(port_of r2)" = "$one" ] && [ "$(port_of b)" = "$two" ]; }
ktap_test_result "after a rekeying the ports are the same" same_ports
cm flush
both 0x1031 0x2031 0x1032 0x2032 || abort "SAs"
xfrm_client r2 $R2 0x1031 0x2031 && xfrm_client b $C2 0x1032 0x2032
ktap_test_result "and after all SAs were gone" same_ports
cm update "$(sa_id 0 0x00001031)" sport 40005
cm update "$(sa_id 1 0x00002031)" dport 40005
sas 0x1041 0x2041 40005 ""
ktap_test_result "an SA for the NAT's next port is the same client's" \
	[ "$(cm_value sas spi=0x00001041 ports)" = 1 ]
cm del in 0x1041 $R1 && cm del out 0x2041 $NAT && cm activate 0x2031 $NAT
cm update "$(sa_id 0 0x00001031)" sport 40003
cm update "$(sa_id 1 0x00002031)" dport 40003

# --- what is lost --------------------------------------------------------------------------

# more REASON COMMAND...: at least one packet more is lost for REASON
more() {
	_reason=$1 _lost=$(lost "$1")
	shift
	"$@"
	more_lost() { [ "$(lost "$_reason")" -gt "$_lost" ]; }
	poll 5 more_lost
}
wire_start
ktap_test_result "to a port that no client has: nat_demux_unmapped" \
	more nat_demux_unmapped in_ns r1 "$PEER" send $NAT 33333 1701 c0ffee
ktap_test_result "not even an echo goes out" more nat_demux_unmapped silent r1 $NAT
wire_stop
ktap_test_result "and nothing in clear" [ "$(wire_count not arp)" = 0 ]
raw() {
	in_ns r2 python3 -c "
import socket
socket.socket(socket.AF_INET, socket.SOCK_RAW, 253).sendto(b'x' * 20, ('$R1', 0))"
}
ktap_test_result "a protocol without ports: nat_demux_protocol" more nat_demux_protocol raw
cm limit demux-ports 2
ktap_test_result "a second port" answers r2 1702 two
ktap_test_result "one port too many: nat_demux_limit" \
	more nat_demux_limit silence r2 1703 three
ktap_test_result "the others go on, and so do neighbours" same_ports
cm limit demux-ports 256

# --- tunnel mode ---------------------------------------------------------------------------

# tunnel NS ADDRESS INNER SPI_IN SPI_OUT PORT LINE
tunnel() {
	_ns=$1 _addr=$2 _inner=$3 _in=$4 _out=$5 _port=$6 _line=$7
	in_ns "$_ns" ip addr add "$_inner/32" dev lo
	in_ns "$_ns" ip xfrm state flush
	in_ns "$_ns" ip xfrm policy flush
	for _way in "$_addr dst $R1 spi $_in" "$R1 dst $_addr spi $_out"; do
		# shellcheck disable=SC2086 # words
		in_ns "$_ns" ip xfrm state add src $_way proto esp mode tunnel \
			encap espinudp 4500 4500 :: aead 'rfc4106(gcm(aes))' $GCM_KEY 128 ||
			return
	done
	in_ns "$_ns" ip xfrm policy add src "$_inner" dst 10.1.0.0/24 dir out \
		tmpl src "$_addr" dst $R1 proto esp mode tunnel
	in_ns "$_ns" ip xfrm policy add src 10.1.0.0/24 dst "$_inner" dir in \
		tmpl src $R1 dst "$_addr" proto esp mode tunnel
	cm sa in "$_in" $NAT $R1 "wan0,10,$_line" sport "$_port" dport 4500 encr 20 key $GCM_KEY &&
		cm sa out "$_out" $R1 $NAT "wan0,10,$_line" flags 4 sport 4500 dport "$_port" \
			encr 20 key $GCM_KEY
}
cm flush
cm acl acl "10 permit 10.1.0.0/24 10.8.1.1" "20 permit 10.1.0.0/24 10.8.2.1" &&
	tunnel r2 $R2 10.8.1.1 0x1051 0x2051 40003 10 &&
	tunnel b $C2 10.8.2.1 0x1052 0x2052 40002 20 || abort "tunnels"
inner_pings() {
	[ $CLIENT = r2 ] && _inner=10.8.1.1 || _inner=10.8.2.1
	in_ns $CLIENT ping -q -c 3 -i 0.3 -W 5 -I $_inner 10.1.0.2 >"$WORK/ping-$CLIENT" &&
		grep -q ' 3 received' "$WORK/ping-$CLIENT"
}
ktap_test_result "two tunnels through one NAT" at_once inner_pings

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# IPv6 inside and outside, against the kernel's XFRM: 6 in 6, 4 in 6, 6 in 4;
# large sends, packets too big, fragments, extension headers; neighbours live
# on under "permit ipv6 any any"; nothing in clear. The topology is that of
# lib.sh, with IPv6 beside IPv4:
#
#  LAN A                                                          LAN B
#  +---+ fd00:a::2  +----+ 2001:db8:1::1  +-----+ 2001:db8:2::1 +----+  fd00:b::2 +---+
#  | a |------------| r1 |----------------| net |---------------| r2 |------------| b |
#  +---+ fd00:a::1  +----+            ::254     ::254           +----+ fd00:b::1  +---+

. "$(dirname "$0")/lib.sh"


ktap_print_header
ktap_set_plan 52

net_build
net_ipv6

# map INSIDE [LINE]: the list of that family, bound
map() {
	cm unbind wan0 2>/dev/null
	if [ "$1" = 6 ]; then
		cm acl6 acl6 "10 permit ${2:-fd00:a::/64 fd00:b::/64}" &&
			cm map map "10 acl6 isakmp $P2"
	else
		cm acl acl "10 permit ${2:-10.1.0.0/24 10.2.0.0/24}" &&
			cm map map "10 acl isakmp $P2"
	fi && cm bind wan0 map
}

# tunnel INSIDE OUTSIDE "CMCTL OPTIONS" XFRM ALGORITHM...
tunnel() {
	_inside=$1 _options=$3
	_e1=$P1 _e2=$P2 _a=fd00:a::/64 _b=fd00:b::/64
	[ "$2" = 6 ] || { _e1=$R1 _e2=$R2; }
	[ "$1" = 6 ] || { _a=10.1.0.0/24 _b=10.2.0.0/24; }
	shift 3
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	cm flush
	in_ns r2 ip xfrm state add src $_e2 dst $_e1 proto esp spi 0x1001 mode tunnel \
		replay-window 64 flag af-unspec "$@" &&
		in_ns r2 ip xfrm state add src $_e1 dst $_e2 proto esp spi 0x2001 mode tunnel \
			replay-window 64 flag af-unspec "$@" &&
		in_ns r2 ip -"$_inside" xfrm policy add src $_b dst $_a dir out \
			tmpl src $_e2 dst $_e1 proto esp mode tunnel || return
	for _dir in in fwd; do
		in_ns r2 ip -"$_inside" xfrm policy add src $_a dst $_b dir $_dir \
			tmpl src $_e1 dst $_e2 proto esp mode tunnel || return
	done
	# shellcheck disable=SC2086 # a list
	cm sa in 0x1001 $_e2 $_e1 wan0,10,10 window 1024 $_options &&
		cm sa out 0x2001 $_e1 $_e2 wan0,10,10 flags 4 $_options
}
gcm() { tunnel "$1" "$2" "encr 20 key $GCM_KEY" aead 'rfc4106(gcm(aes))' $GCM_KEY 128; }

in_clear='net 10.0.0.0/8 or net fd00::/16'
clear_count() { wire_count "$in_clear"; }

# --- every family in every other --------------------------------------------------

CKEY=0x101112131415161718191a1b1c1d1e1f
HKEY=0x202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f

# there_and_back INSIDE: 3 packets each way, both counted
there_and_back() {
	_to=fd00:b::2 _from=fd00:a::2
	[ "$1" = 6 ] || { _to=10.2.0.2 _from=10.1.0.2; }
	_encaps=$(flow encaps) _verify=$(flow verify)
	reaches a $_to && reaches b $_from &&
		[ "$(flow encaps)" = $((${_encaps:-0} + 6)) ] &&
		[ "$(flow verify)" = $((${_verify:-0} + 6)) ]
}

# try NAME INSIDE OUTSIDE ALGORITHM
try() {
	if [ "$4" = gcm ]; then
		gcm "$2" "$3"
	elif [ "$4" = cbc ]; then
		tunnel "$2" "$3" "encr 12 key $CKEY auth 12 akey $HKEY" \
			enc 'cbc(aes)' $CKEY auth-trunc 'hmac(sha256)' $HKEY 128
	else
		tunnel "$2" "$3" "encr 11 auth 12 akey $HKEY" \
			enc 'ecb(cipher_null)' '' auth-trunc 'hmac(sha256)' $HKEY 128
	fi || abort "$1"
	wire_start
	ktap_test_result "$1 with $4, there and back" there_and_back "$2"
	wire_stop
	_esp="src $P1 and ip6 proto 50"
	[ "$3" = 6 ] || _esp="src $R1 and ip proto 50"
	if [ "$4" = null ]; then
		ktap_test_result "only ESP, which can be read with null (so the search works)" \
			eval '[ "$(wire_count "$_esp")" -ge 6 ] && [ "$(clear_count)" = 0 ] && ! wire_is_dark'
	else
		ktap_test_result "only ESP, and nothing of it can be read" \
			eval '[ "$(wire_count "$_esp")" -ge 6 ] && [ "$(clear_count)" = 0 ] && wire_is_dark'
	fi
}

for inside in 6 4; do
	map $inside || abort "map"
	for alg in gcm cbc null; do
		try "$inside in 6" $inside 6 $alg
	done
done
map 6 || abort "map"
for alg in gcm cbc null; do
	try "6 in 4" 6 4 $alg
done

# --- what must not pass -------------------------------------------------------------

gcm 6 6 || abort "SAs"
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm state add src $P2 dst $P1 proto esp spi 0x1001 mode tunnel \
	aead 'rfc4106(gcm(aes))' 0x99${GCM_KEY#0x00} 128
ktap_test_result "a wrong key does not pass" silent b fd00:a::2
ktap_test_result "it is counted: bad_icv" at_least "$(lost bad_icv)" 1

map 6 "fd00:a::2 fd00:b::2" && gcm 6 6 || abort "narrow map"
ktap_test_result "what the SA is for passes" reaches b fd00:a::2
ktap_test_result "another inner address does not" silent r2 fd00:a::2 -I fd00:b::1
ktap_test_result "it is counted: selector_mismatch" at_least "$(lost selector_mismatch)" 1

map 6 && gcm 6 6 || abort "map"
in_ns r2 ip xfrm policy flush
ktap_test_result "clear text from the peer's side does not pass" silent b fd00:a::2
ktap_test_result "it is counted: clear_text" at_least "$(lost clear_text)" 2

gcm 6 6 || abort "SAs"
cm flush
ktap_test_result "ESP for an SA that is gone does not pass" silent b fd00:a::2
ktap_test_result "it is counted: deleted_spi" at_least "$(lost deleted_spi)" 2

# --- no SA: packets wait -------------------------------------------------------------

wire_start
in_ns a ping -q -c 1 -W 60 -p $MARK fd00:b::2 >"$WORK/first" 2>&1 &
first=$!
waits() { at_least "$(flow waiting)" 1; }
ktap_test_result "without an SA a packet waits" poll 10 waits
sa_out() {
	cm sa in 0x1001 $P2 $P1 wan0,10,10 encr 20 key $GCM_KEY &&
		cm sa out 0x2003 $P1 $P2 wan0,10,10 flags 4 encr 20 key $GCM_KEY
}
in_ns r2 ip xfrm state add src $P1 dst $P2 proto esp spi 0x2003 mode tunnel \
	replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
sa_out || abort "SAs"
wait $first
ktap_test_result "it leaves when the SA comes" grep -q '1.received' "$WORK/first"
wire_stop
ktap_test_result "and not in clear" eval '[ "$(clear_count)" = 0 ] && wire_is_dark'

# --- the outer header -------------------------------------------------------------------

gcm 6 6 || abort "SAs"
in_ns net nft -f - <<'END'
table ip6 watch {
	counter tos { }
	chain prerouting {
		type filter hook prerouting priority -500;
		iifname east meta l4proto esp ip6 dscp ef ip6 ecn ect0 counter name tos
	}
}
END
wire_start
reaches a fd00:b::2 -Q 0xba
wire_stop
ktap_test_result "the traffic class is copied to the outer header" \
	[ "$(in_ns net nft -j list counter ip6 watch tos | jq '.nftables[1].counter.packets')" = 3 ]
in_ns net nft delete table ip6 watch
labels=$(tcpdump -n -v -r "$WORK/wire" "src $P1 and esp" 2>/dev/null | grep -o 'flowlabel 0x[0-9a-f]*' | sort -u)
ktap_test_result "all packets of an SA have one flow label" \
	[ "$(echo "$labels" | grep -c 0x)" = 1 ]

# --- large sends, packets too big, fragments ------------------------------------------------

in_ns r1 nft -f - <<'END'
table ip6 count {
	counter out_large { }
	counter in_large { }
	chain forward {
		type filter hook forward priority 0;
		oifname wan0 meta length > 1500 counter name out_large
		iifname wan0 meta length > 1500 counter name in_large
	}
}
END
seen() { in_ns r1 nft -j list counter ip6 count "$1" | jq '.nftables[1].counter.packets'; }
head -c 2000000 /dev/urandom >"$WORK/noise"
wire_start -s 96 -B 32768
ktap_test_result "2 MB over TCP from A to B arrive whole" bulk a b '[fd00:b::2]'
wire_stop
ktap_test_result "large at the hook, no larger than the link outside, none in clear" \
	[ "$(seen out_large)" -gt 0 -a "$(wire_count greater 1515)" = 0 -a "$(clear_count)" = 0 ]
ktap_test_result "2 MB from B to A arrive whole" bulk b a '[fd00:a::2]'
ktap_test_result "put together after decryption" at_least "$(seen in_large)" 1

# AES-GCM: 40 + 8 + 8 + 16, and trailer and padding to 4: 1500 - 72 = 1428, - 2 = 1426
mtu=1426
told() { in_ns a ping -c 1 -W 1 -M 'do' -s "$1" fd00:b::2 2>&1 | grep -q -E "mtu ?[:=] ?$2"; }
ktap_test_result "the sender of what does not fit learns the inner MTU" poll 5 told 1452 $mtu
ktap_test_result "it is counted: mtu_exceeded" at_least "$(lost mtu_exceeded)" 1
ktap_test_result "what just fits passes" reaches a fd00:b::2 -M 'do' -s $((mtu - 48))
wire_start
# The first answers are too big for r2, which tells B.
ktap_test_result "fragments of the sender arrive" poll 10 reaches a fd00:b::2 -s 4000
ktap_test_result "so do those of the router itself" \
	poll 10 reaches r1 fd00:b::2 -I fd00:a::1 -s 4000
wire_stop
ktap_test_result "fragmented inside, not outside, and dark" \
	eval '[ "$(wire_count "src $P1 and ip6[6] = 44")" = 0 -a "$(clear_count)" = 0 ] && wire_is_dark'

in_ns net ip link set west mtu 1400
in_ns r2 ip link set wan0 mtu 1400
ktap_test_result "an ICMPv6 error from the outer path makes the tunnel narrower" \
	poll 10 told 1378 $((mtu - 100))

# The tunnel is narrower than IPv6 allows: 1280 bytes pass, in fragments of the outer packet.
in_ns net ip link set west mtu 1500
in_ns r2 ip link set wan0 mtu 1500
in_ns net ip link set east mtu 1300
in_ns r1 ip link set wan0 mtu 1300
head -c 1232 /dev/urandom >"$WORK/datagram"
for outside in 6 4; do
	gcm 6 $outside || abort "SAs"
	in_ns a ip -6 route flush cache
	wire_start
	ktap_test_result "6 in $outside: what is larger than 1280 learns of 1280" poll 10 told 1240 1280
	rm -f "$WORK/5001"
	in_ns b sh -c "socat -u UDP6-RECV:5001 CREATE:$WORK/5001 &"
	poll 10 listens b -u 5001
	in_ns a socat -u "FILE:$WORK/datagram" "UDP6-SENDTO:[fd00:b::2]:5001"
	poll 10 cmp -s "$WORK/datagram" "$WORK/5001"
	passed=$?
	in_ns b pkill -f RECV:5001
	wire_stop
	fragments="src $P1 and ip6[6] = 44"
	[ $outside = 6 ] || fragments="src $R1 and ip[6:2] & 0x3fff != 0"
	ktap_test_result "a packet of 1280 bytes passes, fragmented outside" \
		[ $passed = 0 -a "$(wire_count "$fragments")" = 2 ]
done
in_ns net ip link set east mtu 1500
in_ns r1 ip link set wan0 mtu 1500

# --- extension headers -----------------------------------------------------------------------

map 6 "fd00:a::/64 fd00:b::/64 udp any 5000" && gcm 6 6 || abort "map with a port"
in_ns b sh -c "socat -u UDP6-RECV:5000 CREATE:$WORK/5000 &"
poll 10 listens b -u 5000
# Options of experimental type 0x1e, more of them than the module reads at first.
wire_start
arrives() {
	in_ns a python3 -c "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, bytes([0, 1, 0x1e, 12]) + bytes(12))
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, bytes([0, 17, 0x1e, 140]) + bytes(140))
s.sendto(bytes.fromhex('$MARK' * 20), ('fd00:b::2', 5000))"
	[ -s "$WORK/5000" ]
}
ktap_test_result "a port is found behind extension headers" poll 10 arrives
wire_stop
ktap_test_result "the packet is not sent in clear" \
	eval '[ "$(clear_count)" = 0 ] && wire_is_dark && at_least "$(flow encaps)" 1'

# --- permit ipv6 any any -----------------------------------------------------------------------

map 6 "any any" && gcm 6 6 || abort "permit ipv6 any any"
in_ns r1 ip neigh flush dev wan0
in_ns net ip neigh flush dev east
wire_start
ktap_test_result "under permit ipv6 any any neighbours find each other" poll 10 reaches a fd00:b::2
# What looks like neighbour discovery, from a host of the LAN.
in_ns a python3 -c "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
s.sendto(bytes([135, 0, 0, 0]) + bytes.fromhex('c0ffee' * 20), ('fd00:b::2', 0))"
silent r1 2001:db8:1::254
wire_stop
housekeeping='ip6 proto 0 or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137 and ip6[7] = 255)'
others() { wire_count "ip6 and src $P1 and not esp and not ($housekeeping)"; }
ktap_test_result "neighbour discovery is seen" at_least "$(wire_count 'icmp6 and ip6[40] = 135')" 1
ktap_test_result "nothing else in clear, not even what only looks like it" \
	eval '[ "$(others)" = 0 -a "$(clear_count)" = 0 ] && wire_is_dark'

ktap_finished

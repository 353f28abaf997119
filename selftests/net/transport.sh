#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transport mode between r1 and r2, the kernel's XFRM, for IPv4 and IPv6: what
# the routers send themselves, what r1 forwards behind its own address, large
# sends, fragments, IPv4 options and IPv6 extension headers, selectors with
# ports. Nothing in clear, and nothing but between the two. The topology is in
# lib.sh, with an IPv6 address on each side of the net.

. "$(dirname "$0")/lib.sh"


ktap_print_header
ktap_set_plan 38

net_build
in_ns r1 ip addr add $P1/64 dev wan0 nodad
in_ns net ip addr add 2001:db8:1::254/64 dev east nodad
in_ns net ip addr add 2001:db8:2::254/64 dev west nodad
in_ns r2 ip addr add $P2/64 dev wan0 nodad
in_ns r1 ip -6 route add default via 2001:db8:1::254
in_ns r2 ip -6 route add default via 2001:db8:2::254

# map4, map6 [LINE]: from r1 to r2
map4() {
	cm unbind wan0 2>/dev/null
	cm acl acl "10 permit ${1:-$R1 $R2}" && cm map map "10 acl isakmp $R2" &&
		cm bind wan0 map
}
map6() {
	cm unbind wan0 2>/dev/null
	cm acl6 acl6 "10 permit ${1:-$P1 $P2}" && cm map map "10 acl6 isakmp $P2" &&
		cm bind wan0 map
}

# state SRC DST SPI ALGORITHM...
state() {
	_src=$1 _dst=$2 _spi=$3
	shift 3
	in_ns r2 ip xfrm state add src "$_src" dst "$_dst" proto esp spi "$_spi" \
		mode transport replay-window 64 "$@"
}

# pair R1 R2 "UPPER PROTOCOL OF THE POLICY" "CMCTL OPTIONS" XFRM ALGORITHM...
pair() {
	_e1=$1 _e2=$2 _upper=$3 _options=$4
	shift 4
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	cm flush
	state "$_e2" "$_e1" 0x1001 "$@" && state "$_e1" "$_e2" 0x2001 "$@" || return
	# shellcheck disable=SC2086 # lists
	in_ns r2 ip xfrm policy add src "$_e2" dst "$_e1" $_upper dir out \
		tmpl src "$_e2" dst "$_e1" proto esp mode transport &&
		in_ns r2 ip xfrm policy add src "$_e1" dst "$_e2" $_upper dir in \
			tmpl src "$_e1" dst "$_e2" proto esp mode transport &&
		cm sa in 0x1001 "$_e2" "$_e1" wan0,10,10 mode 1 window 1024 $_options &&
		cm sa out 0x2001 "$_e1" "$_e2" wan0,10,10 mode 1 flags 4 $_options
}
gcm() { pair "$1" "$2" "$3" "encr 20 key $GCM_KEY" aead 'rfc4106(gcm(aes))' $GCM_KEY 128; }

CKEY=0x101112131415161718191a1b1c1d1e1f
HKEY=0x202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f

# try NAME ALGORITHM
try() {
	case $2 in
	gcm) gcm $one $two "" ;;
	cbc) pair $one $two "" "encr 12 key $CKEY auth 12 akey $HKEY" \
		enc 'cbc(aes)' $CKEY auth-trunc 'hmac(sha256)' $HKEY 128 ;;
	null) pair $one $two "" "encr 11 auth 12 akey $HKEY" \
		enc 'ecb(cipher_null)' '' auth-trunc 'hmac(sha256)' $HKEY 128 ;;
	esac || abort "$1"
	_encaps=$(flow encaps) _verify=$(flow verify)
	wire_start
	ktap_test_result "$1 with $2, there and back" \
		eval 'reaches r1 $two && reaches r2 $one &&
		[ "$(flow encaps)" = $((${_encaps:-0} + 6)) ] &&
		[ "$(flow verify)" = $((${_verify:-0} + 6)) ]'
	wire_stop
	if [ "$2" = null ]; then
		ktap_test_result "ESP that can be read (so the search works)" \
			eval '[ "$(wire_count esp)" = 12 ] && ! wire_is_dark'
	else
		ktap_test_result "nothing but ESP that cannot be read" \
			eval '[ "$(wire_count esp)" = 12 -a "$(wire_count "icmp or icmp6 and ip6[40] = 128")" = 0 ] && wire_is_dark'
	fi
}

head -c 500000 /dev/urandom >"$WORK/noise"
head -c 4000 /dev/urandom >"$WORK/datagram"

for family in 4 6; do
	one=$R1 two=$R2 url=$R2 back=$R1
	[ $family = 4 ] || { one=$P1 two=$P2 url="[$P2]" back="[$P1]"; }
	map$family || abort "map"
	for alg in gcm cbc null; do
		try "IPv$family" $alg
	done
	gcm $one $two "" || abort "SAs"
	wire_start
	ktap_test_result "TCP from r1 to r2" bulk r1 r2 "$url"
	ktap_test_result "TCP from r2 to r1" bulk r2 r1 "$back"
	ktap_test_result "a datagram of 4000 bytes from r1 to r2" datagram r1 r2 "$url"
	ktap_test_result "and from r2 to r1" datagram r2 r1 "$back"
	wire_stop
	ktap_test_result "all of it in ESP, fragments included" \
		[ "$(wire_count tcp or udp)" = 0 -a "$(wire_count esp)" -gt 300 ]
done

# --- headers that stay outside ---------------------------------------------------------

wire_start
in_ns r1 python3 -c "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, bytes([0, 0, 0x1e, 4]) + bytes(4))
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, bytes([0, 0, 0x1e, 4]) + bytes(4))
s.settimeout(10)
s.sendto(bytes([128, 0, 0, 0, 0, 7, 0, 1]) + bytes.fromhex('$MARK' * 20), ('$P2', 0))
while True:
    if s.recv(2000)[0] == 129:
        break" >"$WORK/ext" 2>&1
answered=$?
wire_stop
after_options() { wire_count "src $P1 and ip6[6] = 0 and ip6[40] = 50"; }
ktap_test_result "IPv6: ESP after hop-by-hop, before destination options" \
	eval "[ $answered = 0 -a $(after_options) = 1 ] && wire_is_dark"

map4 && gcm $R1 $R2 "" || abort "SAs"
wire_start
ktap_test_result "IPv4 with options, there and back" reaches r1 $R2 -T tsonly
wire_stop
ktap_test_result "ESP after the options, and dark" \
	eval '[ "$(wire_count "src $R1 and ip proto 50 and ip[0] > 0x45")" -ge 3 ] && wire_is_dark'

# --- an end that is an address of another interface (F-059) --------------------------------

in_ns r1 ip addr add 192.0.2.77/32 dev lo
addr6 r1 lo 2001:db8:1::77/128
in_ns net ip route add 192.0.2.77 via $R1
in_ns net ip route add 2001:db8:1::77 via $P1
map4 "192.0.2.77 $R2" && gcm 192.0.2.77 $R2 "" && cm bind wan0 map management lan0 || abort "SAs"
ktap_test_result "management access is for what is behind the ends" reaches r2 192.0.2.77
map6 "2001:db8:1::77 $P2" && gcm 2001:db8:1::77 $P2 "" && cm bind wan0 map management lan0 ||
	abort "SAs"
ktap_test_result "IPv6 likewise" reaches r2 2001:db8:1::77
map4 || abort map

# --- what must not pass ------------------------------------------------------------------

in_ns r2 ip addr add 198.51.100.3/24 dev wan0
gcm $R1 $R2 "" || abort "SAs"
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
state 198.51.100.3 $R1 0x1001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
in_ns r2 ip xfrm policy add src 198.51.100.3 dst $R1 dir out \
	tmpl src 198.51.100.3 dst $R1 proto esp mode transport
ktap_test_result "from another address than the peer's it does not pass" \
	silent r2 $R1 -I 198.51.100.3
ktap_test_result "it is counted: transport_address" at_least "$(lost transport_address)" 2

map4 "any $R2" && gcm $R1 $R2 "" || abort "SAs"
before=$(lost transport_address)
wire_start
ktap_test_result "what A sends with its own address does not leave" silent a $R2
wire_stop
ktap_test_result "it is counted, and not in clear" \
	eval 'at_least "$(lost transport_address)" $((before + 2)) && wire_is_dark'
in_ns r1 nft -f - <<'END'
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname wan0 ip saddr 10.1.0.0/24 masquerade
	}
}
END
wire_start
ktap_test_result "behind the address of r1 it passes, and back" poll 5 reaches a $R2
wire_stop
ktap_test_result "in ESP" eval '[ "$(wire_count icmp)" = 0 ] && wire_is_dark'
in_ns r1 nft flush ruleset

# --- selectors with ports ------------------------------------------------------------------

map4 "$R1 $R2 udp 1701 1701" && gcm $R1 $R2 "proto 17 sport 1701 dport 1701" || abort "SAs"
port() {
	rm -f "$WORK/port"
	in_ns "$2" sh -c "socat -T 10 -u UDP-RECV:$4 CREATE:$WORK/port &"
	poll 10 listens "$2" -u "$4"
	in_ns "$1" socat -u "FILE:$WORK/datagram" "UDP-SENDTO:$3:$4,sourceport=$4,reuseaddr"
	poll 5 cmp -s "$WORK/datagram" "$WORK/port"
	_ok=$?
	in_ns "$2" pkill -f "RECV:$4"
	return $_ok
}
wire_start
ktap_test_result "UDP of port 1701 passes" port r1 r2 $R2 1701
wire_stop
ktap_test_result "in ESP" [ "$(wire_count esp)" -ge 1 -a "$(wire_count udp)" = 0 ]
wire_start
ktap_test_result "another port passes in clear" port r1 r2 $R2 1702
wire_stop
ktap_test_result "as the list says" [ "$(wire_count udp port 1702)" -ge 1 ]
in_ns r2 ip xfrm policy flush
before=$(lost clear_text)
port r2 r1 $R1 1701
ktap_test_result "port 1701 in clear does not come in: clear_text" \
	at_least "$(lost clear_text)" $((before + 1))

ktap_finished

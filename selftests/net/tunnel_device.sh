#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Route-based tunnels: an interface of the module's own type, against an XFRM
# interface. What is routed into it is protected by its map, both families, or
# dropped and told, never in clear; MTU, routes, statistics and the reverse path
# filter as of any interface; it may go, move and come back, and be in a VRF. The topology is in
# lib.sh, with Tunnel0 in r1 and xfrm0 in r2, both without addresses.
# F-047 F-048 F-055 F-056 F-059 R-39

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 72

net_build
in_ns a ip -6 addr add fd00:a::2/64 dev eth0 nodad
in_ns r1 ip -6 addr add fd00:a::1/64 dev lan0 nodad
in_ns r2 ip -6 addr add fd00:b::1/64 dev lan0 nodad
in_ns b ip -6 addr add fd00:b::2/64 dev eth0 nodad
in_ns a ip -6 route add default via fd00:a::1
in_ns b ip -6 route add default via fd00:b::1

# check NAME COMMAND
check() { eval "$2"; ktap_test_result "$1" [ $? = 0 ]; }

# --- the interface -----------------------------------------------------------------

add() { in_ns r1 ip link add "$@" type cryptomap 2>"$WORK/add"; }
shown() { in_ns r1 ip -d link show Tunnel0; }
# dev COUNTER: of Tunnel0
dev() { ip netns exec "$NET_TAG-r1" cat "/sys/class/net/Tunnel0/statistics/$1"; }
mtu_is() { [ "$(ip netns exec "$NET_TAG-r1" cat /sys/class/net/Tunnel0/mtu)" = "$1" ]; }
check "the name of the module's own device is refused" \
	'! add cryptomap0 && grep -q "another name" "$WORK/add"'
check "so is an MTU that no IPv4 takes" '! add Tunnel0 mtu 67'
check "it is made" 'add Tunnel0 && shown | grep -q " cryptomap "'
check "without link addresses, 1400 bytes until it knows better" \
	'shown | grep -q "POINTOPOINT.*NOARP.*mtu 1400"'

# routes VIA-WHAT: of r1 to LAN B
routes() {
	in_ns r1 ip route replace 10.2.0.0/24 "$@" && in_ns r1 ip -6 route replace fd00:b::/64 "$@"
}
in_ns r1 ip link set Tunnel0 up
routes dev Tunnel0

# told NS ADDRESS TEXT [PING-OPTION...]: the sender hears TEXT
told() {
	_ns=$1 _to=$2 _text=$3
	shift 3
	in_ns "$_ns" ping -c 2 -i 0.3 -W 1 "$@" "$_to" >"$WORK/told" 2>&1
	grep -q "$_text" "$WORK/told"
}
# more NAME REASON COMMAND...: COMMAND succeeds and packets were lost for REASON
more() {
	_name=$1 _reason=$2 _before=$(lost "$2")
	shift 2
	"$@" && [ "$(lost "$_reason")" -gt "$_before" ]
	ktap_test_result "$_name" [ $? = 0 ]
}

wire_start || abort tcpdump
more "without a map the sender is told" no_policy told a 10.2.0.2 "Host Unreachable"
more "IPv6 too" no_policy told a fd00:b::2 "Address unreachable"
check "the interface counts it as dropped" '[ "$(dev tx_dropped)" -ge 4 ]'

cm acl acl "10 deny 10.1.0.0/24 10.2.0.99/32" "20 permit any any" &&
	cm acl6 acl6 "10 permit any any" &&
	cm map map "10 acl isakmp $R2" "20 acl6 isakmp $R2" || abort map
check "a map is bound" 'cm bind Tunnel0 map && [ "$(cm_value binds if=Tunnel0 tunnel)" = 1 ]'
check "what comes up says hello: no tunnel is asked for" '[ -z "$(cm acquires)" ]'
more "a line denies: dropped and told" no_policy told a 10.2.0.99 "Host Unreachable"
in_ns r1 ip route add $R2 dev Tunnel0
loops() {
	in_ns r1 sh -c "echo ike | socat -u - UDP:$R2:500,sourceport=500"
	[ -z "$(cm acquires)" ]
}
more "no negotiation inside the tunnel that it is for" nested_loop loops
in_ns r1 ip route del $R2
check "traffic asks for the SA" 'silent a 10.2.0.2; [ "$(cm acquires | grep -c "if=Tunnel0")" = 1 ]'

# --- both ends -----------------------------------------------------------------------

in_ns r2 ip link add xfrm0 type xfrm dev wan0 if_id 7 || abort "XFRM interface"
in_ns r2 ip link set xfrm0 up mtu 1400
in_ns r2 ip route add 10.1.0.0/24 dev xfrm0
in_ns r2 ip -6 route add fd00:a::/64 dev xfrm0

# sas FAMILY SEQ LINE SPI-IN SPI-OUT
sas() {
	in_ns r2 ip xfrm state add src $R2 dst $R1 proto esp spi "$4" mode tunnel if_id 7 \
		replay-window 64 flag af-unspec aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi "$5" mode tunnel if_id 7 \
		replay-window 64 flag af-unspec aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns r2 ip -"$1" xfrm policy add dir out if_id 7 \
		tmpl src $R2 dst $R1 proto esp spi "$4" mode tunnel
	for _dir in in fwd; do
		in_ns r2 ip -"$1" xfrm policy add dir $_dir if_id 7 \
			tmpl src $R1 dst $R2 proto esp mode tunnel
	done
	our_sas "$@"
}
our_sas() {
	cm sa in "$4" $R2 $R1 "Tunnel0,$2,$3" window 1024 encr 20 key $GCM_KEY &&
		cm sa out "$5" $R1 $R2 "Tunnel0,$2,$3" flags 4 encr 20 key $GCM_KEY
}
sas 4 10 20 0x1001 0x2001 && sas 6 20 10 0x1002 0x2002 || abort SAs

# ESP of AES-GCM in 1500 bytes: 20 IP, 8 ESP, 8 IV, 16 ICV, 2 trailer
check "R-39: the MTU follows from the SA" 'poll 10 mtu_is 1446'
bg "$WORK/inside" ip netns exec "$NET_TAG-r1" tcpdump --immediate-mode -l -n -i Tunnel0
poll 20 grep -q 'listening on' "$WORK/inside"
rx=$(dev rx_packets) tx=$(dev tx_packets)
check "through the tunnel" 'reaches a 10.2.0.2'
check "IPv6" 'reaches a fd00:b::2'
check "from the other side" 'reaches b 10.1.0.2 && reaches b fd00:a::2'
check "from the router itself" 'reaches r1 10.2.0.2 -I 10.1.0.1 && reaches r1 fd00:b::2 -I fd00:a::1'
check "the interface counts both ways" \
	'[ "$(($(dev rx_packets) - rx)),$(($(dev tx_packets) - tx))" = 18,18 ]'
check "so does the flow" '[ "$(cm_value flows "seq=10 " encaps)" -ge 9 ]'
check "tcpdump on it sees the plain text, there and back" \
	'poll 5 grep -q "10.1.0.2 > 10.2.0.2: ICMP echo request" "$WORK/inside" &&
	 grep -q "10.2.0.2 > 10.1.0.2: ICMP echo reply" "$WORK/inside" &&
	 grep -q "fd00:b::2 > fd00:a::2: ICMP6, echo reply" "$WORK/inside"'
kill "$bg_pid"
wire_stop
check "nothing was in clear outside" \
	'[ "$(wire_count esp)" -ge 36 ] && [ "$(wire_count net 10.0.0.0/8 or ip6 net fd00::/16)" = 0 ] && wire_is_dark'
more "a line still denies" no_policy told a 10.2.0.99 "Host Unreachable"

# --- F-059: which addresses of the router answer to the other side ------------------------

in_ns r1 ip addr add 10.1.0.77/32 dev Tunnel0
in_ns r1 ip addr add 10.1.0.78 peer 10.1.0.200/32 dev Tunnel0
addr6 r1 Tunnel0 fd00:a::77/128
answers() { reaches b 10.1.0.1 && reaches b fd00:a::1; }
shut() { silent b 10.1.0.1 && silent b fd00:a::1; }
# errors SEQ: of receiving and of sending
errors() { echo "$(cm_value flows "seq=$1 " recv_errors),$(cm_value flows "seq=$1 " send_errors)"; }
check "all of them" answers
before4=$(errors 10) before6=$(errors 20)
cm bind Tunnel0 map management wan0 || abort management
more "or those of one interface, which these are not" management_access shut
check "told with the flow" '[ "$(flow_lost 10 management_access)" -ge 2 ] && [ "$(flow_lost 20 management_access)" -ge 2 ]'
# errors_of_receiving SEQ BEFORE LOST: there are LOST more
errors_of_receiving() { [ "$(errors "$1")" = "$((${2%,*} + $3)),${2#*,}" ]; }
check "as errors of receiving" \
	'errors_of_receiving 10 "$before4" "$(flow_lost 10 management_access)" &&
	 errors_of_receiving 20 "$before6" "$(flow_lost 20 management_access)"'
check "its own answer, and the hosts" \
	'reaches b 10.1.0.77 && reaches b fd00:a::77 && reaches b 10.1.0.2 && reaches b fd00:a::2'
check "one that has a peer, too" 'reaches b 10.1.0.78'
check "the option is shown" '[ "$(cm_value binds if=Tunnel0 management)" = wan0 ]'

# What is for several, from the other side to this router.
in_ns r1 nft -f - <<'END'
table inet heard {
	counter broadcast {}
	counter anycast {}
	counter everybody {}
	counter multicast {}
	chain input {
		type filter hook input priority 0;
		ip daddr 10.1.0.255 counter name broadcast
		ip6 daddr fd00:a:: counter name anycast
		ip daddr 255.255.255.255 counter name everybody
		ip daddr 224.0.0.1 counter name multicast
	}
}
END
# say NS ADDRESS[,OPTION...]: a datagram
say() { in_ns "$1" sh -c "echo | socat -u - UDP$2"; }
heard() { in_ns r1 nft -j list counter inet heard "$1" | jq '.nftables[].counter?.packets // empty'; }
heard_more() { [ "$(heard "$1")" -gt "$2" ]; }
# hears NAME COMMAND...: what is sent arrives
hears() {
	_name=$1 _heard=$(heard "$1")
	shift
	"$@" && poll 5 heard_more "$_name" "$_heard"
}
to_net() { say b "4-SENDTO:10.1.0.255:9,broadcast"; }
to_any() { say b "6-SENDTO:[fd00:a::]:9"; }
to_link() { say r2 "4-SENDTO:$1:9,broadcast,so-bindtodevice=xfrm0,bind=10.2.0.1"; }
both_lost() {
	_lost=$(lost management_access)
	to_net && to_any && poll 5 eval '[ "$(lost management_access)" = $((_lost + 2)) ]'
}
check "nor does a network of another interface hear its broadcasts and anycasts" \
	'both_lost && [ "$(heard broadcast),$(heard anycast)" = 0,0 ]'
check "what is for everybody on the link passes" \
	'hears everybody to_link 255.255.255.255 && hears multicast to_link 224.0.0.1'

# refused: the ICMP error about a datagram comes
refused() {
	in_ns r1 python3 -E -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.1.0.1', 0))
s.connect(('10.2.0.2', 9))
s.send(b'x')
s.settimeout(5)
s.recv(1)" 2>&1 | grep -q ConnectionRefusedError
}
check "without connection tracking nothing is known as an answer" \
	'silent r1 10.2.0.2 -I 10.1.0.1 && silent r1 fd00:b::2 -I fd00:a::1'
in_ns r1 nft add chain inet heard tracked '{ type filter hook input priority 0; ct state invalid counter; }'
check "with it the answer to what the router asks passes" \
	'reaches r1 10.2.0.2 -I 10.1.0.1 && reaches r1 fd00:b::2 -I fd00:a::1'
check "and the error about it" refused
more "not a request" management_access shut
in_ns r1 nft delete chain inet heard tracked

cm bind Tunnel0 map management lan0 || abort management
check "these are" answers
check "and so are broadcasts and anycasts of its network" \
	'hears broadcast to_net && hears anycast to_any'
in_ns r1 nft flush ruleset
cm bind Tunnel0 map || abort bind
for _addr in 10.1.0.77/32 10.1.0.78/32 fd00:a::77/128; do
	in_ns r1 ip addr del $_addr dev Tunnel0
done

# --- in a VRF, with what is behind it ---------------------------------------------------

# master OF: lan0 and Tunnel0 are below it, and have what they lose in moving
master() {
	in_ns r1 ip link set lan0 "$@" && in_ns r1 ip link set Tunnel0 "$@" || abort "$*"
	in_ns r1 ip -6 addr replace fd00:a::1/64 dev lan0 nodad
}
in_ns r1 ip link add vrf0 type vrf table 10 && in_ns r1 ip link set vrf0 up || abort VRF
master master vrf0
routes dev Tunnel0 vrf vrf0
check "a VRF: through the tunnel, and to the router" \
	'reaches a 10.2.0.2 && reaches b 10.1.0.2 && reaches a fd00:b::2 && answers'
cm bind Tunnel0 map management wan0 || abort management
before4=$(flow_lost 10 management_access) before6=$(flow_lost 20 management_access)
check "its addresses are shut likewise" shut
check "told with the flow" \
	'[ "$(flow_lost 10 management_access)" -ge $((before4 + 2)) ] &&
	 [ "$(flow_lost 20 management_access)" -ge $((before6 + 2)) ]'
check "the hosts answer" 'reaches b 10.1.0.2 && reaches b fd00:a::2'
cm bind Tunnel0 map management lan0 || abort management
check "and so do those of the named interface" answers
in_ns r1 nft -f - <<'END'
table inet filter {
	chain judge { ip saddr 10.2.0.0/24 drop; ip6 saddr fd00:b::/64 drop; }
	chain input { type filter hook input priority 0; jump judge; }
	chain forward { type filter hook forward priority 0; jump judge; }
}
END
check "the packet filter judges" 'silent b 10.1.0.2 && silent b fd00:a::2 && shut'
cm bind Tunnel0 map flags 2 || abort bypass
check "F-057: or is passed by" 'reaches b 10.1.0.2 && reaches b fd00:a::2 && answers'
in_ns r1 nft flush ruleset
cm bind Tunnel0 map || abort bind
master nomaster
in_ns r1 ip link del vrf0
routes dev Tunnel0	# those of IPv4 went with its last address, too
check "and back" 'reaches a 10.2.0.2 && reaches a fd00:b::2'

# --- size ------------------------------------------------------------------------------

head -c 1000000 /dev/urandom >"$WORK/noise"
head -c 5000 /dev/urandom >"$WORK/datagram"
tx=$(dev tx_packets)
check "TCP from a to b" 'bulk a b 10.2.0.2'
check "counted in packets, not in large sends" '[ "$(($(dev tx_packets) - tx))" -gt 600 ]'
check "TCP from b to a" 'bulk b a 10.1.0.2'
check "TCP over IPv6" 'bulk a b "[fd00:b::2]"'
check "a datagram in fragments" 'datagram a b 10.2.0.2'
check "what fits exactly passes" 'reaches a 10.2.0.2 -M do -s $((1446 - 28))'
check "one byte more does not, the sender is told" \
	'told a 10.2.0.2 "mtu = 1446\|mtu=1446" -M do -s $((1446 - 27))'
in_ns a ip route flush cache
in_ns r1 ip route change default via 192.0.2.254 mtu lock 1400
check "the path becomes narrower, the MTU too" 'reaches a 10.2.0.2; poll 10 mtu_is 1346'
in_ns r1 ip link set Tunnel0 mtu 1300
in_ns r1 ip route change default via 192.0.2.254
check "one that somebody has set stays" 'reaches a 10.2.0.2; sleep 0.5; mtu_is 1300'
check "and holds" 'told a 10.2.0.2 "mtu = 1300\|mtu=1300" -M do -s $((1301 - 28))'
in_ns a ip route flush cache
in_ns r1 ip link set Tunnel0 mtu 0
check "0 makes it automatic again" 'poll 10 mtu_is 1446'
check "too small ones are refused" '! in_ns r1 ip link set Tunnel0 mtu 67 2>/dev/null && mtu_is 1446'
cm bind Tunnel0 map mss 1
in_ns b sh -c "socat -u TCP-LISTEN:7001,fork OPEN:/dev/null &"
in_ns r1 ip link set Tunnel0 mtu 1300
bg "$WORK/syn" ip netns exec "$NET_TAG-b" tcpdump --immediate-mode -l -n -i eth0 'tcp[13] & 2 != 0'
poll 20 grep -q 'listening on' "$WORK/syn"
in_ns a socat -u OPEN:/dev/null TCP:10.2.0.2:7001,connect-timeout=5
check "the MSS clamp knows the MTU" 'poll 5 grep -q "mss 1260" "$WORK/syn"'
kill "$bg_pid"
in_ns r1 ip link set Tunnel0 mtu 0

# --- routes ------------------------------------------------------------------------------

in_ns r1 ip route add $R2 dev Tunnel0
more "the way to the peer must not lead into the tunnel" nested_loop silent a 10.2.0.2
in_ns r1 ip route del $R2
in_ns r1 ip link add back0 type ipip local $R1 remote 192.0.2.77 &&
	in_ns r1 ip link set back0 up &&
	in_ns r1 ip route add 192.0.2.77 dev Tunnel0 &&
	in_ns r1 ip route add $R2 dev back0 || abort "another tunnel"
more "nor back into it through another one" nested_loop silent a 10.2.0.2
in_ns r1 ip link del back0
check "when it does not any more all is well" 'reaches a 10.2.0.2'
before=$(flow encaps)
routes via 192.0.2.254 2>/dev/null || in_ns r1 ip route replace 10.2.0.0/24 via 192.0.2.254
silent a 10.2.0.2
check "routed elsewhere it is none of the tunnel's business" '[ "$(flow encaps)" = "$before" ]'
routes dev Tunnel0
check "and back" 'reaches a 10.2.0.2'
in_ns b ip addr add 10.3.0.1/32 dev lo
in_ns r1 ip route add 10.3.0.0/24 via 192.0.2.254
filtered() { in_ns r1 nstat -asz TcpExtIPReversePathFilter | awk '/Reverse/ { print $2 }'; }
check "a source that is routed elsewhere is not asked for" \
	'in_ns b ping -q -c 2 -i 0.2 -W 1 -I 10.3.0.1 10.1.0.1 >/dev/null; [ "$(filtered)" = 0 ]'
in_ns r1 sysctl -qw net.ipv4.conf.Tunnel0.rp_filter=1
in_ns b ping -q -c 2 -i 0.2 -W 1 -I 10.3.0.1 10.1.0.1 >/dev/null
check "unless the reverse path filter is on" \
	'[ "$(filtered)" = 2 ]'
check "which lets the rest through" 'reaches b 10.1.0.2'

# --- it goes, moves, comes back ---------------------------------------------------------

bg /dev/null ip netns exec "$NET_TAG-a" ping -U -q -f -s 1000 10.2.0.2
bg /dev/null ip netns exec "$NET_TAG-b" ping -U -q -f -s 1000 10.1.0.2
unbound() { [ "$(cm_value binds if=Tunnel0 ifindex)" = 0 ]; }
wire_start || abort tcpdump
times=
for _ in 1 2 3; do
	in_ns r1 ip link del Tunnel0
	unbound && in_ns r1 ip link add Tunnel0 type cryptomap && ! unbound &&
		in_ns r1 ip link set Tunnel0 up && routes dev Tunnel0 || break
	times=$times.
done
check "deleted under traffic, the binding stays and takes the next" '[ "$times" = ... ]'
# Beside two floods one of three packets may be lost.
check "which goes on with the same SAs" 'poll 20 reaches a 10.2.0.2 && poll 10 mtu_is 1446'
in_ns r1 ip link set Tunnel0 netns "$net"
check "it moves to another namespace: without a binding there" \
	'unbound && in_ns net ip link set Tunnel0 up && in_ns net ip route add 10.9.0.0/24 dev Tunnel0 &&
	 silent net 10.9.0.1'
in_ns net ip link set Tunnel0 netns "$r1"
in_ns r1 ip link set Tunnel0 up
routes dev Tunnel0
check "and back" 'reaches a 10.2.0.2'
wire_stop
# While there was no tunnel the default route was the way.
check "ESP is what left by the tunnel" '[ "$(wire_count esp)" -gt 100 ]'

bg "$WORK/rmmod" rmmod cryptomap
unloaded() { ! [ -d /sys/module/cryptomap ]; }
check "the module goes under traffic, and its interfaces with it" \
	'poll 60 unloaded && ! in_ns r1 ip link show Tunnel0 2>/dev/null'

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Dynamic peers against the kernel's XFRM (C-039, C-040, R-07): two remote
# peers, r2 and r3, with selectors of their own under one dynamic entry, behind
# a static one; a peer that takes over the selector of another; selectors
# that the access list of the entry refuses; what happens when the SA is gone,
# with such a list and without; flows split per host pair; idle SAs. The topology is in
# lib.sh, and a third router:
#
#   net south 203.0.113.254 --- wan0 203.0.113.3 r3, with 10.3.0.2/32 on lo

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ctl.sh"

R3=203.0.113.3

ktap_print_header
ktap_set_plan 31

net_build
ns_new r3 || abort "namespaces"
link net south 203.0.113.254/24 r3 wan0 $R3/24
in_ns r3 ip route add default via 203.0.113.254
in_ns r3 ip addr add 10.3.0.2/32 dev lo
in_ns net ip route add 10.3.0.0/24 via $R3

# peer NS ADDRESS NET SPI_TO_R1 SPI_TO_IT: XFRM at the peer, which protects NET
peer() {
	_ns=$1 _addr=$2 _net=$3 _to1=$4 _to2=$5
	in_ns "$_ns" ip xfrm state flush
	in_ns "$_ns" ip xfrm policy flush
	in_ns "$_ns" ip xfrm state add src "$_addr" dst $R1 proto esp spi "$_to1" \
		mode tunnel replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 &&
		in_ns "$_ns" ip xfrm state add src $R1 dst "$_addr" proto esp spi "$_to2" \
			mode tunnel replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 &&
		in_ns "$_ns" ip xfrm policy add src "$_net" dst 10.1.0.0/24 dir out \
			tmpl src "$_addr" dst $R1 proto esp mode tunnel || return
	for _dir in in fwd; do
		in_ns "$_ns" ip xfrm policy add src 10.1.0.0/24 dst "$_net" dir $_dir \
			tmpl src $R1 dst "$_addr" proto esp mode tunnel || return
	done
}

# installed ADDRESS NET SPI_IN SPI_OUT: the two SAs of r1 with that peer
installed() {
	cm sa in "$3" "$1" $R1 wan0,60000 sel "10.1.0.0/24 $2" encr 20 key $GCM_KEY &&
		cm sa out "$4" $R1 "$1" wan0,60000 sel "10.1.0.0/24 $2" flags 4 encr 20 key $GCM_KEY
}

# conf LIST: a static entry and a dynamic one with that list, or "" for none.
# conf per-host: a static entry whose pairs of hosts have SAs of their own
conf() {
	cat <<-END
	crypto ipsec transform-set T esp-gcm 128
	ip access-list extended STATIC
	 permit ip 10.1.0.0 0.0.0.255 10.9.0.0 0.0.0.255
	ip access-list extended LAN
	 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	ip access-list extended PEERS
	 deny ip any 10.2.0.128 0.0.0.127
	 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	crypto dynamic-map DYN 10
	 set transform-set T
	END
	[ -z "$1" ] || echo " match address $1"
	if [ "$1" = per-host ]; then
		set -- "no crypto dynamic-map DYN" LAN "set security-association level per-host" $R2
	else
		set -- "" STATIC "crypto map map 60000 ipsec-isakmp dynamic DYN" 198.51.100.9
	fi
	cat <<-END
	$1
	crypto map map 10 ipsec-isakmp
	 set peer $4
	 set transform-set T
	 match address $2
	$3
	interface wan0
	 crypto map map
	END
}
refused() { ! "$@" 2>"$WORK/refused" && grep -q "$text" "$WORK/refused"; }
# dyn_flows: how many there are under the dynamic entry
dyn_flows() { cm flows | grep -c ' seq=60000 .* sels='; }

# --- idle SAs (F-064, C-025) ------------------------------------------------------------

# b binds a map of its own; two SAs tell when they were idle for a minute, the
# one of them is used in between. Looked at in the end: a minute is the least.
cmb() { in_ns b "$CMCTL" "$@"; }
idle_start() {
	cmb acl acl "10 permit any 10.99.0.0/24" && cmb map map "10 acl isakmp 10.2.0.1" &&
		cmb bind eth0 map || return
	bg "$WORK/idle" ip netns exec "$NET_TAG-b" "$CMCTL" events
	poll 10 grep -q ready "$WORK/idle"
	cmb sa in 0x3001 10.2.0.1 10.2.0.2 eth0,10,10 encr 20 key $GCM_KEY idle-secs 60 &&
		cmb sa out 0x3002 10.2.0.2 10.2.0.1 eth0,10,10 flags 4 encr 20 \
			key $GCM_KEY idle-secs 60 && idle_since=$(date +%s)
}
# idle SPI: an event IDLE (4) about it
idle() { grep 'event=4 ' "$WORK/idle" | grep -q "spi=0x0000$1 "; }

# --- two peers ----------------------------------------------------------------------

load "" || abort "map"
idle_start || abort "idle"
peer r2 $R2 10.2.0.0/24 0x1002 0x2002 && peer r3 $R3 10.3.0.2/32 0x1003 0x2003 ||
	abort "peers"
wire_start
check "SAs of the first peer" installed $R2 10.2.0.0/24 0x1002 0x2002
check "SAs of the second" installed $R3 10.3.0.2/32 0x1003 0x2003
check "a flow for each" [ "$(dyn_flows)" = 2 ]
peer_shown() { ctl show crypto map | grep -qF "$1"; }
check "the dynamic entry is shown" peer_shown "Dynamic map template tag: DYN"
check "and the first peer" peer_shown \
	"peer $R2 on wan0: local (10.1.0.0/255.255.255.0/0/0), remote (10.2.0.0/255.255.255.0/0/0), up"
check "and the second" peer_shown "peer $R3 on wan0"
check "to the first peer" reaches a 10.2.0.2
check "and from it" reaches b 10.1.0.2
check "to the second peer" reaches a 10.3.0.2
check "and from it" reaches r3 10.1.0.2 -I 10.3.0.2
wire_stop
check "nothing in clear" eval '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'
check "each in its own SA" eval '[ "$(wire_count host $R2 and esp)" = 12 ] &&
	[ "$(wire_count host $R3 and esp)" = 12 ]'

# What r3 sends through its SA must be from its own selector.
in_ns r3 ip addr add 10.2.0.7/32 dev lo
in_ns r3 ip xfrm policy add src 10.2.0.7 dst 10.1.0.0/24 dir out \
	tmpl src $R3 dst $R1 proto esp mode tunnel
before=$(lost selector_mismatch)
check "a peer does not pass with the address of another" silent r3 10.1.0.2 -I 10.2.0.7
check "it is counted" [ "$(lost selector_mismatch)" -gt "${before:-0}" ]
in_ns r3 ip addr del 10.2.0.7/32 dev lo

in_ns b ping -q -c 1 -W 1 10.99.0.1 >/dev/null 2>&1	# uses the outbound SA of b
idle_used=$(date +%s)

# --- one takes over from another ------------------------------------------------------

# r3 comes with the network of r2, which is behind it now.
in_ns r3 ip addr add 10.2.0.2/32 dev lo
peer r3 $R3 10.2.0.0/24 0x1013 0x2013 || abort "peer"
cm del in 0x1003 $R1 && cm del out 0x2003 $R3 || abort "del"
check "a peer brings the selector of another" installed $R3 10.2.0.0/24 0x1013 0x2013
check "they share a flow" [ "$(dyn_flows)" = 1 ]
wire_start esp and host $R3
check "the younger has the traffic" reaches a 10.2.0.2
wire_stop
check "through its SA" [ "$(wire_count)" -ge 3 ]
cm del out 0x2013 $R3 && cm del in 0x1013 $R1 || abort "del"
check "when it goes the other has it again" reaches a 10.2.0.2
in_ns r3 ip addr del 10.2.0.2/32 dev lo

# --- when the SA is gone --------------------------------------------------------------

in_ns r2 ip xfrm policy flush
cm flush
check "with the last SA goes the flow" [ "$(dyn_flows)" = 0 ]
wire_start
check "then traffic is in clear, both ways" reaches a 10.2.0.2
wire_stop
check "as on the wire" [ "$(wire_count icmp)" = 6 ]

load PEERS || abort "list"
before=$(lost no_sa)
check "with an access list it is not" silent a 10.2.0.2
check "but lost for want of an SA" [ "$(lost no_sa)" -gt "${before:-0}" ]
text='does not permit'
check "a selector outside the list is refused" \
	refused installed $R2 10.2.0.0/24 0x1002 0x2002

# --- per host ---------------------------------------------------------------------------

load per-host || abort "map"
peer r2 $R2 10.2.0.2/32 0x1002 0x2002 || abort "peer"
in_ns a ping -q -c 1 -W 1 10.2.0.2 >/dev/null 2>&1
part() { cm_value acquires "part_of=" id; }
has_part() { [ -n "$(part)" ]; }
poll 10 has_part
check "a pair of hosts asks for an SA of its own" \
	[ -n "$(cm acquires | grep 'sel{ src=10.1.0.2 dst=10.2.0.2')" ]
_part=$(part)
# Of owner 0 are the SAs of manual keys.
cm sa in 0x1002 $R2 $R1 "$_part" owner 9 encr 20 key $GCM_KEY
cm sa out 0x2002 $R1 $R2 "$_part" owner 9 flags 4 encr 20 key $GCM_KEY
check "and has it" reaches a 10.2.0.2
ctl show running-config >"$WORK/shown" && ctl -f "$WORK/shown" >/dev/null
check "the same configuration once more takes no SA away" reaches a 10.2.0.2

check "an SA without traffic is told after a minute" poll 70 idle 3001
check "not before" [ $(($(date +%s) - idle_since)) -ge 60 ]
idle_later() { ! idle 3002 || [ $(($(date +%s) - idle_used)) -ge 60 ]; }
check "one that was used meanwhile is not" idle_later

ktap_finished

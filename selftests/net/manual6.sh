#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual keys from a configuration file in both families, inside and outside,
# and in transport mode (C-022, C-034, C-035, C-043), no daemon: ipsecctl
# against the module, the other end is the kernel's XFRM. The shows (S-06), what
# transport mode is not for, what IKE has no key for, a list that
# changes its family; never anything in clear. The topology is in lib.sh, with
# IPv6 beside IPv4 (net_ipv6).

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_ctl.sh"

AES=000102030405060708090a0b0c0d0e0f
HMAC=101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f

show() { ctl show crypto ipsec sa detail; }
# conf LIST-LINES PEER [MODE [TYPE]]: the configuration of r1
conf() {
	cat <<-END
	crypto ipsec transform-set TS esp-aes esp-sha256-hmac
	 mode ${3:-tunnel}
	$1
	crypto map M 10 ${4:-ipsec-manual}
	 set peer $2
	 set transform-set TS
	 match address L
	END
	[ "${4:-ipsec-manual}" != ipsec-manual ] || cat <<-END
	 set session-key inbound esp 4097 cipher $AES authenticator $HMAC
	 set session-key outbound esp 8193 cipher $AES authenticator $HMAC
	END
	printf 'interface wan0\n crypto map M\n'
}

said() { has "$1" cat "$WORK/load"; }

# list FAMILY SOURCE DESTINATION: one line between them
list() {
	if [ "$1" = 6 ]; then
		printf 'ipv6 access-list L\n permit ipv6 %s %s\n' "$2" "$3"
	else
		printf 'ip access-list extended L\n permit ip %s %s\n' "$2" "$3"
	fi
}
LANS6=$(list 6 fd00:a::/64 fd00:b::/64)
LANS4=$(list 4 '10.1.0.0 0.0.0.255' '10.2.0.0 0.0.0.255')

# peer MODE R1 R2 SOURCE DESTINATION [KEY]: the other end, for what r1 sends
# from SOURCE to DESTINATION. No replay window: manual keys start again at 1.
peer() {
	_mode=$1 _e1=$2 _e2=$3 _a=$4 _b=$5 _key=${6:-$AES}
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	for _sa in "$_e2 dst $_e1 proto esp spi 4097" "$_e1 dst $_e2 proto esp spi 8193"; do
		# shellcheck disable=SC2086 # a list
		in_ns r2 ip xfrm state add src $_sa mode "$_mode" flag af-unspec \
			enc 'cbc(aes)' "0x$_key" auth-trunc 'hmac(sha256)' "0x$HMAC" 128 || return
	done
	in_ns r2 ip xfrm policy add src "$_b" dst "$_a" dir out \
		tmpl src "$_e2" dst "$_e1" proto esp mode "$_mode" || return
	for _dir in in fwd; do
		in_ns r2 ip xfrm policy add src "$_a" dst "$_b" dir $_dir \
			tmpl src "$_e1" dst "$_e2" proto esp mode "$_mode" || return
	done
}

# dark COMMAND...: it succeeds, and nothing but ESP or neighbours is on the wire
dark() {
	wire_start
	"$@"
	_ok=$?
	wire_stop
	[ $_ok = 0 ] && wire_is_dark &&
		[ "$(wire_count net 10.0.0.0/8 or net fd00::/16 or icmp or \
			'icmp6 and (ip6[40] = 128 or ip6[40] = 129)')" = 0 ]
}
both_ways4() { reaches a 10.2.0.2 && reaches b 10.1.0.2; }
both_ways6() { reaches a fd00:b::2 && reaches b fd00:a::2; }
# routers ONE TWO: what they say to each other
routers() { reaches r1 "$2" -I "$1" && reaches r2 "$1" -I "$2"; }
# outside FILTER: all of the last capture's ESP is of that family
outside() { [ "$(wire_count esp or ip6 proto 50)" -ge 12 ] && [ "$(wire_count "$1" proto 50)" -ge 12 ]; }

ktap_print_header
ktap_set_plan 30
net_build
net_ipv6
# Not to be chosen, though it is the lowest: it is deprecated.
in_ns r1 ip addr add 2001:db8::1/64 dev wan0 nodad preferred_lft 0

# --- every family in every other --------------------------------------------------

load "$LANS6" $P2
peer tunnel $P1 $P2 fd00:a::/64 fd00:b::/64
check "6 in 6: both ways, dark" dark both_ways6
check "6 in 6: in ESP over IPv6" outside ip6
check "the idents have prefix lengths (S-06)" \
	has 'local ident (addr/mask/prot/port): (fd00:a::/64/0/0)' show
check "the peer is the IPv6 one" has "current_peer: $P2" show
check "encaps and verify count every packet" \
	[ "$(field '#pkts encaps: \([0-9]*\)')/$(field '#pkts verify \([0-9]*\)')" = 6/6 ]
hits() {
	_n=$(ctl show ipv6 access-list L | sed -n \
		's|^    permit ipv6 fd00:a::/64 fd00:b::/64 (\([0-9]*\) matches) sequence 10$|\1|p')
	[ "${_n:-0}" -ge 6 ]
}
check "show ipv6 access-list counts its hits" hits
check "the session is up" has 'Session status: UP-ACTIVE' ctl show crypto session

ids=$(conn_ids)
ctl show running-config >"$WORK/shown"
again() { ctl -f "$WORK/shown" >"$WORK/load" 2>&1 && [ "$(conn_ids)" = "$ids" ]; }
check "F-114: the running configuration can be loaded and changes nothing" again

peer tunnel $P1 $P2 fd00:a::/64 fd00:b::/64 ff${AES#00}
check "6 in 6: with another key nothing passes, nothing is clear" dark silent a fd00:b::2

load "$LANS4" $P2
peer tunnel $P1 $P2 10.1.0.0/24 10.2.0.0/24
check "4 in 6: the list changes its family, both ways, dark" dark both_ways4
check "4 in 6: in ESP over IPv6" outside ip6
check "4 in 6: the idents are of IPv4" \
	has 'remote ident (addr/mask/prot/port): (10.2.0.0/255.255.255.0/0/0)' show

load "$LANS6" $R2
peer tunnel $R1 $R2 fd00:a::/64 fd00:b::/64
check "6 in 4: both ways, dark" dark both_ways6
check "6 in 4: in ESP over IPv4" outside ip
in_ns r2 ip xfrm state flush
check "6 in 4: without the peer's SAs nothing passes, nothing is clear" dark silent a fd00:b::2

load "$(list 6 any any)" $P2
peer tunnel $P1 $P2 fd00:a::/64 fd00:b::/64
check "permit ipv6 any any: both ways, and neighbours are found" both_ways6
check "it is known as IPv6" has 'local ident (addr/mask/prot/port): (::/0/0/0)' show

# --- transport mode ------------------------------------------------------------------

load "$(list 4 "host $R1" "host $R2")" $R2 transport
peer transport $R1 $R2 $R1 $R2
check "transport, IPv4: both ways, dark" dark routers $R1 $R2
check "transport, IPv4: in ESP over IPv4" outside ip
check "it is shown as such" has 'in use settings = {Transport, }' show
in_ns r2 ip xfrm state flush
check "transport, IPv4: without the peer's SAs nothing passes, nothing is clear" \
	dark silent r1 $R2

load "$(list 6 "host $P1" "host $P2")" $P2 transport
peer transport $P1 $P2 $P1 $P2
check "transport, IPv6: both ways, dark" dark routers $P1 $P2
load "$(list 6 "host $P1" "host $P2")" $P2 tunnel
check "the mode replaces the SAs: tunnel mode does not pass there" dark silent r1 $P2

load "$LANS4" $R2 transport
peer tunnel $R1 $R2 10.1.0.0/24 10.2.0.0/24
check "transport mode for two networks is warned of" \
	said "is not from one host to peer $R2, so tunnel mode is used"
check "and tunnel mode it is: both ways, dark" dark both_ways4

# --- what IKE has no key for -------------------------------------------------------

load "$LANS6" $P2 transport ipsec-isakmp
check "a peer without key is warned of" said "no pre-shared key for peer $P2"
check "IKE in transport mode for networks is warned of" \
	said "no line of access list L is from one host to a peer, so with transform set TS tunnel mode is used"
check "what the entry matches is dropped, nothing is clear" dark silent a fd00:b::2

bg "$WORK/log" ip netns exec "$NET_TAG-r1" "$DAEMON" --config "$WORK/conf" \
	--socket "$WORK/control"
poll 20 ctl show crypto isakmp sa
refused() {
	silent a fd00:b::2 &&
		has 'down: no pre-shared key' show
}
check "with the daemon as well, and the flow says why" dark refused
check "so does the log" has 'no pre-shared key' cat "$WORK/log"

ktap_finished

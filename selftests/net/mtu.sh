#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets too big for the tunnel, towards XFRM: the path MTU that ICMP told, its
# age and end; cutting before and after encryption; DF copied, set and cleared,
# for IPv4 and IPv6 inside, of one SA or of all of an interface; the counters of
# all that. XFRM's ESP comes in fragments. The topology is in lib.sh.
# F-053 F-054 F-056 F-061 C-030 R-39 R-40 E-093

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_ctl.sh"

ktap_print_header
ktap_set_plan 40

net_build
tunnels_4_and_6in4

# What passes the network between, since the last look.
in_ns net nft -f - <<'END'
table inet watch {
	counter cut { }
	counter df { }
	counter nodf { }
	counter cut_in { }
	chain watch {
		type filter hook prerouting priority -500;
		iifname east ip protocol esp ip frag-off & 0x3fff != 0 counter name cut
		iifname east ip protocol esp ip frag-off & 0x4000 == 0x4000 counter name df
		iifname east ip protocol esp ip frag-off & 0x4000 == 0 counter name nodf
		iifname west ip protocol esp ip frag-off & 0x3fff != 0 counter name cut_in
	}
}
END
hits() { in_ns net nft -j reset counter inet watch "$1" | jq '.nftables[1].counter.packets'; }
# once NS ADDRESS OPTION...: one ping is answered
once() {
	_ns=$1 _to=$2
	shift 2
	in_ns "$_ns" ping -q -c 1 -W 5 "$@" "$_to" >"$WORK/ping" 2>&1
}
# fresh: all counters begin again
fresh() {
	cm reset
	in_ns net nft reset counters table inet watch >/dev/null
}
# counts NAME=NUMBER...: of flow 10, exactly
counts() {
	for _count in "$@"; do
		[ "$(flow "${_count%=*}")" = "${_count#*=}" ] || { echo "# $_count is $(flow "${_count%=*}")"; return 1; }
	done
}
flow6() { cm_value flows "seq=20" "$1"; }
aged() { [ -n "$(flow pmtu_age)" ]; }
number() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }

# --- the path MTU ----------------------------------------------------------------------------

once a 10.2.0.2 -M 'do' -s 1418
ktap_test_result "the path MTU is that of the route, without age" \
	eval '[ "$(flow pmtu)" = 1500 ] && ! aged && [ "$(flow df)" = 0 ]'
# 20 outer IP, 8 ESP, 8 IV, 4 block, 2, 16 ICV
ktap_test_result "R-40: the overhead is shown" \
	told 'path mtu 1500, media mtu 1500' 'tunnel mtu 1446, ipsec overhead 58(36), DF policy: copy-df'
in_ns net ip link set west mtu 1400
in_ns r2 ip link set wan0 mtu 1400
narrow() { in_ns a ping -c 1 -W 1 -M 'do' -s 1400 10.2.0.2 2>&1 | grep -q -E "mtu.?=.?1346"; }
ktap_test_result "ICMP tells of a narrower one" eval 'poll 10 narrow && [ "$(flow pmtu)" = 1400 ]'
ktap_test_result "it has an age then, and an end" \
	eval 'number "$(flow pmtu_age)" 0 30 && number "$(flow pmtu_left)" 500 600'
ktap_test_result "both ways are counted: PMTUs sent and rcvd" \
	eval 'at_least "$(flow pmtu_sent)" 1 && at_least "$(flow pmtu_rcvd)" 1 && at_least "$(flow prefrag_failed)" 1'
ktap_test_result "and shown" told 'path mtu 1400, media mtu 1500' 'PMTU age (sec): ' '#PMTUs sent: '
ktap_test_result "also in JSON" \
	eval 'ctl --json show crypto ipsec sa | jq -e ".ipsec_sa[0] | .pmtu_learned and .path_mtu == 1400 and .pmtus_rcvd > 0" >/dev/null'
in_ns net ip link set west mtu 1500
in_ns r2 ip link set wan0 mtu 1500
in_ns r1 ip route flush cache
in_ns a ip route flush cache
once a 10.2.0.2 -M 'do' -s 1418
ktap_test_result "forgotten: as before" eval '[ "$(flow pmtu)" = 1500 ] && ! aged'
in_ns r1 ip route change default via 192.0.2.254 mtu lock 1400
once a 10.2.0.2
ktap_test_result "a narrower one by configuration has no age" eval '[ "$(flow pmtu)" = 1400 ] && ! aged'
ktap_test_result "nor is one shown" eval '! show | grep -q "PMTU age"'
in_ns r1 ip route change default via 192.0.2.254

# --- cutting -----------------------------------------------------------------------------------

fresh
ktap_test_result "too big, may be cut: it arrives" once a 10.2.0.2 -M dont -s 2000
ktap_test_result "F-054: cut before encryption" \
	eval 'counts prefrag=1 fragments=2 postfrag=0 postfrag_failed=0 prefrag_failed=0 encaps=2'
ktap_test_result "not after" [ "$(hits cut)" = 0 ]
ktap_test_result "the answer came in fragments of ESP" [ "$(hits cut_in)" -ge 2 ]
ktap_test_result "with fragments inside, and both are counted" counts reassemble=2 decaps=2 recv_errors=0
refused() { ! cm bind wan0 map "$1" "$2" 2>"$WORK/refused" && grep -q "out of range: 0..$3" "$WORK/refused"; }
ktap_test_result "what makes no sense is refused" eval 'refused frag 2 1 && refused df 3 2'
cm bind wan0 map frag 1 || abort "fragmentation after encryption"
fresh
ktap_test_result "C-030: after encryption it arrives, too" once a 10.2.0.2 -M dont -s 2000
ktap_test_result "as one packet" counts encaps=1 prefrag=0 postfrag=1 postfrag_failed=0
ktap_test_result "in two pieces" eval '[ "$(hits cut)" = 2 ] && counts fragments=2'
fresh
ktap_test_result "a larger one in three" \
	eval 'once a 10.2.0.2 -M dont -s 4000 && [ "$(hits cut)" = 3 ] && counts fragments=3 postfrag=1'
fresh
once a 10.2.0.2 -M 'do' -s 1472
ktap_test_result "what must not be cut is not" \
	eval 'counts encaps=0 postfrag=0 prefrag_failed=1 pmtu_sent=1 && [ "$(hits cut)" = 0 ]'
ktap_test_result "what fits is left alone" \
	eval 'once a 10.2.0.2 -M dont -s 1400 && counts encaps=1 postfrag=0 fragments=0'
came() { once a fd00:b::2 -s 2000; }
fresh
ktap_test_result "IPv6 that came in fragments leaves as such" \
	eval 'poll 10 came && [ "$(hits cut)" = 0 ] && [ "$(flow6 postfrag)" = 0 ] && at_least "$(flow6 prefrag)" 1'
cm bind wan0 map || abort "fragmentation before encryption"
fresh
ktap_test_result "before encryption again" \
	eval 'once a 10.2.0.2 -M dont -s 2000 && counts prefrag=1 postfrag=0 && [ "$(hits cut)" = 0 ]'

# --- DF -----------------------------------------------------------------------------------------

# df SET UNSET COMMAND...: it made so many packets with DF and without, and arrived
df() {
	_set=$1 _unset=$2
	shift 2
	fresh
	"$@" || return
	_df="$(hits df) $(hits nodf)"
	[ "$_df" = "$_set $_unset" ] || { echo "# DF: $_df"; return 1; }
}
ktap_test_result "IPv4 copies DF: set" df 1 0 once a 10.2.0.2 -M 'do'
ktap_test_result "and not set" df 0 1 once a 10.2.0.2 -M dont
ktap_test_result "IPv6 counts as set" df 1 0 once a fd00:b::2
cm bind wan0 map df 1 || abort "DF set"
ktap_test_result "DF set for IPv4" df 1 0 once a 10.2.0.2 -M dont
ktap_test_result "and for IPv6" df 1 0 once a fd00:b::2
ktap_test_result "what is cut before may have DF as well" df 2 0 once a 10.2.0.2 -M dont -s 2000
cm bind wan0 map df 2 || abort "DF clear"
in_ns a ip route flush cache
in_ns a ip -6 route flush cache
ktap_test_result "DF clear for IPv4: what must not be cut inside is outside" \
	eval 'df 0 2 once a 10.2.0.2 -M "do" -s 1472 && counts postfrag=1 prefrag_failed=0 pmtu_sent=0'
ktap_test_result "and for IPv6" \
	eval 'df 0 2 once a fd00:b::2 -M "do" -s 1452 && [ "$(flow6 postfrag)" = 1 ] && [ "$(flow6 pmtu_sent)" = 0 ]'
ktap_test_result "what fits has none" df 0 1 once a 10.2.0.2 -M 'do'
ktap_test_result "it is shown" told 'DF policy: clear-df'
cm bind wan0 map df 0 || abort "DF copy"
cm sas | grep 'spi=0x00002001' | grep -o '^id=[0-9]*' >"$WORK/id"
cm update "$(cut -d= -f2 "$WORK/id")" df 2 || abort "DF of an SA"
ktap_test_result "the interface overrides the SA" df 1 0 once a 10.2.0.2 -M 'do'
cm bind wan0 map || abort "no DF of the interface"
ktap_test_result "which has its own without" df 0 1 once a 10.2.0.2 -M 'do'

# --- from the configuration ------------------------------------------------------------------------

CKEY=000102030405060708090a0b0c0d0e0f
HKEY=101112131415161718191a1b1c1d1e1f20212223
# conf GLOBAL INTERFACE
conf() {
	cat <<-END
	$1
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
	$2
	END
}
cm unbind wan0
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy update src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
	tmpl src $R2 dst $R1 proto esp mode tunnel
xfrm_pair 4097 8193 enc 'cbc(aes)' 0x$CKEY auth-trunc 'hmac(sha1)' 0x$HKEY 96
load "crypto ipsec df-bit clear
crypto ipsec fragmentation after-encryption" ""
ktap_test_result "crypto ipsec fragmentation after-encryption" \
	eval 'once a 10.2.0.2 -M dont -s 2000 && counts prefrag=0 postfrag=1'
ktap_test_result "crypto ipsec df-bit clear" df 0 2 once a 10.2.0.2 -M 'do' -s 1472
# R-40: AES-CBC and SHA-1
ktap_test_result "R-39, R-40: tunnel MTU and overhead of AES-CBC" \
	told 'tunnel mtu 1438, ipsec overhead 74(44), DF policy: clear-df' '#post-frag successes: '
load "crypto ipsec df-bit clear
crypto ipsec fragmentation after-encryption" " crypto ipsec df-bit set
 crypto ipsec fragmentation before-encryption"
ktap_test_result "both of one interface: before-encryption, set" \
	eval 'df 2 0 once a 10.2.0.2 -M dont -s 2000 && counts prefrag=1 postfrag=0'

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Traffic flow confidentiality (RFC 4303, 2.6 and 2.7), to XFRM: packets of one
# length whatever they carry, in tunnel and in transport mode, over IPv4 and IPv6;
# dummies while nothing is said; dummies of a peer. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 33

HKEY=202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
net_build
net_ipv6
cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" && cm acl6 acl6 "10 permit fd00:a::/64 fd00:b::/64" &&
	cm acl udp "10 permit $R1 $R2 udp" && cm acl any "10 permit $R1 $R2" &&
	cm map map "10 acl isakmp $R2" "20 acl6 isakmp $P2" "30 udp isakmp $R2" "40 any isakmp $R2" &&
	cm bind wan0 map || abort map
gcm_tunnel || abort SAs

check() { eval "$2"; ktap_test_result "$1" [ $? = 0 ]; }
# theirs SRC DST SPI [MODE]: a state of r2
theirs() {
	in_ns r2 ip xfrm state add src "$1" dst "$2" proto esp spi "$3" mode "${4:-tunnel}" \
		replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
}
# ours SPI OPTION...: the outbound SA of the flow in place of the one before
ours() {
	_spi=$1
	shift
	theirs $R1 $R2 "$_spi" && cm sa out "$_spi" $R1 $R2 wan0,10,10 flags 4 "$@" encr 20 key $GCM_KEY
}
# lengths FILTER...: the lengths of the ESP packets on the wire, each once
lengths() {
	tcpdump -n -r "$WORK/wire" "$@" 2>/dev/null | sed -n 's/.* ESP(.* length \([0-9]*\)$/\1/p' |
		sort -n | uniq | tr '\n' ' '
}
# number WORD...: of words
number() { echo $#; }
# sizes TO NUMBER...: a ping of each size there and back, on the wire
sizes() {
	_to=$1
	shift
	wire_start esp || return
	for _size in "$@"; do
		in_ns a ping -q -c 1 -W 5 -s "$_size" "$_to" >/dev/null || return
	done
	wire_stop
}
proto_errors() { in_ns r2 awk '$1 == "XfrmInStateProtoError" { print $2 }' /proc/net/xfrm_stat; }

errors_at_least() { at_least "$(proto_errors)" "$1"; }
sent_at_least() { at_least "$(flow dummy_sent)" "$1"; }

# --- one length ------------------------------------------------------------------------

check "what says nothing of it does not pad" \
	'sizes 10.2.0.2 10 100 300 && [ "$(number $(lengths src $R1))" = 3 ]'
ours 0x2002 tfc 600 || abort tfc
check "packets of all sizes get through to XFRM" 'sizes 10.2.0.2 10 100 300 572'
# SPI, number, IV, 600 bytes, trailer to a multiple of 4, ICV
check "and have one length on the wire" '[ "$(lengths src $R1)" = "$((8 + 8 + 600 + 4 + 16)) " ]'
check "those of the peer have theirs" '[ "$(number $(lengths src $R2))" = 4 ]'
check "they are counted, one was long enough" '[ "$(flow padded)" = 3 ]'
check "and what they carry, not the padding" '[ "$(cm_value sas spi=0x00002002 bytes)" = $((28 * 4 + 10 + 100 + 300 + 572)) ]'
check "a longer one stays as it is" \
	'sizes 10.2.0.2 700 && [ "$(lengths src $R1)" -gt 640 ] && [ "$(flow padded)" = 3 ]'
check "the SA tells" '[ "$(cm_value sas spi=0x00002002 tfc),$(cm_value sas spi=0x00002001 tfc)" = 600, ]'

ours 0x2003 tfc 1 || abort "tfc 1"
head -c 100000 /dev/urandom >"$WORK/noise"
wire_start esp and src $R1 || abort tcpdump
check "up to the path MTU: a ping, TCP with its shortest and its longest" \
	'reaches a 10.2.0.2 && bulk a b 10.2.0.2 && bulk b a 10.1.0.2'
wire_stop
mtu=$(flow mtu)
check "all have the length of the longest that fits" \
	'[ "$(lengths esp)" = "$((8 + 8 + mtu + 2 + 16)) " ] && at_least $((20 + 8 + 8 + mtu + 2 + 16)) 1497'
check "none was cut for it" '[ "$(flow fragments)" = 0 ] && [ "$(wire_count "ip[6:2] & 0x3fff != 0")" = 0 ]'
in_ns r1 ip route change default via 192.0.2.254 mtu 1300
check "a narrower path: to what fits that" \
	'sizes 10.2.0.2 10 100 && mtu=$(flow mtu) && [ "$mtu" -lt 1300 ] && [ "$(lengths src $R1)" = "$((8 + 8 + mtu + 2 + 16)) " ]'
in_ns r1 ip route change default via 192.0.2.254

# --- IPv6, transport mode ------------------------------------------------------------------

in_ns r2 ip xfrm policy add src fd00:b::/64 dst fd00:a::/64 dir out tmpl src $P2 dst $P1 proto esp mode tunnel
in_ns r2 ip xfrm policy add src fd00:a::/64 dst fd00:b::/64 dir fwd tmpl src $P1 dst $P2 proto esp mode tunnel
theirs $P2 $P1 0x1006 && theirs $P1 $P2 0x2006 || abort "states for IPv6"
cm sa in 0x1006 $P2 $P1 wan0,20,10 encr 20 key $GCM_KEY &&
	cm sa out 0x2006 $P1 $P2 wan0,20,10 flags 4 tfc 600 dummy-ms 100 encr 20 key $GCM_KEY || abort "SAs for IPv6"
before=$(proto_errors)
check "IPv6 in IPv6" 'sizes fd00:b::2 10 100 300'
check "has one length, too" '[ "$(lengths src $P1)" = "636 " ]'
check "and dummies, which XFRM takes for what they are" \
	'poll 5 errors_at_least $((before + 2))'
cm del out 0x2006 $P2

in_ns r2 ip xfrm policy add src $R1 dst $R2 proto udp dir in tmpl src $R1 dst $R2 proto esp mode transport
theirs $R1 $R2 0x2007 transport || abort "state for transport mode"
check "transport mode: not where TCP could be, which does not tell its length" \
	'! cm sa out 0x2008 $R1 $R2 wan0,40,10 mode 1 tfc 600 encr 20 key $GCM_KEY 2>"$WORK/refused" && grep -q "UDP (17)" "$WORK/refused"'
check "UDP does" 'cm sa out 0x2007 $R1 $R2 wan0,30,10 flags 4 mode 1 tfc 600 encr 20 key $GCM_KEY'
small() { echo "$1" >"$WORK/datagram"; datagram r1 r2 $R2; }
wire_start esp and src $R1 || abort tcpdump
check "and arrives as it was sent" 'small one && small "another one"'
wire_stop
check "in packets of one length" '[ "$(lengths esp)" = "$((8 + 8 + 600 - 20 + 4 + 16)) " ] && [ "$(wire_count esp)" = 2 ]'

# Connection tracking sums up all that IP says is there.
in_ns r1 nft -f - <<END
table ip track {
	counter valid {}
	counter invalid {}
	chain in {
		type filter hook input priority 0;
		udp dport 5000 ct state invalid counter name invalid drop
		udp dport 5000 counter name valid
	}
}
END
cm sa in 0x1007 $R2 $R1 wan0,30,10 mode 1 encr 11 auth 12 akey $HKEY || abort "SA of UDP"
tracked() { in_ns r1 nft -j list counters table ip track | jq -r '[.nftables[].counter?.packets // empty] | join(",")'; }
in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 0x1007 1 $HKEY next=17 datagram=5000
in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 0x1007 2 $HKEY next=17 datagram=5000 behind=600
check "a padded datagram of the peer is valid to connection tracking" 'poll 5 eval "[ \$(tracked) = 2,0 ]"'
in_ns r1 nft delete table ip track

# --- dummies ---------------------------------------------------------------------------------

before=$(flow dummy_sent)
check "nobody asked for dummies" '[ "$before" = 0 ]'
errors=$(proto_errors) lost=$(flow send_errors)
wire_start esp and src $R1 || abort tcpdump
ours 0x2004 tfc 600 dummy-ms 40 || abort dummies
check "while nothing is said, dummies are" 'poll 10 sent_at_least 8'
check "packets pass among them" 'reaches a 10.2.0.2'
cm sa out 0x2005 $R1 $R2 wan0,10,10 flags 4 encr 20 key $GCM_KEY
sent=$(flow dummy_sent)
sleep 0.5
wire_stop
check "an SA in place of it ends them" '[ "$(flow dummy_sent)" = "$sent" ]'
check "all were on the wire, as long as the packets" \
	'[ "$(lengths esp)" = "636 " ] && [ "$(wire_count esp)" = $((sent + 3)) ]'
check "XFRM has dropped all of them, and no other" '[ "$(proto_errors)" = $((errors + sent)) ]'
check "they are in no other counter but those of the cipher" \
	'[ "$(cm_value sas spi=0x00002004 packets)" = 3 ] && [ "$(flow encrypt)" = $(($(flow encaps) + sent)) ] && [ "$(flow send_errors)" = "$lost" ]'

theirs $R1 $R2 0x2009
cm sa out 0x2009 $R1 $R2 wan0,10,10 flags 4 dummy-ms 1000 encr 20 key $GCM_KEY || abort "slow dummies"
in_ns a ping -q -c 25 -i 0.1 -W 5 10.2.0.2 >/dev/null
check "while something is said, none are" '[ "$(flow dummy_sent)" = "$sent" ]'
cm del out 0x2009 $R2
cm activate 0x2004 $R2
cm del out 0x2005 $R2
wire_start esp and src $R1 || abort tcpdump
check "an SA that is used again begins again" 'poll 5 sent_at_least $((sent + 2))'
cm del out 0x2004 $R2
sent=$(flow dummy_sent)
check "with the SA they end" 'sleep 0.3; [ "$(flow dummy_sent)" = "$sent" ]'
wire_stop

ours 0x200a dummy-ms 20 || abort "dummies of any length"
wire_start esp and src $R1 || abort tcpdump
check "without padding they are of any length" \
	'poll 10 sent_at_least $((sent + 10)); wire_stop; at_least "$(number $(lengths esp))" 4'
cm del out 0x200a $R2

# --- from the peer -------------------------------------------------------------------------------

cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 auth 12 akey $HKEY || abort "SA for injection"
decaps=$(flow decaps)
for seq in 1 2 3; do
	in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 0x1003 $seq $HKEY next=59
done
check "dummies of the peer are dropped, and no loss" \
	'[ "$(flow dummy_rcvd),$(flow decaps),$(flow recv_errors)" = "3,$decaps,0" ]'
check "they are told" 'told "#TFC rcvd: 3, #TFC sent: $(flow dummy_sent)" "TFC padding: to 600 bytes" "TFC padding: to path mtu"'

ktap_finished

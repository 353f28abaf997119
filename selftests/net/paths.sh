#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Ways through the router, against XFRM: from one tunnel into another on the same
# interface; to the router's own inside address; from a loopback address by two
# interfaces, while the way to the peer changes, each with its own SAs or, with
# "local-address", both with the same; what an SA remembers of its way in, and what XFRM
# has to say, holds only while it is so. The topology is in lib.sh, with a third site and
# a second way out:
#
#        wan0 192.0.2.1 +-----+ 198.51.100.2  10.2.0.0/24
#  [r1]-----------------| net |-----------------[r2]----[b]
#   '-------------------|     |-----------------[r3]
#    wan1 203.0.113.1   +-----+ 198.18.0.3  10.3.0.1
# F-058 F-059 C-009 C-037

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 44

R3=198.18.0.3
L1=192.0.2.200	# on lo of r1
net_build
ns_new r3
link r3 wan0 $R3/24 net third 198.18.0.254/24
link r1 wan1 203.0.113.1/24 net east2 203.0.113.254/24
in_ns r3 ip addr add 10.3.0.1/32 dev lo
in_ns r3 ip route add default via 198.18.0.254
in_ns net ip route add 10.3.0.0/24 via $R3

check() { eval "$2"; ktap_test_result "$1" [ $? = 0 ]; }

# tunnel SITE PEER-ADDRESS OUR-ADDRESS LOCAL REMOTE FLOW SPI-IN SPI-OUT: LOCAL is
# what SITE sees behind us, FLOW ours
tunnel() {
	in_ns "$1" ip xfrm state add src "$2" dst "$3" proto esp spi "$7" mode tunnel \
		aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns "$1" ip xfrm state add src "$3" dst "$2" proto esp spi "$8" mode tunnel \
		aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns "$1" ip xfrm policy add src "$5" dst "$4" dir out \
		tmpl src "$2" dst "$3" proto esp spi "$7" mode tunnel
	for _dir in in fwd; do
		in_ns "$1" ip xfrm policy add src "$4" dst "$5" dir $_dir \
			tmpl src "$3" dst "$2" proto esp mode tunnel
	done
	cm sa in "$7" "$2" "$3" "$6" encr 20 key $GCM_KEY &&
		cm sa out "$8" "$3" "$2" "$6" flags 4 encr 20 key $GCM_KEY
}
# counts IFNAME SEQ LINE: encapsulated,decapsulated of that flow
counts() {
	cm flows | sed -n "s/.*if=$1 .*seq=$2 .* line=$3 .*encaps=\([0-9]*\) .*decaps=\([0-9]*\) .*/\1,\2/p"
}

cm acl to2 "10 permit 10.1.0.0/24 10.2.0.0/24" "20 permit 10.3.0.0/24 10.2.0.0/24" &&
	cm acl to3 "10 permit 10.1.0.0/24 10.3.0.0/24" "20 permit 10.2.0.0/24 10.3.0.0/24" &&
	cm map map "10 to2 isakmp $R2" "20 to3 isakmp $R3" && cm bind wan0 map || abort map
tunnel r2 $R2 $R1 10.1.0.0/24 10.2.0.0/24 wan0,10,10 0x1001 0x2001 &&
	tunnel r2 $R2 $R1 10.3.0.0/24 10.2.0.0/24 wan0,10,20 0x1002 0x2002 &&
	tunnel r3 $R3 $R1 10.2.0.0/24 10.3.0.0/24 wan0,20,20 0x1003 0x2003 || abort SAs

# --- hairpin -----------------------------------------------------------------------

WIRE_IF=any
wire_start || abort tcpdump
check "F-058: out of one tunnel, into the other" 'reaches b 10.3.0.1'
check "back in the same way" 'reaches r3 10.2.0.2 -I 10.3.0.1'
check "one flow each side" '[ "$(counts wan0 10 20),$(counts wan0 20 20)" = 6,6,6,6 ]'
check "and no other" '[ "$(counts wan0 10 10)" = 0,0 ]'
head -c 300000 /dev/urandom >"$WORK/noise"
check "TCP as well" 'bulk b r3 10.3.0.1'
wire_stop
check "never in clear" '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'
check "nobody is sent another way" '[ "$(wire_count "icmp[0] = 5")" = 0 ]'

# --- the router's inside address -------------------------------------------------------

wire_start || abort tcpdump
check "F-059: the router answers for its inside address" 'reaches b 10.1.0.1'
check "and speaks from it" 'reaches r1 10.2.0.2 -I 10.1.0.1'
in_ns r1 sh -c "socat -u TCP-LISTEN:7022,fork OPEN:$WORK/managed,creat,append &"
poll 20 listens r1 -t 7022
check "TCP: it can be managed" \
	'in_ns b sh -c "echo hello | socat -u - TCP:10.1.0.1:7022,connect-timeout=5"; poll 5 grep -q hello "$WORK/managed"'
wire_stop
check "inside the tunnel" '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'
in_ns net ip addr add 10.2.0.99/32 dev lo
before=$(lost clear_text)
in_ns net ping -q -c 2 -i 0.2 -W 1 -I 10.2.0.99 10.1.0.1 >/dev/null 2>&1
check "F-048: in clear it does not answer" '[ "$(lost clear_text)" = $((before + 2)) ]'
in_ns net ip addr del 10.2.0.99/32 dev lo

# --- a loopback address, two interfaces --------------------------------------------------

cm flush
cm unbind wan0
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
in_ns r1 ip addr add $L1/32 dev lo
in_ns net ip route add $L1 via $R1
cm acl to2 "10 permit 10.1.0.0/24 10.2.0.0/24" && cm map map "10 to2 isakmp $R2" &&
	cm bind wan0 map && cm bind wan1 map || abort map
tunnel r2 $R2 $L1 10.1.0.0/24 10.2.0.0/24 wan0,10,10 0x1001 0x2001 || abort SAs

# sent_by INTERFACE-OF-NET: three pings, whose ESP r1 sent there
sent_by() {
	WIRE_IF=$1
	wire_start esp and src $L1 || return
	reaches a 10.2.0.2 || return
	wire_stop
	[ "$(wire_count esp)" = 3 ]
}
check "from a loopback address by the first interface" 'sent_by east'
in_ns r1 ip route add $R2 via 203.0.113.254
check "the way to the peer changes: by the second" 'sent_by east2'
in_ns net ip route replace $L1 via 203.0.113.1
check "and back by it" 'sent_by east2'
in_ns r1 ip link set wan1 down
in_ns net ip route replace $L1 via $R1
check "the second goes down: by the first again" 'sent_by east'
in_ns r1 ip link set wan1 up
in_ns r1 ip route add 10.2.0.0/24 via 203.0.113.254
WIRE_IF=any
wire_start || abort tcpdump
check "routed by the second, traffic asks for an SA of its own" \
	'silent a 10.2.0.2; cm acquires | grep -q "if=wan1 "'
cm sa in 0x1009 $R2 $L1 wan1,10,10 encr 20 key $GCM_KEY &&
	cm sa out 0x2009 $L1 $R2 wan1,10,10 flags 4 encr 20 key $GCM_KEY &&
	in_ns r2 ip xfrm state add src $L1 dst $R2 proto esp spi 0x2009 mode tunnel \
		aead 'rfc4106(gcm(aes))' $GCM_KEY 128
check "which serves it, answers come in on either" \
	'reaches a 10.2.0.2 && [ "$(counts wan1 10 10)" = 5,0 ]'
wire_stop
check "nothing was in clear" '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'

# --- what is remembered, what is skipped ---------------------------------------------------

came() { counts wan0 10 10 | cut -d , -f 2; }
check "what the peer sends comes in" 'reaches b 10.1.0.2'
in_ns r1 ip addr del $L1/32 dev lo
before=$(came)
check "no longer when the address is gone" 'silent b 10.1.0.2 -c 2; [ "$(came)" = "$before" ]'
in_ns r1 ip addr add $L1/32 dev lo
check "and again when it is back" 'reaches b 10.1.0.2'
in_ns r1 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir fwd action block
before=$(came)
check "policies of XFRM hold for what is decrypted" \
	'silent b 10.1.0.2 -c 2; [ "$(came)" = $((before + 2)) ]'
in_ns r1 ip xfrm policy flush
check "while there are some" 'reaches b 10.1.0.2'

# --- local-address: one pair of SAs for two interfaces ------------------------------------

cm flush
cm unbind wan0
cm unbind wan1
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
in_ns net ip route replace 10.1.0.0/24 via 203.0.113.1
in_ns net ip route replace $L1 via 203.0.113.1
cm local-map lo map "10 to2 isakmp $R2" && cm bind wan0 map && cm bind wan1 map || abort map
in_ns r1 nft -f - <<END
table ip came {
	counter wan0 {}
	counter wan1 {}
	chain forward {
		type filter hook forward priority 0;
		iifname wan0 ip saddr 10.2.0.2 counter name wan0
		iifname wan1 ip saddr 10.2.0.2 counter name wan1
	}
}
END
# arrived: packets of B so far by wan0,wan1
arrived() {
	in_ns r1 nft -j list counters table ip came | jq -r '[.nftables[].counter?.packets // empty] | join(",")'
}
# towards GATEWAY: to B and to its router
towards() { in_ns r1 ip route replace 10.2.0.0/24 via "$1" && in_ns r1 ip route replace $R2 via "$1"; }
owners() { echo "$(cm_value binds if=wan0 owner),$(cm_value binds if=wan1 owner)"; }
flows_of() { cm flows | grep -c "if=$1 "; }

check "C-009: the second interface has the flows of the first" \
	'[ "$(owners)" = ,wan0 ] && [ "$(flows_of wan0),$(flows_of wan1)" = 1,0 ]'
WIRE_IF=any
wire_start || abort tcpdump
towards 203.0.113.254
check "routed by the second, the flow of both asks for an SA" \
	'silent a 10.2.0.2; cm acquires | grep -q "if=wan0 " && [ "$(cm acquires | wc -l)" = 1 ]'
tunnel r2 $R2 $L1 10.1.0.0/24 10.2.0.0/24 wan0,10,10 0x1001 0x2001 || abort SAs
poll 5 eval '[ "$(cm_value flows if=wan0 waiting)" = 0 ]'
for dev in wan0 wan1; do
	in_ns r1 sysctl -qw net.ipv4.conf.$dev.rp_filter=1
done
in_ns r1 nft reset counters table ip came >/dev/null
before=$(counts wan0 10 10)
check "the pair of SAs serves it, also where routes must fit the way in" \
	'reaches a 10.2.0.2 && [ "$(counts wan0 10 10)" = $((${before%,*} + 3)),$((${before#*,} + 3)) ]'
check "answers arrive by the interface that they came by" '[ "$(arrived)" = 0,3 ]'
towards 192.0.2.254
in_ns net ip route replace $L1 via $R1
check "the routes lead to the first: the same SAs, nobody asks for others" \
	'reaches a 10.2.0.2 && [ "$(counts wan0 10 10)" = $((${before%,*} + 6)),$((${before#*,} + 6)) ] && [ -z "$(cm acquires)" ]'
check "and answers arrive by that" '[ "$(arrived)" = 3,3 ]'
towards 203.0.113.254
in_ns net ip route replace $L1 via 203.0.113.1
in_ns r1 ip link set wan0 down
check "the first interface goes down: the same SAs by the second" \
	'reaches a 10.2.0.2 && reaches b 10.1.0.2 && [ "$(counts wan0 10 10)" = $((${before%,*} + 12)),$((${before#*,} + 12)) ]'
in_ns r1 ip link set wan0 up
check "TCP on it, too" 'bulk a b 10.2.0.2'
in_ns net ip addr add 10.2.0.99/32 dev lo
clear=$(lost clear_text)
in_ns net ping -q -c 2 -i 0.2 -W 1 -I 10.2.0.99 10.1.0.2 >/dev/null 2>&1
check "clear text is judged by the flow on the second as well" '[ "$(lost clear_text)" = $((clear + 2)) ]'
in_ns net ip addr del 10.2.0.99/32 dev lo
cm acl to2 "10 permit 10.1.0.0/24 10.2.0.0/24" "20 permit 10.9.0.0/24 10.2.0.0/24"
check "a list of two lines: two flows, the SAs stay" \
	'[ "$(flows_of wan0),$(flows_of wan1)" = 2,0 ] && reaches a 10.2.0.2'
cm unbind wan1
check "without the second interface they go on" '[ "$(cm sas | wc -l)" = 2 ]'
cm bind wan1 map
check "and serve it when it is back" '[ "$(owners)" = ,wan0 ] && reaches a 10.2.0.2'

# What came by neither: on the owner's, or on another that is up.
in_ns r1 ip link set wan0 down
in_ns net ip link add east3 type veth peer name wan2 netns "$NET_TAG-r1"
in_ns net ip addr add 203.0.114.254/24 dev east3
in_ns net ip link set east3 up
in_ns r1 ip addr add 203.0.114.1/24 dev wan2
in_ns r1 ip link set wan2 up
in_ns net ip route replace $L1 via 203.0.114.1
for dev in all wan1 wan2; do
	in_ns r1 sysctl -qw net.ipv4.conf.$dev.rp_filter=0
done
in_ns r1 nft reset counters table ip came >/dev/null
check "by an interface without a map, the owner's being down" \
	'reaches a 10.2.0.2 && [ "$(arrived)" = 0,3 ]'
in_ns r1 ip link del wan2
in_ns r1 ip link set wan0 up
in_ns net ip route replace $L1 via 203.0.113.1

# The owner leaves for another map, while the second is in use.
cm acl other "10 permit 10.8.0.0/16 10.9.0.0/16"
cm map other "10 other isakmp $R2"
for _i in $(seq 12); do
	bg "$WORK/flood" ip netns exec "$NET_TAG-a" ping -q -f -w 60 -p $MARK 10.2.0.2
	flood=$bg_pid
	poll 5 eval '! [ "$(cm_value flows if=wan0 waiting)" = 0 ]'
	cm bind wan0 other
	kill "$flood"
	cm bind wan0 map
	cm bind wan1 other
	cm bind wan1 map
done
sleep 0.3	# as in wire_stop
check "an owner that goes takes no rules along" \
	'[ "$(cm_value binds if=wan0 map)" = map ] && [ "$(wire_count esp)" -gt 0 ] && wire_is_dark'
cm flush
cm unbind wan1
cm bind wan1 map

cm unbind wan0
check "without the owner the second has flows of its own, and no SA" \
	'[ "$(owners)" = , ] && [ "$(flows_of wan0),$(flows_of wan1)" = 0,2 ] && [ -z "$(cm sas)" ]'
check "it protects, and asks for SAs" 'silent a 10.2.0.2; cm acquires | grep -q "if=wan1 "'
cm bind wan0 map
check "the first comes back as the second" '[ "$(owners)" = wan1, ] && [ "$(flows_of wan0),$(flows_of wan1)" = 0,2 ]'
cm map map "10 to2 isakmp $R2"
check "no local-address: to each its own" '[ "$(owners)" = , ] && [ "$(flows_of wan0),$(flows_of wan1)" = 2,2 ]'
cm local-map lo map "10 to2 isakmp $R2"
check "and again" '[ "$(owners)" = wan1, ] && [ "$(flows_of wan0),$(flows_of wan1)" = 0,2 ]'
wire_stop
check "nothing was in clear, all the time" 'wire_is_dark'

ktap_finished

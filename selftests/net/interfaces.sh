#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Several maps at once: each interface has its own, what one protects is none
# of the other's business, and a change of one leaves the other's SAs alone.
# A bound interface keeps its name. The topology is in lib.sh, with one way more:
#
#        wan0 192.0.2.1 +-----+ 198.51.100.2  10.2.0.0/24
#  [r1]-----------------| net |-----------------[r2]
#   '-------------------|     |     198.51.100.3  10.3.0.0/24
#    wan1 203.0.113.1   +-----+ east2 203.0.113.254
# F-045 F-071

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 27

R1B=203.0.113.1
R2B=198.51.100.3

net_build
link r1 wan1 $R1B/24 net east2 203.0.113.254/24
in_ns r1 ip route add 10.3.0.0/24 via 203.0.113.254
in_ns r1 ip route add $R2B via 203.0.113.254
in_ns r2 ip addr add $R2B/24 dev wan0
in_ns r2 ip addr add 10.3.0.1/24 dev lan0
in_ns net ip route add 10.3.0.0/24 via $R2

# peer LAN SOURCE DESTINATION SPI-TO-R1 SPI-TO-R2
peer() {
	xfrm_r2() { in_ns r2 ip xfrm "$@"; }
	xfrm_r2 state add src "$2" dst "$3" proto esp spi "$4" mode tunnel \
		aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	xfrm_r2 state add src "$3" dst "$2" proto esp spi "$5" mode tunnel \
		aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	xfrm_r2 policy add src "$1" dst 10.1.0.0/24 dir out \
		tmpl src "$2" dst "$3" proto esp mode tunnel
	xfrm_r2 policy add src 10.1.0.0/24 dst "$1" dir in \
		tmpl src "$3" dst "$2" proto esp mode tunnel
	xfrm_r2 policy add src 10.1.0.0/24 dst "$1" dir fwd \
		tmpl src "$3" dst "$2" proto esp mode tunnel
}
# sas IFNAME SOURCE DESTINATION SPI-IN SPI-OUT
sas() {
	cm sa in "$4" "$3" "$2" "$1,10,10" encr 20 key $GCM_KEY &&
		cm sa out "$5" "$2" "$3" "$1,10,10" flags 4 encr 20 key $GCM_KEY
}
peer 10.2.0.0/24 $R2 $R1 0x1001 0x2001
peer 10.3.0.0/24 $R2B $R1B 0x1002 0x2002
cm acl to2 "10 permit 10.1.0.0/24 10.2.0.0/24" &&
	cm acl to3 "10 permit 10.1.0.0/24 10.3.0.0/24" || abort "access lists"
cm map first "10 to2 isakmp $R2" && cm map second "10 to3 isakmp $R2B" &&
	cm map spare "10 to3 isakmp 192.0.2.77" || abort "maps"
cm bind wan0 first && cm bind wan1 second || abort "bindings"
sas wan0 $R1 $R2 0x1001 0x2001 && sas wan1 $R1B $R2B 0x1002 0x2002 || abort "SAs"

WIRE_IF=any
of() { cm_value flows "if=$1 " "$2"; }
# counted N M: packets, there and back, of the flow of wan0 and of wan1
counted() {
	[ "$(of wan0 encaps),$(of wan0 verify)" = "$1,$1" ] &&
		[ "$(of wan1 encaps),$(of wan1 verify)" = "$2,$2" ]
}
# sent PEER SPI: ESP that came from r1
sent() { wire_count "ip[20:4] = $2 and dst $1 and inbound"; }

# --- each its own ------------------------------------------------------------------

wire_start || abort tcpdump
ktap_test_result "through wan0 to the first peer" reaches a 10.2.0.2
ktap_test_result "the flow of wan0 counts it, that of wan1 does not" \
	counted 3 0
ktap_test_result "through wan1 to the second" reaches a 10.3.0.1
ktap_test_result "the flow of wan1 counts it, that of wan0 does not" \
	counted 3 3
wire_stop
ktap_test_result "each in the SA of its peer" \
	eval '[ "$(sent $R2 0x2001),$(sent $R2B 0x2002)" = 3,3 ]'
ktap_test_result "nothing in clear" eval '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'

# The way through the network is the network's business.
in_ns net ip route add $R1 via $R1B
ktap_test_result "ESP for the address of wan0 is taken on wan1" reaches a 10.2.0.2
ktap_test_result "for the flow of wan0" counted 6 3
in_ns net ip route del $R1

# --- one map says nothing about another interface ----------------------------------

in_ns r1 ip route replace 10.3.0.0/24 via 192.0.2.254
wire_start || abort tcpdump
silent a 10.3.0.1 >/dev/null
wire_stop
ktap_test_result "where no map lists it, it is sent as it is" [ "$(wire_count icmp and dst 10.3.0.1)" -ge 2 ]
ktap_test_result "and no SA is touched" counted 6 3
in_ns r1 ip route replace 10.3.0.0/24 via 203.0.113.254
before=$(lost clear_text)
in_ns net ip addr add 10.3.0.99/32 dev lo
in_ns net ip route replace 10.1.0.0/24 via $R1 src 10.3.0.99
in_ns net ping -q -c 2 -i 0.2 -W 1 10.1.0.2 >/dev/null 2>&1
ktap_test_result "clear text that wan1 would refuse comes in through wan0" [ "$(lost clear_text)" = "$before" ]
in_ns net ip route replace 10.1.0.0/24 via $R1B src 10.3.0.99
silent net 10.1.0.2 >/dev/null
ktap_test_result "through wan1 it does not" [ "$(lost clear_text)" = $((before + 2)) ]
in_ns net ip addr del 10.3.0.99/32 dev lo
in_ns net ip route replace 10.1.0.0/24 via $R1

# --- a change of one leaves the other alone ------------------------------------------

ids() { cm sas | grep -o 'spi=0x[0-9a-f]*' | sort | tr '\n' ' '; }
unchanged() { [ "$(ids)" = "$before" ]; }
before=$(ids)
cm map spare "10 to2 isakmp 192.0.2.78" "20 to3 isakmp 192.0.2.77" && cm map-del spare ||
	abort "spare map"
ktap_test_result "a map that is bound nowhere comes and goes" unchanged
cm acl to3 "10 permit 10.1.0.0/24 10.3.0.0/24" "20 permit 10.1.0.0/24 10.4.0.0/24" ||
	abort "longer list"
ktap_test_result "a list of wan1 grows: all SAs stay" unchanged
ktap_test_result "and work" eval 'reaches a 10.2.0.2 && reaches a 10.3.0.1'
cm unbind wan1
ktap_test_result "wan1 without its map: the SAs of wan0 stay alone" \
	[ "$(cm sas | grep -c spi=)" = 2 -a "$(cm flows | grep -c 'if=wan0 ')" = 1 ]
wire_start || abort tcpdump
ktap_test_result "wan0 protects as before" reaches a 10.2.0.2
silent a 10.3.0.1 >/dev/null
wire_stop
ktap_test_result "of the two only wan1 sends in clear" \
	[ "$(wire_count net 10.2.0.0/24)" = 0 -a "$(wire_count net 10.3.0.0/24)" -ge 2 ]
ktap_test_result "one map for both interfaces" \
	eval 'cm bind wan1 first && [ "$(cm flows | grep -c "map=first ")" = 2 ]'
cm bind wan1 second && sas wan1 $R1B $R2B 0x1002 0x2002
ktap_test_result "wan1 gets its map back" reaches a 10.3.0.1

# --- the name of a bound interface ----------------------------------------------------

rename() { in_ns r1 ip link set "$1" name "$2" 2>"$WORK/rename"; }
there() { in_ns r1 ip link show "$1" >/dev/null 2>&1; }
ktap_test_result "a bound interface is not renamed" eval '! rename wan1 other && there wan1'
in_ns r1 ip link set wan1 down
ktap_test_result "not while it is down either" \
	eval '! rename wan1 other && grep -q busy "$WORK/rename" && there wan1 && ! there other'
in_ns r1 ip link set wan1 up
in_ns r1 ip route add $R2B via 203.0.113.254
in_ns r1 ip route add 10.3.0.0/24 via 203.0.113.254
ktap_test_result "the attempts did no harm" reaches a 10.3.0.1
cm unbind wan1
cm bind other second && sas other $R1B $R2B 0x1002 0x2002
in_ns r1 ip link set wan1 down
ktap_test_result "without its map it is" eval 'rename wan1 other && there other'
in_ns r1 ip link set other up
in_ns r1 ip route add $R2B via 203.0.113.254
in_ns r1 ip route add 10.3.0.0/24 via 203.0.113.254
wire_start || abort tcpdump
ktap_test_result "and a name that has a map brings it" reaches a 10.3.0.1
wire_stop
ktap_test_result "with all that it protects" \
	eval '[ "$(wire_count net 10.0.0.0/8)" = 0 -a "$(sent $R2B 0x2002)" = 3 ] && wire_is_dark'
ktap_test_result "the other interface has noticed nothing" reaches a 10.2.0.2

ktap_finished

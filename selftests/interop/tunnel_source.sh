#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two unnumbered tunnel interfaces to one strongSwan, which begin at two addresses
# of r1. The second begins at that of wan0, which the first has borrowed for what is
# inside; the second has that of the LAN. The topology is in lib.sh; on r2 an XFRM
# interface is the other end of each.
# F-047 C-100

. "$(dirname "$0")/lib.sh"

SOURCE=192.0.2.9

ktap_print_header
ktap_set_plan 15

# tunnel NAME SOURCE LENDER
tunnel() {
	cat <<-END
	interface $1
	 tunnel mode ipsec ipv4
	 ip unnumbered $3
	 tunnel source $2
	 tunnel destination 198.51.100.2
	 tunnel protection ipsec profile P
	END
}

interop_build
{
	cm_phase1 198.51.100.2
	printf 'crypto ipsec profile P\n set transform-set STRONG\n set pfs group14\n'
	tunnel Tunnel0 $SOURCE wan0
	tunnel Tunnel1 192.0.2.1 lan0
} >"$WORK/r1.conf"

# One end of r2: swan_end NAME ADDRESS ID
swan_end() {
	swan_conf "$1" 198.51.100.2 "$2" 0.0.0.0/0 0.0.0.0/0 "" "if_id_in = $3
	if_id_out = $3"
	in_ns r2 ip link add "$1" up type xfrm dev wan0 if_id "$3" || abort "XFRM interface"
}
mkdir -p "$WORK/conf-r2"
{
	swan_end first $SOURCE 9
	swan_end second 192.0.2.1 1
} >"$WORK/conf-r2/swanctl.conf"
charon_start r2 "$WORK/conf-r2" || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# through TUNNEL PEER: LAN B is behind that tunnel, LAN A behind that XFRM interface
through() {
	in_ns r1 ip route replace 10.2.0.0/24 dev "$1" &&
		in_ns r2 ip route replace 10.1.0.0/24 dev "$2"
}
gets_through() { in_ns "$1" ping -c 1 -W 2 "$2" >"$WORK/ping" 2>&1; }
all_get_through() {
	in_ns "$1" ping -c 3 -i 0.3 -W 5 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"
}
# esp_between ADDRESS: both ways, with strongSwan
esp_between() {
	wire_has esp and src "$1" and dst 198.51.100.2 &&
		wire_has esp and src 198.51.100.2 and dst "$1"
}

through Tunnel0 first
has() { in_ns r1 ip -4 -o addr show dev "$1" | grep -q " $2/32 "; }
has Tunnel0 192.0.2.1 && has Tunnel1 10.1.0.1
ktap_test_result "C-100: each has the address of its lender" [ $? = 0 ]

# The address is not there yet.
told() { grep -q "interface Tunnel0: its tunnel source $SOURCE is no address of this router" "$WORK/r1/log"; }
gets_through a 10.2.0.2
ktap_test_result "without its source a tunnel carries nothing" [ $? != 0 ]
ktap_test_result "the log names tunnel and address" told
ktap_test_result "nothing was sent to the peer" eval '! wire_has host 198.51.100.2'
in_ns r1 ip link add own0 up type dummy
in_ns r1 ip addr add $SOURCE/32 dev own0
ktap_test_result "with it packets pass" poll 30 gets_through a 10.2.0.2
all_get_through a 10.2.0.2
ktap_test_result "all of them" [ $? = 0 ]
ktap_test_result "as ESP from that address, both ways" poll 5 esp_between $SOURCE
ktap_test_result "and no other" eval '! wire_has esp and host 192.0.2.1'

# The peer begins, to an address of the first that is the source of the second.
through Tunnel1 second
charon_ctl r2 --initiate --ike second --child lan --timeout 60 >"$WORK/initiate" 2>&1
grep -q 'initiate completed' "$WORK/initiate"
ktap_test_result "strongSwan as initiator, to the source of the second" [ $? = 0 ]
has_sas() { router r1 show crypto ipsec sa interface Tunnel1 | grep -q 'in use settings'; }
ktap_test_result "whose SAs they are, before it has traffic" poll 10 has_sas
all_get_through b 10.1.0.2 && all_get_through a 10.2.0.2
ktap_test_result "its packets come and go through the second" [ $? = 0 ]
in_ns r1 ip route get 10.2.0.2 | grep -q ' src 10.1.0.1 ' && all_get_through r1 10.2.0.2
ktap_test_result "and those of the router itself, from the address that it borrowed" [ $? = 0 ]
ktap_test_result "as ESP of that address, both ways" poll 5 esp_between 192.0.2.1
through Tunnel0 first
all_get_through a 10.2.0.2
ktap_test_result "the first stands beside it" [ $? = 0 ]
ktap_test_result "nothing in clear" wire_is_protected

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reverse routes: r1 has routes to what is behind its peers while they are there, and FRR
# (OSPF) tells the router a inside of them, which has no other way there. r2 is a peer that
# the map names, r3 one of a dynamic map; both are strongSwan.
#
#  +---+ 10.1.0.2  +----+ 192.0.2.1   +-----+ 198.51.100.2 +----+  10.2.0.2 +---+
#  | a |===========| r1 |-------------|     |--------------| r2 |-----------| b |
#  +---+   OSPF    +----+ wan0   east | net | west    wan0 +----+           +---+
#  zebra, ospfd    zebra, ospfd   .254|     |              +----+  10.3.0.2 +---+
#                                 .253|     |--------------| r3 |-----------| c |
#                                     +-----+ 203.0.113.3  +----+           +---+
# C-041 F-043 F-075

. "$(dirname "$0")/lib.sh"

PROTO=67
FRR=/usr/lib/frr

ktap_print_header
if [ ! -x $FRR/ospfd ]; then
	ktap_skip_all "no FRR"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 27

interop_build
in_ns net ip addr add 192.0.2.253/24 dev east
in_ns a ip route del default
# It is not root any more when it makes its sockets.
FRR_WORK=$(mktemp -d)
chmod 755 "$FRR_WORK"
trap 'rm -rf "$FRR_WORK"; interop_cleanup' EXIT

# frr NS INTERFACE ROUTER-ID [LINES]: zebra and ospfd, which talk on one interface
frr() {
	_fd=$FRR_WORK/$1
	mkdir -p "$_fd"
	chown frr "$_fd"
	: >"$_fd/zebra.conf"
	cat >"$_fd/ospfd.conf" <<-END
	interface $2
	 ip ospf area 0
	 ip ospf network point-to-point
	 ip ospf hello-interval 1
	 ip ospf dead-interval 4
	router ospf
	 ospf router-id $3
	 timers throttle spf 0 50 200
	 $4
	END
	for _daemon in zebra ospfd; do
		mkdir -p "$WORK/$_daemon-$1"
		bg "$WORK/$_daemon-$1/log" ip netns exec "$NET_TAG-$1" "$FRR/$_daemon" \
			-f "$_fd/$_daemon.conf" -i "$_fd/$_daemon.pid" -z "$_fd/zserv.api" \
			--vty_socket "$_fd" -P 0 --log stdout
		poll 20 [ -S "$_fd/$_daemon.vty" ] || return 1
	done
}

# What is there, in one line: route NS PREFIX [WORDS]
route() {
	_rn=$1 _rp=$2
	shift 2
	in_ns "$_rn" ip route show "$_rp" "$@" | tr -s ' \n' ' '
}
has_route() { route r1 "$1" proto $PROTO | grep -q "^$1 via ${2:-192.0.2.254} dev wan0"; }
no_route() { [ -z "$(route r1 "$1")" ]; }
ours() { in_ns r1 ip route show proto $PROTO | grep -c . ; }
is_told() { route a "$1" | grep -q 'via 10.1.0.1 dev eth0 proto ospf'; }
is_not_told() { [ -z "$(route a "$1")" ]; }
reaches() { in_ns "$1" ping -c 3 -i 0.2 -W 10 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
initiate() { charon_ctl "$1" --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }
leaves() { charon_ctl "$1" --terminate --ike site --timeout 20 >"$WORK/terminate" 2>&1; }

# conf [WORDS OF REVERSE-ROUTE]
conf() {
	cm_phase1 0.0.0.0
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	echo " reverse-route $1"
	cat <<-END
	crypto dynamic-map ANY 10
	 set transform-set STRONG
	 set reverse-route
	crypto map SITE 65000 ipsec-isakmp dynamic ANY
	interface wan0
	 crypto map SITE
	END
}
conf >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan
swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 || abort strongSwan
frr r1 lan0 10.1.0.1 'redistribute kernel' || abort FRR
frr a eth0 10.1.0.2 || abort FRR
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# --- while there are SAs --------------------------------------------------------------

ktap_test_result "no route before the peer is there" eval 'no_route 10.2.0.0/24 && is_not_told 10.2.0.0/24'
ktap_test_result "the peer begins" initiate r2
ktap_test_result "a route to what is behind it" poll 10 has_route 10.2.0.0/24
ktap_test_result "which the router inside is told of" poll 60 is_told 10.2.0.0/24
ktap_test_result "so that packets go there" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2'
in_esp() { poll 10 wire_has 'esp and host 198.51.100.2' && [ "$(wire_count 'net 10.0.0.0/8')" = 0 ]; }
ktap_test_result "in ESP, and nothing in clear" in_esp
ktap_test_result "one that no entry names comes" initiate r3
ktap_test_result "a route to what is behind that" poll 10 has_route 10.3.0.0/24
ktap_test_result "which the router inside is told of, too" poll 60 is_told 10.3.0.0/24
ktap_test_result "and packets go there" eval 'reaches a 10.3.0.2 && reaches c 10.1.0.2'
ktap_test_result "it leaves, and the route with it" eval 'leaves r3 && poll 10 no_route 10.3.0.0/24'
ktap_test_result "which the router inside hears" poll 60 is_not_told 10.3.0.0/24
ktap_test_result "the other one stays" eval 'has_route 10.2.0.0/24 && is_told 10.2.0.0/24'

# --- what else changes ------------------------------------------------------------------

in_ns r1 ip route replace default via 192.0.2.253
ktap_test_result "another way to the peer is another way to what is behind it" \
	poll 20 has_route 10.2.0.0/24 192.0.2.253
in_ns r1 ip link set wan0 down
in_ns r1 ip link set wan0 up
in_ns r1 ip route replace default via 192.0.2.254
ktap_test_result "a link that comes again has it again" poll 20 has_route 10.2.0.0/24
in_ns r1 ip route del 10.2.0.0/24 proto $PROTO
ktap_test_result "so has it who takes it away" poll 20 has_route 10.2.0.0/24
ktap_test_result "and packets go there" reaches a 10.2.0.2

in_ns r1 ip route add 10.3.0.0/24 via 192.0.2.253 proto static
initiate r3
anothers() { route r1 10.3.0.0/24 | grep -q '^10.3.0.0/24 via 192.0.2.253 dev wan0 proto static *$'; }
ktap_test_result "somebody else's route stays as it is" \
	eval 'poll 10 grep -q "no reverse route to 10.3.0.0/24 behind 203.0.113.3: there is another one" "$WORK/r1/log" && anothers'
# shown DST WORDS: two lines, of which the second says where and how
shown() { router r1 show crypto route | tr -s ' \n' ' ' | grep -q "$1 via $2 count 1 on wan0 RRI$3"; }
ktap_test_result "both are shown" eval 'shown 10.2.0.0/24 198.51.100.2 "\( 10\| *$\)" &&
	shown 10.3.0.0/24 203.0.113.3 ", not there: there is another one"'
left=$(grep -c 'peer deletes ISAKMP SA' "$WORK/r1/log")
left_again() { [ "$(grep -c 'peer deletes ISAKMP SA' "$WORK/r1/log")" -gt "$left" ]; }
leaves r3
ktap_test_result "also when the peer leaves" eval 'poll 10 left_again && anothers'
in_ns r1 ip route del 10.3.0.0/24

# --- the daemon comes and goes ------------------------------------------------------------

daemon_kill r1
ktap_test_result "without the daemon they stay" eval 'has_route 10.2.0.0/24 && reaches a 10.2.0.2'
in_ns r1 ip route add 10.77.0.0/16 via 192.0.2.254 proto $PROTO
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
ktap_test_result "a new one has them, but for what nobody needs" \
	eval 'poll 10 no_route 10.77.0.0/16 && has_route 10.2.0.0/24 && [ "$(ours)" = 1 ]'

# --- always ---------------------------------------------------------------------------------

conf static >"$WORK/r1.conf"
router r1 --file "$WORK/r1.conf" >/dev/null
leaves r2
shown_static() { router r1 show crypto route | grep -q 'on wan0 RRI S$'; }
gone() { ! router r1 show crypto ipsec sa | grep -q 'current outbound spi: [^0]'; }
ktap_test_result "reverse-route static: it is there without SAs" \
	eval 'poll 10 gone && has_route 10.2.0.0/24 && is_told 10.2.0.0/24 && shown_static'
ktap_test_result "and packets begin" poll 20 reaches a 10.2.0.2

in_ns r1 ip addr add 2001:db8:1::1/64 dev wan0 nodad
in_ns r1 ip -6 route add default via 2001:db8:1::fe
cat >"$WORK/six.conf" <<-END
crypto isakmp key $PSK address ipv6 2001:db8:2::/48
ipv6 access-list SIX
 permit ipv6 2001:db8:a::/64 2001:db8:b::/64
access-list 102 permit ip 10.1.0.0 0.0.0.255 10.9.0.0 0.0.255.255
crypto map SITE 20 ipsec-isakmp
 set peer 2001:db8:2::2
 set transform-set STRONG
 match address SIX
 reverse-route static
crypto map SITE 30 ipsec-isakmp
 set peer 2001:db8:2::2
 set transform-set STRONG
 match address 102
 reverse-route static
END
cat "$WORK/r1.conf" >>"$WORK/six.conf"
router r1 --file "$WORK/six.conf" >"$WORK/six" 2>&1
six() { in_ns r1 ip -6 route show 2001:db8:b::/64 proto $PROTO | grep -q 'via 2001:db8:1::fe dev wan0'; }
ktap_test_result "the same of IPv6" poll 10 six
four_in_six() { route r1 10.9.0.0/16 proto $PROTO | grep -q '^10.9.0.0/16 dev wan0'; }
ktap_test_result "and of IPv4 behind a peer of IPv6" poll 10 four_in_six

none_left() { [ "$(ours)" = 0 ] && [ -z "$(in_ns r1 ip -6 route show proto $PROTO)" ]; }
ktap_test_result "a shutdown takes them" eval 'router r1 shutdown && poll 10 none_left'

ktap_finished

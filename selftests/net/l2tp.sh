#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# L2TP over IPsec (F-111, F-110): two clients behind one NAT, both xl2tpd and
# pppd from UDP port 1701 to 1701 and XFRM in transport mode; one server, xl2tpd
# on r1, whose kernel carries the data (l2tp_ppp), then xl2tpd itself, then both
# without SA_F_NAT_DEMUX. The topology is in lib_natt.sh.

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_natt.sh"

ktap_print_header
modprobe -q l2tp_ppp
if ! command -v xl2tpd >/dev/null || [ ! -e /proc/net/pppol2tp ]; then
	ktap_skip_all "no xl2tpd, or no L2TP in this kernel"
	exit 4
fi
ktap_set_plan 21

natt_build "10 permit $R1 any udp 1701"
cat >"$WORK/ppp" <<END
noauth
noccp
novj
mtu 1300
mru 1300
lcp-echo-interval 0
END
head -c 100000 /dev/urandom >"$WORK/noise"

# l2tp NS: xl2tpd there with the configuration on standard input
l2tp() {
	cat >"$WORK/l2tp-$1"
	bg "$WORK/xl2tpd-$1" ip netns exec "$NET_TAG-$1" xl2tpd -D -c "$WORK/l2tp-$1" \
		-C "$WORK/control-$1" -p "$WORK/pid-$1" -s /dev/null
	xl2tpd_pids="$xl2tpd_pids $bg_pid"
}
# start FORCE-USERSPACE-OF-THE-SERVER
start() {
	xl2tpd_pids=
	l2tp r1 <<-END
	[global]
	port = 1701
	access control = no
	force userspace = $1
	[lns default]
	ip range = 10.9.0.10-10.9.0.20
	local ip = 10.9.0.1
	require authentication = no
	length bit = yes
	pppoptfile = $WORK/ppp
	END
	for _ns in r2 b; do
		l2tp $_ns <<-END
		[global]
		port = 1701
		[lac gw]
		lns = $R1
		autodial = yes
		redial = yes
		redial timeout = 3
		require authentication = no
		pppoptfile = $WORK/ppp
		END
	done
}
stop() {
	# shellcheck disable=SC2086 # pids
	kill $xl2tpd_pids
	for _pid in $xl2tpd_pids; do
		poll 20 pid_gone "$_pid"
	done
	for _ns in r1 r2 b; do
		poll 20 no_ppp $_ns
	done
}
ppp() { in_ns "$1" ip -4 -o addr show | sed -n 's/.*: \(ppp[0-9]*\) .*inet \([0-9.]*\) peer.*/\1 \2/p'; }
has_ppp() { ppp "$1" | grep -q 10.9.0; }
no_ppp() { ! has_ppp "$1"; }
both_up() { has_ppp r2 && has_ppp b; }
addr_of() { ppp "$1" | sed 's/.* //'; }
two_addresses() { [ "$(addr_of r2)" != "$(addr_of b)" ]; }
# both_reach: at the same time
both_reach() {
	for _ns in r2 b; do
		in_ns $_ns ping -q -c 4 -i 0.3 -W 5 -p $MARK 10.9.0.1 >"$WORK/ping-$_ns" &
		eval "_pid_$_ns=$!"
	done
	wait "$_pid_r2" && wait "$_pid_b" &&
		grep -q ' 4 received' "$WORK/ping-r2" && grep -q ' 4 received' "$WORK/ping-b"
}
own_tunnels() { reaches r1 "$(addr_of r2)" && reaches r1 "$(addr_of b)"; }
pair() {
	xfrm_client r2 $R2 "$1" "$2" && xfrm_client b $C2 "$3" "$4" &&
		sas "$1" "$2" 40001 "oa-src $R2" && sas "$3" "$4" 40002 ""
}
why() { tail -n 20 "$WORK"/xl2tpd-* | sed 's/^/# /'; false; }
# carried: for each session in the kernel of r1, packets that came in by it; 6.1 shows
# those without data, too
carried() {
	in_ns r1 awk "/^  SESSION '/ { at = NR + 2 }
		NR == at { split(\$3, n, \"/\") }
		/ interface ppp/ { print n[1] }" /proc/net/pppol2tp
}
# by_kernel NUMBER: of sessions; each has carried something
by_kernel() { carried | awk -v want="$1" '$1 >= 4 { n++ } END { exit !(n + 0 == want && NR == want) }'; }
sent() { cm_value sas "dir=1 spi=$1" packets; }
# goes_by NS SPI OTHER-SPI: what r1 sends to NS takes the first SA, and none the other
goes_by() {
	_sent=$(sent "$2") _other=$(sent "$3")
	reaches r1 "$(addr_of "$1")" && reaches "$1" 10.9.0.1 &&
		[ "$(sent "$2")" = $((_sent + 6)) ] && [ "$(sent "$3")" = "$_other" ]
}
# in_udp_only PORT...: on the wire is ESP in UDP to each of these, and nothing else
in_udp_only() {
	for _port in "$@"; do
		[ "$(wire_count src $R1 and udp dst port "$_port")" -gt 10 ] || return
	done
	[ "$(wire_count not udp port 4500 and not arp)" = 0 ] && wire_is_dark
}
# A client may ask before xl2tpd listens: the error that it gets has no port.
losses() { cm counters | grep '^name='; }
nothing_lost() {
	[ "$(losses)" = "$lost" ] || { losses; return 1; }
}

# --- the kernel of r1 has the data -------------------------------------------------------

DEMUX=64
pair 0x1001 0x2001 0x1002 0x2002 || abort "SAs"
wire_start
start no
ktap_test_result "both tunnels come up" eval 'poll 60 both_up || why'
lost=$(losses)
ktap_test_result "with two addresses" two_addresses
ktap_test_result "both carry data at the same time" both_reach
ktap_test_result "each its own, from the server too" own_tunnels
ktap_test_result "in the kernel of r1" by_kernel 2
ktap_test_result "answers leave through the SA that their client came in by" \
	goes_by r2 0x00002001 0x00002002
ktap_test_result "and the other's through the other's" goes_by b 0x00002002 0x00002001
ports() { told "NAT demux: 1 ports" && [ "$(grep -c 'udp 1701 is' "$WORK/told")" = 2 ]; }
ktap_test_result "two ports for one" ports
ktap_test_result "TCP from one client" bulk r2 r1 10.9.0.1
ktap_test_result "TCP to the other" bulk r1 b "$(addr_of b)"
wire_stop
ktap_test_result "nothing in clear" in_udp_only 40001 40002

links() { in_ns r1 ip -o link show type ppp | sed 's/:.*//' | tr '\n' ' '; }
before=$(links)
pair 0x1011 0x2011 0x1012 0x2012
cm del in 0x1001 $R1 && cm del out 0x2001 $NAT && cm del in 0x1002 $R1 && cm del out 0x2002 $NAT
ktap_test_result "a rekeying does not disturb them" both_reach
ktap_test_result "they are the same still" eval '[ "$(links)" = "$before" ] && own_tunnels'
ktap_test_result "nothing was lost" nothing_lost
stop

# --- xl2tpd has them ---------------------------------------------------------------------

start yes
ktap_test_result "both come up with xl2tpd alone" eval 'poll 60 both_up || why'
ktap_test_result "both carry data at the same time" both_reach
ktap_test_result "each its own" own_tunnels
ktap_test_result "not in the kernel of r1" by_kernel 0
stop

# --- without SA_F_NAT_DEMUX --------------------------------------------------------------

cm flush
DEMUX=
pair 0x1021 0x2021 0x1022 0x2022 || abort "SAs"
wire_start
start yes
ktap_test_result "without demux the client of the last SA comes up" \
	eval 'poll 60 has_ppp b || why'
asked() { [ "$(wire_count src $NAT and udp src port 40001)" -ge 2 ]; }
ktap_test_result "the other asks in vain" eval 'poll 20 asked && no_ppp r2'
wire_stop
ktap_test_result "as it gets no answer" [ "$(wire_count dst port 40001)" = 0 ]

ktap_finished

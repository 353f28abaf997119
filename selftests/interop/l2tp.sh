#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# L2TP over negotiated IPsec (F-111, F-110): strongSwan, xl2tpd and pppd on r2 and on r3,
# both behind one NAT, from UDP port 1701 to 1701; ike-daemon with a dynamic map and
# xl2tpd on r1. With "set nat demux" both work at the same time; without, they do not.
# The topology is in lib.sh; net is the NAT, LANs take no part.

. "$(dirname "$0")/lib.sh"

R1=192.0.2.1
NAT=192.0.2.200
ESP_PROPOSAL=aes128-sha1
IKE_PROPOSAL=aes256-sha256-ecp256

ktap_print_header
modprobe -q l2tp_ppp
if ! command -v xl2tpd >/dev/null || [ ! -e /proc/net/pppol2tp ]; then
	ktap_skip_all "no xl2tpd, or no L2TP in this kernel"
	exit 4
fi
ktap_set_plan 14

interop_build
in_ns net ip addr add $NAT/24 dev east
in_ns net nft -f - <<END || abort NAT
table ip nat {
	chain post {
		type nat hook postrouting priority 100;
		oifname east ip saddr { 198.51.100.2, 203.0.113.3 } snat to $NAT
	}
}
END

# conf LINE...: r1, with these lines in its dynamic map
conf() {
	cm_phase1 | sed 's/group 14/group 19/'
	cat <<-END
	crypto isakmp key $PSK address 0.0.0.0
	crypto ipsec transform-set PHONE esp-aes esp-sha-hmac
	 mode transport
	access-list 101 permit udp host $R1 eq 1701 any
	crypto dynamic-map CLIENTS 10
	 set transform-set PHONE
	 match address 101
	END
	[ $# = 0 ] || printf ' %s\n' "$@"
	cat <<-END
	crypto map VPN 10 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}
clients() {
	swan_start r2 198.51.100.2 $R1 '198.51.100.2/32[17/1701]' "$R1/32[17/1701]" '' 'mode = transport' &&
		swan_start r3 203.0.113.3 $R1 '203.0.113.3/32[17/1701]' "$R1/32[17/1701]" '' 'mode = transport'
}
initiate() { charon_ctl "$1" --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }

cat >"$WORK/ppp" <<END
noauth
noccp
novj
mtu 1300
mru 1300
lcp-echo-interval 0
END
# l2tp NS: xl2tpd there with the configuration on standard input
l2tp() {
	cat >"$WORK/l2tp-$1"
	bg "$WORK/xl2tpd-$1" ip netns exec "$NET_TAG-$1" xl2tpd -D -c "$WORK/l2tp-$1" \
		-C "$WORK/control-$1" -p "$WORK/pid-$1" -s /dev/null
	xl2tpd_pids="$xl2tpd_pids $bg_pid"
}
start() {
	xl2tpd_pids=
	l2tp r1 <<-END
	[global]
	port = 1701
	access control = no
	[lns default]
	ip range = 10.9.0.10-10.9.0.20
	local ip = 10.9.0.1
	require authentication = no
	length bit = yes
	pppoptfile = $WORK/ppp
	END
	for _ns in r2 r3; do
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
ppp() { in_ns "$1" ip -4 -o addr show | sed -n 's/.*: ppp[0-9]* .*inet \([0-9.]*\) peer.*/\1/p'; }
has_ppp() { ppp "$1" | grep -q 10.9.0; }
both_up() { has_ppp r2 && has_ppp r3; }
# both_reach: at the same time
both_reach() {
	for _ns in r2 r3; do
		in_ns $_ns ping -q -c 10 -i 0.3 -W 5 10.9.0.1 >"$WORK/ping-$_ns" 2>&1 &
		eval "_pid_$_ns=$!"
	done
	wait "$_pid_r2" && wait "$_pid_r3" && no_loss "$WORK/ping-r2" && no_loss "$WORK/ping-r3"
}
why() { tail -n 20 "$WORK"/xl2tpd-* | sed 's/^/# /'; false; }

conf 'set nat demux' >"$WORK/r1.conf"
clients || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "one client begins" initiate r2
ktap_test_result "the other, with the same ports" initiate r3
start
ktap_test_result "both tunnels come up" eval 'poll 60 both_up || why'
ktap_test_result "with two addresses" [ "$(ppp r2)" != "$(ppp r3)" ]
ktap_test_result "both carry data at the same time" both_reach
reached() { in_ns r1 ping -c 3 -i 0.2 -W 5 "$(ppp "$1")" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
ktap_test_result "each its own, from the server too" eval 'reached r2 && reached r3'
told() { [ "$(router r1 show crypto ipsec sa detail | grep -c 'NAT demux: 1 ports')" = 2 ]; }
ktap_test_result "the ports of each are shown" told
in_clear() { wire_count "src $R1 and udp port 1701 or net 10.9.0.0/24"; }
ktap_test_result "all of it in UDP, nothing in clear" eval 'wire_has udp port 4500 and host $NAT && [ "$(in_clear)" = 0 ]'

spis() { in_ns "$1" ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort | cksum; }
before=$(spis r2)
poll 20 swan_rekeys r2
renewed() { [ "$(spis r2)" != "$before" ]; }
ktap_test_result "one client renews its SAs" poll 20 renewed
ktap_test_result "both go on" both_reach
charon_ctl r3 --terminate --ike site >/dev/null 2>&1
ktap_test_result "one says goodbye, the other goes on" eval 'in_ns r2 ping -c 3 -i 0.3 -W 5 10.9.0.1 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"'
ktap_test_result "the one that went reaches nothing" \
	eval '! in_ns r3 ping -c 2 -i 0.2 -W 1 10.9.0.1 >/dev/null 2>&1'

ktap_test_result "and the server says nothing in clear" [ "$(in_clear)" = 0 ]

# --- without it ------------------------------------------------------------------------------

# shellcheck disable=SC2086 # pids
kill $xl2tpd_pids
conf >"$WORK/r1.conf"
router r1 clear crypto isakmp >/dev/null 2>&1
router r1 --file "$WORK/r1.conf" >/dev/null 2>&1
for r in r2 r3; do
	charon_stop $r
	in_ns $r ip xfrm state flush
done
# Their goodbyes would come to who listens next.
silent() {
	for _ns in r1 r2 r3; do
		! in_ns $_ns ss -Hun 'sport = 1701' | grep -q 1701 || return
		! in_ns $_ns ss -Hunl 'sport = 1701' | grep -q 1701 || return
	done
}
poll 20 silent || abort "xl2tpd does not end"
clients || abort strongSwan
initiate r2 && initiate r3 || abort "SAs"
bg "$WORK/echo" ip netns exec "$NET_TAG-r1" python3 "$TOP/selftests/net/udp_peer.py" serve 1701
answered() { in_ns "$1" python3 "$TOP/selftests/net/udp_peer.py" ask $R1 1701 1701 hello tries=2 | grep -q hello; }
one_is() { answered r2 || answered r3; }
poll 20 one_is
one_alone() {
	_answered=
	for _ns in r2 r3; do
		answered $_ns && _answered="$_answered$_ns "
	done
	echo "# answered: $_answered"
	[ "$_answered" = "r2 " ] || [ "$_answered" = "r3 " ]
}
ktap_test_result "without set nat demux one of the two is answered, the other not" one_alone

ktap_finished

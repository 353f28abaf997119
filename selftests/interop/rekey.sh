#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Rekeying under running traffic loses no packet: by volume (we begin), by
# time (strongSwan's short lifetime wins, we begin), and by the peer. The
# topology is in lib.sh.
# F-013 F-014 F-107 R-13

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 9

out_spi() { router r1 show crypto ipsec sa | sed -n 's/.*current outbound spi: //p'; }
spi_changed() { _now=$(out_spi); [ -n "$_now" ] && [ "$_now" != 0 ] && [ "$_now" != "$1" ]; }

# ping_through SECONDS LOG: ten packets a second in the background. By count:
# at a deadline ping would not wait for the last answer and call it lost.
ping_through() {
	bg "$2" ip netns exec "$NET_TAG-a" ping -i 0.1 -c $((10 * $1)) -W 10 10.2.0.2
	ping_pid=$bg_pid
}

wait_ping() {
	poll 120 pid_gone "$ping_pid"
}

scene() {
	interop_build
	{
		cm_phase1 198.51.100.2
		echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
		cm_entry SITE 10 198.51.100.2 101 "$1"
		printf 'interface wan0\n crypto map SITE\n'
	} >"$WORK/r1.conf"
	swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' "$2" || abort strongSwan
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

strike() {
	router r1 shutdown >/dev/null 2>&1
	charon_stop r2
	net_cleanup
}

# By volume: 2560 kilobytes pass while a ping runs. Rekeying begins before the
# last quarter of them, which must not pass before an emulated machine has done
# its Diffie-Hellman: so not as fast as can be.
scene 'set security-association lifetime kilobytes 2560' 'rekey_time = 0'
in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >/dev/null 2>&1
before=$(out_spi)
ping_through 25 "$WORK/ping-kb"
in_ns a ping -q -i 0.005 -c 2200 -s 1300 10.2.0.2 >"$WORK/flood" 2>&1
ktap_test_result "by kilobytes: a new outbound SA" poll 20 spi_changed "$before"
wait_ping
ktap_test_result "by kilobytes: no packet lost" no_loss "$WORK/ping-kb"
ktap_test_result "by kilobytes: none of the flood lost" no_loss "$WORK/flood"
ktap_test_result "the counters went on counting" [ "$(sa_field r1 '#pkts encaps')" -gt 2200 ]
strike

# By time: the peer proposes 40 s and never rekeys by itself.
scene '' 'rekey_time = 0
	        life_time = 40s'
charon_ctl r2 --initiate --child lan --timeout 60 >/dev/null 2>&1
before=$(out_spi)
ping_through 60 "$WORK/ping-time"
ktap_test_result "R-13: the shorter lifetime is used, a new SA before 40 s" poll 45 spi_changed "$before"
wait_ping
ktap_test_result "by time: no packet lost" no_loss "$WORK/ping-time"
strike

# By the peer, which refuses to rekey what it has not quite installed. What it
# begins within two seconds of the last would be taken for a collision.
scene '' 'rekey_time = 0'
in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >/dev/null 2>&1
ping_through 20 "$WORK/ping-peer"
before=$(out_spi)
poll 20 settled
poll 20 swan_rekeys r2
ktap_test_result "by the peer: a new outbound SA" poll 30 spi_changed "$before"
before=$(out_spi)
poll 20 settled
poll 20 swan_rekeys r2
ktap_test_result "by the peer, again" poll 30 spi_changed "$before"
wait_ping
ktap_test_result "by the peer: no packet lost" no_loss "$WORK/ping-peer"
strike

ktap_finished

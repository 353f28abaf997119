#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon is killed and restarted under traffic, and ended in order; the data
# plane does not notice, and neither does a peer that does dead peer detection.
# Then the daemon is killed for good, and everything taken out without it.
# The topology is in lib.sh.
# F-017

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 16

interop_build
{
	cm_phase1 198.51.100.2
	echo 'crypto isakmp keepalive 10 3'
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
# Only inbound traffic keeps strongSwan from probing, so the time-out is real:
# DPD looks at the IKE_SA, and ours is gone with the daemon.
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 'dpd_delay = 4s
	    dpd_timeout = 12s' || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >"$WORK/first" 2>&1
ktap_test_result "the tunnel is up" no_loss "$WORK/first"
says_initial_contact() { charon_log r2 | tail -n +"$1" | grep -q 'parsed.*INITIAL_CONTACT'; }
ktap_test_result "begun with INITIAL-CONTACT" says_initial_contact 1
bg "$WORK/ping" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 250 -W 10 10.2.0.2
ping_pid=$bg_pid

mark=$(($(charon_log r2 | wc -l) + 1))
daemon_kill r1
in_ns a ping -c 10 -i 0.2 -W 5 10.2.0.2 >"$WORK/headless" 2>&1
ktap_test_result "traffic passes with no daemon" no_loss "$WORK/headless"
ktap_test_result "the daemon starts again beside its own SAs" daemon_start r1 "$WORK/r1.conf"

up_again() { router r1 show crypto isakmp sa | grep -q QM_IDLE; }
ktap_test_result "and negotiates afresh with the peer" poll 20 up_again
no_initial_contact() {
	charon_log r2 | tail -n +"$mark" | grep -q 'parsed ID_PROT.*HASH' &&
		! says_initial_contact "$mark"
}
ktap_test_result "without INITIAL-CONTACT" no_initial_contact
poll 300 pid_gone "$ping_pid"
ktap_test_result "no packet lost, beyond the peer's DPD time-out" no_loss "$WORK/ping"

# RFC 3706: without traffic the peer asks, and we answer.
they_ask() {
	charon_log r2 | grep -q 'parsed INFORMATIONAL_V1.*N(DPD_ACK)' &&
		charon_log r2 | grep -q 'generating INFORMATIONAL_V1.*N(DPD)'
}
ktap_test_result "F-017: the peer's keepalives are answered" poll 30 they_ask

# An end in order is no end of the tunnel either.
mark=$(($(charon_log r2 | wc -l) + 1))
kill "$daemon_r1"
ktap_test_result "SIGTERM ends the daemon" poll 20 pid_gone "$daemon_r1"
in_ns a ping -c 5 -i 0.2 -W 5 10.2.0.2 >"$WORK/ended" 2>&1
ktap_test_result "and nothing else" no_loss "$WORK/ended"
untold() { ! charon_log r2 | tail -n +"$mark" | grep -q 'parsed INFORMATIONAL_V1.* D '; }
ktap_test_result "the peer is told nothing" untold
ktap_test_result "nothing in clear meanwhile" wire_is_protected

# Shutting down is: also when nobody is left who could do it by himself, and
# then another daemon can have the ports.
ports() { in_ns r1 ss -Hlun 'sport = :500 or sport = :4500' | wc -l; }
ports_are() { [ "$(ports)" = "$1" ]; }
ktap_test_result "a daemon takes over once more" daemon_start r1 "$WORK/r1.conf"
daemon_kill r1
ktap_test_result "killed, it leaves UDP ports 500 and 4500 of both families with the module" ports_are 4
ktap_test_result "ipsecctl shutdown does without it" router r1 shutdown
ktap_test_result "and frees them" poll 10 ports_are 0

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One tunnel to strongSwan, from both sides: the topology is in lib.sh.
# F-001 F-010 F-016 F-045 F-046 F-100 S-01 S-06

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 17

interop_build
{
	cm_phase1 198.51.100.2
	cat <<-END
	access-list 101 deny ip host 10.1.0.66 10.2.0.0 0.0.0.255
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	END
	cm_entry SITE 10 198.51.100.2 101
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

qm_idle() { router r1 show crypto isakmp sa | grep -q QM_IDLE; }
no_isakmp() { ! qm_idle; }
equal_out() {
	[ "$(sa_field r1 '#pkts encaps')" -eq "$(sa_field r1 '#pkts encrypt')" ] &&
	[ "$(sa_field r1 '#pkts encaps')" -eq "$(sa_field r1 '#pkts digest')" ]
}

in_ns a ping -c 5 -i 0.3 -W 20 10.2.0.2 >"$WORK/ping1" 2>&1
ktap_test_result "the first packet starts IKE and is not lost" no_loss "$WORK/ping1"
ktap_test_result "S-01: state QM_IDLE" qm_idle
ktap_test_result "S-06: five packets encapsulated" [ "$(sa_field r1 '#pkts encaps')" = 5 ]
ktap_test_result "S-06: encaps, encrypt and digest are equal" equal_out
ktap_test_result "S-06: five packets decapsulated" [ "$(sa_field r1 '#pkts decaps')" = 5 ]
ktap_test_result "ESP on the wire and nothing of the LANs in clear" wire_is_protected

# A denied host is not protected; nothing else matches, so it travels in clear.
in_ns a ip addr add 10.1.0.66/24 dev eth0
in_ns a ping -c 2 -i 0.3 -W 1 -I 10.1.0.66 10.2.0.2 >/dev/null 2>&1
ktap_test_result "a denied host's packets do not enter the tunnel" \
	[ "$(sa_field r1 '#pkts encaps')" = 5 ]
ktap_test_result "but travel as they are" poll 5 wire_has src 10.1.0.66
acl_hits() { router r1 show access-lists | grep 'deny' | grep -q '(2 matches)'; }
ktap_test_result "show access-lists counts them at the deny line" acl_hits

# The peer ends it, then starts it.
charon_ctl r2 --terminate --ike site >/dev/null 2>&1
ktap_test_result "F-016: the peer's DELETE ends both phases" poll 10 no_isakmp
down_listed() { router r1 show crypto ipsec sa | grep -q 'local ident.*10.1.0.0/255.255.255.0'; }
ktap_test_result "a flow that is down stays listed" down_listed
charon_ctl r2 --initiate --child lan --timeout 60 >"$WORK/initiate" 2>&1
ktap_test_result "strongSwan as initiator" grep -q 'initiate completed' "$WORK/initiate"
in_ns b ping -c 5 -i 0.3 -W 10 10.1.0.2 >"$WORK/ping2" 2>&1
ktap_test_result "traffic from its side" no_loss "$WORK/ping2"

ktap_test_result "ipsecctl shutdown is accepted" router r1 shutdown
ktap_test_result "the daemon ends" poll 20 pid_gone "$daemon_r1"
# Asked of the kernel itself: no daemon answers any more.
gone() { in_ns r1 "$USER_BIN/ipsecctl" --socket "$WORK/none" show crypto ipsec sa | grep -q 'No flows'; }
ktap_test_result "nothing is left in the kernel" gone
peer_knows() { [ -z "$(charon_ctl r2 --list-sas)" ]; }
ktap_test_result "and the peer has been told" poll 10 peer_knows

ktap_finished

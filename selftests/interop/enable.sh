#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where IKE is spoken: r1 has two interfaces, with a strongSwan behind each. On one where it
# is not enabled nobody gets a byte of IKE, nor does one leave; the tunnel of the other comes
# up and stays, whatever is changed at run time.
# C-001 C-002 F-026
#
#  a --- r1 wan0 192.0.2.1  ---[     ]--- 198.51.100.2 r2 --- b
#           wan1 198.18.0.1 ---[ net ]--- 203.0.113.3  r3 --- c
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 16

interop_build
link r1 wan1 198.18.0.1/24 net east2 198.18.0.254/24 || abort wan1
in_ns r1 ip route add 203.0.113.3/32 via 198.18.0.254
in_ns r1 ip route add 10.3.0.0/24 via 198.18.0.254
{
	cm_phase1 198.51.100.2 203.0.113.3
	echo 'access-list 102 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	echo 'access-list 103 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255'
	cm_entry TWO 10 198.51.100.2 102
	cm_entry THREE 10 203.0.113.3 103
	printf 'interface wan0\n crypto map TWO\ninterface wan1\n crypto map THREE\n'
	echo 'crypto isakmp enable wan1'
} >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort "strongSwan on r2"
swan_start r3 203.0.113.3 198.18.0.1 10.3.0.0/24 10.1.0.0/24 || abort "strongSwan on r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
silent() { ! in_ns "$1" ping -c 2 -i 0.2 -W 2 "$2" >/dev/null 2>&1; }
# calls NS SECONDS: strongSwan begins
calls() { charon_ctl "$1" --initiate --child lan --timeout "$2" >"$WORK/initiate" 2>&1; }
none() { [ "$(wire_count "$@")" = 0 ]; }
said() { wire_count udp and src "$1"; }
# All that r1 has sent on wan1 is in the capture: what it sends last is.
caught_up() {
	in_ns r1 ping -c 1 -W 1 -I 198.18.0.1 198.18.0.254 >/dev/null 2>&1
	wire_has icmp and src 198.18.0.1 and dst 198.18.0.254
}
# apply LINE: a file is the whole configuration
apply() { echo "$1" >>"$WORK/r1.conf"; router r1 -f "$WORK/r1.conf"; }
log_has() { grep -qF -e "$1" "$WORK/r1/log"; }
with() { router r1 show crypto isakmp sa | grep QM_IDLE | grep -qF "$1"; }
without() { ! with "$1"; }

calls r2 8
ktap_test_result "wan0, where it is not enabled: strongSwan gets no tunnel" [ $? != 0 ]
ktap_test_result "it has asked" wire_has udp port 500 and src 198.51.100.2 and dst 192.0.2.1
ktap_test_result "not a byte is answered, nor by ICMP" none src 192.0.2.1 and dst 198.51.100.2
ktap_test_result "the log says so" log_has \
	'not heard: IKE is not enabled on the interface with 192.0.2.1'
ktap_test_result "nor does the router begin" eval 'silent a 10.2.0.2 && none src 192.0.2.1 and dst 198.51.100.2'
ktap_test_result "show says why" eval \
	'router r1 show crypto ipsec sa | grep -q "down: IKE is not enabled on the interface: crypto isakmp enable wan0"'
ktap_test_result "wan1, where it is: strongSwan gets one" calls r3 40
ktap_test_result "which serves both ways" eval 'reaches a 10.3.0.2 && reaches c 10.1.0.2'

apply 'crypto isakmp enable wan0'
# What it has begun before goes on, too, unless it is ended.
charon_ctl r2 --terminate --ike site --force >/dev/null 2>&1
ktap_test_result "enabled on wan0, too: the other strongSwan gets one" calls r2 40
ktap_test_result "which serves both ways" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2'

apply 'no crypto isakmp enable wan1'
ktap_test_result "no more on wan1: what is there ends" poll 10 without 203.0.113.3
poll 10 caught_up || abort "the capture"
before=$(said 198.18.0.1)
calls r3 8
ktap_test_result "strongSwan gets no other" [ $? != 0 ]
ktap_test_result "nor an answer" [ "$(said 198.18.0.1)" = "$before" ]
ktap_test_result "nothing passes, nor leaves in clear" eval 'silent a 10.3.0.2 && none net 10.0.0.0/8'
ktap_test_result "that of wan0 stays" eval 'with 198.51.100.2 && reaches a 10.2.0.2 && reaches b 10.1.0.2'
charon_ctl r3 --terminate --ike site --force >/dev/null 2>&1
apply 'crypto isakmp enable wan1'
ktap_test_result "enabled again it comes again" eval 'calls r3 40 && reaches a 10.3.0.2'

ktap_finished

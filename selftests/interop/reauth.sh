#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Phase 1 is negotiated anew before it ends, under running traffic: with r2 by
# strongSwan, which calls it reauthentication, with r3 by us. Phase 2 stays as it
# is and no packet is lost. The topology is in lib.sh.
# F-013 R-13

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 9

interop_build
{
	cm_phase1 198.51.100.2 203.0.113.3 | sed 's/lifetime 86400/lifetime 60/'
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	echo 'access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	cm_entry SITE 20 203.0.113.3 102
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
# strongSwan as it comes leaves two seconds from the new ISAKMP SA to the end of the
# old one. A slow main mode takes longer; and we, who begin shortly before that end
# if nothing came, would begin together with it.
IKE_REAUTH=20s swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 \
	'over_time = 15s
	rand_time = 0' 'rekey_time = 0' || abort "strongSwan r2"
swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 '' 'rekey_time = 0' ||
	abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon

# up_as PEER ROLE: how often an ISAKMP SA with it came up
up_as() { grep -c "$1: ISAKMP SA .* established in .* as $2" "$WORK/r1/log"; }
at_least() { [ "$("$2" "$3" "$4")" -ge "$1" ]; }
spis() { router r1 show crypto ipsec sa | grep -o 'spi: 0x[0-9A-Fa-f]*' | sort; }
same_spis() { spis | cmp - "$WORK/spis"; }

for _to in 10.2.0.2 10.3.0.2; do
	in_ns a ping -c 3 -i 0.2 -W 20 $_to >"$WORK/first-$_to" 2>&1
	ktap_test_result "tunnel to $_to" no_loss "$WORK/first-$_to"
done
spis >"$WORK/spis"
bg "$WORK/ping-b" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 350 -W 10 10.2.0.2
ping_b=$bg_pid
bg "$WORK/ping-c" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 350 -W 10 10.3.0.2
ping_c=$bg_pid

ktap_test_result "they begin a new phase 1" \
	poll 40 at_least 1 up_as 198.51.100.2 responder
ktap_test_result "R-13: we begin one before the lifetime of 60 s is over" \
	poll 60 at_least 2 up_as 203.0.113.3 initiator
poll 120 pid_gone "$ping_b"
poll 120 pid_gone "$ping_c"
ktap_test_result "theirs: no packet lost" no_loss "$WORK/ping-b"
ktap_test_result "ours: no packet lost" no_loss "$WORK/ping-c"
ktap_test_result "the SAs of phase 2 are the same" same_spis
one_each() { [ "$(router r1 show crypto isakmp sa | grep -c QM_IDLE)" = 2 ]; }
one_each_soon() {
	poll 30 one_each || { router r1 show crypto isakmp sa; return 1; }
}
ktap_test_result "the old ISAKMP SAs are gone" one_each_soon
installed() { [ "$(charon_ctl r3 --list-sas | grep -c INSTALLED)" = 1 ]; }
ktap_test_result "the peer has taken its CHILD_SA over" installed

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Keyrings and ISAKMP profiles with strongSwan: r2 in main mode and r3 in aggressive mode,
# each with an identity, a key and a profile of its own, in both roles; then who has a
# wrong one, or that of the other.
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2 --- b 10.2.0.2
#                 ours, profiles       |     r2.example, main mode: profile TWO
#                 TWO and THREE        +---- 203.0.113.3  r3 --- c 10.3.0.2
#                                            r3@example, aggressive mode: profile THREE
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 21

# It answers with a pre-shared key only when it is told that nobody minds.
CHARON_LINES='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
KEY_TWO=TwoSecretKey
KEY_THREE=ThreeSecretKey

interop_build
{
	cm_phase1
	cat <<-END
	crypto keyring TWO
	 description of r2
	 pre-shared-key address 198.51.100.2 key $KEY_TWO
	crypto keyring THREE
	 local-address wan0
	 pre-shared-key address 203.0.113.3 key $KEY_THREE
	crypto isakmp profile TWO
	 keyring TWO
	 self-identity fqdn r1.example
	 match identity host r2.example
	crypto isakmp profile THREE
	 keyring THREE
	 self-identity user-fqdn r1@example
	 match identity user domain example
	 keepalive 10 retry 3
	 initiate mode aggressive
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
	END
	cm_entry SITE 10 198.51.100.2 101 'set isakmp-profile TWO'
	cm_entry SITE 20 203.0.113.3 102 'set isakmp-profile THREE'
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"

# two LOCAL-ID KEY, three LOCAL-ID KEY REMOTE-ID: strongSwan begins anew, so
two() {
	charon_stop r2 2>/dev/null
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	LOCAL_ID=$1 PSK=$2 REMOTE_ID=r1.example
	swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort "strongSwan r2"
}
three() {
	charon_stop r3 2>/dev/null
	in_ns r3 ip xfrm state flush
	in_ns r3 ip xfrm policy flush
	LOCAL_ID=$1 PSK=$2 REMOTE_ID=$3
	swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.1.0.0/24 \
		'aggressive = yes' || abort "strongSwan r3"
}
begins() {
	charon_ctl "$1" --initiate --child lan --timeout "${2:-40}" >"$WORK/initiate" 2>&1 && return
	sed 's/^/# /' "$WORK/initiate"
	false
}
begins_in_vain() { ! charon_ctl "$1" --initiate --child lan --timeout 15 >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W 20 "$1" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 3 -i 0.3 -W 2 "$1" >/dev/null 2>&1; }
fresh() {
	router r1 clear crypto isakmp >/dev/null 2>&1
	router r1 clear crypto sa >/dev/null 2>&1
}
logged() { poll 10 grep -qF -e "$1" "$WORK/r1/log"; }
no_pair() { [ "$(router r1 show crypto ipsec sa peer "$1" | grep -c 'in use settings')" = 0 ]; }
# in_mode EXCHANGE ADDRESS: byte 18 of what is in UDP is the type of exchange
in_mode() { wire_has "udp port 500 and udp[26] = $1 and host $2"; }
never_in_mode() { ! in_mode "$@"; }

two r2.example "$KEY_TWO"
three r3@example "$KEY_THREE" r1@example
router r1 check "$WORK/r1.conf" >"$WORK/check" 2>&1
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "the checks have nothing to say" eval '[ ! -s "$WORK/check" ] || { sed "s/^/# /" "$WORK/check"; false; }'
router r1 show running-config masked >"$WORK/shown"
ktap_test_result "it is shown as it was said, without keys" \
	eval 'grep -q "^crypto keyring TWO" "$WORK/shown" && grep -q "^ match identity user domain example" "$WORK/shown" && grep -q "^ set isakmp-profile THREE" "$WORK/shown" && ! grep -q -e "$KEY_TWO" -e "$KEY_THREE" "$WORK/shown"'

# --- who fits -----------------------------------------------------------------------------

ktap_test_result "r2 begins, in main mode" begins r2
ktap_test_result "packets pass" reaches 10.2.0.2
ktap_test_result "r3 begins, in aggressive mode" begins r3
ktap_test_result "packets pass there" reaches 10.3.0.2
ktap_test_result "each knows us by another name" \
	eval 'charon_ctl r2 --list-sas | grep -qF "r1.example" && charon_ctl r3 --list-sas | grep -qF "r1@example"'
fresh
ktap_test_result "we begin with r2" reaches 10.2.0.2
ktap_test_result "with r3, too" reaches 10.3.0.2
ktap_test_result "r2 was never spoken to in aggressive mode" \
	eval 'poll 10 in_mode 2 198.51.100.2 && never_in_mode 4 198.51.100.2'
ktap_test_result "r3 never in main mode" \
	eval 'poll 10 in_mode 4 203.0.113.3 && never_in_mode 2 203.0.113.3'
ktap_test_result "nothing in clear" wire_is_protected

# --- who does not ---------------------------------------------------------------------------

two x.example "$KEY_TWO"
fresh
esp=$(wire_count 'esp and host 198.51.100.2')
no_more_esp() { [ "$(wire_count 'esp and host 198.51.100.2')" = "$esp" ]; }
ktap_test_result "the right key and another name: refused when it begins" \
	eval 'begins_in_vain r2 && no_pair 198.51.100.2 && logged "x.example, whom no isakmp profile matches, and has used the key of keyring TWO"'
ktap_test_result "and when we begin" \
	eval 'blocked 10.2.0.2 && no_pair 198.51.100.2 && no_more_esp'
two r3@example "$KEY_TWO"
fresh
ktap_test_result "the name of the other: refused, for the key is not his" \
	eval 'begins_in_vain r2 && no_pair 198.51.100.2 && logged "r3@example, of isakmp profile THREE, and has used the key of keyring TWO"'
two r2.example Wr0ngKey
fresh
ktap_test_result "a wrong key: refused" \
	eval 'begins_in_vain r2 && no_pair 198.51.100.2 && logged "the pre-shared keys differ"'
ktap_test_result "no packet has gone there" no_more_esp
three r2.example "$KEY_THREE" r1.example
fresh
ktap_test_result "the name of the other in aggressive mode: no key" \
	eval 'begins_in_vain r3 && no_pair 203.0.113.3 && logged "203.0.113.3: aggressive mode: no pre-shared key is configured for identity r2.example"'
three r3@example "$KEY_TWO" r1@example
fresh
ktap_test_result "the key of the other: refused" \
	eval 'begins_in_vain r3 && no_pair 203.0.113.3'
two r2.example "$KEY_TWO"
three r3@example "$KEY_THREE" r1@example
fresh
ktap_test_result "both are let in again" eval 'begins r2 && begins r3 && reaches 10.2.0.2 && reaches 10.3.0.2'

# --- changes ----------------------------------------------------------------------------------

printf 'no crypto isakmp profile TWO\n' >"$WORK/change"
router r1 copy "$WORK/change" running-config >"$WORK/applied" 2>&1
ktap_test_result "its profile goes: its SAs end, those of the other stay" \
	eval 'poll 20 no_pair 198.51.100.2 && ! no_pair 203.0.113.3 && reaches 10.3.0.2 && blocked 10.2.0.2'

ktap_finished

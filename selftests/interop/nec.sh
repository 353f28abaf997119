#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# r1 is configured as a NEC IX is, with the lines of its guide to faults; r2 is
# strongSwan. Main mode with local-id and remote-id through a tunnel interface, then
# aggressive mode, where r1 knows r2 by its key ID alone. The topology is in lib.sh.
# F-077 C-093 C-094 C-095 C-096 C-097 C-098 C-099 C-100 R-53

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 20

IKE_PROPOSAL=aes256-sha1-modp768
ESP_PROPOSAL=aes256-sha1
# It answers and calls in aggressive mode with a key only when it is told that nobody minds.
CHARON_LINES='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'

# What both scenes have: nec IKE-POLICY-TERMS
nec() {
	cat <<-END
	ip access-list sec-list permit ip src any dest any
	ike proposal ike-prop encryption aes-256 hash sha
	ike policy ike-policy $1 ike-prop
	ipsec autokey-proposal auto-prop esp-aes-256 esp-sha
	END
}
ids() {
	echo 'ipsec local-id ipsec-policy 10.1.0.0/24'
	echo 'ipsec remote-id ipsec-policy 10.2.0.0/24'
}
tunnel() {
	cat <<-END
	interface Tunnel0.0
	  tunnel mode ipsec
	  ip unnumbered lan0
	  ip tcp adjust-mss auto
	  ipsec policy tunnel ipsec-policy out
	  no shutdown
	END
}

interop_build
# Of another network there, to which the route leads as well.
in_ns b ip addr add 10.2.9.2/32 dev eth0
in_ns r2 ip route add 10.2.9.0/24 via 10.2.0.2
{
	nec "peer 198.51.100.2 key $PSK"
	echo 'ipsec autokey-map ipsec-policy sec-list peer 198.51.100.2 auto-prop'
	ids
	tunnel
} >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 'rekey_time = 0' ||
	abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump
wire_pid=$bg_pid

all_get_through() {
	in_ns "$1" ping -c 5 -i 0.3 -W 20 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping" && return
	sed 's/^/# /' "$WORK/ping"
	router r1 show crypto isakmp sa detail | sed 's/^/# /'
	router r1 show crypto ipsec sa | sed 's/^/# /'
	false
}
none_gets_through() { ! in_ns "$1" ping -c 3 -i 0.3 -W 1 "$2" >/dev/null 2>&1; }
logged() { grep -q -e "$1" "$WORK/r1/log"; }
encaps() { sa_field r1 '#pkts encaps'; }

in_ns r1 ip route replace 10.2.0.0/16 dev Tunnel0.0
in_ns r1 ip -4 -o addr show dev Tunnel0.0 | grep -q ' 10.1.0.1/32 '
ktap_test_result "C-100: the tunnel has the address of its lender" [ $? = 0 ]
ktap_test_result "C-095: packets bring it up in main mode" all_get_through a 10.2.0.2
ktap_test_result "C-094: with group 1" \
	logged 'ISAKMP SA .*: ike proposal ike-prop, .*, group 1, 28800 s'
shown=$(router r1 show crypto ipsec sa)
proxy() { echo "$shown" | grep -q "$1 ident.*($2/255.255.255.0/"; }
proxy local 10.1.0.0 && proxy remote 10.2.0.0
ktap_test_result "C-099: its identities are those of both ends, not the list" [ $? = 0 ]
charon_ctl r2 --list-sas | grep -q 'AES_CBC-256/HMAC_SHA1_96'
ktap_test_result "C-097: the peer has agreed on the proposal" [ $? = 0 ]
ktap_test_result "packets come, too" all_get_through b 10.1.0.2
before=$(encaps)
ktap_test_result "what is outside of the identities does not pass" none_gets_through a 10.2.9.2
ktap_test_result "nor is it sent through the SA" [ "$(encaps)" = "$before" ]
ktap_test_result "nor in clear" wire_is_protected
router r1 show running-config >"$WORK/running"
kept() { grep -q -x -e "$1" "$WORK/running"; }
kept 'ike policy ike-policy peer 198.51.100.2 key .* mode main ike-prop' &&
	kept 'ipsec remote-id ipsec-policy 10.2.0.0/24' &&
	kept ' ipsec policy tunnel ipsec-policy out'
ktap_test_result "the lines stay as they were written" [ $? = 0 ]
router r1 copy "$WORK/running" running-config >"$WORK/copy" 2>&1 &&
	router r1 show running-config | cmp -s - "$WORK/running"
ktap_test_result "and read back they change nothing" [ $? = 0 ]
ktap_test_result "the tunnel has stayed" all_get_through a 10.2.0.2

# (G): not crossed with the peer's any more.
in_ns r1 ip route replace 10.3.0.0/24 dev Tunnel0.0
printf 'ipsec remote-id ipsec-policy 10.3.0.0/24\n' >"$WORK/change"
router r1 copy "$WORK/change" running-config >/dev/null 2>&1
ktap_test_result "R-53: with other identities nothing passes" none_gets_through a 10.3.0.2
ktap_test_result "and the log names the peer's reason" poll 20 logged INVALID-ID-INFORMATION

# --- aggressive mode -------------------------------------------------------------------
kill "$wire_pid"
poll 10 pid_gone "$wire_pid"
router r1 shutdown >/dev/null 2>&1
poll 20 pid_gone "$daemon_r1"
charon_stop r2
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush

{
	nec "peer any key $PSK mode aggressive"
	echo 'ike remote-id ike-policy keyid kyoten'
	echo 'ipsec dynamic-map ipsec-policy sec-list auto-prop'
	ids
	printf 'interface wan0\n ipsec policy tunnel ipsec-policy out\n'
} >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# theirs KEYID NETWORK-HERE: strongSwan calls itself so, and asks for that
theirs() {
	charon_stop r2
	LOCAL_ID=keyid:$1 swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 "$2" \
		'aggressive = yes' 'rekey_time = 0' || abort strongSwan
}
calls() {
	charon_ctl r2 --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1
	grep -q 'initiate completed' "$WORK/initiate"
}
theirs tokyo 10.1.0.0/24
ktap_test_result "C-096: who has another name does not come up" eval '! calls'
theirs kyoten 10.0.0.0/8
ktap_test_result "C-099: nor who asks for more than the identities" eval '! calls'
theirs kyoten 10.1.0.0/24
ktap_test_result "C-096: the name of ike remote-id comes up" calls
ktap_test_result "in aggressive mode" \
	logged 'established in aggressive mode as responder.*kyoten'
ktap_test_result "packets pass both ways" all_get_through b 10.1.0.2
ktap_test_result "nothing in clear" wire_is_protected

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Aggressive mode with strongSwan, in both roles: identities by FQDN, user FQDN and
# key ID, behind a NAT, with a wrong key, without a key, and switched off.
# F-002 F-099 C-020 C-096 E-016
#
#                          net, which may be a NAT for each side
#  a --- r1 192.0.2.1 ---[ 192.0.2.254    198.51.100.254 ]--- 198.51.100.2 r2 --- b
#              ours                                            strongSwan
#
#  behind ours:   r1 :500, :4500 is seen as 198.51.100.254 :40500, :44500
#  behind theirs: r2 :500, :4500 is seen as 192.0.2.254 :40500, :44500
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 35

# It answers with a pre-shared key only when it is told that nobody minds.
CHARON_LINES='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'

behind() {
	case $1 in
	ours) set -- west 192.0.2.1 198.51.100.254 ;;
	theirs) set -- east 198.51.100.2 192.0.2.254 ;;
	esac
	in_ns net nft -f - <<-END
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat;
			oifname $1 ip saddr $2 udp sport 500 snat to $3:40500
			oifname $1 ip saddr $2 udp sport 4500 snat to $3:44500
		}
	}
	END
}

policy() {
	cm_phase1
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
}
bound() { printf 'interface wan0\n crypto map SITE\n'; }

# we_are "ENDPOINT" KEY: ours begins, and names itself so
we_are() {
	{
		policy
		cat <<-END
		crypto isakmp peer address 198.51.100.2
		 set aggressive-mode password $2
		 set aggressive-mode client-endpoint $1
		END
		cm_entry SITE 10 198.51.100.2 101
		bound
	} >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

# we_know NAME KEY [LINE]: ours answers who names himself so, and has that key
we_know() {
	{
		policy
		echo "crypto isakmp key $2 hostname $1"
		[ -z "$3" ] || echo "$3"
		cm_entry SITE 10 198.51.100.2 101
		bound
	} >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

# we_know_anywhere NAME KEY: the same for who has any address
we_know_anywhere() {
	{
		policy
		cat <<-END
		crypto isakmp key $2 hostname $1
		crypto dynamic-map ROAD 10
		 set transform-set STRONG
		 set pfs group14
		crypto map SITE 65000 ipsec-isakmp dynamic ROAD
		END
		bound
	} >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

# theirs PEER "LOCAL ID" "REMOTE ID": strongSwan, in aggressive mode
theirs() {
	LOCAL_ID=$2 REMOTE_ID=$3
	swan_start r2 198.51.100.2 "$1" 10.2.0.0/24 10.1.0.0/24 \
		'aggressive = yes' 'rekey_time = 0' || abort strongSwan
}

next_scene() {
	kill "$wire_pid"
	poll 10 pid_gone "$wire_pid"
	router r1 shutdown >/dev/null 2>&1
	poll 10 pid_gone "$daemon_r1"
	charon_stop r2
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	in_ns net nft flush ruleset
	in_ns net conntrack -F 2>/dev/null
}

watch_wire() {
	wire_start || abort tcpdump
	wire_pid=$bg_pid
}

reaches() {
	in_ns "$1" ping -c 3 -i 0.2 -W 20 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping" && return
	sed 's/^/# /' "$WORK/ping"
	router r1 show crypto isakmp sa detail | sed 's/^/# /'
	router r1 show crypto ipsec sa | sed 's/^/# /'
	false
}
never_reaches() { ! in_ns "$1" ping -c 5 -i 1 -W 1 "$2" >/dev/null 2>&1; }
they_begin() {
	charon_ctl r2 --initiate --child lan --timeout "${1:-40}" >"$WORK/initiate" 2>&1
}
they_begin_in_vain() { ! they_begin 15; }
none() { [ "$(wire_count "$@")" = 0 ]; }
# The type of exchange is byte 18 of what is in UDP.
aggressive() {
	poll 10 wire_has 'udp port 500 and udp[26] = 4' && none 'udp port 500 and udp[26] = 2'
}
# three_messages: and no more
three_messages() {
	[ "$(wire_count 'udp port 500 and udp[26] = 4')" = 6 ]	# both sides of the network
}
only_udp() {
	poll 10 wire_has "udp port 4500 and udp[8:4] != 0 and greater 100" &&
		none esp && none net 10.0.0.0/8
}
# moved FILTER: the third message is the one that leaves 4500, with the marker
moved() { wire_has "$1 and udp port 4500 and udp[8:4] = 0 and udp[30] = 4"; }
log_has() { poll 10 grep -qF -e "$1" "$WORK/r1/log"; }
told() {
	router r1 show crypto isakmp sa detail >"$WORK/told"
	grep -qF -e "$1" "$WORK/told" && return
	sed 's/^/# /' "$WORK/told"
	false
}
nothing_up() { ! router r1 show crypto isakmp sa | grep -q QM_IDLE; }

interop_build

# --- FQDN ---------------------------------------------------------------------------------

theirs 192.0.2.1 198.51.100.2 a.example
we_are 'fqdn a.example' "$PSK"
watch_wire
ktap_test_result "FQDN, we begin: A reaches B" reaches a 10.2.0.2
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "in aggressive mode, not main mode" aggressive
ktap_test_result "three messages" three_messages
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "they know our name" eval 'charon_ctl r2 --list-sas | grep -q a.example'
old=$(router r1 show crypto isakmp sa | awk '/QM_IDLE/ { print $4 }' | sort -n | tail -n 1)
newer() { [ "$(router r1 show crypto isakmp sa | awk '/QM_IDLE/ { print $4 }' | sort -n | tail -n 1)" -gt "$old" ]; }
charon_ctl r2 --rekey --ike site >/dev/null 2>&1
ktap_test_result "they begin phase 1 anew, in our direction" poll 30 newer
ktap_test_result "A still reaches B" reaches a 10.2.0.2
next_scene

theirs 192.0.2.1 b.example 192.0.2.1
we_know b.example "$PSK"
watch_wire
ktap_test_result "FQDN, they begin" they_begin
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "A reaches B" reaches a 10.2.0.2
ktap_test_result "in aggressive mode, not main mode" aggressive
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "we know their name" log_has 'peer is b.example'
next_scene

# --- key ID, behind NATs --------------------------------------------------------------------

behind ours
theirs 198.51.100.254 198.51.100.2 keyid:kyoten
we_are 'key-id kyoten' "$PSK"
watch_wire
ktap_test_result "key ID, we begin behind a NAT: A reaches B" reaches a 10.2.0.2
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "in aggressive mode, not main mode" aggressive
ktap_test_result "the third message moves to port 4500" moved 'src 192.0.2.1'
ktap_test_result "ESP in UDP, nothing in clear" only_udp
ktap_test_result "we know of the NAT" told 'this end is behind a NAT'
next_scene

behind theirs
theirs 192.0.2.1 keyid:EZ 192.0.2.1
we_know_anywhere EZ "$PSK"
watch_wire
ktap_test_result "key ID, they begin behind a NAT, from anywhere" they_begin
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "A reaches B" reaches a 10.2.0.2
ktap_test_result "the third message moves to port 4500" moved 'src 198.51.100.2'
ktap_test_result "ESP in UDP, nothing in clear" only_udp
ktap_test_result "we know of the NAT, and their name" \
	eval 'told "the peer is behind a NAT" && log_has "peer is KEY_ID EZ"'
next_scene

# --- what must not pass ------------------------------------------------------------------------

theirs 192.0.2.1 198.51.100.2 me@a.example
we_are 'user-fqdn me@a.example' Wr0ngSecret
watch_wire
ktap_test_result "wrong key, we begin: nothing passes" never_reaches a 10.2.0.2
ktap_test_result "nor in clear" eval 'nothing_up && none esp && none net 10.0.0.0/8'
ktap_test_result "the log says why" log_has 'the pre-shared keys differ'
next_scene

theirs 192.0.2.1 b.example 192.0.2.1
we_know b.example Wr0ngSecret
watch_wire
ktap_test_result "wrong key, they begin: in vain" they_begin_in_vain
ktap_test_result "nothing is up" nothing_up
router r1 shutdown >/dev/null 2>&1
poll 10 pid_gone "$daemon_r1"
we_know c.example "$PSK"
ktap_test_result "a name without a key, they begin: in vain" they_begin_in_vain
ktap_test_result "the log says why" \
	log_has 'no pre-shared key is configured for identity b.example'
router r1 shutdown >/dev/null 2>&1
poll 10 pid_gone "$daemon_r1"
we_know b.example "$PSK" 'crypto isakmp aggressive-mode disable'
ktap_test_result "switched off, they begin: in vain" they_begin_in_vain
ktap_test_result "the log says why" log_has 'Aggressive Mode (4) is not supported or not enabled'

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What vpnc can be told, in every combination that changes what is on the wire: four ways
# with NAT and the groups of the time when it was written, which are weak and have to be
# configured; perfect forward secrecy; who is not let in; and dead peers, a client that is
# killed and a gateway that does not answer any more, each seen by the other.
# C-019 C-020 R-31 E-038
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   vpnc, 10.99.0.x on tun0
#                   ours             +------ 203.0.113.3  r3   vpnc, 10.99.0.y on tun0
#
# The rest of the topology is in lib.sh; LANs B and C take no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

MODES='none natt force-natt cisco-udp'
GROUPS_OF='1 2 5 14'

ktap_print_header
vpnc_there
ktap_set_plan 37

# conf GROUP...: ours, with a policy for each
conf() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username alice password alicepw
	username bob password bobpw
	crypto isakmp keepalive 10 2 periodic
	ip local pool EZ 10.99.0.10 10.99.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	crypto isakmp client configuration group vpngroup
	 key GroupSecret
	 pool EZ
	 acl 150
	 banner Welcome to the test gateway
	crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
	crypto dynamic-map CLIENTS 10
	 set transform-set CLIENT
	 ${PFS:+set pfs $PFS}
	crypto map VPN client authentication list USERS
	crypto map VPN isakmp authorization list GROUPS
	crypto map VPN client configuration address respond
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
	for _g in "$@"; do
		printf 'crypto isakmp policy %s\n encryption aes 256\n hash sha\n group %s\n' "$((_g * 10))" "$_g"
	done
}
ours() {
	[ -z "$daemon_r1" ] || { router r1 shutdown >/dev/null 2>&1; poll 10 pid_gone "$daemon_r1"; }
	conf "$@" >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

# fresh: a capture of its own
fresh() {
	if [ -n "$wire" ]; then
		kill "$wire"
		poll 10 pid_gone "$wire"
	fi
	wire_start || abort tcpdump
	wire=$bg_pid
}
no_clear() { [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
plain_esp() { poll 10 wire_has esp && ! wire_has "udp port 4500 and udp[8:4] != 0 and greater 100" && no_clear; }
# Its own port is not 4500, with Local Port 0.
in_udp() { poll 10 wire_has "udp port 4500 and udp[8:4] != 0 and greater 100" && ! wire_has esp && no_clear; }
wire_is() {
	case $1 in
	natt | force-natt) in_udp ;;
	*) plain_esp ;;
	esac
}
bits() {
	case $1 in
	1) echo 768 ;;
	2) echo 1024 ;;
	5) echo 1536 ;;
	14) echo 2048 ;;
	esac
}
given_up() {
	refused "$1"
	_ret=$?
	eval "kill \$vpnc_$1" 2>/dev/null
	eval "poll 20 pid_gone \$vpnc_$1"
	return $_ret
}
session() { router r1 show vpn-sessiondb filter name "$1" | grep -q "^Username"; }
no_session() { ! session "$1"; }

interop_build

# --- the matrix -------------------------------------------------------------------------------

# shellcheck disable=SC2086 # words
ours $GROUPS_OF
for mode in $MODES; do
	fresh
	for group in $GROUPS_OF; do
		VPNC_NATT=$mode VPNC_DH=dh$group vpnc_start r2 alice alicepw
		ktap_test_result "$mode, group $group: it is up, and reaches LAN A" \
			eval 'connected r2 && reaches r2 10.1.0.2'
		router r1 show crypto isakmp sa detail >"$WORK/sa-$mode-$group"
		vpnc_stop r2
		poll 60 nobody
	done
	ktap_test_result "$mode: packets are as it says, none in clear" wire_is "$mode"
done
# group_shown MODE GROUP: what was negotiated is that group and no other
group_shown() {
	awk -v want="$2" '/psk/ { for (i = 1; i < NF; i++) if ($i ~ /^psk/) found = $(i + 1) == want }
		END { exit !found }' "$WORK/sa-$1-$2" || { sed 's/^/# /' "$WORK/sa-$1-$2"; false; }
}
groups_shown() {
	for _m in $MODES; do
		for _g in $GROUPS_OF; do
			group_shown "$_m" "$_g" || return
		done
	done
}
ktap_test_result "each with the group that was asked for" groups_shown

# --- perfect forward secrecy, split tunnel, banner ------------------------------------------------

PFS=group5 ours 14
VPNC_PFS=dh5 vpnc_start r2 alice alicepw
ktap_test_result "with PFS, as our entry has it" eval 'connected r2 && reaches r2 10.1.0.2'
ktap_test_result "she is told the banner and what to protect" [ \
	"$(told r2 CISCO_BANNER)|$(told r2 CISCO_SPLIT_INC),$(told r2 CISCO_SPLIT_INC_0_ADDR)/$(told r2 CISCO_SPLIT_INC_0_MASKLEN)" = \
	"Welcome to the test gateway|1,10.1.0.0/24" ]
ktap_test_result "what is not to be protected goes past the tunnel" \
	eval 'in_ns r2 ip route get 203.0.113.3 | grep -q "dev wan0" && in_ns r2 ip route get 10.1.0.2 | grep -q "dev tun"'
vpnc_stop r2
poll 60 nobody

# --- who is not let in ----------------------------------------------------------------------------

fresh
vpnc_start r2 alice alicepw
no_pfs() {
	log_has "group: offered no PFS (0), configured 1536-bit MODP (5)" &&
		! router r1 show crypto ipsec sa | grep -q 'spi: 0x'
}
ktap_test_result "without PFS where our entry has it: refused, said so" no_pfs
vpnc_stop r2
VPNC_DH=dh2 vpnc_start r2 alice alicepw
ktap_test_result "group 2, which is not configured: refused, said so" \
	eval 'given_up r2 && log_has "configured 2048-bit MODP (14)"'
ours 14
vpnc_start r2 alice alicepw WrongSecret
ktap_test_result "wrong key of the group: refused" given_up r2
vpnc_start r2 alice wrongpw
ktap_test_result "wrong password: refused, said so" \
	eval 'given_up r2 && log_has "unknown user or wrong password, user alice"'
ktap_test_result "nothing is up, not a packet of theirs was there" \
	eval 'poll 60 nobody && ! wire_has esp && no_clear'

# --- dead peers -----------------------------------------------------------------------------------

vpnc_start r2 alice alicepw
vpnc_start r3 bob bobpw
ktap_test_result "two clients are there" \
	eval 'connected r2 && connected r3 && reaches r2 10.1.0.2 && reaches r3 10.1.0.2 && session alice && session bob'
# For alice the gateway is dead; bob is killed.
in_ns net nft -f - <<END
table ip dead {
	chain f {
		type filter hook forward priority 0;
		ip daddr 198.51.100.2 drop
		ip saddr 198.51.100.2 drop
	}
}
END
kill -9 "$vpnc_r3"
ktap_test_result "we see that bob is dead: his SAs and his session end" \
	eval 'poll 60 no_session bob && ! router r1 show crypto isakmp sa | grep -q "203.0.113.3.*QM_IDLE"'
ktap_test_result "the log says so" log_has "203.0.113.3: peer is dead"
ktap_test_result "so does alice for us" poll 60 nobody
ktap_test_result "vpnc sees that its gateway is dead" poll 90 pid_gone "$vpnc_r2"
ktap_test_result "and says so" grep -q "dead peer" "$WORK/vpnc-r2/log"
in_ns net nft delete table ip dead
in_ns r2 ip link del tun0 2>/dev/null
vpnc_start r2 alice alicepw
ktap_test_result "it answers again: she is let in, and reaches LAN A" \
	eval 'connected r2 && reaches r2 10.1.0.2'
vpnc_stop r2
ktap_test_result "she goes, and leaves nothing" poll 60 nobody

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Out of one tunnel of r1 and into another, on one interface: between two clients (vpnc),
# and between a client and the network behind a LAN-to-LAN tunnel (strongSwan), where the
# lists say so; where they do not, no packet gets there.
# C-050 F-058 E-044
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   vpnc, 10.99.0.x on tun0
#                                     +----- 203.0.113.3  r3   vpnc; then strongSwan --- c
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

ktap_print_header
vpnc_there
ktap_set_plan 15

# conf LIST…: ours, with these lines of what clients reach
conf() {
	cm_phase1 203.0.113.3
	cat <<-END
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username alice password alicepw
	username bob password bobpw
	crypto isakmp policy 20
	 encryption aes 256
	 hash sha
	 group 14
	ip local pool EZ 10.99.0.10 10.99.0.20
	END
	for _l in "$@"; do
		echo "access-list 150 permit ip $_l any"
	done
	echo "access-list 103 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255"
	[ $# = 1 ] || echo "access-list 103 permit ip 10.99.0.0 0.0.0.255 10.3.0.0 0.0.0.255"
	cat <<-END
	crypto isakmp client configuration group vpngroup
	 key GroupSecret
	 pool EZ
	 acl 150
	crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
	crypto dynamic-map CLIENTS 10
	 set transform-set CLIENT
	crypto map VPN client authentication list USERS
	crypto map VPN isakmp authorization list GROUPS
	crypto map VPN client configuration address respond
	END
	cm_entry VPN 10 203.0.113.3 103
	cat <<-END
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}
LAN_A='10.1.0.0 0.0.0.255' CLIENTS='10.99.0.0 0.0.0.255' LAN_C='10.3.0.0 0.0.0.255'

ours() {
	[ -z "$daemon_r1" ] || { router r1 shutdown >/dev/null 2>&1; poll 10 pid_gone "$daemon_r1"; }
	conf "$@" >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}
no_clear() { [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
has() { told "$1" INTERNAL_IP4_ADDRESS; }
silent() { ! in_ns "$1" ping -c 2 -i 0.2 -W 2 "$2" >/dev/null 2>&1; }
esp_of() { wire_has esp and src "$1" and dst 192.0.2.1 && wire_has esp and src 192.0.2.1 and dst "$1"; }

interop_build
wire_start || abort tcpdump

# --- two clients ----------------------------------------------------------------------

ours "$LAN_A" "$CLIENTS" "$LAN_C"
vpnc_start r2 alice alicepw
vpnc_start r3 bob bobpw
ktap_test_result "two clients are in" eval 'connected r2 60 && connected r3 60'
alice=$(has r2) bob=$(has r3)
ktap_test_result "each has an address of its own" [ -n "$alice" ] && [ "$alice" != "$bob" ]
ktap_test_result "their way to one another is the tunnel" eval \
	'in_ns r2 ip route get "$bob" | grep -q "dev tun" && in_ns r3 ip route get "$alice" | grep -q "dev tun"'
ktap_test_result "one reaches the other, through the gateway" reaches r2 "$bob"
ktap_test_result "and the other one" reaches r3 "$alice"
ktap_test_result "and each LAN A" eval 'reaches r2 10.1.0.2 && reaches r3 10.1.0.2'
ktap_test_result "as ESP on both ways" eval 'poll 5 esp_of 198.51.100.2 && esp_of 203.0.113.3'
ktap_test_result "and not past it, nor in clear" eval 'no_clear && ! wire_has host 198.51.100.2 and host 203.0.113.3'
vpnc_stop r3
ktap_test_result "who has gone is not reached, nor told of in clear" eval 'silent r2 "$bob" && no_clear'
vpnc_stop r2
poll 60 nobody

# --- a client and a tunnel ---------------------------------------------------------------

swan_start r3 203.0.113.3 192.0.2.1 10.3.0.0/24 10.99.0.0/24 || abort strongSwan
vpnc_start r2 alice alicepw
ktap_test_result "a client is in" connected r2 60
alice=$(has r2)
ktap_test_result "it reaches what is behind the LAN-to-LAN tunnel" reaches r2 10.3.0.2
ktap_test_result "and is reached from there" reaches c "$alice"
ktap_test_result "nothing of it in clear" eval 'no_clear && ! wire_has host 198.51.100.2 and host 203.0.113.3'
vpnc_stop r2
poll 60 nobody

# --- not without being told so ---------------------------------------------------------------

ours "$LAN_A"
vpnc_start r2 alice alicepw
connected r2 60
reaches r2 10.1.0.2
ktap_test_result "a client that may have LAN A alone has that" [ $? = 0 ]
in_ns r2 ip route add 10.3.0.0/24 dev tun0
ktap_test_result "and nothing behind the other tunnel, in clear or not" eval 'silent r2 10.3.0.2 && no_clear'

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Remote access with users of RADIUS: two FreeRADIUS on a, which want requests signed, and
# vpnc on r2 and r3. Who has the right password gets the address that RADIUS says, or one of
# the pool; a server that is silent or gone leaves it to the next, and all of them to the
# users of r1; nobody else waits meanwhile. Answers have to be signed, too.
# F-029 F-041 F-102 C-081 E-039 R-44
#
#  a 10.1.0.2 ----- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   clients: 10.99.0.x on tun0
#    1812, 1813       ours             +------ 203.0.113.3  r3
#    FreeRADIUS
#
# The rest of the topology is in lib.sh; LANs B and C take no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"
. "$(dirname "$0")/lib_radius.sh"

ktap_print_header
vpnc_there
if ! command -v freeradius >/dev/null; then
	ktap_skip_all "no freeradius"
	exit 4
fi
ktap_set_plan 34

# conf: ours
conf() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS group radius local
	aaa authorization network GROUPS local
	radius-server host 10.1.0.2 auth-port 1812 timeout 3 retransmit 1 key Sh4red-1
	radius-server host 10.1.0.2 auth-port 1813 timeout 3 retransmit 1
	radius-server key Sh4red-2
	username zoe password zoepw
	username alice password another
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha
	 group 14
	ip local pool EZ 10.99.0.10 10.99.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
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
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}

# server N PORT [LINE]: it knows alice, dave and bob
server() {
	radius_start "$1" "$2" "Sh4red-$1" "$3" <<-END
	alice Cleartext-Password := "alicepw"
	 Framed-IP-Address = 10.99.0.77,
	 Class = "staff"
	dave Cleartext-Password := "davepw"
	 Framed-IP-Address = 10.99.0.77
	bob Cleartext-Password := "bobpw"
	 Framed-IP-Address = 255.255.255.254,
	 Reply-Message = "server $1"
	END
}

interop_build
conf >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump
server 1 1812 "$SIGN" || abort "the first server"
server 2 1813 "$SIGN" || abort "the second server"

# --- the first server -----------------------------------------------------------------------

vpnc_start r2 alice alicepw
ktap_test_result "alice is let in, whom RADIUS knows by this password" connected r2
ktap_test_result "with the address that it says" [ "$(told r2 INTERNAL_IP4_ADDRESS)" = 10.99.0.77 ]
ktap_test_result "her tunnel reaches LAN A" reaches r2 10.1.0.2
ktap_test_result "LAN A reaches her" reaches a 10.99.0.77
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "the log names the server" log_has 'user alice is let in by RADIUS 10.1.0.2:1812'
ktap_test_result "user, address and class are shown" \
	eval 'detail_has "user alice, address 10.99.0.77" && detail_has "class staff"'
ktap_test_result "only the first server was asked, once" [ "$(radius_asked 1),$(radius_asked 2)" = 1,0 ]
ktap_test_result "from where she came" \
	grep -q 'Calling-Station-Id = "198.51.100.2"' "$WORK/radius-1/log"

vpnc_start r3 dave davepw
ktap_test_result "dave, who is to have the same address, gets none" \
	eval 'log_has "user dave is to have the address 10.99.0.77, from RADIUS, which another client has: refused" && refused r3'
vpnc_stop r3
vpnc_start r3 bob bobpw
ktap_test_result "bob, of whom it says nothing, is let in" connected r3
ktap_test_result "with an address of the pool" \
	expr "$(told r3 INTERNAL_IP4_ADDRESS)" : '10\.99\.0\.[12][0-9]$'
ktap_test_result "both reach LAN A" eval 'reaches r3 10.1.0.2 && reaches r2 10.1.0.2'
vpnc_stop r2
vpnc_stop r3
ktap_test_result "they go, and leave nothing" poll 20 nobody

# --- who is not let in ------------------------------------------------------------------------

esp=$(wire_count esp)
vpnc_start r2 alice another
ktap_test_result "wrong password: refused, though it is that of the user of r1" refused r2
ktap_test_result "the log says so" \
	log_has '198.51.100.2: XAUTH: unknown user or wrong password, user alice'
ktap_test_result "nothing is up, not a packet was sent" \
	eval 'poll 20 nobody && [ "$(wire_count esp)" = "$esp" ]'
vpnc_stop r2

# --- servers that do not answer ------------------------------------------------------------------

kill -STOP "$radius_1"
vpnc_start r2 bob bobpw
asking() { router r1 show crypto isakmp sa | grep -q CONF_XAUTH; }
poll 20 asking || abort "bob is not asked"
# It answers as long as the first server is waited for; one that waits itself does so once.
busy=0
while asking && [ $busy -lt 200 ]; do
	busy=$((busy + 1))
	sleep 0.1
done
ktap_test_result "a silent server: the daemon answers meanwhile ($busy times)" [ $busy -ge 2 ]
ktap_test_result "bob is let in by the second" \
	eval 'connected r2 && log_has "user bob is let in by RADIUS 10.1.0.2:1813"'
ktap_test_result "the log says who was silent, and is asked last from now on" \
	log_has 'RADIUS: 10.1.0.2:1812 does not answer, and is asked last for 10 min'
ktap_test_result "it reaches LAN A" reaches r2 10.1.0.2
vpnc_stop r2
poll 20 nobody || abort "bob stays"

kill -CONT "$radius_1"
kill "$radius_1" "$radius_2"
poll 10 pid_gone "$radius_1" && poll 10 pid_gone "$radius_2"
vpnc_start r2 zoe zoepw
ktap_test_result "no server is left: zoe is let in, a user of r1" connected r2
ktap_test_result "the log says why: both, the first one last" \
	log_has 'RADIUS: 10.1.0.2:1813 cannot be reached, 10.1.0.2:1812 cannot be reached'
ktap_test_result "she reaches LAN A" reaches r2 10.1.0.2
vpnc_stop r2
poll 20 nobody || abort "zoe stays"
vpnc_start r2 bob bobpw
ktap_test_result "bob is not, whom r1 does not know" refused r2
vpnc_stop r2

# --- answers without Message-Authenticator -------------------------------------------------------

server 2 1813 || abort "the second server, which does not sign"
vpnc_start r2 bob bobpw
ktap_test_result "an answer that is not signed does not count" refused r2
ktap_test_result "the log says so" log_has '10.1.0.2:1813 gives answers without Message-Authenticator'
vpnc_stop r2
{
	conf
	echo 'no radius-server message-authenticator-required'
} >"$WORK/r1.conf"
router r1 shutdown >/dev/null 2>&1
poll 10 pid_gone "$daemon_r1"
cat "$WORK/r1/log" >"$WORK/log.1"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
vpnc_start r2 bob bobpw
ktap_test_result "unless r1 is told that it does" \
	eval 'connected r2 && log_has "user bob is let in by RADIUS 10.1.0.2:1813"'

vpnc_stop r2

# --- groups of servers ----------------------------------------------------------------------------

# Each tunnel-group has its own, as ASA says it.
{
	conf | grep -v -e '^aaa' -e '^radius' -e client -e authorization -e '^ip local' -e '^ key' -e '^ pool' -e '^ acl'
	cat <<-END
	no radius-server message-authenticator-required
	ip local pool EZ 10.99.0.10-10.99.0.20 mask 255.255.255.0
	END
	for i in 1 2; do
		cat <<-END
		aaa-server SERVERS$i protocol radius
		aaa-server SERVERS$i (lan0) host 10.1.0.2 Sh4red-$i timeout 6
		 retry-interval 3
		 authentication-port 181$((i + 1))
		tunnel-group group$i type remote-access
		tunnel-group group$i general-attributes
		 address-pool EZ
		 authentication-server-group (lan0) SERVERS$i
		tunnel-group group$i ipsec-attributes
		 ikev1 pre-shared-key GroupSecret
		END
	done
} >"$WORK/r1.conf"
router r1 shutdown >/dev/null 2>&1
poll 10 pid_gone "$daemon_r1"
cat "$WORK/r1/log" >>"$WORK/log.1"
server 1 1812 "$SIGN" || abort "the first server, again"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon with groups"
before=$(radius_asked 2)
VPNC_GROUP=group1
vpnc_start r2 bob bobpw
ktap_test_result "bob of one tunnel-group is let in by its server" \
	eval 'connected r2 && log_has "user bob is let in by RADIUS 10.1.0.2:1812"'
ktap_test_result "the other was not asked" [ "$(radius_asked 1),$(radius_asked 2)" = "1,$before" ]
ktap_test_result "he has the mask of his pool" [ "$(told r2 INTERNAL_IP4_NETMASK)" = 255.255.255.0 ]
vpnc_stop r2
VPNC_GROUP=group2
vpnc_start r3 bob bobpw
ktap_test_result "bob of the other is let in by the other, which alone was asked" \
	eval 'connected r3 && log_has "user bob is let in by RADIUS 10.1.0.2:1813" && [ "$(radius_asked 1)" = 1 ]'

ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "no key or password is in the log, no key in what is shown" \
	eval '! grep -q -e Sh4red -e alicepw -e bobpw -e zoepw "$WORK/r1/log" "$WORK/log.1" &&
		router r1 show running-config | grep -q "^ server-private 10.1.0.2 auth-port 1812" &&
		! router r1 show running-config masked | grep -q Sh4red'

ktap_finished

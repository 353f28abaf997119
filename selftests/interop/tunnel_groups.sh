#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tunnel groups, group policies and attributes of users, as ASA has them: strongSwan on r2
# is a router with a tunnel-group of its own, vpnc on r3 comes as a client of another one,
# at one crypto map. What clients are told is inherited; sessions end when they are idle or
# have lasted too long.
# F-034 F-038 F-039 C-059 C-060 C-061 C-065 C-067 C-069 C-070 C-074 C-075 C-076 C-079 E-021
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2 --- b 10.2.0.2
#                   ours             +------ 203.0.113.3  r3   client on tun0
#
# The rest of the topology is in lib.sh; LAN C takes no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

ktap_print_header
vpnc_there
ktap_set_plan 27

interop_build
cat >"$WORK/r1.conf" <<END
username alice password alicepw
username alice attributes
 vpn-framed-ip-address 10.99.0.77
username bob password bobpw
username carol password carolpw
username carol attributes
 vpn-simultaneous-logins 0
username dave password davepw
username dave attributes
 vpn-tunnel-protocol l2tp-ipsec
username erin password erinpw
username erin attributes
 vpn-idle-timeout none
 vpn-session-timeout 1
crypto isakmp policy 10
 encryption aes 256
 hash sha
 group 14
crypto isakmp keepalive 10 3 periodic
ip local pool EZ 10.99.0.10 10.99.0.20
access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
access-list 150 permit ip 10.1.0.0 0.0.0.255 any
group-policy DfltGrpPolicy attributes
 dns-server value 10.1.0.53
 default-domain value not.this.test
group-policy EZ internal
group-policy EZ attributes
 default-domain value example.test
 split-tunnel-policy tunnelspecified
 split-tunnel-network-list value 150
 vpn-idle-timeout 1
tunnel-group vpngroup type remote-access
tunnel-group vpngroup general-attributes
 address-pool EZ
 default-group-policy EZ
tunnel-group vpngroup ipsec-attributes
 ikev1 pre-shared-key GroupSecret
tunnel-group 198.51.100.2 type ipsec-l2l
tunnel-group 198.51.100.2 ipsec-attributes
 ikev1 pre-shared-key $PSK
crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
crypto dynamic-map CLIENTS 10
 set transform-set CLIENT
$(cm_entry VPN 10 198.51.100.2 101)
crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
interface wan0
 crypto map VPN
END
chmod 600 "$WORK/r1.conf"
router r1 check "$WORK/r1.conf" >"$WORK/check" 2>&1
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "a policy without IPsec is warned of, and nothing else" \
	eval '[ "$(wc -l <"$WORK/check")" = 1 ] && grep -q "user dave: vpn-tunnel-protocol does not permit ikev1" "$WORK/check"'
router r1 show running-config masked >"$WORK/shown"
ktap_test_result "it is shown as it was said, without keys, and nothing beside it" \
	eval 'grep -q "^tunnel-group vpngroup type remote-access" "$WORK/shown" && grep -q "^group-policy EZ attributes" "$WORK/shown" && grep -q "^ vpn-framed-ip-address 10.99.0.77" "$WORK/shown" && ! grep -q -e GroupSecret -e "$PSK" -e "isakmp key" -e "client configuration" -e LOCAL "$WORK/shown"'

# --- a router ---------------------------------------------------------------------------------

cat >"$WORK/swan.conf" <<END
connections {
  site {
    version = 1
    local_addrs = 198.51.100.2
    remote_addrs = 192.0.2.1
    proposals = aes256-sha1-modp2048
    local {
      auth = psk
    }
    remote {
      auth = psk
    }
    children {
      lan {
        local_ts = 10.2.0.0/24
        remote_ts = 10.1.0.0/24
        esp_proposals = aes256-sha256-modp2048
      }
    }
  }
}
secrets {
  ike-site {
    secret = "$PSK"
  }
}
END
mkdir -p "$WORK/swan" && cp "$WORK/swan.conf" "$WORK/swan/swanctl.conf"
charon_start r2 "$WORK/swan" || abort strongSwan
ktap_test_result "the router comes up by the key of its tunnel-group" \
	eval 'charon_ctl r2 --initiate --child lan --timeout 40 >"$WORK/initiate" 2>&1'
ktap_test_result "packets pass" reaches a 10.2.0.2
ktap_test_result "it was not asked for a user" eval '! grep -q "198.51.100.2.*XAUTH" "$WORK/r1/log"'

# --- clients ----------------------------------------------------------------------------------

vpnc_start r3 alice alicepw
ktap_test_result "alice is let in" connected r3
ktap_test_result "with the address that is hers" [ "$(told r3 INTERNAL_IP4_ADDRESS)" = 10.99.0.77 ]
ktap_test_result "name server of DfltGrpPolicy, domain of the group's policy" \
	[ "$(told r3 INTERNAL_IP4_DNS)|$(told r3 CISCO_DEF_DOMAIN)" = "10.1.0.53|example.test" ]
ktap_test_result "and what to protect" \
	[ "$(told r3 CISCO_SPLIT_INC),$(told r3 CISCO_SPLIT_INC_0_ADDR)/$(told r3 CISCO_SPLIT_INC_0_MASKLEN)" = 1,10.1.0.0/24 ]
ktap_test_result "she reaches LAN A" reaches r3 10.1.0.2
ktap_test_result "LAN A reaches her, and the router" eval 'reaches a 10.99.0.77 && reaches a 10.2.0.2'
ktap_test_result "nothing in clear" wire_is_protected
router r1 show vpn-sessiondb detail filter name alice >"$WORK/session"
ktap_test_result "her session is shown, with what went through it" \
	eval 'grep -q "Assigned IP  : 10.99.0.77 *Public IP    : 203.0.113.3" "$WORK/session" && grep -q "Group Policy : EZ *Tunnel Group : vpngroup" "$WORK/session" && [ "$(sed -n "s/^Bytes Tx .*Bytes Rx *: //p" "$WORK/session")" -gt 0 ]'
ktap_test_result "with all that ASA shows of it" \
	eval 'grep -q "^Encryption   : IKEv1: (1)AES-CBC 256  IPsec: (1)aes-256$" "$WORK/session" && grep -Eq "^Pkts Tx Drop : 0 +Pkts Rx Drop : [0-9]+$" "$WORK/session" && grep -Eq "^Audt Sess ID : [0-9a-f]{24}$" "$WORK/session" && grep -Eq "^  Remote Addr  : 10.99.0.77/255.255.255.255/0/0$" "$WORK/session" && grep -Eq "^  Rekey Int \(D\): [0-9]+ K-Bytes +Rekey Left\(D\): [0-9]+ K-Bytes$" "$WORK/session" || { sed "s/^/# /" "$WORK/session"; false; }'
router r1 --json show crypto ipsec sa | grep -o "losses[^]]*" | sed "s/^/# /"
ktap_test_result "it is not among those that are over" \
	eval 'router r1 show vpn-sessiondb ended | grep -q "no such sessions"'
ktap_test_result "the router has none, nor has bob" \
	eval '[ "$(router r1 show vpn-sessiondb | grep -c Username)" = 1 ] && router r1 show vpn-sessiondb filter name bob | grep -q "no such sessions"'
router r1 vpn-sessiondb logoff name alice >/dev/null 2>&1
gone() { ! router r1 show crypto isakmp sa | grep -q "203.0.113.3.*QM_IDLE"; }
ktap_test_result "logged off: she goes, the router stays" \
	eval 'poll 20 pid_gone "$vpnc_r3" && poll 20 gone && reaches a 10.2.0.2'
router r1 show vpn-sessiondb ended filter name alice >"$WORK/session"
ktap_test_result "what is left of her session says why it is over, and what it carried" \
	eval 'grep -q "^Reason       : logged off by the administrator$" "$WORK/session" && grep -q "Assigned IP  : 10.99.0.77 *Public IP    : 203.0.113.3" "$WORK/session" && [ "$(sed -n "s/^Bytes Tx .*Bytes Rx *: //p" "$WORK/session")" -gt 0 ] && [ "$(router r1 show vpn-sessiondb ended | grep -c ^Username)" = 1 ] || { sed "s/^/# /" "$WORK/session"; false; }'

vpnc_start r3 carol carolpw
ktap_test_result "carol may not log in at all" \
	eval 'refused r3 && log_has "user carol: vpn-simultaneous-logins of its policy is 0"'
vpnc_stop r3
vpnc_start r3 dave davepw
ktap_test_result "dave may not by IPsec alone" \
	eval 'refused r3 && log_has "user dave: tunnel rejected, vpn-tunnel-protocol"'
vpnc_stop r3

# --- how long ---------------------------------------------------------------------------------

vpnc_start r3 bob bobpw
ktap_test_result "bob has an address of the pool" \
	eval 'connected r3 && expr "$(told r3 INTERNAL_IP4_ADDRESS)" : "10\.99\.0\.[12][0-9]$" >/dev/null'
ktap_test_result "he says nothing for a minute: his session is over" \
	eval 'poll 120 grep -q "203.0.113.3: the session of user bob is over: nothing came or went" "$WORK/r1/log"'
ktap_test_result "he is told" poll 20 pid_gone "$vpnc_r3"
ktap_test_result "nothing is left of him, but the router stays" \
	eval 'poll 20 gone && reaches a 10.2.0.2'
vpnc_start r3 erin erinpw
connected r3 || abort erin
bg "$WORK/traffic" ip netns exec "$NET_TAG-r3" ping -i 5 10.1.0.2
traffic=$bg_pid
ktap_test_result "erin has had her minute" \
	eval 'poll 120 grep -q "the session of user erin is over, after 60 s as vpn-session-timeout" "$WORK/r1/log"'
ktap_test_result "though packets passed until then" grep -q 'bytes from' "$WORK/traffic"
ktap_test_result "nothing is left of her" poll 20 gone
kill "$traffic" "$vpnc_r3" 2>/dev/null
poll 20 pid_gone "$vpnc_r3"

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hybrid authentication (draft-ietf-ipsec-isakmp-hybrid-auth): r1 has a certificate, its
# clients have users and passwords and nothing else. strongSwan on r2 comes in main mode,
# vpnc on r3 in aggressive mode.
# F-023 F-029 F-099 F-103 C-059 C-064
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   strongSwan
#                   ours             +------ 203.0.113.3  r3   vpnc, on tun0
#
# The rest of the topology is in lib.sh; LANs B and C take no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

ktap_print_header
vpnc_there
ktap_set_plan 24

interop_build
. "$INTEROP/lib_pki.sh"
CHARON_PLUGINS="xauth-generic $CHARON_PLUGINS"
make_certificates() {
	key_of root rsa && authority root root && key_of r1 rsa && end r1 root r1 30 "$R1" &&
		key_of rogue rsa && authority rogue rogue
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

cat >"$WORK/r1.conf" <<END
crypto pki trustpoint T
 ca-certificate $PKI/root.pem
 certificate $PKI/r1.pem
 private-key $PKI/r1.key
username alice password alicepw
username bob password bobpw
crypto isakmp identity fqdn r1.example
crypto isakmp policy 10
 encryption aes 256
 hash sha
 authentication rsa-sig
 group 14
crypto isakmp policy 20
 encryption aes 256
 hash sha
 group 14
ip local pool EZ 10.99.0.10 10.99.0.20
tunnel-group vpngroup type remote-access
tunnel-group vpngroup general-attributes
 address-pool EZ
tunnel-group vpngroup ipsec-attributes
 isakmp ikev1-user-authentication hybrid
tunnel-group plain type remote-access
tunnel-group plain general-attributes
 address-pool EZ
tunnel-group plain ipsec-attributes
 ikev1 pre-shared-key PlainSecret
crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
crypto dynamic-map CLIENTS 10
 set transform-set CLIENT
crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
interface wan0
 crypto map VPN
END
chmod 600 "$WORK/r1.conf"
router r1 check "$WORK/r1.conf" >"$WORK/check" 2>&1
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "nothing is warned of" [ ! -s "$WORK/check" ]
ktap_test_result "it is shown as it was said" \
	eval 'router r1 show running-config | grep -q "^ ikev1 user-authentication hybrid"'

# --- strongSwan, main mode --------------------------------------------------------------------

# home GROUP PASSWORD AUTHORITY: it afresh, where it waits for an answer it would go on waiting
home() {
	charon_stop r2 2>/dev/null
	rm -rf "$CHARON_DIR_BASE-r2"
	mkdir -p "$WORK/swan" "$CHARON_DIR_BASE-r2/x509ca"
	cp "$PKI/$3.pem" "$CHARON_DIR_BASE-r2/x509ca"
	cat >"$WORK/swan/swanctl.conf" <<-END
	connections {
	  home {
	    version = 1
	    local_addrs = 198.51.100.2
	    remote_addrs = $R1
	    proposals = aes256-sha1-modp2048
	    vips = 0.0.0.0
	    local {
	      auth = xauth
	      id = keyid:$1
	      xauth_id = bob
	    }
	    remote {
	      auth = pubkey
	      id = r1.example
	    }
	    children {
	      lan {
	        remote_ts = 10.1.0.0/24
	        esp_proposals = aes256-sha1
	      }
	    }
	  }
	}
	secrets {
	  xauth-bob {
	    id = bob
	    secret = "$2"
	  }
	}
	END
	charon_start r2 "$WORK/swan" || abort strongSwan
}
# All messages that strongSwan has had of us, but for their numbers
heard() { charon_log r2 | sed -n 's/.*\[ENC\] parsed \([A-Z_]* [a-z]*\) [0-9]* \(.*\)/\1 \2/p'; }
initiate() { charon_ctl r2 --initiate --child lan --timeout "${1:-40}" >"$WORK/initiate" 2>&1; }

home vpngroup wrongpw root
esp=$(wire_count esp)
ktap_test_result "strongSwan: wrong password: refused" \
	eval '! initiate 10 && log_has "XAUTH: unknown user or wrong password, user bob"'
heard >"$WORK/heard-known"
ktap_test_result "a group that does not permit it: refused" \
	eval 'home plain bobpw root && ! initiate 10 && log_has "hybrid authentication is not what the tunnel-group of KEY_ID plain permits"'
ktap_test_result "and who is of none" \
	eval 'home nosuch bobpw root && ! initiate 10 && log_has "hybrid authentication is not what the tunnel-group of KEY_ID nosuch permits"'
heard >"$WORK/heard-unknown"
ktap_test_result "which nobody can tell from a wrong password for a group that there is" \
	eval 'grep -q "^TRANSACTION" "$WORK/heard-known" && cmp "$WORK/heard-known" "$WORK/heard-unknown" || { diff "$WORK/heard-known" "$WORK/heard-unknown" | sed "s/^/# /"; false; }'
ktap_test_result "we have no certificate of the authority that it trusts: it refuses us" \
	eval 'home vpngroup bobpw rogue && ! initiate 10 && grep -q "no trusted .*public key found" "$WORK/charon-r2/log"'
ktap_test_result "nothing is up, nor was any packet sent" \
	eval 'poll 60 nobody && [ "$(wire_count esp)" = "$esp" ]'
home vpngroup bobpw root
ktap_test_result "bob is let in, in main mode" initiate
ktap_test_result "it is shown as what it is" \
	eval 'router r1 show crypto isakmp sa detail | grep -q "198.51.100.2 *responder.* hybr "'
ktap_test_result "he has an address, and reaches LAN A" \
	eval 'in_ns r2 ip addr | grep -q 10.99.0.1 && reaches r2 10.1.0.2'

# --- vpnc, aggressive mode --------------------------------------------------------------------

hybrid_start() { VPNC_AUTH=hybrid VPNC_CA="$PKI/root.pem" vpnc_start r3 "$1" "$2"; }

hybrid_start alice wrongpw
ktap_test_result "vpnc: wrong password: refused" refused r3
vpnc_stop r3
hybrid_start alice alicepw
ktap_test_result "alice is let in, in aggressive mode" connected r3
ktap_test_result "with an address of the group" \
	eval 'expr "$(told r3 INTERNAL_IP4_ADDRESS)" : "10\.99\.0\.1[0-9]$" >/dev/null'
ktap_test_result "she reaches LAN A, and bob still does" \
	eval 'in_ns r3 ip route add 10.1.0.0/24 dev tun0; reaches r3 10.1.0.2 && reaches r2 10.1.0.2'
ktap_test_result "nothing in clear" wire_is_protected
vpnc_stop r3
VPNC_GROUP=plain vpnc_start r3 alice alicepw PlainSecret
ktap_test_result "a group with a key is let in as ever" connected r3

# --- changes -------------------------------------------------------------------------------------

serial() { router r1 show crypto ipsec sa peer 198.51.100.2 | grep -m1 'spi: 0x'; }
before=$(serial)
printf 'username carol password carolpw\ncrypto isakmp key Other address 0.0.0.0\n' >"$WORK/change"
router r1 copy "$WORK/change" running-config >"$WORK/applied" 2>&1
ktap_test_result "what does not concern him ends nothing" \
	eval '[ -n "$before" ] && [ "$(serial)" = "$before" ] && reaches r2 10.1.0.2'
printf 'tunnel-group vpngroup ipsec-attributes\n isakmp ikev1-user-authentication xauth\n' >"$WORK/change"
router r1 copy "$WORK/change" running-config >"$WORK/applied" 2>&1
ktap_test_result "hybrid authentication is not permitted any more: bob goes" \
	log_has "its tunnel-group does not permit hybrid authentication any more: its SAs end"
ktap_test_result "alice, who has shown a key, stays" \
	eval 'in_ns r3 ip route replace 10.1.0.0/24 dev tun0; reaches r3 10.1.0.2'
gone() { ! router r1 show crypto ipsec sa peer 198.51.100.2 | grep -q 'spi: 0x'; }
ktap_test_result "bob is not let in again" eval '! initiate 10 && gone'

# --- where a router is --------------------------------------------------------------------------

# entry NO: an entry that names the place where bob is, or not any more
entry() {
	{
		printf 'tunnel-group vpngroup ipsec-attributes\n isakmp ikev1-user-authentication hybrid\n'
		printf 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255\n'
		[ -n "$1" ] || cm_entry VPN 10 198.51.100.2 101 | sed 's/STRONG/CLIENT/'
		[ -z "$1" ] || echo 'no crypto map VPN 10'
	} >"$WORK/change"
	router r1 copy "$WORK/change" running-config >"$WORK/applied" 2>&1
}
entry ''
home vpngroup bobpw root
ktap_test_result "nobody takes a router's place without a key or certificate" \
	eval '! initiate 10 && gone && log_has "against policy 10: authentication: offered hybrid-init-RSA"'
entry no
ktap_test_result "where none is, bob is let in again" eval 'initiate && reaches r2 10.1.0.2'
entry ''
ktap_test_result "a router comes: bob goes" poll 20 gone

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is left in the memory of ike-daemon of secrets that it needs no more: passwords of
# clients whom it has asked RADIUS about, the keys of servers, groups and keyrings that the
# configuration has no longer, and a private key of RSA. vpnc on r2 is the client, FreeRADIUS
# on a the server. What is left of sessions of main mode is asked by confined.sh.
#
#  a 10.1.0.2 ----- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   client: 10.99.0.x on tun0
#    FreeRADIUS       ours
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
ktap_set_plan 16

# So long that each is looked for as parts of 16 bytes, and alike in none of them
PASSWORD=alice-Yq3vT8sLw2Zk5Rb7Nc1Xd6Ph9
WRONG=alice-Wj4mB6gQz8Ks2Vt5Ym7Lf3Hd1
LOCAL=local-Ux5nC7hRx9Lt3Wu6Zn8Mg4Je2
RADIUS=radius-Vy6oD8iSy1Mu4Xv7Ao9Nh5Kf3
GROUP=group-Wz7pE9jTz2Nv5Yw8Bp1Oi6Lg4
RING=ring-Xa8qF1kUa3Ow6Zx9Cq2Pj7Mh5

. "$INTEROP/lib_pki.sh"
interop_build
make_certificates() {
	key_of root P-256 && authority root root && key_of r1 rsa && end r1 root r1 30 $R1
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# conf GROUP RADIUS RING LOCAL [trust]: ours, with these secrets
conf() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS group radius local
	aaa authorization network GROUPS local
	radius-server host 10.1.0.2 auth-port 1812 timeout 3 retransmit 1 key $2
	username zoe password $4
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha
	 group 14
	crypto keyring RING
	 pre-shared-key address 203.0.113.3 key $3
	ip local pool EZ 10.99.0.10 10.99.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	crypto isakmp client configuration group vpngroup
	 key $1
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
	[ "$5" != trust ] || cat <<-END
	crypto pki trustpoint T
	 ca-certificate $PKI/root.pem
	 certificate $PKI/r1.pem
	 private-key $PKI/r1.key
	END
}

# --- what is looked for -----------------------------------------------------------------

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
# The first prime of the key, as files have it, and reversed, as numbers of OpenSSL are
prime() {
	openssl pkey -in "$PKI/r1.key" -noout -text |
		awk '/^prime1:/ { on = 1; next } /^[a-z]/ { on = 0 } on { printf "%s", $0 }' |
		tr -d ' :\n' | sed 's/^00//'
}
reversed() { fold -w 2 | tac | tr -d '\n'; }
secrets() {
	for _s in PASSWORD WRONG LOCAL RADIUS GROUP RING; do
		eval "echo $_s=\$(hex \"\$$_s\")"
	done
	echo "DER=$(prime)"
	echo "BIGNUM=$(prime | reversed)"
}
scan() {
	# shellcheck disable=SC2046 # one word each
	"$INTEROP/scan.py" "$daemon_r1" $(cat "$WORK/secrets") >"$WORK/memory" &&
		sed 's/^/# /' "$WORK/memory"
}
has() { awk -v name="$1" '$1 == name && $2 > 0 { found = 1 } END { exit !found }' "$WORK/memory"; }
has_not() { awk -v name="$1" '$1 == name && $2 == 0 { found = 1 } END { exit !found }' "$WORK/memory"; }
load() {
	router r1 --file "$WORK/r1.conf" >"$WORK/load" 2>&1 || { sed 's/^/# /' "$WORK/load"; false; }
}

conf $GROUP $RADIUS $RING $LOCAL trust >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
echo "alice Cleartext-Password := \"$PASSWORD\"" |
	radius_start 1 1812 "$RADIUS" "$SIGN" || abort freeradius
secrets >"$WORK/secrets"
[ "$(sed -n 's/^DER=//p' "$WORK/secrets" | tr -d '\n' | wc -c)" = 256 ] || abort "no prime of 128 bytes"

# --- clients ----------------------------------------------------------------------------

vpnc_start r2 alice "$PASSWORD" $GROUP
ktap_test_result "alice is let in, by RADIUS" connected r2
ktap_test_result "in aggressive mode, with the key of her group" reaches r2 10.1.0.2
scan
ktap_test_result "her password is forgotten while she is there" has_not PASSWORD
vpnc_stop r2
poll 20 nobody
vpnc_start r2 alice "$WRONG" $GROUP
ktap_test_result "a wrong password" refused r2
kill "$vpnc_r2" 2>/dev/null
poll 40 nobody
vpnc_start r2 zoe "$LOCAL" $GROUP
ktap_test_result "zoe is not known to RADIUS, so she is not let in" refused r2
kill "$vpnc_r2" 2>/dev/null
poll 40 nobody
scan
ktap_test_result "of neither password of alice there is anything" eval 'has_not PASSWORD && has_not WRONG'

# --- what is configured -----------------------------------------------------------------

ktap_test_result "the keys of server, group and keyring are there" eval 'has RADIUS && has GROUP && has RING'
ktap_test_result "of the password of a user there is a hash alone" has_not LOCAL
ktap_test_result "and the private key" has BIGNUM
ktap_test_result "of which the file's form is not" has_not DER
ktap_test_result "another configuration, without a trustpoint" \
	eval 'conf OtherGroup OtherRadius OtherRing OtherLocal >"$WORK/r1.conf" && load'
router r1 show running-config >/dev/null 2>&1
scan
ktap_test_result "nothing of the server's key" has_not RADIUS
ktap_test_result "nor of group and keyring" eval 'has_not GROUP && has_not RING'
ktap_test_result "nor of the private key" eval 'has_not BIGNUM && has_not DER'
ktap_test_result "nor of who has come in" eval 'has_not PASSWORD && has_not WRONG'
ktap_test_result "it still runs" eval '! pid_gone "$daemon_r1"'

ktap_finished

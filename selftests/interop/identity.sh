#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who an entry is for, by the names in the certificate (crypto identity): r2 and r3 are
# strongSwan, both with certificates of one authority; r3 also takes the address of r2.
# The topology is in lib.sh.
#
#	Root --+-- r1, r2 (OU=Branch), r3 (OU=Branch), thief: r3's names and r2's address
# F-023 E-020

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 20

interop_build
. "$INTEROP/lib_pki.sh"

# member NAME COMMON-NAME DOMAIN ADDRESS
member() {
	key_of "$1" P-256 && cert "$1" root "/O=Example, Inc./OU=Branch/CN=$2" 30 \
		keyUsage=critical,digitalSignature "subjectAltName=DNS:$3,IP:$4"
}
make_certificates() {
	key_of root P-256 && authority root root && cp "$PKI/root.pem" "$PKI/between.pem" &&
		member r1 r1 r1.example $R1 && member r2 'Router  2' r2.example 198.51.100.2 &&
		member r3 r3 r3.example 203.0.113.3 && member thief r3 r3.example 198.51.100.2
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# conf IDENTITY-OF-R2 [LINE]: r1
conf() {
	cat <<-END
	crypto pki trustpoint T
	 ca-certificate $PKI/root.pem
	 certificate $PKI/r1.pem
	 private-key $PKI/r1.key
	crypto identity R2
	 $1
	 $2
	crypto identity ANY
	 dn ou=branch, o="example, inc."
	crypto isakmp identity address
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 authentication ecdsa-sig
	 group 19
	crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
	END
	cm_entry SITE 10 198.51.100.2 101 'set pfs group19'
	echo ' identity R2'
	cm_entry SITE 20 203.0.113.3 102 'set pfs group19'
	echo ' set identity ANY'
	printf 'interface wan0\n crypto map SITE\n'
}
apply() {
	conf "$@" >"$WORK/r1.conf"
	router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1
}

initiate() { charon_ctl "$1" --initiate --child lan --timeout "${2:-30}" >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W 20 "$1" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 2 -i 0.3 -W 2 "$1" >/dev/null 2>&1; }
fresh() { router r1 clear crypto isakmp >/dev/null 2>&1; router r1 clear crypto sa >/dev/null 2>&1; }
logged() { grep -q "$1" "$WORK/r1/log"; }
pairs() { router r1 show crypto ipsec sa peer "$1" | grep -c 'in use settings'; }
no_pair() { [ "$(pairs "$1")" = 0 ]; }
names_both() { logged "198.51.100.2: .*the peer is .*CN=r3, which is not identity R2 (dn cn=router 2)"; }

conf 'dn cn=router 2' >"$WORK/r1.conf"
swan r2 198.51.100.2 10.2.0.0/24 r2 "$R1" || abort "strongSwan r2"
swan r3 203.0.113.3 10.3.0.0/24 r3 "$R1" || abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# --- who fits ----------------------------------------------------------------------------

ktap_test_result "strongSwan with the common name that is wanted begins" initiate r2
ktap_test_result "packets pass" reaches 10.2.0.2
ktap_test_result "and another of the same company, by company and unit" initiate r3
ktap_test_result "packets pass there" reaches 10.3.0.2
fresh
ktap_test_result "we begin" reaches 10.2.0.2
ktap_test_result "with the other, too" reaches 10.3.0.2
ktap_test_result "nothing in clear" wire_is_protected
shown() {
	router r1 show crypto map | grep -A1 'Identity of peers: R2' | grep -q 'dn cn=router 2' &&
		router r1 show running-config | grep -q '^ identity R2'
}
ktap_test_result "show tells who is wanted" shown

# --- who does not ------------------------------------------------------------------------

# The same authority has certified it, and its address is that of r2.
swan r2 198.51.100.2 10.2.0.0/24 thief "$R1" || abort "strongSwan r2"
fresh
esp=$(wire_count 'esp and host 198.51.100.2')
no_more_esp() { [ "$(wire_count 'esp and host 198.51.100.2')" = "$esp" ]; }
ktap_test_result "another's certificate at its address: refused when it begins" \
	eval '! initiate r2 10 && no_pair 198.51.100.2'
ktap_test_result "the log names who came and who is wanted" names_both
ktap_test_result "it is not told who is wanted" \
	eval 'grep -q "INVAL[ID]*_ID" "$WORK/charon-r2/log" && ! grep -qi "router *2" "$WORK/charon-r2/log"'
ktap_test_result "refused when we begin" eval 'blocked 10.2.0.2 && no_pair 198.51.100.2'
ktap_test_result "no packet went there" no_more_esp
ktap_test_result "the other peer goes on" reaches 10.3.0.2

# --- changes -----------------------------------------------------------------------------

# Where it waits for an answer it would go on waiting.
swan r2 198.51.100.2 10.2.0.0/24 thief "$R1" || abort "strongSwan r2"
apply 'dn cn=nobody' 'fqdn R3.example'
ktap_test_result "a domain name of its certificate lets it in" eval 'initiate r2 && reaches 10.2.0.2'
spi=$(router r1 show crypto ipsec sa peer 203.0.113.3 | awk '/spi:/ { print $2; exit }')
same_spi() { [ "$(router r1 show crypto ipsec sa peer 203.0.113.3 | awk '/spi:/ { print $2; exit }')" = "$spi" ]; }
replace() {
	printf 'crypto identity R2\n no dn\n no fqdn\n dn cn=router 2\n' >"$WORK/change"
	router r1 copy "$WORK/change" running-config >"$WORK/applied" 2>&1
}
ktap_test_result "the identity is changed" replace
ktap_test_result "its SAs end" poll 20 no_pair 198.51.100.2
ktap_test_result "those of the other stay" eval '[ -n "$spi" ] && same_spi'
ktap_test_result "and it is not let in again" eval '! initiate r2 10 && blocked 10.2.0.2'
swan r2 198.51.100.2 10.2.0.0/24 r2 "$R1" || abort "strongSwan r2"
fresh
ktap_test_result "who is wanted is" eval 'initiate r2 && reaches 10.2.0.2'

ktap_finished

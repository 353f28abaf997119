#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Phase 1 with certificates: r2 is strongSwan with an RSA key and a certificate of an
# authority in between, r3 strongSwan with an ECDSA key; r1 has one of each kind.
# Whose certificate is not trusted, is revoked or has expired gets nothing. The topology
# is in lib.sh.
#
#	Root --+-- r1 (RSA), r1 (ECDSA), r3 (ECDSA), old (expired)
#	       +-- Between --- r2 (RSA)
#	Rogue ---- r2 (RSA), the same names
# F-023

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 40

interop_build
. "$INTEROP/lib_pki.sh"
CHARON_PLUGINS="xauth-generic $CHARON_PLUGINS"

# --- the certificates -------------------------------------------------------------------------

make_certificates() {
	for _ca in root between rogue; do
		key_of $_ca P-256
	done
	key_of r1rsa rsa && key_of r1ec P-256 && key_of r2 rsa && key_of r3 P-384 &&
		key_of r1false rsa && cp -p "$PKI/r2.key" "$PKI/false.key" &&
		authority root root && authority between root && authority rogue rogue &&
		end r1rsa root r1 30 $R1 && end r1ec root r1 30 $R1 &&
		end r2 between r2 30 198.51.100.2 && end r3 root r3 30 203.0.113.3 &&
		end false rogue r2 30 198.51.100.2 && end r1false rogue r1 30 $R1
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# --- the routers ------------------------------------------------------------------------------

# conf IDENTITY [TRUSTPOINT LINES]: r1
conf() {
	cat <<-END
	crypto pki trustpoint RSA
	 ca-certificate $PKI/root.pem
	 certificate $PKI/${OWN:-r1rsa}.pem
	 private-key $PKI/${OWN_KEY:-r1rsa}.key
	$2
	crypto pki trustpoint EC
	 ca-certificate $PKI/root.pem
	 certificate $PKI/r1ec.pem
	 private-key $PKI/r1ec.key
	$2
	crypto isakmp identity $1
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 authentication rsa-sig
	 group 19
	crypto isakmp policy ${ECDSA:-20}
	 encryption aes 256
	 hash sha256
	 authentication ecdsa-sig
	 group 19
	crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
	END
	cm_entry SITE 10 198.51.100.2 101 'set pfs group19'
	cm_entry SITE 20 203.0.113.3 102 'set pfs group19'
	printf 'interface wan0\n crypto map SITE\n'
}
# apply IDENTITY [LINES]
apply() {
	conf "$@" >"$WORK/r1.conf"
	router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1
}

initiate() { charon_ctl "$1" --initiate --child lan --timeout "${2:-30}" >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W "${2:-20}" "$1" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 2 -i 0.3 -W 2 "$1" >/dev/null 2>&1; }
fresh() { router r1 clear crypto isakmp >/dev/null 2>&1; router r1 clear crypto sa >/dev/null 2>&1; }
logged() { grep -q "$1" "$WORK/r1/log"; }
pairs() { router r1 show crypto ipsec sa | grep -c 'in use settings'; }

DN='O=Example, CN=r1'
conf dn >"$WORK/r1.conf"
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
swan r3 203.0.113.3 10.3.0.0/24 r3 "$DN" || abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "RSA, an authority in between: strongSwan begins" initiate r2
ktap_test_result "packets pass" reaches 10.2.0.2
ktap_test_result "ECDSA on two curves does not fit, said so" \
	eval '! initiate r3 10 && logged "ecdsa-384"'
other_curve() {
	key_of r3 P-256 && cp -p "$PKI/r3.key" "$PKI/old.key" &&
		end r3 root r3 30 203.0.113.3 && end old root r3 0 203.0.113.3
}
other_curve >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }
swan r3 203.0.113.3 10.3.0.0/24 r3 "$DN" || abort "strongSwan r3"
ktap_test_result "ECDSA on one: strongSwan begins" initiate r3
ktap_test_result "packets pass" reaches 10.3.0.2
ktap_test_result "nothing of it in clear" wire_is_protected
ktap_test_result "the names of the certificates are told" \
	eval 'logged "peer is O=Example, CN=r2" && logged "peer is O=Example, CN=r3"'
both_methods() {
	router r1 show crypto isakmp sa detail >"$WORK/sa"
	grep -q rsig "$WORK/sa" && grep -q esig "$WORK/sa"
}
ktap_test_result "and the methods" both_methods

for _r in r2 r3; do
	charon_ctl $_r --terminate --ike site >/dev/null 2>&1
done
fresh
ktap_test_result "RSA: we begin" reaches 10.2.0.2
# strongSwan takes the method of the first transform, though it has no such key.
ECDSA=5
apply dn
ktap_test_result "ECDSA: we begin" reaches 10.3.0.2
ktap_test_result "as the log says" \
	eval 'logged "as initiator: policy 10" && logged "as initiator: policy 5"'
ECDSA=20

# --- names ------------------------------------------------------------------------------------

apply 'fqdn r1.example'
swan r2 198.51.100.2 10.2.0.0/24 r2 r1.example r2.example || abort "strongSwan r2"
fresh
ktap_test_result "FQDNs of the certificates: we begin" reaches 10.2.0.2
ktap_test_result "as the peer calls itself" logged 'peer is r2.example'
apply address
swan r2 198.51.100.2 10.2.0.0/24 r2 $R1 198.51.100.2 || abort "strongSwan r2"
fresh
ktap_test_result "addresses of the certificates: strongSwan begins" initiate r2
ktap_test_result "packets pass" reaches 10.2.0.2

# --- who is not trusted -----------------------------------------------------------------------

# refused NS ADDRESS REASON
refused() {
	! initiate "$1" 10 && blocked "$2" && [ "$(pairs)" = 0 ] &&
		grep -q "not accepted: .*$3" "$WORK/r1/log"
}
charon_ctl r3 --terminate --ike site >/dev/null 2>&1
apply dn
swan r2 198.51.100.2 10.2.0.0/24 false "$DN" || abort "strongSwan r2"
fresh
ktap_test_result "the same names of another authority are refused" refused r2 10.2.0.2 'issuer'
swan r3 203.0.113.3 10.3.0.0/24 old "$DN" || abort "strongSwan r3"
fresh
ktap_test_result "a certificate that has expired is refused" refused r3 10.3.0.2 'expired'

openssl_ca() {
	: >"$PKI/index-$1"
	printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s\ndefault_md=sha256\n' "$PKI/index-$1" >"$PKI/$1.cnf"
	shift
}
# list CA [REVOKED]
list() {
	openssl_ca "$1"
	[ -z "$2" ] || openssl ca -config "$PKI/$1.cnf" -cert "$PKI/$1.pem" -keyfile "$PKI/$1.key" \
		-revoke "$PKI/$2.pem" || return
	openssl ca -config "$PKI/$1.cnf" -cert "$PKI/$1.pem" -keyfile "$PKI/$1.key" -gencrl \
		-crldays 10 -out "$PKI/$1.crl"
}
{ list root && list between; } >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort CRL; }
cat "$PKI/root.crl" "$PKI/between.crl" >"$PKI/good.crl"
list between r2 >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort CRL; }
cat "$PKI/root.crl" "$PKI/between.crl" >"$PKI/bad.crl"
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
ktap_test_result "with a revocation list that does not name it" \
	eval 'apply dn " crl $PKI/good.crl"; fresh; initiate r2 && reaches 10.2.0.2'
# The trustpoint is another one now: what came up by the old one ends.
apply dn " crl $PKI/bad.crl"
none() { [ "$(pairs)" = 0 ]; }
ktap_test_result "one that names it ends what is up" poll 20 none
ktap_test_result "and refuses what comes" refused r2 10.2.0.2 'revoked'
apply dn " crl $PKI/root.crl"
ktap_test_result "one that lacks an authority refuses, too" refused r2 10.2.0.2 'CRL'
apply dn

# --- files ------------------------------------------------------------------------------------

chmod 644 "$PKI/r1rsa.key"
applied_again() { conf dn " crl $PKI/good.crl" >"$WORK/r1.conf"; ! router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1; }
ktap_test_result "a key that others may read is refused" \
	eval 'applied_again && grep -q "private-key $PKI/r1rsa.key: others may read it" "$WORK/applied"'
chmod 600 "$PKI/r1rsa.key"
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
fresh
ktap_test_result "and the configuration before it stays" eval 'initiate r2 && reaches 10.2.0.2'
OWN=r1ec
ktap_test_result "so is a key of another certificate" \
	eval '! apply dn " crl $PKI/good.crl" && grep -q "not the key of the certificate" "$WORK/applied"'
OWN=nothing
ktap_test_result "and a file that is not there" \
	eval '! apply dn " crl $PKI/good.crl" && grep -q "nothing.pem: No such file" "$WORK/applied"'

# --- signed with SHA-1 ------------------------------------------------------------------------

OWN=
weak() {
	cp -p "$PKI/r2.key" "$PKI/r2weak.key" && MD=sha1 end r2weak between r2 30 198.51.100.2
}
weak >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }
apply dn
swan r2 198.51.100.2 10.2.0.0/24 r2weak "$DN" || abort "strongSwan r2"
fresh
ktap_test_result "a certificate that is signed with SHA-1 is refused" \
	refused r2 10.2.0.2 'the signature of O=Example, CN=r2 is too weak (sha1)'
swan r2 198.51.100.2 10.2.0.0/24 r2weak "$DN" || abort "strongSwan r2"
ktap_test_result "unless that is permitted" \
	eval 'apply dn "crypto ca permit-weak-crypto"; fresh; initiate r2 && reaches 10.2.0.2'
apply dn
ktap_test_result "until it is not any more" poll 20 none
charon_ctl r2 --terminate --ike site >/dev/null 2>&1

# --- all in one file (PKCS #12) ---------------------------------------------------------------

printf 'One P4ssword\n' >"$PKI/good.password"
printf 'Other P4ssword\n' >"$PKI/bad.password"
chmod 600 "$PKI/good.password" "$PKI/bad.password"
openssl pkcs12 -export -in "$PKI/r1rsa.pem" -inkey "$PKI/r1rsa.key" -certfile "$PKI/root.pem" \
	-passout "file:$PKI/good.password" -out "$PKI/r1.p12" || abort "PKCS #12"
# apply12 PASSWORD: no other file but that one
apply12() {
	conf dn | sed -e '/^crypto pki trustpoint EC/,/private-key/d' -e '/^ certificate/d' \
		-e '/^ private-key/d' \
		-e "s|^ ca-certificate.*| pkcs12 $PKI/r1.p12 password-file $PKI/$1.password|" \
		>"$WORK/r1.conf"
	router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1
}
OWN=
ktap_test_result "PKCS #12 with a wrong password is refused" \
	eval '! apply12 bad && grep -q "pkcs12 $PKI/r1.p12: the password is wrong" "$WORK/applied"'
chmod 640 "$PKI/r1.p12"
ktap_test_result "so is a file that others may read" \
	eval '! apply12 good && grep -q "pkcs12 $PKI/r1.p12: others may read it" "$WORK/applied"'
chmod 600 "$PKI/r1.p12"
ktap_test_result "with the right one it is taken" apply12 good
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
fresh
ktap_test_result "its authority is trusted, and its key signs" \
	eval 'initiate r2 && reaches 10.2.0.2'
ktap_test_result "its password is told nowhere" \
	eval 'router r1 show running-config | grep -q "password-file $PKI/good.password" &&
		! router r1 show running-config | grep -q P4ssword && ! logged P4ssword &&
		! grep -q P4ssword "$WORK/applied"'
charon_ctl r2 --terminate --ike site >/dev/null 2>&1

# --- a user, too (XAUTH) ----------------------------------------------------------------------

OWN=
apply dn "aaa authentication login USERS local
username bob password bobpw
crypto map SITE client authentication list USERS"
# user PASSWORD: r2 has bob as well; only r1 asks for him
user() {
	cat >"$WORK/xauth" <<-END
	    local-2 {
	      auth = xauth
	      xauth_id = bob
	    }
	END
	_conf=$CHARON_DIR_BASE-r2/swanctl.conf
	awk -v more="$WORK/xauth" '/remote \{/ { while ((getline line <more) > 0) print line } 1' \
		"$WORK/conf-r2/swanctl.conf" >"$_conf"
	printf 'secrets {\n  xauth-bob {\n    id = bob\n    secret = "%s"\n  }\n}\n' "$1" >>"$_conf"
	charon_reload r2 >"$WORK/reload" 2>&1
}
fresh
esp=$(wire_count 'esp and host 198.51.100.2')
more_esp() { [ "$(wire_count 'esp and host 198.51.100.2')" -gt "$esp" ]; }
ktap_test_result "a certificate alone is not enough where users are asked for" \
	eval '! initiate r2 10 && ! more_esp'
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
user wrong
ktap_test_result "nor is it with a wrong password" eval '! initiate r2 15 && ! more_esp'
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
user bobpw
fresh
ktap_test_result "the right one is let in" eval 'initiate r2 && logged "user bob is let in"'
ktap_test_result "packets pass" eval 'reaches 10.2.0.2 && poll 10 more_esp'
ktap_test_result "by the method that says so" \
	eval 'router r1 show crypto isakmp sa detail --json | grep -q xauth-init-rsa-sig &&
		router r1 show crypto isakmp sa detail | grep -q rsig'

# --- we are not trusted -----------------------------------------------------------------------

# It has ours from before, so it starts again.
OWN=r1false OWN_KEY=r1false
apply dn
swan r2 198.51.100.2 10.2.0.0/24 r2 "$DN" || abort "strongSwan r2"
fresh
ktap_test_result "a peer that does not trust us: nothing passes" blocked 10.2.0.2
ktap_test_result "and it is said" poll 60 logged 'AUTHENTICATION-FAILED\|may not trust our certificate'

ktap_finished

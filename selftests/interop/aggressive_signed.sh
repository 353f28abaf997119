#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Aggressive mode with certificates (RFC 2409, 5.1): strongSwan on r2 begins it and answers
# it, with RSA; with the certificate of another authority neither end lets the other in.
# The topology is in lib.sh; LAN C takes no part.
#
#	root --- r1, r2		rogue --- thief: r2's names
# F-023 F-024 F-099

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 13

interop_build
. "$INTEROP/lib_pki.sh"
make_certificates() {
	key_of root rsa && authority root root && cp "$PKI/root.pem" "$PKI/between.pem" &&
		key_of rogue rsa && authority rogue rogue && key_of r1 rsa && end r1 root r1 30 "$R1" &&
		key_of r2 rsa && end r2 root r2 30 198.51.100.2 &&
		key_of thief rsa && end thief rogue r2 30 198.51.100.2
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

cat >"$WORK/r1.conf" <<END
crypto pki trustpoint T
 ca-certificate $PKI/root.pem
 certificate $PKI/r1.pem
 private-key $PKI/r1.key
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication rsa-sig
 group 19
crypto isakmp peer address 198.51.100.2
 set aggressive-mode client-endpoint fqdn r1.example
crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
$(cm_entry SITE 10 198.51.100.2 101 'set pfs group19')
interface wan0
 crypto map SITE
END
chmod 600 "$WORK/r1.conf"
router r1 check "$WORK/r1.conf" >"$WORK/check" 2>&1
ktap_test_result "nothing is warned of" [ ! -s "$WORK/check" ]

begin() { swan r2 198.51.100.2 10.2.0.0/24 "$1" r1.example r2.example 'aggressive = yes' || abort strongSwan; }
initiate() { charon_ctl r2 --initiate --child lan --timeout "${1:-30}" >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 2 -i 0.3 -W 2 10.2.0.2 >/dev/null 2>&1; }
fresh() { router r1 clear crypto isakmp >/dev/null 2>&1; router r1 clear crypto sa >/dev/null 2>&1; }
logged() { poll 20 grep -q "$1" "$WORK/r1/log"; }
no_pair() { ! router r1 show crypto ipsec sa peer 198.51.100.2 | grep -q 'in use settings'; }
signed() { router r1 show crypto isakmp sa detail | grep -q " $1 .* rsig "; }

begin r2
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "strongSwan begins" initiate
ktap_test_result "packets pass" reaches
ktap_test_result "in aggressive mode, with signatures" \
	eval 'signed responder && logged "established in aggressive mode as responder.* peer is r2.example"'
fresh
begin r2
ktap_test_result "we begin" reaches
ktap_test_result "in aggressive mode, with signatures, as well" \
	eval 'signed initiator && logged "established in aggressive mode as initiator.* peer is r2.example"'
ktap_test_result "main mode was not spoken" eval '! wire_has "udp port 500 and udp[26] = 2"'
ktap_test_result "nothing in clear" wire_is_protected

esp=$(wire_count esp)
fresh
begin thief
ktap_test_result "of another authority: refused when it begins" \
	eval '! initiate 10 && logged "failed .*aggressive\|aggressive mode failed"'
ktap_test_result "the log says why" logged "the peer's certificate is not accepted"
fresh
ktap_test_result "refused when we begin" eval 'blocked && no_pair'
ktap_test_result "no packet went there" [ "$(wire_count esp)" = "$esp" ]

sed 's/^ set aggressive-mode client-endpoint.*/ no set aggressive-mode client-endpoint/' "$WORK/r1.conf" >"$WORK/main.conf"
router r1 --file "$WORK/main.conf" >"$WORK/applied" 2>&1
begin r2
ktap_test_result "who is not to speak it is not answered in it" eval '! initiate 10 && no_pair'

ktap_finished

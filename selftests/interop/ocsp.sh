#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Certificates of peers whose authority is asked whether they are revoked (RFC 6960): the
# responder is OpenSSL's, at the end of r1's wire; r2 and r3 are strongSwan. The topology
# is in lib.sh.
#
#	Root --+-- r1, r2 (names the responder), r3 (does not)
#	       +-- deputy: may sign for Root what is revoked
#	Rogue ---- its responder is nobody
# F-023

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 25

interop_build
. "$INTEROP/lib_pki.sh"

# Who does not answer is not asked again for a while: each part has a port of its own.
PORT=8880
NAMED=http://192.0.2.254:8899/status

make_certificates() {
	for _k in root rogue r1 r2 r3 deputy; do
		key_of $_k P-256
	done
	authority root root && authority rogue rogue && cp "$PKI/root.pem" "$PKI/between.pem" &&
		end r1 root r1 30 $R1 && end r3 root r3 30 203.0.113.3 &&
		cert r2 root /O=Example/CN=r2 30 keyUsage=critical,digitalSignature \
			subjectAltName=IP:198.51.100.2 "authorityInfoAccess=OCSP;URI:$NAMED" &&
		cert deputy root /O=Example/CN=deputy 30 keyUsage=critical,digitalSignature \
			extendedKeyUsage=OCSPSigning
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# conf [TRUSTPOINT LINES]: r1
conf() {
	cat <<-END
	crypto pki trustpoint T
	 ca-certificate $PKI/root.pem
	 certificate $PKI/r1.pem
	 private-key $PKI/r1.key
	$(printf '%s' "$1" | sed 's/^/ /')
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
	cm_entry SITE 20 203.0.113.3 102 'set pfs group19'
	printf 'interface wan0\n crypto map SITE\n'
}
# apply [LINES]: and all begins anew
apply() {
	conf "$@" >"$WORK/r1.conf"
	router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1 || cat "$WORK/applied"
	fresh
}
fresh() {
	for _r in r2 r3; do
		charon_ctl $_r --terminate --ike site >/dev/null 2>&1
	done
	router r1 clear crypto sa >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
	from=$(wc -l <"$WORK/r1/log")
}
initiate() { charon_ctl "$1" --initiate --child lan --timeout "${2:-30}" >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W 20 "$1" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 2 -i 0.3 -W 2 "$1" >/dev/null 2>&1; }
# Traffic alone does not ask the kernel again so soon after a failure.
begin() { router r1 crypto initiate map SITE "$1" >/dev/null 2>&1; }
up() { router r1 show crypto ipsec sa peer 198.51.100.2 | grep -q 'in use settings'; }
comes_up() { begin 10 && poll 20 up && reaches 10.2.0.2; }
logged() { tail -n "+$((from + 1))" "$WORK/r1/log" | grep -q "$1"; }

# --- the responder ---------------------------------------------------------------------

# status NAME V|R: what it says of that one; others it does not know
status() {
	_serial=$(openssl x509 -in "$PKI/$1.pem" -noout -serial | sed 's/.*=//')
	[ "$2" = R ] && _since=250101000000Z,keyCompromise || _since=
	printf '%s\t491231000000Z\t%s\t%s\tunknown\t/O=Example/CN=%s\n' "$2" "$_since" "$_serial" "$1"
}
# responder SIGNER [CA]: with what is in the index, at the next port
responder() {
	next_port
	openssl_at "$PORT" "$1" "${2:-root}"
}
next_port() {
	PORT=$((PORT + 1))
	URL=http://192.0.2.254:$PORT/status
}
openssl_at() {
	[ -z "$responder_pid" ] || { kill "$responder_pid" && poll 10 pid_gone "$responder_pid"; }
	bg "$WORK/responder" ip netns exec "$NET_TAG-net" openssl ocsp -index "$WORK/index" -port "$1" \
		-rsigner "$PKI/$2.pem" -rkey "$PKI/$2.key" -CA "$PKI/$3.pem" -ndays 1
	responder_pid=$bg_pid
	poll 20 listens "$1"
}
listens() { in_ns net ss -Hltn "sport = $1" | grep -q .; }
# ask_there [none]: the responder that there is
ask_there() {
	apply "revocation-check ocsp $1
ocsp url $URL"
}

{ status r2 V; status r3 V; } >"$WORK/index"
responder root || abort responder
conf "revocation-check ocsp
ocsp url $URL" >"$WORK/r1.conf"
swan r2 198.51.100.2 10.2.0.0/24 r2 $R1 || abort "strongSwan r2"
swan r3 203.0.113.3 10.3.0.0/24 r3 $R1 || abort "strongSwan r3"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump
from=0

ktap_test_result "we begin, and ask" reaches 10.2.0.2
ktap_test_result "it was not revoked" logged "198.51.100.2: $URL says that the certificate is not revoked"
ktap_test_result "the question was on the wire" poll 10 wire_has "src $R1 and tcp dst port $PORT"
ktap_test_result "strongSwan begins, and we ask" initiate r3
ktap_test_result "packets pass" reaches 10.3.0.2
shown() {
	router r1 show running-config | grep -q '^ revocation-check ocsp$' &&
		router r1 show running-config | grep -q "^ ocsp url $URL\$"
}
ktap_test_result "the configuration shows it" shown

# --- revoked ---------------------------------------------------------------------------

{ status r2 R; status r3 V; } >"$WORK/index"
responder root || abort responder
ask_there
ktap_test_result "a revoked one begins in vain" eval '! initiate r2 10'
ktap_test_result "and is told nothing more" blocked 10.2.0.2
ktap_test_result "why is logged" logged 'not accepted: certificate revoked: keyCompromise'
ktap_test_result "another peer is not concerned" reaches 10.3.0.2

# --- who may say so --------------------------------------------------------------------

{ status r2 V; status r3 V; } >"$WORK/index"
responder deputy || abort responder
ask_there
ktap_test_result "whom the authority has appointed may answer" comes_up
responder rogue || abort responder
ask_there
begin 10
ktap_test_result "nobody else may" poll 20 logged 'cannot be asked: .*: nobody who may has signed its answer'
ktap_test_result "so nothing passes" blocked 10.2.0.2
status r3 V >"$WORK/index"
responder root || abort responder
ask_there
begin 10
ktap_test_result "whom it does not know is not accepted" \
	poll 20 logged 'cannot be asked: .*: it does not know the certificate'
ktap_test_result "and nothing passes" blocked 10.2.0.2

# --- nobody answers --------------------------------------------------------------------

next_port
ask_there
begin 10
ktap_test_result "a responder that is away is named" poll 20 logged "cannot be asked: $URL: "
ktap_test_result "without it nothing passes" blocked 10.2.0.2
ask_there none
begin 10
ktap_test_result "unless none follows in the list, which is warned of" \
	poll 20 logged 'revocation-check none accepts it'
ktap_test_result "it was not asked again so soon" logged 'it did not answer a moment ago'
ktap_test_result "then packets pass" comes_up

# What accepts and says nothing: some seconds, in which others are served.
next_port
bg "$WORK/silent" ip netns exec "$NET_TAG-net" python3 -c "import socket, time
s = socket.create_server(('', $PORT))
held = [s.accept()]
time.sleep(1000)"
silent_pid=$bg_pid
poll 20 listens "$PORT"
ask_there none
begin 10
asking() { in_ns r1 ss -Htn "dport = $PORT" | grep -q ESTAB; }
quick() { timeout 2 "$USER_BIN/ipsecctl" --socket "$WORK/r1/control" show crypto isakmp sa >/dev/null; }
ktap_test_result "while one is asked, others are served" eval 'poll 20 asking && quick && asking'
ktap_test_result "then it goes on" comes_up
kill "$silent_pid"

# --- whom certificates name ------------------------------------------------------------

{ status r2 V; status r3 V; } >"$WORK/index"
openssl_at 8899 root root || abort responder
apply 'revocation-check ocsp'
ktap_test_result "who is named is asked" eval 'comes_up && logged "$NAMED says"'
ktap_test_result "who names nobody is not accepted" \
	eval 'blocked 10.3.0.2 && logged "names no OCSP responder"'

ktap_test_result "nothing of the LANs was in clear" wire_is_protected

ktap_finished

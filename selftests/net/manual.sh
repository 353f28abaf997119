#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual keys from a configuration file (C-035), no daemon: ipsecctl against
# the module, the other end is the kernel's XFRM. Ciphers, counters in the
# layout of S-06, difference instead of reload, clear (S-24), no forms, and
# never anything in clear while the configuration protects. The topology is in
# lib.sh.

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_ctl.sh"

bytes() { python3 -c "print(bytes(range($2, $2 + $1)).hex())"; }

# conf TRANSFORMS CIPHER-KEY AUTH-KEY [LINES]: the configuration of r1
conf() {
	cat <<-END
	crypto ipsec transform-set TS $1
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	crypto map M 10 ipsec-manual
	 set peer $R2
	 set session-key inbound esp 4097 ${2:+cipher $2} authenticator $3
	 set session-key outbound esp 8193 ${2:+cipher $2} authenticator $3
	 set transform-set TS
	 match address 101
	$4
	interface wan0
	 crypto map M
	END
}

# Without a replay window: manual keys start again at sequence number 1.
peer() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm state add src $R2 dst $R1 proto esp spi 4097 \
		mode tunnel "$@" &&
		in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi 8193 \
			mode tunnel "$@"
}

encaps() { field '#pkts encaps: \([0-9]*\)'; }
verify() { field '#pkts verify \([0-9]*\)'; }
recv_errors() { field '#recv errors \([0-9]*\)'; }
both_ways() { reaches a 10.2.0.2 && reaches b 10.1.0.2; }

# configure LINE...: as typed at the prompt
configure() {
	{ echo configure; printf '%s\n' "$@"; } | ctl >"$WORK/typed" 2>&1 ||
		{ sed 's/^/# /' "$WORK/typed"; false; }
}

# dark COMMAND...: it succeeds, and nothing on the wire can be read
dark() {
	wire_start
	"$@"
	_ok=$?
	wire_stop
	[ $_ok = 0 ] && wire_is_dark && [ "$(wire_count net 10.0.0.0/8)" = 0 ]
}

AES=$(bytes 16 1)
SHA1=$(bytes 20 60)

ktap_print_header
ktap_set_plan 28
net_build
xfrm_policies

# --- ciphers ---------------------------------------------------------------------

# Every CBC cipher, every hash: words, as shown, key bytes, XFRM's name, and the
# same of the hash with its truncation.
ciphers='esp-aes|esp-aes|16|cbc(aes)|esp-md5-hmac|16|hmac(md5)|96
esp-aes 192|esp-192-aes|24|cbc(aes)|esp-sha-hmac|20|hmac(sha1)|96
esp-aes 256|esp-256-aes|32|cbc(aes)|esp-sha256-hmac|32|hmac(sha256)|128
esp-3des|esp-3des|24|cbc(des3_ede)|esp-sha384-hmac|48|hmac(sha384)|192
esp-des|esp-des|8|cbc(des)|esp-sha512-hmac|64|hmac(sha512)|256'

cipher() {
	_key=$(bytes "$3" 1) _akey=$(bytes "$6" 60)
	load "$1 $5" "$_key" "$_akey" &&
		peer enc "$4" "0x$_key" auth-trunc "$7" "0x$_akey" "$8" &&
		both_ways && has "transform: $2 $5 ," show
}

wire_start
while IFS='|' read -r words shown len xfrm hash hlen hxfrm bits; do
	check "$words $hash" cipher "$words" "$shown" "$len" "$xfrm" \
		"$hash" "$hlen" "$hxfrm" "$bits"
done <<END
$ciphers
END
wire_stop
check "nothing on the wire could be read" wire_is_dark
gone() { ctl shutdown && [ -z "$(cm flows)$(cm sas)" ] && silent a 10.2.0.2; }
check "shutdown without a daemon removes it all" gone

# --- one tunnel, looked at closely -------------------------------------------------

check "a configuration is taken without a daemon" load "esp-aes esp-sha-hmac" "$AES" "$SHA1"
peer enc 'cbc(aes)' "0x$AES" auth-trunc 'hmac(sha1)' "0x$SHA1" 96
before_any=$(encaps)
check "both ways, dark" dark both_ways
check "encaps and verify count every packet (S-06)" \
	[ "$before_any/$(encaps)/$(verify)" = 0/6/6 ]
check "the local ident is the list's source" \
	has 'local ident (addr/mask/prot/port): (10.1.0.0/255.255.255.0/0/0)' show
check "the outbound SPI is the configured one" has 'current outbound spi: 2001' show
check "manual keys have no replay protection" has 'replay detection support: N' show
hits() {
	_n=$(ctl show access-lists 101 | sed -n \
		's/^    10 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255 (\([0-9]*\) matches)$/\1/p')
	[ "${_n:-0}" -ge 6 ]
}
check "the list counts its hits" hits
check "the session is up" has 'Session status: UP-ACTIVE' ctl show crypto session
json_ok() {
	has '"pkts_encaps": 6,' ctl --json show crypto ipsec sa &&
		has '"state": "up", "reason": "", "inbound_esp": [ { "spi": 4097,' \
			ctl --json show crypto ipsec sa
}
check "JSON says the same" json_ok

# --- difference ----------------------------------------------------------------------

ids=$(conn_ids)
load "esp-aes esp-sha-hmac" "$AES" "$SHA1"
check "the same file again changes nothing" [ "$(conn_ids)$(encaps)" = "${ids}6" ]
load "esp-aes esp-sha-hmac" "$AES" "$SHA1" "
access-list 102 permit ip 10.1.0.0 0.0.0.255 10.9.0.0 0.0.0.255
crypto map M 20 ipsec-manual
 set peer 198.51.100.9
 match address 102"
check "another entry leaves the SAs and counters alone" \
	[ "$(conn_ids)$(encaps)" = "${ids}6" ]
check "the other entry, without keys, is down and says why" \
	has 'down: no SA with manual keys is installed' show
check "what it matches does not leave in clear" dark silent a 10.9.0.2

configure 'no crypto map M 20' 'no access-list 102'
check "a no form removes it" [ "$(show | grep -c 'local ident')" = 1 ]
check "and leaves the tunnel alone" [ "$(conn_ids)$(encaps)" = "${ids}6" ]

# --- keys ----------------------------------------------------------------------------

load "esp-aes esp-sha-hmac" "$(bytes 16 99)" "$SHA1"
errors=$(recv_errors)
wrong_cipher_key() { silent a 10.2.0.2 && [ "$(conn_ids)" != "$ids" ]; }
check "another cipher key replaces the SAs, nothing passes" dark wrong_cipher_key
load "esp-aes esp-sha-hmac" "$AES" "$(bytes 20 99)"
silent b 10.1.0.2
check "a wrong authenticator is an error that is counted" \
	[ "$(recv_errors)" -gt "${errors:-0}" ]
configure 'crypto map M 10' 'no set session-key outbound esp'
check "without its key the entry drops, not clear" dark silent a 10.2.0.2

# --- clear (S-24) ----------------------------------------------------------------------

load "esp-aes esp-sha-hmac" "$AES" "$SHA1"
ctl clear crypto sa counters
check "clear crypto sa counters" [ "$(encaps)" = 0 ]
ids=$(conn_ids)
cleared() { ctl clear crypto sa && [ "$(conn_ids)" != "$ids" ] && both_ways; }
check "clear crypto sa: manual SAs are installed anew and work" dark cleared
bad_modes() {
	conf "esp-gcm 128" "$AES" "$SHA1" | sed 's/ authenticator.*//' >"$WORK/bad"
	! ctl -f "$WORK/bad" >"$WORK/load" 2>&1 && both_ways
}
check "counter modes are refused (RFC 8221), what is there stays" bad_modes

ktap_finished

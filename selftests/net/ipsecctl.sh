#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual keys from the configuration, with no daemon running, against the
# kernel's XFRM: files, single lines, `no` forms, what must stay up and what
# must not pass in clear (C-033 to C-038, C-043, F-070, F-072, F-114, S-06).
# The topology is in lib.sh; r1 is configured by ipsecctl alone.

. "$(dirname "$0")/lib.sh"

IPSECCTL=$TOP/build/user/ipsecctl
ctl() { in_ns r1 "$IPSECCTL" --socket "$WORK/control" --startup "$WORK/startup" "$@"; }
# lines LINE...: typed in configuration mode
lines() { { echo configure terminal; printf '%s\n' "$@"; echo end; } | ctl; }
hex() { python3 -c "print(bytes(range($2, $2 + $1)).hex())"; }

# config TRANSFORMS CIPHER-KEY AUTH-KEY
config() {
	cat <<-END
	crypto ipsec transform-set T $1
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	crypto map SITE 10 ipsec-manual
	 set peer $R2
	 set session-key inbound esp 4097 ${2:+cipher $2} authenticator $3
	 set session-key outbound esp 8193 ${2:+cipher $2} authenticator $3
	 set transform-set T
	 match address 101
	interface wan0
	 crypto map SITE
	END
}

pkts() { ctl show crypto ipsec sa | sed -n "s/.*#pkts $1:\{0,1\} \([0-9]*\).*/\1/p" | head -n 1; }

# TRANSFORMS | CIPHER-BYTES IN-XFRM | HASH-BYTES IN-XFRM BITS: every cipher and
# every hash once; net/esp_xfrm.sh has all pairs.
transforms='esp-aes esp-sha256-hmac|16 cbc(aes)|32 hmac(sha256) 128
esp-aes 192 esp-sha384-hmac|24 cbc(aes)|48 hmac(sha384) 192
esp-aes 256 esp-sha512-hmac|32 cbc(aes)|64 hmac(sha512) 256
esp-3des esp-sha-hmac|24 cbc(des3_ede)|20 hmac(sha1) 96
esp-des esp-md5-hmac|8 cbc(des)|16 hmac(md5) 96
esp-null esp-sha256-hmac|0 ecb(cipher_null)|32 hmac(sha256) 128'

ktap_print_header
ktap_set_plan $((6 + 17))

[ -x "$IPSECCTL" ] || { echo "# $IPSECCTL is missing"; exit 4; }
net_build
xfrm_policies

# protect TRANSFORMS "BYTES XFRM" "BYTES XFRM BITS": both ends
protect() {
	# shellcheck disable=SC2086 # lists
	set -- "$1" $2 $3
	ckey=$(hex "$2" 17) akey=$(hex "$4" 90)
	config "$1" "$ckey" "$akey" >"$WORK/site.conf"
	in_ns r2 ip xfrm state flush
	xfrm_pair 4097 8193 enc "$3" "${ckey:+0x$ckey}" auth-trunc "$5" "0x$akey" "$6"
	ctl --file "$WORK/site.conf" 2>"$WORK/load"
}
both() { reaches a 10.2.0.2 && reaches b 10.1.0.2; }

while IFS='|' read -r name cipher hash; do
	protect "$name" "$cipher" "$hash" </dev/null && both </dev/null
	ktap_test_result "$name, there and back" [ $? = 0 ]
done <<END
$transforms
END

protect "esp-aes 256 esp-sha256-hmac" "32 cbc(aes)" "32 hmac(sha256) 128"
wire_start
both
wire_stop
ktap_test_result "nothing on the wire can be read" wire_is_dark
before=$(pkts encaps)
ktap_test_result "S-06: the counters grow with the packets" [ "$before" -ge 6 ]

# What is shown can be loaded, and loading it changes nothing.
ctl show running-config >"$WORK/shown"
ctl --file "$WORK/shown"
ktap_test_result "F-114: the running configuration can be loaded" [ $? = 0 ]
ctl show running-config | cmp -s - "$WORK/shown"
ktap_test_result "F-114: and is the same afterwards" [ $? = 0 ]
ktap_test_result "the tunnel went on counting" [ "$(pkts encaps)" = "$before" ]

# Another entry leaves the first alone, while packets pass.
in_ns a ping -q -c 40 -i 0.1 -W 5 10.2.0.2 >"$WORK/steady" 2>&1 &
steady=$!
lines "access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255" \
	"crypto map SITE 20 ipsec-manual" "set peer $R2" "set transform-set T" \
	"match address 102"
ktap_test_result "an entry is added line by line" [ $? = 0 ]
lines "crypto map SITE 10" "description LAN B" "no crypto map SITE 20"
ktap_test_result "and removed" [ $? = 0 ]
wait $steady
ktap_test_result "no packet of the other tunnel was lost" \
	grep -q ' 40 received' "$WORK/steady"

# Refused lines.
lines "crypto map SITE 10" "set session-key inbound esp 255 authenticator 00" \
	2>"$WORK/refused"
ktap_test_result "a refused line fails" [ $? = 1 ]
ktap_test_result "and names the range" grep -q '256-4294967295' "$WORK/refused"
lines "no crypto map SITE" 2>/dev/null
ktap_test_result "a map in use cannot be removed" [ $? = 1 ]
ktap_test_result "traffic still passes" reaches a 10.2.0.2

# Without keys: dropped, never in clear.
lines "crypto map SITE 10" "no set session-key outbound esp"
wire_start
silent a 10.2.0.2
ktap_test_result "without keys nothing passes" [ $? = 0 ]
wire_stop
ktap_test_result "and nothing is sent in clear" wire_is_dark
ctl --file "$WORK/shown" && reaches a 10.2.0.2
ktap_test_result "with keys again it does" [ $? = 0 ]

# The end of protection is explicit.
in_ns r2 ip xfrm policy flush
lines "interface wan0" "no crypto map" && reaches a 10.2.0.2
ktap_test_result "C-037: without the map packets travel as they are" [ $? = 0 ]
ctl --file "$WORK/shown" && ctl shutdown >/dev/null && reaches a 10.2.0.2 &&
	[ "$(ctl show running-config)" = end ]
ktap_test_result "shutdown leaves nothing behind" [ $? = 0 ]

ktap_finished

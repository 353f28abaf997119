#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP in tunnel mode against the kernel's XFRM: every cipher with every hash,
# both directions, nothing readable on the wire; a wrong key does not pass.
# The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

# bytes HOW-MANY FROM: that many, counting up
bytes() {
	# shellcheck disable=SC2046 # a list
	printf '0x' && printf '%02x' $(seq "$2" $(($2 + $1 - 1)))
}

# NAME  NUMBER  KEY-BYTES  NAME-IN-XFRM
ciphers='aes-128 12 16 cbc(aes)
aes-192 12 24 cbc(aes)
aes-256 12 32 cbc(aes)
3des 3 24 cbc(des3_ede)
des 2 8 cbc(des)'
null='null 11 0 ecb(cipher_null)'

# NAME  NUMBER  KEY-BYTES  NAME-IN-XFRM  BITS-OF-ICV
hashes='md5 1 16 hmac(md5) 96
sha1 2 20 hmac(sha1) 96
sha256 12 32 hmac(sha256) 128
sha384 13 48 hmac(sha384) 192
sha512 14 64 hmac(sha512) 256'

# NAME  NUMBER  KEY-BYTES (salt included)  NAME-IN-XFRM  BITS-OF-ICV
combined='gcm-128 20 20 rfc4106(gcm(aes)) 128
gcm-192 20 28 rfc4106(gcm(aes)) 128
gcm-256 20 36 rfc4106(gcm(aes)) 128
gcm-8-128 18 20 rfc4106(gcm(aes)) 64
gcm-12-256 19 36 rfc4106(gcm(aes)) 96
ccm-8-128 14 19 rfc4309(ccm(aes)) 64
ccm-12-192 15 27 rfc4309(ccm(aes)) 96
ccm-16-256 16 35 rfc4309(ccm(aes)) 128
chacha20-poly1305 28 36 rfc7539esp(chacha20,poly1305) 128'
gmacs='gmac-128 21 20 rfc4543(gcm(aes)) 128
gmac-256 21 36 rfc4543(gcm(aes)) 128'

# Each of the rarer ciphers and hashes once.
# NAME  CIPHER-NUMBER  KEY-BYTES  NAME-IN-XFRM  HASH-NUMBER  KEY-BYTES  NAME-IN-XFRM
# BITS-OF-ICV
pairs='ctr-128-sha1 13 20 rfc3686(ctr(aes)) 2 20 hmac(sha1) 96
ctr-256-sha256 13 36 rfc3686(ctr(aes)) 12 32 hmac(sha256) 128
aes-128-xcbc 12 16 cbc(aes) 5 16 xcbc(aes) 96
aes-128-cmac 12 16 cbc(aes) 8 16 cmac(aes) 96'

ktap_print_header
ktap_set_plan $((6 * 5 + 9 + 2 + 4 + 7))

net_build
cm_map || abort "map"
xfrm_policies

# F-109: 13 ciphers and 8 hashes
ktap_test_result "this kernel offers all algorithms" \
	[ "$(cm algs | grep -c ' driver=')" = 21 ]

clear_sas() {
	cm flush
	in_ns r2 ip xfrm state flush
}

# Encaps and verify of the flow, with one look: there are fifty pairs.
counts() {
	cm flows | sed -n 's/.* seq=10 .* encaps=\([0-9]*\) .* verify=\([0-9]*\) .*/\1 \2/p'
}

# Both ways, with what grows in between: encaps and verify by 6 each.
both_ways() {
	read -r _encaps _verify <<-END
	$(counts)
	END
	reaches a 10.2.0.2 -s "$1" && reaches b 10.1.0.2 -s "$1" &&
		[ "$(counts)" = "$((${_encaps:-0} + 6)) $((${_verify:-0} + 6))" ]
}

# pair NAME "CMCTL OPTIONS" XFRM OPTIONS...
pair() {
	_name=$1 _options=$2
	shift 2
	# shellcheck disable=SC2086 # a list
	cm_sa_pair 0x1001 0x2001 $_options && xfrm_pair 0x1001 0x2001 "$@" &&
		both_ways "$size" || echo "$_name failed"
}

size=40
one() {
	pair "$@" >"$WORK/pair" 2>&1
	_ok=$?
	[ ! -s "$WORK/pair" ] || _ok=1
	sed 's/^/# /' "$WORK/pair"
	ktap_test_result "$1, there and back" [ $_ok = 0 ]
	clear_sas
	size=$((size + 1))	# another length, another padding
}

# matrix CIPHERS: each with every hash
matrix() {
	while read -r cname cnum clen cxfrm; do
		ckey=$(bytes "$clen" 17)
		[ "$clen" != 0 ] || ckey=
		while read -r hname hnum hlen hxfrm hbits; do
			hkey=$(bytes "$hlen" 90)
			one "$cname with $hname" \
				"encr $cnum ${ckey:+key $ckey} auth $hnum akey $hkey" \
				enc "$cxfrm" "$ckey" auth-trunc "$hxfrm" "$hkey" "$hbits"
		done <<-END
		$hashes
		END
	done <<-END
	$1
	END
}

# matrix_combined ALGORITHMS: each by itself
matrix_combined() {
	while read -r cname cnum clen cxfrm cbits; do
		ckey=$(bytes "$clen" 33)
		one "$cname" "encr $cnum key $ckey" aead "$cxfrm" "$ckey" "$cbits"
	done <<-END
	$1
	END
}

wire_start
matrix "$ciphers"
matrix_combined "$combined"
while read -r name cnum clen cxfrm hnum hlen hxfrm hbits; do
	ckey=$(bytes "$clen" 65) hkey=$(bytes "$hlen" 129)
	one "$name" "encr $cnum key $ckey auth $hnum akey $hkey" \
		enc "$cxfrm" "$ckey" auth-trunc "$hxfrm" "$hkey" "$hbits"
done <<END
$pairs
END
wire_stop
ktap_test_result "nothing on the wire can be read" wire_is_dark
ktap_test_result "only ESP between the routers" \
	[ "$(wire_count esp)" -gt 0 -a "$(wire_count net 10.0.0.0/8)" = 0 ]

encrypted=$(flow encrypt)
wire_start
matrix "$null"
matrix_combined "$gmacs"
wire_stop
ktap_test_result "null and gmac do not count as encryption" \
	[ "$(flow encrypt)" = "$encrypted" ]
ktap_test_result "all can be read with null and gmac (so the search works)" \
	eval ! wire_is_dark

# A wrong key.
cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY
xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' "$(bytes 20 99)" 128
before=$(lost bad_icv)
silent b 10.1.0.2
ktap_test_result "a wrong key does not pass" [ $? = 0 ]
ktap_test_result "and is counted as bad_icv" [ "$(lost bad_icv)" -gt "$before" ]

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What transform sets can say, with strongSwan on r2: ciphers of counter and combined
# modes, AES-XCBC-MAC, SHA-256 cut to 96 bits, 64-bit sequence numbers, AH, each begun by
# us and by the peer, and proven by packets both ways. Then AH in transport mode, and what
# does not fit. The topology is in lib.sh.
# C-021 C-022 F-010 F-028 E-033

. "$(dirname "$0")/lib.sh"

# lines of strongSwan's child | our transform set | what r1 shows | what r2's XFRM has
matrix() {
	cat <<-END
	esp_proposals = aes128gcm8|esp-gcm-8|esp-gcm-8 128|rfc4106(gcm(aes)) 0x[0-9a-f]{40} 64
	esp_proposals = aes256gcm12|esp-gcm-12 256|esp-gcm-12 256|rfc4106(gcm(aes)) 0x[0-9a-f]{72} 96
	esp_proposals = aes192ccm8|esp-ccm-8 192|esp-ccm-8 192|rfc4309(ccm(aes)) 0x[0-9a-f]{54} 64
	esp_proposals = aes256ccm16|esp-ccm 256|esp-ccm 256|rfc4309(ccm(aes)) 0x[0-9a-f]{70} 128
	esp_proposals = aes128ctr-sha1|esp-aes-ctr esp-sha-hmac|esp-aes-ctr 128 esp-sha-hmac|rfc3686(ctr(aes)) 0x[0-9a-f]{40}\$
	esp_proposals = aes256gmac|esp-gmac 256|esp-gmac 256|rfc4543(gcm(aes)) 0x[0-9a-f]{72} 128
	esp_proposals = aes128-aesxcbc|esp-aes esp-aes-xcbc|esp-aes esp-aes-xcbc|auth-trunc xcbc(aes) 0x[0-9a-f]{32} 96
	esp_proposals = aes128-sha256; sha256_96 = yes|esp-aes esp-sha256-96-hmac|esp-aes esp-sha256-96-hmac|auth-trunc hmac(sha256) 0x[0-9a-f]{64} 96
	esp_proposals = aes128-sha1-esn|esp-aes esp-sha-hmac; esn|esp-aes esp-sha-hmac|flag .*esn
	esp_proposals = aes256gcm16-esn|esp-gcm 256; esn|esp-gcm 256|flag .*esn
	ah_proposals = sha1|ah-sha-hmac|ah-sha-hmac|auth-trunc hmac(sha1) 0x[0-9a-f]{40} 96
	ah_proposals = sha256-esn|ah-sha256-hmac; esn|ah-sha256-hmac|auth-trunc hmac(sha256) 0x[0-9a-f]{64} 128
	END
}

ktap_print_header
ktap_set_plan $((3 * $(matrix | wc -l) + 25))

IKE_PROPOSAL=aes128-sha256-ecp256

# theirs LINES: strongSwan's child has these, separated by semicolons
theirs() {
	swan_conf site 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' \
		"$(echo "$1" | tr ';' '\n')" | grep -v 'esp_proposals = none$'
}
their_child() {
	theirs "$1" >"$CHARON_DIR_BASE-r2/swanctl.conf"
	charon_reload r2 >/dev/null 2>&1
}
# ours TRANSFORM: its lines are separated likewise
ours() {
	cat <<-END
	crypto isakmp policy 10
	 encryption aes
	 hash sha256
	 authentication pre-share
	 group 19
	crypto isakmp key $PSK address 198.51.100.2
	crypto ipsec transform-set TS $(echo "$1" | tr ';' '\n')
	access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
	crypto map SITE 10 ipsec-isakmp
	 set peer 198.51.100.2
	 set transform-set TS
	 match address 101
	interface wan0
	 crypto map SITE
	END
}
# fresh LINES TRANSFORM: both ends have this, and nothing of before
fresh() {
	apply "$2"
	their_child "$1"
	forget
}
apply() {
	ours "$1" | sed "$2" >"$WORK/next.conf"
	router r1 --file "$WORK/next.conf" >"$WORK/apply" 2>&1 || cat "$WORK/apply"
}
forget() {
	charon_ctl r2 --terminate --ike site >/dev/null 2>&1
	# In this order: an ISAKMP SA that pairs depend on would come back.
	router r1 clear crypto sa >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
}
# Traffic alone would not raise the next acquire so soon.
begin() { router r1 crypto initiate map SITE 10 >/dev/null 2>&1; }
up() { router r1 show crypto ipsec sa | grep -q 'spi: 0x'; }
reaches() {
	begin && poll 20 up && in_ns a ping -c 3 -i 0.2 -W 10 10.2.0.2 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"
}
initiate() { charon_ctl r2 --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }
they_begin() {
	initiate && in_ns b ping -c 3 -i 0.2 -W 10 10.1.0.2 >"$WORK/ping" 2>&1 &&
		no_loss "$WORK/ping"
}
they_fail() {
	! charon_ctl r2 --initiate --child lan --timeout 5 >/dev/null 2>&1
}
# Both directions of both ends, and only what was agreed.
has() {
	router r1 show crypto ipsec sa >"$WORK/sa"
	in_ns r2 ip xfrm state >"$WORK/xfrm"
	[ "$(grep -c "transform: $1 ,\$" "$WORK/sa")" -ge 2 ] &&
		! grep transform: "$WORK/sa" | grep -qv "transform: $1 ,\$" &&
		[ "$(grep -cE "$(echo "$2" | sed 's/[()]/\\&/g')" "$WORK/xfrm")" -ge 2 ] && return
	grep -h transform: "$WORK/sa" | sed "s/^/# /"
	sed "s/^/# /" "$WORK/xfrm"
	false
}

interop_build
modprobe -qa ah4 ccm gcm ctr xcbc seqiv echainiv || : "what is built in has no module"
ESP_PROPOSAL=none
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'esp_proposals = aes128-sha1' ||
	abort strongSwan
ours "esp-aes esp-sha-hmac" >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

matrix >"$WORK/matrix"
while IFS='|' read -r child transform shown xfrm <&3; do
	fresh "$child" "$transform"
	ktap_test_result "$child: we begin" reaches
	ktap_test_result "$child: is what both ends have" has "$shown" "$xfrm"
	forget
	ktap_test_result "$child: they begin" they_begin
done 3<"$WORK/matrix"

# What the two routers say to each other, as L2TP would.
apply "ah-sha-hmac; mode transport" 's/^access-list.*/access-list 101 permit ip host 192.0.2.1 host 198.51.100.2/'
swan_conf site 198.51.100.2 192.0.2.1 198.51.100.2/32 192.0.2.1/32 '' \
	'ah_proposals = sha1
	mode = transport' | grep -v 'esp_proposals = none$' >"$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
forget
# r1 pings r2, and the reverse: 20 of IP, 24 of AH, 64 of ping
transport() {
	[ "$1" = r1 ] && _to=198.51.100.2 || _to=192.0.2.1
	in_ns "$1" ping -c 2 -i 0.2 -W 10 $_to >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"
}
length_is() { wire_has "ip proto 51 and src $1 and ip[2:2] = 108"; }
begin && poll 20 up
ktap_test_result "AH, transport mode: we begin" transport r1
ktap_test_result "AH, transport mode: is what both ends have" \
	eval 'has ah-sha-hmac "auth-trunc hmac(sha1)" && grep -q "proto ah .*mode transport" "$WORK/xfrm"'
forget
ktap_test_result "AH, transport mode: they begin" eval 'initiate && transport r2'
ktap_test_result "AH, transport mode: has no second IP header" \
	eval 'poll 10 length_is 192.0.2.1 && poll 10 length_is 198.51.100.2'

# --- what does not fit -------------------------------------------------------------

# from here on
quiet() { from=$(wc -l <"$WORK/r1/log"); }
log_has() { tail -n "+$((from + 1))" "$WORK/r1/log" | grep -q "$1"; }
refuses() { begin && poll 10 log_has 'the peer answers NO-PROPOSAL-CHOSEN'; }
kept_back() { ! in_ns a ping -c 2 -i 0.2 -W 1 10.2.0.2 >/dev/null 2>&1 && ! up; }

# misfit NAME LINES TRANSFORM COMPARISON: neither end's offer is taken
misfit() {
	fresh "$2" "$3"
	quiet
	ktap_test_result "$1: they fail" they_fail
	ktap_test_result "$1: the log has both" log_has "$4"
	ktap_test_result "$1: they answer NO-PROPOSAL-CHOSEN" refuses
	ktap_test_result "$1: packets are lost" kept_back
}

misfit "another check value" 'esp_proposals = aes128gcm16' esp-gcm-8 \
	'encryption: offered ESP_AES-GCM_16 (20), configured ESP_AES-GCM_8 (18)'
misfit "AH is not what they have" 'esp_proposals = null-sha1' ah-sha-hmac \
	'protocol: offered ESP, configured AH'
misfit "sequence numbers of theirs have 64 bits" 'esp_proposals = aes128-sha1-esn' \
	'esp-aes esp-sha-hmac' 'extended sequence numbers: offered on (1), configured off (0)'
misfit "sequence numbers of ours have 64 bits" 'esp_proposals = aes128-sha1' \
	"esp-aes esp-sha-hmac; esn" 'extended sequence numbers: offered off (0), configured on (1)'

fresh 'esp_proposals = camellia128-sha1,aes128-aescmac,aes128ccm8' esp-ccm-8
ktap_test_result "what we do not have is passed over" they_begin

# Nothing in IKE tells of it.
icv_errors() { [ "$(in_ns r2 awk '$1 == "XfrmInStateProtoError" { print $2 }' /proc/net/xfrm_stat)" -gt "$1" ]; }
before=$(in_ns r2 awk '$1 == "XfrmInStateProtoError" { print $2 }' /proc/net/xfrm_stat)
fresh 'esp_proposals = aes128-sha256' 'esp-aes esp-sha256-96-hmac'
ktap_test_result "SHA-256 of two lengths: nothing gets through" eval '! reaches'
ktap_test_result "and they have dropped it" icv_errors "$before"

# AH shows what it carries, but as nothing else does.
ktap_test_result "nothing of it was in clear" wire_is_protected
# That means something only if the capture saw such packets.
in_ns r1 ping -c 1 -W 2 198.51.100.2 >/dev/null 2>&1
ktap_test_result "the capture would have shown it" poll 5 wire_has icmp and src 192.0.2.1

ktap_finished

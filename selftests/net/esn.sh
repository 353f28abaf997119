#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Extended sequence numbers (RFC 4304) against the kernel's XFRM, over the wrap of
# the 32 bits on the wire; large replay windows, and what tells how large they
# should be. The topology is in lib.sh. E-054

. "$(dirname "$0")/lib.sh"

# bytes HOW-MANY FROM: that many, counting up
bytes() {
	# shellcheck disable=SC2046 # a list
	printf '0x' && printf '%02x' $(seq "$2" $(($2 + $1 - 1)))
}
KEY=$(bytes 32 0)
start=0xfffffffd	# two numbers are left below 2^32

ktap_print_header
ktap_set_plan 30

net_build
cm_map || abort "map"
xfrm_policies

# ours OPTION...: both SAs of r1, extended
ours() {
	cm sa in 0x1001 $R2 $R1 wan0,10,10 flags 1 window 128 seq $start "$@" &&
		cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 5 seq $start "$@"
}
# theirs OPTION...: both states of r2, extended unless $esn is empty
esn=yes high=0
theirs() {
	for _way in "$R2 dst $R1 spi 0x1001" "$R1 dst $R2 spi 0x2001"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto esp mode tunnel replay-window 128 \
			replay-seq $start replay-oseq $start \
			${esn:+flag esn replay-seq-hi $high replay-oseq-hi $high} "$@" || return
	done
}
clear_sas() {
	cm flush
	in_ns r2 ip xfrm state flush
}
seq_of() { cm_value sas "dir=$1 " seq; }
both_wrapped() { [ "$(seq_of 0)" -gt 4294967296 ] && [ "$(seq_of 1)" -gt 4294967296 ]; }

# over NAME "CMCTL OPTIONS" XFRM OPTIONS...: six packets each way
over() {
	_name=$1 _options=$2
	shift 2
	_bad=$(lost bad_icv)
	# shellcheck disable=SC2086 # a list
	ours $_options && theirs "$@" && reaches a 10.2.0.2 -s "$size" &&
		reaches b 10.1.0.2 -s "$size" && both_wrapped &&
		[ "$(lost bad_icv)" = "$_bad" ]
	ktap_test_result "$_name, over 2^32, there and back" [ $? = 0 ]
	clear_sas
	size=$((size + 1))
}

size=40
SHA2="auth 12 akey $(bytes 32 90)"
sha2() { over "$1" "$2 $SHA2" enc "$3" "$4" auth-trunc 'hmac(sha256)' "$(bytes 32 90)" 128; }
wire_start
over gcm-128 "encr 20 key $(bytes 20 1)" aead 'rfc4106(gcm(aes))' "$(bytes 20 1)" 128
over ccm-256 "encr 16 key $(bytes 35 1)" aead 'rfc4309(ccm(aes))' "$(bytes 35 1)" 128
over chacha20-poly1305 "encr 28 key $(bytes 36 1)" \
	aead 'rfc7539esp(chacha20,poly1305)' "$(bytes 36 1)" 128
sha2 aes-128-sha256 "encr 12 key $(bytes 16 1)" 'cbc(aes)' "$(bytes 16 1)"
sha2 3des-sha256 "encr 3 key $(bytes 24 1)" 'cbc(des3_ede)' "$(bytes 24 1)"
sha2 ctr-128-sha256 "encr 13 key $(bytes 20 1)" 'rfc3686(ctr(aes))' "$(bytes 20 1)"
wire_stop
ktap_test_result "in ESP, nothing to read" eval '[ "$(wire_count esp)" -ge 72 ] && wire_is_dark'
sha2 null-sha256 "encr 11" 'ecb(cipher_null)' ''
over gmac-128 "encr 21 key $(bytes 20 1)" aead 'rfc4543(gcm(aes))' "$(bytes 20 1)" 128

# refused TEXT COMMAND...: both ends as COMMAND makes them do not understand each other
refused() {
	_text=$1
	shift
	_bad=$(lost bad_icv) _errors=$(in_ns r2 cat /proc/net/xfrm_stat | awk '/InStateProtoError/ { print $2 }')
	"$@" && silent b 10.1.0.2 && silent a 10.2.0.2 && [ "$(lost bad_icv)" -gt "$_bad" ] &&
		[ "$(in_ns r2 cat /proc/net/xfrm_stat | awk '/InStateProtoError/ { print $2 }')" -gt "$_errors" ]
	ktap_test_result "$_text" [ $? = 0 ]
	clear_sas
}
gcm() {
	ours encr 20 key "$(bytes 20 1)" &&
		theirs aead 'rfc4106(gcm(aes))' "$(bytes 20 1)" 128
}
cbc() {
	# shellcheck disable=SC2086 # a list
	ours encr 12 key "$(bytes 16 1)" $SHA2 &&
		theirs enc 'cbc(aes)' "$(bytes 16 1)" auth-trunc 'hmac(sha256)' "$(bytes 32 90)" 128
}
start=10 high=1
refused "another high half: bad_icv at both ends" gcm
refused "with a hash, too" cbc
esn=
refused "extended at one end only: bad_icv at both ends" gcm
refused "with a hash, too" cbc
esn=yes high=0
gcm
ktap_test_result "the same numbers at both ends work" reaches a 10.2.0.2
ktap_test_result "ipsecctl shows that they are extended" told 'in use settings = {Tunnel, ESN, }'
clear_sas

head -c 300000 /dev/urandom >"$WORK/noise"
start=0xffffffc0
gcm
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/got &"
poll 10 listens b -t 7000
in_ns a socat -t 20 -u "FILE:$WORK/noise" "TCP:10.2.0.2:7000"
ktap_test_result "a TCP stream arrives whole" poll 20 cmp -s "$WORK/noise" "$WORK/got"
ktap_test_result "over 2^32" [ "$(seq_of 1)" -gt 4294967296 ]
clear_sas

# --- replay windows: F-051, C-026 ---------------------------------------------------------

inject() { in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 "$spi" "$1" "${KEY#0x}"; }
verified() { flow verify; }
is() { [ "$($1)" = "$2" ]; }
lost_is() { [ "$(lost "$1")" = "$2" ]; }
accepted() {
	_good=$(verified)
	inject "$2"
	ktap_test_result "$1" poll 5 is verified $((_good + 1))
}
dropped() {
	_lost=$(lost "$2")
	inject "$3"
	ktap_test_result "$1: $2" poll 5 lost_is "$2" $((_lost + 1))
}
shown() { cm_value sas "spi=0x0000${spi#0x}" "$1"; }

spi=0x1005
cm sa in $spi $R2 $R1 wan0,10,10 window 4096 encr 11 auth 12 akey "$KEY" || abort "SA"
ktap_test_result "no histogram before there is anything to show" [ -z "$(shown behind)" ]
accepted "window 4096: a packet is taken" 10000
accepted "one that is 4095 older as well" 5905
dropped "not one that is 4096 older" replay_window 5904
accepted "nor is the one behind the first forgotten" 9998
ktap_test_result "the window is shown, newest first" \
	eval 'shown bitmap | grep -q "^00000005,0.*,80000000$"'
dropped "twice is once too often" replay 9998
inject 1000
inject 1
ktap_test_result "the histogram shows how large a window would have done" \
	poll 5 eval '[ "$(shown behind)" = 4096:1,8192:2 ]'
ktap_test_result "ipsecctl shows window and histogram" told 'replay window size: 4096' \
	'0x00000000 0x00000000 0x00000000 0x00000005' ' 4096-8191: 1' ' 8192-16383: 2' \
	'#pkts lost, replay_window: 3'
cm reset
ktap_test_result "and starts again" [ -z "$(shown behind)" ]

spi=0x1006
cm sa in $spi $R2 $R1 wan0,10,10 flags 2 encr 11 auth 12 akey "$KEY" || abort "SA"
accepted "without replay protection a packet is taken" 5000
accepted "again" 5000
accepted "and one of any age" 1

ktap_finished

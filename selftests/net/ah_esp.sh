#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# AH around ESP, a bundle of two SAs (RFC 4301, 4.1), against the kernel's XFRM with
# two templates: tunnel and transport mode, IPv4 and IPv6, ESP with and without
# integrity of its own, extended sequence numbers, large sends; packets with one of
# the two alone, replay of either; both SAs end with either. The topology is in
# lib.sh, with IPv6 beside IPv4 as in ipv6.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ah.sh"

KEY=0x$(printf '%02x' $(seq 10 41))
CIPHER=0x$(printf '%02x' $(seq 50 65))
GCM=0x$(printf '%02x' $(seq 70 89))

ktap_print_header
ktap_set_plan 69

net_build
net_ipv6

# --- both ends -------------------------------------------------------------------

# The last template is the outermost; it has nothing to wrap but the packet of the first.
policies() {
	_both="src $end2 dst $end1 proto esp mode $mode tmpl src $end2 dst $end1 proto ah mode transport"
	# shellcheck disable=SC2086 # a list
	in_ns r2 ip xfrm policy add src "$side2" dst "$side1" dir out tmpl $_both || return
	_both="src $end1 dst $end2 proto esp mode $mode tmpl src $end1 dst $end2 proto ah mode transport"
	for _dir in in fwd; do
		[ $_dir$mode != fwdtransport ] || continue
		# shellcheck disable=SC2086 # a list
		in_ns r2 ip xfrm policy add src "$side1" dst "$side2" dir $_dir tmpl $_both || return
	done
}

# theirs "OPTIONS OF BOTH" ESP-ALGORITHMS...: four states of r2
theirs() {
	_all=$1
	shift
	for _way in "$end2 dst $end1" "$end1 dst $end2"; do
		_spi=${_way%%"$end1 dst"*}
		_spi=${_spi:+1} _spi=${_spi:-2}
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way spi 0x${_spi}001 proto esp mode $mode \
			replay-window 64 "$@" $_all &&
			in_ns r2 ip xfrm state add src $_way spi 0x${_spi}002 proto ah mode transport \
				replay-window 64 auth-trunc 'hmac(sha256)' "$KEY" 128 $align $_all || return
	done
}

# ours FLAGS "OPTIONS OF BOTH" ESP-OPTION...: both bundles of r1
ours() {
	_flags=$1 _all=$2
	shift 2
	# shellcheck disable=SC2086 # words
	cm sa in 0x1002 "$end2" "$end1" wan0,10,10 proto 51 mode $number window 1024 \
		flags $((_flags + 128)) auth 12 akey "$KEY" $_all &&
		cm sa in 0x1001 "$end2" "$end1" wan0,10,10 mode $number window 1024 \
			flags "$_flags" ah-spi 0x1002 $_all "$@" &&
		cm sa out 0x2002 "$end1" "$end2" wan0,10,10 proto 51 mode $number \
			flags $((_flags + 128)) auth 12 akey "$KEY" $_all &&
		cm sa out 0x2001 "$end1" "$end2" wan0,10,10 mode $number \
			flags $((_flags + 4)) ah-spi 0x2002 $_all "$@"
}

# pair: AES-CBC without integrity of its own, as "ah-sha256-hmac esp-aes" has it
pair() {
	clear_sas
	theirs "" enc 'cbc(aes)' $CIPHER && ours 0 "" encr 12 key $CIPHER
}

xfrm_errors() { in_ns r2 awk "/^$1/ { print \$2 }" /proc/net/xfrm_stat; }

# both NAME ICVS-PER-PACKET: pings there and back
both() {
	_good=$(flow verify) _signed=$(flow digest) _in=$(flow decaps) _out=$(flow encaps)
	_hid=$(flow encrypt) _bare=$(flow decrypt)
	reaches $from $host2 && reaches $to $host1 &&
		[ "$(flow verify)" = $((${_good:-0} + 6 * $2)) ] &&
		[ "$(flow digest)" = $((${_signed:-0} + 6 * $2)) ] &&
		[ "$(flow encaps)" = $((${_out:-0} + 6)) ] && [ "$(flow decaps)" = $((${_in:-0} + 6)) ] &&
		[ "$(flow encrypt)" = $((${_hid:-0} + 6)) ] && [ "$(flow decrypt)" = $((${_bare:-0} + 6)) ]
	ktap_test_result "$mode IPv$family, $1, there and back" [ $? = 0 ]
}

head -c 400000 /dev/urandom >"$WORK/noise"
head -c 4000 /dev/urandom >"$WORK/datagram"

# informed FROM TO ADDRESS: a datagram whose sender, which cuts it, has learnt what fits
informed() {
	_plain=${3#[}
	in_ns "$1" ping -q -c 1 -W 1 -s 1440 "${_plain%]}" >/dev/null
	datagram "$@"
}

# TCP finds out what fits by packets that do not.
no_losses() { [ "$(flow recv_errors)" = 0 ]; }

# one SA's KEY
packets_of() { cm_value sas "spi=0x0000$1" packets; }

for mode in tunnel transport; do
	for family in 4 6; do
		scene $mode $family || abort "$mode $family"
		inside="ip proto 51 and ip[20] = 50"
		[ $family = 4 ] || inside="ip6[6] = 51 and ip6[40] = 50"
		pair || abort "SAs"
		wire_start
		both "AES without integrity of its own" 1
		wire_stop
		ktap_test_result "on the wire one outer header, AH, ESP; dark" \
			eval '[ "$(wire_count "$inside")" = 12 ] && wire_is_dark &&
			[ "$(wire_count "not ah and (esp or icmp or icmp6 and ip6[40] >= 128 and ip6[40] <= 129)")" = 0 ]'
		ktap_test_result "each of the four counted what passed" \
			eval '[ "$(packets_of 1001)$(packets_of 1002)$(packets_of 2001)$(packets_of 2002)" = 6666 ]'
		clear_sas
		theirs "" enc 'cbc(aes)' $CIPHER auth-trunc 'hmac(sha1)' "${KEY%????????????????????????}" 96 &&
			ours 0 "" encr 12 key $CIPHER auth 2 akey "${KEY%????????????????????????}"
		both "AES and SHA-1" 2
		clear_sas
		theirs "" aead 'rfc4106(gcm(aes))' $GCM 128 && ours 0 "" encr 20 key $GCM
		both "AES-GCM" 2
		pair || abort "SAs"
		wire_start
		ktap_test_result "$mode IPv$family: TCP out" bulk $from $to "$url"
		ktap_test_result "and in" bulk $to $from "$back"
		ktap_test_result "a datagram of 4000 bytes out" informed $from $to "$url"
		ktap_test_result "and in" informed $to $from "$back"
		wire_stop
		ktap_test_result "all of it in AH, nothing lost" \
			eval '[ "$(wire_count "(tcp or udp) and not ah")" = 0 -a "$(wire_count ah)" -gt 200 ] && no_losses'
	done
done

# --- numbers -----------------------------------------------------------------------------

start=0xfffffffd
for family in 4 6; do
	scene tunnel $family || abort "tunnel"
	align=${align:+flag align4 esn}
	theirs "flag esn replay-seq $start replay-oseq $start replay-seq-hi 0 replay-oseq-hi 0" \
		enc 'cbc(aes)' $CIPHER auth-trunc 'hmac(sha256)' "$KEY" 128 &&
		ours 1 "seq $start" encr 12 key $CIPHER auth 12 akey "$KEY" || abort "ESN"
	ktap_test_result "IPv$family: extended sequence numbers, over 2^32" \
		eval 'reaches $from $host2 && reaches $to $host1 &&
		at_least "$(cm_value sas 0x00001001 seq)" 4294967297 &&
		at_least "$(cm_value sas 0x00002002 seq)" 4294967297'
done

# --- the other end has one of the two only -------------------------------------------

scene tunnel 4 && pair || abort "tunnel"
in_ns r2 ip xfrm policy flush
in_ns r2 ip xfrm policy add src $side2 dst $side1 dir out \
	tmpl src $R2 dst $R1 proto esp mode tunnel || abort "policy"
missing=$(lost ah_missing)
ktap_test_result "ESP without AH is lost: ah_missing" \
	eval 'silent b 10.1.0.2 && at_least "$(lost ah_missing)" $((missing + 2)) &&
	at_least "$(sa_lost 0x00001001 ah_missing)" 2'

# --- what the module refuses -----------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
# refused TEXT SPI OPTION...
refused() {
	_text=$1 _spi=$2
	shift 2
	! cm sa in "$_spi" $R2 $R1 wan0,10,10 "$@" 2>"$WORK/refused" &&
		grep -q "$_text" "$WORK/refused"
	ktap_test_result "refused: $_text" [ $? = 0 ]
}
hash="auth 12 akey $KEY"
# shellcheck disable=SC2086 # words
{
	cm flush
	refused "there is no AH of this" 0x1001 encr 11 $hash ah-spi 0x1002
	cm sa in 0x1002 $R2 $R1 wan0,10,10 proto 51 $hash || abort "AH"
	refused "was not made with SA_F_BUNDLE" 0x1001 encr 11 $hash ah-spi 0x1002
	cm flush
	cm sa in 0x1002 $R2 $R1 wan0,10,10 proto 51 flags 128 $hash || abort "AH"
	refused "of another flow, mode or source" 0x1001 encr 11 $hash ah-spi 0x1002 mode 1
	refused "null needs an integrity algorithm" 0x1001 encr 11 ah-spi 0x1002
	refused "AH passes no NAT" 0x1001 encr 11 $hash ah-spi 0x1002 sport 4500 dport 4500
	refused "SA_F_BUNDLE is for AH" 0x1001 encr 11 $hash flags 128
	refused "aes-cbc needs an integrity algorithm" 0x1001 encr 12 key $CIPHER
	cm sa in 0x1001 $R2 $R1 wan0,10,10 encr 11 $hash ah-spi 0x1002 || abort "ESP"
	refused "around another ESP" 0x1003 encr 11 $hash ah-spi 0x1002
}
ktap_test_result "the ESP tells its AH" [ "$(cm_value sas 0x00001001 ah_spi)" = 0x00001002 ]

# --- made-up packets ------------------------------------------------------------------------

inject() {
	_seq=$1
	shift
	in_ns r2 "$NET_DIR/ah_inject.py" $R2 $R1 0x1002 "$_seq" "${KEY#0x}" "$@"
}
is() { [ "$($1)" = "$2" ]; }
verified() { flow decaps; }
lost_is() { [ "$(lost "$1")" = "$2" ]; }
# accepted TEXT SEQ OPTION...
accepted() {
	_text=$1 _good=$(verified)
	shift
	inject "$@"
	ktap_test_result "$_text" poll 5 is verified $((_good + 1))
}
# dropped TEXT REASON SEQ OPTION...
dropped() {
	_text=$1 _reason=$2 _lost=$(lost "$2") _good=$(verified)
	shift 2
	inject "$@"
	ktap_test_result "$_text: $_reason" \
		eval 'poll 5 lost_is $_reason $((_lost + 1)) && is verified $_good'
}
accepted "ESP in AH is taken" 100 next=50 esp=0x1001,100
dropped "not twice: AH" replay 100 next=50 esp=0x1001,101
dropped "not twice: ESP in another AH" replay 101 next=50 esp=0x1001,100
dropped "behind the window of AH" replay_window 20 next=50 esp=0x1001,102
dropped "behind the window of ESP" replay_window 102 next=50 esp=0x1001,20
accepted "the number of a refused ESP is free" 103 next=50 esp=0x1001,102
dropped "a flipped bit of AH" bad_icv 104 next=50 esp=0x1001,104 flip=96
dropped "of ESP, signed by AH" bad_icv 104 next=50 esp=0x1001,104 esp_flip=200
dropped "AH around nothing but IP" esp_missing 105
dropped "around another ESP" esp_missing 106 next=50 esp=0x1009,106
dropped "around half an ESP header" esp_missing 107 next=59
dropped "inside something else than agreed" selector_mismatch 108 next=50 esp=0x1001,108 inner=10.9.0.2,10.1.0.2

# --- they end together --------------------------------------------------------------------

# gone: no SA is left, and what comes for either is of a deleted SPI
gone() { [ "$(cm sas | wc -l)" = 0 ]; }
cm del in 0x1001 $R1 || abort "del"
ktap_test_result "with the ESP the AH goes" gone
dropped "what comes then" deleted_spi 200 next=50 esp=0x1001,200
# shellcheck disable=SC2086 # words
cm sa in 0x1004 $R2 $R1 wan0,10,10 proto 51 flags 128 $hash &&
	cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 $hash ah-spi 0x1004 hard-secs 2 || abort "SAs"
ktap_test_result "as at the end of its lifetime" poll 15 gone
# shellcheck disable=SC2086 # words
cm sa in 0x1006 $R2 $R1 wan0,10,10 proto 51 flags 128 $hash hard-secs 2 &&
	cm sa in 0x1005 $R2 $R1 wan0,10,10 encr 11 $hash ah-spi 0x1006 || abort "SAs"
ktap_test_result "as at the end of that of the AH" poll 15 gone
scene tunnel 4 && pair || abort "SAs"
cm unbind wan0
ktap_test_result "and with the map" gone

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# AH (RFC 4302) against the kernel's XFRM: tunnel and transport mode, IPv4 and
# IPv6, every hash, extended sequence numbers, IPv4 options and IPv6 extension
# headers, large sends and fragments; what routers may change of the outer header
# and what not; replay, wrong keys, unknown SPIs (F-067, S-06). The topology is
# in lib.sh, with IPv6 beside IPv4 as in ipv6.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ah.sh"


# bytes HOW-MANY: that many, counting up
bytes() {
	# shellcheck disable=SC2046 # a list
	printf '0x' && printf '%02x' $(seq 10 $((9 + $1)))
}
KEY=$(bytes 32)

ktap_print_header
ktap_set_plan 78

net_build
net_ipv6

# --- both ends -------------------------------------------------------------------

# policies: those of r2
policies() {
	_tmpl="proto ah mode $mode"
	# shellcheck disable=SC2086 # a list
	in_ns r2 ip xfrm policy add src "$side2" dst "$side1" dir out tmpl src "$end2" dst "$end1" $_tmpl || return
	for _dir in in fwd; do
		[ $_dir$mode != fwdtransport ] || continue
		# shellcheck disable=SC2086 # a list
		in_ns r2 ip xfrm policy add src "$side1" dst "$side2" dir $_dir \
			tmpl src "$end1" dst "$end2" $_tmpl || return
	done
}

# theirs XFRM ALGORITHM AND OPTIONS...: both states of r2
theirs() {
	for _way in "$end2 dst $end1 spi 0x1001" "$end1 dst $end2 spi 0x2001"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto ah mode $mode replay-window 64 \
			"$@" $align || return
	done
}

# ours FLAGS OPTION...: both SAs of r1
ours() {
	_flags=$1
	shift
	cm sa in 0x1001 "$end2" "$end1" wan0,10,10 proto 51 mode $number window 1024 \
		flags "$_flags" "$@" &&
		cm sa out 0x2001 "$end1" "$end2" wan0,10,10 proto 51 mode $number \
			flags $((_flags + 4)) "$@"
}
sha2() {
	clear_sas
	theirs auth-trunc 'hmac(sha256)' "$KEY" 128 && ours 0 auth 12 akey "$KEY"
}

xfrm_errors() { in_ns r2 awk "/^$1/ { print \$2 }" /proc/net/xfrm_stat; }

# --- what AH is on the wire --------------------------------------------------------

# over NAME NUMBER KEY-BYTES XFRM-NAME BITS
over() {
	clear_sas
	_good=$(flow verify) _signed=$(flow digest)
	theirs auth-trunc "$4" "$(bytes "$3")" "$5" && ours 0 auth "$2" akey "$(bytes "$3")" &&
		reaches $from $host2 && reaches $to $host1 &&
		[ "$(flow verify)" = $((${_good:-0} + 6)) ] &&
		[ "$(flow digest)" = $((${_signed:-0} + 6)) ] && [ "$(flow decrypt)$(flow encrypt)" = 00 ]
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

for mode in tunnel transport; do
	for family in 4 6; do
		scene $mode $family || abort "$mode $family"
		wire_start
		over sha256-128 12 32 'hmac(sha256)' 128
		wire_stop
		ktap_test_result "all of it AH, which hides nothing" \
			eval '[ "$(wire_count ah)" = 12 ] && ! wire_is_dark &&
			[ "$(wire_count "not ah and (icmp or icmp6 and ip6[40] >= 128 and ip6[40] <= 129)")" = 0 ]'
		over sha512-256 14 64 'hmac(sha512)' 256
		if [ $mode = tunnel ]; then
			over md5-96 1 16 'hmac(md5)' 96
			over sha1-96 2 20 'hmac(sha1)' 96
			over aes-xcbc-96 5 16 'xcbc(aes)' 96
			over aes-cmac-96 8 16 'cmac(aes)' 96
			over sha384-192 13 48 'hmac(sha384)' 192
			over sha256-96 1036 32 'hmac(sha256)' 96
		fi
		sha2 || abort "SAs"
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

# --- headers before AH: mode transport, IPv6 ------------------------------------------

answered=$(flow verify)
wire_start
in_ns r1 python3 -c "
import socket
options = bytes([0, 1, 0x3e, 4, 1, 2, 3, 4, 0x1e, 4, 5, 6, 7, 8, 0, 0])
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, options)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, options)
s.settimeout(10)
s.sendto(bytes([128, 0, 0, 0, 0, 7, 0, 1]) + bytes.fromhex('$MARK' * 20), ('$P2', 0))
while s.recv(2000)[0] != 129:
    pass" >"$WORK/ext" 2>&1
answered=$(($(flow verify) - answered))
wire_stop
ktap_test_result "IPv6: AH after hop-by-hop, before destination options" \
	eval '[ $answered = 1 ] && [ "$(wire_count "src $P1 and ip6[6] = 0 and ip6[40] = 51")" = 1 ]'

scene transport 4 && sha2 || abort "transport"
wire_start
ktap_test_result "IPv4 with an option that routers fill in" \
	eval 'reaches r1 $R2 -R && reaches r1 $R2 -T tsonly'
wire_stop
ktap_test_result "AH after the options" \
	[ "$(wire_count "src $R1 and ip proto 51 and ip[0] > 0x45")" = 6 ]

# --- on the way ------------------------------------------------------------------------

# router RULE: what net does to AH
router() {
	in_ns net nft -f - <<-END
	table inet t {
		chain c {
			type filter hook forward priority 0;
			$1
		}
	}
	END
}
changed() {
	router "meta l4proto ah $2" || abort "$2"
	wire_start
	ktap_test_result "$mode IPv$family: $1 may change" eval 'reaches $from $host2 && reaches $to $host1'
	wire_stop
	in_ns net nft flush ruleset
}
kept() {
	router "meta l4proto ah $2" || abort "$2"
	_icv=$(lost bad_icv) _err=$(xfrm_errors XfrmInStateProtoError)
	ktap_test_result "not $1: bad_icv at both ends" \
		eval 'silent $from $host2 && silent $to $host1 &&
		at_least "$(lost bad_icv)" $((_icv + 2)) &&
		at_least "$(xfrm_errors XfrmInStateProtoError)" $((_err + 2))'
	in_ns net nft flush ruleset
}
changed "TOS and TTL" "ip dscp set af21 ip ttl set 9"
kept "the identification" "ip id set 4711"
scene tunnel 6 && sha2 || abort "tunnel"
changed "traffic class, flow label, hop limit" "ip6 dscp set af21 ip6 flowlabel set 99 ip6 hoplimit set 9"
kept "the source" "ip6 saddr set 2001:db8:9::9"
scene tunnel 4 && sha2 || abort "tunnel"
kept "the packet inside" "@th,384,8 set 7"

# --- numbers -----------------------------------------------------------------------------

start=0xfffffffd
# esn HIGH: both ends over 2^32
esn() {
	clear_sas
	theirs auth-trunc 'hmac(sha256)' "$KEY" 128 flag esn \
		replay-seq $start replay-oseq $start replay-seq-hi "$1" replay-oseq-hi "$1" &&
		ours 1 auth 12 akey "$KEY" seq $start
}
for family in 4 6; do
	scene tunnel $family || abort "tunnel"
	align=${align:+flag align4 esn} esn 0 || abort "ESN"
	ktap_test_result "IPv$family: extended sequence numbers, over 2^32" \
		eval 'reaches $from $host2 && reaches $to $host1 &&
		at_least "$(cm_value sas dir=0 seq)" 4294967297 &&
		at_least "$(cm_value sas dir=1 seq)" 4294967297'
done
bad=$(lost bad_icv)
esn 1
ktap_test_result "another high half: bad_icv" \
	eval 'silent $to $host1 && at_least "$(lost bad_icv)" $((bad + 2))'

scene tunnel 4 || abort "tunnel"
clear_sas
theirs auth-trunc 'hmac(sha256)' "$(bytes 32 | sed 's/0a/0b/')" 128 && ours 0 auth 12 akey "$KEY"
bad=$(lost bad_icv) errors=$(xfrm_errors XfrmInStateProtoError)
ktap_test_result "with another key nothing passes" eval 'silent a 10.2.0.2 && silent b 10.1.0.2'
ktap_test_result "it is counted at both ends: bad_icv" \
	eval 'at_least "$(lost bad_icv)" $((bad + 2)) && at_least "$(sa_lost 0x00001001 bad_icv)" 2 &&
	at_least "$(xfrm_errors XfrmInStateProtoError)" $((errors + 2))'

# XFRM pads as in IPv6 unless it is told not to.
align='' && clear_sas && theirs auth-trunc 'hmac(sha256)' "$KEY" 128 && ours 0 auth 12 akey "$KEY"
good=$(flow decaps)
silent b 10.1.0.2
ktap_test_result "an AH header of IPv4 padded to 8 bytes is taken" \
	[ "$(flow decaps)" = $((good + 2)) ]

# --- made-up packets ------------------------------------------------------------------------

cm flush
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm sa in 0x1001 $R2 $R1 wan0,10,10 proto 51 window 64 auth 12 akey "$KEY" || abort "SA"

spi=0x1001
inject() {
	_seq=$1
	shift
	in_ns r2 "$NET_DIR/ah_inject.py" $R2 $R1 "$spi" "$_seq" "${KEY#0x}" "$@"
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
accepted "a packet is taken" 100
dropped "not twice" replay 100
dropped "not one behind the window" replay_window 36
accepted "but the oldest in it" 37
accepted "an option that routers fill in is taken as zero" 101 options=0707040000000000 signed=0000000000000000
dropped "a flipped bit of the next header" bad_icv 110 flip=7
dropped "of the reserved field" bad_icv 110 flip=20
dropped "of the ICV" bad_icv 110 flip=96
dropped "of the payload" bad_icv 110 flip=400
dropped "another length of the header" bad_length 110 field=4
dropped "a packet that ends in the ICV" truncated 110 keep=20
dropped "no IP packet inside" bad_next_header 111 next=17
dropped "another option than was signed" bad_icv 112 options=94040001 signed=94040000
dropped "inside something else than agreed" selector_mismatch 113 inner=10.9.0.2,10.1.0.2
# refused TEXT OPTION...: by the module
refused() {
	_text=$1
	shift
	! cm sa in 0x1004 $R2 $R1 wan0,10,10 proto 51 "$@" 2>"$WORK/refused" &&
		grep -q "$_text" "$WORK/refused"
	ktap_test_result "refused: $_text" [ $? = 0 ]
}
refused "UDP encapsulation is for ESP" auth 12 akey "$KEY" sport 4500 dport 4500
refused "AH takes neither SA_ENCR" auth 12 akey "$KEY" encr 11
spi=0x1002
dropped "an SPI that is not there" unknown_spi 1
cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 auth 12 akey "$KEY" || abort "SA"
spi=0x1003
dropped "one of ESP" wrong_protocol 1
cm flush
spi=0x1001
dropped "one that was there" deleted_spi 200
ktap_test_result "the tombstone says AH" eval 'cm tombs | grep "spi=0x00001001" | grep -q "proto=51"'

ktap_finished

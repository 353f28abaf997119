#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# IPComp (deflate) inside ESP, towards XFRM's "proto comp": tunnel and transport
# mode, IPv4 and IPv6, well-known and negotiated CPIs. Only what becomes shorter is
# compressed, what comes uncompressed is taken; damaged data, other CPIs and bombs
# are dropped by name. The topology is in lib.sh; esp_inject.py makes the packets
# of the last part.
# F-061 F-067 RFC 3173 RFC 2394

. "$(dirname "$0")/lib.sh"

ktap_print_header
if ! modprobe -a -q deflate ipcomp ipcomp6; then
	ktap_skip_all "this kernel has no IPComp"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 33

net_build
net_ipv6

# map LINE PEER
map() {
	_kind=acl
	case $2 in *:*) _kind=acl6 ;; esac
	cm unbind wan0 2>/dev/null
	cm map-del map 2>/dev/null
	cm acl-del list 2>/dev/null
	cm $_kind list "10 permit $1" && cm map map "10 list isakmp $2" && cm bind wan0 map
}

# state SRC DST SPI MODE CPI: what XFRM needs for one direction
state() {
	in_ns r2 ip xfrm state add src "$1" dst "$2" proto comp spi "$5" mode "$4" comp deflate &&
		in_ns r2 ip xfrm state add src "$1" dst "$2" proto esp spi "$3" mode transport \
			replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
}

# policy DIR FROM TO SRC DST MODE: what is not compressed comes without its header
policy() {
	_optional=
	[ "$1" = out ] || _optional="level use"
	# shellcheck disable=SC2086 # words
	in_ns r2 ip xfrm policy add src "$2" dst "$3" dir "$1" \
		tmpl src "$4" dst "$5" proto comp mode "$6" $_optional \
		tmpl src "$4" dst "$5" proto esp mode transport
}

# pair R1 R2 NET1 NET2 MODE CPI [CPI-OF-R1]
pair() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	map "$3 $4" "$2" || return
	state "$2" "$1" 0x1001 "$5" "$6" && state "$1" "$2" 0x2001 "$5" "$6" || return
	policy out "$4" "$3" "$2" "$1" "$5" && policy in "$3" "$4" "$1" "$2" "$5" || return
	[ "$5" = transport ] || policy fwd "$3" "$4" "$1" "$2" "$5" || return
	_mode=0
	[ "$5" = tunnel ] || _mode=1
	cm sa in 0x1001 "$2" "$1" wan0,10,10 mode $_mode window 1024 encr 20 key $GCM_KEY ipcomp 2 cpi "${7:-$6}" &&
		cm sa out 0x2001 "$1" "$2" wan0,10,10 mode $_mode flags 4 encr 20 key $GCM_KEY ipcomp 2 cpi "${7:-$6}"
}
# counts NAME=NUMBER...: exactly
counts() {
	for _count in "$@"; do
		[ "$(flow "${_count%=*}")" = "${_count#*=}" ] || { echo "# $_count is $(flow "${_count%=*}")"; return 1; }
	done
}
head -c 100000 /dev/urandom >"$WORK/noise"

# combination TEXT FROM TO FROM-ADDRESS TO-ADDRESS R1 R2 NET1 NET2 MODE CPI
combination() {
	what=$1 from=$2 to=$3 address=$5
	pair "$6" "$7" "$8" "$9" "${10}" "${11}" || abort "$what"
	ktap_test_result "$what: they reach each other" reaches "$from" "$address" -s 1000
	ktap_test_result "$what: compressed both ways" counts compressed=3 decompressed=3 encaps=3 decaps=3
	ktap_test_result "$what: what is short is not, and arrives" short_ones
	case $address in *:*) address="[$address]" ;; esac
	ktap_test_result "$what: what cannot shrink arrives as it is" noise
}
short_ones() {
	reaches "$from" "$address" -s 16 && counts compressed=3 decompressed=3 not_compressed=3 decaps=6
}
noise() {
	bulk "$from" "$to" "$address" && at_least "$(flow not_compressed)" 50 && [ "$(flow recv_errors)" = 0 ]
}

wire_start || abort tcpdump
combination "tunnel, IPv4" a b 10.1.0.2 10.2.0.2 $R1 $R2 10.1.0.0/24 10.2.0.0/24 tunnel 2
wire_stop
# 1028 bytes in clear; 1054 and more in ESP alone
ktap_test_result "the wire carries less than was sent" \
	[ "$(wire_count "src $R1 and esp and less 200")" -ge 3 ]
ktap_test_result "more than was sent it never carries" \
	[ "$(wire_count "src $R1 and esp and greater 1515")" = 0 ]
ktap_test_result "and nothing that could be read" wire_is_dark
ktap_test_result "shown: counters and SAs" \
	told '#pkts compressed: 3, #pkts decompressed: ' 'transform: comp-deflate ,' 'spi: 0x2(2)'
combination "tunnel, IPv6" a b fd00:a::2 fd00:b::2 $P1 $P2 fd00:a::/64 fd00:b::/64 tunnel 0x1234
combination "transport, IPv4" r1 r2 $R1 $R2 $R1 $R2 $R1/32 $R2/32 transport 0x1234
combination "transport, IPv6" r1 r2 $P1 $P2 $P1 $P2 $P1/128 $P2/128 transport 2

# --- what does not fit -------------------------------------------------------------------------

pair $R1 $R2 10.1.0.0/24 10.2.0.0/24 tunnel 0x1234 0x4321 || abort "two CPIs"
cm sa out 0x2002 $R1 $R2 wan0,10,10 flags 4 encr 20 key $GCM_KEY
in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi 0x2002 mode transport \
	replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
ktap_test_result "another CPI than agreed: dropped" silent a 10.2.0.2 -s 1000
ktap_test_result "as ipcomp_cpi" [ "$(lost ipcomp_cpi)" = 2 ]
ktap_test_result "without compression outwards nothing is counted" \
	counts compressed=0 not_compressed=0 encaps=2
ktap_test_result "uncompressed packets pass all the same" reaches a 10.2.0.2 -s 16

KEY=$(python3 -c "print(bytes(range(32)).hex())")
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm flush
cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 auth 12 akey "$KEY" ipcomp 2 &&
	cm sa in 0x1004 $R2 $R1 wan0,10,10 encr 11 auth 12 akey "$KEY" || abort "SAs for made-up packets"
inject() {
	_spi=$1
	shift
	seq=$((seq + 1))
	in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 "$_spi" $seq "$KEY" next=108 "$@"
}
seq=0
more() { [ "$(lost "$1")" -gt "$2" ]; }
# dropped REASON SPI WHAT: a packet that is
dropped() {
	_lost=$(lost "$1") _reason=$1
	inject "$2" "comp=$3" && poll 10 more "$_reason" "$_lost"
}
decaps_is() { [ "$(flow decaps)" = "$1" ]; }
before=$(flow decaps)
inject 0x1003 comp=2,good
ktap_test_result "a made-up packet is taken" poll 10 decaps_is $((before + 1))
ktap_test_result "more than a packet can hold is not" dropped decompress_failed 0x1003 2,bomb
ktap_test_result "nor damaged data" dropped decompress_failed 0x1003 2,junk
ktap_test_result "both are counted" counts decomp_failed=2
ktap_test_result "nor no data" dropped truncated 0x1003 2,empty
ktap_test_result "nor what was compressed twice" dropped bad_next_header 0x1003 2,twice
ktap_test_result "nor another CPI" dropped ipcomp_cpi 0x1003 3,good
ktap_test_result "nor anything compressed where none was agreed" dropped bad_next_header 0x1004 2,good

refused() {
	_says=$1
	shift
	! cm sa out 0x2009 $R1 $R2 wan0,10,10 "$@" 2>"$WORK/refused" && grep -q "$_says" "$WORK/refused"
}
ktap_test_result "what makes no sense is refused" eval '
	refused "out of range: 2, or 256" encr 20 key $GCM_KEY ipcomp 2 cpi 3 &&
	refused "0 (none) or 2" encr 20 key $GCM_KEY ipcomp 3 &&
	refused "needs SA_IPCOMP" encr 20 key $GCM_KEY cpi 256 &&
	refused "is for ESP" proto 51 auth 12 akey $KEY ipcomp 2'

ktap_finished

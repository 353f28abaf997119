#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What an attacker, or a broken peer that has the key, may send: each is
# dropped under its own name, none moves the replay window, and the tunnel goes
# on working. The topology is in lib.sh; the packets are made by esp_inject.py.
# E-053 E-072 E-084 E-105

. "$(dirname "$0")/lib.sh"

KEY=$(python3 -c "print(bytes(range(32)).hex())")
SPI=0x1001

ktap_print_header
ktap_set_plan 35

net_build
cm_map || abort "map"
cm_sa_pair $SPI 0x2001 encr 11 auth 12 akey "$KEY" || abort "SAs"

inject() {
	_spi=$1 _seq=$2
	shift 2
	in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 "$_spi" "$_seq" "$KEY" "$@"
}

verified() { flow verify; }
is() { [ "$($1)" = "$2" ]; }
lost_is() { [ "$(lost "$1")" = "$2" ]; }

# dropped TEXT REASON SEQ OPTION...: one packet to $spi, lost for REASON; its
# ICV was good ($good = 1) or not looked at ($good = 0)
dropped() {
	_text=$1 _reason=$2 _seq=$3
	shift 3
	_lost=$(lost "$_reason") _good=$(verified)
	inject $spi "$_seq" "$@"
	poll 5 lost_is "$_reason" $((_lost + 1)) &&
		[ "$(verified)" = $((_good + good)) ]
	ktap_test_result "$_text: $_reason" [ $? = 0 ]
}

# accepted TEXT SEQ OPTION...
accepted() {
	_text=$1 _seq=$2
	shift 2
	_good=$(verified)
	inject $SPI "$_seq" "$@"
	ktap_test_result "$_text" poll 5 is verified $((_good + 1))
}

flow_encaps() { flow encaps; }
flow_decaps() { flow decaps; }
spi=$SPI good=0

accepted "a good packet is taken" 1
ktap_test_result "and answered through the tunnel" poll 5 is flow_encaps 1

# Replay (RFC 4303, 3.4.3).
dropped "the same again" replay 1
accepted "a later number is taken" 1000
accepted "an earlier one in the window too" 940
dropped "but not twice" replay 940
dropped "one older than the window" replay_window 936
dropped "number 0" replay_window 0

# Not authentic. The window must not follow.
dropped "high number, wrong ICV" bad_icv 1000000 flip=639
accepted "the window did not move" 1001
accepted "nor did it mark anything" 950
bits=0
for bit in 33 63 64 100 200 300 400 511 512 575 576 639; do
	before=$(lost bad_icv)
	inject $SPI 2000 flip=$bit
	poll 5 lost_is bad_icv $((before + 1)) || bits="$bits $bit"
done
ktap_test_result "one bit anywhere flipped: bad_icv (not: $bits)" [ "$bits" = 0 ]

# Not ESP of this SA.
spi=0x1002
dropped "an SPI that never was" unknown_spi 2000
spi=$SPI
dropped "shorter than an ESP header" truncated 2000 keep=7
dropped "shorter than trailer and ICV" truncated 2000 keep=20
cm sa in 0x1004 $R2 $R1 wan0,10,10 encr 12 key "$KEY" auth 12 akey "$KEY"
spi=0x1004
dropped "no multiple of the block" bad_length 2000
spi=$SPI

# Authentic, but not what was agreed.
good=1
dropped "wrong padding" bad_padding 2001 pad=0102ff00
dropped "a protocol that does not fit tunnel mode" bad_next_header 2002 next=6
dropped "inner length beyond the packet" bad_inner 2003 longer=8
dropped "outside the selectors" selector_mismatch 2004 inner=10.9.0.2,10.1.0.2
dropped "an ICMP error about another tunnel's packet" selector_mismatch 2010 \
	inner=10.9.0.1,10.1.0.2 quote=10.1.0.2,10.9.0.2
dropped "or to somebody else than its sender" selector_mismatch 2011 \
	inner=10.9.0.1,10.9.0.2 quote=10.1.0.2,10.2.0.2
dropped "congestion marked on what cannot say so" ecn_invalid 2005 tos=3
accepted "padding behind the inner packet (RFC 4303, 2.7)" 2006 behind=100

decaps=$(flow decaps)
inject $SPI 2012 inner=10.9.0.1,10.1.0.2 quote=10.1.0.2,10.2.0.2
ktap_test_result "an ICMP error about what was sent passes, from any router (RFC 4301, 6.2)" \
	poll 5 is flow_decaps $((decaps + 1))

# A window of another size, and none (C-026, C-027).
good=0
sa_in() {
	SPI=$1 spi=$1
	shift
	cm sa in $SPI $R2 $R1 wan0,10,10 encr 11 auth 12 akey "$KEY" "$@" || abort "SA $SPI"
}
sa_in 0x1005 window 1024
accepted "window 1024: a packet is taken" 5000
accepted "and one that is 1023 older" 3977
dropped "one more does not fit" replay_window 3976
dropped "nor does the same again" replay 3977
sa_in 0x1006 flags 2
accepted "no replay protection: a packet is taken" 5000
accepted "again" 5000
accepted "and one of any age" 1
SPI=0x1001

# A deleted SPI is remembered; an answer still works afterwards.
good=0
cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 auth 12 akey "$KEY" && cm del in 0x1003 $R1
spi=0x1003
dropped "an SPI that was deleted" deleted_spi 1
in_ns r1 ip xfrm state add src $R2 dst $R1 proto esp spi $spi mode tunnel \
	enc 'ecb(cipher_null)' '' auth-trunc 'hmac(sha256)' "0x$KEY" 128
xfrm_packets() { in_ns r1 ip -s xfrm state | sed -n 's/.*bytes), \([0-9]*\)(packets).*/\1/p' | head -n 1; }
inject $spi 2
ktap_test_result "unless XFRM has it now" poll 5 is xfrm_packets 1
in_ns r1 ip xfrm state flush
accepted "after all that the tunnel works" 3000

ktap_finished

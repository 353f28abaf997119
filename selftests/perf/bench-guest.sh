#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of bench.sh that runs in the virtual machine:
# bench-guest.sh wall|icount ROUNDS [CIPHERS [VARIANTS]], lists like "gcm-128|null-sha1",
# all if none is given. Prints lines
# "row CIPHER VARIANT TEST ROUND NANOSECONDS RECEIVED".
#
#  +---+ 10.1.0.2   +----+ 192.0.2.1      192.0.2.2 +----+   10.2.0.2 +---+
#  | a |------------| r1 |--------------------------| r2 |------------| b |
#  +---+   10.1.0.1 +----+ wan0                wan0 +----+ 10.2.0.1   +---+
#          MTU 1400                                        MTU 1400
#
# The MTU of the LANs is the same for every variant, so none of them fragments.

PERF=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$PERF/../.." && pwd)
CMCTL=$TOP/build/selftests/net/cmctl
TRAFFIC=$TOP/build/perf/traffic
. "$TOP/selftests/lib/net.sh"
. "$TOP/selftests/lib/module.sh"
trap net_cleanup EXIT
trap 'exit 143' TERM INT HUP

R1=192.0.2.1
R2=192.0.2.2
PORT=5201
WG_PORT=51820
mode=$1
rounds=$2
only_ciphers=${3:-*} only_variants=${4:-*}
if [ "$mode" = wall ]; then
	tcp_bytes=20000000 udp_count=15000 alone_rounds=10000
else
	tcp_bytes=6000000 udp_count=4000 alone_rounds=2000
fi

# NAME|CMCTL|XFRM|ALONE (selftests/kmod/cipher.c)
K16=0x000102030405060708090a0b0c0d0e0f
K20=${K16}10111213
K32=${K16}${K16#0x}
K36=${K32}20212223
ciphers="gcm-128|encr 20 key $K20|aead 'rfc4106(gcm(aes))' $K20 128|alg=rfc4106(gcm(aes)) key=${K20#0x}
chacha20-poly1305|encr 28 key $K36|aead 'rfc7539esp(chacha20,poly1305)' $K36 128|alg=library key=${K32#0x}
cbc-128-sha1|encr 12 key $K16 auth 2 akey $K20|enc 'cbc(aes)' $K16 auth-trunc 'hmac(sha1)' $K20 96|alg=authenc(hmac(sha1),cbc(aes)) icv=12 assoc=8 key=0800010000000010${K20#0x}${K16#0x}
cbc-256-sha256|encr 12 key $K32 auth 12 akey $K32|enc 'cbc(aes)' $K32 auth-trunc 'hmac(sha256)' $K32 128|alg=authenc(hmac(sha256),cbc(aes)) assoc=8 key=0800010000000020${K32#0x}${K32#0x}
null-sha1|encr 11 auth 2 akey $K20|enc 'ecb(cipher_null)' '' auth-trunc 'hmac(sha1)' $K20 96|alg=authenc(hmac(sha1),ecb(cipher_null)) icv=12 assoc=8 key=0800010000000000${K20#0x}"

die() {
	echo "bench: $*" >&2
	exit 1
}

scene() {
	ns_new a r1 r2 b || die namespaces
	link a eth0 10.1.0.2/24 r1 lan0 10.1.0.1/24
	link r1 wan0 $R1/24 r2 wan0 $R2/24
	link r2 lan0 10.2.0.1/24 b eth0 10.2.0.2/24
	for dev in "a eth0" "r1 lan0" "r2 lan0" "b eth0"; do
		# shellcheck disable=SC2086 # a namespace and a device
		set -- $dev
		ip -n "$NET_TAG-$1" link set "$2" mtu 1400
	done
	in_ns a ip route add default via 10.1.0.1
	in_ns b ip route add default via 10.2.0.1
	in_ns r1 ip route add default via $R2
	in_ns r2 ip route add default via $R1
	bg /tmp/sink ip netns exec "$NET_TAG-b" "$TRAFFIC" sink $PORT
	poll 20 grep -q ready /tmp/sink || die "no sink"
}

# --- variants ---------------------------------------------------------------------

# cm_end NS LOCAL REMOTE SPI_IN SPI_OUT HERE THERE OPTIONS...
cm_end() {
	_ns=$1 _l=$2 _r=$3 _i=$4 _o=$5 _here=$6 _there=$7
	shift 7
	in_ns "$_ns" "$CMCTL" acl acl "10 permit $_here $_there" &&
		in_ns "$_ns" "$CMCTL" map map "10 acl isakmp $_r" &&
		in_ns "$_ns" "$CMCTL" bind wan0 map &&
		in_ns "$_ns" "$CMCTL" sa in "$_i" "$_r" "$_l" wan0,10,10 window 1024 "$@" &&
		in_ns "$_ns" "$CMCTL" sa out "$_o" "$_l" "$_r" wan0,10,10 flags 4 "$@"
}

cryptomap_up() {
	# shellcheck disable=SC2086 # options
	cm_end r1 $R1 $R2 0x1001 0x2001 10.1.0.0/24 10.2.0.0/24 $1 &&
		cm_end r2 $R2 $R1 0x2001 0x1001 10.2.0.0/24 10.1.0.0/24 $1
}

cryptomap_down() {
	for ns in r1 r2; do
		in_ns $ns "$CMCTL" unbind wan0
		in_ns $ns "$CMCTL" map-del map
		in_ns $ns "$CMCTL" acl-del acl
	done
}

# xfrm_state NS SRC DST SPI OPTIONS: algorithm names stand in quotes in OPTIONS
xfrm_state() {
	eval "in_ns $1 ip xfrm state add src $2 dst $3 proto esp spi $4 \
		mode tunnel replay-window 32 $5"
}

xfrm_up() {
	for ns in r1 r2; do
		xfrm_state $ns $R1 $R2 0x2001 "$1" && xfrm_state $ns $R2 $R1 0x1001 "$1" || return 1
	done
	xfrm_policies r1 10.1.0.0/24 10.2.0.0/24 $R1 $R2
	xfrm_policies r2 10.2.0.0/24 10.1.0.0/24 $R2 $R1
}

xfrm_policies() {
	in_ns "$1" ip xfrm policy add src "$2" dst "$3" dir out \
		tmpl src "$4" dst "$5" proto esp mode tunnel
	in_ns "$1" ip xfrm policy add src "$3" dst "$2" dir fwd \
		tmpl src "$5" dst "$4" proto esp mode tunnel
}

xfrm_down() {
	for ns in r1 r2; do
		in_ns $ns ip xfrm state flush
		in_ns $ns ip xfrm policy flush
	done
}

gro() {
	in_ns r1 ethtool -K wan0 gro "$1"
	in_ns r2 ethtool -K wan0 gro "$1"
}

xfrm_gro_up() { xfrm_up "$1" && gro on; }
xfrm_gro_down() { xfrm_down; gro off; }
plain_up() { :; }
plain_down() { :; }

# wg_end NS REMOTE-NS REMOTE THERE
wg_end() {
	in_ns "$1" ip link add wg0 type wireguard &&
		in_ns "$1" wg set wg0 listen-port $WG_PORT private-key "/tmp/wg-$1.key" \
			peer "$(wg pubkey <"/tmp/wg-$2.key")" endpoint "$3:$WG_PORT" \
			allowed-ips "$4" &&
		in_ns "$1" ip link set wg0 up &&
		in_ns "$1" ip route add "$4" dev wg0
}

wireguard_up() {
	for ns in r1 r2; do
		(umask 077 && wg genkey >/tmp/wg-$ns.key) || return 1
	done
	wg_end r1 r2 $R2 10.2.0.0/24 && wg_end r2 r1 $R1 10.1.0.0/24
}

wireguard_down() {
	for ns in r1 r2; do
		in_ns $ns ip link del wg0
	done
}

# --- measuring --------------------------------------------------------------------

# measure CIPHER VARIANT ROUND TEST TRAFFIC-ARGUMENTS
measure() {
	_c=$1 _v=$2 _r=$3 _t=$4
	shift 4
	_json=$(in_ns a "$TRAFFIC" "$@") || die "$_c $_v $_t: no traffic"
	echo "row $_c $_v $_t $_r $(echo "$_json" | sed 's/.*received":\([0-9]*\),"ns":\([0-9]*\).*/\2 \1/')"
}

# What is measured is what its name says. Where instructions are the clock, it
# runs ahead while a program is read from the host: wait for tcpdump.
wire_has() {
	bg /tmp/dump ip netns exec "$NET_TAG-r2" timeout 10 tcpdump -c 1 -ni wan0 "$1"
	poll 20 grep -q 'listening on' /tmp/dump || die "no tcpdump"
	in_ns a ping -q -c 8 -i 0.2 10.2.0.2 >/dev/null 2>&1
	wait "$bg_pid"
}

# in_list LIST WORD: LIST as above
in_list() {
	case "|$1|" in
	'|*|' | *"|$2|"*) ;;
	*) return 1 ;;
	esac
}

# alone CIPHER ROUND OPTIONS: what the cipher itself costs, for packets as they are
# encrypted here: of the MTU of the LANs, and with the headers of UDP; and padded
alone() {
	in_list "$only_variants" alone || return 0
	_name=$1 _round=$2
	shift 2
	for _traffic in "tcp 1348 1400" "udp-64 1 92" "udp-1350 1 1378"; do
		# shellcheck disable=SC2086 # words
		set -- "$1" $_traffic
		insmod "$TOP/build/kmod/$(uname -r)/selftests/kmod/cipher.ko" $1 \
			size=$((($4 + 2 + 15) / 16 * 16)) rounds=$alone_rounds || die "$_name alone"
		echo "row $_name alone $2 $_round $(cat /sys/module/cipher/parameters/ns) $(($3 * alone_rounds))"
		rmmod cipher
	done
}

run_variant() {
	in_list "$only_variants" "$2" || return 0
	"${2}_up" "$4" || die "$1 $2: cannot set up"
	case $2 in
	plain) ! wire_has esp || die "plain traffic is encrypted" ;;
	wireguard) wire_has "udp port $WG_PORT" || die "no WireGuard on the wire" ;;
	*) wire_has esp || die "$1 $2: no ESP on the wire" ;;
	esac
	measure "$1" "$2" "$3" tcp tcp 10.2.0.2 $PORT $tcp_bytes
	measure "$1" "$2" "$3" udp-64 udp 10.2.0.2 $PORT 64 $udp_count
	measure "$1" "$2" "$3" udp-1350 udp 10.2.0.2 $PORT 1350 $udp_count
	"${2}_down" >/dev/null 2>&1
}

# All that will be asked for: where instructions are the clock, the kernel's
# patience ends while the host reads a module.
modprobe -q -a aesni_intel sha1_ssse3 sha256_ssse3 ghash_clmulni_intel \
	chacha_x86_64 poly1305_x86_64 chacha20poly1305 gcm ctr cbc hmac authenc \
	crypto_null seqiv echainiv esp4 xfrm_user wireguard
module_load "$TOP" || die "no module"
scene
round=1
while [ "$round" -le "$rounds" ]; do
	run_variant none plain "$round" ''
	echo "$ciphers" | while IFS='|' read -r name cm xfrm options; do
		in_list "$only_ciphers" "$name" || continue
		alone "$name" "$round" "$options" </dev/null
		run_variant "$name" cryptomap "$round" "$cm" </dev/null
		run_variant "$name" xfrm "$round" "$xfrm" </dev/null
		run_variant "$name" xfrm_gro "$round" "$xfrm" </dev/null
		# The only cipher that it knows.
		[ "$name" != chacha20-poly1305 ] ||
			run_variant "$name" wireguard "$round" '' </dev/null
	done || exit 1
	round=$((round + 1))
done

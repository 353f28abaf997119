#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of scale.sh that runs in the virtual machine:
# scale-guest.sh "KIND..." "SYSTEM..." CASE=COUNT,COUNT..., cases as in scale.c and
# "dynamic", kinds of traffic "one" and "many". Prints lines "row CASE SYSTEM ENTRIES
# INSTALL-NS BYTES ONE-NS RECEIVED MANY-NS RECEIVED": what installing took, datagrams of
# one flow, and as many of which each goes to another address; 0 for what was not
# sent.
#
#  +---+ 10.1.0.2   +----+ 192.0.2.1      192.0.2.2 +----+   10.2.0.2 +---+
#  | a |------------| r1 |--------------------------| r2 |------------| b |
#  +---+   10.1.0.1 +----+ wan0                wan0 +----+ 10.2.0.1   +---+
#                                                              10.2.16.0/20
#
# r1 holds the entries; the tunnel is ESP with AES-128-GCM, of the same system at
# both ends.

PERF=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$PERF/../.." && pwd)
CMCTL=$TOP/build/selftests/net/cmctl
TRAFFIC=$TOP/build/perf/traffic
SCALE=$TOP/build/perf/scale
. "$TOP/selftests/lib/net.sh"
. "$TOP/selftests/lib/module.sh"
trap net_cleanup EXIT
trap 'exit 143' TERM INT HUP

R1=192.0.2.1
R2=192.0.2.2
PORT=5201
PACKETS=3000
KEY=0x000102030405060708090a0b0c0d0e0f10111213
kinds=$1
systems=$2
shift 2

die() {
	echo "scale: $*" >&2
	exit 1
}

scene() {
	ns_new a r1 r2 b || die namespaces
	link a eth0 10.1.0.2/24 r1 lan0 10.1.0.1/24
	link r1 wan0 $R1/24 r2 wan0 $R2/24
	link r2 lan0 10.2.0.1/24 b eth0 10.2.0.2/24
	in_ns a ip route add default via 10.1.0.1
	in_ns b ip route add default via 10.2.0.1
	in_ns r1 ip route add default via $R2
	in_ns r2 ip route add default via $R1
	in_ns r2 ip route add 10.2.16.0/20 via 10.2.0.2
	in_ns b ip route add local 10.2.16.0/20 dev lo
	bg /tmp/sink ip netns exec "$NET_TAG-b" "$TRAFFIC" sink $PORT
	poll 20 grep -q ready /tmp/sink || die "no sink"
}

# sa NS DIR SPI SRC DST FLOW [FLAGS]
sa() {
	in_ns "$1" "$CMCTL" sa "$2" "$3" "$4" "$5" "$6" encr 20 key $KEY flags "${7:-0}" ||
		die "SA"
}

# The far end is there for the whole time.
cryptomap_far() {
	in_ns r2 "$CMCTL" acl acl "10 permit 10.2.0.0/16 10.1.0.0/24" &&
		in_ns r2 "$CMCTL" map map "10 acl manual $R1" &&
		in_ns r2 "$CMCTL" bind wan0 map || die "map"
	# No replay protection: the near end begins again with every case.
	sa r2 in 0x2001 $R1 $R2 wan0,10,10 2
	sa r2 out 0x1001 $R2 $R1 wan0,10,10 4
}

cryptomap_near() {
	sa r1 out 0x2001 $R1 $R2 wan0,10,1000000 4
	sa r1 in 0x1001 $R2 $R1 wan0,10,1000000
}

cryptomap_clean() {
	in_ns r1 "$CMCTL" unbind wan0 && in_ns r1 "$CMCTL" map-del scale &&
		in_ns r1 "$CMCTL" acl-del scale || die "cannot clean up"
}

# xfrm_end NS HERE THERE OUT-NET IN-NET
xfrm_end() {
	in_ns "$1" ip xfrm state add src $R1 dst $R2 proto esp spi 0x2001 mode tunnel \
		aead 'rfc4106(gcm(aes))' $KEY 128 &&
		in_ns "$1" ip xfrm state add src $R2 dst $R1 proto esp spi 0x1001 mode tunnel \
			aead 'rfc4106(gcm(aes))' $KEY 128 &&
		in_ns "$1" ip xfrm policy add src "$4" dst "$5" dir out priority 1000000 \
			tmpl src "$2" dst "$3" proto esp mode tunnel &&
		in_ns "$1" ip xfrm policy add src "$5" dst "$4" dir fwd \
			tmpl src "$3" dst "$2" proto esp mode tunnel || die "XFRM"
}

xfrm_far() { xfrm_end r2 $R2 $R1 10.2.0.0/16 10.1.0.0/24; }
xfrm_near() { xfrm_end r1 $R1 $R2 10.1.0.0/24 10.2.0.0/16; }

xfrm_clean() {
	in_ns r1 ip xfrm policy flush && in_ns r1 ip xfrm state flush || die "cannot clean up"
}

# send KIND udp|spread [FIRST]: prints nanoseconds and datagrams
send() {
	case $kinds in *$1*) ;; *) echo 0 0; return ;; esac
	shift
	in_ns a "$TRAFFIC" "$1" 10.2.0.2 $PORT 64 $PACKETS ${2:-} |
		sed 's/.*received":\([0-9]*\),"ns":\([0-9]*\).*/\2 \1/'
}

# install CASE SYSTEM COUNT
install_entries() {
	case $2,$1 in
	xfrm,*) set -- policies "$1" "$3" ;;
	*,dynamic) set -- sas "$3" wan0 ;;
	*) set -- lines "$1" "$3" wan0 ;;
	esac
	in_ns r1 "$SCALE" "$@"
}

run() {
	_install=$(install_entries "$@") || die "$*: cannot install"
	"${2}_near"
	in_ns a ping -q -c 2 -i 0.2 10.2.0.2 >/dev/null || die "$*: nothing passes"
	echo "row $* $_install $(send one udp) $(send many spread 10.2.16.0)"
	"${2}_clean"
}

modprobe -q -a aesni_intel ghash_clmulni_intel
module_load "$TOP" || die "no module"
for system in $systems; do
	scene
	"${system}_far"
	# What comes first loads the cipher, fills caches.
	run sites "$system" 1 >/dev/null
	for case; do
		# Those that XFRM has no word for.
		case $system-$case in xfrm-ranges* | xfrm-dynamic*) continue ;; esac
		for count in $(echo "${case#*=}" | tr , ' '); do
			# More take XFRM minutes.
			[ "$system" != xfrm ] || [ "$count" -le 10000 ] || continue
			run "${case%=*}" "$system" "$count"
		done
	done
	net_cleanup
done

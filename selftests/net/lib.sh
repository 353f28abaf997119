# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the data path tests share. Source it first.
#
#  LAN A                                                      LAN B
#  +---+ 10.1.0.2   +----+ 192.0.2.1   +-----+ 198.51.100.2 +----+   10.2.0.2 +---+
#  | a |------------| r1 |-------------| net |--------------| r2 |------------| b |
#  +---+ eth0  lan0 +----+ wan0   east +-----+ west    wan0 +----+ lan0  eth0 +---+
#          10.1.0.1        192.0.2.254   198.51.100.254        10.2.0.1
#
# r1 is under test; its SAs come over netlink (cmctl). r2 is the kernel's XFRM
# or, where a test says so, cryptomap as well.

NET_DIR=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$NET_DIR/../.." && pwd)
CMCTL=$TOP/build/selftests/net/cmctl
. "$TOP/selftests/lib/ktap.sh"
. "$TOP/selftests/lib/net.sh"
. "$TOP/selftests/lib/module.sh"

WORK=$(mktemp -d)
R1=192.0.2.1
R2=198.51.100.2
P1=2001:db8:1::1	# with net_ipv6: wan0 of r1 and of r2
P2=2001:db8:2::1
MARK=c0ffee	# what plain text looks like: the payload of every ping

lib_cleanup() {
	[ "${KTAP_CNT_FAIL:-0}" = 0 ] || lib_dump
	net_cleanup
	rm -rf "$WORK"
}
trap lib_cleanup EXIT
trap 'exit 143' TERM INT HUP

# What a reader of a failed run needs.
lib_dump() {
	for _what in flows sas counters tombs; do
		echo "# --- r1 $_what"
		cm $_what 2>&1 | grep -v '^name=.* packets=0 ' | sed 's/^/# /'
	done
}

# at_least NUMBER LIMIT; an empty NUMBER is 0
at_least() { [ "${1:-0}" -ge "$2" ]; }

abort() {
	ktap_test_fail "set-up: $*"
	KTAP_CNT_FAIL=1
	ktap_finished
}

net_build() {
	module_load "$TOP" || abort "no module"
	ns_new a r1 net r2 b || abort "namespaces"
	link a eth0 10.1.0.2/24 r1 lan0 10.1.0.1/24
	link r1 wan0 $R1/24 net east 192.0.2.254/24
	link net west 198.51.100.254/24 r2 wan0 $R2/24
	link r2 lan0 10.2.0.1/24 b eth0 10.2.0.2/24
	in_ns a ip route add default via 10.1.0.1
	in_ns b ip route add default via 10.2.0.1
	in_ns r1 ip route add default via 192.0.2.254
	in_ns r2 ip route add default via 198.51.100.254
	# Clear text would arrive, if anybody let it out.
	in_ns net ip route add 10.1.0.0/24 via $R1
	in_ns net ip route add 10.2.0.0/24 via $R2
}

addr6() { in_ns "$1" ip addr add "$3" dev "$2" nodad; }

# net_ipv6: IPv6 as well, fd00:a::/64 for LAN A and fd00:b::/64 for LAN B
net_ipv6() {
	addr6 a eth0 fd00:a::2/64
	addr6 r1 lan0 fd00:a::1/64
	addr6 r1 wan0 $P1/64
	addr6 net east 2001:db8:1::254/64
	addr6 net west 2001:db8:2::254/64
	addr6 r2 wan0 $P2/64
	addr6 r2 lan0 fd00:b::1/64
	addr6 b eth0 fd00:b::2/64
	in_ns a ip -6 route add default via fd00:a::1
	in_ns b ip -6 route add default via fd00:b::1
	in_ns r1 ip -6 route add default via 2001:db8:1::254
	in_ns r2 ip -6 route add default via 2001:db8:2::254
	in_ns net ip -6 route add fd00:a::/64 via $P1
	in_ns net ip -6 route add fd00:b::/64 via $P2
}

# --- r1 -------------------------------------------------------------------------

cm() { in_ns r1 "$CMCTL" "$@"; }

# cm_map [TYPE [LINE...]]: list "acl", map "map" with entry 10, bound to wan0
cm_map() {
	_type=${1:-isakmp}
	[ $# = 0 ] || shift
	[ $# != 0 ] || set -- "10 permit 10.1.0.0/24 10.2.0.0/24"
	cm acl acl "$@" && cm map map "10 acl $_type $R2" && cm bind wan0 map
}

# cm_sa_pair SPI_IN SPI_OUT OPTION...: both directions of flow wan0,10,10, current.
# WINDOW=1024 where bulk comes from two processors: they overtake each other.
cm_sa_pair() {
	_in=$1 _out=$2
	shift 2
	cm sa in "$_in" $R2 $R1 wan0,10,10 ${WINDOW:+window $WINDOW} "$@" &&
		cm sa out "$_out" $R1 $R2 wan0,10,10 flags 4 "$@"
}

# cm_value OBJECTS SELECT KEY: the value of KEY in the first line with SELECT
cm_value() {
	cm "$1" | awk -v select="$2" -v key="$3=" 'index($0, select) {
		for (i = 1; i <= NF; i++)
			if (index($i, key) == 1) {
				print substr($i, length(key) + 1)
				exit
			}
		exit
	}'
}
flow() { cm_value flows "seq=10" "$1"; }
# lost REASON: packets that r1 dropped for it
lost() { cm_value counters "name=$1 " packets; }
# losses_of OBJECTS PATTERN REASON; sa_lost SPI REASON; flow_lost ENTRY REASON: nothing,
# and failure, if there is no such object
losses_of() {
	_object=$(cm "$1" | grep -F "$2") || return
	echo "$_object" | grep -o "loss{ name=$3 packets=[0-9]*" | grep -o '[0-9]*$' || echo 0
}
sa_lost() { losses_of sas "spi=$1" "$2"; }
flow_lost() { losses_of flows "seq=$1 " "$2"; }

# told TEXT...: ipsecctl says each of these of the SAs of r1 (S-06)
told() {
	in_ns r1 "$TOP/build/user/ipsecctl" --socket "$WORK/none" \
		show crypto ipsec sa detail >"$WORK/told" || return
	for _text in "$@"; do
		grep -qF -e "$_text" "$WORK/told" || { sed 's/^/# /' "$WORK/told"; return 1; }
	done
}

# --- r2: XFRM ---------------------------------------------------------------------

# xfrm_pair SPI_TO_R1 SPI_TO_R2 ALGORITHM...: as "ip xfrm state add" has them
xfrm_pair() {
	_to1=$1 _to2=$2
	shift 2
	in_ns r2 ip xfrm state add src $R2 dst $R1 proto esp spi "$_to1" \
		mode tunnel replay-window 64 "$@" &&
		in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi "$_to2" \
			mode tunnel replay-window 64 "$@"
}

xfrm_policies() {
	in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
		tmpl src $R2 dst $R1 proto esp mode tunnel
	for _dir in in fwd; do
		in_ns r2 ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir $_dir \
			tmpl src $R1 dst $R2 proto esp mode tunnel
	done
}

# The pair that most tests use: AES-128-GCM. r2 first: what waits leaves at once.
GCM_KEY=0x000102030405060708090a0b0c0d0e0f20212223
gcm_tunnel() {
	xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 &&
		xfrm_policies && cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY
}

# tunnels_4_and_6in4: gcm_tunnel, and entry 20 for IPv6, fd00:a::/64 and fd00:b::/64,
# to the same peer. Neither end has a way there but the tunnel; a map wants a route
# to look at.
tunnels_4_and_6in4() {
	cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" && cm acl6 acl6 "10 permit fd00:a::/64 fd00:b::/64" &&
		cm map map "10 acl isakmp $R2" "20 acl6 isakmp $R2" && cm bind wan0 map || abort "map"
	gcm_tunnel || abort "SAs"
	# XFRM would take any SA to r1 for either family.
	in_ns r2 ip xfrm policy update src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
		tmpl src $R2 dst $R1 proto esp spi 0x1001 mode tunnel
	addr6 a eth0 fd00:a::2/64
	addr6 r1 lan0 fd00:a::1/64
	addr6 r2 lan0 fd00:b::1/64
	addr6 b eth0 fd00:b::2/64
	in_ns a ip -6 route add default via fd00:a::1
	in_ns b ip -6 route add default via fd00:b::1
	addr6 r1 wan0 fd00::1/64
	in_ns r1 ip -6 neigh add fd00::2 lladdr 02:00:00:00:00:01 dev wan0
	in_ns r1 ip -6 route add fd00:b::/64 via fd00::2
	addr6 r2 wan0 fd00:1::1/64
	in_ns r2 ip -6 neigh add fd00:1::2 lladdr 02:00:00:00:00:01 dev wan0
	in_ns r2 ip -6 route add fd00:a::/64 via fd00:1::2
	xfrm_pair 0x1002 0x2002 flag af-unspec aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns r2 ip xfrm policy add src fd00:b::/64 dst fd00:a::/64 dir out \
		tmpl src $R2 dst $R1 proto esp spi 0x1002 mode tunnel
	in_ns r2 ip xfrm policy add src fd00:a::/64 dst fd00:b::/64 dir fwd \
		tmpl src $R1 dst $R2 proto esp mode tunnel
	cm sa in 0x1002 $R2 $R1 wan0,20,10 encr 20 key $GCM_KEY &&
		cm sa out 0x2002 $R1 $R2 wan0,20,10 flags 4 encr 20 key $GCM_KEY || abort "SAs for IPv6"
}

# --- traffic ------------------------------------------------------------------------

# reaches NS ADDRESS [PING-OPTION...]: three packets there and back
reaches() {
	_ns=$1 _to=$2
	shift 2
	in_ns "$_ns" ping -q -c 3 -i 0.2 -W 5 -p $MARK "$@" "$_to" >"$WORK/ping" 2>&1 &&
		grep -q ' 3 received' "$WORK/ping"
}

# bulk FROM TO ADDRESS: $WORK/noise over TCP, whole; IPv6 addresses in brackets
bulk() {
	rm -f "$WORK/got"
	in_ns "$2" sh -c "socat -u TCP6-LISTEN:7000,ipv6only=0 CREATE:$WORK/got &"
	poll 10 listens "$2" -t 7000
	in_ns "$1" socat -t 20 -u "FILE:$WORK/noise" "TCP:$3:7000"
	poll 30 cmp -s "$WORK/noise" "$WORK/got"
}

# datagram FROM TO ADDRESS: $WORK/datagram over UDP, likewise
datagram() {
	rm -f "$WORK/5000"
	in_ns "$2" sh -c "socat -T 10 -u UDP6-RECV:5000,ipv6only=0 CREATE:$WORK/5000 &"
	poll 10 listens "$2" -u 5000
	in_ns "$1" socat -u "FILE:$WORK/datagram" "UDP:$3:5000"
	poll 10 cmp -s "$WORK/datagram" "$WORK/5000"
	_ok=$?
	in_ns "$2" pkill -f RECV:5000
	return $_ok
}

# listens NS -t|-u PORT: for poll
listens() { in_ns "$1" ss -Hln "$2" "sport = :$3" | grep -q .; }

silent() {
	_ns=$1 _to=$2
	shift 2
	! in_ns "$_ns" ping -q -c 2 -i 0.2 -W 1 -p $MARK "$@" "$_to" >"$WORK/ping" 2>&1
}

# wire_start [FILTER]: capture in the middle, on the side of r1, or on $WIRE_IF. In
# immediate mode: else the last second is lost when it stops, and a leak in it.
wire_start() {
	rm -f "$WORK/wire"
	bg "$WORK/tcpdump" ip netns exec "$NET_TAG-net" tcpdump --immediate-mode -U -n -s 0 -i "${WIRE_IF:-east}" \
		-w "$WORK/wire" "$@"
	wire_pid=$bg_pid
	poll 20 grep -q 'listening on' "$WORK/tcpdump"
}

wire_stop() {
	sleep 0.3	# tcpdump reads its buffer in its own time
	kill "$wire_pid"
	poll 20 pid_gone "$wire_pid"
}

# wire_count FILTER...: captured packets that match
wire_count() { tcpdump -n -r "$WORK/wire" "$@" 2>/dev/null | wc -l; }

# No packet on the wire holds the payload of the pings.
wire_is_dark() {
	python3 -c "
import sys
sys.exit(bytes.fromhex('$MARK' * 4) in open('$WORK/wire', 'rb').read())"
}

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each way to lose a packet on the way out has its own name, and what is lost
# is not on the wire. The topology is in lib.sh.
# F-062 F-065

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 23

net_build
cm_map || abort "map"
flow_is() { [ "$(flow "$1")" = "$2" ]; }
lost_more() { [ "$(lost "$1")" -gt "$2" ]; }
one() { in_ns a ping -q -c 1 -W 1 -p $MARK 10.2.0.2 >/dev/null 2>&1; }

list_says() { cm acl acl "10 permit 10.1.0.0/24 $1"; }

# loses REASON [COMMAND...]: COMMAND, or one packet from a, is lost for it
loses() {
	_reason=$1 _before=$(lost "$1")
	shift
	[ $# != 0 ] || set -- one
	"$@" >/dev/null 2>&1
	poll 5 lost_more "$_reason" "$_before"
}

wire_start || abort tcpdump

# --- no SA ------------------------------------------------------------------------

cm limit queue-total 0
ktap_test_result "no packet may wait: acquire_limit" loses acquire_limit
cm limit queue-total 1024
one
ktap_test_result "one waits" flow_is waiting 1
ktap_test_result "the list no longer says so: map_gone" \
	loses map_gone list_says 10.9.0.0/24
list_says 10.2.0.0/24
one
ktap_test_result "again one waits" flow_is waiting 1
ktap_test_result "the interface goes: iface_down" loses iface_down in_ns r1 ip link set wan0 netns "$net" name wan0
in_ns net ip link set wan0 netns "$r1"
in_ns r1 ip addr add $R1/24 dev wan0
in_ns r1 ip link set wan0 up
in_ns r1 ip route add default via 192.0.2.254

# --- past the IP layer ---------------------------------------------------------------

# A redirect of frames: no route, no POST_ROUTING.
in_ns r1 nft -f - <<'END' || abort "redirect"
table netdev past {
	chain lan {
		type filter hook ingress device lan0 priority 0;
		fwd to "wan0"
	}
}
END
ktap_test_result "protected traffic without a route, at the interface: egress_guard" loses egress_guard
other_leaves() {
	in_ns a ping -q -c 1 -W 1 10.5.0.1 >/dev/null 2>&1
	[ "$(wire_count dst 10.5.0.1)" -gt 0 ]
}
ktap_test_result "other traffic passes there" poll 10 other_leaves
# A frame whose IP header claims to be shorter than one is.
short_header() {
	in_ns a python3 -E -c "
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('eth0', 0))
ip = struct.pack('!BBHHHBBH4s4s', 0x41, 0, 40, 0, 0, 64, 1, 0,
                 socket.inet_aton('10.1.0.2'), socket.inet_aton('10.5.0.2'))
s.send(bytes.fromhex('ffffffffffff0200000000010800') + ip + bytes(20))"
}
ktap_test_result "what cannot be judged does not: egress_guard" loses egress_guard short_header
in_ns r1 nft delete table netdev past

# --- a header that cannot be read --------------------------------------------------

in_ns a ip -6 addr add fd00:a::2/64 dev eth0 nodad
in_ns r1 ip -6 addr add fd00:a::1/64 dev lan0 nodad
in_ns r1 ip -6 addr add fd00::1/64 dev wan0 nodad
in_ns net ip -6 addr add fd00::2/64 dev east nodad
in_ns net ip -6 route add fd00:a::/64 via fd00::1
in_ns a ip -6 route add default via fd00:a::1
# headers HEX...: UDP to port 5000 behind them, 60 (destination options) is the first
headers() {
	in_ns a python3 -E -c "
import socket, struct, sys
data = bytes.fromhex(''.join(sys.argv[1:])) + struct.pack('!HHHH', 5000, 5000, 8, 0xfeed)
head = struct.pack('!IHBB', 6 << 28, len(data), 60, 64)
host = lambda text: socket.inet_pton(socket.AF_INET6, text)
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
s.sendto(head + host('fd00:a::2') + host('fd00::2') + data, ('fd00::2', 0))" "$@"
}
PAD=010400000000	# an option that fills the header
later_header() { headers 1100$PAD; [ "$(wire_count ip6 dst fd00::2 and 'ip6[6] = 60')" -gt 0 ]; }
ktap_test_result "destination options pass" poll 10 later_header
ktap_test_result "hop-by-hop options behind them do not: bad_header" \
	loses bad_header headers 0000$PAD 1100$PAD

# --- an SA that cannot send ----------------------------------------------------------

gcm_tunnel || abort "SAs"
ktap_test_result "with an SA traffic passes" reaches a 10.2.0.2
in_ns r1 ip route add 10.2.0.0/24 via 192.0.2.254
in_ns r1 ip route del default
ktap_test_result "no way to the peer: no_route" loses no_route
in_ns r1 ip route add default via 192.0.2.254
ktap_test_result "the way is there again" reaches a 10.2.0.2
in_ns r1 ip addr add 192.0.2.77/24 dev wan0
in_ns r1 sysctl -qw net.ipv4.conf.wan0.promote_secondaries=1
in_ns r1 ip addr del $R1/24 dev wan0
in_ns r1 ip route replace default via 192.0.2.254
in_ns r1 ip route replace 10.2.0.0/24 via 192.0.2.254
ktap_test_result "the router has lost the address of the SA: local_address" loses local_address
in_ns r1 ip addr add $R1/24 dev wan0
in_ns r1 ip addr del 192.0.2.77/24 dev wan0
in_ns r1 ip route replace default via 192.0.2.254
ktap_test_result "and has it again" reaches a 10.2.0.2
in_ns r1 tc qdisc add dev wan0 root pfifo limit 0 || abort "qdisc"
ktap_test_result "the queue of the interface is full: output_failed" loses output_failed
in_ns r1 tc qdisc del dev wan0 root
ktap_test_result "and empty again" reaches a 10.2.0.2

# --- the end of an SA ------------------------------------------------------------------

# renewed OPTION...: another outbound SA
spi=0x3000
renewed() {
	spi=$((spi + 1))
	cm sa out $spi $R1 $R2 wan0,10,10 flags 4 encr 20 key $GCM_KEY "$@"
}
in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi 0x3001 mode tunnel \
	aead 'rfc4106(gcm(aes))' $GCM_KEY 128
renewed seq 0xfffffffe || abort "SA near its end"
sent_last() { [ "$(wire_count 'ip[20:4] = 0x3001 and ip[24:4] = 0xffffffff')" = 1 ]; }
one
ktap_test_result "the last sequence number is sent" poll 10 sent_last
ktap_test_result "after it nothing is: seq_exhausted" loses seq_exhausted
ktap_test_result "the next packet asks for another SA" eval 'one; poll 5 flow_is waiting 1'
# The packets right behind the last one, before the SA is taken away.
used_up() {
	renewed hard-pkts 1
	in_ns a ping -q -c 20 -l 20 -W 1 -p $MARK 10.2.0.2 >/dev/null 2>&1
	lost_more hard_expired 0
}
ktap_test_result "a used-up lifetime: hard_expired" poll 60 used_up
wire_stop
sent_by() { wire_count "src $R1 and ip[20:4] = $1"; }
ktap_test_result "that SA sent one packet" [ "$(sent_by $spi)" = 1 ]
ktap_test_result "nothing that the list protects was on the wire" \
	eval '[ "$(wire_count net 10.2.0.0/24 or host 10.5.0.2)" = 0 ] && wire_is_dark'

ktap_finished

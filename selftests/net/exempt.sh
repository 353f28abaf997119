#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# "permit ip any any" takes everything but what keeps the tunnel and the link
# alive, both ways: IKE and ESP of this router, DHCP, neighbour discovery,
# multicast listeners, ICMP about the tunnel. The same of anybody else, or what
# only looks like it, is like any other packet. The topology is in lib.sh.
# F-048 F-049

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 28

net_build
R1_6=fd00::1 NET_6=fd00::2
in_ns r1 ip -6 addr add $R1_6/64 dev wan0 nodad
in_ns net ip -6 addr add $NET_6/64 dev east nodad
cm acl all "10 permit any any" && cm acl6 all6 "10 permit any any" || abort "access lists"
cm map map "10 all isakmp $R2" "20 all6 isakmp fd00::99" && cm bind wan0 map || abort "map"
gcm_tunnel || abort "SAs"

clear_is() { [ "$(lost clear_text)" = "$1" ]; }
encaps_is() { [ "$(flow encaps)" = "$1" ]; }

# udp NS FROM-PORT TO:PORT[,OPTION...]
udp() {
	case $3 in \[*) _udp=UDP6 ;; *) _udp=UDP ;; esac
	in_ns "$1" socat -u "FILE:$WORK/ike" "$_udp-SENDTO:$3,sourceport=$2,reuseaddr"
}
echo ike >"$WORK/ike"
# hears NS PORT: what comes there is in $WORK/NS-PORT
hears() {
	in_ns "$1" socat -u "UDP-RECV:$2,reuseaddr" "CREATE:$WORK/$1-$2" &
	poll 20 listens "$1" -u "$2"
}
heard() { [ -s "$WORK/$1-$2" ]; }

# raw NS SOURCE DESTINATION PROTOCOL HOPS HEX: a packet of either family with this
# inside; the checksum of ICMPv6 is the kernel's to fill in.
raw() {
	in_ns "$1" python3 -E -c "
import socket, sys
ns, src, dst, proto, hops, data = sys.argv[1:]
v6 = ':' in dst
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, int(proto))
if v6:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, int(hops))
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, int(hops))
address = lambda host: socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[0][4]
if src != 'any':
    s.bind(address(src))
s.sendto(bytes.fromhex(data), address(dst))" "$@"
}

# --- ours leaves -----------------------------------------------------------------------

in_ns r1 ip neigh flush dev wan0
hears r2 500
hears net 67
wire_start || abort tcpdump
ktap_test_result "traffic of the LAN is protected" reaches a 10.2.0.2
udp r1 4500 $R2:500
ktap_test_result "IKE of this router leaves" poll 5 heard r2 500
udp r1 68 255.255.255.255:67,broadcast,so-bindtodevice=wan0
ktap_test_result "so does DHCP" poll 5 heard net 67
in_ns r1 ping -q -6 -c 1 -W 1 $NET_6 >/dev/null
udp r1 4500 "[$NET_6]:500"
in_ns r1 ip -6 addr add fd00::11/64 dev wan0 nodad
listener_told() { at_least "$(wire_count 'ip6[6] = 0 and ip6[48] = 143')" 1; }
ktap_test_result "so do reports of multicast listeners" poll 10 listener_told
raw r1 $R1_6 $NET_6 58 64 "8700000000000000fd0000000000000000000000000000020101020000000001"
raw r1 any $R2 17 64 "13880bb8000c0000$MARK$MARK"
wire_stop
ktap_test_result "so does ARP" at_least "$(wire_count arp)" 1
ktap_test_result "so does neighbour discovery" \
	at_least "$(wire_count "icmp6 and ip6[40] = 135 and ip6[7] = 255 and src $R1_6")" 1
ktap_test_result "not what only looks like it" [ "$(wire_count "ip6[40] = 135 and ip6[7] != 255")" = 0 ]
ktap_test_result "nor an echo request to the neighbour" [ "$(wire_count 'icmp6 and ip6[40] = 128')" = 0 ]
ktap_test_result "nothing else of IPv4" \
	[ "$(wire_count ip and not udp port 500 and not udp port 67 and not esp)" = 0 ]

# --- of others it does not ----------------------------------------------------------------

before=$(flow encaps)
wire_start || abort tcpdump
udp a 500 10.2.0.2:500
ktap_test_result "IKE of a host of the LAN goes through the tunnel" poll 5 encaps_is $((before + 1))
raw a any 10.2.0.2 50 64 "0000777700000001$MARK$MARK"
ktap_test_result "so does ESP" poll 5 encaps_is $((before + 2))
udp a 68 10.2.0.2:67
ktap_test_result "so does what looks like DHCP" poll 5 encaps_is $((before + 3))
wire_stop
ktap_test_result "nothing of it in clear" \
	eval '[ "$(wire_count net 10.0.0.0/8)" = 0 -a "$(wire_count esp and src $R1)" = 3 ] && wire_is_dark'

# --- for us it comes in -----------------------------------------------------------------------

hears r1 500
hears r1 68
before=$(lost clear_text)
udp r2 4500 $R1:500
ktap_test_result "IKE for this router comes in" poll 5 heard r1 500
udp net 67 255.255.255.255:68,broadcast,so-bindtodevice=east
ktap_test_result "so does DHCP" poll 5 heard r1 68
snmp6() { in_ns r1 awk -v name="$1" '$1 == name { print $2 }' /proc/net/snmp6; }
more() { [ "$(snmp6 "$1")" -gt "$2" ]; }
queries=$(snmp6 Icmp6InGroupMembQueries)
raw net any ff02::1%east 58 1 "8200000000000000$(printf %032d 0)"
ktap_test_result "so do queries for multicast listeners" poll 5 more Icmp6InGroupMembQueries "$queries"
advertisements=$(snmp6 Icmp6InNeighborAdvertisements)
in_ns r1 ip -6 neigh flush dev wan0
udp r1 4500 "[$NET_6]:500"
ktap_test_result "so do answers of neighbours" poll 5 more Icmp6InNeighborAdvertisements "$advertisements"

# The network beyond is narrower: its router says so about ESP.
in_ns net ip link set west mtu 1400
in_ns r2 ip link set wan0 mtu 1400
narrow() { in_ns r1 ip route get $R2 | grep -q 'mtu 1400'; }
told() {
	silent a 10.2.0.2 -M 'do' -s 1380
	narrow
}
ktap_test_result "so does ICMP about our ESP: the tunnel becomes narrower" poll 20 told
ktap_test_result "none of it was counted as clear text" clear_is "$before"

# --- for others it does not -----------------------------------------------------------------------

before=$(lost clear_text)
hears a 500
# refused TEXT COMMAND...: one more packet is lost as clear text
refused() {
	_text=$1
	shift
	"$@"
	before=$((before + 1))
	ktap_test_result "$_text is refused: clear_text" poll 5 clear_is $before
}
refused "IKE for a host of the LAN" udp net 500 10.1.0.2:500
refused "ESP for a host of the LAN" raw net any 10.1.0.2 50 64 "0000777700000001$MARK$MARK"
refused "what looks like DHCP, for a host of the LAN" udp net 67 10.1.0.2:68
refused "an echo request to this router" raw net any $R1 1 64 "0800f7ff00000000"
# quoting SOURCE: an ICMP error about UDP from there
quoting() {
	python3 -E -c "
import socket, struct, sys
ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40, 0, 0, 64, 17, 0,
                 socket.inet_aton(sys.argv[1]), socket.inet_aton('$R2'))
data = struct.pack('!BBHHH', 3, 1, 0, 0, 0) + ip + struct.pack('!HHHH', int(sys.argv[2]), 500, 20, 0)
total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
total = (total >> 16) + (total & 0xffff)
print((data[:2] + struct.pack('!H', ~(total + (total >> 16)) & 0xffff) + data[4:]).hex())" "$1" "$2"
}
errors=$(in_ns r1 awk '/^Icmp: [0-9]/ { print $5 }' /proc/net/snmp)
unreachable() { [ "$(in_ns r1 awk '/^Icmp: [0-9]/ { print $5 }' /proc/net/snmp)" = "$1" ]; }
raw net any $R1 1 64 "$(quoting $R1 500)"
ktap_test_result "an ICMP error about IKE of ours comes in" \
	eval 'poll 5 unreachable $((errors + 1)) && clear_is $before'
refused "one about IKE of somebody else" raw net any $R1 1 64 "$(quoting 10.9.0.1 500)"
refused "one about other UDP of ours" raw net any $R1 1 64 "$(quoting $R1 5000)"
ktap_test_result "the host of the LAN heard nothing" eval '! heard a 500 && unreachable $((errors + 1))'
ktap_test_result "the tunnel works after all that" reaches a 10.2.0.2

ktap_finished

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Clients of transport mode behind one NAT. r1 is the server; the clients r2 and
# b are the kernel's XFRM. "net" translates their UDP port 4500 into two ports of
# one address. The daemon of r1 is "cmctl hold natt". Source it after lib.sh.
#
#                                       198.51.100.254 --- 198.51.100.2 r2
#  r1 192.0.2.1 --- 192.0.2.254 net <
#     :4500         :40001, :40002      203.0.113.254  --- 203.0.113.2  b

NAT=192.0.2.254
C2=203.0.113.2
PEER=$NET_DIR/udp_peer.py

# translate PORT: the NAT forgets all it knew; r2 gets that port, b 40002
translate() {
	in_ns net nft -f - <<-END
	table ip nat
	delete table ip nat
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat;
			oifname east ip saddr $R2 udp sport 4500 snat to $NAT:$1
			oifname east ip saddr $C2 udp sport 4500 snat to $NAT:40002
		}
	}
	END
	in_ns net conntrack -F 2>/dev/null
}

# natt_build "LINE": list "acl" and map of r1, its socket, the sockets of XFRM
natt_build() {
	net_build
	link net north 203.0.113.254/24 b wan0 $C2/24
	in_ns b ip route replace default via 203.0.113.254
	translate 40001
	xfrm_socket r2 && xfrm_socket b || abort "no socket of XFRM"
	cm acl acl "$1" && cm map map "10 acl isakmp $NAT" && cm bind wan0 map ||
		abort "map"
	bg "$WORK/daemon" ip netns exec "$r1" "$CMCTL" hold natt 4500
	poll 10 logged daemon ready || abort "no socket"
}

logged() { grep -qi -e "$2" "$WORK/$1"; }

# xfrm_socket NS: the socket that XFRM takes ESP out of
xfrm_socket() {
	bg "$WORK/socket-$1" ip netns exec "$NET_TAG-$1" python3 -u -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 4500))
s.setsockopt(17, 100, 2)	# UDP_ENCAP, UDP_ENCAP_ESPINUDP
print('ready')
time.sleep(1000)"
	poll 10 logged "socket-$1" ready
}

# xfrm_client NS ADDRESS SPI_IN SPI_OUT: its states and policies. What comes to the
# socket is ESP, which the policy must not ask protection of.
xfrm_client() {
	in_ns "$1" ip -batch - <<-END
	xfrm state flush
	xfrm policy flush
	xfrm state add src $2 dst $R1 proto esp spi $3 mode transport replay-window 64 encap espinudp 4500 4500 :: aead rfc4106(gcm(aes)) $GCM_KEY 128
	xfrm state add src $R1 dst $2 proto esp spi $4 mode transport replay-window 64 encap espinudp 4500 4500 :: aead rfc4106(gcm(aes)) $GCM_KEY 128
	xfrm policy add src $2 dst $R1 dir out tmpl src $2 dst $R1 proto esp mode transport
	xfrm policy add src $R1 dst $2 dir in priority 2 tmpl src $R1 dst $2 proto esp mode transport
	xfrm policy add src $R1 dst $2 proto 17 sport 4500 dport 4500 dir in priority 1
	END
}

# sas SPI_IN SPI_OUT PORT "OPTION IN...": r1's part of a client; DEMUX=64 adds
# SA_F_NAT_DEMUX
sas() {
	# shellcheck disable=SC2086 # words
	cm sa in "$1" $NAT $R1 wan0,10,10 mode 1 sport "$3" dport 4500 encr 20 \
		key $GCM_KEY flags ${DEMUX:-0} $4 &&
		cm sa out "$2" $R1 $NAT wan0,10,10 mode 1 sport 4500 dport "$3" \
			encr 20 key $GCM_KEY flags $((4 + ${DEMUX:-0}))
}
sa_id() { cm_value sas "dir=$1 spi=$2" id; }

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Bound interfaces without Ethernet header: a tun device, which is a program's and
# goes with it, PPP between two pppd, and GRE. Both families go in and out, large
# sends too, clear text is refused, a dial-up interface comes back, with another
# MTU. The topology is in lib.sh, with a direct line between r1 and r2:
#
#  [r1] 203.0.113.1 --- ppp0 (tun), ppp1 (pppd) or gre1 --- 203.0.113.2 [r2]
# F-045 F-046 F-048 F-066 R-39 R-40

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 38

E1=203.0.113.1
E2=203.0.113.2
net_build
in_ns a ip -6 addr add fd00:a::2/64 dev eth0 nodad
in_ns r1 ip -6 addr add fd00:a::1/64 dev lan0 nodad
in_ns r2 ip -6 addr add fd00:b::1/64 dev lan0 nodad
in_ns b ip -6 addr add fd00:b::2/64 dev eth0 nodad
in_ns a ip -6 route add default via fd00:a::1
in_ns b ip -6 route add default via fd00:b::1
head -c 150000 /dev/urandom >"$WORK/noise"
head -c 4000 /dev/urandom >"$WORK/datagram"

check() { eval "$2"; ktap_test_result "$1" [ $? = 0 ]; }

modprobe tun 2>/dev/null

# The line: two tun devices of a program that hands each what it reads from the other.
dial() {
	bg "$WORK/line" ip netns exec "$r1" python3 -E -c "
import fcntl, os, select, struct
def tun(name):
    fd = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH22x', name, 0x1001))	# TUNSETIFF: TUN, NO_PI
    return fd
one, two = tun(b'ppp0'), tun(b'peer')
while True:
    for fd in select.select([one, two], [], [])[0]:
        try:
            os.write(two if fd == one else one, os.read(fd, 2000))
        except OSError:	# one is down
            pass"
	line=$bg_pid
	poll 10 in_ns r1 ip link set peer netns "$r2" name ppp0 || return
	for _end in 1 2; do
		in_ns r$_end ip addr add 203.0.113.$_end/24 dev ppp0
		in_ns r$_end ip link set ppp0 up
	done
	routes ppp0
}
routes() {
	in_ns r1 ip route replace 10.2.0.0/24 dev "$1"
	in_ns r1 ip -6 route replace fd00:b::/64 dev "$1"
	in_ns r2 ip route replace 10.1.0.0/24 dev "$1"
	in_ns r2 ip -6 route replace fd00:a::/64 dev "$1"
}

cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" && cm acl6 acl6 "10 permit fd00:a::/64 fd00:b::/64" &&
	cm map map "10 acl isakmp $E2" "20 acl6 isakmp $E2" || abort map

# sas FAMILY LOCAL REMOTE IFNAME SEQ SPI-IN SPI-OUT
sas() {
	in_ns r2 ip xfrm state add src $E2 dst $E1 proto esp spi "$6" mode tunnel \
		replay-window 64 flag af-unspec aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns r2 ip xfrm state add src $E1 dst $E2 proto esp spi "$7" mode tunnel \
		replay-window 64 flag af-unspec aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	in_ns r2 ip -"$1" xfrm policy add src "$3" dst "$2" dir out \
		tmpl src $E2 dst $E1 proto esp spi "$6" mode tunnel
	for _dir in in fwd; do
		in_ns r2 ip -"$1" xfrm policy add src "$2" dst "$3" dir $_dir \
			tmpl src $E1 dst $E2 proto esp mode tunnel
	done
	cm sa in "$6" $E2 $E1 "$4,$5,10" window 1024 encr 20 key $GCM_KEY &&
		cm sa out "$7" $E1 $E2 "$4,$5,10" flags 4 encr 20 key $GCM_KEY
}
# anew IFNAME: no SA and no policy but for IPv4
anew() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	cm flush
	sas 4 10.1.0.0/24 10.2.0.0/24 "$1" 10 0x1001 0x2001
}
# protected IFNAME: all that is to be shown of it
protected() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	cm bind "$1" map && sas 4 10.1.0.0/24 10.2.0.0/24 "$1" 10 0x1001 0x2001 &&
		sas 6 fd00:a::/64 fd00:b::/64 "$1" 20 0x1002 0x2002 || abort "SAs of $1"
	rm -f "$WORK/wire"
	# What comes out of a tunnel passes the interface again, in clear: only what leaves.
	bg "$WORK/tcpdump" ip netns exec "$r1" tcpdump --immediate-mode -U -n -s 0 -Q out -i "$1" -w "$WORK/wire"
	wire_pid=$bg_pid
	poll 20 grep -q 'listening on' "$WORK/tcpdump"
	check "$1: there and back" 'reaches a 10.2.0.2'
	check "$1: from the other side" 'reaches b 10.1.0.2'
	check "$1: IPv6" 'reaches a fd00:b::2 && reaches b fd00:a::2'
	check "$1: the router itself" 'reaches b 10.1.0.1 && reaches r1 10.2.0.2 -I 10.1.0.1'
	check "$1: TCP out" 'bulk a b 10.2.0.2'
	check "$1: TCP in" 'bulk b a 10.1.0.2'
	check "$1: TCP over IPv6" 'bulk a b "[fd00:b::2]"'
	check "$1: UDP" 'datagram a b 10.2.0.2 && datagram b a 10.1.0.2'
	wire_stop
	check "$1: in ESP, nothing in clear" \
		'[ "$(wire_count esp)" -gt 100 ] && [ "$(wire_count net 10.0.0.0/8 or net fd00::/16)" = 0 ] && wire_is_dark'
	in_ns r2 ip xfrm policy flush
	_before=$(lost clear_text)
	silent b 10.1.0.2
	silent b fd00:a::2
	check "$1: clear text is refused" '[ "$(lost clear_text)" = $((_before + 4)) ]'
	check "$1: no packet was lost for anything else" \
		'[ "$(cm counters | grep -v " packets=0 " | grep -vc "name=clear_text\|name=mtu_exceeded")" = 0 ]'
}

dial || abort "no tun device"
protected ppp0
kill "$line"
poll 10 eval '! in_ns r1 ip link show ppp0 2>/dev/null'
check "the line goes, the binding waits" \
	'[ "$(cm_value binds if=ppp0 ifindex),$(cm_value binds if=ppp0 ifstate)" = 0,0 ]'
dial || abort "no second tun device"
cm reset
check "it comes back" '[ "$(cm_value binds if=ppp0 ifstate)" = 3 ]'
anew ppp0
check "and is protected" 'reaches a 10.2.0.2 && [ "$(flow encaps)" = 3 ]'
kill "$line"
cm unbind ppp0
cm reset

# The line: pppd with the other one as the program on its pseudo terminal.
# call OPTION...: until both have their addresses
call() {
	cat >"$WORK/other" <<-END
	#!/bin/sh
	exec ip netns exec $r2 pppd notty nodetach noauth noccp +ipv6 ifname ppp1 nodefaultroute $*
	END
	chmod +x "$WORK/other"
	bg "$WORK/pppd" ip netns exec "$r1" pppd nodetach noauth noccp +ipv6 ifname ppp1 nodefaultroute \
		"$E1:$E2" pty "$WORK/other" "$@"
	line=$bg_pid
	poll 30 has_line r1 && poll 30 has_line r2 && routes ppp1
}
has_line() {
	in_ns "$1" ip -4 addr show dev ppp1 | grep -q "inet 203" &&
		in_ns "$1" ip -6 addr show dev ppp1 | grep -q "inet6 fe80"
}
no_line() {
	! in_ns r1 ip link show ppp1 2>/dev/null && ! in_ns r2 ip link show ppp1 2>/dev/null
}
# largest SIZE: a packet of that size goes through, a larger one is refused for it
largest() {
	reaches a 10.2.0.2 -M 'do' -s $(($1 - 28)) &&
		in_ns a ping -c 1 -W 2 -M 'do' -s $(($1 - 27)) 10.2.0.2 2>&1 | grep -q -E "mtu.?=.?$1"
}
if modprobe -q ppp_async || [ -e /dev/ppp ]; then
	call mtu 1492 mru 1492 || abort "no PPP"
	protected ppp1
	anew ppp1
	# 1492 - IP 20 - ESP 8 - IV 8 - ICV 16 = 1440, of which the trailer is 2
	check "PPP: the MTU is the line's" 'largest 1438 && [ "$(flow pmtu)" = 1492 ]'
	kill "$line"
	poll 30 no_line
	call mtu 1400 mru 1400 || abort "no second PPP"
	anew ppp1
	check "PPP comes back narrower" 'largest 1346 && [ "$(flow pmtu)" = 1400 ]'
	kill "$line"
	cm unbind ppp1
else
	for skipped in $(seq 13); do
		ktap_test_skip "PPP: no PPP in this kernel"
	done
fi

for end in r1:$R1:$R2:$E1 r2:$R2:$R1:$E2; do
	IFS=: read -r ns local remote inner <<-END
	$end
	END
	in_ns "$ns" ip link add gre1 type gre local "$local" remote "$remote" || abort GRE
	in_ns "$ns" ip addr add "$inner/24" dev gre1
	in_ns "$ns" ip link set gre1 up
done
routes gre1
protected gre1

ktap_finished

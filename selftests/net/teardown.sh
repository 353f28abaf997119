#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything may go at any moment, under traffic: SAs, bindings, maps, the
# interface, the namespace, the module. run.sh looks at the kernel's log
# afterwards. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 14

net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"

# Traffic both ways, large and small packets, until the end of the test.
in_ns b sh -c "iperf3 -s -D >/dev/null; socat -u TCP-LISTEN:7000,fork OPEN:/dev/null &"
in_ns a sh -c "socat -u TCP-LISTEN:7000,fork OPEN:/dev/null &"
# ping -U does not ask for time stamps of the kernel. Each that does makes it patch
# a branch of its own code, and QEMU's emulation was seen to execute the
# breakpoint of such a patch after it was gone.
load() {
	for _ns in a:10.2.0.2 b:10.1.0.2; do
		bg /dev/null ip netns exec "$NET_TAG-${_ns%%:*}" sh -c \
			"while :; do ping -U -q -f -s 1000 -p $MARK -w 2 ${_ns##*:}; sleep 0.1; done"
		bg /dev/null ip netns exec "$NET_TAG-${_ns%%:*}" sh -c \
			"while :; do timeout 5 socat -u OPEN:/dev/zero TCP:${_ns##*:}:7000,connect-timeout=1; sleep 0.1; done"
	done
}
passes() { in_ns a ping -U -q -c 1 -W 1 10.2.0.2; }
# Sequence numbers start again on both sides, or XFRM sees a replay.
renew() {
	in_ns r2 ip xfrm state flush
	cm flush
	xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 &&
		cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY
}
busy() {
	_n=$(flow encaps)
	poll 20 eval '[ "$(flow encaps)" -gt $((_n + 100)) ]'
}

load
ktap_test_result "under load" busy
for i in 1 2 3 4 5; do
	cm unbind wan0 && cm bind wan0 map || break
	cm_sa_pair 0x10$i 0x20$i encr 20 key $GCM_KEY || break
	sleep 0.3
done
ktap_test_result "unbind and bind again" [ $i = 5 ]
renew
ktap_test_result "afterwards traffic passes" poll 20 passes

# From here on the map stays bound, whatever else goes: nothing in clear.
WIRE_IF=any	# the one between r1 and the network goes, too
wire_start -s 200 || abort tcpdump
for i in $(seq 10); do
	cm flush
	sleep 0.1
	cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || break
	sleep 0.1
done
ktap_test_result "flush and install SAs" [ "$i" = 10 ]
renew
ktap_test_result "afterwards traffic passes" poll 20 passes

for i in $(seq 5); do
	cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" "$((i + 10)) deny any any" || break
	cm map map "10 acl isakmp $R2" "$((i + 10)) acl isakmp $R2" || break
done
ktap_test_result "replace list and map" [ "$i" = 5 ]
ktap_test_result "an equal line keeps its SA" poll 20 passes

in_ns r1 ip link del wan0
unbound() { [ "$(cm_value binds if=wan0 ifindex)" = 0 ]; }
ktap_test_result "the interface goes, the binding stays" unbound
link r1 wan0 $R1/24 net east 192.0.2.254/24
in_ns r1 ip route add default via 192.0.2.254
renew
ktap_test_result "it comes back, traffic passes" poll 20 passes

wire_stop
ktap_test_result "ESP was on the wire all the time" [ "$(wire_count esp)" -gt 100 ]
ktap_test_result "and none of the plain text" \
	eval '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'

ip netns del "$r1"
gone() { ! ip netns list | grep -q "$r1"; }
ktap_test_result "the namespace goes under traffic" gone

# The same at both ends of one kernel, then the module.
net_cleanup
net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"
in_ns b sh -c "socat -u TCP-LISTEN:7000,fork OPEN:/dev/null &"
in_ns a sh -c "socat -u TCP-LISTEN:7000,fork OPEN:/dev/null &"
load
busy
# In the background: what hangs in the kernel cannot be killed, and whoever
# waits for this script's output would wait for ever.
bg "$WORK/rmmod" rmmod cryptomap
unloaded() { ! [ -d /sys/module/cryptomap ]; }
ktap_test_result "the module goes under traffic" poll 120 unloaded
ktap_test_result "and comes back" module_load "$TOP"

ktap_finished

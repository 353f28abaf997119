#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Several processors encrypt and decrypt packets of one SA: what leaves and what is
# delivered is in order all the same, so windows of 64 packets refuse none at either
# end. SAs and the module may go meanwhile. The topology is in lib.sh.
# F-063

. "$(dirname "$0")/lib.sh"

ktap_print_header
if [ "$(nproc)" -lt 2 ]; then
	ktap_skip_all "one processor"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 17

PARALLEL=/sys/module/cryptomap/parameters/parallel
net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"
# A network device hands all packets of one flow to one processor; veth with this.
sysctl -q -w net.core.netdev_max_backlog=10000
for _dev in "net east" "net west" "r2 wan0" "r2 lan0" "r1 wan0" "r1 lan0" "a eth0"; do
	ip netns exec "$NET_TAG-${_dev% *}" sh -c \
		"echo 1 >/sys/class/net/${_dev#* }/queues/rx-0/rps_cpus" || abort "RPS of $_dev"
done
# The other one is idle then.
taskset -p 1 $$ >/dev/null

refused() { in_ns r2 awk '/XfrmInStateSeqError/ { print $2 }' /proc/net/xfrm_stat; }
# helped out|in: packets that another processor did
helped() { flow "parallel_$1"; }
# idle out|in: none since $before
idle() { [ "$(helped "$1")" = "$before" ]; }
more() { at_least "$(helped "$1")" $((before + 10)); }

# What is cut is large only where TCP sees no delay.
for _host in a b; do
	in_ns $_host sysctl -qw net.ipv4.tcp_tso_rtt_log=15
done
bulk() {
	rm -f "$WORK/got"
	in_ns "$2" sh -c "socat -u TCP6-LISTEN:7000,ipv6only=0 CREATE:$WORK/got &"
	poll 10 listens "$2" -t 7000
	in_ns "$1" socat -b 65536 -t 20 -u "FILE:$WORK/noise" "TCP:$3:7000"
	poll 30 cmp -s "$WORK/noise" "$WORK/got"
}
head -c 4000000 /dev/urandom >"$WORK/noise"
before=$(helped out)
ktap_test_result "4 MB from A to B arrive whole" bulk a b 10.2.0.2
ktap_test_result "two processors encrypted them" more out
echo "# $(helped out) of $(flow encaps)"
ktap_test_result "and a window of 64 refused none" [ "$(refused)" = 0 ]
before=$(helped in)
ktap_test_result "4 MB from B to A arrive whole" bulk b a 10.1.0.2
ktap_test_result "two processors decrypted them" more in
echo "# $(helped in) of $(flow decaps)"
ktap_test_result "and ours of 64 refused none" [ "$(flow recv_errors)" = 0 ]
ktap_test_result "ipsecctl tells both" \
	told "#pkts encrypted by other CPUs: $(helped out), #pkts decrypted by other CPUs: $(helped in)"

# --- order ---------------------------------------------------------------------------------

EACH=2500
# datagrams FROM TO ADDRESS: both processors send, numbered; all arrive, those of each
# in order
cat >"$WORK/order.py" <<'END'
import os, socket, struct, sys
to, each, ready = sys.argv[1], int(sys.argv[2]), sys.argv[3]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)	# SO_RCVBUFFORCE
s.bind((to, 9))
s.settimeout(10)
open(ready, 'w').close()
last, odd, got = [-1, -1], 0, 0
try:
    while got < 2 * each:
        who, n = struct.unpack_from('!II', s.recv(2000))
        odd += n != last[who] + 1
        last[who] = n
        got += 1
except TimeoutError:
    pass
print('#', got, 'datagrams,', odd, 'out of order')
raise SystemExit(got != 2 * each or odd != 0)
END
cat >"$WORK/blast.py" <<'END'
import os, socket, struct, sys
to, each = sys.argv[1], int(sys.argv[2])
for cpu in 0, 1:
    if os.fork():
        continue
    os.sched_setaffinity(0, {cpu})
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(each):
        s.sendto(struct.pack('!II', cpu, i) + bytes(500), (to, 9))
    os._exit(0)
os.wait()
os.wait()
END
datagrams() {
	rm -f "$WORK/ready"
	bg "$WORK/order" ip netns exec "$NET_TAG-$2" python3 -E "$WORK/order.py" "$3" $EACH "$WORK/ready"
	_receiver=$bg_pid
	poll 20 [ -e "$WORK/ready" ]
	in_ns "$1" python3 -E "$WORK/blast.py" "$3" $EACH
	wait "$_receiver"
	_ok=$?
	cat "$WORK/order"
	return $_ok
}
refusals=$(refused)
ktap_test_result "A to B, a flood from two processors: in order" datagrams a b 10.2.0.2
ktap_test_result "a window of 64 refused none" [ "$(refused)" = "$refusals" ]
before=$(helped in)
ktap_test_result "B to A, a flood from two processors: in order" datagrams b a 10.1.0.2
ktap_test_result "one processor decrypted it: UDP is not put together" idle in
ktap_test_result "and nothing was lost" [ "$(flow recv_errors)" = 0 ]

echo 0 >$PARALLEL
before=$(helped out)
bulk a b 10.2.0.2
ktap_test_result "switched off, one encrypts" idle out
before=$(helped in)
bulk b a 10.1.0.2
ktap_test_result "and one decrypts" idle in
echo 1 >$PARALLEL

# --- the end under load ----------------------------------------------------------------------

# Both ways all the time, TCP for what is cut here.
for _way in "a b 10.2.0.2" "b a 10.1.0.2"; do
	# shellcheck disable=SC2086 # words
	set -- $_way
	bg /dev/null ip netns exec "$NET_TAG-$2" socat -u TCP-LISTEN:7001,fork,reuseaddr OPEN:/dev/null
	bg /dev/null ip netns exec "$NET_TAG-$1" sh -c \
		"while :; do timeout 5 socat -b 65536 -u OPEN:/dev/zero TCP:$3:7001; done"
done
before=$(helped out)
poll 20 more out
for i in 1 2 3 4 5 6; do
	before=$(helped out)
	cm flush && cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || break
	in_ns r2 ip xfrm state flush
	xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	poll 40 more out || break
done
ktap_test_result "SAs go and come under load" [ "$i" = 6 ]
ktap_test_result "the module goes under load" rmmod cryptomap
module_load "$TOP"
ktap_test_result "and comes again" cm info

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Several processors encrypt and decrypt packets of one SA: what leaves and what is
# delivered is in order all the same, so windows of 64 packets refuse none at either
# end. SAs and the module may go meanwhile. The topology is in lib.sh.
# F-063

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_order.sh"

ktap_print_header
if [ "$(nproc)" -lt 2 ]; then
	ktap_skip_all "one processor"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 24

PARALLEL=/sys/module/cryptomap/parameters/parallel
net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"
in_order_network || abort "one way for each flow"
# The other one is idle then.
taskset -p 1 $$ >/dev/null

# helped out|in: packets that another processor did
helped() { flow "parallel_$1"; }
# idle out|in: none since $before
idle() { [ "$(helped "$1")" = "$before" ]; }
more() { at_least "$(helped "$1")" $((before + 10)); }

# TCP sends much at once, however long the way is (a shift of its microseconds).
for _host in a b; do
	in_ns $_host sysctl -qw net.ipv4.tcp_tso_rtt_log=22
done
bulk() {
	rm -f "$WORK/got"
	in_ns "$2" sh -c "socat -u TCP6-LISTEN:7000,ipv6only=0 CREATE:$WORK/got &"
	poll 10 listens "$2" -t 7000
	in_ns "$1" socat -b 65536 -t 20 -u "FILE:$WORK/noise" "TCP:$3:7000"
	poll 30 cmp -s "$WORK/noise" "$WORK/got"
}
head -c 4000000 /dev/urandom >"$WORK/noise"
# Whether one is idle enough to help is up to what else the machine does.
much() { more "$1" || { bulk "$2" "$3" "$4" && more "$1"; }; }
before=$(helped out)
ktap_test_result "4 MB from A to B arrive whole" bulk a b 10.2.0.2
ktap_test_result "two processors encrypted them" poll 30 much out a b 10.2.0.2
echo "# $(helped out) of $(flow encaps)"
ktap_test_result "and a window of 64 refused none" [ "$(refused)" = 0 ]
before=$(helped in)
ktap_test_result "4 MB from B to A arrive whole" bulk b a 10.1.0.2
ktap_test_result "two processors decrypted them" poll 30 much in b a 10.1.0.2
echo "# $(helped in) of $(flow decaps)"
ktap_test_result "and ours of 64 refused none" [ "$(flow recv_errors)" = 0 ]
ktap_test_result "ipsecctl tells both" \
	told "#pkts encrypted by other CPUs: $(helped out), #pkts decrypted by other CPUs: $(helped in)"

# --- order ---------------------------------------------------------------------------------

refusals=$(refused)
ktap_test_result "A to B, a flood from two processors: in order" datagrams send a b 10.2.0.2 2500
ktap_test_result "a window of 64 refused none" [ "$(refused)" = "$refusals" ]
before=$(helped in)
ktap_test_result "B to A, a flood from two processors: in order" datagrams send b a 10.1.0.2 2500
ktap_test_result "one processor decrypted it: UDP is not put together" idle in
ktap_test_result "and nothing was lost" [ "$(flow recv_errors)" = 0 ]

echo 0 >$PARALLEL
before=$(helped out)
ktap_test_result "switched off, 4 MB from A to B arrive" bulk a b 10.2.0.2
ktap_test_result "one processor encrypted them" idle out
before=$(helped in)
ktap_test_result "and 4 MB from B to A" bulk b a 10.1.0.2
ktap_test_result "one processor decrypted them" idle in
echo 1 >$PARALLEL

# --- what helps or delivers comes and goes under load ---------------------------------------

# Both ways all the time, TCP for what is cut here.
for _way in "a b 10.2.0.2" "b a 10.1.0.2"; do
	# shellcheck disable=SC2086 # words
	set -- $_way
	bg /dev/null ip netns exec "$NET_TAG-$2" socat -u TCP-LISTEN:7001,fork,reuseaddr OPEN:/dev/null
	bg /dev/null ip netns exec "$NET_TAG-$1" sh -c \
		"while :; do timeout $((5 * ${CM_SLOW:-1})) socat -b 65536 -u OPEN:/dev/zero TCP:$3:7001; done"
done
# flows_on [out|in]: packets pass, and what is named is helped
flows_on() {
	before=$(helped "$1")
	poll 40 more "$1"
}
passing() { at_least "$(flow encaps)" $((before + 100)); }
repeat() {
	_left=$1
	shift
	while [ "$_left" -gt 0 ]; do
		_left=$((_left - 1))
		"$@" || return
	done
}
ktap_test_result "under load both ways they help each other" eval 'flows_on out && flows_on in'
# The processor that helps is off.
one_alone() {
	echo 0 >/sys/devices/system/cpu/cpu1/online || return
	before=$(flow encaps)
	poll 40 passing && echo 1 >/sys/devices/system/cpu/cpu1/online
}
ktap_test_result "one processor goes and comes, the other works" repeat 3 one_alone
ktap_test_result "and is helped again" flows_on out
# Decrypted packets wait for the device that is taken away.
down_and_up() {
	in_ns r1 ip link set cryptomap0 down
	before=$(flow encaps)
	poll 40 passing && in_ns r1 ip link set cryptomap0 up
}
ktap_test_result "cryptomap0 goes down and up, packets pass" repeat 3 down_and_up
ktap_test_result "and both help again" eval 'flows_on out && flows_on in'
renew() {
	# The old numbers of one end must not meet the new SA of the other.
	in_ns r2 ip xfrm state flush
	cm flush && cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || return
	xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	flows_on out
}
ktap_test_result "SAs go and come" repeat 6 renew
ktap_test_result "the module goes" rmmod cryptomap
module_load "$TOP"
ktap_test_result "and comes again" cm info

ktap_finished

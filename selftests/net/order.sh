#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Order within one SA (F-063): with a driver that completes requests in another order
# than it was asked (selftests/kmod/shuffle.c), and with other processors that help.
# What leaves and what is delivered is in order all the same. The topology is in
# lib.sh; r2 is XFRM, and takes the kernel's own drivers.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_order.sh"

ktap_print_header
if [ "$(nproc)" -lt 2 ]; then
	ktap_skip_all "one processor"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 21

SHUFFLE=/sys/module/shuffle/parameters
net_build
in_order_network || abort "one way for each flow"
cm_map || abort "map"
xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 && xfrm_policies || abort "XFRM"
# What it is made of.
modprobe -a -q gcm seqiv
insmod "$TOP/build/kmod/$(uname -r)/selftests/kmod/shuffle.ko" || abort "the driver"
ours() { cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY; }
ours || abort "SAs"
# Neighbours are known then: packets that wait for that are overtaken.
poll 10 reaches a 10.2.0.2 || abort "A does not reach B"

# --- a driver that shuffles ----------------------------------------------------------------

shuffled() { [ "$(cat $SHUFFLE/shuffled)" -ge $((before + 100)) ]; }
ktap_test_result "both SAs use the driver" \
	[ "$(cm sas | grep -c 'driver=rfc4106-gcm-aes-shuffle')" = 2 ]
before=$(cat $SHUFFLE/shuffled)
ktap_test_result "A to B, from two processors: in order" datagrams send a b 10.2.0.2 500
ktap_test_result "the driver did shuffle" shuffled
ktap_test_result "a window of 64 refused none" [ "$(refused)" = 0 ]
before=$(cat $SHUFFLE/shuffled)
ktap_test_result "B to A, from two processors: in order" datagrams send b a 10.1.0.2 500
ktap_test_result "the driver did shuffle" shuffled
ktap_test_result "ours of 64 refused none" [ "$(flow recv_errors)" = 0 ]

# --- a driver that stalls ------------------------------------------------------------------

echo 1 >$SHUFFLE/hold
ktap_test_result "held, nothing arrives" eval '! reaches a 10.2.0.2'
echo 0 >$SHUFFLE/hold
ktap_test_result "and when it goes on, it does" poll 10 reaches a 10.2.0.2
echo 1 >$SHUFFLE/hold
reaches a 10.2.0.2
reaches b 10.1.0.2
bg "$WORK/rmmod" rmmod cryptomap
remover=$bg_pid
# The family is gone: the module waits for the driver now.
poll 10 eval '! cm info'
ktap_test_result "the module waits until the driver gives packets back" kill -0 "$remover"
ktap_test_result "and holds up no one who configures the network meanwhile" \
	eval 'timeout 5 ip link add meanwhile type veth && timeout 5 ip link del meanwhile'
echo 0 >$SHUFFLE/hold
ktap_test_result "then it goes" poll 20 pid_gone "$remover"
ktap_test_result "for good" [ ! -d /sys/module/cryptomap ]
ktap_test_result "and the driver is used by nobody" rmmod shuffle

# --- processors that help ------------------------------------------------------------------

in_ns r2 ip xfrm state flush	# our numbers begin anew
xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
module_load "$TOP" && cm_map && ours || abort "the module, again"
# The other one is idle then.
taskset -p 1 $$ >/dev/null
more() { at_least "$(flow "parallel_$1")" $((before + 10)); }

refusals=$(refused)
before=$(flow parallel_out)
ktap_test_result "A to B, large sends that are cut here: in order" \
	datagrams segments a b 10.2.0.2 2000
ktap_test_result "two processors encrypted them" more out
echo "# $(flow parallel_out) of $(flow encaps)"
ktap_test_result "a window of 64 refused none" [ "$(refused)" = "$refusals" ]
in_ns r1 ethtool -K cryptomap0 rx-udp-gro-forwarding on
before=$(flow parallel_in)
ktap_test_result "B to A, put together here: in order" datagrams segments b a 10.1.0.2 2000
ktap_test_result "two processors decrypted them" more in
echo "# $(flow parallel_in) of $(flow decaps)"
ktap_test_result "ours of 64 refused none" [ "$(flow recv_errors)" = 0 ]
before=$(flow parallel_in)
ktap_test_result "and a flood of smaller ones from two processors: in order" \
	datagrams send b a 10.1.0.2 1500

ktap_finished

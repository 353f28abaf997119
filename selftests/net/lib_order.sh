# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# lib.sh first. Numbered datagrams between hosts, whose order is judged.

PEER="python3 -E $(dirname "$0")/order_peer.py"

# A network device hands all packets of one flow to one processor; veth with this. It
# has long queues then.
in_order_network() {
	sysctl -q -w net.core.netdev_max_backlog=10000
	for _dev in "net east" "net west" "r2 wan0" "r2 lan0" "r1 wan0" "r1 lan0" "a eth0" "b eth0"; do
		ip netns exec "$NET_TAG-${_dev% *}" sh -c \
			"echo 1 >/sys/class/net/${_dev#* }/queues/rx-0/rps_cpus" || return
	done
}

# XFRM's window refused
refused() { in_ns r2 awk '/XfrmInStateSeqError/ { print $2 }' /proc/net/xfrm_stat; }

# datagrams HOW FROM TO ADDRESS COUNT: all arrive, those of each sender in order; HOW
# is of order_peer.py
datagrams() {
	rm -f "$WORK/ready"
	_count=$5
	[ "$1" = segments ] || _count=$(($5 * 2))
	# shellcheck disable=SC2086 # words
	bg "$WORK/order" ip netns exec "$NET_TAG-$3" $PEER receive "$4" "$_count" "$WORK/ready"
	_receiver=$bg_pid
	poll 20 [ -e "$WORK/ready" ]
	# shellcheck disable=SC2086 # words
	in_ns "$2" $PEER "$1" "$4" "$5"
	wait "$_receiver"
	_ok=$?
	cat "$WORK/order"
	return $_ok
}

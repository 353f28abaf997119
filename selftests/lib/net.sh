# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Network building blocks for shell tests, the demonstration and the
# benchmark: namespaces with unique names, veth links, polls. Source it.
#
#   ns_new a r1 r2            makes namespaces; $a, $r1, $r2 hold their names
#   link A IFA ADDR  B IFB ADDR      joins two namespaces with a veth pair
#   in_ns NAME COMMAND…       runs COMMAND in the namespace $NAME
#   poll SECONDS COMMAND…     repeats COMMAND until it succeeds, or fails
#   net_cleanup               removes everything that was made here
#
# Namespaces are called cm-PID-NAME, so that several scripts may run at once.

NET_TAG="cm-$$"
NET_NS=
NET_PIDS=

ns_new() {
	for _n in "$@"; do
		ip netns add "$NET_TAG-$_n" || return 1
		NET_NS="$NET_NS $NET_TAG-$_n"
		eval "$_n=$NET_TAG-$_n"
		ip -n "$NET_TAG-$_n" link set lo up
		ip netns exec "$NET_TAG-$_n" sysctl -qw \
			net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	done
}

# Cheaper than "ip netns exec", which mounts a /sys of the namespace for each
# command: use that where /sys/class/net is read.
in_ns() {
	_ns=$1
	shift
	nsenter --net="/run/netns/$NET_TAG-$_ns" "$@"
}

link() {
	ip link add "$2" netns "$NET_TAG-$1" type veth peer name "$5" netns "$NET_TAG-$4" || return 1
	ip -n "$NET_TAG-$1" addr add "$3" dev "$2"
	ip -n "$NET_TAG-$4" addr add "$6" dev "$5"
	ip -n "$NET_TAG-$1" link set "$2" up
	ip -n "$NET_TAG-$4" link set "$5" up
}

# Emulated guests are slow and loaded ones slower still: polls are generous,
# a condition that holds is noticed soon. Looking takes as long as a pause, from
# what else runs: the pauses grow. CM_SLOW=N says that the kernel is N times slower
# than usual.
poll() {
	_end=$(($(date +%s) + $1 * ${CM_SLOW:-1}))
	shift
	_pause=1
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$_end" ] || return 1
		sleep 0.$_pause
		[ $_pause = 4 ] || _pause=$((_pause + 1))
	done
}

# bg LOGFILE COMMAND…: starts COMMAND, its pid in $bg_pid; ended by net_cleanup
bg() {
	_log=$1
	shift
	# The group's files are opened here and now: when bg returns, LOGFILE is this one's.
	{ "$@" & } >"$_log" 2>&1 </dev/null
	bg_pid=$!
	NET_PIDS="$NET_PIDS $bg_pid"
}

# pid_gone PID: for poll
pid_gone() {
	! kill -0 "$1" 2>/dev/null
}

net_cleanup() {
	for _p in $NET_PIDS; do
		kill "$_p" 2>/dev/null
	done
	for _n in $NET_NS; do
		ip netns pids "$_n" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns del "$_n" 2>/dev/null
	done
	NET_PIDS=
	NET_NS=
}

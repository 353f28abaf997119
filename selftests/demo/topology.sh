# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The two sites of the demonstration. Source it after ../lib/net.sh and
# ../lib/charon.sh.
#
#   LAN A                site A                            site B                LAN B
#  +-----+ .2      .1 +---------+ .1        .254 +-----+ .254        .2 +------------+ .1     .2 +-----+
#  |  a  |------------|   r1    |----------------| net |----------------|     r2     |-----------|  b  |
#  +-----+   10.1.0/24| cryptomap|  192.0.2.0/24 +-----+ 198.51.100.0/24| strongSwan | 10.2.0/24 +-----+
#         eth0    lan0+---------+wan0         east     west         wan0+------------+lan0    eth0
#
#   sites_build      namespaces, links, routes
#   sites_start      starts strongSwan on r2 and ike-daemon on r1 with $SITE_CONF
#   site_a ARGS…     ipsecctl on r1

DEMO_DIR=${DEMO_DIR:-$(dirname "$0")}
DEMO_BUILD=${DEMO_BUILD:-$DEMO_DIR/../../build/user}
SITE_CONF=${SITE_CONF:-$DEMO_DIR/site-a.conf}

sites_build() {
	ns_new a r1 net r2 b || return 1
	link a eth0 10.1.0.2/24 r1 lan0 10.1.0.1/24 || return 1
	link r1 wan0 192.0.2.1/24 net east 192.0.2.254/24 || return 1
	link net west 198.51.100.254/24 r2 wan0 198.51.100.2/24 || return 1
	link r2 lan0 10.2.0.1/24 b eth0 10.2.0.2/24 || return 1
	in_ns a ip route add default via 10.1.0.1
	in_ns b ip route add default via 10.2.0.1
	in_ns r1 ip route add default via 192.0.2.254
	in_ns r2 ip route add default via 198.51.100.254
}

site_a() {
	in_ns r1 "$DEMO_BUILD/ipsecctl" --socket "$SITES_RUN/control" "$@"
}

# Side by side: each takes seconds under emulation.
sites_start() {
	charon_launch r2 "$DEMO_DIR" || return 1
	bg "$SITES_RUN/log" ip netns exec "$NET_TAG-r1" "$DEMO_BUILD/ike-daemon" \
		--config "$SITE_CONF" --socket "$SITES_RUN/control"
	if ! poll 60 site_a show crypto isakmp sa; then
		cat "$SITES_RUN/log" >&2
		return 1
	fi
	charon_ready r2
}

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The main job, shown: LAN A reaches LAN B through a cryptomap router whose
# peer is a stock strongSwan. Runs in the test VM (make demo) or, as root, on
# any machine with cryptomap.ko loaded and strongSwan and iperf3 installed.
# Exits 1 if anything shown is not what it should be.

DEMO_DIR=$(cd "$(dirname "$0")" && pwd)
. "$DEMO_DIR/../lib/net.sh"
. "$DEMO_DIR/../lib/charon.sh"
. "$DEMO_DIR/../lib/module.sh"
. "$DEMO_DIR/topology.sh"

WORD=plain-text-of-lan-a
work=$(mktemp -d)

step() {
	printf '\n=== %s\n' "$*"
}

die() {
	printf 'demo: %s\n' "$*" >&2
	[ -f "$SITES_RUN/log" ] && sed 's/^/ike-daemon: /' "$SITES_RUN/log" >&2
	exit 1
}

cleanup() {
	net_cleanup
	rm -rf "$work" "$SITES_RUN"
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP

step "Building LAN A - cryptomap router - network - strongSwan router - LAN B"
charon_preload &
preload=$!
module_load "$DEMO_DIR/../.." || die "cannot load the module"
sites_build || die "cannot build the topology"
wait $preload
SITES_RUN=$work/run
mkdir "$SITES_RUN"
step "Starting strongSwan on the far router, ike-daemon on ours"
sites_start || die "a daemon does not start"

bg "$work/tcpdump.log" ip netns exec "$net" tcpdump -U -s 0 -i east -w "$work/middle.pcap"
poll 20 grep -q 'listening on' "$work/tcpdump.log" || die "tcpdump does not start"

step "LAN A pings LAN B; the first packet starts IKE"
hex=$(printf %s "$WORD" | od -An -tx1 | tr -d ' \n' | cut -c1-32)
in_ns a ping -c 8 -W 10 -s 200 -p "$hex" 10.2.0.2 || die "no answer from LAN B"

step "Router A: show running-config"
site_a show running-config || die "show running-config failed"
step "Router A: show crypto isakmp sa"
site_a show crypto isakmp sa | tee "$work/isakmp" || die "show crypto isakmp sa failed"
grep -q QM_IDLE "$work/isakmp" || die "no ISAKMP SA in QM_IDLE"
step "Router A: show crypto ipsec sa"
site_a show crypto ipsec sa | tee "$work/ipsec" || die "show crypto ipsec sa failed"
grep -Eq '#pkts encaps: [1-9]' "$work/ipsec" || die "nothing was encapsulated"

step "In the middle of the network: tcpdump"
poll 10 sh -c "tcpdump -nr '$work/middle.pcap' esp 2>/dev/null | grep -q ESP"
tcpdump -nr "$work/middle.pcap" -c 14 'esp or udp port 500' 2>/dev/null
esp=$(tcpdump -nr "$work/middle.pcap" esp 2>/dev/null | wc -l)
clear=$(tcpdump -nr "$work/middle.pcap" 'net 10.0.0.0/8' 2>/dev/null | wc -l)
printf '%s ESP packets, %s packets of the LANs in clear, "%s" found %s times\n' \
	"$esp" "$clear" "${WORD%??????}" "$(grep -ac "$(printf %.13s "$WORD")" "$work/middle.pcap")"
[ "$esp" -ge 8 ] || die "expected the echo requests and replies as ESP"
[ "$clear" -eq 0 ] || die "packets of the LANs travelled in clear"
grep -aq "$(printf %.13s "$WORD")" "$work/middle.pcap" && die "plain text on the wire"

step "iperf3, LAN A to LAN B through the tunnel (under emulation; compare ratios, not figures: make bench)"
bg "$work/iperf.log" ip netns exec "$b" iperf3 -s -1
poll 10 grep -q listening "$work/iperf.log"
in_ns a iperf3 -c 10.2.0.2 -t 3 -f m | grep -E 'sender|receiver' || die "iperf3 got nothing through"

step "Done. 'make shell' gives you this network and a prompt."

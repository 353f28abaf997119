#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Large sends: taken whole at the hook, cut there, put together again after
# decryption. And what does not fit into the tunnel. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 18

net_build
cm_map || abort "map"
WINDOW=1024
gcm_tunnel || abort "SAs"

# Packets that r1 forwards, as its IP layer sees them, and those of them that
# are larger than any link. How many there are is up to TCP and the machine.
in_ns r1 nft -f - <<'END'
table ip count {
	counter out { }
	counter out_large { }
	counter in { }
	counter in_large { }
	chain forward {
		type filter hook forward priority 0;
		oifname wan0 counter name out
		oifname wan0 meta length > 1500 counter name out_large
		iifname wan0 counter name in
		iifname wan0 meta length > 1500 counter name in_large
	}
}
END
seen() { in_ns r1 nft -j list counter ip count "$1" | jq '.nftables[1].counter.packets'; }

# bulk FROM TO ADDRESS: 4 MB of noise, compared at the other end
head -c 4000000 /dev/urandom >"$WORK/noise"
wire_start -s 96 -B 32768
ktap_test_result "4 MB from A to B arrive whole" bulk a b 10.2.0.2
# In this order: a late acknowledgement is counted at the hook first.
out=$(seen out) large=$(seen out_large) encaps=$(flow encaps)
# The first were made for the link, before A knew of the tunnel.
wide=$(lost mtu_exceeded)
wire_stop
ktap_test_result "in ESP, no packet larger than the link" \
	[ "$(wire_count esp)" -ge 1000 -a "$(wire_count greater 1515)" = 0 ]
ktap_test_result "none of it in clear" [ "$(wire_count net 10.0.0.0/8)" = 0 ]
ktap_test_result "cut at the hook: $out packets came, $large of them large, $encaps went, $wide were too wide" \
	[ "$large" -gt 0 -a "$((encaps + wide))" -ge $((out + large)) -a "$encaps" -ge 2700 ]

before=$(seen in) decaps=$(flow decaps) merged=$(seen in_large)
ktap_test_result "4 MB from B to A arrive whole" bulk b a 10.1.0.2
in=$(($(seen in) - before)) decaps=$(($(flow decaps) - decaps)) merged=$(($(seen in_large) - merged))
ktap_test_result "put together after decryption: $decaps packets came, $in went on, $merged of them large" \
	[ "$merged" -gt 0 -a "$decaps" -ge $((in + merged)) ]
ktap_test_result "the device that does it is there" in_ns r1 ip link show cryptomap0
ktap_test_result "nothing was lost" [ "$(flow recv_errors)" = 0 ]

# Two SAs of two flows must not be merged: their packets carry different tags.
in_ns r1 tcpdump -c 1 -e -n -i cryptomap0 >"$WORK/tag" 2>"$WORK/tag-log" &
tag=$!
poll 20 grep -q 'listening on' "$WORK/tag-log"
bulk b a 10.1.0.2
poll 20 pid_gone $tag
sa=$(cm_value sas spi=0x00001001 id)
ktap_test_result "the link header of its packets names their SA" \
	grep -q "$(printf '02:00:00:00:00:%02x' "$sa")" "$WORK/tag"

# What GRO does not merge goes past it, until it is told to merge more than TCP.
through() { in_ns r1 awk '/cryptomap0/ { print $3 }' /proc/net/dev; }
before=$(through)
reaches b 10.1.0.2
ktap_test_result "a ping takes the short way" [ "$(through)" = "$before" ]
in_ns r1 ethtool -K cryptomap0 rx-udp-gro-forwarding on
reaches b 10.1.0.2
ktap_test_result "not if GRO is to look at more than TCP" [ "$(through)" -gt "$before" ]
in_ns r1 ethtool -K cryptomap0 rx-udp-gro-forwarding off

# --- too big ---------------------------------------------------------------------------

# AES-GCM: 20 + 8 + 8 + 16, and trailer and padding to 4: 1500 - 52 = 1448, - 2 = 1446
mtu=1446
in_ns a ping -c 1 -W 2 -M 'do' -s 1472 10.2.0.2 >"$WORK/ping" 2>&1
ktap_test_result "with DF the sender learns the inner MTU" grep -q -E "mtu.?=.?$mtu" "$WORK/ping"
ktap_test_result "it is counted: mtu_exceeded" at_least "$(lost mtu_exceeded)" 1
ktap_test_result "what just fits passes with DF" reaches a 10.2.0.2 -M 'do' -s $((mtu - 28))
in_ns a ip route flush cache
wire_start
ktap_test_result "without DF it arrives" reaches a 10.2.0.2 -M dont -s 4000
wire_stop
ktap_test_result "fragmented before encryption, not after" \
	[ "$(wire_count src $R1 and esp)" -ge 9 -a \
	"$(wire_count src $R1 and 'ip[6:2] & 0x3fff != 0')" = 0 ]

# The path is narrower than the link: ICMP from the outer path.
in_ns net ip link set west mtu 1400
in_ns r2 ip link set wan0 mtu 1400
in_ns a ping -q -c 3 -i 0.2 -W 1 -M 'do' -s 1400 10.2.0.2 >"$WORK/ping" 2>&1
narrow() { in_ns a ping -c 1 -W 1 -M 'do' -s 1400 10.2.0.2 2>&1 | grep -q -E "mtu.?=.?$((mtu - 100))"; }
ktap_test_result "an ICMP error from the outer path makes the tunnel narrower" poll 10 narrow
in_ns a ip route flush cache
ktap_test_result "TCP finds its way" bulk a b 10.2.0.2

ktap_finished

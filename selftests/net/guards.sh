#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing that the access list protects leaves or enters in clear: not without
# an SA, not as a later fragment, not through a flowtable. The first packets
# wait for their SA. What must stay alive under "permit ip any any" is in
# exempt.sh. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 26

net_build

none_in_clear() { [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
flow_is() { [ "$(flow "$1")" = "$2" ]; }
events() { grep -c "event=$1 " "$WORK/events"; }

# --- no SA ----------------------------------------------------------------------

cm_map || abort "map"
bg "$WORK/events" ip netns exec "$r1" "$CMCTL" events
cm limit acquire-secs 300
poll 10 grep -q ready "$WORK/events" || abort "events"
wire_start
ktap_test_result "without an SA nothing passes" silent a 10.2.0.2 -c 4
poll 10 flow_is waiting 4
ktap_test_result "the packets wait" at_least "$(flow waiting)" 2
ktap_test_result "one acquire event for all of them" [ "$(events 1)" = 1 -a "$(flow acquires)" = 1 ]

in_ns a ping -q -c 1 -W 60 -p $MARK 10.2.0.2 >"$WORK/first" 2>&1 &
first=$!
poll 10 flow_is waiting 5
cm limit queue-flow 3
silent a 10.2.0.2 -c 2
ktap_test_result "beyond the limit they are lost: acquire_queue_full" \
	at_least "$(lost acquire_queue_full)" 2
gcm_tunnel || abort "SAs"
wait $first
ktap_test_result "what waited leaves when the SA comes" grep -q '1.received' "$WORK/first"
ktap_test_result "all of it, and nothing waits any more" [ "$(flow encaps)" -ge 5 -a "$(flow waiting)" = 0 ]
ktap_test_result "traffic passes" reaches a 10.2.0.2
wire_stop
ktap_test_result "nothing of it in clear" none_in_clear
ktap_test_result "and it was on the wire" at_least "$(wire_count esp)" 10

cm flush
silent a 10.2.0.2 >/dev/null
ktap_test_result "one that was answered does not keep the next from being raised" \
	[ "$(flow acquires),$(flow waiting)" = 2,2 ]
cm fail wan0,10,10
ktap_test_result "a negotiation that fails empties the queue" flow_is waiting 0
lost=$(lost no_sa)
silent a 10.2.0.2 >/dev/null
ktap_test_result "and is not asked for again soon: no_sa" \
	[ "$(flow acquires),$(flow waiting),$(lost no_sa)" = "2,0,$((lost + 2))" ]
cm limit queue-secs 1
cm limit acquire-secs 1
# Packets may wait again a second after the last acquire.
outwaited() {
	silent a 10.2.0.2
	at_least "$(lost acquire_timeout)" 1
}
ktap_test_result "nothing waits longer than allowed: acquire_timeout" \
	eval 'poll 20 outwaited && poll 10 flow_is waiting 0'

# --- later fragments ----------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm unbind wan0
cm_map isakmp "10 permit 10.1.0.0/24 10.2.0.0/24 udp any 5000" || abort "map with a port"
gcm_tunnel || abort "SAs"
in_ns b sh -c "socat -u UDP-RECV:5000 CREATE:$WORK/5000 & socat -u UDP-RECV:5001 CREATE:$WORK/5001 &"
head -c 4000 /dev/zero >"$WORK/datagram"
send() { in_ns a socat -u "FILE:$WORK/datagram" "UDP-SENDTO:10.2.0.2:$1"; }
has_size() { [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" = "$2" ]; }
wire_start
send 5000
ktap_test_result "a fragmented datagram of a protected port arrives" poll 10 has_size "$WORK/5000" 4000
wire_stop
ktap_test_result "none of its fragments in clear" none_in_clear
in_ns r2 ip xfrm policy flush
wire_start
send 5001
ktap_test_result "of another port it arrives too" poll 10 has_size "$WORK/5001" 4000
wire_stop
ktap_test_result "in clear, later fragments included" at_least "$(wire_count net 10.0.0.0/8)" 3

# --- flowtables -------------------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm unbind wan0
in_ns r1 nft -f - <<'END'
table ip fast {
	flowtable ft { hook ingress priority 0; devices = { lan0, wan0 }; }
	chain forward {
		type filter hook forward priority 0;
		ct state established flow add @ft
	}
}
END
# listens NS -t|-u PORT
talk() { in_ns a sh -c "head -c 300000 /dev/zero | socat -t 5 -u - TCP:10.2.0.2:$1"; }
offloaded() { in_ns r1 conntrack -L 2>/dev/null | grep -q OFFLOAD; }
in_ns b sh -c "for p in 6001 6002; do socat -u TCP-LISTEN:\$p,fork CREATE:$WORK/tcp-\$p & done"
poll 20 listens b -t 6001
poll 20 listens b -t 6002
wire_start
# A connection that the flowtable knows already when the map comes.
in_ns a sh -c "while :; do head -c 2000 /dev/zero; sleep 0.1; done | socat -u - TCP:10.2.0.2:6001" &
ktap_test_result "a flowtable forwards while no map is bound" poll 20 offloaded
flow_carries() { at_least "$(flow encaps)" 1; }
clear_seen() { [ "$(wire_count tcp port 6001)" -ge 5 ]; }
poll 20 clear_seen
wire_stop
ktap_test_result "in clear (so the test can fail)" at_least "$(wire_count tcp port 6001)" 5

cm_map || abort "map"
gcm_tunnel || abort "SAs"
poll 10 flow_carries
wire_start
grown() { [ "$(stat -c %s "$WORK/tcp-6001")" -gt "$size" ]; }
size=$(stat -c %s "$WORK/tcp-6001")
ktap_test_result "a connection goes on when the map is bound" poll 20 grown
talk 6002
ktap_test_result "a new one works" poll 20 has_size "$WORK/tcp-6002" 300000
ktap_test_result "it is in the flowtable" offloaded
wire_stop
ktap_test_result "nothing in clear" none_in_clear
ktap_test_result "but ESP" at_least "$(wire_count esp)" 10

# --- clear text coming in --------------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
before=$(lost clear_text)
ktap_test_result "clear text from the peer's side does not pass" silent b 10.1.0.2
ktap_test_result "it is counted: clear_text" at_least "$(lost clear_text)" $((before + 2))
in_ns r1 nft delete table ip fast

ktap_finished

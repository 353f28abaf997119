#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Options of a binding, against XFRM: marks outside and inside, queueing by the
# flows inside, decrypted packets past the packet filter. Then what happens to
# encrypted packets on the interface: a full queue, a link that goes. The
# topology is in lib.sh, with a second way out:
#
#        wan0 192.0.2.1 +-----+
#  [r1]-----------------| net |---[r2]
#   '-------------------|     |
#    wan1 203.0.113.1   +-----+ east2 203.0.113.254
# F-057 F-065 F-066

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 31

net_build
link r1 wan1 203.0.113.1/24 net east2 203.0.113.254/24
cm_map || abort map
gcm_tunnel || abort SAs

check() { eval "$2"; ktap_test_result "$1" [ $? = 0 ]; }
# opt OPTION...: the binding with these and no others
opt() { cm bind wan0 map "$@" || abort "bind $*"; }

# --- marks -------------------------------------------------------------------------

in_ns r1 ip rule add fwmark 7 table 100
in_ns r1 ip route add default via 203.0.113.254 table 100
in_ns r1 nft -f - <<'END'
table ip marks {
	counter outer {}
	counter inner {}
	chain post {
		type filter hook postrouting priority 200;
		ip protocol esp meta mark 7 counter name outer
	}
	chain forward {
		type filter hook forward priority 0;
		iifname wan0 meta mark 42 counter name inner
	}
}
END
marked() {
	in_ns r1 nft -j list counter ip marks "$1" | jq '.nftables[].counter?.packets // empty'
}
# leaves_by INTERFACE-OF-NET: three pings get through, and r1 sent their ESP there
leaves_by() {
	WIRE_IF=$1
	wire_start esp and src $R1 || return
	reaches a 10.2.0.2 || return
	wire_stop
	[ "$(wire_count esp)" = 3 ]
}
check "without a mark the way of all others" 'leaves_by east'
opt mark-out 7
check "marked: the rule for the mark routes it" 'leaves_by east2'
check "and netfilter sees the mark" '[ "$(marked outer)" = 3 ]'
opt mark-in 42
check "taken away: back to the old way" 'leaves_by east'
check "what was decrypted has the other mark" '[ "$(marked outer),$(marked inner)" = 3,3 ]'
check "options are shown" '[ "$(cm_value binds if=wan0 mark_in),$(cm_value binds if=wan0 mark_out)" = 42,0 ]'
opt
check "without options no mark" 'reaches a 10.2.0.2; [ "$(marked outer),$(marked inner)" = 3,3 ]'

# Those of an SA go before those of the binding. r2 has both outbound SAs.
in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi 0x2002 mode tunnel \
	replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
opt mark-out 8 mark-in 8
cm sa out 0x2002 $R1 $R2 wan0,10,10 flags 4 mark-out 7 encr 20 key $GCM_KEY || abort "marked SA"
check "an SA has a mark of its own, and the way of that" 'leaves_by east2'
check "netfilter sees it, not that of the binding" '[ "$(marked outer),$(marked inner)" = 6,3 ]'
check "its twin does not have it" '[ "$(cm_value sas spi=0x00002001 mark_out),$(cm_value sas spi=0x00002002 mark_out)" = ,7 ]'
cm activate 0x2001 $R2
check "the other SA again: the mark of the binding" 'leaves_by east; [ "$(marked outer)" = 6 ]'
opt
check "a mark for the wrong direction is refused" \
	'! cm sa in 0x1003 $R2 $R1 wan0,10,10 mark-out 1 encr 20 key $GCM_KEY 2>"$WORK/refused" && grep -q "SA_MARK_IN for inbound" "$WORK/refused"'
cm del in 0x1001 $R1
cm sa in 0x1001 $R2 $R1 wan0,10,10 mark-in 42 encr 20 key $GCM_KEY
check "inbound: what this SA received is marked" 'reaches a 10.2.0.2; [ "$(marked outer),$(marked inner)" = 6,6 ]'
check "and ipsecctl tells" 'told "mark of its packets: 42"'
in_ns r1 nft flush ruleset

# --- queueing ------------------------------------------------------------------------

# By the lowest bit of the flow's hash into one of two classes.
in_ns r1 tc qdisc add dev wan0 root handle 1: prio bands 3 priomap 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2
in_ns r1 tc filter add dev wan0 parent 1: protocol ip handle 1 flow map key rxhash and 1 baseclass 1:1 ||
	abort filter
class() { in_ns r1 tc -s class show dev wan0 | awk -v c="1:$1" '$3 == c { getline; print $4 }'; }
# queued COMMAND: what it added to the first and to the second class
queued() {
	_one=$(class 1) _two=$(class 2)
	"$@"
	_one=$(($(class 1) - _one)) _two=$(($(class 2) - _two))
}
# datagrams [COUNT [BYTES]]: from as many ports
datagrams() {
	in_ns a python3 -E -c "
import socket
for i in range(${1:-16}):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x' * ${2:-1}, ('10.2.0.2', 9))"
}
head -c 300000 /dev/urandom >"$WORK/noise"
check "a queue sees the SA as one flow" \
	'queued datagrams; [ "$_one,$_two" = 16,0 ] || [ "$_one,$_two" = 0,16 ]'
opt flags 1
check "or, pre-classified, the flows inside" \
	'queued datagrams; [ $((_one + _two)) = 16 ] && [ $_one != 0 ] && [ $_two != 0 ]'
check "a large send stays in one of them" \
	'queued bulk a b 10.2.0.2; at_least $((_one + _two)) 200 && { [ $_one -lt 20 ] || [ $_two -lt 20 ]; }'
opt
check "and back" 'queued datagrams; [ "$_one,$_two" = 16,0 ] || [ "$_one,$_two" = 0,16 ]'
in_ns r1 tc qdisc del dev wan0 root

# --- the packet filter -----------------------------------------------------------------

in_ns r1 nft -f - <<'END'
table ip filter {
	chain input {
		type filter hook input priority 0;
		ip protocol esp accept
		iifname wan0 counter drop
	}
	chain forward {
		type filter hook forward priority 0;
		iifname wan0 counter drop
		ct state new accept
	}
}
END
check "the packet filter judges what was decrypted" 'silent b 10.1.0.2 && silent b 10.1.0.1'
check "unknown options are refused" '! cm bind wan0 map flags 4 2>"$WORK/refused" && grep -q "0..0x3" "$WORK/refused"'
opt flags 2
check "F-057: unless it is to pass it by" 'reaches b 10.1.0.2'
check "also to the router itself" 'reaches b 10.1.0.1'
check "whose connections are tracked" \
	'in_ns r1 conntrack -L -p icmp 2>/dev/null | grep -q "src=10.2.0.2 dst=10.1.0.1"'
check "what came in clear is still judged" 'silent net $R1'
opt
check "without the option it judges again" 'silent b 10.1.0.2 && silent b 10.1.0.1'
in_ns r1 nft flush ruleset

# --- behind the encryption ----------------------------------------------------------------

in_ns r1 tc qdisc add dev wan0 root tbf rate 200kbit burst 2000 limit 3000 || abort tbf
lost_before=$(lost output_failed)
datagrams 40 1000
check "F-065: what the queue of the interface drops is counted as such" \
	'[ "$(lost output_failed)" -gt $((lost_before + 10)) ] && [ "$(sa_lost 0x00002001 output_failed)" -gt 10 ]'
in_ns r1 tc qdisc del dev wan0 root
check "and nothing more without that queue" 'lost_before=$(lost output_failed); reaches a 10.2.0.2 && [ "$(lost output_failed)" = "$lost_before" ]'

bg "$WORK/events" ip netns exec "$r1" "$CMCTL" events
poll 10 grep -q ready "$WORK/events"
# event NUMBER STATE: came, and so is the interface now
event() {
	poll 5 grep -q "event=$1 .*if=wan0 .*ifstate=$2 " "$WORK/events" &&
		[ "$(cm_value binds if=wan0 ifstate)" = "$2" ]
}
in_ns net ip link set east down
check "F-066: a link that goes is told, as what it is" 'event 11 2'
in_ns net ip link set east up
check "and that it comes back" 'event 10 3'
in_ns r1 ip link set wan0 down
check "set down is another thing" 'event 11 1'
in_ns r1 ip link set wan0 up
in_ns r1 ip route add default via 192.0.2.254
check "the tunnel has survived" 'poll 10 reaches a 10.2.0.2'

ktap_finished

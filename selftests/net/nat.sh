#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Source NAT comes before crypto: with an exemption for the tunnel its traffic
# keeps its addresses, without one it is translated and the access list sees the
# translated address; what NAT does to protected flows is counted. Connection
# tracking works for tunnelled flows. The topology is in lib.sh.
# F-060 E-024

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 19

net_build
nat_rules() {
	in_ns r1 nft -f - <<-END
	table ip nat
	delete table ip nat
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat;
			$1
			oifname wan0 ip saddr 10.1.0.0/24 masquerade
		}
	}
	END
	in_ns r1 conntrack -F 2>/dev/null
}

# --- exemption present -----------------------------------------------------------

cm_map || abort "map"
gcm_tunnel || abort "SAs"
nat_rules "ip daddr 10.2.0.0/24 accept"
wire_start
ktap_test_result "with the exemption A reaches B" reaches a 10.2.0.2
ktap_test_result "and B reaches A" reaches b 10.1.0.2
wire_stop
ktap_test_result "in ESP" [ "$(wire_count esp)" -ge 12 -a "$(wire_count icmp)" = 0 ]

ktap_test_result "and NAT is not to blame for anything" \
	eval '[ "$(flow nat_hits),$(flow nat_escapes)" = 0,0 ]'

# --- exemption absent -------------------------------------------------------------

nat_rules ""
wire_start
in_ns a ping -q -c 2 -i 0.2 -W 1 10.2.0.2 >/dev/null
wire_stop
ktap_test_result "without it the source is translated and the list does not match" \
	[ "$(wire_count src $R1 and icmp)" -ge 2 -a "$(wire_count esp)" = 0 ]

ktap_test_result "the flow that it escaped counts the connection" \
	eval '[ "$(flow nat_hits),$(flow nat_escapes)" = 0,1 ]'
in_ns a ping -q -c 2 -i 0.2 -W 1 192.0.2.254 >/dev/null
ktap_test_result "what no list wants is translated without ado" [ "$(flow nat_escapes)" = 1 ]

# The list asks for the translated address.
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm unbind wan0
cm_map isakmp "10 permit $R1 10.2.0.0/24" || abort "map"
cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || abort "SAs"
xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst $R1 dir out \
	tmpl src $R2 dst $R1 proto esp mode tunnel
for dir in in fwd; do
	in_ns r2 ip xfrm policy add src $R1 dst 10.2.0.0/24 dir $dir \
		tmpl src $R1 dst $R2 proto esp mode tunnel
done
wire_start
ktap_test_result "a list that asks for the translated address protects it" reaches a 10.2.0.2 -c 3
wire_stop
ktap_test_result "in ESP, and the answers find their way back through NAT" \
	[ "$(wire_count esp)" -ge 6 -a "$(wire_count icmp)" = 0 ]
ktap_test_result "the flow counts packets that NAT has changed" \
	eval '[ "$(flow nat_hits),$(flow nat_escapes)" = 3,0 ]'
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/tcp &"
poll 20 listens b -t 7000
in_ns a sh -c "head -c 100000 /dev/zero | socat -t 5 -u - TCP:10.2.0.2:7000"
has_size() { [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" = "$2" ]; }
ktap_test_result "TCP too" poll 20 has_size "$WORK/tcp" 100000

# --- ct state -----------------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm unbind wan0
cm_map || abort "map"
gcm_tunnel || abort "SAs"
nat_rules "ip daddr 10.2.0.0/24 accept"
in_ns r1 nft -f - <<'END'
table ip filter {
	chain forward {
		type filter hook forward priority 0; policy drop;
		ct state established,related counter accept
		iifname lan0 ct state new counter accept
		counter drop
	}
}
END
ktap_test_result "stateful rules let A's own connections through" reaches a 10.2.0.2
ktap_test_result "and stop those that B begins" silent b 10.1.0.2
entries() { in_ns r1 conntrack -L -p icmp --src 10.1.0.2 2>/dev/null | grep -c 'src=10.2.0.2 dst=10.1.0.2'; }
ktap_test_result "the connection is tracked in both directions" at_least "$(entries)" 1
# conntrack(8) has no name for ESP.
esp_entries() { in_ns r1 conntrack -L 2>/dev/null | grep -c "^unknown *50 .*$R2"; }
ktap_test_result "ESP itself is one connection or two, not one for each packet" \
	eval 'at_least "$(esp_entries)" 1 && [ "$(esp_entries)" -le 2 ]'
in_ns r1 nft insert rule ip filter forward iifname wan0 meta secpath exists counter accept
ktap_test_result "a rule for what came out of a tunnel (meta secpath) lets B in" reaches b 10.1.0.2
in_ns r1 nft insert rule ip filter forward meta secpath missing iifname wan0 counter drop
ktap_test_result "and is not confused with what did not" reaches b 10.1.0.2
in_ns r1 nft flush ruleset
in_ns r1 nft -f - <<'END'
table ip filter {
	chain input {
		type filter hook input priority 0; policy drop;
		ip protocol esp counter accept
		iifname wan0 meta secpath exists icmp type echo-request accept
	}
}
END
ktap_test_result "the router itself answers through the tunnel" reaches b 10.1.0.1
ktap_test_result "and the firewall counts ESP" \
	at_least "$(in_ns r1 nft -j list chain ip filter input | jq '[.nftables[].rule?.expr[]?.counter?.packets // empty][0]')" 3

ktap_finished

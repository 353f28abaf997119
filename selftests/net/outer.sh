#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What passes between the inner and the outer header: TTL, DSCP, congestion
# marks, DF and identification, to and from XFRM. The topology is in lib.sh.
# RFC 4301 5.1.2, RFC 6040, RFC 6864

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 14

net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"

# watch NS NAME MATCH...: counts the packets that come into NS and match
watch() {
	_w=$1 _name=$2
	shift 2
	in_ns "$_w" nft -f - <<-END
	table ip watch {
		counter $_name { }
		chain $_name {
			type filter hook prerouting priority -500;
			$* counter name $_name
		}
	}
	END
}
hits() { in_ns "$1" nft -j list counter ip watch "$2" | jq '.nftables[1].counter.packets'; }
# all NS NAME: every one of the three packets of reaches()
all() { [ "$(hits "$1" "$2")" = 3 ]; }
none() { [ "$(hits "$1" "$2")" = 0 ]; }

out="iifname east ip protocol esp"

# --- out -----------------------------------------------------------------------

# EF with ECT(0); TTL 64 of a, one router before the tunnel, one behind it
watch net tos "$out ip dscp ef ip ecn ect0"
watch net ttl "$out ip ttl 64"
watch b tos "ip protocol icmp ip dscp ef ip ecn ect0"
watch b ttl "ip protocol icmp ip ttl 29"
ktap_test_result "A reaches B" reaches a 10.2.0.2 -Q 0xba -t 31
ktap_test_result "DSCP and ECN are copied to the outer header" all net tos
ktap_test_result "and stay in the inner one" all b tos
ktap_test_result "the outer TTL is this router's" all net ttl
ktap_test_result "the inner TTL sees two routers, not the tunnel" all b ttl

watch net df "$out ip frag-off & 0x4000 == 0x4000"
watch net id "$out ip frag-off & 0x4000 == 0 ip id != 0"
reaches a 10.2.0.2 -M 'do'
ktap_test_result "DF is copied" all net df
ktap_test_result "with DF there is no identification" none net id
reaches a 10.2.0.2 -M dont
ktap_test_result "without DF there is one" eval 'all net df && all net id'

# --- in ------------------------------------------------------------------------

# The network between marks congestion on what comes from r2.
in_ns net nft -f - <<'END'
table ip congestion {
	chain congest {
		type filter hook forward priority 0;
		iifname west ip protocol esp ip ecn set ce
	}
}
END
watch a ce "ip protocol icmp ip dscp af41 ip ecn ce"
ktap_test_result "B reaches A through a congested network" reaches b 10.1.0.2 -Q 0x8a
ktap_test_result "its mark reaches A, DSCP unchanged" all a ce
before=$(lost ecn_invalid)
ktap_test_result "what cannot carry a mark is dropped" silent b 10.1.0.2 -Q 0x88
ktap_test_result "as ecn_invalid" [ "$(lost ecn_invalid)" -gt "$before" ]
in_ns net nft delete table ip congestion

# --- DF by configuration -----------------------------------------------------------

# df NUM: another pair of SAs, CRYPTOMAP_DF_SET is 1 and CRYPTOMAP_DF_CLEAR is 2
df() {
	cm sa out 0x210$1 $R1 $R2 wan0,10,10 flags 4 df "$1" encr 20 key $GCM_KEY &&
		in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi 0x210$1 \
			mode tunnel replay-window 64 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
}
df 1 || abort "DF set"
watch net df_set "$out ip frag-off & 0x4000 == 0x4000"
reaches a 10.2.0.2 -M dont
ktap_test_result "DF set: on every packet" all net df_set
df 2 || abort "DF clear"
watch net df_clear "$out ip frag-off & 0x4000 == 0"
reaches a 10.2.0.2 -M 'do'
ktap_test_result "DF clear: on none" all net df_clear

ktap_finished

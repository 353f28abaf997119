#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Configuring a router under traffic, line by line and by file, with no daemon
# running: what changes, what stays up, what is refused and what must not pass
# in clear (C-033 to C-038, F-047, F-070, F-072, F-109, F-114); what else an entry with
# manual keys can have: dummies and padding, compression, a way past the filter (C-032,
# C-047, F-057, F-061, F-067, F-116), and tunnels (C-100). Manual keys; the other end is the kernel's XFRM. net/manual.sh looks at the keys themselves. The topology is
# in lib.sh.

. "$(dirname "$0")/lib.sh"

IPSECCTL=$TOP/build/user/ipsecctl
[ -x "$IPSECCTL" ] || { ktap_print_header; ktap_skip_all "build/user/ipsecctl is missing"; exit 4; }

ctl() { in_ns r1 "$IPSECCTL" --socket "$WORK/control" --startup "$WORK/startup" "$@"; }
# lines LINE...: typed in configuration mode
lines() { { echo configure terminal; printf '%s\n' "$@"; echo end; } | ctl; }

KEY=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
cat >"$WORK/site.conf" <<END
crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto map SITE 10 ipsec-manual
 set peer $R2
 set session-key inbound esp 4097 cipher $KEY authenticator $KEY
 set session-key outbound esp 8193 cipher $KEY authenticator $KEY
 set transform-set T
 match address 101
interface wan0
 crypto map SITE
END

pkts() { ctl show crypto ipsec sa | sed -n "s/.*#pkts $1: \([0-9]*\).*/\1/p" | head -n 1; }

# Without a replay window: manual keys may start again at sequence number 1.
peer() {
	for _sa in "$R2 dst $R1 proto esp spi 4097" "$R1 dst $R2 proto esp spi 8193"; do
		# shellcheck disable=SC2086 # a list
		in_ns r2 ip xfrm state add src $_sa mode tunnel enc 'cbc(aes)' "0x$KEY" \
			auth-trunc 'hmac(sha256)' "0x$KEY" 128
	done
}

ktap_print_header
ktap_set_plan 49
net_build
# What is not protected does get through: silence is not for want of a route.
in_ns net ip route add 10.1.0.0/24 via $R1
in_ns net ip route add 10.2.0.0/24 via $R2
xfrm_policies
peer

ctl --file "$WORK/site.conf" && reaches a 10.2.0.2 && reaches b 10.1.0.2
ktap_test_result "a file is loaded, packets pass both ways" [ $? = 0 ]

# What is shown can be loaded, and loading it changes nothing.
before=$(pkts encaps)

ctl show running-config >"$WORK/shown"
ctl --file "$WORK/shown"
ktap_test_result "F-114: the running configuration can be loaded" [ $? = 0 ]
ctl show running-config | cmp -s - "$WORK/shown"
ktap_test_result "F-114: and is the same afterwards" [ $? = 0 ]
ktap_test_result "the tunnel went on counting" [ "$(pkts encaps)" = "$before" ]

# Another entry leaves the first alone, while packets pass.
in_ns a ping -q -c 40 -i 0.1 -W 5 10.2.0.2 >"$WORK/steady" 2>&1 &
steady=$!
lines "access-list 102 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255" \
	"crypto map SITE 20 ipsec-manual" "set peer $R2" "set transform-set T" \
	"match address 102"
ktap_test_result "an entry is added line by line" [ $? = 0 ]
lines "crypto map SITE 10" "description LAN B" "no crypto map SITE 20"
ktap_test_result "and removed" [ $? = 0 ]
wait $steady
grep -q ' 40 received' "$WORK/steady"
ktap_test_result "no packet of the other tunnel was lost" [ $? = 0 ]

# Refused lines.
lines "crypto map SITE 10" "set session-key inbound esp 255 authenticator 00" \
	2>"$WORK/refused"
ktap_test_result "a refused line fails" [ $? = 1 ]
ktap_test_result "and names the range" grep -q '256-4294967295' "$WORK/refused"
lines "no crypto map SITE" 2>/dev/null
ktap_test_result "a map in use cannot be removed" [ $? = 1 ]
ktap_test_result "traffic still passes" reaches a 10.2.0.2

# Without keys: dropped, never in clear.
lines "crypto map SITE 10" "no set session-key outbound esp"
wire_start
silent a 10.2.0.2
ktap_test_result "without keys nothing passes" [ $? = 0 ]
wire_stop
ktap_test_result "and nothing is sent in clear" wire_is_dark
ctl --file "$WORK/shown" && reaches a 10.2.0.2
ktap_test_result "with keys again it does" [ $? = 0 ]

# Startup configuration.
ctl write memory && ctl --file /dev/null && ctl reload && reaches a 10.2.0.2 &&
	ctl show running-config | cmp -s - "$WORK/shown"
ktap_test_result "what was written to the startup configuration comes back" [ $? = 0 ]

# F-109: 13 ciphers and 8 hashes, and which this kernel has.
ktap_test_result "all algorithms of the module are there" \
	[ "$(ctl --json show crypto algorithms | grep -c '"available": true')" = 21 ]

# F-047: the same SAs by a tunnel interface, which the configuration makes.
sed 's/^interface wan0/interface Tunnel0\n tunnel mode ipsec ipv4/
s/^access-list 101 .*/access-list 101 permit ip any any/
s/^crypto map SITE 10/crypto map SITE local-address wan0\n&/' \
	"$WORK/site.conf" >"$WORK/tunnel.conf"
in_ns r1 ip link add Tunnel0 type dummy
ctl --file "$WORK/tunnel.conf" 2>"$WORK/refused"
ktap_test_result "an interface of another kind is not taken" grep -q "Tunnel0 exists" "$WORK/refused"
ktap_test_result "all is as before" reaches a 10.2.0.2
in_ns r1 ip link del Tunnel0
is_tunnel() { in_ns r1 ip -d link show "$1" 2>/dev/null | grep -q ' cryptomap '; }
ctl --file "$WORK/tunnel.conf" && is_tunnel Tunnel0
ktap_test_result "a tunnel interface is made" [ $? = 0 ]
in_ns r1 ip route add 10.2.0.0/24 dev Tunnel0
wire_start
reaches a 10.2.0.2 && reaches b 10.1.0.2
ktap_test_result "what is routed into it is protected" [ $? = 0 ]
wire_stop
ktap_test_result "and not in clear" wire_is_dark
# C-100: with the address of another interface, which the router speaks from then.
in_ns r1 ip link add own0 type dummy
in_ns r1 ip addr add 10.1.0.77/32 dev own0
in_ns r1 ip addr add 10.9.0.9/32 dev Tunnel0
addresses() { in_ns r1 ip -4 -o addr show dev Tunnel0 | sed 's/.*inet \([^ ]*\).*/\1/' | tr '\n' ' '; }
lines "interface Tunnel0" "ip unnumbered own0" && [ "$(addresses)" = "10.9.0.9/32 10.1.0.77/32 " ] &&
	reaches r1 10.2.0.2 -I 10.1.0.77
ktap_test_result "an unnumbered tunnel has the address of another" [ $? = 0 ]
in_ns r1 ip addr del 10.9.0.9/32 dev Tunnel0
in_ns r1 ip route get 10.2.0.2 | grep -q ' src 10.1.0.77 ' && reaches r1 10.2.0.2
ktap_test_result "and the router speaks from it" [ $? = 0 ]
in_ns r1 ip addr add 10.9.0.9/32 dev Tunnel0
lines "interface Tunnel0" "no ip unnumbered" && [ "$(addresses)" = "10.9.0.9/32 " ] &&
	reaches r1 10.2.0.2 -I 10.1.0.77
ktap_test_result "it gives back what it borrowed, and no more" [ $? = 0 ]
in_ns r1 ip link del own0
in_ns r1 ip link add Tunnel1 type cryptomap
ctl --file "$WORK/shown" && ! is_tunnel Tunnel0 && reaches a 10.2.0.2
ktap_test_result "it goes with its configuration" [ $? = 0 ]
ktap_test_result "one made by hand stays" is_tunnel Tunnel1

# C-032: our traffic is hidden, as the configuration says; XFRM takes it.
shown() { ctl show crypto ipsec sa detail | sed -n "s/.*#$1: \([0-9]*\).*/\1/p" | head -n 1; }
sent_dummies() { at_least "$(shown 'TFC sent')" 3; }
# lengths: of the ESP packets that r1 sent, each once
lengths() {
	tcpdump -n -r "$WORK/wire" src $R1 and esp 2>/dev/null |
		sed -n 's/.* ESP(.* length \([0-9]*\)$/\1/p' | sort -n | uniq | tr '\n' ' '
}
lines "crypto map SITE 10" "set security-association dummy pps 25" \
	"set security-association tfc-padding 600"
ktap_test_result "manual keys take dummies and padding" [ $? = 0 ]
wire_start
reaches a 10.2.0.2 && reaches a 10.2.0.2 -s 400 && poll 10 sent_dummies
ktap_test_result "packets pass, and dummies between them" [ $? = 0 ]
wire_stop
ktap_test_result "all are of one length" eval '[ "$(lengths | wc -w)" = 1 ]'
lines "crypto map SITE 10" "set security-association dummy pps 26" 2>"$WORK/refused"
ktap_test_result "a rate too high is refused with the range" grep -q '1-25' "$WORK/refused"
ctl --file "$WORK/shown" && wire_start && reaches a 10.2.0.2 && reaches a 10.2.0.2 -s 400
wire_stop
ktap_test_result "without the words lengths show, and dummies end" \
	eval '[ "$(lengths | wc -w)" = 2 ] && [ "$(wire_count src $R1 and esp)" = 6 ]'

# F-057, C-047: what is decrypted meets the filter, unless it is said that it must not.
in_ns r1 nft -f - <<END
table ip filter {
	chain forward { type filter hook forward priority 0; ip saddr 10.2.0.0/24 drop; }
	chain input { type filter hook input priority 0; ip saddr 10.2.0.0/24 drop; }
}
END
silent b 10.1.0.2 && silent b 10.1.0.1
ktap_test_result "a filter drops what was decrypted" [ $? = 0 ]
lines "sysopt connection permit-vpn" && reaches b 10.1.0.2 && reaches b 10.1.0.1
ktap_test_result "with sysopt connection permit-vpn it passes, to the router itself too" [ $? = 0 ]
[ "$(ctl show sysopt)" = "sysopt connection permit-vpn" ] &&
	ctl show running-config | grep -q '^sysopt connection permit-vpn'
ktap_test_result "F-116: that is shown" [ $? = 0 ]
lines "no sysopt connection permit-ipsec" && silent b 10.1.0.2 &&
	[ "$(ctl show running-config sysopt)" = "no sysopt connection permit-vpn" ]
ktap_test_result "and without it no more" [ $? = 0 ]
in_ns r1 nft flush ruleset

# F-059, C-051, E-005, R-28: which addresses of the router answer through the tunnel.
in_ns r1 ip link add dmz0 type dummy && in_ns r1 ip addr add 10.1.0.129/32 dev dmz0 &&
	in_ns r1 ip link set dmz0 up || abort dmz0
reaches b 10.1.0.1 && reaches b 10.1.0.129
ktap_test_result "all addresses of the router answer" [ $? = 0 ]
before=$(lost management_access)
lines "management-access dmz0" "sysopt connection permit-vpn" &&
	reaches b 10.1.0.129 && silent b 10.1.0.1 && reaches b 10.1.0.2
ktap_test_result "with management-access those of one interface; hosts as ever" [ $? = 0 ]
told=$(ctl show crypto ipsec sa detail | grep -c 'management_access')
[ "$(lost management_access)" -gt "$before" ] && [ "$told" -ge 1 ]
ktap_test_result "the reason is counted, and shown with the flow" [ $? = 0 ]
[ "$(ctl show management-access)" = "management-access dmz0" ] &&
	ctl show running-config | grep -q '^management-access dmz0'
ktap_test_result "F-116: the option is shown" [ $? = 0 ]
{ ctl show running-config | sed 's/^management-access .*/management-access nowhere0/'; } >"$WORK/typo"
ctl --file "$WORK/typo" 2>&1 | grep -q "interface nowhere0 has no address" &&
	silent b 10.1.0.129
ktap_test_result "a name that no interface has is told, and opens nothing" [ $? = 0 ]
lines "no management-access" "no sysopt connection permit-vpn" && reaches b 10.1.0.1
ktap_test_result "and without it all answer again" [ $? = 0 ]

# RFC 3173: XFRM has its IPComp in two states, and takes what is not compressed as well.
both_states() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	for _sa in "$R2 $R1 4097" "$R1 $R2 8193"; do
		# shellcheck disable=SC2086 # words
		set -- $_sa
		in_ns r2 ip xfrm state add src "$1" dst "$2" proto comp spi 2 mode tunnel comp deflate &&
			in_ns r2 ip xfrm state add src "$1" dst "$2" proto esp spi "$3" mode transport \
				enc 'cbc(aes)' "0x$KEY" auth-trunc 'hmac(sha256)' "0x$KEY" 128 || return
	done
	in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
		tmpl src $R2 dst $R1 proto comp mode tunnel \
		tmpl src $R2 dst $R1 proto esp mode transport || return
	for _dir in in fwd; do
		in_ns r2 ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir $_dir \
			tmpl src $R1 dst $R2 proto comp mode tunnel level use \
			tmpl src $R1 dst $R2 proto esp mode transport || return
	done
}
lines "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac comp-lzs" 2>"$WORK/refused"
ktap_test_result "comp-lzs is refused with the reason" grep -q 'Linux has no LZS' "$WORK/refused"
if modprobe -a -q deflate ipcomp && both_states; then
	wire_start
	lines "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac comp-deflate" &&
		reaches a 10.2.0.2 -s 1000 && reaches b 10.1.0.2 -s 1000
	ktap_test_result "comp-deflate: packets pass both ways" [ $? = 0 ]
	wire_stop
	ktap_test_result "compressed" \
		eval '[ "$(shown "pkts compressed"),$(shown "pkts decompressed")" = 6,6 ] && [ "$(wire_count esp and greater 400)" = 0 ]'
	ctl show crypto ipsec transform-set >"$WORK/sets"
	ktap_test_result "it is shown" grep -q 'esp-256-aes esp-sha256-hmac comp-deflate ' "$WORK/sets"
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	xfrm_policies
	peer
	ctl --file "$WORK/shown" && reaches a 10.2.0.2 -s 1000 && [ "$(shown 'pkts compressed')" = 6 ]
	ktap_test_result "without the word nothing is compressed" [ $? = 0 ]
else
	for _what in pass compressed shown without; do ktap_test_skip "comp-deflate: no IPComp: $_what"; done
fi
ctl show ipsec statistics >"$WORK/statistics"
ktap_test_result "F-061: received packets are told by algorithm" \
	grep -q '^      [1-9][0-9]* esp encap history aes' "$WORK/statistics"

# The end of protection is explicit.
in_ns r2 ip xfrm policy flush
lines "interface wan0" "no crypto map" && reaches a 10.2.0.2
ktap_test_result "C-037: without the map packets travel as they are" [ $? = 0 ]
ctl --file "$WORK/shown" && ctl shutdown >/dev/null && reaches a 10.2.0.2 &&
	[ "$(ctl show running-config)" = end ]
ktap_test_result "shutdown leaves nothing behind" [ $? = 0 ]

ktap_finished

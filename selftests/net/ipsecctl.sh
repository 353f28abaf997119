#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Configuring a router under traffic, line by line and by file, with no daemon
# running: what changes, what stays up, what is refused and what must not pass
# in clear (C-033 to C-038, F-047, F-070, F-072, F-109, F-114). Manual keys; the other end is
# the kernel's XFRM. net/manual.sh looks at the keys themselves. The topology is
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
ktap_set_plan 25
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
in_ns r1 ip link add Tunnel1 type cryptomap
ctl --file "$WORK/shown" && ! is_tunnel Tunnel0 && reaches a 10.2.0.2
ktap_test_result "it goes with its configuration" [ $? = 0 ]
ktap_test_result "one made by hand stays" is_tunnel Tunnel1

# The end of protection is explicit.
in_ns r2 ip xfrm policy flush
lines "interface wan0" "no crypto map" && reaches a 10.2.0.2
ktap_test_result "C-037: without the map packets travel as they are" [ $? = 0 ]
ctl --file "$WORK/shown" && ctl shutdown >/dev/null && reaches a 10.2.0.2 &&
	[ "$(ctl show running-config)" = end ]
ktap_test_result "shutdown leaves nothing behind" [ $? = 0 ]

ktap_finished

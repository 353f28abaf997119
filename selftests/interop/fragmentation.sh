#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# IKE fragmentation with strongSwan, across a network that loses IP fragments and large
# packets, as many do: the certificates of both ends, with the authority in between, are
# larger than that. Who begins, sizes, lost fragments, a NAT, IPv6; who does not want
# them, and what then is said. The topology is in lib.sh.
# F-021 F-022 F-023

. "$(dirname "$0")/lib.sh"

R1_6=2001:db8:1::1
R2=198.51.100.2
R2_6=2001:db8:2::2

ktap_print_header
ktap_set_plan 32

interop_build
. "$INTEROP/lib_pki.sh"
in_ns r1 ip addr add $R1_6/64 dev wan0 nodad
in_ns r1 ip route add default via 2001:db8:1::fe
in_ns net ip addr add 2001:db8:1::fe/64 dev east nodad
in_ns net ip addr add 2001:db8:2::fe/64 dev west nodad
in_ns r2 ip addr add $R2_6/64 dev wan0 nodad
in_ns r2 ip route add default via 2001:db8:2::fe

make_certificates() {
	key_of root P-256 && key_of between rsa && key_of r1 rsa && key_of r2 rsa &&
		authority root root && authority between root &&
		end r1 between r1 30 $R1 && end r2 between r2 30 $R2 &&
		cat "$PKI/between.pem" >>"$PKI/r1.pem"
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# --- the network --------------------------------------------------------------------------------

# passes BYTES [RULE]: no IP fragments, no larger packet of UDP; and RULE
passes() {
	in_ns net nft -f - <<-END
	table inet narrow
	delete table inet narrow
	table inet narrow {
		counter fragments { }
		counter large { }
		counter pieces { }
		chain prerouting {
			type filter hook prerouting priority -450;
			ip frag-off & 0x3fff != 0 counter name fragments drop
			exthdr frag exists counter name fragments drop
			meta l4proto udp meta length > $1 counter name large drop
			$2
		}
	}
	END
}
lost() { in_ns net nft list counter inet narrow "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }
no_narrow() { in_ns net nft delete table inet narrow; }

# capture: from here on; of whole packets
capture() {
	[ -z "$capture_pid" ] || { kill "$capture_pid"; poll 10 pid_gone "$capture_pid"; }
	bg "$WORK/capture.log" ip netns exec "$NET_TAG-net" \
		tcpdump --immediate-mode -U -s 0 -i any -w "$WORK/ike.pcap" udp or ip6 or 'ip[6:2] & 0x3fff != 0'
	capture_pid=$bg_pid
	poll 20 grep -q 'listening on' "$WORK/capture.log" || abort tcpdump
}
# on_wire FILTER...: how many packets; no number if tcpdump cannot read the file or the filter
on_wire() {
	tcpdump -nr "$WORK/ike.pcap" "$@" >"$WORK/matched" 2>"$WORK/matched.err" &&
		wc -l <"$WORK/matched" && return
	sed 's/^/# /' "$WORK/matched.err" >&2
	echo unreadable
}
# The next payload of the header of ISAKMP, which may be behind a marker.
pieces_from() { on_wire "(src host $1) and (udp[24] = 132 or (port 4500 and udp[8:4] = 0 and udp[28] = 132))"; }
# pieces6_from ADDRESS: tcpdump cannot index UDP over IPv6
pieces6_from() { on_wire "src host $1 and ip6[6] = 17 and ip6[64] = 132"; }
# fits BYTES [N]: IKE went in pieces both ways, N at least, each of which is seen as it comes
# and goes; nothing larger, and no fragment of IP
fits() {
	_from1=$(pieces_from "$R1 or src host 198.51.100.254") _from2=$(pieces_from $R2)
	_large=$(on_wire "udp and ip[2:2] > $1") _ip=$(on_wire 'ip[6:2] & 0x3fff != 0')
	[ "$_from1" -ge "${2:-4}" ] && [ "$_from2" -ge "${2:-4}" ] && [ "$_large" = 0 ] &&
		[ "$_ip" = 0 ] && return
	echo "# $_from1 and $_from2 pieces, $_large larger packets, $_ip fragments of IP"
	false
}

# --- the routers --------------------------------------------------------------------------------

# apply [LINE] [PEER]
apply() {
	{
		[ -z "$1" ] || echo "$1"
		cat <<-END
		crypto pki trustpoint T
		 ca-certificate $PKI/root.pem
		 certificate $PKI/r1.pem
		 private-key $PKI/r1.key
		crypto isakmp identity dn
		crypto isakmp policy 10
		 encryption aes 256
		 hash sha256
		 authentication rsa-sig
		 group 19
		crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
		access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
		END
		cm_entry SITE 10 "${2:-$R2}" 101 'set pfs group19'
		printf 'interface wan0\n crypto map SITE\n'
	} >"$WORK/r1.conf"
	[ -z "$daemon_r1" ] || router r1 --file "$WORK/r1.conf" >"$WORK/applied" 2>&1
}
DN='O=Example, CN=r1'
# theirs [LINES] [ADDRESS]
theirs() { swan r2 "${2:-$R2}" 10.2.0.0/24 r2 "$DN" '' "$1" || abort strongSwan; }
initiate() { charon_ctl r2 --initiate --child lan --timeout "${1:-40}" >"$WORK/initiate" 2>&1; }
reaches() { in_ns a ping -c 3 -i 0.3 -W "${1:-30}" 10.2.0.2 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
blocked() { ! in_ns a ping -c 2 -i 0.3 -W 2 10.2.0.2 >/dev/null 2>&1; }
none() { [ "$(router r1 show crypto ipsec sa | grep -c 'in use settings')" = 0 ]; }
# fresh: neither has any SA, nothing of IKE is captured
fresh() {
	charon_ctl r2 --terminate --ike site --force --timeout 5 >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
	router r1 clear crypto sa >/dev/null 2>&1
	capture
}
logged() { grep -q "$1" "$WORK/r1/log"; }
counter() { router r1 show crypto counters | awk -v n="$1" '$2 == n { print $1 }'; }

apply ''
theirs
passes 1280
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
capture

# --- 1280 bytes, as both have it when nobody says anything --------------------------------------

ktap_test_result "strongSwan begins" initiate
ktap_test_result "packets pass" reaches
ktap_test_result "IKE went in pieces both ways, none too large" fits 1280
ktap_test_result "each is told" \
	eval 'router r1 show crypto isakmp sa detail | grep -q "DF$" && [ "$(counter rx_fragments)" -ge 2 ] && [ "$(counter tx_fragments)" -ge 2 ] && [ "$(counter rx_fragments_bad)" = 0 ]'
fresh
ktap_test_result "we begin" reaches
ktap_test_result "IKE went in pieces both ways, none too large" fits 1280
named() {
	tshark -r "$WORK/ike.pcap" -Y isakmp -T fields -e isakmp.frag.packetid -e isakmp.frag.last \
		-e isakmp.frag.seq -e _ws.malformed >"$WORK/tshark" 2>"$WORK/tshark.err"
	[ "$(awk '$2 == 1 && $3 > 1' "$WORK/tshark" | wc -l)" -ge 2 ] &&
		! grep -qi malformed "$WORK/tshark" && return
	sed 's/^/# /' "$WORK/tshark" "$WORK/tshark.err"
	false
}
ktap_test_result "tshark knows them, and finds nothing malformed" named

# --- who does not want them -----------------------------------------------------------------------

apply 'no crypto isakmp fragmentation'
fresh
ktap_test_result "off: strongSwan's message is lost on the way" eval '! initiate 15 && none'
ktap_test_result "as the network counts" eval '[ "$(lost fragments)" -gt 0 ]'
ktap_test_result "and none went in pieces" eval '[ "$(pieces_from $R1)$(pieces_from $R2)" = 00 ]'
ktap_test_result "which is said" poll 60 logged 'IP fragments do not arrive$'
fresh
ktap_test_result "off: we begin, and nothing passes" eval 'blocked && none'
ktap_test_result "which is said" poll 60 logged 'IP fragments do not arrive there'
no_narrow
fresh
ktap_test_result "a network that loses nothing: we come up so, too" reaches
passes 1280
apply ''
theirs 'fragmentation = no'
fresh
ktap_test_result "strongSwan's off: nothing passes" eval '! initiate 15 && none'
ktap_test_result "for it is sent none" eval '[ "$(pieces_from $R1)$(pieces_from $R2)" = 00 ]'

# It sends them, whether we have said that we take them or not.
theirs 'fragmentation = force'
fresh
ktap_test_result "forced: strongSwan begins" initiate
ktap_test_result "and we" eval 'fresh; reaches && fits 1280'
apply 'no crypto isakmp fragmentation'
_bad=$(counter rx_fragments_bad)
fresh
ktap_test_result "who takes none gets them, and nothing comes of it" eval '! initiate 15 && none'
ktap_test_result "but a count" eval '[ "$(counter rx_fragments_bad)" -gt "$_bad" ]'
ktap_test_result "and a line" logged 'refused: the peer was not told'

# --- small ones, some of them lost ------------------------------------------------------------------

CHARON_LINES='fragment_size = 576'
CHARON_RETRANSMIT=1.0
apply 'crypto isakmp fragmentation mtu 576'
theirs
passes 576
fresh
ktap_test_result "of 576 bytes: strongSwan begins" initiate
ktap_test_result "packets pass, and IKE was in more pieces" eval 'reaches && fits 576 8'
ktap_test_result "we begin" eval 'fresh; reaches && fits 576 8'
passes 576 '@ih,128,8 132 numgen inc mod 5 == 0 counter name pieces drop'
ktap_test_result "every fifth is lost: strongSwan begins" eval 'fresh; initiate 60'
_lost=$(lost pieces)
ktap_test_result "we begin" eval 'fresh; reaches 60'
ktap_test_result "nothing larger for that" eval '[ "$_lost" -gt 0 ] && [ "$(lost pieces)" -gt "$_lost" ] && fits 576 8'

# --- behind a NAT: with a marker, too ---------------------------------------------------------------

passes 576
REMOTE=198.51.100.254
theirs
in_ns net nft -f - <<END || abort NAT
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		oifname west ip saddr $R1 udp sport 500 snat to 198.51.100.254:40500
		oifname west ip saddr $R1 udp sport 4500 snat to 198.51.100.254:44500
	}
}
END
fresh
ktap_test_result "behind a NAT: we begin" reaches
ktap_test_result "on port 4500, none too large" \
	eval 'fits 576 8 && [ "$(on_wire "udp port 4500 and udp[8:4] = 0 and udp[28] = 132")" -ge 8 ]'
in_ns net nft delete table ip nat

# --- IPv6 -------------------------------------------------------------------------------------------

apply '' $R2_6
REMOTE=$R1_6
CHARON_LINES=
theirs '' $R2_6
passes 1280
fresh
ktap_test_result "over IPv6: strongSwan begins" initiate
ktap_test_result "and we" eval 'fresh; reaches'
fits6() {
	[ "$(pieces6_from $R1_6)" -ge 4 ] && [ "$(pieces6_from $R2_6)" -ge 4 ] &&
		[ "$(on_wire 'ip6 and greater 1400')$(on_wire 'ip6[6] = 44')" = 00 ] &&
		[ "$(on_wire 'ip6[6] = 17 and ip6[4:2] > 1240')" = 0 ]
}
ktap_test_result "in pieces that fit" fits6

ktap_finished

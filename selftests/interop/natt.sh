#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# NAT traversal with strongSwan (RFC 3947, 3948): who is behind a NAT, who begins,
# what is on the wire, and what happens when the NAT changes its mind.
# F-018 F-020 C-003 S-01
#
#                          net, which may be a NAT for each side
#  a --- r1 192.0.2.1 ---[ 192.0.2.254    198.51.100.254 ]--- 198.51.100.2 r2 --- b
#        ours, :500, :4500                                      :500, :4500 strongSwan
#
#  behind ours:   r1 :500, :4500 is seen as 198.51.100.254 :40500, :44500
#  behind theirs: r2 :500, :4500 is seen as 192.0.2.254 :40500, :44500
#  forwarded:     192.0.2.254 :500, :4500 leads to r2
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 48

# behind WHO… [PORT]: the NAT forgets all it knew, and maps 4500 to PORT
behind() {
	_port=44500 _rules=
	for _who in "$@"; do
		case $_who in
		ours) _rules="$_rules
			oifname west ip saddr 192.0.2.1 udp sport 500 snat to 198.51.100.254:40500
			oifname west ip saddr 192.0.2.1 udp sport 4500 snat to 198.51.100.254:PORT" ;;
		theirs) _rules="$_rules
			oifname east ip saddr 198.51.100.2 udp sport 500 snat to 192.0.2.254:40500
			oifname east ip saddr 198.51.100.2 udp sport 4500 snat to 192.0.2.254:PORT" ;;
		forwarded) ;;
		*) _port=$_who ;;
		esac
	done
	_forward=
	case " $* " in *" forwarded "*)
		_forward="iifname east ip daddr 192.0.2.254 udp dport { 500, 4500 } dnat to 198.51.100.2" ;;
	esac
	in_ns net nft -f - <<-END
	table ip nat
	delete table ip nat
	table ip nat {
		chain prerouting {
			type nat hook prerouting priority dstnat;
			$_forward
		}
		chain postrouting {
			type nat hook postrouting priority srcnat;
			$(echo "$_rules" | sed "s/PORT/$_port/")
		}
	}
	END
	in_ns net conntrack -F 2>/dev/null
}

# ours PEER [LINES]: our router, which knows its peer by that address
ours() {
	{
		[ -z "$2" ] || echo "$2"
		cm_phase1 "$1" | sed "s/ lifetime 86400/ lifetime ${LIFETIME:-86400}/"
		echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
		cm_entry SITE 10 "$1" 101
		printf 'interface wan0\n crypto map SITE\n'
	} >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
}

# theirs PEER: strongSwan likewise. Whatever NAT it is behind, we call ourselves
# by our own address.
theirs() {
	REMOTE_ID=192.0.2.1
	CHARON_KEEPALIVE=5s
	swan_start r2 198.51.100.2 "$1" 10.2.0.0/24 10.1.0.0/24 '' 'rekey_time = 0' ||
		abort strongSwan
}

next_scene() {
	kill "$wire_pid"
	poll 10 pid_gone "$wire_pid"
	router r1 shutdown >/dev/null 2>&1
	poll 10 pid_gone "$daemon_r1"
	charon_stop r2
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
}

# watch_wire: from here on
watch_wire() {
	[ -z "$wire_pid" ] || kill "$wire_pid" 2>/dev/null
	wire_start || abort tcpdump
	wire_pid=$bg_pid
}

reaches() {
	in_ns "$1" ping -c 3 -i 0.2 -W 20 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping" && return
	sed 's/^/# /' "$WORK/ping"
	router r1 show crypto isakmp sa detail | sed 's/^/# /'
	router r1 show crypto ipsec sa | sed 's/^/# /'
	false
}
# noticed NS ADDRESS: what the mapping was may cost one answer, not more
noticed() {
	in_ns "$1" ping -c 1 -W 3 "$2" >/dev/null 2>&1
	reaches "$1" "$2"
}
they_begin() {
	charon_ctl r2 --initiate --child lan --timeout 40 >"$WORK/initiate" 2>&1 && return
	sed 's/^/# /' "$WORK/initiate"
	false
}
told() {
	router r1 show crypto isakmp sa detail >"$WORK/told"
	grep -qF -e "$1" "$WORK/told"
}
not_told() { ! told "$1"; }
log_has() { grep -qF -e "$1" "$WORK/r1/log"; }
encapsulated() { router r1 show crypto ipsec sa | grep -q 'UDP-Encaps'; }
none() { [ "$(wire_count "$@")" = 0 ]; }
# only_udp: ESP in UDP there and back, and nothing else that was to be protected
only_udp() {
	poll 10 wire_has "udp port 4500 and udp[8:4] != 0 and greater 100" &&
		none esp && none net 10.0.0.0/8
}
# The initiator's fifth message is the first that leaves 4500, with four zero bytes.
marked() { wire_has "$@" and 'udp src port 4500 and udp[8:4] = 0'; }
# keepalives FILTER…: those on the wire
KEEPALIVE='udp src port 4500 and udp[4:2] = 9 and udp[8] = 0xff'
conn_ids() { router r1 show crypto isakmp sa | awk '/QM_IDLE/ { print $4 }' | sort -n; }
newest() { conn_ids | tail -n 1; }
newer_than() { [ "$(newest)" -gt "$1" ]; }
out_spi() { router r1 show crypto ipsec sa | sed -n 's/.*current outbound spi: //p'; }
spi_changed() { _now=$(out_spi); [ -n "$_now" ] && [ "$_now" != 0 ] && [ "$_now" != "$1" ]; }
ping_through() {
	bg "$WORK/long" ip netns exec "$NET_TAG-a" ping -i 0.2 -c "$1" -W 10 10.2.0.2
	ping_pid=$bg_pid
}
lost_none() { poll 180 pid_gone "$ping_pid" && no_loss "$WORK/long"; }

interop_build

# --- we are behind a NAT, and begin -------------------------------------------------

behind ours
theirs 198.51.100.254
ours 198.51.100.2 'crypto isakmp nat keepalive 5'
watch_wire
ktap_test_result "behind a NAT, we begin: A reaches B" reaches a 10.2.0.2
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "ESP in UDP, no plain ESP, nothing in clear" only_udp
ktap_test_result "the NAT was in between" wire_has src 198.51.100.254 and udp src port 44500
ktap_test_result "IKE began at port 500" wire_has src 192.0.2.1 and udp src port 500
ktap_test_result "and went on at 4500, with the marker" marked src 192.0.2.1
ktap_test_result "the log has the verdict" \
	log_has 'NAT-T (RFC 3947): this end IS behind a NAT, the remote end is NOT'
ktap_test_result "show crypto isakmp sa detail has it, too" \
	told 'UDP 4500 to 4500, NAT-T (RFC 3947): this end is behind a NAT'
ktap_test_result "show crypto ipsec sa: UDP-Encaps" encapsulated
ktap_test_result "we send keepalives" poll 20 wire_has "$KEEPALIVE" and src 192.0.2.1
ktap_test_result "they do not" none "$KEEPALIVE" and src 198.51.100.2
poll 20 settled
old=$(out_spi)
watch_wire
ping_through 100
poll 20 swan_rekeys r2
ktap_test_result "they rekey phase 2" poll 30 spi_changed "$old"
old=$(newest)
poll 20 swan_rekeys r2 --ike site
ktap_test_result "they begin phase 1 anew" poll 30 newer_than "$old"
ktap_test_result "no packet is lost by that" lost_none
ktap_test_result "all of it over port 4500" eval 'marked src 198.51.100.2 && none udp port 500'
ktap_test_result "the new one knows of the NAT" \
	poll 10 told 'UDP 4500 to 4500, NAT-T (RFC 3947): this end is behind a NAT'
behind ours 44501
ktap_test_result "our NAT changes the port: A still reaches B" noticed a 10.2.0.2
ktap_test_result "it did" wire_has src 198.51.100.2 and udp dst port 44501
next_scene

# --- both phases rekeyed by us --------------------------------------------------------

behind ours
theirs 198.51.100.254
LIFETIME=60
ours 198.51.100.2 'crypto ipsec security-association lifetime seconds 120'
LIFETIME=
reaches a 10.2.0.2
watch_wire
old=$(newest) spi=$(out_spi)
ping_through 600
ktap_test_result "we begin phase 1 anew" poll 70 newer_than "$old"
ktap_test_result "we rekey phase 2" poll 130 spi_changed "$spi"
ktap_test_result "no packet is lost by that" lost_none
ktap_test_result "all of it over port 4500" \
	eval 'marked src 192.0.2.1 && none udp port 500 && only_udp'
next_scene

# --- they are behind a NAT, and begin --------------------------------------------------

behind theirs
theirs 192.0.2.1
ours 192.0.2.254 'crypto isakmp nat keepalive 5'
watch_wire
ktap_test_result "they are behind a NAT, and begin" they_begin
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "A reaches B" reaches a 10.2.0.2
ktap_test_result "ESP in UDP, no plain ESP, nothing in clear" only_udp
ktap_test_result "to the port that the NAT gave it" \
	wire_has src 192.0.2.1 and dst 192.0.2.254 and udp dst port 44500
ktap_test_result "show crypto isakmp sa detail" \
	told 'UDP 4500 to 44500, NAT-T (RFC 3947): the peer is behind a NAT'
ktap_test_result "they send keepalives" poll 20 wire_has "$KEEPALIVE" and src 198.51.100.2
ktap_test_result "we do not" none "$KEEPALIVE" and src 192.0.2.1
behind theirs 44501
ktap_test_result "their NAT changes the port: B still reaches A" noticed b 10.1.0.2
ktap_test_result "A reaches B" reaches a 10.2.0.2
ktap_test_result "IKE follows" poll 10 told 'UDP 4500 to 44501, '

# forge: IKE and ESP from another port of the NAT, with the right cookies and SPI
forge() {
	_cookies=$(sed -n 's/.*cookies \([0-9a-f]*\):\([0-9a-f]*\).*/\1\2/p' "$WORK/told" | head -n 1)
	_spi=$(router r1 show crypto ipsec sa | sed -n '/inbound esp/,/outbound/s/.*spi: 0x\([0-9A-Fa-f]*\).*/\1/p' | head -n 1)
	in_ns net python3 - "$_cookies" "$_spi" <<-'END'
	import os, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(('192.0.2.254', 50000))
	head = bytes.fromhex(sys.argv[1]) + bytes.fromhex('0810050112345678')
	for body in os.urandom(64), os.urandom(128):
	    ike = head + (len(head) + 4 + len(body)).to_bytes(4, 'big') + body
	    esp = bytes.fromhex(sys.argv[2].zfill(8)) + (9999).to_bytes(4, 'big') + body
	    for packet in b'\0\0\0\0' + ike, esp:
	        s.sendto(packet, ('192.0.2.1', 4500))
	END
}
forge
ktap_test_result "forged messages from elsewhere are on the wire" poll 10 wire_has udp src port 50000
ktap_test_result "and are not followed" eval \
	'reaches a 10.2.0.2 && told "UDP 4500 to 44501, " && none dst 192.0.2.254 and udp dst port 50000'

# A daemon that is killed leaves the socket in the kernel, and the mapping with it.
watch_wire
ping_through 100
old=$daemon_r1
daemon_kill r1
daemon_start r1 "$WORK/r1.conf"
ktap_test_result "another daemon takes the port over" log_has 'UDP port 4500 taken over'
ktap_test_result "and begins anew through the NAT" poll 30 told 'UDP 4500 to 44501, '
ktap_test_result "no packet is lost by that" lost_none
ktap_test_result "nor goes another way" eval 'none udp port 500 && only_udp'
next_scene

# --- both ----------------------------------------------------------------------------------

behind ours theirs forwarded
theirs 198.51.100.254
ours 192.0.2.254
watch_wire
ktap_test_result "both behind NATs, we begin: A reaches B" reaches a 10.2.0.2
ktap_test_result "B reaches A" reaches b 10.1.0.2
ktap_test_result "show crypto isakmp sa detail" told 'both ends are behind a NAT'
ktap_test_result "ESP in UDP, no plain ESP, nothing in clear" only_udp
next_scene

# --- no NAT ------------------------------------------------------------------------------------

behind
theirs 192.0.2.1
ours 198.51.100.2
watch_wire
ktap_test_result "no NAT: A reaches B" reaches a 10.2.0.2
ktap_test_result "by plain ESP, and IKE stays at port 500" \
	eval 'poll 10 wire_has esp && none udp port 4500 && none net 10.0.0.0/8'
ktap_test_result "nothing is said of a NAT" eval 'not_told NAT-T && ! encapsulated'
next_scene

# --- a peer that does not know NAT-T, and being one ------------------------------------------------

behind ours
theirs 198.51.100.254
ours 198.51.100.2 'no crypto ipsec nat-transparency udp-encapsulation'
watch_wire
up() { router r1 show crypto isakmp sa | grep -q QM_IDLE; }
in_ns a ping -c 1 -W 20 10.2.0.2 >/dev/null 2>&1
ktap_test_result "switched off: phase 1 stands, through the NAT" poll 20 up
ktap_test_result "at port 500, and ESP is plain" \
	eval 'none udp port 4500 && poll 10 wire_has esp && ! encapsulated && not_told NAT-T'

ktap_finished

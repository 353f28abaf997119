#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The router's address outside changes, as that of a DHCP or PPP line does, while a tunnel
# to strongSwan is up, which takes anybody: the tunnel comes again from the new address at
# once, nothing of the old one is left, nothing leaves in clear meanwhile. Addresses that
# no SA has come and go unnoticed. Then no address for a while, a change while there is no
# daemon, and an address of another interface (local-address).
# E-018 R-50 F-113
#
#  a --- r1 wan0 192.0.2.1, .65, .66, .67 ---[ net ]--- 198.51.100.2 r2 --- b
#        own0 192.0.2.9, .10                            strongSwan, for %any
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 29

# ours [LINE]: r1's configuration, with a line more
ours() {
	cm_phase1 198.51.100.2
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	[ -z "$1" ] || echo "$1"
	printf 'interface wan0\n crypto map SITE\n'
}

# wan ADDRESS: in place of what wan0 has; none: it has none, and yet a route by it
wan() {
	in_ns r1 ip addr flush dev wan0 scope global
	case $1 in
	none) in_ns r1 ip route replace default dev wan0 ;;
	*)
		in_ns r1 ip addr add "$1/24" dev wan0
		in_ns r1 ip route replace default via 192.0.2.254
		in_ns net ip route replace 10.1.0.0/24 via "$1"
		;;
	esac
}

fresh() {
	[ -z "$wire" ] || { kill "$wire"; poll 10 pid_gone "$wire"; }
	wire_start || abort tcpdump
	wire=$bg_pid
}
none() { [ "$(wire_count "$@")" = 0 ]; }
no_clear() { none net 10.0.0.0/8; }
reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
gets_through() { in_ns "$1" ping -c 1 -W 1 "$2" >/dev/null 2>&1; }
# All SAs of the kernel are listed, down to the last.
sas() { router r1 show crypto ipsec sa; }
spis() { sas | grep -oE '^ *spi: 0x[0-9A-F]+' | sort; }
up_from() { sas | grep -qE "local crypto endpt.: $1(,|:|$)" && [ "$(spis | wc -l)" -gt 1 ]; }
nothing_of() { ! sas | grep -qE "local crypto endpt.: $1(,|:|$)" && ! router r1 show crypto isakmp sa | grep -qE "(^| )$1( |$)"; }
no_sas() { [ -z "$(spis)" ]; }
isakmp_sas() { router r1 show crypto isakmp sa | grep -c QM_IDLE; }
# How often the daemon has judged its SAs by the addresses that there are.
looks() { router r1 show crypto counters | awk '$2 == "address_changes" { print $1 }'; }
# has_looked COUNT: since it was so many
has_looked() { [ "$(looks)" -gt "$1" ]; }
log_has() { grep -qF -e "$1" "$WORK/r1/log"; }
esp_from() { wire_has esp and src "$1" and dst 198.51.100.2 && wire_has esp and src 198.51.100.2 and dst "$1"; }
down_because() {
	poll "$1" told "$2" && return
	sas | sed 's/^/# /'
	false
}
told() { sas | grep -qF -e "down: $1"; }

interop_build
in_ns r1 ip link add own0 up type dummy
in_ns r1 ip link add other0 up type dummy
ours >"$WORK/r1.conf"
mkdir -p "$WORK/conf-r2"
REMOTE_ID=%any swan_conf site 198.51.100.2 %any 10.2.0.0/24 10.1.0.0/24 |
	sed '/id-[12] = /d' >"$WORK/conf-r2/swanctl.conf"
charon_start r2 "$WORK/conf-r2" || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon

fresh
ktap_test_result "the tunnel comes up" reaches a 10.2.0.2
ktap_test_result "from the address that wan0 has" eval 'up_from 192.0.2.1 && poll 5 esp_from 192.0.2.1'

# --- addresses of nobody ---------------------------------------------------------------

before=$(spis)
bg "$WORK/through" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 60 -W 10 10.2.0.2
through=$bg_pid
for dev in wan0 lan0 other0; do
	seen=$(looks)
	in_ns r1 ip addr add 203.0.113.99/32 dev $dev
	poll 10 has_looked "$seen" || abort "$dev: its address is not looked at"
	in_ns r1 ip addr del 203.0.113.99/32 dev $dev
done
in_ns r2 ip addr add 192.0.2.99/32 dev lo
in_ns r2 ip addr del 192.0.2.99/32 dev lo
poll 60 pid_gone "$through"
ktap_test_result "an address that no SA has comes and goes: no packet is lost" no_loss "$WORK/through"
ktap_test_result "the SAs are the same" [ "$(spis)" = "$before" ]
ktap_test_result "so is that of phase 1" [ "$(isakmp_sas)" = 1 ]
# Both are there: what is up stays.
seen=$(looks)
in_ns r1 ip addr add 192.0.2.65/24 dev wan0
poll 10 has_looked "$seen" || abort "wan0: its second address is not looked at"
ktap_test_result "nor does a second address of wan0 change anything" eval '[ "$(spis)" = "$before" ] && reaches a 10.2.0.2'

# --- another address ---------------------------------------------------------------------

fresh
bg "$WORK/through" ip netns exec "$NET_TAG-a" ping -i 0.2 -c 1000 -W 10 10.2.0.2
through=$bg_pid
wan 192.0.2.66
ktap_test_result "another address: the tunnel is up from it, within seconds" poll 15 up_from 192.0.2.66
ktap_test_result "packets pass" poll 10 gets_through a 10.2.0.2
ktap_test_result "from and to it" poll 5 esp_from 192.0.2.66
ktap_test_result "all of them, and the other way" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2'
kill "$through"
ktap_test_result "the SAs of the old address are gone, of both phases" nothing_of 192.0.2.1
ktap_test_result "there is one pair" [ "$(spis | wc -l)" = 2 ]
ktap_test_result "the log says why" log_has \
	'198.51.100.2: 1 ISAKMP SAs and 1 pairs of SAs end: their address 192.0.2.1 is none of this router any more'
ktap_test_result "nothing left in clear" no_clear
fresh
reaches a 10.2.0.2
ktap_test_result "nothing is sent from the old address" eval 'poll 5 esp_from 192.0.2.66 && none src 192.0.2.1'

# --- none for a while ----------------------------------------------------------------------

fresh
wan none
ktap_test_result "without any address nothing is left" poll 10 no_sas
ktap_test_result "show says what has happened" down_because 5 \
	'its address 192.0.2.66 is none of this router any more'
ktap_test_result "nothing gets through" eval '! gets_through a 10.2.0.2'
ktap_test_result "show says what is missing" down_because 10 \
	'the outside interface wan0 has no IP address'
ktap_test_result "nor does anything leave, IKE or in clear" eval 'no_clear && none udp and host 198.51.100.2'
wan 192.0.2.65
ktap_test_result "with the next address it is up, before a packet asks" poll 15 up_from 192.0.2.65
ktap_test_result "and carries them" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2 && no_clear'

# --- no daemon --------------------------------------------------------------------------------

daemon_kill r1
wan 192.0.2.67
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
ktap_test_result "it changes while there is no daemon: the next one follows" poll 30 up_from 192.0.2.67
ktap_test_result "and leaves nothing of what it found" eval 'poll 10 nothing_of 192.0.2.65 && reaches a 10.2.0.2'

# --- local-address --------------------------------------------------------------------------------

router r1 shutdown >/dev/null 2>&1
poll 10 pid_gone "$daemon_r1"
charon_ctl r2 --terminate --ike site --force >/dev/null 2>&1
in_ns r1 ip addr add 192.0.2.9/32 dev own0
ours 'crypto map SITE local-address own0' >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
fresh
ktap_test_result "local-address: the tunnel is up from the other interface" \
	eval 'poll 20 gets_through a 10.2.0.2 && up_from 192.0.2.9'
before=$(spis)
seen=$(looks)
wan 192.0.2.1
poll 10 has_looked "$seen" || abort "wan0: its address is not looked at"
ktap_test_result "what wan0 has does not matter" eval '[ "$(spis)" = "$before" ] && reaches a 10.2.0.2'
in_ns r1 ip addr del 192.0.2.9/32 dev own0
in_ns r1 ip addr add 192.0.2.10/32 dev own0
ktap_test_result "what that one has does" poll 15 up_from 192.0.2.10
ktap_test_result "packets pass from it, and from no other" eval \
	'poll 10 gets_through a 10.2.0.2 && reaches b 10.1.0.2 && poll 5 esp_from 192.0.2.10 && nothing_of 192.0.2.9 && none esp and src 192.0.2.1'
ktap_test_result "nothing left in clear" no_clear

ktap_finished

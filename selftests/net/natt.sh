#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ESP in UDP (RFC 3948) through a real NAT: r2, which is the kernel's XFRM, is
# behind "net", which translates R2:4500 into $nat:$port. r1 knows its peer by
# that only. The daemon of r1 is "cmctl hold natt".
#
#  a --- r1 192.0.2.1 --- 192.0.2.254 net --- 198.51.100.2 r2 --- b
#           :4500          :$port (NAT)           :4500
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

KEY=$(python3 -c "print(bytes(range(32)).hex())")
nat=192.0.2.254 port=40001
ike=00000000aabbccdd

ktap_print_header
ktap_set_plan 44

net_build
in_ns net ip addr add 192.0.2.253/24 dev east
is() { [ "$($1)" = "$2" ]; }
lost_is() { [ "$(lost "$1")" = "$2" ]; }
logged() { grep -qi "$2" "$WORK/$1"; }

# translate ADDRESS PORT: the NAT forgets all it knew, and gives r2 that
translate() {
	nat=$1 port=$2
	in_ns net nft -f - <<-END
	table ip nat
	delete table ip nat
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat;
			oifname east ip saddr $R2 udp sport 4500 snat to $nat:$port
		}
	}
	END
	in_ns net conntrack -F 2>/dev/null
}

# hold NAME COMMAND...: a daemon; its pid in $bg_pid, what it receives in $WORK/NAME
hold() {
	_name=$1
	shift
	bg "$WORK/$_name" ip netns exec "$r1" "$CMCTL" "$@"
	poll 10 logged "$_name" ready
}

# xfrm_natt: both states of r2, and the socket that XFRM takes ESP out of
xfrm_natt() {
	for _way in "$R2 dst $R1 spi 0x1001" "$R1 dst $R2 spi 0x2001"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto esp mode tunnel replay-window 64 \
			encap espinudp 4500 4500 0.0.0.0 aead 'rfc4106(gcm(aes))' $GCM_KEY 128 ||
			return
	done
}
xfrm_socket() {
	bg "$WORK/socket" ip netns exec "$r2" python3 -u -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 4500))
s.setsockopt(17, 100, 2)	# UDP_ENCAP, UDP_ENCAP_ESPINUDP
print('ready')
time.sleep(1000)"
	poll 10 logged socket ready
}

# sas: both SAs of r1
sas() {
	cm sa in 0x1001 $nat $R1 wan0,10,10 sport $port dport 4500 encr 20 key $GCM_KEY &&
		cm sa out 0x2001 $R1 $nat wan0,10,10 flags 4 sport 4500 dport $port \
			encr 20 key $GCM_KEY
}
sa_id() { cm_value sas "dir=$1 spi=$2" id; }

# inject SPI SEQ OPTION...: from r2
inject() {
	_spi=$1 _seq=$2
	shift 2
	in_ns r2 "$NET_DIR/esp_inject.py" $R2 $R1 "$_spi" "$_seq" "$KEY" "$@"
}

# dropped TEXT REASON SPI SEQ OPTION...: one packet, lost for REASON
dropped() {
	_text=$1 _reason=$2 _lost=$(lost "$2")
	shift 2
	inject "$@"
	ktap_test_result "$_text: $_reason" poll 5 lost_is "$_reason" $((_lost + 1))
}

translate $nat $port
cm_map || abort "map"
xfrm_policies
xfrm_socket || abort "no socket in r2"
xfrm_natt || abort "XFRM"

# --- without a socket, and with one ---------------------------------------------------

sas || abort "SAs"
before=$(lost nat_t_socket)
silent a 10.2.0.2
ktap_test_result "without a socket nothing is sent" [ "$(lost nat_t_socket)" -gt "$before" ]
hold first hold natt 4500
first=$bg_pid
ktap_test_result "the daemon hands its socket over" logged first ready
wire_start
ktap_test_result "B reaches A through the NAT" reaches b 10.1.0.2
ktap_test_result "A reaches B" reaches a 10.2.0.2
wire_stop
ktap_test_result "ESP in UDP there" \
	[ "$(wire_count src $R1 and udp src port 4500 and dst $nat and dst port $port)" -ge 6 ]
ktap_test_result "and back" [ "$(wire_count src $nat and udp dst port 4500)" -ge 6 ]
ktap_test_result "its checksum is 0" \
	[ "$(wire_count src $R1 and udp and 'udp[6:2] != 0')" = 0 ]
ktap_test_result "no plain ESP, nothing to read" \
	eval '[ "$(wire_count esp or net 10.0.0.0/8)" = 0 ] && wire_is_dark'
ktap_test_result "none of it reached the daemon" eval '[ "$(wc -l <"$WORK/first")" = 1 ]'
ktap_test_result "ipsecctl shows it" told 'in use settings = {Tunnel UDP-Encaps, }' \
	"UDP ports: from $port to 4500" "UDP ports: from 4500 to $port"

# 1500 - IP 20 - UDP 8 - ESP 8 - IV 8 - ICV 16 = 1440, of which the trailer is 2
ktap_test_result "the tunnel's MTU has room for the UDP header" [ "$(flow mtu)" = 1438 ]
ktap_test_result "so long a packet passes" reaches a 10.2.0.2 -M 'do' -s 1410
ktap_test_result "one more byte does not" silent a 10.2.0.2 -M 'do' -s 1411

head -c 300000 /dev/urandom >"$WORK/noise"
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/got &"
poll 10 listens b -t 7000
in_ns a socat -t 20 -u "FILE:$WORK/noise" "TCP:10.2.0.2:7000"
ktap_test_result "a TCP stream arrives whole" poll 20 cmp -s "$WORK/noise" "$WORK/got"

# --- what else comes to the port --------------------------------------------------------

decaps=$(flow decaps)
dropped "a NAT keepalive" nat_keepalive 0 0 udp=4500,4500 raw=ff
inject 0 0 udp=4500,4500 raw=$ike
ktap_test_result "IKE reaches the daemon, marker and all" poll 5 logged first "^$ike\$"
dropped "too short for ESP" truncated 0 0 udp=4500,4500 raw=01020304050607
dropped "no byte at all" truncated 0 0 udp=4500,4500 raw=
dropped "an SPI that never was" unknown_spi 0x1009 1 udp=4500,4500
dropped "a wrong key" bad_icv 0x1001 1000 udp=4500,4500
dropped "plain ESP where UDP was agreed" encap_mismatch 0x1001 1000
cm sa in 0x1002 $nat $R1 wan0,10,10 encr 11 auth 12 akey "$KEY"
dropped "UDP where plain ESP was agreed" encap_mismatch 0x1002 1 udp=4500,4500
ktap_test_result "none of these was taken, or told the daemon" \
	eval '[ "$(flow decaps)" = "$decaps" ] && [ "$(wc -l <"$WORK/first")" = 2 ]'
ktap_test_result "afterwards the tunnel works" reaches a 10.2.0.2

# A narrower link behind the NAT: its ICMP error is about UDP.
in_ns net ip link set west mtu 1300
in_ns a ping -q -c 1 -W 1 -M 'do' -s 1400 10.2.0.2 >/dev/null
learned() {
	in_ns a ping -q -c 1 -W 1 -M 'do' -s 100 10.2.0.2 && [ "$(flow pmtu)" = 1300 ]
}
ktap_test_result "the path MTU is learned from ICMP" poll 10 learned
ktap_test_result "and what does not fit is turned back" silent a 10.2.0.2 -M 'do' -s 1300
in_ns net ip link set west mtu 1500

# --- the daemon dies ----------------------------------------------------------------------

kill -9 "$first"
poll 10 pid_gone "$first"
ktap_test_result "the daemon dies, the tunnel lives" reaches a 10.2.0.2
ktap_test_result "its port stays taken" \
	eval '! in_ns r1 timeout 5 "$CMCTL" hold natt 4500 2>/dev/null'
hold second take natt
second=$bg_pid
ktap_test_result "the next daemon gets the socket" logged second ready
inject 0 0 udp=4500,4500 raw=${ike}02
ktap_test_result "and IKE with it" poll 5 logged second "^${ike}02\$"
ktap_test_result "ESP still goes where it should" reaches b 10.1.0.2

# --- the NAT changes its mind -----------------------------------------------------------------

bg "$WORK/events" ip netns exec "$r1" "$CMCTL" events
poll 10 logged events ready
mappings() { grep -c 'event=9 ' "$WORK/events"; }
translate $nat 40002
inject 0x1001 2000 udp=4500,4500
poll 5 lost_is bad_icv 2
ktap_test_result "a forged packet from another port: no event" is mappings 0
ktap_test_result "an answer goes to the old port and is lost" silent b 10.1.0.2
ktap_test_result "one event tells the new port" \
	eval '[ "$(mappings)" = 1 ] && grep "event=9 " "$WORK/events" | grep -q "spi=0x00001001 .*src=192.0.2.254 .*sport=40002 "'
cm update "$(sa_id 0 0x00001001)" sport 40002
cm update "$(sa_id 1 0x00002001)" dport 40002
ktap_test_result "the SAs follow, the tunnel works" reaches a 10.2.0.2
translate 192.0.2.253 40003
silent b 10.1.0.2
cm update "$(sa_id 0 0x00001001)" src $nat sport $port
cm update "$(sa_id 1 0x00002001)" dst $nat dport $port
ktap_test_result "another address, too" reaches a 10.2.0.2
ktap_test_result "with one event more" \
	eval '[ "$(mappings)" = 2 ] && grep "event=9 " "$WORK/events" | grep -q "src=192.0.2.253 .*sport=40003 "'
refused() {
	_text=$1
	shift
	! cm update "$@" 2>"$WORK/refused" && logged refused "$_text"
}
ktap_test_result "a plain SA gets no ports by that" \
	refused "no UDP encapsulation" "$(sa_id 0 0x00001002)" sport 40003
ktap_test_result "the outbound SA has a new name" \
	eval 'cm del out 0x2001 $nat && ! cm del out 0x2001 192.0.2.254 2>/dev/null'

# --- a list that protects all, so also what the tunnel itself sends -----------------------

cm flush
in_ns r2 ip xfrm state flush
cm unbind wan0 && cm_map isakmp "10 permit any any" || abort "map"
xfrm_natt && sas || abort "SAs"
ktap_test_result "not even \"permit any any\" takes the tunnel's own packets" \
	eval 'reaches b 10.1.0.2 && reaches a 10.2.0.2'

# --- the end, under traffic -------------------------------------------------------------------

for ns in a:10.2.0.2 b:10.1.0.2; do
	bg /dev/null ip netns exec "$NET_TAG-${ns%%:*}" sh -c \
		"while :; do ping -U -q -f -s 500 -w 2 ${ns##*:}; done"
done
before=$(flow decaps)
busy() { [ "$(flow decaps)" -gt $((before + 50)) ]; }
poll 20 busy
before=$(lost nat_t_socket)
cm sock-del natt
unsent() { [ "$(lost nat_t_socket)" -gt "$before" ]; }
ktap_test_result "the socket is taken back: nat_t_socket" poll 10 unsent
ktap_test_result "and is kept no more" eval '! in_ns r1 timeout 5 "$CMCTL" take natt 2>/dev/null'
kill "$second"
poll 10 pid_gone "$second"
hold third hold natt 4500
before=$(flow decaps)
ktap_test_result "with another one it goes on" poll 20 busy
ktap_test_result "the module goes under traffic" rmmod cryptomap
module_load "$TOP"

ktap_finished

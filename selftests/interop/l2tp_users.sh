#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Users of L2TP over IPsec: ike-daemon with tunnel-group DefaultRAGroup on r1 has xl2tpd and
# pppd run; strongSwan, xl2tpd and pppd are clients on r2, r3 and c, in the end behind one
# NAT. Users are of r1, or of FreeRADIUS on a. L2TP in clear is not served.
# F-011 F-040 F-042 F-043 F-104 F-112 C-062 C-066 C-073 C-078 C-079 C-082 E-067
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2
#    FreeRADIUS     ours             +------ 203.0.113.3  r3 --- c 10.3.0.2
#
# The rest of the topology is in lib.sh; b takes no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_radius.sh"

R1=192.0.2.1
NAT=192.0.2.200
IKE_PROPOSAL=aes256-sha1-modp2048
ESP_PROPOSAL=aes256-sha1

ktap_print_header
modprobe -q l2tp_ppp
if ! command -v xl2tpd >/dev/null || [ ! -e /proc/net/pppol2tp ]; then
	ktap_skip_all "no xl2tpd, or no L2TP in this kernel"
	exit 4
fi
if ! command -v freeradius >/dev/null; then
	ktap_skip_all "no freeradius"
	exit 4
fi
ktap_set_plan 59

interop_build

# conf [GENERAL LINE...]: ours
conf() {
	cat <<-END
	username alice password alicepw mschap
	username carol password carolpw mschap
	username carol attributes
	 vpn-framed-ip-address 10.9.1.77
	 intercept-dhcp disable
	username sally password sallypw
	username dave password davepw mschap
	username dave attributes
	 vpn-tunnel-protocol ikev1
	aaa new-model
	aaa authentication login RAD group radius
	radius-server host 10.1.0.2 auth-port 1812 timeout 3 retransmit 1 key Sh4red
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha
	 group 14
	ip local pool L2TP 10.9.0.10 10.9.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	access-list 150 permit ip 172.16.128.0 0.0.127.255 any
	group-policy DfltGrpPolicy attributes
	 dns-server value 10.1.0.53
	 default-domain value inside.example
	 split-tunnel-policy tunnelspecified
	 split-tunnel-network-list value 150
	 intercept-dhcp 255.255.255.240 enable
	tunnel-group DefaultRAGroup type remote-access
	tunnel-group DefaultRAGroup general-attributes
	 address-pool L2TP
	END
	[ $# = 0 ] || printf ' %s\n' "$@"
	cat <<-END
	tunnel-group DefaultRAGroup ipsec-attributes
	 ikev1 pre-shared-key $PSK
	tunnel-group DefaultRAGroup ppp-attributes
	 ${CHAP:-no authentication chap}
	 ${PAP:-authentication pap}
	 authentication ms-chap-v2
	crypto ipsec transform-set PHONE esp-aes 256 esp-sha-hmac
	 mode transport
	crypto dynamic-map CLIENTS 10
	 set transform-set PHONE
	 set nat demux
	crypto map VPN 60000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}

# --- clients ---------------------------------------------------------------------------------

# dial NS USER PASSWORD [PPP LINE...]
dial() {
	_dn=$1
	hangup "$_dn"
	cat >"$WORK/ppp-$_dn" <<-END
	noauth
	noccp
	novj
	nodefaultroute
	noipdefault
	ipcp-accept-local
	ipcp-accept-remote
	usepeerdns
	refuse-eap
	mtu 1300
	mru 1300
	lcp-echo-interval 0
	logfile $WORK/pppd-$_dn
	name $2
	password $3
	END
	shift 3
	[ $# = 0 ] || printf '%s\n' "$@" >>"$WORK/ppp-$_dn"
	cat >"$WORK/l2tp-$_dn" <<-END
	[global]
	port = 1701
	[lac gw]
	lns = $R1
	autodial = yes
	require authentication = no
	pppoptfile = $WORK/ppp-$_dn
	END
	: >"$WORK/pppd-$_dn"
	bg "$WORK/xl2tpd-$_dn" ip netns exec "$NET_TAG-$_dn" xl2tpd -D -c "$WORK/l2tp-$_dn" \
		-C "$WORK/control-$_dn" -p "$WORK/pid-$_dn" -s /dev/null
	eval "xl2tpd_$_dn=$bg_pid"
}
hangup() {
	eval "_hp=\$xl2tpd_$1 xl2tpd_$1="
	[ -n "$_hp" ] || return 0
	kill "$_hp" 2>/dev/null
	poll 20 pid_gone "$_hp"
	poll 20 no_ppp "$1"
}
ppp() { in_ns "$1" ip -4 -o addr show | sed -n 's/.*: ppp[0-9]* .*inet \([0-9.]*\) peer.*/\1/p'; }
has_ppp() { ppp "$1" | grep -q 10.9; }
no_ppp() { ! in_ns "$1" ip -o link show | grep -q ': ppp'; }
why() { tail -n 20 "$WORK"/xl2tpd-* "$WORK"/pppd-* "$WORK/r1/log" | sed 's/^/# /'; false; }
# comes_in NS USER PASSWORD [PPP LINE...]
comes_in() {
	_cn=$1
	dial "$@"
	poll 60 has_ppp "$_cn" || why
}
log_has() { poll "${LOG_SECS:-30}" grep -q "$1" "$WORK/r1/log" || why; }
# is_refused NS WHY USER PASSWORD [PPP LINE...]: with that in our log, which was not there
is_refused() {
	_rn=$1 _rw=$2
	shift 2
	! grep -q "$_rw" "$WORK/r1/log" || { echo "# said before: $_rw"; return 1; }
	dial "$_rn" "$@"
	log_has "$_rw" && ! has_ppp "$_rn"
}
# What the client is told.
told() { grep -h 'authentication failed:\|Remote message:' "$WORK/pppd-$1" | head -n 1; }
swan() { swan_start "$1" "$2" $R1 "$2/32[17/1701]" "$R1/32[17/1701]" '' 'mode = transport'; }
initiate() {
	charon_ctl "$1" --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1 && return
	sed 's/^/# /' "$WORK/initiate"
	why
}
reached() { in_ns "$1" ping -c 3 -i 0.2 -W 5 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
own() { in_ns r1 ip -4 -o addr show | sed -n 's/.*: ppp[0-9]* .*inet \([0-9.]*\) peer.*/\1/p' | head -n 1; }
in_clear() { wire_count "udp port 1701 or net 10.9.0.0/16"; }
processes() { for _p in $(ip netns pids "$NET_TAG-r1"); do cat "/proc/$_p/comm" 2>/dev/null; done; }
has_process() { processes | grep -qx "$1"; }
lacks_process() { ! has_process "$1"; }

# As systemd starts it: nothing can be written but in its own directory. "ip netns" gives it
# mounts of its own.
cat >"$WORK/strict" <<'END'
#!/bin/sh
for dir in /run /etc /var; do
	mount --bind $dir $dir && mount -o remount,bind,ro $dir || exit
done
! touch /run/cryptomap-test 2>/dev/null || exit
exec "$@"
END
chmod +x "$WORK/strict"

# --- alice -----------------------------------------------------------------------------------

conf >"$WORK/r1.conf"
chmod 600 "$WORK/r1.conf"
router r1 check "$WORK/r1.conf" >"$WORK/check" 2>&1
# Secrets of the system: of no use to anybody who calls.
mkdir -p /etc/ppp
for _f in chap-secrets pap-secrets; do
	echo '* * hunter2 *' >>/etc/ppp/$_f
done
daemon_in=$WORK/strict
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
daemon_in=
swan r2 198.51.100.2 || abort strongSwan
wire_start || abort tcpdump

ktap_test_result "the configuration is complained about nowhere but for dave" \
	eval '! grep -v dave "$WORK/check" | sed "s/^/# /" | grep .'
ktap_test_result "the server runs" log_has "L2TP is served at $R1"
ktap_test_result "and is shown" eval 'router r1 show l2tp | grep -q "$R1.*: running"'
ktap_test_result "its directory is for root alone, without secrets" \
	eval '[ "$(stat -c %a "$WORK/r1/l2tp")" = 700 ] && ! grep -r -e alicepw -e sallypw -e Sh4red "$WORK/r1/l2tp" >/dev/null'
# Whoever has the key of the group may not have more than that: nor for others.
# asks NUMBER LOCAL-TS REMOTE-TS [LINE]: that is refused, the NUMBERth time
asks() {
	swan_conf site 198.51.100.2 $R1 "$2" "$3" '' "$4" >"$CHARON_DIR_BASE-r2/swanctl.conf"
	charon_reload r2 >/dev/null 2>&1
	! charon_ctl r2 --initiate --child lan --timeout 10 >/dev/null 2>&1 &&
		[ "$(grep -c 'quick mode failed: who was not asked for a user (XAUTH) may use nothing but L2TP' "$WORK/r1/log")" -ge "$1" ] &&
		! router r1 show crypto ipsec sa | grep -q 'in use settings' && return
	why
}
ktap_test_result "a client without XAUTH gets no network" asks 1 198.51.100.2/32 10.1.0.0/24
ktap_test_result "nor other ports" asks 2 '198.51.100.2/32[17/53]' "$R1/32[17/53]" 'mode = transport'
ktap_test_result "nor L2TP for somebody else" asks 3 '203.0.113.0/24[17/1701]' "$R1/32[17/1701]"
ktap_test_result "nor for everybody" asks 4 '0.0.0.0/0[17/1701]' "$R1/32[17/1701]"
charon_stop r2
swan r2 198.51.100.2 || abort strongSwan
ktap_test_result "it has IPsec for its L2TP" initiate r2
ktap_test_result "alice comes in by MS-CHAPv2" comes_in r2 alice alicepw
ktap_test_result "she believes us" grep -q 'CHAP authentication succeeded' "$WORK/pppd-r2"
ktap_test_result "with an address of the pool, the name server, and a route to her" \
	eval 'expr "$(ppp r2)" : "10\.9\.0\.1[0-9]$" >/dev/null && grep -q "primary.*DNS address 10.1.0.53" "$WORK/pppd-r2" && in_ns r1 ip route show "$(ppp r2)" | grep -q ppp'
ktap_test_result "she reaches us, and we her" eval 'reached r2 "$(own)" && reached r1 "$(ppp r2)"'
ktap_test_result "by ESP, and nothing in clear" \
	eval 'wire_has esp && [ "$(in_clear)" = 0 ] && [ "$(sa_field r1 encaps)" -gt 5 ]'

# inform SECONDS ADDRESS: r2's client asks what PPP does not tell, as this address
inform() { in_ns r2 "$INTEROP/dhcp_inform.py" ppp0 "$2" "$1"; }
bg "$WORK/dhcp" ip netns exec "$NET_TAG-r2" tcpdump -l -n -vvv -i ppp0 udp port 67
poll 20 grep -q 'listening on ppp0' "$WORK/dhcp"
ktap_test_result "by DHCPINFORM she hears more" inform 20 "$(ppp r2)"
heard() { poll 10 grep -q "$1" "$WORK/dhcp" || { sed 's/^/# /' "$WORK/dhcp"; false; }; }
ktap_test_result "her mask, the domain, and what goes through the tunnel" \
	eval 'heard "DHCP-Message.*: ACK" && heard "Subnet-Mask.*: 255.255.255.240" && heard "Domain-Name (15).*: \"inside.example\"" && heard "Classless-Static-Route (121).*: (10.1.0.0/24:$(own)),(172.16.128.0/17:$(own))" && heard "Microsoft.*(249).*: (10.1.0.0/24:$(own)),(172.16.128.0/17:$(own))"'
ktap_test_result "but not for another's address" eval '! inform 3 10.9.0.99'
# The helper, xl2tpd and pppd: says NAME
confined() {
	_n=0
	for _p in /proc/[0-9]*; do
		[ "$(cat "$_p/comm" 2>/dev/null)" = "$1" ] && [ "$(in_ns_of "$_p")" = "$(in_ns r1 readlink /proc/self/ns/net)" ] || continue
		_n=$((_n + 1))
		for _line in 'CapEff:.0000000000001000' 'CapPrm:.0000000000001000' 'CapBnd:.0000000000001000' 'NoNewPrivs:.1' 'Seccomp:.2'; do
			grep -q "^$_line\$" "$_p/status" || { grep "^Cap\|^NoNew\|^Secc" "$_p/status" | sed "s/^/# $1 /"; return 1; }
		done
	done
	[ "$_n" -gt 0 ]
}
in_ns_of() { readlink "$1/ns/net" 2>/dev/null; }
ktap_test_result "the helper and what it starts have CAP_NET_ADMIN alone, and a filter for system calls" \
	eval 'confined ike-helper && confined xl2tpd && confined pppd'
router r1 show vpn-sessiondb detail l2tp filter name alice >"$WORK/session"
ktap_test_result "her session is shown, with that of L2TP" \
	eval 'grep -q "^Protocol     : L2TPOverIPsec" "$WORK/session" && grep -q "^Assigned IP  : $(ppp r2) *Public IP    : 198.51.100.2" "$WORK/session" && grep -q "  Interface    : ppp0 *Auth Mode    : ms-chap-v2" "$WORK/session" && [ "$(sed -n "s/^  Bytes Tx .*Bytes Rx *: //p" "$WORK/session" | tail -n 1)" -gt 0 ] || { sed "s/^/# /" "$WORK/session"; false; }'
ktap_test_result "the configuration shows no password" \
	eval 'router r1 show running-config masked >"$WORK/shown" && grep -q "^username alice password \*\*\*\*\* nt-encrypted" "$WORK/shown" && ! grep -q alicepw "$WORK/shown"'

router r1 vpn-sessiondb logoff name alice >/dev/null 2>&1
no_sa() { ! router r1 show crypto ipsec sa | grep -q "current_peer 198.51.100.2\|current_peer: 198.51.100.2"; }
no_session() { router r1 show vpn-sessiondb | grep -q 'no such sessions'; }
ktap_test_result "logged off: PPP goes, and says why to nobody else" eval 'poll 30 no_ppp r2 || why'
ktap_test_result "there is one session that is over, hers" \
	eval 'poll 20 no_session && [ "$(router r1 show vpn-sessiondb ended | grep -c ^Username)" = 1 ] && router r1 show vpn-sessiondb ended l2tp filter name alice | grep -q "^Reason       : logged off by the administrator$" || { router r1 show vpn-sessiondb ended | sed "s/^/# /"; false; }'
ktap_test_result "and IPsec with it" eval 'poll 20 no_sa && poll 20 no_session || { router r1 show crypto ipsec sa | sed "s/^/# /"; why; }'

# --- who is not let in -----------------------------------------------------------------------

hangup r2
initiate r2
ktap_test_result "a wrong password is refused" \
	is_refused r2 'user alice is refused: unknown user or wrong password' alice wrong
wrong=$(told r2)
ktap_test_result "so is who does not exist" \
	is_refused r2 'user nobody is refused: unknown user or wrong password' nobody alicepw
ktap_test_result "who hears the same" eval '[ -n "$wrong" ] && [ "$(told r2 | sed "s/C=[0-9A-F]*//")" = "$(echo "$wrong" | sed "s/C=[0-9A-F]*//")" ] || { echo "# $wrong / $(told r2)"; false; }'
ktap_test_result "whose password is kept with salt cannot use MS-CHAP" \
	is_refused r2 'user sally is refused: it has no password for MS-CHAP' sally sallypw
hangup r2
ktap_test_result "the third wrong one ends its IPsec" \
	eval 'log_has "too many wrong passwords: its SAs end" && poll 20 no_sa'
initiate r2
ktap_test_result "who may not use L2TP is refused" \
	is_refused r2 'user dave is refused: tunnel rejected, vpn-tunnel-protocol' dave davepw
# cannot_agree LCP PATTERN PPP LINE...: on how alice shows who she is, without a try; what
# the pattern says has been said
cannot_agree() {
	_cp=$1
	shift
	dial r2 alice alicepw debug "$@"
	poll 60 grep -q 'Connection terminated' "$WORK/pppd-r2" && grep -q "$_cp" "$WORK/pppd-r2" &&
		! grep -q 'CHAP Response\|PAP AuthReq' "$WORK/pppd-r2" && ! has_ppp r2 || why
}
not_asked() { cannot_agree "$@" && ! grep -q "rcvd .LCP ConfReq.*$_na" "$WORK/pppd-r2"; }
_na='<auth chap MD5>'
ktap_test_result "CHAP is not offered" \
	not_asked 'rcvd .LCP ConfReq.*<auth chap MS' refuse-pap refuse-mschap refuse-mschap-v2
ktap_test_result "and nobody hears from us who we are" \
	cannot_agree 'rcvd .LCP ConfRej .*<auth' auth require-chap require-mschap-v2 require-pap

# --- other methods ---------------------------------------------------------------------------

ktap_test_result "alice by MS-CHAPv1" \
	eval 'comes_in r2 alice alicepw refuse-pap refuse-chap refuse-mschap-v2 && log_has "alice .* by ms-chap-v1"'
ktap_test_result "sally by PAP" \
	eval 'comes_in r2 sally sallypw refuse-chap refuse-mschap refuse-mschap-v2 && log_has "sally .* by pap"'
ktap_test_result "alice by PAP" \
	eval 'comes_in r2 alice alicepw refuse-chap refuse-mschap refuse-mschap-v2 && log_has "alice .* by pap"'
ktap_test_result "carol has the address that is hers" \
	eval 'comes_in r2 carol carolpw && [ "$(ppp r2)" = 10.9.1.77 ]'
ktap_test_result "and DHCPINFORM of hers is not answered" eval '! inform 3 10.9.1.77'

# Who is in stays when others are asked in another way.
PAP='no authentication pap' conf >"$WORK/r1.conf"
router r1 --file "$WORK/r1.conf" >"$WORK/load" 2>&1 || sed 's/^/# /' "$WORK/load"
refilled() { ! grep -q require-pap "$WORK/r1/l2tp/0.ppp"; }
ktap_test_result "PAP is permitted no more: carol stays" \
	eval 'poll 20 refilled && reached r2 "$(own)" && [ "$(ppp r2)" = 10.9.1.77 ] || why'
_na='<auth pap>'
ktap_test_result "and the next one is not asked for it" \
	not_asked 'rcvd .LCP ConfReq.*<auth chap MS' refuse-chap refuse-mschap refuse-mschap-v2
hangup r2
initiate r2
comes_in r2 carol carolpw

# --- another's address -----------------------------------------------------------------------

echos() { in_ns r1 awk '/^Icmp:/ && n++ { print $10 }' /proc/net/snmp; }
in_ns r2 ip addr add 10.9.7.7/32 dev lo
before=$(echos)
! in_ns r2 ping -c 3 -i 0.2 -W 1 -I 10.9.7.7 "$(own)" >/dev/null 2>&1 || echo "# answered"
ktap_test_result "nothing comes in from an address that is not hers" [ "$(echos)" = "$before" ]
ktap_test_result "but from hers" eval 'reached r2 "$(own)" && [ "$(echos)" = $((before + 3)) ]'
in_ns r2 ip addr del 10.9.7.7/32 dev lo

# --- in clear --------------------------------------------------------------------------------

answers=$(wire_count src $R1 and udp port 1701)
lost_clear() { router r1 show crypto drops | awk '$2 == "clear_text" { n = $1 } END { print n + 0 }'; }
more_refused() { [ "$(lost_clear)" -gt "$1" ]; }
before=$(lost_clear)
dial r3 alice alicepw
asked() { [ "$(wire_count src 203.0.113.3 and udp dst port 1701)" -ge 2 ]; }
ktap_test_result "who comes in clear where the map is bound hears nothing" \
	eval 'poll 30 asked && ! has_ppp r3 && [ "$answers$(wire_count src $R1 and udp port 1701)" = 00 ]'
ktap_test_result "which is counted" more_refused "$before"
hangup r3
ktap_test_result "who comes in clear from elsewhere is not let in" \
	is_refused a 'user alice is refused: its L2TP does not come by an IPsec SA' alice alicepw
hangup a
ktap_test_result "carol does not notice" reached r2 "$(own)"

# --- what ends -------------------------------------------------------------------------------

charon_ctl r2 --terminate --ike site >/dev/null 2>&1
ktap_test_result "IPsec ends: so does the session" \
	eval 'log_has "user carol ends: its IPsec SAs are gone" && poll 30 no_session'
hangup r2
killed=$(cat "$WORK/r1/l2tp/0.pid")
kill -9 "$killed"
back() { _bp=$(cat "$WORK/r1/l2tp/0.pid" 2>/dev/null) && [ -n "$_bp" ] && [ "$_bp" != "$killed" ]; }
ktap_test_result "xl2tpd is killed, and comes back" poll 30 back
initiate r2
ktap_test_result "alice comes in again" comes_in r2 alice alicepw
daemon_kill r1
ktap_test_result "the daemon is killed: nothing of it is left" \
	eval 'poll 20 lacks_process xl2tpd && poll 20 lacks_process pppd && poll 20 lacks_process ike-helper || { processes | sed "s/^/# /"; false; }'

# --- RADIUS ----------------------------------------------------------------------------------

radius_start 1 1812 Sh4red "$SIGN" <<END || abort FreeRADIUS
rita Cleartext-Password := "ritapw"
 Framed-IP-Address = 10.9.2.9
END

hangup r2
CHAP='authentication chap' conf 'authentication-server-group RAD' >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
log_has "L2TP is served at $R1"
ktap_test_result "a new daemon has servers of its own" has_process xl2tpd
charon_ctl r2 --terminate --ike site >/dev/null 2>&1
initiate r2
ktap_test_result "rita of RADIUS comes in by MS-CHAPv2, and believes it" \
	eval 'comes_in r2 rita ritapw refuse-chap && grep -q "CHAP authentication succeeded" "$WORK/pppd-r2" && log_has "rita .* by ms-chap-v2 and RADIUS"'
ktap_test_result "with the address that RADIUS says" [ "$(ppp r2)" = 10.9.2.9 ]
ktap_test_result "and by CHAP" \
	eval 'comes_in r2 rita ritapw refuse-pap refuse-mschap refuse-mschap-v2 && log_has "rita .* by chap and RADIUS"'
ktap_test_result "and by MS-CHAPv1" \
	eval 'comes_in r2 rita ritapw refuse-pap refuse-chap refuse-mschap-v2 && log_has "rita .* by ms-chap-v1 and RADIUS"'
ktap_test_result "not with another password" \
	is_refused r2 'user rita is refused: unknown user or wrong password' rita wrong refuse-chap
hangup r2

# --- three behind one NAT --------------------------------------------------------------------

charon_stop r2
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
in_ns net ip addr add $NAT/24 dev east
in_ns net nft -f - <<END || abort NAT
table ip nat {
	chain post {
		type nat hook postrouting priority 100;
		oifname east ip saddr { 198.51.100.2, 203.0.113.3, 10.3.0.2 } snat to $NAT
	}
}
END
conf >"$WORK/r1.conf"
router r1 --file "$WORK/r1.conf" >"$WORK/load" 2>&1 || sed 's/^/# /' "$WORK/load"
swan r2 198.51.100.2 && swan r3 203.0.113.3 && swan c 10.3.0.2 || abort strongSwan
initiate r2 && initiate r3 && initiate c || abort "three clients"
dial r2 alice alicepw
dial r3 alice alicepw
dial c carol carolpw
all_up() { has_ppp r2 && has_ppp r3 && has_ppp c; }
ktap_test_result "three clients behind one NAT come in" eval 'poll 90 all_up || why'
all_reach() { reached r2 "$(own)" && reached r3 "$(own)" && reached c "$(own)"; }
ktap_test_result "with addresses of their own, and work" \
	eval '[ "$(for _n in r2 r3 c; do ppp $_n; done | sort -u | wc -l)" = 3 ] && all_reach'
# Refusals of the helper's filter are in the kernel's log; what xl2tpd and pppd call is all there.
ktap_test_result "no system call was refused that somebody wanted" \
	eval '! dmesg | grep "type=1326.*syscall="'
ktap_test_result "three sessions" \
	eval '[ "$(router r1 show vpn-sessiondb l2tp | grep -c "^Protocol     : L2TPOverIPsec")" = 3 ]'

# --- the end ---------------------------------------------------------------------------------

eval "kill \$daemon_r1"
ktap_test_result "stopped: no process, no file, no complaint" \
	eval 'poll 20 lacks_process ike-daemon && poll 20 lacks_process xl2tpd && poll 20 lacks_process pppd && poll 20 lacks_process ike-helper && [ ! -e "$WORK/r1/l2tp" ] && ! grep -q "ike-daemon: [a-z]* err" "$WORK/r1/log" || { processes; ls -la "$WORK/r1/l2tp"; why; }'
for _n in r2 r3 c; do
	hangup $_n
done

ktap_finished

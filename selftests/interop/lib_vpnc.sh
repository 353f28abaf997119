# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# vpnc as the client of r1, on r2 and r3. Source it after lib.sh.

vpnc_there() {
	modprobe -q tun
	if ! command -v vpnc >/dev/null || [ ! -e /dev/net/tun ]; then
		ktap_skip_all "no vpnc, or no tun device in this kernel"
		exit 4
	fi
}

cat >"$WORK/script" <<'END'
#!/bin/sh
# What vpnc runs: the tunnel has its address, and takes what the gateway says.
[ "$reason" = connect ] || exit 0
ip link set "$TUNDEV" up mtu 1400
ip addr add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV"
i=0
while [ $i -lt "${CISCO_SPLIT_INC:-0}" ]; do
	eval ip route add "\$CISCO_SPLIT_INC_${i}_ADDR/\$CISCO_SPLIT_INC_${i}_MASKLEN" dev "$TUNDEV"
	i=$((i + 1))
done
env >"$VPNC_WORK/told"
mv "$VPNC_WORK/told" "$VPNC_WORK/connect"
END
chmod +x "$WORK/script"

# vpnc_start NS USER PASSWORD [KEY]: in the background; its pid in vpnc_NS. $VPNC_GROUP,
# $VPNC_AUTH and $VPNC_CA in place of vpngroup, psk and no authority, $VPNC_DH, $VPNC_PFS
# and $VPNC_NATT in place of dh14, nopfs and none
vpnc_start() {
	mkdir -p "$WORK/vpnc-$1"
	rm -f "$WORK/vpnc-$1/connect"
	cat >"$WORK/vpnc-$1/conf" <<-END
	IPSec gateway 192.0.2.1
	IPSec ID ${VPNC_GROUP:-vpngroup}
	IPSec secret ${4:-GroupSecret}
	Xauth username $2
	Xauth password $3
	IKE Authmode ${VPNC_AUTH:-psk}
	${VPNC_CA:+CA-File $VPNC_CA}
	Vendor cisco
	IKE DH Group ${VPNC_DH:-dh14}
	Perfect Forward Secrecy ${VPNC_PFS:-nopfs}
	NAT Traversal Mode ${VPNC_NATT:-none}
	Local Port 0
	DPD idle timeout (our side) 10
	Pidfile $WORK/vpnc-$1/pid
	Script $WORK/script
	Noninteractive
	END
	bg "$WORK/vpnc-$1/log" ip netns exec "$NET_TAG-$1" env VPNC_WORK="$WORK/vpnc-$1" \
		vpnc --no-detach --debug 2 "$WORK/vpnc-$1/conf"
	eval "vpnc_$1=$bg_pid"
}
connected() { poll "${2:-40}" [ -e "$WORK/vpnc-$1/connect" ]; }
# told NS VARIABLE: what the script heard
told() { sed -n "s/^$2=//p" "$WORK/vpnc-$1/connect"; }
# vpnc_stop NS: it says goodbye, unless it is gone. A signal between its look at what it
# was told and its sleep is lost on it until it wakes: once more then.
vpnc_stop() {
	eval "_pid=\$vpnc_$1"
	for _try in 1 2 3; do
		kill "$_pid" 2>/dev/null || return 0
		! poll 7 pid_gone "$_pid" || return 0
	done
	return 1
}
# refused NS: vpnc has given up, or is at least not in after a while
refused() {
	eval "_pid=\$vpnc_$1"
	poll 15 pid_gone "$_pid" || :
	[ ! -e "$WORK/vpnc-$1/connect" ]
}

# --- what is asked of r1 and of clients

reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 15 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
log_has() { poll 20 grep -qF -e "$1" "$WORK/r1/log"; }
detail_has() { router r1 show crypto isakmp sa detail | grep -qF -e "$1"; }
established() { router r1 show crypto isakmp sa | grep -c QM_IDLE; }
nobody() { [ "$(established)" = 0 ] && ! router r1 show crypto ipsec sa | grep -q 'spi: 0x'; }

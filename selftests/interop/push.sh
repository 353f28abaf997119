#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mode configuration that the server begins (`client configuration address initiate`):
# strongSwan on r2, which waits for it (pull = no), without and with XAUTH; where it is not
# pushed there is no address. vpnc on r3 asks all the same, and is answered; it is told to
# use PFS, does so, and shows itself in the session database.
# F-030 F-031 C-019 C-029 S-11
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   client 10.99.0.x
#                   ours             +------ 203.0.113.3  r3   client 10.99.0.y on tun0
#
# The rest of the topology is in lib.sh; LANs B and C take no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

ktap_print_header
vpnc_there
ktap_set_plan 17

CHARON_PLUGINS=xauth-generic

# conf WHEN USERS [LINE]: ours; WHEN addresses are told, whom to believe or nobody, and more
# of the group
conf() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username alice password alicepw
	username bob password bobpw
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha
	 group 14
	crypto isakmp key $PSK address 0.0.0.0
	ip local pool EZ 10.99.0.10 10.99.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	crypto isakmp client configuration group vpngroup
	 key GroupSecret
	 domain example.test
	 pool EZ
	 acl 150
	 $3
	crypto isakmp client configuration group default
	 pool EZ
	 dns 10.1.0.53
	crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
	crypto dynamic-map CLIENTS 10
	 set transform-set CLIENT
	$(if [ "$2" ]; then echo "crypto map VPN client authentication list $2"; fi)
	crypto map VPN isakmp authorization list GROUPS
	crypto map VPN client configuration address $1
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}
restart() {	# conf's arguments
	router r1 shutdown >/dev/null 2>&1
	poll 10 pid_gone "$daemon_r1"
	conf "$@" >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
}

# home XAUTH: strongSwan's, with a user or without
home() {
	mkdir -p "$WORK/swan"
	cat >"$WORK/swan/swanctl.conf" <<-END
	connections {
	  home {
	    version = 1
	    local_addrs = 198.51.100.2
	    remote_addrs = 192.0.2.1
	    proposals = aes256-sha1-modp2048
	    vips = 0.0.0.0
	    pull = no
	    local-1 {
	      auth = psk
	      id = 198.51.100.2
	    }
	    $1
	    remote {
	      auth = psk
	      id = 192.0.2.1
	    }
	    children {
	      lan {
	        remote_ts = 10.1.0.0/24
	        esp_proposals = aes256-sha1
	      }
	    }
	  }
	}
	secrets {
	  ike-home {
	    secret = "$PSK"
	  }
	  xauth-bob {
	    id = bob
	    secret = "bobpw"
	  }
	}
	END
}
initiate() { charon_ctl r2 --initiate --child lan --timeout "${1:-40}" >"$WORK/initiate" 2>&1; }
has_address() { in_ns r2 ip addr | grep -q 'inet 10\.99\.0\.1'; }
swan_stop() {
	charon_ctl r2 --terminate --ike home >/dev/null 2>&1
	poll 60 nobody
}

interop_build
conf initiate '' >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# --- strongSwan waits ---------------------------------------------------------------------

home ''
charon_start r2 "$WORK/swan" || abort strongSwan
ktap_test_result "strongSwan is told its address, and comes in" initiate
ktap_test_result "it has that address" has_address
ktap_test_result "it was pushed, and is accepted" \
	eval 'log_has "mode configuration is pushed" && log_has "accepts the address 10.99.0.1"'
ktap_test_result "its tunnel reaches LAN A" reaches r2 10.1.0.2
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "it goes, and leaves nothing" swan_stop

restart initiate USERS
home 'local-2 {
	      auth = xauth
	      xauth_id = bob
	    }'
cp "$WORK/swan/swanctl.conf" "$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
ktap_test_result "with a user: bob is let in, and told" initiate
ktap_test_result "he has an address, and reaches LAN A" eval 'has_address && reaches r2 10.1.0.2'
ktap_test_result "user and address are shown" \
	eval 'detail_has "user bob, address 10.99.0.1"'
ktap_test_result "he goes, and leaves nothing" swan_stop

restart respond USERS
esp=$(wire_count esp)
ktap_test_result "where nothing is pushed, who does not ask has no address" \
	eval '! initiate 15 && poll 10 eval "! has_address"'
ktap_test_result "nor is there a packet of his" [ "$(wire_count esp)" = "$esp" ]
charon_ctl r2 --terminate --ike home >/dev/null 2>&1

# --- vpnc asks ------------------------------------------------------------------------------

restart initiate USERS pfs
VPNC_PFS=server vpnc_start r3 alice alicepw
ktap_test_result "vpnc asks, and is let in" connected r3
ktap_test_result "its tunnel reaches LAN A" reaches r3 10.1.0.2
session() { router r1 show vpn-sessiondb detail | grep -q "$1"; }
ktap_test_result "what it says of itself is shown" \
	eval 'session "Client OS Ver: .*VPN Client" && session "Client OS    : Linux"'
vpnc_stop r3
poll 60 nobody
vpnc_start r3 alice alicepw
ktap_test_result "without PFS it gets no tunnel" \
	eval 'log_has "group is on, and it offers none" && ! router r1 show crypto ipsec sa | grep -q "spi: 0x"'
ktap_test_result "nothing in clear" wire_is_protected
vpnc_stop r3

ktap_finished

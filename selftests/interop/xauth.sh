#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Remote access: vpnc on r2 and r3 (aggressive mode with the key of a group, XAUTH, mode
# configuration with Unity attributes), then strongSwan on r2 (main mode, XAUTH, a virtual
# address). Each client gets an address of its own and reaches LAN A through its tunnel;
# who has the wrong password gets nothing.
# F-029 F-030 F-032 F-099 C-019 C-080 R-31 E-038 E-091
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2   client 10.99.0.x on tun0
#                   ours             +------ 203.0.113.3  r3   client 10.99.0.y on tun0
#
# The rest of the topology is in lib.sh; LANs B and C take no part.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_vpnc.sh"

ktap_print_header
vpnc_there
ktap_set_plan 33

CHARON_PLUGINS=xauth-generic

# conf FIRST LAST [LINE]: ours, with that pool, and more of the group
conf() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username alice password alicepw
	username bob password 0 bobpw
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha
	 group 14
	crypto isakmp key $PSK address 0.0.0.0
	crypto isakmp keepalive 10 3 periodic
	ip local pool EZ $1 $2
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	crypto isakmp client configuration group vpngroup
	 key GroupSecret
	 dns 10.1.0.53 10.1.0.54
	 wins 10.1.0.55
	 domain example.test
	 pool EZ
	 acl 150
	 save-password
	 banner Welcome to the test gateway
	 $3
	crypto isakmp client configuration group default
	 pool EZ
	crypto ipsec transform-set CLIENT esp-aes 256 esp-sha-hmac
	crypto dynamic-map CLIENTS 10
	 set transform-set CLIENT
	crypto map VPN client authentication list USERS
	crypto map VPN isakmp authorization list GROUPS
	crypto map VPN client configuration address respond
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	interface wan0
	 crypto map VPN
	END
}

interop_build
conf 10.99.0.10 10.99.0.20 >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

restart() {	# conf's arguments
	router r1 shutdown >/dev/null 2>&1
	poll 10 pid_gone "$daemon_r1"
	conf "$@" >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
}

# --- vpnc -------------------------------------------------------------------------------

vpnc_start r2 alice alicepw
ktap_test_result "vpnc: alice is let in" connected r2
alice=$(told r2 INTERNAL_IP4_ADDRESS)
ktap_test_result "her tunnel reaches LAN A" reaches r2 10.1.0.2
ktap_test_result "LAN A reaches her" reaches a "$alice"
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "she is told name servers, domain and banner" [ \
	"$(told r2 INTERNAL_IP4_DNS)|$(told r2 INTERNAL_IP4_NBNS)|$(told r2 CISCO_DEF_DOMAIN)|$(told r2 CISCO_BANNER)" = \
	"10.1.0.53 10.1.0.54|10.1.0.55|example.test|Welcome to the test gateway" ]
ktap_test_result "and what to protect" \
	[ "$(told r2 CISCO_SPLIT_INC),$(told r2 CISCO_SPLIT_INC_0_ADDR)/$(told r2 CISCO_SPLIT_INC_0_MASKLEN)" = 1,10.1.0.0/24 ]
ktap_test_result "user and address are shown" detail_has "user alice, address $alice"

VPNC_NATT=natt vpnc_start r3 bob bobpw
ktap_test_result "vpnc: bob is let in beside her, with ESP in UDP" connected r3
bob=$(told r3 INTERNAL_IP4_ADDRESS)
ktap_test_result "with another address of the pool" \
	eval '[ "$alice" != "$bob" ] && expr "$alice $bob" : "10\.99\.0\.[12][0-9] 10\.99\.0\.[12][0-9]$" >/dev/null'
ktap_test_result "both reach LAN A" eval 'reaches r3 10.1.0.2 && reaches r2 10.1.0.2'
ktap_test_result "LAN A reaches both" eval 'reaches a "$bob" && reaches a "$alice"'
ktap_test_result "nothing in clear" wire_is_protected
vpnc_stop r2
vpnc_stop r3
# What they say when they go may be lost: then nobody answers any more.
ktap_test_result "they go, and leave nothing" poll 60 nobody

# --- who is not let in --------------------------------------------------------------------

esp=$(wire_count esp)
vpnc_start r2 alice bobpw
ktap_test_result "wrong password: refused" refused r2
ktap_test_result "the log says so" \
	log_has '198.51.100.2: XAUTH: unknown user or wrong password, user alice'
ktap_test_result "nothing is up" poll 60 nobody
poll 10 pid_gone "$vpnc_r2"
vpnc_start r2 mallory alicepw
ktap_test_result "unknown user: refused" refused r2
ktap_test_result "the log says the same" log_has 'unknown user or wrong password, user mallory'
poll 10 pid_gone "$vpnc_r2"
vpnc_start r2 alice alicepw WrongSecret
ktap_test_result "wrong key of the group: refused before a user is asked for" refused r2
vpnc_stop r2
ktap_test_result "there was not a packet of theirs" [ "$(wire_count esp)" = "$esp" ]
ktap_test_result "no password is in the log or the configuration" \
	eval '! grep -q -e alicepw -e bobpw "$WORK/r1/log" && router r1 show running-config | grep -q "username alice secret 5" && ! router r1 show running-config | grep -q -e alicepw -e bobpw'

# --- a pool of one ------------------------------------------------------------------------

restart 10.99.0.30 10.99.0.30
vpnc_start r2 alice alicepw
connected r2 || abort "alice again"
vpnc_start r3 bob bobpw
ktap_test_result "no address is left for bob" eval 'log_has "no address left for client bob" && refused r3'
vpnc_stop r3
vpnc_stop r2
poll 60 nobody
vpnc_start r3 bob bobpw
ktap_test_result "he gets the one that alice gave back" \
	eval 'connected r3 && [ "$(told r3 INTERNAL_IP4_ADDRESS)" = 10.99.0.30 ] && reaches r3 10.1.0.2'
vpnc_stop r3
poll 60 nobody

# --- a user in two places (F-033) ---------------------------------------------------------

restart 10.99.0.30 10.99.0.40 'max-logins 1'
vpnc_start r2 alice alicepw
connected r2 || abort "alice, once more"
vpnc_start r3 alice alicepw
ktap_test_result "a user who may be logged in once is not let in twice" \
	eval 'log_has "user alice: it is logged in as often as max-logins" && refused r3'
vpnc_stop r3
ktap_test_result "where she is she stays" reaches r2 10.1.0.2
vpnc_start r3 bob bobpw
ktap_test_result "and somebody else is let in" connected r3
vpnc_stop r2
vpnc_stop r3
poll 60 nobody
restart 10.99.0.30 10.99.0.30

# --- strongSwan -------------------------------------------------------------------------------

# home PASSWORD
home() {
	mkdir -p "$WORK/swan-bob"
	cat >"$WORK/swan-bob/swanctl.conf" <<-END
	connections {
	  home {
	    version = 1
	    local_addrs = 198.51.100.2
	    remote_addrs = 192.0.2.1
	    proposals = aes256-sha1-modp2048
	    vips = 0.0.0.0
	    local-1 {
	      auth = psk
	      id = 198.51.100.2
	    }
	    local-2 {
	      auth = xauth
	      xauth_id = bob
	    }
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
	    secret = "$1"
	  }
	}
	END
}
initiate() { charon_ctl r2 --initiate --child lan --timeout "${1:-40}" >"$WORK/initiate" 2>&1; }

home wrongpw
esp=$(wire_count esp)
charon_start r2 "$WORK/swan-bob" || abort strongSwan
ktap_test_result "strongSwan: wrong password: refused" eval '! initiate 15'
ktap_test_result "nothing is up" eval 'poll 60 nobody && [ "$(wire_count esp)" = "$esp" ]'
home bobpw
cp "$WORK/swan-bob/swanctl.conf" "$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
ktap_test_result "strongSwan: bob is let in, in main mode" initiate
ktap_test_result "he has the address, and reaches LAN A" \
	eval 'in_ns r2 ip addr | grep -q 10.99.0.30 && reaches r2 10.1.0.2'
ktap_test_result "LAN A reaches him" reaches a 10.99.0.30
old=$(router r1 show crypto isakmp sa | awk '/QM_IDLE/ { print $4 }' | sort -n | tail -n 1)
newer() { [ "$(router r1 show crypto isakmp sa | awk '/QM_IDLE/ { print $4 }' | sort -n | tail -n 1)" -gt "$old" ]; }
charon_ctl r2 --rekey --ike home --reauth >/dev/null 2>&1
ktap_test_result "phase 1 anew: he keeps the address" \
	eval 'poll 30 newer && poll 20 detail_has "user bob, address 10.99.0.30" && reaches r2 10.1.0.2'
ktap_test_result "nothing in clear" wire_is_protected

ktap_finished

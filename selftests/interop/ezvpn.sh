#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# This router as a client of remote access (Easy VPN): with strongSwan as gateway, in
# aggressive and in main mode, and with our own; an address and a list of networks, or our
# network as it is; what is not let in, what is typed; the gateway that dies and comes
# back; and nothing of it is left.
# F-037 F-115
#
#  a 10.1.0.2 --- r1 192.0.2.1 ---[ net ]--- 198.51.100.2 r2 strongSwan --- b 10.2.0.2
#                 ours, client         +------ 203.0.113.3  r3 ours -------- c 10.3.0.2
#
# The rest of the topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 47

CHARON_PLUGINS="attr xauth-generic unity"
CHARON_LINES='i_dont_care_about_security_and_use_aggressive_mode_psk = yes
cisco_unity = yes
plugins {
  attr {
    dns = 10.2.0.53
    28672 = "Welcome to the test gateway"
    28673 = 1
    28674 = example.test
  }
}'

# gateway NAME AGGRESSIVE "REMOTE-1 LINE" "IKE LINES" "CHILD LINES": strongSwan's
gateway() {
	mkdir -p "$WORK/gw"
	cat >"$WORK/gw/swanctl.conf" <<-END
	connections {
	  $1 {
	    version = 1
	    aggressive = $2
	    local_addrs = 198.51.100.2
	    remote_addrs = %any
	    proposals = aes256-sha256-modp2048
	    unique = never
	    dpd_delay = 30s
	    dpd_timeout = 90s
	    $4
	    local {
	      auth = psk
	      id = 198.51.100.2
	    }
	    remote-1 {
	      auth = psk
	      $3
	    }
	    remote-2 {
	      auth = xauth
	    }
	    children {
	      net {
	        local_ts = 10.2.0.0/24
	        esp_proposals = aes256-sha256
	        $5
	      }
	    }
	  }
	}
	pools {
	  ez {
	    addrs = 10.99.0.10-10.99.0.20
	  }
	}
	secrets {
	  ike-grp {
	    id-1 = keyid:vpngroup
	    secret = "GroupSecret"
	  }
	  ike-main {
	    id-1 = 192.0.2.1
	    secret = "$PSK"
	  }
	  xauth-alice {
	    id = alice
	    secret = "alicepw"
	  }
	}
	END
}

# ours PEER "LINES" "INSIDE": the client
ours() {
	cat <<-END
	hostname branch
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 group 14
	crypto isakmp key $PSK address 198.51.100.2
	crypto isakmp keepalive 10 2 periodic
	crypto ipsec client ezvpn EZ
	 peer $1
	$2
	interface wan0
	 crypto ipsec client ezvpn EZ
	$3
	END
}
GROUP=' group vpngroup key GroupSecret'
ALICE=' username alice password alicepw'
INSIDE='interface lan0
 crypto ipsec client ezvpn EZ inside'

# server SAVE: our own gateway, with or without save-password
server() {
	cat <<-END
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username bob password bobpw
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 group 14
	ip local pool EZ 10.98.0.10 10.98.0.20
	access-list 150 permit ip 10.3.0.0 0.0.0.255 any
	crypto isakmp client configuration group vpngroup
	 key GroupSecret
	 dns 10.3.0.53
	 domain c.example.test
	 pool EZ
	 acl 150
	$1
	crypto isakmp client configuration group branches
	 key BranchSecret
	 acl 150
	 save-password
	crypto ipsec transform-set CLIENT esp-aes 256 esp-sha256-hmac
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

ez() { router r1 show crypto ipsec client ezvpn >"$WORK/ez" 2>&1 && cat "$WORK/ez"; }
ez_has() { ez | grep -qF -e "$1"; }
state() { poll "${2:-60}" ez_has "Current State: $1"; }
address() { ez | sed -n 's/^Address: //p'; }
load() { ours "$@" >"$WORK/r1.conf" && router r1 -f "$WORK/r1.conf" >"$WORK/load" 2>&1; }
reaches() { in_ns "$1" ping -c 3 -i 0.3 -W 20 ${3:+-I "$3"} "$2" >"$WORK/ping" 2>&1; }
fails() { ! in_ns "$1" ping -c 3 -i 0.3 -W 2 ${3:+-I "$3"} "$2" >"$WORK/ping" 2>&1; }
lo_has() { in_ns r1 ip -4 addr show dev lo | grep -q "inet $1/32"; }
nothing_left() {
	[ "$(in_ns r1 ip -4 addr show dev lo | grep -c 'inet 10\.9')" = 0 ] &&
		[ "$(router r1 show crypto ipsec sa | grep -c 'spi: 0x')" = 0 ] &&
		! router r1 show crypto isakmp sa | grep -q QM_IDLE &&
		! router r1 show crypto ipsec sa | grep -q head-0
}

interop_build
in_ns r1 ip link set lo up
# What names stand for there: ip netns exec makes it /etc/hosts.
mkdir -p "/etc/netns/$NET_TAG-r1" && echo "198.51.100.2 gw.example.test" >"/etc/netns/$NET_TAG-r1/hosts"
trap 'rm -rf "/etc/netns/$NET_TAG-r1"; interop_cleanup' EXIT
: >"$WORK/r1.conf"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

# --- strongSwan, aggressive mode, client mode ---------------------------------------------

gateway ez yes 'id = keyid:vpngroup' 'pools = ez'
charon_start r2 "$WORK/gw" || abort strongSwan
ktap_test_result "the configuration is taken" load 198.51.100.2 "$GROUP
$ALICE"
ktap_test_result "aggressive mode, XAUTH, mode configuration, quick mode: it is up" state IPSEC_ACTIVE
addr=$(address)
ktap_test_result "it has an address of the pool" eval 'expr "$addr" : "10\.99\.0\.[12][0-9]$" >/dev/null && lo_has "$addr"'
ktap_test_result "what the gateway tells is shown" \
	eval 'ez_has "DNS Primary: 10.2.0.53" && ez_has "Default Domain: example.test" && ez_has "Banner: Welcome to the test gateway" && ez_has "Save Password: Allowed" && ez_has "Current EzVPN Peer: 198.51.100.2"'
ktap_test_result "so are the routes that are secured" \
	eval 'ez_has "Secured Routes: 10.2.0.0/24" && router r1 show crypto ipsec sa | grep -q head-0'
ktap_test_result "with that address LAN B is reached" reaches r1 10.2.0.2 "$addr"
in_ns r1 nft -f - <<END
table ip ez {
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "wan0" ip saddr 10.1.0.0/24 ip daddr 10.2.0.0/24 snat to $addr
	}
}
END
ktap_test_result "so it is from LAN A, with NAT to it" reaches a 10.2.0.2
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "no password is in the log, nor shown" \
	eval '! grep -q -e alicepw -e GroupSecret "$WORK/r1/log" && ! router r1 show running-config masked | grep -q -e alicepw -e GroupSecret'
ktap_test_result "the running configuration is what was loaded" \
	eval 'router r1 show running-config >"$WORK/run" && grep -q "username alice password alicepw" "$WORK/run" && ! grep -q -e head-0 -e "~" "$WORK/run"'
old=$(router r1 show crypto ipsec sa | grep -m 1 -o 'spi: 0x[0-9A-Fa-f]*')
load 198.51.100.2 "$GROUP
$ALICE"
ktap_test_result "loaded again, nothing happens" \
	eval '[ "$old" = "$(router r1 show crypto ipsec sa | grep -m 1 -o "spi: 0x[0-9A-Fa-f]*")" ] && ez_has "Current State: IPSEC_ACTIVE" && reaches r1 10.2.0.2 "$addr"'

# --- the daemon and the gateway go and come --------------------------------------------------

daemon_kill r1
ktap_test_result "without the daemon it goes on" reaches r1 10.2.0.2 "$addr"
daemon_start r1 "$WORK/r1.conf" || abort "ike-daemon again"
ktap_test_result "a new daemon takes it over" \
	eval 'state IPSEC_ACTIVE && grep -q "ezvpn EZ: took over the tunnel" "$WORK/r1/log" && reaches r1 10.2.0.2 "$(address)"'
charon_kill r2
addr=$(address)
ktap_test_result "the gateway dies: that is seen" poll 90 ez_has "DPD_TIMEOUT"
ktap_test_result "and what was protected is not in clear" \
	eval 'fails r1 10.2.0.2 "$addr" && fails a 10.2.0.2 && wire_is_protected'
charon_start r2 "$WORK/gw" || abort "strongSwan again"
ktap_test_result "it comes back: so does the tunnel" state IPSEC_ACTIVE 120
ktap_test_result "with which LAN B is reached" reaches r1 10.2.0.2 "$(address)"

# --- clear, and away --------------------------------------------------------------------------

load 198.51.100.2 "$GROUP
$ALICE
 connect manual"
ktap_test_result "connect manual: it waits" state CONNECT_REQUIRED 10
ktap_test_result "and nothing of it is there" poll 20 nothing_left
router r1 crypto ipsec client ezvpn connect EZ
ktap_test_result "a command connects it" state IPSEC_ACTIVE
router r1 clear crypto ipsec client ezvpn EZ
ktap_test_result "clear ends it" state CONNECT_REQUIRED 10
ktap_test_result "and leaves nothing" poll 20 nothing_left

# --- who is not let in ------------------------------------------------------------------------

load 198.51.100.2 "$GROUP
 username alice password wrongpw"
ktap_test_result "a wrong password: it stops, and says so" \
	eval 'state XAUTH_REQ && ez_has "Last Event: XAUTH_FAILED" && ez_has "lets nobody in"'
calls() { grep -c 'aggressive mode failed\|ISAKMP SA [0-9]* established' "$WORK/r1/log"; }
calls=$(calls)
ktap_test_result "it is not to be tried again by itself" eval '! ez_has "Next attempt in"'
printf 'alice\nalicepw\n' | router r1 crypto ipsec client ezvpn xauth EZ >"$WORK/xauth" 2>&1
ktap_test_result "the right one typed: it is up" state IPSEC_ACTIVE
ktap_test_result "by one more call: nothing was guessed meanwhile" [ "$(calls)" = $((calls + 1)) ]
ktap_test_result "the prompts are there, the password is not" \
	eval 'grep -q Username: "$WORK/xauth" && grep -q Password: "$WORK/xauth" && ! grep -q alicepw "$WORK/xauth"'
load 198.51.100.2 ' group vpngroup key WrongSecret
 username alice password alicepw'
ktap_test_result "a wrong key of the group: that is said, and tried again later" \
	eval 'poll 60 ez_has "Next attempt in" && ez_has "Reason: "'

# --- network extension, main mode ---------------------------------------------------------------

gateway ez no 'id = 192.0.2.1' '' 'remote_ts = 10.1.0.0/24'
cp "$WORK/gw/swanctl.conf" "$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
in_ns r1 nft delete table ip ez
load 198.51.100.2 ' mode network-extension' "$INSIDE"
ktap_test_result "main mode with a key, and nobody who is configured: user and password are asked for" \
	eval 'state XAUTH_REQ && ez_has "Last Event: XAUTH_REQUEST"'
printf 'alice\nalicepw\n' | router r1 crypto ipsec client ezvpn xauth >"$WORK/xauth" 2>&1
ktap_test_result "typed, it is up, with network extension" state IPSEC_ACTIVE
ktap_test_result "LAN A reaches LAN B as it is, and LAN B LAN A" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2'
ktap_test_result "without an address" eval '[ -z "$(address)" ] && ez_has "Networks here: 10.1.0.0/24"'
ktap_test_result "nothing in clear" wire_is_protected

# --- our own gateway ------------------------------------------------------------------------------

server ' save-password' >"$WORK/r3.conf"
daemon_start r3 "$WORK/r3.conf" || abort "our gateway"
load 203.0.113.3 "$GROUP
 username bob password bobpw"
ktap_test_result "our own gateway: it is up" state IPSEC_ACTIVE
addr=$(address)
ktap_test_result "with that address LAN C is reached" \
	eval 'expr "$addr" : "10\.98\.0\.[12][0-9]$" >/dev/null && reaches r1 10.3.0.2 "$addr"'
ktap_test_result "nothing in clear" wire_is_protected
server '' >"$WORK/r3.conf"
router r3 -f "$WORK/r3.conf"
load 203.0.113.3 "$GROUP
 username bob password bobpw
 connect manual"
router r1 crypto ipsec client ezvpn connect
ktap_test_result "it lets no password be kept: what is configured does not count" \
	eval 'state XAUTH_REQ && ez_has "save-password"'
printf 'bob\nbobpw\n' | router r1 crypto ipsec client ezvpn xauth >"$WORK/xauth" 2>&1
ktap_test_result "what is typed does" eval 'state IPSEC_ACTIVE && ez_has "Save Password: Disallowed"'
load 203.0.113.3 " mode network-extension
 group branches key BranchSecret
 username bob password bobpw" "$INSIDE"
ktap_test_result "network extension with our own gateway" \
	eval 'state IPSEC_ACTIVE && reaches a 10.3.0.2 && reaches c 10.1.0.2'
ktap_test_result "nothing in clear" wire_is_protected

# --- two at a time ----------------------------------------------------------------------------------

gateway ez yes 'id = keyid:vpngroup' 'pools = ez'
cp "$WORK/gw/swanctl.conf" "$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
link r1 wan1 192.0.3.1/24 net east2 192.0.3.254/24
in_ns r1 ip route add 203.0.113.0/24 via 192.0.3.254
in_ns r1 ip route add 10.3.0.0/24 via 192.0.3.254
server ' save-password' >"$WORK/r3.conf"
router r3 -f "$WORK/r3.conf"
load gw.example.test "$GROUP
$ALICE" "exit
crypto ipsec client ezvpn TWO
 peer 203.0.113.3
$GROUP
 username bob password bobpw
interface wan1
 crypto ipsec client ezvpn TWO"
active() { [ "$(ez | grep -c 'Current State: IPSEC_ACTIVE')" = 2 ]; }
ktap_test_result "two gateways, one by name, on two interfaces" poll 60 active
first=$(address | sed -n 1p) second=$(address | sed -n 2p)
ktap_test_result "each with its address" \
	eval 'reaches r1 10.2.0.2 "$first" && reaches r1 10.3.0.2 "$second" && lo_has "$first" && lo_has "$second"'
router r1 clear crypto ipsec client ezvpn TWO
ktap_test_result "one is cleared: the other goes on" reaches r1 10.2.0.2 "$first"
ktap_test_result "and it comes again by itself" eval 'poll 60 active && reaches r1 10.3.0.2 "$(address | sed -n 2p)"'
ktap_test_result "nothing in clear" wire_is_protected

# --- nothing is left ------------------------------------------------------------------------------

: >"$WORK/r1.conf"
router r1 -f "$WORK/r1.conf"
ktap_test_result "without it in the configuration nothing is left" poll 20 nothing_left
ktap_test_result "not even with the gateway" poll 20 eval '! router r3 show crypto isakmp sa | grep -q QM_IDLE'

charon_stop r2
for r in r1 r3; do
	router "$r" shutdown
done
ktap_finished

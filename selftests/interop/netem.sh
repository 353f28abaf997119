#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A network that loses a fifth of all packets, once half, repeats some and mixes up their
# order, each way. strongSwan on r2 has eight addresses, one for each kind of negotiation
# and role: main mode with a key, aggressive mode, certificates, XAUTH with mode
# configuration; all of them negotiate at the same time, round after round. Whatever is
# lost, each ends established at both ends or at neither, and nothing half done stays;
# once the network is well, everything comes up at once.
# F-002 F-023 F-029 F-037 R-31
#
#                      ours                 network                  strongSwan
#               +-- wan0 192.0.2.1 ---[ east        west ]--- r2   .21-.23 we begin with
#  a 10.1.0.2 --+-- wan1 192.0.3.1 ---[ east2            ]         .24 is our gateway
#               +-- wan2 192.0.4.1 ---[ east3            ]         .31-.33 they begin with
#              r1                         netem on each            .34 is our client
#                                                             10.2.N.1 of r2 is behind .N
#
# On wan0 are those between networks, on wan1 we are a client, on wan2 a gateway of clients.
# The rest of the topology is in lib.sh; r3 and LAN C take no part.

. "$(dirname "$0")/lib.sh"

LOSS='20 20 20'	# per cent, for each round
WE='21 22 23'	# with which we begin
THEY='31 32 33'

ktap_print_header
if ! modprobe -q sch_netem && ! grep -q -w netem_init /proc/kallsyms; then
	ktap_skip_all "no sch_netem in this kernel"
	exit 4
fi
ktap_set_plan 25

interop_build
. "$INTEROP/lib_pki.sh"
CHARON_PLUGINS="attr xauth-generic unity $CHARON_PLUGINS"
CHARON_RETRANSMIT=1.0
CHARON_LINES='i_dont_care_about_security_and_use_aggressive_mode_psk = yes
cisco_unity = yes
half_open_timeout = 25s
retransmit_tries = 4
retransmit_base = 1.6
plugins {
  attr {
    28673 = 1
  }
}'

# --- the network ------------------------------------------------------------------------------

for n in 2 3; do
	link r1 wan$((n - 1)) 192.0.$((n + 1)).1/24 net east$n 192.0.$((n + 1)).254/24
done
in_ns r1 ip route add 198.51.100.24 via 192.0.3.254
in_ns r1 ip route add 10.2.24.0/24 via 192.0.3.254
in_ns r1 ip route add 198.51.100.34 via 192.0.4.254
in_ns r1 ip route add 10.99.0.0/24 via 192.0.4.254
for n in $WE 24 $THEY 34; do
	in_ns r2 ip addr add 198.51.100.$n/24 dev wan0
	in_ns r2 ip addr add 10.2.$n.1/24 dev lan0
done

# lossy PERCENT
lossy() {
	for _dev in east east2 east3 west; do
		in_ns net tc qdisc add dev $_dev root netem limit 1000 \
			delay 30ms 25ms loss $1% duplicate 10% reorder 25% 50% || return
	done
}
# lost: packets of each way since it became so
lost() {
	for _dev in east west; do
		in_ns net tc -s qdisc show dev $_dev | grep -q 'dropped [1-9]' || return
	done
}
well() {
	for _dev in east east2 east3 west; do
		in_ns net tc qdisc del dev $_dev root
	done
}

# --- both ends --------------------------------------------------------------------------------

make_certificates() {
	key_of root P-256 && authority root root && key_of r1 P-256 && key_of r2 P-256 &&
		end r1 root r1 30 $R1 && end r2 root r2 30 198.51.100.23
}
make_certificates >"$WORK/openssl" 2>&1 || { cat "$WORK/openssl"; abort certificates; }

# Both with certificates are of one name: neither replaces the other.
# connection N AGGRESSIVE "LOCAL" "REMOTE" [REMOTE ADDRESS] ["LINES"] ["CHILD LINES"]
connection() {
	cat <<-END
	c$1 {
	  version = 1
	  aggressive = $2
	  local_addrs = 198.51.100.$1
	  remote_addrs = ${5:-$R1}
	  proposals = aes256-sha256-ecp256
	  dpd_delay = 5s
	  dpd_timeout = 20s
	  unique = never
	  local {
	    $3
	  }
	  remote {
	    $4
	  }
	  $6
	  children {
	    n$1 {
	      ${7:-local_ts = 10.2.$1.0/24
	      remote_ts = 10.1.0.0/24}
	      esp_proposals = aes256-sha256
	      rekey_time = 0
	    }
	  }
	}
	END
}
psk() { printf 'auth = psk\n id = %s\n' "$1"; }
signs() { printf 'auth = pubkey\n id = "O=Example, CN=%s"\n' "$1"; }

connections() {
	for _n in 21 31; do
		connection $_n no "$(psk 198.51.100.$_n)" "$(psk $R1)"
	done
	connection 22 yes "$(psk 198.51.100.22)" "$(psk a.example)"
	connection 32 yes "$(psk b.example)" "$(psk $R1)"
	for _n in 23 33; do
		connection $_n no "$(signs r2)
	    certs = r2.pem" "$(signs r1)"
	done
	connection 24 yes "$(psk 198.51.100.24)" "$(psk keyid:vpngroup)" %any \
		'pools = ez
		remote-2 {
		  auth = xauth
		}' 'local_ts = 10.2.24.0/24'
	connection 34 no "$(psk 198.51.100.34)" "$(psk 192.0.4.1)" 192.0.4.1 \
		'vips = 0.0.0.0
		local-2 {
		  auth = xauth
		  xauth_id = bob
		}' 'remote_ts = 10.1.0.0/24'
}

mkdir -p "$WORK/swan" "$CHARON_DIR_BASE-r2/x509" "$CHARON_DIR_BASE-r2/x509ca" \
	"$CHARON_DIR_BASE-r2/private"
cp "$PKI/root.pem" "$CHARON_DIR_BASE-r2/x509ca"
cp "$PKI/r2.pem" "$CHARON_DIR_BASE-r2/x509"
cp "$PKI/r2.key" "$CHARON_DIR_BASE-r2/private"
{
	echo 'connections {'
	connections
	cat <<-END
	}
	pools {
	  ez {
	    addrs = 10.98.0.10-10.98.0.20
	  }
	}
	secrets {
	  ike-all {
	    secret = "$PSK"
	  }
	  ike-group {
	    id-1 = keyid:vpngroup
	    secret = "GroupSecret"
	  }
	  xauth-alice {
	    id = alice
	    secret = "alicepw"
	  }
	  xauth-bob {
	    id = bob
	    secret = "bobpw"
	  }
	}
	END
} >"$WORK/swan/swanctl.conf"

{
	cat <<-END
	crypto pki trustpoint T
	 ca-certificate $PKI/root.pem
	 certificate $PKI/r1.pem
	 private-key $PKI/r1.key
	crypto isakmp identity dn
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 group 19
	crypto isakmp policy 20
	 encryption aes 256
	 hash sha256
	 authentication ecdsa-sig
	 group 19
	crypto isakmp keepalive 10 2 periodic
	crypto isakmp key $PSK address 198.51.100.21
	crypto isakmp key $PSK address 198.51.100.31
	crypto isakmp key $PSK address 198.51.100.34
	crypto isakmp key $PSK hostname b.example
	crypto isakmp peer address 198.51.100.22
	 set aggressive-mode password $PSK
	 set aggressive-mode client-endpoint fqdn a.example
	crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
	aaa new-model
	aaa authentication login USERS local
	aaa authorization network GROUPS local
	username bob password bobpw
	ip local pool EZ 10.99.0.10 10.99.0.20
	access-list 150 permit ip 10.1.0.0 0.0.0.255 any
	crypto isakmp client configuration group default
	 pool EZ
	 acl 150
	crypto dynamic-map CLIENTS 10
	 set transform-set STRONG
	crypto map VPN client authentication list USERS
	crypto map VPN isakmp authorization list GROUPS
	crypto map VPN client configuration address respond
	crypto map VPN 65000 ipsec-isakmp dynamic CLIENTS
	crypto ipsec client ezvpn EZ
	 peer 198.51.100.24
	 group vpngroup key GroupSecret
	 username alice password alicepw
	 connect manual
	END
	for n in $WE $THEY; do
		cat <<-END
		access-list 1$n permit ip 10.1.0.0 0.0.0.255 10.2.$n.0 0.0.0.255
		crypto map SITE $n ipsec-isakmp
		 set peer 198.51.100.$n
		 set transform-set STRONG
		 match address 1$n
		END
	done
	cat <<-END
	interface wan0
	 crypto map SITE
	interface wan1
	 crypto ipsec client ezvpn EZ
	interface wan2
	 crypto map VPN
	END
} >"$WORK/r1.conf"

charon_start r2 "$WORK/swan" || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || { cat "$WORK/r1/log"; abort ike-daemon; }
cmctl() { in_ns r1 "$TOP/build/selftests/net/cmctl" "$@"; }

# --- what they negotiate ----------------------------------------------------------------------

# A packet for each of ours, in the background: it is answered or not.
begin() {
	pids=
	for _n in $WE; do
		bg "$WORK/first" ip netns exec "$NET_TAG-a" ping -c 1 -W 1 10.2.$_n.1
	done
	router r1 crypto ipsec client ezvpn connect EZ >/dev/null
	for _n in $THEY 34; do
		bg "$WORK/initiate-$_n" charon_ctl r2 --initiate --child n$_n --timeout 60
		pids="$pids $bg_pid"
	done
}
# What failed is shown for a while, as deleted.
sas() { router r1 show crypto isakmp sa | awk '$1 ~ /^[0-9]+\./ && !/deleted/ { print $3 }'; }
swan_sas() { charon_ctl r2 --list-sas --raw 2>/dev/null; }

# What is begun and not ended, at each end
ez_state() { router r1 show crypto ipsec client ezvpn | sed -n 's/^Current State: //p'; }
ours_pending() {
	sas | grep -v QM_IDLE
	cmctl sas | grep -w state=0
	case $(ez_state) in
	IPSEC_ACTIVE | CONNECT_REQUIRED) ;;
	*) ez_state ;;
	esac
}
theirs_pending() {
	swan_sas | grep -o 'state=[A-Z]*' | grep -v -e ESTABLISHED -e INSTALLED
	swan_sas | grep -o 'tasks-active=\[[^]]*[A-Z]'
	# a larval one has no keys
	[ "$(in_ns r2 ip xfrm state | grep -c 'proto esp')" = "$(in_ns r2 ip xfrm state | grep -c 'enc cbc')" ] ||
		in_ns r2 ip xfrm state
}
begun() {
	for _p in $pids; do
		pid_gone "$_p" || return
	done
}
settled_all() {
	begun && [ -z "$(ours_pending)" ] && [ -z "$(theirs_pending)" ]
}
story() {
	{ ours_pending; theirs_pending; router r1 show crypto isakmp sa; charon_ctl r2 --list-sas; } | sed 's/^/# /'
}
# told COMMAND: where it fails, what is pending
told() { "$@" || { story; false; }; }

# The SPIs that each end sends on and receives on, and both have the same.
spis_ours() { cmctl sas | grep -o ' spi=[^ ]*' | sed 's/.*=//' | sort; }
spis_theirs() { in_ns r2 ip xfrm state | sed -n 's/.*proto esp spi \(0x[0-9a-f]*\) .*/\1/p' | sort; }
same_sas() { [ "$(spis_ours)" = "$(spis_theirs)" ]; }

vip() { in_ns r2 ip -4 addr | sed -n 's/.* \(10\.99\.0\.[0-9]*\)\/32.*/\1/p' | head -n 1; }
address() { router r1 show crypto ipsec client ezvpn | sed -n 's/^Address: //p'; }
reach() { in_ns "$1" ping -c 2 -i 0.2 -W 20 ${3:+-I "$3"} "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
clear_all() {
	router r1 clear crypto ipsec client ezvpn EZ >/dev/null 2>&1
	for _n in 21 22 23 24 31 32 33 34; do
		charon_ctl r2 --terminate --ike c$_n --force --timeout 5 >/dev/null 2>&1
	done
	router r1 clear crypto sa >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
}
nothing() {
	[ -z "$(sas)$(spis_ours)$(spis_theirs)$(ours_pending)" ] && ! swan_sas | grep -q state=
}

ez_is() { [ "$(ez_state)" = "$1" ]; }
# In the well network. Who failed begins again, and has the SAs at the first try; each is
# reached at once: no packet is lost.
their() { charon_ctl r2 --list-sas --ike "c$1" 2>/dev/null | grep -q INSTALLED; }
they_begin() { their "$1" || charon_ctl r2 --initiate --child "n$1" --timeout 20 >"$WORK/initiate" 2>&1; }
all_pass() {
	for _n in $WE $THEY; do
		case " $THEY " in
		*" $_n "*) they_begin $_n || { echo "# $_n does not begin"; return 1; } ;;
		esac
		reach a 10.2.$_n.1 || { echo "# not 10.2.$_n.1"; return 1; }
	done
}
client_passes() {
	ez_is IPSEC_ACTIVE || router r1 crypto ipsec client ezvpn connect EZ >/dev/null
	poll 20 ez_is IPSEC_ACTIVE && reach r1 10.2.24.1 "$(address)"
}
gateway_passes() { they_begin 34 && reach r2 10.1.0.2 "$(vip)"; }
up_count() { sas | grep -c QM_IDLE; }

# --- the network is well ------------------------------------------------------------------------

# everything TITLE
everything() {
	ktap_test_result "$1: main mode, aggressive mode and certificates serve" told all_pass
	ktap_test_result "$1: our gateway serves" told client_passes
	ktap_test_result "$1: our client serves" told gateway_passes
}

everything "nothing is lost"
ktap_test_result "each has an ISAKMP SA, and both ends the same SAs" \
	eval '[ "$(up_count)" = 8 ] && same_sas'
clear_all
ktap_test_result "cleared: nothing is left" told poll 20 nothing

# --- and it is not --------------------------------------------------------------------------------

# Retransmission ends after 25 seconds, twice that for phase 1 and phase 2; a dead peer is
# noticed after 30.
round=0
for loss in $LOSS; do
	round=$((round + 1))
	lossy "$loss" || abort netem
	begin
	ktap_test_result "round $round: each is established or has failed, though packets were lost" \
		eval 'told poll 100 settled_all && lost'
	echo "# round $round, $loss % lost: $(up_count) of 8 are up"
	well
	ktap_test_result "round $round: what is up is up at both ends" told poll 60 same_sas
	everything "round $round, all is well again"
	clear_all
	ktap_test_result "round $round: cleared, nothing is left" told poll 20 nothing
done

# --- what the log says --------------------------------------------------------------------------

# Nobody answers, in whatever words; and nothing else is a warning.
expected='no answer|does not (say|ask|answer)|did not (go on|answer)|did not authenticate|failed: the peer (answers|is dead)|dead'
warnings() { grep -E 'warning:|err:|error:|crit:|Sanitizer|runtime error' "$WORK/r1/log" | grep -v -E "$expected"; }
ktap_test_result "no warning but of what was lost" eval '! warnings'
ktap_test_result "it still runs" eval '! pid_gone "$daemon_r1"'

ktap_finished

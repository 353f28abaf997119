# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the interoperability tests share. Source it first.
#
#  LAN A                                                      LAN B
#  +---+ 10.1.0.2   +----+ 192.0.2.1   +-----+ 198.51.100.2 +----+   10.2.0.2 +---+
#  | a |------------| r1 |-------------|     |--------------| r2 |------------| b |
#  +---+   10.1.0.1 +----+ wan0   east | net | west    wan0 +----+ 10.2.0.1   +---+
#                    under test        |     |              +----+   10.3.0.2 +---+
#                                      |     |--------------| r3 |------------| c |
#                                      +-----+ 203.0.113.3  +----+ 10.3.0.1   +---+
#                                        south         wan0                   LAN C
#
# r1 is a cryptomap router; r2 and r3 are strongSwan or cryptomap routers, as
# the test starts them.

INTEROP=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$INTEROP/../.." && pwd)
USER_BIN=$TOP/build/user
. "$TOP/selftests/lib/ktap.sh"
. "$TOP/selftests/lib/net.sh"
. "$TOP/selftests/lib/charon.sh"
. "$TOP/selftests/lib/module.sh"

PSK=Sup3rSecretPsk
WORK=$(mktemp -d)

interop_cleanup() {
	[ "${KTAP_CNT_FAIL:-0}" = 0 ] || interop_dump
	net_cleanup
	rm -rf "$WORK"
}
trap interop_cleanup EXIT
trap 'exit 143' TERM INT HUP

# What a reader of a failed run needs.
interop_dump() {
	for _l in "$WORK"/*/log "$WORK"/charon-*/log; do
		[ -f "$_l" ] || continue
		echo "# --- $_l"
		tail -n 60 "$_l" | sed 's/^/# /'
	done
}

abort() {
	echo "# $*"
	ktap_test_fail "set-up: $*"
	KTAP_CNT_FAIL=1
	ktap_finished
}

interop_build() {
	module_load "$TOP" || abort "no module"
	CHARON_DIR_BASE=$WORK/charon
	ns_new a r1 net r2 b r3 c || abort "namespaces"
	link a eth0 10.1.0.2/24 r1 lan0 10.1.0.1/24
	link r1 wan0 192.0.2.1/24 net east 192.0.2.254/24
	link net west 198.51.100.254/24 r2 wan0 198.51.100.2/24
	link r2 lan0 10.2.0.1/24 b eth0 10.2.0.2/24
	link net south 203.0.113.254/24 r3 wan0 203.0.113.3/24
	link r3 lan0 10.3.0.1/24 c eth0 10.3.0.2/24
	in_ns a ip route add default via 10.1.0.1
	in_ns b ip route add default via 10.2.0.1
	in_ns c ip route add default via 10.3.0.1
	in_ns r1 ip route add default via 192.0.2.254
	in_ns r2 ip route add default via 198.51.100.254
	in_ns r3 ip route add default via 203.0.113.254
	# Clear text would arrive, if anybody let it out.
	in_ns net ip route add 10.1.0.0/24 via 192.0.2.1
	in_ns net ip route add 10.2.0.0/24 via 198.51.100.2
	in_ns net ip route add 10.3.0.0/24 via 203.0.113.3
}

daemon_in=	# a command that starts it, with what it is given; or nothing
# daemon_start NS CONFIG: ike-daemon on a router, control socket in $WORK/NS
daemon_start() {
	mkdir -p "$WORK/$1"
	chmod 600 "$2"
	# A file of its own: one that goes on for a moment writes into its old one.
	rm -f "$WORK/$1/log"
	# shellcheck disable=SC2086 # a command that runs it, or nothing
	bg "$WORK/$1/log" ip netns exec "$NET_TAG-$1" $daemon_in "$USER_BIN/ike-daemon" \
		--config "$2" --socket "$WORK/$1/control" \
		--ppp-plugin "$USER_BIN/cryptomap-ppp.so" \
		--log-level "${daemon_log:-info}"
	eval "daemon_$1=$bg_pid"
	poll 30 router "$1" show crypto isakmp sa
}

daemon_kill() {
	eval "_pid=\$daemon_$1"
	kill -9 "$_pid" && poll 10 pid_gone "$_pid"
}

# router NS ARGS…: ipsecctl on that router
router() {
	_rn=$1
	shift
	in_ns "$_rn" "$USER_BIN/ipsecctl" --socket "$WORK/$_rn/control" "$@"
}

# swan_conf NAME LOCAL REMOTE LOCAL_TS REMOTE_TS "EXTRA IKE LINES" "EXTRA CHILD LINES"
# prints a swanctl.conf; proposals come from $IKE_PROPOSAL and $ESP_PROPOSAL; REMOTE
# calls itself $REMOTE_ID if that is set,
# and LOCAL $LOCAL_ID
swan_conf() {
	cat <<-END
	connections {
	  $1 {
	    version = 1
	    local_addrs = $2
	    remote_addrs = $3
	    proposals = ${IKE_PROPOSAL:-aes256-sha256-modp2048}
	    reauth_time = ${IKE_REAUTH:-86400s}
	    rekey_time = 0
	    $6
	    local {
	      auth = psk
	      id = ${LOCAL_ID:-$2}
	    }
	    remote {
	      auth = psk
	      id = ${REMOTE_ID:-$3}
	    }
	    children {
	      lan {
	        local_ts = $4
	        remote_ts = $5
	        esp_proposals = ${ESP_PROPOSAL:-aes256-sha256-modp2048}
	        $7
	      }
	    }
	  }
	}
	secrets {
	  ike-$1 {
	    id-1 = ${LOCAL_ID:-$2}
	    id-2 = ${REMOTE_ID:-$3}
	    secret = "$PSK"
	  }
	}
	END
}

# swan_start NS LOCAL REMOTE LOCAL_TS REMOTE_TS [IKE LINES] [CHILD LINES]
swan_start() {
	mkdir -p "$WORK/conf-$1"
	_sn=$1
	shift
	swan_conf site "$@" >"$WORK/conf-$_sn/swanctl.conf"
	charon_start "$_sn" "$WORK/conf-$_sn"
}

# cm_phase1 PEER…: the common head of a configuration
cm_phase1() {
	cat <<-END
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 authentication pre-share
	 group 14
	 lifetime 86400
	END
	for _p in "$@"; do
		echo "crypto isakmp key $PSK address $_p"
	done
	cat <<-END
	crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
	 mode tunnel
	END
}

# cm_entry MAP SEQ PEER ACL [LINES]: one entry of a map
cm_entry() {
	cat <<-END
	crypto map $1 $2 ipsec-isakmp
	 set peer $3
	 set transform-set STRONG
	 set pfs group14
	 match address $4
	END
	[ -z "$5" ] || printf ' %s\n' "$5"
}

# sa_field NS FIELD: first value of a counter in "show crypto ipsec sa"
sa_field() {
	router "$1" show crypto ipsec sa | sed -n "s/.*$2:\{0,1\} \([0-9]*\).*/\1/p" | head -n 1
}

# All SAs of r1 are three seconds old: what the peer begins within two of the last
# would be taken for a collision, in which the lower SPI stays.
settled() {
	router r1 show crypto ipsec sa detail | sed -n 's/.* age: \([0-9]*\) seconds/\1/p' |
		awk '$1 < 3 { young = 1 } END { exit !NR || young }'
}

# swan_rekeys NS [--ike site]: strongSwan renews its CHILD_SA; for poll, for it refuses
# while it has not quite installed the last one
swan_rekeys() {
	_sr=$1
	shift
	[ $# -gt 0 ] || set -- --child lan
	charon_ctl "$_sr" --rekey "$@" | grep -q 'rekey completed successfully'
}

# no_loss LOG: the ping that wrote LOG lost nothing; where it did, what is known of it
no_loss() {
	! grep -q ' 0% packet loss' "$1" || return 0
	loss_story "$1" | sed 's/^/# /'
	return 1
}
loss_story() {
	grep 'packet loss' "$1" || echo "no summary in $1"
	sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' "$1" | sort -n |
		awk '$1 > last + 1 { print "no answer from", last + 1, "to", $1 - 1 } { last = $1 }
			END { print "the last answer is", last + 0 }'
	router r1 show crypto drops
	router r1 show crypto ipsec sa detail | grep -E 'ident|pkts|spi|age'
	for _ls in r2 r3; do
		in_ns "$_ls" awk '$2 { print $1, $2 }' /proc/net/xfrm_stat
		in_ns "$_ls" ip -s xfrm state 2>/dev/null | grep -E 'proto|bytes|add|failed'
	done
}

# wire_start / wire_clear: what passes the network between the routers
wire_start() {
	bg "$WORK/tcpdump.log" ip netns exec "$NET_TAG-net" \
		tcpdump --immediate-mode -U -s 128 -i any -w "$WORK/wire.pcap"
	poll 20 grep -q 'listening on' "$WORK/tcpdump.log"
}

wire_count() {
	tcpdump -nr "$WORK/wire.pcap" "$@" 2>/dev/null | wc -l
}

# none of the LANs' packets was on the wire, and some ESP was
wire_is_protected() {
	poll 10 wire_has esp && [ "$(wire_count net 10.0.0.0/8)" = 0 ]
}

wire_has() {
	[ "$(wire_count "$@")" -gt 0 ]
}

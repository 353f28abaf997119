#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of handshake.sh that runs in the virtual machine:
# handshake-guest.sh COUNT RUNS GROUP...: COUNT peers come up at ike-daemon and at charon,
# in turns. Prints lines "row SYSTEM GROUP COUNT UP WALL-NS CPU-NS BYTES": what it took by
# the clock, of the responder's processor time, and of its memory; and "row bound GROUP
# COUNT 0 0 CPU-NS 0", what their Diffie-Hellman alone takes.
#
#	a 10.50.0.0/16 --- 192.0.2.2 [ ] 192.0.2.1 --- r1	responder, on a processor of its own
#	   the peers			  10.1.0.1 on lo

PERF=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$PERF/../.." && pwd)
USER_BIN=$TOP/build/user
HANDSHAKE=$TOP/build/perf/handshake
. "$TOP/selftests/lib/net.sh"
. "$TOP/selftests/lib/module.sh"
. "$TOP/selftests/lib/charon.sh"
WORK=$(mktemp -d)
CPU=$(($(nproc) - 1))		# of the responder
CHARON_DIR_BASE=$WORK/charon
trap net_cleanup EXIT
trap 'exit 143' TERM INT HUP

count=$1
runs=$2
shift 2

die() {
	echo "handshake: $*" >&2
	exit 1
}

scene() {
	ns_new a r1 || die namespaces
	link a eth0 192.0.2.2/24 r1 wan0 192.0.2.1/24
	in_ns a ip route add local 10.50.0.0/16 dev lo
	in_ns r1 ip route add 10.50.0.0/16 via 192.0.2.2
	in_ns r1 ip addr add 10.1.0.1/24 dev lo
}

# cryptomap_begin GROUP, charon_begin GROUP: sets $pid
cryptomap_begin() {
	cat >"$WORK/r1.conf" <<-END
	crypto isakmp policy 10
	 encryption aes 256
	 hash sha256
	 group $1
	crypto isakmp key Secret address 0.0.0.0
	crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac
	crypto dynamic-map D 10
	 set transform-set T
	crypto map M 10 ipsec-isakmp dynamic D
	interface wan0
	 crypto map M
	END
	bg "$WORK/log" ip netns exec "$NET_TAG-r1" taskset -c "$CPU" "$USER_BIN/ike-daemon" \
		--config "$WORK/r1.conf" --socket "$WORK/control"
	pid=$bg_pid
	ready() { in_ns r1 "$USER_BIN/ipsecctl" --socket "$WORK/control" show crypto isakmp sa; }
	poll 30 ready >/dev/null 2>&1 || die ike-daemon
}

cryptomap_end() {
	kill "$pid"
	poll 60 pid_gone "$pid"
}

charon_begin() {
	case $1 in 14) _dh=modp2048 ;; 19) _dh=ecp256 ;; esac
	mkdir -p "$WORK/swan"
	cat >"$WORK/swan/swanctl.conf" <<-END
	connections {
	  peers {
	    version = 1
	    local_addrs = 192.0.2.1
	    remote_addrs = %any
	    proposals = aes256-sha256-$_dh
	    local {
	      auth = psk
	    }
	    remote {
	      auth = psk
	    }
	    children {
	      net {
	        local_ts = 10.1.0.0/24
	        esp_proposals = aes256-sha256
	      }
	    }
	  }
	}
	secrets {
	  ike-peers {
	    secret = "Secret"
	  }
	}
	END
	charon_start r1 "$WORK/swan" || die charon
	pid=$(charon_pid r1)
	taskset -acp "$CPU" "$pid" >/dev/null
}

charon_end() { charon_stop r1; }

# In user mode and in the kernel, of all threads, in ns
cpu() {
	awk '{ n += $1 } END { printf "%.0f\n", n }' /proc/"$pid"/task/*/schedstat
}
memory() { awk '/^Pss:/ { print $2 * 1024 }' "/proc/$pid/smaps_rollup"; }

# run SYSTEM GROUP; what it leaves in the kernel goes with the namespace
run() {
	"${1}_begin" "$2"
	_cpu=$(cpu)
	_memory=$(memory)
	_result=$(in_ns a taskset -c 0 "$HANDSHAKE" peers "$count" 16 10.50.1.1 192.0.2.1 "$2") || die "$*"
	# shellcheck disable=SC2086
	set -- "$1" "$2" $_result
	echo "row $1 $2 $3 $4 $5 $(($(cpu) - _cpu)) $(($(memory) - _memory))"
	"${1}_end"
}

module_load "$TOP" || die "no module"
charon_preload
CHARON_IKE_LEVEL=1
for group; do
	i=0
	while [ "$i" -lt "$runs" ]; do
		for system in cryptomap charon; do
			scene
			run "$system" "$group"
			net_cleanup
		done
		echo "row bound $group $count 0 0 $("$HANDSHAKE" bound "$count" "$group" | cut -d' ' -f2) 0"
		i=$((i + 1))
	done
done

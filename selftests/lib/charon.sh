# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# strongSwan's charon as a peer, one per namespace: a private /run, only the
# plugins that are needed (all of them take 20 s to load under emulation).
# Source it after net.sh.
#
#   charon_start NS DIR       DIR/swanctl.conf is the configuration; waits
#                             until charon answers and has loaded it. In two
#                             halves: charon_launch NS DIR, charon_ready NS
#   charon_ctl NS ARGS…       swanctl in the right place
#   charon_reload NS          loads DIR/swanctl.conf again
#   charon_stop NS            ends it in order; charon_kill NS: at once

CHARON=${CHARON:-/usr/lib/ipsec/charon}

charon_conf() {
	cat <<-END
	charon {
	  load_modular = no
	  load = random nonce openssl aes des sha1 sha2 md5 hmac kdf gmp gcm${CHARON_PLUGINS:+ $CHARON_PLUGINS} kernel-netlink socket-default vici updown counters
	  install_routes = yes
	  retransmit_timeout = ${CHARON_RETRANSMIT:-4.0}
	  keep_alive = ${CHARON_KEEPALIVE:-20s}
	  piddir = /run
	  ${CHARON_LINES:-}
	  filelog {
	    stderr {
	      default = 1
	      ike = ${CHARON_IKE_LEVEL:-2}
	      cfg = 2
	      enc = 1
	    }
	  }
	}
	swanctl {
	  load = random
	}
	END
}

# XFRM loads its parts when its first SA comes, which takes seconds under
# emulation; until then it answers ESP with "protocol unreachable".
charon_preload() {
	modprobe -qa esp4 xfrm_user authenc cbc gcm ctr hmac echainiv seqiv \
		sha1_generic sha256_generic sha512_generic md5 des_generic ||
		: "what is built in has no module"
}

charon_pid() {
	cat "$CHARON_DIR_BASE-$1/pid" 2>/dev/null
}

# The mount namespace is charon's own; swanctl joins it to reach its socket.
charon_ctl() {
	_cn=$1
	shift
	nsenter -t "$(charon_pid "$_cn")" -m -n env \
		STRONGSWAN_CONF="$CHARON_DIR_BASE-$_cn/strongswan.conf" \
		SWANCTL_DIR="$CHARON_DIR_BASE-$_cn" swanctl "$@"
}

charon_reload() {
	charon_ctl "$1" --load-all --clear
}

charon_launch() {
	CHARON_DIR_BASE=${CHARON_DIR_BASE:-$(mktemp -d)/charon}
	_dir=$CHARON_DIR_BASE-$1
	mkdir -p "$_dir" || return 1
	charon_preload
	charon_conf >"$_dir/strongswan.conf"
	cp "$2/swanctl.conf" "$_dir/swanctl.conf" || return 1
	# shellcheck disable=SC2016
	bg "$_dir/log" ip netns exec "$NET_TAG-$1" env \
		STRONGSWAN_CONF="$_dir/strongswan.conf" SWANCTL_DIR="$_dir" \
		unshare -m sh -c 'mount --make-rprivate / && mount -t tmpfs tmpfs /run &&
			echo $$ >"$1/pid" && exec "$2"' sh "$_dir" "$CHARON"
}

# Its socket, seen without another program that competes with it for the processor.
charon_listens() {
	_pid=$(charon_pid "$1") && [ -n "$_pid" ] && [ -S "/proc/$_pid/root/run/charon.vici" ]
}

charon_ready() {
	_dir=$CHARON_DIR_BASE-$1
	if ! poll 60 charon_listens "$1"; then
		cat "$_dir/log" >&2
		return 1
	fi
	charon_reload "$1" >"$_dir/load.log" 2>&1 && return 0
	cat "$_dir/load.log" >&2
	return 1
}

charon_start() {
	charon_launch "$@" && charon_ready "$1"
}

charon_log() {
	cat "$CHARON_DIR_BASE-$1/log"
}

charon_stop() {
	_pid=$(charon_pid "$1")
	kill "$_pid" && poll 20 pid_gone "$_pid"
}

charon_kill() {
	kill -9 "$(charon_pid "$1")"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# FreeRADIUS on a, for the tests beside this. Source it after lib.sh.

# What servers do by themselves since 2024.
SIGN='update reply { Message-Authenticator := 0x00 }'

# radius_start N PORT SECRET [LINE] <USERS: server N, which checks passwords however they
# are shown, and does that with its answers; its pid in radius_N, what it does in
# $WORK/radius-N/log
radius_start() {
	_rd=$WORK/radius-$1
	mkdir -p "$_rd"
	echo '$INCLUDE /usr/share/freeradius/dictionary' >"$_rd/dictionary"
	cat >"$_rd/users"
	cat >"$_rd/radiusd.conf" <<-END
	logdir = $_rd
	run_dir = $_rd
	libdir = /usr/lib/freeradius
	security {
		allow_vulnerable_openssl = yes
	}
	thread pool {
		start_servers = 1
		max_servers = 2
	}
	client r1 {
		ipaddr = 10.1.0.1
		secret = $3
		require_message_authenticator = yes
	}
	modules {
		pap {
		}
		chap {
		}
		mschap {
		}
		files {
			filename = $_rd/users
		}
	}
	server default {
		listen {
			type = auth
			ipaddr = 10.1.0.2
			port = $2
		}
		authorize {
			chap
			mschap
			files
			pap
		}
		authenticate {
			Auth-Type CHAP {
				chap
			}
			Auth-Type MS-CHAP {
				mschap
			}
			Auth-Type PAP {
				pap
			}
		}
		post-auth {
			$4
			Post-Auth-Type REJECT {
				$4
			}
		}
	}
	END
	chmod -R go-w "$_rd"
	bg "$_rd/log" ip netns exec "$NET_TAG-a" freeradius -X -d "$_rd"
	eval "radius_$1=$bg_pid"
	poll 30 grep -q 'Ready to process requests' "$_rd/log"
}
radius_asked() { grep -c 'Received Access-Request' "$WORK/radius-$1/log"; }

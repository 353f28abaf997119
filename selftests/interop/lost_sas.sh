#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One end loses its SAs and cannot say so: ESP for SAs that are not there, IKE for such as well.
# Both find to each other again, whoever has lost them, and say in the log why, but not for
# each packet. The topology is in lib.sh; what r1 says by IKE is lost where the test says so.
# F-016 E-009 E-080 E-103 R-52

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 18

IKE_PROPOSAL=aes256-sha256-ecp256
ESP_PROPOSAL=aes256-sha256-ecp256
interop_build
{
	cm_phase1 198.51.100.2
	echo 'crypto isakmp keepalive 10 2 periodic'
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	printf 'interface wan0\n crypto map SITE\n'
} | sed 's/group 14$/group 19/; s/group14/group19/' >"$WORK/r1.conf"
dpd='dpd_delay = 1s
	    dpd_timeout = 600s'
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 "$dpd" 'rekey_time = 0' ||
	abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
cmctl() { in_ns r1 "$TOP/build/selftests/net/cmctl" "$@"; }

# mute: what r1 says by IKE is lost; what it hears is not
mute() {
	in_ns net nft -f - <<-END
	table ip mute {
	  chain forward {
	    type filter hook forward priority 0
	    ip saddr 192.0.2.1 udp sport 500 drop
	  }
	}
	END
}
speak() { in_ns net nft delete table ip mute; }

reaches() { in_ns a ping -c 2 -i 0.2 -W 3 10.2.0.2 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }
asks() { in_ns a ping -c 1 -W 1 10.2.0.2 >/dev/null 2>&1; }
mark() { log_at=$(($(wc -l <"$WORK/r1/log") + 1)); }
logged() { [ "$(tail -n +"$log_at" "$WORK/r1/log" | grep -c "$1")" -ge "${2:-1}" ]; }
count() { tail -n +"$log_at" "$WORK/r1/log" | grep -c "$1"; }
spis_ours() { cmctl sas | grep -o ' spi=[^ ]*' | sed 's/.*=//' | sort; }
spis_theirs() { in_ns r2 ip xfrm state | sed -n 's/.*proto esp spi \(0x[0-9a-f]*\) .*/\1/p' | sort; }
same_sas() { [ -n "$(spis_ours)" ] && [ "$(spis_ours)" = "$(spis_theirs)" ]; }
told() { "$@" || { { cmctl sas; router r1 show crypto isakmp sa; in_ns r2 ip xfrm state; } | sed 's/^/# /'; false; }; }
NO_ESP='198.51.100.2: sends on SA 0x[0-9a-f]*, which we do not have'
NO_ISAKMP='IKE message from 198.51.100.2.* has no SA'
# flood N: packets of r2 on its SA, which go nowhere
flood() { in_ns b ping -q -i 0.01 -c "$1" -W 1 10.1.0.2 >/dev/null 2>&1; }

ktap_test_result "the tunnel is up" poll 40 reaches

# --- they lose theirs -----------------------------------------------------------------

mark
charon_kill r2
in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 "$dpd" 'rekey_time = 0' ||
	abort strongSwan
before=$(spis_ours)
ktap_test_result "r2 begins anew, and has no SA" eval '[ -z "$(spis_theirs)" ] && [ -n "$before" ]'
ktap_test_result "our packets are lost there" eval '! asks'
ktap_test_result "E-080: it comes up again, by our keepalives" poll 60 asks
ktap_test_result "with other SAs, the same at both ends" \
	eval 'told poll 10 same_sas && [ "$(spis_ours)" != "$before" ]'
ktap_test_result "and the log says why" logged 'dead'
ktap_test_result "no packet is lost then" reaches

# --- we lose those of ESP -------------------------------------------------------------

# Without keepalives, which nobody would answer while we are mute
sed -i /keepalive/d "$WORK/r1.conf"
router r1 --file "$WORK/r1.conf" >/dev/null || abort keepalive
mark
mute || abort nft
router r1 clear crypto sa >/dev/null
poll 10 eval '[ -z "$(spis_ours)" ]'
ktap_test_result "we have no SA, r2 has not heard of that" eval '[ -z "$(spis_ours)" ] && [ -n "$(spis_theirs)" ]'
flood 50
ktap_test_result "R-52: what was deleted a moment ago is transient: the log is silent" eval '! logged "$NO_ESP"'
names_it() { flood 10; logged "$NO_ESP"; }
ktap_test_result "E-103: when it goes on the log names what we have not" poll 60 names_it
flood 300
ktap_test_result "not for each of 300 packets" eval '[ "$(count "$NO_ESP")" -le 4 ]'
speak
# A DELETE is not repeated; what comes ten seconds later asks for the next one.
their_sa_goes() { flood 5; [ -z "$(spis_theirs)" ]; }
ktap_test_result "R-52: it is told, and its SA goes" told poll 40 their_sa_goes
ktap_test_result "the next packet brings up another" eval 'poll 20 asks && reaches && same_sas'

# --- we lose all ------------------------------------------------------------------------

mute
router r1 shutdown >/dev/null
poll 20 pid_gone "$daemon_r1"
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
log_at=1
no_isakmp() { logged "$NO_ISAKMP"; }
ktap_test_result "E-009: r2 keeps asking by IKE for what we have not, as the log says" poll 20 no_isakmp
# 400 more within moments, of SAs that nobody has
in_ns r2 python3 -c '
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("198.51.100.2", 4711))
for n in range(400):
    head = os.urandom(16) + bytes([8, 0x10, 5, 1]) + os.urandom(4) + (60).to_bytes(4, "big")
    s.sendto(head + os.urandom(32), ("192.0.2.1", 500))'
more() { logged 'has no SA ([1-9][0-9]* more like this)'; }
ktap_test_result "not for each of 400 more, but it says how many" \
	eval 'poll 20 more && [ "$(count "$NO_ISAKMP")" -le 60 ]'
flood 300
speak
back() { flood 3; same_sas; }
ktap_test_result "E-103: ESP of SAs that we have not makes us call r2" told poll 60 back
ktap_test_result "and no packet is lost then" reaches
ktap_test_result "it still runs" eval '! pid_gone "$daemon_r1"'

ktap_finished

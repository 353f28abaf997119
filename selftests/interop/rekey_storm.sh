#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends renew both phases every few seconds, sometimes at the same moment: strongSwan by
# time, so short as we would not have it configured, and when it is told to, we by volume. A
# ping and a TCP connection pass all the time. Nothing is in clear, SAs do not pile up, nobody
# sends on what the other has not, and nothing is left behind. The topology is in lib.sh.
# F-013 F-014 F-107 E-010 R-13

. "$(dirname "$0")/lib.sh"

SECONDS_LONG=90
PINGS=$((SECONDS_LONG * 10))
LOST_MAX=$((PINGS / 100))

ktap_print_header
ktap_set_plan 13

# They renew IKE after 16 s of 28, and ESP after 20 s of 40, as well as when they are told to, now
# and then; we renew ESP after 2 MB, which is sooner.
IKE_PROPOSAL=aes256-sha256-ecp256
ESP_PROPOSAL=aes256-sha256-ecp256
interop_build
{
	cm_phase1 198.51.100.2
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101 'set security-association lifetime kilobytes 2560'
	printf 'interface wan0\n crypto map SITE\n'
} | sed 's/group 14$/group 19/; s/group14/group19/' >"$WORK/r1.conf"
IKE_REAUTH=16s swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 \
	'over_time = 12s
	rand_time = 0' 'rekey_time = 20s
	        life_time = 40s
	        rand_time = 0' || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump
cmctl() { in_ns r1 "$TOP/build/selftests/net/cmctl" "$@"; }

# What a sends b in all that time, and what b says that it was; the longest wait of a.
cat >"$WORK/tcp.py" <<'END'
import hashlib, socket, sys, time
if sys.argv[1] == 'serve':
    listener = socket.create_server(('10.2.0.2', 5001))
    print('ready', flush=True)
    conn, _ = listener.accept()
    digest = hashlib.sha256()
    while True:
        data = conn.recv(65536)
        if not data:
            break
        digest.update(data)
    conn.sendall(digest.hexdigest().encode())
    sys.exit()
end = time.monotonic() + int(sys.argv[2])
conn = socket.create_connection(('10.2.0.2', 5001), 30)
conn.settimeout(60)
conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
digest, n, longest = hashlib.sha256(), 0, 0.0
while time.monotonic() < end:
    data = n.to_bytes(8, 'big') * 512
    before = time.monotonic()
    conn.sendall(data)
    longest = max(longest, time.monotonic() - before)
    digest.update(data)
    n += 1
    time.sleep(0.014)
conn.shutdown(socket.SHUT_WR)
same = conn.recv(100).decode() == digest.hexdigest()
print('same' if same else 'other', n * 4096, int(longest * 1000))
END

# The most that there were at once, of ours, of theirs, and ISAKMP SAs here
swan_count() { in_ns r2 ip xfrm state | grep -c 'proto esp'; }
isakmp_count() { router r1 show crypto isakmp sa | grep -c QM_IDLE; }
watch() {
	while :; do
		echo "$(cmctl sas | grep -c spi=) $(swan_count) $(isakmp_count)"
		sleep 0.5
	done
}
most() { awk -v n="$1" '$n > most { most = $n } END { print most + 0 }' "$WORK/counts"; }

bg "$WORK/serve" ip netns exec "$NET_TAG-b" python3 "$WORK/tcp.py" serve
poll 20 grep -q ready "$WORK/serve" || abort server
charon_ctl r2 --initiate --child lan --timeout 60 >/dev/null 2>&1
in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >"$WORK/first" 2>&1
ktap_test_result "the tunnel is up" no_loss "$WORK/first"

watch >"$WORK/counts" &
watch_pid=$!
bg "$WORK/ping" ip netns exec "$NET_TAG-a" ping -i 0.1 -c $PINGS -W 10 10.2.0.2
ping_pid=$bg_pid
bg "$WORK/tcp" ip netns exec "$NET_TAG-a" python3 "$WORK/tcp.py" send $SECONDS_LONG
tcp_pid=$bg_pid
until poll 8 pid_gone "$ping_pid"; do
	charon_ctl r2 --rekey --child lan >/dev/null 2>&1
done
poll 90 pid_gone "$tcp_pid"
kill "$watch_pid"

# How often who began, of which phase
began() { grep -c "198.51.100.2: $1 established .*as $2" "$WORK/r1/log"; }
echo "# ISAKMP SAs: we began $(began 'ISAKMP SA .*' initiator), they $(began 'ISAKMP SA .*' responder);" \
	"pairs: we $(began SAs initiator), they $(began SAs responder)"
echo "# $(grep 'packet loss' "$WORK/ping"); TCP: $(cat "$WORK/tcp")"
echo "# at once: ours $(most 1), theirs $(most 2), ISAKMP SAs $(most 3)"
ktap_test_result "both began both phases, again and again" \
	eval '[ $(($(began "ISAKMP SA .*" initiator) + $(began "ISAKMP SA .*" responder))) -ge 5 ] &&
		[ $(($(began SAs initiator) + $(began SAs responder))) -ge 8 ] &&
		[ "$(began SAs initiator)" -ge 1 ] && [ "$(began SAs responder)" -ge 1 ]'
answers() { sed -n 's/.* \([0-9]*\) received.*/\1/p' "$WORK/ping"; }
few_lost() { [ "$(answers)" -ge $((PINGS - LOST_MAX)) ] || { loss_story "$WORK/ping" | sed 's/^/# /'; false; }; }
ktap_test_result "of $PINGS packets at most $LOST_MAX are lost" few_lost
ktap_test_result "TCP arrives as it was sent" grep -q '^same' "$WORK/tcp"
ktap_test_result "and never waits five seconds" awk '{ exit !($1 == "same" && $3 < 5000) }' "$WORK/tcp"
ktap_test_result "nothing in clear" wire_is_protected
ktap_test_result "no more than four pairs at once, at either end" \
	eval '[ "$(most 1)" -le 8 ] && [ "$(most 1)" -ge 4 ] && [ "$(most 2)" -le 8 ]'
ktap_test_result "nor more than four ISAKMP SAs" eval '[ "$(most 3)" -le 4 ] && [ "$(most 3)" -ge 1 ]'
unknown_ours() { router r1 show crypto drops | awk '$2 == "unknown_spi" { n = $1 } END { print n + 0 }'; }
unknown_theirs() { in_ns r2 awk '$1 == "XfrmInNoStates" { print $2 }' /proc/net/xfrm_stat; }
echo "# unknown SPIs: ours $(unknown_ours), theirs $(unknown_theirs)"
ktap_test_result "hardly a packet for an SA that is not there, at either end" \
	eval 'router r1 show crypto drops | grep -q -w unknown_spi && [ "$(unknown_ours)" -le 10 ] && [ "$(unknown_theirs)" -le 10 ]'
ktap_test_result "and we complain of none" eval '! grep -q "which we do not have" "$WORK/r1/log"'

# And then they have time: what one end had forgotten and the other not would be left.
swan_conf site 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'rekey_time = 0' \
	>"$CHARON_DIR_BASE-r2/swanctl.conf"
charon_reload r2 >/dev/null 2>&1
spis_ours() { cmctl sas | grep -o ' spi=[^ ]*' | sed 's/.*=//' | sort; }
spis_theirs() { in_ns r2 ip xfrm state | sed -n 's/.*proto esp spi \(0x[0-9a-f]*\) .*/\1/p' | sort; }
one_pair() {
	[ "$(spis_ours | wc -l)" = 2 ] && [ "$(spis_ours)" = "$(spis_theirs)" ] && [ "$(isakmp_count)" = 1 ]
}
told() { "$@" || { { cmctl sas; router r1 show crypto isakmp sa; charon_ctl r2 --list-sas; } | sed 's/^/# /'; false; }; }
nothing() { [ -z "$(spis_ours)$(spis_theirs)" ] && [ "$(isakmp_count)" = 0 ]; }
ends() { charon_ctl r2 --terminate --ike site --timeout 10 >/dev/null 2>&1; nothing; }
ktap_test_result "strongSwan ends it: nothing is left, at either end" told poll 60 ends
up() { in_ns a ping -c 1 -W 10 10.2.0.2 >/dev/null 2>&1; }
poll 40 up
ktap_test_result "one pair comes, and one ISAKMP SA" told poll 20 one_pair
in_ns a ping -c 3 -i 0.3 -W 20 10.2.0.2 >"$WORK/last" 2>&1
ktap_test_result "which serves" no_loss "$WORK/last"

ktap_finished

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What ike-daemon has left of its rights when it runs, and what of the keys is left in its
# memory: r1 negotiates with strongSwan on r2, whose log and kernel say what the keys are.
# The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

CHARON_IKE_LEVEL=4	# tells SKEYID and what comes of it

ktap_print_header
ktap_set_plan 14

interop_build
{
	cm_phase1 198.51.100.2
	echo 'access-list 101 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255'
	cm_entry SITE 10 198.51.100.2 101
	printf 'interface wan0\n crypto map SITE\n'
} >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon

# --- rights -----------------------------------------------------------------------------

# Of every thread: says NAME VALUE
all_threads() {
	for _t in "/proc/$daemon_r1/task"/*; do
		grep -q "^$1:[[:space:]]*$2\$" "$_t/status" || return 1
	done
	[ -e "$_t" ]
}
# CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW
ktap_test_result "three capabilities" eval 'all_threads CapEff 0000000000003400 && all_threads CapPrm 0000000000003400'
ktap_test_result "no other can be had" eval 'all_threads CapBnd 0000000000003400 && all_threads NoNewPrivs 1'
ktap_test_result "a filter for system calls" all_threads Seccomp 2
ktap_test_result "no core dumps" grep -q '^Max core file size *0 *0 ' "/proc/$daemon_r1/limits"

# What fails of all that it calls from now on, by all threads
bg "$WORK/strace.log" strace -f -p "$daemon_r1" -e status=failed -o "$WORK/calls"
traced() { ! grep -q '^TracerPid:[[:space:]]*0$' "/proc/$daemon_r1/status"; }
poll 10 traced || abort strace

# --- keys -------------------------------------------------------------------------------

# From the log's lines "SKEYID_d => 32 bytes @ ADDRESS", "   0: 6B 2D ... TEXT": in hex
skeyid() {
	charon_log r2 | sed 's/^[0-9]*\[IKE\] //' | awk -v name="$1" '
		$1 == name && $2 == "=>" { left = $3; hex = ""; next }
		left > 0 && /^ *[0-9]+: / { for (i = 2; i <= 17 && left > 0; i++) { hex = hex $i; left-- } }
		END { print hex }'
}
# NAME=HEX of all that is looked for
secrets() {
	echo "psk=$(printf %s $PSK | od -An -v -tx1 | tr -d ' \n')"
	for _k in SKEYID SKEYID_d SKEYID_a SKEYID_e; do
		echo "$_k=$(skeyid $_k)"
	done
	in_ns r2 ip xfrm state | awk '/auth-trunc|enc / { print "esp" ++n "=" substr($3, 3) }'
}
scan() {
	# shellcheck disable=SC2046 # one word each
	"$INTEROP/scan.py" "$daemon_r1" $(cat "$WORK/secrets") >"$WORK/memory" &&
		sed 's/^/# /' "$WORK/memory"
}
has() { awk -v name="$1" '$1 == name && $2 > 0 { found = 1 } END { exit !found }' "$WORK/memory"; }
has_not() { awk -v name="$1" '$1 == name && $2 == 0 { found = 1 } END { exit !found }' "$WORK/memory"; }
none_of_esp() { [ "$(grep -c '^esp.* 0$' "$WORK/memory")" = 4 ]; }
none_of_isakmp() { has_not SKEYID && has_not SKEYID_d && has_not SKEYID_a && has_not SKEYID_e; }
reaches() { in_ns a ping -c 3 -i 0.3 -W 15 10.2.0.2 >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"; }

ktap_test_result "a tunnel with strongSwan" reaches
secrets >"$WORK/secrets"
ktap_test_result "its memory can be read" scan
ktap_test_result "the pre-shared key is in it, as long as it is configured" has psk
ktap_test_result "the keys of the ISAKMP SA are, as long as that is there" eval 'has SKEYID_d && has SKEYID_a'
ktap_test_result "those of ESP the kernel has alone" none_of_esp
charon_kill r2	# so that there is no other ISAKMP SA
router r1 clear crypto isakmp >/dev/null 2>&1
no_sa() { ! router r1 show crypto isakmp sa | grep -q QM_IDLE; }
ktap_test_result "it ends" poll 20 no_sa
scan
ktap_test_result "none of its keys is left" none_of_isakmp
# Buffers of many sizes that a configuration passes through: none keeps it.
for _n in 1 2 3 4 5 6; do
	seq -f 'access-list 102 permit ip host 10.3.0.%g any' $((_n * _n)) >>"$WORK/r1.conf"
	router r1 --file "$WORK/r1.conf" >/dev/null 2>&1
	router r1 show running-config >/dev/null 2>&1
done
sed -i "s/$PSK/Another1/" "$WORK/r1.conf"
router r1 --file "$WORK/r1.conf" >/dev/null 2>&1
scan
ktap_test_result "nor is the pre-shared key, when it is another one" has_not psk

# --- it works all the same --------------------------------------------------------------

ktap_test_result "the end" eval 'router r1 shutdown && poll 10 pid_gone "$daemon_r1"'
# Sockets that have nothing more to be read are seen, so that what is refused would be.
ktap_test_result "nothing was refused that it wanted" \
	eval 'grep -q EAGAIN "$WORK/calls" && ! grep EPERM "$WORK/calls"'

ktap_finished

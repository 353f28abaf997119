#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# IKEv1 with strongSwan: a matrix of ciphers, hashes, groups and PFS, each
# begun by us and by the peer and proven by packets; then what must fail, and
# how it explains itself. The topology is in lib.sh.
# F-001 F-005 F-006 F-007 F-010 F-012 F-016 F-027 F-028 E-017 E-075 E-097

. "$(dirname "$0")/lib.sh"

# strongSwan IKE | our policy: cipher, hash, group | strongSwan ESP |
# our transform set | our PFS
matrix() {
	cat <<-END
	des-md5-modp768|des|md5|1|des-md5|esp-des esp-md5-hmac|
	3des-md5-modp1024|3des|md5|2|3des-md5|esp-3des esp-md5-hmac|
	aes128-sha1-modp1536|aes|sha|5|aes128-sha1-modp1536|esp-aes esp-sha-hmac|group5
	aes192-sha256-modp2048|aes 192|sha256|14|aes192-sha256|esp-aes 192 esp-sha256-hmac|
	aes256-sha384-ecp256|aes 256|sha384|19|aes256-sha384-ecp256|esp-aes 256 esp-sha384-hmac|group19
	aes256-sha512-ecp384|aes 256|sha512|20|aes128gcm16-ecp384|esp-gcm|group20
	aes128-sha256-modp3072|aes|sha256|15|aes256gcm16|esp-gcm 256|
	aes256-sha256-modp4096|aes 256|sha256|16|aes256-sha512-modp4096|esp-aes 256 esp-sha512-hmac|group16
	END
}

ktap_print_header
ktap_set_plan $((2 * $(matrix | wc -l) + 21))

# our_conf CIPHER HASH GROUP TRANSFORM PFS [KEY] [DESTINATION]
our_conf() {
	cat <<-END
	crypto isakmp policy 10
	 encryption $1
	 hash $2
	 authentication pre-share
	 group $3
	crypto isakmp key ${6:-$PSK} address 198.51.100.2
	crypto ipsec transform-set TS $4
	access-list 101 permit ip 10.1.0.0 0.0.0.255 ${7:-10.2.0.0 0.0.0.255}
	crypto map SITE 10 ipsec-isakmp
	 set peer 198.51.100.2
	 set transform-set TS
	 match address 101
	END
	[ -z "$5" ] || echo " set pfs $5"
	printf 'interface wan0\n crypto map SITE\n'
}

# ours CONFIG…: our daemon with this configuration and nothing of the last one
ours() {
	router r1 shutdown >/dev/null 2>&1
	[ -z "$daemon_r1" ] || poll 10 pid_gone "$daemon_r1"
	our_conf "$@" >"$WORK/r1.conf"
	daemon_start r1 "$WORK/r1.conf"
}

theirs() {
	swan_conf site 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 \
		>"$CHARON_DIR_BASE-r2/swanctl.conf"
	charon_reload r2 >/dev/null 2>&1
}

up() { router r1 show crypto isakmp sa | grep -q QM_IDLE; }
reaches() {
	in_ns a ping -c 3 -i 0.2 -W 20 10.2.0.2 >"$WORK/ping" 2>&1 &&
		no_loss "$WORK/ping" && return
	sed 's/^/# /' "$WORK/ping" "$WORK/r1/log"
	router r1 show crypto ipsec sa | sed 's/^/# /'
	false
}
they_initiate() {
	charon_ctl r2 --initiate --child lan --timeout 40 >"$WORK/initiate" 2>&1 &&
		in_ns b ping -c 3 -i 0.2 -W 10 10.1.0.2 >"$WORK/ping" 2>&1 &&
		no_loss "$WORK/ping" && up
}
forget() {
	charon_ctl r2 --terminate --ike site >/dev/null 2>&1
	# In this order: an ISAKMP SA that pairs depend on would come back.
	router r1 clear crypto sa >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
}

interop_build
IKE_PROPOSAL=aes256-sha256-modp2048
ESP_PROPOSAL=aes256-sha256
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 || abort strongSwan

matrix >"$WORK/matrix"
while IFS='|' read -r ike cipher hash group esp transform pfs <&3; do
	IKE_PROPOSAL=$ike
	ESP_PROPOSAL=$esp
	theirs
	ours "$cipher" "$hash" "$group" "$transform" "$pfs" || abort ike-daemon
	ktap_test_result "$ike, ESP $esp: we begin" reaches
	forget
	ktap_test_result "$ike, ESP $esp: they begin" they_initiate
	charon_ctl r2 --terminate --ike site >/dev/null 2>&1
done 3<"$WORK/matrix"

# --- what must fail ----------------------------------------------------------

# Each time: the state, the log, no SA, and packets that are lost and counted
# instead of going out as they are.
IKE_PROPOSAL=aes256-sha256-modp2048
ESP_PROPOSAL=aes256-sha256
theirs
wire_start || abort tcpdump
log_has() { grep -q "$1" "$WORK/r1/log"; }
state_is() { router r1 show crypto isakmp sa | grep -q "$1"; }
no_spi() { ! router r1 show crypto ipsec sa | grep -q 'spi: 0x'; }
none_in_clear() { [ "$(wire_count net 10.0.0.0/8)" = 0 ]; }
errors() { [ "$(sa_field r1 '#send errors')" -gt 0 ]; }
kept_back() {
	! in_ns a ping -c 2 -i 0.2 -W 2 10.2.0.2 >/dev/null 2>&1 &&
		poll 60 errors && no_spi && none_in_clear
}
# It goes on trying, and would not begin another while it does.
they_fail() {
	charon_ctl r2 --initiate --child lan --timeout 10 >/dev/null 2>&1
	_initiated=$?
	charon_ctl r2 --terminate --ike site --force >/dev/null 2>&1
	[ $_initiated != 0 ]
}

ours "aes 256" sha256 14 "esp-aes 256 esp-sha256-hmac" '' WrongKey || abort ike-daemon
ktap_test_result "wrong key: packets are counted, none in clear, no SA" kept_back
ktap_test_result "wrong key: MM_KEY_EXCH" poll 20 state_is MM_KEY_EXCH
ktap_test_result "F-027: wrong key: the log names it" \
	poll 10 log_has 'pre-shared keys differ'
ours "aes 256" sha256 14 "esp-aes 256 esp-sha256-hmac" '' WrongKey || abort ike-daemon
ktap_test_result "wrong key: they fail, too" they_fail
ktap_test_result "wrong key, they begin: MM_KEY_EXCH" poll 20 state_is MM_KEY_EXCH
ktap_test_result "F-027: wrong key, they begin: the log names it" \
	poll 10 log_has 'pre-shared keys differ'
ktap_test_result "wrong key, they begin: no SA" no_spi

ours "aes 256" sha256 5 "esp-aes 256 esp-sha256-hmac" '' || abort ike-daemon
ktap_test_result "no common policy: packets are counted, none in clear, no SA" kept_back
ktap_test_result "no common policy: MM_NO_STATE" poll 20 state_is MM_NO_STATE
ktap_test_result "no common policy: their NO-PROPOSAL-CHOSEN" \
	log_has 'NO-PROPOSAL-CHOSEN'
ktap_test_result "no common policy: they fail, too" they_fail
ktap_test_result "F-028: they begin: the log has the attribute, offered and configured" \
	log_has 'group: offered 2048-bit MODP (14), configured 1536-bit MODP (5)'

ours "aes 256" sha256 14 "esp-aes 256 esp-sha-hmac" '' || abort ike-daemon
ktap_test_result "no common transform set: they fail" they_fail
ktap_test_result "no common transform set: the log has the attribute" \
	log_has 'authentication algorithm: offered HMAC-SHA2-256 (5), configured HMAC-SHA (2)'
ktap_test_result "no common transform set: packets are counted, none in clear, no SA" kept_back
ktap_test_result "no common transform set: phase 1 stands" state_is QM_IDLE

ours "aes 256" sha256 14 "esp-aes 256 esp-sha256-hmac" '' "$PSK" '10.2.0.0 0.0.255.255' ||
	abort ike-daemon
ktap_test_result "unmirrored list: they fail" they_fail
ktap_test_result "unmirrored list, they begin: the log has both" \
	log_has 'asks for 10.1.0.0/24 -> 10.2.0.0/24, configured is 10.1.0.0/24 -> 10.2.0.0/16'
ktap_test_result "unmirrored list: packets are counted, none in clear, no SA" kept_back
ktap_test_result "unmirrored list, we begin: other proxy identities come back, and are refused" \
	poll 20 log_has 'the peer answers other proxy identities: 10.1.0.0/24 and 10.2.0.0/24'

# That nothing was in clear means something only if the capture saw such packets.
in_ns r1 ping -c 1 -W 2 198.51.100.2 >/dev/null 2>&1
ktap_test_result "the capture would have shown them" poll 5 wire_has icmp and src 192.0.2.1

ktap_finished

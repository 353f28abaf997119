#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Asynchronous crypto drivers: the kernel's pcrypt completes every packet later,
# on another CPU. The same path serves it; SAs and the namespace may go while
# packets are in it. The topology is in lib.sh.

. "$(dirname "$0")/lib.sh"

# crypto_alg TYPE FLAGS DRIVER: a message of crypto_user about an AEAD.
crypto_alg() {
	python3 - "$@" <<-'END'
	import socket, struct, sys
	NETLINK_CRYPTO, AEAD, MASK = 21, 3, 15
	kind, flags, driver = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
	alg = struct.pack('64s64s64sIIII', b'', driver, b'', AEAD, MASK, 0, 0)
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_CRYPTO)
	s.send(struct.pack('IHHII', 16 + len(alg), kind, flags, 1, 0) + alg)
	s.recv(4096)
	END
}

# Make the kernel prefer pcrypt(NAME): CRYPTO_MSG_NEWALG. It makes the algorithm
# and then does not find it, for its name is NAME; it is there.
pcrypt_driver() { sed -n 's/^driver.*: \(pcrypt(rfc4106.*\)/\1/p' /proc/crypto; }
prefer_pcrypt() {
	crypto_alg 16 5 "pcrypt($1)"
	[ -n "$(pcrypt_driver)" ]
}

# What comes after this test gets the driver that the kernel prefers by itself:
# CRYPTO_MSG_DELALG, which is refused while a state that is being freed uses it.
forget_pcrypt() {
	crypto_alg 17 5 "$(pcrypt_driver)"
	[ -z "$(pcrypt_driver)" ]
}

ktap_print_header
if ! modprobe -a -q pcrypt crypto_user || ! prefer_pcrypt 'rfc4106(gcm(aes))'; then
	ktap_skip_all "this kernel has no pcrypt or crypto_user"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 11

net_build
at_least() { [ "${1:-0}" -ge "$2" ]; }
cm_map || abort "map"
WINDOW=1024
gcm_tunnel || abort "SAs"

driver() { cm_value sas spi=0x0000"${1}" driver; }
ktap_test_result "the SA uses an asynchronous driver" eval 'driver 1001 | grep -q pcrypt'
ktap_test_result "A reaches B" reaches a 10.2.0.2
ktap_test_result "B reaches A" reaches b 10.1.0.2

head -c 1000000 /dev/urandom >"$WORK/noise"
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/got &"
poll 10 eval 'in_ns b ss -ltn | grep -q :7000'
in_ns a socat -t 20 -u "FILE:$WORK/noise" "TCP:10.2.0.2:7000"
ktap_test_result "a megabyte arrives whole" poll 20 cmp -s "$WORK/noise" "$WORK/got"
ktap_test_result "nothing was lost in it" \
	[ "$(flow recv_errors)$(lost encrypt_failed)$(lost queue_overflow)" = 000 ]

# The longer header of extended sequence numbers stays until the driver is done.
in_ns r2 ip xfrm state flush
cm flush
xfrm_pair 0x1001 0x2001 flag esn aead 'rfc4106(gcm(aes))' $GCM_KEY 128
cm sa in 0x1001 $R2 $R1 wan0,10,10 flags 1 encr 20 key $GCM_KEY
cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 5 encr 20 key $GCM_KEY
ktap_test_result "extended sequence numbers as well" \
	eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2 && driver 1001 | grep -q pcrypt'

# More than may be in the driver at once.
in_ns a ping -q -f -l 50 -w 5 -s 1000 10.2.0.2 >/dev/null &
cm limit crypto-queue 1
overflow() { at_least "$(lost queue_overflow)" 1; }
ktap_test_result "the number of packets in the driver is bounded: queue_overflow" poll 20 overflow
cm limit crypto-queue 1024
wait $!

# The end while packets are in the driver.
bg /dev/null ip netns exec "$a" sh -c "while :; do ping -q -f -l 20 -w 2 -s 1000 10.2.0.2; done"
for i in 1 2 3 4 5 6 7 8; do
	cm flush && cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || break
done
ktap_test_result "SAs go and come under load" [ "$i" = 8 ]
cm flush
cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 20 encr 20 key $GCM_KEY
ktap_test_result "on demand no asynchronous driver is taken" eval '! driver 2001 | grep -q pcrypt'
ip netns del "$r1"
gone() { ! ip netns list | grep -q "$r1"; }
ktap_test_result "the namespace goes under load" gone
net_cleanup
ktap_test_result "and leaves nothing that uses the driver" poll 30 forget_pcrypt

ktap_finished

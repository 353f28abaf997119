#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Asynchronous crypto drivers: the kernel's pcrypt (ESP) and cryptd (AH) complete
# every packet later, on another CPU or in a process. The same path serves them;
# SAs and the namespace may go while packets are in it. Both processors send on one
# SA, and what leaves is in order. The topology is in lib.sh.
# F-063

. "$(dirname "$0")/lib.sh"

AEAD=3 HASH=15	# CRYPTO_ALG_TYPE_AHASH

# crypto_alg MESSAGE FLAGS DRIVER TYPE: a message of crypto_user about an algorithm.
crypto_alg() {
	python3 - "$@" <<-'END'
	import socket, struct, sys
	NETLINK_CRYPTO, MASK = 21, 15
	kind, flags, driver = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
	alg = struct.pack('64s64s64sIIII', b'', driver, b'', int(sys.argv[4]), MASK, 0, 0)
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_CRYPTO)
	s.send(struct.pack('IHHII', 16 + len(alg), kind, flags, 1, 0) + alg)
	s.recv(4096)
	END
}

# padata, on which pcrypt rests, nests locks in a way that lockdep takes for a
# deadlock, and is silent from then on: there it is cryptd.
ASYNC=pcrypt
[ ! -e /proc/lockdep ] || ASYNC=cryptd

# Make the kernel prefer pcrypt(NAME): CRYPTO_MSG_NEWALG. It makes the algorithm
# and then does not find it, for its name is NAME; it is there.
async_driver() { sed -n "s/^driver.*: \\($ASYNC(rfc4106.*\\)/\\1/p" /proc/crypto; }
prefer_async() {
	crypto_alg 16 5 "$ASYNC($1)" $AEAD
	[ -n "$(async_driver)" ]
}

# What comes after this test gets the driver that the kernel prefers by itself:
# CRYPTO_MSG_DELALG, which is refused while a state that is being freed uses it.
forget_async() {
	crypto_alg 17 5 "$(async_driver)" $AEAD
	[ -z "$(async_driver)" ]
}

# The same for AH: cryptd on top of the hash that is preferred now.
cryptd_driver() { sed -n 's/^driver.*: \(cryptd(hmac(sha256.*\)/\1/p' /proc/crypto; }
prefer_cryptd() {
	crypto_alg 16 5 "cryptd($1)" 14
	[ -n "$(cryptd_driver)" ]
}
forget_cryptd() {
	crypto_alg 17 5 "$(cryptd_driver)" $HASH
	[ -z "$(cryptd_driver)" ]
}

ktap_print_header
if ! modprobe -a -q $ASYNC crypto_user || ! prefer_async 'rfc4106(gcm(aes))'; then
	ktap_skip_all "this kernel has no $ASYNC or crypto_user"
	exit "$KSFT_SKIP"
fi
ktap_set_plan 28

net_build
cm_map || abort "map"
WINDOW=1024
gcm_tunnel || abort "SAs"

driver() { cm_value sas spi=0x0000"${1}" driver; }
ktap_test_result "the SA uses an asynchronous driver" eval 'driver 1001 | grep -q $ASYNC'
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
	eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2 && driver 1001 | grep -q $ASYNC'

# The inner one of a bundle.
AH_KEY=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
bundle() {
	in_ns r2 ip xfrm state flush
	in_ns r2 ip xfrm policy flush
	cm flush
	xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	for _way in "$R2 dst $R1 spi 0x1002" "$R1 dst $R2 spi 0x2002"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto ah mode transport replay-window 64 \
			auth-trunc 'hmac(sha256)' $AH_KEY 128 flag align4 || return
	done
	in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
		tmpl src $R2 dst $R1 proto esp mode tunnel tmpl src $R2 dst $R1 proto ah mode transport
	in_ns r2 ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir fwd \
		tmpl src $R1 dst $R2 proto esp mode tunnel tmpl src $R1 dst $R2 proto ah mode transport
	cm sa in 0x1002 $R2 $R1 wan0,10,10 proto 51 flags 128 auth 12 akey $AH_KEY &&
		cm sa in 0x1001 $R2 $R1 wan0,10,10 ah-spi 0x1002 encr 20 key $GCM_KEY &&
		cm sa out 0x2002 $R1 $R2 wan0,10,10 proto 51 flags 128 auth 12 akey $AH_KEY &&
		cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 4 ah-spi 0x2002 encr 20 key $GCM_KEY
}
bundle || abort "AH around ESP"
ktap_test_result "inside AH as well" \
	eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2 && driver 1001 | grep -q $ASYNC'
rm "$WORK/got"
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/got &"
poll 10 eval 'in_ns b ss -ltn | grep -q :7000'
in_ns a socat -t 20 -u "FILE:$WORK/noise" "TCP:10.2.0.2:7000"
ktap_test_result "where a megabyte arrives whole, too" poll 20 cmp -s "$WORK/noise" "$WORK/got"

# AH.
ah_pair() {
	in_ns r2 ip xfrm state flush
	cm flush
	for _way in "$R2 dst $R1 spi 0x1001" "$R1 dst $R2 spi 0x2001"; do
		# shellcheck disable=SC2086 # words
		in_ns r2 ip xfrm state add src $_way proto ah mode tunnel replay-window 64 \
			auth-trunc 'hmac(sha256)' $AH_KEY 128 flag align4 esn || return
	done
	ah_ours
}
ah_ours() {
	cm sa in 0x1001 $R2 $R1 wan0,10,10 proto 51 flags 1 window 1024 auth 12 akey $AH_KEY &&
		cm sa out 0x2001 $R1 $R2 wan0,10,10 proto 51 flags 5 auth 12 akey $AH_KEY
}
in_ns r2 ip xfrm policy flush
in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
	tmpl src $R2 dst $R1 proto ah mode tunnel
in_ns r2 ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir fwd \
	tmpl src $R1 dst $R2 proto ah mode tunnel
ah_pair || abort "AH"
plain=$(driver 1001)
cm flush
in_ns r2 ip xfrm state flush
prefer_cryptd "$plain" && ah_pair
ktap_test_result "AH uses an asynchronous driver" eval 'driver 1001 | grep -q "cryptd($plain)"'
ktap_test_result "A reaches B, B reaches A" eval 'reaches a 10.2.0.2 && reaches b 10.1.0.2'
before=$(flow recv_errors)
rm "$WORK/got"
in_ns b sh -c "socat -u TCP-LISTEN:7000 CREATE:$WORK/got &"
poll 10 eval 'in_ns b ss -ltn | grep -q :7000'
in_ns a socat -t 20 -u "FILE:$WORK/noise" "TCP:10.2.0.2:7000"
ktap_test_result "a megabyte arrives whole" poll 20 cmp -s "$WORK/noise" "$WORK/got"
ktap_test_result "and nothing was lost" [ "$(flow recv_errors)" = "$before" ]
in_ns a ping -q -f -l 50 -w 5 -s 1000 10.2.0.2 >/dev/null &
before=$(lost queue_overflow)
cm limit crypto-queue 1
more_overflow() { at_least "$(lost queue_overflow)" $((before + 1)); }
ktap_test_result "the number of packets in the driver is bounded: queue_overflow" poll 20 more_overflow
cm limit crypto-queue 1024
wait $!
in_ns a ping -q -f -l 20 -w 8 -s 1000 10.2.0.2 >/dev/null &
for i in 1 2 3 4 5 6 7 8; do
	cm flush && ah_ours || break
done
wait $!
ktap_test_result "SAs of AH go and come under load" [ "$i" = 8 ]
cm flush
in_ns r2 ip xfrm state flush
ktap_test_result "and leave nothing that uses the driver" poll 30 forget_cryptd
in_ns r2 ip xfrm policy flush
gcm_tunnel || abort "SAs"

# --- order ---------------------------------------------------------------------------------

EACH=3000	# packets of each processor
[ $ASYNC = pcrypt ] || EACH=450	# cryptd queues 1000
in_ns b nft 'add table ip sink; add counter ip sink got; add chain ip sink in { type filter hook prerouting priority 0; };
	add rule ip sink in udp dport 9 counter name got drop'
got() { in_ns b nft -j list counter ip sink got | jq '.nftables[1].counter.packets'; }
# A network device hands all packets of one flow to one processor; veth with this.
sysctl -q -w net.core.netdev_max_backlog=10000
for _dev in "net east" "r2 wan0"; do
	ip netns exec "$NET_TAG-${_dev% *}" sh -c "echo 1 >/sys/class/net/${_dev#* }/queues/rx-0/rps_cpus"
done
# Sizes tell who sent which.
blast() {
	in_ns a python3 -E -c "
import os, socket
for cpu in 0, 1:
    if os.fork():
        continue
    os.sched_setaffinity(0, {cpu})
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range($EACH):
        s.sendto(bytes(100 + 100 * cpu), ('10.2.0.2', 9))
    os._exit(0)
os.wait()
os.wait()"
}
# What was caught: packets, how often the next number did not follow, how often
# the processors took turns.
caught() {
	python3 -E -c "
import struct
data, at, seqs, sizes = open('$WORK/out', 'rb').read(), 24, [], []
while at < len(data):
    caught, size = struct.unpack_from('<II', data, at + 8)
    seqs.append(struct.unpack_from('!I', data, at + 16 + 14 + 20 + 4)[0])
    sizes.append(size)
    at += 16 + caught
turns = sum(a != b for a, b in zip(sizes, sizes[1:]))
odd = sum(a + 1 != b for a, b in zip(seqs, seqs[1:]))
print(len(seqs), odd, turns)"
}
in_order() {
	echo "# $1 packets, $2 out of order, $3 turns"
	[ "$1 $2" = "$_sent 0" ] && [ "$3" -ge 20 ]
}
refused() { in_ns r2 awk '/XfrmInStateSeqError/ { print $2 }' /proc/net/xfrm_stat; }
all_came() { [ "$(got)" = "$1" ]; }
# tcpdump may be behind; it stops where it is when it is told to.
all_caught() { [ "$(stat -c %s "$WORK/out")" -ge $((24 + _sent * (16 + 64))) ]; }
# order TEXT SPI FLAGS DRIVER
order() {
	_had=$(got) _refused=$(refused)
	in_ns r2 ip xfrm state add src $R1 dst $R2 proto esp spi "$2" mode tunnel \
		replay-window 32 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
	cm sa out "$2" $R1 $R2 wan0,10,10 flags "$3" encr 20 key $GCM_KEY
	ktap_test_result "$1: the driver" eval "driver ${2#0x} $4"
	bg "$WORK/tcpdump" ip netns exec "$r1" tcpdump -U -n -s 64 -B 16384 -i wan0 -Q out -w "$WORK/out" esp
	_dump=$bg_pid
	poll 20 grep -q 'listening on' "$WORK/tcpdump"
	# A busy host may run one processor after the other, which says nothing.
	_sent=0
	while [ "$_sent" -lt $((10 * EACH)) ]; do
		blast
		_sent=$((_sent + 2 * EACH))
		poll 20 all_came $((_had + _sent)) || break
		poll 20 all_caught
		_caught=$(caught)
		[ "${_caught##* }" -lt 20 ] || break
	done
	ktap_test_result "$1: every packet arrives" all_came $((_had + _sent))
	kill "$_dump"
	poll 20 pid_gone "$_dump"
	# shellcheck disable=SC2046 # three numbers
	ktap_test_result "$1: in order of their numbers, from both processors" in_order $(caught)
	ktap_test_result "$1: a window of 32 refuses none" [ "$(refused)" = "$_refused" ]
}
order "synchronous" 0x2100 20 "| grep -vq $ASYNC"
order $ASYNC 0x2101 4 "| grep -q $ASYNC"

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
ktap_test_result "on demand no asynchronous driver is taken" eval '! driver 2001 | grep -q $ASYNC'
ip netns del "$r1"
gone() { ! ip netns list | grep -q "$r1"; }
ktap_test_result "the namespace goes under load" gone
net_cleanup
ktap_test_result "and leaves nothing that uses the driver" poll 30 forget_async

ktap_finished

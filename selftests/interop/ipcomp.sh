#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compression that is negotiated (IPComp, RFC 3173), with strongSwan and XFRM on r2:
# begun by us and by the peer, renewed, in UDP, in transport mode; one end alone, and
# with a second set for peers that do not compress. The topology is in lib.sh.
# C-032 F-010 F-028

. "$(dirname "$0")/lib.sh"

ktap_print_header
if ! modprobe -a -q deflate ipcomp; then
	echo "1..0 # SKIP no IPComp in this kernel"
	exit 4
fi
ktap_set_plan 31

IKE_PROPOSAL=aes128-sha256-ecp256
ESP_PROPOSAL=aes128-sha1

# ours SETS [ACCESS LIST ENTRY]
ours() {
	cat <<-END
	crypto isakmp policy 10
	 encryption aes
	 hash sha256
	 authentication pre-share
	 group 19
	crypto isakmp key $PSK address 198.51.100.2
	crypto ipsec transform-set ZIP esp-aes esp-sha-hmac comp-deflate
	 mode ${MODE:-tunnel}
	crypto ipsec transform-set PLAIN esp-aes esp-sha-hmac
	access-list 101 permit ip ${2:-10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255}
	crypto map SITE 10 ipsec-isakmp
	 set peer 198.51.100.2
	 set transform-set $1
	 match address 101
	interface wan0
	 crypto map SITE
	END
}
forget() {
	charon_ctl r2 --terminate --ike site >/dev/null 2>&1
	router r1 clear crypto sa >/dev/null 2>&1
	router r1 clear crypto isakmp >/dev/null 2>&1
	router r1 clear crypto ipsec counters >/dev/null 2>&1
}
# fresh SETS "CHILD LINES" ["IKE LINES"]: both ends have this, and nothing of before
fresh() {
	ours "$1" "$ACE" >"$WORK/next.conf"
	router r1 --file "$WORK/next.conf" >"$WORK/apply" 2>&1 || cat "$WORK/apply"
	swan_conf site 198.51.100.2 192.0.2.1 "${TS_OWN:-10.2.0.0/24}" "${TS_PEER:-10.1.0.0/24}" \
		"$3" "$2" >"$CHARON_DIR_BASE-r2/swanctl.conf"
	charon_reload r2 >/dev/null 2>&1
	forget
}
begin() { router r1 crypto initiate map SITE 10 >/dev/null 2>&1; }
up() { router r1 show crypto ipsec sa | grep -q 'spi: 0x'; }
# pings NS ADDRESS: of what shrinks
pings() {
	in_ns "$1" ping -c 3 -i 0.2 -W 10 -s 1000 -p 00 "$2" >"$WORK/ping" 2>&1 && no_loss "$WORK/ping"
}
reaches() { begin && poll 20 up && pings a 10.2.0.2; }
initiate() { charon_ctl r2 --initiate --child lan --timeout 20 >"$WORK/initiate" 2>&1; }
they_begin() { initiate && pings b 10.1.0.2; }
they_fail() { ! charon_ctl r2 --initiate --child lan --timeout 5 >/dev/null 2>&1; }
sa() { router r1 show crypto ipsec sa; }
compressed() {
	sa | grep -q '#pkts compressed: [1-9][0-9]*, #pkts decompressed: [1-9]' && return
	sa | sed 's/^/# /'
	false
}
not_compressed() {
	sa | grep -q '#pkts compressed: 0, #pkts decompressed: 0$' && ! sa | grep -q comp-deflate && return
	sa | sed 's/^/# /'
	false
}
# The CPIs of IPComp's SAs, as each end has them; 256 and more are negotiated.
xfrm_cpis() {
	in_ns r2 ip xfrm state | sed -n 's/.*proto comp spi \(0x[0-9a-f]*\).*/\1/p' |
		while read -r _cpi; do echo $((_cpi)); done | sort -u
}
our_cpis() {
	sa | awk '$1 == "spi:" { spi = $2 }
		/transform: comp-deflate/ { sub(/.*\(/, "", spi); sub(/\).*/, "", spi); print spi }' | sort -u
}
# XFRM may have one more that it reserved for a negotiation that came to nothing.
agree() {
	xfrm_cpis >"$WORK/theirs"
	our_cpis >"$WORK/ours"
	[ "$(wc -l <"$WORK/ours")" -ge 2 ] && ! grep -qvxFf "$WORK/theirs" "$WORK/ours" &&
		! awk '$1 < 256' "$WORK/ours" | grep -q .
}
same_cpis() {
	poll 15 agree && return
	sed 's/^/# ours /' "$WORK/ours"
	sed 's/^/# theirs /' "$WORK/theirs"
	sa | sed 's/^/# /'
	false
}

interop_build
ours ZIP >"$WORK/r1.conf"
swan_start r2 198.51.100.2 192.0.2.1 10.2.0.0/24 10.1.0.0/24 '' 'ipcomp = yes' || abort strongSwan
daemon_start r1 "$WORK/r1.conf" || abort ike-daemon
wire_start || abort tcpdump

ktap_test_result "we begin" reaches
ktap_test_result "it is compressed, both ways" compressed
ktap_test_result "each end has its own CPI, which the other knows" same_cpis
ktap_test_result "the set is shown" eval \
	'router r1 show crypto ipsec transform-set | grep -q "esp-sha-hmac comp-deflate"'
small() { [ "$(wire_count "$1 and greater 60 and less 200")" -ge 3 ]; }
ktap_test_result "what we send is shorter than in clear" poll 10 small "src 192.0.2.1 and esp"
ktap_test_result "and so is what they send" poll 10 small "src 198.51.100.2 and esp"
ktap_test_result "nothing has its full length" \
	[ "$(wire_count "esp and greater 1000")" = 0 ]

cp "$WORK/ours" "$WORK/before"
rekeyed() {
	our_cpis >"$WORK/now"
	[ "$(wc -l <"$WORK/now")" = 2 ] && ! grep -qxFf "$WORK/before" "$WORK/now"
}
poll 10 settled
poll 20 swan_rekeys r2
ktap_test_result "a new pair carries on" pings a 10.2.0.2
ktap_test_result "and has other CPIs" poll 30 rekeyed
forget
ktap_test_result "they begin" they_begin
ktap_test_result "they begin: compressed, both ways" compressed
ktap_test_result "they begin: each end has its own CPI" same_cpis

fresh ZIP 'ipcomp = yes' 'encap = yes'
ktap_test_result "in UDP: we begin" reaches
ktap_test_result "in UDP: compressed, both ways" compressed
ktap_test_result "in UDP: each end has its own CPI" same_cpis
ktap_test_result "in UDP: it is" poll 10 wire_has "udp port 4500 and src 192.0.2.1 and greater 60 and less 200"

MODE=transport ACE='host 192.0.2.1 host 198.51.100.2' TS_OWN=198.51.100.2/32 TS_PEER=192.0.2.1/32
fresh ZIP 'ipcomp = yes
	mode = transport'
ktap_test_result "transport mode: we begin" eval 'begin && poll 20 up && pings r1 198.51.100.2'
ktap_test_result "transport mode: compressed, both ways" compressed
ktap_test_result "transport mode: it is" eval 'in_ns r2 ip xfrm state | grep -q "mode transport"'
forget
ktap_test_result "transport mode: they begin" eval 'initiate && pings r2 192.0.2.1'
MODE='' ACE='' TS_OWN='' TS_PEER=''

# --- one end alone -----------------------------------------------------------------

quiet() { from=$(wc -l <"$WORK/r1/log"); }
log_has() { tail -n "+$((from + 1))" "$WORK/r1/log" | grep -q "$1"; }
kept_back() { ! in_ns a ping -c 2 -i 0.2 -W 1 10.2.0.2 >/dev/null 2>&1 && ! up; }

fresh ZIP ''
quiet
ktap_test_result "we alone: they fail" they_fail
ktap_test_result "we alone: the log says why" \
	log_has 'compression: offered none, configured IPCOMP_DEFLATE'
ktap_test_result "we alone: they refuse, too" eval \
	'begin && poll 10 log_has "the peer answers NO-PROPOSAL-CHOSEN"'
ktap_test_result "we alone: packets are lost" kept_back

fresh 'ZIP PLAIN' ''
ktap_test_result "with a second set: we begin" reaches
ktap_test_result "with a second set: nothing is compressed" not_compressed

fresh PLAIN 'ipcomp = yes'
ktap_test_result "they alone: they have a second proposal" they_begin
ktap_test_result "they alone: nothing is compressed" not_compressed
ktap_test_result "which is seen on the wire" poll 10 wire_has "esp and greater 1000"

ktap_test_result "nothing of it was in clear" wire_is_protected
in_ns r1 ping -c 1 -W 2 198.51.100.254 >/dev/null 2>&1
ktap_test_result "the capture would have shown it" poll 5 wire_has icmp and src 192.0.2.1

ktap_finished

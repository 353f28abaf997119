#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What "show ipsec statistics" counts, against XFRM: packets by algorithm, of SAs that
# are there and of SAs that were rekeyed, deleted or used up; AH apart from ESP in what
# is accepted and in what is lost. The topology is in lib.sh.
# F-061 F-083 S-15

. "$(dirname "$0")/lib.sh"
. "$NET_DIR/lib_ctl.sh"

KEY=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
CBC_KEY=0x000102030405060708090a0b0c0d0e0f

ktap_print_header
ktap_set_plan 41

net_build
cm_map || abort "map"
xfrm_policies

# --- what is told ------------------------------------------------------------------

# told_by ALGORITHM esp|ah: packets that the module tells
told_by() { cm_value history "name=$1 " "$2"; }
# history CBC GCM SHA2-OF-ESP SHA2-OF-AH: these and no others
history() {
	cm history | awk -F'[ =]' -v want="$*" '{ esp[$6] = $8; ah[$6] = $10; all += $8 + $10 }
	END {
		got = esp["aes-cbc"] " " esp["aes-gcm-16"] " " esp["hmac-sha256-128"] " " ah["hmac-sha256-128"]
		all -= esp["aes-cbc"] + 2 * esp["aes-gcm-16"]	# the hash is "none"
		all -= esp["hmac-sha256-128"] + ah["hmac-sha256-128"]
		if (got != want || all) print "# history: " got ", not " want "; others: " all
		exit got != want || all
	}'
}
# row TEXT: the number in front of it
row() { ctl show ipsec statistics | sed -n "s/^\\(.*[ ,]\\)\\{0,1\\}\\([0-9][0-9]*\\) $1\\(,.*\\)\\{0,1\\}\$/\\2/p"; }
# rows TEXT=NUMBER...
rows() {
	for _row in "$@"; do
		_got=$(row "${_row%=*}")
		[ "$_got" = "${_row##*=}" ] || { echo "# ${_row%=*}: $_got, not ${_row##*=}"; return 1; }
	done
}

# --- SAs that come and go ----------------------------------------------------------------

xfrm_cbc() {
	xfrm_pair 0x1001 0x2001 enc 'cbc(aes)' $CBC_KEY auth-trunc 'hmac(sha256)' $KEY 128
}
# cbc SPI OPTION...: the inbound SA
cbc() {
	_spi=$1
	shift
	cm sa in "$_spi" $R2 $R1 wan0,10,10 window 1024 encr 12 key $CBC_KEY auth 12 akey $KEY "$@"
}
xfrm_cbc && cbc 0x1001 && cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 4 \
	encr 12 key $CBC_KEY auth 12 akey $KEY || abort "SAs"
check "nothing yet" history 0 0 0 0
check "AES-CBC with SHA-2: B reaches A" reaches b 10.1.0.2
check "a cipher and a hash have the three packets" history 3 0 3 0
check "ipsecctl tells them" rows "esp encap history aes=3" "esp encap history des=0" \
	"esp auth history sha2=3" "esp auth history sha1=0" "succeeded=3" "failed=0" \
	"process switching=3"

# Another pair takes over, as after a rekey, and the old one goes.
in_ns r2 ip xfrm state flush
xfrm_pair 0x1002 0x2002 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
cm_sa_pair 0x1002 0x2002 encr 20 key $GCM_KEY || abort "rekeying"
check "AES-GCM beside it: B reaches A" reaches b 10.1.0.2
check "both are told" history 3 3 3 0
cm del in 0x1001 $R1 && cm del out 0x2001 $R2
check "the old SAs are deleted: nothing is forgotten" \
	eval '! cm sas | grep -q spi=0x00001001 && history 3 3 3 0'
check "the new one counts on" eval 'reaches b 10.1.0.2 && history 3 6 3 0'
cm flush
check "without any SA it is the same" \
	eval '[ "$(cm sas | wc -l)" = 0 ] && history 3 6 3 0 && rows "esp encap history aes=9" "succeeded=9"'

# The third packet is the last that it may take.
in_ns r2 ip xfrm state flush
xfrm_cbc && cbc 0x1001 hard-pkts 3 || abort "an SA for three packets"
in_ns b ping -q -c 5 -i 0.2 -W 1 10.1.0.2 >/dev/null 2>&1
used_up() { ! cm sas | grep -q spi=0x00001001; }
too_late() { echo $(($(lost deleted_spi) + $(lost hard_expired))); }
check "an SA is used up by three packets of five" \
	eval 'poll 5 used_up && [ "$(too_late)" = 2 ]'
check "and they are told" history 6 6 6 0

# --- AH -----------------------------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
for _way in "$R2 dst $R1 spi 0x1001" "$R1 dst $R2 spi 0x2001"; do
	# shellcheck disable=SC2086 # words
	in_ns r2 ip xfrm state add src $_way proto ah mode tunnel replay-window 64 \
		auth-trunc 'hmac(sha256)' $KEY 128 flag align4
done
in_ns r2 ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out \
	tmpl src $R2 dst $R1 proto ah mode tunnel
in_ns r2 ip xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir fwd \
	tmpl src $R1 dst $R2 proto ah mode tunnel
cm flush
cm sa in 0x1001 $R2 $R1 wan0,10,10 proto 51 auth 12 akey $KEY &&
	cm sa out 0x2001 $R1 $R2 wan0,10,10 proto 51 flags 4 auth 12 akey $KEY || abort "AH"
check "AH: B reaches A" reaches b 10.1.0.2
check "it has a history of its own" history 6 6 6 3
check "ipsecctl tells it apart" rows "ah auth history sha2=3" "ah auth history sha1=0" \
	"esp auth history sha2=6" "esp encap history aes=12" "succeeded=15"

# --- clearing -----------------------------------------------------------------------------

packets() { cm_value sas dir=0 packets; }
cm reset-map map
check "the counters of a map: its SA begins again, the histories go on" \
	eval '[ "$(packets)" = 0 ] && [ "$(flow decaps)" = 0 ] && history 6 6 6 3 && reaches b 10.1.0.2 &&
	history 6 6 6 6 && [ "$(packets)" = 3 ]'
ctl clear crypto counters
check "\"clear crypto counters\" clears what ended, and what is there" history 0 0 0 0
check "all rows begin again" \
	rows "process switching=0" "succeeded=0" "failed=0" "not found esp sa=0" "esp encap history aes=0" \
	"ah auth history md5=0"
check "what comes now is told" eval 'reaches b 10.1.0.2 && history 0 0 0 3'
cm flush
check "and stays when the SA goes" history 0 0 0 3

# --- losses -------------------------------------------------------------------------------

in_ns r2 ip xfrm state flush
in_ns r2 ip xfrm policy flush
cm sa in 0x1003 $R2 $R1 wan0,10,10 encr 11 auth 12 akey $KEY &&
	cm sa in 0x1004 $R2 $R1 wan0,10,10 proto 51 auth 12 akey $KEY || abort "SAs"
ctl clear crypto sa counters

# inject ah|esp SPI SEQ OPTION...
inject() {
	_proto=$1 _spi=$2 _seq=$3
	shift 3
	in_ns r2 "$NET_DIR/${_proto}_inject.py" $R2 $R1 "$_spi" "$_seq" ${KEY#0x} "$@"
}
# counted REASON PACKETS OF-AH
counted() { cm counters | grep -q "^name=$1 packets=$2 ah=$3 *\$"; }
# loss TEXT REASON PACKETS OF-AH ROW=NUMBER...
loss() {
	_text=$1 _reason=$2 _all=$3 _ah=$4
	shift 4
	check "$_text: $_reason, $_ah of $_all are AH" poll 5 counted "$_reason" "$_all" "$_ah"
	check "its rows: $*" rows "$@"
}
inject ah 0x9001 1
check "an AH packet of an unknown SPI is no ESP packet" \
	poll 5 rows "not found ah sa=1" "not found esp sa=0"
inject esp 0x9002 1 times=2
loss "SPIs that are not there" unknown_spi 3 1 "not found ah sa=1" "not found esp sa=2"
inject ah 0x1001 1 times=2
inject esp 0x1001 1
loss "that were there" deleted_spi 3 2 "not found ah sa=3" "not found esp sa=3"
inject ah 0x1003 1 times=2
inject esp 0x1004 1
loss "of the other protocol" wrong_protocol 3 2 "ahesp errors=3" "ah errors=0" "esp errors=0"
inject ah 0x1004 1 keep=8
inject esp 0x1003 1 keep=4 times=2
loss "less than a header" truncated 3 1 "ah errors=1" "esp errors=2"
inject ah 0x1004 1 field=4
loss "an AH header of another length" bad_length 1 1 "ah errors=2" "esp errors=2"
inject esp 0x1003 1 pad=0709
loss "padding of ESP" bad_padding 1 0 "ah errors=2" "esp errors=3"
inject ah 0x1004 2 flip=400
inject esp 0x1003 2 flip=100 times=2
loss "flipped bits" bad_icv 3 1 "invalid icv=3" "ah errors=2" "esp errors=3"
inject ah 0x1004 5 times=3
inject esp 0x1003 5 times=2
loss "old numbers" replay 3 2 "replay errors=3"
check "one packet of each was good" \
	eval '[ "$(told_by null esp),$(told_by hmac-sha256-128 esp),$(told_by hmac-sha256-128 ah)" = 1,1,1 ]'
check "the sums are right" rows "succeeded=2" "failed=20" "process switching=22" \
	"not found ah sa=3" "not found esp sa=3" "invalid pkt=0" "other errors=0"

# --- under load ---------------------------------------------------------------------------

cm flush
cm reset
xfrm_policies
xfrm_cbc && cbc 0x1001 && cm sa out 0x2001 $R1 $R2 wan0,10,10 flags 4 \
	encr 12 key $CBC_KEY auth 12 akey $KEY || abort "SAs"
watch() {
	_last=0
	while [ -e "$WORK/watch" ]; do
		_now=$(told_by aes-cbc esp)
		[ "$_now" -ge "$_last" ] || echo "# $_last, then $_now"
		_last=$_now
	done >"$WORK/shrunk"
}
touch "$WORK/watch"
watch &
watcher=$!
in_ns b ping -q -f -l 20 -w $((8 * ${CM_SLOW:-1})) -s 1000 10.1.0.2 >/dev/null &
flood=$!
renewed=0
while kill -0 $flood 2>/dev/null; do
	cm del in 0x1001 $R1 && cbc 0x1001 || break
	renewed=$((renewed + 1))
done
wait $flood
rm "$WORK/watch"
wait $watcher
echo "# $renewed SAs, $(told_by aes-cbc esp) packets"
check "SAs come and go under load" at_least $renewed 10
# The flow's own counter knows nothing of SAs.
all_told() { [ "$(told_by aes-cbc esp)" = "$(flow decaps)" ]; }
check "in the end every packet that was accepted is told" \
	eval 'at_least "$(flow decaps)" 300 && poll 10 all_told'
check "and the history never shrank" [ ! -s "$WORK/shrunk" ]
sed -n 1,5p "$WORK/shrunk"

ktap_finished

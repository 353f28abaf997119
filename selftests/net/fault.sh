#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory runs out wherever the module asks for some: of each hundred allocations
# made by it or on its behalf some fail, while it is configured, while packets go
# through it, while strangers send what they like. Nothing is sent in clear, and
# when there is memory again everything works. Lost memory is looked for at the
# end. Only a kernel with fault injection (run.sh -k debug) can do this; topology:
# lib.sh.
#
#   FUZZ_SECS  how long each of the three parts takes (15)

. "$(dirname "$0")/lib.sh"

SECS=${FUZZ_SECS:-15}
DEBUG=/sys/kernel/debug
TIMES=1000000000
PROGRAMS=$TOP/build/selftests/net

ktap_print_header
if ! [ -w $DEBUG/failslab/require-start ] || ! [ -w $DEBUG/fail_page_alloc/require-start ]; then
	ktap_skip_all "this kernel cannot inject faults by stack trace"
	exit 4
fi
ktap_set_plan 10

# set_fault KNOB VALUE: of both injectors
set_fault() {
	for _dir in failslab fail_page_alloc; do
		[ ! -e "$DEBUG/$_dir/$1" ] || echo "$2" >"$DEBUG/$_dir/$1"
	done
}

# Where the module's code is. Nothing else is loaded on the debug kernel.
faults_aim() {
	# name size refs users state address
	read -r _ _size _ _ _ _address _ <<-EOF
		$(grep '^cryptomap ' /proc/modules)
	EOF
	set_fault require-start "$_address"
	# In the highest 4 GB, beyond the shell's numbers.
	set_fault require-end "$(printf '0xffffffff%08x' $((0x${_address#0xffffffff} + _size)))"
	set_fault stacktrace-depth 32
	set_fault task-filter N
	set_fault ignore-gfp-wait N
	set_fault ignore-gfp-highmem N
	set_fault min-order 0
	set_fault interval 1
	set_fault verbose 0
}
# faults_on PERCENT
faults_on() {
	set_fault times $TIMES
	set_fault probability "$1"
}
faults_off() { set_fault probability 0; }
injected() { echo $((2 * TIMES - $(cat $DEBUG/failslab/times) - $(cat $DEBUG/fail_page_alloc/times))); }
cleanup() {
	faults_off
	lib_cleanup
}
trap cleanup EXIT

# under_fire PERCENT PROGRAM ARGUMENT...: between its set-up and its judgement
under_fire() {
	set_fault times $TIMES
	_set="for i in failslab fail_page_alloc; do echo %d >$DEBUG/\$i/probability; done"
	# shellcheck disable=SC2059 # the format is ours
	FUZZ_START=$(printf "$_set" "$1") FUZZ_END=$(printf "$_set" 0)
	export FUZZ_START FUZZ_END
	shift
	"$@" >"$WORK/fuzz" 2>&1
	_status=$?
	faults_off
	unset FUZZ_START FUZZ_END
	sed 's/^/# /' "$WORK/fuzz"
	echo "# $(injected) allocations failed"
	return $_status
}
some_failed() { [ "$(injected)" -ge "$1" ]; }

# keep_firing PERCENT PROGRAM ARGUMENT...: again on a slow machine, where one round
# asks for little memory
keep_firing() {
	failed=0
	for _round in 1 2 3; do
		under_fire "$@" || return
		failed=$((failed + $(injected)))
		[ $failed -lt 100 ] || break
	done
}
hundred_failed() { [ "$failed" -ge 100 ]; }

module_load "$TOP" || abort "no module"
faults_aim

ktap_test_result "configuration without memory" \
	keep_firing 3 "$PROGRAMS/netlink_fuzz" "$SECS" 4 10
ktap_test_result "allocations did fail" hundred_failed

ktap_test_result "hostile packets without memory" \
	keep_firing 3 "$PROGRAMS/wire_fuzz" "$SECS"
ktap_test_result "allocations did fail" hundred_failed

# Traffic: what is lost is lost, what leaves is protected.
net_build
cm_map || abort "map"
gcm_tunnel || abort "SAs"
passes() { in_ns a ping -q -c 1 -W 2 -p $MARK 10.2.0.2; }
ktap_test_result "the tunnel works" poll 20 passes
WIRE_IF=any
wire_start -s 200 || abort tcpdump
# The map stays bound, all else is replaced.
traffic() {
	_end=$(($(date +%s) + SECS))
	while [ "$(date +%s)" -lt "$_end" ]; do
		in_ns a ping -q -f -c 200 -w 5 -s 1000 -p $MARK 10.2.0.2
		in_ns b ping -q -f -c 100 -w 5 -s 3000 -p $MARK 10.1.0.2
		cm flush
		cm acl acl "10 permit 10.1.0.0/24 10.2.0.0/24" "20 deny any any"
		cm map map "10 acl isakmp $R2"
		cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY
	done >"$WORK/traffic" 2>&1
}
faults_on 5
traffic
faults_off
wire_stop
echo "# $(injected) allocations failed"
ktap_test_result "allocations failed under traffic" some_failed 20
ktap_test_result "ESP was on the wire" [ "$(wire_count esp)" -gt 20 ]
ktap_test_result "and nothing in clear" \
	eval '[ "$(wire_count net 10.0.0.0/8)" = 0 ] && wire_is_dark'

# A binding that cannot be made leaves nothing behind.
faults_on 10
for _i in $(seq 20); do
	cm unbind wan0
	cm bind wan0 map
done >"$WORK/traffic" 2>&1
faults_off
in_ns r2 ip xfrm state flush
cm flush
cm unbind wan0 2>/dev/null
ktap_test_result "it can be bound again" cm bind wan0 map
xfrm_pair 0x1001 0x2001 aead 'rfc4106(gcm(aes))' $GCM_KEY 128
cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY
ktap_test_result "with memory again packets pass" poll 20 passes

ktap_finished

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Run stages of the whole test, in the order given:
#
#   check.sh [setup] [build] [lint] [unit] [vm] [speed]
#
# Every stage yields TAP, kept in build/check/STAGE.tap; results are
# shown as they come (passed unit tests only with V=1). The last line is
#
#   N passed, N failed, N skipped
#
# Environment: KERNELS ("6.1 6.12"; the debug kernel beside others runs a part of
# the tests), EVERY (set: each shell test on each kernel; otherwise the kernels share
# them), TESTS and SHARD (see selftests/Makefile), VM_JOBS (machines at a time:
# two for each processor, if there are 3 GiB of memory for each),
# VM_LIMIT (seconds for a machine, 4800; more for the debug kernel), CM_SLOW (factor
# for the time-outs of the tests: 2, or 5 on the debug kernel), FUZZ_SECS (for each
# fuzzer in the machine: 15; on the debug kernel 120, or 30 beside others) and
# STRESS_ROUNDS (how often the module goes under load: 3, or 10).

set -euo pipefail
cd "$(dirname "$0")/.."

vm_jobs() {
	local gib=$(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) >> 20)) jobs=$((2 * $(nproc)))
	echo $((gib / 3 < 1 ? 1 : gib / 3 < jobs ? gib / 3 : jobs))
}

kernels=${KERNELS:-6.1 6.12}
jobs=${VM_JOBS:-$(vm_jobs)}
out=build/check
verbose=${V:-}

started=$SECONDS

# --- stages: each prints TAP -------------------------------------------------

# attempt NAME COMMAND...: one result; the command's output if it fails.
attempt() {
	local name=$1 log
	shift
	log=$out/${name//[^A-Za-z0-9.]/-}.log
	if "$@" >"$log" 2>&1 </dev/null; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		tail -n 60 "$log" | sed 's/^/# /'
	fi
}

stage_setup() {
	case " $kernels " in
	*" debug "*) set -- build vm test debug ;;
	*) set -- build vm test ;;
	esac
	selftests/setup.sh "$@" >&2 && echo "ok - set-up" || echo "not ok - set-up"
}

stage_build() {
	local kernel
	attempt "build: daemon and tool" make -j "$(nproc)" user
	for kernel in $kernels; do
		attempt "build: module for $kernel" make kmod KERNEL="$kernel"
	done
	attempt "build: test programs" make -j "$(nproc)" test-programs
}

# judge NAME COMMAND...: its TAP; one more failure if it ends badly without
# having said why. Others write to the same pipe: all of it at once, in whole lines.
judge() {
	local name=$1 log status=0
	shift
	log=$out/$name.log
	"$@" >"$log" 2>&1 </dev/null || status=$?
	[ -z "$(tail -c 1 "$log")" ] || echo >>"$log"
	grep -q '^not ok' "$log" || { [ "$status" = 0 ] && grep -q '^ok' "$log"; } ||
		echo "not ok - $name: exit status $status, no result says why" >>"$log"
	flock "$out/lock" cat "$log"
}

# side_by_side: "NAME COMMAND..." by lines, judged on all processors.
side_by_side() { xargs -L 1 -P "$(nproc)" "$0" --judge; }

# One of them watches the clock: it has this machine for itself.
stage_lint() {
	local script
	for script in selftests/lint/*; do
		[ ! -x "$script" ] || [ "${script##*/}" = machine.sh ] ||
			echo "lint-${script##*/} $script"
	done | KERNELS=${kernels/debug/} side_by_side
	judge lint-machine.sh selftests/lint/machine.sh
}

stage_unit() { judge unit selftests/lib/unit.sh; }

# Counted, or compared within one machine: other load does not matter.
stage_speed() {
	printf '%s\n' "speed selftests/perf/bench.sh -g" "scale selftests/perf/scale.sh -g" \
		"handshake selftests/perf/handshake.sh -g" "keepalive build/perf/keepalive" |
		side_by_side
}

# KERNEL/PART[/SHARD], one line for each machine, the longest first. What is tested
# with peers waits for four fifths of its time: several such machines share the
# processors with one that has packets to count. Of two kernels each takes every other
# shell test: what differs between them is little (kmod/compat), is built and checked
# for both, and the C tests are for both.
machines() {
	local kernel i=0 n plain=${kernels/debug/}

	if [ -n "${TESTS:-}${SHARD:-}" ] || [ "$kernels" = debug ]; then
		printf '%s/\n' $kernels
		return
	fi
	n=$(wc -w <<<"$plain")
	for kernel in $plain; do
		i=$((i + 1))
		if [ -n "${EVERY:-}" ]; then
			printf '%s\n' "$kernel"/{net,interop/1/2,interop/2/2}
		else
			printf '%s\n' "$kernel"/{net,interop}/$i/$n
		fi
	done
	[ "$kernels" = "$plain" ] || echo debug/brief
}

# The tests of each machine run in one boot.
stage_vm() {
	local kernel
	# What the machines share is made once, before they start.
	for kernel in $kernels; do
		selftests/vm/run.sh -n -k "$kernel" -- true >&2 ||
			echo "not ok - vm $kernel: kernel and root tree"
	done
	machines | CRYPTOMAP_VM_SLOTS=$jobs xargs -n 1 -P "$jobs" "$0" --vm
}

# Debian's awk reads a pipe block by block unless it is told otherwise.
run_vm() {
	local kernel part shard name=vm-${1%/} status=0 awk=(awk) slow=${CM_SLOW:-}
	local limit=${VM_LIMIT:-4800} memory=2048 fuzz=${FUZZ_SECS:-} rounds=${STRESS_ROUNDS:-}

	IFS=/ read -r kernel part shard <<<"$1"
	# KASAN takes an eighth of the memory, and lockdep and KASAN most of the time.
	if [ "$kernel" = debug ]; then
		slow=${slow:-5} limit=${VM_LIMIT:-14400} memory=3072
		rounds=${rounds:-10}
		[ "$part" = brief ] && fuzz=${fuzz:-30} || fuzz=${fuzz:-120}
	fi
	name=${name//\//-}
	! command -v mawk >/dev/null || awk=(mawk -W interactive)
	set +e
	selftests/vm/run.sh -k "$kernel" -t "$limit" -m "$memory" \
		-l "$out/kernel-${name#vm-}.log" -- env TESTS="${TESTS:-}" \
		SHARD="${SHARD:-$shard}" PART="$part" V="$verbose" CM_SLOW="${slow:-2}" \
		FUZZ_SECS="${fuzz:-15}" STRESS_ROUNDS="${rounds:-3}" \
		selftests/vm/guest-check.sh 2>"$out/$name.err" |
		tee "$out/$name.log" |
		"${awk[@]}" -v label="vm $kernel" -v verbose="$verbose" \
			-f selftests/lib/kselftest.awk
	status=${PIPESTATUS[0]}
	set -e
	# 1 means failed tests, which are results already.
	case $status in
	0 | 1) echo "ok - vm $kernel: kernel log is clean" ;;
	125) echo "not ok - vm $kernel: kernel log is clean" ;;
	124) echo "not ok - vm $kernel: time-out after $limit s" ;;
	*) echo "not ok - vm $kernel: exit status $status" ;;
	esac
	sed 's/^/# /' "$out/$name.err"
}

case ${1:-} in
--vm | --judge)
	what=${1#--}
	shift
	"${what/vm/run_vm}" "$@"
	exit
	;;
esac

# --- run and count -----------------------------------------------------------

mkdir -p "$out"
rm -f "$out"/*.tap

count() { cat "$out"/*.tap 2>/dev/null | grep -c -E "$1" || :; }

# Unit tests are many and fast: their passes are not worth a line each.
show() {
	if [ -n "$verbose" ] || [ "$1" != unit ]; then
		cat
	else
		grep --line-buffered -E '^not ok|^#|# SKIP' || :
	fi
}

for stage in "$@"; do
	echo "== $stage ($((SECONDS - started)) s)"
	"stage_$stage" | tee "$out/$stage.tap" | show "$stage"
	[ "$stage" != setup ] || ! grep -q '^not ok' "$out/setup.tap" || break
done

failed=$(count '^not ok')
skipped=$(count '^ok.*# SKIP')
passed=$(($(count '^ok') - skipped))
if [ "$failed" -gt 0 ]; then
	echo "== failed"
	cat "$out"/*.tap | grep -E '^not ok' | sed 's/^not ok [0-9]* *- /  /; s/^not ok - /  /'
fi
echo "== $((SECONDS - started)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

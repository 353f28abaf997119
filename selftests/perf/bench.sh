#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cryptomap beside the kernel's XFRM and WireGuard, in the same virtual machine run.
#
#   bench.sh [-k 6.1|6.12] [-r ROUNDS] [-m "wall icount"] [-c "1 2"] [-o FILE.json]
#   bench.sh -g [-k 6.1|6.12]
#
# Two kinds of run: "wall" (with each number of processors of -c, packets a
# second by the clock; only ratios mean anything under emulation) and "icount"
# (one processor, guest instructions per packet, repeatable). Both tunnel ends
# are in the machine, so every figure holds one encryption and one decryption.
# XFRM is measured as it comes and with GRO switched on for the tunnel's
# devices, which it profits from. The bound is the cipher alone, for the same bytes,
# and plain forwarding. Variants alternate within each round; the
# tables give medians. Also writes JSON (build/bench/dataplane.json) and beside
# it a chart (.svg). Exits 1 if cryptomap is slower than XFRM as shipped in any
# row.
#
# -g, the gate of "make check": counts instructions of the rows of gate.txt only,
# one round of a minute, and says as TAP whether we still are so many times better
# than XFRM in the same run.

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

kernel=${KERNEL:-6.1} rounds=5 modes='wall icount' processors='1 2'
out=build/bench/dataplane.json gate='' ciphers='' variants='' rows=/dev/stderr
while getopts gk:r:m:c:o: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	r) rounds=$OPTARG ;;
	m) modes=$OPTARG ;;
	c) processors=$OPTARG ;;
	o) out=$OPTARG ;;
	g) gate=$here/gate.txt modes=icount out=build/bench/gate.json ;;
	*) sed -n '4,7p' "$0" >&2; exit 2 ;;
	esac
done

if [ -n "$gate" ]; then
	ciphers=$(awk '!/^#/ && NF { print $2 }' "$gate" | sort -u | paste -s -d '|')
	variants='plain|cryptomap|xfrm' rows=/dev/null
fi
mkdir -p "$(dirname "$out")"
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# measure MODE PROCESSORS ROUNDS [OPTION]
measure() {
	echo "# measuring: $1, Linux $kernel, $2 processors, $3 rounds ..." >&2
	selftests/vm/run.sh -k "$kernel" -t 3400 -c "$2" ${4:-} -- \
		selftests/perf/bench-guest.sh "$1" "$3" "$ciphers" "$variants" |
		tee -a "$rows" | sed -n "s/^row /$1 $2 /p" >>"$results"
}

# Counted instructions repeat to a third of a percent: one round is enough.
for mode in $modes; do
	case $mode in
	wall)
		for number in $processors; do
			measure wall "$number" "$rounds"
		done
		;;
	icount) measure icount 1 1 -I ;;
	*) echo "bench.sh: unknown kind '$mode': wall or icount" >&2; exit 2 ;;
	esac
done
"$here/report.py" "$out" ${gate:+"$gate" "$kernel"} <"$results"

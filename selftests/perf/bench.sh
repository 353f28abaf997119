#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cryptomap beside the kernel's XFRM, in the same virtual machine run.
#
#   bench.sh [-k 6.1|6.12] [-r ROUNDS] [-m wall|icount] [-o FILE.json]
#
# Two runs: "wall" (two processors, megabits and packets a second by the
# clock; only ratios mean anything under emulation) and "icount" (one
# processor, guest instructions per packet, repeatable). Both tunnel ends are
# in the machine, so every figure holds one encryption and one decryption.
# XFRM is measured as it comes and with GRO switched on for the tunnel's
# devices, which it profits from. Variants alternate within each round; the
# table gives medians. Also writes JSON (build/bench.json). Exits 1 if
# cryptomap is slower than XFRM as shipped in any row.

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

kernel=${KERNEL:-6.1} rounds=3 modes='wall icount' out=build/bench.json
while getopts k:r:m:o: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	r) rounds=$OPTARG ;;
	m) modes=$OPTARG ;;
	o) out=$OPTARG ;;
	*) sed -n '4,7p' "$0" >&2; exit 2 ;;
	esac
done

mkdir -p build
results=$(mktemp)
trap 'rm -f "$results"' EXIT
for mode in $modes; do
	options=()
	[ "$mode" = wall ] || options=(-I)
	echo "measuring: $mode, Linux $kernel, $rounds rounds ..." >&2
	selftests/vm/run.sh -k "$kernel" -t 3000 "${options[@]}" -- \
		selftests/perf/bench-guest.sh "$mode" "$rounds" |
		tee /dev/stderr | sed -n "s/^row /$mode /p" >>"$results"
done
"$here/report.py" "$out" <"$results"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What many access-list entries and dynamic SAs cost: to install, in memory, and
# for packets afterwards.
#
#   scale.sh [-k 6.1|6.12] [-n "COUNT..."] [-o FILE.json]
#   scale.sh -g [-k 6.1|6.12]
#
# One entry, 1,000, 10,000 and 100,000 of several kinds (perf/scale.c has the cases)
# in cryptomap, and as many policies in XFRM up to 10,000. Counts guest
# instructions, which repeat, and times the installation by the clock on two
# processors in another machine. Writes JSON (build/bench/scale.json). Exits 1 if a
# packet of a flow costs more than a tenth more than with one entry, or 100,000
# entries take more than ten seconds.
#
# -g, the gate of "make check": instructions of 10,000 entries only, and says as TAP
# whether they are as they should be.

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

kernel=${KERNEL:-6.1} counts='1000 10000 100000' out=build/bench/scale.json gate='' cases=()
while getopts gk:n:o: opt; do
	case $opt in
	g) gate=1 ;;
	k) kernel=$OPTARG ;;
	n) counts=$OPTARG ;;
	o) out=$OPTARG ;;
	*) sed -n '4,9p' "$0" >&2; exit 2 ;;
	esac
done

results=$(mktemp)
trap 'rm -f "$results"' EXIT

# measure METRIC KINDS SYSTEMS CASE=COUNTS...
measure() {
	local metric=$1 option=-c2

	shift
	[ "$metric" != icount ] || option=-I
	selftests/vm/run.sh -k "$kernel" -m 4096 -t 3000 "$option" -- \
		selftests/perf/scale-guest.sh "$@" | sed -n "s/^row /$metric /p" >>"$results"
}

if [ -n "$gate" ]; then
	measure icount one cryptomap ports=1,1000,10000 masks=10000 nested=10000 denies=10000 \
		dynamic=1000,10000
	"$here/scale.py" gate <"$results"
	exit
fi
mkdir -p "$(dirname "$out")"
for case in sites ports ranges masks nested denies dynamic; do
	cases+=("$case=1,${counts// /,}")
done
echo "# measuring many entries: instructions, Linux $kernel ..." >&2
measure icount 'one many' 'cryptomap xfrm' "${cases[@]}"
echo "# measuring many entries: the clock, Linux $kernel ..." >&2
measure wall '' 'cryptomap xfrm' "${cases[@]}"
"$here/scale.py" "$out" <"$results"

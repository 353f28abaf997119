#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Complete negotiations, main and quick mode, of peers with one responder: ike-daemon and
# strongSwan's charon, each with its own data plane in the kernel.
#
#   handshake.sh [-I] [-k 6.1|6.12] [-n COUNT] [-r RUNS] [-o FILE.json]
#   handshake.sh -g [-k 6.1|6.12]
#
# The same initiators for both (perf/handshake.c), in turns in one machine, groups 14 and
# 19. Says what a responder's processor does in a second, and its memory for each peer, in
# relation to charon and to what OpenSSL needs for the Diffie-Hellman alone; medians.
# Writes JSON (build/bench/handshake.json).
#
# -I counts instructions, with one processor: an emulator takes several times as long for
# some (of vectors, for system calls) as for others, and what else the host does does not
# matter then. One run is enough.
#
# -g, the gate of "make check": says as TAP whether it is as it should be; counts.

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

kernel=${KERNEL:-6.1} count=300 runs=5 groups='14 19' out=build/bench/handshake.json gate=''
machine=-c2
while getopts gIk:n:r:o: opt; do
	case $opt in
	g) gate=1 count=60 runs=1 machine=-I ;;
	I) runs=1 machine=-I ;;
	k) kernel=$OPTARG ;;
	n) count=$OPTARG ;;
	r) runs=$OPTARG ;;
	o) out=$OPTARG ;;
	*) sed -n '6,7p' "$0" >&2; exit 2 ;;
	esac
done

results=$(mktemp)
trap 'rm -f "$results"' EXIT
# shellcheck disable=SC2086
selftests/vm/run.sh -k "$kernel" "$machine" -m 2048 -t 3000 -- \
	selftests/perf/handshake-guest.sh "$count" "$runs" $groups | sed -n 's/^row //p' >"$results"
if [ -n "$gate" ]; then
	"$here/handshake.py" gate <"$results"
	exit
fi
mkdir -p "$(dirname "$out")"
"$here/handshake.py" "$out" <"$results"

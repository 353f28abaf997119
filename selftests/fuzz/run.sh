#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzz the user-space decoders.  With clang: libFuzzer for SECONDS (default 60)
# from the generated seeds, new inputs kept under build/fuzz.  Without: the seeds
# are replayed once under gcc's sanitizers.
#
#   selftests/fuzz/run.sh [TARGET [SECONDS]]      TARGET: wire_decode
#   selftests/fuzz/run.sh replay TARGET FILE...   reproduce a finding

set -eu
cd "$(dirname "$0")/../.."

flags="-g -O1 -std=gnu11 -D_GNU_SOURCE -I. -Ikmod/uapi"
out=build/fuzz
mkdir -p $out

build_replay() {
	gcc $flags -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		-o $out/$1-replay selftests/fuzz/$1.c selftests/fuzz/replay.c \
		$sources
}

sources="tools/lib/addr.c tools/lib/buf.c tools/lib/err.c ike-daemon/wire/*.c"

if [ "${1:-}" = replay ]; then
	target=$2
	shift 2
	build_replay $target
	exec $out/$target-replay "$@"
fi

target=${1:-wire_decode}
seconds=${2:-60}
python3 selftests/unit/gen_wire_messages.py $out/seeds-$target

if ! command -v clang >/dev/null; then
	build_replay $target
	exec $out/$target-replay $out/seeds-$target/*
fi
clang $flags -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=undefined -o $out/$target \
	selftests/fuzz/$target.c $sources
mkdir -p $out/corpus-$target
exec $out/$target -max_total_time=$seconds -timeout=5 -rss_limit_mb=2048 \
	-print_final_stats=1 -artifact_prefix=$out/ \
	$out/corpus-$target $out/seeds-$target

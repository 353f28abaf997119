#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzz the code that runs without a kernel: the packet formats, classifier and
# windows of the module, the IKE decoder, two daemons that negotiate, the answers of servers
# (RADIUS, OCSP), pppd's plugin, the grammar of ipsecctl, the control protocol. With clang: libFuzzer, SECONDS for each target, from
# the corpus in selftests/fuzz/corpus; new inputs are kept under build/fuzz. Without, the
# corpus is replayed once under gcc's sanitizers. The unit tests do a little of this.
#
#   selftests/fuzz/run.sh [TARGET|all [SECONDS]]    all, 60
#   selftests/fuzz/run.sh replay TARGET FILE...     reproduce a finding
#
# Exit status 1 if a target failed; its input is build/fuzz/TARGET-crash-*.

set -euo pipefail
cd "$(dirname "$0")/../.."

targets='wire_decode ike_exchange ike_failure ike_radius_answer ike_ocsp_answer ike_ppp
	ppp_client core_packet core_classify core_replay cli_config control_frames'
ike_libs='libnl-genl-3.0 libcrypto libevent libedit json-c libseccomp libcap-ng'
out=build/fuzz
flags=(-g -O1 -std=gnu11 -D_GNU_SOURCE -I. -Ikmod/uapi)
mkdir -p "$out"

# sources TARGET: into $sources, $libs and $corpus, with what it needs in $extra
sources() {
	extra=() libs=() corpus=selftests/fuzz/corpus/$1
	case $1 in
	wire_*)
		sources=(tools/lib/{addr,buf,err,printable}.c ike-daemon/wire/*.c)
		corpus=$out/seeds-$1
		python3 selftests/unit/gen_wire_messages.py "$corpus"
		;;
	ike_*)
		sources=(tools/lib/*.c tools/cli/*.c ike-daemon/*/*.c ike-daemon/engine*.c)
		read -r -a extra <<<"$(pkg-config --cflags $ike_libs)"
		read -r -a libs <<<"$(pkg-config --libs $ike_libs) -lcmocka -lcrypt -lpthread"
		[ ! -e "selftests/fuzz/$1_wraps" ] || libs+=("@selftests/fuzz/$1_wraps")
		;;
	ppp_*)
		sources=(tools/lib/{addr,buf,err,ppp_wire,printable}.c)
		;;
	core_*)
		sources=(kmod/core/*.c)
		extra=(-Ikmod/core/user)
		;;
	cli_* | control_*)
		sources=(tools/lib/*.c tools/cli/*.c)
		read -r -a extra <<<"$(pkg-config --cflags libnl-genl-3.0 libcrypto json-c)"
		read -r -a libs <<<"$(pkg-config --libs libnl-genl-3.0 libcrypto libevent libedit json-c) -lcrypt"
		[ "$1" != cli_config ] || {
			corpus=$out/seeds-$1
			mkdir -p "$corpus"
			cp selftests/unit/golden/*.conf selftests/fuzz/corpus/cli_config/* "$corpus"
		}
		;;
	*)
		echo "run.sh: unknown target '$1': $targets" >&2
		exit 2
		;;
	esac
}

build() {
	local compiler=$1 target=$2 output=$3
	shift 3
	"$compiler" "${flags[@]}" "${extra[@]}" -fno-sanitize-recover=undefined \
		-o "$output" "$@" "selftests/fuzz/$target.c" "${sources[@]}" "${libs[@]}"
}

build_replay() {
	build gcc "$1" "$out/$1-replay" -fsanitize=address,undefined \
		selftests/fuzz/replay.c
}

fuzz() {
	local target=$1 seconds=$2
	sources "$target"
	if ! command -v clang >/dev/null; then
		build_replay "$target"
		"$out/$target-replay" "$corpus"/*
		return
	fi
	# An empty list is NULL + 0 here and there, which C2Y allows and clang reports.
	build clang "$target" "$out/$target" -fsanitize=fuzzer,address,undefined \
		-fno-sanitize=pointer-overflow
	mkdir -p "$out/corpus-$target"
	"$out/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$out/$target-" \
		"$out/corpus-$target" "$corpus"
}

if [ "${1:-}" = replay ]; then
	target=$2
	shift 2
	sources "$target"
	build_replay "$target"
	exec "$out/$target-replay" "$@"
fi

which=${1:-all}
[ "$which" != all ] || which=$targets
failed=0
for target in $which; do
	echo "== $target"
	log=$out/$target.log
	if fuzz "$target" "${2:-60}" >"$log" 2>&1; then
		grep -E 'number_of_executed_units|^[0-9]+ inputs' "$log" || :
		echo "ok - fuzz $target"
	else
		tail -n 40 "$log"
		echo "not ok - fuzz $target"
		failed=1
	fi
done
exit "$failed"

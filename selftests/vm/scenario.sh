#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scenario.sh demo|shell|bench: build everything and run the script of that
# name in the virtual machine; for bench the three of selftests/perf. Environment:
# KERNEL (6.1), ARGS for the script (for bench.sh).

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
kernel=${KERNEL:-6.1}

echo "building the daemon, the tool and the module for $kernel ..."
make -s -j "$(nproc)" user test-programs
make -s kmod KERNEL="$kernel"

echo "starting the virtual machine (Debian 12, Linux $kernel) ..."
run() { "$here/run.sh" -k "$kernel" "$@"; }
# shellcheck disable=SC2086 # ARGS is a list
case ${1:-} in
demo)	run -t 300 -- selftests/demo/demo.sh ${ARGS:-} ;;
shell)	run -t 86400 -i -- selftests/demo/shell.sh ${ARGS:-} ;;
bench)
	status=0
	KERNEL=$kernel selftests/perf/bench.sh ${ARGS:-} || status=$?
	KERNEL=$kernel selftests/perf/scale.sh
	KERNEL=$kernel selftests/perf/handshake.sh || status=$?
	exit "$status"
	;;
*)	echo "scenario.sh demo|shell|bench" >&2; exit 2 ;;
esac

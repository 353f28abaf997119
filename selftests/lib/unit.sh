#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build and run the unit programs, print TAP: one result per test of each
# program, and what a failing program printed. Arguments: names of programs
# (default: all). Exit status 1 if one failed.

set -euo pipefail
cd "$(dirname "$0")/../.."

jobs=$(nproc)
number=0 failed=0
if [ $# -eq 0 ]; then
	for file in selftests/unit/*.c; do
		[ -e "$file" ] || continue
		file=${file##*/}
		set -- "$@" "${file%.c}"
	done
fi
[ $# -gt 0 ] || { echo "1..0 # SKIP no unit programs"; exit 0; }

result() {
	number=$((number + 1))
	echo "$1 $number - $2"
	[ "$1" = ok ] || failed=1
}

# Build what can be built, so that one broken program is one failure.
make -k -j "$jobs" "${@/#/build/unit/}" >build/unit.log 2>&1 ||
	grep -E 'error|Error|undefined' build/unit.log | head -n 20 | sed 's/^/# /'

run_one() {
	local out=build/unit/$1.tap
	[ -x "build/unit/$1" ] || { echo 127 >"$out.status"; : >"$out"; return; }
	status=0
	# No memory leak, no undefined behaviour, no hang is a pass.
	UBSAN_OPTIONS=print_stacktrace=1 CMOCKA_MESSAGE_OUTPUT=TAP \
		timeout 600 "build/unit/$1" >"$out" 2>&1 </dev/null || status=$?
	echo "$status" >"$out.status"
}
export -f run_one
rm -f build/unit/*.tap build/unit/*.tap.status
printf '%s\n' "$@" | xargs -P "$jobs" -I NAME bash -c 'run_one NAME'

for name in "$@"; do
	out=build/unit/$name.tap
	status=$(cat "$out.status")
	bad=0
	while read -r verdict text; do
		[ "$verdict" = ok ] || bad=1
		result "${verdict/not_ok/not ok}" "unit $name: $text"
	done < <(sed -n -E 's/^not ok [0-9]+ -? ?/not_ok /p; s/^ok [0-9]+ -? ?/ok /p' "$out")
	if [ "$status" != 0 ] || [ ! -s "$out" ]; then
		[ "$bad" = 1 ] || result "not ok" "unit $name: exit status $status"
		tail -n 60 "$out" | sed 's/^/# /'
	fi
done
echo "1..$number"
exit "$failed"

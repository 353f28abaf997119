#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module under sparse (with endian checks) and with W=1, against the
# headers of each kernel of KERNELS: no report of ours is allowed. Reports in
# the kernel's own headers are not ours.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

for kernel in ${KERNELS:-6.1 6.12}; do
	args=(-k "$kernel" C=2 W=1 "CF=-D__CHECK_ENDIAN__")
	log=build/check/sparse-$kernel.log
	mkdir -p build/check
	# Warnings come when a file is compiled: compile every one.
	rm -rf build/kmod/"$kernel".*C_2_W_1*
	if selftests/vm/kmod.sh "${args[@]}" >"$log" 2>&1; then
		cat build/kmod/"$kernel".*C_2_W_1*.log >>"$log"
	else
		echo "the build failed" >>"$log"
	fi
	{ grep -E '(/kmod/[^ ]*:[0-9]+:|cryptomap).*(warning|error|note):|the build failed|No such file' "$log" || :; } |
		sed 's,^.*/kmod/\([^/]*C_2_W_1[^/]*/\)\{0\,1\},kmod/,' | sort -u |
		verdict "sparse and W=1 against Linux $kernel"
done

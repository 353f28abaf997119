#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All shell scripts under shellcheck: warnings and errors. Switched off:
#
#   SC1090, SC1091   a file that is sourced is not always to be found
#   SC2034, SC2154   variables that a sourced file sets or uses
#   SC2187           busybox sh is close enough to dash
#   SC3043           "local" in sh: every sh that we run on has it

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

{
	sources '*.sh'
	sources | while IFS= read -r file; do
		head -c 64 "$file" | head -n 1 | tr -d '\0' |
			grep -q -E '^#!/bin/(ba|busybox )?sh' && echo "$file"
	done || :
} | sort -u | { xargs -d '\n' -r shellcheck -f gcc -S warning \
	-e SC1090,SC1091,SC2034,SC2154,SC2187,SC3043 || :; } |
	verdict "shellcheck"

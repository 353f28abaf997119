# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the lint scripts share. Source it: it goes to the top of the tree.
#
#   sources PATTERN...    tracked files (and untracked ones that are not
#                         ignored) matching these git patterns
#   verdict NAME          one TAP result: fails if standard input has a line
#
# Each executable here prints TAP results, with what is wrong as comments, and
# can be run by hand.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8
failed=0

sources() {
	git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
		while IFS= read -r file; do
			[ ! -f "$file" ] || printf '%s\n' "$file"
		done
}

verdict() {
	local findings
	findings=$(cat)
	if [ -z "$findings" ]; then
		echo "ok - lint: $1"
	else
		echo "not ok - lint: $1 ($(wc -l <<<"$findings") findings)"
		head -n 40 <<<"$findings" | sed 's/^/# /'
		failed=1
	fi
}

# Cached in the object cache: kselftest's files and checkpatch.
kernel_scripts() { echo "$(selftests/vm/cache.sh kselftest)/scripts"; }

trap 'status=$?; [ "$status" -eq 0 ] || echo "not ok - lint: $0 ended with $status"; exit $((status ? status : failed))' EXIT

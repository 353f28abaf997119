#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Puts the command reference, printed by `ipsecctl --manual`, into
# cryptomap-commands.5 between its markers. A unit test tells when it is due.
set -e
cd "$(dirname "$0")/../.."
page=tools/man/cryptomap-commands.5
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	sed '/^\.\\" reference: begin$/q' "$page"
	"${IPSECCTL:-build/user/ipsecctl}" --manual
	sed -n '/^\.\\" reference: end$/,$p' "$page"
} >"$new"
cat "$new" >"$page"

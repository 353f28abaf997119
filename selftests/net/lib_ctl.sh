# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the tests of ipsecctl on real packets share. Source it after lib.sh.

IPSECCTL=$TOP/build/user/ipsecctl
DAEMON=$TOP/build/user/ike-daemon
for _program in "$IPSECCTL" "$DAEMON"; do
	[ -x "$_program" ] || {
		ktap_print_header
		ktap_skip_all "$_program is missing"
		exit 4
	}
done

ctl() { in_ns r1 "$IPSECCTL" --socket "$WORK/control" "$@"; }

show() { ctl show crypto ipsec sa; }
# field REGEX: the number that stands where REGEX has its group
field() { show | sed -n "s/.*$1.*/\1/p" | head -n 1; }
# conn_ids: of all SAs, in order
conn_ids() { show | sed -n 's/.*conn id: \([0-9]*\),.*/\1/p' | tr '\n' ' '; }

check() {
	_name=$1
	shift
	"$@"
	ktap_test_result "$_name" [ $? = 0 ]
}

# has TEXT COMMAND...: its output has this text
has() {
	_text=$1
	shift
	"$@" >"$WORK/has" 2>&1
	grep -qF -e "$_text" "$WORK/has" || { sed 's/^/# /' "$WORK/has"; false; }
}

# load ARGUMENT...: what conf(), the test's own, prints for them becomes the configuration
load() {
	conf "$@" >"$WORK/conf"
	ctl -f "$WORK/conf" >"$WORK/load" 2>&1 || { sed 's/^/# /' "$WORK/load"; false; }
}

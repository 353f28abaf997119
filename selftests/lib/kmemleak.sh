# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Memory that nothing points to any more, as kmemleak of a debug kernel sees
# it. Source it.
#
#   kmemleak_there       this kernel has kmemleak, and we may use it
#   kmemleak_report      prints what is lost, nothing if nothing is
#   kmemleak_forget      what is lost now will not be reported again

KMEMLEAK=/sys/kernel/debug/kmemleak

kmemleak_there() { [ -w "$KMEMLEAK" ]; }

# What is younger than five seconds, or changed since the last scan, is not
# reported yet: hence the wait and two scans.
kmemleak_scan() { sleep 6 && echo scan >"$KMEMLEAK" && echo scan >"$KMEMLEAK"; }

kmemleak_report() {
	kmemleak_scan || echo "kmemleak cannot scan"
	cat "$KMEMLEAK"
}

kmemleak_forget() { kmemleak_scan && echo clear >"$KMEMLEAK"; }

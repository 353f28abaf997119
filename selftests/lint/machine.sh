#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What run.sh promises to who runs a command in the virtual machine: where it
# runs, what it prints, and the status that tells how it ended.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d ./build/machine.XXXXXX)
tidy() { rm -rf "$work"; }

# guest NAME ARGUMENT...: run.sh in the background; $work/NAME is its output
guest() {
	local name=$1
	shift
	{
		status=0
		selftests/vm/run.sh "$@" >"$work/$name" 2>"$work/$name.err" </dev/null ||
			status=$?
		echo "$status" >"$work/$name.status"
	} &
}

# ended NAME STATUS: says so if it did not end with STATUS
ended() {
	local status
	status=$(cat "$work/$1.status")
	[ "$status" = "$2" ] ||
		{ echo "$1: status $status, not $2"; cat "$work/$1.err"; }
}

# When the power goes off, the disk goes first, and at times it is gone before the
# next program can be read from it: here for certain.
guest status -k 6.12 -- sh -c 'pwd; id -u; echo said; rm /usr/bin/tail; exit 7'
guest late -k 6.12 -t 28 -- sh -c 'echo begun; sleep 300'
wait
guest warned -k 6.1 -- sh -c 'echo "<4>WARNING: CPU: 0 PID: 1 at a test" >/dev/kmsg'
(cd selftests/vm && exec ./run.sh -k 6.1 -c 1 -- sh -c 'pwd; nproc; touch /usr/mark') \
	>"$work/dir" 2>"$work/dir.err" </dev/null || echo "$?" >>"$work/dir"
wait

ended status 7 | verdict "run.sh ends with the status of its command"
{ diff <(printf '%s\n0\nsaid\n' "$PWD") "$work/status" || :; } |
	verdict "which is root, at the top of the tree"
ended late 124 | verdict "run.sh ends with 124 when time is up"
{ grep -q '^begun' "$work/late" || echo "no output"; } |
	verdict "and has printed what came before"
{ grep -q 'sleep 300' "$work/late.err" || echo "who hangs is not named"; } |
	verdict "and names who hangs"
ended warned 125 | verdict "a warning in the kernel's log is a failure of its own"
{ diff <(printf '%s\n1\n' "$PWD/selftests/vm") "$work/dir" || :; } |
	verdict "a directory inside the tree stays the working directory"
kept() {
	find "$(selftests/vm/cache.sh tree)/usr" -maxdepth 1 -printf '%f\n'
	PATH=$PATH:/usr/sbin debugfs -R 'ls -p /usr' \
		"$(selftests/vm/cache.sh image)/root.ext4" 2>/dev/null | cut -d / -f 6
}
kept | awk '$0 == "mark" { print } $0 == "sbin" { seen++ }
	END { if (seen != 2) print "not both could be read" }' |
	verdict "nothing that a guest writes outside it is kept"
tidy

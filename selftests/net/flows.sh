#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Many flows, some of which go and others come in their place: each has its own
# counters, which begin at nothing and are touched by no other flow. The topology is
# in lib.sh.
# F-061 F-062

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 7

net_build

# hosts FROM TO BASE: lines of these numbers, each for the host 10.2.0.(BASE + number)
hosts() {
	for _line in $(seq "$1" "$2"); do
		echo "$_line permit 10.1.0.0/24 10.2.0.$(($3 + _line))/32"
	done
}
# list LINES: the access list is these
list() {
	echo "$1" >"$WORK/lines"
	set --
	while IFS= read -r _line; do
		set -- "$@" "$_line"
	done <"$WORK/lines"
	cm acl acl "$@"
}
# send FROM TO BASE TIMES: so often the number of the line (or once) to each host
send() {
	in_ns a python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range($1, $2 + 1):
    for _ in range($4):
        s.sendto(b'x', ('10.2.0.%d' % ($3 + n), 9))"
}
counted() { losses_of flows " line=$1 " acquire_queue_full; }
# counts FROM TO TERM: each has lost TERM, in which n is its number
counts() {
	for n in $(seq "$1" "$2"); do
		[ "$(counted "$n")" = $(($3)) ] || return
	done
}

cm limit queue-flow 0
list "$(hosts 1 20 100)" && cm map map "10 acl isakmp $R2" && cm bind wan0 map || abort map
ktap_test_result "twenty flows, which have lost nothing" counts 1 20 0
ktap_test_result "there is no other" [ -z "$(counted 21)" ]
send 1 20 100 n
ktap_test_result "each counts what it has lost" poll 5 counts 1 20 n
list "$(hosts 1 4 100; hosts 5 12 200; hosts 13 20 100)" || abort list
ktap_test_result "flows that come in the place of others have lost nothing" counts 5 12 0
ktap_test_result "those that stayed have lost what they had" \
	eval 'counts 1 4 n && counts 13 20 n'
send 5 12 200 1
ktap_test_result "the new ones count" poll 5 counts 5 12 1
ktap_test_result "for themselves alone" eval 'counts 1 4 n && counts 13 20 n'

ktap_finished

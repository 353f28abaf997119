#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A line with ports protects those ports alone, whole datagrams and those that
# are cut before encryption, whose later fragments have no ports. A range is
# for manual entries: an SA for all of it. Both ends are cryptomap routers. The
# topology is in lib.sh. What is known of a connection ends when the lines change.
# F-045 F-049 F-054

. "$(dirname "$0")/lib.sh"

ktap_print_header
ktap_set_plan 12

net_build
cm2() { in_ns r2 "$CMCTL" "$@"; }
cm_map manual "10 permit 10.1.0.0/24 10.2.0.0/24 17 any 7000-7002" || abort "map on r1"
cm2 acl acl "10 permit 10.2.0.0/24 10.1.0.0/24 17 7000-7002 any" &&
	cm2 map map "10 acl manual $R1" && cm2 bind wan0 map || abort "map on r2"
cm_sa_pair 0x1001 0x2001 encr 20 key $GCM_KEY || abort "SAs on r1"
cm2 sa in 0x2001 $R1 $R2 wan0,10,10 encr 20 key $GCM_KEY &&
	cm2 sa out 0x1001 $R2 $R1 wan0,10,10 flags 4 encr 20 key $GCM_KEY || abort "SAs on r2"
echo_server() {
	bg "$WORK/echo$1" in_ns b python3 -u -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.2.0.2', $1))
print('ready')
while True:
    data, peer = s.recvfrom(65535)
    s.sendto(data, peer)"
	poll 20 grep -q ready "$WORK/echo$1"
}

# echoes PORT SIZE: a datagram of SIZE bytes comes back as it was
echoes() {
	in_ns a python3 -c "
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: no DF
s.settimeout(3)
data = os.urandom($2)
for attempt in range(3):
    s.sendto(data, ('10.2.0.2', $1))
    try:
        sys.exit(s.recv(65535) != data)
    except TimeoutError:
        pass
sys.exit(1)"
}

for port in 6999 7000 7002 7003; do
	echo_server $port || abort "echo server"
done
wire_start || abort tcpdump
ktap_test_result "a small datagram to the first port" echoes 7000 100
before=$(flow encaps)
ktap_test_result "to the last one of 4000 bytes, cut before encryption" echoes 7002 4000
ktap_test_result "each of its fragments was encapsulated" [ "$(flow encaps)" -ge $((before + 3)) ]
ktap_test_result "none was refused by the selectors" [ "$(lost selector_mismatch)" = 0 ]
before=$(flow encaps)
ktap_test_result "the port below travels as it is" echoes 6999 100
ktap_test_result "so does the port above" echoes 7003 100
seen() { [ "$(wire_count udp port 6999)" -gt 0 ] && [ "$(wire_count udp port 7003)" -gt 0 ]; }
poll 20 seen
wire_stop
in_the_clear() {
	seen && [ "$(wire_count udp portrange 7000-7002)" = 0 ] &&
		[ "$(flow encaps)" = "$before" ]
}
ktap_test_result "and only these" in_the_clear

# A connection whose packets went one way goes the other with the next packet, also
# on the processor that knows it.
refused() { cm2 counters | sed -n 's/.*name=clear_text .*packets=\([0-9]*\).*/\1/p'; }
send() { echo "$MARK" | in_ns a taskset -c 0 socat -u - UDP-SENDTO:10.2.0.2:7001,sourceport=5555; }
is_protected() {
	_encaps=$(flow encaps) && send && poll 5 eval '[ "$(flow encaps)" = $((_encaps + 1)) ]'
}
is_clear() {
	_encaps=$(flow encaps) && _refused=$(refused) && send &&
		poll 5 eval '[ "$(refused)" = $((_refused + 1)) ]' && [ "$(flow encaps)" = "$_encaps" ]
}
KNOWN="5 deny 10.1.0.0/24 10.2.0.0/24 17 5555 any"
ktap_test_result "a connection is protected" eval 'is_protected && is_protected'
cm line-add acl "$KNOWN" || abort "line"
ktap_test_result "after a line is added it is not" eval 'is_clear && is_clear'
cm line-del acl 5 || abort "line"
ktap_test_result "after it is deleted it is again" eval 'is_protected && is_protected'
cm acl acl "$KNOWN" "10 permit 10.1.0.0/24 10.2.0.0/24 17 any 7000-7002" || abort "list"
ktap_test_result "with another list it is not" eval 'is_clear && is_clear'
cm line-del acl 5 && is_protected && cm line-del acl 10 || abort "line"
ktap_test_result "nor after the line that protects it is deleted" eval 'is_clear && is_clear'

ktap_finished

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask as Windows does over PPP: dhcp_inform.py INTERFACE ADDRESS SECONDS.

A DHCPINFORM to everybody on INTERFACE; exit status 0 if ADDRESS is answered in time.
"""
import socket
import struct
import sys

WANTED = bytes((1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 43))


def main():
    interface, address, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    xid = 0x5eed1234
    ask = struct.pack('!BBBBIHH4s12x6s10x192xI', 1, 8, 6, 0, xid, 0, 0,
                      socket.inet_aton(address), bytes((0, 0x53, 0x45, 0, 0, 1)), 0x63825363)
    ask += bytes((53, 1, 8)) + bytes((60, 8)) + b'MSFT 5.0' + bytes((55, len(WANTED))) + WANTED
    ask += b'\xff'
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b'\0')
    s.bind(('', 68))
    s.settimeout(seconds)
    s.sendto(ask, ('255.255.255.255', 67))
    try:
        answer = s.recv(2000)
    except socket.timeout:
        sys.exit(1)
    sys.exit(answer[0] != 2 or struct.unpack('!I', answer[4:8])[0] != xid)


main()

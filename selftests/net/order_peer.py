# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbered UDP datagrams to port 9, for order.sh and parallel.sh.

  order_peer.py receive ADDRESS COUNT READY   makes the file READY when it listens; fails
                                              unless COUNT come, those of each sender in order
  order_peer.py send ADDRESS EACH             two processors send EACH, small ones
  order_peer.py segments ADDRESS COUNT        one sends COUNT of 1000 bytes, forty at a time,
                                              for the network to cut (UDP_SEGMENT)
"""
import os
import socket
import struct
import sys

SO_RCVBUFFORCE, UDP_SEGMENT = 33, 103
MANY, SIZE = 40, 1000


def receive(address, count, ready):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    s.bind((address, 9))
    s.settimeout(10)
    open(ready, 'w').close()
    last, odd, got = [-1, -1], 0, 0
    try:
        while got < count:
            who, n = struct.unpack_from('!II', s.recv(2000))
            odd += n != last[who] + 1
            last[who] = n
            got += 1
    except TimeoutError:
        pass
    print('#', got, 'datagrams,', odd, 'out of order')
    return got != count or odd != 0


def numbered(who, n, size):
    return struct.pack('!II', who, n) + bytes(size - 8)


def send(address, each):
    for cpu in 0, 1:
        if os.fork():
            continue
        os.sched_setaffinity(0, {cpu})
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for n in range(each):
            s.sendto(numbered(cpu, n, 500), (address, 9))
        os._exit(0)
    os.wait()
    os.wait()


def segments(address, count):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SIZE)
    for first in range(0, count, MANY):
        s.sendto(b''.join(numbered(0, n, SIZE)
                          for n in range(first, min(count, first + MANY))), (address, 9))


def main():
    what, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if what == 'receive':
        raise SystemExit(receive(address, count, sys.argv[4]))
    {'send': send, 'segments': segments}[what](address, count)


main()

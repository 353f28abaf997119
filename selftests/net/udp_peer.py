#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP between the ends of a tunnel, as the tests of NAT need it.

  serve PORT              answers each datagram with "PORT TEXT", the port that it
                          came from and its text; "@PORT TEXT" sends TEXT to that
                          port of the sender's address instead
  ask ADDRESS PORT FROM TEXT... [option=VALUE]
                          sends each TEXT from port FROM and prints the answer,
                          "-" if none comes in time; repeats what got none
  send ADDRESS PORT FROM TEXT   sends it once, as a raw datagram

Options: nocheck=1 sends without checksum, wait=SECONDS for an answer (1),
tries=N (5), sum=N the checksum of "send", stay=SECONDS to go on printing what
comes.
"""
import socket
import struct
import sys
import time

SO_NO_CHECK = 11


def family(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET


def serve(port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(('::', int(port)))
    print('ready', flush=True)
    while True:
        data, peer = sock.recvfrom(9000)
        print(peer[1], data.decode(errors='replace'), flush=True)
        if data.startswith(b'@'):
            to, data = data[1:].split(b' ', 1)
            sock.sendto(data, (peer[0], int(to)))
        else:
            sock.sendto(b'%d %s' % (peer[1], data), peer)


def ask_once(sock, to, text, options):
    for _ in range(int(options.get('tries', 5))):
        sock.sendto(text.encode(), to)
        try:
            return sock.recv(9000).decode()
        except socket.timeout:
            continue
    return '-'


def ask(address, port, source, *texts, **options):
    sock = socket.socket(family(address), socket.SOCK_DGRAM)
    if options.get('nocheck'):
        sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    sock.settimeout(float(options.get('wait', 1)))
    sock.bind(('', int(source)))
    for text in texts:
        print(ask_once(sock, (address, int(port)), text, options), flush=True)
    end = time.time() + float(options.get('stay', 0))
    while time.time() < end:
        try:
            print(sock.recv(9000).decode(), flush=True)
        except socket.timeout:
            pass


def send(address, port, source, text, **options):
    sock = socket.socket(family(address), socket.SOCK_RAW, socket.IPPROTO_UDP)
    header = struct.pack('!HHHH', int(source), int(port), 8 + len(text),
                         int(options.get('sum', 0)))
    sock.sendto(header + text.encode(), (address, 0))


def main():
    words = [a for a in sys.argv[1:] if '=' not in a]
    options = dict(a.split('=', 1) for a in sys.argv[1:] if '=' in a)
    {'serve': serve, 'ask': ask, 'send': send}[words[0]](*words[1:], **options)


main()

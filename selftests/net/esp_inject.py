#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Send one made-up ESP packet: NULL encryption, HMAC-SHA-256-128.

esp_inject.py SRC DST SPI SEQ KEY-HEX [NAME=VALUE...]

  inner=SRC,DST   addresses of the ICMP echo request inside (10.2.0.2,10.1.0.2)
  quote=SRC,DST   not the request, but an error about one from SRC to DST
  next=N          next header of the trailer (4)
  pad=HEX         padding instead of 1, 2, 3 ...
  longer=N        add N to the total length in the inner header
  behind=N        N bytes behind the inner packet (RFC 4303, 2.7)
  datagram=PORT   of transport mode: UDP from SRC to DST, with next=17
  comp=CPI,WHAT   compressed (RFC 3173), with next=108: WHAT is good, bomb (more than
                  a packet holds), junk, empty or twice
  tos=N itos=N    TOS outside and inside
  cut=N           leave out the last N bytes of the packet
  keep=N          send only the first N bytes from the ESP header on
  flip=N          flip bit N, counted from the ESP header on
  udp=SPORT,DPORT in UDP (RFC 3948), without checksum
  raw=HEX         this instead of ESP
  times=N         send it N times
"""
import hashlib
import socket
import struct
import sys
import zlib

ICV = 16
TEXT = ('inner', 'quote', 'pad', 'udp', 'raw', 'comp')


def hmac_sha256(key, data):
    """RFC 2104; the hmac module is not in every minimal Python."""
    key = key.ljust(64, b'\0')
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + data).digest()
    return hashlib.sha256(bytes(b ^ 0x5c for b in key) + inner).digest()


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ip_header(src, dst, proto, payload, tos, longer=0):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, tos, 20 + payload + longer, 0, 0,
                       64, proto, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:]


def echo(src, dst, opt):
    icmp = struct.pack('!BBHHH', 8, 0, 0, 0x4d43, 1) + bytes(24)
    if opt['quote'] is not None:
        quoted = ip_header(*opt['quote'].split(','), 1, 8, 0) + icmp[:8]
        icmp = struct.pack('!BBHI', 11, 0, 0, 0) + quoted
    icmp = icmp[:2] + struct.pack('!H', checksum(icmp)) + icmp[4:]
    return ip_header(src, dst, 1, len(icmp), opt['itos'], opt['longer']) + icmp


def datagram(src, dst, port):
    udp = struct.pack('!HHHH', port, port, 12, 0) + b'data'
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack('!HH', 17, 12)
    return udp[:6] + struct.pack('!H', checksum(pseudo + udp)) + udp[8:]


def ipcomp(cpi, what, payload):
    """The kernel's window is of 11 bits."""
    if what == 'bomb':
        payload += bytes(70000)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -11)
    data = deflate.compress(payload) + deflate.flush()
    data = {'junk': b'\xff' * 40, 'empty': b''}.get(what, data)
    return struct.pack('!BBH', 108 if what == 'twice' else 4, 0, int(cpi, 0)) + data


def esp(spi, seq, key, opt):
    if opt['datagram']:
        payload = datagram(*opt['ends'], opt['datagram'])
    else:
        payload = echo(*opt['inner'].split(','), opt)
    payload += bytes(opt['behind'])
    if opt['comp'] is not None:
        payload = ipcomp(*opt['comp'].split(','), payload)
    size = -(len(payload) + 2) % 4
    pad = bytes(range(1, size + 1))
    if opt['pad'] is not None:
        pad = bytes.fromhex(opt['pad'])
    packet = struct.pack('!II', spi, seq) + payload + pad
    packet += bytes([len(pad), opt['next']])
    packet += hmac_sha256(key, packet)[:ICV]
    packet = bytearray(packet[:len(packet) - opt['cut']])
    if opt['keep'] is not None:
        del packet[opt['keep']:]
    if opt['flip'] is not None:
        packet[opt['flip'] // 8] ^= 0x80 >> opt['flip'] % 8
    return bytes(packet)


def main():
    src, dst, spi, seq, key = sys.argv[1:6]
    opt = dict(inner='10.2.0.2,10.1.0.2', quote=None, next=4, pad=None, longer=0, behind=0,
               tos=0, itos=0, cut=0, keep=None, flip=None, udp=None, raw=None, comp=None, times=1, datagram=0,
               ends=(src, dst))
    for arg in sys.argv[6:]:
        name, value = arg.split('=')
        if name not in opt or name == 'ends':
            sys.exit('unknown option ' + name)
        opt[name] = value if name in TEXT else int(value, 0)
    packet = esp(int(spi, 0), int(seq, 0), bytes.fromhex(key), opt)
    if opt['raw'] is not None:
        packet = bytes.fromhex(opt['raw'])
    proto = 50
    if opt['udp'] is not None:
        proto, ports = 17, map(int, opt['udp'].split(','))
        packet = struct.pack('!HHHH', *ports, 8 + len(packet), 0) + packet
    packet = ip_header(src, dst, proto, len(packet), opt['tos']) + packet
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        for _ in range(opt['times']):
            s.sendto(packet, (dst, 0))


if __name__ == '__main__':
    main()

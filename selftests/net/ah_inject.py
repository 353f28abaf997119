#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Send one made-up AH packet of tunnel mode over IPv4: HMAC-SHA-256-128.

ah_inject.py SRC DST SPI SEQ KEY-HEX [NAME=VALUE...]

  inner=SRC,DST   addresses of the ICMP echo request inside (10.2.0.2,10.1.0.2)
  next=N          next header (4)
  esp=SPI,SEQ     ESP around what is inside: NULL, HMAC-SHA-256-128, the same key;
                  with next=50
  esp_flip=N      flip bit N of it, counted from the ESP header on
  field=N         length field of the AH header instead of the right one
  align=N         multiple of which the AH header is (4)
  id=N            identification of the outer header (1)
  options=HEX     of the outer header, a multiple of 4 bytes
  signed=HEX      what they are when the ICV is made: as RFC 4302, A1, has it
  tos=N ttl=N     outside (0, 64)
  sent_id=N       identification, changed after the ICV was made
  flip=N          flip bit N, counted from the AH header on
  keep=N          send only the first N bytes from the AH header on
  times=N         send it N times
"""
import socket
import struct
import sys

sys.dont_write_bytecode = True	# not into the sources
from esp_inject import checksum, echo, hmac_sha256

TEXT = ('inner', 'options', 'signed', 'esp')


def in_esp(spi, seq, key, payload, flip):
    pad = -(len(payload) + 2) % 4
    packet = struct.pack('!II', spi, seq) + payload + bytes(range(1, pad + 1)) + bytes([pad, 4])
    packet = bytearray(packet + hmac_sha256(key, packet)[:16])
    if flip is not None:
        packet[flip // 8] ^= 0x80 >> flip % 8
    return bytes(packet)


def ip_header(src, dst, payload, **fields):
    options = fields['options']
    head = struct.pack('!BBHHHBBH4s4s', 0x45 + len(options) // 4, fields['tos'],
                       20 + len(options) + payload, fields['id'], 0, fields['ttl'], 51, 0,
                       socket.inet_aton(src), socket.inet_aton(dst)) + options
    if fields['sign']:	# mutable: zero
        return head
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:]


def main():
    src, dst, spi, seq, key = sys.argv[1:6]
    opt = dict(inner='10.2.0.2,10.1.0.2', next=4, field=None, align=4, id=1, options='',
               signed=None, tos=0, ttl=64, sent_id=None, flip=None, keep=None, times=1, esp=None,
               esp_flip=None)
    for arg in sys.argv[6:]:
        name, value = arg.split('=')
        if name not in opt:
            sys.exit('unknown option ' + name)
        opt[name] = value if name in TEXT else int(value, 0)
    payload = echo(*opt['inner'].split(','), dict(quote=None, itos=0, longer=0))
    if opt['esp'] is not None:
        inner_spi, inner_seq = (int(n, 0) for n in opt['esp'].split(','))
        payload = in_esp(inner_spi, inner_seq, bytes.fromhex(key), payload, opt['esp_flip'])
    size = -(-(12 + 16) // opt['align']) * opt['align']
    field = size // 4 - 2 if opt['field'] is None else opt['field']
    ah = struct.pack('!BBHII', opt['next'], field, 0, int(spi, 0), int(seq, 0))
    pad = bytes(size - 28)
    options = bytes.fromhex(opt['options'])
    signed = options if opt['signed'] is None else bytes.fromhex(opt['signed'])
    rest = size + len(payload)
    covered = ip_header(src, dst, rest, tos=0, ttl=0, id=opt['id'], options=signed, sign=True)
    icv = hmac_sha256(bytes.fromhex(key), covered + ah + bytes(16) + pad + payload)[:16]
    packet = bytearray(ah + icv + pad + payload)
    if opt['keep'] is not None:
        del packet[opt['keep']:]
    if opt['flip'] is not None:
        packet[opt['flip'] // 8] ^= 0x80 >> opt['flip'] % 8
    sent_id = opt['id'] if opt['sent_id'] is None else opt['sent_id']
    packet = ip_header(src, dst, len(packet), tos=opt['tos'], ttl=opt['ttl'], id=sent_id,
                       options=options, sign=False) + packet
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        for _ in range(opt['times']):
            s.sendto(packet, (dst, 0))


main()

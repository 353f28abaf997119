#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build IKEv1 messages byte by byte, without the code under test.

They have the shape of what strongSwan, Cisco IOS and Windows send; hashes and
key material are arbitrary bytes.  Without arguments the C header
wire_messages.h is written to standard output; with a directory one file per
message is written there, as seeds for the fuzzer.
"""

import os
import struct
import sys

CKY_I = bytes.fromhex("5f3c81d20a4be697")
CKY_R = bytes.fromhex("c4097e5512ddb86a")
NO_CKY = bytes(8)

SA, KE, ID, HASH, NONCE, NOTIFY, DELETE, VID, NATD, NATOA, FRAGMENT = \
    1, 4, 5, 8, 10, 11, 12, 13, 20, 21, 132
MAIN, AGGRESSIVE, INFO, QUICK = 2, 4, 5, 32

VIDS = {
    "xauth": "09002689dfd6b712",
    "dpd": "afcad71368a1f1c96b8696fc77570100",
    "frag": "4048b7d56ebce88525e7de7f00d6c2d380000000",
    "natt": "4a131c81070358455c5728f20e95452f",
    "natt07": "439b59f8ba676c4c7737ae22eab8f582",
    "natt03": "7d9419a65310ca6f2c179d9215529d56",
    "natt02n": "90cb80913ebb696e086381b5ec427b1f",
    "unity": "12f5f28c457168a9702d9fe274cc0204",
    "ms": "1e2b516905991c7d7c96fcbfb587e46100000008",
    "random": "8a1b96b55f4bd2a3c1e5f60718293a4b",
}


def filler(n, seed):
    """n bytes that look random and are the same every time."""
    out, x = bytearray(), seed * 2654435761 % 2**32 or 1
    for _ in range(n):
        x ^= x << 13 & 0xffffffff
        x ^= x >> 17
        x ^= x << 5 & 0xffffffff
        out.append(x >> 11 & 0xff)
    return bytes(out)


def tv(kind, value):
    return struct.pack(">HH", 0x8000 | kind, value)


def tlv(kind, data):
    return struct.pack(">HH", kind, len(data)) + data


def chain(kind, bodies):
    """Link bodies of one kind (proposals, transforms) with generic headers."""
    out = b""
    for i, body in enumerate(bodies):
        following = 0 if i + 1 == len(bodies) else kind
        out += struct.pack(">BBH", following, 0, len(body) + 4) + body
    return out


def transform(number, ident, *attrs):
    return struct.pack(">BBH", number, ident, 0) + b"".join(attrs)


def proposal(number, proto, spi, transforms):
    return struct.pack(">BBBB", number, proto, len(spi), len(transforms)) + \
        spi + chain(3, transforms)


def sa(*proposals):
    return struct.pack(">II", 1, 1) + chain(2, proposals)


def ident(kind, proto, port, data):
    return struct.pack(">BBH", kind, proto, port) + data


def notify(proto, spi, kind, data=b""):
    return struct.pack(">IBBH", 1, proto, len(spi), kind) + spi + data


def delete(proto, spis):
    return struct.pack(">IBBH", 1, proto, len(spis[0]), len(spis)) + \
        b"".join(spis)


def vids(*names):
    return [(VID, bytes.fromhex(VIDS[n])) for n in names]


def message(exchange, payloads, cky_r=CKY_R, msgid=0, flags=0, pad=0):
    body = b""
    for i, (_, data) in enumerate(payloads):
        following = payloads[i + 1][0] if i + 1 < len(payloads) else 0
        body += struct.pack(">BBH", following, 0, len(data) + 4) + data
    if pad:
        body += bytes(-len(body) % pad)
    return CKY_I + cky_r + struct.pack(">BBBBII", payloads[0][0], 0x10,
                                       exchange, flags, msgid,
                                       28 + len(body)) + body


def ike_strongswan(number, cipher, bits, hash_, group):
    length = [tv(14, bits)] if bits else []
    return transform(number, 1, tv(1, cipher), *length, tv(2, hash_),
                     tv(4, group), tv(3, 1), tv(11, 1), tv(12, 14400))


def ike_cisco(number, cipher, bits, hash_, group):
    length = [tv(14, bits)] if bits else []
    return transform(number, 1, tv(1, cipher), tv(2, hash_), tv(4, group),
                     tv(3, 1), tv(11, 1),
                     tlv(12, struct.pack(">I", 86400)), *length)


def esp_strongswan(number, ident_, bits, auth, *more):
    return transform(number, ident_, *more, tv(4, 1), tv(5, auth),
                     *([tv(6, bits)] if bits else []), tv(1, 1), tv(2, 3960))


def esp_cisco(number, ident_, bits, auth):
    return transform(number, ident_, tv(4, 1), tv(1, 1), tv(2, 3600),
                     tv(1, 2), tlv(2, struct.pack(">I", 4608000)),
                     tv(5, auth), *([tv(6, bits)] if bits else []))


SPI = [bytes.fromhex(x) for x in ("c6a1b2d3", "0f9e8d7c", "42ab11cd")]
NET_A = bytes([10, 1, 0, 0, 255, 255, 0, 0])
NET_B = bytes([10, 2, 0, 0, 255, 255, 0, 0])


def messages():
    yield "strongswan_mm1", message(MAIN, [
        (SA, sa(proposal(1, 1, b"", [
            ike_strongswan(1, 7, 256, 4, 14),
            ike_strongswan(2, 7, 128, 2, 5),
            ike_strongswan(3, 5, 0, 1, 2)]))),
        *vids("xauth", "dpd", "frag", "natt", "natt02n")], cky_r=NO_CKY)
    yield "cisco_mm1", message(MAIN, [
        (SA, sa(proposal(1, 1, b"", [
            ike_cisco(1, 7, 256, 2, 5),
            ike_cisco(2, 5, 0, 2, 2),
            ike_cisco(3, 1, 0, 1, 1)]))),
        *vids("natt", "natt07", "natt03", "natt02n")], cky_r=NO_CKY)
    yield "cisco_mm2", message(MAIN, [
        (SA, sa(proposal(1, 1, b"", [ike_cisco(1, 7, 256, 2, 5)]))),
        *vids("natt")])
    yield "strongswan_mm3", message(MAIN, [
        (KE, filler(256, 1)), (NONCE, filler(32, 2)),
        (NATD, filler(32, 3)), (NATD, filler(32, 4))])
    yield "cisco_mm4", message(MAIN, [
        (KE, filler(192, 5)), (NONCE, filler(20, 6)),
        *vids("unity", "dpd", "random", "xauth"),
        (NATD, filler(20, 7)), (NATD, filler(20, 8))])
    yield "ecp_mm3", message(MAIN, [
        (KE, filler(64, 9)), (NONCE, filler(32, 10)),
        (NATD, filler(32, 11)), (NATD, filler(32, 12))])
    # From here on: what decryption yields, so the flag is off; padded.
    yield "strongswan_mm5", message(MAIN, [
        (ID, ident(1, 0, 0, bytes([192, 0, 2, 1]))), (HASH, filler(32, 13)),
        (NOTIFY, notify(1, CKY_I + CKY_R, 24578))], pad=16)
    yield "cisco_mm5", message(MAIN, [
        (ID, ident(1, 17, 500, bytes([198, 51, 100, 7]))),
        (HASH, filler(20, 14)), (NOTIFY, notify(1, CKY_I + CKY_R, 24578))],
        pad=8)
    yield "fqdn_mm6", message(MAIN, [
        (ID, ident(2, 0, 0, b"gw.example.com")), (HASH, filler(64, 15))],
        pad=16)
    yield "strongswan_qm1", message(QUICK, [
        (HASH, filler(32, 16)),
        (SA, sa(
            proposal(1, 3, SPI[0], [
                esp_strongswan(1, 12, 256, 5, tv(3, 14)),
                esp_strongswan(2, 12, 128, 2, tv(3, 14))]),
            proposal(2, 3, SPI[0], [
                transform(1, 20, tv(3, 14), tv(4, 1), tv(6, 256), tv(1, 1),
                          tv(2, 3960), tv(11, 1))]))),
        (NONCE, filler(32, 17)), (KE, filler(256, 18)),
        (ID, ident(4, 0, 0, NET_A)), (ID, ident(4, 0, 0, NET_B))],
        msgid=0x8f7e1234, pad=16)
    yield "cisco_qm1", message(QUICK, [
        (HASH, filler(20, 19)),
        (SA, sa(
            proposal(1, 2, SPI[1], [
                transform(1, 3, tv(4, 1), tv(1, 1), tv(2, 3600), tv(5, 2))]),
            proposal(1, 3, SPI[2], [esp_cisco(1, 3, 0, 1)]),
            proposal(2, 3, SPI[2], [esp_cisco(1, 12, 128, 2)]))),
        (NONCE, filler(20, 20)),
        (ID, ident(4, 0, 0, NET_A)), (ID, ident(1, 6, 80, NET_B[:4]))],
        msgid=0x0000abcd, pad=8)
    yield "cisco_qm2", message(QUICK, [
        (HASH, filler(20, 21)),
        (SA, sa(proposal(1, 3, SPI[1], [esp_cisco(1, 12, 128, 2)]))),
        (NONCE, filler(20, 22)),
        (ID, ident(4, 0, 0, NET_A)), (ID, ident(4, 0, 0, NET_B)),
        (NOTIFY, notify(3, SPI[1], 24576, tv(1, 1) +
                        tlv(2, struct.pack(">I", 1800))))],
        msgid=0x0000abcd, pad=8)
    yield "qm3", message(QUICK, [(HASH, filler(20, 23))], msgid=0xabcd, pad=8)
    yield "windows_qm1", message(QUICK, [
        (HASH, filler(20, 24)),
        (SA, sa(*[proposal(n + 1, 3, SPI[0], [
            transform(1, esp, tv(4, 4), *([tv(6, bits)] if bits else []),
                      tv(5, auth), tv(1, 1),
                      tlv(2, struct.pack(">I", 3600)), tv(1, 2),
                      tlv(2, struct.pack(">I", 250000)))])
            for n, (esp, bits, auth) in enumerate(
                [(12, 128, 2), (3, 0, 2), (2, 0, 2), (11, 0, 2)])])),
        (NONCE, filler(48, 25)),
        (ID, ident(1, 17, 1701, bytes([10, 9, 9, 9]))),
        (ID, ident(1, 17, 1701, bytes([203, 0, 113, 5]))),
        (NATOA, bytes([1, 0, 0, 0, 10, 9, 9, 9])),
        (NATOA, bytes([1, 0, 0, 0, 203, 0, 113, 5]))], msgid=1, pad=8)
    yield "ipv6_qm1", message(QUICK, [
        (HASH, filler(32, 26)),
        (SA, sa(proposal(0, 3, SPI[2], [esp_strongswan(1, 12, 192, 7)]))),
        (NONCE, filler(16, 27)),
        (ID, ident(6, 0, 0, bytes.fromhex("20010db8000a") + bytes(10) +
                   b"\xff" * 6 + bytes(10))),
        (ID, ident(8, 58, 0, bytes.fromhex("20010db8000b") + bytes(10) +
                   bytes.fromhex("20010db8000b") + bytes(9) + b"\x09")),
        (NATOA, bytes([5, 0, 0, 0]) + bytes.fromhex("20010db8") +
         bytes(12))], msgid=0xffffffff, pad=16)
    yield "dpd", message(INFO, [
        (HASH, filler(20, 28)),
        (NOTIFY, notify(1, CKY_I + CKY_R, 36136, struct.pack(">I", 77)))],
        msgid=0x13572468, pad=8)
    yield "delete_esp", message(INFO, [
        (HASH, filler(20, 29)), (DELETE, delete(3, SPI[:2]))],
        msgid=0x24681357, pad=8)
    yield "delete_isakmp", message(INFO, [
        (HASH, filler(20, 30)), (DELETE, delete(1, [CKY_I + CKY_R]))],
        msgid=0x24681358, pad=8)
    yield "no_proposal", message(INFO, [
        (NOTIFY, notify(1, b"", 14))], msgid=0x5a5a5a5a)
    yield "windows_mm1", message(MAIN, [
        (SA, sa(proposal(1, 1, b"", [
            transform(n + 1, 1, tv(1, c), *([tv(14, b)] if b else []),
                      tv(2, 2), tv(4, g), tv(3, 1), tv(11, 1),
                      tlv(12, struct.pack(">I", 28800)))
            for n, (c, b, g) in enumerate(
                [(7, 256, 20), (7, 128, 19), (7, 256, 14), (5, 0, 14),
                 (5, 0, 2)])]))),
        *vids("ms", "natt", "natt02n", "frag")], cky_r=NO_CKY)
    yield "fragment", message(MAIN, [
        (FRAGMENT, struct.pack(">HBB", 1, 1, 0) + filler(100, 31))])
    yield "last_fragment", message(AGGRESSIVE, [
        (FRAGMENT, struct.pack(">HBB", 0xbeef, 7, 1) + filler(9, 32))])


def c_header():
    print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
    print("/* Written by gen_wire_messages.py; do not edit. */")
    print("static const struct wire_message {\n\tconst char *name;\n"
          "\tconst char *hex;\n} wire_messages[] = {")
    for name, data in messages():
        text = data.hex()
        print('\t{ "%s",' % name)
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        print("\n".join('\t  "%s"' % line for line in lines) + " },")
    print("};")


if len(sys.argv) > 1:
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in messages():
        with open(os.path.join(sys.argv[1], name), "wb") as f:
            f.write(data)
else:
    c_header()

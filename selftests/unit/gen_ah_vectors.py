#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers as they are sent and as AH authenticates them.  Nothing is parsed
here: each is put together twice from the same parts, and each part knows from
the tables of RFC 4302, appendix A, what becomes of it.  Writes ah_vectors.h to
standard output.
"""

import struct

AH = 51
A1, A2, A3, A4 = (bytes([192, 0, 2, n]) for n in (1, 2, 3, 4))
B = [bytes.fromhex("20010db8" + "00" * 11 + "%02x" % n) for n in range(8)]

# RFC 4302, appendix A1: the immutable options.
IMMUTABLE = {0: "end", 1: "nop", 130: "security", 133: "extended security",
             134: "commercial security", 148: "router alert",
             149: "multi-destination"}


class Part:
    """Bytes on the wire, and in the ICV."""

    def __init__(self, sent, covered=None):
        self.sent = sent
        self.covered = sent if covered is None else covered

    def __add__(self, other):
        return Part(self.sent + other.sent, self.covered + other.covered)


def zero(sent):
    return Part(sent, bytes(len(sent)))


def option4(kind, data):
    whole = bytes([kind, 2 + len(data)]) + data
    return Part(whole) if kind in IMMUTABLE else zero(whole)


def ipv4(options=Part(b""), daddr=A2, final=None, proto=AH):
    pad = -len(options.sent) % 4
    options = options + Part(bytes(pad))
    size = 20 + len(options.sent)
    return (Part(bytes([0x40 + size // 4])) + zero(b"\xb9") +
            Part(struct.pack("!HH", size + 100, 0x4711)) +
            zero(b"\x5f\xab") + zero(b"\x3f") + Part(bytes([proto])) +
            zero(b"\xbe\xef") + Part(A1) + Part(daddr, final) + options)


def source_route(kind, pointer, *hops):
    data = bytes([pointer]) + b"".join(hops)
    return zero(bytes([kind, 2 + len(data)]) + data)


def ipv6(first, rest=Part(b""), daddr=B[2], final=None):
    size = len(rest.sent)
    return (Part(b"\x6c\xde\xad\xbe", b"\x60\0\0\0") +
            Part(struct.pack("!H", size + 100)) + Part(bytes([first])) +
            zero(b"\x3f") + Part(B[1]) + Part(daddr, final) + rest)


def options6(following, *options):
    """Hop-by-hop or destination options; each is (type, data)."""
    body = Part(b"")
    for kind, data in options:
        if kind == 0:
            body += Part(b"\0")
            continue
        body += Part(bytes([kind, len(data)]))
        body += zero(data) if kind & 0x20 else Part(data)
    pad = -(2 + len(body.sent)) % 8
    if pad == 1:
        body += Part(b"\0")
    elif pad:
        body += Part(bytes([1, pad - 2]) + bytes(pad - 2))
    return Part(bytes([following, (2 + len(body.sent)) // 8 - 1])) + body


def routing(following, kind, left, sent, covered):
    head = bytes([following, 2 * len(sent), kind])
    return (Part(head) + Part(bytes([left]), b"\0") + Part(b"\xa1\xa2\xa3\xa4") +
            Part(b"".join(sent), b"".join(covered)))


def vectors():
    yield "IPv4 without options", ipv4()
    for kind in range(256):
        if kind in (0, 1, 131, 137):
            continue
        yield "IPv4 option %d" % kind, ipv4(option4(kind, b"\x05\x99\x98\x97\x96"))
    yield "no-operation between", ipv4(Part(b"\1\1") + option4(68, b"\x05\0abcd") +
                                       Part(b"\1") + option4(148, b"xy") + Part(b"\1"))
    yield "behind the end", ipv4(option4(7, b"\4abcd") + Part(b"\0\7\7\7\7\7"))
    for kind in (131, 137):
        for hops in range(4):
            route = [bytes([10, 0, 0, n]) for n in range(hops)]
            for done in range(hops + 1):
                final = route[-1] if done < hops else None
                yield ("route %d, %d of %d hops" % (kind, done, hops),
                       ipv4(Part(b"\1") + source_route(kind, 4 + 4 * done, *route), final=final))
    yield "IPv6 alone", ipv6(AH)
    mixed = ((0x05, b"\1\2"), (0, b""), (0x3e, b"abcdef"), (0xc2, b"wxyz"),
             (0xe3, b"\xff"), (0x1e, b""), (0x3e, b""))
    yield "hop-by-hop options", ipv6(0, options6(AH, *mixed))
    yield "destination options", ipv6(60, options6(AH, *mixed))
    yield "both", ipv6(0, options6(60, (0x20, b"12345")) + options6(AH, (0x21, b"1"), (0x01, b"2")))
    for hops in range(1, 4):
        for left in range(hops + 1):
            # What is visited stands where the next hop stood; B[2] is the
            # next hop, then come those of the list.
            todo = B[4:4 + left]
            sent = B[3:4] * (hops - left) + todo
            end = ([B[2]] + todo)
            yield ("routing header, %d of %d left" % (left, hops),
                   ipv6(43, routing(AH, 0, left, sent, B[3:4] * (hops - left) + end[:-1]),
                        final=end[-1]))
    yield "home address", ipv6(43, routing(AH, 2, 1, [B[5]], [B[2]]), final=B[5])
    yield "other routing header at its end", ipv6(43, routing(AH, 4, 0, B[3:5], B[3:5]))
    yield ("all of them", ipv6(0, options6(60, (0x3e, b"a")) + options6(43, (0x1e, b"b")) +
                               routing(60, 0, 1, [B[6]], [B[2]]) + options6(AH, (0x3f, b"c")),
                               final=B[6]))


def refused():
    yield "shorter than IPv4", ipv4().sent[:19]
    yield "length of IPv4 header", b"\x46" + ipv4().sent[1:]
    yield "IPv4 names another protocol", ipv4(proto=50).sent
    yield "IPv4 option of length 1", ipv4(Part(b"\x44\1\0\0")).sent
    yield "IPv4 option behind the header", ipv4(Part(b"\x44\5\0\0")).sent
    yield "IPv4 option without length", ipv4(Part(b"\1\1\1\x44")).sent
    yield "odd source route", ipv4(Part(b"\x83\6\4\0\0\0\0\0")).sent
    yield "source route without pointer", ipv4(Part(b"\x83\2\1\1")).sent
    yield "shorter than IPv6", ipv6(AH).sent[:39]
    yield "IPv6 names another protocol", ipv6(50).sent
    yield "IPv6 fragment header", ipv6(44, Part(bytes([AH]) + bytes(7))).sent
    yield "extension header behind AH", ipv6(AH, Part(bytes([AH]) + bytes(7))).sent
    yield "extension header longer than all", ipv6(0, Part(bytes([AH, 1]) + bytes(6))).sent
    yield "half an extension header", ipv6(0, Part(bytes([AH, 0]) + bytes(2))).sent
    yield "IPv6 option behind its header", ipv6(0, Part(bytes([AH, 0, 5, 5, 0, 0, 0, 0]))).sent
    yield "IPv6 option without length", ipv6(60, Part(bytes([AH, 0, 1, 3, 0, 0, 0, 5]))).sent
    yield "more hops left than there are", ipv6(43, routing(AH, 0, 2, B[3:4], B[3:4])).sent
    yield "hops left of another type", ipv6(43, routing(AH, 4, 1, B[3:4], B[3:4])).sent
    yield "half an address", ipv6(43, Part(bytes([AH, 1, 0, 1]) + bytes(12))).sent
    yield "IP version 5", b"\x55" + ipv4().sent[1:]
    yield "nothing", b""


def main():
    print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
    print("/* Written by gen_ah_vectors.py; do not edit. */")
    print("static const struct ah_vector ah_vectors[] = {")
    for name, part in vectors():
        print('{ "%s", "%s",\n  "%s" },' % (name, part.sent.hex(), part.covered.hex()))
    print("};\n")
    print("static const struct ah_vector ah_refused[] = {")
    for name, sent in refused():
        print('{ "%s",\n  "%s", "" },' % (name, sent.hex()))
    print("};")


main()

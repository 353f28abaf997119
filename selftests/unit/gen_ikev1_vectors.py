#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers for IKEv1 key derivation and MODP groups, from hmac, hashlib and
integer arithmetic alone; the primes come from the formulas of RFC 2409 and
RFC 3526 with pi computed here.  Writes ikev1_vectors.h or modp_vectors.h to
standard output.
"""

import hashlib
import hmac
import sys

HASHES = [("CRYPTO_MD5", "md5"), ("CRYPTO_SHA1", "sha1"),
          ("CRYPTO_SHA256", "sha256"), ("CRYPTO_SHA384", "sha384"),
          ("CRYPTO_SHA512", "sha512")]
CIPHERS = [("CRYPTO_DES_CBC", 8, 8), ("CRYPTO_3DES_CBC", 24, 8),
           ("CRYPTO_AES128_CBC", 16, 16), ("CRYPTO_AES192_CBC", 24, 16),
           ("CRYPTO_AES256_CBC", 32, 16)]


def filler(label, n):
    """n bytes that depend on the label and nothing else."""
    out = b""
    while len(out) < n:
        out += hashlib.sha256(b"%s %d" % (label.encode(), len(out))).digest()
    return out[:n]


def pi_floor(bits):
    """floor(2^bits * pi), by Machin's formula with guard bits."""
    guard = 64
    one = 1 << bits + guard

    def arctan_inverse(x):
        total = term = one // x
        n, sign = 1, 1
        while term:
            term //= x * x
            n, sign = n + 2, -sign
            total += sign * (term // n)
        return total

    return 4 * (4 * arctan_inverse(5) - arctan_inverse(239)) >> guard


def prime(bits, add):
    return 2 ** bits - 2 ** (bits - 64) - 1 + \
        2 ** 64 * (pi_floor(bits - 130) + add)


GROUPS = {1: (768, 149686), 2: (1024, 129093), 5: (1536, 741804),
          14: (2048, 124476), 15: (3072, 1690314), 16: (4096, 240904)}


class Prf:
    def __init__(self, name):
        self.name = name

    def __call__(self, key, *data):
        return hmac.new(key, b"".join(data), self.name).digest()

    def digest(self, *data):
        return hashlib.new(self.name, b"".join(data)).digest()


def field(name, value):
    if isinstance(value, bytes):
        text = value.hex()
        parts = [text[i:i + 64] for i in range(0, len(text), 64)] or [""]
        print("\t.%s =\n%s," % (name, "\n".join('\t\t"%s"' % p
                                                for p in parts)))
    else:
        print("\t.%s = %s," % (name, value))


def expand(prf, skeyid_e, n):
    if n <= len(skeyid_e):
        return skeyid_e[:n]
    out = block = prf(skeyid_e, b"\0")
    while len(out) < n:
        block = prf(skeyid_e, block)
        out += block
    return out[:n]


def keymat(prf, skeyid_d, seed, n):
    out = block = b""
    while len(out) < n:
        block = prf(skeyid_d, block, seed)
        out += block
    return out[:n]


def derivation(index, hash_name, python_name):
    prf = Prf(python_name)
    tag = hash_name
    psk = filler(tag + " psk", [1, 8, 24, 65, 129][index])
    ni = filler(tag + " ni", [8, 16, 20, 32, 256][index])
    nr = filler(tag + " nr", [20, 8, 32, 16, 48][index])
    gxi = filler(tag + " gxi", 192)
    gxr = filler(tag + " gxr", 192)
    gxy = b"\0" + filler(tag + " gxy", 191)
    cky_i, cky_r = filler(tag + " i", 8), filler(tag + " r", 8)
    sa, idi, idr = (filler(tag + x, n) for x, n in
                    (("sa", 100), ("idi", 8), ("idr", 18)))
    skeyid = prf(psk, ni, nr)
    d = prf(skeyid, gxy, cky_i, cky_r, b"\0")
    a = prf(skeyid, d, gxy, cky_i, cky_r, b"\1")
    e = prf(skeyid, a, gxy, cky_i, cky_r, b"\2")
    msgid = 0x8f00a5 + index
    mid = msgid.to_bytes(4, "big")
    rest = filler(tag + " rest", 150)
    last = filler(tag + " last", 16)
    spi = filler(tag + " spi", 4)
    qm = filler(tag + " qm", 128)
    print("{")
    for name, value in (
            ("hash", hash_name), ("psk", psk), ("ni", ni), ("nr", nr),
            ("gxi", gxi), ("gxr", gxr), ("gxy", gxy), ("cky_i", cky_i),
            ("cky_r", cky_r), ("sa", sa), ("idi", idi), ("idr", idr),
            ("skeyid", skeyid), ("skeyid_d", d), ("skeyid_a", a),
            ("skeyid_e", e),
            ("hash_i", prf(skeyid, gxi, gxr, cky_i, cky_r, sa, idi)),
            ("hash_r", prf(skeyid, gxr, gxi, cky_r, cky_i, sa, idr)),
            ("msgid", "0x%xu" % msgid), ("rest", rest),
            ("hash1", prf(a, mid, rest)), ("hash2", prf(a, mid, ni, rest)),
            ("hash3", prf(a, b"\0", mid, ni, nr)), ("spi", spi),
            ("gqm", qm),
            ("keymat", keymat(prf, d, b"\3" + spi + ni + nr, 96)),
            ("keymat_pfs", keymat(prf, d, qm + b"\3" + spi + ni + nr, 72)),
            ("last", last),
            ("nat_d", prf.digest(cky_i, cky_r, bytes([192, 0, 2, 1]),
                                 (500).to_bytes(2, "big")))):
        field(name, value)
    print("\t.ciphers = {")
    for cipher, key_len, block in CIPHERS:
        print('\t\t{ %s,\n\t\t  "%s",\n\t\t  "%s",\n\t\t  "%s" },' % (
            cipher, expand(prf, e, key_len).hex(),
            prf.digest(gxi, gxr)[:block].hex(),
            prf.digest(last[:block], mid)[:block].hex()))
    print("\t},\n},")


def modp(group):
    """A pair whose secret starts with a zero byte: the padding must show."""
    p = prime(*GROUPS[group])
    n = p.bit_length() // 8
    x = int.from_bytes(filler("x %d" % group, 32), "big")
    gx = pow(2, x, p)
    y = int.from_bytes(filler("y %d" % group, 32), "big")
    while pow(gx, y, p) >> 8 * (n - 1):
        y += 1
    print("{")
    field("group", group)
    field("prime", p.to_bytes(n, "big"))
    field("x", x.to_bytes(32, "big"))
    field("gx", gx.to_bytes(n, "big"))
    field("y", y.to_bytes(32, "big"))
    field("gy", pow(2, y, p).to_bytes(n, "big"))
    field("gxy", pow(gx, y, p).to_bytes(n, "big"))
    print("},")


def write(which):
    print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
    print("/* Written by gen_ikev1_vectors.py; do not edit. */")
    print("static const struct %s_vector %s_vectors[] = {" % (which, which))
    if which == "ikev1":
        for i, names in enumerate(HASHES):
            derivation(i, *names)
    else:
        for group in sorted(GROUPS):
            modp(group)
    print("};")


if sys.argv[1:] not in (["ikev1"], ["modp"]):
    sys.exit("usage: gen_ikev1_vectors.py ikev1|modp > NAME_vectors.h")
write(sys.argv[1])

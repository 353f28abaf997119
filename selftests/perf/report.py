#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians and ratios of bench.sh: rows on stdin, JSON to the file named.

A row is "MODE CIPHER VARIANT TEST ROUND NANOSECONDS RECEIVED". Wall clock:
packets a second, higher is better. icount: instructions a packet, for UDP
above plain forwarding, lower is better. Ratios say how much better cryptomap
is; they are taken round by round, then their median.
"""
import collections
import json
import statistics
import sys

MSS = 1348  # of a 1400-byte MTU, with time stamps
MARGIN = {"wall": 0.9, "icount": 0.995}  # noise of each method


def packets(test, received):
    return received / MSS if test == "tcp" else received


def read(lines):
    """{mode: {(cipher, variant, test): [figure of each round]}}"""
    rows = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in lines:
        mode, cipher, variant, test, _, ns, received = line.split()
        count = packets(test, int(received))
        figure = count * 1e9 / int(ns) if mode == "wall" else int(ns) / count
        rows[mode][cipher, variant, test].append(figure)
    return rows


def cost_above_plain(table):
    """icount only: what protecting a datagram costs, without forwarding it."""
    above = {}
    for (cipher, variant, test), figures in table.items():
        if test.startswith("udp") and variant != "plain":
            plain = statistics.median(table["none", "plain", test])
            figures = [figure - plain for figure in figures]
        above[cipher, variant, test] = figures
    return above


def ratios(mode, table, cipher, test, other):
    ours = table[cipher, "cryptomap", test]
    theirs = table[cipher, other, test]
    if mode == "wall":
        return [a / b for a, b in zip(ours, theirs)]
    return [b / a for a, b in zip(ours, theirs)]


def summarise(mode, table):
    if mode == "icount":
        table = cost_above_plain(table)
    out = []
    for cipher, variant, test in table:
        if variant != "cryptomap":
            continue
        row = {"mode": mode, "cipher": cipher, "test": test}
        for name in ("cryptomap", "xfrm", "xfrm_gro"):
            row[name] = statistics.median(table[cipher, name, test])
        for name in ("xfrm", "xfrm_gro"):
            each = ratios(mode, table, cipher, test, name)
            row["x_" + name] = statistics.median(each)
            row["x_" + name + "_range"] = [min(each), max(each)]
        out.append(row)
    return out


def show(rows):
    units = {"wall": "packets/s by the clock", "icount": "instructions/packet"}
    for mode in dict.fromkeys(row["mode"] for row in rows):
        print(f"\n{units[mode]}, medians; x = times better than")
        print(f"{'cipher':16}{'test':10}{'cryptomap':>11}{'XFRM':>9}{'XFRM+GRO':>10}"
              f"{'x XFRM':>9}{'x XFRM+GRO':>12}")
        for row in rows:
            if row["mode"] != mode:
                continue
            print(f"{row['cipher']:16}{row['test']:10}{row['cryptomap']:11.0f}"
                  f"{row['xfrm']:9.0f}{row['xfrm_gro']:10.0f}"
                  f"{row['x_xfrm']:9.2f}{row['x_xfrm_gro']:12.2f}")


def main():
    tables = read(sys.stdin)
    if not tables:
        sys.exit("report.py: no rows")
    rows = [row for mode, table in tables.items() for row in summarise(mode, table)]
    show(rows)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
        out.write("\n")
    slower = [row for row in rows if row["x_xfrm"] < MARGIN[row["mode"]]]
    for row in slower:
        print(f"slower than XFRM: {row['mode']} {row['cipher']} {row['test']}")
    sys.exit(bool(slower))


if __name__ == "__main__":
    main()

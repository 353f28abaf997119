#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians and ratios of bench.sh: rows on stdin, JSON and SVG to the file named.

A row is "METRIC CPUS CIPHER SYSTEM TRAFFIC ROUND NANOSECONDS RECEIVED". Wall
clock: packets a second, higher is better. icount: instructions a packet, for
UDP above plain forwarding, lower is better. A ratio says how many times better
a system is than another; it is taken round by round, then the median of that.

The system "bound" is what no tunnel can beat: plain forwarding and the cipher alone.

With two more arguments, a file as gate.txt and a kernel: TAP, whether the ratios
to XFRM are at least those of the file, and nothing else.
"""
import collections
import json
import os
import statistics
import sys

MSS = 1348  # of a 1400-byte MTU, with time stamps
MARGIN = {"wall": 0.9, "icount": 0.995}  # noise of each metric
UNITS = {"wall": "packets/s by the clock", "icount": "instructions/packet"}
SYSTEMS = ("cryptomap", "xfrm", "xfrm_gro", "wireguard", "bound")

Key = collections.namedtuple("Key", "metric cpus cipher traffic")


def figure(metric, traffic, ns, received):
    packets = received / MSS if traffic == "tcp" else received
    return packets * 1e9 / ns if metric == "wall" else ns / packets


def read(lines):
    """{Key: {system: [figure of each round]}}"""
    table = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in lines:
        metric, cpus, cipher, system, traffic, _, ns, received = line.split()
        table[Key(metric, int(cpus), cipher, traffic)][system].append(
            figure(metric, traffic, int(ns), int(received)))
    return table


def together(metric, plain, alone):
    """The figure of who does both, one after the other."""
    return 1 / (1 / plain + 1 / alone) if metric == "wall" else plain + alone


def add_bound(table):
    for key, systems in list(table.items()):
        alone = systems.pop("alone", None)
        if alone:
            plain = table[key._replace(cipher="none")]["plain"]
            systems["bound"] = [together(key.metric, p, a) for p, a in zip(plain, alone)]


def cost_above_plain(table):
    """icount: what protecting a datagram costs, without forwarding it."""
    for key, systems in table.items():
        if key.metric != "icount" or key.traffic == "tcp" or "plain" in systems:
            continue
        plain = statistics.median(table[key._replace(cipher="none")]["plain"])
        for figures in systems.values():
            figures[:] = [f - plain for f in figures]


def ratio(metric, ours, theirs):
    """How many times better is ours?"""
    if not theirs:
        return None
    if metric == "wall":
        return statistics.median(a / b for a, b in zip(ours, theirs))
    return statistics.median(b / a for a, b in zip(ours, theirs))


def summarise(table):
    for key, systems in table.items():
        for system, figures in systems.items():
            yield dict(key._asdict(), system=system,
                       median=statistics.median(figures),
                       minimum=min(figures), maximum=max(figures),
                       **{"ratio_to_" + other: ratio(key.metric, figures, systems.get(other))
                          for other in SYSTEMS[1:]})


def show(rows):
    for metric, cpus in dict.fromkeys((r["metric"], r["cpus"]) for r in rows):
        print(f"\n{UNITS[metric]}, {cpus} processor{'s' * (cpus > 1)}, medians; "
              "x = cryptomap is so many times better than; bound: the cipher alone "
              "and plain forwarding")
        print(f"{'cipher':20}{'traffic':10}{'cryptomap':>10}{'x XFRM':>9}"
              f"{'x XFRM+GRO':>12}{'x WireGuard':>13}{'% of bound':>12}")
        for row in rows:
            if (row["metric"], row["cpus"], row["system"]) != (metric, cpus, "cryptomap"):
                continue
            ratios = [row["ratio_to_" + other] for other in SYSTEMS[1:-1]]
            bound = row["ratio_to_bound"]
            print(f"{row['cipher']:20}{row['traffic']:10}{row['median']:10.0f}"
                  + "".join(f"{x:{width}.2f}" if x else " " * width
                            for x, width in zip(ratios, (9, 12, 13)))
                  + (f"{100 * bound:12.0f}" if bound else ""))


def chart(rows):
    """Bars of how many times better than XFRM as shipped each system is."""
    colours = {"cryptomap": "#1f6fb4", "xfrm_gro": "#999999", "wireguard": "#88171a",
               "bound": "#2a7d2a"}
    bars = [r for r in rows if r["system"] in colours and r["ratio_to_xfrm"]]
    left, unit, high = 330, 160, 16
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + 4 * unit}" '
           f'height="{(len(bars) + 3) * high}" font-family="sans-serif" font-size="12">',
           f'<text x="4" y="{high}">times better than XFRM as shipped (line: equal)</text>']
    for i, bar in enumerate(bars):
        y = (i + 2) * high
        label = " ".join(str(bar[k]) for k in ("metric", "cpus", "cipher", "traffic", "system"))
        out.append(f'<text x="4" y="{y + 11}">{label}</text>'
                   f'<rect x="{left}" y="{y + 1}" width="{bar["ratio_to_xfrm"] * unit:.0f}" '
                   f'height="{high - 3}" fill="{colours[bar["system"]]}"/>'
                   f'<text x="{left + bar["ratio_to_xfrm"] * unit + 4:.0f}" y="{y + 11}">'
                   f'{bar["ratio_to_xfrm"]:.2f}</text>')
    out.append(f'<line x1="{left + unit}" x2="{left + unit}" y1="{2 * high}" '
               f'y2="{(len(bars) + 2) * high}" stroke="black"/></svg>')
    return "\n".join(out) + "\n"


def gate(rows, path, kernel):
    """TAP on stdout; False: a row is missing or worse than the file asks for."""
    good = True
    found = {(r["cipher"], r["traffic"]): r["ratio_to_xfrm"] for r in rows
             if r["system"] == "cryptomap"}
    with open(path, encoding="utf-8") as lines:
        floors = [line.split() for line in lines if line.strip() and line[0] != "#"]
    for name, cipher, traffic, floor in floors:
        if name != kernel:
            continue
        is_now = found.get((cipher, traffic)) or 0
        verdict = "ok" if is_now >= float(floor) else "not ok"
        good &= verdict == "ok"
        print(f"{verdict} - speed {kernel}: {cipher} {traffic}: {is_now:.2f} times "
              f"better than XFRM, at least {floor}")
    return good and any(floor[0] == kernel for floor in floors)


def main():
    table = read(sys.stdin)
    if not table:
        sys.exit("report.py: no rows")
    add_bound(table)
    cost_above_plain(table)
    rows = list(summarise(table))
    if len(sys.argv) > 2:
        sys.exit(not gate(rows, sys.argv[2], sys.argv[3]))
    show(rows)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
        out.write("\n")
    with open(os.path.splitext(sys.argv[1])[0] + ".svg", "w", encoding="utf-8") as out:
        out.write(chart(rows))
    slower = [r for r in rows if r["system"] == "cryptomap"
              and r["ratio_to_xfrm"] < MARGIN[r["metric"]]]
    for row in slower:
        print(f"slower than XFRM: {row['metric']} {row['cipher']} {row['traffic']}")
    sys.exit(bool(slower))


if __name__ == "__main__":
    main()

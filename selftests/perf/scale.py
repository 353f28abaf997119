#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Table and JSON of scale.sh: rows on stdin, JSON to the file named.

A row is "METRIC CASE SYSTEM ENTRIES INSTALL-NS BYTES ONE-NS RECEIVED MANY-NS
RECEIVED". Four figures come of it:

  install  seconds for all entries (wall) or instructions for each (icount)
  memory   bytes of the kernel for each entry (icount)
  one      instructions for a packet of one flow (icount)
  many     instructions for a packet that is the first of its flow (icount)

The packet's figures are compared with those of the same case and system that has
one entry, and all with XFRM's of the same case.

With the word "gate" for the file: TAP, whether entries cost what they should, and
nothing else.
"""
import collections
import json
import sys

GOAL_SECONDS = 10       # to install 100,000
GOAL_RATIO = 1.10       # a packet with many entries to one with one
GATE_GROWTH = 2.5       # an entry among ten times as many

Key = collections.namedtuple("Key", "metric case entries figure system")


def read(lines):
    """{Key: figure}"""
    table = {}
    for line in lines:
        metric, case, system, *numbers = line.split()
        entries, install, memory, one, received, many, received_many = map(int, numbers)
        figures = {"install": install / 1e9}
        if metric == "icount":
            figures = {"install": install / entries, "memory": memory / entries}
            if received:
                figures["one"] = one / received
            if received_many:
                figures["many"] = many / received_many
        for figure, value in figures.items():
            table[Key(metric, case, entries, figure, system)] = value
    return table


def summarise(table):
    for key, value in table.items():
        one = table.get(key._replace(entries=1)) if key.figure in ("one", "many") else None
        xfrm = table.get(key._replace(system="xfrm"))
        yield dict(key._asdict(), cpus=1 if key.metric == "icount" else 2,
                   median=value, minimum=value, maximum=value,
                   ratio_to_one=value / one if one else None,
                   ratio_to_xfrm=xfrm / value if xfrm and value else None)


def show(table):
    print(f"{'case':9}{'system':11}{'entries':>8}{'install s':>11}{'instr./e.':>11}"
          f"{'bytes/e.':>10}{'packet':>9}{'x one':>7}{'first':>9}{'x one':>7}")
    for key in table:
        if (key.metric, key.figure) != ("icount", "one"):
            continue
        cells = [table.get(key._replace(metric="wall", figure="install"))]
        cells += [table[key._replace(figure=f)] for f in ("install", "memory")]
        for figure in ("one", "many"):
            value = table[key._replace(figure=figure)]
            cells += [value, value / table[key._replace(figure=figure, entries=1)]]
        print(f"{key.case:9}{key.system:11}{key.entries:8}" +
              "".join(" " * width if cell is None else f"{cell:{width}.{digits}f}"
                      for cell, width, digits in
                      zip(cells, (11, 11, 10, 9, 7, 9, 7), (2, 0, 0, 0, 2, 0, 2))))


def faults(rows):
    """What misses its goal."""
    for row in rows:
        if row["system"] != "cryptomap":
            continue
        name = f"{row['case']}, {row['entries']} entries"
        if row["figure"] == "one" and row["ratio_to_one"] > GOAL_RATIO:
            yield f"{name}: a packet costs {row['ratio_to_one']:.2f} times that with one entry"
        if (row["metric"] == "wall" and
                row["median"] * 100000 > GOAL_SECONDS * max(row["entries"], 100000)):
            yield f"{name}: installed in {row['median']:.1f} s"


def judge(good, text):
    print(f"{'ok' if good else 'not ok'} - {text}")
    return good


def gate(table):
    """False: an entry, or a packet with many of them, costs more than it should."""
    good = bool(table)
    one = next((v for k, v in table.items() if k.entries == 1 and k.figure == "one"), 0)
    for key, value in table.items():
        if key.entries == 1:
            continue
        fewer = table.get(key._replace(entries=key.entries // 10))
        if key.figure == "one":
            good &= judge(value <= one * GOAL_RATIO,
                          f"scale: {key.case}, {key.entries} entries: a packet costs "
                          f"{value / one:.2f} times that with one, at most {GOAL_RATIO:.2f}")
        if key.figure == "install" and fewer and key.entries // 10 > 1:
            good &= judge(value <= fewer * GATE_GROWTH,
                          f"scale: {key.case}: one of {key.entries} entries costs "
                          f"{value / fewer:.1f} times one of a tenth, at most {GATE_GROWTH}")
    return good


def main():
    table = read(sys.stdin)
    if not table:
        sys.exit("scale.py: no rows")
    if sys.argv[1] == "gate":
        sys.exit(not gate(table))
    rows = list(summarise(table))
    show(table)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
        out.write("\n")
    missed = list(faults(rows))
    for fault in missed:
        print(f"missed: {fault}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()

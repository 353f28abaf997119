#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of handshake-guest.sh on stdin: a table and JSON, or with "gate" the verdict.

Rows are SYSTEM GROUP COUNT UP WALL-NS CPU-NS BYTES.
"""

import json
import statistics
import sys

OURS, THEIRS, BOUND = "cryptomap", "charon", "bound"
FASTER, MEMORY = 1.0, 0.5        # in relation to charon
OF_BOUND = {14: 0.75, 19: 0.35}  # counted: measured 0.86 and 0.43


def read(lines):
    """{(group, system): {"rate": [...], "bytes": [...]}}, and what did not come up."""
    found, failed = {}, []
    for line in lines:
        system, group, *numbers = line.split()
        count, up, _, cpu, memory = map(int, numbers)
        if system != BOUND and up != count:
            failed.append(f"{system}, group {group}: {up} of {count}")
        of = found.setdefault((int(group), system), {"rate": [], "bytes": []})
        of["rate"].append(count / (cpu / 1e9))
        of["bytes"].append(memory / count)
    return found, failed


def table(found):
    rows = []
    for (group, system), of in sorted(found.items()):
        rate = statistics.median(of["rate"])
        memory = statistics.median(of["bytes"])
        other = found[group, THEIRS]
        rows.append({
            "group": group,
            "system": system,
            "metric": "negotiations per second of processor time",
            "median": rate,
            "minimum": min(of["rate"]),
            "maximum": max(of["rate"]),
            "ratio_to_charon": rate / statistics.median(other["rate"]),
            "ratio_to_bound": rate / statistics.median(found[group, BOUND]["rate"]),
            "bytes_per_peer": memory,
            "memory_to_charon": memory / statistics.median(other["bytes"]),
        })
    return rows


def show(rows):
    print(f"{'group':>5} {'system':<10} {'per second':>10} {'to charon':>10}"
          f" {'to bound':>9} {'bytes/peer':>11} {'to charon':>10}")
    for r in rows:
        print(f"{r['group']:>5} {r['system']:<10} {r['median']:>10.1f}"
              f" {r['ratio_to_charon']:>10.2f} {r['ratio_to_bound']:>9.2f}"
              f" {r['bytes_per_peer']:>11.0f} {r['memory_to_charon']:>10.2f}")


def gate(rows, failed):
    checks = [("every peer comes up", not failed, "; ".join(failed))]
    for r in rows:
        if r["system"] != OURS:
            continue
        what = f"group {r['group']}"
        checks += [
            (f"{what}: more negotiations than charon", r["ratio_to_charon"] > FASTER,
             f"{r['ratio_to_charon']:.2f}"),
            (f"{what}: at least {OF_BOUND[r['group']]} of what the key exchange alone allows",
             r["ratio_to_bound"] >= OF_BOUND[r["group"]], f"{r['ratio_to_bound']:.2f}"),
            (f"{what}: at most half of charon's memory", r["memory_to_charon"] <= MEMORY,
             f"{r['memory_to_charon']:.2f}"),
        ]
    print("TAP version 13")
    print(f"1..{len(checks)}")
    for i, (name, good, value) in enumerate(checks, 1):
        print(f"{'' if good else 'not '}ok {i} - handshake: {name} # {value}")
    return 0 if len(checks) > 1 and all(good for _, good, _ in checks) else 1


def main():
    found, failed = read(sys.stdin)
    rows = table(found)
    if sys.argv[1] == "gate":
        sys.exit(gate(rows, failed))
    show(rows)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
        out.write("\n")
    sys.exit("\n".join(failed) if failed else 0)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How often is a secret in the memory of a process: scan.py PID NAME=HEX...

Prints "NAME COUNT" for each; every part of 16 bytes counts, so that half a key is found.
"""
import sys

PART = 16


def regions(pid):
    with open(f'/proc/{pid}/maps') as maps:
        for line in maps:
            span, mode, _, _, inode, *name = line.split()
            if mode.startswith('rw'):
                start, end = (int(x, 16) for x in span.split('-'))
                yield start, end


def main():
    pid = sys.argv[1]
    wanted = {}
    for arg in sys.argv[2:]:
        name, text = arg.split('=')
        secret = bytes.fromhex(text)
        wanted[name] = {secret[i:i + PART] for i in range(0, len(secret) - PART + 1, PART)} or {secret}
    found = dict.fromkeys(wanted, 0)
    with open(f'/proc/{pid}/mem', 'rb', 0) as memory:
        for start, end in regions(pid):
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except OSError:
                continue
            for name, parts in wanted.items():
                found[name] += sum(data.count(part) for part in parts)
    for name, n in found.items():
        print(name, n)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may include whom: the rooms of the tree and the doors between them.

Prints TAP results, like the shell scripts beside it. Also: OpenSSL is known
to ike-daemon/crypto alone, kernel versions to kmod/compat alone.
"""
import os
import re
import subprocess
import sys

# Longest prefix wins. The daemon's own files at its top (engine, main) are
# "daemon"; the tool's are "tool".
ROOMS = {
    'kmod/uapi/': 'uapi',
    'kmod/core/': 'core',
    'kmod/': 'kmod',
    'tools/lib/': 'lib',
    'tools/cli/': 'cli',
    'tools/': 'tool',
    'ike-daemon/wire/': 'wire',
    'ike-daemon/crypto/': 'crypto',
    'ike-daemon/aaa/': 'aaa',
    'ike-daemon/sa/': 'sa',
    'ike-daemon/v1/': 'v1',
    'ike-daemon/v2/': 'v2',
    'ike-daemon/policy/': 'policy',
    'ike-daemon/kernel/': 'kernel',
    'ike-daemon/control/': 'control',
    'ike-daemon/helper/': 'helper',
    'ike-daemon/ppp/': 'ppp',
    'ike-daemon/': 'daemon',
    'selftests/': 'selftests',
}

# What a room may include besides itself and the contract (uapi). The typed
# configuration model (tools/cli/model.h) is data that the whole daemon reads;
# the grammar around it belongs to what loads and answers.
MODEL = 'tools/cli/model.h'
DAEMON = {'daemon', 'wire', 'crypto', 'aaa', 'sa', 'policy', 'kernel', 'control', 'helper', 'ppp', 'lib'}
DOORS = {
    'uapi': set(),
    'core': set(),
    'kmod': {'core'},
    'lib': {'cli'},                 # the difference of two models
    'cli': {'lib'},
    'tool': {'lib', 'cli'},
    'wire': {'lib'},
    'crypto': {'lib', 'wire'},
    'aaa': {'lib', 'cli', 'crypto', 'sa', 'model'},
    'sa': DAEMON | {'v1', 'v2', 'model'},
    'v1': DAEMON | {'model'},
    'v2': DAEMON | {'model'},
    'policy': DAEMON | {'cli', 'model', 'v1', 'v2'},
    'kernel': {'lib', 'daemon', 'sa', 'model'},
    'control': DAEMON | {'cli', 'model', 'v1', 'v2'},
    'helper': {'lib', 'cli'},       # the methods of the model
    'ppp': DAEMON | {'model'},
    'daemon': DAEMON | {'model', 'v1', 'v2'},
    'selftests': set(ROOMS.values()) | {'model'},
}
# The daemon's start reads the configuration file.
EXTRA = {'ike-daemon/main.c': {'cli'}}

OPENSSL = re.compile(r'^(ike-daemon/crypto/|selftests/unit/crypto_|'
                     r'selftests/perf/handshake\.c$|'
                     r'selftests/fuzz/ike_((crypto|openssl)\.h|ocsp_answer\.c)$)')
VERSIONS = re.compile(r'^kmod/compat/')
INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*([<"])([^>"]+)[>"]', re.M)
VERSION = re.compile(r'\bLINUX_VERSION_CODE\b|\bKERNEL_VERSION\s*\(|<linux/version\.h>')


def room(path):
    best = max((p for p in ROOMS if path.startswith(p)), key=len, default=None)
    return ROOMS.get(best)


def target(path, name):
    """The file of ours that an #include names, or None."""
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    for candidate in (beside, name, 'kmod/' + name, 'kmod/uapi/' + name):
        if os.path.exists(candidate):
            return candidate
    return None


def verdict(name, findings):
    print(('not ok' if findings else 'ok') + ' - lint: ' + name)
    for finding in findings[:40]:
        print('# ' + finding)
    return bool(findings)


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
    files = subprocess.run(
        ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--', '*.c', '*.h'],
        check=True, capture_output=True, text=True).stdout.split()
    doors, openssl, versions, unknown = [], [], [], []
    for path in sorted(set(files)):
        if not os.path.exists(path):
            continue
        with open(path, encoding='utf-8') as source:
            text = source.read()
        here = room(path)
        if here is None:
            unknown.append(f'{path}: in no room')
            continue
        for quote, name in INCLUDE.findall(text):
            if name.startswith('openssl/') and not OPENSSL.match(path):
                openssl.append(f'{path}: <{name}>')
            file = target(path, name) if quote == '"' else None
            if quote == '"' and file is None and not path.startswith('selftests/'):
                unknown.append(f'{path}: "{name}" is no file of the tree')
            if file is None:
                continue
            there = room(file)
            if file == MODEL and 'model' in DOORS[here]:
                continue
            if there not in DOORS[here] | EXTRA.get(path, set()) | {here, 'uapi'}:
                doors.append(f'{path} ({here}) must not include {file} ({there})')
        if VERSION.search(text) and path.startswith('kmod/') and not VERSIONS.match(path):
            versions.append(f'{path}: tests the kernel version')
    failed = verdict('include directions', doors)
    failed |= verdict('every include is found', unknown)
    failed |= verdict('OpenSSL in ike-daemon/crypto only', openssl)
    failed |= verdict('kernel versions in kmod/compat only', versions)
    return failed


if __name__ == '__main__':
    sys.exit(main())

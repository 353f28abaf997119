#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract, kmod/uapi/linux/cryptomap.h, against itself and the module.

Every command is described in the header's table. Every attribute has a
comment with its type and whether it goes in or out. Every attribute that goes
in stands in a policy of the module with that type (and with a range where the
comment states one, or a check of its own beside the policy: cm_nl_check); an
attribute that only goes out is in no policy, or rejected there. Prints TAP
results.
"""
import glob
import os
import re
import subprocess
import sys

HEADER = 'kmod/uapi/linux/cryptomap.h'

# Type in a comment -> what its policy may be made of.
POLICY = {
    'u8': 'NLA_U8', 'u16': 'NLA_U16', 'u32': 'NLA_U32', 'u64': 'NLA_U64',
    's32': 'NLA_(U32|S32)', 'be16': 'NLA_(BE16|U16)', 'be32': 'NLA_(BE32|U32)',
    'string': 'NLA_NUL_STRING|NLA_STRING|NLA_POLICY_VALIDATE_FN',
    'binary': 'NLA_BINARY|NLA_POLICY_(EXACT|MIN|MAX)_LEN',
    'nest': r'NLA_POLICY_NESTED|NLA_NESTED',
}
ATTRIBUTE = re.compile(r'^\t(CRYPTOMAP_\w+)(?:\s*=[^,]*)?,\s*(?:/\* (.*?) \*/)?\s*$')
LARGEST = re.compile(r'^\t(CRYPTOMAP_\w+_MAX) = __CRYPTOMAP_\w+_MAX - 1,$')
TABLE = re.compile(r'(struct nla_policy|cm_nl_check)\s+\w+\s*\[[^\]]*\]\s*=\s*\{(.*?)\}\s*;', re.S)
ENTRY = re.compile(r'\[\s*(CRYPTOMAP_\w+)\s*\]\s*=')
INCLUDE = re.compile(r'^\s*#\s*include\b.*$', re.M)


def enums(text):
    for match in re.finditer(r'^enum (\w+) \{\n(.*?)^\};', text, re.M | re.S):
        yield match.group(1), match.group(2).splitlines()


def attributes(text):
    """(name, comment) of every attribute, placeholders left out."""
    for name, lines in enums(text):
        if not (name.endswith('_attr') or name == 'cryptomap_attr'):
            continue
        for line in lines:
            match = ATTRIBUTE.match(line)
            if (match and not LARGEST.match(line) and
                    not match.group(1).endswith(('_UNSPEC', '_PAD'))):
                yield match.group(1), match.group(2) or ''


def direction(comment):
    """'in', 'out', 'in/out' or None: what the clauses of a comment end with."""
    ways = set()
    for clause in re.split(r'[,:]\s*', re.sub(r'\s*\([^)]*\)', '', comment)):
        match = re.fullmatch(r'(?:.*\s)?(in/out|in|out)(?: only| while \w+)?', clause)
        if match:
            ways.update(match.group(1).split('/'))
    return '/'.join(sorted(ways)) or None


def expand(path):
    """The source with the module's own macros expanded, the kernel's not."""
    text = ''
    for name in sorted(glob.glob('kmod/*.h')) + [path]:
        with open(name, encoding='utf-8') as source:
            text += INCLUDE.sub('', source.read()) + '\n'
    return subprocess.run(['cpp', '-P', '-w', '-undef'], input=text, check=True,
                          capture_output=True, text=True).stdout


def values(body):
    """(attribute, initialiser) of each entry of a table."""
    for match in ENTRY.finditer(body):
        depth, end = 0, match.end()
        while end < len(body) and (depth or body[end] != ','):
            depth += {'(': 1, '{': 1, ')': -1, '}': -1}.get(body[end], 0)
            end += 1
        yield match.group(1), ' '.join(body[match.end():end].split())


def policies():
    """Attribute -> [(file, initialiser)] of its policies, and of its checks."""
    found = {'struct nla_policy': {}, 'cm_nl_check': {}}
    for path in sorted(glob.glob('kmod/*.c')):
        with open(path, encoding='utf-8') as source:
            if 'nla_policy' not in source.read():
                continue
        for kind, table in TABLE.findall(expand(path)):
            for name, value in values(table):
                found[kind].setdefault(name, []).append((path, value))
    return found['struct nla_policy'], found['cm_nl_check']


def check_documented(text):
    findings = []
    for name, comment in attributes(text):
        kind = re.match(r'\w+', comment)
        if not kind or kind.group(0) not in POLICY:
            findings.append(f'{name}: the comment does not start with its type')
        elif not direction(comment):
            findings.append(f'{name}: the comment does not say in or out')
    for name, lines in enums(text):
        if name != 'cryptomap_cmd':
            continue
        table = text[:text.index('#ifndef')]
        for line in lines:
            match = ATTRIBUTE.match(line)
            if (not match or LARGEST.match(line) or
                    match.group(1).endswith(('_UNSPEC', '_EVENT'))):
                continue
            short = match.group(1).replace('CRYPTOMAP_CMD_', '')
            if not re.search(rf'^ \*   {short}\b', table, re.M):
                findings.append(f'{match.group(1)}: not in the table of commands')
    return findings


def check_policed(text, found, checks):
    findings = []
    for name, comment in attributes(text):
        kind = re.match(r'\w+', comment).group(0) if comment else ''
        way = direction(comment)
        entries = found.get(name, [])
        if way == 'out':
            findings += [f'{path}: {name} only goes out but is accepted'
                         for path, value in entries if 'NLA_REJECT' not in value]
            continue
        if not entries:
            findings.append(f'{name}: in no policy')
        for path, value in entries:
            if 'NLA_REJECT' in value:
                continue
            if kind in POLICY and not re.search(POLICY[kind], value):
                findings.append(f'{path}: {name} is {kind} but its policy is {value}')
            if re.search(r'\b\d+\.\.\w+', comment) and kind in ('u8', 'u16', 'u32', 'u64') \
                    and not full_range(kind, comment) and name not in checks \
                    and not re.search(r'RANGE|MIN|MAX|MASK', value):
                findings.append(f'{path}: {name} states a range that nothing checks')
            if kind in ('u8', 'u16', 'u32', 'u64') and 'VALIDATE_FN' in value:
                findings.append(f'{path}: {name}: the kernel warns when it describes a number '
                                'with a function in its policy; use cm_nl_check')
    if all(not found.get(n) for n, _ in attributes(text)):
        findings = ['no struct nla_policy table found in kmod/*.c']
    return findings


def full_range(kind, comment):
    """A stated range that is all of the type needs no policy."""
    low, high = re.search(r'\b(\d+)\.\.(\w+)', comment).groups()
    return low == '0' and high == str(2 ** int(kind[1:]) - 1)


def verdict(name, findings):
    print(('not ok' if findings else 'ok') + ' - lint: ' + name)
    for finding in findings[:60]:
        print('# ' + finding)
    return bool(findings)


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
    with open(HEADER, encoding='utf-8') as header:
        text = header.read()
    failed = verdict('the contract documents every command and attribute', check_documented(text))
    failed |= verdict('every attribute is policed as documented', check_policed(text, *policies()))
    return failed


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract, kmod/uapi/linux/cryptomap.h, against itself and the module.

Every command is described in the header's table. Every attribute has a
comment with its type and whether it goes in or out. Every attribute that goes
in stands in a policy of the module with that type (and with a range where the
comment states one); an attribute that only goes out is in no policy, or
rejected there. Prints TAP results.
"""
import glob
import os
import re
import sys

HEADER = 'kmod/uapi/linux/cryptomap.h'

# Type in a comment -> what its policy may be made of.
POLICY = {
    'u8': 'NLA_U8', 'u16': 'NLA_U16', 'u32': 'NLA_U32', 'u64': 'NLA_U64',
    's32': 'NLA_(U32|S32)', 'be16': 'NLA_(BE16|U16)', 'be32': 'NLA_(BE32|U32)',
    'string': 'NLA_NUL_STRING|NLA_STRING',
    'binary': 'NLA_BINARY|NLA_POLICY_(EXACT|MIN|MAX)_LEN|NLA_POLICY_VALIDATE_FN',
    'nest': r'NLA_POLICY_NESTED|NLA_NESTED',
}
ATTRIBUTE = re.compile(r'^\t(CRYPTOMAP_\w+)(?:\s*=[^,]*)?,\s*(?:/\* (.*?) \*/)?\s*$')
ENTRY = re.compile(r'\[\s*(CRYPTOMAP_\w+)\s*\]\s*=\s*(.*?)(?=,\s*(?:/\*.*?\*/\s*)?\n\s*(?:\[|\}|/\*|#))', re.S)
TABLE = re.compile(r'struct nla_policy\s+\w+\[[^\]]*\]\s*=\s*\{(.*?)\n\};', re.S)


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
            if match and not match.group(1).endswith(('_UNSPEC', '_PAD')):
                yield match.group(1), match.group(2) or ''


def direction(comment):
    """'in', 'out' or 'in/out', from the last clause of the comment."""
    words = re.findall(r'\b(in/out|in only|in|out)\b(?=[^,]*$|\b)', comment)
    if any(w == 'in/out' for w in words) or re.search(r'\bin \(.*\)/out', comment):
        return 'in/out'
    goes_in = any(w.startswith('in') for w in words)
    goes_out = 'out' in words
    return 'in/out' if goes_in and goes_out else 'in' if goes_in else 'out' if goes_out else None


def tail(comment):
    """The part that tells the direction: the clauses after the first comma or colon."""
    parts = re.split(r'[,:]\s*', comment)
    return ', '.join(p for p in parts[1:] if re.match(r'(in|out|in/out|.* (in|out|in/out))\b', p))


def policies():
    found = {}
    for path in sorted(glob.glob('kmod/*.c')):
        with open(path, encoding='utf-8') as source:
            for table in TABLE.findall(source.read()):
                for name, value in ENTRY.findall(table + '\n}'):
                    found.setdefault(name, []).append((path, ' '.join(value.split())))
    return found


def check_documented(text):
    findings = []
    for name, comment in attributes(text):
        kind = re.match(r'\w+', comment)
        if not kind or kind.group(0) not in POLICY:
            findings.append(f'{name}: the comment does not start with its type')
        elif not direction(tail(comment)):
            findings.append(f'{name}: the comment does not say in or out')
    for name, lines in enums(text):
        if name != 'cryptomap_cmd':
            continue
        table = text[:text.index('#ifndef')]
        for line in lines:
            match = ATTRIBUTE.match(line)
            if not match or match.group(1).endswith(('_UNSPEC', '_EVENT')):
                continue
            short = match.group(1).replace('CRYPTOMAP_CMD_', '')
            if not re.search(rf'^ \*   {short}\b', table, re.M):
                findings.append(f'{match.group(1)}: not in the table of commands')
    return findings


def check_policed(text, found):
    findings = []
    for name, comment in attributes(text):
        kind = re.match(r'\w+', comment).group(0) if comment else ''
        way = direction(tail(comment))
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
                    and not full_range(kind, comment) \
                    and not re.search(r'RANGE|MIN|MAX|MASK', value):
                findings.append(f'{path}: {name} states a range but its policy has none')
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
    failed |= verdict('every attribute is policed as documented', check_policed(text, policies()))
    return failed


if __name__ == '__main__':
    sys.exit(main())

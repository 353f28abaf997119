#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What holds for every file: length, licence line, no machine's paths, no
# leftovers, and nothing at the top level that the plan of the tree has not.

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"
limit=800

# xargs gives 123 when grep finds nothing in the end.
search() { xargs -d '\n' grep -n -I "$@" || :; }

code=$(sources '*.c' '*.h' '*.sh' '*.py' '*.awk' '*.mk' Makefile '*/Makefile' Kbuild '*.8' '*.5' '*.1')

# Tables that a script writes may be longer; they say so at their head.
for file in $code; do
	head -n 8 "$file" | grep -q -E 'Written by .*do not edit' || wc -l "$file"
done | awk -v limit=$limit '$1 > limit {
	print $2 ": " $1 " lines, the limit is " limit }' |
	verdict "no file is longer than $limit lines"

# The module is GPL-2.0, its contract is free for any user, the rest is
# GPL-2.0-or-later.
licence_of() {
	case $1 in
	kmod/uapi/*) echo '((GPL-2.0 WITH Linux-syscall-note) OR MIT)' ;;
	kmod/* | selftests/kmod/* | Kbuild) echo 'GPL-2.0' ;;
	*) echo 'GPL-2.0-or-later' ;;
	esac
}
for file in $code .ci/run; do
	want="SPDX-License-Identifier: $(licence_of "$file")"
	line=$(head -n 2 "$file" | grep -m 1 -F "SPDX-License-Identifier: " || :)
	line=${line% \*/}
	case $line in
	*"$want") ;;
	*) echo "$file: the first lines have no '$want'" ;;
	esac
done | verdict "every file names its licence"

# The patterns are taken apart, or this file would find itself.
sources | grep -v -E '^LICENSE' |
	search -E '(^|[^a-z])/(wor[k]|hom[e]|roo[t])/[a-z.]|\.\./share[d]|/tmp/bash_job[s]' |
	verdict "no machine's paths"

sources | grep -v -E '^LICENSE' |
	search -w -E 'TOD[O]|FIXM[E]|XX[X]|HAC[K]' |
	verdict "no leftovers"

sources '*.c' '*.h' '*.sh' '*.py' '*.awk' '*.mk' '*.md' Makefile Kbuild |
	search -E '[[:blank:]]+$' |
	verdict "no blanks at the end of a line"

sources | sed 's,/.*,,' | sort -u |
	{ grep -v -x -E 'kmod|ike-daemon|tools|selftests|debian|Kbuild|Makefile|README\.md|LICENSES?|\..*' || :; } |
	verdict "the top level is as planned"

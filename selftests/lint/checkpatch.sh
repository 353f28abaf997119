#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel's checkpatch --strict on the module. This is the one place where
# a report is switched off:
#
#   everywhere
#     FILE_PATH_CHANGES, COMMIT_MESSAGE   about patches, these are files
#     SPDX_LICENSE_TAG                    wants the kernel's LICENSES directory;
#                                         lint/tree.sh checks the tags
#     EMBEDDED_FILENAME                   an out-of-tree module has none to embed
#   the list of reasons (an X-macro)
#     COMPLEX_MACRO, MACRO_ARG_UNUSED, MACRO_ARG_REUSE, BRACKET_SPACE
#     LONG_LINE                           one reason, one line
#   the contract, a user-space header
#     BIT_MACRO                           BIT() is not for user space
#     LONG_LINE_COMMENT                   one attribute, one line
#   kmod/compat
#     LINUX_VERSION_CODE                  what the directory is for
#     CONSTANT_COMPARISON                 takes KERNEL_VERSION() for a constant
#   kmod/core/life.c (compiled in user space, too)
#     MINMAX                              the shadow headers know no max_t()

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

ignore=FILE_PATH_CHANGES,COMMIT_MESSAGE,SPDX_LICENSE_TAG,EMBEDDED_FILENAME
scripts=$(kernel_scripts)

# The shadow headers of kmod/core/user stand for the kernel's own names.
sources 'kmod/*.c' 'kmod/*.h' | grep -v '^kmod/core/user/' |
while read -r file; do
	more=
	case $file in
	kmod/uapi/*) more=,BIT_MACRO,LONG_LINE_COMMENT ;;
	kmod/compat/*) more=,LINUX_VERSION_CODE,CONSTANT_COMPARISON ;;
	kmod/core/life.c) more=,MINMAX ;;
	kmod/core/reason.[ch]) more=,LONG_LINE,COMPLEX_MACRO,MACRO_ARG_UNUSED,MACRO_ARG_REUSE,BRACKET_SPACE ;;
	esac
	"$scripts/checkpatch.pl" --no-tree --strict --terse --show-types \
		--no-summary --ignore "$ignore$more" -f "$file" 2>/dev/null || :
done | verdict "checkpatch --strict"

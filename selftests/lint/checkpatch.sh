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
#     LONG_LINE_STRING                    a message is one string, to be found by grep
#     COMPLEX_MACRO, MACRO_ARG_UNUSED, MACRO_ARG_REUSE, BRACKET_SPACE
#                                         lists that are expanded several times
#                                         (X-macros), initialisers and iterators
#                                         are no expressions
#   the list of reasons
#     LONG_LINE                           one reason, one line
#   the contract, a user-space header
#     BIT_MACRO                           BIT() is not for user space
#     LONG_LINE_COMMENT                   one attribute, one line
#   kmod/compat
#     LINUX_VERSION_CODE                  what the directory is for
#     NEW_TYPEDEFS                        one kernel's name for another's type
#     CONSTANT_COMPARISON                 takes KERNEL_VERSION() for a constant

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$0")/lib.sh"

ignore=FILE_PATH_CHANGES,COMMIT_MESSAGE,SPDX_LICENSE_TAG,EMBEDDED_FILENAME
ignore=$ignore,LONG_LINE_STRING,COMPLEX_MACRO,MACRO_ARG_UNUSED,MACRO_ARG_REUSE,BRACKET_SPACE
scripts=$(kernel_scripts)

checked() {
	local file=$1 more=
	case $file in
	kmod/uapi/*) more=,BIT_MACRO,LONG_LINE_COMMENT ;;
	kmod/compat/*) more=,LINUX_VERSION_CODE,NEW_TYPEDEFS,CONSTANT_COMPARISON ;;
	kmod/core/reason.h) more=,LONG_LINE ;;
	esac
	"$scripts/checkpatch.pl" --no-tree --strict --terse --show-types \
		--no-summary --ignore "$ignore$more" -f "$file" 2>/dev/null || :
}
export -f checked
export scripts ignore

# The shadow headers of kmod/core/user stand for the kernel's own names.
sources 'kmod/*.c' 'kmod/*.h' 'selftests/kmod/*.c' | grep -v '^kmod/core/user/' |
	xargs -P "$(nproc)" -I FILE bash -c 'checked FILE' | sort |
	verdict "checkpatch --strict"

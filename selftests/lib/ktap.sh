# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# KTAP output: the kernel's helpers, and what is ours. Sourced.

. "${KSELFTEST_DIR:?set KSELFTEST_DIR to tools/testing/selftests of the kernel}/kselftest/ktap_helpers.sh"

# The kernel's splits each argument into words: a pattern with a blank would become
# a shorter pattern and files to look in.
# ktap_test_result DESCRIPTION COMMAND...
ktap_test_result() {
	_ktap_what=$1
	shift
	if "$@"; then
		ktap_test_pass "$_ktap_what"
	else
		ktap_test_fail "$_ktap_what"
	fi
}

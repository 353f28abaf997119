# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The module under test. Source it.
#
#   module_load TOP      loads TOP/build/kmod/RELEASE/cryptomap.ko, with what it
#                        depends on, unless it is there; fails with a reason

module_load() {
	[ -d /sys/module/cryptomap ] && return 0
	_ko=$1/build/kmod/$(uname -r)/cryptomap.ko
	if [ ! -f "$_ko" ]; then
		echo "no module for kernel $(uname -r): $_ko is missing" >&2
		return 1
	fi
	for _dep in $(modinfo -F depends "$_ko" | tr , ' '); do
		modprobe "$_dep" || return 1
	done
	insmod "$_ko"
}

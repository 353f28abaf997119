#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Run a command as root in a virtual machine:
#
#   run.sh [-k 6.1|6.12|debug|RELEASE|PATH] [-c CPUS] [-m MIB] [-t SECONDS]
#          [-p "PACKAGE..."] [-a auto|tcg|kvm] [-I] [-i] [-l FILE] [-s] [-v] [-n]
#          -- COMMAND...
#
#   -k  kernel: Debian's 6.1 (default) or 6.12, the debug kernel that cache.sh
#       builds (debug.config), a release of Debian's, a kernel image without
#       modules (everything built in), or a directory as "cache.sh kernel" makes
#   -c  processors (2)            -m  memory in MiB (2048)
#   -t  time-out in seconds (900) -p  Debian packages beside packages.txt
#   -a  accelerator: auto (default) takes KVM only after a probe boot worked,
#       otherwise tcg, emulation
#   -I  count instructions: one processor, guest nanoseconds are guest
#       instructions and repeat from run to run; implies -a tcg
#   -i  interactive: the command gets this terminal
#   -l  keep the guest's kernel log in FILE
#   -s  memory that is freed is poisoned and all of it fenced in, as far as a
#       kernel without KASAN can: uses after free are found, at some cost
#   -v  show the guest's kernel log while it runs
#   -n  prepare all that the machine is made of, but do not start it
#
# The project tree is mounted read-write at its own path and is the working
# directory (or the caller's, if that is inside the tree). The root file system
# is a Debian 12 tree from the cache, its changes are lost at the end. Output
# appears as it is printed. Environment of the command: KSELFTEST_DIR and
# CRYPTOMAP_VM=1, nothing of the caller's. No more machines run at once than
# this machine has processors (or CRYPTOMAP_VM_SLOTS): the others wait.
#
# Exit status: the command's; or
#   122  the machine could not be started
#   123  the guest ended without reporting a status
#   124  time-out
#   125  the guest's kernel log has an oops, WARNING, BUG, lockdep, RCU or
#        hang report, whatever the command's status was

set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
tree=$(readlink -f "$here/../..")
cache=${CRYPTOMAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cryptomap}
kernel=6.1 cpus=2 memory=2048 limit=900 packages='' accel=auto
icount='' tty=0 log='' verbose='' prepare='' poison=''

usage() { sed -n '4,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 122; }
die() { echo "run.sh: $*" >&2; exit 122; }

while getopts k:c:m:t:p:a:Iil:svnh opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	c) cpus=$OPTARG ;;
	m) memory=$OPTARG ;;
	t) limit=$OPTARG ;;
	p) packages=$OPTARG ;;
	a) accel=$OPTARG ;;
	I) icount=1 ;;
	i) tty=1 ;;
	l) log=$OPTARG ;;
	s) poison='slub_debug=FZPU,kmalloc-*,skbuff* page_poison=1 kfence.sample_interval=2' ;;
	v) verbose=1 ;;
	n) prepare=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
qemu=$(command -v qemu-system-x86_64) ||
	die "qemu-system-x86_64 is missing: run selftests/setup.sh"
# Before 8.1 an emulated processor can translate a page while another one writes to
# it, and keeps the old code: one that met the kernel's breakpoint in code that was
# being rewritten (static keys: every first or last hook of a kind) meets it for ever.
version=$("$qemu" --version | sed -n '1s/.* version \([0-9.]*\).*/\1/p')
if printf '%s\n' 8.1 "$version" | sort -V -C; then
	:
elif newer=$("$here/cache.sh" emulator); then
	qemu=$newer/bin/qemu-system-x86_64
else
	echo "run.sh: QEMU $version it is: guests may hang, seldom" >&2
fi

# --- what the machine is made of ---------------------------------------------

case $kernel in
*/*)
	kernel=$(readlink -f "$kernel")
	[ -e "$kernel" ] || die "no such kernel: $kernel"
	;;
*)
	kernel=$("$here/cache.sh" kernel "$kernel") || die "no kernel"
	;;
esac
image=$kernel
[ ! -d "$kernel" ] || image=$kernel/vmlinuz
initramfs=$("$here/cache.sh" initramfs "$kernel") || die "no initramfs"
# shellcheck disable=SC2086 # a list of names
root=$("$here/cache.sh" tree $packages) || die "no root tree"
# shellcheck disable=SC2086 # a list of names
rootfs=$("$here/cache.sh" image $packages) || die "no image of the root tree"
kselftest=$("$here/cache.sh" kselftest) || die "no kselftest files"

run=$(mktemp -d "${TMPDIR:-/tmp}/cryptomap-vm.XXXXXX")
emulator=
cleanup() {
	[ -z "$emulator" ] || kill "$emulator" 2>/dev/null || :
	[ -z "$log" ] || cp "$run/console" "$log" 2>/dev/null || :
	rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkdir "$run/share"
cp "$here/guest-init.sh" "$run/share/"
dir=$(readlink -f .)
case $dir/ in
"$tree"/*) ;;
*) dir=$tree ;;
esac
size=$(stty size 2>/dev/null || echo 24 80)
{
	printf 'job_dir=%q job_tree=%q job_tty=%q job_limit=%q\n' \
		"$dir" "$tree" "$tty" "$limit"
	printf 'job_term=%q job_rows=%q job_cols=%q\n' "${TERM:-dumb}" $size
	printf 'job_command=('
	printf '%q ' "$@"
	printf ')\n'
} >"$run/share/job"
: >"$run/console"
: >"$run/status"

# --- the emulator's arguments ------------------------------------------------

share() {
	printf -- '-virtfs\nlocal,path=%s,mount_tag=%s,security_model=none,multidevs=remap%s\n' \
		"$2" "$1" "${3:+,readonly=on}"
}

# oops=panic ends a broken guest at once. Stalls are reported late, and no timer
# is found broken: emulation on a busy machine is slow without being stuck. What
# only emulation pays dearly for is off: a process at other addresses than the last
# one is translated afresh (half of the cost of starting a program), every look at
# another clock than the TSC leaves it, SELinux (which is on where AppArmor is off)
# judges every file that is opened, every page is charged to a group, every switch
# of process is accounted for.
append="console=ttyS0,115200 loglevel=6 log_buf_len=4M panic=-1 oops=panic
	net.ifnames=0 mitigations=off random.trust_cpu=on no_timer_check
	rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60 printk.time=1
	norandmaps tsc=reliable init_on_alloc=0 randomize_kstack_offset=off
	lsm=capability audit=0 cgroup_disable=memory psi=0"
args=(
	-nodefaults -no-user-config -display none -no-reboot -nic none
	-m "$memory" -kernel "$image" -initrd "$initramfs/initrd"
	-append "${append//[$'\n\t']/ } $poison"
	-chardev "file,id=console,path=$run/console" -serial chardev:console
	-drive "file=$rootfs/root.ext4,format=raw,if=none,id=root,readonly=on"
	-device 'virtio-blk-pci,drive=root'
	-device virtio-serial-pci
	-chardev "file,id=status,path=$run/status"
	-device 'virtserialport,chardev=status,name=status'
	-device virtio-rng-pci
)
while IFS= read -r arg; do
	args+=("$arg")
done < <(
	share root "$root" ro
	share run "$run/share" ro
	share tree "$tree"
	share kselftest "$kselftest" ro
	[ ! -d "$kernel/lib/modules" ] || share modules "$kernel/lib/modules" ro
)
if [ "$tty" = 1 ]; then
	args+=(-chardev 'stdio,id=output,signal=off'
		-device 'virtconsole,chardev=output')
else
	mkfifo "$run/output"
	args+=(-chardev "file,id=output,path=$run/output"
		-device 'virtserialport,chardev=output,name=output')
fi

# --- accelerator -------------------------------------------------------------

# A machine may offer /dev/kvm and hang on it: believe a booted kernel only.
# The answer is good until this machine boots again.
kvm_works() {
	local answer
	[ -w /dev/kvm ] || return 1
	answer=$cache/kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -s "$answer" ]; then
		echo "run.sh: try KVM (10 s at most)" >&2
		if timeout -k 1 10 "$qemu" -accel kvm -cpu host -m 256 \
			-nodefaults -display none -no-reboot -nic none \
			-serial stdio -kernel "$image" -initrd /dev/null \
			-append "console=ttyS0 panic=-1" </dev/null 2>/dev/null |
			grep -q -m 1 'Kernel panic'; then
			echo yes >"$answer"
		else
			echo no >"$answer"
		fi
	fi
	[ "$(cat "$answer")" = yes ]
}

# With fast string instructions the emulator copies byte by byte, and memcpy
# would be eight times dearer than it is. Five levels of page tables are one to
# walk for nothing. Not every emulator has SHA's instructions, so none shall: what
# is measured must compare.
cpu=max,-erms,-fsrm,-la57,-sha-ni
[ -z "$icount" ] || accel=icount
[ "$accel" != auto ] || { accel=tcg; ! kvm_works || accel=kvm; }
case $accel in
tcg) args+=(-accel 'tcg,thread=multi' -cpu "$cpu" -smp "$cpus") ;;
kvm) args+=(-accel kvm -cpu host -smp "$cpus") ;;
icount) args+=(-accel 'tcg,thread=single' -cpu "$cpu" -smp 1
	-icount 'shift=0,sleep=off') ;;
*) die "unknown accelerator '$accel': auto, tcg or kvm" ;;
esac

# --- run ---------------------------------------------------------------------

[ -z "$prepare" ] || exit 0

[ -z "$verbose" ] || tail -n +1 -F "$run/console" --pid $$ >&2 2>/dev/null &

# Emulators side by side on too few processors make each other's guests miss
# their time-outs. Ours counts from the boot, not from the wait.
take_slot() {
	local n said=

	while :; do
		for ((n = 0; n < ${CRYPTOMAP_VM_SLOTS:-$(nproc)}; n++)); do
			exec {slot}>"$cache/lock/vm-$n"
			! flock -n "$slot" || return 0
			exec {slot}>&-
		done
		[ -n "$said" ] || echo "run.sh: waiting for other virtual machines to end" >&2
		said=1
		sleep 0.5
	done
}
[ "$tty" = 1 ] || take_slot

# Emulated processors trip over the code that a kernel rewrites while it boots,
# seldom, and the more the busier this machine is. Whatever happens before the
# command begins is not the command's: once more.
began() { grep -q '^guest: begins' "$run/console"; }

# Output goes through a pipe of its own: the emulator makes its standard output
# non-blocking for everybody who shares it, and takes the end of its input for
# the end of the port. An interactive command needs the terminal itself.
status=0 emulator=
run_once() {
	status=0
	cat "$run/output" &
	printer=$!
	timeout -k 5 "$limit" "$qemu" "${args[@]}" </dev/null &
	emulator=$!
	wait "$emulator" || status=$?
	emulator=
	# If the emulator never opened its end, the printer still waits for it.
	: 1<>"$run/output"
	wait "$printer" || :
}
if [ "$tty" = 1 ]; then
	saved=$(stty -g 2>/dev/null || :)
	timeout --foreground -k 5 "$limit" "$qemu" "${args[@]}" || status=$?
	[ -z "$saved" ] || stty "$saved"
else
	run_once
	if ! began && [ "$status" != 124 ] && [ "$status" != 137 ]; then
		echo "run.sh: the guest did not come up, once more; its kernel log ends:" >&2
		tail -n 40 "$run/console" >&2
		run_once
	fi
fi

# --- verdict -----------------------------------------------------------------

if fault=$("$here/kernel-log.sh" "$run/console"); then
	fault=
fi
if [ -n "$fault" ]; then
	echo "run.sh: the guest's kernel reports a fault:" >&2
	echo "$fault" >&2
	[ "$status" = 0 ] || echo "run.sh: the emulator ended with $status (124: time-out after $limit s)" >&2
	exit 125
fi
case $status in
124 | 137)
	echo "run.sh: time-out after $limit s; the guest's kernel log ends:" >&2
	tail -n 80 "$run/console" >&2
	exit 124
	;;
esac
answer=$(tr -cd 0-9 <"$run/status")
if [ -z "$answer" ]; then
	echo "run.sh: the guest ended without a status (emulator: $status):" >&2
	tail -n 15 "$run/console" >&2
	exit 123
fi
exit "$answer"

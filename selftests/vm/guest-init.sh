#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Process 1 of the guest: mounts what a test may expect, runs the command that
# run.sh was given, and reports its status. Started by initramfs-init.sh with
# run.sh's directory at /run/cryptomap-vm:
#
#   job         shell text that sets job_dir, job_tree, job_tty, job_limit and
#               job_command
#
# Two virtio ports lead to run.sh: "output" takes what the command prints,
# "status" one line with its exit status. A console (hvc0) exists for
# interactive commands.

set -u
share=/run/cryptomap-vm
opt=trans=virtio,version=9p2000.L,msize=262144

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root USER=root SHELL=/bin/bash LC_ALL=C.UTF-8
unset TERM

# Whatever happens, the machine goes off when this script ends. The kernel does
# that beside us, devices first, so no program can be read from the disk any more;
# but process 1 must not end before it is done, which would be a panic.
off() {
	sync
	echo o >/proc/sysrq-trigger
	while :; do wait; done
}
trap off EXIT

mount -t proc proc /proc || exit
mount -t sysfs sys /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t tracefs tracing /sys/kernel/tracing 2>/dev/null
ln -sfn /proc/self/fd /dev/fd
ln -sfn fd/0 /dev/stdin
ln -sfn fd/1 /dev/stdout
ln -sfn fd/2 /dev/stderr
ln -sfn /proc/mounts /etc/mtab
hostname cryptomap-vm
ip link set lo up
echo "127.0.0.1 localhost cryptomap-vm" >/etc/hosts

# Every ping and every capture switches the kernel's receive time stamps on and
# off, and thereby rewrites its code. With two processors the emulator at times
# goes on to execute the breakpoint that stands there meanwhile ("Oops: int3", seen
# on 6.12 without our module, too). One socket that keeps them on prevents the
# rewriting, whatever the command is.
python3 -E -S -c '
import signal, socket
keeper = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
keeper.setsockopt(socket.SOL_SOCKET, 29, 1)  # SO_TIMESTAMP
# The same for the first and the last socket that takes ESP in UDP.
keepers = [socket.socket(family, socket.SOCK_DGRAM)
           for family in (socket.AF_INET, socket.AF_INET6)]
for keeper_udp in keepers:
    keeper_udp.setsockopt(socket.IPPROTO_UDP, 100, 2)  # UDP_ENCAP_ESPINUDP
signal.pause()' </dev/null >/dev/null 2>&1 &
# The same for netfilter's hooks, which come and go with bindings and the module.
nft -f - >/dev/console 2>&1 <<-'END' &
	table netdev keep {
		chain in { type filter hook ingress device lo priority 0; }
		chain out { type filter hook egress device lo priority 0; }
	}
	table inet keep {
		chain pre { type filter hook prerouting priority 0; }
		chain in { type filter hook input priority 0; }
		chain forward { type filter hook forward priority 0; }
		chain out { type filter hook output priority 0; }
		chain post { type filter hook postrouting priority 0; }
	}
END

# shellcheck source=/dev/null # written by run.sh
. "$share/job"

mkdir -p "$job_tree" "/lib/modules/$(uname -r)" /usr/lib/kselftest
mount -t 9p -o "$opt,cache=mmap,access=any" tree "$job_tree" || exit
mount -t 9p -o "$opt,cache=loose,ro" modules /lib/modules 2>/dev/null
mount -t 9p -o "$opt,cache=loose,ro" kselftest /usr/lib/kselftest 2>/dev/null
export KSELFTEST_DIR=/usr/lib/kselftest/tools/testing/selftests
export CRYPTOMAP_VM=1

# port NAME: the device of the virtio port that run.sh calls NAME.
port() {
	local dir
	for dir in /sys/class/virtio-ports/*; do
		[ "$(cat "$dir/name" 2>/dev/null)" = "$1" ] || continue
		echo "/dev/${dir##*/}"
		return
	done
	echo "guest: no virtio port '$1'" >/dev/console
	exit 1
}
status_port=$(port status) || exit

# The command prints into a pipe, not into the port: a port can be opened only
# once, and programs may open /dev/stdout again. Daemons that a command leaves
# behind keep the pipe open: they get two seconds.
run_captured() {
	local status reader output
	output=$(port output) || exit
	mkfifo /run/output
	cat /run/output >"$output" &
	reader=$!
	(cd "$job_dir" && exec "${job_command[@]}") </dev/null >/run/output 2>&1
	status=$?
	(sleep 2; kill "$reader" 2>/dev/null) &
	wait "$reader" 2>/dev/null
	return "$status"
}

run_interactive() {
	(
		export TERM=$job_term
		# shellcheck disable=SC2016 # expanded by the inner shell
		cd "$job_dir" && exec setsid -c -w bash -c \
			'stty sane rows "$1" cols "$2"; shift 2; exec "$@"' \
			- "$job_rows" "$job_cols" "${job_command[@]}"
	) </dev/hvc0 >/dev/hvc0 2>&1
}

# A little before run.sh gives up: who is it that hangs?
(
	before=$((job_limit / 4 < 20 ? job_limit / 4 : 20))
	sleep $((job_limit - before - $(cut -d . -f 1 /proc/uptime)))
	dmesg -n 8
	echo "guest: close to the time-out of $job_limit s" >/dev/console
	# ps last: it waits for a process that hangs with its memory locked.
	echo w >/proc/sysrq-trigger
	echo l >/proc/sysrq-trigger
	ps -eo pid,ppid,stat,wchan:24,etimes,args --no-headers |
		grep -v '\[.*\]$' >/dev/console
) &

echo "guest: begins" >/dev/console	# run.sh looks for it
if [ "$job_tty" = 1 ]; then
	run_interactive
else
	run_captured
fi
echo "$?" >"$status_port"

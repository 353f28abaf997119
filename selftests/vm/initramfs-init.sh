#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# /init of the initramfs: load what the shares need, put a writable overlay on
# the read-only root tree, and go on there with guest-init.sh. Parameter:
# cryptomap.run=DIR, where run.sh's own directory is mounted.

export PATH=/bin
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev

while read -r module; do
	insmod "/lib/$module" || echo "initramfs: cannot load $module"
done </lib/order

opt=trans=virtio,version=9p2000.L,msize=262144
mkdir -p /mnt/lower /mnt/rw /mnt/root
# A kernel that cannot read the image gets the files themselves.
mount -t ext4 -o ro /dev/vda /mnt/lower 2>/dev/null ||
	mount -t 9p -o "$opt,cache=loose,ro" root /mnt/lower || poweroff -f
mount -t tmpfs -o size=75% rw /mnt/rw
mkdir /mnt/rw/upper /mnt/rw/work
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/rw/upper,workdir=/mnt/rw/work \
	overlay /mnt/root || poweroff -f
mkdir -p /mnt/root/run/cryptomap-vm
mount -t tmpfs -o mode=755 run /mnt/root/run
mkdir -p /mnt/root/run/cryptomap-vm
mount -t 9p -o "$opt,ro" run /mnt/root/run/cryptomap-vm || poweroff -f
mount --move /dev /mnt/root/dev
umount /proc
exec switch_root /mnt/root /bin/bash /run/cryptomap-vm/guest-init.sh

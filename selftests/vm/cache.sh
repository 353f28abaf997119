#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The cache of downloads, kernels and root trees that the virtual machine and
# the lint tests use. Prints the directory of one object, building the object
# first when it is missing:
#
#   cache.sh kernel 6.1|6.12|RELEASE   Debian's image, unpacked: vmlinuz,
#                                      release, lib/modules/
#   cache.sh headers 6.1|6.12|RELEASE  the matching headers: build/ is a KDIR
#   cache.sh kernel|headers debug      both of the debug kernel, which is built
#                                      here from Debian's source: debug.config
#   cache.sh tree [PACKAGE...]         root tree with the default packages of
#                                      packages.txt and these (Debian 12)
#   cache.sh image [PACKAGE...]        the same as a file system: root.ext4
#   cache.sh initramfs KERNELDIR       initrd that mounts the tree
#   cache.sh kselftest                 kselftest's own files and checkpatch
#   cache.sh emulator                  QEMU from Debian 12's backports: bin/, for
#                                      machines whose own is too old (run.sh)
#
# Objects live in $CRYPTOMAP_CACHE (default ~/.cache/cryptomap), named after
# what they were made from, so another input makes another object. Each is
# built in a temporary directory and renamed when complete, under a lock of
# its own: interrupted and concurrent runs are harmless. Objects that nobody
# asked for in two months are removed; it is always safe to delete the cache.

set -euo pipefail
# Builders fail inside $() too.
shopt -s inherit_errexit

here=$(dirname "$(readlink -f "$0")")
cache=${CRYPTOMAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cryptomap}
suite=bookworm

die() { echo "cache.sh: $*" >&2; exit 1; }
say() { echo "cache: $*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
digest() { sha256sum | cut -c1-16; }

# object NAME BUILDER [ARG...]: print NAME's directory; if it is missing, run
# BUILDER TMPDIR ARG... and keep TMPDIR as the object. Never call this in a
# condition: the builders rely on set -e.
object() {
	local name=$1 dir=$cache/$1
	shift
	mkdir -p "$cache/lock"
	if [ ! -d "$dir" ]; then
		(
			flock 9
			[ ! -d "$dir" ] || exit 0
			# We hold the lock: what is left here is an interrupted run's.
			as_owner rm -rf "$cache/tmp.$name"
			mkdir "$cache/tmp.$name"
			trap 'as_owner rm -rf "$cache/tmp.$name"' EXIT
			"$1" "$cache/tmp.$name" "${@:2}" >&2
			mv -T "$cache/tmp.$name" "$dir"
			forget_old
		) 9>"$cache/lock/$name"
	fi
	touch -c "$dir" 2>/dev/null || :
	echo "$dir"
}

# What nobody asked for in two months had other inputs, or another clone's.
forget_old() {
	find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name lock -mtime +60 -print0 |
		while IFS= read -r -d '' old; do
			as_owner rm -rf "$old"
		done
}

# A root tree made through sudo is root's, and only root can remove it.
as_owner() { "$@" 2>/dev/null || as_root "$@"; }

# --- packages ----------------------------------------------------------------

candidate() {
	apt-cache policy "$1" 2>/dev/null |
		sed -n 's/^  Candidate: \([^(].*\)/\1/p'
}

refresh_lists() {
	say "apt-get update (the package lists are missing or old)"
	as_root apt-get -q -q update || say "apt-get update failed, going on"
}

# unpack DIR PACKAGE...: download Debian packages and unpack them into DIR.
unpack() {
	local dir=$1 deb debs
	shift
	debs=$(mktemp -d "$cache/tmp.debs.XXXXXX")
	[ "$(id -u)" != 0 ] || set -- -o APT::Sandbox::User=root "$@"
	say "download ${*: -1}${3:+ and what belongs to it}"
	if ! (cd "$debs" && apt-get -q -q download "$@"); then
		refresh_lists
		(cd "$debs" && apt-get -q -q download "$@") ||
			{ rm -rf "$debs"; return 1; }
	fi
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || { rm -rf "$debs"; return 1; }
	done
	rm -rf "$debs"
}

# --- kernels -----------------------------------------------------------------

# release_of 6.1|6.12|RELEASE: the release that Debian's meta package of that
# series stands for; without package lists, the newest one in the cache.
release_of() {
	local meta release
	case $1 in
	6.1) meta=linux-headers-amd64 ;;
	6.*-*) echo "$1"; return ;;
	6.*) meta=linux-headers-$1-amd64 ;;
	*) die "unknown kernel '$1': 6.1, 6.12 or a release such as 6.1.0-40-amd64" ;;
	esac
	[ -n "$(candidate "$meta")" ] || refresh_lists
	release=$(apt-cache depends "$meta" 2>/dev/null |
		sed -n 's/.*Depends: linux-headers-\(.*-amd64\)$/\1/p' | head -n 1)
	case $release in
	"$1".*) echo "$release"; return ;;
	esac
	release=$(find "$cache" -maxdepth 1 -name "kernel-$1.*" -printf '%f\n' |
		sort -V | tail -n 1)
	[ -n "$release" ] ||
		die "no Debian package of kernel $1: is this Debian 12 with its security archive?"
	release=${release#kernel-}
	echo "${release%%_*}"
}

# Name and version make the key, so a security update makes another object.
kernel_key() {
	local version
	version=$(candidate "linux-headers-$1")
	if [ -z "$version" ]; then
		version=$(find "$cache" -maxdepth 1 -name "$2-$1_*" -printf '%f\n' |
			sort -V | tail -n 1)
		version=${version#*_}
	fi
	echo "$2-$1_${version:-unknown}"
}

# The modules that the boot and the tests load are stored uncompressed:
# busybox cannot read .xz and emulation makes unpacking slow.
build_kernel() {
	local dir=$1 release=$2 image=linux-image-$2 mods
	[ -n "$(candidate "$image")" ] || image=$image-unsigned
	unpack "$dir" "$image"
	mods=$dir/lib/modules/$release
	mv "$dir/boot/vmlinuz-$release" "$dir/vmlinuz"
	echo "$release" >"$dir/release"
	rm -rf "${dir:?}"/{boot,usr} "$mods"/kernel/{sound,drivers/{gpu,media,infiniband,staging,scsi,iio,hwmon,usb}}
	find "$mods" -name '*.ko.xz' -print0 | xargs -0 -r -n 64 -P 2 xz -d
	depmod -b "$dir" "$release" 2>/dev/null
	chmod -R a+rX "$dir"
}

build_headers() {
	local dir=$1 release=$2 pkgs link target
	pkgs=$(apt-cache depends "linux-headers-$release" |
		sed -n 's/^  Depends: \(linux-\(headers\|kbuild\)-.*\)$/\1/p')
	# shellcheck disable=SC2086 # a list of names
	unpack "$dir" "linux-headers-$release" $pkgs
	# The packages expect to be under /usr; ours are not.
	find "$dir" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
		target=$(readlink "$link")
		ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" \
			"$dir$target")" "$link"
	done
	sed -i "s,/usr/src/,$cache/$3/usr/src/," \
		"$dir/usr/src/linux-headers-$release/Makefile"
	ln -s "usr/src/linux-headers-$release" "$dir/build"
	echo "$release" >"$dir/release"
	chmod -R a+rX "$dir"
}

# --- the debug kernel --------------------------------------------------------

debug_source=linux-source-6.12

# What the build of a module needs, as in Debian's packages of headers.
keep_headers() {
	find . -mindepth 1 -maxdepth 1 ! -name Makefile ! -name Kbuild \
		! -name .config ! -name Module.symvers ! -name include \
		! -name scripts ! -name arch ! -name tools -exec rm -rf {} +
	find arch -mindepth 1 -maxdepth 1 ! -name x86 -exec rm -rf {} +
	find arch/x86 -mindepth 1 -maxdepth 1 ! -name include ! -name 'Makefile*' \
		-exec rm -rf {} +
	find tools -type f ! -path tools/objtool/objtool -delete
	find . -type d -empty -delete
	find . -name '*.o' -delete
}

# Everything is built in. lib/modules only says so, for modprobe.
build_debug() {
	local dir=$1 source=$2 config=$3 make=(env -u MAKEFLAGS -u MFLAGS make -s) lost
	unpack "$dir/deb" "$source"
	say "extract $source"
	mkdir "$dir/build"
	tar -C "$dir/build" --strip-components=1 -xJf "$dir/deb/usr/src/$source.tar.xz"
	rm -rf "$dir/deb"
	cd "$dir/build"
	"${make[@]}" tinyconfig >/dev/null
	cat "$config" >>.config
	"${make[@]}" olddefconfig 2>/dev/null
	lost=$(grep -E '^(# )?CONFIG_' "$config" | grep -v -x -F -f .config || :)
	[ -z "$lost" ] || die "the kernel does not take these options:
$lost"
	say "build the debug kernel (10 minutes with 2 processors)"
	nice -n 10 "${make[@]}" -j "$(nproc)" bzImage modules
	"${make[@]}" INSTALL_MOD_PATH="$dir" modules_install
	"${make[@]}" kernelrelease >"$dir/release"
	mv arch/x86/boot/bzImage "$dir/vmlinuz"
	rm -f "$dir/lib/modules/$(cat "$dir/release")/build"
	keep_headers
	chmod -R a+rX "$dir"
}

# --- root tree ---------------------------------------------------------------

default_packages() { sed 's/#.*//' "$here/packages.txt" | xargs -n 1; }

build_tree() {
	local dir=$1 list=$2
	say "make a root tree ($(echo "$list" | tr , '\n' | wc -l) packages, a minute)"
	rmdir "$dir"
	# Tests run as root of the guest, but the files are read by whoever
	# runs the emulator.
	# shellcheck disable=SC2016 # mmdebstrap's own shell expands $1
	as_root mmdebstrap --quiet --variant=apt --include="$list" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
		--customize-hook='rm -f "$1"/etc/resolv.conf' \
		--customize-hook='chmod -R a+rX "$1"/etc "$1"/root "$1"/usr "$1"/var' \
		"$suite" "$dir"
}

# The files of a shared directory are asked for one by one, and every look at one
# costs the guest several messages to the emulator: twenty for a small program.
# From an image it reads once what it uses. As a non-root user we could not read
# every file.
build_image() {
	local dir=$1 tree=$2 size
	size=$(as_root du -s -k --apparent-size "$tree" | cut -f 1)
	say "make an image of the root tree"
	as_root env PATH="$PATH:/usr/sbin" mke2fs -q -t ext4 -O ^has_journal -m 0 \
		-d "$tree" "$dir/root.ext4" $((size * 5 / 4 + 65536))k >/dev/null
}

# --- initramfs ---------------------------------------------------------------

boot_modules=(virtio_pci virtio_blk crc32c_generic ext4 9pnet_virtio 9p overlay
	virtio_console)

# A kernel without modules (everything built in) needs busybox alone.
build_initramfs() {
	local dir=$1 kernel=$2 release root=$1/root module file
	mkdir -p "$root"/{bin,lib,proc,sys,dev,mnt}
	cp /bin/busybox "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	install -m 755 "$here/initramfs-init.sh" "$root/init"
	: >"$root/lib/order"
	if [ -d "$kernel/lib/modules" ]; then
		release=$(cat "$kernel/release")
		for module in "${boot_modules[@]}"; do
			modprobe -d "$kernel" -S "$release" --show-depends "$module"
		done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r file; do
			cp "$file" "$root/lib/"
			basename "$file" >>"$root/lib/order"
		done
	fi
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) | gzip -1 >"$dir/initrd"
	rm -rf "$root"
}

# --- kselftest ---------------------------------------------------------------

build_kselftest() {
	local dir=$1 source=$2
	unpack "$dir/deb" "$source"
	say "extract kselftest from $source"
	tar -C "$dir" --strip-components=1 --wildcards -xJf "$dir/deb/usr/src/$source.tar.xz" \
		'*/tools/testing/selftests/lib.mk' \
		'*/tools/testing/selftests/kselftest*' \
		'*/tools/testing/selftests/run_kselftest.sh' \
		'*/tools/testing/selftests/net/lib*' \
		'*/scripts/subarch.include' \
		'*/scripts/checkpatch.pl' \
		'*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' \
		'*/include/uapi/linux/netlink.h'
	rm -rf "$dir/deb"
	chmod -R a+rX "$dir"
}

# --- emulator ----------------------------------------------------------------

emulator_packages="qemu-system-x86 qemu-system-common qemu-system-data seabios"

# As from the archive that this machine has its Debian from, but with package lists
# of our own: nobody's sources are changed.
build_emulator() {
	local dir=$1 archive apt
	[ -n "$(candidate seabios)" ] || refresh_lists
	# shellcheck disable=SC2016 # apt-get's own variable
	archive=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" \
		'Component: main' 'Created-By: Packages' | head -n 1)
	[ -n "$archive" ] || die "no package lists of Debian's $suite"
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite-backports main" \
		>"$dir/apt/sources.list"
	apt=(-o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o "Dir::State::lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt")
	[ "$(id -u)" != 0 ] || apt+=(-o APT::Sandbox::User=root)
	apt-get -q -q "${apt[@]}" update
	# shellcheck disable=SC2086 # a list of names
	unpack "$dir" "${apt[@]}" $emulator_packages
	rm -rf "$dir/apt"
	mkdir "$dir/bin"
	cat >"$dir/bin/qemu-system-x86_64" <<-'END'
		#!/bin/sh
		usr=$(dirname "$(dirname "$(readlink -f "$0")")")/usr
		exec "$usr/bin/qemu-system-x86_64" -L "$usr/share/qemu" -L "$usr/share/seabios" "$@"
	END
	chmod 755 "$dir/bin/qemu-system-x86_64"
	# Its libraries are those of Debian's own QEMU.
	"$dir/bin/qemu-system-x86_64" --version
}

# --- commands ----------------------------------------------------------------

mkdir -p "$cache"
cache=$(readlink -f "$cache")
[ $# -ge 1 ] || { sed -n '4,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

case $1${2:+ $2} in
'kernel debug' | 'headers debug')
	version=$(candidate "$debug_source")
	key=$({ cat "$here/debug.config"; gcc --version | head -n 1
		declare -f build_debug keep_headers; } | digest)
	object "debug-${version:-unknown}_$key" build_debug "$debug_source" \
		"$here/debug.config"
	exit
	;;
esac
case $1 in
kernel)
	release=$(release_of "${2:?kernel: which one?}")
	object "$(kernel_key "$release" kernel)" build_kernel "$release"
	;;
headers)
	release=$(release_of "${2:?headers: of which kernel?}")
	key=$(kernel_key "$release" headers)
	object "$key" build_headers "$release" "$key"
	;;
tree | image)
	list=$({ default_packages; printf '%s\n' "${@:2}"; } |
		sed '/^$/d' | sort -u | paste -s -d ,)
	tree=$(object "tree-$suite-$({ echo "$list"; declare -f build_tree; } | digest)" \
		build_tree "$list")
	if [ "$1" = tree ]; then
		echo "$tree"
	else
		object "image-$({ echo "$tree"; declare -f build_image; } | digest)" \
			build_image "$tree"
	fi
	;;
initramfs)
	kernel=${2:?initramfs: of which kernel directory?}
	key=$({ echo "$kernel"; declare -f build_initramfs; echo "${boot_modules[@]}"
		cat "$here/initramfs-init.sh" /bin/busybox; } | digest)
	object "initramfs-$key" build_initramfs "$kernel"
	;;
kselftest)
	source=linux-source-6.12
	version=$(candidate "$source")
	key=kselftest-$({ echo "$source ${version:-}"; declare -f build_kselftest; } | digest)
	object "$key" build_kselftest "$source"
	;;
emulator)
	key=$({ echo "$emulator_packages"; declare -f build_emulator; } | digest)
	object "emulator-$suite-$key" build_emulator
	;;
*)
	die "unknown object '$1': kernel, headers, tree, image, initramfs, kselftest, emulator"
	;;
esac

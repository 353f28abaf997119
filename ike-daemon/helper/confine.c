// SPDX-License-Identifier: GPL-2.0-or-later
#include <cap-ng.h>
#include <errno.h>
#include <net/if.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "ike-daemon/helper/confine.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define KEEP_MAX	4

/* All but those @n. */
static int give_up(const unsigned int *keep, size_t n, struct err *err)
{
	bool has[KEEP_MAX], bounding;
	capng_select_t which;
	size_t i;

	if (capng_get_caps_process())
		return err_set(err, -EPERM, "capabilities cannot be read");
	for (i = 0; i < n; i++)
		has[i] = capng_have_capability(CAPNG_PERMITTED, keep[i]);
	/* Who cannot narrow what programs may get back starts none all the same. */
	bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	which = bounding ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS;
	capng_clear(which);
	for (i = 0; i < n; i++)
		if (has[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				     (bounding ? CAPNG_BOUNDING_SET : 0), keep[i]);
	if (capng_apply(which) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_set(err, -EPERM, "capabilities cannot be given up");
	return 0;
}

int confine_capabilities(struct err *err)
{
	static const unsigned int keep[] = {
		CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_NET_RAW,
	};

	return give_up(keep, ARRAY_LEN(keep), err);
}

/* --- system calls ------------------------------------------------------------ */

#define C(name)	SCMP_SYS(name)

static const int allowed[] = {
	/* files: configuration, certificates, state */
	C(access), C(faccessat), C(faccessat2), C(open), C(openat), C(close),
	C(close_range), C(read), C(readv), C(pread64), C(write), C(writev),
	C(pwrite64), C(lseek), C(stat), C(lstat), C(fstat), C(newfstatat),
	C(statx), C(getdents64), C(readlink), C(readlinkat), C(getcwd),
	C(fcntl), C(flock), C(fsync), C(fdatasync), C(ftruncate), C(umask),
	C(fchmod), C(mkdir), C(mkdirat), C(rename), C(renameat),
	C(renameat2), C(unlink), C(unlinkat), C(dup), C(dup2), C(dup3),
	/* sockets: IKE, netlink, control, RADIUS */
	C(socket), C(socketpair), C(bind), C(connect), C(listen), C(accept),
	C(accept4), C(getsockname), C(getpeername), C(getsockopt),
	C(setsockopt), C(sendto), C(sendmsg), C(sendmmsg), C(recvfrom),
	C(recvmsg), C(recvmmsg), C(shutdown),
	/* events */
	C(epoll_create1), C(epoll_ctl), C(epoll_wait), C(epoll_pwait),
	C(epoll_pwait2), C(poll), C(ppoll), C(select), C(pselect6),
	C(eventfd2), C(pipe2), C(timerfd_create), C(timerfd_settime),
	C(rt_sigaction), C(rt_sigprocmask), C(rt_sigreturn), C(sigaltstack),
	C(signalfd4), C(restart_syscall),
	/* threads that there are, and memory */
	C(futex), C(sched_yield), C(sched_getaffinity), C(set_robust_list),
	C(rseq), C(brk), C(munmap), C(mremap), C(madvise), C(mincore),
	C(membarrier),
	/* what it asks about itself */
	C(clock_gettime), C(clock_getres), C(clock_nanosleep), C(nanosleep),
	C(gettimeofday), C(time), C(times), C(getrandom), C(uname),
	C(sysinfo), C(getrusage), C(getrlimit), C(getpid), C(getppid),
	C(gettid), C(getuid), C(geteuid), C(getgid), C(getegid),
	/* its end */
	C(exit), C(exit_group), C(tgkill),
};

static const int deadly[] = {
	C(execve), C(execveat), C(fork), C(vfork), C(ptrace),
	C(process_vm_readv), C(process_vm_writev), C(init_module),
	C(finit_module), C(delete_module), C(kexec_load), C(kexec_file_load),
	C(mount), C(umount2), C(pivot_root), C(chroot), C(setns), C(unshare),
	C(bpf), C(perf_event_open), C(userfaultfd), C(open_by_handle_at),
	C(io_uring_setup), C(iopl), C(ioperm), C(reboot), C(swapon), C(keyctl),
	C(add_key), C(request_key), C(setuid), C(setresuid), C(capset),
};

/*
 * What neither the helper nor xl2tpd, pppd and their scripts have a reason to call.  A filter
 * goes with whoever they start, so it cannot be a list of what the helper itself needs.
 */
static const int foreign[] = {
	C(ptrace), C(process_vm_readv), C(process_vm_writev), C(pidfd_getfd),
	C(kcmp), C(init_module), C(finit_module), C(delete_module),
	C(kexec_load), C(kexec_file_load), C(mount), C(umount2), C(move_mount),
	C(open_tree), C(fsopen), C(fsmount), C(fspick), C(fsconfig),
	C(pivot_root), C(chroot), C(setns), C(unshare), C(bpf),
	C(perf_event_open), C(userfaultfd), C(name_to_handle_at),
	C(open_by_handle_at), C(io_uring_setup), C(io_uring_enter),
	C(io_uring_register), C(iopl), C(ioperm), C(reboot), C(swapon),
	C(swapoff), C(keyctl), C(add_key), C(request_key), C(acct),
	C(settimeofday), C(clock_settime), C(clock_adjtime), C(adjtimex),
	C(sethostname), C(setdomainname), C(quotactl), C(syslog), C(vhangup),
};

/* Of devices and terminals: what the C library asks for. */
static const unsigned long ioctls[] = {
	SIOCGIFINDEX, SIOCGIFNAME, SIOCGIFADDR, SIOCGIFFLAGS, FIONREAD,
	FIONBIO, TCGETS,
};

static int add_ioctls(scmp_filter_ctx ctx)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ioctls) && !ret; i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, C(ioctl), 1,
				       SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
	return ret;
}

/* Memory, but no code; and prctl() for the name of a thread and its capabilities alone. */
static int add_guarded(scmp_filter_ctx ctx)
{
	static const int memory[] = { C(mmap), C(mprotect) };
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(memory) && !ret; i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, memory[i], 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, C(prctl), 1,
				       SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* Reading limits is; setting them is not. */
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, C(prlimit64), 1,
				       SCMP_A2(SCMP_CMP_EQ, 0));
	return ret ? ret : add_ioctls(ctx);
}

static int add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls,
		   size_t n)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < n && !ret; i++)
		ret = seccomp_rule_add(ctx, action, calls[i], 0);
	return ret;
}

int confine_system_calls(struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ret = ctx ? 0 : -ENOMEM;

	/* All threads; and what is refused is in the kernel's log. */
	if (!ret)
		ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!ret)
		ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	if (!ret)
		ret = add_all(ctx, SCMP_ACT_ALLOW, allowed, ARRAY_LEN(allowed));
	if (!ret)
		ret = add_all(ctx, SCMP_ACT_KILL_PROCESS, deadly,
			      ARRAY_LEN(deadly));
	if (!ret)
		ret = add_guarded(ctx);
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret ? err_set(err, ret, "system calls cannot be confined: %s",
			     strerror(-ret)) : 0;
}

int confine_helper(struct err *err)
{
	static const unsigned int keep[] = { CAP_NET_ADMIN };
	int ret = give_up(keep, ARRAY_LEN(keep), err);
	scmp_filter_ctx ctx;

	if (ret)
		return ret;
	ctx = seccomp_init(SCMP_ACT_ALLOW);
	ret = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1) : -ENOMEM;
	if (!ret)
		ret = add_all(ctx, SCMP_ACT_ERRNO(EPERM), foreign,
			      ARRAY_LEN(foreign));
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret ? err_set(err, ret, "system calls of the helper cannot be confined: %s",
			     strerror(-ret)) : 0;
}

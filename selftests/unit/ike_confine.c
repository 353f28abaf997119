// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon cannot do any more when it has started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ike-daemon/helper/confine.h"

static int as_daemon(struct err *err)
{
	return confine_capabilities(err) ?: confine_system_calls(err);
}

/* How a child ends that is confined so, and does @what: what wait() says. */
static int ends_so(int (*confine)(struct err *err), int (*what)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct err err = { "" };

		if (confine(&err))
			_exit(99);
		_exit(what());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int ends(int (*what)(void))
{
	return ends_so(as_daemon, what);
}

/* 0: it is refused with EPERM. */
static int refused(long ret)
{
	return ret != -1 || errno != EPERM;
}

/* --- what it needs ----------------------------------------------------------- */

static int files(void)
{
	char name[] = "/tmp/ike-confine-XXXXXX";
	int fd = mkstemp(name), bad;

	bad = fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) || close(fd);
	return bad || unlink(name);
}

static int sockets(void)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		int fd = socket(families[i], SOCK_DGRAM, 0);

		if (fd < 0 || close(fd))
			return 1;
	}
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC) < 0;
}

static int memory(void)
{
	char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 1;
	memset(p, 1, 1 << 20);
	return mprotect(p, 1 << 20, PROT_READ) || munmap(p, 1 << 20);
}

static void what_it_needs(void **state)
{
	(void)state;
	assert_int_equal(ends(files), 0);
	assert_int_equal(ends(sockets), 0);
	assert_int_equal(ends(memory), 0);
}

/* --- what it does not ---------------------------------------------------------- */

static int code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return refused(p == MAP_FAILED ? -1 : 0);
}

static int more_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED || refused(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int limits(void)
{
	struct rlimit l = { 0, 0 };

	return getrlimit(RLIMIT_CORE, &l) || refused(setrlimit(RLIMIT_CORE, &l));
}

static int dumps(void)
{
	return refused(prctl(PR_SET_DUMPABLE, 1));
}

static int terminals(void)
{
	char c = 'x';

	return refused(ioctl(0, TIOCSTI, &c));
}

static int others(void)
{
	return refused(syscall(SYS_chmod, "/tmp", 0777));
}

static int again(void)
{
	return refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static void what_is_refused(void **state)
{
	static int (*const what[])(void) = {
		code, more_code, limits, dumps, terminals, others, again,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++)
		if (ends(what[i]))
			fail_msg("number %u is not refused", i);
}

static int program(void)
{
	execl("/bin/true", "true", NULL);
	return 0;
}

static int tracing(void)
{
	return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static int module(void)
{
	return (int)syscall(SYS_finit_module, -1, "", 0);
}

static int user(void)
{
	return (int)syscall(SYS_setuid, 0);
}

static void what_ends_it(void **state)
{
	static int (*const what[])(void) = { program, tracing, module, user };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		int status = ends(what[i]);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("number %u does not end it: %#x", i, status);
	}
}

/* --- all of it ------------------------------------------------------------------- */

static int pipes[2];

static void *later(void *arg)
{
	char c;

	(void)arg;
	if (read(pipes[0], &c, 1) != 1)
		return (void *)1;
	return (void *)(long)refused(syscall(SYS_chmod, "/tmp", 0777));
}

/* A thread that was there before is confined, too. */
static void threads_too(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		struct err err = { "" };
		pthread_t thread;
		void *ret;

		if (pipe(pipes) || confine_capabilities(&err) ||
		    pthread_create(&thread, NULL, later, NULL) ||
		    confine_system_calls(&err) || write(pipes[1], "x", 1) != 1 ||
		    pthread_join(thread, &ret))
			_exit(99);
		_exit(ret ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Its own status, after the word: 0 is also that it says nothing. */
static unsigned long status_of(const char *word)
{
	FILE *in = fopen("/proc/self/status", "r");
	unsigned long value = 0;
	char line[200];

	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, word, strlen(word)))
			value = strtoul(line + strlen(word), NULL, 16);
	if (in)
		fclose(in);
	return value;
}

static int capabilities(void)
{
	const unsigned long left = 1UL << CAP_NET_ADMIN | 1UL << CAP_NET_RAW |
				   1UL << CAP_NET_BIND_SERVICE;

	return status_of("CapEff:") != left || status_of("CapPrm:") != left ||
	       status_of("CapBnd:") != left || status_of("CapInh:") ||
	       status_of("NoNewPrivs:") != 1 || status_of("Seccomp:") != 2;
}

/* Who has none, or cannot narrow what programs get, is confined all the same. */
static int few(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };
	struct err err = { "" };

	data[0].effective = 1U << CAP_NET_RAW;
	data[0].permitted = data[0].effective;
	if (syscall(SYS_capset, &head, data) || confine_capabilities(&err) ||
	    confine_system_calls(&err))
		return 1;
	return status_of("CapEff:") != 1UL << CAP_NET_RAW ||
	       status_of("NoNewPrivs:") != 1;
}

static void capabilities_go(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid()) {
		print_message("not root: nothing to give up\n");
		skip();
	}
	assert_int_equal(ends(capabilities), 0);
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(few());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- the helper ------------------------------------------------------------------ */

/* What it starts has as little as itself. */
static int a_child(void)
{
	execl("/bin/sh", "sh", "-c",
	      "has() { grep -q \"^$1:[[:space:]]*$2\\$\" /proc/self/status; }\n"
	      "has CapEff 0000000000001000 && has CapPrm 0000000000001000 &&"
	      " has CapBnd 0000000000001000 && has NoNewPrivs 1 && has Seccomp 2",
	      NULL);
	return 98;
}

static int no_tracing(void)
{
	return refused(syscall(SYS_ptrace, 0, 0, 0, 0));
}

static int no_module(void)
{
	return refused(syscall(SYS_finit_module, -1, "", 0));
}

static int no_namespace(void)
{
	return refused(syscall(SYS_unshare, 0));
}

static int no_mount(void)
{
	return refused(syscall(SYS_mount, "none", "/", "", 0, ""));
}

static int no_user(void)
{
	return refused(syscall(SYS_setuid, 12345));
}

static void the_helper(void **state)
{
	static int (*const what[])(void) = {
		a_child, no_tracing, no_module, no_namespace, no_mount, no_user,
		files, sockets, memory,
	};
	unsigned int i;

	(void)state;
	if (geteuid()) {
		print_message("not root: nothing to give up\n");
		skip();
	}
	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++)
		if (ends_so(confine_helper, what[i]))
			fail_msg("number %u is not as it should be", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_needs),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(what_ends_it),
		cmocka_unit_test(threads_too),
		cmocka_unit_test(capabilities_go),
		cmocka_unit_test(the_helper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

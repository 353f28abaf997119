// SPDX-License-Identifier: GPL-2.0-or-later
/* Two daemons under two control paths cannot share the sockets of the module. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ike-daemon/engine_sock.h"
#include "ike-daemon/kernel/kernel.h"

/* What the module keeps of the first daemon's socket. */
static int kept = -1;

static int give(struct kernel *k, int *fd)
{
	(void)k;
	*fd = dup(kept);
	return *fd < 0 ? -errno : 0;
}

static const struct kernel_ops ops = { .sock_get = give };
static struct kernel kernel = { .ops = &ops };

/* Another process asks; its answer, and what it says. */
static int ask_elsewhere(char *text, size_t size)
{
	struct err err = { "" };
	int ends[2], fd, status = -1;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		status = -sock_open(&kernel, &fd, &err);
		n = write(ends[1], err.text, strlen(err.text));
		_exit(n < 0 ? 255 : status);
	}
	close(ends[1]);
	n = read(ends[0], text, size - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void one_daemon_at_a_time(void **state)
{
	char text[256], want[32];
	struct err err = { "" };
	int fd;

	(void)state;
	kept = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(kept >= 0);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), 0);
	/* The asker has gone, and its lock with it. */
	assert_int_equal(sock_open(&kernel, &fd, &err), 0);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), -EADDRINUSE);
	snprintf(want, sizeof(want), "(pid %d)", (int)getpid());
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "one ike-daemon"));
	close(fd);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), 0);
	close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_daemon_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

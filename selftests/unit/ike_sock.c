// SPDX-License-Identifier: GPL-2.0-or-later
/* Two daemons under two control paths cannot share the sockets of the module. */
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
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

static int give(struct kernel *k, int family, enum cryptomap_sock_kind kind, int *fd)
{
	(void)k;
	(void)family;
	(void)kind;
	*fd = dup(kept);
	return *fd < 0 ? -errno : 0;
}

static const struct kernel_ops ops = { .sock_get = give };
static struct kernel kernel = { .ops = &ops };

/* Another process asks; its answer, and what it says. */
static int ask_elsewhere(char *text, size_t size)
{
	struct err err = { "" };
	struct ike_sock s = { -1, AF_INET, CRYPTOMAP_SOCK_IKE, 500 };
	int ends[2], status = -1;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		status = -sock_open(&kernel, &s, &err);
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
	struct ike_sock s = { -1, AF_INET, CRYPTOMAP_SOCK_IKE, 500 };
	struct err err = { "" };

	(void)state;
	kept = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(kept >= 0);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), 0);
	/* The asker has gone, and its lock with it. */
	assert_int_equal(sock_open(&kernel, &s, &err), 0);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), -EADDRINUSE);
	snprintf(want, sizeof(want), "(pid %d)", (int)getpid());
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "one ike-daemon"));
	close(s.fd);
	assert_int_equal(ask_elsewhere(text, sizeof(text)), 0);
	close(kept);
}

static int have_none(struct kernel *k, int family, enum cryptomap_sock_kind kind,
		     int *fd)
{
	(void)k;
	(void)family;
	(void)kind;
	(void)fd;
	return -ENOENT;
}

static int take(const struct addr *at)
{
	int on = 1, fd = socket(at->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;

	assert_true(fd >= 0);
	if (at->family == AF_INET6)
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
					    sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss,
			      addr_to_sockaddr(at, &ss)), 0);
	return fd;
}

/* E-007: somebody else has a port: who? In a network namespace of our own. */
static void port_in_use(void **state)
{
	static const struct kernel_ops empty = { .sock_get = have_none };
	struct kernel k = { .ops = &empty };
	struct ike_sock socks[IKE_SOCKS];
	char want[64];
	int taken;
	size_t i;

	(void)state;
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		skip();
	socks_init(socks);
	for (i = 0; i < IKE_SOCKS; i++) {
		struct addr any = { socks[i].family, .port = socks[i].port };
		struct err err = { "" };

		taken = take(&any);
		assert_int_equal(sock_open(&k, &socks[i], &err), -EADDRINUSE);
		assert_int_equal(socks[i].fd, -1);
		snprintf(want, sizeof(want),
			 "UDP port %u is in use by ike_sock (pid %d)",
			 socks[i].port, (int)getpid());
		assert_string_equal(err.text, want);
		close(taken);
	}
}

static int keep(struct kernel *k, enum cryptomap_sock_kind kind, int fd)
{
	(void)k;
	(void)kind;
	(void)fd;
	return 0;
}

static bool may_have_room(int fd)
{
	int bytes = 4 << 20;

	return !setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
}

/* Two thousand first messages that come before one is read: none is lost. */
static void room_for_many(void **state)
{
	static const struct kernel_ops fresh = { .sock_get = have_none, .sock_set = keep };
	struct ike_sock s = { -1, AF_INET, CRYPTOMAP_SOCK_IKE, 0 };
	struct kernel k = { .ops = &fresh };
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	struct err err = { "" };
	uint8_t data[500] = { 0 };
	unsigned int i, n = 0;

	(void)state;
	if (!may_have_room(sender)) {
		close(sender);
		skip();
	}
	assert_int_equal(sock_open(&k, &s, &err), 0);
	assert_int_equal(getsockname(s.fd, (struct sockaddr *)&at, &len), 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < 2000; i++)
		assert_int_equal(sendto(sender, data, sizeof(data), 0,
					(struct sockaddr *)&at, sizeof(at)),
				 sizeof(data));
	while (recv(s.fd, data, sizeof(data), 0) > 0)
		n++;
	assert_int_equal(n, 2000);
	close(sender);
	close(s.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_daemon_at_a_time),
		cmocka_unit_test(room_for_many),
		cmocka_unit_test(port_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dumps that the kernel calls interrupted: asked again, and no answer rather
 * than a wrong one.  The socket is replaced at link time (see flags.mk).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <sys/socket.h>
#include <time.h>

#include "tools/lib/kmod.h"
#include "tools/lib/kmod_client.h"

static struct {
	uint32_t seq;		/* of the last request */
	unsigned int requests;
	unsigned int interrupted;	/* so many answers are */
	unsigned int flags;	/* of the last request */
} world;

int __wrap_genl_connect(struct nl_sock *sk);
int __wrap_genl_connect(struct nl_sock *sk)
{
	(void)sk;
	return 0;
}

int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name);
int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name)
{
	(void)sk;
	(void)name;
	return 0x20;
}

ssize_t __wrap_send(int fd, const void *data, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t len, int flags)
{
	const struct nlmsghdr *nlh = data;

	(void)fd;
	(void)flags;
	world.requests++;
	world.seq = nlh->nlmsg_seq;
	world.flags = nlh->nlmsg_flags;
	return (ssize_t)len;
}

/* One object, then the end, which says whether it was interrupted. */
static int answer(struct nl_sock *sk, struct sockaddr_nl *from,
		  unsigned char **buf, struct ucred **creds)
{
	bool interrupted = world.requests <= world.interrupted;
	struct nlmsghdr *object = calloc(1, 128), *end;
	size_t len = NLMSG_SPACE(GENL_HDRLEN);

	(void)sk;
	(void)creds;
	assert_non_null(object);
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	object->nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	object->nlmsg_type = 0x20;
	object->nlmsg_flags = NLM_F_MULTI | (interrupted ? NLM_F_DUMP_INTR : 0);
	object->nlmsg_seq = world.seq;
	end = (struct nlmsghdr *)((char *)object + len);
	end->nlmsg_len = NLMSG_LENGTH(sizeof(int));
	end->nlmsg_type = NLMSG_DONE;
	end->nlmsg_flags = object->nlmsg_flags;
	end->nlmsg_seq = world.seq;
	*buf = (unsigned char *)object;
	return (int)(len + NLMSG_SPACE(sizeof(int)));
}

int __real_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb);
int __wrap_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb);
int __wrap_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, answer);
	return __real_nl_recvmsgs(sk, cb);
}

static unsigned int answered(struct kmod *k)
{
	struct kmod_answer a = kmod_answer_take(k);
	struct nlmsghdr *nlh = NULL;
	unsigned int n = 0;

	while ((nlh = kmod_answer_next(&a, nlh)))
		n++;
	kmod_answer_give(k, a);
	return n;
}

static int dump(struct kmod *k, unsigned int interrupted)
{
	world.requests = 0;
	world.interrupted = interrupted;
	return kmod_exchange_dump(k, kmod_request(k, CRYPTOMAP_CMD_SA_GET, 64));
}

static void interrupted_dump_is_asked_again(void **state)
{
	unsigned int n;
	struct kmod *k;
	struct err err;

	(void)state;
	assert_int_equal(kmod_open(&k, &err), 0);
	for (n = 0; n <= 6; n++) {
		assert_int_equal(dump(k, n), 0);
		assert_int_equal(world.requests, n + 1);
		assert_int_equal(world.flags & NLM_F_DUMP, NLM_F_DUMP);
		assert_int_equal(answered(k), 1);	/* not those before */
	}
	kmod_close(k);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Half of one state and half of another is no answer. */
static void endless_interruption_is_an_error(void **state)
{
	uint64_t start = now_ms();
	struct kmod *k;
	struct err err;

	(void)state;
	assert_int_equal(kmod_open(&k, &err), 0);
	assert_int_equal(dump(k, 1000000), -EAGAIN);
	assert_in_range(world.requests, 8, 20);
	assert_true(now_ms() - start >= 100);	/* it gave the kernel time */
	assert_int_equal(answered(k), 0);
	assert_non_null(strstr(kmod_error(k), "changed"));
	/* the client is usable afterwards */
	assert_int_equal(dump(k, 0), 0);
	assert_int_equal(answered(k), 1);
	assert_string_equal(kmod_error(k), "");
	kmod_close(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_dump_is_asked_again),
		cmocka_unit_test(endless_interruption_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

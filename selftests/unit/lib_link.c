// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnel interfaces of ours (F-047), listed while other interfaces come and go: the
 * netlink socket is the test's.
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include "tools/lib/link.h"

static nl_recvmsg_msg_cb_t take;
static void *take_arg;
static unsigned int dumps, interrupted;
static char told[64];

int __wrap_nl_connect(struct nl_sock *sk, int protocol);
int __wrap_nl_connect(struct nl_sock *sk, int protocol)
{
	(void)sk;
	(void)protocol;
	return 0;
}

int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *msg);
int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *msg)
{
	(void)sk;
	(void)msg;
	return 0;
}

int __wrap_nl_socket_modify_cb(struct nl_sock *sk, enum nl_cb_type type,
			       enum nl_cb_kind kind, nl_recvmsg_msg_cb_t fn,
			       void *arg);
int __wrap_nl_socket_modify_cb(struct nl_sock *sk, enum nl_cb_type type,
			       enum nl_cb_kind kind, nl_recvmsg_msg_cb_t fn,
			       void *arg)
{
	(void)sk;
	(void)type;
	(void)kind;
	take = fn;
	take_arg = arg;
	return 0;
}

static void tell(const char *name, const char *kind, const char *alias)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct ifinfomsg info = { 0 };
	struct nlattr *nest;

	assert_non_null(msg);
	nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, name);
	nla_put_string(msg, IFLA_IFALIAS, alias);
	nest = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, kind);
	nla_nest_end(msg, nest);
	take(msg, take_arg);
	nlmsg_free(msg);
}

int __wrap_nl_recvmsgs_default(struct nl_sock *sk);
int __wrap_nl_recvmsgs_default(struct nl_sock *sk)
{
	static const char ours[] = "tunnel of the cryptomap configuration";

	(void)sk;
	tell("Tunnel0", "cryptomap", ours);
	tell("Tunnel1", "cryptomap", "by hand");
	tell("eth0", "veth", ours);
	tell("Tunnel2", "cryptomap", ours);
	return dumps++ < interrupted ? -NLE_DUMP_INTR : 0;
}

static int note(void *arg, const char *name)
{
	(void)arg;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s ", name);
	return 0;
}

/* As often as it takes, and nobody is told of twice. */
static void interrupted_dumps_are_repeated(void **state)
{
	(void)state;
	for (interrupted = 0; interrupted < 6; interrupted += 5) {
		dumps = 0;
		told[0] = '\0';
		assert_int_equal(link_tunnel_dump(note, NULL), 0);
		assert_string_equal(told, "Tunnel0 Tunnel2 ");
		assert_int_equal(dumps, interrupted + 1);
	}
}

static void not_for_ever(void **state)
{
	(void)state;
	dumps = 0;
	interrupted = 1000000;
	told[0] = '\0';
	assert_int_equal(link_tunnel_dump(note, NULL), -EAGAIN);
	assert_string_equal(told, "");
	assert_true(dumps < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_dumps_are_repeated),
		cmocka_unit_test(not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnel interfaces of ours (F-047), and the addresses that they borrow (C-100),
 * listed while others come and go: the netlink socket is the test's.
 */
#include <linux/if_addr.h>
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

#include "tools/lib/lent.h"
#include "tools/lib/link.h"

static nl_recvmsg_msg_cb_t take;
static void *take_arg;
static unsigned int dumps, interrupted;
static bool of_addresses;		/* is what is listed */
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

/* Of the loopback interface, which is everywhere. */
static void tell_address(uint32_t addr, uint8_t proto)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET, .ifa_index = if_nametoindex("lo"),
	};

	assert_non_null(msg);
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nla_put_u32(msg, IFA_LOCAL, htonl(addr));
	nla_put_u8(msg, IFA_PROTO, proto);
	take(msg, take_arg);
	nlmsg_free(msg);
}

/* One of ours is in the first part, the other one in what is interrupted. */
static int tell_addresses(void)
{
	tell_address(0x0a010001, 0x63);
	tell_address(0x0a010002, 0);
	if (dumps++ < interrupted)
		return -NLE_DUMP_INTR;
	tell_address(0x0a010003, 0x63);
	return 0;
}

int __wrap_nl_recvmsgs_default(struct nl_sock *sk);
int __wrap_nl_recvmsgs_default(struct nl_sock *sk)
{
	static const char ours[] = "tunnel of the cryptomap configuration";

	(void)sk;
	if (of_addresses)
		return tell_addresses();
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

static int note_lent(void *arg, const struct lent *lent)
{
	char text[ADDR_STRLEN];

	assert_string_equal(lent->ifname, "lo");
	return note(arg, addr_format(&lent->addr, text, sizeof(text)));
}

/* An address that is missed would stay for ever, one that is told twice go twice. */
static void so_are_those_of_addresses(void **state)
{
	(void)state;
	of_addresses = true;
	for (interrupted = 0; interrupted < 6; interrupted += 5) {
		dumps = 0;
		told[0] = '\0';
		assert_int_equal(lent_dump(note_lent, NULL), 0);
		assert_string_equal(told, "10.1.0.1 10.1.0.3 ");
		assert_int_equal(dumps, interrupted + 1);
	}
	dumps = 0;
	interrupted = 1000000;
	told[0] = '\0';
	assert_int_equal(lent_dump(note_lent, NULL), -EAGAIN);
	assert_string_equal(told, "");
	assert_true(dumps < 100);
	of_addresses = false;
}

static int ack;			/* of the kernel */

int __wrap_nl_wait_for_ack(struct nl_sock *sk);
int __wrap_nl_wait_for_ack(struct nl_sock *sk)
{
	(void)sk;
	return ack;
}

/* What somebody has given by hand is there, which is all that is wanted. */
static void an_address_is_there_already(void **state)
{
	struct lent lent = { .ifname = "lo", .addr = addr_v4(0x0a010001, 0) };

	(void)state;
	assert_int_equal(lent_add(&lent), 0);
	ack = -NLE_EXIST;
	assert_int_equal(lent_add(&lent), 1);
	ack = -NLE_PERM;
	assert_int_equal(lent_add(&lent), -EPERM);
	ack = -NLE_NOADDR;
	assert_int_equal(lent_del(&lent), -EADDRNOTAVAIL);
	ack = 0;
	strcpy(lent.ifname, "no-such");
	assert_int_equal(lent_add(&lent), -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_dumps_are_repeated),
		cmocka_unit_test(not_for_ever),
		cmocka_unit_test(so_are_those_of_addresses),
		cmocka_unit_test(an_address_is_there_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

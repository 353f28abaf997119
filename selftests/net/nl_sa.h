/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bound map with one flow, for tests of SAs. Each test has a network namespace
 * of its own.
 *
 *   dummy0 10.1.0.1/24, 192.0.2.1/24, default route   - bound interface
 */
#ifndef SELFTESTS_NET_NL_SA_H
#define SELFTESTS_NET_NL_SA_H

#include <sched.h>

#include "kselftest_harness.h"
#include "selftests/net/nl_config.h"

FIXTURE(sa)
{
	struct nl nl;
	struct nl events;
	uint32_t flow;
};

FIXTURE_VARIANT(sa)
{
	int type;
};

FIXTURE_VARIANT_ADD(sa, manual)
{
	.type = CRYPTOMAP_ENTRY_T_MANUAL,
};

FIXTURE_VARIANT_ADD(sa, isakmp)
{
	.type = CRYPTOMAP_ENTRY_T_ISAKMP,
};

FIXTURE_SETUP(sa)
{
	static const struct line line = {
		10, true, "10.1.0.0", "255.255.255.0", "10.2.0.0", "255.255.255.0",
		0, 0, 0,
	};
	struct nl *nl = &self->nl;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	if (nl_attach(nl))
		SKIP(return, "the module is not loaded");
	ASSERT_EQ(0, nl_attach(&self->events));
	ASSERT_TRUE(sh("ip link add dummy0 type dummy && "
		       "ip addr add 10.1.0.1/24 dev dummy0 && "
		       "ip addr add 192.0.2.1/24 dev dummy0 && "
		       "ip link set dummy0 up && ip route add default dev dummy0"));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", &line, 1));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, variant->type, "l"));
	ASSERT_EQ(0, bind_map(nl, "dummy0", "m"));
	self->flow = flow_id(nl, "dummy0", 10, 10);
	ASSERT_NE(0, self->flow);
	ASSERT_EQ(0, nl_join(&self->events));
}

FIXTURE_TEARDOWN(sa)
{
	close(self->nl.fd);
	close(self->events.fd);
}

#define OUT(self, ...) { CRYPTOMAP_DIR_OUT, .flow = (self)->flow, ## __VA_ARGS__ }
#define IN(self, ...) { CRYPTOMAP_DIR_IN, .flow = (self)->flow, ## __VA_ARGS__ }

/* SA_SET of @sa with one attribute more; of two the last counts. */
static inline int sa_with(struct nl *nl, const struct sa *sa, int attr, uint64_t val, int size)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa(msg, sa);
	nla_put(msg, attr, size, &val);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* For dump(). */
static inline void count_one(struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(*(int *)arg)++;
}

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists, maps, bindings, flows: every command of theirs, asked rightly and
 * wrongly. Each test has a network namespace of its own.
 *
 *   dummy0 10.1.0.1/24, 192.0.2.1/24, default route   - bound interface
 */
#define _GNU_SOURCE
#include <sched.h>

#include "kselftest_harness.h"
#include "selftests/net/nl_config.h"

#define ANY_RANGE "1..2147483647"

FIXTURE(cm)
{
	struct nl nl;
};

FIXTURE_SETUP(cm)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	if (nl_attach(&self->nl))
		SKIP(return, "the module is not loaded");
}

FIXTURE_TEARDOWN(cm)
{
	close(self->nl.fd);
}

/* Refused with @err, with a text that has @part in it. */
static const struct line two_lines[] = {
	{ 10, true, "10.1.0.0", "255.255.255.0", "10.2.0.0", "255.255.255.0" },
	{ 20, true, "10.1.0.0", "255.255.255.0", "10.3.0.0", "255.255.255.0" },
};

static const struct line renumbered[] = {
	{ 5, false, "10.1.0.9", NULL, NULL, NULL },
	{ 15, true, "10.1.0.0", "255.255.255.0", "10.2.0.0", "255.255.255.0" },
};

static bool make_dummy(void)
{
	return sh("ip link add dummy0 type dummy && "
		  "ip addr add 10.1.0.1/24 dev dummy0 && "
		  "ip addr add 192.0.2.1/24 dev dummy0 && "
		  "ip link set dummy0 up && ip route add default dev dummy0");
}

/* List "l", map "m" of entry 10, bound to dummy0. */
static int configure(struct nl *nl, int type)
{
	int err = acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", two_lines, 2);

	if (!err)
		err = map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, type, "l");
	return err ? err : bind_map(nl, "dummy0", "m");
}

/* --- info and limits --- */

TEST_F(cm, info)
{
	struct nl *nl = &self->nl;
	const uint64_t features =
		CRYPTOMAP_FEATURE_IPV4 | CRYPTOMAP_FEATURE_IPV6 |
		CRYPTOMAP_FEATURE_TRANSPORT | CRYPTOMAP_FEATURE_UDP_ENCAP |
		CRYPTOMAP_FEATURE_AH | CRYPTOMAP_FEATURE_ESN;

	EXPECT_EQ(features, features & info_num(nl, CRYPTOMAP_A_INFO,
						CRYPTOMAP_INFO_FEATURES));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	EXPECT_EQ(1048576, info_num(nl, CRYPTOMAP_A_LIMITS, CRYPTOMAP_LIMIT_SAS));
	EXPECT_EQ(16, info_num(nl, CRYPTOMAP_A_LIMITS, CRYPTOMAP_LIMIT_QUEUE_FLOW));
	EXPECT_EQ(60, info_num(nl, CRYPTOMAP_A_LIMITS, CRYPTOMAP_LIMIT_QUEUE_SECS));
}

TEST_F_TIMEOUT(cm, limits, 120)
{
	static const struct {
		int attr;
		const char *name;
		uint32_t lo, hi;
	} limits[] = {
		{ CRYPTOMAP_LIMIT_LINES, "LIMIT_LINES", 1, 16777216 },
		{ CRYPTOMAP_LIMIT_FLOWS, "LIMIT_FLOWS", 1, 16777216 },
		{ CRYPTOMAP_LIMIT_SAS, "LIMIT_SAS", 2, 16777216 },
		{ CRYPTOMAP_LIMIT_QUEUE_FLOW, "LIMIT_QUEUE_FLOW", 0, 256 },
		{ CRYPTOMAP_LIMIT_QUEUE_TOTAL, "LIMIT_QUEUE_TOTAL", 0, 65536 },
		{ CRYPTOMAP_LIMIT_QUEUE_SECS, "LIMIT_QUEUE_SECS", 1, 300 },
		{ CRYPTOMAP_LIMIT_ACQUIRE_SECS, "LIMIT_ACQUIRE_SECS", 1, 300 },
		{ CRYPTOMAP_LIMIT_LARVAL_SECS, "LIMIT_LARVAL_SECS", 1, 3600 },
		{ CRYPTOMAP_LIMIT_TOMBS, "LIMIT_TOMBS", 0, 65536 },
		{ CRYPTOMAP_LIMIT_EVENT_RATE, "LIMIT_EVENT_RATE", 0, 10000 },
		{ CRYPTOMAP_LIMIT_CRYPTO_QUEUE, "LIMIT_CRYPTO_QUEUE", 1, 65536 },
		{ CRYPTOMAP_LIMIT_DEMUX_PORTS, "LIMIT_DEMUX_PORTS", 1, 65536 },
	};
	struct nl *nl = &self->nl;
	char range[64];
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		snprintf(range, sizeof(range), "%s is out of range: %u..%u",
			 limits[i].name, limits[i].lo, limits[i].hi);
		EXPECT_EQ(0, set_limit(nl, limits[i].attr, limits[i].lo));
		EXPECT_EQ(0, set_limit(nl, limits[i].attr, limits[i].hi));
		EXPECT_EQ(limits[i].hi,
			  info_num(nl, CRYPTOMAP_A_LIMITS, limits[i].attr));
		EXPECT_REFUSED(-ERANGE, range,
			       set_limit(nl, limits[i].attr, limits[i].hi + 1));
		EXPECT_NE(0, nl->blamed);
		if (limits[i].lo)
			EXPECT_REFUSED(-ERANGE, range,
				       set_limit(nl, limits[i].attr, limits[i].lo - 1));
	}
}

TEST_F(cm, limits_hold)
{
	struct nl *nl = &self->nl;

	ASSERT_TRUE(make_dummy());
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_LINES, 1));
	EXPECT_REFUSED(-ENOSPC, "LIMIT_LINES",
		       acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", two_lines, 2));
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_LINES, 2));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", two_lines, 2));
	EXPECT_REFUSED(-ENOSPC, "LIMIT_LINES",
		       acl(nl, CRYPTOMAP_CMD_LINE_ADD, "l", renumbered, 1));
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_FLOWS, 1));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10,
			 CRYPTOMAP_ENTRY_T_MANUAL, "l"));
	EXPECT_REFUSED(-ENOSPC, "LIMIT_FLOWS", bind_map(nl, "dummy0", "m"));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_FLOWS, 2));
	EXPECT_EQ(0, bind_map(nl, "dummy0", "m"));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
}

/* --- lists --- */

struct seen_lines {
	int count;
	uint32_t last;
	uint64_t hits;
	struct nlattr *sel;
	char buf[1024];
};

static void see_line(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *line = nl_find(nlh, CRYPTOMAP_A_LINE);
	struct seen_lines *seen = arg;

	if (!line)
		return;
	seen->count++;
	seen->last = nl_num(nl_in(line, CRYPTOMAP_LINE_SEQ));
	seen->hits += nl_num(nl_in(line, CRYPTOMAP_LINE_HITS));
	if (nla_len(line) < (int)sizeof(seen->buf)) {
		memcpy(seen->buf, line, nla_len(line) + NLA_HDRLEN);
		seen->sel = nl_in((struct nlattr *)seen->buf, CRYPTOMAP_LINE_SEL);
	}
}

static uint64_t hits(struct nl *nl)
{
	struct seen_lines seen = { };

	dump(nl, CRYPTOMAP_CMD_ACL_GET, see_line, &seen);
	return seen.hits;
}

TEST_F(cm, list_round_trip)
{
	static const struct line line = {
		7, true, "10.1.0.5", "255.255.0.255", "10.2.0.0", "255.255.0.0",
		IPPROTO_TCP, 80, 90,
	};
	struct seen_lines seen = { };
	struct nl *nl = &self->nl;
	uint32_t addr;

	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", &line, 1));
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ACL_GET, see_line, &seen));
	ASSERT_EQ(1, seen.count);
	EXPECT_EQ(7, seen.last);
	EXPECT_EQ(0, seen.hits);
	inet_pton(AF_INET, "10.1.0.5", &addr);
	EXPECT_EQ(addr, nl_num(nl_in(seen.sel, CRYPTOMAP_SEL_SRC)));
	inet_pton(AF_INET, "255.255.0.255", &addr);
	EXPECT_EQ(addr, nl_num(nl_in(seen.sel, CRYPTOMAP_SEL_SRC_MASK)));
	EXPECT_EQ(IPPROTO_TCP, nl_num(nl_in(seen.sel, CRYPTOMAP_SEL_PROTO)));
	EXPECT_EQ(NULL, nl_in(seen.sel, CRYPTOMAP_SEL_SPORT_LO));
	EXPECT_EQ(80, nl_num(nl_in(seen.sel, CRYPTOMAP_SEL_DPORT_LO)));
	EXPECT_EQ(90, nl_num(nl_in(seen.sel, CRYPTOMAP_SEL_DPORT_HI)));

	EXPECT_REFUSED(-ENOENT, "no access list",
		       nl_talk(nl, ACL(nl, CRYPTOMAP_CMD_ACL_GET, NLM_F_DUMP, "x")));
	EXPECT_EQ(0, acl_del(nl, "l"));
	EXPECT_REFUSED(-ENOENT, "no access list", acl_del(nl, "l"));
}

TEST_F(cm, list_refusals)
{
	static const struct {
		struct line line;
		int err;
		const char *part;
	} bad[] = {
		{ { 0, true }, -ERANGE, "LINE_SEQ is out of range: " ANY_RANGE },
		{ { 0x80000000, true }, -ERANGE, "LINE_SEQ" },
		{ { 1, true, .smask = "255.0.0.0" }, -EINVAL, "mask" },
		{ { 1, true, "10.0.0.0", "ffff::" }, -EINVAL, "mask" },
		{ { 1, true, "2001:db8::1" }, -EINVAL, "family" },
		{ { 1, true, .lo = 80 }, -EINVAL, "SEL_PROTO" },
		{ { 1, true, .proto = 50, .lo = 80 }, -EINVAL, "SEL_PROTO" },
		{ { 1, true, .proto = 6, .hi = 80 }, -EINVAL, "first" },
		{ { 1, true, .proto = 6, .lo = 80, .hi = 79 }, -EINVAL, "below" },
	};
	static const char *const names[] = {
		"", " ", "a b", "tab\t",
		"0123456789012345678901234567890123456789012345678901234567890123",
	};
	struct nl *nl = &self->nl;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_REFUSED(bad[i].err, bad[i].part,
			       acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", &bad[i].line, 1));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EXPECT_REFUSED(-EINVAL, "name",
			       acl(nl, CRYPTOMAP_CMD_ACL_SET, names[i], two_lines, 2));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_ACLS));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LINES));
}

TEST_F(cm, malformed)
{
	struct nl *nl = &self->nl;
	struct nl_msg *msg;
	struct nlattr *n;

	EXPECT_REFUSED(-EINVAL, "A_ACL is missing",
		       nl_talk(nl, nl_request(nl, CRYPTOMAP_CMD_ACL_SET, 0)));
	/* a nest that does not say it is one */
	msg = nl_request(nl, CRYPTOMAP_CMD_ACL_DEL, 0);
	nla_put_string(msg, CRYPTOMAP_A_ACL, "x");
	EXPECT_NE(0, nl_talk(nl, msg));
	EXPECT_NE(0, nl->text[0]);
	/* an attribute nobody knows */
	msg = ACL(nl, CRYPTOMAP_CMD_ACL_DEL, 0, "l");
	nla_put_u32(msg, CRYPTOMAP_A_MAX + 1, 1);
	EXPECT_EQ(-EINVAL, nl_talk(nl, msg));
	EXPECT_NE(0, nl->text[0]);
	/* one that is only given out */
	msg = nl_request(nl, CRYPTOMAP_CMD_ACL_DEL, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_ACL);
	nla_put_u32(msg, CRYPTOMAP_ACL_LINES, 1);
	nla_nest_end(msg, n);
	EXPECT_EQ(-EINVAL, nl_talk(nl, msg));
	EXPECT_NE(0, nl->text[0]);
	/* one of the wrong size */
	msg = nl_request(nl, CRYPTOMAP_CMD_LIMITS_SET, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_LIMITS);
	nla_put_u8(msg, CRYPTOMAP_LIMIT_LINES, 1);
	nla_nest_end(msg, n);
	EXPECT_NE(0, nl_talk(nl, msg));
	EXPECT_NE(0, nl->text[0]);
	/* an attribute of another command */
	msg = ACL(nl, CRYPTOMAP_CMD_ACL_DEL, 0, "l");
	n = nla_nest_start(msg, CRYPTOMAP_A_MAP);
	nla_put_string(msg, CRYPTOMAP_MAP_NAME, "m");
	nla_nest_end(msg, n);
	EXPECT_EQ(-EINVAL, nl_talk(nl, msg));
	/* reserved for the packet tracer */
	EXPECT_REFUSED(-EOPNOTSUPP, "tracer",
		       nl_talk(nl, nl_request(nl, CRYPTOMAP_CMD_TRACE, 0)));
	/* the kernel's own limit on commands */
	EXPECT_EQ(-EOPNOTSUPP, nl_talk(nl, nl_request(nl, CRYPTOMAP_CMD_EVENT, 0)));
}

static void count_policies(struct nlmsghdr *nlh, void *arg)
{
	*(int *)arg += !!nl_find(nlh, CTRL_ATTR_POLICY);
}

/* The kernel describes the policies on request; what it cannot it warns of. */
TEST_F(cm, policies_are_described)
{
	struct nl ctrl = self->nl;
	struct nl_msg *msg;
	int count = 0;

	ctrl.family = GENL_ID_CTRL;
	msg = nl_request(&ctrl, CTRL_CMD_GETPOLICY, NLM_F_DUMP);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, CRYPTOMAP_GENL_NAME);
	ASSERT_EQ(0, nl_talk_fn(&ctrl, msg, count_policies, &count));
	EXPECT_LT(CRYPTOMAP_CMD_MAX, count);
}

TEST_F(cm, lines_come_and_go)
{
	static const struct line more[] = {
		{ 30, true, .dst = "10.4.0.1" }, { 20, true, .dst = "10.5.0.1" },
	};
	struct nl *nl = &self->nl;

	ASSERT_TRUE(make_dummy());
	ASSERT_EQ(0, configure(nl, CRYPTOMAP_ENTRY_T_ISAKMP));
	/* all or none: 20 is taken */
	EXPECT_REFUSED(-EEXIST, "LINE_SEQ",
		       acl(nl, CRYPTOMAP_CMD_LINE_ADD, "l", more, 2));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LINES));
	EXPECT_EQ(0, acl(nl, CRYPTOMAP_CMD_LINE_ADD, "l", more, 1));
	EXPECT_EQ(3, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	EXPECT_NE(0, flow_id(nl, "dummy0", 10, 30));
	EXPECT_REFUSED(-EINVAL, "A_LINE",
		       acl(nl, CRYPTOMAP_CMD_LINE_ADD, "l", NULL, 0));
	EXPECT_REFUSED(-ENOENT, "no line", line_del(nl, "l", 31));
	EXPECT_EQ(0, line_del(nl, "l", 30));
	EXPECT_EQ(0, flow_id(nl, "dummy0", 10, 30));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LINES));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
}

/* --- maps --- */

TEST_F(cm, map_rules)
{
	static const struct line range = {
		10, true, .dst = "10.2.0.1", .proto = IPPROTO_UDP, .lo = 1, .hi = 9,
	};
	struct nl *nl = &self->nl;
	struct nl_msg *msg;
	struct nlattr *n;
	int i;

	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", two_lines, 2));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "r", &range, 1));
	EXPECT_REFUSED(-ENOENT, "no access list",
		       map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, 0, "nolist"));
	EXPECT_REFUSED(-ERANGE, "ENTRY_SEQ is out of range: 1..65535",
		       map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 65536, 0, "l"));
	EXPECT_REFUSED(-ERANGE, "ENTRY_TYPE",
		       map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, 3, "l"));
	/* IKEv1 carries one port or none; manual keys do not care. */
	EXPECT_REFUSED(-EINVAL, "port range",
		       map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10,
			   CRYPTOMAP_ENTRY_T_ISAKMP, "r"));
	EXPECT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10,
			 CRYPTOMAP_ENTRY_T_MANUAL, "r"));
	EXPECT_REFUSED(-EINVAL, "port range",
		       map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 20,
			   CRYPTOMAP_ENTRY_T_ISAKMP, "r"));
	EXPECT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 20,
			 CRYPTOMAP_ENTRY_T_ISAKMP, "l"));
	EXPECT_REFUSED(-EINVAL, "port range",
		       acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", &range, 1));
	EXPECT_REFUSED(-EBUSY, "named by", acl_del(nl, "l"));
	EXPECT_REFUSED(-ENOENT, "no entry", entry_del(nl, "m", 30));
	EXPECT_EQ(0, entry_del(nl, "m", 20));
	EXPECT_EQ(0, acl_del(nl, "l"));

	msg = MAP(nl, CRYPTOMAP_CMD_ENTRY_SET, 0, "m");
	n = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);
	nla_put_u32(msg, CRYPTOMAP_ENTRY_SEQ, 30);
	for (i = 0; i < CRYPTOMAP_PEERS_MAX + 1; i++)
		nl_put_ip(msg, CRYPTOMAP_ENTRY_PEER, "192.0.2.2");
	nla_nest_end(msg, n);
	EXPECT_REFUSED(-E2BIG, "16 peers", nl_talk(nl, msg));

	EXPECT_EQ(0, map_del(nl, "m"));
	EXPECT_REFUSED(-ENOENT, "no map", map_del(nl, "m"));
}

/* --- bindings --- */

static void see_ifindex(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *bind = nl_find(nlh, CRYPTOMAP_A_BIND);

	*(uint64_t *)arg = nl_num(nl_in(bind, CRYPTOMAP_BIND_IFINDEX));
}

static uint64_t ifindex(struct nl *nl)
{
	uint64_t index = UINT64_MAX;

	dump(nl, CRYPTOMAP_CMD_BIND_GET, see_ifindex, &index);
	return index;
}

/* The interface comes and goes, and takes the bound name, but keeps it then. */
TEST_F_TIMEOUT(cm, binding_waits_for_interface, 120)
{
	struct nl *nl = &self->nl;
	struct nl_answer a;
	struct nl events;
	uint32_t id;

	ASSERT_EQ(0, nl_attach(&events));
	ASSERT_EQ(0, nl_join(&events));
	ASSERT_EQ(0, configure(nl, CRYPTOMAP_ENTRY_T_MANUAL));
	id = flow_id(nl, "dummy0", 10, 10);
	EXPECT_EQ(0, ifindex(nl));
	ASSERT_TRUE(make_dummy());
	EXPECT_NE(0, ifindex(nl));
	EXPECT_EQ(0, nl_event(&events, CRYPTOMAP_EV_IF_UP, &a, 1000));
	ASSERT_TRUE(sh("ip link set dummy0 down"));
	EXPECT_EQ(0, nl_event(&events, CRYPTOMAP_EV_IF_DOWN, &a, 1000));
	EXPECT_FALSE(sh("ip link set dummy0 name dummy1 2>/dev/null"));
	EXPECT_NE(0, ifindex(nl));
	ASSERT_TRUE(sh("ip link del dummy0"));
	EXPECT_EQ(0, ifindex(nl));
	ASSERT_TRUE(sh("ip link add dummy1 type dummy"));
	EXPECT_EQ(0, ifindex(nl));
	ASSERT_TRUE(sh("ip link set dummy1 name dummy0"));
	EXPECT_NE(0, ifindex(nl));
	ASSERT_TRUE(sh("ip link del dummy0"));
	ASSERT_TRUE(make_dummy());
	EXPECT_NE(0, ifindex(nl));
	EXPECT_EQ(id, flow_id(nl, "dummy0", 10, 10));
	close(events.fd);
}

TEST_F(cm, binding_rules)
{
	struct nl *nl = &self->nl;

	ASSERT_TRUE(make_dummy());
	EXPECT_REFUSED(-ENOENT, "no map", bind_map(nl, "dummy0", "m"));
	EXPECT_REFUSED(-ENOENT, "no map is bound", bind_map(nl, "dummy0", NULL));
	ASSERT_EQ(0, configure(nl, CRYPTOMAP_ENTRY_T_MANUAL));
	EXPECT_REFUSED(-EINVAL, "interface name", bind_map(nl, "a/b", "m"));
	EXPECT_REFUSED(-EINVAL, "interface name", bind_map(nl, "sixteen-letters-", "m"));
	EXPECT_REFUSED(-EBUSY, "bound", map_del(nl, "m"));
	EXPECT_EQ(0, bind_map(nl, "dummy0", "m"));
	EXPECT_EQ(0, bind_map(nl, "eth7", "m"));
	EXPECT_EQ(4, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	EXPECT_EQ(0, bind_map(nl, "eth7", NULL));
	EXPECT_EQ(0, bind_map(nl, "dummy0", NULL));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	EXPECT_EQ(0, map_del(nl, "m"));
}

/* --- flows that survive --- */

TEST_F(cm, equal_line_keeps_its_flow)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct nl *nl = &self->nl;
	struct nl_answer a;
	struct nl events;
	uint32_t id, other;

	ASSERT_TRUE(make_dummy());
	ASSERT_EQ(0, configure(nl, CRYPTOMAP_ENTRY_T_MANUAL));
	send_udp("10.2.0.1", 9);	/* no SA: lost and counted */
	id = flow_id(nl, "dummy0", 10, 10);
	other = flow_id(nl, "dummy0", 10, 20);
	ASSERT_NE(0, id);
	EXPECT_EQ(1, hits(nl));
	sa.flow = id;
	ASSERT_EQ(0, sa_set(nl, &sa));
	sa.flow = other;
	sa.spi = 0x2000;
	ASSERT_EQ(0, sa_set(nl, &sa));

	ASSERT_EQ(0, nl_attach(&events));
	ASSERT_EQ(0, nl_join(&events));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", renumbered, 2));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 15, &a));
	EXPECT_EQ(id, flow_num(&a, CRYPTOMAP_FLOW_ID));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
	EXPECT_EQ(CRYPTOMAP_FLOW_UP, flow_num(&a, CRYPTOMAP_FLOW_STATE));
	EXPECT_EQ(1, hits(nl));
	/* the line that went took its SA along */
	EXPECT_EQ(-ENOENT, flow_get(nl, "dummy0", 10, 20, &a));
	EXPECT_EQ(0, nl_event(&events, CRYPTOMAP_EV_SA_DELETED, &a, 1000));
	EXPECT_EQ(htonl(0x2000), sa_num(&a, CRYPTOMAP_SA_SPI));
	EXPECT_EQ(CRYPTOMAP_TOMB_CONFIG,
		  nl_num(nl_in(nl_find(&a.nlh, CRYPTOMAP_A_EVENT),
			       CRYPTOMAP_EVENT_REASON)));
	EXPECT_EQ(1, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));

	/* the entry replaced, with the same list and with another equal one */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 10,
			 CRYPTOMAP_ENTRY_T_ISAKMP, "l"));
	EXPECT_EQ(id, flow_id(nl, "dummy0", 10, 15));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l2", two_lines, 2));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10,
			 CRYPTOMAP_ENTRY_T_ISAKMP, "l2"));
	EXPECT_EQ(id, flow_id(nl, "dummy0", 10, 10));
	EXPECT_EQ(1, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	/* another entry number is another flow */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 11,
			 CRYPTOMAP_ENTRY_T_ISAKMP, "l2"));
	EXPECT_NE(id, flow_id(nl, "dummy0", 11, 10));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	close(events.fd);
}

/* --- first match, deny, hits, losses --- */

static void see_reason(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *c = nl_find(nlh, CRYPTOMAP_A_COUNTER);
	struct nlattr *name = nl_in(c, CRYPTOMAP_COUNTER_NAME);

	if (name && nl_in(c, CRYPTOMAP_COUNTER_TEXT) &&
	    !strcmp(nla_get_string(name), "no_sa"))
		*(uint64_t *)arg = nl_num(nl_in(c, CRYPTOMAP_COUNTER_PACKETS));
}

TEST_F(cm, deny_goes_on_with_the_next_entry)
{
	struct nl *nl = &self->nl;
	struct nl_answer a;
	uint64_t lost = 0;

	ASSERT_TRUE(make_dummy());
	ASSERT_TRUE(sh("ip addr add 10.1.0.9/24 dev dummy0"));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", renumbered, 2));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l2", two_lines, 2));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10,
			 CRYPTOMAP_ENTRY_T_MANUAL, "l"));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 20,
			 CRYPTOMAP_ENTRY_T_MANUAL, "l2"));
	ASSERT_EQ(0, bind_map(nl, "dummy0", "m"));

	ASSERT_TRUE(sh("ping -c 1 -W 1 -I 10.1.0.9 10.2.0.1 >/dev/null; true"));
	send_udp("10.2.0.1", 9);
	ASSERT_EQ(0, flow_get(nl, "dummy0", 20, 10, &a));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 15, &a));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
	EXPECT_EQ(3, hits(nl));		/* deny 5, permit 15, permit 10 */
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_COUNTER_GET, see_reason, &lost));
	EXPECT_EQ(2, lost);

	ASSERT_EQ(0, nl_talk(nl, nl_request(nl, CRYPTOMAP_CMD_COUNTER_RESET, 0)));
	EXPECT_EQ(0, hits(nl));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 15, &a));
	EXPECT_EQ(0, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_COUNTER_GET, see_reason, &lost));
	EXPECT_EQ(0, lost);
}

/* --- long dumps --- */

#define MANY 10000

static int add_many(struct nl *nl, uint32_t first, int count, int step)
{
	struct nl_msg *msg = ACL(nl, CRYPTOMAP_CMD_LINE_ADD, 0, "l");
	struct line line = { .permit = true, .dst = "10.9.0.0" };
	char src[32];
	int i;

	for (i = 0; i < count; i++) {
		line.seq = first + i * step;
		snprintf(src, sizeof(src), "10.%u.%u.%u", 100 + (line.seq >> 16),
			 line.seq >> 8 & 255, line.seq & 255);
		line.src = src;
		put_line(msg, &line);
	}
	return nl_talk(nl, msg);
}

struct even_lines {
	struct nl *other;
	uint32_t next;
	int missing;
	bool changed;
};

/* Even numbers stay; odd ones are added by another while the dump runs. */
static void see_even(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *line = nl_find(nlh, CRYPTOMAP_A_LINE);
	uint32_t seq = nl_num(nl_in(line, CRYPTOMAP_LINE_SEQ));
	struct even_lines *e = arg;

	if (seq % 2 == 0) {
		e->missing += (seq - e->next) / 2;
		e->next = seq + 2;
	}
	if (seq == 1000 && e->other)
		e->changed = !add_many(e->other, 15001, 10, 2) &&
			     !add_many(e->other, 11, 10, 2);
}

TEST_F_TIMEOUT(cm, dump_of_ten_thousand_lines_under_change, 300)
{
	struct even_lines e = { .next = 2 };
	struct nl *nl = &self->nl;
	struct nl other;

	ASSERT_EQ(0, nl_attach(&other));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", NULL, 0));
	ASSERT_EQ(0, add_many(nl, 2, MANY, 2));
	ASSERT_EQ(MANY, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LINES));

	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ACL_GET, see_even, &e));
	EXPECT_EQ(2 + 2 * MANY, e.next);
	EXPECT_EQ(0, e.missing);
	EXPECT_FALSE(nl->intr);

	e = (struct even_lines){ .next = 2, .other = &other };
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ACL_GET, see_even, &e));
	EXPECT_TRUE(e.changed);
	EXPECT_EQ(2 + 2 * MANY, e.next);
	EXPECT_EQ(0, e.missing);
	EXPECT_TRUE(nl->intr);
	close(other.fd);
}

TEST_F_TIMEOUT(cm, ten_thousand_flows, 300)
{
	struct nl *nl = &self->nl;

	ASSERT_TRUE(make_dummy());
	ASSERT_EQ(0, configure(nl, CRYPTOMAP_ENTRY_T_MANUAL));
	ASSERT_EQ(0, add_many(nl, 100, MANY, 1));
	EXPECT_EQ(MANY + 2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	ASSERT_EQ(0, bind_map(nl, "dummy1", "m"));
	EXPECT_EQ(2 * (MANY + 2), info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", two_lines, 2));
	EXPECT_EQ(4, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dynamic flows over netlink: SAs with selectors of their own under a dynamic
 * entry (C-039, C-040, R-07), flows split by ENTRY_LEVEL, many of them. Each test
 * has a network namespace of its own.
 *
 *   dummy0 10.1.0.1/24, 192.0.2.1/24, default route   - bound to map "m"
 *   entry 10 of "m": list "l", 10.1.0.0/24 to 10.2.0.0/24, ipsec-isakmp
 *   entry 60000: dynamic, without list
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <time.h>

#include "kselftest_harness.h"
#include "selftests/net/nl_config.h"

#define DYNAMIC 60000

FIXTURE(dyn)
{
	struct nl nl;
	struct nl events;
};

FIXTURE_SETUP(dyn)
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
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, CRYPTOMAP_ENTRY_T_ISAKMP, "l"));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_DYNAMIC, NULL));
	ASSERT_EQ(0, bind_map(nl, "dummy0", "m"));
	ASSERT_EQ(0, nl_join(&self->events));
}

FIXTURE_TEARDOWN(dyn)
{
	close(self->nl.fd);
	close(self->events.fd);
}

/* --- asking --- */

/* A selector from 10.1.0.1 to @dst; a mask of 0 is that of a host. */
struct to {
	const char *dst, *mask;
};

static void put_sel(struct nl_msg *msg, const struct to *to)
{
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_SA_SEL);

	nl_put_ip(msg, CRYPTOMAP_SEL_SRC, "10.1.0.1");
	nl_put_ip(msg, CRYPTOMAP_SEL_DST, to->dst);
	if (to->mask)
		nl_put_ip(msg, CRYPTOMAP_SEL_DST_MASK, to->mask);
	nla_nest_end(msg, n);
}

static int dyn_set(struct nl *nl, const struct sa *sa, uint32_t entry,
		   const struct to *to, int n)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa(msg, sa);
	nla_put_string(msg, CRYPTOMAP_SA_IFNAME, "dummy0");
	nla_put_u32(msg, CRYPTOMAP_SA_ENTRY, entry);
	while (n--)
		put_sel(msg, to++);
	nla_nest_end(msg, nest);
	return nl_talk(nl, msg);
}

/* The outbound SA of @spi to @dst, a host, current at once. */
static int out_to(struct nl *nl, uint32_t spi, const char *peer, const char *dst)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, spi, .peer = peer,
			 .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct to to = { dst, NULL };

	return dyn_set(nl, &sa, DYNAMIC, &to, 1);
}

static int sa_del(struct nl *nl, int dir, uint32_t spi, const char *peer)
{
	struct sa sa = { dir, spi, .peer = peer };

	return sa_cmd(nl, CRYPTOMAP_CMD_SA_DEL, &sa, NULL);
}

/* A number of the outbound SA of @spi. */
static uint64_t out_num(struct nl *nl, uint32_t spi, const char *peer, int attr)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, spi, .peer = peer };
	struct nl_answer a;

	return sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a) ? UINT64_MAX : sa_num(&a, attr);
}

static uint64_t packets(struct nl *nl, uint32_t spi, const char *peer)
{
	return out_num(nl, spi, peer, CRYPTOMAP_SA_PACKETS);
}

static uint64_t flows(struct nl *nl)
{
	return info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_FLOWS);
}

static int flow_by_id(struct nl *nl, uint32_t id, struct nl_answer *a)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_FLOW_GET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_FLOW);

	nla_put_u32(msg, CRYPTOMAP_FLOW_ID, id);
	nla_nest_end(msg, n);
	return nl_ask(nl, msg, a);
}

/* Packets lost for @name. */
struct loss {
	const char *name;
	uint64_t packets;
};

static void see_loss(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *c = nl_find(nlh, CRYPTOMAP_A_COUNTER);
	struct loss *loss = arg;

	if (!strcmp(nla_get_string(nl_in(c, CRYPTOMAP_COUNTER_NAME)), loss->name))
		loss->packets = nl_num(nl_in(c, CRYPTOMAP_COUNTER_PACKETS));
}

static uint64_t lost(struct nl *nl, const char *name)
{
	struct loss loss = { name, UINT64_MAX };

	dump(nl, CRYPTOMAP_CMD_COUNTER_GET, see_loss, &loss);
	return loss.packets;
}

static void see_tomb(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tomb = nl_find(nlh, CRYPTOMAP_A_TOMB);

	*(uint64_t *)arg = nl_num(nl_in(tomb, CRYPTOMAP_TOMB_REASON));
}

static uint64_t last_tomb(struct nl *nl)
{
	uint64_t reason = UINT64_MAX;

	dump(nl, CRYPTOMAP_CMD_TOMB_GET, see_tomb, &reason);
	return reason;
}

/* --- dynamic entries --- */

TEST_F(dyn, comes_and_goes_with_its_sas)
{
	struct sa in = { CRYPTOMAP_DIR_IN, 0x2000 };
	struct to to = { "172.16.0.5", NULL };
	struct nl *nl = &self->nl;
	struct nl_answer a;
	uint32_t id;

	EXPECT_EQ(1, flows(nl));
	send_udp("172.16.0.5", 9);	/* nobody protects it */
	EXPECT_EQ(0, lost(nl, "no_sa"));

	ASSERT_EQ(0, dyn_set(nl, &in, DYNAMIC, &to, 1));
	EXPECT_EQ(2, flows(nl));
	send_udp("172.16.0.5", 9);	/* now it is protected, but not yet outbound */
	EXPECT_EQ(1, lost(nl, "no_sa"));
	EXPECT_EQ(-ETIMEDOUT, nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 100));

	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	EXPECT_EQ(2, flows(nl));
	send_udp("172.16.0.5", 9);
	send_udp("172.16.0.6", 9);
	EXPECT_EQ(1, packets(nl, 0x1000, NULL));

	id = out_num(nl, 0x1000, NULL, CRYPTOMAP_SA_FLOW);
	ASSERT_EQ(0, flow_by_id(nl, id, &a));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_ENCAPS));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_SELS));
	EXPECT_EQ(DYNAMIC, flow_num(&a, CRYPTOMAP_FLOW_SEQ));
	EXPECT_EQ(CRYPTOMAP_ENTRY_T_DYNAMIC, flow_num(&a, CRYPTOMAP_FLOW_TYPE));
	EXPECT_EQ(NULL, nl_in(nl_find(&a.nlh, CRYPTOMAP_A_FLOW), CRYPTOMAP_FLOW_LINE));

	/* rekeyed: the new ones come first, the flow and its counters stay */
	ASSERT_EQ(0, out_to(nl, 0x1001, NULL, "172.16.0.5"));
	ASSERT_EQ(0, sa_del(nl, CRYPTOMAP_DIR_OUT, 0x1000, NULL));
	send_udp("172.16.0.5", 9);
	ASSERT_EQ(0, flow_by_id(nl, id, &a));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_ENCAPS));

	ASSERT_EQ(0, sa_del(nl, CRYPTOMAP_DIR_OUT, 0x1001, NULL));
	EXPECT_EQ(2, flows(nl));
	ASSERT_EQ(0, sa_del(nl, CRYPTOMAP_DIR_IN, 0x2000, NULL));
	EXPECT_EQ(1, flows(nl));
	EXPECT_NE(0, flow_by_id(nl, id, &a));
	send_udp("172.16.0.5", 9);	/* in clear again, as on IOS */
	EXPECT_EQ(1, lost(nl, "no_sa"));
}

/* Lines of earlier entries go first, the narrowest of the selectors then. */
TEST_F(dyn, order)
{
	struct sa wide = { CRYPTOMAP_DIR_OUT, 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct to net = { "172.16.0.0", "255.255.0.0" }, all = { "10.0.0.0", "255.0.0.0" };
	struct nl *nl = &self->nl;
	struct nl_answer a;

	ASSERT_EQ(0, dyn_set(nl, &wide, DYNAMIC, &net, 1));
	ASSERT_EQ(0, out_to(nl, 0x1001, NULL, "172.16.0.5"));
	wide.spi = 0x1002;
	ASSERT_EQ(0, dyn_set(nl, &wide, DYNAMIC, &all, 1));
	send_udp("172.16.0.5", 9);
	send_udp("172.16.0.6", 9);
	send_udp("172.16.0.7", 9);
	EXPECT_EQ(2, packets(nl, 0x1000, NULL));
	EXPECT_EQ(1, packets(nl, 0x1001, NULL));
	send_udp("10.2.0.1", 9);	/* entry 10 wants it */
	send_udp("10.3.0.1", 9);
	EXPECT_EQ(1, packets(nl, 0x1002, NULL));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_WAITING));

	/* a dynamic entry before it */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 5, CRYPTOMAP_ENTRY_T_DYNAMIC, NULL));
	wide.spi = 0x1003;
	ASSERT_EQ(0, dyn_set(nl, &wide, 5, &all, 1));
	send_udp("10.2.0.1", 9);
	EXPECT_EQ(1, packets(nl, 0x1003, NULL));
}

/* Who comes last has the selector, until it goes. */
TEST_F(dyn, peers_with_one_selector)
{
	struct nl *nl = &self->nl;
	struct nl_answer a;

	ASSERT_EQ(0, out_to(nl, 0x1000, "192.0.2.2", "172.16.0.5"));
	ASSERT_EQ(0, out_to(nl, 0x1000, "192.0.2.3", "172.16.0.5"));
	EXPECT_EQ(2, flows(nl));
	EXPECT_EQ(CRYPTOMAP_SA_OLD, out_num(nl, 0x1000, "192.0.2.2", CRYPTOMAP_SA_STATE));
	send_udp("172.16.0.5", 9);
	EXPECT_EQ(0, packets(nl, 0x1000, "192.0.2.2"));
	EXPECT_EQ(1, packets(nl, 0x1000, "192.0.2.3"));
	ASSERT_EQ(0, sa_del(nl, CRYPTOMAP_DIR_OUT, 0x1000, "192.0.2.3"));
	EXPECT_EQ(CRYPTOMAP_SA_ACTIVE, out_num(nl, 0x1000, "192.0.2.2", CRYPTOMAP_SA_STATE));
	send_udp("172.16.0.5", 9);
	EXPECT_EQ(1, packets(nl, 0x1000, "192.0.2.2"));

	/* the selector is one of several of another flow: the younger flow */
	struct sa sa = { CRYPTOMAP_DIR_OUT, 0x1001, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct to list[] = { { "172.16.0.4", NULL }, { "172.16.0.5", NULL } };

	ASSERT_EQ(0, dyn_set(nl, &sa, DYNAMIC, list, 2));
	EXPECT_EQ(3, flows(nl));
	send_udp("172.16.0.4", 9);
	send_udp("172.16.0.5", 9);
	EXPECT_EQ(2, packets(nl, 0x1001, NULL));
	ASSERT_EQ(0, flow_by_id(nl, out_num(nl, 0x1001, NULL, CRYPTOMAP_SA_FLOW), &a));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_SELS));

	/* by its id only with SA_SEL, of which the order does not count */
	sa.spi = 0x1002;
	sa.flow = flow_num(&a, CRYPTOMAP_FLOW_ID);
	EXPECT_REFUSED(-EINVAL, "SA_SEL is missing", sa_set(nl, &sa));
	sa.flow = 0;
	list[0].dst = "172.16.0.5";
	list[1].dst = "172.16.0.4";
	ASSERT_EQ(0, dyn_set(nl, &sa, DYNAMIC, list, 2));
	EXPECT_EQ(3, flows(nl));
}

TEST_F(dyn, many_selectors)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct to to[CRYPTOMAP_SELECTORS_MAX + 1];
	char dst[CRYPTOMAP_SELECTORS_MAX + 1][16];
	struct nl *nl = &self->nl;
	int i;

	for (i = 0; i <= CRYPTOMAP_SELECTORS_MAX; i++) {
		snprintf(dst[i], sizeof(dst[i]), "172.16.%d.1", i);
		to[i] = (struct to){ dst[i], NULL };
	}
	EXPECT_REFUSED(-E2BIG, "32 selectors", dyn_set(nl, &sa, DYNAMIC, to, 33));
	ASSERT_EQ(0, dyn_set(nl, &sa, DYNAMIC, to, 32));
	send_udp("172.16.0.1", 9);
	send_udp("172.16.31.1", 9);
	send_udp("172.16.32.1", 9);
	EXPECT_EQ(2, packets(nl, 0x1000, NULL));
}

TEST_F(dyn, refused)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, 0x1000 };
	struct to to = { "172.16.0.5", NULL };
	struct nl *nl = &self->nl;
	struct nl_msg *msg;
	struct nlattr *n;

	EXPECT_REFUSED(-EINVAL, "SA_SEL is missing", dyn_set(nl, &sa, DYNAMIC, &to, 0));
	EXPECT_REFUSED(-ENOENT, "no entry", dyn_set(nl, &sa, 11, &to, 1));
	EXPECT_REFUSED(-EINVAL, "not dynamic", dyn_set(nl, &sa, 10, &to, 1));
	EXPECT_REFUSED(-ERANGE, "1..65535", dyn_set(nl, &sa, 65536, &to, 1));
	sa.flow = flow_id(nl, "dummy0", 10, 10);
	EXPECT_REFUSED(-EINVAL, "stands alone", dyn_set(nl, &sa, DYNAMIC, &to, 1));
	sa.flow = 0;
	EXPECT_REFUSED(-EINVAL, "SA_FLOW is missing", sa_set(nl, &sa));
	sa.flags = CRYPTOMAP_SA_F_REKEY_ONLY;
	EXPECT_REFUSED(-ENOENT, "has no SA", dyn_set(nl, &sa, DYNAMIC, &to, 1));

	msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_SA);
	sa.flags = 0;
	put_sa(msg, &sa);
	nla_put_string(msg, CRYPTOMAP_SA_IFNAME, "dummy0");
	nla_nest_end(msg, n);
	EXPECT_REFUSED(-EINVAL, "both SA_IFNAME and SA_ENTRY", nl_talk(nl, msg));
	EXPECT_EQ(1, flows(nl));	/* no refusal leaves one */
}

/* What the list of a dynamic entry permits; what it does with packets. */
TEST_F(dyn, access_list)
{
	static const struct line lines[] = {
		{ 10, false, NULL, NULL, "172.16.9.0", "255.255.255.0", 0, 0, 0 },
		{ 20, true, NULL, NULL, "172.16.0.0", "255.255.0.0", 0, 0, 0 },
	};
	struct sa in = { CRYPTOMAP_DIR_IN, 0x2000 };
	struct to good = { "172.16.0.5", NULL }, denied = { "172.16.9.5", NULL };
	struct to wide = { "172.16.0.0", "255.255.0.0" }, other = { "172.17.0.5", NULL };
	struct nl *nl = &self->nl;

	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_ACL_SET, "d", lines, 2));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_DYNAMIC, "d"));
	EXPECT_REFUSED(-EACCES, "does not permit", dyn_set(nl, &in, DYNAMIC, &denied, 1));
	EXPECT_REFUSED(-EACCES, "does not permit", dyn_set(nl, &in, DYNAMIC, &wide, 1));
	EXPECT_REFUSED(-EACCES, "does not permit", dyn_set(nl, &in, DYNAMIC, &other, 1));
	in.flow = flow_id(nl, "dummy0", DYNAMIC, 20);
	EXPECT_REFUSED(-EINVAL, "dynamic", sa_set(nl, &in));
	in.flow = 0;
	EXPECT_EQ(2, flows(nl));

	/* a list keeps what it permits from leaving in clear */
	send_udp("172.16.0.5", 9);
	EXPECT_EQ(1, lost(nl, "no_sa"));
	ASSERT_EQ(0, dyn_set(nl, &in, DYNAMIC, &good, 1));
	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	send_udp("172.16.0.5", 9);
	send_udp("172.16.0.6", 9);
	send_udp("172.16.9.5", 9);
	EXPECT_EQ(1, packets(nl, 0x1000, NULL));
	EXPECT_EQ(2, lost(nl, "no_sa"));

	/* the list does not permit it any more */
	EXPECT_EQ(3, flows(nl));
	ASSERT_EQ(0, acl(nl, CRYPTOMAP_CMD_LINE_ADD, "d",
			 &(struct line){ 5, false, NULL, NULL, "172.16.0.5", NULL, 0, 0, 0 }, 1));
	EXPECT_EQ(2, flows(nl));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	EXPECT_EQ(CRYPTOMAP_TOMB_CONFIG, last_tomb(nl));
}

/* What happens to them when entry, map and binding change. */
TEST_F(dyn, configuration_changes)
{
	struct nl *nl = &self->nl;
	struct nl_msg *msg;

	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	/* others change, the map is replaced, the dynamic entry is still there */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", 20, CRYPTOMAP_ENTRY_T_MANUAL, "l"));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_DYNAMIC, NULL));
	msg = MAP(nl, CRYPTOMAP_CMD_MAP_SET, 0, "m");
	put_entry(msg, 30, CRYPTOMAP_ENTRY_T_ISAKMP, "l", "192.0.2.2");
	put_entry(msg, DYNAMIC, CRYPTOMAP_ENTRY_T_DYNAMIC, NULL, NULL);
	ASSERT_EQ(0, nl_talk(nl, msg));
	send_udp("172.16.0.5", 9);
	EXPECT_EQ(1, packets(nl, 0x1000, NULL));

	/* the entry goes */
	ASSERT_EQ(0, entry_del(nl, "m", DYNAMIC));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	EXPECT_EQ(1, flows(nl));
	EXPECT_EQ(CRYPTOMAP_TOMB_CONFIG, last_tomb(nl));

	/* it becomes another */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_DYNAMIC, NULL));
	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_ISAKMP, NULL));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));

	/* the map is another one without it, the binding goes */
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_ENTRY_SET, "m", DYNAMIC,
			 CRYPTOMAP_ENTRY_T_DYNAMIC, NULL));
	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	ASSERT_EQ(0, map(nl, CRYPTOMAP_CMD_MAP_SET, "n", 10, CRYPTOMAP_ENTRY_T_ISAKMP, "l"));
	ASSERT_EQ(0, bind_map(nl, "dummy0", "n"));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	ASSERT_EQ(0, bind_map(nl, "dummy0", "m"));
	ASSERT_EQ(0, out_to(nl, 0x1000, NULL, "172.16.0.5"));
	ASSERT_EQ(0, bind_map(nl, "dummy0", NULL));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	EXPECT_EQ(0, flows(nl));
}

/* --- levels --- */

static int set_level(struct nl *nl, int type, int level)
{
	struct nl_msg *msg = MAP(nl, CRYPTOMAP_CMD_ENTRY_SET, 0, "m");
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);

	nla_put_u32(msg, CRYPTOMAP_ENTRY_SEQ, 10);
	nla_put_u8(msg, CRYPTOMAP_ENTRY_TYPE, type);
	nla_put_string(msg, CRYPTOMAP_ENTRY_ACL, "l");
	nla_put_u8(msg, CRYPTOMAP_ENTRY_LEVEL, level);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* The flow of the next acquire, 0 when there is none. */
static uint32_t acquired(struct nl *events, struct nl_answer *a)
{
	if (nl_event(events, CRYPTOMAP_EV_ACQUIRE, a, 1000))
		return 0;
	return flow_num(a, CRYPTOMAP_FLOW_ID);
}

static uint64_t sel_num(struct nl_answer *a, int attr)
{
	return nl_num(nl_in(nl_in(nl_find(&a->nlh, CRYPTOMAP_A_FLOW),
				  CRYPTOMAP_FLOW_SEL), attr));
}

TEST_F(dyn, level_host)
{
	struct sa out = { CRYPTOMAP_DIR_OUT, 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct to pair = { "10.2.0.9", NULL }, wide = { "10.2.0.0", "255.255.255.0" };
	struct nl *nl = &self->nl;
	uint32_t one, two, line;
	struct nl_answer a;
	int i;

	EXPECT_REFUSED(-EINVAL, "ENTRY_LEVEL",
		       set_level(nl, CRYPTOMAP_ENTRY_T_MANUAL, CRYPTOMAP_LEVEL_HOST));
	EXPECT_REFUSED(-ERANGE, "0..2", set_level(nl, CRYPTOMAP_ENTRY_T_ISAKMP, 3));
	ASSERT_EQ(0, set_level(nl, CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_HOST));
	line = flow_id(nl, "dummy0", 10, 10);
	out.flow = line;
	EXPECT_REFUSED(-EINVAL, "ENTRY_LEVEL", sa_set(nl, &out));
	EXPECT_REFUSED(-EOPNOTSUPP, "parts", flow_cmd(nl, CRYPTOMAP_CMD_FLOW_INITIATE, line));

	/* each pair asks for itself, once, and its packets wait */
	send_udp("10.2.0.1", 9);
	one = acquired(&self->events, &a);
	ASSERT_NE(0, one);
	EXPECT_NE(line, one);
	EXPECT_EQ(line, flow_num(&a, CRYPTOMAP_FLOW_PART_OF));
	EXPECT_EQ(10, flow_num(&a, CRYPTOMAP_FLOW_LINE));
	EXPECT_EQ(inet_addr("10.1.0.1"), sel_num(&a, CRYPTOMAP_SEL_SRC));
	EXPECT_EQ(inet_addr("10.2.0.1"), sel_num(&a, CRYPTOMAP_SEL_DST));
	EXPECT_EQ(UINT64_MAX, sel_num(&a, CRYPTOMAP_SEL_DST_MASK));
	EXPECT_EQ(UINT64_MAX, sel_num(&a, CRYPTOMAP_SEL_PROTO));
	send_udp("10.2.0.1", 10);
	send_udp("10.2.0.2", 9);
	two = acquired(&self->events, &a);
	ASSERT_NE(0, two);
	EXPECT_NE(one, two);
	EXPECT_EQ(-ETIMEDOUT, nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 100));

	/* the SA is for the one pair, what waited leaves */
	out.flow = one;
	ASSERT_EQ(0, sa_set(nl, &out));
	EXPECT_EQ(2, packets(nl, 0x1000, NULL));
	send_udp("10.2.0.1", 9);
	send_udp("10.2.0.2", 9);
	EXPECT_EQ(3, packets(nl, 0x1000, NULL));
	ASSERT_EQ(0, flow_by_id(nl, two, &a));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_WAITING));
	ASSERT_EQ(0, flow_cmd(nl, CRYPTOMAP_CMD_ACQUIRE_FAIL, two));
	EXPECT_NE(0, flow_by_id(nl, two, &a));
	EXPECT_EQ(2, lost(nl, "no_sa"));

	/* the peer began: by place */
	out.flow = 0;
	out.spi = 0x1001;
	EXPECT_REFUSED(-EINVAL, "not one pair", dyn_set(nl, &out, 10, &wide, 1));
	ASSERT_EQ(0, dyn_set(nl, &out, 10, &pair, 1));
	send_udp("10.2.0.9", 9);
	EXPECT_EQ(1, packets(nl, 0x1001, NULL));

	/* with its last SA the part goes, and the next packet asks again */
	ASSERT_EQ(0, sa_del(nl, CRYPTOMAP_DIR_OUT, 0x1000, NULL));
	EXPECT_NE(0, flow_by_id(nl, one, &a));
	send_udp("10.2.0.1", 9);
	EXPECT_NE(0, acquired(&self->events, &a));

	/* not more than so many at once */
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_PAIRS, 3));
	for (i = 20; i < 26; i++) {
		char dst[16];

		snprintf(dst, sizeof(dst), "10.2.0.%d", i);
		send_udp(dst, 9);
	}
	for (i = 0; i < 200 && lost(nl, "acquire_limit") < 4; i++)
		poll(NULL, 0, 10);
	EXPECT_EQ(4, lost(nl, "acquire_limit"));

	/* another level: all parts go */
	ASSERT_EQ(0, set_level(nl, CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_LINE));
	EXPECT_EQ(1, flows(nl));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
}

TEST_F(dyn, level_connection)
{
	struct nl *nl = &self->nl;
	struct nl_answer a;
	int i;

	ASSERT_EQ(0, set_level(nl, CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_CONNECTION));
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_QUEUE_SECS, 1));
	send_udp("10.2.0.1", 9);
	ASSERT_NE(0, acquired(&self->events, &a));
	EXPECT_EQ(inet_addr("10.2.0.1"), sel_num(&a, CRYPTOMAP_SEL_DST));
	EXPECT_EQ(IPPROTO_UDP, sel_num(&a, CRYPTOMAP_SEL_PROTO));
	EXPECT_EQ(9, sel_num(&a, CRYPTOMAP_SEL_DPORT_LO));
	send_udp("10.2.0.1", 10);
	ASSERT_NE(0, acquired(&self->events, &a));
	EXPECT_EQ(10, sel_num(&a, CRYPTOMAP_SEL_DPORT_LO));
	EXPECT_EQ(3, flows(nl));

	/* nobody answers */
	for (i = 0; i < 1500 && flows(nl) > 1; i++)
		poll(NULL, 0, 10);
	EXPECT_EQ(1, flows(nl));
	EXPECT_EQ(2, lost(nl, "acquire_timeout"));
}

/* --- many --- */

#define MANY 5000
#define BATCH 100
#define YARD		50
#define NO_COMMAND	250

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Outbound SA number @i, to a host of its own. */
static size_t put_many(struct nl *nl, char *buf, uint32_t i)
{
	struct sa sa = { CRYPTOMAP_DIR_OUT, 0x10000 + i, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SA);
	char dst[16];
	struct to to = { dst, NULL };
	size_t len;

	snprintf(dst, sizeof(dst), "172.16.%u.%u", i / 256, i % 256);
	put_sa(msg, &sa);
	nla_put_string(msg, CRYPTOMAP_SA_IFNAME, "dummy0");
	nla_put_u32(msg, CRYPTOMAP_SA_ENTRY, DYNAMIC);
	put_sel(msg, &to);
	nla_nest_end(msg, nest);
	len = nlmsg_hdr(msg)->nlmsg_len;
	memcpy(buf, nlmsg_hdr(msg), len);
	nlmsg_free(msg);
	return NLMSG_ALIGN(len);
}

/* A batch in one message: the last is acknowledged, the others if refused. */
static int send_batch(struct nl *nl, uint32_t first, uint32_t count)
{
	static char buf[BATCH * 512];
	struct nlmsghdr *last = NULL;
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		last = (struct nlmsghdr *)(buf + len);
		len += put_many(nl, buf + len, first + i);
	}
	last->nlmsg_flags |= NLM_F_ACK;
	if (send(nl->fd, buf, len, 0) < 0)
		return -errno;
	return nl_receive(nl, NULL, NULL);
}

/* How long requests take that come to nothing: it is not only this test that is busy. */
static double yardstick(struct nl *nl)
{
	double begin = now();
	uint32_t i;

	for (i = 0; i < YARD; i++)
		nl_talk(nl, nl_request(nl, NO_COMMAND, 0));
	return now() - begin;
}

static double fastest(const double *secs, uint32_t count)
{
	double best = secs[0];

	while (count--)
		best = secs[count] < best ? secs[count] : best;
	return best;
}

/*
 * Linear: the last batches take about as long as the first (if each SA looked at
 * all others they would take ten times as long), in units of other requests at that
 * time, and the fastest of a few, since others may use the processor, too.
 */
TEST_F_TIMEOUT(dyn, many, 300)
{
	static double secs[MANY / BATCH], cost[MANY / BATCH];
	const uint32_t batches = MANY / BATCH, few = batches / 5;
	struct nl *nl = &self->nl;
	double begin = now(), end, gone;
	uint32_t i;

	for (i = 0; i < batches; i++) {
		secs[i] = now();
		ASSERT_EQ(0, send_batch(nl, i * BATCH, BATCH));
		secs[i] = now() - secs[i];
		cost[i] = secs[i] / yardstick(nl);
	}
	end = now();
	EXPECT_EQ(MANY + 1, flows(nl));
	EXPECT_EQ(MANY, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	send_udp("172.16.0.0", 9);
	send_udp("172.16.19.135", 9);
	EXPECT_EQ(1, packets(nl, 0x10000, NULL));
	EXPECT_EQ(1, packets(nl, 0x10000 + MANY - 1, NULL));
	ASSERT_EQ(0, nl_talk(nl, nl_request(nl, CRYPTOMAP_CMD_SA_FLUSH, 0)));
	gone = now();
	EXPECT_EQ(1, flows(nl));
	TH_LOG("%d SAs in %.1f s, removed in %.1f s; a batch of %d: %.0f ms at first, %.0f ms at last; as %.1f and %.1f times %d requests",
	       MANY, end - begin, gone - end, BATCH, 1000 * fastest(secs, few),
	       1000 * fastest(secs + batches - few, few), fastest(cost, few),
	       fastest(cost + batches - few, few), YARD);
	EXPECT_GT(2 * fastest(cost, few), fastest(cost + batches - few, few));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of SAs: activation, lifetimes, changes, tombstones, and the acquires
 * that ask for them. The scene is in nl_sa.h.
 */
#define _GNU_SOURCE
#include <poll.h>

#include "selftests/net/nl_sa.h"

/* --- rekeying --- */

TEST_F(sa, activation)
{
	struct sa old = OUT(self, .spi = 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE);
	struct sa new = OUT(self, .spi = 0x1001, .flags = CRYPTOMAP_SA_F_REKEY_ONLY);
	struct sa in1 = IN(self, .spi = 0x2000), in2 = IN(self, .spi = 0x2001);
	struct nl *nl = &self->nl;
	struct nl_answer a;
	uint32_t id;

	ASSERT_EQ(0, sa_set(nl, &in1));
	ASSERT_EQ(0, sa_set(nl, &old));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(CRYPTOMAP_FLOW_UP, flow_num(&a, CRYPTOMAP_FLOW_STATE));
	EXPECT_REFUSED(-EINVAL, "outbound",
		       sa_cmd(nl, CRYPTOMAP_CMD_SA_ACTIVATE, &in1, NULL));

	ASSERT_EQ(0, sa_set(nl, &in2));
	ASSERT_EQ(0, sa_set(nl, &new));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &new, &a));
	EXPECT_EQ(CRYPTOMAP_SA_INSTALLED, sa_num(&a, CRYPTOMAP_SA_STATE));
	id = sa_num(&a, CRYPTOMAP_SA_ID);
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_ACTIVATE, &new, NULL));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &old, &a));
	EXPECT_EQ(CRYPTOMAP_SA_OLD, sa_num(&a, CRYPTOMAP_SA_STATE));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &in1, &a));
	EXPECT_EQ(CRYPTOMAP_SA_ACTIVE, sa_num(&a, CRYPTOMAP_SA_STATE));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(id, flow_num(&a, CRYPTOMAP_FLOW_SA_OUT));

	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_DEL, &old, NULL));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_DEL, &in2, NULL));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &in1, &a));
	id = sa_num(&a, CRYPTOMAP_SA_ID);
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(id, flow_num(&a, CRYPTOMAP_FLOW_SA_IN));
	EXPECT_REFUSED(-ENOENT, "no such SA",
		       sa_cmd(nl, CRYPTOMAP_CMD_SA_DEL, &old, NULL));
	/* its owner's own command raises no event */
	EXPECT_EQ(-ETIMEDOUT, nl_event(&self->events, CRYPTOMAP_EV_SA_DELETED, &a, 100));
}

/* --- lifetimes --- */

static uint64_t event_num(struct nl_answer *a, int attr)
{
	return nl_num(nl_in(nl_find(&a->nlh, CRYPTOMAP_A_EVENT), attr));
}

struct tombs {
	int count;
	uint32_t spi;
	uint64_t reason;
};

static void see_tomb(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tomb = nl_find(nlh, CRYPTOMAP_A_TOMB);
	struct tombs *t = arg;

	t->count++;
	t->spi = ntohl(nl_num(nl_in(tomb, CRYPTOMAP_TOMB_SPI)));
	t->reason = nl_num(nl_in(tomb, CRYPTOMAP_TOMB_REASON));
}

TEST_F(sa, lifetime_by_seconds)
{
	struct sa in = IN(self, .spi = 0x2000, .soft_secs = 1, .hard_secs = 2);
	struct nl *nl = &self->nl;
	struct tombs tombs = { };
	struct nl_answer a;

	ASSERT_EQ(0, sa_set(nl, &in));
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_SOFT_EXPIRE, &a, 5000));
	EXPECT_EQ(CRYPTOMAP_CAUSE_SECS, event_num(&a, CRYPTOMAP_EVENT_CAUSE));
	EXPECT_EQ(htonl(0x2000), sa_num(&a, CRYPTOMAP_SA_SPI));
	EXPECT_EQ(CRYPTOMAP_SA_DYING, sa_num(&a, CRYPTOMAP_SA_STATE));
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_HARD_EXPIRE, &a, 5000));
	EXPECT_EQ(CRYPTOMAP_CAUSE_SECS, event_num(&a, CRYPTOMAP_EVENT_CAUSE));
	while (info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS))
		poll(NULL, 0, 10);
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_TOMB_GET, see_tomb, &tombs));
	EXPECT_EQ(1, tombs.count);
	EXPECT_EQ(0x2000, tombs.spi);
	EXPECT_EQ(CRYPTOMAP_TOMB_EXPIRED, tombs.reason);
}

TEST_F(sa, lifetime_by_packets)
{
	struct sa out = OUT(self, .spi = 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE,
			    .hard_pkts = 3);
	struct nl *nl = &self->nl;
	struct nl_answer a;
	int i;

	ASSERT_EQ(0, sa_set(nl, &out));
	for (i = 0; i < 3; i++)
		send_udp("10.2.0.1", 9);
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_HARD_EXPIRE, &a, 5000));
	EXPECT_EQ(CRYPTOMAP_CAUSE_PKTS, event_num(&a, CRYPTOMAP_EVENT_CAUSE));
	EXPECT_EQ(3, sa_num(&a, CRYPTOMAP_SA_PACKETS));
	while (info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS))
		poll(NULL, 0, 10);
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(3, flow_num(&a, CRYPTOMAP_FLOW_ENCAPS));
	EXPECT_NE(CRYPTOMAP_FLOW_UP, flow_num(&a, CRYPTOMAP_FLOW_STATE));
}

TEST_F(sa, lifetime_by_kilobytes)
{
	struct sa out = OUT(self, .spi = 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE);
	const int length = 20 + 8 + 1;	/* of a packet of send_udp() */
	struct nl *nl = &self->nl;
	struct nl_answer a;
	int i;

	ASSERT_EQ(0, sa_with(nl, &out, CRYPTOMAP_SA_HARD_KB, 1, 8));
	for (i = 0; i < 2 * 1024 / length; i++)
		send_udp("10.2.0.1", 9);
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_HARD_EXPIRE, &a, 5000));
	EXPECT_EQ(CRYPTOMAP_CAUSE_KB, event_num(&a, CRYPTOMAP_EVENT_CAUSE));
	EXPECT_LE(1024, sa_num(&a, CRYPTOMAP_SA_BYTES));
	EXPECT_GT(1024 + length, sa_num(&a, CRYPTOMAP_SA_BYTES));
}

TEST_F(sa, sequence_numbers_end)
{
	struct sa out = OUT(self, .spi = 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE);
	struct tombs tombs = {};
	struct nl *nl = &self->nl;
	struct nl_answer a;

	ASSERT_EQ(0, sa_with(nl, &out, CRYPTOMAP_SA_SEQ, 0xfffffffe, 8));
	send_udp("10.2.0.1", 9);
	EXPECT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_SEQ_NEAR_END, &a, 1000));
	send_udp("10.2.0.1", 9);
	EXPECT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_SEQ_EXHAUSTED, &a, 1000));
	EXPECT_EQ(CRYPTOMAP_SA_DEAD, sa_num(&a, CRYPTOMAP_SA_STATE));
	EXPECT_EQ(1, sa_num(&a, CRYPTOMAP_SA_PACKETS));

	/* it goes, so that what comes next asks for another */
	while (info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS))
		poll(NULL, 0, 10);
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_TOMB_GET, see_tomb, &tombs));
	EXPECT_EQ(0x1000, tombs.spi);
	EXPECT_EQ(CRYPTOMAP_TOMB_EXPIRED, tombs.reason);
	send_udp("10.2.0.1", 9);
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_ENCAPS));
	EXPECT_EQ(variant->type == CRYPTOMAP_ENTRY_T_ISAKMP,
		  flow_num(&a, CRYPTOMAP_FLOW_ACQUIRES));
}

static int move_sa(struct nl *nl, uint32_t id, const char *peer)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_UPDATE, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	nla_put_u32(msg, CRYPTOMAP_SA_ID, id);
	nl_put_ip(msg, CRYPTOMAP_SA_DST, peer);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

TEST_F(sa, move)
{
	struct sa sa = OUT(self, .spi = 0x1000);
	struct sa other = OUT(self, .spi = 0x1000, .peer = "192.0.2.3");
	struct sa moved = OUT(self, .spi = 0x1000, .peer = "192.0.2.4");
	struct nl *nl = &self->nl;
	struct nl_answer a;
	uint32_t id;

	ASSERT_EQ(0, sa_set(nl, &sa));
	ASSERT_EQ(0, sa_set(nl, &other));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a));
	id = sa_num(&a, CRYPTOMAP_SA_ID);
	EXPECT_REFUSED(-EEXIST, "there is an SA", move_sa(nl, id, "192.0.2.3"));
	EXPECT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a));

	ASSERT_EQ(0, move_sa(nl, id, "192.0.2.4"));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &moved, &a));
	EXPECT_EQ(id, sa_num(&a, CRYPTOMAP_SA_ID));
	EXPECT_NE(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a));
	EXPECT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &other, &a));
}

TEST_F(sa, update)
{
	struct sa in = IN(self, .spi = 0x2000, .hard_secs = 3600);
	struct nl *nl = &self->nl;
	struct nl_answer a;
	struct nl_msg *msg;
	struct nlattr *n;

	ASSERT_EQ(0, sa_set(nl, &in));
	msg = nl_request(nl, CRYPTOMAP_CMD_SA_UPDATE, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_SA);
	put_sa_key(msg, &in);
	nla_put_u32(msg, CRYPTOMAP_SA_OWNER, 9);
	nla_put_u64(msg, CRYPTOMAP_SA_HARD_KB, 1000);
	nla_nest_end(msg, n);
	ASSERT_EQ(0, nl_talk(nl, msg));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &in, &a));
	EXPECT_EQ(9, sa_num(&a, CRYPTOMAP_SA_OWNER));
	EXPECT_EQ(1000, sa_num(&a, CRYPTOMAP_SA_HARD_KB));
	EXPECT_LE(3590, sa_num(&a, CRYPTOMAP_SA_HARD_SECS));
	EXPECT_GE(3600, sa_num(&a, CRYPTOMAP_SA_HARD_SECS));

	msg = nl_request(nl, CRYPTOMAP_CMD_SA_UPDATE, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_SA);
	put_sa_key(msg, &in);
	nla_put_u32(msg, CRYPTOMAP_SA_HARD_SECS, 1);
	nla_nest_end(msg, n);
	ASSERT_EQ(0, nl_talk(nl, msg));
	EXPECT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_HARD_EXPIRE, &a, 5000));
}

/* --- many --- */

static int flush(struct nl *nl, int attr, uint32_t val, int reason)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_FLUSH, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_FILTER);

	if (attr)
		nla_put_u32(msg, attr, val);
	if (reason)
		nla_put_u8(msg, CRYPTOMAP_FILTER_REASON, reason);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

TEST_F_TIMEOUT(sa, flush_by_filter, 120)
{
	struct nl *nl = &self->nl;
	struct tombs tombs = { };
	int i, seen = 0;

	for (i = 0; i < 300; i++) {
		struct sa sa = IN(self, .spi = 0x2000 + i, .owner = i % 3);

		ASSERT_EQ(0, sa_set(nl, &sa));
	}
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_SA_GET, count_one, &seen));
	EXPECT_EQ(300, seen);
	EXPECT_FALSE(nl->intr);
	EXPECT_REFUSED(-EINVAL, "FILTER_MAP", flush(nl, CRYPTOMAP_FILTER_SEQ, 1, 0));
	ASSERT_EQ(0, flush(nl, CRYPTOMAP_FILTER_OWNER, 1, CRYPTOMAP_TOMB_DPD));
	EXPECT_EQ(200, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_TOMB_GET, see_tomb, &tombs));
	EXPECT_EQ(100, tombs.count);
	EXPECT_EQ(CRYPTOMAP_TOMB_DPD, tombs.reason);
	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_TOMBS, 7));
	ASSERT_EQ(0, flush(nl, CRYPTOMAP_FILTER_FLOW, self->flow, 0));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	tombs.count = 0;
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_TOMB_GET, see_tomb, &tombs));
	EXPECT_EQ(7, tombs.count);
	EXPECT_EQ(CRYPTOMAP_TOMB_FLUSHED, tombs.reason);
}

/* --- acquires --- */

TEST_F(sa, acquire)
{
	struct nl *nl = &self->nl;
	struct nlattr *pkt;
	struct nl_answer a;
	uint32_t dst;
	int count = 0;

	send_udp("10.2.0.1", 4321);
	if (variant->type == CRYPTOMAP_ENTRY_T_MANUAL) {
		EXPECT_EQ(-ETIMEDOUT,
			  nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 200));
		EXPECT_REFUSED(-EOPNOTSUPP, "manual",
			       flow_cmd(nl, CRYPTOMAP_CMD_FLOW_INITIATE, self->flow));
		return;
	}
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 1000));
	EXPECT_EQ(self->flow, flow_num(&a, CRYPTOMAP_FLOW_ID));
	EXPECT_EQ(0xc00c1e000000000aULL, flow_num(&a, CRYPTOMAP_FLOW_COOKIE));
	inet_pton(AF_INET, "192.0.2.2", &dst);
	EXPECT_EQ(dst, flow_num(&a, CRYPTOMAP_FLOW_PEER));
	pkt = nl_in(nl_find(&a.nlh, CRYPTOMAP_A_FLOW), CRYPTOMAP_FLOW_PKT_SEL);
	ASSERT_NE(NULL, pkt);
	EXPECT_EQ(IPPROTO_UDP, nl_num(nl_in(pkt, CRYPTOMAP_SEL_PROTO)));
	EXPECT_EQ(4321, nl_num(nl_in(pkt, CRYPTOMAP_SEL_DPORT_LO)));

	/* once per flow; the packets wait */
	send_udp("10.2.0.1", 4321);
	EXPECT_EQ(-ETIMEDOUT, nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 200));
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ACQUIRE_GET, count_one, &count));
	EXPECT_EQ(1, count);
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(CRYPTOMAP_FLOW_ACQUIRE, flow_num(&a, CRYPTOMAP_FLOW_STATE));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_WAITING));
	EXPECT_EQ(1, flow_num(&a, CRYPTOMAP_FLOW_ACQUIRES));

	ASSERT_EQ(0, flow_cmd(nl, CRYPTOMAP_CMD_ACQUIRE_FAIL, self->flow));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(CRYPTOMAP_FLOW_IDLE, flow_num(&a, CRYPTOMAP_FLOW_STATE));
	EXPECT_EQ(0, flow_num(&a, CRYPTOMAP_FLOW_WAITING));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
	EXPECT_REFUSED(-ENOENT, "no such flow",
		       flow_cmd(nl, CRYPTOMAP_CMD_ACQUIRE_FAIL, 99999));
	ASSERT_EQ(0, flow_cmd(nl, CRYPTOMAP_CMD_FLOW_INITIATE, self->flow));
	EXPECT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_ACQUIRE, &a, 1000));
}

/* What waited leaves when the SA comes. */
TEST_F(sa, waiting_packets_leave)
{
	struct sa out = OUT(self, .spi = 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE);
	struct nl *nl = &self->nl;
	struct nl_answer a;

	if (variant->type == CRYPTOMAP_ENTRY_T_MANUAL)
		return;
	send_udp("10.2.0.1", 9);
	send_udp("10.2.0.1", 9);
	ASSERT_EQ(0, sa_set(nl, &out));
	ASSERT_EQ(0, flow_get(nl, "dummy0", 10, 10, &a));
	EXPECT_EQ(0, flow_num(&a, CRYPTOMAP_FLOW_WAITING));
	EXPECT_EQ(2, flow_num(&a, CRYPTOMAP_FLOW_ENCAPS));
	EXPECT_EQ(0, flow_num(&a, CRYPTOMAP_FLOW_SEND_ERRORS));
}

/* Every event has the number after the one before it. */
TEST_F(sa, events_are_numbered)
{
	struct nl *nl = &self->nl;
	uint64_t before, now;
	struct nl_answer a;
	int i;

	ASSERT_EQ(0, bind_map(nl, "dummy1", "m"));
	ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_CONFIG, &a, 1000));
	before = event_num(&a, CRYPTOMAP_EVENT_NUM);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, bind_map(nl, "dummy1", i % 2 ? "m" : NULL));
		ASSERT_EQ(0, nl_event(&self->events, CRYPTOMAP_EV_CONFIG, &a, 1000));
		now = event_num(&a, CRYPTOMAP_EVENT_NUM);
		EXPECT_EQ(before + 1, now);
		before = now;
	}
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_EVENTS_LOST));
}

TEST_HARNESS_MAIN

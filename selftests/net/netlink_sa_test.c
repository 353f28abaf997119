// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SPIs, SAs, lifetimes, tombstones, acquires: every command of theirs, asked
 * rightly and wrongly. Each test has a network namespace of its own.
 *
 *   dummy0 10.1.0.1/24, 192.0.2.1/24, default route   - bound interface
 */
#define _GNU_SOURCE
#include <poll.h>
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

#define EXPECT_REFUSED(err, part, call) do {				\
	EXPECT_EQ((err), (call));					\
	EXPECT_NE(NULL, strstr(self->nl.text, part)) {			\
		TH_LOG("text: \"%s\", wanted: \"%s\"", self->nl.text, part); \
	}								\
} while (0)

#define OUT(self, ...) { CRYPTOMAP_DIR_OUT, .flow = (self)->flow, ## __VA_ARGS__ }
#define IN(self, ...) { CRYPTOMAP_DIR_IN, .flow = (self)->flow, ## __VA_ARGS__ }

static void count_one(struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(*(int *)arg)++;
}

/* --- SPIs --- */

/* SPI_ALLOC between @lo and @hi: 0 or negative errno, the answer in @a. */
static int spi_alloc(struct nl *nl, uint32_t lo, uint32_t hi, struct nl_answer *a)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SPI_ALLOC, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	nl_put_ip(msg, CRYPTOMAP_SA_SRC, "192.0.2.2");
	nl_put_ip(msg, CRYPTOMAP_SA_DST, "192.0.2.1");
	nla_put_u32(msg, CRYPTOMAP_SA_SPI_MIN, lo);
	nla_put_u32(msg, CRYPTOMAP_SA_SPI_MAX, hi);
	nla_nest_end(msg, n);
	return nl_ask(nl, msg, a);
}

TEST_F(sa, spi_alloc)
{
	struct nl *nl = &self->nl;
	struct sa sa = IN(self);
	struct nl_answer a;
	uint32_t id;
	int i;

	EXPECT_REFUSED(-ERANGE, "SA_SPI_MIN, SA_SPI_MAX is out of range: 256..4294967295",
		       spi_alloc(nl, 255, 1000, &a));
	EXPECT_REFUSED(-EINVAL, "above", spi_alloc(nl, 1001, 1000, &a));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, spi_alloc(nl, 1000, 1003, &a));
		sa.spi = ntohl(sa_num(&a, CRYPTOMAP_SA_SPI));
		EXPECT_LE(1000, sa.spi);
		EXPECT_GE(1003, sa.spi);
		EXPECT_EQ(CRYPTOMAP_SA_LARVAL, sa_num(&a, CRYPTOMAP_SA_STATE));
	}
	EXPECT_REFUSED(-EBUSY, "no free SPI", spi_alloc(nl, 1000, 1003, &a));
	EXPECT_EQ(4, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LARVAL));

	/* the SA that comes keeps the id of the reserved SPI */
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a));
	id = sa_num(&a, CRYPTOMAP_SA_ID);
	ASSERT_EQ(0, sa_set(nl, &sa));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &sa, &a));
	EXPECT_EQ(id, sa_num(&a, CRYPTOMAP_SA_ID));
	EXPECT_EQ(CRYPTOMAP_SA_ACTIVE, sa_num(&a, CRYPTOMAP_SA_STATE));
	EXPECT_EQ(3, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LARVAL));
	EXPECT_EQ(1, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
}

TEST_F(sa, reserved_spi_times_out)
{
	struct nl *nl = &self->nl;
	struct nl_answer a;
	int tries;

	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_LARVAL_SECS, 1));
	ASSERT_EQ(0, spi_alloc(nl, 1000, 1000, &a));
	for (tries = 0; tries < 500; tries++) {
		if (!info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LARVAL))
			break;
		poll(NULL, 0, 10);
	}
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_LARVAL));
}

/* --- SA_SET --- */

TEST_F(sa, fields)
{
	struct sa out = OUT(self, .spi = 0x12345678, .owner = 7, .hard_secs = 1000,
			    .soft_secs = 900);
	struct nl *nl = &self->nl;
	uint8_t key[8];
	struct nl_answer a;

	ASSERT_EQ(0, sa_set(nl, &out));
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &out, &a));
	EXPECT_EQ(CRYPTOMAP_DIR_OUT, sa_num(&a, CRYPTOMAP_SA_DIR));
	EXPECT_EQ(IPPROTO_ESP, sa_num(&a, CRYPTOMAP_SA_PROTO));
	EXPECT_EQ(htonl(0x12345678), sa_num(&a, CRYPTOMAP_SA_SPI));
	EXPECT_EQ(CRYPTOMAP_SA_INSTALLED, sa_num(&a, CRYPTOMAP_SA_STATE));
	EXPECT_EQ(CRYPTOMAP_MODE_TUNNEL, sa_num(&a, CRYPTOMAP_SA_MODE));
	EXPECT_EQ(self->flow, sa_num(&a, CRYPTOMAP_SA_FLOW));
	EXPECT_EQ(7, sa_num(&a, CRYPTOMAP_SA_OWNER));
	EXPECT_EQ(0x5a00000012345678ULL, sa_num(&a, CRYPTOMAP_SA_COOKIE));
	EXPECT_EQ(CRYPTOMAP_ENCR_AES_CBC, sa_num(&a, CRYPTOMAP_SA_ENCR));
	EXPECT_EQ(128, sa_num(&a, CRYPTOMAP_SA_ENCR_BITS));
	EXPECT_EQ(CRYPTOMAP_AUTH_HMAC_SHA1_96, sa_num(&a, CRYPTOMAP_SA_AUTH));
	EXPECT_EQ(0, sa_num(&a, CRYPTOMAP_SA_SEQ));
	EXPECT_GE(1000, sa_num(&a, CRYPTOMAP_SA_HARD_SECS));
	EXPECT_LE(990, sa_num(&a, CRYPTOMAP_SA_HARD_SECS));
	EXPECT_EQ(0, sa_num(&a, CRYPTOMAP_SA_HARD_KB));
	EXPECT_NE(NULL, nl_in(nl_find(&a.nlh, CRYPTOMAP_A_SA), CRYPTOMAP_SA_SEL));
	EXPECT_NE(NULL, nl_in(nl_find(&a.nlh, CRYPTOMAP_A_SA), CRYPTOMAP_SA_DRIVER));
	/* the key is nowhere in the answer */
	memset(key, KEY_BYTE, sizeof(key));
	EXPECT_EQ(NULL, memmem(a.buf, a.nlh.nlmsg_len, key, sizeof(key)));
	EXPECT_EQ(NULL, nl_in(nl_find(&a.nlh, CRYPTOMAP_A_SA), CRYPTOMAP_SA_ENCR_KEY));
}

/* SA_SET of @sa with one attribute more; of two the last counts. */
static int sa_with(struct nl *nl, const struct sa *sa, int attr, uint64_t val, int size)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa(msg, sa);
	nla_put(msg, attr, size, &val);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

TEST_F_TIMEOUT(sa, refusals, 120)
{
	const struct sa out = OUT(self, .spi = 0x1000);
	const struct sa in = IN(self, .spi = 0x1000);
	const struct {
		const struct sa *sa;
		int attr, size;
		uint64_t val;
		int err;
		const char *part;
	} bad[] = {
		{ &out, CRYPTOMAP_SA_SPI, 4, htonl(255), -ERANGE,
		  "SA_SPI is out of range: 256..4294967295" },
		{ &out, CRYPTOMAP_SA_DIR, 1, 2, -ERANGE, "SA_DIR is out of range: 0..1" },
		{ &out, CRYPTOMAP_SA_PROTO, 1, 17, -EPROTONOSUPPORT, "SA_PROTO" },
		{ &out, CRYPTOMAP_SA_PROTO, 1, IPPROTO_AH, -EPROTONOSUPPORT, "FEATURE_AH" },
		{ &out, CRYPTOMAP_SA_MODE, 1, 2, -EOPNOTSUPP, "SA_MODE" },
		{ &out, CRYPTOMAP_SA_SRC, 4, 0, -EINVAL, "unicast" },
		{ &out, CRYPTOMAP_SA_DST, 4, htonl(0xe0000001), -EINVAL, "unicast" },
		{ &out, CRYPTOMAP_SA_DST, 8, 1, -EINVAL, "4 bytes" },
		{ &out, CRYPTOMAP_SA_FLOW, 4, 0, -ERANGE, "SA_FLOW" },
		{ &out, CRYPTOMAP_SA_FLOW, 4, 99999, -ENOENT, "no flow" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, 64, -EINVAL, "SA_FLAGS" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_NO_REPLAY, -EINVAL, "inbound" },
		{ &in, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_ACTIVATE, -EINVAL, "ACTIVATE" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_REKEY_ONLY, -ENOENT,
		  "REKEY_ONLY" },
		{ &out, CRYPTOMAP_SA_ENCR, 2, 999, -EOPNOTSUPP, "SA_ENCR" },
		{ &out, CRYPTOMAP_SA_AUTH, 2, 999, -EOPNOTSUPP, "SA_AUTH" },
		{ &out, CRYPTOMAP_SA_AUTH, 2, CRYPTOMAP_AUTH_HMAC_SHA2_256_128, -EINVAL,
		  "SA_AUTH_KEY" },
		{ &out, CRYPTOMAP_SA_ENCR_KEY, 8, 1, -EINVAL, "SA_ENCR_KEY" },
		{ &out, CRYPTOMAP_SA_ENCR, 2, CRYPTOMAP_ENCR_AES_GCM_16, -EINVAL, "" },
		{ &out, CRYPTOMAP_SA_AUTH, 2, CRYPTOMAP_AUTH_NONE, -EINVAL, "" },
		{ &in, CRYPTOMAP_SA_WINDOW, 4, 16, -ERANGE,
		  "SA_WINDOW is out of range: 32..4096, a multiple of 32" },
		{ &in, CRYPTOMAP_SA_WINDOW, 4, 4128, -ERANGE, "SA_WINDOW" },
		{ &in, CRYPTOMAP_SA_WINDOW, 4, 65, -ERANGE, "SA_WINDOW" },
		{ &out, CRYPTOMAP_SA_WINDOW, 4, 64, -EINVAL, "inbound" },
		{ &in, CRYPTOMAP_SA_DF, 1, 1, -EINVAL, "outbound" },
		{ &out, CRYPTOMAP_SA_DF, 1, 3, -ERANGE, "SA_DF is out of range: 0..2" },
		{ &out, CRYPTOMAP_SA_SEQ, 8, 1ULL << 32, -ERANGE, "SA_SEQ" },
		{ &out, CRYPTOMAP_SA_ENCAP_SPORT, 2, htons(4500), -EINVAL,
		  "both SA_ENCAP_SPORT and SA_ENCAP_DPORT" },
		{ &in, CRYPTOMAP_SA_ENCAP_DPORT, 2, htons(4500), -EINVAL, "both" },
		{ &out, CRYPTOMAP_SA_ENCAP_DPORT, 2, 0, -ERANGE, "1..65535" },
		{ &out, CRYPTOMAP_SA_IDLE_SECS, 4, 59, -ERANGE, "60..86400" },
		{ &out, CRYPTOMAP_SA_SPI_MIN, 4, 4096, -EINVAL, "does not take" },
		{ &out, CRYPTOMAP_SA_ID, 4, 1, -EINVAL, "does not take" },
	};
	struct sa life = OUT(self, .spi = 0x1000, .soft_secs = 10, .hard_secs = 9);
	struct nl *nl = &self->nl;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(bad[i].err, sa_with(nl, bad[i].sa, bad[i].attr, bad[i].val,
					      bad[i].size)) {
			TH_LOG("row %zu: %s", i, nl->text);
		}
		EXPECT_NE(0, nl->text[0]);
		EXPECT_NE(NULL, strstr(nl->text, bad[i].part)) {
			TH_LOG("row %zu: text \"%s\"", i, nl->text);
		}
	}
	EXPECT_REFUSED(-EINVAL, "soft", sa_set(nl, &life));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	ASSERT_EQ(0, sa_set(nl, &out));
	EXPECT_REFUSED(-EEXIST, "there is an SA", sa_set(nl, &out));
}

/*
 * SA_SET of @sa with these transforms and as many bytes of key; without SA_AUTH
 * where @auth is negative.
 */
static int sa_alg(struct nl *nl, const struct sa *sa, int encr, int encr_len,
		  int auth, int auth_len)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);
	uint8_t key[64];

	memset(key, KEY_BYTE, sizeof(key));
	put_sa_ends(msg, sa);
	nla_put_u16(msg, CRYPTOMAP_SA_ENCR, encr);
	nla_put(msg, CRYPTOMAP_SA_ENCR_KEY, encr_len, key);
	if (auth >= 0)
		nla_put_u16(msg, CRYPTOMAP_SA_AUTH, auth);
	if (auth_len)
		nla_put(msg, CRYPTOMAP_SA_AUTH_KEY, auth_len, key);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* Transforms that do not go together and keys of wrong length: refused by name. */
TEST_F(sa, refused_algorithms)
{
	static const struct {
		int encr, encr_len, auth, auth_len;
		const char *part;
	} bad[] = {
		{ CRYPTOMAP_ENCR_AES_GCM_8, 20, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20,
		  "aes-gcm-8 is a combined mode" },
		{ CRYPTOMAP_ENCR_AES_CCM_12, 19, CRYPTOMAP_AUTH_AES_XCBC_96, 16,
		  "aes-ccm-12 is a combined mode" },
		{ CRYPTOMAP_ENCR_NULL_AES_GMAC, 20, CRYPTOMAP_AUTH_AES_CMAC_96, 16,
		  "null-aes-gmac is a combined mode" },
		{ CRYPTOMAP_ENCR_CHACHA20_POLY1305, 36, CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 32,
		  "chacha20-poly1305 is a combined mode" },
		{ CRYPTOMAP_ENCR_AES_CTR, 20, CRYPTOMAP_AUTH_NONE, 0,
		  "aes-ctr needs an integrity algorithm" },
		{ CRYPTOMAP_ENCR_AES_CTR, 20, -1, 0,
		  "aes-ctr needs an integrity algorithm" },
		{ CRYPTOMAP_ENCR_NULL, 0, -1, 0, "null needs an integrity algorithm" },
		{ CRYPTOMAP_ENCR_AES_CTR, 16, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20,
		  "aes-ctr is 20, 28 or 36 bytes" },
		{ CRYPTOMAP_ENCR_AES_GCM_12, 16, -1, 0, "aes-gcm-12 is 20, 28 or 36 bytes" },
		{ CRYPTOMAP_ENCR_AES_CCM_8, 20, -1, 0, "aes-ccm-8 is 19, 27 or 35 bytes" },
		{ CRYPTOMAP_ENCR_AES_CCM_16, 0, -1, 0, "aes-ccm-16 is 19, 27 or 35 bytes" },
		{ CRYPTOMAP_ENCR_NULL_AES_GMAC, 24, -1, 0,
		  "null-aes-gmac is 20, 28 or 36 bytes" },
		{ CRYPTOMAP_ENCR_CHACHA20_POLY1305, 32, -1, 0,
		  "chacha20-poly1305 is 36 bytes" },
		{ CRYPTOMAP_ENCR_CHACHA20_POLY1305, 20, -1, 0,
		  "chacha20-poly1305 is 36 bytes" },
		{ CRYPTOMAP_ENCR_AES_CBC, 16, CRYPTOMAP_AUTH_AES_XCBC_96, 20,
		  "aes-xcbc-96 is 16 bytes" },
		{ CRYPTOMAP_ENCR_AES_CBC, 16, CRYPTOMAP_AUTH_AES_CMAC_96, 12,
		  "aes-cmac-96 is 16 bytes" },
		{ CRYPTOMAP_ENCR_AES_GCM_16, 20, -1, 16, "SA_AUTH_KEY needs the algorithm" },
	};
	const struct sa out = OUT(self, .spi = 0x1000);
	struct nl *nl = &self->nl;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_REFUSED(-EINVAL, bad[i].part,
			       sa_alg(nl, &out, bad[i].encr, bad[i].encr_len,
				      bad[i].auth, bad[i].auth_len));
	EXPECT_EQ(0, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
}

struct alg_walk {
	struct nl *nl;
	struct { int kind, id, bytes, salt, flags; bool driver; } row[64];
	int rows;
};

static void keep_alg(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *alg = nl_find(nlh, CRYPTOMAP_A_ALG);
	struct nlattr *keys = nl_in(alg, CRYPTOMAP_ALG_KEY_BITS);
	struct alg_walk *w = arg;
	int i = w->rows++;

	if (!alg || i >= 64)
		return;
	w->row[i].kind = nl_num(nl_in(alg, CRYPTOMAP_ALG_KIND));
	w->row[i].id = nl_num(nl_in(alg, CRYPTOMAP_ALG_ID));
	w->row[i].salt = nl_num(nl_in(alg, CRYPTOMAP_ALG_SALT));
	w->row[i].flags = nl_num(nl_in(alg, CRYPTOMAP_ALG_FLAGS));
	w->row[i].driver = nl_in(alg, CRYPTOMAP_ALG_DRIVER);
	if (keys)	/* the longest is the last */
		w->row[i].bytes = ((uint16_t *)nla_data(keys))[nla_len(keys) / 2 - 1] / 8;
}

/* F-109: what is said to be there can be had, what is not cannot. */
TEST_F_TIMEOUT(sa, algorithms_on_offer, 120)
{
	struct sa out = OUT(self, .spi = 0x1000);
	struct nl *nl = &self->nl;
	struct alg_walk w = { };
	int i, err, encr, auth, encr_len, auth_len;

	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ALG_GET, keep_alg, &w));
	ASSERT_EQ(13 + 8, w.rows);
	for (i = 0; i < w.rows; i++) {
		encr = CRYPTOMAP_ENCR_NULL;
		auth = CRYPTOMAP_AUTH_HMAC_SHA2_256_128;
		encr_len = 0;
		auth_len = 32;
		if (w.row[i].kind == CRYPTOMAP_ALG_K_ENCR) {
			encr = w.row[i].id;
			encr_len = w.row[i].bytes + w.row[i].salt;
			if (w.row[i].flags & CRYPTOMAP_ALG_F_COMBINED)
				auth = -1, auth_len = 0;
		} else {
			auth = w.row[i].id;
			auth_len = w.row[i].bytes;
		}
		err = sa_alg(nl, &out, encr, encr_len, auth, auth_len);
		EXPECT_EQ(w.row[i].driver ? 0 : -EOPNOTSUPP, err) {
			TH_LOG("kind %d, number %d: %s", w.row[i].kind,
			       w.row[i].id, nl->text);
		}
		out.spi++;
	}
}

/* The largest SA there is fits into its answers. */
TEST_F(sa, many_selectors)
{
	const struct sa in = IN(self, .spi = 0x2000);
	struct nl *nl = &self->nl;
	struct nlattr *n, *sel;
	struct nl_msg *msg;
	struct nl_answer a;
	int count, i, rem;

	for (count = CRYPTOMAP_SELECTORS_MAX + 1; count >= CRYPTOMAP_SELECTORS_MAX;
	     count--) {
		msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
		n = nla_nest_start(msg, CRYPTOMAP_A_SA);
		put_sa(msg, &in);
		nla_put_u32(msg, CRYPTOMAP_SA_WINDOW, CRYPTOMAP_WINDOW_MAX);
		for (i = 0; i < count; i++) {
			sel = nla_nest_start(msg, CRYPTOMAP_SA_SEL);
			nl_put_ip(msg, CRYPTOMAP_SEL_SRC, "10.1.0.0");
			nl_put_ip(msg, CRYPTOMAP_SEL_SRC_MASK, "255.255.0.0");
			nl_put_ip(msg, CRYPTOMAP_SEL_DST, "10.2.0.0");
			nl_put_ip(msg, CRYPTOMAP_SEL_DST_MASK, "255.255.0.0");
			nla_put_u8(msg, CRYPTOMAP_SEL_PROTO, IPPROTO_UDP);
			nla_put_u16(msg, CRYPTOMAP_SEL_DPORT_LO, i);
			nla_nest_end(msg, sel);
		}
		nla_nest_end(msg, n);
		if (count > CRYPTOMAP_SELECTORS_MAX)
			EXPECT_REFUSED(-E2BIG, "32 selectors", nl_talk(nl, msg));
		else
			ASSERT_EQ(0, nl_talk(nl, msg));
	}
	ASSERT_EQ(0, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &in, &a));
	n = nl_find(&a.nlh, CRYPTOMAP_A_SA);
	ASSERT_NE(NULL, n);
	count = 0;
	nla_for_each_nested(sel, n, rem)
		count += nla_type(sel) == CRYPTOMAP_SA_SEL;
	EXPECT_EQ(CRYPTOMAP_SELECTORS_MAX, count);
	EXPECT_EQ(CRYPTOMAP_WINDOW_MAX / 8, nla_len(nl_in(n, CRYPTOMAP_SA_BITMAP)));
	count = 0;
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_SA_GET, count_one, &count));
	EXPECT_EQ(1, count);
}

/* Each attribute that SA_SET needs, left out. */
TEST_F(sa, missing_attributes)
{
	static const struct {
		int attr;
		const char *name;
	} need[] = {
		{ CRYPTOMAP_SA_DIR, "SA_DIR" }, { CRYPTOMAP_SA_SPI, "SA_SPI" },
		{ CRYPTOMAP_SA_SRC, "SA_SRC" }, { CRYPTOMAP_SA_DST, "SA_DST" },
		{ CRYPTOMAP_SA_FLOW, "SA_FLOW" }, { CRYPTOMAP_SA_ENCR, "SA_ENCR" },
	};
	const struct sa out = OUT(self, .spi = 0x1000);
	struct nl *nl = &self->nl;
	struct nlattr *n, *attr;
	struct nl_msg *msg, *all;
	size_t i;
	int rem;

	for (i = 0; i < sizeof(need) / sizeof(need[0]); i++) {
		all = nlmsg_alloc_size(4096);
		put_sa(all, &out);
		msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
		n = nla_nest_start(msg, CRYPTOMAP_A_SA);
		nla_for_each_attr(attr, (struct nlattr *)nlmsg_data(nlmsg_hdr(all)),
				  nlmsg_datalen(nlmsg_hdr(all)), rem)
			if (nla_type(attr) != need[i].attr)
				nla_put(msg, nla_type(attr), nla_len(attr),
					nla_data(attr));
		nla_nest_end(msg, n);
		nlmsg_free(all);
		EXPECT_REFUSED(-EINVAL, need[i].name, nl_talk(nl, msg));
	}
}

TEST_F(sa, limit)
{
	struct sa a = OUT(self, .spi = 0x1000), b = OUT(self, .spi = 0x1001);
	struct sa c = IN(self, .spi = 0x1002);
	struct nl *nl = &self->nl;
	struct nl_answer answer;

	ASSERT_EQ(0, set_limit(nl, CRYPTOMAP_LIMIT_SAS, 2));
	ASSERT_EQ(0, sa_set(nl, &a));
	ASSERT_EQ(0, sa_set(nl, &b));
	EXPECT_REFUSED(-ENOSPC, "LIMIT_SAS", sa_set(nl, &c));
	EXPECT_REFUSED(-ENOSPC, "LIMIT_SAS", spi_alloc(nl, 4096, 9999, &answer));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
}

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

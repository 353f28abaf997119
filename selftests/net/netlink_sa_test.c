// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SPIs and SAs: what they may be made of, asked rightly and wrongly. The scene
 * is in nl_sa.h.
 */
#define _GNU_SOURCE
#include <poll.h>

#include "selftests/net/nl_sa.h"

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
		{ &out, CRYPTOMAP_SA_PROTO, 1, IPPROTO_AH, -EINVAL, "AH takes neither" },
		{ &out, CRYPTOMAP_SA_MODE, 1, 2, -EOPNOTSUPP, "SA_MODE" },
		{ &out, CRYPTOMAP_SA_SRC, 4, 0, -EINVAL, "unicast" },
		{ &out, CRYPTOMAP_SA_DST, 4, htonl(0xe0000001), -EINVAL, "unicast" },
		{ &out, CRYPTOMAP_SA_DST, 8, 1, -EINVAL, "4 bytes" },
		{ &out, CRYPTOMAP_SA_FLOW, 4, 0, -ERANGE, "SA_FLOW" },
		{ &out, CRYPTOMAP_SA_FLOW, 4, 99999, -ENOENT, "no flow" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, 256, -EINVAL, "0..0xff" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_NAT_DEMUX, -EINVAL,
		  "for transport mode" },
		{ &in, CRYPTOMAP_SA_OA_SRC, 4, htonl(0x0a000001), -EINVAL,
		  "for inbound SAs of transport mode in UDP" },
		{ &out, CRYPTOMAP_SA_OA_DST, 4, htonl(0x0a000001), -EINVAL, "inbound" },
		{ &in, CRYPTOMAP_SA_OA_SRC, 4, 0, -EINVAL, "unicast" },
		{ &out, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_NO_REPLAY, -EINVAL, "inbound" },
		{ &in, CRYPTOMAP_SA_FLAGS, 4, CRYPTOMAP_SA_F_ACTIVATE, -EINVAL, "ACTIVATE" },
		{ &in, CRYPTOMAP_SA_MARK_OUT, 4, 1, -EINVAL, "SA_MARK_IN for inbound" },
		{ &out, CRYPTOMAP_SA_MARK_IN, 4, 1, -EINVAL, "SA_MARK_OUT is for outbound" },
		{ &out, CRYPTOMAP_SA_TFC_PAD, 2, 2, -ERANGE, "64 to 65495" },
		{ &out, CRYPTOMAP_SA_TFC_PAD, 2, 65496, -ERANGE, "64 to 65495" },
		{ &in, CRYPTOMAP_SA_TFC_PAD, 2, 1, -EINVAL, "outbound SAs of ESP" },
		{ &out, CRYPTOMAP_SA_DUMMY_MS, 4, 9, -ERANGE, "10..3600000" },
		{ &out, CRYPTOMAP_SA_DUMMY_MS, 4, 3600001, -ERANGE, "10..3600000" },
		{ &in, CRYPTOMAP_SA_DUMMY_MS, 4, 10, -EINVAL, "outbound SAs of ESP" },
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

static void keep_history(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *alg = nl_find(nlh, CRYPTOMAP_A_ALG);
	struct alg_walk *w = arg;

	keep_alg(nlh, arg);
	if (nl_num(nl_in(alg, CRYPTOMAP_ALG_PACKETS_ESP)) ||
	    nl_num(nl_in(alg, CRYPTOMAP_ALG_PACKETS_AH)))
		w->rows = -1;
}

/* F-061: a history of each transform, and of ESP that has no integrity transform. */
TEST_F_TIMEOUT(sa, a_history_of_every_transform, 120)
{
	struct alg_walk known = { }, told = { };
	struct nl *nl = &self->nl;
	int i;

	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_ALG_GET, keep_alg, &known));
	ASSERT_EQ(0, dump(nl, CRYPTOMAP_CMD_HISTORY_GET, keep_history, &told));
	ASSERT_EQ(known.rows + 1, told.rows);
	EXPECT_EQ(CRYPTOMAP_ALG_K_AUTH, told.row[13].kind);
	EXPECT_EQ(CRYPTOMAP_AUTH_NONE, told.row[13].id);
	for (i = 0; i < known.rows; i++) {
		EXPECT_EQ(known.row[i].kind, told.row[i + (i >= 13)].kind);
		EXPECT_EQ(known.row[i].id, told.row[i + (i >= 13)].id);
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

/* SA_SET of @sa as one of AH, with what it does not take, or without what it needs. */
static int ah_set(struct nl *nl, const struct sa *sa, int with, int without)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA), *attr;
	struct nl_msg *all = nlmsg_alloc_size(4096);
	int rem, type;

	put_sa(all, sa);
	nla_for_each_attr(attr, (struct nlattr *)nlmsg_data(nlmsg_hdr(all)),
			  nlmsg_datalen(nlmsg_hdr(all)), rem) {
		type = nla_type(attr);
		if (type == without || (type != with && (type == CRYPTOMAP_SA_ENCR ||
							 type == CRYPTOMAP_SA_ENCR_KEY)))
			continue;
		nla_put(msg, type, nla_len(attr), nla_data(attr));
	}
	nla_put_u8(msg, CRYPTOMAP_SA_PROTO, IPPROTO_AH);
	nla_nest_end(msg, n);
	nlmsg_free(all);
	return nl_talk(nl, msg);
}

TEST_F(sa, ah)
{
	const struct sa out = OUT(self, .spi = 0x1000);
	struct nl *nl = &self->nl;
	struct nl_answer a;

	EXPECT_REFUSED(-EINVAL, "AH takes neither SA_ENCR",
		       ah_set(nl, &out, CRYPTOMAP_SA_ENCR, 0));
	EXPECT_REFUSED(-EINVAL, "AH takes neither SA_ENCR",
		       ah_set(nl, &out, CRYPTOMAP_SA_ENCR_KEY, 0));
	EXPECT_REFUSED(-EINVAL, "AH needs an integrity algorithm",
		       ah_set(nl, &out, 0, CRYPTOMAP_SA_AUTH));
	EXPECT_REFUSED(-EINVAL, "SA_AUTH_KEY",
		       ah_set(nl, &out, 0, CRYPTOMAP_SA_AUTH_KEY));
	ASSERT_EQ(0, ah_set(nl, &out, 0, 0));
	EXPECT_EQ(-EEXIST, ah_set(nl, &out, 0, 0));
	/* the key of an SA says ESP unless it says AH: there is none of ESP */
	EXPECT_EQ(-ENOENT, sa_cmd(nl, CRYPTOMAP_CMD_SA_GET, &out, &a));
	ASSERT_EQ(0, sa_set(nl, &out));
	EXPECT_EQ(2, info_num(nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
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

TEST_HARNESS_MAIN

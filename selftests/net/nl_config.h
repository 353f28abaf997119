/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short ways to write what the C tests configure. */
#ifndef SELFTESTS_NET_NL_CONFIG_H
#define SELFTESTS_NET_NL_CONFIG_H

#include <netinet/in.h>
#include <stdlib.h>

#include "selftests/net/nl.h"

/* One line; NULL addresses and zeros are "any". Masks are addresses too. */
struct line {
	uint32_t seq;
	bool permit;
	const char *src, *smask, *dst, *dmask;
	uint8_t proto;
	uint16_t lo, hi;	/* destination ports */
};

static inline void put_line(struct nl_msg *msg, const struct line *l)
{
	struct nlattr *line = nla_nest_start(msg, CRYPTOMAP_A_LINE);
	struct nlattr *sel;

	nla_put_u32(msg, CRYPTOMAP_LINE_SEQ, l->seq);
	nla_put_u8(msg, CRYPTOMAP_LINE_ACTION, l->permit);
	sel = nla_nest_start(msg, CRYPTOMAP_LINE_SEL | NLA_F_NESTED);
	if (l->src)
		nl_put_ip(msg, CRYPTOMAP_SEL_SRC, l->src);
	if (l->smask)
		nl_put_ip(msg, CRYPTOMAP_SEL_SRC_MASK, l->smask);
	if (l->dst)
		nl_put_ip(msg, CRYPTOMAP_SEL_DST, l->dst);
	if (l->dmask)
		nl_put_ip(msg, CRYPTOMAP_SEL_DST_MASK, l->dmask);
	if (l->proto)
		nla_put_u8(msg, CRYPTOMAP_SEL_PROTO, l->proto);
	if (l->lo)
		nla_put_u16(msg, CRYPTOMAP_SEL_DPORT_LO, l->lo);
	if (l->hi)
		nla_put_u16(msg, CRYPTOMAP_SEL_DPORT_HI, l->hi);
	nla_nest_end(msg, sel);
	nla_nest_end(msg, line);
}

static inline struct nl_msg *named(struct nl *nl, int cmd, int flags, int nest,
				   int attr, const char *name)
{
	struct nl_msg *msg = nl_request(nl, cmd, flags);
	struct nlattr *n = nla_nest_start(msg, nest);

	nla_put_string(msg, attr, name);
	nla_nest_end(msg, n);
	return msg;
}

#define ACL(nl, cmd, flags, name) \
	named(nl, cmd, flags, CRYPTOMAP_A_ACL, CRYPTOMAP_ACL_NAME, name)
#define MAP(nl, cmd, flags, name) \
	named(nl, cmd, flags, CRYPTOMAP_A_MAP, CRYPTOMAP_MAP_NAME, name)

/* ACL_SET or LINE_ADD */
static inline int acl(struct nl *nl, int cmd, const char *name,
		      const struct line *lines, int count)
{
	struct nl_msg *msg = ACL(nl, cmd, 0, name);
	int i;

	for (i = 0; i < count; i++)
		put_line(msg, &lines[i]);
	return nl_talk(nl, msg);
}

static inline int acl_del(struct nl *nl, const char *name)
{
	return nl_talk(nl, ACL(nl, CRYPTOMAP_CMD_ACL_DEL, 0, name));
}

static inline int line_del(struct nl *nl, const char *name, uint32_t seq)
{
	struct nl_msg *msg = ACL(nl, CRYPTOMAP_CMD_LINE_DEL, 0, name);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_LINE);

	nla_put_u32(msg, CRYPTOMAP_LINE_SEQ, seq);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

static inline void put_entry(struct nl_msg *msg, uint32_t seq, int type,
			     const char *list, const char *peer)
{
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);

	nla_put_u32(msg, CRYPTOMAP_ENTRY_SEQ, seq);
	nla_put_u8(msg, CRYPTOMAP_ENTRY_TYPE, type);
	if (list)
		nla_put_string(msg, CRYPTOMAP_ENTRY_ACL, list);
	if (peer)
		nl_put_ip(msg, CRYPTOMAP_ENTRY_PEER, peer);
	nla_put_u64(msg, CRYPTOMAP_ENTRY_COOKIE, 0xc00c1e0000000000ULL + seq);
	nla_nest_end(msg, n);
}

/* MAP_SET with one entry, or with none where @seq is 0; or ENTRY_SET. */
static inline int map(struct nl *nl, int cmd, const char *name, uint32_t seq,
		      int type, const char *list)
{
	struct nl_msg *msg = MAP(nl, cmd, 0, name);

	if (seq)
		put_entry(msg, seq, type, list, "192.0.2.2");
	return nl_talk(nl, msg);
}

static inline int entry_del(struct nl *nl, const char *name, uint32_t seq)
{
	struct nl_msg *msg = MAP(nl, CRYPTOMAP_CMD_ENTRY_DEL, 0, name);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);

	nla_put_u32(msg, CRYPTOMAP_ENTRY_SEQ, seq);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

static inline int map_del(struct nl *nl, const char *name)
{
	return nl_talk(nl, MAP(nl, CRYPTOMAP_CMD_MAP_DEL, 0, name));
}

/* BIND, or UNBIND where @map_name is NULL. */
static inline int bind_map(struct nl *nl, const char *ifname, const char *map_name)
{
	struct nl_msg *msg = nl_request(nl, map_name ? CRYPTOMAP_CMD_BIND :
						       CRYPTOMAP_CMD_UNBIND, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_BIND);

	nla_put_string(msg, CRYPTOMAP_BIND_IFNAME, ifname);
	if (map_name)
		nla_put_string(msg, CRYPTOMAP_BIND_MAP, map_name);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* A flow by its place, into @a; 0 or negative errno. */
static inline int flow_get(struct nl *nl, const char *ifname, uint32_t seq,
			   uint32_t line, struct nl_answer *a)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_FLOW_GET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_FLOW);

	nla_put_string(msg, CRYPTOMAP_FLOW_IFNAME, ifname);
	nla_put_u32(msg, CRYPTOMAP_FLOW_SEQ, seq);
	nla_put_u32(msg, CRYPTOMAP_FLOW_LINE, line);
	nla_nest_end(msg, n);
	return nl_ask(nl, msg, a);
}

static inline uint64_t flow_num(struct nl_answer *a, int attr)
{
	return nl_num(nl_in(nl_find(&a->nlh, CRYPTOMAP_A_FLOW), attr));
}

static inline uint32_t flow_id(struct nl *nl, const char *ifname, uint32_t seq,
			       uint32_t line)
{
	struct nl_answer a;

	if (flow_get(nl, ifname, seq, line, &a))
		return 0;
	return flow_num(&a, CRYPTOMAP_FLOW_ID);
}

static inline int flow_cmd(struct nl *nl, int cmd, uint32_t id)
{
	struct nl_msg *msg = nl_request(nl, cmd, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_FLOW);

	nla_put_u32(msg, CRYPTOMAP_FLOW_ID, id);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* --- SAs: AES-128-CBC with HMAC-SHA1, keys of recognisable bytes --- */

#define KEY_BYTE 0xa7

struct sa {
	int dir;
	uint32_t spi;		/* host order */
	uint32_t flow;
	uint32_t flags;
	uint32_t soft_secs, hard_secs;
	uint64_t hard_pkts;
	uint32_t owner;
	const char *peer;	/* default 192.0.2.2 */
};

static inline void put_sa_key(struct nl_msg *msg, const struct sa *sa)
{
	const char *us = "192.0.2.1", *peer = sa->peer ?: "192.0.2.2";

	nla_put_u8(msg, CRYPTOMAP_SA_DIR, sa->dir);
	nla_put_u32(msg, CRYPTOMAP_SA_SPI, htonl(sa->spi));
	nl_put_ip(msg, CRYPTOMAP_SA_DST, sa->dir == CRYPTOMAP_DIR_IN ? us : peer);
}

/* What says where the SA belongs. */
static inline void put_sa_ends(struct nl_msg *msg, const struct sa *sa)
{
	const char *us = "192.0.2.1", *peer = sa->peer ?: "192.0.2.2";

	put_sa_key(msg, sa);
	nl_put_ip(msg, CRYPTOMAP_SA_SRC, sa->dir == CRYPTOMAP_DIR_IN ? peer : us);
	if (sa->flow)
		nla_put_u32(msg, CRYPTOMAP_SA_FLOW, sa->flow);
}

static inline void put_sa(struct nl_msg *msg, const struct sa *sa)
{
	uint8_t key[20];

	memset(key, KEY_BYTE, sizeof(key));
	put_sa_ends(msg, sa);
	nla_put_u16(msg, CRYPTOMAP_SA_ENCR, CRYPTOMAP_ENCR_AES_CBC);
	nla_put(msg, CRYPTOMAP_SA_ENCR_KEY, 16, key);
	nla_put_u16(msg, CRYPTOMAP_SA_AUTH, CRYPTOMAP_AUTH_HMAC_SHA1_96);
	nla_put(msg, CRYPTOMAP_SA_AUTH_KEY, 20, key);
	nla_put_u64(msg, CRYPTOMAP_SA_COOKIE, 0x5a00000000000000ULL + sa->spi);
	nla_put_u32(msg, CRYPTOMAP_SA_OWNER, sa->owner);
	if (sa->flags)
		nla_put_u32(msg, CRYPTOMAP_SA_FLAGS, sa->flags);
	if (sa->soft_secs)
		nla_put_u32(msg, CRYPTOMAP_SA_SOFT_SECS, sa->soft_secs);
	if (sa->hard_secs)
		nla_put_u32(msg, CRYPTOMAP_SA_HARD_SECS, sa->hard_secs);
	if (sa->hard_pkts)
		nla_put_u64(msg, CRYPTOMAP_SA_HARD_PKTS, sa->hard_pkts);
}

static inline int sa_set(struct nl *nl, const struct sa *sa)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa(msg, sa);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* A command that takes the key of an SA and nothing else. */
static inline int sa_cmd(struct nl *nl, int cmd, const struct sa *sa,
			 struct nl_answer *a)
{
	struct nl_msg *msg = nl_request(nl, cmd, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa_key(msg, sa);
	nla_nest_end(msg, n);
	return a ? nl_ask(nl, msg, a) : nl_talk(nl, msg);
}

static inline uint64_t sa_num(struct nl_answer *a, int attr)
{
	return nl_num(nl_in(nl_find(&a->nlh, CRYPTOMAP_A_SA), attr));
}

/* --- the rest --- */

static inline int set_limit(struct nl *nl, int attr, uint32_t val)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_LIMITS_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_LIMITS);

	nla_put_u32(msg, attr, val);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

static inline uint64_t info_num(struct nl *nl, int nest, int attr)
{
	struct nl_answer a;

	if (nl_ask(nl, nl_request(nl, CRYPTOMAP_CMD_INFO_GET, 0), &a))
		return UINT64_MAX;
	return nl_num(nl_in(nl_find(&a.nlh, nest), attr));
}

static inline int dump(struct nl *nl, int cmd, nl_fn fn, void *arg)
{
	return nl_talk_fn(nl, nl_request(nl, cmd, NLM_F_DUMP), fn, arg);
}

/* The command ran and said 0. */
static inline bool sh(const char *command)
{
	return system(command) == 0;
}

/* One UDP packet; whether it could be sent is not looked at. */
static inline void send_udp(const char *dst, uint16_t port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, dst, &to.sin_addr);
	sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

#endif

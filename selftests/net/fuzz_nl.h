/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of our family at random: for each command a table says which
 * attributes it takes and which values mean something there, so that most are
 * understood and many succeed. fuzz_mutate() breaks what is whole.
 */
#ifndef SELFTESTS_NET_FUZZ_NL_H
#define SELFTESTS_NET_FUZZ_NL_H

#include "selftests/net/nl_config.h"
#include "selftests/unit/core_random.h"

#define FUZZ_IDS 256	/* ids of flows and SAs that a worker remembers */
#define FUZZ_MSG 16384

enum fuzz_kind {
	F_U8, F_U16, F_U32, F_U64,	/* lo..hi */
	F_BE16, F_BE32,			/* likewise, in network byte order */
	F_ADDR, F_OURS, F_PEER,		/* of the message's family; addresses of the bound interface; of the peers */
	F_MASK,
	F_NAME, F_IFNAME,
	F_KEYS,				/* a transform that fits SA_PROTO, and keys for it */
	F_FLOW, F_SA,			/* an id that was seen */
	F_FD,
	F_NEST,
};

struct fuzz_field {
	int attr;
	int chance;			/* percent of messages that have it */
	enum fuzz_kind kind;
	uint64_t lo, hi;
	const struct fuzz_field *sub;	/* of a nest; lo..hi of them */
};

struct fuzz_shape {
	int cmd;
	int weight;
	bool dump;
	const struct fuzz_field *fields;
};

/* What one worker knows. */
struct fuzz {
	struct rng rng;
	struct nl nl;
	uint8_t family;
	uint8_t dir;
	uint8_t proto;
	uint32_t flows[FUZZ_IDS], sas[FUZZ_IDS];
	uint32_t nflows, nsas;
	int fds[4];
	int total_weight;
	uint64_t sent, accepted, refused, silent;
	int errors;			/* refusals without a text */
};

#define END { -1, 0, 0, 0, 0, NULL }

static const struct fuzz_field fuzz_sel[] = {
	{ CRYPTOMAP_SEL_SRC, 80, F_ADDR, 0, 0, NULL },
	{ CRYPTOMAP_SEL_SRC_MASK, 70, F_MASK, 0, 0, NULL },
	{ CRYPTOMAP_SEL_DST, 80, F_ADDR, 0, 0, NULL },
	{ CRYPTOMAP_SEL_DST_MASK, 70, F_MASK, 0, 0, NULL },
	{ CRYPTOMAP_SEL_PROTO, 50, F_U8, 17, 17, NULL },
	{ CRYPTOMAP_SEL_SPORT_LO, 10, F_U16, 0, 100, NULL },
	{ CRYPTOMAP_SEL_DPORT_LO, 30, F_U16, 0, 9000, NULL },
	{ CRYPTOMAP_SEL_DPORT_HI, 20, F_U16, 9000, 65535, NULL },
	{ CRYPTOMAP_SEL_ICMP_TYPE, 2, F_U8, 0, 255, NULL },
	{ CRYPTOMAP_SEL_ICMP_CODE, 1, F_U8, 0, 255, NULL },
	END
};

static const struct fuzz_field fuzz_limits[] = {
	{ CRYPTOMAP_LIMIT_LINES, 30, F_U32, 100, 100000, NULL },
	{ CRYPTOMAP_LIMIT_FLOWS, 30, F_U32, 100, 100000, NULL },
	{ CRYPTOMAP_LIMIT_SAS, 30, F_U32, 100, 100000, NULL },
	{ CRYPTOMAP_LIMIT_QUEUE_FLOW, 30, F_U32, 0, 256, NULL },
	{ CRYPTOMAP_LIMIT_QUEUE_TOTAL, 30, F_U32, 0, 2000, NULL },
	{ CRYPTOMAP_LIMIT_QUEUE_SECS, 30, F_U32, 1, 3, NULL },
	{ CRYPTOMAP_LIMIT_ACQUIRE_SECS, 30, F_U32, 1, 3, NULL },
	{ CRYPTOMAP_LIMIT_LARVAL_SECS, 30, F_U32, 1, 3, NULL },
	{ CRYPTOMAP_LIMIT_TOMBS, 30, F_U32, 0, 100, NULL },
	{ CRYPTOMAP_LIMIT_EVENT_RATE, 30, F_U32, 0, 10000, NULL },
	{ CRYPTOMAP_LIMIT_CRYPTO_QUEUE, 30, F_U32, 1, 100, NULL },
	END
};

static const struct fuzz_field fuzz_acl[] = {
	{ CRYPTOMAP_ACL_NAME, 100, F_NAME, 0, 0, NULL },
	{ CRYPTOMAP_ACL_FAMILY, 0, F_U8, 0, 0, NULL },	/* added by hand */
	END
};

static const struct fuzz_field fuzz_acl_name[] = {
	{ CRYPTOMAP_ACL_NAME, 100, F_NAME, 0, 0, NULL }, END
};

static const struct fuzz_field fuzz_line[] = {
	{ CRYPTOMAP_LINE_SEQ, 100, F_U32, 1, 20, NULL },
	{ CRYPTOMAP_LINE_ACTION, 100, F_U8, 0, 1, NULL },
	{ CRYPTOMAP_LINE_SEL, 100, F_NEST, 1, 1, fuzz_sel },
	END
};

static const struct fuzz_field fuzz_line_seq[] = {
	{ CRYPTOMAP_LINE_SEQ, 100, F_U32, 1, 20, NULL }, END
};

static const struct fuzz_field fuzz_map[] = {
	{ CRYPTOMAP_MAP_NAME, 100, F_NAME, 0, 0, NULL },
	{ CRYPTOMAP_MAP_LOCAL_IF, 10, F_IFNAME, 0, 0, NULL },
	END
};

static const struct fuzz_field fuzz_map_name[] = {
	{ CRYPTOMAP_MAP_NAME, 100, F_NAME, 0, 0, NULL }, END
};

static const struct fuzz_field fuzz_entry[] = {
	{ CRYPTOMAP_ENTRY_SEQ, 100, F_U32, 1, 4, NULL },
	{ CRYPTOMAP_ENTRY_TYPE, 90, F_U8, 0, 1, NULL },
	{ CRYPTOMAP_ENTRY_ACL, 95, F_NAME, 0, 0, NULL },
	{ CRYPTOMAP_ENTRY_PEER, 90, F_PEER, 0, 4, NULL },	/* 4 on average */
	{ CRYPTOMAP_ENTRY_COOKIE, 20, F_U64, 0, 99, NULL },
	END
};

static const struct fuzz_field fuzz_entry_seq[] = {
	{ CRYPTOMAP_ENTRY_SEQ, 100, F_U32, 1, 4, NULL }, END
};

static const struct fuzz_field fuzz_bind[] = {
	{ CRYPTOMAP_BIND_IFNAME, 100, F_IFNAME, 0, 0, NULL },
	{ CRYPTOMAP_BIND_MAP, 100, F_NAME, 0, 0, NULL },
	{ CRYPTOMAP_BIND_MSS, 20, F_U16, 0, 1, NULL },
	{ CRYPTOMAP_BIND_FLAGS, 20, F_U32, 0, 3, NULL },
	{ CRYPTOMAP_BIND_MARK_OUT, 10, F_U32, 0, 9, NULL },
	{ CRYPTOMAP_BIND_MARK_IN, 10, F_U32, 0, 9, NULL },
	{ CRYPTOMAP_BIND_MANAGEMENT, 20, F_IFNAME, 0, 0, NULL },
	END
};

static const struct fuzz_field fuzz_unbind[] = {
	{ CRYPTOMAP_BIND_IFNAME, 100, F_IFNAME, 0, 0, NULL }, END
};

static const struct fuzz_field fuzz_flow[] = {
	{ CRYPTOMAP_FLOW_ID, 100, F_FLOW, 0, 0, NULL }, END
};

static const struct fuzz_field fuzz_flow_place[] = {
	{ CRYPTOMAP_FLOW_IFNAME, 100, F_IFNAME, 0, 0, NULL },
	{ CRYPTOMAP_FLOW_SEQ, 90, F_U32, 1, 4, NULL },
	{ CRYPTOMAP_FLOW_LINE, 90, F_U32, 1, 20, NULL },
	END
};

/* Ends, protocol and transforms are added by hand: they depend on each other. */
static const struct fuzz_field fuzz_sa_set[] = {
	{ CRYPTOMAP_SA_SPI, 100, F_BE32, 256, 287, NULL },
	{ CRYPTOMAP_SA_FLOW, 100, F_FLOW, 0, 0, NULL },
	{ CRYPTOMAP_SA_MODE, 20, F_U8, 0, 1, NULL },
	{ CRYPTOMAP_SA_FLAGS, 80, F_U32, 0, 255, NULL },
	{ CRYPTOMAP_SA_AH_SPI, 10, F_BE32, 256, 287, NULL },
	{ CRYPTOMAP_SA_OWNER, 50, F_U32, 0, 2, NULL },
	{ CRYPTOMAP_SA_COOKIE, 50, F_U64, 0, 9, NULL },
	{ -2, 100, F_KEYS, 0, 0, NULL },
	{ CRYPTOMAP_SA_SEL, 5, F_NEST, 1, 3, fuzz_sel },
	{ CRYPTOMAP_SA_WINDOW, 20, F_U32, 64, 64, NULL },
	{ CRYPTOMAP_SA_SEQ, 10, F_U64, 0, 1ULL << 33, NULL },
	{ CRYPTOMAP_SA_DF, 20, F_U8, 0, 2, NULL },
	{ CRYPTOMAP_SA_SOFT_SECS, 20, F_U32, 0, 2, NULL },
	{ CRYPTOMAP_SA_HARD_SECS, 20, F_U32, 2, 3, NULL },
	{ CRYPTOMAP_SA_SOFT_KB, 10, F_U64, 0, 5, NULL },
	{ CRYPTOMAP_SA_HARD_KB, 10, F_U64, 5, 10, NULL },
	{ CRYPTOMAP_SA_SOFT_PKTS, 10, F_U64, 0, 5, NULL },
	{ CRYPTOMAP_SA_HARD_PKTS, 10, F_U64, 5, 20, NULL },
	{ CRYPTOMAP_SA_IDLE_SECS, 10, F_U32, 60, 86400, NULL },
	{ CRYPTOMAP_SA_ENCAP_SPORT, 10, F_BE16, 4500, 4500, NULL },
	{ CRYPTOMAP_SA_ENCAP_DPORT, 10, F_BE16, 4500, 4500, NULL },
	{ CRYPTOMAP_SA_MARK_OUT, 5, F_U32, 0, 9, NULL },
	{ CRYPTOMAP_SA_MARK_IN, 5, F_U32, 0, 9, NULL },
	{ CRYPTOMAP_SA_TFC_PAD, 10, F_U16, 0, 1, NULL },
	{ CRYPTOMAP_SA_DUMMY_MS, 10, F_U32, 10, 20, NULL },
	END
};

static const struct fuzz_field fuzz_spi_alloc[] = {
	{ CRYPTOMAP_SA_PROTO, 30, F_U8, 50, 51, NULL },
	{ CRYPTOMAP_SA_SPI_MIN, 80, F_U32, 256, 270, NULL },
	{ CRYPTOMAP_SA_SPI_MAX, 80, F_U32, 270, 287, NULL },
	{ CRYPTOMAP_SA_SRC, 100, F_PEER, 0, 0, NULL },
	{ CRYPTOMAP_SA_DST, 100, F_OURS, 0, 0, NULL },
	{ CRYPTOMAP_SA_FLOW, 10, F_FLOW, 0, 0, NULL },
	END
};

static const struct fuzz_field fuzz_sa_id[] = {
	{ CRYPTOMAP_SA_ID, 100, F_SA, 0, 0, NULL }, END
};

static const struct fuzz_field fuzz_sa_del[] = {
	{ CRYPTOMAP_SA_ID, 100, F_SA, 0, 0, NULL },
	{ CRYPTOMAP_SA_REASON, 50, F_U8, 0, 10, NULL },
	END
};

static const struct fuzz_field fuzz_sa_update[] = {
	{ CRYPTOMAP_SA_ID, 100, F_SA, 0, 0, NULL },
	{ CRYPTOMAP_SA_SRC, 20, F_ADDR, 0, 0, NULL },
	{ CRYPTOMAP_SA_DST, 20, F_ADDR, 0, 0, NULL },
	{ CRYPTOMAP_SA_ENCAP_SPORT, 10, F_BE16, 4500, 4510, NULL },
	{ CRYPTOMAP_SA_ENCAP_DPORT, 10, F_BE16, 4500, 4510, NULL },
	{ CRYPTOMAP_SA_SOFT_SECS, 20, F_U32, 0, 2, NULL },
	{ CRYPTOMAP_SA_HARD_SECS, 20, F_U32, 2, 3, NULL },
	{ CRYPTOMAP_SA_IDLE_SECS, 10, F_U32, 60, 86400, NULL },
	END
};

static const struct fuzz_field fuzz_filter[] = {
	{ CRYPTOMAP_FILTER_OWNER, 20, F_U32, 0, 2, NULL },
	{ CRYPTOMAP_FILTER_MAP, 30, F_NAME, 0, 0, NULL },
	{ CRYPTOMAP_FILTER_SEQ, 10, F_U32, 1, 4, NULL },
	{ CRYPTOMAP_FILTER_PEER, 20, F_PEER, 0, 0, NULL },
	{ CRYPTOMAP_FILTER_FLOW, 20, F_FLOW, 0, 0, NULL },
	{ CRYPTOMAP_FILTER_REASON, 30, F_U8, 0, 10, NULL },
	END
};

static const struct fuzz_field fuzz_sock_set[] = {
	{ CRYPTOMAP_SOCK_FD, 100, F_FD, 0, 0, NULL },
	{ CRYPTOMAP_SOCK_KIND, 100, F_U8, 0, 1, NULL },
	END
};

static const struct fuzz_field fuzz_sock[] = {
	{ CRYPTOMAP_SOCK_KIND, 100, F_U8, 0, 1, NULL },
	{ CRYPTOMAP_SOCK_FAMILY, 100, F_U8, AF_INET, AF_INET, NULL },
	END
};

#define TOP(name, ...) \
	static const struct fuzz_field name[] = { __VA_ARGS__, END }
#define ONE(attr, sub) { CRYPTOMAP_A_##attr, 100, F_NEST, 1, 1, sub }
#define SOME(attr, max, sub) { CRYPTOMAP_A_##attr, 100, F_NEST, 0, max, sub }

TOP(fuzz_top_limits, ONE(LIMITS, fuzz_limits));
TOP(fuzz_top_acl, ONE(ACL, fuzz_acl), SOME(LINE, 8, fuzz_line));
TOP(fuzz_top_acl_name, ONE(ACL, fuzz_acl_name));
TOP(fuzz_top_lines, ONE(ACL, fuzz_acl_name), SOME(LINE, 2, fuzz_line));
TOP(fuzz_top_line_seq, ONE(ACL, fuzz_acl_name), ONE(LINE, fuzz_line_seq));
TOP(fuzz_top_map, ONE(MAP, fuzz_map), SOME(ENTRY, 4, fuzz_entry));
TOP(fuzz_top_map_name, ONE(MAP, fuzz_map_name));
TOP(fuzz_top_entry, ONE(MAP, fuzz_map_name), ONE(ENTRY, fuzz_entry));
TOP(fuzz_top_entry_seq, ONE(MAP, fuzz_map_name), ONE(ENTRY, fuzz_entry_seq));
TOP(fuzz_top_bind, ONE(BIND, fuzz_bind));
TOP(fuzz_top_unbind, ONE(BIND, fuzz_unbind));
TOP(fuzz_top_flow, ONE(FLOW, fuzz_flow));
TOP(fuzz_top_flow_place, ONE(FLOW, fuzz_flow_place));
TOP(fuzz_top_sa_set, ONE(SA, fuzz_sa_set));
TOP(fuzz_top_spi_alloc, ONE(SA, fuzz_spi_alloc));
TOP(fuzz_top_sa_id, ONE(SA, fuzz_sa_id));
TOP(fuzz_top_sa_del, ONE(SA, fuzz_sa_del));
TOP(fuzz_top_sa_update, ONE(SA, fuzz_sa_update));
TOP(fuzz_top_filter, SOME(FILTER, 1, fuzz_filter));
TOP(fuzz_top_sock_set, ONE(SOCK, fuzz_sock_set));
TOP(fuzz_top_sock, ONE(SOCK, fuzz_sock));
static const struct fuzz_field fuzz_top_none[] = { END };

#define DO(cmd, weight, fields) { CRYPTOMAP_CMD_##cmd, weight, false, fields }
#define DUMP(cmd, weight, fields) { CRYPTOMAP_CMD_##cmd, weight, true, fields }

static const struct fuzz_shape fuzz_shapes[] = {
	DO(INFO_GET, 2, fuzz_top_none),
	DO(LIMITS_SET, 2, fuzz_top_limits),
	DO(ACL_SET, 20, fuzz_top_acl),
	DO(ACL_DEL, 4, fuzz_top_acl_name),
	DUMP(ACL_GET, 4, fuzz_top_none),
	DUMP(ACL_GET, 2, fuzz_top_acl_name),
	DO(LINE_ADD, 10, fuzz_top_lines),
	DO(LINE_DEL, 10, fuzz_top_line_seq),
	DO(MAP_SET, 12, fuzz_top_map),
	DO(MAP_DEL, 3, fuzz_top_map_name),
	DUMP(MAP_GET, 4, fuzz_top_none),
	DO(ENTRY_SET, 12, fuzz_top_entry),
	DO(ENTRY_DEL, 6, fuzz_top_entry_seq),
	DO(BIND, 10, fuzz_top_bind),
	DO(UNBIND, 3, fuzz_top_unbind),
	DUMP(BIND_GET, 4, fuzz_top_none),
	DUMP(FLOW_GET, 20, fuzz_top_none),
	DO(FLOW_GET, 6, fuzz_top_flow),
	DO(FLOW_GET, 6, fuzz_top_flow_place),
	DO(FLOW_INITIATE, 6, fuzz_top_flow),
	DUMP(ACQUIRE_GET, 3, fuzz_top_none),
	DO(ACQUIRE_FAIL, 3, fuzz_top_flow),
	DO(SPI_ALLOC, 10, fuzz_top_spi_alloc),
	DO(SA_SET, 60, fuzz_top_sa_set),
	DO(SA_ACTIVATE, 10, fuzz_top_sa_id),
	DO(SA_UPDATE, 10, fuzz_top_sa_update),
	DO(SA_DEL, 20, fuzz_top_sa_del),
	DO(SA_FLUSH, 2, fuzz_top_filter),
	DO(SA_GET, 6, fuzz_top_sa_id),
	DUMP(SA_GET, 10, fuzz_top_none),
	DUMP(SA_GET, 4, fuzz_top_filter),
	DO(SOCK_SET, 6, fuzz_top_sock_set),
	DO(SOCK_GET, 3, fuzz_top_sock),
	DO(SOCK_DEL, 4, fuzz_top_sock),
	DUMP(COUNTER_GET, 2, fuzz_top_none),
	DO(COUNTER_RESET, 3, fuzz_top_filter),
	DUMP(HISTORY_GET, 2, fuzz_top_none),
	DUMP(TOMB_GET, 4, fuzz_top_none),
	DO(TRACE, 1, fuzz_top_none),
};

#undef TOP
#undef ONE
#undef SOME
#undef DO
#undef DUMP
#undef END

#define FUZZ_PICK(f, array) ((array)[rng_below(&(f)->rng, sizeof(array) / sizeof(*(array)))])

/* --- values --- */

static inline bool fuzz_chance(struct fuzz *f, int percent)
{
	return (int)rng_below(&f->rng, 100) < percent;
}

static inline uint64_t fuzz_number(struct fuzz *f, uint64_t lo, uint64_t hi)
{
	if (rng_one_in(&f->rng, 100))
		return FUZZ_PICK(f, ((uint64_t[]){ 0, lo - 1, hi + 1, UINT64_MAX }));
	return lo + rng_next(&f->rng) % (hi - lo + 1);
}

static inline void fuzz_put_number(struct fuzz *f, struct nl_msg *msg,
				   const struct fuzz_field *field)
{
	uint64_t n = fuzz_number(f, field->lo, field->hi);

	switch (field->kind) {
	case F_U8:
		nla_put_u8(msg, field->attr, n);
		break;
	case F_U16:
		nla_put_u16(msg, field->attr, n);
		break;
	case F_U32:
		nla_put_u32(msg, field->attr, n);
		break;
	case F_U64:
		nla_put_u64(msg, field->attr, n);
		break;
	case F_BE16:
		nla_put_u16(msg, field->attr, htons(n));
		break;
	default:
		nla_put_u32(msg, field->attr, htonl(n));
		break;
	}
}

static inline void fuzz_put_addr(struct fuzz *f, struct nl_msg *msg, int attr,
				 enum fuzz_kind kind)
{
	static const char *const ours[][2] = {
		{ "192.0.2.1", "2001:db8::1" }, { "10.1.0.1", "fd00:a::1" },
	};
	static const char *const peers[][2] = {
		{ "192.0.2.2", "2001:db8::2" }, { "198.51.100.2", "2001:db8:2::2" },
	};
	static const char *const inside[][2] = {
		{ "10.1.0.0", "fd00:a::" }, { "10.2.0.0", "fd00:b::" },
		{ "10.1.0.1", "fd00:a::1" }, { "0.0.0.0", "::" },
	};
	bool v6 = f->family == AF_INET6;

	if (rng_one_in(&f->rng, 100))
		v6 = !v6;
	switch (kind) {
	case F_OURS:
		nl_put_ip(msg, attr, FUZZ_PICK(f, ours)[v6]);
		break;
	case F_PEER:
		nl_put_ip(msg, attr, FUZZ_PICK(f, peers)[v6]);
		break;
	case F_MASK:
		nl_put_ip(msg, attr, FUZZ_PICK(f, ((const char *[][2]){
			{ "255.255.255.0", "ffff:ffff::" }, { "0.0.0.0", "::" },
			{ "255.255.0.255", "ffff::ffff" },
			{ "255.0.0.0", "ff00::" } }))[v6]);
		break;
	default:
		nl_put_ip(msg, attr, FUZZ_PICK(f, inside)[v6]);
		break;
	}
}

static inline void fuzz_put_key(struct nl_msg *msg, int attr, int len)
{
	uint8_t key[CRYPTOMAP_KEY_MAX + 1];

	memset(key, KEY_BYTE, sizeof(key));
	nla_put(msg, attr, len, key);
}

/* Direction, ends, protocol, transform: an SA that could be. */
static inline void fuzz_put_keys(struct fuzz *f, struct nl_msg *msg)
{
	static const struct {
		int encr, encr_key, auth, auth_key;
	} suites[] = {
		{ CRYPTOMAP_ENCR_NULL, 0, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20 },
		{ CRYPTOMAP_ENCR_AES_CBC, 16, CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 32 },
		{ CRYPTOMAP_ENCR_AES_GCM_16, 20, 0, 0 },
		{ CRYPTOMAP_ENCR_CHACHA20_POLY1305, 36, 0, 0 },
		{ CRYPTOMAP_ENCR_AES_CTR, 20, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20 },
		{ CRYPTOMAP_ENCR_3DES, 24, CRYPTOMAP_AUTH_HMAC_MD5_96, 16 },
	};
	int i = rng_below(&f->rng, sizeof(suites) / sizeof(*suites));
	bool in = rng_one_in(&f->rng, 2), ah = rng_one_in(&f->rng, 8);

	nla_put_u8(msg, CRYPTOMAP_SA_DIR, in ? CRYPTOMAP_DIR_IN : CRYPTOMAP_DIR_OUT);
	fuzz_put_addr(f, msg, CRYPTOMAP_SA_SRC, in ? F_PEER : F_OURS);
	fuzz_put_addr(f, msg, CRYPTOMAP_SA_DST, in ? F_OURS : F_PEER);
	if (ah) {
		nla_put_u8(msg, CRYPTOMAP_SA_PROTO, IPPROTO_AH);
		i = 0;
	} else {
		nla_put_u16(msg, CRYPTOMAP_SA_ENCR, suites[i].encr);
		if (suites[i].encr_key)
			fuzz_put_key(msg, CRYPTOMAP_SA_ENCR_KEY,
				     suites[i].encr_key + rng_one_in(&f->rng, 50));
	}
	if (suites[i].auth) {
		nla_put_u16(msg, CRYPTOMAP_SA_AUTH, suites[i].auth);
		fuzz_put_key(msg, CRYPTOMAP_SA_AUTH_KEY,
			     suites[i].auth_key + rng_one_in(&f->rng, 50));
	}
}

static inline uint32_t fuzz_id(struct fuzz *f, const uint32_t *ids, uint32_t n)
{
	if (!n || rng_one_in(&f->rng, 50))
		return rng_below(&f->rng, 100);
	return ids[rng_below(&f->rng, n)];
}

static inline void fuzz_put_fields(struct fuzz *f, struct nl_msg *msg,
				   const struct fuzz_field *field);

static inline void fuzz_put_nests(struct fuzz *f, struct nl_msg *msg,
				  const struct fuzz_field *field)
{
	uint64_t n = field->lo + rng_below(&f->rng, field->hi - field->lo + 1);
	struct nlattr *nest;

	while (n--) {
		nest = nla_nest_start(msg, field->attr | NLA_F_NESTED);
		if (!nest)
			return;
		fuzz_put_fields(f, msg, field->sub);
		if (field->sub == fuzz_acl && f->family == AF_INET6)
			nla_put_u8(msg, CRYPTOMAP_ACL_FAMILY, AF_INET6);
		nla_nest_end(msg, nest);
	}
}

static inline void fuzz_put_field(struct fuzz *f, struct nl_msg *msg,
				  const struct fuzz_field *field)
{
	static const char *const names[] = {
		"a", "b", "c",
		"a-name-of-63-characters-as-long-as-one-can-be-0123456789-012345",
	};
	static const char *const ifnames[] = { "d0", "d0", "d1", "d2", "d3" };

	switch (field->kind) {
	case F_ADDR:
	case F_OURS:
	case F_PEER:
	case F_MASK:
		do {
			fuzz_put_addr(f, msg, field->attr, field->kind);
		} while (field->hi && rng_below(&f->rng, field->hi));
		break;
	case F_NAME:
		nla_put_string(msg, field->attr, FUZZ_PICK(f, names));
		break;
	case F_IFNAME:
		nla_put_string(msg, field->attr, FUZZ_PICK(f, ifnames));
		break;
	case F_KEYS:
		fuzz_put_keys(f, msg);
		break;
	case F_FLOW:
		nla_put_u32(msg, field->attr, fuzz_id(f, f->flows, f->nflows));
		break;
	case F_SA:
		nla_put_u32(msg, field->attr, fuzz_id(f, f->sas, f->nsas));
		break;
	case F_FD:
		nla_put_u32(msg, field->attr, FUZZ_PICK(f, f->fds));
		break;
	case F_NEST:
		fuzz_put_nests(f, msg, field);
		break;
	default:
		fuzz_put_number(f, msg, field);
		break;
	}
}

static inline void fuzz_put_fields(struct fuzz *f, struct nl_msg *msg,
				   const struct fuzz_field *field)
{
	for (; field->attr != -1; field++)
		if (fuzz_chance(f, field->chance))
			fuzz_put_field(f, msg, field);
}

static inline const struct fuzz_shape *fuzz_shape(struct fuzz *f)
{
	const int n = sizeof(fuzz_shapes) / sizeof(*fuzz_shapes);
	int i, at;

	if (!f->total_weight)
		for (i = 0; i < n; i++)
			f->total_weight += fuzz_shapes[i].weight;
	at = rng_below(&f->rng, f->total_weight);
	for (i = 0; at >= fuzz_shapes[i].weight; i++)
		at -= fuzz_shapes[i].weight;
	return &fuzz_shapes[i];
}

/* A request that the module understands; the caller frees it. */
static inline struct nl_msg *fuzz_request(struct fuzz *f)
{
	const struct fuzz_shape *shape = fuzz_shape(f);
	struct nl_msg *msg = nlmsg_alloc_size(FUZZ_MSG);

	f->family = rng_one_in(&f->rng, 3) ? AF_INET6 : AF_INET;
	genlmsg_put(msg, 0, ++f->nl.seq, f->nl.family, 0, NLM_F_REQUEST |
		    NLM_F_ACK | (shape->dump ? NLM_F_DUMP : 0), shape->cmd, 1);
	fuzz_put_fields(f, msg, shape->fields);
	return msg;
}

/* A command that the environment names: FUZZ_START when all is set up, FUZZ_END before the judgement. */
static inline void fuzz_command(const char *name)
{
	const char *command = getenv(name);

	if (command && !sh(command))
		printf("# failed: %s\n", command);
}

/* --- damage --- */

/* @len bytes after the headers; the length afterwards. */
static inline uint32_t fuzz_damage(struct fuzz *f, uint8_t *data, uint32_t len)
{
	static const uint16_t lens[] = { 0, 1, 3, 4, 5, 7, 8, 12, 255, 0x7fff, 0xffff };
	uint32_t at, from, n;

	if (!len)
		return 0;
	at = rng_below(&f->rng, len);
	n = rng_below(&f->rng, len - at) + 1;
	switch (rng_below(&f->rng, 7)) {
	case 0:
		data[at] ^= 1 << rng_below(&f->rng, 8);
		break;
	case 1:
		data[at] = rng_next(&f->rng);
		break;
	case 2:		/* the length of an attribute, perhaps */
		at &= ~3U;
		if (at + 2 <= len) {
			uint16_t l = FUZZ_PICK(f, lens);

			memcpy(data + at, &l, sizeof(l));
		}
		break;
	case 3:		/* its type */
		at = (at & ~3U) + 2;
		if (at + 2 <= len) {
			uint16_t t = rng_below(&f->rng, 64) |
				     FUZZ_PICK(f, ((uint16_t[]){ 0, 0x4000, 0x8000, 0xc000 }));

			memcpy(data + at, &t, sizeof(t));
		}
		break;
	case 4:		/* a piece somewhere else */
		from = at & ~3U;
		at = rng_below(&f->rng, len) & ~3U;
		n = len - (from > at ? from : at);
		n = n > 64 ? 64 : n;
		memmove(data + at, data + from, n);
		break;
	case 5:		/* without a piece */
		n &= ~3U;
		memmove(data + at, data + at + n, len - at - n);
		return len - n;
	default:	/* the end is missing */
		return at;
	}
	return len;
}

static inline void fuzz_mutate(struct fuzz *f, struct nlmsghdr *nlh)
{
	struct genlmsghdr *g = NLMSG_DATA(nlh);
	uint32_t head = NLMSG_LENGTH(GENL_HDRLEN);
	uint32_t n = rng_below(&f->rng, 4) + 1;

	while (n--)
		nlh->nlmsg_len = head + fuzz_damage(f, (uint8_t *)nlh + head,
						    nlh->nlmsg_len - head);
	if (rng_one_in(&f->rng, 10))
		g->cmd = rng_below(&f->rng, CRYPTOMAP_CMD_MAX + 3);
	if (rng_one_in(&f->rng, 10))
		nlh->nlmsg_flags ^= NLM_F_DUMP;
	if (rng_one_in(&f->rng, 50))
		nlh->nlmsg_len = NLMSG_HDRLEN + rng_below(&f->rng, GENL_HDRLEN + 1);
}

#endif

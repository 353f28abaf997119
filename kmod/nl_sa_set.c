// SPDX-License-Identifier: GPL-2.0
/* SPI_ALLOC and SA_SET: making SAs, with every attribute checked by name. */
#include <linux/in.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "kmod/core/alg.h"

#include "demux.h"
#include "dynamic.h"
#include "esp.h"
#include "flow.h"
#include "ip.h"
#include "netlink.h"
#include "nl_sa.h"
#include "pernet.h"
#include "sa.h"

/* --- checks of one attribute --- */

static int check_proto(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 proto = nla_get_u8(attr);

	if (proto == IPPROTO_ESP ||
	    (proto == IPPROTO_AH && CM_FEATURES & CRYPTOMAP_FEATURE_AH))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_PROTO is 50 (ESP), or 51 (AH) with FEATURE_AH");
	return -EPROTONOSUPPORT;
}

static int check_mode(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 mode = nla_get_u8(attr);

	if (mode == CRYPTOMAP_MODE_TUNNEL ||
	    (mode == CRYPTOMAP_MODE_TRANSPORT &&
	     CM_FEATURES & CRYPTOMAP_FEATURE_TRANSPORT))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_MODE is 0 (tunnel), or 1 (transport) with FEATURE_TRANSPORT");
	return -EOPNOTSUPP;
}

#define SA_FLAGS_KNOWN (CRYPTOMAP_SA_F_ESN | CRYPTOMAP_SA_F_NO_REPLAY | \
			CRYPTOMAP_SA_F_ACTIVATE | CRYPTOMAP_SA_F_NOTIFY_FIRST | \
			CRYPTOMAP_SA_F_SYNC_CRYPTO | CRYPTOMAP_SA_F_REKEY_ONLY | \
			CRYPTOMAP_SA_F_NAT_DEMUX | CRYPTOMAP_SA_F_BUNDLE)

static int check_flags(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 flags = nla_get_u32(attr);

	if (flags & ~SA_FLAGS_KNOWN) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "SA_FLAGS has unknown bits: 0..0xff");
		return -EINVAL;
	}
	return 0;
}

static int check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	union cm_addr addr;

	if (cm_nl_check_addr(attr, extack))
		return -EINVAL;
	if (cm_nl_get_addr(attr, &addr) == AF_INET6) {
		if (!ipv6_mod_enabled()) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "IPv6 is switched off in this kernel");
			return -EAFNOSUPPORT;
		}
		if (ipv6_addr_type(cm_ip_in6(&addr)) & IPV6_ADDR_UNICAST)
			return 0;
	} else if (!ipv4_is_zeronet(addr.v4) && !ipv4_is_multicast(addr.v4) &&
		   !ipv4_is_lbcast(addr.v4)) {
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_SRC, SA_DST, SA_OA_SRC and SA_OA_DST are unicast addresses");
	return -EINVAL;
}

static int check_spi(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (ntohl(nla_get_be32(attr)) >= CRYPTOMAP_SPI_MIN)
		return 0;
	cm_extack(extack, attr, nla_type(attr) == CRYPTOMAP_SA_AH_SPI ?
		  "SA_AH_SPI is out of range: 256..4294967295" :
		  "SA_SPI is out of range: 256..4294967295");
	return -ERANGE;
}

static int check_encr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (cm_encr_find(nla_get_u16(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_ENCR is no known encryption transform");
	return -EOPNOTSUPP;
}

static int check_auth(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u16 id = nla_get_u16(attr);

	if (id == CRYPTOMAP_AUTH_NONE || cm_auth_find(id))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_AUTH is no known integrity transform");
	return -EOPNOTSUPP;
}

static int check_key(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= CRYPTOMAP_KEY_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "a key is longer than 128 bytes");
	return -EINVAL;
}

static int check_window(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 window = nla_get_u32(attr);

	if (window >= CM_REPLAY_MIN && window <= CRYPTOMAP_WINDOW_MAX &&
	    !(window % 32))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_WINDOW is out of range: 32..4096, a multiple of 32");
	return -ERANGE;
}

static int check_idle(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 secs = nla_get_u32(attr);

	if (!secs || (secs >= 60 && secs <= 86400))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_IDLE_SECS is out of range: 60..86400, or 0 for never");
	return -ERANGE;
}

static int check_encap(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_get_be16(attr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_ENCAP_SPORT and SA_ENCAP_DPORT are out of range: 1..65535");
	return -ERANGE;
}

static int check_ipcomp(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 id = nla_get_u8(attr);

	if (id == CRYPTOMAP_IPCOMP_NONE || id == CRYPTOMAP_IPCOMP_DEFLATE)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_IPCOMP is 0 (none) or 2 (deflate)");
	return -EOPNOTSUPP;
}

/* 0 to 63 name well-known algorithms, 64 to 255 are reserved (RFC 3173, 3.3). */
static int check_cpi(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u16 cpi = nla_get_u16(attr);

	if (cpi == CRYPTOMAP_IPCOMP_DEFLATE || cpi >= 256)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_CPI is out of range: 2, or 256..65535");
	return -ERANGE;
}

static int check_tfc_pad(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u16 pad = nla_get_u16(attr);

	if (pad <= CRYPTOMAP_TFC_MTU || (pad >= 64 && pad <= 65495))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "SA_TFC_PAD is 64 to 65495 bytes, 1 for what fits, or 0 for none");
	return -ERANGE;
}

static int check_dummy(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 ms = nla_get_u32(attr);

	if (!ms || (ms >= 10 && ms <= 3600000))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SA_DUMMY_MS is out of range: 10..3600000, or 0 for never");
	return -ERANGE;
}

CM_NL_RANGE(id, nla_get_u32, "SA_ID", 1, 4294967295)
CM_NL_RANGE(dir, nla_get_u8, "SA_DIR", 0, 1)
CM_NL_RANGE(spi_bound, nla_get_u32, "SA_SPI_MIN, SA_SPI_MAX", 256, 4294967295)
CM_NL_RANGE(flow, nla_get_u32, "SA_FLOW", 1, 4294967295)
CM_NL_RANGE(entry, nla_get_u32, "SA_ENTRY", 1, 65535)
CM_NL_RANGE(df, nla_get_u8, "SA_DF", 0, 2)
CM_NL_RANGE(reason, nla_get_u8, "SA_REASON", 0, 10)

const struct nla_policy cm_sa_policy[CRYPTOMAP_SA_MAX + 1] = {
	[CRYPTOMAP_SA_ID] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_DIR] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_PROTO] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_SPI] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_SPI_MIN] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_SPI_MAX] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_SRC] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_addr),
	[CRYPTOMAP_SA_DST] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_addr),
	[CRYPTOMAP_SA_MODE] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_FLOW] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_FLAGS] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_OWNER] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_COOKIE] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_ENCR] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_ENCR_KEY] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_key),
	[CRYPTOMAP_SA_AUTH] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_AUTH_KEY] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_key),
	[CRYPTOMAP_SA_SEL] = NLA_POLICY_NESTED(cm_sel_policy),
	[CRYPTOMAP_SA_WINDOW] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_SEQ] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_DF] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_ENCAP_SPORT] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_ENCAP_DPORT] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_SOFT_SECS] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_HARD_SECS] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_SOFT_KB] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_HARD_KB] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_SOFT_PKTS] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_HARD_PKTS] = { .type = NLA_U64 },
	[CRYPTOMAP_SA_IDLE_SECS] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_REASON] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_OA_SRC] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_addr),
	[CRYPTOMAP_SA_OA_DST] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_addr),
	[CRYPTOMAP_SA_IPCOMP] = { .type = NLA_U8 },
	[CRYPTOMAP_SA_CPI] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_IFNAME] = CM_NL_IFNAME,
	[CRYPTOMAP_SA_ENTRY] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_MARK_OUT] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_MARK_IN] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_TFC_PAD] = { .type = NLA_U16 },
	[CRYPTOMAP_SA_DUMMY_MS] = { .type = NLA_U32 },
	[CRYPTOMAP_SA_AH_SPI] = { .type = NLA_U32 },
};

const cm_nl_check cm_sa_checks[CRYPTOMAP_SA_MAX + 1] = {
	[CRYPTOMAP_SA_ID] = check_id,
	[CRYPTOMAP_SA_DIR] = check_dir,
	[CRYPTOMAP_SA_PROTO] = check_proto,
	[CRYPTOMAP_SA_SPI] = check_spi,
	[CRYPTOMAP_SA_SPI_MIN] = check_spi_bound,
	[CRYPTOMAP_SA_SPI_MAX] = check_spi_bound,
	[CRYPTOMAP_SA_MODE] = check_mode,
	[CRYPTOMAP_SA_FLOW] = check_flow,
	[CRYPTOMAP_SA_FLAGS] = check_flags,
	[CRYPTOMAP_SA_ENCR] = check_encr,
	[CRYPTOMAP_SA_AUTH] = check_auth,
	[CRYPTOMAP_SA_WINDOW] = check_window,
	[CRYPTOMAP_SA_DF] = check_df,
	[CRYPTOMAP_SA_ENCAP_SPORT] = check_encap,
	[CRYPTOMAP_SA_ENCAP_DPORT] = check_encap,
	[CRYPTOMAP_SA_IDLE_SECS] = check_idle,
	[CRYPTOMAP_SA_REASON] = check_reason,
	[CRYPTOMAP_SA_IPCOMP] = check_ipcomp,
	[CRYPTOMAP_SA_CPI] = check_cpi,
	[CRYPTOMAP_SA_ENTRY] = check_entry,
	[CRYPTOMAP_SA_TFC_PAD] = check_tfc_pad,
	[CRYPTOMAP_SA_DUMMY_MS] = check_dummy,
	[CRYPTOMAP_SA_AH_SPI] = check_spi,
};

/* --- which attributes a command takes --- */

/* X(attribute, needed by SPI_ALLOC (1) or allowed (0) or refused (-1), SA_SET) */
static const struct {
	u8 attr;
	s8 spi_alloc;
	s8 sa_set;
	const char *missing;
} usage[] = {
	{ CRYPTOMAP_SA_ID, -1, -1, NULL },
	{ CRYPTOMAP_SA_DIR, 0, 1, "SA_DIR is missing" },
	{ CRYPTOMAP_SA_SPI, -1, 1, "SA_SPI is missing" },
	{ CRYPTOMAP_SA_SPI_MIN, 0, -1, NULL },
	{ CRYPTOMAP_SA_SPI_MAX, 0, -1, NULL },
	{ CRYPTOMAP_SA_SRC, 1, 1, "SA_SRC is missing" },
	{ CRYPTOMAP_SA_DST, 1, 1, "SA_DST is missing" },
	{ CRYPTOMAP_SA_FLOW, 0, 0, NULL },
	{ CRYPTOMAP_SA_ENCR, -1, 0, NULL },
	{ CRYPTOMAP_SA_ENCR_KEY, -1, 0, NULL },
	{ CRYPTOMAP_SA_AUTH, -1, 0, NULL },
	{ CRYPTOMAP_SA_AUTH_KEY, -1, 0, NULL },
	{ CRYPTOMAP_SA_SEL, -1, 0, NULL },
	{ CRYPTOMAP_SA_WINDOW, -1, 0, NULL },
	{ CRYPTOMAP_SA_SEQ, -1, 0, NULL },
	{ CRYPTOMAP_SA_ENCAP_SPORT, -1, 0, NULL },
	{ CRYPTOMAP_SA_ENCAP_DPORT, -1, 0, NULL },
	{ CRYPTOMAP_SA_IPCOMP, -1, 0, NULL },
	{ CRYPTOMAP_SA_CPI, -1, 0, NULL },
	{ CRYPTOMAP_SA_REASON, -1, -1, NULL },
	{ CRYPTOMAP_SA_OA_SRC, -1, 0, NULL },
	{ CRYPTOMAP_SA_OA_DST, -1, 0, NULL },
	{ CRYPTOMAP_SA_IFNAME, -1, 0, NULL },
	{ CRYPTOMAP_SA_ENTRY, -1, 0, NULL },
	{ CRYPTOMAP_SA_MARK_OUT, -1, 0, NULL },
	{ CRYPTOMAP_SA_MARK_IN, -1, 0, NULL },
	{ CRYPTOMAP_SA_TFC_PAD, -1, 0, NULL },
	{ CRYPTOMAP_SA_DUMMY_MS, -1, 0, NULL },
	{ CRYPTOMAP_SA_AH_SPI, -1, 0, NULL },
};

static int check_usage(struct nlattr **tb, struct nlattr *nest, bool set,
		       struct netlink_ext_ack *extack)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(usage); i++) {
		s8 use = set ? usage[i].sa_set : usage[i].spi_alloc;
		struct nlattr *attr = tb[usage[i].attr];

		if (use > 0 && !attr) {
			cm_extack(extack, nest, usage[i].missing);
			return -EINVAL;
		}
		if (use < 0 && attr) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "this command does not take the attribute");
			return -EINVAL;
		}
	}
	return 0;
}

/* --- reading --- */

u64 cm_nl_get_limit(const struct nlattr *attr, bool kilobytes)
{
	u64 val;

	if (!attr)
		return CM_LIFE_NO_LIMIT;
	val = nla_len(attr) == sizeof(u32) ? nla_get_u32(attr) : nla_get_u64(attr);
	if (!val)
		return CM_LIFE_NO_LIMIT;
	return kilobytes ? cm_life_kilobytes(val) : val;
}

int cm_nl_check_life(const struct cm_life_limits *life, struct nlattr *nest,
		     struct netlink_ext_ack *extack)
{
	int kind;

	for (kind = 0; kind < CM_LIFE_KINDS; kind++) {
		/* A soft limit alone is one at which nothing else happens. */
		if (life->soft.v[kind] == CM_LIFE_NO_LIMIT ||
		    life->soft.v[kind] <= life->hard.v[kind])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, nest, "a soft lifetime is above its hard one");
		return -EINVAL;
	}
	return 0;
}

static void parse_life(struct nlattr **tb, struct cm_life_limits *life)
{
	life->soft.v[CM_LIFE_SECONDS] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_SOFT_SECS], false);
	life->hard.v[CM_LIFE_SECONDS] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_HARD_SECS], false);
	life->soft.v[CM_LIFE_BYTES] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_SOFT_KB], true);
	life->hard.v[CM_LIFE_BYTES] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_HARD_KB], true);
	life->soft.v[CM_LIFE_PACKETS] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_SOFT_PKTS], false);
	life->hard.v[CM_LIFE_PACKETS] =
		cm_nl_get_limit(tb[CRYPTOMAP_SA_HARD_PKTS], false);
}

/* What both commands read: addresses, marks. */
static int parse_ends(struct nlattr **tb, struct cm_sa_spec *spec,
		      struct netlink_ext_ack *extack)
{
	spec->key.proto = tb[CRYPTOMAP_SA_PROTO] ?
			  nla_get_u8(tb[CRYPTOMAP_SA_PROTO]) : IPPROTO_ESP;
	spec->key.family = cm_nl_get_addr(tb[CRYPTOMAP_SA_DST], &spec->key.daddr);
	if (cm_nl_get_addr(tb[CRYPTOMAP_SA_SRC], &spec->saddr) != spec->key.family) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_SRC],
				    "SA_SRC and SA_DST are of different families");
		return -EINVAL;
	}
	if (tb[CRYPTOMAP_SA_OWNER])
		spec->owner = nla_get_u32(tb[CRYPTOMAP_SA_OWNER]);
	if (tb[CRYPTOMAP_SA_COOKIE])
		spec->cookie = nla_get_u64(tb[CRYPTOMAP_SA_COOKIE]);
	return 0;
}

static int parse_ipcomp(struct nlattr **tb, struct cm_sa_spec *spec,
			struct netlink_ext_ack *extack)
{
	struct nlattr *ipcomp = tb[CRYPTOMAP_SA_IPCOMP];
	struct nlattr *cpi = tb[CRYPTOMAP_SA_CPI];

	if (ipcomp)
		spec->ipcomp = nla_get_u8(ipcomp);
	if (!spec->ipcomp && cpi) {
		NL_SET_ERR_MSG_ATTR(extack, cpi, "SA_CPI needs SA_IPCOMP");
		return -EINVAL;
	}
	if (!spec->ipcomp)
		return 0;
	if (spec->key.proto != IPPROTO_ESP) {
		NL_SET_ERR_MSG_ATTR(extack, ipcomp, "SA_IPCOMP is for ESP");
		return -EINVAL;
	}
	spec->cpi = cpi ? nla_get_u16(cpi) : spec->ipcomp;
	return 0;
}

/* Each direction has one, so that the other is a mistake. */
static int parse_mark(struct nlattr **tb, struct cm_sa_spec *spec,
		      struct netlink_ext_ack *extack)
{
	bool in = spec->dir == CRYPTOMAP_DIR_IN;
	struct nlattr *other = tb[in ? CRYPTOMAP_SA_MARK_OUT : CRYPTOMAP_SA_MARK_IN];
	struct nlattr *mark = tb[in ? CRYPTOMAP_SA_MARK_IN : CRYPTOMAP_SA_MARK_OUT];

	if (other) {
		NL_SET_ERR_MSG_ATTR(extack, other,
				    "SA_MARK_OUT is for outbound SAs, SA_MARK_IN for inbound ones");
		return -EINVAL;
	}
	if (mark)
		spec->mark = nla_get_u32(mark);
	return 0;
}

/* What belongs to one direction only. */
static int check_direction(struct nlattr **tb, const struct cm_sa_spec *spec,
			   struct netlink_ext_ack *extack)
{
	const u32 in_flags = CRYPTOMAP_SA_F_NO_REPLAY | CRYPTOMAP_SA_F_NOTIFY_FIRST;
	bool in = spec->dir == CRYPTOMAP_DIR_IN;

	if (!in && tb[CRYPTOMAP_SA_WINDOW]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_WINDOW],
				    "SA_WINDOW is for inbound SAs");
		return -EINVAL;
	}
	if (in && tb[CRYPTOMAP_SA_DF]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_DF],
				    "SA_DF is for outbound SAs");
		return -EINVAL;
	}
	if (spec->flags & (in ? CRYPTOMAP_SA_F_ACTIVATE : in_flags)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_FLAGS],
				    "SA_FLAGS: NO_REPLAY and NOTIFY_FIRST are for inbound SAs, ACTIVATE for outbound ones");
		return -EINVAL;
	}
	return 0;
}

static int check_seq(struct nlattr **tb, const struct cm_sa_spec *spec,
		     struct netlink_ext_ack *extack)
{
	if (spec->flags & CRYPTOMAP_SA_F_ESN || spec->seq <= U32_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_SEQ],
			    "SA_SEQ is out of range: 0..4294967295 without ESN");
	return -ERANGE;
}

/* ESP has a cipher, "null" at least; AH has none. */
static int check_cipher(struct nlattr **tb, const struct cm_sa_spec *spec,
			struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct nlattr *encr = tb[CRYPTOMAP_SA_ENCR];
	struct nlattr *excess = encr ?: tb[CRYPTOMAP_SA_ENCR_KEY];

	if (spec->key.proto == IPPROTO_AH && excess) {
		NL_SET_ERR_MSG_ATTR(extack, excess,
				    "AH takes neither SA_ENCR nor SA_ENCR_KEY");
		return -EINVAL;
	}
	if (spec->key.proto != IPPROTO_AH && !encr) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "SA_ENCR is missing");
		return -EINVAL;
	}
	return 0;
}

static int check_encr_key(struct nlattr **tb, struct cm_sa_spec *spec,
			  const struct cm_encr *encr, u16 len,
			  struct nlattr *nest, struct netlink_ext_ack *extack)
{
	if (len < encr->salt || !cm_encr_key_ok(encr, len - encr->salt)) {
		cm_extack(extack, tb[CRYPTOMAP_SA_ENCR_KEY] ?: nest, encr->key_text);
		return -EINVAL;
	}
	spec->encr_bits = (len - encr->salt) * 8;
	return 0;
}

/* Transforms that fit each other, and keys that fit them. */
static int check_keys(struct nlattr **tb, struct cm_sa_spec *spec,
		      const struct cm_esp_keys *keys, struct nlattr *nest,
		      struct netlink_ext_ack *extack)
{
	bool ah = spec->key.proto == IPPROTO_AH;
	const struct cm_encr *encr = cm_encr_find(spec->encr);
	const struct cm_auth *auth = cm_auth_find(spec->auth);
	const char *why;
	int err = 0;

	if (ah)
		why = cm_alg_check_ah(auth);
	else if (spec->ah_spi)
		why = cm_alg_check_bundled(encr, auth);
	else
		why = cm_alg_check_esp(encr, auth);
	if (why) {
		cm_extack(extack, tb[CRYPTOMAP_SA_AUTH] ?:
			  tb[CRYPTOMAP_SA_ENCR] ?: nest, why);
		return -EINVAL;
	}
	if (!ah)
		err = check_encr_key(tb, spec, encr, keys->encr_len, nest,
				     extack);
	if (err)
		return err;
	if (keys->auth_len != auth->key) {
		cm_extack(extack, tb[CRYPTOMAP_SA_AUTH_KEY] ?: nest, auth->key_text);
		return -EINVAL;
	}
	return 0;
}

static void get_key(const struct nlattr *attr, const u8 **key, u16 *len)
{
	*key = attr ? nla_data(attr) : NULL;
	*len = attr ? nla_len(attr) : 0;
}

static int parse_set(struct nlattr **tb, struct nlattr *nest,
		     struct cm_sa_spec *spec, struct cm_esp_keys *keys,
		     struct netlink_ext_ack *extack)
{
	int err;

	err = check_usage(tb, nest, true, extack) ?:
	      parse_ends(tb, spec, extack) ?:
	      check_cipher(tb, spec, nest, extack);
	if (err)
		return err;
	spec->key.spi = nla_get_be32(tb[CRYPTOMAP_SA_SPI]);
	spec->dir = nla_get_u8(tb[CRYPTOMAP_SA_DIR]);
	if (tb[CRYPTOMAP_SA_ENCR])
		spec->encr = nla_get_u16(tb[CRYPTOMAP_SA_ENCR]);
	if (tb[CRYPTOMAP_SA_AUTH])
		spec->auth = nla_get_u16(tb[CRYPTOMAP_SA_AUTH]);
	if (tb[CRYPTOMAP_SA_MODE])
		spec->mode = nla_get_u8(tb[CRYPTOMAP_SA_MODE]);
	if (tb[CRYPTOMAP_SA_FLAGS])
		spec->flags = nla_get_u32(tb[CRYPTOMAP_SA_FLAGS]);
	if (tb[CRYPTOMAP_SA_DF])
		spec->df = nla_get_u8(tb[CRYPTOMAP_SA_DF]);
	if (tb[CRYPTOMAP_SA_SEQ])
		spec->seq = nla_get_u64(tb[CRYPTOMAP_SA_SEQ]);
	if (tb[CRYPTOMAP_SA_IDLE_SECS])
		spec->idle_secs = nla_get_u32(tb[CRYPTOMAP_SA_IDLE_SECS]);
	spec->window = tb[CRYPTOMAP_SA_WINDOW] ?
		       nla_get_u32(tb[CRYPTOMAP_SA_WINDOW]) : 64;
	parse_life(tb, &spec->life);
	get_key(tb[CRYPTOMAP_SA_ENCR_KEY], &keys->encr, &keys->encr_len);
	get_key(tb[CRYPTOMAP_SA_AUTH_KEY], &keys->auth, &keys->auth_len);
	return cm_nl_parse_natt(tb, spec, extack) ?:
	       parse_ipcomp(tb, spec, extack) ?:
	       parse_mark(tb, spec, extack) ?:
	       cm_nl_parse_tfc(tb, spec, extack) ?:
	       cm_nl_parse_bundle(tb, spec, extack) ?:
	       check_direction(tb, spec, extack) ?:
	       check_seq(tb, spec, extack) ?:
	       check_keys(tb, spec, keys, nest, extack) ?:
	       cm_nl_check_life(&spec->life, nest, extack);
}

/* --- commands --- */

static int check_fit(const struct cm_sa *sa, const struct cm_flow *flow,
		     const struct cm_sa_spec *spec, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[CRYPTOMAP_SA_FLOW] ?: tb[CRYPTOMAP_SA_IFNAME];

	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT &&
	    flow->sel.family != sa->key.family) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "in transport mode the flow is of the address family of the SA");
		return -EINVAL;
	}
	/* It may have become another since the selectors were read. */
	if (sa->nsel && flow->sel.family != sa->sel[0].family) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the selectors and the flow are of different address families");
		return -EINVAL;
	}
	if (!sa->nsel && flow->nsel > 1) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the flow has more than one selector: SA_SEL is missing");
		return -EINVAL;
	}
	if (spec->flags & CRYPTOMAP_SA_F_REKEY_ONLY && list_empty(&flow->sas)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_FLAGS],
				    "SA_F_REKEY_ONLY: the flow has no SA");
		return -ENOENT;
	}
	return 0;
}

static int enter_flow(struct cm_sa *sa, struct cm_flow *flow,
		      const struct cm_sa_spec *spec, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = check_fit(sa, flow, spec, tb, extack) ?:
	      cm_demux_check(sa, flow, extack) ?:
	      cm_nl_check_tfc(sa, flow, tb, extack) ?:
	      cm_nl_insert(sa, flow, spec, extack);
	if (err)
		return err;
	cm_sa_set_life(sa, &spec->life, spec->idle_secs);
	if (spec->flags & CRYPTOMAP_SA_F_ACTIVATE)
		err = cm_sa_activate(sa, extack);
	if (err) {
		/* Its life may have ended already; the caller puts it, too. */
		cm_sa_get(sa);
		cm_sa_remove(sa, CRYPTOMAP_TOMB_EXPIRED);
	}
	return err;
}

static int sa_enter(struct cm_sa *sa, const struct cm_sa_spec *spec,
		    struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct cm_flow *flow = cm_nl_sa_flow(sa->cn, tb, spec, extack);
	int err;

	if (IS_ERR(flow))
		return PTR_ERR(flow);
	cm_flow_get(flow);
	err = enter_flow(sa, flow, spec, tb, extack);
	if (err)
		cm_dynamic_left(flow);	/* it may have been made for this SA */
	cm_flow_put(flow);
	return err;
}

static int sa_set(struct cm_net *cn, struct nlattr **tb, struct nlattr *nest,
		  struct genl_info *info)
{
	struct cm_esp_keys keys = { };
	struct cm_sa_spec *spec;
	struct cm_sa *sa;
	int err;

	spec = kzalloc(sizeof(*spec), GFP_KERNEL);	/* 32 selectors: not for the stack */
	if (!spec)
		return -ENOMEM;
	err = parse_set(tb, nest, spec, &keys, info->extack) ?:
	      cm_nl_sa_parse_flow(cn, tb, nest, spec, info->extack);
	if (err)
		goto out;
	/* Outside the lock: it may load ciphers. */
	sa = cm_sa_create(cn, spec, &keys, info->extack);
	if (IS_ERR(sa)) {
		err = PTR_ERR(sa);
		goto out;
	}
	sa->portid = info->snd_portid;
	mutex_lock(&cn->lock);
	err = sa_enter(sa, spec, tb, info->extack);
	mutex_unlock(&cn->lock);
	if (err)
		cm_sa_put(sa);
out:
	kfree(spec);
	return err;
}

/* Every key in the request, also one that stands twice or is refused. */
static void wipe_keys(struct nlattr *nest)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem)
		if (nla_type(attr) == CRYPTOMAP_SA_ENCR_KEY ||
		    nla_type(attr) == CRYPTOMAP_SA_AUTH_KEY)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

int cm_nl_sa_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_SA];
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	int err;

	err = cm_nl_parse_sa(info, tb);
	if (!err)
		err = sa_set(cn, tb, nest, info);
	if (nest)
		wipe_keys(nest);
	return err;
}

static int parse_alloc(struct nlattr **tb, struct nlattr *nest,
		       struct cm_sa_spec *spec, u32 *lo, u32 *hi,
		       struct netlink_ext_ack *extack)
{
	int err;

	err = check_usage(tb, nest, false, extack) ?: parse_ends(tb, spec, extack);
	if (err)
		return err;
	if (tb[CRYPTOMAP_SA_DIR] &&
	    nla_get_u8(tb[CRYPTOMAP_SA_DIR]) != CRYPTOMAP_DIR_IN) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_DIR],
				    "the SPIs of outbound SAs are the peer's to choose");
		return -EINVAL;
	}
	*lo = tb[CRYPTOMAP_SA_SPI_MIN] ?
	      nla_get_u32(tb[CRYPTOMAP_SA_SPI_MIN]) : 4096;
	*hi = tb[CRYPTOMAP_SA_SPI_MAX] ?
	      nla_get_u32(tb[CRYPTOMAP_SA_SPI_MAX]) : U32_MAX;
	if (*lo <= *hi)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_SPI_MIN] ?: nest,
			    "SA_SPI_MIN is above SA_SPI_MAX");
	return -EINVAL;
}

static int spi_alloc(struct cm_net *cn, struct genl_info *info,
		     struct cm_sa_spec *spec, struct cm_reply *reply)
{
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_SA];
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	struct cm_sa *sa;
	u32 lo, hi;
	int err;

	err = cm_nl_parse_sa(info, tb) ?:
	      parse_alloc(tb, nest, spec, &lo, &hi, info->extack);
	if (err)
		return err;
	spec->dir = CRYPTOMAP_DIR_IN;
	sa = cm_sa_create(cn, spec, NULL, info->extack);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	mutex_lock(&cn->lock);
	err = cm_sa_reserve(sa, lo, hi, info->extack);
	if (err)
		cm_sa_put(sa);
	else
		err = cm_nl_put_sa_event(reply->skb, sa);
	mutex_unlock(&cn->lock);
	return err;
}

int cm_nl_spi_alloc(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_sa_spec *spec;
	struct cm_reply reply;
	int err;

	err = cm_reply_begin(&reply, info, CRYPTOMAP_CMD_SPI_ALLOC);
	if (err)
		return err;
	spec = kzalloc(sizeof(*spec), GFP_KERNEL);
	err = spec ? spi_alloc(cn, info, spec, &reply) : -ENOMEM;
	kfree(spec);
	return cm_reply_end(&reply, info, err);
}

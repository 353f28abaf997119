// SPDX-License-Identifier: GPL-2.0
/* SAs that exist: get, dump, activate, update, delete, flush. */
#include <linux/slab.h>

#include "bundle.h"
#include "compat/genl.h"
#include "esp.h"
#include "event.h"
#include "flow.h"
#include "netlink.h"
#include "nl_sa.h"
#include "pernet.h"
#include "sa.h"

/* --- finding one --- */

static int parse_nest(struct nlattr *nest, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	if (!nest) {
		NL_SET_ERR_MSG(extack, "A_SA is missing");
		return -EINVAL;
	}
	return cm_nl_parse(tb, CRYPTOMAP_SA_MAX, nest, cm_sa_policy,
			  cm_sa_checks, extack);
}

int cm_nl_parse_sa(struct genl_info *info, struct nlattr **tb)
{
	return parse_nest(info->attrs[CRYPTOMAP_A_SA], tb, info->extack);
}

static struct cm_sa *find_by_key(struct cm_net *cn, struct nlattr **tb)
{
	struct cm_sa_key key = {
		.spi = nla_get_be32(tb[CRYPTOMAP_SA_SPI]),
		.proto = tb[CRYPTOMAP_SA_PROTO] ?
			 nla_get_u8(tb[CRYPTOMAP_SA_PROTO]) : IPPROTO_ESP,
	};

	key.family = cm_nl_get_addr(tb[CRYPTOMAP_SA_DST], &key.daddr);
	return cm_sa_find(cn, nla_get_u8(tb[CRYPTOMAP_SA_DIR]), &key);
}

/* The SA that A_SA names, by id or key; or an ERR_PTR. */
static struct cm_sa *find_sa(struct cm_net *cn, struct genl_info *info,
			     struct nlattr **tb)
{
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_SA];
	struct cm_sa *sa;

	if (tb[CRYPTOMAP_SA_ID]) {
		sa = cm_sa_find_id(cn, nla_get_u32(tb[CRYPTOMAP_SA_ID]));
	} else if (tb[CRYPTOMAP_SA_DIR] && tb[CRYPTOMAP_SA_SPI] &&
		   tb[CRYPTOMAP_SA_DST]) {
		sa = find_by_key(cn, tb);
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "an SA is named by SA_ID, or by SA_DIR, SA_SPI and SA_DST");
		return ERR_PTR(-EINVAL);
	}
	if (!sa) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "there is no such SA");
		return ERR_PTR(-ENOENT);
	}
	return sa;
}

/* --- writing one --- */

static int put_path(struct sk_buff *skb, const struct cm_sa_path *path, u8 family)
{
	if (cm_nl_put_addr(skb, CRYPTOMAP_SA_SRC, &path->saddr, family) ||
	    cm_nl_put_addr(skb, CRYPTOMAP_SA_DST, &path->daddr, family))
		return -EMSGSIZE;
	if (!path->sport)
		return 0;
	return nla_put_be16(skb, CRYPTOMAP_SA_ENCAP_SPORT, path->sport) ?:
	       nla_put_be16(skb, CRYPTOMAP_SA_ENCAP_DPORT, path->dport);
}

static void get_path(const struct cm_sa *sa, struct cm_sa_path *path)
{
	path->saddr = sa->saddr;
	path->daddr = sa->key.daddr;
	path->sport = sa->encap_sport;
	path->dport = sa->encap_dport;
}

/* Who it is. Any context. */
static int put_who(struct sk_buff *skb, const struct cm_sa *sa,
		   const struct cm_sa_path *path)
{
	if (nla_put_u32(skb, CRYPTOMAP_SA_ID, sa->id) ||
	    nla_put_u8(skb, CRYPTOMAP_SA_DIR, sa->dir) ||
	    nla_put_u8(skb, CRYPTOMAP_SA_PROTO, sa->key.proto) ||
	    nla_put_be32(skb, CRYPTOMAP_SA_SPI, sa->key.spi) ||
	    put_path(skb, path, sa->key.family) ||
	    (sa->flow && nla_put_u32(skb, CRYPTOMAP_SA_FLOW, sa->flow->id)) ||
	    nla_put_u8(skb, CRYPTOMAP_SA_STATE, cm_sa_state(sa)) ||
	    nla_put_u32(skb, CRYPTOMAP_SA_OWNER, sa->owner) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_SA_COOKIE, sa->cookie,
			      CRYPTOMAP_SA_PAD) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_SA_PACKETS,
			      atomic64_read(&sa->packets) - sa->packets_base,
			      CRYPTOMAP_SA_PAD) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_SA_BYTES, atomic64_read(&sa->bytes),
			      CRYPTOMAP_SA_PAD))
		return -EMSGSIZE;
	return 0;
}

/* What it was made of. */
static int put_make(struct sk_buff *skb, const struct cm_sa *sa)
{
	const char *driver = cm_esp_driver(sa);
	int i;

	if (nla_put_u8(skb, CRYPTOMAP_SA_MODE, sa->mode) ||
	    nla_put_u32(skb, CRYPTOMAP_SA_FLAGS, sa->flags) ||
	    (sa->encr &&
	     (nla_put_u16(skb, CRYPTOMAP_SA_ENCR, sa->encr) ||
	      nla_put_u16(skb, CRYPTOMAP_SA_ENCR_BITS, sa->encr_bits))) ||
	    nla_put_u16(skb, CRYPTOMAP_SA_AUTH, sa->auth) ||
	    (driver && nla_put_string(skb, CRYPTOMAP_SA_DRIVER, driver)) ||
	    (sa->dir == CRYPTOMAP_DIR_OUT &&
	     nla_put_u8(skb, CRYPTOMAP_SA_DF, sa->df)) ||
	    cm_nl_put_natt(skb, sa) || cm_nl_put_tfc(skb, sa) ||
	    cm_nl_put_bundle(skb, sa))
		return -EMSGSIZE;
	if (sa->mark && nla_put_u32(skb, sa->dir == CRYPTOMAP_DIR_OUT ?
				    CRYPTOMAP_SA_MARK_OUT :
				    CRYPTOMAP_SA_MARK_IN, sa->mark))
		return -EMSGSIZE;
	if (sa->ipcomp && (nla_put_u8(skb, CRYPTOMAP_SA_IPCOMP, sa->ipcomp) ||
			   nla_put_u16(skb, CRYPTOMAP_SA_CPI, sa->cpi)))
		return -EMSGSIZE;
	for (i = 0; i < sa->nsel; i++)
		if (cm_nl_put_sel(skb, CRYPTOMAP_SA_SEL, &sa->sel[i]))
			return -EMSGSIZE;
	return 0;
}

#define BITMAP_WORDS (CRYPTOMAP_WINDOW_MAX / 64)

/* Sequence numbers; the inbound window as words of 32 bits, lowest first. */
static int put_seq(struct sk_buff *skb, struct cm_sa *sa)
{
	u64 bitmap[BITMAP_WORDS];
	u32 *words;
	struct nlattr *attr;
	u64 seq;
	u32 i;

	spin_lock_bh(&sa->lock);
	seq = sa->replay ? sa->replay->top : sa->seq.last;
	if (sa->replay)
		cm_replay_bitmap(sa->replay, bitmap, sa->window);
	spin_unlock_bh(&sa->lock);
	if (nla_put_u64_64bit(skb, CRYPTOMAP_SA_SEQ, seq, CRYPTOMAP_SA_PAD))
		return -EMSGSIZE;
	if (!sa->replay)
		return 0;
	attr = nla_reserve(skb, CRYPTOMAP_SA_BITMAP, sa->window / 8);
	if (!attr || nla_put_u32(skb, CRYPTOMAP_SA_WINDOW, sa->window))
		return -EMSGSIZE;
	words = nla_data(attr);
	for (i = 0; i < sa->window / 32; i++)
		words[i] = bitmap[i / 2] >> (i % 2 ? 32 : 0);
	return 0;
}

static int put_overhead(struct sk_buff *skb, const struct cm_sa *sa)
{
	const struct cm_esp_geom *geom = &sa->esp->geom;

	return nla_put_u32(skb, CRYPTOMAP_SA_OVERHEAD, cm_esp_overhead(geom)) ?:
	       nla_put_u32(skb, CRYPTOMAP_SA_OVERHEAD_HEAD,
			   cm_esp_overhead_header(geom));
}

/* How far behind they were whom the window refused. */
static int put_behind(struct sk_buff *skb, const struct cm_sa *sa)
{
	const atomic64_t *behind = READ_ONCE(sa->behind);
	u64 n[CM_REPLAY_BEHIND];
	int i;

	BUILD_BUG_ON(CM_REPLAY_BEHIND != CRYPTOMAP_BEHIND_MAX);
	if (!behind)
		return 0;
	for (i = 0; i < CM_REPLAY_BEHIND; i++)
		n[i] = atomic64_read(&behind[i]);
	return nla_put(skb, CRYPTOMAP_SA_BEHIND, sizeof(n), n);
}

static u32 seconds_left(u64 limit, u64 elapsed_ms)
{
	u64 elapsed = div_u64(elapsed_ms, MSEC_PER_SEC);

	return limit > elapsed ? min_t(u64, limit - elapsed, U32_MAX) : 0;
}

static int put_limit(struct sk_buff *skb, int attr, u64 val, u32 unit)
{
	if (val == CM_LIFE_NO_LIMIT)
		val = 0;
	return nla_put_u64_64bit(skb, attr, div_u64(val, unit), CRYPTOMAP_SA_PAD);
}

static int put_limits(struct sk_buff *skb, const struct cm_life *l, u64 elapsed,
		      int secs, int kb, int pkts)
{
	u32 left = l->v[CM_LIFE_SECONDS] == CM_LIFE_NO_LIMIT ? 0 :
		   seconds_left(l->v[CM_LIFE_SECONDS], elapsed);

	if (nla_put_u32(skb, secs, left) ||
	    put_limit(skb, kb, l->v[CM_LIFE_BYTES], 1024) ||
	    put_limit(skb, pkts, l->v[CM_LIFE_PACKETS], 1))
		return -EMSGSIZE;
	return 0;
}

static int put_life(struct sk_buff *skb, const struct cm_sa *sa)
{
	unsigned long last_used = READ_ONCE(sa->last_used);
	u64 elapsed = cm_sa_clock() - sa->life_since;
	u64 age = div_u64(cm_sa_clock() - sa->since, MSEC_PER_SEC);

	if (put_limits(skb, &sa->life.soft, elapsed, CRYPTOMAP_SA_SOFT_SECS,
		       CRYPTOMAP_SA_SOFT_KB, CRYPTOMAP_SA_SOFT_PKTS) ||
	    put_limits(skb, &sa->life.hard, elapsed, CRYPTOMAP_SA_HARD_SECS,
		       CRYPTOMAP_SA_HARD_KB, CRYPTOMAP_SA_HARD_PKTS) ||
	    nla_put_u32(skb, CRYPTOMAP_SA_IDLE_SECS, sa->idle_secs) ||
	    nla_put_u32(skb, CRYPTOMAP_SA_AGE, min_t(u64, age, U32_MAX)))
		return -EMSGSIZE;
	if (!last_used)
		return 0;
	return nla_put_u32(skb, CRYPTOMAP_SA_IDLE, (jiffies - last_used) / HZ);
}

int cm_nl_put_sa_moved(struct sk_buff *skb, const void *arg)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_SA);
	const struct cm_nl_sa_moved *moved = arg;

	if (!nest || put_who(skb, moved->sa, moved->path))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_put_sa_event(struct sk_buff *skb, const void *arg)
{
	struct cm_sa_path path;
	const struct cm_nl_sa_moved moved = {
		.sa = arg,
		.path = &path,
	};

	get_path(arg, &path);
	return cm_nl_put_sa_moved(skb, &moved);
}

/* cn->lock held. */
static int put_sa(struct sk_buff *skb, struct cm_sa *sa)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_SA);
	struct cm_losses losses;
	struct cm_sa_path path;

	get_path(sa, &path);
	cm_stats_sa_sum(sa, &losses);
	if (!nest || put_who(skb, sa, &path) || put_life(skb, sa) ||
	    (sa->flow && (put_make(skb, sa) || put_overhead(skb, sa) ||
			  put_seq(skb, sa) || put_behind(skb, sa))) ||
	    cm_nl_put_losses(skb, CRYPTOMAP_SA_COUNTER, &losses))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* --- one SA --- */

int cm_nl_sa_get(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	struct cm_reply reply;
	struct cm_sa *sa;
	int err;

	if (info->attrs[CRYPTOMAP_A_FILTER]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[CRYPTOMAP_A_FILTER],
				    "A_FILTER is for dumps");
		return -EINVAL;
	}
	err = cm_nl_parse_sa(info, tb) ?:
	      cm_reply_begin(&reply, info, CRYPTOMAP_CMD_SA_GET);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	sa = find_sa(cn, info, tb);
	err = IS_ERR(sa) ? PTR_ERR(sa) : put_sa(reply.skb, sa);
	mutex_unlock(&cn->lock);
	return cm_reply_end(&reply, info, err);
}

int cm_nl_sa_activate(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	struct cm_sa *sa;
	int err;

	err = cm_nl_parse_sa(info, tb);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	sa = find_sa(cn, info, tb);
	err = IS_ERR(sa) ? PTR_ERR(sa) : cm_sa_activate(sa, info->extack);
	mutex_unlock(&cn->lock);
	return err;
}

int cm_nl_sa_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	u8 reason = CRYPTOMAP_TOMB_UNKNOWN;
	struct cm_sa *sa;
	int err;

	err = cm_nl_parse_sa(info, tb);
	if (err)
		return err;
	if (tb[CRYPTOMAP_SA_REASON])
		reason = nla_get_u8(tb[CRYPTOMAP_SA_REASON]);
	mutex_lock(&cn->lock);
	sa = find_sa(cn, info, tb);
	if (IS_ERR(sa)) {
		err = PTR_ERR(sa);
	} else {
		/* Whoever installed it knows already. */
		if (sa->portid != info->snd_portid)
			cm_event_sa_deleted(sa, reason);
		cm_sa_remove(sa, reason);
	}
	mutex_unlock(&cn->lock);
	return err;
}

/* --- update --- */

static const u8 not_updated[] = {
	CRYPTOMAP_SA_OA_SRC, CRYPTOMAP_SA_OA_DST,
	CRYPTOMAP_SA_MODE, CRYPTOMAP_SA_FLOW,
	CRYPTOMAP_SA_FLAGS, CRYPTOMAP_SA_ENCR, CRYPTOMAP_SA_ENCR_KEY,
	CRYPTOMAP_SA_AUTH, CRYPTOMAP_SA_AUTH_KEY, CRYPTOMAP_SA_SEL,
	CRYPTOMAP_SA_WINDOW, CRYPTOMAP_SA_SEQ, CRYPTOMAP_SA_SPI_MIN,
	CRYPTOMAP_SA_SPI_MAX, CRYPTOMAP_SA_REASON, CRYPTOMAP_SA_IFNAME,
	CRYPTOMAP_SA_ENTRY, CRYPTOMAP_SA_MARK_OUT, CRYPTOMAP_SA_MARK_IN,
	CRYPTOMAP_SA_TFC_PAD, CRYPTOMAP_SA_DUMMY_MS, CRYPTOMAP_SA_AH_SPI,
};

static int check_update(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(not_updated); i++) {
		if (!tb[not_updated[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[not_updated[i]],
				    "SA_UPDATE changes addresses, ports of UDP, lifetimes, SA_OWNER, SA_COOKIE and SA_DF");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* A limit that is not given goes on as it was. */
static void update_seconds(u64 *limit, const struct nlattr *attr, u64 elapsed_ms)
{
	if (attr)
		*limit = cm_nl_get_limit(attr, false);
	else if (*limit != CM_LIFE_NO_LIMIT)
		*limit = max(seconds_left(*limit, elapsed_ms), 1U);
}

static void update_volume(u64 *limit, const struct nlattr *attr, bool kilobytes)
{
	if (attr)
		*limit = cm_nl_get_limit(attr, kilobytes);
}

static int update_life(struct cm_sa *sa, struct nlattr **tb, struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	u64 elapsed = cm_sa_clock() - sa->life_since;
	struct cm_life_limits life = sa->life;
	u32 idle = tb[CRYPTOMAP_SA_IDLE_SECS] ?
		   nla_get_u32(tb[CRYPTOMAP_SA_IDLE_SECS]) : sa->idle_secs;
	int err;

	update_seconds(&life.soft.v[CM_LIFE_SECONDS], tb[CRYPTOMAP_SA_SOFT_SECS],
		       elapsed);
	update_seconds(&life.hard.v[CM_LIFE_SECONDS], tb[CRYPTOMAP_SA_HARD_SECS],
		       elapsed);
	update_volume(&life.soft.v[CM_LIFE_BYTES], tb[CRYPTOMAP_SA_SOFT_KB], true);
	update_volume(&life.hard.v[CM_LIFE_BYTES], tb[CRYPTOMAP_SA_HARD_KB], true);
	update_volume(&life.soft.v[CM_LIFE_PACKETS], tb[CRYPTOMAP_SA_SOFT_PKTS],
		      false);
	update_volume(&life.hard.v[CM_LIFE_PACKETS], tb[CRYPTOMAP_SA_HARD_PKTS],
		      false);
	err = cm_nl_check_life(&life, nest, extack);
	if (!err)
		cm_sa_set_life(sa, &life, idle);
	return err;
}

static bool has_life(struct nlattr **tb)
{
	return tb[CRYPTOMAP_SA_SOFT_SECS] || tb[CRYPTOMAP_SA_HARD_SECS] ||
	       tb[CRYPTOMAP_SA_SOFT_KB] || tb[CRYPTOMAP_SA_HARD_KB] ||
	       tb[CRYPTOMAP_SA_SOFT_PKTS] || tb[CRYPTOMAP_SA_HARD_PKTS] ||
	       tb[CRYPTOMAP_SA_IDLE_SECS];
}

static int update_addr(union cm_addr *addr, const struct nlattr *attr, u8 family,
		       struct netlink_ext_ack *extack)
{
	if (!attr || cm_nl_get_addr(attr, addr) == family)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the SA is of another address family");
	return -EINVAL;
}

static bool same_ends(const struct cm_sa *sa, const struct cm_sa_path *path)
{
	return cm_addr_equal(&sa->saddr, &path->saddr) &&
	       cm_addr_equal(&sa->key.daddr, &path->daddr);
}

/* With SA_ID alone is SA_DST not the name of the SA but its new destination. */
static int update_path(struct cm_sa *sa, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *sport = tb[CRYPTOMAP_SA_ENCAP_SPORT];
	struct nlattr *dport = tb[CRYPTOMAP_SA_ENCAP_DPORT];
	struct nlattr *dst = tb[CRYPTOMAP_SA_ID] ? tb[CRYPTOMAP_SA_DST] : NULL;
	struct cm_sa_path path;
	int err;

	if (!tb[CRYPTOMAP_SA_SRC] && !dst && !sport && !dport)
		return 0;
	if ((sport || dport) && !sa->encap_sport) {
		NL_SET_ERR_MSG_ATTR(extack, sport ?: dport,
				    "the SA has no UDP encapsulation");
		return -EINVAL;
	}
	get_path(sa, &path);
	err = update_addr(&path.saddr, tb[CRYPTOMAP_SA_SRC], sa->key.family, extack) ?:
	      update_addr(&path.daddr, dst, sa->key.family, extack);
	if (err)
		return err;
	/* Readers see an address of IPv4 whole or not at all. */
	if ((sa->key.family != AF_INET || sa->mode != CRYPTOMAP_MODE_TUNNEL ||
	     cm_bundle_partner(sa)) && !same_ends(sa, &path)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_SRC] ?: dst,
				    "only an SA of tunnel mode over IPv4 and of no bundle can move to other addresses");
		return -EOPNOTSUPP;
	}
	if (sport)
		path.sport = nla_get_be16(sport);
	if (dport)
		path.dport = nla_get_be16(dport);
	return cm_sa_move(sa, &path, extack);
}

static int sa_update(struct cm_net *cn, struct genl_info *info, struct nlattr **tb)
{
	struct cm_sa *sa = find_sa(cn, info, tb);
	int err;

	if (IS_ERR(sa))
		return PTR_ERR(sa);
	if (!sa->flow) {
		NL_SET_ERR_MSG(info->extack, "the SPI is reserved, but there is no SA yet");
		return -EINVAL;
	}
	if (tb[CRYPTOMAP_SA_DF] && sa->dir != CRYPTOMAP_DIR_OUT) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[CRYPTOMAP_SA_DF],
				    "SA_DF is for outbound SAs");
		return -EINVAL;
	}
	err = update_path(sa, tb, info->extack);
	if (!err && has_life(tb))
		err = update_life(sa, tb, info->attrs[CRYPTOMAP_A_SA], info->extack);
	if (err)
		return err;
	if (tb[CRYPTOMAP_SA_OWNER]) {
		sa->owner = nla_get_u32(tb[CRYPTOMAP_SA_OWNER]);
		sa->portid = info->snd_portid;	/* a daemon takes it over */
	}
	if (tb[CRYPTOMAP_SA_COOKIE])
		sa->cookie = nla_get_u64(tb[CRYPTOMAP_SA_COOKIE]);
	if (tb[CRYPTOMAP_SA_DF])
		WRITE_ONCE(sa->df, nla_get_u8(tb[CRYPTOMAP_SA_DF]));
	return 0;
}

int cm_nl_sa_update(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *tb[CRYPTOMAP_SA_MAX + 1];
	int err;

	err = cm_nl_parse_sa(info, tb) ?: check_update(tb, info->extack);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = sa_update(cn, info, tb);
	mutex_unlock(&cn->lock);
	return err;
}

/* --- many --- */

int cm_nl_sa_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	u8 reason = CRYPTOMAP_TOMB_FLUSHED;
	struct cm_filter f;
	struct cm_sa *sa;
	int id, err;

	err = cm_nl_parse_filter(info->attrs[CRYPTOMAP_A_FILTER], &f, info->extack);
	if (err)
		return err;
	if (f.reason)
		reason = f.reason;
	mutex_lock(&cn->lock);
	idr_for_each_entry(&cn->sa_ids, sa, id) {
		if (!cm_filter_sa(&f, sa))
			continue;
		if (sa->portid != info->snd_portid)
			cm_event_sa_deleted(sa, reason);
		cm_sa_remove(sa, reason);
	}
	mutex_unlock(&cn->lock);
	return 0;
}

static int dump_filter(struct netlink_callback *cb, struct cm_filter *f)
{
	struct nlattr **attrs = cm_dump_attrs(cb);

	if (attrs[CRYPTOMAP_A_SA]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[CRYPTOMAP_A_SA],
				    "A_SA is for one SA; a dump takes A_FILTER");
		return -EINVAL;
	}
	return cm_nl_parse_filter(attrs[CRYPTOMAP_A_FILTER], f, cb->extack);
}

int cm_nl_sa_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_filter f;
	struct cm_sa *sa;
	int id = ctx->id;
	void *hdr;
	int err;

	err = dump_filter(cb, &f);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	cb->seq = cn->sa_generation;
	for (; (sa = idr_get_next(&cn->sa_ids, &id)); id++) {
		if (!cm_filter_sa(&f, sa))
			continue;
		err = -EMSGSIZE;
		hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_SA_GET);
		if (!hdr)
			break;
		err = put_sa(skb, sa);
		if (err) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	ctx->id = id;
	mutex_unlock(&cn->lock);
	return skb->len ?: err;
}

// SPDX-License-Identifier: GPL-2.0
/* Losses by reason, resets, tombstones. */
#include <linux/ktime.h>

#include "acl.h"
#include "flow.h"
#include "history.h"
#include "netlink.h"
#include "pernet.h"
#include "sa.h"
#include "stats.h"
#include "tomb.h"

static int put_counter(struct sk_buff *skb, enum cm_reason reason,
		       const struct cm_net_losses *sum)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_COUNTER);

	if (!nest ||
	    nla_put_u32(skb, CRYPTOMAP_COUNTER_ID, reason) ||
	    nla_put_string(skb, CRYPTOMAP_COUNTER_NAME, cm_reason_name(reason)) ||
	    nla_put_string(skb, CRYPTOMAP_COUNTER_TEXT, cm_reason_text(reason)) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_COUNTER_PACKETS,
			      sum->ah.n[reason] + sum->other.n[reason],
			      CRYPTOMAP_COUNTER_PAD) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_COUNTER_PACKETS_AH, sum->ah.n[reason],
			      CRYPTOMAP_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_counter_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_net_losses sum;
	int err = 0;
	void *hdr;

	if (!ctx->id)
		ctx->id = CM_REASON_NONE + 1;
	mutex_lock(&cn->lock);
	cm_stats_net_sum(cn, &sum);
	mutex_unlock(&cn->lock);
	for (; ctx->id < CM_REASON_COUNT; ctx->id++) {
		err = -EMSGSIZE;
		hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_COUNTER_GET);
		if (!hdr)
			break;
		err = put_counter(skb, ctx->id, &sum);
		if (err) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len ?: err;
}

static int reset_flows(struct cm_net *cn, const struct cm_filter *f)
{
	struct cm_flow *flow;
	int id, err;

	idr_for_each_entry(&cn->flow_ids, flow, id) {
		if (!cm_filter_flow(f, flow))
			continue;
		err = cm_stats_flow_reset(flow);
		if (err)
			return err;
	}
	return 0;
}

static int reset_sas(struct cm_net *cn, const struct cm_filter *f)
{
	struct cm_sa *sa;
	int id, err;

	idr_for_each_entry(&cn->sa_ids, sa, id) {
		if (!cm_filter_sa(f, sa))
			continue;
		err = cm_stats_sa_reset(sa);
		if (err)
			return err;
	}
	return 0;
}

static void reset_all_hits(struct cm_net *cn)
{
	struct cm_acl *acl;
	int id;

	idr_for_each_entry(&cn->acl_ids, acl, id)
		cm_acl_reset(acl);
}

/* A filter of a list means its hits, and one of a peer or owner its SAs only. */
static int reset(struct cm_net *cn, struct nlattr *nest, const struct cm_filter *f,
		 struct netlink_ext_ack *extack)
{
	struct cm_acl *acl;

	if (f->acl) {
		acl = cm_acl_find(cn, f->acl);
		if (!acl) {
			NL_SET_ERR_MSG_ATTR(extack, nest, "there is no access list of this name");
			return -ENOENT;
		}
		cm_acl_reset(acl);
		return 0;
	}
	if (!nest) {
		cm_stats_net_reset(cn);
		cm_history_reset(cn);
		reset_all_hits(cn);
	}
	if (f->by_owner || f->by_peer)
		return reset_sas(cn, f);
	return reset_flows(cn, f) ?: reset_sas(cn, f);
}

int cm_nl_counter_reset(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_FILTER];
	struct cm_filter f;
	int err;

	err = cm_nl_parse_filter(nest, &f, info->extack);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = reset(cn, nest, &f, info->extack);
	mutex_unlock(&cn->lock);
	return err;
}

int cm_nl_put_tomb(struct sk_buff *skb, const struct cm_tomb_info *t)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_TOMB);

	if (!nest ||
	    nla_put_be32(skb, CRYPTOMAP_TOMB_SPI, t->spi) ||
	    nla_put_u8(skb, CRYPTOMAP_TOMB_DIR, t->dir) ||
	    nla_put_u8(skb, CRYPTOMAP_TOMB_PROTO, t->proto) ||
	    cm_nl_put_addr(skb, CRYPTOMAP_TOMB_SRC, &t->saddr, t->family) ||
	    cm_nl_put_addr(skb, CRYPTOMAP_TOMB_DST, &t->daddr, t->family) ||
	    nla_put_u8(skb, CRYPTOMAP_TOMB_REASON, t->reason) ||
	    nla_put_u32(skb, CRYPTOMAP_TOMB_AGO,
			ktime_get_boottime_seconds() - t->when) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_TOMB_COOKIE, t->cookie,
			      CRYPTOMAP_TOMB_PAD) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_TOMB_LATE, t->late,
			      CRYPTOMAP_TOMB_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_tomb_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_tomb_info info;
	int err = 0;
	void *hdr;

	mutex_lock(&cn->lock);
	cb->seq = cn->sa_generation;
	for (; cm_tomb_next(cn, ctx->num, &info); ctx->num = info.num + 1) {
		err = -EMSGSIZE;
		hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_TOMB_GET);
		if (!hdr)
			break;
		err = cm_nl_put_tomb(skb, &info);
		if (err) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	mutex_unlock(&cn->lock);
	return skb->len ?: err;
}

// SPDX-License-Identifier: GPL-2.0
/* Flows, and acquires, which are flows that wait for an SA. */
#include "acl.h"
#include "bind.h"
#include "compat/genl.h"
#include "dynamic.h"
#include "event.h"
#include "flow.h"
#include "map.h"
#include "netlink.h"
#include "pernet.h"
#include "pmtu.h"
#include "queue.h"
#include "sa.h"
#include "share.h"

CM_NL_RANGE(flow_id, nla_get_u32, "FLOW_ID", 1, 4294967295)
CM_NL_RANGE(flow_seq, nla_get_u32, "FLOW_SEQ", 1, 65535)
CM_NL_RANGE(flow_line, nla_get_u32, "FLOW_LINE", 1, 2147483647)

const struct nla_policy cm_flow_policy[CRYPTOMAP_FLOW_MAX + 1] = {
	[CRYPTOMAP_FLOW_ID] = { .type = NLA_U32 },
	[CRYPTOMAP_FLOW_IFNAME] = CM_NL_IFNAME,
	[CRYPTOMAP_FLOW_SEQ] = { .type = NLA_U32 },
	[CRYPTOMAP_FLOW_LINE] = { .type = NLA_U32 },
};

static const cm_nl_check flow_checks[CRYPTOMAP_FLOW_MAX + 1] = {
	[CRYPTOMAP_FLOW_ID] = check_flow_id,
	[CRYPTOMAP_FLOW_SEQ] = check_flow_seq,
	[CRYPTOMAP_FLOW_LINE] = check_flow_line,
};

/* --- finding one --- */

static const struct cm_entry *flow_entry(const struct cm_flow *flow)
{
	return rcu_dereference_check(flow->entry,
				     lockdep_is_held(&flow->cn->lock));
}

static const struct cm_line *flow_line(const struct cm_flow *flow)
{
	return rcu_dereference_check(flow->line,
				     lockdep_is_held(&flow->cn->lock));
}

static struct cm_flow *find_by_place(struct cm_net *cn, struct nlattr **tb)
{
	struct cm_bind *bind;
	struct cm_flow *flow;

	bind = cm_bind_find(cn, nla_data(tb[CRYPTOMAP_FLOW_IFNAME]));
	if (!bind)
		return NULL;
	bind = cm_share_owner(bind);
	list_for_each_entry(flow, &bind->flows, of_bind)
		if (flow_entry(flow)->seq == nla_get_u32(tb[CRYPTOMAP_FLOW_SEQ]) &&
		    flow_line(flow)->seq == nla_get_u32(tb[CRYPTOMAP_FLOW_LINE]))
			return flow;
	return NULL;
}

/* The flow that A_FLOW names, by id or, if @by_place, by interface, entry and line. */
static struct cm_flow *find_flow(struct cm_net *cn, struct genl_info *info,
				 bool by_place)
{
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_FLOW];
	struct nlattr *tb[CRYPTOMAP_FLOW_MAX + 1];
	struct cm_flow *flow;
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "A_FLOW is missing");
		return ERR_PTR(-EINVAL);
	}
	err = cm_nl_parse(tb, CRYPTOMAP_FLOW_MAX, nest, cm_flow_policy,
			  flow_checks, info->extack);
	if (err)
		return ERR_PTR(err);
	if (tb[CRYPTOMAP_FLOW_ID]) {
		flow = cm_flow_find(cn, nla_get_u32(tb[CRYPTOMAP_FLOW_ID]));
	} else if (by_place && tb[CRYPTOMAP_FLOW_IFNAME] &&
		   tb[CRYPTOMAP_FLOW_SEQ] && tb[CRYPTOMAP_FLOW_LINE]) {
		flow = find_by_place(cn, tb);
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "a flow is named by FLOW_ID; in FLOW_GET also by FLOW_IFNAME, FLOW_SEQ and FLOW_LINE");
		return ERR_PTR(-EINVAL);
	}
	if (!flow) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "there is no such flow");
		return ERR_PTR(-ENOENT);
	}
	return flow;
}

/* --- writing one --- */

static u8 flow_state(const struct cm_flow *flow)
{
	if (rcu_access_pointer(flow->sa_out))
		return CRYPTOMAP_FLOW_UP;
	if (test_bit(CM_FLOW_ACQUIRING, &flow->bits))
		return CRYPTOMAP_FLOW_ACQUIRE;
	return CRYPTOMAP_FLOW_IDLE;
}

/* Where the flow stands in the configuration. Under RCU. */
static int put_place(struct sk_buff *skb, const struct cm_flow *flow)
{
	const struct cm_entry *entry = flow_entry(flow);
	const struct cm_line *line = flow_line(flow);
	int i;

	if (nla_put_u32(skb, CRYPTOMAP_FLOW_ID, flow->id) ||
	    nla_put_string(skb, CRYPTOMAP_FLOW_IFNAME, flow->bind->ifname) ||
	    nla_put_string(skb, CRYPTOMAP_FLOW_MAP, entry->map->name) ||
	    nla_put_u32(skb, CRYPTOMAP_FLOW_SEQ, entry->seq) ||
	    (line && nla_put_string(skb, CRYPTOMAP_FLOW_ACL, entry->acl->name)) ||
	    (line && nla_put_u32(skb, CRYPTOMAP_FLOW_LINE, line->seq)) ||
	    cm_nl_put_sel(skb, CRYPTOMAP_FLOW_SEL, &flow->sel) ||
	    nla_put_u8(skb, CRYPTOMAP_FLOW_STATE, flow_state(flow)) ||
	    nla_put_u8(skb, CRYPTOMAP_FLOW_TYPE, READ_ONCE(flow->type)) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_FLOW_COOKIE, entry->cookie,
			      CRYPTOMAP_FLOW_PAD))
		return -EMSGSIZE;
	for (i = 0; i < entry->npeers; i++)
		if (cm_nl_put_addr(skb, CRYPTOMAP_FLOW_PEER,
				   &entry->peers[i].addr, entry->peers[i].family))
			return -EMSGSIZE;
	return 0;
}

/*
 * What kind of flow it is. Packets see it whole: @parent and @nsel are set
 * before they can find it.
 */
static int put_kind(struct sk_buff *skb, const struct cm_flow *flow)
{
	if (!cm_flow_is_dynamic(flow))
		return 0;
	if (flow->parent)
		return nla_put_u32(skb, CRYPTOMAP_FLOW_PART_OF, flow->parent->id);
	return nla_put_u32(skb, CRYPTOMAP_FLOW_SELS, flow->nsel);
}

/* The packet that raised the acquire, if it was a packet. */
static int put_acquire(struct sk_buff *skb, const struct cm_flow *flow)
{
	struct cm_flow *f = (struct cm_flow *)flow;	/* only for its lock */
	struct cm_tuple t;

	spin_lock_bh(&f->waiting.lock);
	t = f->acquire_tuple;
	spin_unlock_bh(&f->waiting.lock);
	return t.family ? cm_nl_put_tuple(skb, CRYPTOMAP_FLOW_PKT_SEL, &t) : 0;
}

/* Absent: the path MTU is the route's own. Under RCU. */
static int put_pmtu_age(struct sk_buff *skb, const struct cm_flow *flow,
			const struct cm_sa *out)
{
	u32 age, left;

	if (!cm_pmtu_age(flow, out, &age, &left))
		return 0;
	return nla_put_u32(skb, CRYPTOMAP_FLOW_PMTU_AGE, age) ?:
	       nla_put_u32(skb, CRYPTOMAP_FLOW_PMTU_LEFT, left);
}

/* Under RCU. */
static int put_sas(struct sk_buff *skb, const struct cm_flow *flow)
{
	const struct cm_sa *out = rcu_dereference(flow->sa_out);
	const struct cm_sa *in = rcu_dereference(flow->sa_in);

	if (in && nla_put_u32(skb, CRYPTOMAP_FLOW_SA_IN, in->id))
		return -EMSGSIZE;
	if (!out)
		return 0;
	if (nla_put_u32(skb, CRYPTOMAP_FLOW_SA_OUT, out->id) ||
	    nla_put_u32(skb, CRYPTOMAP_FLOW_PMTU, cm_pmtu_path(flow, out)) ||
	    nla_put_u32(skb, CRYPTOMAP_FLOW_MTU, cm_pmtu_inner(flow, out)) ||
	    nla_put_u8(skb, CRYPTOMAP_FLOW_DF, cm_pmtu_df(out)))
		return -EMSGSIZE;
	return put_pmtu_age(skb, flow, out);
}

static int put_counts(struct sk_buff *skb, const struct cm_flow_counts *c)
{
	const struct {
		int attr;
		u64 val;
	} counts[] = {
		{ CRYPTOMAP_FLOW_ENCAPS, c->encaps },
		{ CRYPTOMAP_FLOW_ENCRYPT, c->encrypt },
		{ CRYPTOMAP_FLOW_DIGEST, c->digest },
		{ CRYPTOMAP_FLOW_DECAPS, c->decaps },
		{ CRYPTOMAP_FLOW_DECRYPT, c->decrypt },
		{ CRYPTOMAP_FLOW_VERIFY, c->verify },
		{ CRYPTOMAP_FLOW_BYTES_OUT, c->bytes_out },
		{ CRYPTOMAP_FLOW_BYTES_IN, c->bytes_in },
		{ CRYPTOMAP_FLOW_SEND_ERRORS, c->send_errors },
		{ CRYPTOMAP_FLOW_RECV_ERRORS, c->recv_errors },
		{ CRYPTOMAP_FLOW_NAT_HITS, c->nat_hits },
		{ CRYPTOMAP_FLOW_NAT_ESCAPES, c->nat_escapes },
		{ CRYPTOMAP_FLOW_PREFRAG, c->prefrag },
		{ CRYPTOMAP_FLOW_PREFRAG_FAILED, c->prefrag_failed },
		{ CRYPTOMAP_FLOW_POSTFRAG, c->postfrag },
		{ CRYPTOMAP_FLOW_POSTFRAG_FAILED, c->postfrag_failed },
		{ CRYPTOMAP_FLOW_FRAGMENTS, c->fragments },
		{ CRYPTOMAP_FLOW_PMTU_SENT, c->pmtu_sent },
		{ CRYPTOMAP_FLOW_PMTU_RCVD, c->pmtu_rcvd },
		{ CRYPTOMAP_FLOW_REASSEMBLE, c->reassemble },
		{ CRYPTOMAP_FLOW_ICMP_VALID, c->icmp_valid },
		{ CRYPTOMAP_FLOW_ICMP_INVALID, c->icmp_invalid },
		{ CRYPTOMAP_FLOW_COMPRESSED, c->compressed },
		{ CRYPTOMAP_FLOW_DECOMPRESSED, c->decompressed },
		{ CRYPTOMAP_FLOW_NOT_COMPRESSED, c->not_compressed },
		{ CRYPTOMAP_FLOW_COMP_FAILED, c->comp_failed },
		{ CRYPTOMAP_FLOW_DECOMP_FAILED, c->decomp_failed },
		{ CRYPTOMAP_FLOW_PADDED, c->padded },
		{ CRYPTOMAP_FLOW_DUMMY_SENT, c->dummy_sent },
		{ CRYPTOMAP_FLOW_DUMMY_RCVD, c->dummy_rcvd },
		{ CRYPTOMAP_FLOW_PARALLEL_OUT, c->parallel_out },
		{ CRYPTOMAP_FLOW_PARALLEL_IN, c->parallel_in },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		if (nla_put_u64_64bit(skb, counts[i].attr, counts[i].val,
				      CRYPTOMAP_FLOW_PAD))
			return -EMSGSIZE;
	return 0;
}

/* cn->lock held, for the counters' base. */
static int put_stats(struct sk_buff *skb, const struct cm_flow *flow)
{
	struct cm_flow_stats sum;

	cm_stats_flow_sum(flow, &sum);
	if (nla_put_u32(skb, CRYPTOMAP_FLOW_WAITING, skb_queue_len_lockless(&flow->waiting)) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_FLOW_ACQUIRES,
			      READ_ONCE(flow->acquires), CRYPTOMAP_FLOW_PAD) ||
	    put_counts(skb, &sum.counts))
		return -EMSGSIZE;
	return cm_nl_put_losses(skb, CRYPTOMAP_FLOW_COUNTER, &sum.losses);
}

int cm_nl_put_flow_event(struct sk_buff *skb, const void *arg)
{
	const struct cm_flow *flow = arg;
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_FLOW);

	if (!nest || put_place(skb, flow) || put_acquire(skb, flow) ||
	    put_kind(skb, flow))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_flow(struct sk_buff *skb, const struct cm_flow *flow)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_FLOW);
	int err;

	if (!nest)
		return -EMSGSIZE;
	rcu_read_lock();
	err = put_place(skb, flow) ?: put_sas(skb, flow) ?:
	      put_stats(skb, flow) ?: put_kind(skb, flow);
	if (!err && flow_state(flow) == CRYPTOMAP_FLOW_ACQUIRE)
		err = put_acquire(skb, flow);
	rcu_read_unlock();
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

/* --- commands --- */

int cm_nl_flow_get(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_reply reply;
	struct cm_flow *flow;
	int err;

	err = cm_reply_begin(&reply, info, CRYPTOMAP_CMD_FLOW_GET);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	flow = find_flow(cn, info, true);
	err = IS_ERR(flow) ? PTR_ERR(flow) : put_flow(reply.skb, flow);
	mutex_unlock(&cn->lock);
	return cm_reply_end(&reply, info, err);
}

/* Why FLOW_INITIATE cannot. */
static const char *not_initiated(const struct cm_flow *flow)
{
	if (flow->level)
		return "the flow is split by ENTRY_LEVEL: only its parts have SAs";
	if (flow->type == CRYPTOMAP_ENTRY_T_DYNAMIC)
		return "the entry is dynamic: only its peers can begin";
	return "the flow has manual keys: nothing negotiates for it";
}

int cm_nl_flow_initiate(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_flow *flow;
	int err = 0;

	mutex_lock(&cn->lock);
	flow = find_flow(cn, info, false);
	if (IS_ERR(flow)) {
		err = PTR_ERR(flow);
	} else if (flow->level || !cm_event_acquire(flow, NULL)) {
		cm_extack(info->extack, info->attrs[CRYPTOMAP_A_FLOW],
			  not_initiated(flow));
		err = -EOPNOTSUPP;
	}
	mutex_unlock(&cn->lock);
	return err;
}

int cm_nl_acquire_fail(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_flow *flow;
	int err = 0;

	mutex_lock(&cn->lock);
	flow = find_flow(cn, info, false);
	if (IS_ERR(flow))
		err = PTR_ERR(flow);
	else
		cm_dynamic_failed(flow);
	mutex_unlock(&cn->lock);
	return err;
}

static int dump_flows(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      bool acquiring)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_flow *flow;
	int id = ctx->id;
	int err = 0;
	void *hdr;

	mutex_lock(&cn->lock);
	cb->seq = (cn->generation + cn->dynamic_generation) ?: 1;
	for (; (flow = idr_get_next(&cn->flow_ids, &id)); id++) {
		if (acquiring && flow_state(flow) != CRYPTOMAP_FLOW_ACQUIRE)
			continue;
		err = -EMSGSIZE;
		hdr = cm_dump_begin(skb, cb, cmd);
		if (!hdr)
			break;
		err = put_flow(skb, flow);
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

int cm_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *nest = cm_dump_attrs(cb)[CRYPTOMAP_A_FLOW];

	if (nest) {
		NL_SET_ERR_MSG_ATTR(cb->extack, nest, "a dump is of all flows; for one ask without NLM_F_DUMP");
		return -EINVAL;
	}
	return dump_flows(skb, cb, CRYPTOMAP_CMD_FLOW_GET, false);
}

int cm_nl_acquire_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_flows(skb, cb, CRYPTOMAP_CMD_ACQUIRE_GET, true);
}

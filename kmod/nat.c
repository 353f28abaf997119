// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "bind.h"
#include "core/tuple.h"
#include "flow.h"
#include "nat.h"
#include "stats.h"

/* In the direction of this packet. */
static bool source_changed(const struct nf_conn *ct, enum ip_conntrack_info info)
{
	u32 bit = CTINFO2DIR(info) == IP_CT_DIR_ORIGINAL ? IPS_SRC_NAT :
							   IPS_DST_NAT;

	return READ_ONCE(ct->status) & bit;
}

/* The tuple as it was before source NAT. */
static void before_nat(const struct nf_conn *ct, const struct cm_tuple *t,
		       struct cm_tuple *old)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	*old = *t;
	memset(&old->saddr, 0, sizeof(old->saddr));
	if (t->family == CM_FAMILY_V6)
		memcpy(old->saddr.b, &orig->src.u3.in6, sizeof(old->saddr.b));
	else
		old->saddr.v4 = orig->src.u3.ip;
	if (t->proto == CM_PROTO_TCP || t->proto == CM_PROTO_UDP)
		old->sport = ntohs(orig->src.u.all);
}

static void count(struct cm_flow *flow, bool escaped)
{
	if (!cm_stats_flow_may_count(flow))
		return;
	if (escaped)
		cm_flow_count(flow, nat_escapes, 1);
	else
		cm_flow_count(flow, nat_hits, 1);
}

void cm_nat_note(struct cm_bind *bind, struct cm_flow *flow,
		 const struct sk_buff *skb, const struct cm_tuple *t)
{
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);
	struct cm_tuple old;

	if (likely(!ct) || !source_changed(ct, info))
		return;
	if (flow) {
		count(flow, false);
		return;
	}
	/* Most of what is translated is meant to be: look only once at each. */
	if (nf_ct_is_confirmed(ct) || CTINFO2DIR(info) != IP_CT_DIR_ORIGINAL)
		return;
	before_nat(ct, t, &old);
	flow = cm_bind_peek(bind, &old, false);
	if (unlikely(flow))
		count(flow, true);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "bind.h"
#include "core/tuple.h"
#include "dev.h"
#include "dynamic.h"
#include "early.h"
#include "exempt.h"
#include "flow.h"
#include "hook.h"
#include "ip.h"
#include "nat.h"
#include "output.h"
#include "pernet.h"
#include "quoted.h"
#include "stats.h"

static enum cm_reason parse_linear(struct sk_buff *skb, struct cm_tuple *t,
				   u32 len)
{
	u32 off = skb_network_offset(skb);

	if (!pskb_may_pull(skb, off + min_t(u32, skb->len - off, len)))
		return CM_REASON_NO_MEMORY;
	return cm_tuple_parse(t, skb_network_header(skb),
			      skb_headlen(skb) - off);
}

enum cm_reason cm_hook_tuple(struct sk_buff *skb, struct cm_tuple *t)
{
	enum cm_reason reason = parse_linear(skb, t, CM_TUPLE_LINEAR);

	/* Many extension headers. */
	if (unlikely(reason == CM_REASON_TRUNCATED && skb_is_nonlinear(skb)))
		reason = parse_linear(skb, t, CM_TUPLE_LONGEST);
	return reason;
}

const struct net_device *cm_hook_in(const struct nf_hook_state *state,
				    const struct sk_buff *skb)
{
	const struct net_device *dev;

	if (likely(!netif_is_l3_master(state->in)))
		return state->in;
	dev = dev_get_by_index_rcu(state->net, cm_ip_iif(skb));
	return dev ?: state->in;
}

/*
 * Connection tracking confirms an entry at the end of the hook that we take
 * the packet out of. Without it neither source NAT nor "ct state" would ever
 * see the answer; twice would be a drop.
 */
bool cm_hook_confirm(struct sk_buff *skb)
{
	const struct nf_ct_hook *hook;
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (!ct || nf_ct_is_confirmed(ct))
		return true;
	hook = rcu_dereference(nf_ct_hook);
	return !hook || hook->confirm(skb) == NF_ACCEPT;
}

/* Made on this router. XFRM forgets where the packet inside came from. */
static bool is_local(const struct sk_buff *skb, const struct cm_tuple *t)
{
	bool v6 = t->family == CM_FAMILY_V6;

	return !cm_ip_is_forwarded(skb, v6) ||
	       (cm_ip_is_transformed(skb, v6) && cm_proto_is_ipsec(t->proto));
}

/*
 * An ICMP error quotes the packet it is about, up to 548 bytes of it, and that
 * may have come out of the tunnel. If the lists say nothing about the error,
 * whose sender may be any router, it belongs to the flow of what it quotes,
 * read backwards (RFC 4301, 6.2).
 */
static struct cm_flow *flow_of_error(struct cm_bind *bind,
				     const struct sk_buff *skb,
				     const struct cm_tuple *t)
{
	struct cm_flow *flow, *part = NULL;
	struct cm_tuple quoted, ours;

	if (likely(!cm_quoted_tuple(skb, skb_network_offset(skb), t, &quoted)))
		return NULL;
	flow = cm_bind_peek(bind, &quoted, true);
	if (flow && READ_ONCE(flow->level)) {
		cm_tuple_reverse(&ours, &quoted);
		part = cm_dynamic_find_rcu(flow, &ours);
	}
	return part ?: flow;
}

struct cm_flow *cm_hook_flow(struct cm_bind *bind, const struct sk_buff *skb,
			     const struct cm_tuple *t)
{
	struct cm_flow *flow = cm_bind_classify(bind, t, false);

	if (!flow)
		flow = flow_of_error(bind, skb, t);
	cm_nat_note(bind, flow, skb, t);
	return flow;
}

/*
 * Take what the lists protect, after source NAT: hook -> classify -> flow. A
 * tunnel interface takes it itself, where the packet leaves by it.
 */
static unsigned int post_routing(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct cm_net *cn = cm_net_of(state->net);
	struct cm_bind *bind = cm_bind_find_rcu(cn, state->out);
	enum cm_reason reason;
	struct cm_flow *flow;
	struct cm_tuple t;

	if (likely(!bind) || bind->tunnel ||
	    cm_ip_is_own(skb, state->pf == NFPROTO_IPV6))
		return NF_ACCEPT;
	reason = cm_hook_tuple(skb, &t);
	if (unlikely(reason != CM_REASON_NONE)) {
		cm_drop(cn, NULL, NULL, reason, skb);
		return NF_STOLEN;
	}
	if (cm_exempt_out(&t, is_local(skb, &t)))
		return NF_ACCEPT;
	flow = cm_hook_flow(bind, skb, &t);
	if (!flow)
		return NF_ACCEPT;
	if (!cm_hook_confirm(skb)) {
		cm_drop(cn, flow, NULL, CM_REASON_OUTPUT_FAILED, skb);
		return NF_STOLEN;
	}
	local_bh_disable();	/* local senders come in process context */
	cm_output(flow, skb, &t);
	local_bh_enable();
	return NF_STOLEN;
}

bool cm_hook_drop_clear(struct cm_bind *bind, struct sk_buff *skb)
{
	enum cm_reason reason;
	struct cm_flow *flow;
	struct cm_tuple t;

	if (cm_dev_decapsulated(skb))
		return false;
	reason = cm_hook_tuple(skb, &t);
	if (unlikely(reason != CM_REASON_NONE)) {
		cm_drop(bind->cn, NULL, NULL, reason, skb);
		return true;
	}
	if (cm_exempt_in(bind->cn->net, skb, &t))
		return false;
	flow = cm_bind_classify(bind, &t, true);
	if (likely(!flow))
		return false;
	cm_drop(bind->cn, flow, NULL, CM_REASON_CLEAR_TEXT, skb);
	return true;
}

/*
 * Clear text is judged as it arrives, after reassembly and before any NAT:
 * the lists speak of addresses as the peer knows them.
 */
static unsigned int pre_routing(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct cm_net *cn = cm_net_of(state->net);
	struct cm_bind *bind = cm_bind_find_rcu(cn, state->in);

	if (likely(!bind) || bind->tunnel)
		return NF_ACCEPT;
	if (cm_dev_decapsulated(skb)) {
		cm_dev_skip_xfrm(cn->net, skb, state->pf == NFPROTO_IPV6);
		return NF_ACCEPT;
	}
	if (cm_early_demux(cn, skb) || !cm_hook_drop_clear(bind, skb))
		return NF_ACCEPT;
	return NF_STOLEN;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = post_routing,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_NAT_SRC + 1,
	},
	{
		.hook = pre_routing,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
	{
		.hook = post_routing,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_NAT_SRC + 1,
	},
	{
		.hook = pre_routing,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG + 1,
	},
};

int cm_hooks_want(struct cm_net *cn, u32 *users, const struct nf_hook_ops *ops,
		  unsigned int count)
{
	int err;

	lockdep_assert_held(&cn->lock);
	if (!*users) {
		err = nf_register_net_hooks(cn->net, ops, count);
		if (err)
			return err;
	}
	++*users;
	return 0;
}

void cm_hooks_unwant(struct cm_net *cn, u32 *users,
		     const struct nf_hook_ops *ops, unsigned int count)
{
	lockdep_assert_held(&cn->lock);
	if (!--*users)
		nf_unregister_net_hooks(cn->net, ops, count);
}

/* --- namespace and module --- */

int cm_hook_net_init(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

void cm_hook_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	synchronize_net();
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/cryptomap.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "bind.h"
#include "bypass.h"
#include "dev.h"
#include "hook.h"
#include "pernet.h"

/* Its addresses are changed back in a hook that would be passed by. */
static bool is_nated(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	return ct && READ_ONCE(ct->status) & IPS_NAT_MASK;
}

/*
 * First of its hook but for management.c: go on behind the last. Connection
 * tracking confirms its entry in there when the packet is for this router.
 */
static unsigned int bypass(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct cm_net *cn = cm_net_of(state->net);
	const struct cm_bind *bind = cm_bind_find_rcu(cn, cm_hook_in(state, skb));

	if (likely(!bind) ||
	    !(READ_ONCE(bind->opt.flags) & CRYPTOMAP_BIND_F_FILTER_BYPASS) ||
	    !(bind->tunnel || cm_dev_decapsulated(skb)) || is_nated(skb))
		return NF_ACCEPT;
	if (state->hook == NF_INET_LOCAL_IN && !cm_hook_confirm(skb))
		return NF_DROP;
	state->okfn(state->net, state->sk, skb);
	return NF_STOLEN;
}

#define BYPASS(family, hook_num) {	\
	.hook = bypass,			\
	.pf = NFPROTO_ ## family,	\
	.hooknum = NF_INET_ ## hook_num, \
	.priority = INT_MIN + 1,	\
}

static const struct nf_hook_ops hooks[] = {
	BYPASS(IPV4, FORWARD), BYPASS(IPV4, LOCAL_IN),
	BYPASS(IPV6, FORWARD), BYPASS(IPV6, LOCAL_IN),
};

int cm_bypass_want(struct cm_net *cn)
{
	return cm_hooks_want(cn, &cn->bypass, hooks, ARRAY_SIZE(hooks));
}

void cm_bypass_unwant(struct cm_net *cn)
{
	cm_hooks_unwant(cn, &cn->bypass, hooks, ARRAY_SIZE(hooks));
}

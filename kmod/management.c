// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "bind.h"
#include "core/tuple.h"
#include "dev.h"
#include "hook.h"
#include "ip.h"
#include "management.h"
#include "pernet.h"
#include "stats.h"

/* Interfaces with the same network have its broadcast address as one route, of either. */
static bool has_address_v4(struct net *net, const struct net_device *dev,
			   __be32 daddr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_local == daddr)
			return true;
	return inet_dev_addr_type(net, dev, daddr) == RTN_BROADCAST;
}

/* The route of an anycast address leads to this router, but knows whose it is. */
static bool has_address_v6(struct net *net, const struct net_device *dev,
			   const struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;

	if (ipv6_chk_addr(net, daddr, dev, 1))
		return true;
	return ipv6_anycast_destination(skb_dst(skb), daddr) &&
	       ip6_dst_idev(skb_dst(skb))->dev == dev;
}

static bool has_address(struct net *net, const struct net_device *dev,
			const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? has_address_v6(net, dev, skb) :
				  has_address_v4(net, dev, ip_hdr(skb)->daddr);
}

/*
 * Of some interface in the routing domain of @in. Multicast and 255.255.255.255 are
 * of none, nor is what the router takes for others.
 */
static bool is_of_router(struct net *net, const struct net_device *in,
			 const struct sk_buff *skb)
{
	if (cm_ip_is_v6(skb))
		return ipv6_chk_addr_and_flags(net, &ipv6_hdr(skb)->daddr, in,
					       true, 0, 0) ||
		       ipv6_anycast_destination(skb_dst(skb),
						&ipv6_hdr(skb)->daddr);
	switch (inet_addr_type_dev_table(net, in, ip_hdr(skb)->daddr)) {
	case RTN_LOCAL:
		return true;
	case RTN_BROADCAST:
		return !ipv4_is_lbcast(ip_hdr(skb)->daddr);
	}
	return false;
}

/* To what this router has asked for, or an error about that. */
static bool is_answer(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;

	return nf_ct_get(skb, &info) && (info == IP_CT_RELATED ||
					 CTINFO2DIR(info) == IP_CT_DIR_REPLY);
}

static bool is_open(struct net *net, const struct net_device *in,
		    const char *ifname, const struct sk_buff *skb)
{
	const struct net_device *dev = dev_get_by_name_rcu(net, ifname);

	return (dev && has_address(net, dev, skb)) ||
	       has_address(net, in, skb) || cm_dev_is_to_end(skb) ||
	       !is_of_router(net, in, skb) || is_answer(skb);
}

/* Before whatever else is in the hook, bypass.c included, which ends it. */
static unsigned int local_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct cm_net *cn = cm_net_of(state->net);
	const struct net_device *in = cm_hook_in(state, skb);
	struct cm_bind *bind = cm_bind_find_rcu(cn, in);
	const struct cm_management *open;
	struct cm_flow *flow = NULL;
	struct cm_tuple t;

	if (likely(!bind))
		return NF_ACCEPT;
	open = rcu_dereference(bind->management);
	if (!open || !(bind->tunnel || cm_dev_is_ours(skb)) ||
	    is_open(state->net, in, open->ifname, skb))
		return NF_ACCEPT;
	if (cm_hook_tuple(skb, &t) == CM_REASON_NONE)
		flow = cm_bind_peek(bind, &t, true);
	cm_drop(cn, flow, NULL, CM_REASON_MANAGEMENT_ACCESS, skb);
	return NF_STOLEN;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = local_in,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = INT_MIN,
	},
	{
		.hook = local_in,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = INT_MIN,
	},
};

/* Packets read the name under RCU: it is replaced, never written. */
static struct cm_management *named(const char *ifname)
{
	struct cm_management *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);

	if (m)
		strscpy(m->ifname, ifname, sizeof(m->ifname));
	return m;
}

int cm_management_set(struct cm_bind *bind, const char *ifname)
{
	struct cm_management *old, *next = NULL;
	struct cm_net *cn = bind->cn;
	int err;

	lockdep_assert_held(&cn->lock);
	if (ifname && *ifname) {
		next = named(ifname);
		if (!next)
			return -ENOMEM;
		err = cm_hooks_want(cn, &cn->management, hooks, ARRAY_SIZE(hooks));
		if (err) {
			kfree(next);
			return err;
		}
	}
	old = rcu_replace_pointer(bind->management, next,
				  lockdep_is_held(&cn->lock));
	if (old) {
		cm_hooks_unwant(cn, &cn->management, hooks, ARRAY_SIZE(hooks));
		kfree_rcu(old, rcu);
	}
	return 0;
}

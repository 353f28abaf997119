// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "core/espfmt.h"
#include "core/tuple.h"
#include "early.h"
#include "esp.h"
#include "ip.h"
#include "sa.h"

/**
 * struct cm_early - how the last packet that looked for a route found the SA
 * @rcu: the memory is free a grace period after the SA has another, or none
 * @dst: referenced; packets borrow it under RCU
 * @saddr: source of that packet; another one is judged afresh (rp_filter)
 * @at: when that was, jiffies
 * @iif: interface that it came from
 * @cookie: of @dst, for IPv6
 *
 * TCP keeps the same of its connections (sk_rx_dst), and for the same reason:
 * most of the cost of a packet's arrival is to find out that it is for us.
 * Whatever changes in the routes or addresses of the namespace makes
 * dst_check() fail.
 */
struct cm_early {
	struct rcu_head rcu;
	struct dst_entry *dst;
	union cm_addr saddr;
	unsigned long at;
	int iif;
	u32 cookie;
};

/* Does the route say that the packet is for this router? */
static bool is_local(const struct sk_buff *skb, const struct dst_entry *dst,
		     u32 *cookie)
{
	const struct rt6_info *rt6 = (const struct rt6_info *)dst;

	*cookie = 0;
	if (!cm_ip_is_v6(skb))
		return ((const struct rtable *)dst)->rt_type == RTN_LOCAL;
	*cookie = rt6_get_cookie(rt6);
	return rt6->rt6i_flags & RTF_LOCAL;
}

static void free_rcu_early(struct rcu_head *rcu)
{
	struct cm_early *early = container_of(rcu, struct cm_early, rcu);

	dst_release(early->dst);
	kfree(early);
}

/* @new: may be NULL */
static void replace(struct cm_sa *sa, struct cm_early *new)
{
	struct cm_early *old;

	spin_lock_bh(&sa->lock);
	old = rcu_replace_pointer(sa->esp->early, new,
				  lockdep_is_held(&sa->lock));
	spin_unlock_bh(&sa->lock);
	if (old)
		call_rcu(&old->rcu, free_rcu_early);
}

void cm_early_forget(struct cm_sa *sa)
{
	replace(sa, NULL);
}

/* At most once a jiffy: a peer may come in by two interfaces in turn. */
static bool is_due(const struct cm_sa *sa, const struct dst_entry *dst)
{
	const struct cm_early *early = rcu_dereference(sa->esp->early);

	return !early || (early->dst != dst && time_after(jiffies, early->at));
}

void cm_early_learn(struct cm_sa *sa, const struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	union cm_addr saddr, daddr;
	struct cm_early *early;
	u32 cookie;

	if (!is_due(sa, dst) || !skb_valid_dst(skb))
		return;
	cm_ip_addrs(skb, &saddr, &daddr);
	if (!cm_addr_equal(&saddr, &sa->saddr) ||
	    !is_local(skb, dst, &cookie) || !dst_hold_safe(dst))
		return;
	early = kmalloc(sizeof(*early), GFP_ATOMIC);
	if (!early) {
		dst_release(dst);
		return;
	}
	*early = (struct cm_early){
		.dst = dst,
		.saddr = saddr,
		.at = jiffies,
		.iif = skb->skb_iif,
		.cookie = cookie,
	};
	replace(sa, early);
}

/* ESP or AH right behind the IP header: that header's length and the protocol. */
static u32 find_header(const struct sk_buff *skb, u8 *proto)
{
	if (cm_ip_is_v6(skb)) {
		*proto = ipv6_hdr(skb)->nexthdr;
		return sizeof(struct ipv6hdr);
	}
	*proto = ip_is_fragment(ip_hdr(skb)) ? 0 : ip_hdr(skb)->protocol;
	return ip_hdrlen(skb);
}

static bool take_route(const struct cm_early *early, struct sk_buff *skb,
		       const union cm_addr *saddr)
{
	if (!early || early->iif != skb->skb_iif ||
	    !cm_addr_equal(&early->saddr, saddr) ||
	    !dst_check(early->dst, early->cookie))
		return false;
	skb_dst_set_noref(skb, early->dst);
	return true;
}

bool cm_early_demux(struct cm_net *cn, struct sk_buff *skb)
{
	union cm_addr saddr, daddr;
	const struct cm_sa *sa;
	u32 len;
	u8 proto;

	len = find_header(skb, &proto);
	if (!cm_proto_is_ipsec(proto) || skb_dst(skb) ||
	    !pskb_may_pull(skb, len + CM_ESP_HDR))
		return false;
	cm_ip_addrs(skb, &saddr, &daddr);
	sa = cm_sa_find_in_rcu(cn, cm_ip_spi(skb->data + len, proto),
			       proto, &daddr, cm_ip_family(skb));
	return sa && sa->esp &&
	       take_route(rcu_dereference(sa->esp->early), skb, &saddr);
}

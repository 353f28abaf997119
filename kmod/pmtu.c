// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6_stubs.h>

#include "bind.h"
#include "core/espfmt.h"
#include "esp.h"
#include "flow.h"
#include "ip.h"
#include "pernet.h"
#include "pmtu.h"
#include "sa.h"
#include "tunnel.h"

u32 cm_pmtu_path(const struct cm_flow *flow, const struct cm_sa *sa)
{
	return READ_ONCE(flow->pmtu);
}

static u32 inner_mtu(const struct cm_sa *sa, u32 path, u32 stays)
{
	return path > stays ?
	       stays + cm_esp_mtu(&sa->esp->geom, path - stays) : 0;
}

u32 cm_pmtu_stays(const struct cm_sa *sa)
{
	if (sa->mode != CRYPTOMAP_MODE_TRANSPORT)
		return 0;
	return sa->key.family == AF_INET6 ? CM_IPV6_HDR : CM_IPV4_HDR;
}

u32 cm_pmtu_inner(const struct cm_flow *flow, const struct cm_sa *sa)
{
	return inner_mtu(sa, READ_ONCE(flow->pmtu), cm_pmtu_stays(sa));
}

u32 cm_pmtu_expected(const struct cm_sa *sa)
{
	const struct net_device *dev = rcu_dereference(sa->flow->bind->dev);
	u32 path = READ_ONCE(sa->flow->pmtu);
	u32 known = path ? inner_mtu(sa, path, cm_pmtu_stays(sa)) : 0;
	u32 mtu = dev ? READ_ONCE(dev->mtu) : 0;

	/* The MTU of a tunnel interface is that inside already. */
	if (READ_ONCE(sa->flow->bind->tunnel))
		return known && mtu ? min(known, mtu) : max(known, mtu);
	return known || !mtu ? known : inner_mtu(sa, mtu, cm_pmtu_stays(sa));
}

static unsigned long lifetime(const struct cm_sa *sa)
{
	const struct net *net = sa->cn->net;

	return sa->key.family == AF_INET6 ? net->ipv6.sysctl.ip6_rt_mtu_expires :
					    net->ipv4.ip_rt_mtu_expires;
}

bool cm_pmtu_age(const struct cm_flow *flow, const struct cm_sa *sa, u32 *age,
		 u32 *left)
{
	unsigned long told = READ_ONCE(flow->pmtu_told);
	unsigned long since = jiffies - told;
	unsigned long all = lifetime(sa);

	if (!told)
		return false;
	*age = since / HZ;
	*left = since < all ? (all - since) / HZ : 0;
	return true;
}

void cm_pmtu_told(const struct cm_sa *sa, u32 mtu)
{
	struct cm_flow *flow = sa->flow;
	u32 path = READ_ONCE(flow->pmtu);

	cm_flow_count(flow, pmtu_rcvd, 1);
	if (mtu < path || (mtu == path && READ_ONCE(flow->pmtu_told)))
		WRITE_ONCE(flow->pmtu_told, jiffies ?: 1);
}

u8 cm_pmtu_df(const struct cm_sa *sa)
{
	u8 df = READ_ONCE(sa->flow->bind->opt.df);

	return df == CM_BIND_DF_SA ? READ_ONCE(sa->df) : df;
}

/*
 * Routes that learned from ICMP expire. It may have been about another flow to
 * the same peer: then now is when this one noticed.
 */
static void note_path(struct cm_flow *flow, const struct dst_entry *dst, u32 path)
{
	bool learned = READ_ONCE(dst->expires) && path < READ_ONCE(dst->dev->mtu);

	WRITE_ONCE(flow->pmtu, path);
	if (!learned)
		WRITE_ONCE(flow->pmtu_told, 0);
	else if (!READ_ONCE(flow->pmtu_told))
		WRITE_ONCE(flow->pmtu_told, jiffies ?: 1);
}

u32 cm_pmtu_on_route(struct cm_sa *sa, const struct dst_entry *dst, u32 stays)
{
	u32 path = min_t(u32, dst_mtu(dst), IP_MAX_MTU);

	if (unlikely(READ_ONCE(sa->flow->pmtu) != path)) {
		note_path(sa->flow, dst, path);
		cm_tunnel_refit(sa->flow->bind);
	}
	return inner_mtu(sa, path, stays);
}

u32 cm_pmtu_ask(struct cm_flow *flow)
{
	struct dst_entry *dst = NULL;
	enum cm_reason reason;
	struct cm_sa *sa;
	u32 mtu = 0;

	local_bh_disable();
	rcu_read_lock();
	sa = rcu_dereference(flow->sa_out);
	if (sa)
		dst = cm_ip_find_route(sa, &reason);
	if (dst) {
		mtu = cm_pmtu_on_route(sa, dst, cm_pmtu_stays(sa));
		dst_release(dst);
	}
	rcu_read_unlock();
	local_bh_enable();
	return mtu;
}

static bool fits(const struct sk_buff *skb, u32 mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) :
				 skb->len <= mtu;
}

/*
 * Tell the sender. Like icmp_send(), but finds it behind our own source NAT. It
 * may be none that can be told.
 */
static enum cm_fit refuse(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu)
{
	cm_flow_count(sa->flow, prefrag_failed, 1);
	if (!skb_dst(skb))
		return CM_FIT_NO;
	cm_flow_count(sa->flow, pmtu_sent, 1);
	if (cm_ip_is_v6(skb))
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	else
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	return CM_FIT_NO;
}

static enum cm_fit cut_before(const struct cm_sa *sa, const struct sk_buff *skb,
			      bool possible)
{
	if (likely(possible && skb_dst(skb)))
		return CM_FIT_FRAGMENT;
	cm_flow_count(sa->flow, prefrag_failed, 1);
	return CM_FIT_NO;
}

static bool is_cut_after(const struct cm_sa *sa)
{
	return READ_ONCE(sa->flow->bind->opt.frag) == CRYPTOMAP_FRAG_AFTER;
}

static enum cm_fit check4(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu)
{
	if (fits(skb, mtu))
		return CM_FIT_YES;
	if (!(ip_hdr(skb)->frag_off & htons(IP_DF)) || skb->ignore_df)
		return is_cut_after(sa) ? CM_FIT_YES :
		       cut_before(sa, skb, mtu >= CM_IPV4_MTU_MIN);
	if (cm_pmtu_df(sa) == CRYPTOMAP_DF_CLEAR)
		return CM_FIT_YES;
	return refuse(sa, skb, mtu);
}

/* No link may be narrower for IPv6; where the tunnel is, it cuts outside (RFC 2473, 7.1). */
static u32 at_least_min6(u32 mtu)
{
	return max_t(u32, mtu, CM_IPV6_MTU_MIN);
}

/*
 * Nothing that another node sent may be cut by us. Two kinds have ignore_df
 * set: packets of local senders that leave cutting to the IP layer, which would
 * do it after us, and what was put together on its way in; these must leave in
 * pieces no larger than those that came.
 */
static enum cm_fit check6(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu)
{
	u32 pieces = IP6CB(skb)->frag_max_size;

	mtu = at_least_min6(mtu);
	if (likely(fits(skb, mtu) && (!pieces || skb->len <= pieces)))
		return CM_FIT_YES;
	if (skb->ignore_df && pieces <= mtu)
		return cut_before(sa, skb, true);
	if (cm_pmtu_df(sa) == CRYPTOMAP_DF_CLEAR)
		return CM_FIT_YES;
	return refuse(sa, skb, mtu);
}

static enum cm_fit check_transport(const struct cm_sa *sa, struct sk_buff *skb,
				   u32 mtu)
{
	bool v6 = cm_ip_is_v6(skb);

	if (v6)
		mtu = at_least_min6(mtu);
	if (fits(skb, mtu) || skb->ignore_df || !cm_ip_df(skb) ||
	    cm_pmtu_df(sa) == CRYPTOMAP_DF_CLEAR || !cm_ip_is_forwarded(skb, v6))
		return CM_FIT_YES;
	return refuse(sa, skb, mtu);
}

enum cm_fit cm_pmtu_check(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu)
{
	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT)
		return check_transport(sa, skb, mtu);
	return cm_ip_is_v6(skb) ? check6(sa, skb, mtu) : check4(sa, skb, mtu);
}

/* Where the fragments of the ip_do_fragment() that runs on this CPU go. */
static DEFINE_PER_CPU(struct sk_buff_head *, fragments);

static int collect(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	__skb_queue_tail(__this_cpu_read(fragments), skb);
	return 0;
}

/*
 * The kernel takes the MTU from the route of the inner packet; the largest
 * fragment that arrived limits it further, and so do we.
 */
static int fragment4(struct net *net, struct sk_buff *skb, u32 mtu)
{
	u32 limit = IPCB(skb)->frag_max_size;

	if (!limit || limit > mtu)
		IPCB(skb)->frag_max_size = min_t(u32, mtu, U16_MAX);
	return ip_do_fragment(net, NULL, skb, collect);
}

/* Here a limit above the MTU of the route would be an error. */
static int fragment6(struct net *net, struct sk_buff *skb, u32 mtu)
{
	u32 limit = IP6CB(skb)->frag_max_size ?: U16_MAX;

	mtu = min(at_least_min6(mtu), dst_mtu(skb_dst(skb)));
	IP6CB(skb)->frag_max_size = min(mtu, limit);
	return ipv6_stub->ipv6_fragment(net, NULL, skb, collect);
}

int cm_pmtu_fragment(struct net *net, struct sk_buff *skb, u32 mtu,
		     struct sk_buff_head *list)
{
	int err;

	__this_cpu_write(fragments, list);
	err = cm_ip_is_v6(skb) ? fragment6(net, skb, mtu) :
				 fragment4(net, skb, mtu);
	__this_cpu_write(fragments, NULL);
	return err;
}

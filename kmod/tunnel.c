// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "bind.h"
#include "compat/netdev.h"
#include "core/espfmt.h"
#include "core/tuple.h"
#include "dev.h"
#include "exempt.h"
#include "flow.h"
#include "hook.h"
#include "ip.h"
#include "map.h"
#include "output.h"
#include "pernet.h"
#include "pmtu.h"
#include "share.h"
#include "stats.h"
#include "tunnel.h"

#define KIND "cryptomap"
#define REFIT_DELAY (HZ / 4)	/* many SAs come at once */

enum {
	MTU_FIRST = 1400,	/* before there is an SA to ask */
	HEADROOM = 40 + 8 + 8 + 16,	/* IPv6, UDP, ESP, the longest IV */
	TAILROOM = 16 + 32,	/* the longest trailer and ICV */
};

/**
 * struct tunnel - netdev_priv() of a tunnel interface; RTNL
 * @fixed: the MTU that somebody has set, 0 = automatic
 * @refitting: it is us who set it now
 */
struct tunnel {
	u32 fixed;
	bool refitting;
};

/* --- outbound --- */

static void tell_unreachable(struct sk_buff *skb)
{
	if (cm_ip_is_v6(skb))
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	else
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}

/* The peer is routed into the tunnel to itself, where no negotiation comes through. */
static bool is_to_peer(const struct cm_flow *flow, const struct cm_tuple *t)
{
	const struct cm_entry *entry = rcu_dereference(flow->entry);
	int i;

	if (!cm_exempt_out(t, true))
		return false;
	for (i = 0; i < entry->npeers; i++)
		if (entry->peers[i].family == t->family &&
		    cm_addr_equal(&entry->peers[i].addr, &t->daddr))
			return true;
	return false;
}

/* While there is no SA: who may ask for one? */
static enum cm_reason may_ask(const struct cm_flow *flow,
			      const struct cm_tuple *t)
{
	if (likely(rcu_access_pointer(flow->sa_out)))
		return CM_REASON_NONE;
	/* An interface that comes up says so to the link. That is no traffic. */
	if (cm_exempt_housekeeping(t))
		return CM_REASON_NO_SA;
	return is_to_peer(flow, t) ? CM_REASON_NESTED_LOOP : CM_REASON_NONE;
}

static enum cm_reason find_flow(struct cm_net *cn, struct sk_buff *skb,
				struct net_device *dev, struct cm_tuple *t,
				struct cm_flow **flow)
{
	struct cm_bind *bind = cm_bind_find_rcu(cn, dev);
	enum cm_reason reason;

	if (unlikely((skb->protocol != htons(ETH_P_IP) &&
		      skb->protocol != htons(ETH_P_IPV6)) ||
		     !pskb_inet_may_pull(skb)))
		return CM_REASON_BAD_HEADER;
	cm_ip_clear_cb(skb);
	reason = cm_hook_tuple(skb, t);
	if (unlikely(reason != CM_REASON_NONE))
		return reason;
	*flow = bind ? cm_hook_flow(bind, skb, t) : NULL;
	if (unlikely(!*flow)) {
		tell_unreachable(skb);
		return CM_REASON_NO_POLICY;
	}
	return may_ask(*flow, t);
}

static u32 packets(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs ?: 1 : 1;
}

static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct cm_net *cn = cm_net_of(dev_net(dev));
	struct cm_flow *flow = NULL;
	enum cm_reason reason;
	struct cm_tuple t;

	rcu_read_lock();
	skb_reset_network_header(skb);
	reason = find_flow(cn, skb, dev, &t, &flow);
	if (likely(reason == CM_REASON_NONE)) {
		dev_sw_netstats_tx_add(dev, packets(skb), skb->len);
		cm_output(flow, skb, &t);
	} else {
		dev_core_stats_tx_dropped_inc(dev);
		cm_drop(cn, flow, NULL, reason, skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* --- inbound --- */

void cm_tunnel_receive(struct net_device *dev, struct sk_buff *skb)
{
	skb->dev = dev;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	dev_sw_netstats_rx_add(dev, skb->len);
}

/* --- MTU --- */

static u32 least_mtu(struct list_head *flows, u32 least)
{
	struct cm_flow *flow;
	u32 mtu;

	list_for_each_entry(flow, flows, of_bind) {
		mtu = cm_pmtu_ask(flow);
		if (mtu && (!least || mtu < least))
			least = mtu;
	}
	return least;
}

/* What fits all SAs of the interface, 0 = there are none, or no routes. */
static u32 fitting_mtu(struct cm_net *cn, const struct net_device *dev)
{
	struct cm_bind *bind;
	u32 least = 0;

	mutex_lock(&cn->lock);
	rcu_read_lock();
	bind = cm_bind_find_rcu(cn, dev);
	rcu_read_unlock();	/* under cn->lock it stays */
	if (bind) {
		bind = cm_share_owner(bind);
		least = least_mtu(&bind->flows, 0);
		least = least_mtu(&bind->dynamic.flows, least);
	}
	mutex_unlock(&cn->lock);
	return least;
}

/*
 * Never narrower than IPv6 lets a link be, else an ICMP error could take its
 * IPv6 away; pmtu.c does the rest. Others listen to the change, and so do we
 * (bind.c): without cn->lock.
 */
static void refit_one(struct cm_net *cn, struct net_device *dev)
{
	struct tunnel *tunnel = netdev_priv(dev);
	u32 mtu;

	if (tunnel->fixed)
		return;
	mtu = fitting_mtu(cn, dev);
	if (!mtu)
		return;
	tunnel->refitting = true;
	dev_set_mtu(dev, clamp_t(u32, mtu, CM_IPV6_MTU_MIN, IP_MAX_MTU));
	tunnel->refitting = false;
}

static void refit(struct work_struct *work)
{
	struct cm_net *cn = container_of(to_delayed_work(work), struct cm_net,
					 tunnel_refit);
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(cn->net, dev)
		if (cm_tunnel_is(dev))
			refit_one(cn, dev);
	rtnl_unlock();
}

void cm_tunnel_refit(struct cm_bind *bind)
{
	if (READ_ONCE(bind->tunnel) || READ_ONCE(bind->shared))
		schedule_delayed_work(&bind->cn->tunnel_refit, REFIT_DELAY);
}

static int change_mtu(struct net_device *dev, int mtu)
{
	struct tunnel *tunnel = netdev_priv(dev);

	if (mtu && mtu < CM_IPV4_MTU_MIN)
		return -EINVAL;
	if (!tunnel->refitting)
		tunnel->fixed = mtu;
	if (mtu)
		WRITE_ONCE(dev->mtu, mtu);
	else
		schedule_delayed_work(&cm_net_of(dev_net(dev))->tunnel_refit, 0);
	return 0;
}

/* --- the interface --- */

/* Until the namespace has its own device, its name would be free. */
static int init(struct net_device *dev)
{
	if (!strcmp(dev->name, CM_DEV_NAME))
		return -EBUSY;
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void uninit(struct net_device *dev)
{
	free_percpu(dev->tstats);
}

static const struct net_device_ops tunnel_ops = {
	.ndo_init = init,
	.ndo_uninit = uninit,
	.ndo_start_xmit = xmit,
	.ndo_change_mtu = change_mtu,
	.ndo_get_stats64 = dev_get_tstats64,
};

bool cm_tunnel_is(const struct net_device *dev)
{
	return dev->netdev_ops == &tunnel_ops;
}

static void setup(struct net_device *dev)
{
	dev->netdev_ops = &tunnel_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	netif_keep_dst(dev);	/* ICMP errors and fragmentation need the route */
	cm_netdev_lockless(dev);
	dev->needed_headroom = LL_MAX_HEADER + HEADROOM;
	dev->needed_tailroom = TAILROOM;
	/* The way out cuts large sends and completes checksums itself. */
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |
			 NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE;
	dev->hw_features |= dev->features & ~NETIF_F_HIGHDMA;
	dev->mtu = MTU_FIRST;
	dev->min_mtu = 0;	/* 0 = automatic, see change_mtu() */
	dev->max_mtu = IP_MAX_MTU;
}

static int newlink(struct net *src_net, struct net_device *dev,
		   struct nlattr *tb[], struct nlattr *data[],
		   struct netlink_ext_ack *extack)
{
	struct tunnel *tunnel = netdev_priv(dev);

	if (!strcmp(dev->name, CM_DEV_NAME)) {
		NL_SET_ERR_MSG(extack, CM_DEV_NAME " is the device of the module itself: take another name");
		return -EBUSY;
	}
	if (tb[IFLA_MTU])
		tunnel->fixed = nla_get_u32(tb[IFLA_MTU]);
	if (tunnel->fixed && tunnel->fixed < CM_IPV4_MTU_MIN) {
		NL_SET_ERR_MSG(extack, "the MTU is 68 bytes or more, or 0 for automatic");
		return -EINVAL;
	}
	if (!tunnel->fixed)
		dev->mtu = MTU_FIRST;
	return register_netdevice(dev);
}

static struct rtnl_link_ops link_ops = {
	.kind = KIND,
	.priv_size = sizeof(struct tunnel),
	.setup = setup,
	.newlink = newlink,
};

void cm_tunnel_net_init(struct cm_net *cn)
{
	INIT_DELAYED_WORK(&cn->tunnel_refit, refit);
}

void cm_tunnel_net_exit(struct cm_net *cn)
{
	cancel_delayed_work_sync(&cn->tunnel_refit);
}

int cm_tunnel_register(void)
{
	return rtnl_link_register(&link_ops);
}

void cm_tunnel_unregister(void)
{
	rtnl_link_unregister(&link_ops);
}

MODULE_ALIAS_RTNL_LINK(KIND);

// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "bind.h"
#include "compat/netdev.h"
#include "dev.h"
#include "esp.h"
#include "flow.h"
#include "ip.h"
#include "lane.h"
#include "pernet.h"
#include "sa.h"
#include "share.h"
#include "stats.h"
#include "tunnel.h"

/* netdev_priv() of the device. */
struct dev_priv {
	struct cm_net *cn;
};

/* The link header, as Ethernet reads it. */
struct link_header {
	u8 to_tag[2];
	__be32 iif;		/* what the encrypted packet came by */
	u8 from_tag[2];
	__be32 sa_id;
	__be16 proto;
} __packed;

static_assert(sizeof(struct link_header) == ETH_HLEN);

static const u8 tag_iif[2] = { 0x02, 0x01 };
static const u8 tag_sa[2] = { 0x02, 0x00 };

/* --- packets --- */

/*
 * Packets are marked with a security path: it survives routing, firewalls see
 * it (nft "meta secpath exists", "ipsec in spi", "ipsec in reqid", which is the
 * id of the flow; iptables "-m policy --pol ipsec"), and nothing outside the
 * kernel can attach it.
 *
 * The path needs a state, the kernel reads the last one without asking whether
 * there is any. Ours is in no database and never was alive. It is one of
 * transport mode with an empty selector: where no XFRM policy applies XFRM
 * lets such a packet pass, and where one does it asks for a state of its own.
 */
int cm_dev_make_mark(struct cm_sa *sa)
{
	struct xfrm_state *x = xfrm_state_alloc(sa->cn->net);

	if (!x)
		return -ENOMEM;
	x->km.state = XFRM_STATE_DEAD;
	x->id.spi = sa->key.spi;
	x->id.proto = sa->key.proto;
	memcpy(&x->id.daddr, &sa->key.daddr, sizeof(x->id.daddr));
	memcpy(&x->props.saddr, &sa->saddr, sizeof(x->props.saddr));
	x->props.family = sa->key.family;
	x->props.mode = XFRM_MODE_TRANSPORT;
	sa->esp->mark = x;
	return 0;
}

bool cm_dev_decapsulated(const struct sk_buff *skb)
{
	return secpath_exists((struct sk_buff *)skb);
}

/* Of XFRM's own states, those of tunnel mode need a policy. */
static bool is_mark(const struct xfrm_state *x)
{
	return x->km.state == XFRM_STATE_DEAD &&
	       x->props.mode == XFRM_MODE_TRANSPORT && !x->sel.family;
}

static bool is_ours_alone(const struct sk_buff *skb)
{
	const struct sec_path *path = skb_sec_path(skb);

	return path->len == 1 && is_mark(path->xvec[0]);
}

/* The mark of the SA that the packet came out of last; NULL: none of ours. */
static const struct xfrm_state *mark_of(const struct sk_buff *skb)
{
	const struct sec_path *path = skb_sec_path(skb);

	return path && path->len && is_mark(path->xvec[path->len - 1]) ?
	       path->xvec[path->len - 1] : NULL;
}

bool cm_dev_is_ours(const struct sk_buff *skb)
{
	return mark_of(skb);
}

bool cm_dev_is_to_end(const struct sk_buff *skb)
{
	const struct xfrm_state *x = mark_of(skb);

	if (!x || x->props.family != cm_ip_family(skb))
		return false;
	return cm_ip_is_v6(skb) ?
	       ipv6_addr_equal(&x->id.daddr.in6, &ipv6_hdr(skb)->daddr) :
	       x->id.daddr.a4 == ip_hdr(skb)->daddr;
}

/*
 * Because of its security path XFRM looks for a policy, to find none and let it
 * pass. Where it has no policies for what arrives it need not look. (The flag
 * would be the IPv4 packet's if "disable_policy" were set on its interface.)
 */
void cm_dev_skip_xfrm(const struct net *net, struct sk_buff *skb, bool v6)
{
	const struct netns_xfrm *xfrm = &net->xfrm;

	if (!v6 && is_ours_alone(skb) &&
	    !xfrm->policy_count[XFRM_POLICY_IN] &&
	    !xfrm->policy_count[XFRM_POLICY_FWD] &&
	    xfrm->policy_default[XFRM_POLICY_IN] == XFRM_USERPOLICY_ACCEPT &&
	    xfrm->policy_default[XFRM_POLICY_FWD] == XFRM_USERPOLICY_ACCEPT)
		IPCB(skb)->flags |= IPSKB_NOPOLICY;
}

static struct net_device *arrival(const struct cm_sa *sa, int iif)
{
	const struct cm_bind *bind = sa->flow->bind;

	if (likely(!READ_ONCE(bind->shared)))
		return rcu_dereference(bind->dev);
	return cm_share_arrival(bind, iif);
}

/*
 * From here on the packet is one that arrived on a bound interface. @iif: index of
 * that which the encrypted one came by
 */
static enum cm_reason enter(const struct cm_sa *sa, struct sk_buff *skb, int iif)
{
	u32 wanted = sa->mark ?: READ_ONCE(sa->flow->bind->opt.mark_in);
	struct xfrm_state *mark = sa->esp->mark;
	struct net_device *dev = arrival(sa, iif);
	struct sec_path *path;

	if (unlikely(!dev || !(dev->flags & IFF_UP)))
		return CM_REASON_IFACE_DOWN;
	if (wanted)
		skb->mark = wanted;
	if (cm_tunnel_is(dev)) {
		cm_tunnel_receive(dev, skb);
		return CM_REASON_NONE;
	}
	path = secpath_set(skb);
	/* Redirection could lead a packet through here again and again. */
	if (unlikely(!path || path->len == XFRM_MAX_DEPTH))
		return CM_REASON_NO_MEMORY;
	if (unlikely(!READ_ONCE(mark->props.reqid)))	/* the SA had no flow yet */
		WRITE_ONCE(mark->props.reqid, sa->flow->id);
	xfrm_state_hold(mark);
	path->xvec[path->len++] = mark;
	skb->dev = dev;
	if (dev->type != ARPHRD_ETHER) {
		skb_reset_mac_header(skb);
		skb_reset_mac_len(skb);
	}
	return CM_REASON_NONE;
}

/* After GRO: from our device to the bound one. */
static rx_handler_result_t rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct dev_priv *priv = netdev_priv(skb->dev);
	const struct link_header *link = (void *)skb_mac_header(skb);
	enum cm_reason reason = CM_REASON_MAP_GONE;
	struct cm_net *cn = priv->cn;
	struct cm_sa *sa;

	sa = idr_find(&cn->sa_ids, ntohl(link->sa_id));
	if (likely(sa && sa->esp && sa->esp->mark))
		reason = enter(sa, skb, ntohl(link->iif));
	if (unlikely(reason != CM_REASON_NONE)) {
		cm_drop(cn, NULL, sa, reason, skb);
		return RX_HANDLER_CONSUMED;
	}
	return RX_HANDLER_ANOTHER;
}

static void put_link(struct sk_buff *skb, const struct cm_sa *sa, int iif)
{
	struct link_header *link = skb_push(skb, sizeof(*link));

	memcpy(link->to_tag, tag_iif, sizeof(link->to_tag));
	link->iif = htonl(iif);
	memcpy(link->from_tag, tag_sa, sizeof(link->from_tag));
	link->sa_id = htonl(sa->id);
	link->proto = skb->protocol;
	skb_reset_mac_header(skb);
	__skb_pull(skb, sizeof(*link));
	skb_reset_mac_len(skb);
}

/*
 * Nothing of the outer packet stays: its connection, its route, its security path,
 * the socket that a program may have chosen for it.
 */
static void strip_outer(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb_scrub_packet(skb, false);
	skb_set_queue_mapping(skb, 0);	/* of another device */
	skb_gso_reset(skb);	/* a virtual machine may have set anything */
	skb->protocol = cm_ip_protocol(cm_ip_family(skb));
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
}

/*
 * GRO is a long way for a packet that it will not merge. UDP it merges, also for
 * sockets with UDP_GRO, only if the device is told so (ethtool
 * "rx-udp-gro-forwarding" or "rx-gro-list"). All packets of a connection go the
 * same way, those behind extension headers that of TCP, which they may be.
 */
static bool is_for_gro(const struct sk_buff *skb, const struct net_device *dev)
{
	u8 proto = cm_ip_is_v6(skb) ? ipv6_hdr(skb)->nexthdr :
				      ip_hdr(skb)->protocol;

	return proto == IPPROTO_TCP ||
	       (cm_ip_is_v6(skb) && ipv6_ext_hdr(proto)) ||
	       dev->features & (NETIF_F_GRO_FRAGLIST | NETIF_F_GRO_UDP_FWD);
}

/* The device if packets may enter it, or NULL. Under RCU. */
static struct net_device *device_of(const struct cm_net *cn)
{
	struct net_device *dev = rcu_dereference(cn->gro.dev);

	return likely(dev && dev->flags & IFF_UP) ? dev : NULL;
}

void cm_dev_receive(struct cm_sa *sa, struct sk_buff *skb)
{
	struct cm_lanes *lanes = cm_lanes_of(sa->cn);
	struct net_device *dev = device_of(sa->cn);
	int iif = skb->skb_iif;
	enum cm_reason reason;
	u32 len = skb->len;

	strip_outer(skb);
	put_link(skb, sa, iif);
	if (likely(dev && lanes) && is_for_gro(skb, dev)) {
		skb->dev = dev;
		if (likely(cm_lane_gro(lanes, skb)))
			dev_sw_netstats_rx_add(dev, len);
		else
			cm_drop(sa->cn, sa->flow, sa, CM_REASON_QUEUE_OVERFLOW,
				skb);
		return;
	}
	/* Without the device, too: not there yet, or somebody has set it down. */
	reason = enter(sa, skb, iif);
	if (unlikely(reason != CM_REASON_NONE))
		cm_drop(sa->cn, sa->flow, sa, reason, skb);
	else if (unlikely(netif_rx(skb) != NET_RX_SUCCESS))
		cm_lost(sa->cn, sa->flow, sa, CM_REASON_QUEUE_OVERFLOW, 1);
}

/* --- the device --- */

/* It only receives. */
static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_core_stats_tx_dropped_inc(dev);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int open(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	/* No link-local address, no router solicitations. */
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return 0;
}

static int init(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

/*
 * Ours to unregister, or the namespace's when it ends. Packets under RCU may
 * still see the device; it is down, which turns them away, and is freed after
 * a grace period.
 */
static void uninit(struct net_device *dev)
{
	struct dev_priv *priv = netdev_priv(dev);

	RCU_INIT_POINTER(priv->cn->gro.dev, NULL);
	cm_lanes_flush(priv->cn);
	if (rtnl_dereference(dev->rx_handler))
		netdev_rx_handler_unregister(dev);
	free_percpu(dev->tstats);
}

static const struct net_device_ops dev_ops = {
	.ndo_init = init,
	.ndo_uninit = uninit,
	.ndo_open = open,
	.ndo_start_xmit = xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &dev_ops;
	dev->needs_free_netdev = true;
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = IP_MAX_MTU;
	dev->max_mtu = IP_MAX_MTU;
	cm_netdev_stay(dev);
}

static int register_dev(struct cm_gro *gro)
{
	struct dev_priv *priv;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*priv), CM_DEV_NAME, NET_NAME_PREDICTABLE,
			   setup);
	if (!dev)
		return -ENOMEM;
	priv = netdev_priv(dev);
	priv->cn = cm_net_of(gro->net);
	dev_net_set(dev, gro->net);
	eth_hw_addr_random(dev);

	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	err = netdev_rx_handler_register(dev, rx_handler, NULL);
	if (err)
		goto unregister;
	err = dev_open(dev, NULL);
	if (err)
		goto unregister;
	rcu_assign_pointer(gro->dev, dev);
	return 0;

unregister:
	unregister_netdevice(dev);
	return err;
}

/*
 * A namespace that goes away takes its devices out under the RTNL after it has
 * said so: none may be made after them.
 */
static void create(struct work_struct *work)
{
	struct cm_gro *gro = container_of(work, struct cm_gro, create);
	struct cm_net *cn = cm_net_of(gro->net);
	int err = cm_lanes_create(cn);

	rtnl_lock();
	if (!err && !rtnl_dereference(gro->dev) && !READ_ONCE(cn->closing))
		err = register_dev(gro);
	rtnl_unlock();
	if (err)
		pr_warn_ratelimited("cryptomap: no device " CM_DEV_NAME ", so no GRO (%d)\n",
				    err);
}

void cm_dev_want(struct cm_net *cn)
{
	if (!rcu_access_pointer(cn->gro.dev))
		schedule_work(&cn->gro.create);
}

int cm_dev_net_init(struct net *net)
{
	struct cm_gro *gro = &cm_net_of(net)->gro;

	INIT_WORK(&gro->create, create);
	gro->net = net;
	return 0;
}

/* When the namespace ends the device may have gone already, see uninit(). */
void cm_dev_net_exit(struct net *net)
{
	struct cm_gro *gro = &cm_net_of(net)->gro;
	struct net_device *dev;

	cancel_work_sync(&gro->create);
	rtnl_lock();
	dev = rtnl_dereference(gro->dev);
	if (dev)
		unregister_netdevice(dev);
	rtnl_unlock();
	cm_lanes_destroy(cm_net_of(net));
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/dst_metadata.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/route.h>
#include <net/sock.h>

#include "bind.h"
#include "core/tuple.h"
#include "dev.h"
#include "exempt.h"
#include "guard.h"
#include "hook.h"
#include "ip.h"
#include "natt.h"
#include "output.h"
#include "pernet.h"
#include "stats.h"

/* bind->guard: the two hooks of its device. */
struct cm_guard {
	struct nf_hook_ops ingress;
	struct nf_hook_ops egress;
	struct rcu_head rcu;
};

/* --- outbound --- */

/*
 * The socket of a local sender: IP, or a packet socket, which nothing judges.
 * What a virtual machine or a user-space tunnel sends keeps the socket of its
 * tap device, and flowtables forward that.
 */
static bool is_local(const struct sk_buff *skb, const struct net_device *dev)
{
	const struct sock *sk = skb->sk;

	return sk && net_eq(sock_net(sk), dev_net(dev)) &&
	       (sk->sk_family == AF_INET || sk->sk_family == AF_INET6 ||
		sk->sk_family == AF_PACKET);
}

static bool is_ip(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ||
	       skb->protocol == htons(ETH_P_IPV6);
}

static u32 header_len(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ? sizeof(struct ipv6hdr) :
						    sizeof(struct iphdr);
}

/* Whether a route of IPv6 was made for output it does not say. */
static bool is_output_route(const struct dst_entry *dst)
{
	return dst->ops->family == AF_INET6 ||
	       rt_is_output_route(container_of(dst, struct rtable, dst));
}

static bool is_fragment(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? ipv6_hdr(skb)->nexthdr == NEXTHDR_FRAGMENT :
				  ip_is_fragment(ip_hdr(skb));
}

static u8 next_header(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? ipv6_hdr(skb)->nexthdr : ip_hdr(skb)->protocol;
}

/*
 * Did the IP layer of this namespace send it, so that POST_ROUTING has judged
 * it? Local packets have their socket; ESP and AH have a route made for output
 * (no flowtable carries them); fragments are made after POST_ROUTING and only
 * by the IP layer, which leaves them its route.
 */
static bool is_judged(struct cm_net *cn, const struct sk_buff *skb,
		      const struct net_device *dev)
{
	const struct dst_entry *dst = skb_dst(skb);
	u8 next;

	if (is_local(skb, dev))
		return true;
	if (!dst || !skb_valid_dst(skb) || dst->dev != dev ||
	    dst->ops->family != cm_ip_family(skb))
		return false;
	if (is_fragment(skb))
		return true;
	next = next_header(skb);
	if (!is_output_route(dst))
		return false;
	/* Flowtables do carry UDP, also by such routes. */
	if (next == IPPROTO_UDP)
		return cm_natt_is_own(cn, skb);
	return cm_proto_is_ipsec(next);
}

/*
 * Flowtables send without POST_ROUTING. What the lists protect is taken here
 * then and protected as it would have been there; if it has no route, which
 * fragmentation and ICMP errors need, it is dropped. The socket of a tap
 * device goes: the IP layer would take it for one of its own. Redirects of tc
 * on the way in skip this hook (nf_skip_egress()), and nothing else sees them.
 */
static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct cm_net *cn = cm_net_of(state->net);
	struct cm_bind *bind = cm_bind_find_rcu(cn, state->out);
	struct cm_flow *flow;
	struct cm_tuple t;

	/* Tagged ones are those of a VLAN device, which has its own binding. */
	if (!bind || !is_ip(skb) || skb_vlan_tag_present(skb) ||
	    !pskb_may_pull(skb, skb_network_offset(skb) + header_len(skb)) ||
	    is_judged(cn, skb, state->out))
		return NF_ACCEPT;
	if (cm_hook_tuple(skb, &t) != CM_REASON_NONE) {
		cm_drop(cn, NULL, NULL, CM_REASON_EGRESS_GUARD, skb);
		return NF_STOLEN;
	}
	if (cm_exempt_housekeeping(&t))
		return NF_ACCEPT;
	flow = cm_bind_peek(bind, &t, false);
	if (!flow)
		return NF_ACCEPT;
	if (!skb_dst(skb) || !skb_valid_dst(skb)) {
		cm_drop(cn, flow, NULL, CM_REASON_EGRESS_GUARD, skb);
		return NF_STOLEN;
	}
	__skb_pull(skb, skb_network_offset(skb));
	skb_orphan(skb);
	cm_ip_clear_cb(skb);
	cm_output(flow, skb, &t);
	return NF_STOLEN;
}

/* --- inbound --- */

/* Is anybody on this device who may forward packets before the IP layer? */
static bool is_alone(const struct net_device *dev)
{
	const struct nf_hook_entries *e = rcu_dereference(dev->nf_hooks_ingress);

	return !e || e->num_hook_entries <= 1;
}

/* Fragments, and of IPv6 anything with extension headers. */
static bool is_complex(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? ipv6_ext_hdr(ipv6_hdr(skb)->nexthdr) :
				  ip_is_fragment(ip_hdr(skb));
}

/*
 * A flowtable forwards without PRE_ROUTING. It leaves fragments alone and so
 * do we: PRE_ROUTING sees them put together.
 */
static unsigned int ingress(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct cm_bind *bind;

	if (likely(is_alone(state->in)) || !is_ip(skb) ||
	    skb_vlan_tag_present(skb) ||
	    !pskb_may_pull(skb, header_len(skb)) || is_complex(skb))
		return NF_ACCEPT;
	bind = cm_bind_find_rcu(cm_net_of(state->net), state->in);
	if (!bind || !cm_hook_drop_clear(bind, skb))
		return NF_ACCEPT;
	return NF_STOLEN;
}

/* --- registration --- */

/* First on the way in and last on the way out, whatever priority others use. */
static void init_ops(struct nf_hook_ops *ops, nf_hookfn *hook,
		     unsigned int hooknum, int priority, struct net_device *dev)
{
	ops->hook = hook;
	ops->dev = dev;
	ops->pf = NFPROTO_NETDEV;
	ops->hooknum = hooknum;
	ops->priority = priority;
}

static int register_guard(struct cm_bind *bind, struct net_device *dev)
{
	struct cm_guard *guard = kzalloc(sizeof(*guard), GFP_KERNEL);
	struct net *net = bind->cn->net;
	int err;

	if (!guard)
		return -ENOMEM;
	init_ops(&guard->ingress, ingress, NF_NETDEV_INGRESS, INT_MIN, dev);
	init_ops(&guard->egress, egress, NF_NETDEV_EGRESS, INT_MAX, dev);
	err = nf_register_net_hook(net, &guard->ingress);
	if (err)
		goto free;
	err = nf_register_net_hook(net, &guard->egress);
	if (err)
		goto ingress;
	bind->guard = guard;
	return 0;

ingress:
	nf_unregister_net_hook(net, &guard->ingress);
free:
	kfree(guard);
	return err;
}

static void unregister_guard(struct cm_bind *bind)
{
	struct cm_guard *guard = bind->guard;
	struct net *net = bind->cn->net;

	bind->guard = NULL;
	nf_unregister_net_hook(net, &guard->egress);
	nf_unregister_net_hook(net, &guard->ingress);
	kfree_rcu(guard, rcu);
}

/*
 * Later fragments carry no ports: while a map is bound, packets are put
 * together before they are judged.
 */
static int want_defrag(struct net *net)
{
	int err = nf_defrag_ipv4_enable(net);

	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		nf_defrag_ipv4_disable(net);
	return err;
}

static void unwant_defrag(struct net *net)
{
	nf_defrag_ipv6_disable(net);
	nf_defrag_ipv4_disable(net);
}

int cm_bind_attached(struct cm_bind *bind, struct net_device *dev)
{
	struct net *net = bind->cn->net;
	int err;

	if (bind->tunnel)
		goto done;
	err = want_defrag(net);
	if (err)
		return err;
	err = register_guard(bind, dev);
	if (err) {
		unwant_defrag(net);
		return err;
	}
done:
	cm_dev_want(bind->cn);
	return 0;
}

void cm_bind_detached(struct cm_bind *bind)
{
	if (bind->tunnel)
		return;
	unregister_guard(bind);
	unwant_defrag(bind->cn->net);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/random.h>
#include <net/addrconf.h>
#include <net/dst_cache.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "bind.h"
#include "esp.h"
#include "flow.h"
#include "ip.h"
#include "pernet.h"
#include "sa.h"

void cm_ip_set_tos(void *iph, u8 tos)
{
	if (((struct iphdr *)iph)->version == 6)
		ipv6_change_dsfield(iph, 0, tos);
	else
		ipv4_change_dsfield(iph, 0, tos);
}

void cm_ip_addrs(const struct sk_buff *skb, union cm_addr *saddr,
		 union cm_addr *daddr)
{
	if (cm_ip_is_v6(skb)) {
		memcpy(saddr->b, &ipv6_hdr(skb)->saddr, sizeof(saddr->b));
		memcpy(daddr->b, &ipv6_hdr(skb)->daddr, sizeof(daddr->b));
		return;
	}
	*saddr = (union cm_addr){ .v4 = ip_hdr(skb)->saddr };
	*daddr = (union cm_addr){ .v4 = ip_hdr(skb)->daddr };
}

/* --- addresses --- */

bool cm_ip_is_ours(struct net *net, const union cm_addr *addr, u8 family)
{
	if (family == AF_INET6)
		return ipv6_chk_addr(net, cm_ip_in6(addr), NULL, 0);
	return inet_addr_type(net, addr->v4) == RTN_LOCAL;
}

bool cm_ip_is_ours_or_all(struct net *net, const union cm_addr *addr, u8 family)
{
	int type;

	if (family == AF_INET6) {
		type = ipv6_addr_type(cm_ip_in6(addr));
		return type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST) ||
		       cm_ip_is_ours(net, addr, family);
	}
	type = inet_addr_type(net, addr->v4);
	return type == RTN_LOCAL || type == RTN_BROADCAST;
}

/* --- the route to the peer --- */

/* The way to the peer leads into the tunnel to it. */
static bool is_loop(const struct cm_sa *sa, const struct dst_entry *dst)
{
	const struct cm_bind *bind = sa->flow->bind;

	return READ_ONCE(bind->tunnel) &&
	       dst->dev == rcu_access_pointer(bind->dev);
}

u8 cm_ip_outer_proto(const struct cm_sa *sa)
{
	const struct cm_esp_geom *geom = &sa->esp->geom;

	if (geom->udp)
		return IPPROTO_UDP;
	return geom->around ? IPPROTO_AH : sa->key.proto;
}

static u32 mark_of(const struct cm_sa *sa)
{
	return sa->mark ?: READ_ONCE(sa->flow->bind->opt.mark_out);
}

/*
 * An SA gets its cache with its first packet: per-CPU memory is dear, and many
 * SAs wait for theirs. Without memory the next packet tries again.
 */
static struct dst_cache *cache_of(struct cm_sa *sa)
{
	struct dst_cache *route = &sa->esp->route;
	struct dst_cache made;

	if (likely(READ_ONCE(route->cache)) ||
	    dst_cache_init(&made, GFP_ATOMIC | __GFP_NOWARN))
		return route;
	if (cmpxchg(&route->cache, NULL, made.cache))
		dst_cache_destroy(&made);
	return route;
}

static struct dst_entry *route4(struct cm_sa *sa, enum cm_reason *reason)
{
	struct flowi4 fl4 = {
		.saddr = READ_ONCE(sa->saddr.v4),
		.daddr = READ_ONCE(sa->key.daddr.v4),
		.flowi4_proto = cm_ip_outer_proto(sa),
		.flowi4_mark = mark_of(sa),
		.fl4_sport = READ_ONCE(sa->encap_sport),
		.fl4_dport = READ_ONCE(sa->encap_dport),
	};
	struct rtable *rt = ip_route_output_key(sa->cn->net, &fl4);

	if (IS_ERR(rt)) {
		*reason = cm_ip_is_ours(sa->cn->net, &sa->saddr, CM_FAMILY_V4) ?
			  CM_REASON_NO_ROUTE : CM_REASON_LOCAL_ADDRESS;
		return NULL;
	}
	if (unlikely(is_loop(sa, &rt->dst))) {
		ip_rt_put(rt);
		*reason = CM_REASON_NESTED_LOOP;
		return NULL;
	}
	dst_cache_set_ip4(cache_of(sa), &rt->dst, fl4.saddr);
	smp_mb();	/* either we see cm_sa_move(), or cm_esp_moved() the route */
	if (unlikely(READ_ONCE(sa->key.daddr.v4) != fl4.daddr ||
		     READ_ONCE(sa->saddr.v4) != fl4.saddr ||
		     mark_of(sa) != fl4.flowi4_mark))
		dst_cache_reset(&sa->esp->route);
	return &rt->dst;
}

/* Link-local peers are on the link that the map is bound to. */
static int link_of(const struct cm_sa *sa, const struct in6_addr *daddr)
{
	const struct net_device *dev;

	if (!(ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL))
		return 0;
	dev = rcu_dereference(sa->flow->bind->dev);
	return dev ? dev->ifindex : 0;
}

static struct dst_entry *route6(struct cm_sa *sa, enum cm_reason *reason)
{
	const struct in6_addr *saddr = cm_ip_in6(&sa->saddr);
	const struct in6_addr *daddr = cm_ip_in6(&sa->key.daddr);
	struct net *net = sa->cn->net;
	struct flowi6 fl6 = {
		.flowi6_oif = link_of(sa, daddr),
		.saddr = *saddr,
		.daddr = *daddr,
		.flowi6_proto = cm_ip_outer_proto(sa),
		.flowi6_mark = mark_of(sa),
		.fl6_sport = READ_ONCE(sa->encap_sport),
		.fl6_dport = READ_ONCE(sa->encap_dport),
	};
	struct dst_entry *dst;

	/* Unlike that of IPv4 the routing of IPv6 takes any source. */
	if (!ipv6_chk_addr(net, saddr, NULL, 0)) {
		*reason = CM_REASON_LOCAL_ADDRESS;
		return NULL;
	}
	dst = ip6_route_output(net, NULL, &fl6);
	if (dst->error || is_loop(sa, dst)) {
		*reason = dst->error ? CM_REASON_NO_ROUTE : CM_REASON_NESTED_LOOP;
		dst_release(dst);
		return NULL;
	}
	dst_cache_set_ip6(cache_of(sa), dst, saddr);
	smp_mb();	/* likewise */
	if (unlikely(mark_of(sa) != fl6.flowi6_mark))
		dst_cache_reset(&sa->esp->route);
	return dst;
}

struct dst_entry *cm_ip_find_route(struct cm_sa *sa, enum cm_reason *reason)
{
	struct dst_entry *dst = dst_cache_get(&sa->esp->route);

	if (likely(dst))
		return dst;
	return sa->key.family == AF_INET6 ? route6(sa, reason) :
					    route4(sa, reason);
}

/* --- the outer header --- */

__be32 cm_ip_flow_label(struct net *net)
{
	__be32 label = htonl(get_random_u32()) & IPV6_FLOWLABEL_MASK;

	if (net->ipv6.sysctl.flowlabel_state_ranges)
		label |= IPV6_FLOWLABEL_STATELESS_FLAG;
	return label;
}

static void put_outer4(struct cm_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, u8 tos, bool df)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	iph->version = IPVERSION;
	iph->ihl = sizeof(*iph) >> 2;
	iph->tos = tos;
	iph->id = 0;
	iph->frag_off = df ? htons(IP_DF) : 0;
	iph->ttl = ip4_dst_hoplimit(dst);
	iph->protocol = cm_ip_outer_proto(sa);
	iph->saddr = sa->saddr.v4;
	iph->daddr = sa->key.daddr.v4;
	if (!df)
		__ip_select_ident(sa->cn->net, iph, 1);
}

static void put_outer6(struct cm_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, u8 tos)
{
	struct ipv6hdr *iph = skb_push(skb, sizeof(*iph));

	ip6_flow_hdr(iph, tos, sa->esp->flow_label);
	iph->payload_len = 0;
	iph->nexthdr = cm_ip_outer_proto(sa);
	iph->hop_limit = ip6_dst_hoplimit(dst);
	iph->saddr = *cm_ip_in6(&sa->saddr);
	iph->daddr = *cm_ip_in6(&sa->key.daddr);
}

void cm_ip_put_outer(struct cm_sa *sa, struct sk_buff *skb,
		     struct dst_entry *dst, u8 tos, bool df)
{
	if (sa->key.family == AF_INET6)
		put_outer6(sa, skb, dst, tos);
	else
		put_outer4(sa, skb, dst, tos, df);
	skb_reset_network_header(skb);
}

int cm_ip_send(struct net *net, struct sk_buff *skb)
{
	cm_ip_clear_cb(skb);
	if (cm_ip_is_v6(skb)) {
		IP6CB(skb)->flags = CM_IPSKB_OWN;
		return ip6_local_out(net, NULL, skb);
	}
	IPCB(skb)->flags = CM_IPSKB_OWN;
	return ip_local_out(net, NULL, skb);
}

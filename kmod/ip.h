/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The IP layer where IPv4 and IPv6 differ: control block, header fields, route
 * to the peer, outer header, sending. One function for both each, so that the
 * rest of the module need not ask.
 */
#ifndef _CM_IP_H
#define _CM_IP_H

#include <linux/bits.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip.h>

#include "kmod/core/reason.h"
#include "kmod/core/tuple.h"

struct cm_sa;
struct dst_entry;
struct net;
struct net_device;

/*
 * Own output in the flags of the IP layer's control block, above the kernel's
 * own bits. Good from cm_ip_send() to POST_ROUTING: in between nothing but the
 * IP layer uses the control block.
 */
#define CM_IPSKB_OWN BIT(15)

/* Of the packet whose header is at skb's network header. */
static inline bool cm_ip_is_v6(const struct sk_buff *skb)
{
	return ip_hdr(skb)->version == 6;
}

/* Flags of the control block. Those named alike have different bits. */
static inline u16 cm_ip_flags(const struct sk_buff *skb, bool v6)
{
	return v6 ? IP6CB(skb)->flags : IPCB(skb)->flags;
}

static inline bool cm_ip_is_own(const struct sk_buff *skb, bool v6)
{
	return cm_ip_flags(skb, v6) & CM_IPSKB_OWN;
}

static inline bool cm_ip_is_forwarded(const struct sk_buff *skb, bool v6)
{
	return cm_ip_flags(skb, v6) & (v6 ? IP6SKB_FORWARDED : IPSKB_FORWARDED);
}

/* XFRM made it what it is now. */
static inline bool cm_ip_is_transformed(const struct sk_buff *skb, bool v6)
{
	return cm_ip_flags(skb, v6) &
	       (v6 ? IP6SKB_XFRM_TRANSFORMED : IPSKB_XFRM_TRANSFORMED);
}

/* Index of the interface that the IP layer has it from, not that of a VRF above. */
static inline int cm_ip_iif(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? IP6CB(skb)->iif : IPCB(skb)->iif;
}

/* Empty the control block of a packet that the IP layer has not seen. */
static inline void cm_ip_clear_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct inet_skb_parm) > sizeof(skb->cb));
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) > sizeof(skb->cb));
	memset(skb->cb, 0, max(sizeof(struct inet_skb_parm),
			       sizeof(struct inet6_skb_parm)));
}

/* TOS or traffic class. */
static inline u8 cm_ip_tos(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? ipv6_get_dsfield(ipv6_hdr(skb)) :
				  ip_hdr(skb)->tos;
}

/* Must not be fragmented on its way: IPv6 never. */
static inline bool cm_ip_df(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) || ip_hdr(skb)->frag_off & htons(IP_DF);
}

/*
 * Where, from the network header, the protocol is named that the IP layer is
 * handing up. Its control block must be valid.
 */
static inline u32 cm_ip_next_at(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? IP6CB(skb)->nhoff :
				  offsetof(struct iphdr, protocol);
}

/* The SPI of the ESP or AH header at @hdr, of which eight bytes are there. */
static inline __be32 cm_ip_spi(const u8 *hdr, u8 proto)
{
	return proto == IPPROTO_AH ? ((const struct ip_auth_hdr *)hdr)->spi :
				     ((const struct ip_esp_hdr *)hdr)->spi;
}

static inline const struct in6_addr *cm_ip_in6(const union cm_addr *addr)
{
	return (const struct in6_addr *)addr->b;
}

static inline u8 cm_ip_family(const struct sk_buff *skb)
{
	return cm_ip_is_v6(skb) ? AF_INET6 : AF_INET;
}

static inline __be16 cm_ip_protocol(u8 family)
{
	return htons(family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP);
}

/* Set TOS or traffic class in the header at @iph. */
void cm_ip_set_tos(void *iph, u8 tos);

/* Addresses of a header that is there in full. */
void cm_ip_addrs(const struct sk_buff *skb, union cm_addr *saddr,
		 union cm_addr *daddr);

/* One of this router's addresses. Under rcu_read_lock(). */
bool cm_ip_is_ours(struct net *net, const union cm_addr *addr, u8 family);

/* The same, or one that means everybody on the link, or link-local. */
bool cm_ip_is_ours_or_all(struct net *net, const union cm_addr *addr, u8 family);

/* What follows the outer IP header: IPPROTO_ESP, IPPROTO_AH or IPPROTO_UDP. */
u8 cm_ip_outer_proto(const struct cm_sa *sa);

/*
 * The route to the peer, its reference is the caller's; or NULL and @reason.
 * BH off, under rcu_read_lock().
 */
struct dst_entry *cm_ip_find_route(struct cm_sa *sa, enum cm_reason *reason);

/* The flow label of all packets of an SA, which all take one way (RFC 6437). */
__be32 cm_ip_flow_label(struct net *net);

/**
 * cm_ip_put_outer() - put the outer header before a packet (RFC 4301, 5.1.2)
 * @sa: outbound SA
 * @skb: data at the ESP or AH header
 * @dst: route to the peer
 * @tos: TOS or traffic class
 * @df: may not be fragmented
 *
 * Lengths and checksum follow in cm_ip_send().
 */
void cm_ip_put_outer(struct cm_sa *sa, struct sk_buff *skb,
		     struct dst_entry *dst, u8 tos, bool df);

/*
 * Send a packet with a complete header but for lengths and checksum, and a
 * route, marked as our own. @skb is consumed. 0, an errno or NET_XMIT_*.
 */
int cm_ip_send(struct net *net, struct sk_buff *skb);

#endif

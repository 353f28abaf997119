// SPDX-License-Identifier: GPL-2.0
#include <linux/dccp.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "core/selector.h"
#include "core/tuple.h"
#include "ip.h"
#include "l4.h"

/**
 * struct l4 - a protocol with a checksum of the Internet's kind
 * @proto: protocol
 * @sum: where it stands
 * @pseudo: it covers the addresses
 * @ports: the header begins with two ports
 * @query: ICMP type that begins a conversation
 * @reply: ICMP type that answers
 */
struct l4 {
	u8 proto;
	u8 sum;
	bool pseudo;
	bool ports;
	u8 query;
	u8 reply;
};

/* SCTP is not here: its sum is a CRC, and covers the ports. */
static const struct l4 known[] = {
	{ IPPROTO_TCP, offsetof(struct tcphdr, check), true, true },
	{ IPPROTO_UDP, offsetof(struct udphdr, check), true, true },
	{ IPPROTO_UDPLITE, offsetof(struct udphdr, check), true, true },
	{ IPPROTO_DCCP, offsetof(struct dccp_hdr, dccph_checksum), true, true },
	{ IPPROTO_ICMP, offsetof(struct icmphdr, checksum), false, false,
	  ICMP_ECHO, ICMP_ECHOREPLY },
	{ IPPROTO_ICMPV6, offsetof(struct icmp6hdr, icmp6_cksum), true, false,
	  ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY },
};

static const struct l4 *l4_of(const struct cm_tuple *t)
{
	int i;

	/* Without the beginning of the header, no ports. */
	if (!(t->flags & CM_TUPLE_PORTS))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].proto == t->proto)
			return &known[i];
	return NULL;
}

/* --- checksums --- */

/* The checksum, or NULL if the packet ends before it or has none. */
static __sum16 *sum_of(const struct sk_buff *skb, const struct cm_tuple *t,
		       const struct l4 *l4)
{
	u32 at = t->l4_off + l4->sum;
	__sum16 *sum = (__sum16 *)(skb->data + at);

	if (at + sizeof(*sum) > skb_headlen(skb))
		return NULL;
	return l4->proto == IPPROTO_UDP && !*sum ? NULL : sum;
}

/* 0 would say that there is none. */
static void set_nonzero(const struct l4 *l4, __sum16 *sum)
{
	if (l4->proto == IPPROTO_UDP && !*sum)
		*sum = CSUM_MANGLED_0;
}

static void replace_addr(struct sk_buff *skb, __sum16 *sum, bool v6,
			 const union cm_addr *from, const union cm_addr *to)
{
	if (v6)
		inet_proto_csum_replace16(sum, skb, cm_ip_in6(from)->s6_addr32,
					  cm_ip_in6(to)->s6_addr32, true);
	else
		inet_proto_csum_replace4(sum, skb, from->v4, to->v4, true);
}

void cm_l4_readdress(struct sk_buff *skb, const struct cm_tuple *t,
		     const union cm_addr *saddr, const union cm_addr *daddr)
{
	bool v6 = t->family == CM_FAMILY_V6;
	const struct l4 *l4 = l4_of(t);
	__sum16 *sum;

	if (!l4 || !l4->pseudo)
		return;
	sum = sum_of(skb, t, l4);
	if (!sum)
		return;
	replace_addr(skb, sum, v6, saddr, &t->saddr);
	replace_addr(skb, sum, v6, daddr, &t->daddr);
	set_nonzero(l4, sum);
}

/* Bytes that the checksum covers; 0: a length that no IP stack sends. */
static u32 covered(const struct sk_buff *skb, const struct cm_tuple *t,
		   const struct l4 *l4)
{
	const struct udphdr *uh = (void *)(skb->data + t->l4_off);
	u32 len = skb->len - t->l4_off;
	u32 said;

	if (l4->proto != IPPROTO_UDP)
		return len;
	said = ntohs(uh->len);
	return said >= sizeof(*uh) && said <= len ? said : 0;
}

static __sum16 magic(const struct cm_tuple *t, u32 len, __wsum sum)
{
	if (t->family == CM_FAMILY_V6)
		return csum_ipv6_magic(cm_ip_in6(&t->saddr),
				       cm_ip_in6(&t->daddr), len, t->proto, sum);
	return csum_tcpudp_magic(t->saddr.v4, t->daddr.v4, len, t->proto, sum);
}

void cm_l4_recompute(struct sk_buff *skb, const struct cm_tuple *t)
{
	const struct l4 *l4 = l4_of(t);
	__sum16 *sum;
	u32 len;

	/* Of the other two it covers a part, which is not worth the code. */
	if (!l4 || !l4->pseudo || l4->proto == IPPROTO_UDPLITE ||
	    l4->proto == IPPROTO_DCCP)
		return;
	sum = sum_of(skb, t, l4);
	len = sum ? covered(skb, t, l4) : 0;
	if (!len)
		return;
	*sum = 0;
	*sum = magic(t, len, skb_checksum(skb, t->l4_off, len, 0));
	set_nonzero(l4, sum);
}

/* --- the client's number --- */

u32 cm_l4_number_at(const struct cm_tuple *t, bool answer)
{
	const struct l4 *l4 = l4_of(t);

	if (!l4)
		return 0;
	if (l4->ports)
		return t->l4_off + (answer ? sizeof(__be16) : 0);
	if (cm_tuple_icmp_type(t) != (answer ? l4->reply : l4->query))
		return 0;
	return t->l4_off + offsetof(struct icmphdr, un.echo.id);
}

bool cm_l4_set_number(struct sk_buff *skb, const struct cm_tuple *t, u32 at,
		      __be16 number)
{
	const struct l4 *l4 = l4_of(t);
	u32 end = max_t(u32, t->l4_off + l4->sum, at) + sizeof(number);
	__be16 *place, old;
	__sum16 *sum;

	if (skb_ensure_writable(skb, min(end, skb->len)))
		return false;
	place = (__be16 *)(skb->data + at);
	old = *place;
	*place = number;
	sum = sum_of(skb, t, l4);
	if (sum) {
		inet_proto_csum_replace2(sum, skb, old, number, false);
		set_nonzero(l4, sum);
	}
	return true;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* A packet reduced to what an access list can ask about it. */
#ifndef _CM_CORE_TUPLE_H
#define _CM_CORE_TUPLE_H

#include <linux/types.h>

#include "reason.h"

/* The values of AF_INET and AF_INET6. */
#define CM_FAMILY_V4 2
#define CM_FAMILY_V6 10

#define CM_PROTO_ICMP 1
#define CM_PROTO_IPIP 4
#define CM_PROTO_TCP 6
#define CM_PROTO_UDP 17
#define CM_PROTO_DCCP 33
#define CM_PROTO_IPV6 41
#define CM_PROTO_GRE 47
#define CM_PROTO_ESP 50
#define CM_PROTO_AH 51
#define CM_PROTO_ICMPV6 58
#define CM_PROTO_NONE 59
#define CM_PROTO_SCTP 132
#define CM_PROTO_UDPLITE 136

/* An address or mask in network order; IPv4 in the first four bytes, the rest zero. */
union cm_addr {
	u8 b[16];
	__be32 v4;
	__be32 w[4];
	u64 q[2];
};

#define CM_TUPLE_PORTS		0x01	/* sport and dport are those of the packet */
#define CM_TUPLE_FRAGMENT	0x02	/* any fragment, the first one included */
#define CM_TUPLE_LATER		0x04	/* not the first fragment: no ports */
#define CM_TUPLE_DF		0x08	/* IPv4 don't fragment */

/**
 * struct cm_tuple - what is known of one packet
 * @saddr: source address
 * @daddr: destination address
 * @sport: source port in host order; 0 for ICMP
 * @dport: destination port in host order; for ICMP type << 8 | code, as an
 *	IKEv2 traffic selector counts it (RFC 7296, 3.13.1)
 * @l4_off: where the header of @proto starts, in bytes from the IP header
 * @total_len: length of the packet by its own header; 0 where the header
 *	does not say (large sends, jumbograms)
 * @family: CM_FAMILY_V4 or CM_FAMILY_V6
 * @proto: protocol after the IPv6 extension headers; AH and ESP count as
 *	protocols, not as extension headers (RFC 4301)
 * @tos: TOS or traffic class
 * @ttl: TTL or hop limit
 * @flags: CM_TUPLE_*
 */
struct cm_tuple {
	union cm_addr saddr;
	union cm_addr daddr;
	u16 sport;
	u16 dport;
	u32 l4_off;
	u32 total_len;
	u8 family;
	u8 proto;
	u8 tos;
	u8 ttl;
	u8 flags;
};

/* ICMP type and code of a tuple with CM_TUPLE_PORTS. */
static inline u8 cm_tuple_icmp_type(const struct cm_tuple *t)
{
	return t->dport >> 8;
}

static inline u8 cm_tuple_icmp_code(const struct cm_tuple *t)
{
	return t->dport & 0xff;
}

static inline bool cm_proto_is_icmp(u8 proto)
{
	return proto == CM_PROTO_ICMP || proto == CM_PROTO_ICMPV6;
}

static inline bool cm_proto_is_ipsec(u8 proto)
{
	return proto == CM_PROTO_ESP || proto == CM_PROTO_AH;
}

/* The first four bytes of these are source and destination port. */
static inline bool cm_proto_has_ports(u8 proto)
{
	return proto == CM_PROTO_TCP || proto == CM_PROTO_UDP ||
	       proto == CM_PROTO_SCTP || proto == CM_PROTO_DCCP ||
	       proto == CM_PROTO_UDPLITE;
}

/**
 * cm_tuple_parse() - reduce a packet to its tuple
 * @t: result; undefined unless CM_REASON_NONE is returned
 * @l3: the IP header, IPv4 or IPv6 by its version field
 * @len: bytes readable at @l3; may be less than the packet.  60 + 8 bytes
 *	are enough for any IPv4 packet, CM_TUPLE_LINEAR for almost all
 *
 * Reads nothing outside @l3..@l3+@len.  At most CM_TUPLE_EXT_MAX IPv6
 * extension headers are walked.  Checksums and the length fields of the
 * transport header are not looked at.
 *
 * Return: CM_REASON_NONE; CM_REASON_TRUNCATED when @len ends inside a header
 * that is needed; CM_REASON_BAD_HEADER for what no IP stack sends;
 * CM_REASON_FRAGMENT for a later IPv6 fragment that does not tell its protocol.
 */
enum cm_reason cm_tuple_parse(struct cm_tuple *t, const u8 *l3, size_t len);

#define CM_TUPLE_EXT_MAX 8
#define CM_TUPLE_LINEAR 128
#define CM_TUPLE_LONGEST 1280	/* the chain of headers ends within the smallest MTU of IPv6 */

/**
 * struct cm_ip_part - the part of a packet before the ESP or AH header of
 *	transport mode (RFC 4303 and 4302, 3.1.1)
 * @len: its bytes
 * @next: where in it the protocol of what follows is named
 */
struct cm_ip_part {
	u32 len;
	u32 next;
};

/**
 * cm_tuple_split() - where does the header of transport mode go?
 * @part: result: the IP header with its options or, of the IPv6 extension
 *	headers, those that routers look at: hop-by-hop options, routing, and
 *	destination options before routing
 * @l3: the IP header
 * @len: bytes readable at @l3
 *
 * Return: CM_REASON_NONE, CM_REASON_TRUNCATED, CM_REASON_BAD_HEADER, or
 * CM_REASON_FRAGMENT: only whole packets are protected.
 */
enum cm_reason cm_tuple_split(struct cm_ip_part *part, const u8 *l3, size_t len);

/* The tuple of the answer, for the mirrored access list; ICMP keeps type and code. */
void cm_tuple_reverse(struct cm_tuple *out, const struct cm_tuple *in);

#endif

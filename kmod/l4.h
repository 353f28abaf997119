/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What address translation means to the header after that of IP: checksums
 * that cover the addresses, and the number that tells the connections of one
 * address apart.
 */
#ifndef _CM_L4_H
#define _CM_L4_H

#include <linux/types.h>

struct cm_tuple;
struct sk_buff;
union cm_addr;

/**
 * cm_l4_readdress() - the checksum was made for other addresses
 * @skb: packet, data at its IP header, linear and private, not a large send
 * @t: its tuple
 * @saddr: source address that its sender put in
 * @daddr: destination address, likewise
 *
 * Makes it one for the addresses of the packet, as a NAT does: what was wrong
 * with it stays wrong. TCP, UDP, UDP-Lite, DCCP, ICMPv6. A UDP checksum of 0,
 * which is none, stays 0.
 */
void cm_l4_readdress(struct sk_buff *skb, const struct cm_tuple *t,
		     const union cm_addr *saddr, const union cm_addr *daddr);

/*
 * The same where nobody knows those addresses: TCP, UDP and ICMPv6 get a new
 * checksum (RFC 3948, 3.1.2). For packets that were authenticated.
 */
void cm_l4_recompute(struct sk_buff *skb, const struct cm_tuple *t);

/*
 * Where, from the IP header, two bytes stand that tell the connections of one
 * client apart: its port or, in an ICMP query, the identifier. @answer: the
 * packet goes to the client. 0: there are none, or they cannot be changed.
 */
u32 cm_l4_number_at(const struct cm_tuple *t, bool answer);

/*
 * Set them, and make the checksum fit. Data is at the IP header; may be a large
 * send, or wait for its checksum. False: no memory.
 */
bool cm_l4_set_number(struct sk_buff *skb, const struct cm_tuple *t, u32 at,
		      __be16 number);

#endif

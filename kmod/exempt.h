/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What no access list protects, "permit ip any any" included: without it there
 * would be no tunnel, no address and no neighbour.
 */
#ifndef _CM_EXEMPT_H
#define _CM_EXEMPT_H

#include <linux/types.h>

struct cm_tuple;
struct net;
struct sk_buff;

/* Outbound; @local: this router made the packet. */
bool cm_exempt_out(const struct cm_tuple *t, bool local);

/*
 * What IPv6 itself lives on: neighbour discovery, multicast listeners. By its
 * hop limit no router has forwarded it.
 */
bool cm_exempt_housekeeping(const struct cm_tuple *t);

/* Inbound, in clear; @skb: the packet of @t, for what an ICMP error quotes. */
bool cm_exempt_in(struct net *net, const struct sk_buff *skb,
		  const struct cm_tuple *t);

#endif

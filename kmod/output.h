/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: flow -> SA -> ESP -> outer header -> route. */
#ifndef _CM_OUTPUT_H
#define _CM_OUTPUT_H

#include <linux/bits.h>
#include <linux/skbuff.h>
#include <net/ip.h>

struct cm_flow;
struct cm_sa;

/*
 * Own output in IPCB(skb)->flags, above the kernel's own bits. Valid from
 * ip_local_out() to POST_ROUTING, where nothing but the IP layer has the
 * control block.
 */
#define CM_IPSKB_OWN BIT(15)

static inline bool cm_output_is_own(const struct sk_buff *skb)
{
	return IPCB(skb)->flags & CM_IPSKB_OWN;
}

/**
 * cm_output() - protect a packet of @flow
 * @flow: flow, under rcu_read_lock()
 * @skb: IPv4 packet, data at its header, dst set, large sends included;
 *	consumed: sent, queued or dropped and counted
 *
 * BH off.
 */
void cm_output(struct cm_flow *flow, struct sk_buff *skb);

/* Called by esp.c when the cipher is done with a packet: 0 or its error. BH off. */
void cm_output_done(struct cm_sa *sa, struct sk_buff *skb, int err);

#endif

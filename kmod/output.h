/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: flow -> SA -> ESP -> outer header -> route. */
#ifndef _CM_OUTPUT_H
#define _CM_OUTPUT_H

#include <linux/bits.h>
#include <linux/skbuff.h>
#include <net/ip.h>

struct cm_flow;
struct cm_sa;
struct cm_tuple;

/*
 * Own output in IPCB(skb)->flags, above the kernel's own bits. Good from
 * ip_local_out() to POST_ROUTING: in between nothing but the IP layer uses
 * the control block.
 */
#define CM_IPSKB_OWN BIT(15)

static inline bool cm_output_is_own(const struct sk_buff *skb)
{
	return IPCB(skb)->flags & CM_IPSKB_OWN;
}

/**
 * cm_output() - protect a packet of @flow
 * @flow: flow, under rcu_read_lock()
 * @skb: IPv4 packet, data at its header, IPCB valid, dst set and counted;
 *	may be a large send; consumed: sent, queued or dropped and counted
 * @t: its tuple
 *
 * BH off.
 */
void cm_output(struct cm_flow *flow, struct sk_buff *skb,
	       const struct cm_tuple *t);

/*
 * esp.c is done with a packet: 0, or the error of the cipher. Under
 * rcu_read_lock(), BH off.
 */
void cm_output_done(struct cm_sa *sa, struct sk_buff *skb, int err);

#endif

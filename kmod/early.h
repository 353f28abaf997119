/* SPDX-License-Identifier: GPL-2.0 */
/* Early demultiplexing: ESP and AH find their SA before they look for a route. */
#ifndef CM_EARLY_H
#define CM_EARLY_H

#include <linux/types.h>

struct cm_net;
struct cm_sa;
struct sk_buff;

/**
 * cm_early_demux() - is this ESP or AH for an SA of ours?
 * @cn: namespace
 * @skb: a whole packet that is not routed yet
 *
 * If the SA has had a packet of the same source on the same interface, and the
 * routes are still those of then, @skb takes the route of that packet.
 *
 * Context: RCU, BH off. Return: true if so; otherwise nothing is known.
 */
bool cm_early_demux(struct cm_net *cn, struct sk_buff *skb);

/**
 * cm_early_learn() - remember the route by which a packet came to its SA
 * @sa: inbound
 * @skb: its packet, authentic or not: the route is the kernel's own
 *
 * Context: RCU, BH off.
 */
void cm_early_learn(struct cm_sa *sa, const struct sk_buff *skb);

/* Forget it: the addresses of the SA change, or the SA ends. Process context. */
void cm_early_forget(struct cm_sa *sa);

#endif

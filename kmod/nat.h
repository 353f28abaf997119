/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Source NAT comes before the lists. Where it changes what they should protect,
 * the tunnel does not work and nothing says why: that is counted here (F-060).
 */
#ifndef _CM_NAT_H
#define _CM_NAT_H

struct cm_bind;
struct cm_flow;
struct cm_tuple;
struct sk_buff;

/**
 * cm_nat_note() - has NAT changed the source of an outbound packet?
 * @bind: binding of its interface
 * @flow: flow that protects it, or NULL: it leaves in clear
 * @skb: packet
 * @t: its tuple
 *
 * Counts on @flow, or once for each connection on the flow that would protect
 * it without NAT. Under rcu_read_lock().
 */
void cm_nat_note(struct cm_bind *bind, struct cm_flow *flow,
		 const struct sk_buff *skb, const struct cm_tuple *t);

#endif

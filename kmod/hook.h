/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter the module. */
#ifndef _CM_HOOK_H
#define _CM_HOOK_H

#include "kmod/core/reason.h"
struct cm_bind;
struct cm_flow;
struct cm_tuple;
struct net;
struct sk_buff;

/*
 * Register the POST_ROUTING hook (outbound) and the PRE_ROUTING hook (check of
 * clear text). Without a binding both do nothing. 0 or negative errno.
 */
int cm_hook_net_init(struct net *net);

/* Unregister; when it returns no packet is inside a hook any more. May sleep. */
void cm_hook_net_exit(struct net *net);

/*
 * The tuple of an IP packet, whose network header is set. CM_REASON_NONE or
 * why it has none; may move the header's memory.
 */
enum cm_reason cm_hook_tuple(struct sk_buff *skb, struct cm_tuple *t);

/* Confirm the connection of a packet that is taken out of the last hook. False: drop it. */
bool cm_hook_confirm(struct sk_buff *skb);

/*
 * The flow of an outbound packet, its line counted, or NULL. @t: its tuple.
 * Under rcu_read_lock().
 */
struct cm_flow *cm_hook_flow(struct cm_bind *bind, const struct sk_buff *skb,
			     const struct cm_tuple *t);

/*
 * Did this packet come in clear although the lists of @bind, read backwards,
 * want it protected? Then it is dropped and counted, and true returned.
 */
bool cm_hook_drop_clear(struct cm_bind *bind, struct sk_buff *skb);

#endif

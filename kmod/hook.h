/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter the module. */
#ifndef _CM_HOOK_H
#define _CM_HOOK_H

#include <linux/types.h>

#include "kmod/core/reason.h"

struct cm_bind;
struct cm_flow;
struct cm_net;
struct cm_tuple;
struct net;
struct net_device;
struct nf_hook_ops;
struct nf_hook_state;
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

/*
 * Register further hooks with the first of their @users, who are counted, and
 * unregister them with the last. cn->lock held, may sleep. 0 or negative errno.
 */
int cm_hooks_want(struct cm_net *cn, u32 *users, const struct nf_hook_ops *ops,
		  unsigned int count);
void cm_hooks_unwant(struct cm_net *cn, u32 *users,
		     const struct nf_hook_ops *ops, unsigned int count);

/*
 * The interface by which a packet in LOCAL_IN or FORWARD came: where the hook says
 * a VRF, that of its interfaces. Under rcu_read_lock().
 */
const struct net_device *cm_hook_in(const struct nf_hook_state *state,
				    const struct sk_buff *skb);

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

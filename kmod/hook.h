/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter the module. */
#ifndef _CM_HOOK_H
#define _CM_HOOK_H

#include "kmod/core/reason.h"
#include "queue.h"

struct cm_bind;
struct cm_net;
struct cm_tuple;
struct net_device;
struct sk_buff;

/* What the data path keeps for a namespace: cn->hook. */
struct cm_hook_net {
	struct cm_queues queues;
};

/* Process context; exit is called when no binding and no SA is left. */
int cm_hook_net_init(struct cm_net *cn);
void cm_hook_net_exit(struct cm_net *cn);

/* Protocol handlers, crypto queues: once for the module. */
int cm_hook_register(void);
void cm_hook_unregister(void);

/*
 * The interface of a binding is there (@dev is also in bind->dev), or goes
 * away (bind->dev is still set; packets may come until a grace period has
 * passed). RTNL and cn->lock held.
 */
int cm_bind_attached(struct cm_bind *bind, struct net_device *dev);
void cm_bind_detached(struct cm_bind *bind, struct net_device *dev);

/*
 * The tuple of an IP packet, whose network header is set. CM_REASON_NONE or
 * why it has none; may move the header's memory.
 */
enum cm_reason cm_hook_tuple(struct sk_buff *skb, struct cm_tuple *t);

/*
 * Did this packet come in clear although the lists of @bind, read backwards,
 * want it protected? Then it is dropped and counted, and true returned.
 */
bool cm_hook_drop_clear(struct cm_bind *bind, struct sk_buff *skb);

#endif

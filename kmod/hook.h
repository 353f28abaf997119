/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter the module. */
#ifndef _CM_HOOK_H
#define _CM_HOOK_H

struct cm_bind;
struct cm_net;
struct net_device;

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

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter: the netfilter hooks of a namespace. */
#ifndef _CM_HOOK_H
#define _CM_HOOK_H

struct cm_bind;
struct net;
struct net_device;

/*
 * Register the POST_ROUTING hook (outbound) and the PRE_ROUTING hook (check
 * of clear text). Without a binding both do nothing. 0 or negative errno.
 */
int cm_hook_net_init(struct net *net);

/* Unregister; when it returns no packet is inside a hook any more. May sleep. */
void cm_hook_net_exit(struct net *net);

#endif

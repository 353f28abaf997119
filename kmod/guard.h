/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guards of a bound device: for packets that use the device without
 * passing the hooks of the IP layer (nftables flowtables, redirection).
 */
#ifndef _CM_GUARD_H
#define _CM_GUARD_H

struct cm_bind;
struct net_device;

/* Register both. RTNL held, may sleep. 0 or negative errno. */
int cm_guard_attach(struct cm_bind *bind, struct net_device *dev);

/* Unregister; packets may be inside until a grace period has passed. */
void cm_guard_detach(struct cm_bind *bind);

#endif

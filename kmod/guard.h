/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guards of a bound device: for packets that use the device without
 * passing the hooks of the IP layer (nftables flowtables, redirection).
 */
#ifndef _CM_GUARD_H
#define _CM_GUARD_H

struct cm_bind;
struct net_device;

/**
 * cm_bind_attached() - the interface of a binding is there
 * @bind: binding; bind->dev is @dev already
 * @dev: device in the namespace of the binding
 *
 * Registers the guards and switches on defragmentation; a tunnel interface
 * needs neither, it is its own guard. RTNL and cn->lock
 * held, may sleep.
 *
 * Return: 0 or negative errno; nothing is left behind after an error.
 */
int cm_bind_attached(struct cm_bind *bind, struct net_device *dev);

/*
 * Undo it, and drop what waits in its flows: unbound, or the device goes.
 * Packets may be inside the guards until a grace period has passed. RTNL and
 * cn->lock held, may sleep.
 */
void cm_bind_detached(struct cm_bind *bind);

#endif

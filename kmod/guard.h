/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guards of a bound device: what passes the device without passing the
 * hooks of the IP layer (nftables flowtables, redirection).
 */
#ifndef _CM_GUARD_H
#define _CM_GUARD_H

struct cm_bind;
struct net_device;
struct netlink_ext_ack;

/**
 * cm_bind_attached() - the interface of a binding is there
 * @bind: binding; its map is set, bind->dev is @dev already
 * @dev: registered device in the namespace of the binding
 *
 * Registers the guards and switches on defragmentation. RTNL held, may sleep.
 *
 * Return: 0 or negative errno; nothing is left behind after an error.
 */
int cm_bind_attached(struct cm_bind *bind, struct net_device *dev);

/*
 * Undo it: unbound, or the device goes. When it returns no packet is inside
 * the guards any more. RTNL held, may sleep.
 */
void cm_bind_detached(struct cm_bind *bind);

#endif

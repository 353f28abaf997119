/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tunnel interfaces: route-based tunnels (F-047), "ip link add NAME type
 * cryptomap".
 *
 * The map bound to one protects what is routed into the interface; what no line
 * of it permits is dropped, never sent in clear. What arrives on the SAs of its
 * flows has arrived on the interface: nothing else ever does, so that such
 * packets need no mark and the reverse path filter judges them like any others.
 * The outer packets go where the routes to the peers lead.
 *
 * The MTU is what the narrowest of its SAs lets through, unless somebody
 * has set one; "mtu 0" makes it automatic again.
 */
#ifndef _CM_TUNNEL_H
#define _CM_TUNNEL_H

#include <linux/types.h>

struct cm_bind;
struct cm_net;
struct net_device;
struct sk_buff;

/* Any context. */
bool cm_tunnel_is(const struct net_device *dev);

/* @skb was decrypted and arrives on the tunnel interface @dev now. BH off. */
void cm_tunnel_receive(struct net_device *dev, struct sk_buff *skb);

/* An SA of @bind, or its path MTU, has changed: the MTU follows. Any context. */
void cm_tunnel_refit(struct cm_bind *bind);

void cm_tunnel_net_init(struct cm_net *cn);

/* No SA is left in the namespace. Not under the RTNL; may sleep. */
void cm_tunnel_net_exit(struct cm_net *cn);

int cm_tunnel_register(void);

/* Removes all tunnel interfaces. Takes the RTNL, may sleep. */
void cm_tunnel_unregister(void);

#endif

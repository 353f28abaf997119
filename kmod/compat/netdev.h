/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices as they differ between the supported kernels. */
#ifndef _CM_COMPAT_NETDEV_H
#define _CM_COMPAT_NETDEV_H

#include <linux/netdevice.h>

/* The device stays in its namespace: a feature bit before 6.12, then a field. */
static inline void cm_netdev_stay(struct net_device *dev)
{
#ifdef NETIF_F_NETNS_LOCAL
	dev->features |= NETIF_F_NETNS_LOCAL;
#else
	dev->netns_immutable = true;
#endif
}

/* Its transmit function needs no lock: likewise. */
static inline void cm_netdev_lockless(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

#endif

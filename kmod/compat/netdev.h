/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices as they differ between the supported kernels. */
#ifndef _CM_COMPAT_NETDEV_H
#define _CM_COMPAT_NETDEV_H

#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/version.h>

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

/* A device for NAPIs that belong to none, registered nowhere; NULL without memory. */
static inline struct net_device *cm_netdev_alloc_dummy(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
#else
	return alloc_netdev_dummy(0);
#endif
}

/* NULL is none. */
static inline void cm_netdev_free_dummy(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	kfree(dev);
#else
	if (dev)
		free_netdev(dev);
#endif
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Network devices as they differ between the supported kernels. */
#ifndef _CM_COMPAT_NETDEV_H
#define _CM_COMPAT_NETDEV_H

#include <linux/netdevice.h>
#include <linux/version.h>

/* The device stays in its namespace: a feature bit until 6.12, then a field. */
static inline void cm_netdev_stay(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->features |= NETIF_F_NETNS_LOCAL;
#else
	dev->netns_local = true;
#endif
}

#endif

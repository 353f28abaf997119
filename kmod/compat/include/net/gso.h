/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 6.5 moved segmentation out of netdevice.h and skbuff.h. */
#ifndef _CM_COMPAT_NET_GSO_H
#define _CM_COMPAT_NET_GSO_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#else
#include_next <net/gso.h>
#endif

#endif

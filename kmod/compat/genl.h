/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink as it differs between the supported kernels. */
#ifndef _CM_COMPAT_GENL_H
#define _CM_COMPAT_GENL_H

#include <linux/version.h>
#include <net/genetlink.h>

/* The parsed attributes of a dump request; NULL where the command takes none. */
static inline struct nlattr **cm_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif

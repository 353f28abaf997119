/* SPDX-License-Identifier: GPL-2.0 */
/* Error texts that are chosen at run time; the kernel's macros take literals only. */
#ifndef _CM_EXTACK_H
#define _CM_EXTACK_H

#include <linux/errno.h>
#include <linux/netlink.h>

/* @text is static. @attr, the attribute to blame, may be NULL; so may @extack. */
static inline void cm_extack(struct netlink_ext_ack *extack,
			     const struct nlattr *attr, const char *text)
{
	if (!extack)
		return;
	extack->_msg = text;
	if (attr)
		extack->bad_attr = attr;
}

/* Why rules could not be made: -ENOSPC is the limit of flows. */
static inline void cm_extack_rules(struct netlink_ext_ack *extack, int err)
{
	cm_extack(extack, NULL, err == -ENOSPC ? "LIMIT_FLOWS is reached" :
						 "out of memory");
}

#endif

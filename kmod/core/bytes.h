/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Big-endian fields at any alignment.  The kernel's header for this moved
 * between the supported versions and user space has none.
 */
#ifndef _CM_CORE_BYTES_H
#define _CM_CORE_BYTES_H

#include <linux/types.h>

static inline u16 cm_get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline void cm_put_be16(u8 *p, u16 v)
{
	p[0] = v >> 8;
	p[1] = v & 0xff;
}

#endif

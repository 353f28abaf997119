/* SPDX-License-Identifier: GPL-2.0 */
/* The maximum segment size that a TCP SYN announces (RFC 9293, 3.7.1). */
#ifndef _CM_CORE_MSS_H
#define _CM_CORE_MSS_H

#include <linux/types.h>

#define CM_TCP_HDR_MAX 60	/* bytes, options included */

/**
 * cm_mss_find() - where does a TCP segment announce its MSS?
 * @tcp: TCP header
 * @len: bytes readable there; CM_TCP_HDR_MAX are enough for any segment
 *
 * Return: the two bytes of the value, in network order, inside @tcp..@tcp+@len;
 * or NULL: no SYN, no such option, or options that are malformed before it.
 */
u8 *cm_mss_find(u8 *tcp, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPComp (RFC 3173) with deflate (RFC 2394) inside ESP: what an SA protects is
 * compressed first, where that makes it shorter.
 */
#ifndef _CM_IPCOMP_H
#define _CM_IPCOMP_H

#include <linux/types.h>

#include "kmod/core/reason.h"

struct cm_sa;
struct netlink_ext_ack;
struct sk_buff;

/*
 * An SA that compresses comes or goes: one compressor for each CPU serves all.
 * Context: process; the lock of the namespace is not needed. 0, or -EOPNOTSUPP
 * with a text where this kernel has no deflate, or -ENOMEM.
 */
int cm_ipcomp_get(struct netlink_ext_ack *extack);
void cm_ipcomp_put(void);

/**
 * cm_ipcomp_shrink() - compress what is about to be encrypted
 * @sa: outbound SA with IPComp
 * @skb: linear and private
 * @stays: bytes at its beginning that are not compressed
 * @next: protocol of what follows them
 *
 * Left as it is when it is short, or would not become shorter (RFC 3173, 2.2).
 * BH off.
 *
 * Return: protocol of what is there now: IPPROTO_COMP, or @next.
 */
u8 cm_ipcomp_shrink(struct cm_sa *sa, struct sk_buff *skb, u32 stays, u8 next);

/**
 * cm_ipcomp_expand() - decompress what was decrypted
 * @sa: inbound SA with IPComp
 * @skb: linear and private, data at the IPComp header; behind it what was
 *	compressed, if all is well
 * @stays: bytes that will stand before it: together a packet's length is the limit
 * @next: result: protocol of what is there now
 *
 * BH off. Return: CM_REASON_NONE, or why the packet is to be dropped.
 */
enum cm_reason cm_ipcomp_expand(struct cm_sa *sa, struct sk_buff *skb,
				u32 stays, u8 *next);

#endif

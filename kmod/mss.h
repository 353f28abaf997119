/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP MSS clamp (F-055): segments are made to fit the tunnel before they are
 * sent, for networks that lose the ICMP errors which would say so later.
 */
#ifndef _CM_MSS_H
#define _CM_MSS_H

#include <linux/cryptomap.h>
#include <linux/types.h>

struct cm_sa;
struct cm_tuple;
struct sk_buff;

/* What BIND_MSS may be: bytes, or none of them. */
static inline bool cm_mss_is_valid(u32 mss)
{
	return mss == 0 || mss == CRYPTOMAP_MSS_AUTO ||
	       (mss >= 64 && mss <= 65495);
}

/**
 * cm_mss_clamp() - lower the MSS that a SYN announces, if the binding says so
 * @sa: SA that the packet leaves by or came in on
 * @skb: inner packet, data at its IP header
 * @t: its tuple
 *
 * Both ways, so that either end sends segments that fit. Under rcu_read_lock().
 * Without memory for a private copy the SYN stays as it is.
 */
void cm_mss_clamp(const struct cm_sa *sa, struct sk_buff *skb,
		  const struct cm_tuple *t);

#endif

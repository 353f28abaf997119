/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The packets of an outbound SA leave in the order of their sequence numbers
 * (F-063), though several CPUs, or asynchronous drivers, encrypt them: peers have
 * small replay windows. Each number has its turn. Who finishes a packet when it is
 * not its turn leaves it behind, for who has the turn to send; nobody waits.
 *
 * Each number that was taken from sa->seq must come by here, once.
 */
#ifndef _CM_ORDER_H
#define _CM_ORDER_H

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "sa.h"

struct sk_buff;

/* Packets of one SA between taking a number and leaving; more are not begun. */
#define CM_ORDER_MAX 4096

/* sa->lock held. */
static inline bool cm_order_is_full(const struct cm_sa *sa)
{
	return sa->seq.last + 1 - READ_ONCE(sa->turn) >= CM_ORDER_MAX;
}

bool cm_order_park(struct cm_sa *sa, struct sk_buff *skb, u64 seq);
struct sk_buff *cm_order_unpark(struct cm_sa *sa, u64 seq);

/**
 * cm_order_enter() - a packet is finished
 * @sa: outbound SA, under rcu_read_lock() or with a reference
 * @skb: packet, on no list
 * @seq: its number
 *
 * Context: BH off. Return: it is its turn: send it, then ask cm_order_next().
 * False: the packet is no longer the caller's.
 */
static inline bool cm_order_enter(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	/* Who had the turn before has sent: see its store in cm_order_next(). */
	return likely(smp_load_acquire(&sa->turn) == seq) ||
	       !cm_order_park(sa, skb, seq);
}

/**
 * cm_order_next() - the packet of a turn is gone: the next one's turn
 * @sa: SA
 * @seq: number of the packet that is gone
 *
 * Return: a packet that waited for that, to be sent likewise, or NULL. Who left
 * it behind may have been all that kept the SA: now the caller is.
 */
static inline struct sk_buff *cm_order_next(struct cm_sa *sa, u64 seq)
{
	/* Either we see who parks, or it sees that its turn has come. */
	smp_store_mb(sa->turn, seq + 1);
	return likely(!READ_ONCE(sa->parked)) ? NULL : cm_order_unpark(sa, seq + 1);
}

#endif

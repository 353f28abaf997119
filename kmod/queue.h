/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that wait for the SA of their flow.
 *
 * A flow without waiting packets has no queue: flow->queue is NULL. All queues
 * of a namespace are under one lock, which only packets without an SA take.
 */
#ifndef _CM_QUEUE_H
#define _CM_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>

#include "core/reason.h"

struct cm_flow;
struct cm_queue;
struct net;
struct sk_buff;

/**
 * struct cm_queues - all queues of one namespace, embedded in struct cm_net
 * @lock: protects everything here, every flow->queue and what is in it
 * @active: queues that hold packets
 * @total: packets in all of them
 * @timer: drops what waits too long
 * @net: namespace
 */
struct cm_queues {
	spinlock_t lock;
	struct list_head active;
	u32 total;
	struct timer_list timer;
	struct net *net;
};

void cm_queue_net_init(struct net *net);

/* Flows are gone or hold nothing any more; nothing can be queued any more. */
void cm_queue_net_exit(struct net *net);

/**
 * cm_queue_add() - let a packet wait for the SA of @flow
 * @flow: referenced by the caller or under rcu_read_lock()
 * @skb: consumed in every case; a packet that may not wait is dropped and
 *	counted
 */
void cm_queue_add(struct cm_flow *flow, struct sk_buff *skb);

/* The flow got an SA: send what waits, in order. Any context but hard IRQ. */
void cm_queue_release(struct cm_flow *flow);

/*
 * Nothing will come of the flow: drop what waits and count it under @reason.
 * Must be called, with the flow already unreachable, before a flow is freed.
 */
void cm_queue_drop(struct cm_flow *flow, enum cm_reason reason);

/* Packets that wait, for show. */
u32 cm_queue_len(const struct cm_flow *flow);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that wait until their flow has an SA. */
#ifndef _CM_QUEUE_H
#define _CM_QUEUE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "kmod/core/reason.h"

struct cm_flow;
struct cm_net;
struct cm_tuple;
struct net;
struct sk_buff;
struct sk_buff_head;

/**
 * struct cm_queues - the flows of a namespace that have packets waiting
 * @lock: protects @flows; taken inside the lock of flow->waiting
 * @flows: by flow->of_waiting, none twice
 * @timer: drops what waits too long, runs while @flows has members
 * @total: packets in all of them
 */
struct cm_queues {
	spinlock_t lock;	/* see above */
	struct list_head flows;
	struct timer_list timer;
	atomic_t total;
};

void cm_queue_net_init(struct net *net);

/* No flow holds packets any more and none can come. May sleep. */
void cm_queue_net_exit(struct net *net);

/* The flow is new: prepare flow->waiting. */
void cm_queue_init(struct cm_flow *flow);

/**
 * cm_queue_add() - let a packet wait for the SA of @flow
 * @flow: flow without a current SA, under rcu_read_lock()
 * @skb: consumed in every case: what may not wait is dropped and counted
 * @t: its tuple, for the acquire
 *
 * BH off.
 */
void cm_queue_add(struct cm_flow *flow, struct sk_buff *skb,
		  const struct cm_tuple *t);

/* Send a packet that has waited on, over @flow. Consumes it. */
void cm_queue_resume(struct cm_flow *flow, struct sk_buff *skb);

/*
 * A flow that packets wait in only until it is split, and those packets, moved
 * to @list; NULL when there is none. The caller gets a reference.
 */
struct cm_flow *cm_queue_next_split(struct cm_net *cn, struct sk_buff_head *list);

/*
 * An outbound SA became current, flow->sa_out is set: the acquire is answered;
 * send what waits. Process context.
 */
void cm_queue_release(struct cm_flow *flow);

/*
 * Drop what waits and count it with @reason. After the flow was marked
 * CM_FLOW_DEAD nothing enters any more.
 */
void cm_queue_drop(struct cm_flow *flow, enum cm_reason reason);

#endif

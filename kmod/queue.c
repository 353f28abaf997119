// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>

#include "dynamic.h"
#include "event.h"
#include "flow.h"
#include "hook.h"
#include "output.h"
#include "pernet.h"
#include "queue.h"
#include "stats.h"

#define TICK HZ		/* how exactly the longest wait is kept */

/* In skb->cb. The part of the IP layer is needed again when the packet leaves. */
struct wait_cb {
	union {
		struct inet_skb_parm ip;
		struct inet6_skb_parm ip6;
	};
	unsigned long since;	/* jiffies */
};

static struct wait_cb *wait_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct wait_cb) > sizeof(skb->cb));
	return (struct wait_cb *)skb->cb;
}

static struct cm_queues *queues_of(const struct cm_flow *flow)
{
	return &flow->cn->queues;
}

/* The flow holds packets: let the timer see to it. flow->waiting.lock held. */
static void watch(struct cm_flow *flow)
{
	struct cm_queues *q = queues_of(flow);

	spin_lock(&q->lock);
	if (list_empty(&flow->of_waiting))
		list_add_tail(&flow->of_waiting, &q->flows);
	if (!timer_pending(&q->timer))
		mod_timer(&q->timer, jiffies + TICK);
	spin_unlock(&q->lock);
	if (READ_ONCE(flow->level))
		cm_dynamic_split(flow->cn);
}

static void unwatch(struct cm_flow *flow)
{
	struct cm_queues *q = queues_of(flow);

	spin_lock(&q->lock);
	list_del_init(&flow->of_waiting);
	spin_unlock(&q->lock);
}

/* Take out a packet that was counted in queues.total. flow->waiting.lock held. */
static struct sk_buff *take(struct cm_flow *flow)
{
	struct sk_buff *skb = __skb_dequeue(&flow->waiting);

	if (skb)
		atomic_dec(&flow->cn->queues.total);
	return skb;
}

/* CM_REASON_NONE: it waits. flow->waiting.lock held. */
static enum cm_reason put(struct cm_flow *flow, struct sk_buff *skb)
{
	struct cm_net *cn = flow->cn;

	if (cm_flow_is_dead(flow))
		return CM_REASON_MAP_GONE;
	if (skb_queue_len(&flow->waiting) >= READ_ONCE(cn->limits.queue_flow))
		return CM_REASON_ACQUIRE_QUEUE_FULL;
	if ((u32)atomic_inc_return(&cn->queues.total) >
	    READ_ONCE(cn->limits.queue_total)) {
		atomic_dec(&cn->queues.total);
		return CM_REASON_ACQUIRE_LIMIT;
	}
	/*
	 * It may wait longer than the device lives, and than its sender: only
	 * the route is held. A socket would hold its namespace.
	 */
	skb_dst_force(skb);
	skb_orphan(skb);
	skb->dev = NULL;
	wait_cb(skb)->since = jiffies;
	__skb_queue_tail(&flow->waiting, skb);
	watch(flow);
	return CM_REASON_NONE;
}

void cm_queue_add(struct cm_flow *flow, struct sk_buff *skb,
		  const struct cm_tuple *t)
{
	bool may_wait = READ_ONCE(flow->level) || cm_event_acquire(flow, t);
	enum cm_reason reason;

	spin_lock(&flow->waiting.lock);
	/*
	 * The SA may have come since the caller looked, and the release too;
	 * then the acquire is answered, and nothing waits for it any more.
	 */
	if (rcu_access_pointer(flow->sa_out)) {
		spin_unlock(&flow->waiting.lock);
		cm_output(flow, skb, t);
		return;
	}
	reason = may_wait ? put(flow, skb) : CM_REASON_NO_SA;
	spin_unlock(&flow->waiting.lock);
	if (reason != CM_REASON_NONE)
		cm_drop(flow->cn, flow, NULL, reason, skb);
}

/* Its device is where its route leads now. BH off, under rcu_read_lock(). */
static void resume(struct cm_flow *flow, struct sk_buff *skb)
{
	struct cm_tuple t;

	if (!skb_dst(skb) || cm_hook_tuple(skb, &t) != CM_REASON_NONE) {
		cm_drop(flow->cn, flow, NULL, CM_REASON_NO_ROUTE, skb);
		return;
	}
	skb->dev = skb_dst(skb)->dev;
	cm_output(flow, skb, &t);
}

void cm_queue_resume(struct cm_flow *flow, struct sk_buff *skb)
{
	rcu_read_lock();
	local_bh_disable();
	resume(flow, skb);
	local_bh_enable();
	rcu_read_unlock();
}

static struct cm_flow *find_split(struct cm_queues *q)
{
	struct cm_flow *flow;

	list_for_each_entry(flow, &q->flows, of_waiting)
		if (READ_ONCE(flow->level) && kref_get_unless_zero(&flow->ref))
			return flow;
	return NULL;
}

struct cm_flow *cm_queue_next_split(struct cm_net *cn, struct sk_buff_head *list)
{
	struct cm_queues *q = &cn->queues;
	struct cm_flow *flow;
	struct sk_buff *skb;

	spin_lock_bh(&q->lock);
	flow = find_split(q);
	spin_unlock_bh(&q->lock);
	if (!flow)
		return NULL;
	spin_lock_bh(&flow->waiting.lock);
	unwatch(flow);
	while ((skb = take(flow)))
		__skb_queue_tail(list, skb);
	spin_unlock_bh(&flow->waiting.lock);
	return flow;
}

void cm_queue_release(struct cm_flow *flow)
{
	struct sk_buff_head list;
	struct sk_buff *skb;

	__skb_queue_head_init(&list);
	rcu_read_lock();
	spin_lock_bh(&flow->waiting.lock);
	clear_bit(CM_FLOW_ACQUIRING, &flow->bits);
	clear_bit(CM_FLOW_ASKED, &flow->bits);
	unwatch(flow);
	while ((skb = take(flow)))
		__skb_queue_tail(&list, skb);
	spin_unlock_bh(&flow->waiting.lock);

	local_bh_disable();
	while ((skb = __skb_dequeue(&list)))
		resume(flow, skb);
	local_bh_enable();
	rcu_read_unlock();
}

void cm_queue_drop(struct cm_flow *flow, enum cm_reason reason)
{
	struct sk_buff *skb;

	rcu_read_lock();
	spin_lock_bh(&flow->waiting.lock);
	unwatch(flow);
	while ((skb = take(flow)))
		cm_drop(flow->cn, flow, NULL, reason, skb);
	spin_unlock_bh(&flow->waiting.lock);
	rcu_read_unlock();
}

void cm_queue_init(struct cm_flow *flow)
{
	skb_queue_head_init(&flow->waiting);
	INIT_LIST_HEAD(&flow->of_waiting);
}

/* --- time --- */

static void expire(struct cm_flow *flow)
{
	unsigned long wait = READ_ONCE(flow->cn->limits.queue_secs) * HZ;
	struct sk_buff *skb;

	spin_lock(&flow->waiting.lock);
	while ((skb = skb_peek(&flow->waiting)) &&
	       time_after_eq(jiffies, wait_cb(skb)->since + wait))
		cm_drop(flow->cn, flow, NULL, CM_REASON_ACQUIRE_TIMEOUT,
			take(flow));
	if (!skb_queue_empty(&flow->waiting))
		watch(flow);
	spin_unlock(&flow->waiting.lock);
}

static struct cm_flow *next_due(struct cm_queues *q, struct list_head *due)
{
	struct cm_flow *flow;

	spin_lock(&q->lock);
	flow = list_first_entry_or_null(due, struct cm_flow, of_waiting);
	if (flow)
		list_del_init(&flow->of_waiting);
	spin_unlock(&q->lock);
	return flow;
}

/*
 * A flow that is on the list is not freed before cm_queue_drop() took it off,
 * and then only after a grace period.
 */
static void tick(struct timer_list *timer)
{
	struct cm_queues *q = container_of(timer, struct cm_queues, timer);
	struct cm_flow *flow;
	LIST_HEAD(due);

	rcu_read_lock();
	spin_lock(&q->lock);
	list_splice_init(&q->flows, &due);
	spin_unlock(&q->lock);
	while ((flow = next_due(q, &due)))
		expire(flow);
	rcu_read_unlock();
}

void cm_queue_net_init(struct net *net)
{
	struct cm_queues *q = &cm_net_of(net)->queues;

	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->flows);
	timer_setup(&q->timer, tick, 0);
	atomic_set(&q->total, 0);
}

void cm_queue_net_exit(struct net *net)
{
	struct cm_queues *q = &cm_net_of(net)->queues;

	WARN_ON_ONCE(!list_empty(&q->flows));
	del_timer_sync(&q->timer);
}

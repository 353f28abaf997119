// SPDX-License-Identifier: GPL-2.0
#include <linux/idr.h>
#include <linux/slab.h>

#include "acl.h"
#include "bind.h"
#include "dynamic.h"
#include "event.h"
#include "flow.h"
#include "map.h"
#include "pernet.h"
#include "queue.h"
#include "sa.h"

struct cm_flow *cm_flow_find(struct cm_net *cn, u32 id)
{
	lockdep_assert_held(&cn->lock);
	return idr_find(&cn->flow_ids, id);
}

struct cm_flow *cm_flow_create(struct cm_bind *bind, struct cm_entry *entry,
			       struct cm_line *line,
			       const struct cm_selector *sel, bool dynamic)
{
	struct cm_net *cn = bind->cn;
	struct cm_flow *flow;
	int id;

	lockdep_assert_held(&cn->lock);

	if (cn->usage.flows >= cn->limits.flows)
		return ERR_PTR(-ENOSPC);
	flow = kzalloc(sizeof(*flow), GFP_KERNEL_ACCOUNT);
	if (!flow)
		return ERR_PTR(-ENOMEM);
	id = idr_alloc_cyclic(&cn->flow_ids, flow, 1, 0, GFP_KERNEL);
	if (id < 0) {
		kfree(flow);
		return ERR_PTR(-ENOMEM);
	}
	flow->id = id;
	flow->cn = cn;
	flow->bind = bind;
	flow->type = entry->type;
	flow->level = dynamic ? CRYPTOMAP_LEVEL_LINE : entry->level;
	flow->sel = *sel;
	RCU_INIT_POINTER(flow->entry, entry);
	RCU_INIT_POINTER(flow->line, line);
	cm_queue_init(flow);
	INIT_LIST_HEAD(&flow->sas);
	INIT_LIST_HEAD(&flow->subs);
	INIT_LIST_HEAD(&flow->of_parent);
	INIT_LIST_HEAD(&flow->of_pending);
	INIT_LIST_HEAD(&flow->rules);
	kref_init(&flow->ref);
	cm_bind_get(bind);
	if (dynamic)
		set_bit(CM_FLOW_DYNAMIC, &flow->bits);
	list_add_tail(&flow->of_bind, dynamic ? &bind->dynamic.flows : &bind->flows);
	bind->flow_count++;
	cn->usage.flows++;
	return flow;
}

static void flow_free_rcu(struct rcu_head *head)
{
	struct cm_flow *flow = container_of(head, struct cm_flow, rcu);

	cm_stats_flow_free(flow);
	cm_bind_put(flow->bind);
	kfree(flow);
}

static void flow_release(struct kref *ref)
{
	struct cm_flow *flow = container_of(ref, struct cm_flow, ref);

	call_rcu(&flow->rcu, flow_free_rcu);
}

void cm_flow_put(struct cm_flow *flow)
{
	kref_put(&flow->ref, flow_release);
}

/*
 * Why nobody uses a flow after it is freed:
 *
 *   - packets that classify: no rule points to it any more, be it of a list or
 *     a dynamic one, nor the table of flows split off; a packet that
 *     found it before is inside rcu_read_lock(), and the memory is freed by
 *     call_rcu() after the last reference is gone;
 *   - packets inside crypto, or between decryption and delivery, hold an SA,
 *     and every SA holds a reference to its flow until its own end;
 *   - waiting packets are dropped here, and none can be added once the flow
 *     is marked dead, because queue.c looks at the mark under its lock;
 *   - commands and dumps find it by id under cn->lock, and its id is gone.
 */
void cm_flow_destroy(struct cm_flow *flow)
{
	struct cm_net *cn = flow->cn;
	struct cm_sa *sa;

	lockdep_assert_held(&cn->lock);

	set_bit(CM_FLOW_DEAD, &flow->bits);
	cm_dynamic_leave(flow);
	/* Two may go at once: those of a bundle. */
	while (!list_empty(&flow->sas)) {
		sa = list_first_entry(&flow->sas, struct cm_sa, of_flow);
		cm_event_sa_deleted(sa, CRYPTOMAP_TOMB_CONFIG);
		cm_sa_remove(sa, CRYPTOMAP_TOMB_CONFIG);
	}
	cm_queue_drop(flow, CM_REASON_MAP_GONE);
	idr_remove(&cn->flow_ids, flow->id);
	list_del(&flow->of_bind);
	flow->bind->flow_count--;
	cn->usage.flows--;
	cm_flow_put(flow);
}

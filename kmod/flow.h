/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flow: one permit line of one entry of one binding, or what a dynamic one
 * has in its place, and what happens to its packets.
 */
#ifndef _CM_FLOW_H
#define _CM_FLOW_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/skbuff.h>

#include "kmod/core/selector.h"
#include "stats.h"

struct cm_bind;
struct cm_entry;
struct cm_line;
struct cm_net;
struct cm_sa;
struct cm_slot_block;

/* Bits of cm_flow.bits. */
enum cm_flow_bit {
	CM_FLOW_DEAD,		/* its line is gone: no SA, no waiting packets any more */
	CM_FLOW_ACQUIRING,	/* an acquire was raised and nothing answered it yet */
	CM_FLOW_ASKED,		/* so it was, and no SA came since */
	CM_FLOW_COUNTS,		/* counted in cn->flows_by_loss */
	CM_FLOW_DEMUX,		/* its SAs are those of clients, see demux.h */
	CM_FLOW_DYNAMIC,	/* it came with its SAs or a packet: see dynamic.h */
};

enum cm_flow_mark {
	CM_FLOW_UNUSED,		/* no line of the new rules has it: dies at commit */
	CM_FLOW_KEPT,		/* survives */
	CM_FLOW_NEW,		/* made for the new rules: dies at abort */
};

/**
 * struct cm_flow - a flow
 * @sa_out: current outbound SA, RCU; only set while the flow is not dead; with
 *	CM_FLOW_DEMUX one of those of its clients
 * @sa_in: newest inbound SA, RCU
 * @stats: per CPU; NULL until the first SA or loss, then never again
 * @cn: namespace
 * @bind: binding; its memory outlives the flow
 * @id: unique in the namespace
 * @bits: enum cm_flow_bit
 * @type: enum cryptomap_entry_type
 * @level: enum cryptomap_level; above LINE its packets belong to flows split off
 * @pmtu: path MTU to the peer, 0 = nothing was sent yet; written by pmtu.c
 * @pmtu_told: jiffies when ICMP told it, 0 = it is the route's own; likewise
 * @sel: what it protects; constant. Of a dynamic flow the first of @rules
 * @waiting: packets that wait for an SA; queue.c owns it, its lock also
 *	guards the three of acquires
 * @of_waiting: in struct cm_queues while packets wait; queue.c
 * @acquire_tuple: packet that raised the last acquire; family 0 = a command did
 * @acquire_at: jiffies of the last acquire
 * @acquires: acquires raised
 * @entry: entry it comes from; written under cn->lock, read under RCU too
 * @line: line it comes from; likewise. NULL under a dynamic entry
 * @of_bind: in bind->flows, or if dynamic in bind->dynamic.flows; cn->lock
 * @by_sel: while a rule set is built: in a hash by entry and selector; cn->lock
 * @sas: SAs of the flow, newest first; cn->lock
 * @stats_block: where @stats is from; of stats.c, for its end
 * @stats_base: sums at the last reset, or NULL; cn->lock
 * @mark: while a rule set is built: enum cm_flow_mark; cn->lock
 * @parent: the flow that it was split off, or NULL; cn->lock
 * @subs: flows split off; cn->lock
 * @of_parent: in parent->subs; cn->lock
 * @of_pending: in cn->pending while split off without SA; cn->lock
 * @rules: of a dynamic flow its selectors, in order; cn->lock
 * @nsel: their number
 */
struct cm_flow {
	struct cm_sa __rcu *sa_out;
	struct cm_sa __rcu *sa_in;
	struct cm_flow_stats __percpu *stats;
	struct cm_net *cn;
	struct cm_bind *bind;
	u32 id;
	u8 type;
	u8 level;
	unsigned long bits;
	u32 pmtu;
	unsigned long pmtu_told;
	struct cm_selector sel;

	struct sk_buff_head waiting;
	struct list_head of_waiting;
	struct cm_tuple acquire_tuple;
	unsigned long acquire_at;
	u64 acquires;

	struct cm_entry __rcu *entry;
	struct cm_line __rcu *line;
	struct list_head of_bind;
	struct hlist_node by_sel;
	struct list_head sas;
	struct cm_slot_block *stats_block;
	struct cm_flow_stats *stats_base;
	u32 mark;
	struct cm_flow *parent;
	struct list_head subs;
	struct list_head of_parent;
	struct list_head of_pending;
	struct list_head rules;
	u32 nsel;
	struct kref ref;
	struct rcu_head rcu;
};

static inline bool cm_flow_is_dead(const struct cm_flow *flow)
{
	return test_bit(CM_FLOW_DEAD, &flow->bits);
}

static inline bool cm_flow_is_dynamic(const struct cm_flow *flow)
{
	return test_bit(CM_FLOW_DYNAMIC, &flow->bits);
}

static inline void cm_flow_get(struct cm_flow *flow)
{
	kref_get(&flow->ref);
}

/* Any context. */
void cm_flow_put(struct cm_flow *flow);

/**
 * cm_flow_create() - a flow
 * @bind: binding
 * @entry: entry
 * @line: permit line; NULL for a dynamic flow under a dynamic entry
 * @sel: what it protects
 * @dynamic: it is a dynamic one
 *
 * It has an id and counts against the limit, but is not yet reachable by
 * packets.
 *
 * Context: process, cn->lock held.
 * Return: the flow, its reference is the caller's; -ENOMEM; -ENOSPC at the
 * limit of flows.
 */
struct cm_flow *cm_flow_create(struct cm_bind *bind, struct cm_entry *entry,
			       struct cm_line *line,
			       const struct cm_selector *sel, bool dynamic);

/*
 * Take a flow away: the flows split off it and its SAs go (tombstones say
 * CONFIG), waiting packets are dropped, its id is free. Packets cannot reach it
 * any more, but some may still hold it. Consumes the reference of
 * cm_flow_create(). Context: process, cn->lock held.
 */
void cm_flow_destroy(struct cm_flow *flow);

/* By id, or NULL. cn->lock held. */
struct cm_flow *cm_flow_find(struct cm_net *cn, u32 id);

#endif

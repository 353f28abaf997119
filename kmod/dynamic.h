/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dynamic flows: those that no line of an access list stands for by itself.
 *
 *   - Under a dynamic entry (C-039, C-040): a peer of unknown address brings
 *     its selectors along, and its SAs make the flow. It ends with the last of
 *     them. Peers with the same selectors share it; the SA activated last is
 *     used, and after it the youngest that is left.
 *   - Split off the flow of a permit line, for one pair of hosts or one
 *     connection (ENTRY_LEVEL): a packet makes it, and it asks for an SA. It
 *     ends with its last SA, or when none came.
 *
 * Both are found through one table by their selectors; packets find the first
 * kind by a classifier of the binding, beside that of its lines, and the
 * second kind by the table after they found the line.
 */
#ifndef _CM_DYNAMIC_H
#define _CM_DYNAMIC_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>

#include "kmod/core/classify.h"

struct cm_acl;
struct cm_bind;
struct cm_entry;
struct cm_flow;
struct cm_net;
struct netlink_ext_ack;

/**
 * struct cm_dynamic_rule - one selector of a dynamic flow
 * @owner: id of the binding, or of the flow that it was split off
 * @place: number of the entry, or 0
 * @rule: for the classifier; with its selector the three are the key
 * @flow: whose it is
 * @by_key: in cn->dynamic
 * @of_flow: in flow->rules; cn->lock
 */
struct cm_dynamic_rule {
	u32 owner;
	u32 place;
	struct cm_rule rule;
	struct cm_flow *flow;
	struct rhlist_head by_key;
	struct list_head of_flow;
	struct rcu_head rcu;
};

/*
 * The flow under a dynamic entry whose selectors hold the packet, if the entry
 * stands before priority @below; else NULL. Of several selectors the narrowest
 * counts, and of equal ones the youngest. Under rcu_read_lock().
 */
struct cm_flow *cm_dynamic_classify(const struct cm_bind *bind,
				    const struct cm_tuple *t, u64 below);

/* What was split off @flow for this packet, or NULL. Under rcu_read_lock(). */
struct cm_flow *cm_dynamic_find_rcu(const struct cm_flow *flow,
				    const struct cm_tuple *t);

/*
 * Packets wait in a flow that they do not belong to: split it, soon. Any
 * context.
 */
void cm_dynamic_split(struct cm_net *cn);

/* --- configuration: process context, cn->lock held --- */

/**
 * cm_dynamic_get() - the dynamic flow for the selectors of an SA
 * @bind: binding
 * @entry: entry of its map: dynamic, or of a level that splits flows
 * @sel: @n selectors, canonical and of one family
 * @n: 1 or more
 * @extack: what is wrong
 *
 * A flow that was not there before is made; it wants cm_dynamic_left() when
 * no SA comes.
 *
 * Return: the flow; -EINVAL or -EACCES: the entry does not have it; -ENOSPC at
 * a limit; -ENOMEM.
 */
struct cm_flow *cm_dynamic_get(struct cm_bind *bind, struct cm_entry *entry,
			       const struct cm_selector *sel, u32 n,
			       struct netlink_ext_ack *extack);

/* Has @flow just these selectors? */
bool cm_dynamic_has(const struct cm_flow *flow, const struct cm_selector *sel,
		    u32 n);

/* A flow got an SA. */
void cm_dynamic_joined(struct cm_flow *flow);

/* A flow may have lost its last SA: if so, and if it is a dynamic one, it goes. */
void cm_dynamic_left(struct cm_flow *flow);

/* A flow dies: its selectors, and all that was split off it. */
void cm_dynamic_leave(struct cm_flow *flow);

/* No SA will come for a flow. Drops what waits; one that was split off goes. */
void cm_dynamic_failed(struct cm_flow *flow);

/* The map of the binding changed: keep what its entries still allow. */
void cm_dynamic_sync(struct cm_bind *bind);

/* Likewise after a list changed. */
void cm_dynamic_acl_changed(struct cm_acl *acl);

/* The flows of an entry go. */
void cm_dynamic_del_entry(struct cm_bind *bind, struct cm_entry *entry);

void cm_dynamic_bind_init(struct cm_bind *bind);
void cm_dynamic_bind_exit(struct cm_bind *bind);

int cm_dynamic_net_init(struct cm_net *cn);

/* Nothing can start to wait any more. Without the lock; may sleep. */
void cm_dynamic_net_exit(struct cm_net *cn);

void cm_dynamic_register(void);

#endif

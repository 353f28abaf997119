// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "acl.h"
#include "bind.h"
#include "dynamic.h"
#include "event.h"
#include "extack.h"
#include "flow.h"
#include "hook.h"
#include "map.h"
#include "pernet.h"
#include "queue.h"
#include "recent.h"
#include "ruleset.h"
#include "sa.h"

#define SWEEP_DELAY	(5 * HZ)	/* how exactly the end of a flow without SA is kept */
#define SPLIT_MAX	64		/* flows split with the lock held once */

/* --- the table --- */

struct place_key {
	u32 owner;
	u32 place;
	struct cm_selector sel;
};

/* Peers choose selectors: they must not choose the bucket. */
static hsiphash_key_t hash_key __read_mostly;

static u32 key_hash(const void *data, u32 len, u32 seed)
{
	return hsiphash(data, sizeof(struct place_key), &hash_key) ^ seed;
}

static const struct rhashtable_params table = {
	.key_len = sizeof(struct place_key),
	.key_offset = offsetof(struct cm_dynamic_rule, owner),
	.head_offset = offsetof(struct cm_dynamic_rule, by_key),
	.hashfn = key_hash,
	.automatic_shrinking = true,
};

static_assert(offsetof(struct cm_dynamic_rule, rule.sel) ==
	      offsetof(struct place_key, sel));

static struct rhlist_head *find_rules(struct cm_net *cn, u32 owner, u32 place,
				      const struct cm_selector *sel)
{
	struct place_key key = {
		.owner = owner,
		.place = place,
		.sel = *sel,
	};

	return rhltable_lookup(&cn->dynamic, &key, table);
}

/* --- packets --- */

struct cm_flow *cm_dynamic_classify(const struct cm_bind *bind,
				    const struct cm_tuple *t, u64 below)
{
	const struct cm_rule *rule;

	rule = cm_classify_before(&bind->dynamic.classify, t, below);
	return rule ? container_of(rule, struct cm_dynamic_rule, rule)->flow : NULL;
}

/*
 * The part of @line that is split off for a packet. A connection of ICMP is
 * all between two hosts: the answer is of another type than the question.
 */
static void narrow(struct cm_selector *sel, const struct cm_selector *line,
		   u8 level, const struct cm_tuple *t)
{
	*sel = *line;
	sel->saddr = t->saddr;
	sel->daddr = t->daddr;
	cm_addr_mask(&sel->smask, sel->family, 128);
	cm_addr_mask(&sel->dmask, sel->family, 128);
	if (level != CRYPTOMAP_LEVEL_CONNECTION)
		return;
	sel->proto = t->proto;
	if (t->flags & CM_TUPLE_PORTS && cm_proto_has_ports(t->proto)) {
		sel->sport = (struct cm_ports){ t->sport, t->sport };
		sel->dport = (struct cm_ports){ t->dport, t->dport };
	}
}

struct cm_flow *cm_dynamic_find_rcu(const struct cm_flow *flow,
				    const struct cm_tuple *t)
{
	struct cm_dynamic_rule *rule;
	struct rhlist_head *found;
	struct cm_selector sel;

	narrow(&sel, &flow->sel, READ_ONCE(flow->level), t);
	found = find_rules(flow->cn, flow->id, 0, &sel);
	if (!found)
		return NULL;
	rule = container_of(found, struct cm_dynamic_rule, by_key);
	return rule->flow;
}

void cm_dynamic_split(struct cm_net *cn)
{
	mod_delayed_work(cm_wq, &cn->split_work, 0);
}

/* --- selectors of a flow --- */

/*
 * Within an entry the narrowest selector wins, which is also what lets a
 * lookup stop early: all of one table of the classifier are equally narrow. A
 * younger one of equal selectors goes before the older; when all but the last
 * of a million such are gone they begin anew.
 */
#define NARROW_MAX	(4 * 256 + 3)
#define AGE_BITS	21
#define AGE_FIRST	(1U << (AGE_BITS - 1))

static u32 narrowness(const struct cm_selector *sel)
{
	const union cm_addr *s = &sel->smask, *d = &sel->dmask;
	u32 bits = hweight64(s->q[0]) + hweight64(s->q[1]) +
		   hweight64(d->q[0]) + hweight64(d->q[1]);

	return 4 * bits + 2 * !!sel->proto +
	       !(cm_ports_is_any(&sel->sport) && cm_ports_is_any(&sel->dport));
}

static u64 rule_prio(u32 seq, const struct cm_selector *sel, u32 age)
{
	return cm_prio(seq, (NARROW_MAX - narrowness(sel)) << AGE_BITS | age);
}

/* The age of one that goes before all with the same selector. */
static u32 rule_age(struct cm_net *cn, const struct cm_dynamic_rule *rule)
{
	struct rhlist_head *pos, *found;
	struct cm_dynamic_rule *at;
	u32 age = AGE_FIRST;

	rcu_read_lock();
	found = find_rules(cn, rule->owner, rule->place, &rule->rule.sel);
	rhl_for_each_entry_rcu(at, pos, found, by_key)
		age = min(age, (u32)at->rule.prio & (2 * AGE_FIRST - 1));
	rcu_read_unlock();
	return age ? age - 1 : 0;
}

static int classify(struct cm_flow *flow, struct cm_dynamic_rule *rule)
{
	struct cm_bind *bind = flow->bind;
	int err;

	err = cm_classify_insert(&bind->dynamic.classify, &rule->rule);
	if (!err)
		cm_recent_restamp(&bind->stamp);
	return err;
}

static void declassify(struct cm_flow *flow, struct cm_dynamic_rule *rule)
{
	cm_classify_remove(&flow->bind->dynamic.classify, &rule->rule);
	cm_recent_restamp(&flow->bind->stamp);
}

static int rule_add(struct cm_flow *flow, u32 owner, u32 place,
		    const struct cm_selector *sel)
{
	struct cm_dynamic_rule *rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);
	struct cm_net *cn = flow->cn;
	int err = 0;

	if (!rule)
		return -ENOMEM;
	rule->owner = owner;
	rule->place = place;
	rule->flow = flow;
	rule->rule.sel = *sel;
	rule->rule.action = CM_PERMIT;
	rule->rule.prio = rule_prio(place, sel, rule_age(cn, rule));
	if (place)
		err = classify(flow, rule);
	if (err)
		goto free;
	err = rhltable_insert(&cn->dynamic, &rule->by_key, table);
	if (err)
		goto remove;
	list_add_tail(&rule->of_flow, &flow->rules);
	flow->nsel++;
	return 0;

remove:
	if (place)
		declassify(flow, rule);
free:
	kfree_rcu(rule, rcu);
	return err;
}

/*
 * No new packet finds the flow by this selector. One that did before is inside
 * rcu_read_lock(), which the memory of the rule outlives, as that of the flow
 * does: see cm_flow_destroy().
 */
static void rule_del(struct cm_dynamic_rule *rule)
{
	struct cm_flow *flow = rule->flow;

	if (rule->place)
		declassify(flow, rule);
	rhltable_remove(&flow->cn->dynamic, &rule->by_key, table);
	list_del(&rule->of_flow);
	kfree_rcu(rule, rcu);
}

/* --- coming --- */

static struct cm_entry *flow_entry(const struct cm_flow *flow)
{
	return rcu_dereference_protected(flow->entry,
					 lockdep_is_held(&flow->cn->lock));
}

static struct cm_line *flow_line(const struct cm_flow *flow)
{
	return rcu_dereference_protected(flow->line,
					 lockdep_is_held(&flow->cn->lock));
}

static struct cm_flow *flow_create(struct cm_bind *bind, struct cm_entry *entry,
				   struct cm_flow *parent,
				   const struct cm_selector *sel, u32 n)
{
	struct cm_line *line = parent ? flow_line(parent) : NULL;
	struct cm_net *cn = bind->cn;
	struct cm_flow *flow;
	u32 i;
	int err;

	flow = cm_flow_create(bind, entry, line, sel, true);
	if (IS_ERR(flow))
		return flow;
	cn->dynamic_generation++;
	if (parent) {
		flow->parent = parent;
		flow->acquire_at = jiffies;
		list_add(&flow->of_parent, &parent->subs);
		list_add_tail(&flow->of_pending, &cn->pending);
		cn->pending_count++;
	}
	for (i = 0; i < n; i++) {
		err = parent ? rule_add(flow, parent->id, 0, &sel[i]) :
			       rule_add(flow, bind->id, entry->seq, &sel[i]);
		if (err) {
			cm_flow_destroy(flow);
			return ERR_PTR(err);
		}
	}
	return flow;
}

static bool has_selector(const struct cm_flow *flow, const struct cm_selector *sel)
{
	const struct cm_dynamic_rule *rule;

	list_for_each_entry(rule, &flow->rules, of_flow)
		if (cm_selector_equal(&rule->rule.sel, sel))
			return true;
	return false;
}

static bool is_among(const struct cm_selector *one,
		     const struct cm_selector *sel, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (cm_selector_equal(one, &sel[i]))
			return true;
	return false;
}

/* Each among the others, both ways: a list may name one twice. */
bool cm_dynamic_has(const struct cm_flow *flow, const struct cm_selector *sel,
		    u32 n)
{
	const struct cm_dynamic_rule *rule;
	u32 i;

	for (i = 0; i < n; i++)
		if (!has_selector(flow, &sel[i]))
			return false;
	list_for_each_entry(rule, &flow->rules, of_flow)
		if (!is_among(&rule->rule.sel, sel, n))
			return false;
	return flow->nsel == n;
}

static struct cm_flow *flow_find(struct cm_net *cn, u32 owner, u32 place,
				 const struct cm_selector *sel, u32 n)
{
	struct rhlist_head *pos, *found;
	struct cm_flow *flow = NULL;
	struct cm_dynamic_rule *at;

	rcu_read_lock();
	found = find_rules(cn, owner, place, sel);
	rhl_for_each_entry_rcu(at, pos, found, by_key) {
		if (cm_dynamic_has(at->flow, sel, n)) {
			flow = at->flow;
			break;
		}
	}
	rcu_read_unlock();
	return flow;
}

/* The first line that has to do with the selector permits the whole of it. */
static bool is_permitted(const struct cm_acl *acl, const struct cm_selector *sel)
{
	const struct cm_line *line;

	if (!acl)
		return true;
	cm_lines_for_each(line, &acl->lines) {
		if (line->permit && cm_selector_within(sel, &line->sel))
			return true;
		if (!line->permit && cm_selector_overlaps(sel, &line->sel))
			return false;
	}
	return false;
}

static struct cm_flow *get_of_entry(struct cm_bind *bind, struct cm_entry *entry,
				    const struct cm_selector *sel, u32 n,
				    struct netlink_ext_ack *extack)
{
	struct cm_flow *flow;
	u32 i;

	for (i = 0; i < n; i++) {
		if (is_permitted(entry->acl, &sel[i]))
			continue;
		NL_SET_ERR_MSG(extack, "SA_SEL: the access list of the dynamic entry does not permit the selector");
		return ERR_PTR(-EACCES);
	}
	flow = flow_find(bind->cn, bind->id, entry->seq, sel, n);
	return flow ?: flow_create(bind, entry, NULL, sel, n);
}

/* The flow of the line that the selector is a part of, if it is split like that. */
static struct cm_flow *find_parent(struct cm_bind *bind, struct cm_entry *entry,
				   const struct cm_selector *sel)
{
	struct cm_tuple t = {
		.saddr = sel->saddr,
		.daddr = sel->daddr,
		.sport = sel->sport.lo,
		.dport = sel->dport.lo,
		.family = sel->family,
		.proto = sel->proto,
		.flags = cm_ports_is_any(&sel->dport) ? 0 : CM_TUPLE_PORTS,
	};
	struct cm_selector part;
	struct cm_flow *flow;

	rcu_read_lock();
	flow = cm_bind_peek(bind, &t, false);
	rcu_read_unlock();
	if (!flow || rcu_access_pointer(flow->entry) != entry || !flow->level)
		return NULL;
	narrow(&part, &flow->sel, flow->level, &t);
	return cm_selector_equal(&part, sel) ? flow : NULL;
}

static struct cm_flow *split_off(struct cm_flow *parent,
				 const struct cm_selector *sel)
{
	struct cm_net *cn = parent->cn;
	struct cm_flow *flow;

	flow = flow_find(cn, parent->id, 0, sel, 1);
	if (flow)
		return flow;
	if (cn->pending_count >= cn->limits.pairs)
		return ERR_PTR(-ENOSPC);
	flow = flow_create(parent->bind, flow_entry(parent), parent, sel, 1);
	if (!IS_ERR(flow))
		queue_delayed_work(cm_wq, &cn->split_work, SWEEP_DELAY);
	return flow;
}

static struct cm_flow *get_of_line(struct cm_bind *bind, struct cm_entry *entry,
				   const struct cm_selector *sel, u32 n,
				   struct netlink_ext_ack *extack)
{
	struct cm_flow *parent;

	if (!entry->level) {
		NL_SET_ERR_MSG(extack, "the entry is not dynamic and has no ENTRY_LEVEL: its flows are named by SA_FLOW");
		return ERR_PTR(-EINVAL);
	}
	parent = n == 1 ? find_parent(bind, entry, sel) : NULL;
	if (!parent) {
		NL_SET_ERR_MSG(extack, "SA_SEL: not one pair of hosts, or connection, of a line of the entry");
		return ERR_PTR(-EINVAL);
	}
	return split_off(parent, sel);
}

struct cm_flow *cm_dynamic_get(struct cm_bind *bind, struct cm_entry *entry,
			       const struct cm_selector *sel, u32 n,
			       struct netlink_ext_ack *extack)
{
	struct cm_flow *flow;

	lockdep_assert_held(&bind->cn->lock);

	if (entry->type == CRYPTOMAP_ENTRY_T_DYNAMIC)
		flow = get_of_entry(bind, entry, sel, n, extack);
	else
		flow = get_of_line(bind, entry, sel, n, extack);
	if (flow == ERR_PTR(-ENOSPC))
		NL_SET_ERR_MSG(extack, "LIMIT_FLOWS or LIMIT_PAIRS is reached");
	return flow;
}

/* --- going --- */

static void not_pending(struct cm_flow *flow)
{
	if (list_empty(&flow->of_pending))
		return;
	list_del_init(&flow->of_pending);
	flow->cn->pending_count--;
}

void cm_dynamic_joined(struct cm_flow *flow)
{
	not_pending(flow);
}

void cm_dynamic_left(struct cm_flow *flow)
{
	struct cm_net *cn = flow->cn;

	lockdep_assert_held(&cn->lock);

	if (!cm_flow_is_dynamic(flow) || cm_flow_is_dead(flow) ||
	    !list_empty(&flow->sas) || !list_empty(&flow->of_pending))
		return;
	if (!flow->parent || !test_bit(CM_FLOW_ACQUIRING, &flow->bits)) {
		cm_flow_destroy(flow);
		return;
	}
	/* Another has been asked for. */
	list_add_tail(&flow->of_pending, &cn->pending);
	cn->pending_count++;
	queue_delayed_work(cm_wq, &cn->split_work, SWEEP_DELAY);
}

void cm_dynamic_leave(struct cm_flow *flow)
{
	struct cm_dynamic_rule *rule, *next_rule;
	struct cm_flow *sub, *next_sub;

	list_for_each_entry_safe(sub, next_sub, &flow->subs, of_parent)
		cm_flow_destroy(sub);
	if (!cm_flow_is_dynamic(flow))
		return;
	list_for_each_entry_safe(rule, next_rule, &flow->rules, of_flow)
		rule_del(rule);
	list_del_init(&flow->of_parent);
	not_pending(flow);
	flow->cn->dynamic_generation++;
}

void cm_dynamic_failed(struct cm_flow *flow)
{
	lockdep_assert_held(&flow->cn->lock);

	clear_bit(CM_FLOW_ACQUIRING, &flow->bits);
	cm_queue_drop(flow, CM_REASON_NO_SA);
	if (list_empty(&flow->of_pending))
		return;
	not_pending(flow);
	cm_dynamic_left(flow);
}

/* --- the configuration changes --- */

/* What the map has for a flow under a dynamic entry, or NULL. */
static struct cm_entry *entry_for(const struct cm_flow *flow, u32 seq)
{
	const struct cm_dynamic_rule *rule;
	struct cm_entry *entry;

	entry = cm_entries_first(&flow->bind->map->entries, seq);
	if (!entry || entry->seq != seq ||
	    entry->type != CRYPTOMAP_ENTRY_T_DYNAMIC)
		return NULL;
	list_for_each_entry(rule, &flow->rules, of_flow)
		if (!is_permitted(entry->acl, &rule->rule.sel))
			return NULL;
	return entry;
}

/* Those that were split off stay as long as the flows of their lines do. */
static void sync_flow(struct cm_flow *flow)
{
	struct cm_flow *parent = flow->parent;
	struct cm_entry *entry;

	if (parent) {
		entry = flow_entry(parent);
		rcu_assign_pointer(flow->entry, entry);
		rcu_assign_pointer(flow->line, flow_line(parent));
		WRITE_ONCE(flow->type, entry->type);
		return;
	}
	entry = entry_for(flow, flow_entry(flow)->seq);
	if (entry)
		rcu_assign_pointer(flow->entry, entry);
	else
		cm_flow_destroy(flow);
}

void cm_dynamic_sync(struct cm_bind *bind)
{
	struct cm_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &bind->dynamic.flows, of_bind)
		sync_flow(flow);
}

void cm_dynamic_acl_changed(struct cm_acl *acl)
{
	struct cm_entry *entry;
	struct cm_bind *bind;

	list_for_each_entry(entry, &acl->entries, of_acl) {
		if (entry->type != CRYPTOMAP_ENTRY_T_DYNAMIC)
			continue;
		list_for_each_entry(bind, &entry->map->binds, of_map)
			cm_dynamic_sync(bind);
	}
}

void cm_dynamic_del_entry(struct cm_bind *bind, struct cm_entry *entry)
{
	struct cm_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &bind->dynamic.flows, of_bind)
		if (rcu_access_pointer(flow->entry) == entry)
			cm_flow_destroy(flow);
}

void cm_dynamic_bind_init(struct cm_bind *bind)
{
	INIT_LIST_HEAD(&bind->dynamic.flows);
	cm_classify_init(&bind->dynamic.classify, &cm_ruleset_mem,
			 &bind->cn->key, 0);
}

void cm_dynamic_bind_exit(struct cm_bind *bind)
{
	struct cm_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &bind->dynamic.flows, of_bind)
		cm_flow_destroy(flow);
}

/* --- splitting --- */

/* A packet that waits in the flow of its line goes to one of its own. */
static void split_packet(struct cm_flow *parent, struct sk_buff *skb)
{
	enum cm_reason reason = CM_REASON_MAP_GONE;
	struct cm_net *cn = parent->cn;
	struct cm_selector sel;
	struct cm_flow *flow;
	struct cm_tuple t;

	if (cm_flow_is_dead(parent) || !parent->level)
		goto drop;
	reason = cm_hook_tuple(skb, &t);
	if (reason != CM_REASON_NONE)
		goto drop;
	/* An ICMP error about a packet of some other pair. */
	reason = CM_REASON_NO_SA;
	if (!cm_selector_match_l3(&parent->sel, &t))
		goto drop;
	narrow(&sel, &parent->sel, parent->level, &t);
	flow = split_off(parent, &sel);
	reason = flow == ERR_PTR(-ENOSPC) ? CM_REASON_ACQUIRE_LIMIT :
					    CM_REASON_NO_MEMORY;
	if (IS_ERR(flow))
		goto drop;
	cm_queue_resume(flow, skb);
	return;

drop:
	cm_drop(cn, parent, NULL, reason, skb);
}

static void split_all(struct cm_net *cn)
{
	struct sk_buff_head list;
	struct cm_flow *flow;
	struct sk_buff *skb;
	int i;

	__skb_queue_head_init(&list);
	for (i = 0; i < SPLIT_MAX; i++) {
		flow = cm_queue_next_split(cn, &list);
		if (!flow)
			return;
		while ((skb = __skb_dequeue(&list)))
			split_packet(flow, skb);
		cm_flow_put(flow);
	}
	cm_dynamic_split(cn);
}

/* Those that no SA came for in time, and that no packet waits in, go. */
static void sweep(struct cm_net *cn)
{
	unsigned long wait = cn->limits.queue_secs * HZ;
	struct cm_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &cn->pending, of_pending)
		if (time_after_eq(jiffies, READ_ONCE(flow->acquire_at) + wait) &&
		    skb_queue_empty_lockless(&flow->waiting))
			cm_flow_destroy(flow);
}

static void split_work(struct work_struct *work)
{
	struct cm_net *cn = container_of(to_delayed_work(work), struct cm_net,
					 split_work);

	mutex_lock(&cn->lock);
	split_all(cn);
	sweep(cn);
	if (!list_empty(&cn->pending))
		queue_delayed_work(cm_wq, &cn->split_work, SWEEP_DELAY);
	mutex_unlock(&cn->lock);
}

/* --- namespace and module --- */

int cm_dynamic_net_init(struct cm_net *cn)
{
	INIT_LIST_HEAD(&cn->pending);
	INIT_DELAYED_WORK(&cn->split_work, split_work);
	return rhltable_init(&cn->dynamic, &table);
}

/* All flows are gone: what the work still finds is nothing, and it ends. */
void cm_dynamic_net_exit(struct cm_net *cn)
{
	cancel_delayed_work_sync(&cn->split_work);
	rhltable_destroy(&cn->dynamic);
}

void cm_dynamic_register(void)
{
	get_random_bytes(&hash_key, sizeof(hash_key));
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "acl.h"
#include "bind.h"
#include "dynamic.h"
#include "extack.h"
#include "flow.h"
#include "map.h"
#include "pernet.h"
#include "recent.h"
#include "ruleset.h"
#include "sa.h"
#include "share.h"

/* --- memory for the classifier --- */

struct deferred {
	struct rcu_head rcu;
};

static void *classify_alloc(size_t size)
{
	return kvmalloc(size, GFP_KERNEL_ACCOUNT);
}

static void classify_free(void *mem)
{
	kvfree(mem);
}

static void classify_free_deferred(struct rcu_head *head)
{
	struct deferred *mem = container_of(head, struct deferred, rcu);

	kvfree_rcu(mem, rcu);
}

const struct cm_classify_ops cm_ruleset_mem = {
	.alloc = classify_alloc,
	.free = classify_free,
	.free_deferred = classify_free_deferred,
};

/* --- one set --- */

static struct cm_ruleset *ruleset_create(struct cm_net *cn)
{
	struct cm_ruleset *set = kzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);

	if (!set)
		return NULL;
	cm_classify_init(&set->classify, &cm_ruleset_mem, &cn->key, 0);
	INIT_LIST_HEAD(&set->rules);
	return set;
}

static void ruleset_free(struct cm_ruleset *set)
{
	struct cm_bind_rule *rule, *next;

	cm_classify_destroy(&set->classify);
	list_for_each_entry_safe(rule, next, &set->rules, of_set) {
		kfree(rule);
		cond_resched();
	}
	kfree(set);
}

static void ruleset_free_work(struct work_struct *work)
{
	ruleset_free(container_of(to_rcu_work(work), struct cm_ruleset, free));
}

/*
 * A set that packets have used. It is out of bind->rules, so no new reader
 * finds it; those that have it are waited for by the RCU half of the work,
 * and the rules' lines and flows outlive them by their own grace periods,
 * which begin after this. Freeing 100,000 rules is for a process, not for
 * softirq.
 */
static void ruleset_retire(struct cm_ruleset *set)
{
	struct cm_bind_rule *rule;

	list_for_each_entry(rule, &set->rules, of_set)
		list_del(&rule->of_line);
	INIT_RCU_WORK(&set->free, ruleset_free_work);
	queue_rcu_work(cm_wq, &set->free);
}

static struct cm_bind_rule *rule_create(struct cm_bind *bind,
					struct cm_entry *entry,
					struct cm_line *line)
{
	struct cm_bind_rule *rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);

	if (!rule)
		return NULL;
	rule->rule.sel = line->sel;
	rule->rule.prio = cm_prio(entry->seq, line->seq);
	rule->rule.action = line->permit ? CM_PERMIT : CM_DENY;
	rule->hits = line->hits;
	rule->bind = bind;
	rule->entry = entry;
	rule->line = line;
	INIT_LIST_HEAD(&rule->of_line);
	return rule;
}

/* --- flows that survive a replacement: by entry number and selector --- */

struct survivors {
	struct hlist_head *hash;
	u32 mask;
	const siphash_key_t *key;
};

static struct hlist_head *survivor_bucket(const struct survivors *s, u32 seq,
					  const struct cm_selector *sel)
{
	return &s->hash[(siphash(sel, sizeof(*sel), s->key) ^ seq) & s->mask];
}

static const struct cm_entry *flow_entry(const struct cm_flow *flow)
{
	return rcu_dereference_protected(flow->entry,
					 lockdep_is_held(&flow->cn->lock));
}

static int survivors_init(struct survivors *s, struct cm_bind *bind)
{
	u32 size = roundup_pow_of_two(max(bind->flow_count, 1U));
	struct cm_flow *flow;

	s->hash = kvcalloc(size, sizeof(*s->hash), GFP_KERNEL);
	if (!s->hash)
		return -ENOMEM;
	s->mask = size - 1;
	s->key = &bind->cn->key;
	/* Added at the head: walk backwards, so that equal ones keep their order. */
	list_for_each_entry_reverse(flow, &bind->flows, of_bind) {
		flow->mark = CM_FLOW_UNUSED;
		hlist_add_head(&flow->by_sel,
			       survivor_bucket(s, flow_entry(flow)->seq, &flow->sel));
	}
	return 0;
}

static struct cm_flow *survivor_take(struct survivors *s,
				     const struct cm_entry *entry,
				     const struct cm_selector *sel)
{
	struct cm_flow *flow;

	hlist_for_each_entry(flow, survivor_bucket(s, entry->seq, sel), by_sel) {
		if (cm_entry_is_alike(flow_entry(flow), entry) &&
		    cm_selector_equal(&flow->sel, sel)) {
			hlist_del(&flow->by_sel);
			flow->mark = CM_FLOW_KEPT;
			return flow;
		}
	}
	return NULL;
}

/* --- replacement --- */

static int prepare_line(struct cm_bind *bind, struct cm_entry *entry,
			struct cm_line *line, struct survivors *s)
{
	struct cm_ruleset *set = bind->next;
	struct cm_bind_rule *rule;
	struct cm_flow *flow;
	int err;

	rule = rule_create(bind, entry, line);
	if (!rule)
		return -ENOMEM;
	list_add_tail(&rule->of_set, &set->rules);
	if (line->permit) {
		flow = survivor_take(s, entry, &line->sel);
		if (!flow) {
			flow = cm_flow_create(bind, entry, line, &line->sel,
					      false);
			if (IS_ERR(flow))
				return PTR_ERR(flow);
			flow->mark = CM_FLOW_NEW;
		}
		rule->flow = flow;
	}
	err = cm_classify_insert(&set->classify, &rule->rule);
	cond_resched();
	return err;
}

static int prepare_lines(struct cm_bind *bind, struct survivors *s)
{
	struct cm_entry *entry;
	struct cm_line *line;
	int err;

	cm_entries_for_each(entry, &bind->map->entries) {
		if (!entry->acl)
			continue;
		cm_lines_for_each(line, &entry->acl->lines) {
			err = prepare_line(bind, entry, line, s);
			if (err)
				return err;
		}
	}
	return 0;
}

int cm_ruleset_prepare(struct cm_bind *bind, struct netlink_ext_ack *extack)
{
	struct survivors s;
	int err;

	lockdep_assert_held(&bind->cn->lock);

	if (bind->next || !cm_share_is_owner(bind))
		return 0;
	err = survivors_init(&s, bind);
	if (err)
		goto out;
	err = -ENOMEM;
	bind->next = ruleset_create(bind->cn);
	if (bind->next) {
		list_add(&bind->building, &bind->cn->building);
		err = prepare_lines(bind, &s);
	}
	kvfree(s.hash);
out:
	if (err)
		cm_extack_rules(extack, err);
	return err;
}

static void flows_destroy_marked(struct cm_bind *bind, enum cm_flow_mark mark)
{
	struct cm_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &bind->flows, of_bind)
		if (flow->mark == mark)
			cm_flow_destroy(flow);
}

static void rule_enter(struct cm_bind_rule *rule)
{
	struct cm_flow *flow = rule->flow;

	list_add(&rule->of_line, &rule->line->rules);
	if (!flow)
		return;
	rcu_assign_pointer(flow->entry, rule->entry);
	rcu_assign_pointer(flow->line, rule->line);
	WRITE_ONCE(flow->type, rule->entry->type);
}

static void bind_commit(struct cm_bind *bind)
{
	struct cm_ruleset *old, *set = bind->next;
	struct cm_bind_rule *rule;

	bind->next = NULL;
	list_del(&bind->building);
	list_for_each_entry(rule, &set->rules, of_set)
		rule_enter(rule);
	old = rcu_replace_pointer(bind->rules, set,
				  lockdep_is_held(&bind->cn->lock));
	cm_recent_restamp(&bind->stamp);
	if (old)
		ruleset_retire(old);
	flows_destroy_marked(bind, CM_FLOW_UNUSED);
	cm_dynamic_sync(bind);
}

void cm_ruleset_commit_but(struct cm_net *cn, const struct cm_bind *last)
{
	struct cm_bind *bind, *next;

	lockdep_assert_held(&cn->lock);
	list_for_each_entry_safe(bind, next, &cn->building, building)
		if (bind != last)
			bind_commit(bind);
}

void cm_ruleset_commit(struct cm_net *cn)
{
	cm_ruleset_commit_but(cn, NULL);
}

void cm_ruleset_abort(struct cm_net *cn)
{
	struct cm_bind *bind, *next;

	lockdep_assert_held(&cn->lock);
	list_for_each_entry_safe(bind, next, &cn->building, building) {
		list_del(&bind->building);
		ruleset_free(bind->next);
		bind->next = NULL;
		flows_destroy_marked(bind, CM_FLOW_NEW);
	}
}

/* --- a few rules --- */

static struct cm_ruleset *bind_ruleset(struct cm_bind *bind)
{
	return rcu_dereference_protected(bind->rules,
					 lockdep_is_held(&bind->cn->lock));
}

int cm_ruleset_add(struct cm_bind *bind, struct cm_entry *entry,
		   struct cm_line *line)
{
	struct cm_ruleset *set = bind_ruleset(bind);
	struct cm_bind_rule *rule;
	struct cm_flow *flow;
	int err;

	if (!cm_share_is_owner(bind))
		return 0;
	rule = rule_create(bind, entry, line);
	if (!rule)
		return -ENOMEM;
	if (line->permit) {
		flow = cm_flow_create(bind, entry, line, &line->sel, false);
		if (IS_ERR(flow)) {
			kfree(rule);
			return PTR_ERR(flow);
		}
		rule->flow = flow;
	}
	err = cm_classify_insert(&set->classify, &rule->rule);
	if (err) {
		if (rule->flow)
			cm_flow_destroy(rule->flow);
		kfree(rule);
		return err;
	}
	cm_recent_restamp(&bind->stamp);
	list_add(&rule->of_set, &set->rules);
	list_add(&rule->of_line, &line->rules);
	return 0;
}

int cm_ruleset_add_entry(struct cm_bind *bind, struct cm_entry *entry)
{
	struct cm_line *line;
	int err;

	if (!entry->acl)
		return 0;
	cm_lines_for_each(line, &entry->acl->lines) {
		err = cm_ruleset_add(bind, entry, line);
		if (err)
			return err;
	}
	return 0;
}

/*
 * Out of the live classifier; a packet that has just found it may still look
 * at its flow, which then is dead, and count its hits.
 */
static void rule_del(struct cm_bind_rule *rule)
{
	cm_classify_remove(&bind_ruleset(rule->bind)->classify, &rule->rule);
	cm_recent_restamp(&rule->bind->stamp);
	list_del(&rule->of_set);
	list_del(&rule->of_line);
	if (rule->flow)
		cm_flow_destroy(rule->flow);
	kfree_rcu(rule, rcu);
}

void cm_ruleset_del_line(struct cm_line *line)
{
	struct cm_bind_rule *rule, *next;

	list_for_each_entry_safe(rule, next, &line->rules, of_line)
		rule_del(rule);
}

void cm_ruleset_del_entry(struct cm_entry *entry)
{
	struct cm_bind_rule *rule, *next;
	struct cm_bind *bind;
	struct cm_line *line;

	list_for_each_entry(bind, &entry->map->binds, of_map)
		cm_dynamic_del_entry(bind, entry);
	if (!entry->acl)
		return;
	cm_lines_for_each(line, &entry->acl->lines)
		list_for_each_entry_safe(rule, next, &line->rules, of_line)
			if (rule->entry == entry)
				rule_del(rule);
}

static void move_lines(struct cm_entry *old, struct cm_entry *new)
{
	struct cm_bind_rule *rule;
	struct cm_line *line;

	cm_lines_for_each(line, &old->acl->lines) {
		list_for_each_entry(rule, &line->rules, of_line) {
			if (rule->entry != old)
				continue;
			rule->entry = new;
			if (!rule->flow)
				continue;
			rcu_assign_pointer(rule->flow->entry, new);
			WRITE_ONCE(rule->flow->type, new->type);
		}
	}
}

void cm_ruleset_move_entry(struct cm_entry *old, struct cm_entry *new)
{
	struct cm_bind *bind;

	if (old->acl)
		move_lines(old, new);
	list_for_each_entry(bind, &new->map->binds, of_map)
		cm_dynamic_sync(bind);
}

void cm_ruleset_destroy(struct cm_bind *bind)
{
	struct cm_ruleset *set = bind_ruleset(bind);
	struct cm_flow *flow, *next;

	RCU_INIT_POINTER(bind->rules, NULL);
	cm_recent_restamp(&bind->stamp);
	if (set)
		ruleset_retire(set);
	list_for_each_entry_safe(flow, next, &bind->flows, of_bind)
		cm_flow_destroy(flow);
	cm_dynamic_bind_exit(bind);
}

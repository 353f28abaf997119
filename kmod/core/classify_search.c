// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "classify_tables.h"
#include "porttree.h"

static const struct bucket *bucket_find(const struct cm_classify *c,
					const struct cm_table *t,
					const struct cm_tuple *tuple)
{
	const struct slots *slots = rcu_dereference(t->slots);
	const struct bucket *b;
	struct key key;

	make_key(&key, t, &tuple->saddr, &tuple->daddr, tuple->proto);
	b = rcu_dereference(slots->head[slot_of(c, slots, &key, tuple->family)]);
	while (b && !key_equal(&b->key, &key))
		b = rcu_dereference(b->next);
	return b;
}

static struct cm_port_query make_query(const struct cm_tuple *t, enum cm_action action)
{
	if (t->flags & CM_TUPLE_PORTS)
		return (struct cm_port_query){ t, t->sport, t->sport, t->dport, t->dport };
	if (action == CM_PERMIT)
		return (struct cm_port_query){ t, U16_MAX, 0, U16_MAX, 0 };
	return (struct cm_port_query){ t, 0, U16_MAX, 0, U16_MAX };
}

/* What is asked, and of which tables. */
struct search {
	const struct cm_classify *c;
	const struct cm_tuple *t;
	const struct cm_table_vec *vec;
	u64 slots[CM_TABLEMAP_WORDS];	/* if there is a map */
};

/* False if there are no lines. */
static bool search_begin(struct search *s, const struct cm_classify *c,
			 const struct cm_tuple *t)
{
	s->c = c;
	s->t = t;
	s->vec = rcu_dereference(c->vec[family_index(t->family)]);
	if (s->vec && s->vec->map)
		cm_tablemap_match(s->vec->map, t, s->slots);
	return s->vec;
}

static const struct cm_rule *search_table(const struct search *s,
					  const struct table_ref *ref,
					  enum cm_action action, u64 floor, u64 below)
{
	const struct bucket *b = bucket_find(s->c, ref->table, s->t);
	struct cm_port_query query = make_query(s->t, action);

	return b ? cm_porttree_search(rcu_dereference(b->root[action]), &query,
				      floor, below) : NULL;
}

static const struct cm_rule *search_all(const struct search *s, enum cm_action action,
					u64 floor, u64 below)
{
	const struct cm_rule *best = NULL, *rule;
	u32 i;

	for (i = 0; i < s->vec->count; i++) {
		if (s->vec->ref[i].best[action] >= below) {
			if (action == CM_PERMIT)	/* the order of the vector */
				break;
			continue;
		}
		rule = search_table(s, &s->vec->ref[i], action, floor, below);
		if (rule) {
			best = rule;
			below = rule->prio;
		}
	}
	return best;
}

static const struct cm_rule *search_mapped(const struct search *s, enum cm_action action,
					   u64 floor, u64 below)
{
	const struct cm_table_vec *vec = s->vec;
	const struct cm_rule *best = NULL, *rule;
	u32 i, at;
	u64 left;

	for (i = 0; i < vec->map->words; i++) {
		for (left = s->slots[i]; left; left &= left - 1) {
			at = vec->at[i * 64 + __builtin_ctzll(left)];
			if (at == NO_TABLE || vec->ref[at].best[action] >= below)
				continue;
			rule = search_table(s, &vec->ref[at], action, floor, below);
			if (rule) {
				best = rule;
				below = rule->prio;
			}
		}
	}
	return best;
}

/* The first line of @action with a priority in @floor..@below - 1. */
static const struct cm_rule *search(const struct search *s, enum cm_action action,
				    u64 floor, u64 below)
{
	return s->vec->map ? search_mapped(s, action, floor, below) :
			     search_all(s, action, floor, below);
}

const struct cm_rule *cm_classify_lookup(const struct cm_classify *c,
					 const struct cm_tuple *t, u64 floor,
					 cm_denied_fn denied, void *arg)
{
	const struct cm_rule *permit, *deny;
	struct search s;

	if (!search_begin(&s, c, t))
		return NULL;
	for (;;) {
		permit = search(&s, CM_PERMIT, floor, CM_PRIO_NONE);
		if (!permit)
			return NULL;
		floor = max(floor, cm_prio(cm_prio_entry(permit->prio), 0));
		deny = search(&s, CM_DENY, floor, permit->prio);
		if (!deny)
			return permit;
		if (denied)
			denied(deny, arg);
		floor = cm_prio_after(permit->prio);
	}
}

const struct cm_rule *cm_classify_before(const struct cm_classify *c,
					 const struct cm_tuple *t, u64 below)
{
	struct search s;

	return search_begin(&s, c, t) ? search(&s, CM_PERMIT, 0, below) : NULL;
}

const struct cm_rule *cm_classify_first(const struct cm_classify *c,
					const struct cm_tuple *t, u64 floor)
{
	const struct cm_rule *permit, *deny;
	struct search s;

	if (!search_begin(&s, c, t))
		return NULL;
	permit = search(&s, CM_PERMIT, floor, CM_PRIO_NONE);
	deny = search(&s, CM_DENY, floor, permit ? permit->prio : CM_PRIO_NONE);
	return deny ? deny : permit;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "porttree.h"

#define SLOTS_MIN 1
#define SHRINK_FACTOR 8

/* What a table's lines have in common with a packet, masked. */
struct key {
	union cm_addr saddr;
	union cm_addr daddr;
	u64 proto;		/* 0 in tables for any protocol */
};

/**
 * struct bucket - the lines of one key
 * @rcu: first, for free_deferred()
 * @next: in the same slot
 * @key: of all lines but relaxed ones
 * @root: trees by action
 * @live: lines
 */
struct bucket {
	struct rcu_head rcu;
	struct bucket __rcu *next;
	struct key key;
	struct cm_port_node __rcu *root[CM_ACTIONS];
	u32 live;
};

/* The hash table proper; replaced as a whole when it grows or shrinks. */
struct slots {
	struct rcu_head rcu;
	u32 mask;
	struct bucket __rcu *head[];
};

/**
 * struct cm_table - one combination of masks
 * @rcu: first, for free_deferred()
 * @smask: source mask, constant
 * @dmask: destination mask, constant
 * @any_proto: the protocol is not in the key, constant
 * @slots: the buckets
 * @buckets: how many
 * @lines: how many
 * @removed: lines since @best was exact
 * @best: lower bounds of the priorities by action, as in the vector
 */
struct cm_table {
	struct rcu_head rcu;
	union cm_addr smask;
	union cm_addr dmask;
	bool any_proto;
	struct slots __rcu *slots;
	u32 buckets;
	u32 lines;
	u32 removed;
	u64 best[CM_ACTIONS];
};

/* What a search must know before it touches a table. */
struct table_ref {
	struct cm_table *table;
	u64 best[CM_ACTIONS];
};

/* The tables of a family by best permit; replaced when a bound changes. */
struct cm_table_vec {
	struct rcu_head rcu;
	u32 count;
	struct table_ref ref[];
};

/* Writers are serialised by the caller. */
#define writer_dereference(p) rcu_dereference_protected(p, 1)

static unsigned int family_index(u8 family)
{
	return family == CM_FAMILY_V6;
}

/* --- keys and buckets ---------------------------------------------------- */

static void make_key(struct key *key, const struct cm_table *t,
		     const union cm_addr *saddr, const union cm_addr *daddr, u8 proto)
{
	key->saddr.q[0] = saddr->q[0] & t->smask.q[0];
	key->saddr.q[1] = saddr->q[1] & t->smask.q[1];
	key->daddr.q[0] = daddr->q[0] & t->dmask.q[0];
	key->daddr.q[1] = daddr->q[1] & t->dmask.q[1];
	key->proto = t->any_proto ? 0 : proto;
}

static u32 hash_key(const struct cm_classify *c, const struct key *key, u8 family)
{
	if (family == CM_FAMILY_V4)
		return (u32)siphash_2u64((u64)(__force u32)key->saddr.v4 << 32 |
					 (__force u32)key->daddr.v4,
					 key->proto, &c->key);
	return (u32)siphash(key, sizeof(*key), &c->key);
}

/* Most tables of most routers have one bucket, for which nothing is hashed. */
static u32 slot_of(const struct cm_classify *c, const struct slots *slots,
		   const struct key *key, u8 family)
{
	return slots->mask ? hash_key(c, key, family) & slots->mask : 0;
}

static bool key_equal(const struct key *a, const struct key *b)
{
	return cm_addr_equal(&a->saddr, &b->saddr) &&
	       cm_addr_equal(&a->daddr, &b->daddr) && a->proto == b->proto;
}

/* For the writer, where the bucket of @key is linked or would be. */
static struct bucket __rcu **bucket_link(const struct cm_classify *c,
					 const struct cm_table *t,
					 const struct key *key, u8 family)
{
	struct slots *slots = writer_dereference(t->slots);
	struct bucket __rcu **link = &slots->head[slot_of(c, slots, key, family)];
	struct bucket *b;

	while ((b = writer_dereference(*link)) && !key_equal(&b->key, key))
		link = &b->next;
	return link;
}

static struct slots *slots_alloc(const struct cm_classify *c, u32 count)
{
	size_t size = sizeof(struct slots) + count * sizeof(struct bucket *);
	struct slots *slots = c->ops->alloc(size);

	if (slots) {
		memset(slots, 0, size);
		slots->mask = count - 1;
	}
	return slots;
}

static void slots_free(const struct cm_classify *c, struct slots *slots,
		       bool contents)
{
	struct bucket *b, *next;
	unsigned int action;
	u32 i;

	for (i = 0; i <= slots->mask; i++) {
		for (b = writer_dereference(slots->head[i]); b; b = next) {
			next = writer_dereference(b->next);
			for (action = 0; contents && action < CM_ACTIONS; action++)
				cm_porttree_free(c->ops, writer_dereference(b->root[action]),
						 false);
			c->ops->free(b);
		}
	}
	c->ops->free(slots);
}

/* Copies of all buckets of @from, over the same trees, or false. */
static bool slots_fill(const struct cm_classify *c, struct slots *to,
		       const struct slots *from, u8 family)
{
	struct bucket *b, *copy;
	u32 i, slot;

	for (i = 0; i <= from->mask; i++) {
		for (b = writer_dereference(from->head[i]); b;
		     b = writer_dereference(b->next)) {
			copy = c->ops->alloc(sizeof(*copy));
			if (!copy)
				return false;
			*copy = *b;
			slot = slot_of(c, to, &b->key, family);
			RCU_INIT_POINTER(copy->next, writer_dereference(to->head[slot]));
			RCU_INIT_POINTER(to->head[slot], copy);
		}
	}
	return true;
}

static void slots_retire(const struct cm_classify *c, struct slots *slots)
{
	struct bucket *b, *next;
	u32 i;

	for (i = 0; i <= slots->mask; i++) {
		for (b = writer_dereference(slots->head[i]); b; b = next) {
			next = writer_dereference(b->next);
			c->ops->free_deferred(&b->rcu);
		}
	}
	c->ops->free_deferred(&slots->rcu);
}

/*
 * Readers walk the old chains while the new ones are made, so the buckets are
 * copied.  Without memory the table stays as it is: slower, not wrong.
 */
static void table_resize(const struct cm_classify *c, struct cm_table *t, u8 family)
{
	struct slots *old = writer_dereference(t->slots), *new;
	u32 count = old->mask + 1;

	if (t->buckets > count)
		count *= 2;
	else if (count > SLOTS_MIN && t->buckets < count / SHRINK_FACTOR)
		count /= 2;
	else
		return;

	new = slots_alloc(c, count);
	if (!new)
		return;
	if (!slots_fill(c, new, old, family)) {
		slots_free(c, new, false);
		return;
	}
	rcu_assign_pointer(t->slots, new);
	slots_retire(c, old);
}

/* --- tables -------------------------------------------------------------- */

static struct table_ref table_ref(struct cm_table *t)
{
	return (struct table_ref){
		.table = t, .best = { t->best[CM_PERMIT], t->best[CM_DENY] },
	};
}

static void vec_add(struct cm_table_vec *vec, struct cm_table *t)
{
	u32 i;

	for (i = vec->count++; i; i--) {
		if (vec->ref[i - 1].best[CM_PERMIT] <= t->best[CM_PERMIT])
			break;
		vec->ref[i] = vec->ref[i - 1];
	}
	vec->ref[i] = table_ref(t);
}

/*
 * Publish the tables of a family afresh, with the table @add if it is not
 * NULL, and without those that have no lines, which are freed; @keep (or
 * NULL) stays without lines too.
 */
static int vec_publish(struct cm_classify *c, u8 family,
		       struct cm_table *add, const struct cm_table *keep)
{
	struct cm_table_vec __rcu **slot = &c->vec[family_index(family)];
	struct cm_table_vec *old = writer_dereference(*slot), *new;
	u32 n = (old ? old->count : 0) + !!add;
	struct cm_table *t;
	u32 i;

	new = c->ops->alloc(sizeof(*new) + n * sizeof(new->ref[0]));
	if (!new)
		return -ENOMEM;
	new->count = 0;
	for (i = 0; old && i < old->count; i++) {
		t = old->ref[i].table;
		if (t->lines || t == keep)
			vec_add(new, t);
	}
	if (add)
		vec_add(new, add);
	rcu_assign_pointer(*slot, new);

	for (i = 0; old && i < old->count; i++) {
		t = old->ref[i].table;
		if (!t->lines && t != keep) {
			slots_retire(c, writer_dereference(t->slots));
			c->ops->free_deferred(&t->rcu);
		}
	}
	if (old)
		c->ops->free_deferred(&old->rcu);
	return 0;
}

static bool mask_within(const union cm_addr *wide, const union cm_addr *mask)
{
	return !(wide->q[0] & ~mask->q[0]) && !(wide->q[1] & ~mask->q[1]);
}

static unsigned int mask_bits(const union cm_addr *mask)
{
	unsigned int i, bits = 0;
	u8 byte;

	for (i = 0; i < sizeof(mask->b); i++)
		for (byte = mask->b[i]; byte; byte &= byte - 1)
			bits++;
	return bits;
}

static bool table_is_exact(const struct cm_table *t, const struct cm_selector *s)
{
	return cm_addr_equal(&t->smask, &s->smask) &&
	       cm_addr_equal(&t->dmask, &s->dmask) && t->any_proto == !s->proto;
}

/* May lines of @s be in @t, if they are compared in full? */
static bool table_is_wider(const struct cm_table *t, const struct cm_selector *s)
{
	return mask_within(&t->smask, &s->smask) &&
	       mask_within(&t->dmask, &s->dmask) && (t->any_proto || s->proto);
}

/* How many bits a table looks at; the more, the smaller its buckets. */
static unsigned int table_bits(const struct cm_table *t)
{
	return mask_bits(&t->smask) + mask_bits(&t->dmask) + (t->any_proto ? 0 : 8);
}

/* The table of the line's own masks, else the narrowest that can hold it. */
static struct cm_table *table_find(const struct cm_table_vec *vec,
				   const struct cm_selector *s, bool *exact)
{
	struct cm_table *wider = NULL;
	u32 i;

	for (i = 0; vec && i < vec->count; i++) {
		struct cm_table *t = vec->ref[i].table;

		*exact = table_is_exact(t, s);
		if (*exact)
			return t;
		if (table_is_wider(t, s) &&
		    (!wider || table_bits(t) > table_bits(wider)))
			wider = t;
	}
	*exact = false;
	return wider;
}

static void table_free(const struct cm_classify *c, struct cm_table *t)
{
	slots_free(c, writer_dereference(t->slots), true);
	c->ops->free(t);
}

/* A table for the masks of @s, in the vector, without lines yet. */
static struct cm_table *table_create(struct cm_classify *c, const struct cm_selector *s)
{
	struct cm_table *t = c->ops->alloc(sizeof(*t));
	struct slots *slots = slots_alloc(c, SLOTS_MIN);

	if (!t || !slots)
		goto err;
	memset(t, 0, sizeof(*t));
	t->smask = s->smask;
	t->dmask = s->dmask;
	t->any_proto = !s->proto;
	t->best[CM_PERMIT] = CM_PRIO_NONE;
	t->best[CM_DENY] = CM_PRIO_NONE;
	RCU_INIT_POINTER(t->slots, slots);
	if (!vec_publish(c, s->family, t, NULL))
		return t;
err:
	if (slots)
		c->ops->free(slots);
	if (t)
		c->ops->free(t);
	return NULL;
}

static void whole_bytes(union cm_addr *mask)
{
	unsigned int i;

	for (i = 0; i < sizeof(mask->b); i++)
		if (mask->b[i] != 0xff)
			mask->b[i] = 0;
}

/*
 * The table to put a line of @s into.  A table of its own masks while there
 * are not too many; then one of its masks cut to whole bytes, of which there
 * are few and for which a quarter of the tables is kept; then any that can
 * hold it, at last the one for all.
 */
static struct cm_table *table_get(struct cm_classify *c, const struct cm_selector *s)
{
	const struct cm_table_vec *vec = writer_dereference(c->vec[family_index(s->family)]);
	u32 count = vec ? vec->count : 0;
	struct cm_selector wide = *s;
	struct cm_table *t;
	bool exact;

	t = table_find(vec, s, &exact);
	if (exact)
		return t;
	if (count < c->max_tables - c->max_tables / 4)
		return table_create(c, s);

	whole_bytes(&wide.smask);
	whole_bytes(&wide.dmask);
	if (count < c->max_tables &&
	    (!t || table_bits(t) < mask_bits(&wide.smask) + mask_bits(&wide.dmask)))
		return table_create(c, &wide);
	if (t)
		return t;
	memset(&wide, 0, sizeof(wide));
	wide.family = s->family;
	return table_create(c, &wide);
}

/* Lower the bound, before the line that needs it can be seen. */
static int table_lower(struct cm_classify *c, u8 family, struct cm_table *t,
		       enum cm_action action, u64 prio)
{
	u64 old = t->best[action];
	int err;

	if (prio >= old)
		return 0;
	t->best[action] = prio;
	err = vec_publish(c, family, NULL, t);
	if (err)
		t->best[action] = old;
	return err;
}

static u64 table_best(const struct cm_table *t, enum cm_action action)
{
	const struct slots *slots = writer_dereference(t->slots);
	u64 best = CM_PRIO_NONE;
	const struct bucket *b;
	u32 i;

	for (i = 0; i <= slots->mask; i++)
		for (b = writer_dereference(slots->head[i]); b;
		     b = writer_dereference(b->next))
			best = min(best, cm_porttree_best(writer_dereference(b->root[action])));
	return best;
}

/*
 * After removals the bounds are lower than they could be.  Making them exact
 * looks at all buckets, so do it once per so many removals; without memory
 * for the vector the old ones stay right.
 */
static void table_raise(struct cm_classify *c, u8 family, struct cm_table *t)
{
	u64 permit, deny;

	if (t->lines && t->removed <= t->buckets)
		return;
	t->removed = 0;
	permit = table_best(t, CM_PERMIT);
	deny = table_best(t, CM_DENY);
	if (t->lines && permit == t->best[CM_PERMIT] && deny == t->best[CM_DENY])
		return;
	t->best[CM_PERMIT] = permit;
	t->best[CM_DENY] = deny;
	vec_publish(c, family, NULL, NULL);
}

/* --- lines --------------------------------------------------------------- */

static struct bucket *bucket_get(struct cm_classify *c, struct cm_table *t,
				 const struct key *key, u8 family)
{
	struct bucket __rcu **link = bucket_link(c, t, key, family);
	struct bucket *b = writer_dereference(*link);

	if (b)
		return b;
	b = c->ops->alloc(sizeof(*b));
	if (!b)
		return NULL;
	memset(b, 0, sizeof(*b));
	b->key = *key;
	rcu_assign_pointer(*link, b);
	t->buckets++;
	return b;
}

/* Unlink the bucket if it has no live line. */
static void bucket_put(struct cm_classify *c, struct cm_table *t,
		       const struct key *key, u8 family)
{
	struct bucket __rcu **link = bucket_link(c, t, key, family);
	struct bucket *b = writer_dereference(*link);
	unsigned int action;

	if (b->live)
		return;
	rcu_assign_pointer(*link, writer_dereference(b->next));
	for (action = 0; action < CM_ACTIONS; action++)
		cm_porttree_free(c->ops, writer_dereference(b->root[action]), true);
	c->ops->free_deferred(&b->rcu);
	t->buckets--;
}

static bool rule_is_valid(const struct cm_rule *rule)
{
	struct cm_selector canon = rule->sel;

	cm_selector_canon(&canon);
	return !cm_selector_check(&canon) && cm_selector_equal(&canon, &rule->sel) &&
	       rule->prio != CM_PRIO_NONE && (unsigned int)rule->action < CM_ACTIONS;
}

int cm_classify_insert(struct cm_classify *c, struct cm_rule *rule)
{
	const struct cm_selector *s = &rule->sel;
	struct cm_table *t;
	struct bucket *b;
	struct key key;
	int err;

	if (!rule_is_valid(rule))
		return -EINVAL;
	if (rule->table)
		return -EEXIST;

	/* Each step leaves a valid classifier: empty tables and buckets match nothing. */
	t = table_get(c, s);
	if (!t)
		return -ENOMEM;
	err = table_lower(c, s->family, t, rule->action, rule->prio);
	if (err)
		return err;
	make_key(&key, t, &s->saddr, &s->daddr, s->proto);
	b = bucket_get(c, t, &key, s->family);
	if (!b)
		return -ENOMEM;
	err = cm_porttree_insert(c->ops, &b->root[rule->action], rule,
				 !table_is_exact(t, s));
	if (err) {
		bucket_put(c, t, &key, s->family);
		return err;
	}
	b->live++;
	t->lines++;
	c->count++;
	rule->table = t;
	table_resize(c, t, s->family);
	return 0;
}

void cm_classify_remove(struct cm_classify *c, struct cm_rule *rule)
{
	const struct cm_selector *s = &rule->sel;
	struct cm_table *t = rule->table;
	struct bucket *b;
	struct key key;

	make_key(&key, t, &s->saddr, &s->daddr, s->proto);
	b = writer_dereference(*bucket_link(c, t, &key, s->family));
	cm_porttree_remove(c->ops, &b->root[rule->action], rule);
	b->live--;
	bucket_put(c, t, &key, s->family);
	rule->table = NULL;
	t->lines--;
	t->removed++;
	c->count--;
	table_resize(c, t, s->family);
	table_raise(c, s->family, t);
}

void cm_classify_init(struct cm_classify *c, const struct cm_classify_ops *ops,
		      const siphash_key_t *key, u32 max_tables)
{
	memset(c, 0, sizeof(*c));
	c->ops = ops;
	c->key = *key;
	c->max_tables = max_tables ? max_tables : CM_CLASSIFY_TABLES;
}

void cm_classify_destroy(struct cm_classify *c)
{
	unsigned int f;
	u32 i;

	for (f = 0; f < ARRAY_SIZE(c->vec); f++) {
		struct cm_table_vec *vec = writer_dereference(c->vec[f]);

		for (i = 0; vec && i < vec->count; i++)
			table_free(c, vec->ref[i].table);
		if (vec)
			c->ops->free(vec);
		RCU_INIT_POINTER(c->vec[f], NULL);
	}
	c->count = 0;
}

/* --- lookup -------------------------------------------------------------- */

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

/* The first line of @action with a priority in @floor..@below - 1. */
static const struct cm_rule *search(const struct cm_classify *c, const struct cm_tuple *t,
				    enum cm_action action, u64 floor, u64 below)
{
	const struct cm_table_vec *vec = rcu_dereference(c->vec[family_index(t->family)]);
	struct cm_port_query query = make_query(t, action);
	const struct cm_rule *best = NULL, *rule;
	const struct bucket *b;
	u32 i;

	for (i = 0; vec && i < vec->count; i++) {
		if (vec->ref[i].best[action] >= below) {
			if (action == CM_PERMIT)	/* the order of the vector */
				break;
			continue;
		}
		b = bucket_find(c, vec->ref[i].table, t);
		if (!b)
			continue;
		rule = cm_porttree_search(rcu_dereference(b->root[action]), &query,
					  floor, below);
		if (rule) {
			best = rule;
			below = rule->prio;
		}
	}
	return best;
}

const struct cm_rule *cm_classify_lookup(const struct cm_classify *c,
					 const struct cm_tuple *t, u64 floor,
					 cm_denied_fn denied, void *arg)
{
	const struct cm_rule *permit, *deny;

	for (;;) {
		permit = search(c, t, CM_PERMIT, floor, CM_PRIO_NONE);
		if (!permit)
			return NULL;
		floor = max(floor, cm_prio(cm_prio_entry(permit->prio), 0));
		deny = search(c, t, CM_DENY, floor, permit->prio);
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
	return search(c, t, CM_PERMIT, 0, below);
}

const struct cm_rule *cm_classify_first(const struct cm_classify *c,
					const struct cm_tuple *t, u64 floor)
{
	const struct cm_rule *permit = search(c, t, CM_PERMIT, floor, CM_PRIO_NONE);
	const struct cm_rule *deny = search(c, t, CM_DENY, floor,
					    permit ? permit->prio : CM_PRIO_NONE);

	return deny ? deny : permit;
}

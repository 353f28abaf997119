// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "classify_tables.h"
#include "porttree.h"

#define SLOTS_MIN 1
#define SHRINK_FACTOR 8
#define MAP_MIN 8	/* tables that are looked at one by one */

/* Writers are serialised by the caller. */
#define writer_dereference(p) rcu_dereference_protected(p, 1)

/* --- keys and buckets ---------------------------------------------------- */

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

/* The chain of the tables of these masks, for the writer. */
static struct cm_table **mask_chain(struct cm_classify *c, u8 family,
				    const union cm_addr *smask,
				    const union cm_addr *dmask)
{
	u64 h = (smask->q[0] ^ smask->q[1]) * 0x9e3779b97f4a7c15ULL ^
		dmask->q[0] ^ dmask->q[1];

	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15ULL;
	return &c->masks[family_index(family)][(h >> 32) % CM_CLASSIFY_MASKS];
}

static void mask_unlink(struct cm_classify *c, struct cm_table *t)
{
	struct cm_table **link = mask_chain(c, t->family, &t->smask, &t->dmask);

	while (*link != t)
		link = &(*link)->by_mask;
	*link = t->by_mask;
}

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

static void map_table(struct cm_tablemap *map, const struct cm_table *t, u8 family)
{
	const struct slots *slots = writer_dereference(t->slots);
	const struct bucket *b;
	u32 i;

	for (i = 0; i <= slots->mask; i++)
		for (b = writer_dereference(slots->head[i]); b;
		     b = writer_dereference(b->next))
			cm_tablemap_add(map, t->slot, family, &b->key.saddr, &t->smask,
					&b->key.daddr, &t->dmask);
}

/* The map for the tables of @old and @add: the old one, a larger one, or none. */
static struct cm_tablemap *map_get(const struct cm_classify *c, u8 family,
				   const struct cm_table_vec *old,
				   const struct cm_table *add)
{
	u32 i, count = old ? old->count : 0, slots = add ? add->slot + 1U : 0;
	struct cm_tablemap *map = old ? old->map : NULL;

	for (i = 0; i < count; i++)
		slots = max(slots, old->ref[i].table->slot + 1U);
	if (slots <= MAP_MIN || slots <= cm_tablemap_size(map))
		return map;
	map = cm_tablemap_alloc(c->ops, slots);
	for (i = 0; map && i < count; i++)
		map_table(map, old->ref[i].table, family);
	return map;
}

static struct cm_table_vec *vec_alloc(const struct cm_classify *c, u32 n,
				      struct cm_tablemap *map)
{
	u32 slots = cm_tablemap_size(map);
	struct cm_table_vec *vec;

	vec = c->ops->alloc(sizeof(*vec) + n * sizeof(vec->ref[0]) +
			    slots * sizeof(vec->at[0]));
	if (!vec)
		return NULL;
	vec->map = map;
	vec->at = (u16 *)&vec->ref[n];
	vec->count = 0;
	memset(vec->at, 0xff, slots * sizeof(vec->at[0]));
	return vec;
}

/* What was in the old vector, and is not in the new one, goes. */
static void vec_retire(struct cm_classify *c, struct cm_table_vec *old,
		       const struct cm_table_vec *new, const struct cm_table *keep)
{
	struct cm_table *t;
	u32 i;

	for (i = 0; i < old->count; i++) {
		t = old->ref[i].table;
		if (t->lines || t == keep)
			continue;
		if (new->map)
			cm_tablemap_clear(new->map, t->slot);
		mask_unlink(c, t);
		slots_retire(c, writer_dereference(t->slots));
		c->ops->free_deferred(&t->rcu);
	}
	if (old->map && old->map != new->map)
		c->ops->free_deferred(&old->map->rcu);
	c->ops->free_deferred(&old->rcu);
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
	struct cm_tablemap *map = map_get(c, family, old, add);
	u32 n = (old ? old->count : 0) + !!add;
	struct cm_table *t;
	u32 i;

	new = vec_alloc(c, n, map);
	if (!new) {
		if (map && (!old || map != old->map))
			c->ops->free(map);
		return -ENOMEM;
	}
	for (i = 0; old && i < old->count; i++) {
		t = old->ref[i].table;
		if (t->lines || t == keep)
			vec_add(new, t);
	}
	if (add)
		vec_add(new, add);
	for (i = 0; map && i < new->count; i++)
		new->at[new->ref[i].table->slot] = i;
	rcu_assign_pointer(*slot, new);
	if (old)
		vec_retire(c, old, new, keep);
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

/* The table of the line's own masks. */
static struct cm_table *table_find(struct cm_classify *c, const struct cm_selector *s)
{
	struct cm_table *t = *mask_chain(c, s->family, &s->smask, &s->dmask);

	while (t && !table_is_exact(t, s))
		t = t->by_mask;
	return t;
}

/* The narrowest table that can hold the line, if they have other masks. */
static struct cm_table *table_find_wider(const struct cm_table_vec *vec,
					 const struct cm_selector *s)
{
	struct cm_table *wider = NULL;
	u32 i;

	for (i = 0; i < vec->count; i++) {
		struct cm_table *t = vec->ref[i].table;

		if (table_is_wider(t, s) &&
		    (!wider || table_bits(t) > table_bits(wider)))
			wider = t;
	}
	return wider;
}

/* The lowest number that no table of the family has. */
static u16 slot_free(const struct cm_table_vec *vec)
{
	u64 used[CM_TABLEMAP_WORDS] = {};
	u32 i;

	for (i = 0; vec && i < vec->count; i++)
		used[vec->ref[i].table->slot / 64] |= 1ULL << vec->ref[i].table->slot % 64;
	for (i = 0; used[i / 64] & 1ULL << i % 64; i++)
		;
	return i;
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
	struct cm_table **chain;

	if (!t || !slots)
		goto err;
	memset(t, 0, sizeof(*t));
	t->family = s->family;
	t->slot = slot_free(writer_dereference(c->vec[family_index(s->family)]));
	t->smask = s->smask;
	t->dmask = s->dmask;
	t->any_proto = !s->proto;
	t->best[CM_PERMIT] = CM_PRIO_NONE;
	t->best[CM_DENY] = CM_PRIO_NONE;
	RCU_INIT_POINTER(t->slots, slots);
	if (vec_publish(c, s->family, t, NULL))
		goto err;
	chain = mask_chain(c, s->family, &t->smask, &t->dmask);
	t->by_mask = *chain;
	*chain = t;
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

	t = table_find(c, s);
	if (t)
		return t;
	if (count < c->max_tables - c->max_tables / 4)
		return table_create(c, s);

	t = table_find_wider(vec, s);
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
	struct cm_tablemap *map = writer_dereference(c->vec[family_index(family)])->map;
	struct bucket __rcu **link = bucket_link(c, t, key, family);
	struct bucket *b = writer_dereference(*link);

	if (b)
		return b;
	b = c->ops->alloc(sizeof(*b));
	if (!b)
		return NULL;
	memset(b, 0, sizeof(*b));
	b->key = *key;
	if (map)
		cm_tablemap_add(map, t->slot, family, &key->saddr, &t->smask,
				&key->daddr, &t->dmask);
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
	c->max_tables = max_tables ? min(max_tables, CM_CLASSIFY_TABLES) :
				     CM_CLASSIFY_TABLES;
}

void cm_classify_destroy(struct cm_classify *c)
{
	unsigned int f;
	u32 i;

	for (f = 0; f < ARRAY_SIZE(c->vec); f++) {
		struct cm_table_vec *vec = writer_dereference(c->vec[f]);

		for (i = 0; vec && i < vec->count; i++)
			table_free(c, vec->ref[i].table);
		if (vec && vec->map)
			c->ops->free(vec->map);
		if (vec)
			c->ops->free(vec);
		RCU_INIT_POINTER(c->vec[f], NULL);
	}
	memset(c->masks, 0, sizeof(c->masks));
	c->count = 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* What the writer of a classifier (classify.c) and its readers (classify_search.c) share. */
#ifndef _CM_CORE_CLASSIFY_TABLES_H
#define _CM_CORE_CLASSIFY_TABLES_H

#include <linux/kernel.h>

#include "classify.h"
#include "tablemap.h"

struct cm_port_node;

#define NO_TABLE U16_MAX

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
 * @family: CM_FAMILY_V4 or CM_FAMILY_V6, constant
 * @slot: its number in the map, constant
 * @by_mask: next in the chain of the writer
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
	u8 family;
	u16 slot;
	struct cm_table *by_mask;
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

/**
 * struct cm_table_vec - the tables of a family; replaced when a bound changes
 * @rcu: first, for free_deferred()
 * @map: which of them can hold a packet; NULL if there are few, or no memory
 * @at: with a map, where in @ref the table of a slot is, or NO_TABLE
 * @count: how many
 * @ref: by best permit
 */
struct cm_table_vec {
	struct rcu_head rcu;
	struct cm_tablemap *map;
	u16 *at;
	u32 count;
	struct table_ref ref[];
};

static inline unsigned int family_index(u8 family)
{
	return family == CM_FAMILY_V6;
}

static inline void make_key(struct key *key, const struct cm_table *t,
			    const union cm_addr *saddr, const union cm_addr *daddr, u8 proto)
{
	key->saddr.q[0] = saddr->q[0] & t->smask.q[0];
	key->saddr.q[1] = saddr->q[1] & t->smask.q[1];
	key->daddr.q[0] = daddr->q[0] & t->dmask.q[0];
	key->daddr.q[1] = daddr->q[1] & t->dmask.q[1];
	key->proto = t->any_proto ? 0 : proto;
}

static inline u32 hash_key(const struct cm_classify *c, const struct key *key, u8 family)
{
	if (family == CM_FAMILY_V4)
		return (u32)siphash_2u64((u64)(__force u32)key->saddr.v4 << 32 |
					 (__force u32)key->daddr.v4,
					 key->proto, &c->key);
	return (u32)siphash(key, sizeof(*key), &c->key);
}

/* Most tables of most routers have one bucket, for which nothing is hashed. */
static inline u32 slot_of(const struct cm_classify *c, const struct slots *slots,
			  const struct key *key, u8 family)
{
	return slots->mask ? hash_key(c, key, family) & slots->mask : 0;
}

static inline bool key_equal(const struct key *a, const struct key *b)
{
	return cm_addr_equal(&a->saddr, &b->saddr) &&
	       cm_addr_equal(&a->daddr, &b->daddr) && a->proto == b->proto;
}

#endif

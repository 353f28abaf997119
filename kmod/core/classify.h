/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First match over many access-list lines, without walking them.
 *
 * Tuple-space search: lines with the same address masks and the same answer
 * to "is the protocol given?" share a hash table keyed by the masked
 * addresses and the protocol.  Tables are tried in the order of their best
 * priority, and the search stops at the first table that cannot beat what is
 * already found.  Lines that differ in ports only share a bucket, whose lines
 * are in a balanced tree (porttree.h).
 *
 * Priority and deny.  A priority is (entry << 32 | line), lower wins.  A deny
 * line sends the packet on to the next entry, so it can only matter to a
 * packet that a later permit line of the same entry matches.  The search is
 * therefore made over permit lines alone; only for the one found, deny lines
 * of its entry above it are asked for.  Entries that merely deny a packet cost
 * nothing, however many they are; a restart (at the next entry) is needed only
 * where a deny really takes a packet away from a permit below it.
 *
 * Cost, with T tables of the packet's family, n lines in one bucket:
 *   lookup    at most one hash probe for each table that can hold the packet by
 *             the bytes of its addresses (tablemap.h: with many tables T / 64
 *             words for each of eight bytes), then O(log n) in the bucket for
 *             ranges that do not overlap, O(log n) more for each overlapping
 *             range that holds the port
 *   insert    one bucket: O(log n) nodes copied; amortised O(1) for the table
 *   memory    per line 96 bytes of node, per distinct key 80 bytes of bucket
 *             and one or two pointers of hash table (64-bit)
 *             16 to 512 kB for the bytes, if there are more than eight tables
 * T is bounded by max_tables.  Near the bound a line goes into a table whose
 * masks are wider than its own: its own cut to whole bytes, or the most
 * specific one that exists (at last one for any address and protocol).  It is
 * compared in full there: slower, never wrong.
 *
 * Concurrency.  Readers need rcu_read_lock() and nothing else.  Writers
 * (insert, remove) are serialised by the caller.  An insert or remove is one
 * step to readers; a lookup during which several lines change may have seen
 * some of the changes and not others.
 */
#ifndef _CM_CORE_CLASSIFY_H
#define _CM_CORE_CLASSIFY_H

#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "selector.h"

#define CM_PRIO_NONE U64_MAX		/* later than every line */
#define CM_CLASSIFY_TABLES 1920U	/* maximum and default of max_tables */
#define CM_CLASSIFY_MASKS 64		/* chains of tables by their masks */

/* The priority of line @line (0 is the first) of entry @entry. */
static inline u64 cm_prio(u32 entry, u32 line)
{
	return (u64)entry << 32 | line;
}

static inline u32 cm_prio_entry(u64 prio)
{
	return prio >> 32;
}

enum cm_action {
	CM_PERMIT,
	CM_DENY,
	CM_ACTIONS
};

struct cm_table;
struct cm_table_vec;

/**
 * struct cm_rule - one line, embedded in an object of the caller
 * @sel: canonical and valid selector; constant while inserted
 * @prio: cm_prio(); below CM_PRIO_NONE.  Lines may share one (an expanded
 *	object group): which of them is found is then not defined
 * @action: CM_PERMIT or CM_DENY
 * @table: private; NULL while not inserted
 *
 * The caller owns the memory and keeps it for a grace period after the
 * removal.
 */
struct cm_rule {
	struct cm_selector sel;
	u64 prio;
	enum cm_action action;
	struct cm_table *table;
};

/**
 * struct cm_classify_ops - memory of the caller
 * @alloc: @size bytes, zeroed or not, NULL when there is none; may sleep if
 *	the writer may.  Sizes go up to some MiB (kvmalloc)
 * @free: release at once; readers have never seen it
 * @free_deferred: release after a grace period.  @head is at the very start
 *	of the allocation: kvfree_rcu() of a struct whose first member it is
 */
struct cm_classify_ops {
	void *(*alloc)(size_t size);
	void (*free)(void *mem);
	void (*free_deferred)(struct rcu_head *head);
};

/**
 * struct cm_classify - a classifier
 * @ops: memory
 * @key: seed of the hash
 * @vec: per family, the tables in order of their best permit
 * @masks: per family, the tables by their masks; the writer's
 * @count: lines inserted
 * @max_tables: bound on mask combinations per family, the one of all zeros
 *	not counted
 */
struct cm_classify {
	const struct cm_classify_ops *ops;
	siphash_key_t key;
	struct cm_table_vec __rcu *vec[2];
	struct cm_table *masks[2][CM_CLASSIFY_MASKS];
	u32 count;
	u32 max_tables;
};

/* @key: random bytes, secret; @max_tables: 0 is CM_CLASSIFY_TABLES. */
void cm_classify_init(struct cm_classify *c, const struct cm_classify_ops *ops,
		      const siphash_key_t *key, u32 max_tables);

/* Free all but the lines themselves.  There are no readers any more. */
void cm_classify_destroy(struct cm_classify *c);

/**
 * cm_classify_insert() - add a line
 * @c: classifier, writer side held
 * @rule: belongs to @c until removed
 *
 * Return: 0; -EINVAL when the selector is not valid and canonical or the
 * priority is CM_PRIO_NONE; -EEXIST when the line is inserted already;
 * -ENOMEM.  After an error the same packets match the same lines as before.
 */
int cm_classify_insert(struct cm_classify *c, struct cm_rule *rule);

/* Take a line out.  Cannot fail: without memory its node stays as a dead one. */
void cm_classify_remove(struct cm_classify *c, struct cm_rule *rule);

/* A deny line that took the packet away from a permit below it in its entry. */
typedef void (*cm_denied_fn)(const struct cm_rule *deny, void *arg);

/**
 * cm_classify_lookup() - which permit line takes the packet?
 * @c: classifier, under rcu_read_lock()
 * @t: the packet
 * @floor: first priority that counts, 0 for all
 * @denied: called for each deny line that mattered; may be NULL
 * @arg: for @denied
 *
 * A fragment without ports matches permit lines as if its port were in any
 * range and deny lines only if they take all ports: in doubt, protect.
 *
 * Return: the permit line, valid until rcu_read_unlock(), or NULL.
 */
const struct cm_rule *cm_classify_lookup(const struct cm_classify *c,
					 const struct cm_tuple *t, u64 floor,
					 cm_denied_fn denied, void *arg);

/*
 * Of a classifier without deny lines, the permit line of the lowest priority
 * below @below that matches, or NULL. Otherwise as cm_classify_lookup().
 */
const struct cm_rule *cm_classify_before(const struct cm_classify *c,
					 const struct cm_tuple *t, u64 below);

/*
 * The first line of either action at or after @floor that matches: to explain
 * a decision line by line.  After a deny go on with cm_prio_after().
 */
const struct cm_rule *cm_classify_first(const struct cm_classify *c,
					const struct cm_tuple *t, u64 floor);

/* First priority of the entry after that of @prio; CM_PRIO_NONE after the last. */
static inline u64 cm_prio_after(u64 prio)
{
	u32 entry = cm_prio_entry(prio);

	return entry == U32_MAX ? CM_PRIO_NONE : cm_prio(entry + 1, 0);
}

#endif

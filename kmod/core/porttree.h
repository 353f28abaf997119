/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of one classifier bucket: same addresses, different ports.
 *
 * An AVL tree in the order of the destination range, the source range and the
 * priority.  Each node knows the bounding box of the ports and the range of
 * the priorities below it, so that a search leaves out whole subtrees.
 *
 * Nodes never change once readers can see them (but for being marked dead):
 * a writer copies the path from the root to the change and publishes the new
 * root.  A reader therefore walks one consistent tree.
 */
#ifndef _CM_CORE_PORTTREE_H
#define _CM_CORE_PORTTREE_H

#include "classify.h"

struct cm_port_node;

/**
 * struct cm_port_query - what to look for
 * @t: the packet
 * @s_lo: a line matches when its source range starts at or below this ...
 * @s_hi: ... and ends at or above this
 * @d_lo: the same for the destination range
 * @d_hi: the same for the destination range
 *
 * A known port is both bounds.  Bounds of 65535 and 0 match every range, of
 * 0 and 65535 only the full one: what permit and deny lines mean for a
 * fragment without ports.
 */
struct cm_port_query {
	const struct cm_tuple *t;
	u16 s_lo, s_hi;
	u16 d_lo, d_hi;
};

/**
 * cm_porttree_insert() - add a line
 * @ops: memory
 * @root: the tree
 * @rule: line
 * @relaxed: the bucket does not imply the line's addresses and protocol;
 *	compare them
 *
 * Return: 0 or -ENOMEM (nothing changed).
 */
int cm_porttree_insert(const struct cm_classify_ops *ops,
		       struct cm_port_node __rcu **root,
		       const struct cm_rule *rule, bool relaxed);

/*
 * Take out a line that is in the tree.  Without memory its node is marked
 * dead instead and goes with the tree.
 */
void cm_porttree_remove(const struct cm_classify_ops *ops,
			struct cm_port_node __rcu **root,
			const struct cm_rule *rule);

/*
 * Free all nodes: after a grace period if @deferred, else at once.
 * The root has been unpublished.
 */
void cm_porttree_free(const struct cm_classify_ops *ops,
		      struct cm_port_node *root, bool deferred);

/* Lowest priority in the tree, dead lines included; CM_PRIO_NONE when empty. */
u64 cm_porttree_best(const struct cm_port_node *root);

/* The matching line of the lowest priority in @floor..@below - 1, or NULL. */
const struct cm_rule *cm_porttree_search(const struct cm_port_node *root,
					 const struct cm_port_query *q,
					 u64 floor, u64 below);

#endif

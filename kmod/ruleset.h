/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of one binding: its map's entries times their lists' lines, in a
 * classifier. Configuration changes are made in the objects first and carried
 * over here, either a few rules into the live classifier or, for a
 * replacement, as a new set that is built aside and swapped in.
 *
 * All under cn->lock, but the lookup.
 */
#ifndef _CM_RULESET_H
#define _CM_RULESET_H

#include <linux/list.h>
#include <linux/workqueue.h>

#include "kmod/core/classify.h"

struct cm_bind;
struct cm_entry;
struct cm_flow;
struct cm_line;
struct cm_net;
struct netlink_ext_ack;

/**
 * struct cm_bind_rule - one line of one entry in one binding
 * @rule: for the classifier
 * @flow: of a permit line; NULL for deny
 * @hits: of the line
 * @of_set: in the rules of its set
 * @of_line: in line->rules once in use
 */
struct cm_bind_rule {
	struct cm_rule rule;
	struct cm_flow *flow;
	u64 __percpu *hits;
	struct cm_bind *bind;
	struct cm_entry *entry;
	struct cm_line *line;
	struct list_head of_set;
	struct list_head of_line;
	struct rcu_head rcu;
};

struct cm_ruleset {
	struct cm_classify classify;
	struct list_head rules;
	struct rcu_work free;
};

/* Memory for classifiers. Process context, but for what is freed. */
extern const struct cm_classify_ops cm_ruleset_mem;

/*
 * Build the rules of a binding afresh, keeping the flows whose entry number
 * and selector are still there. Not yet in use. Nothing to do when they are
 * being built already, or the binding uses those of another (share.h). 0, -ENOMEM,
 * -ENOSPC at the limit of flows; then
 * cm_ruleset_abort().
 */
int cm_ruleset_prepare(struct cm_bind *bind, struct netlink_ext_ack *extack);

/* Use, or throw away, everything prepared since. */
void cm_ruleset_commit(struct cm_net *cn);
/* All but that of @last, for which cm_ruleset_commit() follows. */
void cm_ruleset_commit_but(struct cm_net *cn, const struct cm_bind *last);
void cm_ruleset_abort(struct cm_net *cn);

/* Add one line of one entry to the rules in use, if they are its own. 0, -ENOMEM, -ENOSPC. */
int cm_ruleset_add(struct cm_bind *bind, struct cm_entry *entry,
		   struct cm_line *line);

/* Add all lines of one entry to the rules in use; some may be in after an error. */
int cm_ruleset_add_entry(struct cm_bind *bind, struct cm_entry *entry);

/* Take out the rules of a line, or of an entry with its dynamic flows, in all bindings. */
void cm_ruleset_del_line(struct cm_line *line);
void cm_ruleset_del_entry(struct cm_entry *entry);

/*
 * The rules of @old become those of @new, which has the same number and list
 * and makes flows of the same kind: see cm_entry_is_alike().
 */
void cm_ruleset_move_entry(struct cm_entry *old, struct cm_entry *new);

/* The binding goes: nothing can look it up any more. Its flows die. */
void cm_ruleset_destroy(struct cm_bind *bind);

#endif

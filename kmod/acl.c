// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "acl.h"
#include "bind.h"
#include "dynamic.h"
#include "extack.h"
#include "map.h"
#include "pernet.h"
#include "ruleset.h"
#include "stats.h"

struct cm_line *cm_lines_first(const struct cm_lines *lines, u32 seq)
{
	struct rb_node *node = lines->root.rb_node;
	struct cm_line *best = NULL;

	while (node) {
		struct cm_line *line = rb_entry(node, struct cm_line, of_acl);

		if (line->seq >= seq) {
			best = line;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

struct cm_line *cm_line_next(const struct cm_line *line)
{
	return rb_entry_safe(rb_next(&line->of_acl), struct cm_line, of_acl);
}

static struct cm_line *lines_last(const struct cm_lines *lines)
{
	return rb_entry_safe(rb_last(&lines->root), struct cm_line, of_acl);
}

static struct cm_line *line_prev(const struct cm_line *line)
{
	return rb_entry_safe(rb_prev(&line->of_acl), struct cm_line, of_acl);
}

struct cm_line *cm_line_create(u32 seq, bool permit,
			       const struct cm_selector *sel)
{
	struct cm_line *line = kzalloc(sizeof(*line), GFP_KERNEL_ACCOUNT);

	if (!line)
		return NULL;
	line->hits = alloc_percpu_gfp(u64, GFP_KERNEL_ACCOUNT);
	if (!line->hits) {
		kfree(line);
		return NULL;
	}
	line->seq = seq;
	line->permit = permit;
	line->sel = *sel;
	INIT_LIST_HEAD(&line->rules);
	return line;
}

void cm_line_free(struct cm_line *line)
{
	free_percpu(line->hits);
	kfree(line);
}

void cm_lines_free(struct cm_lines *lines)
{
	struct cm_line *line, *next;

	rbtree_postorder_for_each_entry_safe(line, next, &lines->root, of_acl)
		cm_line_free(line);
	lines->root = RB_ROOT;
	lines->count = 0;
}

static void line_free_rcu(struct rcu_head *head)
{
	cm_line_free(container_of(head, struct cm_line, rcu));
}

/*
 * A line that packets have used: its rules are out of every classifier, and
 * readers that still hold one of them (its hits, its number) are waited for.
 */
static void line_retire(struct cm_line *line)
{
	WARN_ON_ONCE(!list_empty(&line->rules));
	call_rcu(&line->rcu, line_free_rcu);
}

static void lines_retire(struct cm_lines *lines)
{
	struct cm_line *line, *next;

	rbtree_postorder_for_each_entry_safe(line, next, &lines->root, of_acl)
		line_retire(line);
	lines->root = RB_ROOT;
	lines->count = 0;
}

int cm_lines_add(struct cm_lines *lines, struct cm_line *line)
{
	struct rb_node **link = &lines->root.rb_node, *parent = NULL;

	while (*link) {
		struct cm_line *at = rb_entry(*link, struct cm_line, of_acl);

		parent = *link;
		if (line->seq == at->seq)
			return -EEXIST;
		link = line->seq < at->seq ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&line->of_acl, parent, link);
	rb_insert_color(&line->of_acl, &lines->root);
	lines->count++;
	return 0;
}

static void lines_remove(struct cm_lines *lines, struct cm_line *line)
{
	rb_erase(&line->of_acl, &lines->root);
	lines->count--;
}

static struct hlist_head *acl_bucket(struct cm_net *cn, const char *name)
{
	return &cn->acls[siphash(name, strlen(name), &cn->key) % CM_NAME_HASH];
}

struct cm_acl *cm_acl_find(struct cm_net *cn, const char *name)
{
	struct cm_acl *acl;

	lockdep_assert_held(&cn->lock);
	hlist_for_each_entry(acl, acl_bucket(cn, name), by_name)
		if (!strcmp(acl->name, name))
			return acl;
	return NULL;
}

static bool ports_are_range(const struct cm_ports *p)
{
	return p->lo != p->hi && !cm_ports_is_any(p);
}

const char *cm_line_fits(const struct cm_line *line, u8 type)
{
	const struct cm_selector *sel = &line->sel;

	if (type != CRYPTOMAP_ENTRY_T_ISAKMP || !line->permit ||
	    !cm_proto_has_ports(sel->proto))
		return NULL;
	if (!ports_are_range(&sel->sport) && !ports_are_range(&sel->dport))
		return NULL;
	return "under ipsec-isakmp no permit line has a port range: IKEv1 carries one port or none";
}

/* Do all entries that name the list put up with these lines? */
static int lines_check(const struct cm_acl *acl, const struct cm_lines *lines,
		       struct netlink_ext_ack *extack)
{
	const struct cm_entry *entry;
	const struct cm_line *line;
	const char *why;

	list_for_each_entry(entry, &acl->entries, of_acl) {
		cm_lines_for_each(line, lines) {
			why = cm_line_fits(line, entry->type);
			if (why) {
				cm_extack(extack, NULL, why);
				return -EINVAL;
			}
		}
	}
	return 0;
}

/* --- replacement: lines that stay hand on their hits --- */

static u32 line_hash(const struct cm_net *cn, const struct cm_line *line)
{
	return siphash(&line->sel, sizeof(line->sel), &cn->key) ^ line->permit;
}

static bool line_equal(const struct cm_line *a, const struct cm_line *b)
{
	return a->permit == b->permit && cm_selector_equal(&a->sel, &b->sel);
}

/* Find for each old line the new one that is equal, in the order of numbers. */
static int heirs_find(struct cm_net *cn, struct cm_lines *old,
		      const struct cm_lines *new)
{
	u32 i, size = roundup_pow_of_two(max(old->count, 1U));
	struct hlist_head *hash;
	struct cm_line *line, *heir;

	hash = kvcalloc(size, sizeof(*hash), GFP_KERNEL);
	if (!hash)
		return -ENOMEM;
	/* Added at the head, so backwards: a thousand equal lines find theirs at once. */
	for (line = lines_last(old); line; line = line_prev(line))
		hlist_add_head(&line->by_sel, &hash[line_hash(cn, line) & (size - 1)]);
	cm_lines_for_each(heir, new) {
		i = line_hash(cn, heir) & (size - 1);
		hlist_for_each_entry(line, &hash[i], by_sel)
			if (line_equal(line, heir))
				break;
		if (line) {
			hlist_del(&line->by_sel);
			line->heir = heir;
		}
	}
	kvfree(hash);
	return 0;
}

static void heirs_take(struct cm_lines *old)
{
	struct cm_line *line;

	cm_lines_for_each(line, old) {
		if (!line->heir)
			continue;
		free_percpu(line->heir->hits);
		line->heir->hits = line->hits;
		line->heir->hits_base = line->hits_base;
	}
}

/* The old lines go: what they handed on is no longer theirs. */
static void heirs_took(struct cm_lines *old)
{
	struct cm_line *line;

	cm_lines_for_each(line, old)
		if (line->heir)
			line->hits = NULL;
}

/* The old lines stay: take back, so that freeing the new ones frees nothing of theirs. */
static void heirs_undo(struct cm_lines *old)
{
	struct cm_line *line;

	cm_lines_for_each(line, old) {
		if (line->heir)
			line->heir->hits = NULL;
		line->heir = NULL;
	}
}

static int acl_replace(struct cm_acl *acl, struct cm_lines *lines,
		       struct netlink_ext_ack *extack)
{
	struct cm_lines old = acl->lines;
	struct cm_entry *entry;
	struct cm_bind *bind;
	int err;

	err = lines_check(acl, lines, extack);
	if (err)
		return err;
	err = heirs_find(acl->cn, &old, lines);
	if (err)
		return err;
	heirs_take(&old);
	acl->lines = *lines;

	list_for_each_entry(entry, &acl->entries, of_acl) {
		list_for_each_entry(bind, &entry->map->binds, of_map) {
			err = cm_ruleset_prepare(bind, extack);
			if (err)
				goto undo;
		}
	}
	cm_ruleset_commit(acl->cn);
	heirs_took(&old);
	lines_retire(&old);
	return 0;

undo:
	cm_ruleset_abort(acl->cn);
	heirs_undo(&old);
	acl->lines = old;
	return err;
}

static struct cm_acl *acl_create(struct cm_net *cn, const char *name, u8 family,
				 struct netlink_ext_ack *extack)
{
	struct cm_acl *acl = kzalloc(sizeof(*acl), GFP_KERNEL_ACCOUNT);
	int id;

	if (!acl)
		return NULL;
	id = idr_alloc_cyclic(&cn->acl_ids, acl, 1, 0, GFP_KERNEL);
	if (id < 0) {
		kfree(acl);
		return NULL;
	}
	acl->id = id;
	acl->cn = cn;
	acl->family = family;
	acl->lines.root = RB_ROOT;
	INIT_LIST_HEAD(&acl->entries);
	strscpy(acl->name, name, sizeof(acl->name));
	hlist_add_head(&acl->by_name, acl_bucket(cn, name));
	cn->usage.acls++;
	return acl;
}

static void acl_destroy(struct cm_acl *acl)
{
	struct cm_net *cn = acl->cn;

	hlist_del(&acl->by_name);
	idr_remove(&cn->acl_ids, acl->id);
	cn->usage.acls--;
	cn->usage.lines -= acl->lines.count;
	lines_retire(&acl->lines);
	kfree_rcu(acl, rcu);
}

int cm_acl_set(struct cm_net *cn, const char *name, u8 family,
	       struct cm_lines *lines, struct netlink_ext_ack *extack)
{
	struct cm_acl *acl = cm_acl_find(cn, name);
	u32 before = acl ? acl->lines.count : 0;
	int err;

	lockdep_assert_held(&cn->lock);

	if (lines->count > before &&
	    lines->count - before + cn->usage.lines > cn->limits.lines) {
		NL_SET_ERR_MSG(extack, "LIMIT_LINES is reached");
		return -ENOSPC;
	}
	if (acl) {
		if (acl->family != family && acl->refs) {
			NL_SET_ERR_MSG(extack, "ACL_FAMILY cannot change while an entry names the list");
			return -EBUSY;
		}
		err = acl_replace(acl, lines, extack);
		if (err)
			return err;
		acl->family = family;
	} else {
		acl = acl_create(cn, name, family, extack);
		if (!acl)
			return -ENOMEM;
		acl->lines = *lines;
	}
	cn->usage.lines += acl->lines.count - before;
	cm_net_changed(cn);
	return 0;
}

/* Make @line count in every binding of every entry that names its list. */
static int line_enter(struct cm_acl *acl, struct cm_line *line)
{
	struct cm_entry *entry;
	struct cm_bind *bind;
	int err;

	list_for_each_entry(entry, &acl->entries, of_acl) {
		list_for_each_entry(bind, &entry->map->binds, of_map) {
			err = cm_ruleset_add(bind, entry, line);
			if (err) {
				cm_ruleset_del_line(line);
				return err;
			}
		}
	}
	return 0;
}

/*
 * Permit lines enter before deny lines: while this runs more is protected
 * than asked for, never less.
 */
static int lines_enter(struct cm_acl *acl, const struct cm_lines *lines)
{
	static const bool order[] = { true, false };
	struct cm_line *line, *undo;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		cm_lines_for_each(line, lines) {
			if (line->permit != order[i])
				continue;
			err = line_enter(acl, line);
			if (err)
				goto undo;
		}
	}
	return 0;

undo:
	cm_lines_for_each(undo, lines)
		cm_ruleset_del_line(undo);
	return err;
}

int cm_acl_add_lines(struct cm_acl *acl, struct cm_lines *lines,
		     struct netlink_ext_ack *extack)
{
	struct cm_net *cn = acl->cn;
	struct cm_line *line;
	int err;

	lockdep_assert_held(&cn->lock);

	if (lines->count + cn->usage.lines > cn->limits.lines) {
		NL_SET_ERR_MSG(extack, "LIMIT_LINES is reached");
		return -ENOSPC;
	}
	err = lines_check(acl, lines, extack);
	if (err)
		return err;
	cm_lines_for_each(line, lines) {
		const struct cm_line *at = cm_lines_first(&acl->lines, line->seq);

		if (at && at->seq == line->seq) {
			NL_SET_ERR_MSG(extack, "LINE_SEQ: the list has a line of this number");
			return -EEXIST;
		}
	}
	err = lines_enter(acl, lines);
	if (err) {
		/* Packets may have met them, so wait for those. */
		lines_retire(lines);
		cm_extack_rules(extack, err);
		return err;
	}

	cn->usage.lines += lines->count;
	while ((line = cm_lines_first(lines, 0))) {
		lines_remove(lines, line);
		cm_lines_add(&acl->lines, line);
	}
	cm_dynamic_acl_changed(acl);
	cm_net_changed(cn);
	return 0;
}

void cm_acl_del_line(struct cm_acl *acl, struct cm_line *line)
{
	lockdep_assert_held(&acl->cn->lock);

	cm_ruleset_del_line(line);
	lines_remove(&acl->lines, line);
	acl->cn->usage.lines--;
	line_retire(line);
	cm_dynamic_acl_changed(acl);
	cm_net_changed(acl->cn);
}

int cm_acl_del(struct cm_acl *acl, struct netlink_ext_ack *extack)
{
	struct cm_net *cn = acl->cn;

	lockdep_assert_held(&cn->lock);

	if (acl->refs) {
		NL_SET_ERR_MSG(extack, "the list is named by a map entry");
		return -EBUSY;
	}
	acl_destroy(acl);
	cm_net_changed(cn);
	return 0;
}

void cm_acl_reset(struct cm_acl *acl)
{
	struct cm_line *line;

	lockdep_assert_held(&acl->cn->lock);
	cm_lines_for_each(line, &acl->lines)
		line->hits_base = cm_stats_hits_sum(line->hits);
}

void cm_acl_net_exit(struct cm_net *cn)
{
	struct cm_acl *acl;
	int id;

	idr_for_each_entry(&cn->acl_ids, acl, id)
		acl_destroy(acl);
}

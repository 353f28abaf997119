// SPDX-License-Identifier: GPL-2.0
#include <linux/siphash.h>
#include <linux/slab.h>

#include "acl.h"
#include "bind.h"
#include "extack.h"
#include "map.h"
#include "pernet.h"
#include "ruleset.h"
#include "share.h"

struct cm_entry *cm_entries_first(const struct cm_entries *entries, u32 seq)
{
	struct rb_node *node = entries->root.rb_node;
	struct cm_entry *best = NULL;

	while (node) {
		struct cm_entry *entry = rb_entry(node, struct cm_entry, of_map);

		if (entry->seq >= seq) {
			best = entry;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

struct cm_entry *cm_entry_next(const struct cm_entry *entry)
{
	return rb_entry_safe(rb_next(&entry->of_map), struct cm_entry, of_map);
}

int cm_entries_add(struct cm_entries *entries, struct cm_entry *entry)
{
	struct rb_node **link = &entries->root.rb_node, *parent = NULL;

	while (*link) {
		struct cm_entry *at = rb_entry(*link, struct cm_entry, of_map);

		parent = *link;
		if (entry->seq == at->seq)
			return -EEXIST;
		link = entry->seq < at->seq ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&entry->of_map, parent, link);
	rb_insert_color(&entry->of_map, &entries->root);
	entries->count++;
	return 0;
}

static void entries_remove(struct cm_entries *entries, struct cm_entry *entry)
{
	rb_erase(&entry->of_map, &entries->root);
	entries->count--;
}

void cm_entries_free(struct cm_entries *entries)
{
	struct cm_entry *entry, *next;

	rbtree_postorder_for_each_entry_safe(entry, next, &entries->root, of_map)
		kfree(entry);
	entries->root = RB_ROOT;
	entries->count = 0;
}

static struct hlist_head *map_bucket(struct cm_net *cn, const char *name)
{
	return &cn->maps[siphash(name, strlen(name), &cn->key) % CM_NAME_HASH];
}

struct cm_map *cm_map_find(struct cm_net *cn, const char *name)
{
	struct cm_map *map;

	lockdep_assert_held(&cn->lock);
	hlist_for_each_entry(map, map_bucket(cn, name), by_name)
		if (!strcmp(map->name, name))
			return map;
	return NULL;
}

/* An entry starts and stops being counted by its list. */
static void entry_link(struct cm_map *map, struct cm_entry *entry)
{
	entry->map = map;
	if (entry->acl) {
		list_add_tail(&entry->of_acl, &entry->acl->entries);
		entry->acl->refs++;
	}
}

static void entry_unlink(struct cm_entry *entry)
{
	if (entry->acl) {
		list_del(&entry->of_acl);
		entry->acl->refs--;
	}
}

static void entries_link(struct cm_map *map, struct cm_entries *entries)
{
	struct cm_entry *entry;

	cm_entries_for_each(entry, entries)
		entry_link(map, entry);
}

static void entries_unlink(struct cm_entries *entries)
{
	struct cm_entry *entry;

	cm_entries_for_each(entry, entries)
		entry_unlink(entry);
}

/*
 * An entry that packets may have seen through a flow: events read its peers
 * and cookie under RCU, so wait for those.
 */
static void entries_retire(struct cm_entries *entries)
{
	struct cm_entry *entry, *next;

	rbtree_postorder_for_each_entry_safe(entry, next, &entries->root, of_map)
		kfree_rcu(entry, rcu);
	entries->root = RB_ROOT;
	entries->count = 0;
}

static int entry_check(const struct cm_entry *entry,
		       struct netlink_ext_ack *extack)
{
	const struct cm_line *line;
	const char *why;

	if (!entry->acl)
		return 0;
	cm_lines_for_each(line, &entry->acl->lines) {
		why = cm_line_fits(line, entry->type);
		if (why) {
			cm_extack(extack, NULL, why);
			return -EINVAL;
		}
	}
	return 0;
}

static int map_prepare(struct cm_map *map, struct netlink_ext_ack *extack)
{
	struct cm_bind *bind;
	int err;

	list_for_each_entry(bind, &map->binds, of_map) {
		err = cm_ruleset_prepare(bind, extack);
		if (err)
			return err;
	}
	return 0;
}

static void set_local_if(struct cm_map *map, const char *local_if)
{
	strscpy(map->local_if, local_if ?: "", sizeof(map->local_if));
}

static int map_replace(struct cm_map *map, const char *local_if,
		       struct cm_entries *entries, struct netlink_ext_ack *extack)
{
	struct cm_entries old = map->entries;
	char old_if[IFNAMSIZ];
	int err;

	strscpy(old_if, map->local_if, sizeof(old_if));
	set_local_if(map, local_if);
	entries_unlink(&old);
	entries_link(map, entries);
	map->entries = *entries;
	err = map_prepare(map, extack);
	if (err) {
		cm_ruleset_abort(map->cn);
		entries_unlink(entries);
		entries_link(map, &old);
		map->entries = old;
		set_local_if(map, old_if);
		return err;
	}
	cm_ruleset_commit(map->cn);
	cm_share_settle(map);
	entries_retire(&old);
	return 0;
}

static struct cm_map *map_create(struct cm_net *cn, const char *name)
{
	struct cm_map *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	int id;

	if (!map)
		return NULL;
	id = idr_alloc_cyclic(&cn->map_ids, map, 1, 0, GFP_KERNEL);
	if (id < 0) {
		kfree(map);
		return NULL;
	}
	map->id = id;
	map->cn = cn;
	map->entries.root = RB_ROOT;
	INIT_LIST_HEAD(&map->binds);
	strscpy(map->name, name, sizeof(map->name));
	hlist_add_head(&map->by_name, map_bucket(cn, name));
	cn->usage.maps++;
	return map;
}

static void map_destroy(struct cm_map *map)
{
	struct cm_net *cn = map->cn;

	entries_unlink(&map->entries);
	entries_retire(&map->entries);
	hlist_del(&map->by_name);
	idr_remove(&cn->map_ids, map->id);
	cn->usage.maps--;
	kfree_rcu(map, rcu);
}

int cm_map_set(struct cm_net *cn, const char *name, const char *local_if,
	       struct cm_entries *entries, struct netlink_ext_ack *extack)
{
	struct cm_map *map = cm_map_find(cn, name);
	struct cm_entry *entry;
	int err;

	lockdep_assert_held(&cn->lock);

	cm_entries_for_each(entry, entries) {
		err = entry_check(entry, extack);
		if (err)
			return err;
	}
	if (map) {
		err = map_replace(map, local_if, entries, extack);
		if (err)
			return err;
	} else {
		map = map_create(cn, name);
		if (!map)
			return -ENOMEM;
		entries_link(map, entries);
		map->entries = *entries;
		set_local_if(map, local_if);
	}
	cm_net_changed(cn);
	return 0;
}

/* A new number: only its own lines enter the classifiers. */
static int map_add_entry(struct cm_map *map, struct cm_entry *entry,
			 struct netlink_ext_ack *extack)
{
	struct cm_bind *bind;
	int err = 0;

	entry_link(map, entry);
	list_for_each_entry(bind, &map->binds, of_map) {
		err = cm_ruleset_add_entry(bind, entry);
		if (err)
			break;
	}
	if (err) {
		cm_ruleset_del_entry(entry);
		entry_unlink(entry);
		cm_extack_rules(extack, err);
		return err;
	}
	cm_entries_add(&map->entries, entry);
	return 0;
}

static int map_replace_entry(struct cm_map *map, struct cm_entry *old,
			     struct cm_entry *new, struct netlink_ext_ack *extack)
{
	int err;

	entry_unlink(old);
	entry_link(map, new);
	rb_replace_node(&old->of_map, &new->of_map, &map->entries.root);
	if (old->acl == new->acl && cm_entry_is_alike(old, new)) {
		/* The rules stay as they are. */
		cm_ruleset_move_entry(old, new);
		kfree_rcu(old, rcu);
		return 0;
	}
	err = map_prepare(map, extack);
	if (err) {
		cm_ruleset_abort(map->cn);
		rb_replace_node(&new->of_map, &old->of_map, &map->entries.root);
		entry_unlink(new);
		entry_link(map, old);
		return err;
	}
	cm_ruleset_commit(map->cn);
	kfree_rcu(old, rcu);
	return 0;
}

int cm_map_set_entry(struct cm_map *map, struct cm_entry *entry,
		     struct netlink_ext_ack *extack)
{
	struct cm_entry *old = cm_entries_first(&map->entries, entry->seq);
	int err;

	lockdep_assert_held(&map->cn->lock);

	err = entry_check(entry, extack);
	if (err)
		return err;
	if (old && old->seq == entry->seq)
		err = map_replace_entry(map, old, entry, extack);
	else
		err = map_add_entry(map, entry, extack);
	if (!err)
		cm_net_changed(map->cn);
	return err;
}

void cm_map_del_entry(struct cm_map *map, struct cm_entry *entry)
{
	lockdep_assert_held(&map->cn->lock);

	cm_ruleset_del_entry(entry);
	entries_remove(&map->entries, entry);
	entry_unlink(entry);
	kfree_rcu(entry, rcu);
	cm_net_changed(map->cn);
}

int cm_map_del(struct cm_map *map, struct netlink_ext_ack *extack)
{
	struct cm_net *cn = map->cn;

	lockdep_assert_held(&cn->lock);

	if (map->bind_count) {
		NL_SET_ERR_MSG(extack, "the map is bound to an interface");
		return -EBUSY;
	}
	map_destroy(map);
	cm_net_changed(cn);
	return 0;
}

void cm_map_net_exit(struct cm_net *cn)
{
	struct cm_map *map;
	int id;

	idr_for_each_entry(&cn->map_ids, map, id)
		map_destroy(map);
}

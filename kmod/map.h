/* SPDX-License-Identifier: GPL-2.0 */
/* Crypto maps: named, ordered entries. All under cn->lock. */
#ifndef _CM_MAP_H
#define _CM_MAP_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>

#include <linux/cryptomap.h>

#include "kmod/core/tuple.h"

struct cm_acl;
struct cm_map;
struct cm_net;

struct cm_peer {
	union cm_addr addr;
	u8 family;
};

/**
 * struct cm_entry - one entry; replaced as a whole, never changed
 *
 * Readable under RCU while a flow points to it, with @map and @acl.
 *
 * @of_map: in its map, by @seq
 * @of_acl: in acl->entries while it belongs to a map
 * @acl: its list, or NULL: it has no lines
 * @level: enum cryptomap_level
 */
struct cm_entry {
	struct rb_node of_map;
	struct list_head of_acl;
	struct cm_map *map;
	struct cm_acl *acl;
	u32 seq;
	u8 type;
	u8 level;
	u8 npeers;
	u64 cookie;
	struct cm_peer peers[CRYPTOMAP_PEERS_MAX];
	struct rcu_head rcu;
};

struct cm_entries {
	struct rb_root root;
	u32 count;
};

/**
 * struct cm_map - a crypto map
 * @name: constant, readable under RCU too
 * @local_if: interface whose address is used outside; "" = the bound one. With one,
 *	its bindings share their SAs: see share.h
 * @binds: its bindings
 * @bind_count: their number
 */
struct cm_map {
	struct hlist_node by_name;
	char name[CRYPTOMAP_NAME_MAX + 1];
	char local_if[IFNAMSIZ];
	u32 id;
	struct cm_net *cn;
	struct cm_entries entries;
	struct list_head binds;
	u32 bind_count;
	struct rcu_head rcu;
};

/* Are the lines of both, of one number, served by flows of one kind? */
static inline bool cm_entry_is_alike(const struct cm_entry *a,
				     const struct cm_entry *b)
{
	return a->seq == b->seq && a->level == b->level &&
	       (a->type == CRYPTOMAP_ENTRY_T_DYNAMIC) ==
	       (b->type == CRYPTOMAP_ENTRY_T_DYNAMIC);
}

#define cm_entries_for_each(entry, entries) \
	for (entry = cm_entries_first(entries, 0); entry; \
	     entry = cm_entry_next(entry))

/* The first entry numbered @seq or more, or NULL. */
struct cm_entry *cm_entries_first(const struct cm_entries *entries, u32 seq);
struct cm_entry *cm_entry_next(const struct cm_entry *entry);

/* Sort an entry in; -EEXIST when its number is taken. */
int cm_entries_add(struct cm_entries *entries, struct cm_entry *entry);

/* Free entries that belong to no map. */
void cm_entries_free(struct cm_entries *entries);

struct cm_map *cm_map_find(struct cm_net *cn, const char *name);

/*
 * Replace the entries of a map, creating it where it is not: its bindings
 * follow atomically. @entries is taken over on success. @local_if may be NULL.
 */
int cm_map_set(struct cm_net *cn, const char *name, const char *local_if,
	       struct cm_entries *entries, struct netlink_ext_ack *extack);

/* Add an entry, or replace the one of its number. Taken over on success. */
int cm_map_set_entry(struct cm_map *map, struct cm_entry *entry,
		     struct netlink_ext_ack *extack);

void cm_map_del_entry(struct cm_map *map, struct cm_entry *entry);

/* -EBUSY while bound. */
int cm_map_del(struct cm_map *map, struct netlink_ext_ack *extack);

void cm_map_net_exit(struct cm_net *cn);

#endif

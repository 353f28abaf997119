/* SPDX-License-Identifier: GPL-2.0 */
/* Access lists: named, ordered lines. All under cn->lock, but see struct cm_line. */
#ifndef _CM_ACL_H
#define _CM_ACL_H

#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>

#include <linux/cryptomap.h>

#include "kmod/core/selector.h"

struct cm_net;

/**
 * struct cm_line - one line
 * @of_acl: in its list, by @seq
 * @seq: number; a flow's readers see it under RCU
 * @permit: or deny
 * @sel: what it matches, protected side as source; constant
 * @hits: packets that it decided, per CPU; handed on to an equal line when
 *	the list is replaced
 * @hits_base: their sum at the last reset
 * @rules: the rules made of it, one for each binding and entry
 * @heir: while a list is being replaced: the new line that gets @hits
 * @by_sel: likewise, in a hash of the old lines
 */
struct cm_line {
	struct rb_node of_acl;
	u32 seq;
	bool permit;
	struct cm_selector sel;
	u64 __percpu *hits;
	u64 hits_base;
	struct list_head rules;
	struct cm_line *heir;
	struct hlist_node by_sel;
	struct rcu_head rcu;
};

/* Lines in the order of their numbers. */
struct cm_lines {
	struct rb_root root;
	u32 count;
};

/**
 * struct cm_acl - an access list
 * @name: constant, readable under RCU too
 * @family: AF_INET or AF_INET6
 * @id: for dumps
 * @lines: lines
 * @entries: map entries that name it
 * @refs: their number
 */
struct cm_acl {
	struct hlist_node by_name;
	char name[CRYPTOMAP_NAME_MAX + 1];
	u8 family;
	u32 id;
	struct cm_net *cn;
	struct cm_lines lines;
	struct list_head entries;
	u32 refs;
	struct rcu_head rcu;
};

#define cm_lines_for_each(line, lines) \
	for (line = cm_lines_first(lines, 0); line; line = cm_line_next(line))

/* The first line numbered @seq or more, or NULL. */
struct cm_line *cm_lines_first(const struct cm_lines *lines, u32 seq);
struct cm_line *cm_line_next(const struct cm_line *line);

/* A line of no list, with hits: NULL when there is no memory. */
struct cm_line *cm_line_create(u32 seq, bool permit,
			       const struct cm_selector *sel);

/* Sort a line in; -EEXIST when its number is taken. */
int cm_lines_add(struct cm_lines *lines, struct cm_line *line);

/* Free a line that no packet has ever seen. */
void cm_line_free(struct cm_line *line);
void cm_lines_free(struct cm_lines *lines);

struct cm_acl *cm_acl_find(struct cm_net *cn, const char *name);

/*
 * Replace the lines of a list, creating it where it is not: bindings that use
 * it follow atomically. @lines is taken over on success.
 */
int cm_acl_set(struct cm_net *cn, const char *name, u8 family,
	       struct cm_lines *lines, struct netlink_ext_ack *extack);

/* Add the lines to the list, all or none. @lines is taken over on success. */
int cm_acl_add_lines(struct cm_acl *acl, struct cm_lines *lines,
		     struct netlink_ext_ack *extack);

/* Take out one line. */
void cm_acl_del_line(struct cm_acl *acl, struct cm_line *line);

/* -EBUSY while an entry names it. */
int cm_acl_del(struct cm_acl *acl, struct netlink_ext_ack *extack);

/* Hits start again from zero. */
void cm_acl_reset(struct cm_acl *acl);

/*
 * May an entry of @type use the line? IKEv1 carries one port or none, so
 * permit lines under ipsec-isakmp have no ranges. Return: NULL or why not.
 */
const char *cm_line_fits(const struct cm_line *line, u8 type);

void cm_acl_net_exit(struct cm_net *cn);

#endif

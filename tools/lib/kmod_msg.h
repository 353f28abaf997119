/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of the contract to and from netlink attributes, by tables. */
#ifndef TOOLS_LIB_KMOD_MSG_H
#define TOOLS_LIB_KMOD_MSG_H

#include <netlink/msg.h>
#include <netlink/attr.h>

#include "tools/lib/kmod_object.h"

/* X(noun, top-level attribute): one object each. */
#define KMOD_OBJECTS(X)		\
	X(info, INFO)		\
	X(limits, LIMITS)	\
	X(acl, ACL)		\
	X(line, LINE)		\
	X(map, MAP)		\
	X(entry, ENTRY)		\
	X(binding, BIND)	\
	X(flow, FLOW)		\
	X(sa, SA)		\
	X(sock, SOCK)		\
	X(counter, COUNTER)	\
	X(tomb, TOMB)		\
	X(filter, FILTER)	\
	X(notice, EVENT)	\
	X(alg, ALG)

struct kmod_table;

#define X(noun, ATTR) extern const struct kmod_table kmod_table_##noun;
KMOD_OBJECTS(X)
X(sel, unused)
#undef X

/*
 * Append an object as the nest @attr: those of its fields whose bit is set.
 * 0, or -EMSGSIZE when the message is full or a field is out of its bounds.
 */
int kmod_msg_put(struct nl_msg *msg, int attr, const struct kmod_table *table,
		 const void *obj);

/*
 * Read the nest @nla into @obj (cleared first).  Attributes that this table
 * does not know are skipped: a newer kernel may tell more.  -EBADMSG when a
 * known one has a wrong length.
 */
int kmod_msg_get(const struct nlattr *nla, const struct kmod_table *table,
		 void *obj);

/* Find the top-level attribute and read it; -ENOENT when it is absent. */
int kmod_msg_find(struct nlmsghdr *nlh, int attr,
		  const struct kmod_table *table, void *obj);

#endif

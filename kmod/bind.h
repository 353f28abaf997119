/* SPDX-License-Identifier: GPL-2.0 */
/* A binding: a map attached to an interface name, with its rules made ready for packets. */
#ifndef _CM_BIND_H
#define _CM_BIND_H

#include <linux/if.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>

#include "kmod/core/classify.h"
#include "kmod/core/tuple.h"

struct cm_flow;
struct cm_guard;
struct cm_management;
struct cm_map;
struct cm_net;
struct cm_ruleset;

#define CM_BIND_DF_SA 0xff	/* as each SA has it */

/**
 * struct cm_bind_dynamic - the dynamic flows of a binding
 * @classify: selectors of those under dynamic entries; readers under RCU
 * @flows: all of them, those split off included; cn->lock
 */
struct cm_bind_dynamic {
	struct cm_classify classify;
	struct list_head flows;
};

/**
 * struct cm_bind_options - how a binding treats what it protects
 * @mss: for mss.c: bytes, CRYPTOMAP_MSS_AUTO, or 0 = no clamp
 * @flags: CRYPTOMAP_BIND_F_*
 * @mark_out: mark of outer packets, 0 = as the inner one
 * @mark_in: mark of decrypted packets, 0 = none
 * @df: for pmtu.c: enum cryptomap_df, or CM_BIND_DF_SA
 * @frag: for pmtu.c: enum cryptomap_frag
 * @management: for management.c: name of an interface, or NULL; only to set it
 */
struct cm_bind_options {
	u32 mss;
	u32 flags;
	u32 mark_out;
	u32 mark_in;
	u8 df;
	u8 frag;
	const char *management;
};

/**
 * struct cm_bind - a binding
 * @owner: whose rules and flows its packets use, RCU: itself, or see share.h
 * @rules: the rules, RCU; of an owner never NULL while packets can find it
 * @dev: the interface, RCU; NULL while there is none of this name
 * @cn: namespace
 * @management: what it opens to its peers, RCU; NULL: everything
 * @guard: what guard.c keeps for it
 * @id: for dumps
 * @ifname: name of the interface
 * @by_dev: in cn->binds_dev while @dev is set, RCU
 * @of_map: in the map's list; cn->lock
 * @map: the map; cn->lock
 * @flows: its flows, of lines; cn->lock
 * @dynamic: its other flows; of dynamic.c
 * @stamp: of its rules and dynamic selectors, see recent.h
 * @flow_count: the number of both
 * @state: enum cryptomap_bind_state; cn->lock
 * @tunnel: it is a tunnel interface, see tunnel.h; constant while @dev is set
 * @shared: it is the owner for others, too
 * @opt: its options; written under cn->lock
 * @clamped: SYNs that it changed
 * @next: rules being built, cn->lock
 * @building: in cn->building meanwhile
 * @dev_tracker: for the reference to @dev
 */
struct cm_bind {
	struct cm_bind __rcu *owner;
	struct cm_ruleset __rcu *rules;
	struct net_device __rcu *dev;
	struct cm_management __rcu *management;
	struct cm_net *cn;
	struct cm_guard *guard;
	u32 id;
	char ifname[IFNAMSIZ];
	struct hlist_node by_dev;
	struct list_head of_map;
	struct cm_map *map;
	struct list_head flows;
	struct cm_bind_dynamic dynamic;
	u64 stamp;
	u32 flow_count;
	u8 state;
	bool tunnel;
	bool shared;
	struct cm_bind_options opt;
	atomic64_t clamped;
	struct cm_ruleset *next;
	struct list_head building;
	netdevice_tracker dev_tracker;
	struct kref ref;
	struct rcu_head rcu;
};

/*
 * The binding of an interface, or NULL. The result, its device, rules and
 * flows stay valid until rcu_read_unlock().
 */
struct cm_bind *cm_bind_find_rcu(struct cm_net *cn, const struct net_device *dev);

/**
 * cm_bind_classify() - which flow does the packet belong to?
 * @bind: binding, under rcu_read_lock()
 * @t: the packet
 * @mirrored: it comes from the peer's side: the lists are read backwards
 *
 * First match by entry, then by line; a deny line sends the packet on to the
 * next entry. The selectors of dynamic flows come before the lines of their
 * entry. Counts the hits of the lines that decided.
 *
 * Return: the flow, valid until rcu_read_unlock(), or NULL: clear text.
 */
struct cm_flow *cm_bind_classify(struct cm_bind *bind, const struct cm_tuple *t,
				 bool mirrored);

/* The same, counting nothing: for a second look at a packet already counted. */
struct cm_flow *cm_bind_peek(struct cm_bind *bind, const struct cm_tuple *t,
			     bool mirrored);

static inline void cm_bind_get(struct cm_bind *bind)
{
	kref_get(&bind->ref);
}

/* Any context. */
void cm_bind_put(struct cm_bind *bind);

/* --- configuration: cn->lock held, and RTNL where it says so --- */

struct cm_bind *cm_bind_find(struct cm_net *cn, const char *ifname);

/*
 * Attach @map to @ifname, replacing what is there; flows of equal entries and
 * lines survive. RTNL held.
 */
int cm_bind_set(struct cm_net *cn, const char *ifname, struct cm_map *map,
		const struct cm_bind_options *opt,
		struct netlink_ext_ack *extack);

/*
 * RTNL held. An error only when another binding could not get rules of its own
 * that used those of @bind; then all is as before.
 */
int cm_bind_del(struct cm_bind *bind, struct netlink_ext_ack *extack);

/* All bindings of the namespace, at its end. RTNL held. */
void cm_bind_net_exit(struct cm_net *cn);

/* Follow interfaces as they come, go, and change their names. */
int cm_bind_register(void);
void cm_bind_unregister(void);

#endif

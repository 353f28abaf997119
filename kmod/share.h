/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who uses whose rules. The SAs of a map with "local-address" are from an address
 * that belongs to none of its interfaces: its bindings share them, and all that leads
 * to them. Rules and flows are those of the first binding, the owner; packets of the
 * others use them, too. So one pair of SAs serves all ways to a peer, and goes on when
 * routes change.
 *
 * Under cn->lock, but cm_share_arrival().
 */
#ifndef _CM_SHARE_H
#define _CM_SHARE_H

struct cm_bind;
struct cm_map;
struct net_device;
struct netlink_ext_ack;

/* Does it need rules of its own, by the map as it is now? */
bool cm_share_is_owner(const struct cm_bind *bind);

/* Whose rules do its packets use? */
struct cm_bind *cm_share_owner(const struct cm_bind *bind);

/*
 * The bindings of @map have changed: prepare rules for those that become owners.
 * As cm_ruleset_prepare().
 */
int cm_share_prepare(struct cm_map *map, struct netlink_ext_ack *extack);

/*
 * All rules are committed: packets use those of the owners from now on. Bindings
 * that own none any more lose theirs, with their flows and SAs. May sleep.
 */
void cm_share_settle(struct cm_map *map);

/*
 * Where a decrypted packet arrives: on the interface that the encrypted one came by,
 * index @iif, if that one shares the SAs of @owner; else on the owner's, or another
 * that is up. NULL: none is.
 * Under rcu_read_lock().
 */
struct net_device *cm_share_arrival(const struct cm_bind *owner, int iif);

#endif

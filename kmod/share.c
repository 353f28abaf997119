// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>

#include "bind.h"
#include "map.h"
#include "pernet.h"
#include "ruleset.h"
#include "share.h"

static struct cm_bind *first_of(const struct cm_map *map)
{
	return list_first_entry(&map->binds, struct cm_bind, of_map);
}

bool cm_share_is_owner(const struct cm_bind *bind)
{
	return !bind->map->local_if[0] || bind == first_of(bind->map);
}

struct cm_bind *cm_share_owner(const struct cm_bind *bind)
{
	return rcu_dereference_protected(bind->owner,
					 lockdep_is_held(&bind->cn->lock));
}

int cm_share_prepare(struct cm_map *map, struct netlink_ext_ack *extack)
{
	struct cm_bind *bind;
	int err;

	list_for_each_entry(bind, &map->binds, of_map) {
		if (cm_share_owner(bind) == bind || !cm_share_is_owner(bind))
			continue;
		err = cm_ruleset_prepare(bind, extack);
		if (err)
			return err;
	}
	return 0;
}

/*
 * A packet that found the rules of a binding as its own is inside rcu_read_lock():
 * without rules it would leave in clear. So they go a grace period after.
 */
void cm_share_settle(struct cm_map *map)
{
	struct cm_bind *bind, *owner;
	bool moved = false;

	list_for_each_entry(bind, &map->binds, of_map) {
		owner = cm_share_is_owner(bind) ? bind : first_of(map);
		WRITE_ONCE(bind->shared, map->local_if[0] && owner == bind &&
			   map->bind_count > 1);
		if (cm_share_owner(bind) == owner)
			continue;
		rcu_assign_pointer(bind->owner, owner);
		moved = true;
	}
	if (!moved)
		return;
	synchronize_rcu();
	list_for_each_entry(bind, &map->binds, of_map)
		if (cm_share_owner(bind) != bind)
			cm_ruleset_destroy(bind);
}

static bool is_up(const struct net_device *dev)
{
	return dev && dev->flags & IFF_UP;
}

static struct net_device *find_up(const struct cm_bind *owner)
{
	struct net_device *dev;
	struct cm_bind *bind;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(owner->cn->binds_dev); i++) {
		hlist_for_each_entry_rcu(bind, &owner->cn->binds_dev[i], by_dev) {
			dev = rcu_dereference(bind->dev);
			if (is_up(dev) && rcu_access_pointer(bind->owner) == owner)
				return dev;
		}
	}
	return NULL;
}

struct net_device *cm_share_arrival(const struct cm_bind *owner, int iif)
{
	struct net_device *dev = dev_get_by_index_rcu(owner->cn->net, iif);
	struct cm_bind *bind = dev ? cm_bind_find_rcu(owner->cn, dev) : NULL;

	if (bind && rcu_access_pointer(bind->owner) == owner)
		return dev;
	dev = rcu_dereference(owner->dev);
	return likely(is_up(dev)) ? dev : find_up(owner);
}

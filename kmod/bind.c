// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include <linux/cryptomap.h>

#include "bind.h"
#include "bypass.h"
#include "dynamic.h"
#include "esp.h"
#include "event.h"
#include "flow.h"
#include "guard.h"
#include "management.h"
#include "map.h"
#include "pernet.h"
#include "queue.h"
#include "recent.h"
#include "ruleset.h"
#include "sa.h"
#include "share.h"
#include "tunnel.h"

/* --- packets --- */

static struct hlist_head *dev_bucket(struct cm_net *cn,
				     const struct net_device *dev)
{
	return &cn->binds_dev[dev->ifindex % CM_DEV_HASH];
}

struct cm_bind *cm_bind_find_rcu(struct cm_net *cn, const struct net_device *dev)
{
	struct cm_bind *bind;

	hlist_for_each_entry_rcu(bind, dev_bucket(cn, dev), by_dev)
		if (rcu_access_pointer(bind->dev) == dev)
			return bind;
	return NULL;
}

static void count_deny(const struct cm_rule *rule, void *denied)
{
	const struct cm_bind_rule *deny;

	deny = container_of(rule, struct cm_bind_rule, rule);
	this_cpu_inc(*deny->hits);
	*(bool *)denied = true;
}

/* @denied: set if deny lines mattered, which then have been counted; or NULL. */
static struct cm_recent find(const struct cm_bind *owner, const struct cm_tuple *t,
			     bool mirrored, bool *denied)
{
	const struct cm_ruleset *set = rcu_dereference(owner->rules);
	struct cm_recent found = {};
	const struct cm_rule *rule;
	struct cm_tuple mirror;

	if (!set)
		return found;
	if (mirrored) {
		cm_tuple_reverse(&mirror, t);
		t = &mirror;
	}
	rule = cm_classify_lookup(&set->classify, t, 0,
				  denied ? count_deny : NULL, denied);
	found.flow = cm_dynamic_classify(owner, t,
					 rule ? cm_prio_after(rule->prio) :
						CM_PRIO_NONE);
	if (found.flow || !rule)
		return found;
	found.line = container_of(rule, struct cm_bind_rule, rule);
	found.flow = found.line->flow;
	return found;
}

struct cm_flow *cm_bind_classify(struct cm_bind *bind, const struct cm_tuple *t,
				 bool mirrored)
{
	const struct cm_bind *owner = rcu_dereference(bind->owner);
	struct cm_recent_key key;
	struct cm_recent found;
	bool denied = false;

	cm_recent_key(&key, cm_recent_stamp(&owner->stamp), t, mirrored);
	if (!cm_recent_lookup(&key, &found)) {
		found = find(owner, t, mirrored, &denied);
		/* Those lines must be counted again for the next packet. */
		if (!denied)
			cm_recent_store(&key, &found);
	}
	if (found.line)
		this_cpu_inc(*found.line->hits);
	return found.flow;
}

struct cm_flow *cm_bind_peek(struct cm_bind *bind, const struct cm_tuple *t,
			     bool mirrored)
{
	return find(rcu_dereference(bind->owner), t, mirrored, NULL).flow;
}

/* --- the interface comes and goes --- */

static struct net_device *bind_dev(struct cm_bind *bind)
{
	return rcu_dereference_protected(bind->dev,
					 lockdep_is_held(&bind->cn->lock));
}

static u8 state_of(const struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return CRYPTOMAP_BIND_DOWN;
	return netif_carrier_ok(dev) ? CRYPTOMAP_BIND_UP :
				       CRYPTOMAP_BIND_NO_CARRIER;
}

/* Listeners hear of the end of being up, and of its beginning (F-066). */
static void bind_set_state(struct cm_bind *bind, u8 state)
{
	bool was_up = bind->state == CRYPTOMAP_BIND_UP;
	bool is_up = state == CRYPTOMAP_BIND_UP;

	bind->state = state;
	if (was_up != is_up)
		cm_event_bind(bind, is_up);
}

static int bind_attach(struct cm_bind *bind, struct net_device *dev)
{
	int err;

	netdev_hold(dev, &bind->dev_tracker, GFP_KERNEL);
	WRITE_ONCE(bind->tunnel, cm_tunnel_is(dev));
	rcu_assign_pointer(bind->dev, dev);
	err = cm_bind_attached(bind, dev);
	if (err) {
		RCU_INIT_POINTER(bind->dev, NULL);
		synchronize_net();
		netdev_put(dev, &bind->dev_tracker);
		return err;
	}
	hlist_add_head_rcu(&bind->by_dev, dev_bucket(bind->cn, dev));
	bind_set_state(bind, state_of(dev));
	cm_tunnel_refit(bind);
	return 0;
}

/*
 * After the grace period no packet holds the device through the binding, so
 * that the reference can go; nor does one stand on @by_dev, so that it can
 * enter another bucket when the interface comes back; nor can one still start
 * to wait for an SA, so that all that wait are dropped.
 */
static void bind_detach(struct cm_bind *bind)
{
	struct net_device *dev = bind_dev(bind);
	struct cm_flow *flow;

	if (!dev)
		return;
	hlist_del_rcu(&bind->by_dev);
	cm_bind_detached(bind);
	RCU_INIT_POINTER(bind->dev, NULL);
	synchronize_net();
	list_for_each_entry(flow, &bind->flows, of_bind)
		cm_queue_drop(flow, CM_REASON_IFACE_DOWN);
	list_for_each_entry(flow, &bind->dynamic.flows, of_bind)
		cm_queue_drop(flow, CM_REASON_IFACE_DOWN);
	netdev_put(dev, &bind->dev_tracker);
	bind_set_state(bind, CRYPTOMAP_BIND_ABSENT);
}

static struct cm_bind *find_by_dev(struct cm_net *cn,
				   const struct net_device *dev)
{
	struct cm_bind *bind;

	hlist_for_each_entry(bind, dev_bucket(cn, dev), by_dev)
		if (bind_dev(bind) == dev)
			return bind;
	return NULL;
}

/*
 * An interface of a bound name must not live without its guards: if they
 * cannot be set up the interface does not come, or keeps its old name. Nor may
 * it slip out of them under another name: what they protect would leave in
 * clear, and nobody would have asked for it.
 */
static int dev_appeared(struct cm_net *cn, struct net_device *dev)
{
	struct cm_bind *bind = cm_bind_find(cn, dev->name);

	if (!bind || bind_dev(bind))
		return 0;
	return bind_attach(bind, dev);
}

static int dev_renamed(struct cm_net *cn, struct net_device *dev)
{
	struct cm_bind *bind = find_by_dev(cn, dev);

	if (!bind)
		return dev_appeared(cn, dev);
	if (!strcmp(bind->ifname, dev->name))
		return 0;
	net_info_ratelimited("cryptomap: %s has map %s and cannot become %s before that is unbound\n",
			     bind->ifname, bind->map->name, dev->name);
	return -EBUSY;
}

static int dev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct cm_net *cn = cm_net_of(dev_net(dev));
	struct cm_bind *bind;
	int err = 0;

	mutex_lock(&cn->lock);
	bind = find_by_dev(cn, dev);
	switch (event) {
	case NETDEV_REGISTER:
		err = dev_appeared(cn, dev);
		break;
	case NETDEV_CHANGENAME:
		err = dev_renamed(cn, dev);
		break;
	case NETDEV_UNREGISTER:
		if (bind)
			bind_detach(bind);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		if (bind)
			bind_set_state(bind, state_of(dev));
		break;
	}
	mutex_unlock(&cn->lock);
	return notifier_from_errno(err);
}

static struct notifier_block dev_notifier = {
	.notifier_call = dev_event,
};

int cm_bind_register(void)
{
	return register_netdevice_notifier(&dev_notifier);
}

void cm_bind_unregister(void)
{
	unregister_netdevice_notifier(&dev_notifier);
}

/* --- configuration --- */

struct cm_bind *cm_bind_find(struct cm_net *cn, const char *ifname)
{
	struct cm_bind *bind;
	int id;

	lockdep_assert_held(&cn->lock);
	idr_for_each_entry(&cn->bind_ids, bind, id)
		if (!strcmp(bind->ifname, ifname))
			return bind;
	return NULL;
}

/* Its dynamic flows were gone before the last reference. */
static void bind_free_rcu(struct rcu_head *head)
{
	struct cm_bind *bind = container_of(head, struct cm_bind, rcu);

	cm_classify_destroy(&bind->dynamic.classify);
	kfree(bind);
}

static void bind_release(struct kref *ref)
{
	call_rcu(&container_of(ref, struct cm_bind, ref)->rcu, bind_free_rcu);
}

void cm_bind_put(struct cm_bind *bind)
{
	kref_put(&bind->ref, bind_release);
}

static struct cm_bind *bind_create(struct cm_net *cn, const char *ifname)
{
	struct cm_bind *bind = kzalloc(sizeof(*bind), GFP_KERNEL_ACCOUNT);
	int id;

	if (!bind)
		return NULL;
	id = idr_alloc_cyclic(&cn->bind_ids, bind, 1, 0, GFP_KERNEL);
	if (id < 0) {
		kfree(bind);
		return NULL;
	}
	bind->id = id;
	bind->cn = cn;
	RCU_INIT_POINTER(bind->owner, bind);
	strscpy(bind->ifname, ifname, sizeof(bind->ifname));
	INIT_LIST_HEAD(&bind->flows);
	cm_dynamic_bind_init(bind);
	cm_recent_restamp(&bind->stamp);
	kref_init(&bind->ref);
	return bind;
}

static void bind_link(struct cm_bind *bind, struct cm_map *map)
{
	bind->map = map;
	list_add_tail(&bind->of_map, &map->binds);
	map->bind_count++;
}

/* Where it was: for bind_relink(). */
static struct list_head *bind_unlink(struct cm_bind *bind)
{
	struct list_head *at = bind->of_map.prev;

	list_del(&bind->of_map);
	bind->map->bind_count--;
	return at;
}

static void bind_relink(struct cm_bind *bind, struct cm_map *map,
			struct list_head *at)
{
	bind->map = map;
	list_add(&bind->of_map, at);
	map->bind_count++;
}

static bool wants_bypass(const struct cm_bind_options *opt)
{
	return opt->flags & CRYPTOMAP_BIND_F_FILTER_BYPASS;
}

/*
 * The end of a binding, which is in the list of no map any more. After
 * bind_detach() no packet finds it by its device. A packet that found it before
 * is inside rcu_read_lock(): the rules are freed after a grace period, and so is
 * the binding itself, by call_rcu(), when the last flow, and with it the last SA
 * and its last packet, is gone.
 */
static void bind_destroy(struct cm_bind *bind)
{
	bind_detach(bind);
	if (wants_bypass(&bind->opt))
		cm_bypass_unwant(bind->cn);
	cm_management_set(bind, NULL);
	cm_ruleset_destroy(bind);
	idr_remove(&bind->cn->bind_ids, bind->id);
	cm_bind_put(bind);
}

/* Routes that were found by another mark are no longer good. See route4(). */
static void forget_routes_of(struct list_head *flows)
{
	struct cm_flow *flow;
	struct cm_sa *sa;

	list_for_each_entry(flow, flows, of_bind)
		list_for_each_entry(sa, &flow->sas, of_flow)
			cm_esp_forget_route(sa);
}

static void forget_routes(struct cm_bind *bind)
{
	smp_mb();	/* the new mark is there before the old route goes */
	forget_routes_of(&bind->flows);
	forget_routes_of(&bind->dynamic.flows);
}

static int set_options(struct cm_bind *bind, const struct cm_bind_options *opt)
{
	bool marked = bind->opt.mark_out != opt->mark_out;
	int err;

	if (wants_bypass(opt)) {
		err = cm_bypass_want(bind->cn);
		if (err)
			return err;
	}
	err = cm_management_set(bind, opt->management);
	if (err)
		goto unwant_bypass;
	if (wants_bypass(&bind->opt))	/* of the options until now */
		cm_bypass_unwant(bind->cn);
	WRITE_ONCE(bind->opt.mss, opt->mss);
	WRITE_ONCE(bind->opt.flags, opt->flags);
	WRITE_ONCE(bind->opt.df, opt->df);
	WRITE_ONCE(bind->opt.frag, opt->frag);
	WRITE_ONCE(bind->opt.mark_in, opt->mark_in);
	WRITE_ONCE(bind->opt.mark_out, opt->mark_out);
	if (marked)
		forget_routes(bind);
	return 0;

unwant_bypass:
	if (wants_bypass(opt))
		cm_bypass_unwant(bind->cn);
	return err;
}

static int bind_change(struct cm_bind *bind, struct cm_map *map,
		       const struct cm_bind_options *opt,
		       struct netlink_ext_ack *extack)
{
	struct cm_map *old = bind->map;
	struct list_head *at;
	int err;

	if (old == map)
		goto done;
	at = bind_unlink(bind);
	bind_link(bind, map);
	err = cm_share_prepare(old, extack) ?: cm_ruleset_prepare(bind, extack);
	if (err) {
		cm_ruleset_abort(bind->cn);
		bind_unlink(bind);
		bind_relink(bind, old, at);
		return err;
	}
	/* By its rules the others judge their packets until they have left it. */
	cm_ruleset_commit_but(bind->cn, bind);
	cm_share_settle(old);
	cm_ruleset_commit(bind->cn);
	cm_share_settle(map);
done:
	return set_options(bind, opt);
}

static int bind_new(struct cm_net *cn, const char *ifname, struct cm_map *map,
		    const struct cm_bind_options *opt,
		    struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct cm_bind *bind;
	int err;

	bind = bind_create(cn, ifname);
	if (!bind)
		return -ENOMEM;
	bind_link(bind, map);
	err = set_options(bind, opt) ?: cm_ruleset_prepare(bind, extack);
	if (err) {
		cm_ruleset_abort(cn);
		goto destroy;
	}
	cm_ruleset_commit(cn);
	cm_share_settle(map);
	dev = __dev_get_by_name(cn->net, ifname);
	if (dev) {
		err = bind_attach(bind, dev);
		if (err) {
			NL_SET_ERR_MSG(extack, "the guards of the interface cannot be set up");
			goto destroy;
		}
	}
	return 0;

destroy:
	/* The last of its map: nobody uses its rules. */
	bind_unlink(bind);
	cm_share_settle(map);
	bind_destroy(bind);
	return err;
}

int cm_bind_set(struct cm_net *cn, const char *ifname, struct cm_map *map,
		const struct cm_bind_options *opt,
		struct netlink_ext_ack *extack)
{
	struct cm_bind *bind = cm_bind_find(cn, ifname);
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&cn->lock);

	err = bind ? bind_change(bind, map, opt, extack) :
		     bind_new(cn, ifname, map, opt, extack);
	if (!err)
		cm_net_changed(cn);
	return err;
}

int cm_bind_del(struct cm_bind *bind, struct netlink_ext_ack *extack)
{
	struct cm_net *cn = bind->cn;
	struct cm_map *map = bind->map;
	struct list_head *at;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&cn->lock);

	at = bind_unlink(bind);
	err = cm_share_prepare(map, extack);
	if (err) {
		cm_ruleset_abort(cn);
		bind_relink(bind, map, at);
		return err;
	}
	cm_ruleset_commit(cn);
	cm_share_settle(map);
	bind_destroy(bind);
	cm_net_changed(cn);
	return 0;
}

static void bind_end(struct cm_bind *bind)
{
	bind_unlink(bind);
	bind_destroy(bind);
}

void cm_bind_net_exit(struct cm_net *cn)
{
	struct cm_bind *bind;
	int id;

	ASSERT_RTNL();
	lockdep_assert_held(&cn->lock);

	/* The owners last: until then others use their rules. */
	idr_for_each_entry(&cn->bind_ids, bind, id)
		if (cm_share_owner(bind) != bind)
			bind_end(bind);
	idr_for_each_entry(&cn->bind_ids, bind, id)
		bind_end(bind);
}

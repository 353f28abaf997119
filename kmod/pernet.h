/* SPDX-License-Identifier: GPL-2.0 */
/* The state of one network namespace. Nothing but this and the module itself is global. */
#ifndef _CM_PERNET_H
#define _CM_PERNET_H

#include <linux/atomic.h>
#include <linux/idr.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "demux.h"
#include "dev.h"
#include "history.h"
#include "queue.h"
#include "stats.h"

struct cm_sock;
struct cm_tombs;

#define CM_NAME_HASH	256	/* buckets of lists and maps by name */
#define CM_DEV_HASH	64	/* buckets of bindings by interface index */
#define CM_SOCKS	4	/* two kinds, two families */

/* Units and ranges: enum cryptomap_limit_attr. Written under cm_net.lock, read anywhere. */
struct cm_limits {
	u32 lines;
	u32 flows;
	u32 sas;
	u32 queue_flow;
	u32 queue_total;
	u32 queue_secs;
	u32 acquire_secs;
	u32 larval_secs;
	u32 tombs;
	u32 event_rate;
	u32 crypto_queue;
	u32 demux_ports;
	u32 pairs;
};

/* How many there are; under cm_net.lock. */
struct cm_usage {
	u32 acls;
	u32 lines;
	u32 maps;
	u32 flows;
	u32 sas;
	u32 larval;
};

/**
 * struct cm_net - one network namespace
 * @net: the namespace; not counted, cm_net lives inside it
 * @limits: limits
 * @stats: losses, per CPU
 * @stats_base: their sums at the last reset
 * @flows_by_loss: flows that got their counters by a lost packet
 * @sas_in: inbound SAs and larval SPIs by {proto, SPI, daddr}, RCU
 * @sas_out: outbound SAs likewise
 * @binds_dev: bindings whose interface exists, by its index, RCU
 * @queues: packets that wait for an SA; of queue.c
 * @demux: clients of transport mode behind NATs; of demux.c
 * @gro: device that decrypted packets pass; of dev.c
 * @lanes: where packets wait for a cipher, RCU; of lane.c
 * @tunnel_refit: sets the MTU of tunnel interfaces; of tunnel.c
 * @event_num: number of the last event
 * @event_lost: events that found no memory or a full receiver
 * @event_tokens: unknown-SPI events that may still be raised this second
 * @event_stamp: jiffies when that second began
 * @lock: serialises configuration: all below, and writers of all above
 * @generation: changes with every change of configuration
 * @sa_generation: changes with every SA that comes or goes
 * @usage: counts against @limits
 * @bypass: bindings that want bypass.c
 * @management: bindings that want management.c
 * @key: seed of hashes
 * @building: bindings with a rule set that is not yet in use
 * @acl_ids: access lists by id, for dumps
 * @map_ids: maps by id
 * @bind_ids: bindings by id
 * @flow_ids: flows by id
 * @sa_ids: SAs by id
 * @acls: access lists by name
 * @maps: maps by name
 * @socks: sockets that are kept
 * @sock_work: watches whether user space still has them open
 * @sock_close: closes them at the end
 * @dynamic: selectors of dynamic flows, RCU; of dynamic.c, as the next
 * @dynamic_generation: changes with every dynamic flow that comes or goes
 * @pending: flows split off that have no SA yet
 * @pending_count: their number
 * @split_work: splits flows that packets wait in, and sees to @pending
 * @dead: SAs that packets or timers found at their end
 * @reap: removes them
 * @sa_live: SAs not yet freed, those taken out included
 * @tombs: tombstones
 * @histories: packets by transform; of history.c
 * @config_work: tells listeners that the configuration changed
 * @closing: the namespace goes away: nothing new
 */
struct cm_net {
	struct net *net;
	struct cm_limits limits;
	struct cm_net_losses __percpu *stats;
	struct cm_net_losses stats_base;
	atomic_t flows_by_loss;
	struct rhashtable sas_in;
	struct rhashtable sas_out;
	struct hlist_head binds_dev[CM_DEV_HASH];
	struct cm_queues queues;
	struct cm_demux demux;
	struct cm_gro gro;
	struct cm_lanes __rcu *lanes;
	struct delayed_work tunnel_refit;

	atomic64_t event_num;
	atomic64_t event_lost;
	atomic_t event_tokens;
	unsigned long event_stamp;

	struct mutex lock;	/* see above */
	u32 generation;
	u32 sa_generation;
	struct cm_usage usage;
	u32 bypass;
	u32 management;
	siphash_key_t key;
	struct list_head building;
	struct idr acl_ids;
	struct idr map_ids;
	struct idr bind_ids;
	struct idr flow_ids;
	struct idr sa_ids;
	struct hlist_head acls[CM_NAME_HASH];
	struct hlist_head maps[CM_NAME_HASH];
	struct cm_sock *socks[CM_SOCKS];
	struct delayed_work sock_work;
	struct work_struct sock_close;
	struct rhltable dynamic;
	u32 dynamic_generation;
	struct list_head pending;
	u32 pending_count;
	struct delayed_work split_work;
	struct llist_head dead;
	struct work_struct reap;
	atomic_t sa_live;
	struct cm_tombs *tombs;
	struct cm_histories histories;
	struct delayed_work config_work;
	bool closing;
};

extern unsigned int cm_net_id;

/* The state of @net, for as long as the caller keeps the namespace. */
static inline struct cm_net *cm_net_of(const struct net *net)
{
	return net_generic(net, cm_net_id);
}

int cm_pernet_register(void);
void cm_pernet_unregister(void);

/*
 * The configuration changed: the dumps that run notice, and so do listeners.
 * Caller holds cn->lock.
 */
void cm_net_changed(struct cm_net *cn);

#endif

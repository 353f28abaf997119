// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/rtnetlink.h>

#include "acl.h"
#include "bind.h"
#include "dev.h"
#include "dynamic.h"
#include "event.h"
#include "hook.h"
#include "map.h"
#include "pernet.h"
#include "queue.h"
#include "sa.h"
#include "sock.h"
#include "tomb.h"
#include "tunnel.h"

unsigned int cm_net_id __read_mostly;

static const struct cm_limits default_limits = {
	.lines = 1048576,
	.flows = 1048576,
	.sas = 1048576,
	.queue_flow = 16,
	.queue_total = 1024,
	.queue_secs = 60,
	.acquire_secs = 5,
	.larval_secs = 240,
	.tombs = 1024,
	.event_rate = 10,
	.crypto_queue = 1024,
	.demux_ports = 256,
	.pairs = 1024,
};

/* One event for a burst of changes: whoever listens reads it all again anyway. */
#define CONFIG_EVENT_DELAY (HZ / 50)

static void config_event(struct work_struct *work)
{
	struct cm_net *cn = container_of(to_delayed_work(work), struct cm_net,
					 config_work);

	cm_event_config(cn);
}

void cm_net_changed(struct cm_net *cn)
{
	lockdep_assert_held(&cn->lock);

	/* 0 means "no dump has begun" to netlink. */
	if (!++cn->generation)
		cn->generation = 1;
	schedule_delayed_work(&cn->config_work, CONFIG_EVENT_DELAY);
}

static void ids_init(struct cm_net *cn)
{
	idr_init(&cn->acl_ids);
	idr_init(&cn->map_ids);
	idr_init(&cn->bind_ids);
	idr_init(&cn->flow_ids);
	idr_init(&cn->sa_ids);
}

static void ids_destroy(struct cm_net *cn)
{
	idr_destroy(&cn->acl_ids);
	idr_destroy(&cn->map_ids);
	idr_destroy(&cn->bind_ids);
	idr_destroy(&cn->flow_ids);
	idr_destroy(&cn->sa_ids);
}

static int __net_init cryptomap_net_init(struct net *net)
{
	struct cm_net *cn = cm_net_of(net);
	int err;

	cn->net = net;
	cn->limits = default_limits;
	cn->generation = 1;
	cn->sa_generation = 1;
	mutex_init(&cn->lock);
	get_random_bytes(&cn->key, sizeof(cn->key));
	INIT_LIST_HEAD(&cn->building);
	ids_init(cn);
	INIT_DELAYED_WORK(&cn->config_work, config_event);
	cm_sock_net_init(cn);
	cm_history_net_init(cn);

	err = cm_stats_net_init(cn);
	if (err)
		return err;
	err = cm_tomb_net_init(cn);
	if (err)
		goto stats;
	err = cm_demux_net_init(cn);
	if (err)
		goto tomb;
	err = cm_sa_net_init(cn);
	if (err)
		goto demux;
	err = cm_dynamic_net_init(cn);
	if (err)
		goto sa;
	cm_queue_net_init(net);
	cm_tunnel_net_init(cn);
	err = cm_dev_net_init(net);
	if (err)
		goto queue;
	err = cm_hook_net_init(net);
	if (err)
		goto dev;
	return 0;

dev:
	cm_dev_net_exit(net);
queue:
	cm_queue_net_exit(net);
	cm_dynamic_net_exit(cn);
sa:
	cm_sa_net_exit(cn);
demux:
	cm_demux_net_exit(cn);
tomb:
	cm_tomb_net_exit(cn);
stats:
	cm_stats_net_exit(cn);
	return err;
}

/* Before anything of the namespace goes, its devices included. */
static void __net_exit cryptomap_net_pre_exit(struct net *net)
{
	WRITE_ONCE(cm_net_of(net)->closing, true);
}

/*
 * The end of a namespace, or of the module in it. No command runs (a netlink
 * socket would keep the namespace, and the family is gone when the module
 * goes), but packets, timers and work items may:
 *
 *   1. without bindings no packet finds a flow, without SAs none finds an SA,
 *      and no socket leads here; all that ends with the grace periods that the
 *      hooks' removal waits for in cm_hook_net_exit();
 *   2. cm_sa_net_exit() waits until the last packet in asynchronous crypto
 *      has given back its SA, so that nothing points here any more;
 *   3. then the memory of this structure may go, which the caller does.
 */
static void __net_exit cryptomap_net_exit(struct net *net)
{
	struct cm_net *cn = cm_net_of(net);

	cancel_delayed_work_sync(&cn->config_work);
	rtnl_lock();
	mutex_lock(&cn->lock);
	cm_sock_net_detach(cn);
	cm_sa_net_flush(cn);
	cm_bind_net_exit(cn);
	cm_map_net_exit(cn);
	cm_acl_net_exit(cn);
	mutex_unlock(&cn->lock);
	rtnl_unlock();

	cm_hook_net_exit(net);
	cm_dynamic_net_exit(cn);
	cm_sa_net_exit(cn);
	cm_tunnel_net_exit(cn);
	cm_demux_net_exit(cn);
	cm_dev_net_exit(net);
	cm_queue_net_exit(net);
	cm_sock_net_exit(cn);
	cm_tomb_net_exit(cn);
	cm_stats_net_exit(cn);
	cancel_delayed_work_sync(&cn->config_work);
	ids_destroy(cn);
}

static struct pernet_operations cryptomap_net_ops = {
	.init = cryptomap_net_init,
	.pre_exit = cryptomap_net_pre_exit,
	.exit = cryptomap_net_exit,
	.id = &cm_net_id,
	.size = sizeof(struct cm_net),
};

int cm_pernet_register(void)
{
	return register_pernet_subsys(&cryptomap_net_ops);
}

void cm_pernet_unregister(void)
{
	unregister_pernet_subsys(&cryptomap_net_ops);
}

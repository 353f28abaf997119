// SPDX-License-Identifier: GPL-2.0-or-later
/* What a gateway tells, judged; and what an earlier daemon has left of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"

/* --- networks behind us ---------------------------------------------------------- */

static void add_local(struct cfg_ezvpn_live *live, const struct prefix *net)
{
	size_t i;

	for (i = 0; i < live->n_local; i++)
		if (prefix_equal(&live->local[i], net))
			return;
	if (live->n_local < CFG_EZVPN_LOCAL_MAX)
		live->local[live->n_local++] = *net;
	else
		log_warning(ike, "ezvpn: more than %u networks behind this router: the others are not protected",
			    CFG_EZVPN_LOCAL_MAX);
}

static void add_list(const struct cfg_acl *acl, struct cfg_ezvpn_live *live)
{
	struct prefix net;
	size_t i;
	int len;

	for (i = 0; acl && i < acl->n_aces; i++) {
		if (acl->aces[i].action != CFG_PERMIT)
			continue;
		len = cfg_net_len(&acl->aces[i].src);
		if (len >= 0 && !prefix_set(&net, &acl->aces[i].src.addr, len))
			add_local(live, &net);
	}
}

/* Of interfaces inside; false: one has none now. */
static bool add_inside(struct engine *e, const struct cm_config *cfg,
		       const struct cfg_ezvpn *conf, struct cfg_ezvpn_live *live)
{
	const struct cfg_interface *ifc;
	struct prefix net;
	bool all = true;
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++) {
		ifc = &cfg->interfaces[i];
		if (!ifc->ezvpn_inside || strcmp(ifc->ezvpn, conf->name))
			continue;
		if (e->net->network(e->net_ctx, ifc->name, &net))
			all = false;
		else
			add_local(live, &net);
	}
	return all;
}

bool ezvpn_networks(struct engine *e, const struct cm_config *cfg,
		    const struct cfg_ezvpn *conf, struct cfg_ezvpn_live *live)
{
	const struct cfg_ezvpn_live before = *live;
	size_t i;

	live->n_local = 0;
	if (!cfg_ezvpn_has_networks(conf))
		return true;
	if (conf->acl[0]) {
		add_list(cfg_acl_find(cfg, conf->acl), live);
		return true;
	}
	if (add_inside(e, cfg, conf, live))
		return true;
	for (i = 0; i < before.n_local; i++)
		add_local(live, &before.local[i]);
	return !before.n_local;
}

/* --- what is told ------------------------------------------------------------------ */

/* Why no address can be this one, or, with @sa, that we are to have; or NULL. */
static const char *unfit(const struct ezvpn *ez, const struct ike_sa *sa,
			 const struct addr *addr)
{
	uint32_t host = addr_to_v4(addr);

	if (!(host >> 24) || host >> 24 == 127 || host >= 0xe0000000)
		return "which no host can have";
	if (sa && addr_equal(addr, &sa->remote))
		return "which is its own";
	/* Ours we may have of the tunnel before. */
	if (!(ez->conf.live.up && addr_equal(addr, &ez->conf.live.address)) &&
	    ez->e->net->has_address(ez->e->net_ctx, NULL, addr))
		return "which is one of this router";
	return NULL;
}

/* Whom the configuration names, in whatever way, or who has SAs with us. */
static bool is_somebody(const struct ezvpn *ez, const struct addr *addr)
{
	const struct cm_config *cfg = engine_config(ez->e);
	const struct cfg_isakmp_peer *own = cfg_isakmp_peer_find(cfg, addr);
	const struct cfg_key *key = cfg_key_for_address(cfg, addr);
	const struct cfg_ezvpn *other = cfg_ezvpn_calls(cfg, addr);

	if (other && !strcmp(other->name, ez->conf.name))
		return false;
	return other || (own && !own->derived) || cfg_names_peer(cfg, addr) ||
	       (key && key->peers.len == addr_bits(&key->peers.addr)) ||
	       peer_find(ez->e, addr);
}

static bool is_radius(const struct cm_config *cfg, const struct addr *addr)
{
	size_t i = 0;

	while (i < cfg->n_radius && !addr_equal(&cfg->radius[i].address, addr))
		i++;
	return i < cfg->n_radius;
}

/* The next hop, too, is there. */
static bool is_on_link(const struct ezvpn *ez, const struct addr *addr)
{
	const struct cm_config *cfg = engine_config(ez->e);
	struct prefix net;
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (!ez->e->net->network(ez->e->net_ctx, cfg->interfaces[i].name,
					 &net) && prefix_contains(&net, addr))
			return true;
	return false;
}

/* With his address we would take what is for him, and he would get what is for us. */
static const char *unfit_address(const struct ezvpn *ez, const struct ike_sa *sa,
				 const struct addr *addr)
{
	const struct cm_config *cfg = engine_config(ez->e);
	const char *why = unfit(ez, sa, addr);

	if (why)
		return why;
	if (cfg_ezvpn_calls(cfg, addr) || is_somebody(ez, addr))
		return "which is that of a peer";
	if (is_radius(cfg, addr))
		return "which is that of a RADIUS server";
	return is_on_link(ez, addr) ?
		"which is in a network that this router is in" : NULL;
}

static int judge_address(const struct ezvpn *ez, const struct ike_sa *sa,
			 const struct ezvpn_told *told, struct err *err)
{
	char text[ADDR_STRLEN];
	const char *why;

	if (!addr_is_set(&told->address))
		return err_set(err, -EINVAL, "the gateway gives no address");
	why = unfit_address(ez, sa, &told->address);
	return why ? err_set(err, -EINVAL, "the gateway gives the address %s, %s",
			     addr_format(&told->address, text, sizeof(text)),
			     why) : 0;
}

static void add_split(struct cfg_ezvpn_live *live, const struct prefix *net)
{
	size_t i;

	for (i = 0; i < live->n_split; i++)
		if (prefix_equal(&live->split[i], net))
			return;
	live->split[live->n_split++] = *net;
}

/* Nobody else, for it would say who he is. */
static void take_backup(const struct ezvpn *ez, const struct ezvpn_told *told,
			struct cfg_ezvpn_live *out)
{
	size_t i, n = 0;

	for (i = 0; i < CFG_BACKUP_MAX && addr_is_set(&told->backup[i]); i++) {
		const struct addr *gateway = &told->backup[i];

		if (!unfit(ez, NULL, gateway) && !is_somebody(ez, gateway))
			out->backup[n++] = *gateway;
	}
}

int ezvpn_judge(const struct ezvpn *ez, const struct ike_sa *sa,
		const struct ezvpn_told *told, struct cfg_ezvpn_live *out,
		struct err *err)
{
	int ret = 0;
	size_t i;

	memset(out, 0, sizeof(*out));
	memcpy(out->found, ez->conf.live.found, sizeof(out->found));
	out->up = true;
	out->gateway = sa->remote;
	out->gateway.port = 0;
	if (cfg_ezvpn_has_address(&ez->conf)) {
		ret = judge_address(ez, sa, told, err);
		out->address = told->address;
	}
	if (ret)
		return ret;
	memcpy(out->local, ez->conf.live.local, sizeof(out->local));
	out->n_local = ez->conf.live.n_local;
	ezvpn_networks(ez->e, engine_config(ez->e), &ez->conf, out);
	if (cfg_ezvpn_has_networks(&ez->conf) && !out->n_local)
		return err_set(err, -EINVAL, "no interface inside has a network to extend");
	for (i = 0; i < told->n_split; i++)
		add_split(out, &told->split[i]);
	out->pfs_group = told->pfs ? sa->transform.group : 0;
	take_backup(ez, told, out);
	return 0;
}

static bool nets_equal(const struct prefix *a, const struct prefix *b, size_t n)
{
	size_t i = 0;

	while (i < n && prefix_equal(&a[i], &b[i]))
		i++;
	return i == n;
}

static bool addrs_equal(const struct addr *a, const struct addr *b, size_t n)
{
	size_t i = 0;

	while (i < n && addr_equal(&a[i], &b[i]))
		i++;
	return i == n;
}

bool ezvpn_live_equal(const struct cfg_ezvpn_live *a,
		      const struct cfg_ezvpn_live *b)
{
	return addrs_equal(a->backup, b->backup, CFG_BACKUP_MAX) &&
	       addrs_equal(a->found, b->found, CFG_EZVPN_PEERS_MAX) &&
	       a->up == b->up &&
	       addr_equal(&a->gateway, &b->gateway) &&
	       addr_equal(&a->address, &b->address) &&
	       a->pfs_group == b->pfs_group && a->n_local == b->n_local &&
	       a->n_split == b->n_split &&
	       nets_equal(a->local, b->local, a->n_local) &&
	       nets_equal(a->split, b->split, a->n_split);
}

/* --- what is left ------------------------------------------------------------------ */

struct recovery {
	struct engine *e;
	const struct cfg_ezvpn *conf;
	const struct cfg_interface *outside;
	char map[CFG_NAME_SIZE];
	struct cfg_ezvpn_live *out;
	uint32_t flows[CFG_EZVPN_SPLIT_MAX * (CFG_EZVPN_LOCAL_MAX + 1)];
	size_t n_flows;
	bool all;			/* everything goes there */
};

static int take_flow(void *arg, const struct kernel_flow *f)
{
	struct recovery *r = arg;
	struct prefix src, dst;

	if (strcmp(f->map, r->map) || strcmp(f->ifname, r->outside->name) ||
	    range_to_prefix(&f->sel.src, &src) ||
	    range_to_prefix(&f->sel.dst, &dst))
		return 0;
	if (r->n_flows < sizeof(r->flows) / sizeof(r->flows[0]))
		r->flows[r->n_flows++] = f->id;
	r->out->up = true;
	if (cfg_ezvpn_has_address(r->conf) && src.len == 32 &&
	    r->e->net->has_address(r->e->net_ctx, "lo", &src.addr))
		r->out->address = src.addr;
	else if (cfg_ezvpn_has_networks(r->conf))
		add_local(r->out, &src);
	if (!dst.len)
		r->all = true;
	else if (r->out->n_split < CFG_EZVPN_SPLIT_MAX)
		add_split(r->out, &dst);
	return 0;
}

static int take_gateway(void *arg, const struct kernel_sa *sa)
{
	struct recovery *r = arg;

	size_t i = 0;

	while (i < r->n_flows && r->flows[i] != sa->flow)
		i++;
	if (i < r->n_flows && sa->dir == CRYPTOMAP_DIR_OUT)
		r->out->gateway = sa->dst;
	return 0;
}

void ezvpn_recover(struct engine *e, const struct cm_config *cfg,
		   const struct cfg_ezvpn *conf, struct cfg_ezvpn_live *out)
{
	struct recovery r = {
		.e = e, .conf = conf, .out = out,
		.outside = cfg_ezvpn_outside(cfg, conf),
	};
	struct kernel *k = e->kernel;

	if (!r.outside || !conf->n_peers)
		return;
	cfg_tunnel_map_name(r.outside, r.map, sizeof(r.map));
	out->gateway = conf->peers[0].addr;
	if (k->ops->flow_list(k, take_flow, &r) || !out->up) {
		memset(out, 0, sizeof(*out));
		return;
	}
	/* Whoever it was: what was protected is not in clear. */
	if (k->ops->sa_list(k, take_gateway, &r) || !addr_is_set(&out->gateway))
		out->gateway = addr_v4(INADDR_ANY, 0);
	out->gateway.port = 0;
	if (r.all)
		out->n_split = 0;
	ezvpn_networks(e, cfg, conf, out);
	log_info(ike, "ezvpn %s: took over the tunnel of an earlier run",
		 conf->name);
}

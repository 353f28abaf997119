// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration and flows: what belongs to what. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

#define FLOW_BITS	12
/* Flows could not be read: ask again, ms. */
#define REFRESH_RETRY_MS	1000

/* Which peer of an entry is in use; survives a change of configuration. */
struct entry_state {
	struct list all;
	char map[CFG_NAME_SIZE];
	uint32_t seq;
	struct addr current;
};

const struct cfg_key *policy_key(const struct engine *e,
				 const struct addr *peer)
{
	return e->policy->cfg ? cfg_key_for_address(e->policy->cfg, peer) :
				NULL;
}

/* --- flows ----------------------------------------------------------------- */

static uint64_t sel_key(const struct kernel_sel *s)
{
	uint64_t key = s->proto;

	key = key << 16 | s->sport;
	key = key << 16 | s->dport;
	key = hash_bytes(key, s->src.from.bytes, addr_len(&s->src.from));
	key = hash_bytes(key, s->src.to.bytes, addr_len(&s->src.to));
	key = hash_bytes(key, s->dst.from.bytes, addr_len(&s->dst.from));
	return hash_bytes(key, s->dst.to.bytes, addr_len(&s->dst.to));
}

static struct policy_flow *flow_by_id(struct policy *p, uint32_t id)
{
	struct hash_node *n = hash_find(&p->flows, id);

	return n ? hash_entry(n, struct policy_flow, by_id) : NULL;
}

static int flow_listed(void *arg, const struct kernel_flow *k)
{
	struct policy *p = arg;
	struct policy_flow *f = flow_by_id(p, k->id);

	if (!f) {
		f = calloc(1, sizeof(*f));
		if (!f)
			return -ENOMEM;
		hash_add(&p->flows, &f->by_id, k->id);
		list_add_tail(&p->all_flows, &f->all);
	}
	hash_del(&p->flows_by_sel, &f->by_sel);
	f->k = *k;
	f->seen = true;
	hash_add(&p->flows_by_sel, &f->by_sel, sel_key(&k->sel));
	return 0;
}

static void flow_free(struct policy *p, struct policy_flow *f)
{
	hash_del(&p->flows, &f->by_id);
	hash_del(&p->flows_by_sel, &f->by_sel);
	list_del(&f->all);
	policy_route_put_flow(p->e, f);
	free(f);
}

bool policy_entry_names(const struct cfg_entry *entry, const struct addr *peer)
{
	size_t i;

	for (i = 0; i < entry->n_peers; i++)
		if (addr_equal(&entry->peers[i], peer))
			return true;
	return false;
}

bool policy_has_peer(const struct engine *e, const struct policy_flow *f,
		     const struct addr *peer)
{
	const struct cfg_entry *entry = policy_entry(e, f);

	if (policy_is_dynamic(f))
		return entry;
	return entry && policy_entry_names(entry, peer);
}

/* The flow is gone, or its entry does not name the peer any more. */
static void drop_orphan(struct engine *e, struct child_sa *c)
{
	const struct policy_flow *f = flow_by_id(e->policy, c->flow);

	/* Without a flow yet: its exchange finds out. */
	if (!c->flow || (f && policy_has_peer(e, f, &c->remote)))
		return;
	if (c->state < CHILD_INSTALLED && !c->adopted) {
		v1_abandon_child(c);
		return;
	}
	v1_delete_child(c);
	child_sa_delete(c, CRYPTOMAP_TOMB_CONFIG);
}

static void drop_orphans(struct engine *e)
{
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp)
			drop_orphan(e, list_entry(q, struct child_sa, of_peer));
		peer_release(peer);
	}
}

int policy_refresh(struct engine *e)
{
	struct policy *p = e->policy;
	struct list *pos, *tmp;
	int err;

	list_for_each(&p->all_flows, pos, tmp)
		list_entry(pos, struct policy_flow, all)->seen = false;
	err = e->kernel->ops->flow_list(e->kernel, flow_listed, p);
	if (err) {
		timer_set(&e->timers, &p->refresh, REFRESH_RETRY_MS);
		return err;
	}
	list_for_each(&p->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);
		struct want *want = want_find(e, f->k.id);

		if (f->seen && want)
			want_check_peer(want);
		if (f->seen) {
			policy_route_flow(e, f);
			continue;
		}
		if (want)
			want_free(want);
		flow_free(p, f);
	}
	drop_orphans(e);
	return 0;
}

static void refresh_timer(void *arg)
{
	struct policy *p = arg;
	int err = policy_refresh(p->e);

	if (err)
		log_err(kernel, "flows cannot be read: %s", strerror(-err));
	else	/* it was put off with them */
		policy_apply_proofs(p->e);
}

struct policy_flow *policy_flow_known(struct engine *e, uint32_t id)
{
	return flow_by_id(e->policy, id);
}

struct policy_flow *policy_flow(struct engine *e, uint32_t id)
{
	struct policy_flow *f = flow_by_id(e->policy, id);

	if (!f && !policy_refresh(e))
		f = flow_by_id(e->policy, id);
	return f;
}

/* Of a tunnel whose source is an address, that one; else NULL. */
static const struct addr *fixed_address(const struct engine *e,
					const struct policy_flow *f)
{
	const struct cfg_map *map = cfg_map_find(e->policy->cfg, f->k.map);

	return map && addr_is_set(&map->local_address) ? &map->local_address :
							 NULL;
}

/* Are packets between @local and @peer those of its interface?  0: no, 2: yes. */
static unsigned int nearness(struct engine *e, const struct policy_flow *f,
			     const struct addr *local, const struct addr *peer)
{
	char ifname[IF_NAMESIZE];

	if (e->net->has_address(e->net_ctx, f->k.ifname, local))
		return 2;
	return !e->net->route(e->net_ctx, peer, ifname) &&
	       !strcmp(ifname, f->k.ifname);
}

/*
 * How likely is it that packets between @local and @peer are those of this
 * flow's interface?  What the flow uses outside counts before where @local is:
 * an unnumbered tunnel has the address of any other interface.
 */
static unsigned int interface_rank(struct engine *e,
				   const struct policy_flow *f,
				   const struct addr *local,
				   const struct addr *peer)
{
	const struct addr *fixed = fixed_address(e, f);
	struct addr own;
	bool fits;

	if (fixed)
		return addr_equal(fixed, local) ? 8 : 1;
	fits = policy_local_fits(e, f, local);
	/* One of IPv4 that it has is one to use; of IPv6 it may be of the link alone. */
	if (!(fits && local->family == AF_INET) &&
	    policy_local_address(e, f, local->family, &own))
		return 1;
	return (fits ? 5 : 2) + nearness(e, f, local, peer);
}

/* The flow of a line that is split per host has no SAs, its parts have. */
static bool is_whole(const struct engine *e, const struct policy_flow *f)
{
	const struct cfg_entry *entry = policy_entry(e, f);

	return !entry || !entry->per_host || f->k.part_of;
}

static bool flow_matches(const struct engine *e, const struct policy_flow *f,
			 const struct addr *peer, const struct kernel_sel *sel)
{
	return f->k.negotiable && !policy_is_dynamic(f) && is_whole(e, f) &&
	       kernel_sel_equal(&f->k.sel, sel) && policy_has_peer(e, f, peer);
}

struct policy_flow *policy_match(struct engine *e, const struct addr *local,
				 const struct addr *peer,
				 const struct kernel_sel *sel)
{
	struct policy_flow *best = NULL;
	unsigned int best_rank = 0;
	struct hash_node *n;

	for (n = hash_find(&e->policy->flows_by_sel, sel_key(sel)); n;
	     n = hash_find_next(n)) {
		struct policy_flow *f = hash_entry(n, struct policy_flow,
						   by_sel);
		unsigned int rank;

		if (!flow_matches(e, f, peer, sel))
			continue;
		rank = interface_rank(e, f, local, peer);
		if (rank < best_rank ||
		    (rank == best_rank && f->k.id > best->k.id))
			continue;
		best = f;
		best_rank = rank;
	}
	return best;
}

const struct policy_flow *policy_example(struct engine *e,
					 const struct addr *peer)
{
	struct list *pos, *tmp;

	list_for_each(&e->policy->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);

		if (!policy_is_dynamic(f) && policy_has_peer(e, f, peer))
			return f;
	}
	return NULL;
}

/* --- entries --------------------------------------------------------------- */

/* The @nth of the dynamic map that @entry binds, or NULL. */
static const struct cfg_entry *dynamic_entry(const struct cm_config *cfg,
					     const struct cfg_entry *entry,
					     unsigned int nth)
{
	const struct cfg_map *map = cfg_dynamic_find(cfg, entry->dynamic);

	return map && nth < map->n_entries ? &map->entries[nth] : NULL;
}

/* It may have become shorter. */
static const struct cfg_entry *dynamic_entry_of(const struct cm_config *cfg,
						const struct cfg_entry *entry,
						const struct policy_flow *f)
{
	return dynamic_entry(cfg, entry, f->nth) ?:
	       dynamic_entry(cfg, entry, 0);
}

const struct cfg_entry *policy_entry(const struct engine *e,
				     const struct policy_flow *f)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map = cfg ? cfg_map_find(cfg, f->k.map) : NULL;
	const struct cfg_entry *entry;

	entry = map ? cfg_entry_find(map, f->k.seq) : NULL;
	if (entry && entry->type == CFG_IPSEC_DYNAMIC)
		return dynamic_entry_of(cfg, entry, f);
	return entry && entry->type == CFG_IPSEC_ISAKMP ? entry : NULL;
}

static int params_of(const struct cm_config *cfg, const struct cfg_entry *entry,
		     struct child_params *out)
{
	const struct cfg_transform *set;
	size_t i;

	*out = (struct child_params){ 0 };
	if (!entry)
		return -ENOENT;
	for (i = 0; i < entry->n_transforms; i++) {
		set = cfg_transform_find(cfg, entry->transforms[i]);
		if (set)
			out->sets[out->nsets++] = set;
	}
	out->encap = IPSEC_ENCAP_TUNNEL;
	out->pfs_group = entry->pfs_group;
	out->seconds = cfg_entry_seconds(cfg, entry);
	out->kilobytes = cfg_entry_kilobytes(cfg, entry);
	out->window = cfg_entry_replay(cfg, entry);
	out->tfc.pad = (uint16_t)cfg_entry_tfc(cfg, entry);
	out->tfc.dummy_ms = cfg_entry_dummy(cfg, entry);
	out->idle = cfg_entry_idle(cfg, entry);
	out->nat_demux = entry->nat_demux;
	return out->nsets ? 0 : -EINVAL;
}

int policy_params(const struct engine *e, const struct policy_flow *f,
		  struct child_params *out)
{
	return params_of(e->policy->cfg, policy_entry(e, f), out);
}

/*
 * As on NEC IX, the tunnel of an autokey-map has no source: it begins where the way to
 * its peer leaves this router, whose address ever the interface has inside.
 */
static bool way_out(const struct engine *e, const struct policy_flow *f,
		    char ifname[IF_NAMESIZE])
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_autokey_map *map = cfg_autokey_map_find(cfg, f->k.map);
	const struct cfg_interface *ifc = cfg_interface_find(cfg, f->k.ifname);

	return map && ifc && ifc->tunnel && addr_is_set(&map->peer) &&
	       !e->net->route(e->net_ctx, &map->peer, ifname) &&
	       strcmp(ifname, f->k.ifname);
}

/* The map may name another interface whose address is used. */
const char *policy_outer_interface(const struct engine *e,
				   const struct policy_flow *f,
				   char ifname[IF_NAMESIZE])
{
	const struct cfg_map *map = cfg_map_find(e->policy->cfg, f->k.map);

	if (map && map->local_interface[0])
		return map->local_interface;
	return way_out(e, f, ifname) ? ifname : f->k.ifname;
}

int policy_local_address(const struct engine *e, const struct policy_flow *f,
			 int family, struct addr *out)
{
	const struct addr *fixed = fixed_address(e, f);
	char ifname[IF_NAMESIZE];

	if (fixed) {
		*out = *fixed;
		return fixed->family == family &&
		       e->net->has_address(e->net_ctx, NULL, fixed) ?
		       0 : -EADDRNOTAVAIL;
	}
	return e->net->local_address(e->net_ctx, policy_outer_interface(e, f, ifname),
				     family, out);
}

bool policy_local_fits(const struct engine *e, const struct policy_flow *f,
		       const struct addr *addr)
{
	const struct addr *fixed = fixed_address(e, f);
	char ifname[IF_NAMESIZE];

	if (fixed)
		return addr_equal(fixed, addr) &&
		       e->net->has_address(e->net_ctx, NULL, addr);
	return e->net->has_address(e->net_ctx, policy_outer_interface(e, f, ifname), addr);
}

char *policy_local_missing(const struct engine *e, const struct policy_flow *f,
			   int family, char *text, size_t size)
{
	const struct addr *fixed = fixed_address(e, f);
	char addr[ADDR_STRLEN], ifname[IF_NAMESIZE];

	if (fixed)
		snprintf(text, size,
			 "interface %s: its tunnel source %s is no address of this router",
			 f->k.ifname, addr_format(fixed, addr, sizeof(addr)));
	else
		snprintf(text, size, "the outside interface %s has no IP%s address",
			 policy_outer_interface(e, f, ifname),
			 family == AF_INET6 ? "v6" : "");
	return text;
}

/* --- dynamic entries -------------------------------------------------------- */

bool policy_is_dynamic(const struct policy_flow *f)
{
	return f->k.type == CRYPTOMAP_ENTRY_T_DYNAMIC;
}

bool policy_is_made(const struct policy_flow *f)
{
	return policy_is_dynamic(f) || f->k.part_of;
}

/* The first that can take a peer; a map should have one at most. */
static const struct cfg_entry *dynamic_of(const struct cm_config *cfg,
					  const struct cfg_map *map)
{
	const struct cfg_entry *entry;
	size_t i;

	for (i = 0; map && i < map->n_entries; i++) {
		entry = &map->entries[i];
		if (entry->type == CFG_IPSEC_DYNAMIC &&
		    dynamic_entry(cfg, entry, 0))
			return entry;
	}
	return NULL;
}

static void set_place(struct kernel_place *place, const char *ifname,
		      const char *map, uint32_t seq)
{
	*place = (struct kernel_place){ .seq = seq };
	snprintf(place->ifname, sizeof(place->ifname), "%s", ifname);
	snprintf(place->map, sizeof(place->map), "%s", map);
}

void policy_place_of(const struct policy_flow *f, struct kernel_place *out)
{
	set_place(out, f->k.ifname, f->k.map, f->k.seq);
}

static bool is_host_of(const struct range *one, const struct range *many)
{
	return addr_equal(&one->from, &one->to) &&
	       range_contains(many, &one->from);
}

/* Is @sel a part of the flow of a line that is split per host? */
static bool splits(const struct engine *e, const struct policy_flow *f,
		   const struct addr *peer, const struct kernel_sel *sel)
{
	const struct kernel_sel *line = &f->k.sel;

	return !is_whole(e, f) && policy_has_peer(e, f, peer) &&
	       is_host_of(&sel->src, &line->src) &&
	       is_host_of(&sel->dst, &line->dst) && sel->proto == line->proto &&
	       sel->sport == line->sport && sel->dport == line->dport;
}

static bool place_of_hosts(struct engine *e, const struct addr *local,
			   const struct addr *peer,
			   const struct kernel_sel *sel,
			   struct kernel_place *out)
{
	unsigned int rank, best = 0;
	struct list *pos, *tmp;

	list_for_each(&e->policy->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);

		if (!splits(e, f, peer, sel))
			continue;
		rank = interface_rank(e, f, local, peer);
		if (rank > best)
			set_place(out, f->k.ifname, f->k.map, f->k.seq);
		if (rank > best)
			best = rank;
	}
	return best;
}

bool policy_dynamic_place(struct engine *e, const struct addr *local,
			     const struct addr *peer, struct kernel_place *out)
{
	const struct cm_config *cfg = e->policy->cfg;
	unsigned int rank, best = 0;
	size_t i;

	for (i = 0; cfg && i < cfg->n_interfaces; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];
		const struct cfg_map *map = cfg_map_find(cfg, ifc->map);
		const struct cfg_entry *entry = dynamic_of(cfg, map);
		struct policy_flow probe = { 0 };

		if (!entry)
			continue;
		memcpy(probe.k.ifname, ifc->name, sizeof(probe.k.ifname));
		memcpy(probe.k.map, map->name, sizeof(probe.k.map));
		/* Nobody is named: only the address that the map uses is for all. */
		if (!policy_local_fits(e, &probe, local))
			continue;
		rank = interface_rank(e, &probe, local, peer);
		if (rank <= best)
			continue;
		best = rank;
		set_place(out, ifc->name, map->name, entry->seq);
	}
	return best;
}

const struct cfg_entry *policy_names_peer(const struct engine *e,
					  const struct addr *peer)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map;
	size_t i;

	if (!cfg)
		return NULL;
	for (map = cfg->maps; map < cfg->maps + cfg->n_maps; map++)
		for (i = 0; i < map->n_entries; i++)
			if (policy_entry_names(&map->entries[i], peer))
				return &map->entries[i];
	return NULL;
}

bool policy_place(struct engine *e, const struct addr *local,
		  const struct addr *peer, const struct kernel_sel *sel,
		  struct kernel_place *out)
{
	/* Who is not named has no lines to be split: there may be many flows. */
	return (policy_names_peer(e, peer) &&
		place_of_hosts(e, local, peer, sel, out)) ||
	       policy_dynamic_place(e, local, peer, out);
}

const struct cfg_entry *policy_place_entry(const struct engine *e,
					   const struct kernel_place *place,
					   unsigned int nth)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map = cfg_map_find(cfg, place->map);
	const struct cfg_entry *entry = map ? cfg_entry_find(map, place->seq) :
					      NULL;

	if (entry && entry->type == CFG_IPSEC_DYNAMIC)
		return dynamic_entry(cfg, entry, nth);
	return entry && !nth && entry->per_host ? entry : NULL;
}

int policy_place_params(const struct engine *e, const struct kernel_place *place,
			unsigned int nth, struct child_params *out)
{
	return params_of(e->policy->cfg, policy_place_entry(e, place, nth), out);
}

unsigned int policy_next_entry(struct engine *e, struct policy_flow *f)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map = cfg_map_find(cfg, f->k.map);
	const struct cfg_entry *entry = map ? cfg_entry_find(map, f->k.seq) :
					      NULL;
	const struct cfg_map *dynamic = entry ?
		cfg_dynamic_find(cfg, entry->dynamic) : NULL;

	if (!dynamic || !dynamic->n_entries)
		return 0;
	f->nth = (f->nth + 1) % dynamic->n_entries;
	return dynamic->n_entries;
}

int policy_flow_made(struct engine *e, uint32_t id,
		     const struct kernel_place *place,
		     const struct kernel_sel *sel, unsigned int nth)
{
	int err;
	struct kernel_flow k = {
		.id = id, .seq = place->seq, .sel = *sel, .negotiable = true,
		.type = CRYPTOMAP_ENTRY_T_DYNAMIC,
	};
	const struct cfg_map *map = cfg_map_find(e->policy->cfg, place->map);
	const struct cfg_entry *entry = map ? cfg_entry_find(map, place->seq) :
					      NULL;

	/* Whose part it is, the kernel knows. */
	if (entry && entry->type != CFG_IPSEC_DYNAMIC)
		return policy_flow(e, id) ? 0 : -ENOENT;
	memcpy(k.ifname, place->ifname, sizeof(k.ifname));
	memcpy(k.map, place->map, sizeof(k.map));
	err = flow_listed(e->policy, &k);
	if (!err)
		flow_by_id(e->policy, id)->nth = nth;
	return err;
}

/* A want looks for its flow again, and frees it when it ends. */
void policy_flow_ended(struct engine *e, uint32_t id)
{
	struct policy_flow *f = flow_by_id(e->policy, id);

	if (f && policy_is_made(f) && !want_find(e, id) &&
	    !hash_find(&e->children_by_flow, id))
		flow_free(e->policy, f);
}

static struct entry_state *entry_state(struct policy *p, const char *map,
				       uint32_t seq)
{
	struct entry_state *s;
	struct list *pos, *tmp;

	list_for_each(&p->entries, pos, tmp) {
		s = list_entry(pos, struct entry_state, all);
		if (s->seq == seq && !strcmp(s->map, map))
			return s;
	}
	return NULL;
}

unsigned int policy_peer_current(struct engine *e, const struct policy_flow *f)
{
	const struct entry_state *s = entry_state(e->policy, f->k.map,
						  f->k.seq);
	const struct cfg_entry *entry = policy_entry(e, f);
	unsigned int i, at = 0;

	for (i = 0; s && entry && i < entry->n_peers; i++)
		if (addr_equal(&entry->peers[i], &s->current))
			at = i;
	return at;
}

void policy_peer_set_current(struct engine *e, const struct policy_flow *f,
			     unsigned int index)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	struct entry_state *s;

	if (!entry || entry->n_peers < 2)
		return;
	s = entry_state(e->policy, f->k.map, f->k.seq);
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return;
		memcpy(s->map, f->k.map, sizeof(s->map));
		s->seq = f->k.seq;
		list_add_tail(&e->policy->entries, &s->all);
	}
	s->current = entry->peers[index % entry->n_peers];
}

void policy_peer_next(struct engine *e, const struct policy_flow *f,
		      const struct addr *failed)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	unsigned int i = policy_peer_current(e, f);

	if (!entry || !entry->n_peers)
		return;
	if (addr_equal(&entry->peers[i], failed))
		policy_peer_set_current(e, f, i + 1);
}

/* --- all ------------------------------------------------------------------- */

struct policy *policy_new(struct engine *e)
{
	struct policy *p = calloc(1, sizeof(*p));
	uint64_t seed = 0;

	if (!p)
		return NULL;
	p->e = e;
	list_init(&p->all_flows);
	list_init(&p->entries);
	list_init(&p->ezvpns);
	timer_init(&p->refresh, refresh_timer, p);
	timer_init(&p->resync, policy_resync, e);
	timer_init(&p->addresses, policy_follow_addresses, e);
	crypto_random(&seed, sizeof(seed));
	if (policy_routes_init(&p->routes, e, seed) ||
	    hash_init(&p->flows, FLOW_BITS, seed) ||
	    hash_init(&p->flows_by_sel, FLOW_BITS, seed) ||
	    hash_init(&p->wants, FLOW_BITS, seed)) {
		policy_free(p);
		return NULL;
	}
	return p;
}

void policy_free(struct policy *p)
{
	struct list *pos, *tmp;

	if (!p)
		return;
	timer_cancel(&p->e->timers, &p->refresh);
	timer_cancel(&p->e->timers, &p->resync);
	timer_cancel(&p->e->timers, &p->addresses);
	list_for_each(&p->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);
		struct want *want = want_find(p->e, f->k.id);

		if (want)
			want_free(want);
		flow_free(p, f);
	}
	list_for_each(&p->entries, pos, tmp)
		free(list_entry(pos, struct entry_state, all));
	hash_free(&p->flows);
	hash_free(&p->flows_by_sel);
	hash_free(&p->wants);
	policy_routes_free(&p->routes);
	policy_trusts_free(&p->trusts);
	cm_config_free(p->cfg);
	free(p);
}

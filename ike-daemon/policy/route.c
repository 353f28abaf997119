// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/route.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"

#define ROUTE_BITS	10
/* Changes of the system come in bursts; and a round costs time, ms. */
#define SETTLE_MS	300
#define ROUND_MS	5000
/* Nets that are looked after in one turn, so that messages do not wait. */
#define TURN		64
/* A peer that only a dynamic map knows cannot have shorter prefixes than these. */
#define GUEST_BITS_4	8
#define GUEST_BITS_6	16

static struct policy_routes *routes_of(const struct engine *e)
{
	return &e->policy->routes;
}

/* --- nets -------------------------------------------------------------------- */

static uint64_t key_of(const struct range *dst)
{
	uint64_t key = hash_bytes(0, dst->from.bytes, addr_len(&dst->from));

	return hash_bytes(key, dst->to.bytes, addr_len(&dst->to));
}

static struct policy_net *find_net(struct policy_routes *r,
				   const struct range *dst)
{
	struct hash_node *n = hash_find(&r->by_dst, key_of(dst));

	for (; n; n = hash_find_next(n)) {
		struct policy_net *net = hash_entry(n, struct policy_net, by_dst);

		if (range_equal(&net->dst, dst))
			return net;
	}
	return NULL;
}

static struct policy_net *get_net(struct policy_routes *r,
				  const struct range *dst)
{
	struct policy_net *net = find_net(r, dst);

	if (net)
		return net;
	net = calloc(1, sizeof(*net));
	if (!net)
		return NULL;
	net->dst = *dst;
	net->error = -EINPROGRESS;
	list_init(&net->routes);
	hash_add(&r->by_dst, &net->by_dst, key_of(dst));
	list_add_tail(&r->done, &net->all);
	return net;
}

struct policy_route *policy_net_winner(const struct policy_net *net)
{
	struct list *first = net->routes.next, *pos;

	for (pos = first; pos != &net->routes; pos = pos->next) {
		struct policy_route *route = list_entry(pos, struct policy_route,
							of_net);

		if (route->pairs)
			return route;
	}
	return list_entry(first, struct policy_route, of_net);
}

/* --- the kernel's ------------------------------------------------------------ */

static void take_away(struct engine *e, struct policy_net *net)
{
	struct range rest = net->dst;
	struct prefix p;
	bool more;

	do {
		more = range_take_prefix(&rest, &p);
		e->net->reverse_del(e->net_ctx, &p);
	} while (more);
	net->there = false;
}

/* One that is there may be ours, from before, or half way. */
static int add_prefix(struct engine *e, const struct prefix *p,
		      const struct reverse_way *way)
{
	int err = e->net->reverse_add(e->net_ctx, p, way);

	if (err != -EEXIST)
		return err;
	e->net->reverse_del(e->net_ctx, p);
	return e->net->reverse_add(e->net_ctx, p, way);
}

/* All of its prefixes, or none. */
static int make(struct engine *e, struct policy_net *net,
		const struct reverse_way *way)
{
	struct range rest = net->dst;
	struct prefix p;
	bool more;
	int err;

	do {
		more = range_take_prefix(&rest, &p);
		err = add_prefix(e, &p, way);
	} while (more && !err);
	if (err)
		take_away(e, net);
	return err;
}

/* The interface of @way is another one with the same map: SAs are for all of them. */
static bool has_map(const struct engine *e, const struct policy_route *route,
		    const struct reverse_way *way)
{
	const struct cfg_interface *ifc =
		cfg_interface_find(engine_config(e), way->ifname);

	return ifc && !strcmp(ifc->map, route->map);
}

/* That there is, or that an entry names. */
static bool has_other_peer(const struct engine *e, const struct range *dst)
{
	const struct cm_config *cfg = engine_config(e);
	struct list *pos, *tmp;
	size_t i, j, k;

	for (i = 0; i < cfg->n_maps; i++)
		for (j = 0; j < cfg->maps[i].n_entries; j++)
			for (k = 0; k < cfg->maps[i].entries[j].n_peers; k++)
				if (range_contains(dst, &cfg->maps[i].entries[j].peers[k]))
					return true;
	list_for_each(&e->all_peers, pos, tmp)
		if (range_contains(dst, &list_entry(pos, struct peer, all)->addr))
			return true;
	return false;
}

/*
 * What a peer asks for that nobody has configured is routed to it only if nobody else can
 * be meant: else it would have whatever it likes.
 */
static int guest_may(struct engine *e, const struct range *dst,
		     const struct reverse_way *way)
{
	unsigned int least = dst->from.family == AF_INET ? GUEST_BITS_4 :
							   GUEST_BITS_6;
	struct prefix p;

	if (range_to_prefix(dst, &p) || p.len < least)
		return -ERANGE;
	if (range_contains(dst, &way->gateway) || has_other_peer(e, dst))
		return -EADDRINUSE;
	return e->net->reverse_fits(e->net_ctx, dst);
}

static int find_way(struct engine *e, const struct policy_net *net,
		    struct reverse_way *way)
{
	const struct policy_route *route = policy_net_winner(net);
	int err;

	*way = (struct reverse_way){ 0 };
	if (!e->net->reverse_way)
		return -EOPNOTSUPP;
	err = e->net->reverse_way(e->net_ctx, &route->peer,
				  route->map[0] ? NULL : route->ifname, way);
	if (!err && route->map[0] && !has_map(e, route, way))
		err = -EHOSTUNREACH;
	return !err && route->guest ? guest_may(e, &net->dst, way) : err;
}

static bool is_same_way(const struct reverse_way *a, const struct reverse_way *b)
{
	return a->ifindex == b->ifindex && addr_equal(&a->gateway, &b->gateway);
}

const char *policy_route_error(int err)
{
	switch (err) {
	case -EEXIST:
		return "there is another one";
	case -EHOSTUNREACH:
		return "there is no way to the peer";
	case -EXDEV:
		return "the way to the peer is in another table than main";
	case -EADDRINUSE:
		return "others are in it, and no access list allows it";
	case -ERANGE:
		return "it is too large, and no access list allows it";
	case -EINPROGRESS:
		return "its turn is to come";
	case -EIO:
		return "the system refuses it";
	default:
		return strerror(-err);
	}
}

/* What has gone wrong is told once, and what has come right after that. */
static void note(struct engine *e, struct policy_net *net, int err)
{
	char dst[RANGE_STRLEN], peer[ADDR_STRLEN];
	int before = net->error;

	net->error = err;
	if (err == before)
		return;
	range_format(&net->dst, dst, sizeof(dst));
	addr_format(&policy_net_winner(net)->peer, peer, sizeof(peer));
	if (!err)
		log_info(ipsec, "reverse route to %s behind %s made", dst, peer);
	else if (log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
		log_warning(ipsec, "no reverse route to %s behind %s: %s", dst,
			    peer, policy_route_error(err));
}

/* Make the kernel's what it should be. */
static void settle(struct engine *e, struct policy_net *net)
{
	struct reverse_way way;
	int err;

	if (list_empty(&net->routes))
		return;		/* of an earlier daemon */
	err = find_way(e, net, &way);
	/* Packets are taken before anybody asks for a neighbour: the link is enough. */
	if (way.gateway.family != net->dst.from.family)
		way.gateway = (struct addr){ 0 };
	if (!err && net->there && is_same_way(&way, &net->way)) {
		net->way = way;
		note(e, net, 0);
		return;
	}
	if (net->there)
		take_away(e, net);
	if (!err)
		err = make(e, net, &way);
	net->there = !err;
	net->way = way;
	note(e, net, err);
}

/* --- turns --------------------------------------------------------------------- */

static void schedule(struct policy_routes *r)
{
	uint64_t next = r->began_ms + ROUND_MS, wait = SETTLE_MS;

	if (r->timer.armed)
		return;
	if (r->began_ms && next > engine_now(r->e) + wait)
		wait = next - engine_now(r->e);
	timer_set(&r->e->timers, &r->timer, wait);
}

/* All of them, if there are none that wait already. */
static void begin_round(struct policy_routes *r)
{
	while (!list_empty(&r->done)) {
		struct list *first = r->done.next;

		list_del(first);
		list_add_tail(&r->todo, first);
	}
	r->began_ms = engine_now(r->e);
	r->again = false;
}

static void turn(void *arg)
{
	struct policy_routes *r = arg;
	unsigned int i;

	if (list_empty(&r->todo))
		begin_round(r);
	for (i = 0; i < TURN && !list_empty(&r->todo); i++) {
		struct policy_net *net = list_first(&r->todo, struct policy_net,
						    all);

		list_del(&net->all);
		list_add_tail(&r->done, &net->all);
		settle(r->e, net);
	}
	if (!list_empty(&r->todo))
		timer_set(&r->e->timers, &r->timer, 1);
	else if (r->again)
		schedule(r);
}

/* Now, or, where there are many, soon. */
static void touch(struct policy_routes *r, struct policy_net *net)
{
	if (!r->bulk) {
		settle(r->e, net);
		return;
	}
	list_del(&net->all);
	list_add_tail(&r->todo, &net->all);
	timer_set(&r->e->timers, &r->timer, 1);
}

/* --- claims ------------------------------------------------------------------------ */

static struct policy_route *find_route(struct policy_net *net,
				       const struct policy_route *like)
{
	struct list *pos, *tmp;

	list_for_each(&net->routes, pos, tmp) {
		struct policy_route *route = list_entry(pos, struct policy_route,
							of_net);

		if (addr_equal(&route->peer, &like->peer) &&
		    !strcmp(route->ifname, like->ifname) &&
		    !strcmp(route->map, like->map) &&
		    route->guest == like->guest)
			return route;
	}
	return NULL;
}

static void drop_empty(struct policy_routes *r, struct policy_net *net)
{
	char dst[RANGE_STRLEN];

	if (!list_empty(&net->routes))
		return;
	hash_del(&r->by_dst, &net->by_dst);
	list_del(&net->all);
	/* Also what could not be changed lately may still be there. */
	if (!r->stay && r->e->net->reverse_del)
		take_away(r->e, net);
	if (!r->stay && !net->error)
		log_info(ipsec, "reverse route to %s taken away",
			 range_format(&net->dst, dst, sizeof(dst)));
	free(net);
}

static struct policy_route *get(struct engine *e, const struct range *dst,
				const struct policy_route *like, bool of_pair)
{
	struct policy_routes *r = routes_of(e);
	struct policy_net *net = get_net(r, dst);
	struct policy_route *route = net ? find_route(net, like) : NULL;
	const struct policy_route *before;

	if (!net)
		return NULL;
	before = list_empty(&net->routes) ? NULL : policy_net_winner(net);
	if (!route) {
		route = malloc(sizeof(*route));
		if (!route) {
			drop_empty(r, net);
			return NULL;
		}
		*route = *like;
		route->net = net;
		list_add_tail(&net->routes, &route->of_net);
	}
	if (of_pair) {
		list_del(&route->of_net);
		list_add(&net->routes, &route->of_net);
	}
	*(of_pair ? &route->pairs : &route->statics) += 1;
	if (policy_net_winner(net) != before)
		touch(r, net);
	return route;
}

static void put(struct engine *e, struct policy_route *route, bool of_pair)
{
	struct policy_routes *r = routes_of(e);
	const struct policy_route *before;
	struct policy_net *net;

	if (!route)
		return;
	net = route->net;
	before = policy_net_winner(net);
	*(of_pair ? &route->pairs : &route->statics) -= 1;
	if (!route->pairs && !route->statics) {
		list_del(&route->of_net);
		free(route);
	}
	if (list_empty(&net->routes))
		drop_empty(r, net);
	else if (!r->stay && policy_net_winner(net) != before)
		touch(r, net);
}

/* A default route would take everything; the way to the peer must stay as it is. */
static bool is_fit(const struct range *dst, const struct addr *peer)
{
	struct prefix p;

	return !range_contains(dst, peer) &&
	       (range_to_prefix(dst, &p) || p.len);
}

static struct policy_route *claim(struct engine *e, const struct policy_flow *f,
				  const struct cfg_entry *entry,
				  const struct addr *peer,
				  const struct child_sa *c)
{
	const struct cfg_map *map = cfg_map_find(engine_config(e), f->k.map);
	struct policy_route like = {
		.peer = *peer,
		/* The pools are ours to give. */
		.guest = policy_is_dynamic(f) && !entry->acl[0] && !(c && c->lease),
	};

	if (!is_fit(&f->k.sel.dst, peer))
		return NULL;
	memcpy(like.ifname, f->k.ifname, sizeof(like.ifname));
	if (map && map->local_interface[0])
		memcpy(like.map, map->name, sizeof(like.map));
	return get(e, &f->k.sel.dst, &like, c);
}

static bool any_has_routes(const struct engine *e, const struct policy_flow *f)
{
	const struct cm_config *cfg = engine_config(e);
	const struct cfg_map *map = cfg_map_find(cfg, f->k.map);
	const struct cfg_entry *entry = map ? cfg_entry_find(map, f->k.seq) : NULL;
	size_t i;

	map = entry ? cfg_dynamic_find(cfg, entry->dynamic) : NULL;
	for (i = 0; map && i < map->n_entries; i++)
		if (map->entries[i].routes)
			return true;
	return false;
}

/*
 * Which entry of a dynamic map a pair of an earlier daemon is of is not known: it goes on
 * with what it has.
 */
static bool is_wanted(const struct engine *e, const struct policy_flow *f,
		      const struct cfg_entry *entry, const struct child_sa *c)
{
	if (!c->adopted || !policy_is_dynamic(f))
		return entry->routes;
	return any_has_routes(e, f) &&
	       (c->route || find_net(routes_of(e), &f->k.sel.dst));
}

void policy_route_pair(struct child_sa *c)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);
	const struct cfg_entry *entry = f ? policy_entry(c->e, f) : NULL;
	struct policy_route *old = c->route;

	if (c->state < CHILD_INSTALLED && !c->adopted)
		return;
	c->route = entry && is_wanted(c->e, f, entry, c) ?
		   claim(c->e, f, entry, &c->remote, c) : NULL;
	put(c->e, old, true);
}

void policy_route_put_pair(struct child_sa *c)
{
	put(c->e, c->route, true);
	c->route = NULL;
}

void policy_route_flow(struct engine *e, struct policy_flow *f)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	struct policy_route *old = f->route;
	size_t at;

	f->route = NULL;
	if (entry && entry->routes == CFG_ROUTES_STATIC && entry->n_peers) {
		at = policy_peer_current(e, f) % entry->n_peers;
		f->route = claim(e, f, entry, &entry->peers[at], NULL);
	}
	put(e, old, false);
}

void policy_route_put_flow(struct engine *e, struct policy_flow *f)
{
	put(e, f->route, false);
	f->route = NULL;
}

/* --- all of them -------------------------------------------------------------------- */

void policy_routes_apply(struct engine *e)
{
	struct list *p, *q, *ptmp, *qtmp;

	routes_of(e)->bulk = true;
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp)
			policy_route_pair(list_entry(q, struct child_sa,
						     of_peer));
	}
	routes_of(e)->bulk = false;
}

/* A net that nobody claims yet. */
static void found(void *arg, const struct prefix *dst,
		  const struct reverse_way *way)
{
	struct policy_routes *r = arg;
	struct policy_net *net;
	struct range all;

	range_from_prefix(&all, dst);
	net = get_net(r, &all);
	if (!net || net->there)
		return;
	net->there = true;
	net->way = *way;
}

void policy_routes_load(struct engine *e)
{
	if (e->net->reverse_routes)
		e->net->reverse_routes(e->net_ctx, found, routes_of(e));
}

static void drop_all_empty(struct policy_routes *r, struct list *nets)
{
	struct list *pos, *tmp;

	list_for_each(nets, pos, tmp)
		drop_empty(r, list_entry(pos, struct policy_net, all));
}

/* What was part of a range that is no prefix is made anew by its turn. */
void policy_routes_take_over(struct engine *e)
{
	policy_routes_apply(e);
	drop_all_empty(routes_of(e), &routes_of(e)->done);
	drop_all_empty(routes_of(e), &routes_of(e)->todo);
}

static void gone(struct policy_routes *r, const struct prefix *dst)
{
	struct policy_net *net;
	struct range all;

	range_from_prefix(&all, dst);
	net = find_net(r, &all);
	if (net)
		net->there = false;
}

/* Of one interface, or of all (0). */
static void gone_by(struct list *nets, unsigned int ifindex)
{
	struct list *pos, *tmp;

	list_for_each(nets, pos, tmp) {
		struct policy_net *net = list_entry(pos, struct policy_net, all);

		if (!ifindex || net->way.ifindex == ifindex)
			net->there = false;
	}
}

void policy_route_event(void *arg, enum reverse_event what,
			const struct prefix *dst, unsigned int ifindex)
{
	struct policy_routes *r = routes_of(arg);

	if (list_empty(&r->todo) && list_empty(&r->done))
		return;
	if (what == REVERSE_GONE) {
		gone(r, dst);
	} else if (what == REVERSE_LINK || what == REVERSE_LOST) {
		gone_by(&r->todo, ifindex);
		gone_by(&r->done, ifindex);
	}
	r->again = true;
	schedule(r);
}

int policy_routes_init(struct policy_routes *r, struct engine *e, uint64_t seed)
{
	r->e = e;
	list_init(&r->todo);
	list_init(&r->done);
	timer_init(&r->timer, turn, r);
	return hash_init(&r->by_dst, ROUTE_BITS, seed);
}

static void free_all(struct list *nets)
{
	struct list *pos, *tmp;

	list_for_each(nets, pos, tmp)
		free(list_entry(pos, struct policy_net, all));
}

/* What is left is what an earlier daemon made, and nobody took over. */
void policy_routes_free(struct policy_routes *r)
{
	timer_cancel(&r->e->timers, &r->timer);
	free_all(&r->todo);
	free_all(&r->done);
	hash_free(&r->by_dst);
}

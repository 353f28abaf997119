// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/route.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"
#include "tools/cli/model.h"

#define ROUTE_BITS	10
/* Changes of the system come in bursts; and a round costs time, ms. */
#define SETTLE_MS	300
#define ROUND_MS	5000
/* Routes that are looked after in one turn, so that messages do not wait. */
#define TURN		64

static struct policy_routes *routes_of(const struct engine *e)
{
	return &e->policy->routes;
}

/* --- the kernel's ------------------------------------------------------------ */

/* Both by prefixes; the peer NULL: it goes. */
static int tell(struct engine *e, const struct policy_route *route,
		const struct addr *peer)
{
	struct range rest = route->dst;
	struct prefix p;
	int err = 0, one;
	bool more;

	if (!e->net->reverse_route)
		return -EOPNOTSUPP;
	do {
		more = range_take_prefix(&rest, &p);
		one = e->net->reverse_route(e->net_ctx, &p, route->ifname, peer);
		if (!err)
			err = one;
	} while (more);
	return err;
}

const char *policy_route_error(int err)
{
	return err == -EEXIST ? "there is another one" :
	       err == -EIO ? "the system refuses it" : strerror(-err);
}

/* What has gone wrong is told once, and what has come right after that. */
static void set(struct engine *e, struct policy_route *route)
{
	char dst[RANGE_STRLEN], peer[ADDR_STRLEN];
	int before = route->error;

	route->error = tell(e, route, &route->peer);
	if (route->error == before)
		return;
	range_format(&route->dst, dst, sizeof(dst));
	addr_format(&route->peer, peer, sizeof(peer));
	if (route->error)
		log_warning(ipsec, "no reverse route to %s behind %s: %s", dst,
			    peer, policy_route_error(route->error));
	else
		log_info(ipsec, "reverse route to %s behind %s made", dst, peer);
}

/* --- who has one ------------------------------------------------------------- */

static uint64_t key_of(const struct range *dst)
{
	uint64_t key = hash_bytes(0, dst->from.bytes, addr_len(&dst->from));

	return hash_bytes(key, dst->to.bytes, addr_len(&dst->to));
}

static struct policy_route *find(struct policy_routes *r,
				 const struct range *dst,
				 const struct policy_route *like)
{
	struct hash_node *n = hash_find(&r->by_dst, key_of(dst));

	for (; n; n = hash_find_next(n)) {
		struct policy_route *route = hash_entry(n, struct policy_route,
							by_dst);

		if (range_equal(&route->dst, dst) &&
		    (!like || (addr_equal(&route->peer, &like->peer) &&
			       !strcmp(route->ifname, like->ifname))))
			return route;
	}
	return NULL;
}

void policy_route_put(struct engine *e, struct policy_route *route)
{
	struct policy_routes *r = routes_of(e);
	struct policy_route *other;
	char dst[RANGE_STRLEN];

	if (!route || --route->refs)
		return;
	hash_del(&r->by_dst, &route->by_dst);
	list_del(&route->all);
	other = find(r, &route->dst, NULL);
	if (!r->stay && other) {
		set(e, other);
	} else if (!r->stay && !route->error) {
		tell(e, route, NULL);
		log_info(ipsec, "reverse route to %s taken away",
			 range_format(&route->dst, dst, sizeof(dst)));
	}
	free(route);
}

/* A default route would take everything; the way to the peer must stay as it is. */
static bool is_fit(const struct range *dst, const struct addr *peer)
{
	struct prefix p;

	return !range_contains(dst, peer) &&
	       (range_to_prefix(dst, &p) || p.len);
}

static struct policy_route *get(struct engine *e, const struct policy_flow *f,
				const struct addr *peer)
{
	const struct range *dst = &f->k.sel.dst;
	struct policy_routes *r = routes_of(e);
	struct policy_route like = { .peer = *peer }, *route;

	if (!is_fit(dst, peer))
		return NULL;
	memcpy(like.ifname, f->k.ifname, sizeof(like.ifname));
	route = find(r, dst, &like);
	if (route) {
		route->refs++;
		return route;
	}
	route = malloc(sizeof(*route));
	if (!route)
		return NULL;
	*route = like;
	route->dst = *dst;
	route->refs = 1;
	route->error = -EINPROGRESS;
	hash_add(&r->by_dst, &route->by_dst, key_of(dst));
	list_add_tail(&r->all, &route->all);
	set(e, route);
	return route;
}

/* @with was got before, so that one that is the same stays where it is. */
static void replace(struct engine *e, struct policy_route **at,
		    struct policy_route *with)
{
	struct policy_route *old = *at;

	*at = with;
	policy_route_put(e, old);
}

static enum cfg_routes wanted(const struct engine *e, const struct policy_flow *f)
{
	const struct cfg_entry *entry = f ? policy_entry(e, f) : NULL;

	return entry ? entry->routes : CFG_ROUTES_NONE;
}

void policy_route_pair(struct child_sa *c)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);

	if (c->state < CHILD_INSTALLED && !c->adopted)
		return;
	replace(c->e, &c->route,
		wanted(c->e, f) ? get(c->e, f, &c->remote) : NULL);
}

void policy_route_flow(struct engine *e, struct policy_flow *f)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	struct policy_route *route = NULL;

	if (wanted(e, f) == CFG_ROUTES_STATIC && entry->n_peers)
		route = get(e, f, &entry->peers[policy_peer_current(e, f) %
						entry->n_peers]);
	if (f->route)
		f->route->is_static = false;
	if (route)
		route->is_static = true;
	replace(e, &f->route, route);
}

void policy_routes_apply(struct engine *e)
{
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp)
			policy_route_pair(list_entry(q, struct child_sa,
						     of_peer));
	}
}

/* --- looking after them -------------------------------------------------------- */

static void round_turn(void *arg)
{
	struct policy_routes *r = arg;
	unsigned int i;

	if (!r->left) {
		r->left = r->by_dst.count;
		r->began_ms = engine_now(r->e);
	}
	for (i = 0; i < TURN && r->left && !list_empty(&r->all); i++) {
		struct policy_route *route = list_first(&r->all,
							struct policy_route, all);

		list_del(&route->all);
		list_add_tail(&r->all, &route->all);
		set(r->e, route);
		r->left--;
	}
	if (r->left)
		timer_set(&r->e->timers, &r->timer, 1);
}

void policy_routes_changed(struct engine *e)
{
	struct policy_routes *r = routes_of(e);
	uint64_t next = r->began_ms + ROUND_MS, wait = SETTLE_MS;

	if (list_empty(&r->all) || r->timer.armed)
		return;
	if (r->began_ms && next > engine_now(e) + wait)
		wait = next - engine_now(e);
	timer_set(&e->timers, &r->timer, wait);
}

static bool is_wanted(struct policy_routes *r, const struct prefix *p)
{
	struct list *pos, *tmp;
	struct range all;

	range_from_prefix(&all, p);
	if (find(r, &all, NULL))
		return true;
	list_for_each(&r->all, pos, tmp) {
		const struct policy_route *route =
			list_entry(pos, struct policy_route, all);
		struct range rest = route->dst;
		struct prefix part;
		bool more;

		if (!range_contains(&route->dst, &all.from))
			continue;
		do {
			more = range_take_prefix(&rest, &part);
			if (prefix_equal(&part, p))
				return true;
		} while (more);
	}
	return false;
}

static void sweep_one(void *arg, const struct prefix *p)
{
	struct policy_routes *r = arg;
	char text[PREFIX_STRLEN];

	if (is_wanted(r, p))
		return;
	r->e->net->reverse_route(r->e->net_ctx, p, NULL, NULL);
	log_info(ipsec, "reverse route to %s of an earlier run taken away",
		 prefix_format(p, text, sizeof(text)));
}

void policy_routes_sweep(struct engine *e)
{
	if (e->net->reverse_routes)
		e->net->reverse_routes(e->net_ctx, sweep_one, routes_of(e));
}

/* --- all ------------------------------------------------------------------------ */

int policy_routes_init(struct policy_routes *r, struct engine *e, uint64_t seed)
{
	r->e = e;
	list_init(&r->all);
	timer_init(&r->timer, round_turn, r);
	return hash_init(&r->by_dst, ROUTE_BITS, seed);
}

void policy_routes_free(struct policy_routes *r)
{
	timer_cancel(&r->e->timers, &r->timer);
	hash_free(&r->by_dst);
}

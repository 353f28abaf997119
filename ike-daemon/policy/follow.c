// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses of this router come and go (R-50, E-018, F-113).  What is bound to one that has
 * gone can neither send nor be reached, and nobody can be told from there: it ends without a
 * word, and the peer learns of it by INITIAL-CONTACT from the address that there is now.
 */
#include <stdio.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"

/* A line that changes its address takes the one away before the other is there, ms. */
#define SETTLE_MS	500
#define AGAIN_MS	5000	/* when they could not be read */

void policy_addresses_changed(struct engine *e)
{
	/* Changes that go on and on do not put it off. */
	if (!e->policy->addresses.armed)
		timer_set(&e->timers, &e->policy->addresses, SETTLE_MS);
}

/* Thousands of SAs have a handful of addresses, and those that are gone are looked for long. */
struct look {
	struct engine *e;
	struct addr last;
	bool gone;
	bool unsure;			/* addresses cannot be read: later */
	struct addr lost;		/* the last of those that are */
};

static bool has_lost(struct look *look, const struct addr *own)
{
	const struct engine_net *net = look->e->net;
	void *ctx = look->e->net_ctx;

	if (net->has_address(ctx, NULL, own))
		return false;
	if (!net->knows_addresses || net->knows_addresses(ctx))
		return true;
	look->unsure = true;
	return false;
}

static bool is_gone(struct look *look, const struct addr *local)
{
	struct addr own = *local;

	own.port = 0;
	if (!addr_is_set(&own))
		return false;
	if (!addr_is_set(&look->last) || !addr_equal(&look->last, &own)) {
		look->last = own;
		look->gone = has_lost(look, &own);
	}
	if (look->gone)
		look->lost = own;
	return look->gone;
}

/* Parts and dynamic flows go with their SAs: a packet, or the peer, makes them anew. */
static void mark(struct engine *e, uint32_t flow, const struct addr *local)
{
	struct policy_flow *f = policy_flow_known(e, flow);
	char text[ADDR_STRLEN];

	if (!f || policy_is_made(f))
		return;
	f->homeless = true;
	snprintf(f->reason, sizeof(f->reason),
		 "its address %s is none of this router any more",
		 addr_format(local, text, sizeof(text)));
}

/* What waits for phase 1 goes on from another address, which ike_lost() begins with. */
static void move_wants(struct peer *peer, struct look *look)
{
	struct engine *e = peer->e;
	struct list *pos, *tmp;

	list_for_each(&peer->wants, pos, tmp) {
		struct want *want = list_entry(pos, struct want, of_peer);
		const struct policy_flow *f = policy_flow_known(e, want->flow);

		if (!is_gone(look, &want->local))
			continue;
		mark(e, want->flow, &want->local);
		if (!f || policy_local_address(e, f, peer->addr.family,
					       &want->local))
			want->local = (struct addr){ 0 };
	}
}

static unsigned int end_pairs(struct peer *peer, struct look *look)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		/* One that is not finished goes with its exchange. */
		if (!is_gone(look, &c->local) ||
		    (c->state < CHILD_INSTALLED && !c->adopted))
			continue;
		if (child_sa_of_flow(c->e, c->flow) == c &&
		    !child_sa_is_guest(c))
			mark(c->e, c->flow, &c->local);
		child_sa_delete(c, CRYPTOMAP_TOMB_ADDRESS);
		n++;
	}
	return n;
}

static unsigned int end_ike_sas(struct peer *peer, struct look *look)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!is_gone(look, &sa->local))
			continue;
		v1_end_ike(sa, false, "its address here has gone");
		n++;
	}
	return n;
}

static void follow_with(struct peer *peer, struct look *look)
{
	char text[ADDR_STRLEN], own[ADDR_STRLEN];
	unsigned int pairs, sas;

	peer->pins++;
	move_wants(peer, look);
	pairs = end_pairs(peer, look);
	sas = end_ike_sas(peer, look);
	if (pairs || sas)
		log_notice(ike, "%s: %u ISAKMP SAs and %u pairs of SAs end: their address %s is none of this router any more",
			   addr_format(&peer->addr, text, sizeof(text)), sas,
			   pairs, addr_format(&look->lost, own, sizeof(own)));
	if (sas)
		policy_ike_lost(peer);
	peer->pins--;
	peer_release(peer);
}

/* Whatever it was that it waited for: an address that it can use is there. */
static void begin_again(struct engine *e, struct policy_flow *f)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	struct addr own;

	/* The peer may have begun. */
	f->homeless = f->homeless && !child_sa_of_flow(e, f->k.id);
	if (!f->homeless || !entry || !entry->n_peers ||
	    policy_local_address(e, f, entry->peers[policy_peer_current(e, f)].family,
				 &own))
		return;
	f->homeless = false;
	want_flow(e, f->k.id, WANT_TRAFFIC, NULL, 1);
}

void policy_follow_addresses(void *arg)
{
	struct engine *e = arg;
	struct look look = { .e = e };
	struct list *pos, *tmp;

	engine_count(e, ENGINE_C_ADDRESSES);
	list_for_each(&e->all_peers, pos, tmp)
		follow_with(list_entry(pos, struct peer, all), &look);
	list_for_each(&e->policy->all_flows, pos, tmp)
		begin_again(e, list_entry(pos, struct policy_flow, all));
	if (!look.unsure)
		return;
	if (log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
		log_err(ike, "addresses of this router cannot be read: SAs whose address has gone stay until they can");
	timer_set(&e->timers, &e->policy->addresses, AGAIN_MS);
}

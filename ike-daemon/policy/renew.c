// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs of SAs whose ISAKMP SA has gone are negotiated anew.  Many peers end
 * their pairs together with the ISAKMP SA, without saying so: what we send on
 * ours would be lost until their soft lifetime ends.
 */
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* The peer may be about to end its pairs one by one, ms. */
#define RENEW_DELAY_MS	1500
/* Not more often for want of keepalives, ms. */
#define RENEW_PAUSE_MS	60000

static void renew(struct child_sa *c)
{
	/* To ask the kernel for a flow may remove pairs: not in a walk. */
	if (c->state < CHILD_INSTALLED || !policy_flow_known(c->e, c->flow))
		return;
	c->doubted = true;
	if (child_sa_of_flow(c->e, c->flow) == c)
		want_flow(c->e, c->flow, WANT_RENEW, &c->remote, 1);
}

void policy_renew_peer(struct peer *peer, const struct addr *local)
{
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (!c->hybrid && (!local || addr_equal(&c->local, local)))
			renew(c);
	}
}

/* Has it no ISAKMP SA, and will it have none soon, though we could begin one? */
static bool is_bare(const struct child_sa *c)
{
	return !peer_ike_sa(c->peer, &c->local) &&
	       !peer_connecting(c->peer, &c->local) &&
	       v1_may_begin_under(c->e, &c->local, &c->remote, c->profile);
}

static bool any_bare(const struct peer *peer)
{
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp)
		if (is_bare(list_entry(pos, struct child_sa, of_peer)))
			return true;
	return false;
}

/*
 * Without an ISAKMP SA nobody notices that the peer is dead, and nothing falls
 * over.  A peer that ends its pairs, too, says so in the next messages; and one
 * that ends every idle ISAKMP SA shall not keep us busy.
 */
void policy_renew_later(struct peer *peer)
{
	struct engine *e = peer->e;
	uint64_t next = peer->renewed_ms + RENEW_PAUSE_MS;
	uint64_t wait = RENEW_DELAY_MS;

	if (!peer->dpd || !any_bare(peer))
		return;
	if (peer->renewed_ms && next > engine_now(e) + wait)
		wait = next - engine_now(e);
	timer_set(&e->timers, &peer->renew, wait);
}

static bool is_kept_alive(const struct child_sa *c)
{
	const struct cfg_map *map = policy_client_map(c->e, &c->local, c->profile);
	const struct cm_config *cfg = engine_config(c->e);
	const struct cfg_who who = policy_who(c);
	struct cfg_keepalive ka;

	cfg_keepalive_of(cfg, &who, map ? cfg_client_group(cfg, map, &who) :
					  NULL, &ka);
	return ka.seconds;
}

void policy_renew_timer(void *arg)
{
	struct peer *peer = arg;
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (!is_bare(c) || !is_kept_alive(c))
			continue;
		peer->renewed_ms = engine_now(peer->e);
		renew(c);
	}
}

void policy_end_pair(struct child_sa *c)
{
	if (c->state < CHILD_INSTALLED && !c->adopted)
		return;		/* goes with its exchange */
	v1_delete_child(c);
	child_sa_delete(c, CRYPTOMAP_TOMB_DELETED);
}

void policy_end_name(struct peer *peer, const char *key_name, const char *reason)
{
	struct list *pos, *tmp;

	peer->pins++;
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->key_name && !c->hybrid &&
		    !strcmp(c->key_name, key_name))
			policy_end_pair(c);
	}
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!ike_sa_is_hybrid(sa) && !strcmp(sa->key_name, key_name))
			v1_end_ike(sa, true, reason);
	}
	peer->pins--;
	peer_release(peer);
}

void policy_end_client(struct ike_sa *sa, const char *reason)
{
	struct peer *peer = sa->peer;
	struct list *pos, *tmp;

	peer->pins++;
	account_ends(v1_access_account(sa), reason);
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (child_sa_is_with(c, sa))
			policy_end_pair(c);
	}
	v1_end_ike(sa, true, reason);
	policy_ike_lost(peer);
	peer->pins--;
	peer_release(peer);
}

void policy_end_peer(struct peer *peer, const char *reason)
{
	struct list *pos, *tmp;

	peer->pins++;
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		account_ends(c->account, reason);
		policy_end_pair(c);
	}
	while (!list_empty(&peer->ike_sas))
		v1_end_ike(list_first(&peer->ike_sas, struct ike_sa, of_peer),
			   true, reason);
	want_fail_all(peer, reason);
	peer->pins--;
	peer_release(peer);
}

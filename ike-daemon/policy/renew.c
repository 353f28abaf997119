// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs of SAs whose ISAKMP SA has gone are negotiated anew.  Many peers end
 * their pairs together with the ISAKMP SA, without saying so: what we send on
 * ours would be lost until their soft lifetime ends.
 */
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* The peer may be about to end its pairs one by one, ms. */
#define RENEW_DELAY_MS	1500
/* Not more often for want of keepalives, ms. */
#define RENEW_PAUSE_MS	60000

void policy_renew_peer(struct peer *peer)
{
	struct engine *e = peer->e;
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		/* To ask the kernel for a flow may remove pairs: not here. */
		if (c->state < CHILD_INSTALLED ||
		    !policy_flow_known(e, c->flow))
			continue;
		c->doubted = true;
		if (child_sa_of_flow(e, c->flow) == c)
			want_flow(e, c->flow, WANT_RENEW, &c->remote, 1);
	}
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

	if (!peer->dpd || list_empty(&peer->children) || peer_ike_sa(peer))
		return;
	if (peer->renewed_ms && next > engine_now(e) + wait)
		wait = next - engine_now(e);
	timer_set(&e->timers, &peer->renew, wait);
}

void policy_renew_timer(void *arg)
{
	struct peer *peer = arg;

	if (!engine_config(peer->e)->keepalive.seconds || peer_ike_sa(peer) ||
	    peer_connecting(peer) || list_empty(&peer->children))
		return;
	peer->renewed_ms = engine_now(peer->e);
	policy_renew_peer(peer);
}

void policy_end_peer(struct peer *peer, const char *reason)
{
	struct list *pos, *tmp;

	peer->pins++;
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->state < CHILD_INSTALLED && !c->adopted)
			continue;	/* goes with its exchange */
		v1_delete_child(c);
		child_sa_delete(c, CRYPTOMAP_TOMB_DELETED);
	}
	while (!list_empty(&peer->ike_sas))
		v1_end_ike(list_first(&peer->ike_sas, struct ike_sa, of_peer),
			   true, reason);
	want_fail_all(peer, reason);
	peer->pins--;
	peer_release(peer);
}

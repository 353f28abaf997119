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

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After a change of the configuration: who has proved himself by a certificate or a user
 * that counts no longer, or was not asked for what everybody is asked for now, goes.
 */
#include <stdio.h>

#include "ike-daemon/crypto/pki.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "tools/lib/log.h"

#define WHY_SIZE	200

/* What counts of both: true, and why, if not. */
static bool is_void(const struct engine *e, const struct crypto_cert *cert,
		    const struct addr *local, const char *user, char *why)
{
	struct err err = { "" };

	if (cert && !policy_trusts_cert(e, cert, &err))
		snprintf(why, WHY_SIZE, "its certificate is not accepted any more: %.120s",
			 err.text);
	else if (user[0] && !policy_has_user(e, local, user))
		snprintf(why, WHY_SIZE, "its user, %s, was removed", user);
	else
		return false;
	return true;
}

static bool sa_ends(const struct ike_sa *sa, char *why)
{
	const char *user = v1_access_user(sa);

	if (is_void(sa->e, sa->cert, &sa->local, user, why))
		return true;
	if (!ike_sa_established(sa) || user[0] || !v1_xauth_needed(sa))
		return false;
	snprintf(why, WHY_SIZE, "a user and password are needed now");
	return true;
}

static void log_end(const struct peer *peer, const char *id, const char *why)
{
	char text[ADDR_STRLEN];

	log_notice(ike, "%s: %s: %s: its SAs end",
		   addr_format(&peer->addr, text, sizeof(text)), id, why);
}

/* Pairs may have outlived their ISAKMP SA. */
static void apply_to_peer(struct peer *peer)
{
	struct list *pos, *tmp;
	char why[WHY_SIZE];

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!sa_ends(sa, why))
			continue;
		log_end(peer, sa->remote_id, why);
		policy_end_client(sa, why);
	}
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->state < CHILD_INSTALLED ||
		    !is_void(c->e, c->cert, &c->local, c->user ? c->user : "",
			     why))
			continue;
		log_end(peer, c->remote_id, why);
		policy_end_pair(c);
	}
}

void policy_apply_proofs(struct engine *e)
{
	struct list *pos, *tmp;

	list_for_each(&e->all_peers, pos, tmp) {
		struct peer *peer = list_entry(pos, struct peer, all);

		peer->pins++;
		apply_to_peer(peer);
		peer->pins--;
		peer_release(peer);
	}
}

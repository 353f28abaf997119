// SPDX-License-Identifier: GPL-2.0-or-later
/* Where IKE is spoken (C-001, C-002, F-026). */
#include <stdio.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* Is it an address of an interface that the configuration names for this? */
static bool is_named(const struct engine *e, const struct cm_config *cfg,
		     const struct addr *local)
{
	size_t i = 0;

	while (i < cfg->n_ike_places &&
	       !e->net->has_address(e->net_ctx, cfg->ike_places[i].name, local))
		i++;
	return i < cfg->n_ike_places;
}

bool policy_ike_enabled(const struct engine *e, const struct addr *local)
{
	const struct cm_config *cfg = engine_config(e);
	struct addr own = *local;

	if (!cfg || !cfg_ike_restricted(cfg))
		return true;
	own.port = 0;
	return is_named(e, cfg, &own) == cfg->ike_only;
}

bool policy_ike_refuses(struct engine *e, const struct addr *local,
			const struct addr *remote)
{
	char text[ADDR_STRLEN], own[ADDR_STRLEN];
	uint32_t more = 0;

	if (policy_ike_enabled(e, local))
		return false;
	engine_count(e, ENGINE_C_RX_DISABLED);
	if (log_rate_ok_at(&e->rate_refused, engine_now(e), &more))
		log_notice(ike, "%s: not heard: IKE is not enabled on the interface with %s (%u more refusals)",
			   addr_format(remote, text, sizeof(text)),
			   addr_format(local, own, sizeof(own)), more);
	return true;
}

/* Pairs may have outlived their ISAKMP SA. */
static void end_disabled(struct peer *peer)
{
	struct engine *e = peer->e;
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!policy_ike_enabled(e, &sa->local))
			policy_end_client(sa, IKE_NOT_ENABLED);
	}
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (!policy_ike_enabled(e, &c->local))
			policy_end_pair(c);
	}
}

void policy_apply_enabled(struct engine *e)
{
	struct list *pos, *tmp;
	char text[ADDR_STRLEN];

	if (!cfg_ike_restricted(engine_config(e)))
		return;
	list_for_each(&e->all_peers, pos, tmp) {
		struct peer *peer = list_entry(pos, struct peer, all);
		bool had = !list_empty(&peer->ike_sas) ||
			   !list_empty(&peer->children);

		peer->pins++;
		end_disabled(peer);
		if (had && list_empty(&peer->ike_sas) &&
		    list_empty(&peer->children))
			log_notice(ike, "%s: SAs end: %s",
				   addr_format(&peer->addr, text, sizeof(text)),
				   IKE_NOT_ENABLED);
		peer->pins--;
		peer_release(peer);
	}
}

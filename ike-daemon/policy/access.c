// SPDX-License-Identifier: GPL-2.0-or-later
/* Which crypto map is for clients, and which addresses they have. */
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "tools/cli/model.h"

/* Where several use one address, one that asks for users comes first. */
const struct cfg_map *policy_client_map(const struct engine *e,
					const struct addr *local)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map, *best = NULL;
	size_t i;

	for (i = 0; cfg && i < cfg->n_interfaces; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];
		struct policy_flow probe = { 0 };

		map = cfg_map_find(cfg, ifc->map);
		if (!map || !cfg_map_has_clients(map) ||
		    (best && !map->login[0]))
			continue;
		memcpy(probe.k.ifname, ifc->name, sizeof(probe.k.ifname));
		memcpy(probe.k.map, map->name, sizeof(probe.k.map));
		if (policy_local_fits(e, &probe, local))
			best = map;
	}
	return best;
}

bool policy_has_user(const struct engine *e, const struct addr *local,
		     const char *user, bool radius)
{
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map = policy_client_map(e, local);
	const struct cfg_method *list;

	if (!map || !map->login[0])
		return true;
	list = cfg_method_find(cfg, map->login, false);
	if (!list || radius)
		return list && list->radius;
	return list->local && cfg_user_find(cfg, user);
}

/* --- logins -------------------------------------------------------------------- */

struct logins {
	const struct cm_config *cfg;
	const char *user;		/* or ... */
	const struct cfg_group *group;	/* ... all of that */
};

static bool is_login(const struct logins *which, const char *user,
		     const char *key_name)
{
	if (!user || !user[0])
		return false;
	return which->user ? !strcmp(user, which->user) :
			     cfg_group_of(which->cfg, key_name ?: "") == which->group;
}

/* The first of its client, of the ISAKMP SAs, or of what is behind these the pairs. */
static bool has_earlier(const struct peer *peer, const struct logins *which,
			uint32_t client, const struct list *until)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (pos == until)
			return false;
		if (sa->client == client && ike_sa_established(sa) &&
		    is_login(which, v1_access_user(sa), sa->key_name))
			return true;
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (pos == until)
			return false;
		if (c->client == client && is_login(which, c->user, c->key_name))
			return true;
	}
	return false;
}

static unsigned int count_at(const struct peer *peer, const struct logins *which,
			     const struct ike_sa *but)
{
	bool same = peer == but->peer;
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		n += ike_sa_established(sa) && !(same && sa->client == but->client) &&
		     is_login(which, v1_access_user(sa), sa->key_name) &&
		     !has_earlier(peer, which, sa->client, pos);
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		n += !(same && c->client == but->client) &&
		     is_login(which, c->user, c->key_name) &&
		     !has_earlier(peer, which, c->client, pos);
	}
	return n;
}

unsigned int policy_count_logins(const struct engine *e, const char *user,
				 const struct cfg_group *group,
				 const struct ike_sa *but)
{
	const struct logins which = { engine_config(e), user, group };
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&e->all_peers, pos, tmp)
		n += count_at(list_entry(pos, struct peer, all), &which, but);
	return n;
}

void policy_mark_clients(const struct engine *e,
			 void (*mark)(void *arg, const struct addr *addr),
			 void *arg)
{
	struct list *pos, *tmp;

	list_for_each(&e->policy->all_flows, pos, tmp) {
		const struct policy_flow *f = list_entry(pos, struct policy_flow,
							 all);
		const struct range *dst = &f->k.sel.dst;

		if (policy_is_dynamic(f) && addr_equal(&dst->from, &dst->to))
			mark(arg, &dst->from);
	}
}

bool policy_asks_user(const struct engine *e, const struct policy_flow *f)
{
	const struct cfg_map *map = cfg_map_find(e->policy->cfg, f->k.map);

	return policy_is_dynamic(f) && map && map->login[0];
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Which crypto map is for clients, and which addresses they have. */
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
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

// SPDX-License-Identifier: GPL-2.0-or-later
/* Is IKE spoken where it is needed (C-001, C-002), and with what is it begun (C-011)? */
#include <string.h>

#include "tools/cli/checker.h"

/* The interface whose address the map uses. */
static const char *outer_interface(const struct cfg_map *map,
				   const struct cfg_interface *ifc)
{
	return map->local_interface[0] ? map->local_interface : ifc->name;
}

static bool map_negotiates(const struct cfg_map *map)
{
	size_t i = 0;

	while (i < map->n_entries &&
	       map->entries[i].type == CFG_IPSEC_MANUAL)
		i++;
	return i < map->n_entries;
}

static void check_interface(struct checker *c, const struct cfg_interface *ifc)
{
	const struct cfg_map *map = cfg_map_find(c->cfg, ifc->map);
	const char *outside;

	if (ifc->profile[0] && ifc->source[0] &&
	    !cfg_ike_enabled(c->cfg, ifc->source))
		warning(c, &ifc->source_at,
			"interface %s: IKE is not enabled on %s, its tunnel source: crypto isakmp enable %s",
			ifc->name, ifc->source, ifc->source);
	if (ifc->ezvpn[0] && !ifc->ezvpn_inside &&
	    !cfg_ike_enabled(c->cfg, ifc->name))
		warning(c, &ifc->ezvpn_at,
			"interface %s: IKE is not enabled here, so ezvpn %s cannot call: crypto isakmp enable %s",
			ifc->name, ifc->ezvpn, ifc->name);
	if (!map || ifc->derived || !map_negotiates(map))
		return;
	outside = outer_interface(map, ifc);
	if (!cfg_ike_enabled(c->cfg, outside))
		warning(c, &ifc->where,
			"interface %s: IKE is not enabled on %s, so crypto map %s cannot negotiate: crypto isakmp enable %s",
			ifc->name, outside, map->name, outside);
}

void check_ike(struct checker *c, bool negotiates)
{
	const struct cm_config *cfg = c->cfg;
	size_t i;

	if (cfg->weak_policy && cfg->no_default_policy)
		warning(c, &cfg->weak_policy_at,
			"permit-weak-crypto has no effect: no crypto isakmp default policy");
	else if (cfg->weak_policy)
		warning(c, &cfg->weak_policy_at,
			"default policy %u uses DES and group 1, which are broken",
			CFG_POLICY_WEAK);
	if (negotiates && !cfg_ike_anywhere(cfg)) {
		warning(c, NULL,
			"IKE is not enabled, so no ipsec-isakmp entry can come up: crypto isakmp enable");
		return;
	}
	for (i = 0; i < cfg->n_interfaces; i++)
		check_interface(c, &cfg->interfaces[i]);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: who may use L2TP, and how (F-040, C-062). */
#include <string.h>

#include "tools/cli/model.h"

const char *cfg_ppp_word(enum cfg_ppp method)
{
	static const char *const words[] = {
#define X(id, word) word,
		CFG_PPP_METHODS(X)
#undef X
	};

	return words[method];
}

uint32_t cfg_group_ppp(const struct cm_config *cfg,
		       const struct cfg_group *group)
{
	const struct cfg_tunnel_group *tg =
		cfg_tunnel_group_find(cfg, group->name);

	if (!group->derived)
		return 0;
	return CFG_PPP_DEFAULT ^ (tg ? tg->ppp_changed : 0);
}

const char *cfg_group_ppp_login(const struct cm_config *cfg,
				const struct cfg_group *group)
{
	const struct cfg_tunnel_group *tg =
		cfg_tunnel_group_find(cfg, group->name);

	return tg && tg->login[0] ? tg->login : CFG_LOCAL_LIST;
}

uint32_t cfg_group_ppp_offer(const struct cm_config *cfg,
			     const struct cfg_group *group)
{
	const char *login = cfg_group_ppp_login(cfg, group);
	const struct cfg_method *list = cfg_method_find(cfg, login, false);
	uint32_t methods = cfg_group_ppp(cfg, group);

	return list && list->radius ? methods :
	       methods & ~(1u << CFG_PPP_CHAP);
}

static bool permits(const struct cfg_attrs *attrs)
{
	return cfg_attrs_have(attrs, CFG_ATTR_PROTOCOLS) &&
	       attrs->protocols & CFG_TUNNEL_L2TP;
}

bool cfg_group_has_l2tp(const struct cm_config *cfg,
			const struct cfg_group *group)
{
	struct cfg_attrs attrs;
	bool any = false;
	size_t i;

	if (!group->derived)
		return false;
	cfg_attrs_of(cfg, group, "", "", &attrs);
	any = permits(&attrs);
	for (i = 0; i < cfg->n_users && !any; i++) {
		cfg_attrs_of(cfg, group, cfg->users[i].name, "", &attrs);
		any = permits(&attrs);
	}
	return any;
}

static bool is_transport(const struct cm_config *cfg,
			 const struct cfg_entry *entry)
{
	const struct cfg_transform *ts;
	size_t i;

	for (i = 0; i < entry->n_transforms; i++) {
		ts = cfg_transform_find(cfg, entry->transforms[i]);
		if (ts && ts->mode == CFG_TRANSPORT)
			return true;
	}
	return false;
}

/* Has it a dynamic entry with peers in transport mode? */
static bool takes_transport(const struct cm_config *cfg,
			    const struct cfg_map *map)
{
	const struct cfg_map *dynamic;
	size_t i, j;

	for (i = 0; i < map->n_entries; i++) {
		if (map->entries[i].type != CFG_IPSEC_DYNAMIC)
			continue;
		dynamic = cfg_dynamic_find(cfg, map->entries[i].dynamic);
		for (j = 0; dynamic && j < dynamic->n_entries; j++)
			if (is_transport(cfg, &dynamic->entries[j]))
				return true;
	}
	return false;
}

bool cfg_map_serves_l2tp(const struct cm_config *cfg, const struct cfg_map *map)
{
	size_t i = 0;

	if (!map->clients_derived || !takes_transport(cfg, map))
		return false;
	while (i < cfg->n_groups && !cfg_group_has_l2tp(cfg, &cfg->groups[i]))
		i++;
	return i < cfg->n_groups;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is derived from what is configured.  Here: what `tunnel protection ipsec profile`
 * stands for (F-047): a crypto map of the
 * tunnel interface's own, as IOS makes one, that protects everything.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/model.h"

void cfg_tunnel_map_name(const struct cfg_interface *ifc, char *name, size_t size)
{
	snprintf(name, size, "%s-head-0", ifc->name);
}

void cfg_tunnel_acl_name(const struct cfg_interface *ifc, char *name, size_t size)
{
	snprintf(name, size, "~%s-any", ifc->name);	/* not to be typed */
}

/* Access lists, crypto maps, and where they are bound. */
static void forget_maps(struct cm_config *cfg)
{
	size_t i;

	for (i = cfg->n_acls; i; i--)
		if (cfg->acls[i - 1].derived)
			cfg_acl_del(cfg, &cfg->acls[i - 1]);
	for (i = cfg->n_maps; i; i--)
		if (cfg->maps[i - 1].derived)
			cfg_map_del(cfg, &cfg->maps[i - 1]);
	for (i = 0; i < cfg->n_interfaces; i++) {
		if (!cfg->interfaces[i].derived)
			continue;
		memset(cfg->interfaces[i].map, 0, sizeof(cfg->interfaces[i].map));
		cfg->interfaces[i].derived = false;
	}
}

static int add_acl(struct cm_config *cfg, const struct cfg_interface *ifc,
		   const char *name)
{
	struct cfg_acl *acl = cfg_acl_get(cfg, name);
	struct cfg_ace *ace;

	if (!acl)
		return -ENOMEM;
	acl->derived = true;
	acl->family = ifc->tunnel == CFG_TUNNEL_IPV6 ? AF_INET6 : AF_INET;
	ace = cfg_ace_get(acl, 10);
	if (!ace)
		return -ENOMEM;
	ace->action = CFG_PERMIT;
	ace->src = cfg_net_any(acl->family);
	ace->dst = cfg_net_any(acl->family);
	return 0;
}

static int add_map(struct cm_config *cfg, const struct cfg_interface *ifc,
		   const struct cfg_map *profile, const char *name,
		   const char *acl)
{
	struct cfg_map *map = cfg_map_get(cfg, name);
	struct cfg_entry *entry;

	if (!map)
		return -ENOMEM;
	map->derived = true;
	memcpy(map->local_interface, ifc->source, sizeof(map->local_interface));
	map->local_address = ifc->source_address;
	entry = cfg_entry_get(map, 1);
	if (!entry)
		return -ENOMEM;
	*entry = profile->entries[0];
	entry->peers[entry->n_peers++] = ifc->destination;
	snprintf(entry->acl, sizeof(entry->acl), "%s", acl);
	return 0;
}

static int expand(struct cm_config *cfg, struct cfg_interface *ifc)
{
	const struct cfg_map *profile = cfg_profile_find(cfg, ifc->profile);
	char map[CFG_NAME_SIZE], acl[CFG_NAME_SIZE];
	int ret;

	if (!profile || !ifc->tunnel || ifc->map[0] ||
	    !(ifc->source[0] || addr_is_set(&ifc->source_address)) ||
	    !addr_is_set(&ifc->destination))
		return 0;
	cfg_tunnel_map_name(ifc, map, sizeof(map));
	cfg_tunnel_acl_name(ifc, acl, sizeof(acl));
	if (cfg_map_find(cfg, map))
		return 0;	/* the checks refuse it */
	ret = add_acl(cfg, ifc, acl);
	if (!ret)
		ret = add_map(cfg, ifc, profile, map, acl);
	if (ret)
		return ret;
	snprintf(ifc->map, sizeof(ifc->map), "%s", map);
	ifc->derived = true;
	return 0;
}

void cm_config_forget_derived(struct cm_config *cfg)
{
	forget_maps(cfg);
	cfg_policy_forget_derived(cfg);
	cfg_remote_forget_derived(cfg);
	cfg_ezvpn_forget_derived(cfg);
	cfg_nec_forget_derived(cfg);
}

int cm_config_expand(struct cm_config *cfg)
{
	int ret;

	cm_config_forget_derived(cfg);
	ret = cfg_nec_expand(cfg);
	for (size_t i = 0; i < cfg->n_interfaces && !ret; i++)
		ret = expand(cfg, &cfg->interfaces[i]);
	return ret ?: cfg_policy_expand(cfg) ?: cfg_remote_expand(cfg) ?: cfg_ezvpn_expand(cfg);
}

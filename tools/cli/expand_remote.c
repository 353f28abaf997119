// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tunnel groups stand for, as ASA has them (F-038, F-099): keys of peers and groups
 * of clients, as IOS has them.  Every crypto map with a dynamic entry that says nothing
 * of clients itself is for those of the tunnel groups.
 */
#include <errno.h>
#include <string.h>

#include "tools/cli/model.h"

static void copy_name(char *to, const char *from)
{
	memset(to, 0, CFG_NAME_SIZE);
	memcpy(to, from, strnlen(from, CFG_NAME_SIZE - 1));
}

void cfg_remote_forget_derived(struct cm_config *cfg)
{
	struct cfg_map *map;
	size_t i;

	for (i = cfg->n_keys; i; i--)
		if (cfg->keys[i - 1].derived)
			cfg_key_del(cfg, &cfg->keys[i - 1]);
	for (i = cfg->n_groups; i; i--)
		if (cfg->groups[i - 1].derived)
			cfg_group_del(cfg, &cfg->groups[i - 1]);
	for (i = cfg->n_methods; i; i--)
		if (cfg->methods[i - 1].derived)
			cfg_method_del(cfg, &cfg->methods[i - 1]);
	for (map = cfg->maps; map < cfg->maps + cfg->n_maps; map++)
		cfg_map_forget_clients(map);
}

/* --- LOCAL ------------------------------------------------------------------ */

static int add_method(struct cm_config *cfg, bool authorization)
{
	struct cfg_method *m = cfg_method_find(cfg, CFG_LOCAL_LIST,
					       authorization);

	if (m)
		return 0;
	m = cfg_method_get(cfg, CFG_LOCAL_LIST, authorization);
	if (!m)
		return -ENOMEM;
	m->local = true;
	m->derived = true;
	return 0;
}

static bool has_dynamic(const struct cfg_map *map)
{
	size_t i = 0;

	while (i < map->n_entries && map->entries[i].type != CFG_IPSEC_DYNAMIC)
		i++;
	return i < map->n_entries;
}

static void add_clients(struct cfg_map *map)
{
	if (!has_dynamic(map) || cfg_map_has_clients(map))
		return;
	copy_name(map->login, CFG_LOCAL_LIST);
	copy_name(map->authorization, CFG_LOCAL_LIST);
	map->respond = true;
	map->clients_derived = true;
}

/* --- groups ----------------------------------------------------------------- */

static int add_group(struct cm_config *cfg, const struct cfg_tunnel_group *tg)
{
	struct cfg_group *group;

	if (cfg_group_find(cfg, tg->name))
		return 0;	/* the checks tell so */
	group = cfg_group_get(cfg, tg->name);
	if (!group)
		return -ENOMEM;
	group->derived = true;
	memcpy(group->secret, tg->secret, sizeof(group->secret));
	copy_name(group->pool, tg->pool);
	copy_name(group->policy, tg->policy[0] ? tg->policy :
						 CFG_DEFAULT_POLICY);
	if (!tg->no_users)
		copy_name(group->login, tg->login[0] ? tg->login :
						       CFG_LOCAL_LIST);
	group->hybrid = tg->hybrid;
	group->where = tg->where;
	group->pool_at = tg->pool_at;
	group->secret_at = tg->secret_at;
	return 0;
}

/* Of a name that is an address, of one that is none, or of all whom no other names. */
static bool name_peers(const struct cfg_tunnel_group *tg, struct cfg_key *key)
{
	struct addr any = { .family = AF_INET };

	if (!strcasecmp(tg->name, CFG_DEFAULT_L2L) ||
	    !strcasecmp(tg->name, CFG_DEFAULT_RA)) {
		key->peers.addr = any;
	} else if (!addr_parse(&key->peers.addr, tg->name)) {
		key->peers.len = addr_bits(&key->peers.addr);
	} else if (!tg->clients) {
		copy_name(key->hostname, tg->name);
	} else {
		return false;
	}
	return true;
}

static bool has_key(const struct cm_config *cfg, const struct cfg_key *like)
{
	size_t i = 0;

	while (i < cfg->n_keys &&
	       !cfg_key_same_peers(&cfg->keys[i], like))
		i++;
	return i < cfg->n_keys;
}

/* Where several are for all peers the clients' one comes first: they have no other. */
static int add_key(struct cm_config *cfg, const struct cfg_tunnel_group *tg)
{
	struct cfg_key key = {
		.derived = true, .no_xauth = !tg->clients,
		.where = tg->secret_at,
	}, *added;
	int ret = 0;

	if (tg->clients)
		copy_name(key.group, tg->name);

	memcpy(key.secret, tg->secret, sizeof(key.secret));
	if (key.secret[0] && name_peers(tg, &key) && !has_key(cfg, &key)) {
		added = cfg_key_add(cfg);
		ret = added ? 0 : -ENOMEM;
		if (added)
			*added = key;
	}
	explicit_bzero(&key, sizeof(key));
	return ret;
}

/* What there is without being configured, as soon as there are clients at all. */
static int add_defaults(struct cm_config *cfg)
{
	static const struct cfg_tunnel_group group = {
		.name = CFG_DEFAULT_RA, .clients = true,
	};
	int ret = add_method(cfg, false) ?: add_method(cfg, true);
	size_t i;

	for (i = 0; i < cfg->n_maps; i++)
		add_clients(&cfg->maps[i]);
	return ret || cfg_tunnel_group_find(cfg, group.name) ?
	       ret : add_group(cfg, &group);
}

int cfg_remote_expand(struct cm_config *cfg)
{
	size_t i, pass;
	int ret = cfg_has_client_tunnel_group(cfg) ?
		  add_defaults(cfg) ?: cfg_logins_expand(cfg) : 0;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < cfg->n_tunnel_groups && !ret; i++) {
			const struct cfg_tunnel_group *tg =
				&cfg->tunnel_groups[i];

			if (tg->clients != !pass)
				continue;
			ret = add_key(cfg, tg);
			if (!ret && tg->clients)
				ret = add_group(cfg, tg);
		}
	return ret;
}

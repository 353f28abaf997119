// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: remote access (F-030 to F-032, E-037, E-091, R-30, R-47). */
#include <string.h>

#include "tools/cli/checker.h"

/* A peer with a fixed address would be asked, too, and cannot answer (E-037). */
static void check_static_peers(struct checker *c, const struct cfg_map *map)
{
	const struct cfg_entry *entry;
	const struct cfg_key *key;
	char peer[ADDR_STRLEN];
	size_t i;

	for (entry = map->entries; entry < map->entries + map->n_entries; entry++)
		for (i = 0; i < entry->n_peers; i++) {
			key = cfg_key_for_address(c->cfg, &entry->peers[i]);
			if (!key || key->no_xauth)
				continue;
			warning(c, &entry->peers_at[i],
				"crypto map %s %u: peer %s will be asked for a user, as a client: a router needs `no-xauth' behind its key",
				map->name, entry->seq,
				addr_format(&entry->peers[i], peer,
					    sizeof(peer)));
		}
}

static void check_map_clients(struct checker *c, const struct cfg_map *map)
{
	const struct cfg_method *list = cfg_method_find(c->cfg, map->login,
							false);

	if (map->login[0] && !list)
		warning(c, &map->login_at,
			"crypto map %s: there is no list %s (aaa authentication login), so nobody is let in",
			map->name, map->login);
	else if (map->login[0] && !list->radius && !c->cfg->n_users)
		warning(c, &map->login_at,
			"crypto map %s: clients are asked for a user, but there is no username",
			map->name);
	if (map->authorization[0] && !cfg_map_uses_groups(c->cfg, map))
		warning(c, &map->authorization_at,
			"crypto map %s: there is no list %s (aaa authorization network), so groups are not used",
			map->name, map->authorization);
	if (cfg_map_gives_addresses(map) && !map->authorization[0])
		warning(c, &map->addresses_at,
			"crypto map %s: without `isakmp authorization list' no group says which addresses clients get",
			map->name);
	if (map->login[0])
		check_static_peers(c, map);
}

/* --- pools ------------------------------------------------------------------- */

static bool overlaps(const struct cfg_pool *a, const struct cfg_pool *b)
{
	return addr_to_v4(&a->first) <= addr_to_v4(&b->last) &&
	       addr_to_v4(&b->first) <= addr_to_v4(&a->last);
}

static bool is_used(const struct cm_config *cfg, const char *pool)
{
	bool used = false;
	size_t i;

	for (i = 0; i < cfg->n_groups; i++)
		used |= !strcmp(cfg->groups[i].pool, pool);
	for (i = 0; i < cfg->n_group_policies; i++)
		used |= !strcmp(cfg->group_policies[i].attrs.pool, pool);
	for (i = 0; i < cfg->n_users && !used; i++)
		used |= !strcmp(cfg->users[i].attrs.pool, pool);
	return used;
}

/* by its mask, the first of its addresses that is no host's. */
static void check_pool_mask(struct checker *c, const struct cfg_pool *pool)
{
	uint32_t first = addr_to_v4(&pool->first), last = addr_to_v4(&pool->last);
	uint32_t low = ~addr_to_v4(&pool->mask), at;
	char mask[ADDR_STRLEN], text[ADDR_STRLEN];
	struct addr bad;

	if (!addr_is_set(&pool->mask) || low < 2)
		return;
	at = first & low ? first | low : first;
	if (at > last)
		return;
	bad = addr_v4(at, 0);
	warning(c, &pool->where,
		"pool %s: %s is the address of %s by mask %s, which no client is given",
		pool->name, addr_format(&bad, text, sizeof(text)),
		at & low ? "all hosts of a network" : "a network",
		addr_format(&pool->mask, mask, sizeof(mask)));
}

/* Host bits of the clients' own network: by the mask of the pool, else of /24 or wider. */
static uint32_t own_bits(const struct cfg_pool *pool)
{
	uint32_t low = 255;

	if (addr_is_set(&pool->mask))
		return ~addr_to_v4(&pool->mask);
	while (low != UINT32_MAX &&
	       (addr_to_v4(&pool->first) | low) < addr_to_v4(&pool->last))
		low = low << 1 | 1;
	return low;
}

/*
 * E-032: a network behind this router in which the pool lies.  One that is the clients'
 * network itself is there so that they reach each other.
 */
static bool check_inside(struct checker *c, const struct cfg_pool *pool,
			 const struct cfg_acl *acl)
{
	struct addr first = pool->first, last = pool->last;
	const struct cfg_ace *ace = acl ? acl->aces : NULL;
	char text[RANGE_STRLEN];

	for (; acl && ace < acl->aces + acl->n_aces; ace++) {
		struct range net = cfg_net_range(&ace->src);

		if (acl->family != AF_INET || ace->action != CFG_PERMIT ||
		    cfg_net_is_any(&ace->src) || cfg_net_len(&ace->src) < 0 ||
		    addr_to_v4(&ace->src.wildcard) <= own_bits(pool) ||
		    addr_to_v4(&net.from) > addr_to_v4(&last) ||
		    addr_to_v4(&net.to) < addr_to_v4(&first))
			continue;
		warning(c, &pool->where,
			"pool %s lies in %s, a network behind this router (access list %s line %u): who is there does not find the clients",
			pool->name, range_format(&net, text, sizeof(text)),
			acl->name, ace->seq);
		return true;
	}
	return false;
}

/* What is inside: of entries with a peer, and what clients are told. */
static void check_pool_inside(struct checker *c, const struct cfg_pool *pool)
{
	const struct cm_config *cfg = c->cfg;
	const struct cfg_map *map;
	bool told = false;
	size_t i;

	for (map = cfg->maps; map < cfg->maps + cfg->n_maps; map++)
		for (i = 0; i < map->n_entries && !told; i++)
			told = check_inside(c, pool,
					    cfg_acl_find(cfg, map->entries[i].acl));
	for (i = 0; i < cfg->n_groups && !told; i++)
		told = check_inside(c, pool,
				    cfg_acl_find(cfg, cfg->groups[i].acl));
	for (i = 0; i < cfg->n_group_policies && !told; i++)
		told = check_inside(c, pool,
				    cfg_acl_find(cfg, cfg->group_policies[i].attrs.acl));
}

static void check_pool(struct checker *c, const struct cfg_pool *pool)
{
	const struct cfg_pool *other;

	for (other = c->cfg->pools; other < pool; other++)
		if (overlaps(other, pool))
			warning(c, &pool->where,
				"pool %s has addresses that pool %s has, too",
				pool->name, other->name);
	check_pool_mask(c, pool);
	check_pool_inside(c, pool);
	if (!is_used(c->cfg, pool->name))
		warning(c, &pool->where, "pool %s is not used by a group",
			pool->name);
}

/* --- groups ------------------------------------------------------------------ */

/* who protects everything reaches everything through the tunnel. */
static void check_split(struct checker *c, const struct cfg_group *group)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, group->acl);
	const struct cfg_ace *ace;

	if (group->acl[0] && !acl)
		warning(c, &group->acl_at,
			"group %s: access list %s does not exist, so clients protect everything",
			group->name, group->acl);
	if (!acl)
		return;
	if (acl->family != AF_INET)
		warning(c, &group->acl_at,
			"group %s: access list %s is of IPv6, which clients are not told",
			group->name, group->acl);
	for (ace = acl->aces; ace < acl->aces + acl->n_aces; ace++)
		if (ace->action == CFG_DENY ||
		    (ace->action == CFG_PERMIT && cfg_net_is_any(&ace->src)))
			warning(c, &ace->where,
				"access list %s line %u: what clients of group %s protect is said by lines that permit a network behind this router as their source",
				acl->name, ace->seq, group->name);
}

static void check_group(struct checker *c, const struct cfg_group *group)
{
	if (group->pool[0] && !cfg_pool_find(c->cfg, group->pool))
		warning(c, &group->pool_at,
			"group %s: pool %s does not exist, so its clients get no address",
			group->name, group->pool);
	else if (!group->pool[0] && !cfg_uses_radius(c->cfg))
		warning(c, &group->where,
			"group %s has no pool, so its clients get no address",
			group->name);
	if (!cfg_uses_groups(c->cfg))
		warning(c, &group->where,
			"group %s is not used: no crypto map has an `isakmp authorization list'",
			group->name);
	else if (group->secret[0] && c->cfg->no_aggressive)
		warning(c, &group->secret_at,
			"the key of group %s is not used: aggressive mode is disabled",
			group->name);
	check_split(c, group);
}

void check_remote(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_pools; i++)
		check_pool(c, &c->cfg->pools[i]);
	for (i = 0; i < c->cfg->n_groups; i++)
		if (!c->cfg->groups[i].derived)
			check_group(c, &c->cfg->groups[i]);
	for (i = 0; i < c->cfg->n_maps; i++)
		if (!c->cfg->maps[i].clients_derived)
			check_map_clients(c, &c->cfg->maps[i]);
}

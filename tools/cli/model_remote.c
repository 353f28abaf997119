// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: remote access. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

#define DEFAULT_GROUP	"default"	/* of IOS; ASA calls it otherwise */

void cfg_remote_free(struct cm_config *cfg)
{
	cfg_array_free(cfg->users, cfg->n_users, sizeof(*cfg->users));
	cfg_array_free(cfg->groups, cfg->n_groups, sizeof(*cfg->groups));
	cfg_array_free(cfg->tunnel_groups, cfg->n_tunnel_groups,
		       sizeof(*cfg->tunnel_groups));
	cfg_array_free(cfg->radius, cfg->n_radius, sizeof(*cfg->radius));
	free(cfg->server_groups);
	free(cfg->group_policies);
	free(cfg->pools);
	free(cfg->methods);
}

bool cfg_remote_copy(struct cm_config *to, const struct cm_config *from)
{
	bool ok = true;

	ok &= COPY(to, from, users, n_users);
	ok &= COPY(to, from, pools, n_pools);
	ok &= COPY(to, from, groups, n_groups);
	ok &= COPY(to, from, group_policies, n_group_policies);
	ok &= COPY(to, from, tunnel_groups, n_tunnel_groups);
	ok &= COPY(to, from, methods, n_methods);
	ok &= COPY(to, from, radius, n_radius);
	ok &= COPY(to, from, server_groups, n_server_groups);
	return ok;
}

void cfg_remote_forget_places(struct cm_config *cfg)
{
	static const struct cfg_where nowhere;
	struct cfg_group_policy *p;
	struct cfg_tunnel_group *t;
	struct cfg_group *g;
	size_t i;

	for (i = 0; i < cfg->n_users; i++)
		cfg->users[i].where = cfg->users[i].policy_at = nowhere;
	for (p = cfg->group_policies;
	     p < cfg->group_policies + cfg->n_group_policies; p++)
		p->where = p->pool_at = p->acl_at = nowhere;
	for (t = cfg->tunnel_groups;
	     t < cfg->tunnel_groups + cfg->n_tunnel_groups; t++)
		t->where = t->secret_at = t->pool_at = t->policy_at =
			t->login_at = nowhere;
	for (i = 0; i < cfg->n_pools; i++)
		cfg->pools[i].where = nowhere;
	for (i = 0; i < cfg->n_methods; i++)
		cfg->methods[i].where = nowhere;
	for (g = cfg->groups; g < cfg->groups + cfg->n_groups; g++)
		g->where = g->pool_at = g->acl_at = g->secret_at = nowhere;
	cfg_radius_forget_places(cfg);
}

/* --- look-up --------------------------------------------------------------- */

/* There may be thousands. */
static size_t user_index(const struct cm_config *cfg, const char *name)
{
	size_t lo = 0, hi = cfg->n_users;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(cfg->users[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct cfg_user *cfg_user_find(const struct cm_config *cfg, const char *name)
{
	size_t at = user_index(cfg, name);

	return at < cfg->n_users && !strcmp(cfg->users[at].name, name) ?
	       &cfg->users[at] : NULL;
}

struct cfg_pool *cfg_pool_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->pools, cfg->n_pools, name, name);
}

struct cfg_group *cfg_group_find(const struct cm_config *cfg, const char *name)
{
	size_t i = 0;

	while (i < cfg->n_groups && strcasecmp(cfg->groups[i].name, name))
		i++;
	return i < cfg->n_groups ? &cfg->groups[i] : NULL;
}

const struct cfg_group *cfg_group_of(const struct cm_config *cfg,
				     const char *name)
{
	const struct cfg_group *group = cfg_group_find(cfg, name);

	if (group)
		return group;
	group = cfg_group_find(cfg, DEFAULT_GROUP);
	return group && !group->derived ? group : NULL;
}

/*
 * ASA tells routers from clients by the tunnel-group: the key that was found, or, who has
 * shown none, where he is.
 */
static const struct cfg_group *tunnel_group_of(const struct cm_config *cfg,
					       const struct cfg_who *who)
{
	const struct cfg_tunnel_group *tg;
	const struct cfg_key *key;
	char peer[ADDR_STRLEN];

	if (!who->no_key) {
		key = who->key_name[0] ?
		      cfg_key_for_hostname(cfg, who->key_name) :
		      cfg_key_for_address(cfg, who->remote);
		return key && key->group[0] ?
		       cfg_group_find(cfg, key->group) : NULL;
	}
	tg = cfg_tunnel_group_find(cfg, addr_format(who->remote, peer,
						    sizeof(peer)));
	if (cfg_names_peer(cfg, who->remote) || (tg && !tg->clients))
		return NULL;
	return cfg_group_find(cfg, CFG_DEFAULT_RA);
}

/* Whoever has used the key of a tunnel-group is of that, whatever the map says. */
const struct cfg_group *cfg_client_group(const struct cm_config *cfg,
					 const struct cfg_map *map,
					 const struct cfg_who *who)
{
	const struct cfg_group *group = who->key_name[0] ?
		cfg_group_find(cfg, who->key_name) : NULL;
	bool uses = cfg_map_uses_groups(cfg, map);

	if (group && (group->derived || uses))
		return group;
	if (map->clients_derived)
		return tunnel_group_of(cfg, who);
	return uses ? cfg_group_of(cfg, who->key_name) : NULL;
}

const char *cfg_client_login(const struct cfg_map *map,
			     const struct cfg_group *group)
{
	if (group && group->derived)
		return group->login;
	return group || !map->clients_derived ? map->login : "";
}

struct cfg_method *cfg_method_find(const struct cm_config *cfg, const char *name,
				   bool authorization)
{
	size_t i = 0;

	while (i < cfg->n_methods &&
	       (cfg->methods[i].authorization != authorization ||
		strcmp(cfg->methods[i].name, name)))
		i++;
	return i < cfg->n_methods ? &cfg->methods[i] : NULL;
}

bool cfg_map_gives_addresses(const struct cfg_map *map)
{
	return map->respond || map->initiate;
}

/* An entry without is one that clients without come by. */
bool cfg_map_clients_pfs(const struct cm_config *cfg, const struct cfg_map *map)
{
	bool pfs = false;
	size_t i, j;

	for (i = 0; i < map->n_entries; i++) {
		const struct cfg_map *dynamic =
			map->entries[i].type == CFG_IPSEC_DYNAMIC ?
			cfg_dynamic_find(cfg, map->entries[i].dynamic) : NULL;

		for (j = 0; dynamic && j < dynamic->n_entries; j++) {
			pfs = dynamic->entries[j].pfs_group;
			if (!pfs)
				return false;
		}
	}
	return pfs;
}

bool cfg_map_has_clients(const struct cfg_map *map)
{
	return map->login[0] || map->authorization[0] ||
	       cfg_map_gives_addresses(map);
}

bool cfg_has_clients(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_maps && !cfg_map_has_clients(&cfg->maps[i]))
		i++;
	return i < cfg->n_maps || cfg_has_profile_clients(cfg);
}

bool cfg_map_uses_groups(const struct cm_config *cfg, const struct cfg_map *map)
{
	return map->authorization[0] &&
	       cfg_method_find(cfg, map->authorization, true);
}

bool cfg_uses_groups(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_maps && !cfg_map_uses_groups(cfg, &cfg->maps[i]))
		i++;
	return i < cfg->n_maps || cfg_profiles_use_groups(cfg);
}

void cfg_map_forget_clients(struct cfg_map *map)
{
	if (!map->clients_derived)
		return;
	memset(map->login, 0, sizeof(map->login));
	memset(map->authorization, 0, sizeof(map->authorization));
	map->respond = map->initiate = false;
	map->clients_derived = false;
}

bool cfg_map_is_empty(const struct cfg_map *map)
{
	return !map->n_entries && !map->local_interface[0] &&
	       (map->clients_derived || !cfg_map_has_clients(map));
}

/* --- insertion and removal ------------------------------------------------- */

static void set_name(char *to, const char *name, size_t size)
{
	memcpy(to, name, strnlen(name, size - 1));
}

struct cfg_user *cfg_user_get(struct cm_config *cfg, const char *name)
{
	struct cfg_user *user = cfg_user_find(cfg, name);

	if (user)
		return user;
	user = INSERT(cfg->users, cfg->n_users, user_index(cfg, name));
	if (user)
		set_name(user->name, name, sizeof(user->name));
	return user;
}

struct cfg_pool *cfg_pool_get(struct cm_config *cfg, const char *name)
{
	struct cfg_pool *pool = cfg_pool_find(cfg, name);

	if (pool)
		return pool;
	pool = INSERT(cfg->pools, cfg->n_pools, cfg->n_pools);
	if (pool)
		set_name(pool->name, name, sizeof(pool->name));
	return pool;
}

struct cfg_group *cfg_group_get(struct cm_config *cfg, const char *name)
{
	struct cfg_group *group = cfg_group_find(cfg, name);

	if (group)
		return group;
	group = INSERT(cfg->groups, cfg->n_groups, cfg->n_groups);
	if (group)
		set_name(group->name, name, sizeof(group->name));
	return group;
}

struct cfg_method *cfg_method_get(struct cm_config *cfg, const char *name,
				  bool authorization)
{
	struct cfg_method *method = cfg_method_find(cfg, name, authorization);

	if (method)
		return method;
	method = INSERT(cfg->methods, cfg->n_methods, cfg->n_methods);
	if (!method)
		return NULL;
	set_name(method->name, name, sizeof(method->name));
	method->authorization = authorization;
	return method;
}

void cfg_user_del(struct cm_config *cfg, struct cfg_user *user)
{
	REMOVE(cfg->users, cfg->n_users, user);
}

void cfg_pool_del(struct cm_config *cfg, struct cfg_pool *pool)
{
	REMOVE(cfg->pools, cfg->n_pools, pool);
}

void cfg_group_del(struct cm_config *cfg, struct cfg_group *group)
{
	REMOVE(cfg->groups, cfg->n_groups, group);
}

void cfg_method_del(struct cm_config *cfg, struct cfg_method *method)
{
	REMOVE(cfg->methods, cfg->n_methods, method);
}

/* --- equality -------------------------------------------------------------- */

static bool user_equal(const struct cfg_user *a, const struct cfg_user *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->hash, b->hash) &&
	       !strcmp(a->policy, b->policy) &&
	       cfg_attrs_equal(&a->attrs, &b->attrs);
}

static bool pool_equal(const struct cfg_pool *a, const struct cfg_pool *b)
{
	return !strcmp(a->name, b->name) && addr_equal(&a->first, &b->first) &&
	       addr_equal(&a->last, &b->last) && addr_equal(&a->mask, &b->mask);
}

static bool servers_equal(const struct addr *a, const struct addr *b)
{
	return addr_equal(&a[0], &b[0]) && addr_equal(&a[1], &b[1]);
}

static bool backup_equal(const struct addr *a, const struct addr *b)
{
	unsigned int i = 0;

	while (i < CFG_BACKUP_MAX && addr_equal(&a[i], &b[i]))
		i++;
	return i == CFG_BACKUP_MAX;
}

static bool group_equal(const struct cfg_group *a, const struct cfg_group *b)
{
	return !strcmp(a->name, b->name) &&
	       secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       !strcmp(a->pool, b->pool) && servers_equal(a->dns, b->dns) &&
	       servers_equal(a->wins, b->wins) &&
	       !strcmp(a->domain, b->domain) &&
	       addr_equal(&a->netmask, &b->netmask) &&
	       !strcmp(a->acl, b->acl) && !strcmp(a->banner, b->banner) &&
	       a->save_password == b->save_password &&
	       a->pfs == b->pfs && a->local_lan == b->local_lan &&
	       !strcmp(a->split_dns, b->split_dns) &&
	       backup_equal(a->backup, b->backup) &&
	       a->idle == b->idle && a->session == b->session &&
	       a->max_logins == b->max_logins && a->max_users == b->max_users &&
	       a->derived == b->derived && !strcmp(a->policy, b->policy) &&
	       !strcmp(a->login, b->login);
}

static bool method_equal(const struct cfg_method *a, const struct cfg_method *b)
{
	return !strcmp(a->name, b->name) && a->authorization == b->authorization &&
	       a->radius == b->radius && !strcmp(a->servers, b->servers) &&
	       a->local == b->local;
}

bool cfg_remote_equal(const struct cm_config *a, const struct cm_config *b)
{
	return a->max_sessions == b->max_sessions &&
	       ARRAYS_EQUAL(a, b, users, n_users, user_equal) &&
	       ARRAYS_EQUAL(a, b, pools, n_pools, pool_equal) &&
	       ARRAYS_EQUAL(a, b, groups, n_groups, group_equal) &&
	       ARRAYS_EQUAL(a, b, group_policies, n_group_policies,
			    cfg_group_policy_equal) &&
	       ARRAYS_EQUAL(a, b, tunnel_groups, n_tunnel_groups,
			    cfg_tunnel_group_equal) &&
	       ARRAYS_EQUAL(a, b, methods, n_methods, method_equal) &&
	       cfg_radius_equal(a, b);
}

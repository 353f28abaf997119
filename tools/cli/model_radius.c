// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: servers of RADIUS, their groups, and who is asked by which. */
#include <errno.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

struct cfg_radius *cfg_radius_find(const struct cm_config *cfg,
				   const char *group,
				   const struct addr *server)
{
	size_t i = 0;

	while (i < cfg->n_radius &&
	       (strcmp(cfg->radius[i].group, group) ||
		!addr_port_equal(&cfg->radius[i].address, server)))
		i++;
	return i < cfg->n_radius ? &cfg->radius[i] : NULL;
}

static void set_name(char to[CFG_NAME_SIZE], const char *name)
{
	memset(to, 0, CFG_NAME_SIZE);
	memcpy(to, name, strnlen(name, CFG_NAME_SIZE - 1));
}

/* Those of no group first, then in the order of the groups, as they are written. */
static size_t rank(const struct cm_config *cfg, const char *group)
{
	const struct cfg_server_group *g = cfg_server_group_find(cfg, group);

	return g ? g - cfg->server_groups + 1 : 0;
}

static size_t place_of(const struct cm_config *cfg, const char *group)
{
	size_t at = cfg->n_radius;

	while (at && rank(cfg, cfg->radius[at - 1].group) > rank(cfg, group))
		at--;
	return at;
}

struct cfg_radius *cfg_radius_get(struct cm_config *cfg, const char *group,
				  const struct addr *server)
{
	struct cfg_radius *r = cfg_radius_find(cfg, group, server);

	if (r)
		return r;
	r = INSERT(cfg->radius, cfg->n_radius, place_of(cfg, group));
	if (!r)
		return NULL;
	set_name(r->group, group);
	r->address = *server;
	r->terms.timeout = CFG_RADIUS_INHERIT;
	r->terms.retransmit = CFG_RADIUS_INHERIT;
	return r;
}

void cfg_radius_del(struct cm_config *cfg, struct cfg_radius *server)
{
	REMOVE(cfg->radius, cfg->n_radius, server);
}

unsigned int cfg_radius_count(const struct cm_config *cfg, const char *group)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < cfg->n_radius; i++)
		n += !strcmp(cfg->radius[i].group, group);
	return n;
}

const struct cfg_radius *cfg_radius_next(const struct cm_config *cfg,
					 const char *group,
					 const struct cfg_radius **last)
{
	const struct cfg_radius *r = *last ? *last + 1 : cfg->radius;
	const struct cfg_radius *end = cfg->radius + cfg->n_radius, *meant;

	for (; r < end; r++) {
		if (strcmp(r->group, group))
			continue;
		meant = r->shared ? cfg_radius_find(cfg, "", &r->address) : r;
		*last = r;
		if (meant)
			return meant;
	}
	return NULL;
}

/* --- groups ------------------------------------------------------------------ */

struct cfg_server_group *cfg_server_group_find(const struct cm_config *cfg,
					       const char *name)
{
	return FIND_NAME(cfg->server_groups, cfg->n_server_groups, name, name);
}

struct cfg_server_group *cfg_server_group_get(struct cm_config *cfg,
					      const char *name)
{
	struct cfg_server_group *group = cfg_server_group_find(cfg, name);

	if (group)
		return group;
	group = INSERT(cfg->server_groups, cfg->n_server_groups,
		       cfg->n_server_groups);
	if (group)
		set_name(group->name, name);
	return group;
}

void cfg_server_group_del(struct cm_config *cfg, struct cfg_server_group *group)
{
	size_t i;

	for (i = cfg->n_radius; i; i--)
		if (!strcmp(cfg->radius[i - 1].group, group->name))
			cfg_radius_del(cfg, &cfg->radius[i - 1]);
	REMOVE(cfg->server_groups, cfg->n_server_groups, group);
}

/* --- terms ------------------------------------------------------------------- */

const char *cfg_radius_secret(const struct cm_config *cfg,
			      const struct cfg_radius *server)
{
	return server->terms.secret[0] ? server->terms.secret :
					 cfg->radius_all.secret;
}

uint32_t cfg_radius_timeout(const struct cm_config *cfg,
			    const struct cfg_radius *server)
{
	return server->terms.timeout == CFG_RADIUS_INHERIT ?
	       cfg->radius_all.timeout : server->terms.timeout;
}

uint32_t cfg_radius_retransmit(const struct cm_config *cfg,
			       const struct cfg_radius *server)
{
	return server->terms.retransmit == CFG_RADIUS_INHERIT ?
	       cfg->radius_all.retransmit : server->terms.retransmit;
}

/* --- logins ------------------------------------------------------------------ */

const char *cfg_login_name(const char *login)
{
	return login + (*login == '~');
}

static const struct cfg_method *real_list(const struct cm_config *cfg,
					  const char *name)
{
	const struct cfg_method *list = cfg_method_find(cfg, name, false);

	return list && list->derived && list->radius ? NULL : list;
}

bool cfg_login_exists(const struct cm_config *cfg, const char *login)
{
	const char *name = cfg_login_name(login);

	return real_list(cfg, name) || cfg_server_group_find(cfg, name);
}

/* A list of its own for what a tunnel-group says; a list of that name comes first. */
static int add_login(struct cm_config *cfg, const struct cfg_tunnel_group *tg)
{
	const char *login = tg->login, *name = cfg_login_name(login);
	const struct cfg_method *list = real_list(cfg, name);
	struct cfg_method like = { .radius = true }, *m;

	if (!cfg_login_exists(cfg, login) || cfg_method_find(cfg, login, false))
		return 0;
	if (list)
		like = *list;
	else
		set_name(like.servers, name);
	m = cfg_method_get(cfg, login, false);
	if (!m)
		return -ENOMEM;
	m->radius = like.radius;
	m->local = like.local || name != login;
	m->derived = true;
	set_name(m->servers, like.servers);
	m->where = tg->login_at;
	return 0;
}

/* What tunnel-groups name instead of a list of `aaa authentication login`. */
int cfg_logins_expand(struct cm_config *cfg)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < cfg->n_tunnel_groups && !ret; i++)
		if (cfg->tunnel_groups[i].login[0])
			ret = add_login(cfg, &cfg->tunnel_groups[i]);
	return ret;
}

static bool group_uses_radius(const struct cm_config *cfg,
			      const struct cfg_group *group)
{
	const struct cfg_method *list = group->derived ?
		cfg_method_find(cfg, group->login, false) : NULL;

	return list && list->radius;
}

static bool map_uses_radius(const struct cm_config *cfg,
			    const struct cfg_map *map)
{
	const struct cfg_method *list = cfg_method_find(cfg, map->login, false);

	return list && list->radius;
}

bool cfg_uses_radius(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_maps && !map_uses_radius(cfg, &cfg->maps[i]))
		i++;
	if (i < cfg->n_maps)
		return true;
	for (i = 0; i < cfg->n_groups; i++)
		if (group_uses_radius(cfg, &cfg->groups[i]))
			return true;
	return false;
}

void cfg_radius_forget_places(struct cm_config *cfg)
{
	static const struct cfg_where nowhere;
	size_t i;

	for (i = 0; i < cfg->n_radius; i++)
		cfg->radius[i].where = cfg->radius[i].timeout_at = nowhere;
	for (i = 0; i < cfg->n_server_groups; i++)
		cfg->server_groups[i].where = nowhere;
}

static bool terms_equal(const struct cfg_radius_terms *a,
			const struct cfg_radius_terms *b)
{
	return secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       a->timeout == b->timeout && a->retransmit == b->retransmit;
}

static bool server_equal(const struct cfg_radius *a, const struct cfg_radius *b)
{
	return !strcmp(a->group, b->group) && a->shared == b->shared &&
	       addr_port_equal(&a->address, &b->address) &&
	       terms_equal(&a->terms, &b->terms);
}

static bool server_group_equal(const struct cfg_server_group *a,
			       const struct cfg_server_group *b)
{
	return !strcmp(a->name, b->name);
}

bool cfg_radius_equal(const struct cm_config *a, const struct cm_config *b)
{
	return ARRAYS_EQUAL(a, b, radius, n_radius, server_equal) &&
	       ARRAYS_EQUAL(a, b, server_groups, n_server_groups,
			    server_group_equal) &&
	       terms_equal(&a->radius_all, &b->radius_all) &&
	       a->radius_unsigned == b->radius_unsigned &&
	       a->radius_deadtime == b->radius_deadtime;
}

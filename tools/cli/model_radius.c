// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: servers of RADIUS. */
#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

struct cfg_radius *cfg_radius_find(const struct cm_config *cfg,
				   const struct addr *server)
{
	size_t i = 0;

	while (i < cfg->n_radius &&
	       !addr_port_equal(&cfg->radius[i].address, server))
		i++;
	return i < cfg->n_radius ? &cfg->radius[i] : NULL;
}

struct cfg_radius *cfg_radius_get(struct cm_config *cfg,
				  const struct addr *server)
{
	struct cfg_radius *r = cfg_radius_find(cfg, server);

	if (r)
		return r;
	r = INSERT(cfg->radius, cfg->n_radius, cfg->n_radius);
	if (!r)
		return NULL;
	r->address = *server;
	r->terms.timeout = CFG_RADIUS_INHERIT;
	r->terms.retransmit = CFG_RADIUS_INHERIT;
	return r;
}

void cfg_radius_del(struct cm_config *cfg, struct cfg_radius *server)
{
	REMOVE(cfg->radius, cfg->n_radius, server);
}

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
	return i < cfg->n_maps;
}

void cfg_radius_forget_places(struct cm_config *cfg)
{
	static const struct cfg_where nowhere;
	size_t i;

	for (i = 0; i < cfg->n_radius; i++)
		cfg->radius[i].where = cfg->radius[i].timeout_at = nowhere;
}

static bool terms_equal(const struct cfg_radius_terms *a,
			const struct cfg_radius_terms *b)
{
	return secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       a->timeout == b->timeout && a->retransmit == b->retransmit;
}

static bool server_equal(const struct cfg_radius *a, const struct cfg_radius *b)
{
	return addr_port_equal(&a->address, &b->address) &&
	       terms_equal(&a->terms, &b->terms);
}

bool cfg_radius_equal(const struct cm_config *a, const struct cm_config *b)
{
	return ARRAYS_EQUAL(a, b, radius, n_radius, server_equal) &&
	       terms_equal(&a->radius_all, &b->radius_all) &&
	       a->radius_unsigned == b->radius_unsigned &&
	       a->radius_deadtime == b->radius_deadtime;
}

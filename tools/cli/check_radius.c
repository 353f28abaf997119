// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: RADIUS (C-081, E-039, R-44). */
#include "tools/cli/checker.h"

/* A client has a minute for all that phase 1 and XAUTH take. */
#define LOGIN_SECONDS	60

static void check_list(struct checker *c, const struct cfg_method *list)
{
	if (!list->radius)
		return;
	if (!c->cfg->n_radius)
		warning(c, &list->where,
			"list %s asks RADIUS, but there is no radius-server host%s",
			list->name, list->local ? ", so only users of this configuration are let in" :
						  ", so nobody is let in");
	if (list->local && !c->cfg->n_users)
		warning(c, &list->where,
			"list %s goes on to users of this configuration when no server answers, but there is no username",
			list->name);
}

static bool is_any_asked(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_methods && !cfg->methods[i].radius)
		i++;
	return i < cfg->n_methods;
}

/* The longest that it takes until it is given up, seconds. */
static uint32_t patience(const struct cm_config *cfg, const struct cfg_radius *r)
{
	if (!cfg_radius_secret(cfg, r)[0])
		return 0;
	return cfg_radius_timeout(cfg, r) * (cfg_radius_retransmit(cfg, r) + 1);
}

static void check_server(struct checker *c, const struct cfg_radius *r,
			 uint32_t before)
{
	char host[ADDR_STRLEN];

	addr_format(&r->address, host, sizeof(host));
	if (!cfg_radius_secret(c->cfg, r)[0])
		warning(c, &r->where,
			"radius-server %s has no key, so it is not asked", host);
	if (before < LOGIN_SECONDS &&
	    before + patience(c->cfg, r) >= LOGIN_SECONDS)
		warning(c, &r->timeout_at,
			"radius-server %s: it may be given up after %u s only, when a client has been given up (%u s): lower timeout (%u s) or retransmit (%u)",
			host, before + patience(c->cfg, r), LOGIN_SECONDS,
			cfg_radius_timeout(c->cfg, r),
			cfg_radius_retransmit(c->cfg, r));
}

void check_radius(struct checker *c)
{
	uint32_t seconds = 0;
	size_t i;

	for (i = 0; i < c->cfg->n_methods; i++)
		check_list(c, &c->cfg->methods[i]);
	for (i = 0; i < c->cfg->n_radius; i++) {
		check_server(c, &c->cfg->radius[i], seconds);
		seconds += patience(c->cfg, &c->cfg->radius[i]);
	}
	if (c->cfg->n_radius && c->cfg->radius_unsigned)
		warning(c, &c->cfg->radius[0].where,
			"radius-server: without message-authenticator-required who is on the way to a server can forge its answers (CVE-2024-3596)");
	if (c->cfg->n_radius && !is_any_asked(c->cfg))
		warning(c, &c->cfg->radius[0].where,
			"radius-server: no list asks RADIUS (aaa authentication login LIST group radius)");
}

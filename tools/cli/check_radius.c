// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: RADIUS (C-081, E-039, R-44). */
#include <string.h>

#include "tools/cli/checker.h"

/* A client has a minute for all that phase 1 and XAUTH take. */
#define LOGIN_SECONDS	60
/* A server that asks another, or a directory, may take so long. */
#define SLOW_SECONDS	5

/* How many servers are asked by it? */
static unsigned int count_asked(const struct cm_config *cfg, const char *group)
{
	const struct cfg_radius *last = NULL, *r;
	unsigned int n = 0;

	while ((r = cfg_radius_next(cfg, group, &last)))
		n += cfg_radius_secret(cfg, r)[0] != '\0';
	return n;
}

static void check_list(struct checker *c, const struct cfg_method *list)
{
	const char *name = cfg_login_name(list->name);
	const char *so = list->local ? ", so only users of this configuration are let in" :
				       ", so nobody is let in";

	if (!list->radius)
		return;
	if (list->servers[0] && !cfg_server_group_find(c->cfg, list->servers))
		warning(c, &list->where,
			"list %s: there is no group %s of servers (aaa group server radius)%s",
			name, list->servers, so);
	else if (list->servers[0] && !count_asked(c->cfg, list->servers))
		warning(c, &list->where,
			"list %s: no server of group %s can be asked%s", name,
			list->servers, so);
	else if (!list->servers[0] && !cfg_radius_count(c->cfg, ""))
		warning(c, &list->where,
			"list %s asks RADIUS, but there is no radius-server host%s",
			name, so);
	if (list->local && !c->cfg->n_users)
		warning(c, &list->where,
			"list %s goes on to users of this configuration when no server answers, but there is no username",
			name);
}

/* By a list, "": by one that names no group. */
static bool is_asked(const struct cm_config *cfg, const char *group)
{
	size_t i = 0;

	while (i < cfg->n_methods && !(cfg->methods[i].radius &&
				       !strcmp(cfg->methods[i].servers, group)))
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
	const char *in = r->group[0] ? " of group " : "";
	uint32_t seconds = before + patience(c->cfg, r);
	char host[ADDR_STRLEN];

	addr_format(&r->address, host, sizeof(host));
	if (!cfg_radius_secret(c->cfg, r)[0])
		warning(c, &r->where,
			"radius-server %s%s%s has no key, so it is not asked",
			host, in, r->group);
	if (before < LOGIN_SECONDS && seconds >= LOGIN_SECONDS)
		warning(c, &r->timeout_at,
			"radius-server %s%s%s: it may be given up after %u s only, when a client has been given up (%u s): lower timeout (%u s) or retransmit (%u)",
			host, in, r->group, seconds, LOGIN_SECONDS,
			cfg_radius_timeout(c->cfg, r),
			cfg_radius_retransmit(c->cfg, r));
	if (patience(c->cfg, r) && patience(c->cfg, r) < SLOW_SECONDS)
		warning(c, &r->timeout_at,
			"radius-server %s%s%s: it is given up after %u s, which a server that asks others may need: raise timeout",
			host, in, r->group, patience(c->cfg, r));
}

static void check_servers(struct checker *c, const char *group)
{
	const struct cfg_radius *r, *end = c->cfg->radius + c->cfg->n_radius;
	const struct cfg_radius *meant;
	uint32_t seconds = 0;
	char host[ADDR_STRLEN];

	for (r = c->cfg->radius; r < end; r++) {
		if (strcmp(r->group, group))
			continue;
		meant = r->shared ? cfg_radius_find(c->cfg, "", &r->address) : r;
		if (!meant)
			warning(c, &r->where,
				"group %s: there is no radius-server host %s auth-port %u",
				group, addr_format(&r->address, host,
						   sizeof(host)),
				r->address.port);
		else if (meant == r)
			check_server(c, r, seconds);
		seconds += meant ? patience(c->cfg, meant) : 0;
	}
}

static void check_group(struct checker *c, const struct cfg_server_group *group)
{
	check_servers(c, group->name);
	if (!is_asked(c->cfg, group->name))
		warning(c, &group->where,
			"group %s of servers is not used by a list or tunnel-group",
			group->name);
}

/* By a group that has it as one of its own? */
static bool is_in_group(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_radius && !cfg->radius[i].shared)
		i++;
	return i < cfg->n_radius;
}

void check_radius(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_methods; i++)
		check_list(c, &c->cfg->methods[i]);
	check_servers(c, "");
	for (i = 0; i < c->cfg->n_server_groups; i++)
		check_group(c, &c->cfg->server_groups[i]);
	if (c->cfg->n_radius && c->cfg->radius_unsigned)
		warning(c, &c->cfg->radius[0].where,
			"radius-server: without message-authenticator-required who is on the way to a server can forge its answers (CVE-2024-3596)");
	if (cfg_radius_count(c->cfg, "") && !is_asked(c->cfg, "") &&
	    !is_in_group(c->cfg))
		warning(c, &c->cfg->radius[0].where,
			"radius-server: no list asks RADIUS (aaa authentication login LIST group radius)");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing what the model has of remote access: see running.c. */
#include <string.h>
#include <strings.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"

#define MASKED	"*****"

static void write_methods(FILE *out, const struct cm_config *cfg)
{
	size_t i, n = 0;

	for (i = 0; i < cfg->n_methods; i++) {
		const struct cfg_method *m = &cfg->methods[i];

		if (m->derived)
			continue;
		if (!n++)
			fputs("aaa new-model\n", out);
		fprintf(out, "aaa %s %s%s%s%s\n",
			m->authorization ? "authorization network" :
					   "authentication login",
			m->name, m->radius ? " group " : "",
			m->servers[0] ? m->servers : m->radius ? "radius" : "",
			m->local ? " local" : "");
	}
	if (n)
		fputs("!\n", out);
}

static void write_servers(FILE *out, const char *word,
			  const struct addr *servers)
{
	char text[ADDR_STRLEN];

	if (!addr_is_set(&servers[0]))
		return;
	fprintf(out, " %s %s", word,
		addr_format(&servers[0], text, sizeof(text)));
	if (addr_is_set(&servers[1]))
		fprintf(out, " %s",
			addr_format(&servers[1], text, sizeof(text)));
	fputc('\n', out);
}

static void write_word(FILE *out, const char *word, const char *value)
{
	if (value[0])
		fprintf(out, " %s %s\n", word, value);
}

/* A line for each of a list with commas. */
static void write_names(FILE *out, const char *word, const char *list)
{
	size_t n;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		fprintf(out, " %s %.*s\n", word, (int)n, list);
	}
}

static void write_group(FILE *out, const struct cfg_group *group,
			bool mask_keys)
{
	char mask[ADDR_STRLEN];
	unsigned int i;

	fprintf(out, "crypto isakmp client configuration group %s\n",
		group->name);
	if (group->secret[0])
		fprintf(out, " key %s%s\n",
			mask_keys || strcmp(group->secret, "0") ? "" : "0 ",
			mask_keys ? MASKED : group->secret);
	write_servers(out, "dns", group->dns);
	write_servers(out, "wins", group->wins);
	write_word(out, "domain", group->domain);
	write_word(out, "pool", group->pool);
	write_word(out, "acl", group->acl);
	if (addr_is_set(&group->netmask))
		write_word(out, "netmask",
			   addr_format(&group->netmask, mask, sizeof(mask)));
	if (group->save_password)
		fputs(" save-password\n", out);
	if (group->pfs)
		fputs(" pfs\n", out);
	write_names(out, "split-dns", group->split_dns);
	for (i = 0; i < CFG_BACKUP_MAX && addr_is_set(&group->backup[i]); i++)
		write_word(out, "backup-gateway",
			   addr_format(&group->backup[i], mask, sizeof(mask)));
	if (group->local_lan)
		fputs(" include-local-lan\n", out);
	if (group->idle)
		fprintf(out, " vpn-idle-timeout %u\n", group->idle);
	if (group->session)
		fprintf(out, " vpn-session-timeout %u\n", group->session);
	if (group->max_logins)
		fprintf(out, " max-logins %u\n", group->max_logins);
	if (group->max_users)
		fprintf(out, " max-users %u\n", group->max_users);
	write_word(out, "banner", group->banner);
	fputs("!\n", out);
}

static void write_radius_terms(FILE *out, const char *before, const char *after,
			       const struct cfg_radius_terms *terms,
			       const struct cfg_radius_terms *usual,
			       bool mask_keys)
{
	if (terms->timeout != usual->timeout)
		fprintf(out, "%s timeout %u%s", before, terms->timeout, after);
	if (terms->retransmit != usual->retransmit)
		fprintf(out, "%s retransmit %u%s", before, terms->retransmit,
			after);
	if (terms->secret[0])
		fprintf(out, "%s key %s%s%s", before,
			mask_keys || strcmp(terms->secret, "0") ? "" : "0 ",
			mask_keys ? MASKED : terms->secret, after);
}

/* Those of a group, "": of none. */
static void write_radius_of(FILE *out, const struct cm_config *cfg,
			    const char *group, bool mask_keys)
{
	static const struct cfg_radius_terms inherited = {
		.timeout = CFG_RADIUS_INHERIT, .retransmit = CFG_RADIUS_INHERIT,
	};
	char host[ADDR_STRLEN];
	size_t i;

	for (i = 0; i < cfg->n_radius; i++) {
		const struct cfg_radius *r = &cfg->radius[i];

		if (strcmp(r->group, group))
			continue;
		fprintf(out, "%s %s auth-port %u",
			r->shared ? " server" : group[0] ? " server-private" :
							   "radius-server host",
			addr_format(&r->address, host, sizeof(host)),
			r->address.port);
		write_radius_terms(out, "", "", &r->terms, &inherited,
				   mask_keys);
		fputc('\n', out);
	}
}

static void write_radius(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	static const struct cfg_radius_terms defaults = {
		.timeout = CFG_RADIUS_TIMEOUT_DEFAULT,
		.retransmit = CFG_RADIUS_RETRANSMIT_DEFAULT,
	};
	size_t i;

	write_radius_of(out, cfg, "", mask_keys);
	write_radius_terms(out, "radius-server", "\n", &cfg->radius_all,
			   &defaults, mask_keys);
	if (cfg->radius_deadtime != CFG_RADIUS_DEADTIME_DEFAULT)
		fprintf(out, "radius-server deadtime %u\n",
			cfg->radius_deadtime);
	if (cfg->radius_unsigned)
		fputs("no radius-server message-authenticator-required\n", out);
	if (cfg_radius_count(cfg, ""))
		fputs("!\n", out);
	for (i = 0; i < cfg->n_server_groups; i++) {
		const char *name = cfg->server_groups[i].name;

		/* In lists of IOS that word means all servers. */
		if (strcasecmp(name, "radius"))
			fprintf(out, "aaa group server radius %s\n", name);
		else
			fprintf(out, "aaa-server %s protocol radius\n", name);
		write_radius_of(out, cfg, name, mask_keys);
		fputs("!\n", out);
	}
}

static void write_pool(FILE *out, const struct cfg_pool *pool)
{
	char first[ADDR_STRLEN], last[ADDR_STRLEN], mask[ADDR_STRLEN];
	bool has_mask = addr_is_set(&pool->mask);

	fprintf(out, "ip local pool %s %s%s%s%s%s\n", pool->name,
		addr_format(&pool->first, first, sizeof(first)),
		has_mask ? "-" : " ",
		addr_format(&pool->last, last, sizeof(last)),
		has_mask ? " mask " : "",
		has_mask ? addr_format(&pool->mask, mask, sizeof(mask)) : "");
}

void running_remote(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	write_methods(out, cfg);
	write_radius(out, cfg, mask_keys);
	for (i = 0; i < cfg->n_users; i++)
		running_user(out, &cfg->users[i], mask_keys);
	if (cfg->n_users)
		fputs("!\n", out);
	running_access(out, cfg, mask_keys);
	for (i = 0; i < cfg->n_groups; i++)
		if (!cfg->groups[i].derived)
			write_group(out, &cfg->groups[i], mask_keys);
	for (i = 0; i < cfg->n_pools; i++)
		write_pool(out, &cfg->pools[i]);
	if (cfg->n_pools)
		fputs("!\n", out);
}

void running_map_clients(FILE *out, const struct cfg_map *map)
{
	if (map->clients_derived)
		return;
	if (map->login[0])
		fprintf(out, "crypto map %s client authentication list %s\n",
			map->name, map->login);
	if (map->authorization[0])
		fprintf(out, "crypto map %s isakmp authorization list %s\n",
			map->name, map->authorization);
	if (map->initiate)
		fprintf(out, "crypto map %s client configuration address initiate\n",
			map->name);
	if (map->respond)
		fprintf(out, "crypto map %s client configuration address respond\n",
			map->name);
}

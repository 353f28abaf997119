// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing what the model has of remote access: see running.c. */
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"

#define MASKED	"*****"

static void write_methods(FILE *out, const struct cm_config *cfg)
{
	size_t i;

	if (cfg->n_methods)
		fputs("aaa new-model\n", out);
	for (i = 0; i < cfg->n_methods; i++)
		fprintf(out, "aaa %s %s local\n",
			cfg->methods[i].authorization ? "authorization network" :
							"authentication login",
			cfg->methods[i].name);
	if (cfg->n_methods)
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

static void write_group(FILE *out, const struct cfg_group *group,
			bool mask_keys)
{
	char mask[ADDR_STRLEN];

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
	write_word(out, "banner", group->banner);
	fputs("!\n", out);
}

void running_remote(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	char first[ADDR_STRLEN], last[ADDR_STRLEN];
	size_t i;

	write_methods(out, cfg);
	for (i = 0; i < cfg->n_users; i++)
		fprintf(out, "username %s secret 5 %s\n", cfg->users[i].name,
			mask_keys ? MASKED : cfg->users[i].hash);
	if (cfg->n_users)
		fputs("!\n", out);
	for (i = 0; i < cfg->n_groups; i++)
		write_group(out, &cfg->groups[i], mask_keys);
	for (i = 0; i < cfg->n_pools; i++)
		fprintf(out, "ip local pool %s %s %s\n", cfg->pools[i].name,
			addr_format(&cfg->pools[i].first, first, sizeof(first)),
			addr_format(&cfg->pools[i].last, last, sizeof(last)));
	if (cfg->n_pools)
		fputs("!\n", out);
}

void running_map_clients(FILE *out, const struct cfg_map *map)
{
	if (map->login[0])
		fprintf(out, "crypto map %s client authentication list %s\n",
			map->name, map->login);
	if (map->authorization[0])
		fprintf(out, "crypto map %s isakmp authorization list %s\n",
			map->name, map->authorization);
	if (map->respond)
		fprintf(out, "crypto map %s client configuration address respond\n",
			map->name);
}

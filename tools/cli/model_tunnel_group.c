// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: group policies and tunnel groups (C-059, C-065). */
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

struct cfg_group_policy *cfg_group_policy_find(const struct cm_config *cfg,
					       const char *name)
{
	return FIND_NAME(cfg->group_policies, cfg->n_group_policies, name,
			 name);
}

struct cfg_tunnel_group *cfg_tunnel_group_find(const struct cm_config *cfg,
					       const char *name)
{
	size_t i = 0;

	while (i < cfg->n_tunnel_groups &&
	       strcasecmp(cfg->tunnel_groups[i].name, name))
		i++;
	return i < cfg->n_tunnel_groups ? &cfg->tunnel_groups[i] : NULL;
}

struct cfg_group_policy *cfg_group_policy_get(struct cm_config *cfg,
					      const char *name)
{
	struct cfg_group_policy *policy = cfg_group_policy_find(cfg, name);

	if (policy)
		return policy;
	policy = INSERT(cfg->group_policies, cfg->n_group_policies,
			cfg->n_group_policies);
	if (policy)
		memcpy(policy->name, name,
		       strnlen(name, sizeof(policy->name) - 1));
	return policy;
}

struct cfg_tunnel_group *cfg_tunnel_group_get(struct cm_config *cfg,
					      const char *name)
{
	struct cfg_tunnel_group *group = cfg_tunnel_group_find(cfg, name);

	if (group)
		return group;
	group = INSERT(cfg->tunnel_groups, cfg->n_tunnel_groups,
		       cfg->n_tunnel_groups);
	if (group)
		memcpy(group->name, name,
		       strnlen(name, sizeof(group->name) - 1));
	return group;
}

void cfg_group_policy_del(struct cm_config *cfg,
			  struct cfg_group_policy *policy)
{
	REMOVE(cfg->group_policies, cfg->n_group_policies, policy);
}

void cfg_tunnel_group_del(struct cm_config *cfg, struct cfg_tunnel_group *group)
{
	REMOVE(cfg->tunnel_groups, cfg->n_tunnel_groups, group);
}

bool cfg_has_client_tunnel_group(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_tunnel_groups && !cfg->tunnel_groups[i].clients)
		i++;
	return i < cfg->n_tunnel_groups;
}

bool cfg_has_hybrid_group(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_tunnel_groups && !cfg->tunnel_groups[i].hybrid)
		i++;
	return i < cfg->n_tunnel_groups;
}

bool cfg_group_policy_equal(const struct cfg_group_policy *a,
			    const struct cfg_group_policy *b)
{
	return !strcmp(a->name, b->name) &&
	       cfg_attrs_equal(&a->attrs, &b->attrs);
}

bool cfg_tunnel_group_equal(const struct cfg_tunnel_group *a,
			    const struct cfg_tunnel_group *b)
{
	return !strcmp(a->name, b->name) && a->clients == b->clients &&
	       secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       !strcmp(a->pool, b->pool) && !strcmp(a->policy, b->policy) &&
	       !strcmp(a->login, b->login) && a->no_users == b->no_users &&
	       a->hybrid == b->hybrid;
}

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

	while (i < cfg->n_groups && !cfg->groups[i].hybrid)
		i++;
	return i < cfg->n_groups;
}

/* --- keepalives ------------------------------------------------------------------ */

/* What ASA does by itself, in seconds: routers are asked sooner than clients. */
#define ASK_ROUTERS	10
#define ASK_CLIENTS	300
#define ASK_AGAIN	2

static const struct cfg_tunnel_group *of_routers(const struct cm_config *cfg,
						 const char *name)
{
	const struct cfg_tunnel_group *group = cfg_tunnel_group_find(cfg, name);

	return group && !group->clients ? group : NULL;
}

/* By the name that he said, else by where he is. */
static const struct cfg_tunnel_group *of_router(const struct cm_config *cfg,
						const struct cfg_who *who)
{
	char peer[ADDR_STRLEN];

	return of_routers(cfg, who->key_name) ?:
	       of_routers(cfg, addr_format(who->remote, peer, sizeof(peer))) ?:
	       of_routers(cfg, CFG_DEFAULT_L2L);
}

void cfg_keepalive_of(const struct cm_config *cfg, const struct cfg_who *who,
		      const struct cfg_group *group, struct cfg_keepalive *out)
{
	const struct cfg_isakmp_profile *profile = who->profile ?
		cfg_isakmp_profile_find(cfg, who->profile) : NULL;
	const struct cfg_ike_policy *own = group ? NULL :
		cfg_ike_policy_who(cfg, who);
	bool is_client = group && group->derived;
	const struct cfg_tunnel_group *of = NULL;

	if (profile && profile->has_keepalive) {
		*out = profile->keepalive;
		return;
	}
	if (is_client)
		of = cfg_tunnel_group_find(cfg, group->name);
	else if (!group)
		of = of_router(cfg, who);
	if (own && own->keepalive.seconds)
		*out = own->keepalive;
	else if (of && of->has_keepalive)
		*out = of->keepalive;
	else if (cfg->keepalive.seconds || !(of || is_client))
		*out = cfg->keepalive;
	else
		*out = (struct cfg_keepalive){
			.seconds = is_client ? ASK_CLIENTS : ASK_ROUTERS,
			.retry = ASK_AGAIN, .periodic = true,
		};
}

bool cfg_keepalive_equal(const struct cfg_keepalive *a,
			 const struct cfg_keepalive *b)
{
	return a->seconds == b->seconds && a->retry == b->retry &&
	       a->periodic == b->periodic;
}

static bool of_profile_equal(const struct cfg_isakmp_profile *a,
			     const struct cfg_isakmp_profile *b)
{
	return !strcmp(a->name, b->name) && a->has_keepalive == b->has_keepalive &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive);
}

bool cfg_keepalives_equal(const struct cm_config *a, const struct cm_config *b)
{
	size_t i;

	if (!cfg_keepalive_equal(&a->keepalive, &b->keepalive) ||
	    a->n_tunnel_groups != b->n_tunnel_groups || !cfg_ike_keepalives_equal(a, b) ||
	    !ARRAYS_EQUAL(a, b, isakmp_profiles, n_isakmp_profiles,
			  of_profile_equal))
		return false;
	for (i = 0; i < a->n_tunnel_groups; i++) {
		const struct cfg_tunnel_group *x = &a->tunnel_groups[i];
		const struct cfg_tunnel_group *y = &b->tunnel_groups[i];

		if (strcmp(x->name, y->name) || x->clients != y->clients ||
		    x->has_keepalive != y->has_keepalive ||
		    !cfg_keepalive_equal(&x->keepalive, &y->keepalive))
			return false;
	}
	return true;
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
	       a->hybrid == b->hybrid && a->ppp_changed == b->ppp_changed && a->has_keepalive == b->has_keepalive &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive);
}

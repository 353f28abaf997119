// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "tools/cli/model.h"

#define ALL	((1u << CFG_ATTR_COUNT) - 1)

/* Where a field is, and how long. */
struct place {
	size_t at, size;
};

static const struct place places[] = {
#define X(id, field) [CFG_ATTR_##id] = {				\
	offsetof(struct cfg_attrs, field),				\
	sizeof(((struct cfg_attrs *)NULL)->field) },
	CFG_ATTRS(X)
#undef X
};

void cfg_attrs_unset(struct cfg_attrs *attrs, enum cfg_attr attr)
{
	attrs->set &= ~(1u << attr);
	memset((char *)attrs + places[attr].at, 0, places[attr].size);
}

bool cfg_attrs_have(const struct cfg_attrs *attrs, enum cfg_attr attr)
{
	return attrs->set & 1u << attr;
}

void cfg_attrs_inherit(struct cfg_attrs *to, const struct cfg_attrs *from)
{
	unsigned int i;

	for (i = 0; i < CFG_ATTR_COUNT; i++) {
		if (cfg_attrs_have(to, i) || !cfg_attrs_have(from, i))
			continue;
		memcpy((char *)to + places[i].at,
		       (const char *)from + places[i].at, places[i].size);
		to->set |= 1u << i;
	}
}

bool cfg_attrs_equal(const struct cfg_attrs *a, const struct cfg_attrs *b)
{
	unsigned int i = 0;

	if (a->set != b->set)
		return false;
	while (i < CFG_ATTR_COUNT &&
	       !memcmp((const char *)a + places[i].at,
		       (const char *)b + places[i].at, places[i].size))
		i++;
	return i == CFG_ATTR_COUNT;
}

/* --- inheritance ------------------------------------------------------------ */

static const struct cfg_attrs built_in = {
	.set = ALL,
	.idle = CFG_IDLE_MINUTES,
	.logins = CFG_LOGINS_DEFAULT,
	.protocols = CFG_TUNNEL_IKEV1 | CFG_TUNNEL_L2TP,
};

/* `crypto isakmp client configuration group` knows fewer, and no limits by default. */
static void of_ios_group(const struct cfg_group *group, struct cfg_attrs *out)
{
	*out = (struct cfg_attrs){
		.set = ALL,
		.netmask = group->netmask,
		.split = group->acl[0] ? CFG_SPLIT_SPECIFIED : CFG_SPLIT_ALL,
		.save_password = group->save_password,
		.logins = group->max_logins ?: CFG_LOGINS_ANY,
		.idle = group->idle,
		.session = group->session,
		.pfs = group->pfs,
		.local_lan = group->local_lan,
		.protocols = CFG_TUNNEL_IKEV1 | CFG_TUNNEL_L2TP,
	};
	memcpy(out->pool, group->pool, sizeof(out->pool));
	memcpy(out->dns, group->dns, sizeof(out->dns));
	memcpy(out->wins, group->wins, sizeof(out->wins));
	memcpy(out->domain, group->domain, sizeof(out->domain));
	memcpy(out->split_dns, group->split_dns, sizeof(out->split_dns));
	memcpy(out->backup, group->backup, sizeof(out->backup));
	memcpy(out->acl, group->acl, sizeof(out->acl));
	memcpy(out->banner, group->banner, sizeof(out->banner));
}

/* The pool of the group is for those whose policies name none. */
static void inherit_group(const struct cm_config *cfg,
			  const struct cfg_group *group, struct cfg_attrs *out)
{
	const struct cfg_group_policy *last =
		cfg_group_policy_find(cfg, CFG_DEFAULT_POLICY);
	struct cfg_attrs own = { 0 };

	if (group->derived) {
		own.set = group->pool[0] ? 1u << CFG_ATTR_POOL : 0;
		memcpy(own.pool, group->pool, sizeof(own.pool));
		cfg_attrs_inherit(out, &own);
		if (last)
			cfg_attrs_inherit(out, &last->attrs);
		cfg_attrs_inherit(out, &built_in);
	} else {
		of_ios_group(group, &own);
		cfg_attrs_inherit(out, &own);
	}
}

const struct cfg_group_policy *cfg_policy_of(const struct cm_config *cfg,
					     const struct cfg_group *group,
					     const char *user,
					     const char *policy)
{
	const struct cfg_user *u = user[0] ? cfg_user_find(cfg, user) : NULL;
	const struct cfg_group_policy *p = cfg_group_policy_find(cfg, policy);

	if (!p && u)
		p = cfg_group_policy_find(cfg, u->policy);
	return p ?: cfg_group_policy_find(cfg, group->policy);
}

void cfg_attrs_of(const struct cm_config *cfg, const struct cfg_group *group,
		  const char *user, const char *policy, struct cfg_attrs *out)
{
	const struct cfg_user *u = user[0] ? cfg_user_find(cfg, user) : NULL;
	const struct cfg_group_policy *p = cfg_policy_of(cfg, group, user,
							 policy);
	const struct cfg_pool *pool;

	memset(out, 0, sizeof(*out));
	if (u)
		cfg_attrs_inherit(out, &u->attrs);
	if (p)
		cfg_attrs_inherit(out, &p->attrs);
	inherit_group(cfg, group, out);
	pool = cfg_pool_find(cfg, out->pool);
	if (!addr_is_set(&out->netmask) && pool)
		out->netmask = pool->mask;
}

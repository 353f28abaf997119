// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Semantic checks: tunnel groups, group policies, attributes of users (F-038, F-039, E-035,
 *
 */
#include <string.h>
#include <strings.h>

#include "tools/cli/checker.h"
#include "tools/lib/password.h"

/* --- attributes ---------------------------------------------------------------- */

/* R-31, C-070. */
static void check_split(struct checker *c, const char *whose, const char *name,
			const struct cfg_attrs *attrs,
			const struct cfg_where *at)
{
	if (attrs->acl[0] && !cfg_acl_find(c->cfg, attrs->acl))
		warning(c, at, "%s %s: access list %s does not exist, so clients protect everything",
			whose, name, attrs->acl);
	if (attrs->split && cfg_attrs_have(attrs, CFG_ATTR_ACL) &&
	    !attrs->acl[0])
		warning(c, at, "%s %s: split-tunnel-policy needs a list (split-tunnel-network-list)",
			whose, name);
	if (attrs->acl[0] && cfg_attrs_have(attrs, CFG_ATTR_SPLIT) &&
	    attrs->split == CFG_SPLIT_ALL)
		warning(c, at, "%s %s: split-tunnel-network-list is not used: split-tunnel-policy is tunnelall",
			whose, name);
}

static bool serves_l2tp(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_maps && !cfg_map_serves_l2tp(cfg, &cfg->maps[i]))
		i++;
	return i < cfg->n_maps;
}

static void check_attrs(struct checker *c, const char *whose, const char *name,
			const struct cfg_attrs *attrs,
			const struct cfg_where *at)
{
	if (attrs->pool[0] && !cfg_pool_find(c->cfg, attrs->pool))
		warning(c, at, "%s %s: pool %s does not exist, so clients get no address",
			whose, name, attrs->pool);
	if (cfg_attrs_have(attrs, CFG_ATTR_PROTOCOLS) &&
	    !(attrs->protocols & (CFG_TUNNEL_IKEV1 | CFG_TUNNEL_L2TP)))
		warning(c, at, "%s %s: vpn-tunnel-protocol permits neither ikev1 nor l2tp-ipsec: clients are refused",
			whose, name);
	else if (cfg_attrs_have(attrs, CFG_ATTR_PROTOCOLS) &&
		 !(attrs->protocols & CFG_TUNNEL_IKEV1) && !serves_l2tp(c->cfg))
		warning(c, at, "%s %s: vpn-tunnel-protocol does not permit ikev1, and no map serves l2tp-ipsec: clients are refused",
			whose, name);
	check_split(c, whose, name, attrs, at);
}

static bool policy_exists(const struct cm_config *cfg, const char *name)
{
	return !name[0] || !strcmp(name, CFG_DEFAULT_POLICY) ||
	       cfg_group_policy_find(cfg, name);
}

static void check_user(struct checker *c, const struct cfg_user *user)
{
	check_attrs(c, "user", user->name, &user->attrs, &user->where);
	if (!policy_exists(c->cfg, user->policy))
		warning(c, &user->policy_at,
			"user %s: there is no group policy %s, so that of its tunnel-group holds",
			user->name, user->policy);
}

/* An address is one user's. */
static void check_framed(struct checker *c)
{
	const struct cfg_user *a, *b, *end = c->cfg->users + c->cfg->n_users;
	char text[ADDR_STRLEN];

	for (a = c->cfg->users; a < end; a++) {
		if (!cfg_attrs_have(&a->attrs, CFG_ATTR_FRAMED))
			continue;
		for (b = c->cfg->users; b < a; b++)
			if (cfg_attrs_have(&b->attrs, CFG_ATTR_FRAMED) &&
			    addr_equal(&a->attrs.framed.address,
				       &b->attrs.framed.address))
				warning(c, &a->where,
					"user %s has the address %s, as user %s",
					a->name,
					addr_format(&a->attrs.framed.address,
						    text, sizeof(text)),
					b->name);
	}
}

/* --- tunnel groups --------------------------------------------------------------- */

/* the name is the address that the map has. */
static void check_l2l(struct checker *c, const struct cfg_tunnel_group *group)
{
	struct addr peer;

	if (!addr_parse(&peer, group->name) && !cfg_names_peer(c->cfg, &peer))
		warning(c, &group->where,
			"tunnel-group %s: no crypto map entry has this peer (set peer)",
			group->name);
	if (!group->secret[0] && !checks_certificates(c->cfg))
		warning(c, &group->where,
			"tunnel-group %s has no pre-shared-key", group->name);
}

static void check_login(struct checker *c, const struct cfg_tunnel_group *group)
{
	bool local = !group->login[0] || !strcmp(group->login, CFG_LOCAL_LIST);
	const struct cfg_method *list = cfg_method_find(c->cfg, group->login,
							false);

	if (group->no_users)
		return;
	if (!local && !list)
		warning(c, &group->login_at,
			"tunnel-group %s: there is no list %s (aaa authentication login) nor a group of servers (aaa-server), so nobody is let in",
			group->name, cfg_login_name(group->login));
	else if (!(list && list->radius) && !c->cfg->n_users)
		warning(c, &group->where,
			"tunnel-group %s: clients are asked for a user, but there is no username",
			group->name);
}

static bool has_dynamic_map(const struct cm_config *cfg)
{
	const struct cfg_map *map;
	size_t i;

	for (map = cfg->maps; map < cfg->maps + cfg->n_maps; map++)
		for (i = 0; i < map->n_entries; i++)
			if (map->entries[i].type == CFG_IPSEC_DYNAMIC)
				return true;
	return false;
}

/* Main mode finds it, too. */
static bool is_by_address(const struct cfg_tunnel_group *group)
{
	struct addr peer;

	return !strcasecmp(group->name, CFG_DEFAULT_RA) ||
	       !addr_parse(&peer, group->name);
}

/* Who has that key is a router then. */
static void check_key_used(struct checker *c,
			   const struct cfg_tunnel_group *group)
{
	size_t i = 0;

	while (i < c->cfg->n_keys &&
	       strcasecmp(c->cfg->keys[i].group, group->name))
		i++;
	if (group->secret[0] && is_by_address(group) && i == c->cfg->n_keys)
		warning(c, &group->secret_at,
			"the key of tunnel-group %s is not used in main mode: crypto isakmp key has one for the same addresses",
			group->name);
}

static bool has_mschap_user(const struct cm_config *cfg)
{
	uint8_t nt[PASSWORD_NT_LEN];
	size_t i = 0;

	while (i < cfg->n_users &&
	       !password_nt_bytes(cfg->users[i].hash, nt))
		i++;
	explicit_bzero(nt, sizeof(nt));
	return i < cfg->n_users;
}

/* C-082, E-067: which of its methods its users can use. */
static void check_ppp(struct checker *c, const struct cfg_tunnel_group *tg)
{
	const struct cfg_group *group = cfg_group_find(c->cfg, tg->name);
	const uint32_t ms = 1u << CFG_PPP_MSCHAP1 | 1u << CFG_PPP_MSCHAP2;
	uint32_t methods, offer;

	if (!group || !serves_l2tp(c->cfg) ||
	    !cfg_group_has_l2tp(c->cfg, group))
		return;
	methods = cfg_group_ppp(c->cfg, group);
	offer = cfg_group_ppp_offer(c->cfg, group);
	if (!methods)
		warning(c, &tg->where,
			"tunnel-group %s: ppp-attributes permit no authentication, so nobody comes in by L2TP",
			tg->name);
	else if (methods != offer)
		warning(c, &tg->where,
			"tunnel-group %s: chap can be checked by RADIUS only, not against users of this configuration: no authentication chap",
			tg->name);
	if (!(offer & ms) || !(methods & ~offer || !cfg_uses_radius(c->cfg)))
		return;
	if (!has_mschap_user(c->cfg))
		warning(c, &tg->where,
			"tunnel-group %s: no user has a password for ms-chap (username NAME password PASSWORD mschap)",
			tg->name);
}

/* Nobody else would show the client that it speaks with us. */
static void check_hybrid(struct checker *c,
			 const struct cfg_tunnel_group *group)
{
	if (!group->hybrid)
		return;
	if (!cfg_has_policy(c->cfg, CFG_AUTH_RSA) || !checks_certificates(c->cfg))
		warning(c, &group->where,
			"tunnel-group %s: hybrid authentication needs an isakmp policy with rsa-sig and a certificate of ours",
			group->name);
}

static void check_clients(struct checker *c,
			  const struct cfg_tunnel_group *group)
{
	const struct cfg_group *other = cfg_group_find(c->cfg, group->name);

	if (group->pool[0] && !cfg_pool_find(c->cfg, group->pool))
		warning(c, &group->pool_at,
			"tunnel-group %s: pool %s does not exist, so its clients get no address",
			group->name, group->pool);
	if (!policy_exists(c->cfg, group->policy))
		warning(c, &group->policy_at,
			"tunnel-group %s: there is no group policy %s, so %s holds",
			group->name, group->policy, CFG_DEFAULT_POLICY);
	if (other && !other->derived)
		warning(c, &group->where,
			"tunnel-group %s is not used: crypto isakmp client configuration group %s says what holds for it",
			group->name, other->name);
	if (!has_dynamic_map(c->cfg))
		warning(c, &group->where,
			"tunnel-group %s: no crypto map has a dynamic entry, so its clients find nobody",
			group->name);
	if (group->secret[0] && c->cfg->no_aggressive && !is_by_address(group))
		warning(c, &group->secret_at,
			"the key of tunnel-group %s is not used: aggressive mode is disabled",
			group->name);
	check_key_used(c, group);
	check_hybrid(c, group);
	check_login(c, group);
	check_ppp(c, group);
}

void check_access(struct checker *c)
{
	const struct cm_config *cfg = c->cfg;
	size_t i;

	for (i = 0; i < cfg->n_users; i++)
		check_user(c, &cfg->users[i]);
	check_framed(c);
	for (i = 0; i < cfg->n_group_policies; i++)
		check_attrs(c, "group policy", cfg->group_policies[i].name,
			    &cfg->group_policies[i].attrs,
			    &cfg->group_policies[i].where);
	for (i = 0; i < cfg->n_tunnel_groups; i++)
		if (cfg->tunnel_groups[i].clients)
			check_clients(c, &cfg->tunnel_groups[i]);
		else
			check_l2l(c, &cfg->tunnel_groups[i]);
}

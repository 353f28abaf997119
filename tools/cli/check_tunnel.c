// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: tunnel interfaces and the profiles that protect them (F-047). */
#include <string.h>

#include "tools/cli/checker.h"

/* What is missing until it can work, or NULL. */
static const char *missing(const struct checker *c,
			   const struct cfg_interface *ifc)
{
	if (!ifc->source[0])
		return "no tunnel source";
	if (!addr_is_set(&ifc->destination))
		return "no tunnel destination";
	return cfg_profile_find(c->cfg, ifc->profile) ? NULL :
	       "its profile does not exist";
}

/* The map and the list that it gets have names that may be taken. */
static void check_names(struct checker *c, const struct cfg_interface *ifc)
{
	char map[CFG_NAME_SIZE], acl[CFG_NAME_SIZE];
	const struct cfg_map *m;
	const struct cfg_acl *a;

	cfg_tunnel_map_name(ifc, map, sizeof(map));
	cfg_tunnel_acl_name(ifc, acl, sizeof(acl));
	m = cfg_map_find(c->cfg, map);
	a = cfg_acl_find(c->cfg, acl);
	if ((m && !m->derived) || (a && !a->derived))
		error(c, &ifc->profile_at,
		      "interface %s: the names %s and %s are those of the crypto map and the access list that protect it: they are taken",
		      ifc->name, map, acl);
}

static void check_destination(struct checker *c,
			      const struct cfg_interface *ifc)
{
	bool ipv6 = ifc->tunnel == CFG_TUNNEL_IPV6;

	if (!addr_is_set(&ifc->destination))
		return;
	if ((ifc->destination.family == AF_INET6) != ipv6)
		error(c, &ifc->destination_at,
		      "interface %s: tunnel mode ipsec %s is of that family inside and outside, and so is its destination",
		      ifc->name, ipv6 ? "ipv6" : "ipv4");
	else if (ipv6)
		warning(c, &ifc->destination_at,
			"interface %s: ike-daemon does not negotiate IPv6 yet: what is routed into it is dropped; use a crypto map with ipsec-manual entries",
			ifc->name);
	else if (!cfg_key_for_address(c->cfg, &ifc->destination))
		warning(c, &ifc->destination_at,
			"interface %s: no pre-shared key for its destination",
			ifc->name);
}

static void check_protection(struct checker *c,
			     const struct cfg_interface *ifc)
{
	const char *what = missing(c, ifc);

	if (!ifc->tunnel)
		error(c, &ifc->profile_at,
		      "interface %s: tunnel protection needs tunnel mode ipsec; GRE is nothing that is made here",
		      ifc->name);
	else if (ifc->map[0] && !ifc->derived)
		error(c, &ifc->profile_at,
		      "interface %s has a crypto map and tunnel protection: one of them",
		      ifc->name);
	if (what)
		warning(c, &ifc->profile_at,
			"interface %s is incomplete, and what is routed into it is dropped: %s",
			ifc->name, what);
	check_names(c, ifc);
}

void check_tunnel(struct checker *c, const struct cfg_interface *ifc)
{
	if (ifc->profile[0])
		check_protection(c, ifc);
	else if (ifc->tunnel && !ifc->map[0])
		warning(c, &ifc->where,
			"interface %s has neither tunnel protection nor a crypto map: what is routed into it is dropped",
			ifc->name);
	else if (ifc->source[0] || addr_is_set(&ifc->destination))
		warning(c, ifc->source[0] ? &ifc->source_at : &ifc->destination_at,
			"interface %s: tunnel source and destination are for tunnel protection, and change nothing",
			ifc->name);
	if (ifc->tunnel)
		check_destination(c, ifc);
}

void check_profile(struct checker *c, const struct cfg_map *profile)
{
	const struct cfg_interface *ifc = c->cfg->interfaces;
	const struct cfg_interface *end = ifc + c->cfg->n_interfaces;

	check_entry_transforms(c, profile, profile->entries);
	while (ifc < end && strcmp(ifc->profile, profile->name))
		ifc++;
	if (ifc == end)
		warning(c, &profile->where,
			"crypto ipsec profile %s is not used by an interface",
			profile->name);
}

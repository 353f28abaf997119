// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: tunnel interfaces and the profiles that protect them (F-047). */
#include <string.h>

#include "tools/cli/checker.h"

static bool has_source(const struct cfg_interface *ifc)
{
	return ifc->source[0] || addr_is_set(&ifc->source_address);
}

/* What is missing until it can work, or NULL. */
static const char *missing(const struct checker *c,
			   const struct cfg_interface *ifc)
{
	if (!has_source(ifc))
		return "no tunnel source";
	if (!addr_is_set(&ifc->destination))
		return "no tunnel destination";
	return cfg_profile_find(c->cfg, ifc->profile) ? NULL :
	       "its profile does not exist";
}

/* The map that it gets has a name that may be taken; its list cannot be named. */
static void check_name(struct checker *c, const struct cfg_interface *ifc)
{
	char name[CFG_NAME_SIZE];
	const struct cfg_map *map;

	cfg_tunnel_map_name(ifc, name, sizeof(name));
	map = cfg_map_find(c->cfg, name);
	if (map && !map->derived)
		error(c, &ifc->profile_at,
		      "interface %s: the name %s is that of the crypto map that protects it: it is taken",
		      ifc->name, name);
}

/* As its profile says, whatever that is of. */
static bool has_key(const struct cm_config *cfg, const struct cfg_interface *ifc)
{
	const struct cfg_map *profile = cfg_profile_find(cfg, ifc->profile);

	if (profile)
		return checks_key(cfg, profile->entries, &ifc->destination);
	return cfg_secret_for_peer(cfg, &ifc->destination);
}

static void check_ends(struct checker *c, const struct cfg_interface *ifc)
{
	bool ipv6 = ifc->tunnel == CFG_TUNNEL_IPV6;

	if (addr_is_set(&ifc->source_address) &&
	    (ifc->source_address.family == AF_INET6) != ipv6)
		error(c, &ifc->source_at,
		      "interface %s: tunnel mode ipsec %s is of that family inside and outside, and so is its source",
		      ifc->name, ipv6 ? "ipv6" : "ipv4");
	if (!addr_is_set(&ifc->destination))
		return;
	if ((ifc->destination.family == AF_INET6) != ipv6)
		error(c, &ifc->destination_at,
		      "interface %s: tunnel mode ipsec %s is of that family inside and outside, and so is its destination",
		      ifc->name, ipv6 ? "ipv6" : "ipv4");
	else if (!has_key(c->cfg, ifc) &&
		 !checks_certificates(c->cfg))
		warning(c, &ifc->destination_at,
			"interface %s: no pre-shared key for its destination",
			ifc->name);
}

/*
 * IKE and SAs know a tunnel by its two ends only.  Which address an interface has
 * is not known here: of that apply_want.c tells.
 */
static void check_twin(struct checker *c, const struct cfg_interface *ifc)
{
	const struct cfg_interface *other = c->cfg->interfaces;

	for (; other < ifc; other++)
		if (other->profile[0] && has_source(ifc) &&
		    !strcmp(other->source, ifc->source) &&
		    addr_equal(&other->source_address, &ifc->source_address) &&
		    addr_is_set(&ifc->destination) &&
		    addr_equal(&other->destination, &ifc->destination))
			warning(c, &ifc->destination_at,
				"interface %s has the source and destination of interface %s: what the peer sends comes out of one of them only",
				ifc->name, other->name);
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
	check_name(c, ifc);
	check_twin(c, ifc);
}

/* As in IOS, the lender has an address of its own: so there is no chain, nor circle. */
static void check_unnumbered(struct checker *c, const struct cfg_interface *ifc)
{
	const struct cfg_interface *lender =
		cfg_interface_find(c->cfg, ifc->unnumbered);

	if (!ifc->tunnel)
		error(c, &ifc->unnumbered_at,
		      "interface %s: ip unnumbered is for tunnel interfaces (tunnel mode ipsec): to others ip(8) gives addresses",
		      ifc->name);
	if (lender && lender->unnumbered[0])
		error(c, &ifc->unnumbered_at,
		      "interface %s: ip unnumbered %s: that interface is unnumbered itself (ip unnumbered %s): name one that has an address of its own",
		      ifc->name, lender->name, lender->unnumbered);
}

void check_tunnel(struct checker *c, const struct cfg_interface *ifc)
{
	if (ifc->profile[0])
		check_protection(c, ifc);
	else if (ifc->tunnel && !ifc->map[0])
		warning(c, &ifc->where,
			"interface %s has neither tunnel protection nor a crypto map: what is routed into it is dropped",
			ifc->name);
	else if (has_source(ifc) || addr_is_set(&ifc->destination))
		warning(c, has_source(ifc) ? &ifc->source_at : &ifc->destination_at,
			"interface %s: tunnel source and destination are for tunnel protection, and change nothing",
			ifc->name);
	if (ifc->unnumbered[0])
		check_unnumbered(c, ifc);
	if (ifc->tunnel)
		check_ends(c, ifc);
}

void check_profile(struct checker *c, const struct cfg_map *profile)
{
	const struct cfg_interface *ifc = c->cfg->interfaces;
	const struct cfg_interface *end = ifc + c->cfg->n_interfaces;

	check_entry_transforms(c, profile, profile->entries);
	check_entry_security(c, profile, profile->entries);
	while (ifc < end && strcmp(ifc->profile, profile->name))
		ifc++;
	if (ifc == end)
		warning(c, &profile->where,
			"crypto ipsec profile %s is not used by an interface",
			profile->name);
}

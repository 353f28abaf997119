// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: this router as a client of remote access (F-037). */
#include <string.h>

#include "tools/cli/checker.h"

/* Names of two of its kind, or of one of another: who is meant is known by the address. */
static void check_peer(struct checker *c, const struct cfg_ezvpn *ez, size_t at)
{
	const struct addr *peer = &ez->peers[at].addr;
	const struct cfg_isakmp_peer *own = cfg_isakmp_peer_find(c->cfg, peer);
	const struct cfg_ezvpn *other = c->cfg->ezvpns;
	char addr[ADDR_STRLEN];
	const char *text = cfg_ezvpn_peer_text(&ez->peers[at], addr,
					       sizeof(addr));
	size_t i;

	for (; other < ez; other++)
		for (i = 0; i < other->n_peers; i++)
			if (cfg_ezvpn_peer_equal(&other->peers[i],
						 &ez->peers[at]))
				error(c, &ez->peers_at[at],
				      "ezvpn %s: peer %s is that of ezvpn %s, too",
				      ez->name, text, other->name);
	/* Of a name the rest is known when it is looked up. */
	if (!addr_is_set(peer))
		return;
	if (own && !own->derived)
		error(c, &ez->peers_at[at],
		      "ezvpn %s: its group says all about peer %s: no crypto isakmp peer beside it",
		      ez->name, text);
	for (i = 0; i < c->cfg->n_maps; i++) {
		const struct cfg_map *map = &c->cfg->maps[i];
		size_t j, k;

		for (j = 0; !map->derived && j < map->n_entries; j++)
			for (k = 0; k < map->entries[j].n_peers; k++)
				if (addr_equal(&map->entries[j].peers[k], peer))
					error(c, &ez->peers_at[at],
					      "ezvpn %s: peer %s is that of map %s %u, too",
					      ez->name, text, map->name,
					      map->entries[j].seq);
	}
	if (!ez->group[0] && !cfg_secret_for_peer(c->cfg, peer) &&
	    !checks_certificates(c->cfg))
		error(c, &ez->peers_at[at],
		      "ezvpn %s: no group, and neither a key for peer %s nor a certificate: nothing to show the gateway",
		      ez->name, text);
}

static size_t count_sides(const struct checker *c, const struct cfg_ezvpn *ez,
			  bool inside)
{
	size_t i, n = 0;

	for (i = 0; i < c->cfg->n_interfaces; i++)
		n += c->cfg->interfaces[i].ezvpn_inside == inside &&
		     !strcmp(c->cfg->interfaces[i].ezvpn, ez->name);
	return n;
}

static void check_networks(struct checker *c, const struct cfg_ezvpn *ez)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, ez->acl);

	if (ez->acl[0] && !acl)
		error(c, &ez->acl_at,
		      "ezvpn %s: access list %s does not exist", ez->name,
		      ez->acl);
	else if (acl && acl->family != AF_INET)
		error(c, &ez->acl_at,
		      "ezvpn %s: access list %s is of IPv6, networks of IPv4 alone are extended",
		      ez->name, ez->acl);
	if (ez->acl[0] && !cfg_ezvpn_has_networks(ez))
		warning(c, &ez->acl_at,
			"ezvpn %s: acl is for mode network-extension and network-plus, and changes nothing",
			ez->name);
	if (cfg_ezvpn_has_networks(ez) && !ez->acl[0] &&
	    !count_sides(c, ez, true))
		error(c, &ez->where,
		      "ezvpn %s: mode %s needs an interface inside, or acl: what is to be seen from the gateway?",
		      ez->name, cfg_ezvpn_mode_name(ez->mode));
}

static void check_one(struct checker *c, const struct cfg_ezvpn *ez)
{
	size_t i, outside = count_sides(c, ez, false);

	if (!ez->n_peers)
		error(c, &ez->where, "ezvpn %s has no peer", ez->name);
	for (i = 0; i < ez->n_peers; i++)
		check_peer(c, ez, i);
	if (ez->group[0] && c->cfg->no_aggressive)
		error(c, &ez->group_at,
		      "ezvpn %s: a group needs aggressive mode, which crypto isakmp aggressive-mode disable forbids",
		      ez->name);
	if (ez->group[0] && !cfg_has_policy(c->cfg, CFG_AUTH_PSK))
		error(c, &ez->group_at,
		      "ezvpn %s: no crypto isakmp policy has authentication pre-share: nothing to offer the gateway",
		      ez->name);
	if (ez->identity[0] && !cfg_peer_identity_find(c->cfg, ez->identity))
		error(c, &ez->identity_at,
		      "ezvpn %s: there is no identity %s, so no gateway is accepted",
		      ez->name, ez->identity);
	if (outside > 1)
		error(c, &ez->where,
		      "ezvpn %s has %zu interfaces outside: one of them", ez->name,
		      outside);
	if (!outside)
		warning(c, &ez->where,
			"ezvpn %s is on no interface outside, and does nothing",
			ez->name);
	else
		check_networks(c, ez);
}

static void check_interface(struct checker *c, const struct cfg_interface *ifc)
{
	const struct cfg_map *map;
	char name[CFG_NAME_SIZE];

	if (!cfg_ezvpn_find(c->cfg, ifc->ezvpn))
		error(c, &ifc->ezvpn_at, "interface %s: ezvpn %s does not exist",
		      ifc->name, ifc->ezvpn);
	if (ifc->ezvpn_inside)
		return;
	if ((ifc->map[0] && !ifc->derived) || ifc->profile[0])
		error(c, &ifc->ezvpn_at,
		      "interface %s has ezvpn %s and %s: one of them", ifc->name,
		      ifc->ezvpn, ifc->profile[0] ? "tunnel protection" :
						    "a crypto map");
	cfg_tunnel_map_name(ifc, name, sizeof(name));
	map = cfg_map_find(c->cfg, name);
	if (map && !map->derived)
		error(c, &ifc->ezvpn_at,
		      "interface %s: the name %s is that of the crypto map that ezvpn makes: it is taken",
		      ifc->name, name);
}

void check_ezvpn(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_ezvpns; i++)
		check_one(c, &c->cfg->ezvpns[i]);
	for (i = 0; i < c->cfg->n_interfaces; i++)
		if (c->cfg->interfaces[i].ezvpn[0])
			check_interface(c, &c->cfg->interfaces[i]);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: IPsec as NEC IX has it (C-093 to C-099, the list of R-53). */
#include <string.h>
#include <strings.h>

#include "tools/cli/checker.h"
#include "tools/lib/secret.h"

static void check_proposal(struct checker *c, const struct cfg_ike_proposal *p)
{
	const struct cm_config *cfg = c->cfg;
	const struct cfg_policy *suite = &p->suite;
	bool used = false;
	size_t i, j;

	for (i = 0; i < cfg->n_ike_policies; i++)
		for (j = 0; j < cfg->ike_policies[i].n_proposals; j++)
			used |= !strcmp(cfg->ike_policies[i].proposals[j], p->name);
	if (!used)
		warning(c, &suite->where, "ike proposal %s is not used by an ike policy",
			p->name);
	if (cfg_cipher_weak(suite->cipher))
		warning(c, &suite->cipher_at,
			"ike proposal %s uses DES, which is broken; use aes", p->name);
	if (cfg_hash_weak(suite->hash))
		warning(c, &suite->hash_at,
			"ike proposal %s uses MD5, which is weak; use sha2-256", p->name);
	if (cfg_group_weak(suite->group))
		warning(c, &suite->group_at,
			"ike proposal %s uses Diffie-Hellman group %u%s, which is weak; use group 2048-bit or above",
			p->name, suite->group, suite->group == 1 ? " (768-bit, the default)" : "");
}

static bool has_secret(const struct cfg_tunnel_group *group)
{
	return group && group->secret[0];
}

/* Of the same address, of all, or of the same name. */
static bool has_other_key(const struct cm_config *cfg, const struct cfg_ike_policy *p)
{
	struct cfg_key own = { .derived = true };
	char text[ADDR_STRLEN];
	size_t i;

	cfg_ike_policy_key_of(p, &own);
	for (i = 0; i < cfg->n_keys; i++)
		if (!cfg->keys[i].derived && cfg_key_same_peers(&cfg->keys[i], &own))
			return true;
	if (own.hostname[0])
		return cfg_group_find(cfg, own.hostname) ||
		       cfg_tunnel_group_find(cfg, own.hostname);
	if (!own.peers.len)
		return has_secret(cfg_tunnel_group_find(cfg, CFG_DEFAULT_L2L)) ||
		       has_secret(cfg_tunnel_group_find(cfg, CFG_DEFAULT_RA));
	return cfg_tunnel_group_find(cfg, addr_format(&p->peer, text, sizeof(text)));
}

/* Nothing else may say who the peer is: which of the two counts, nobody would know. */
static void check_taken(struct checker *c, const struct cfg_ike_policy *p)
{
	const struct cfg_isakmp_peer *peer = cfg_isakmp_peer_find(c->cfg, &p->peer);
	const struct cfg_ike_policy *other = c->cfg->ike_policies;

	for (; other < p; other++)
		if (addr_equal(&other->peer, &p->peer) &&
		    !strcasecmp(other->remote.text, addr_is_set(&p->peer) ?
				other->remote.text : p->remote.text))
			error(c, &p->where,
			      "ike policy %s is for the same peer as ike policy %s", p->name,
			      other->name);
		else if (cfg_ike_policy_is_open(other) && cfg_ike_policy_is_open(p) &&
			 !secret_equal(other->secret, p->secret, sizeof(p->secret)))
			error(c, &p->where,
			      "ike policy %s: in main mode all peers any have one key, and that of ike policy %s is another",
			      p->name, other->name);
	if (has_other_key(c->cfg, p))
		error(c, &p->where,
		      "ike policy %s: there is a crypto isakmp key or tunnel-group for its peer, too: one of them",
		      p->name);
	if (peer && !peer->derived)
		error(c, &p->where,
		      "ike policy %s: there is a crypto isakmp peer for its peer, too: one of them",
		      p->name);
}

/* Where it is the first of them that answers, all should answer alike. */
static void check_alike(struct checker *c, const struct cfg_ike_policy *p)
{
	const struct cfg_ike_policy *first = c->cfg->ike_policies;
	bool named = cfg_ike_policy_is_named(p);

	while (first < p && !(named ? cfg_ike_policy_is_named(first) :
				      cfg_ike_policy_is_open(first)))
		first++;
	if (first == p || addr_is_set(&p->peer))
		return;
	if (first->n_proposals != p->n_proposals ||
	    memcmp(first->proposals, p->proposals, p->n_proposals * CFG_NAME_SIZE))
		warning(c, &p->where,
			named ? "ike policy %s has other proposals than ike policy %s: who asks can tell which names have keys" :
				"ike policy %s has other proposals than ike policy %s: in main mode those of all peers any count",
			p->name, first->name);
	if (named && (first->local.kind != p->local.kind ||
		      strcmp(first->local.text, p->local.text)))
		warning(c, &p->where,
			"ike policy %s has another local-id than ike policy %s: who asks can tell which names have keys",
			p->name, first->name);
}

static void check_policy(struct checker *c, const struct cfg_ike_policy *p)
{
	size_t i;

	check_taken(c, p);
	check_alike(c, p);
	for (i = 0; i < p->n_proposals; i++)
		if (!cfg_ike_proposal_find(c->cfg, p->proposals[i]))
			warning(c, &p->proposals_at[i],
				"ike policy %s is incomplete: ike proposal %s does not exist",
				p->name, p->proposals[i]);
	if (p->aggressive && c->cfg->no_aggressive)
		warning(c, &p->where,
			"ike policy %s cannot come up: aggressive mode is disabled", p->name);
	if (!addr_is_set(&p->peer) && p->aggressive && !p->remote.text[0])
		warning(c, &p->where,
			"ike policy %s: in aggressive mode, a peer any is found by its name: ike remote-id %s is missing",
			p->name, p->name);
	if (cfg_ike_policy_is_named(p) && p->remote.kind == CFG_IDENTITY_IPV4)
		error(c, &p->remote_at,
		      "ike policy %s: in aggressive mode, a peer any is found by its name: ike remote-id %s is an address; allowed: keyid, fqdn, user-fqdn",
		      p->name, p->name);
	if (!addr_is_set(&p->peer) && !p->aggressive && p->remote.text[0])
		warning(c, &p->remote_at,
			"ike policy %s: in main mode the key of a peer any is that of all; only its name is compared",
			p->name);
}

static bool is_bound(const struct cm_config *cfg, const char *name, bool transport)
{
	size_t i = 0;

	while (i < cfg->n_interfaces &&
	       (cfg->interfaces[i].policy_transport != transport ||
		strcmp(cfg->interfaces[i].map, name)))
		i++;
	return i < cfg->n_interfaces;
}

/* What the list permits less than the identities: they count. */
static void check_narrow(struct checker *c, const struct cfg_autokey_map *map)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, map->acl);
	size_t i;

	if (!acl || !(map->local.addr.family || map->remote.addr.family))
		return;
	for (i = 0; i < acl->n_aces; i++)
		if (cfg_autokey_covered(map, &acl->aces[i]))
			return;
	warning(c, &map->acl_at,
		"ipsec autokey-map %s: no line of access list %s permits all that ipsec local-id and remote-id are for: these count",
		map->name, acl->name);
}

static void check_map(struct checker *c, const struct cfg_autokey_map *map)
{
	const struct cfg_autokey_proposal *first, *other;
	size_t i;

	if (is_bound(c->cfg, map->name, true) && is_bound(c->cfg, map->name, false))
		error(c, &map->where,
		      "ipsec autokey-map %s is bound by ipsec policy tunnel and transport: one of them",
		      map->name);
	check_narrow(c, map);
	first = cfg_autokey_proposal_find(c->cfg, map->proposals[0]);
	for (i = 1; i < map->n_proposals; i++) {
		other = cfg_autokey_proposal_find(c->cfg, map->proposals[i]);
		if (first && other && (first->seconds != other->seconds ||
				       first->kilobytes != other->kilobytes))
			warning(c, &map->proposals_at[i],
				"ipsec autokey-map %s: the lifetime is that of %s, its first proposal",
				map->name, first->name);
	}
	if (map->dynamic ||
	    (map->n_proposals && cfg_ike_policy_of(c->cfg, &map->peer, NULL)))
		return;
	warning(c, &map->peer_at, "ipsec autokey-map %s: no ike policy is for its peer",
		map->name);
}

void check_nec(struct checker *c)
{
	const struct cm_config *cfg = c->cfg;
	size_t i;

	for (i = 0; i < cfg->n_ike_proposals; i++)
		check_proposal(c, &cfg->ike_proposals[i]);
	for (i = 0; i < cfg->n_ike_policies; i++)
		check_policy(c, &cfg->ike_policies[i]);
	for (i = 0; i < cfg->n_autokey_maps; i++)
		check_map(c, &cfg->autokey_maps[i]);
	for (i = 0; i < cfg->n_interfaces; i++)
		if (cfg->interfaces[i].policy_transport &&
		    !cfg_autokey_map_find(cfg, cfg->interfaces[i].map))
			error(c, &cfg->interfaces[i].where,
			      "interface %s: ipsec policy transport is for an ipsec autokey-map, and %s is none",
			      cfg->interfaces[i].name, cfg->interfaces[i].map);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: keyrings and ISAKMP profiles. */
#include <string.h>

#include "tools/cli/checker.h"

static bool is_used(const struct cm_config *cfg, const char *keyring)
{
	const struct cfg_isakmp_profile *p = cfg->isakmp_profiles;
	size_t i;

	for (; p < cfg->isakmp_profiles + cfg->n_isakmp_profiles; p++)
		for (i = 0; i < p->n_keyrings; i++)
			if (!strcmp(p->keyrings[i], keyring))
				return true;
	return false;
}

static void check_keyring(struct checker *c, const struct cfg_keyring *keyring)
{
	const struct cfg_key *key = c->cfg->keyring_keys;

	if (!cfg_keyring_has_keys(c->cfg, keyring->name))
		warning(c, &keyring->where, "keyring %s has no key",
			keyring->name);
	if (!is_used(c->cfg, keyring->name))
		warning(c, &keyring->where,
			"keyring %s is not used: no isakmp profile names it",
			keyring->name);
	for (; key < c->cfg->keyring_keys + c->cfg->n_keyring_keys; key++)
		if (!strcmp(key->keyring, keyring->name) && key->hostname[0] &&
		    c->cfg->no_aggressive)
			warning(c, &key->where,
				"keyring %s: the pre-shared key for name %s is not used: main mode finds keys by address, and aggressive mode is disabled",
				keyring->name, key->hostname);
}

static void check_list(struct checker *c, const struct cfg_isakmp_profile *p,
		       const char *list, bool authorization,
		       const struct cfg_where *at)
{
	if (list[0] && !cfg_method_find(c->cfg, list, authorization))
		warning(c, at, authorization ?
			"isakmp profile %s: there is no `aaa authorization network %s', so its clients have no group" :
			"isakmp profile %s: there is no `aaa authentication login %s', so no user is let in",
			p->name, list);
}

static void check_isakmp_profile(struct checker *c,
				 const struct cfg_isakmp_profile *p)
{
	size_t i;

	if (!p->n_matches)
		warning(c, &p->where,
			"isakmp profile %s has no `match identity', so nobody fits it",
			p->name);
	for (i = 0; i < p->n_keyrings; i++)
		if (!cfg_keyring_find(c->cfg, p->keyrings[i]))
			warning(c, &p->keyrings_at[i],
				"isakmp profile %s: there is no keyring %s",
				p->name, p->keyrings[i]);
	if (p->trustpoint[0] && !cfg_trustpoint_find(c->cfg, p->trustpoint))
		warning(c, &p->trustpoint_at,
			"isakmp profile %s: there is no trustpoint %s, so no certificate is accepted",
			p->name, p->trustpoint);
	if (p->aggressive && c->cfg->no_aggressive)
		warning(c, &p->where,
			"isakmp profile %s: aggressive mode is disabled, so main mode is used",
			p->name);
	check_list(c, p, p->clients.login, false, &p->clients.login_at);
	check_list(c, p, p->clients.authorization, true,
		   &p->clients.authorization_at);
}

void check_entry_isakmp_profile(struct checker *c, const struct cfg_map *map,
				const struct cfg_entry *entry)
{
	if (entry->isakmp_profile[0] &&
	    !cfg_isakmp_profile_find(c->cfg, entry->isakmp_profile))
		warning(c, &entry->isakmp_profile_at,
			"crypto %s %s %u: there is no isakmp profile %s, so no peer is accepted",
			map_word(c, map), map->name, entry->seq,
			entry->isakmp_profile);
}

bool checks_key(const struct cm_config *cfg, const struct cfg_entry *entry,
		const struct addr *peer)
{
	const struct cfg_isakmp_profile *p =
		cfg_isakmp_profile_find(cfg, entry->isakmp_profile);

	if (p && p->n_keyrings)
		return cfg_profile_key(cfg, p, peer);
	return cfg_secret_for_peer(cfg, peer);
}

void check_keyrings(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_keyrings; i++)
		check_keyring(c, &c->cfg->keyrings[i]);
	for (i = 0; i < c->cfg->n_isakmp_profiles; i++)
		check_isakmp_profile(c, &c->cfg->isakmp_profiles[i]);
}

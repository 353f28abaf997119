// SPDX-License-Identifier: GPL-2.0-or-later
/* The model: keyrings and ISAKMP profiles. */
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"

static void set_name(char *to, const char *name)
{
	memcpy(to, name, strnlen(name, CFG_NAME_SIZE - 1));
}

/* --- keyrings --------------------------------------------------------------- */

struct cfg_keyring *cfg_keyring_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->keyrings, cfg->n_keyrings, name, name);
}

struct cfg_keyring *cfg_keyring_get(struct cm_config *cfg, const char *name)
{
	struct cfg_keyring *keyring = cfg_keyring_find(cfg, name);

	if (keyring)
		return keyring;
	keyring = INSERT(cfg->keyrings, cfg->n_keyrings, cfg->n_keyrings);
	if (keyring)
		set_name(keyring->name, name);
	return keyring;
}

struct cfg_key *cfg_keyring_key_add(struct cm_config *cfg)
{
	return INSERT(cfg->keyring_keys, cfg->n_keyring_keys, cfg->n_keyring_keys);
}

void cfg_keyring_key_del(struct cm_config *cfg, struct cfg_key *key)
{
	REMOVE(cfg->keyring_keys, cfg->n_keyring_keys, key);
}

void cfg_keyring_del(struct cm_config *cfg, struct cfg_keyring *keyring)
{
	size_t i;

	for (i = cfg->n_keyring_keys; i; i--)
		if (!strcmp(cfg->keyring_keys[i - 1].keyring, keyring->name))
			cfg_keyring_key_del(cfg, &cfg->keyring_keys[i - 1]);
	REMOVE(cfg->keyrings, cfg->n_keyrings, keyring);
}

const struct cfg_key *cfg_keyring_key(const struct cm_config *cfg,
				      const char *keyring,
				      const struct addr *peer)
{
	const struct cfg_key *key = cfg->keyring_keys, *best = NULL;

	for (; key < cfg->keyring_keys + cfg->n_keyring_keys; key++)
		if (!strcmp(key->keyring, keyring) && !key->hostname[0] &&
		    prefix_contains(&key->peers, peer) &&
		    (!best || key->peers.len > best->peers.len))
			best = key;
	return best;
}

const struct cfg_key *cfg_keyring_key_named(const struct cm_config *cfg,
					    const char *keyring,
					    const char *name)
{
	const struct cfg_key *key = cfg->keyring_keys;

	for (; key < cfg->keyring_keys + cfg->n_keyring_keys; key++)
		if (!strcmp(key->keyring, keyring) && key->hostname[0] &&
		    !strcasecmp(key->hostname, name))
			return key;
	return NULL;
}

bool cfg_keyring_has_keys(const struct cm_config *cfg, const char *keyring)
{
	return FIND_NAME(cfg->keyring_keys, cfg->n_keyring_keys, keyring, keyring);
}

/* --- profiles --------------------------------------------------------------- */

struct cfg_isakmp_profile *cfg_isakmp_profile_find(const struct cm_config *cfg,
						   const char *name)
{
	return FIND_NAME(cfg->isakmp_profiles, cfg->n_isakmp_profiles, name, name);
}

struct cfg_isakmp_profile *cfg_isakmp_profile_get(struct cm_config *cfg,
						  const char *name)
{
	struct cfg_isakmp_profile *profile = cfg_isakmp_profile_find(cfg, name);

	if (profile)
		return profile;
	profile = INSERT(cfg->isakmp_profiles, cfg->n_isakmp_profiles,
			 cfg->n_isakmp_profiles);
	if (!profile)
		return NULL;
	set_name(profile->name, name);
	set_name(profile->clients.name, name);
	profile->keepalive.retry = CFG_KEEPALIVE_RETRY_DEFAULT;
	return profile;
}

void cfg_isakmp_profile_del(struct cm_config *cfg,
			    struct cfg_isakmp_profile *profile)
{
	REMOVE(cfg->isakmp_profiles, cfg->n_isakmp_profiles, profile);
}

const struct cfg_key *cfg_profile_key(const struct cm_config *cfg,
				      const struct cfg_isakmp_profile *profile,
				      const struct addr *peer)
{
	const struct cfg_key *key, *best = NULL;
	size_t i;

	if (!profile->n_keyrings)
		return cfg_key_for_address(cfg, peer);
	for (i = 0; i < profile->n_keyrings; i++) {
		key = cfg_keyring_key(cfg, profile->keyrings[i], peer);
		if (key && (!best || key->peers.len > best->peers.len))
			best = key;
	}
	return best;
}

bool cfg_match_is_name(const struct cfg_match *match)
{
	return match->kind != CFG_MATCH_ADDRESS;
}

const char *cfg_match_words(enum cfg_match_kind kind)
{
	static const char *const words[] = {
#define X(id, words) words,
		CFG_MATCHES(X)
#undef X
	};

	return words[kind];
}

static bool may_be_aggressive(const struct cfg_isakmp_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->n_matches; i++)
		if (profile->aggressive || cfg_match_is_name(&profile->matches[i]))
			return true;
	return false;
}

bool cfg_has_aggressive_profile(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_isakmp_profiles &&
	       !may_be_aggressive(&cfg->isakmp_profiles[i]))
		i++;
	return i < cfg->n_isakmp_profiles && !cfg->no_aggressive;
}

bool cfg_has_profile_clients(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_isakmp_profiles &&
	       !cfg_map_has_clients(&cfg->isakmp_profiles[i].clients))
		i++;
	return i < cfg->n_isakmp_profiles;
}

bool cfg_profiles_use_groups(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_isakmp_profiles &&
	       !cfg_map_uses_groups(cfg, &cfg->isakmp_profiles[i].clients))
		i++;
	return i < cfg->n_isakmp_profiles;
}

bool cfg_local_is_set(const struct cfg_local *local)
{
	return local->interface[0] || addr_is_set(&local->address);
}

/* --- all of them ------------------------------------------------------------ */

static bool local_equal(const struct cfg_local *a, const struct cfg_local *b)
{
	return addr_equal(&a->address, &b->address) &&
	       !strcmp(a->interface, b->interface);
}

static bool keyring_equal(const struct cfg_keyring *a, const struct cfg_keyring *b)
{
	return !strcmp(a->name, b->name) &&
	       !strcmp(a->description, b->description) &&
	       local_equal(&a->local, &b->local);
}

bool cfg_match_equal(const struct cfg_match *a, const struct cfg_match *b)
{
	return a->kind == b->kind && prefix_equal(&a->peers, &b->peers) &&
	       !strcasecmp(a->text, b->text);
}

static bool lists_equal(const struct cfg_isakmp_profile *a,
			const struct cfg_isakmp_profile *b)
{
	size_t i;

	if (a->n_keyrings != b->n_keyrings || a->n_matches != b->n_matches)
		return false;
	for (i = 0; i < a->n_keyrings; i++)
		if (strcmp(a->keyrings[i], b->keyrings[i]))
			return false;
	for (i = 0; i < a->n_matches; i++)
		if (!cfg_match_equal(&a->matches[i], &b->matches[i]))
			return false;
	return true;
}

static bool profile_equal(const struct cfg_isakmp_profile *a,
			  const struct cfg_isakmp_profile *b)
{
	return !strcmp(a->name, b->name) &&
	       !strcmp(a->description, b->description) && lists_equal(a, b) &&
	       a->has_identity == b->has_identity &&
	       cfg_identity_equal(&a->identity, &b->identity) &&
	       local_equal(&a->local, &b->local) &&
	       !strcmp(a->trustpoint, b->trustpoint) &&
	       a->aggressive == b->aggressive &&
	       a->has_keepalive == b->has_keepalive &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive) &&
	       cfg_map_equal(&a->clients, &b->clients);
}

bool cfg_keyrings_equal(const struct cm_config *a, const struct cm_config *b)
{
	return ARRAYS_EQUAL(a, b, keyrings, n_keyrings, keyring_equal) &&
	       ARRAYS_EQUAL(a, b, keyring_keys, n_keyring_keys, cfg_key_equal) &&
	       ARRAYS_EQUAL(a, b, isakmp_profiles, n_isakmp_profiles,
			    profile_equal);
}

bool cfg_keyrings_copy(struct cm_config *to, const struct cm_config *from)
{
	bool ok = true;

	ok &= COPY(to, from, keyrings, n_keyrings);
	ok &= COPY(to, from, keyring_keys, n_keyring_keys);
	ok &= COPY(to, from, isakmp_profiles, n_isakmp_profiles);
	return ok;
}

void cfg_keyrings_free(struct cm_config *cfg)
{
	cfg_array_free(cfg->keyring_keys, cfg->n_keyring_keys,
		       sizeof(*cfg->keyring_keys));
	free(cfg->keyrings);
	free(cfg->isakmp_profiles);
}

void cfg_keyrings_forget_places(struct cm_config *cfg)
{
	static const struct cfg_where nowhere;
	size_t i;

	for (i = 0; i < cfg->n_keyrings; i++)
		cfg->keyrings[i].where = nowhere;
	for (i = 0; i < cfg->n_keyring_keys; i++)
		cfg->keyring_keys[i].where = nowhere;
	for (i = 0; i < cfg->n_isakmp_profiles; i++) {
		struct cfg_isakmp_profile *p = &cfg->isakmp_profiles[i];

		p->where = p->trustpoint_at = nowhere;
		p->clients.where = p->clients.login_at = nowhere;
		p->clients.authorization_at = p->clients.addresses_at = nowhere;
		memset(p->keyrings_at, 0, sizeof(p->keyrings_at));
	}
}

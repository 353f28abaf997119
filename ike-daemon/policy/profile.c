// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"
#include "tools/lib/log.h"
#include "tools/lib/secret.h"

const struct cfg_isakmp_profile *policy_profile(const struct engine *e,
						const char *name)
{
	const struct cm_config *cfg = engine_config(e);

	return cfg && name && name[0] ? cfg_isakmp_profile_find(cfg, name) : NULL;
}

const char *policy_profile_trustpoint(const struct engine *e, const char *name)
{
	const struct cfg_isakmp_profile *profile = policy_profile(e, name);

	return profile ? profile->trustpoint : "";
}

/* --- whom it is for --------------------------------------------------------- */

static bool is_here(const struct engine *e, const struct cfg_local *at,
		    const struct addr *local)
{
	if (addr_is_set(&at->address))
		return addr_equal(&at->address, local);
	return !at->interface[0] ||
	       e->net->has_address(e->net_ctx, at->interface, local);
}

/* "r1.example.com" of "example.com" */
static bool is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return n > d + 1 && name[n - d - 1] == '.' &&
	       !strcasecmp(name + n - d, domain);
}

static bool is_address(const struct cfg_match *match, const struct isakmp_id *id)
{
	struct range said;

	return (id->type == IPSEC_ID_IPV4_ADDR || id->type == IPSEC_ID_IPV6_ADDR) &&
	       !isakmp_id_range(id, &said) &&
	       prefix_contains(&match->peers, &said.from);
}

static bool matches(const struct cfg_match *match, const struct isakmp_id *id)
{
	char name[CFG_FQDN_SIZE] = "";
	const char *at;

	if (match->kind == CFG_MATCH_ADDRESS)
		return is_address(match, id);
	if (!identity_name(id, name))
		return false;
	at = strrchr(name, '@');
	switch (match->kind) {
	case CFG_MATCH_HOST:
		return id->type == IPSEC_ID_FQDN && !strcasecmp(name, match->text);
	case CFG_MATCH_HOST_DOMAIN:
		return id->type == IPSEC_ID_FQDN && is_below(name, match->text);
	case CFG_MATCH_USER:
		return id->type == IPSEC_ID_USER_FQDN &&
		       !strcasecmp(name, match->text);
	case CFG_MATCH_USER_DOMAIN:
		return id->type == IPSEC_ID_USER_FQDN && at &&
		       !strcasecmp(at + 1, match->text);
	default:
		return id->type == IPSEC_ID_KEY_ID && !strcasecmp(name, match->text);
	}
}

bool policy_profile_fits(const struct engine *e,
			 const struct cfg_isakmp_profile *profile,
			 const struct addr *local, const struct isakmp_id *id,
			 bool *named)
{
	size_t i;

	if (!is_here(e, &profile->local, local))
		return false;
	for (i = 0; i < profile->n_matches; i++) {
		if (!matches(&profile->matches[i], id))
			continue;
		*named = cfg_match_is_name(&profile->matches[i]);
		return true;
	}
	return false;
}

const struct cfg_isakmp_profile *policy_profile_of(const struct engine *e,
						   const struct addr *local,
						   const struct isakmp_id *id,
						   bool *named)
{
	const struct cm_config *cfg = engine_config(e);
	size_t i;

	for (i = 0; cfg && i < cfg->n_isakmp_profiles; i++)
		if (policy_profile_fits(e, &cfg->isakmp_profiles[i], local, id, named))
			return &cfg->isakmp_profiles[i];
	return NULL;
}

/* --- keys -------------------------------------------------------------------- */

static bool is_keyring_here(const struct engine *e, const char *name,
			    const struct addr *local)
{
	const struct cfg_keyring *k = cfg_keyring_find(engine_config(e), name);

	return k && is_here(e, &k->local, local);
}

/* The longest prefix; of two as long, the first. */
static const struct cfg_key *better(const struct cfg_key *a,
				    const struct cfg_key *b)
{
	return a && (!b || a->peers.len >= b->peers.len) ? a : b;
}

static const struct cfg_key *ring_key(const struct engine *e,
				      const struct cfg_isakmp_profile *profile,
				      const struct addr *local,
				      const struct addr *peer)
{
	const struct cfg_key *best = NULL;
	size_t i;

	for (i = 0; i < profile->n_keyrings; i++)
		if (is_keyring_here(e, profile->keyrings[i], local))
			best = better(best, cfg_keyring_key(engine_config(e),
							    profile->keyrings[i],
							    peer));
	return best;
}

const struct cfg_key *policy_profile_key(const struct engine *e,
					 const struct cfg_isakmp_profile *profile,
					 const struct addr *local,
					 const struct addr *peer)
{
	return profile->n_keyrings ? ring_key(e, profile, local, peer) :
				     policy_key(e, peer);
}

const struct cfg_key *policy_profile_key_named(const struct engine *e,
					       const struct cfg_isakmp_profile *profile,
					       const struct addr *local,
					       const char *name)
{
	const struct cm_config *cfg = engine_config(e);
	const struct cfg_key *key = NULL;
	size_t i;

	if (!profile->n_keyrings)
		return cfg_key_for_hostname(cfg, name);
	for (i = 0; i < profile->n_keyrings && !key; i++)
		if (is_keyring_here(e, profile->keyrings[i], local))
			key = cfg_keyring_key_named(cfg, profile->keyrings[i], name);
	return key;
}

const struct cfg_key *policy_caller_key(const struct engine *e,
					const struct addr *local,
					const struct addr *peer)
{
	const struct cm_config *cfg = engine_config(e);
	const struct cfg_key *best = NULL;
	size_t i;

	for (i = 0; cfg && i < cfg->n_isakmp_profiles; i++) {
		const struct cfg_isakmp_profile *p = &cfg->isakmp_profiles[i];

		if (is_here(e, &p->local, local))
			best = better(best, ring_key(e, p, local, peer));
	}
	return better(best, policy_key(e, peer));
}

const char *policy_called_secret(const struct engine *e, const char *profile,
				 const struct addr *local,
				 const struct addr *peer)
{
	const struct cfg_isakmp_profile *p = policy_profile(e, profile);
	const struct cfg_key *key;

	if (!p || !p->n_keyrings)
		return cfg_secret_for_peer(engine_config(e), peer);
	key = ring_key(e, p, local, peer);
	return key ? key->secret : NULL;
}

const struct cfg_key *policy_sa_key(const struct ike_sa *sa)
{
	const struct cfg_isakmp_profile *p = policy_profile(sa->e, sa->profile);
	const struct cfg_key *key = NULL;

	if (p && p->n_keyrings && sa->key_name[0])
		key = policy_profile_key_named(sa->e, p, &sa->local, sa->key_name);
	if (p && p->n_keyrings)
		return key ?: ring_key(sa->e, p, &sa->local, &sa->remote);
	return sa->key_name[0] ?
	       cfg_key_for_hostname(engine_config(sa->e), sa->key_name) :
	       policy_key(sa->e, &sa->remote);
}

int policy_key_sum(const struct ike_sa *sa, const struct cfg_key *key,
		   uint8_t out[CRYPTO_HASH_MAX])
{
	uint8_t cookies[2 * ISAKMP_COOKIE_LEN];
	struct crypto_chunk in[] = {
		CRYPTO_CHUNK(key->keyring, strlen(key->keyring) + 1),
		CRYPTO_CHUNK(key->peers.addr.bytes, sizeof(key->peers.addr.bytes)),
		CRYPTO_CHUNK(&key->peers.len, sizeof(key->peers.len)),
		CRYPTO_CHUNK(key->secret, strlen(key->secret)),
	};

	memcpy(cookies, sa->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(cookies + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
	return crypto_hmac(CRYPTO_SHA256, cookies, sizeof(cookies), in,
			   sizeof(in) / sizeof(in[0]), out);
}

int policy_key_used(struct ike_sa *sa, const struct cfg_key *key)
{
	snprintf(sa->key_ring, sizeof(sa->key_ring), "%s", key->keyring);
	return policy_key_sum(sa, key, sa->key_sum);
}

/* Is it the key with which the keys of the SA were made, whatever is configured since? */
static bool is_used(const struct ike_sa *sa, const struct cfg_key *key)
{
	uint8_t sum[CRYPTO_HASH_MAX];

	return key && !policy_key_sum(sa, key, sum) &&
	       secret_equal(sum, sa->key_sum, crypto_hash_len(CRYPTO_SHA256));
}

/* Main mode took the best key there was; it must be one that this peer may use. */
static bool has_its_key(const struct ike_sa *sa,
			const struct cfg_isakmp_profile *p, const char *id,
			struct err *err)
{
	const struct cfg_key *own = p ?
		policy_profile_key(sa->e, p, &sa->local, &sa->remote) :
		policy_key(sa->e, &sa->remote);

	if (is_used(sa, own))
		return true;
	if (!is_used(sa, policy_caller_key(sa->e, &sa->local, &sa->remote)))
		err_set(err, -EKEYREVOKED,
			"the peer is %.80s, and has used a pre-shared key that was removed or changed since",
			id);
	else if (p)
		err_set(err, -EKEYREJECTED,
			"the peer is %.80s, of isakmp profile %s, and has used the key of %s%s",
			id, p->name, sa->key_ring[0] ? "keyring " :
			"crypto isakmp key", sa->key_ring);
	else
		err_set(err, -EKEYREJECTED,
			"the peer is %.80s, whom no isakmp profile matches, and has used the key of keyring %s",
			id, sa->key_ring);
	return false;
}

static void keep_id(struct ike_sa *sa, const struct isakmp_id *id)
{
	sa->id_type = id->type;
	sa->id_len = id->len <= sizeof(sa->id_data) ? id->len : 0;
	memcpy(sa->id_data, id->data, sa->id_len);
}

bool policy_profile_keeps(const struct ike_sa *sa)
{
	const struct cfg_isakmp_profile *p = policy_profile(sa->e, sa->profile);
	const struct isakmp_id id = {
		.type = sa->id_type, .len = sa->id_len, .data = sa->id_data,
	};
	bool named;

	return !p || !sa->id_len ||
	       policy_profile_fits(sa->e, p, &sa->local, &id, &named);
}

bool policy_profile_admits(struct ike_sa *sa, const struct isakmp_id *id,
			   struct err *err)
{
	const struct cfg_isakmp_profile *p = policy_profile(sa->e, sa->profile);
	bool named;

	keep_id(sa, id);
	if (!p && sa->profile[0]) {
		err_set(err, -ENOENT, "isakmp profile %s was removed", sa->profile);
		return false;
	}
	if (p && !policy_profile_fits(sa->e, p, &sa->local, id, &named)) {
		err_set(err, -EKEYREJECTED,
			"the peer is %.80s, whom isakmp profile %s does not match",
			sa->remote_id, p->name);
		return false;
	}
	return sa->initiator || sa->aggressive ||
	       policy_method_sig(sa->transform.auth) ||
	       has_its_key(sa, p, sa->remote_id, err);
}

/* --- another configuration ----------------------------------------------------- */

/* Of who has come to @local, with that configuration. */
static const char *secret_then(const struct engine *e, const struct cm_config *cfg,
			       const char *profile, const char *name,
			       const struct addr *local, const struct addr *peer)
{
	const struct cfg_isakmp_profile *p = cfg_isakmp_profile_find(cfg, profile);
	const struct cfg_key *named = NULL, *best = NULL;
	size_t i;

	if (!p || !is_here(e, &p->local, local))
		return NULL;
	if (!p->n_keyrings)
		return name[0] ? cfg_secret_for_name(cfg, name) :
				 cfg_secret_for_peer(cfg, peer);
	for (i = 0; i < p->n_keyrings; i++) {
		const struct cfg_keyring *k = cfg_keyring_find(cfg, p->keyrings[i]);

		if (!k || !is_here(e, &k->local, local))
			continue;
		if (name[0] && !named)
			named = cfg_keyring_key_named(cfg, k->name, name);
		best = better(best, cfg_keyring_key(cfg, k->name, peer));
	}
	best = named ?: best;
	return best ? best->secret : NULL;
}

/* 0: as before, -ENOKEY: there is none any more, -EKEYREVOKED: it is another one. */
static int key_changed(const struct peer *peer, const struct addr *local,
		       const char *profile, const char *name, bool keyless,
		       const struct cm_config *old)
{
	const struct cm_config *cfg = engine_config(peer->e);
	const struct cfg_isakmp_profile *p = cfg_isakmp_profile_find(cfg, profile);
	const char *now, *was;

	if (!p || !is_here(peer->e, &p->local, local))
		return -ENOKEY;
	if (keyless)
		return 0;
	now = secret_then(peer->e, cfg, profile, name, local, &peer->addr);
	was = secret_then(peer->e, old, profile, name, local, &peer->addr);
	if (!now)
		return -ENOKEY;
	return was && !strcmp(now, was) ? 0 : -EKEYREVOKED;
}

/* Is its key another one? */
static bool apply_to_sa(struct ike_sa *sa, const struct cm_config *old)
{
	char peer[ADDR_STRLEN];

	switch (key_changed(sa->peer, &sa->local, sa->profile, sa->key_name,
			    sa->cert || policy_method_sig(sa->transform.auth), old)) {
	case -EKEYREVOKED:
		v1_end_ike(sa, false, "the pre-shared key was changed");
		return true;
	case -ENOKEY:
		log_notice(ike, "%s: isakmp profile %s, or its pre-shared key, was removed: its SAs end",
			   addr_format(&sa->remote, peer, sizeof(peer)), sa->profile);
		policy_end_client(sa, "its isakmp profile, or pre-shared key, was removed");
		break;
	}
	return false;
}

void policy_apply_profiles(struct peer *peer, const struct cm_config *old)
{
	struct list *pos, *tmp;
	bool changed = false;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->profile && c->state >= CHILD_INSTALLED &&
		    key_changed(peer, &c->local, c->profile, c->key_name ?: "",
				c->cert || c->hybrid, old) == -ENOKEY)
			policy_end_pair(c);
	}
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->profile[0])
			changed |= apply_to_sa(sa, old);
	}
	if (!changed)
		return;
	policy_renew_peer(peer, NULL);
	policy_ike_lost(peer);
}

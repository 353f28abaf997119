// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: certificates. */
#include <string.h>

#include "tools/cli/checker.h"

static bool has_own(const struct cfg_trustpoint *tp)
{
	return tp->files[CFG_TRUST_P12][0] ||
	       (tp->files[CFG_TRUST_CERT][0] && tp->files[CFG_TRUST_KEY][0]);
}

static void check_revocation(struct checker *c, const struct cfg_trustpoint *tp)
{
	const bool lists = tp->files[CFG_TRUST_CRL][0];
	enum cfg_revocation other;
	enum cfg_revocation first = cfg_revocation_first(tp, &other);

	if (first == CFG_REVOCATION_END)
		warning(c, &tp->revocation_at,
			"trustpoint %s has no crl file, so no peer's certificate is accepted by it",
			tp->name);
	if (first == CFG_REVOCATION_PASS && tp->revocation[0] && lists)
		warning(c, &tp->revocation_at,
			"trustpoint %s: what the crl file lists is refused in spite of revocation-check none",
			tp->name);
	if (first == CFG_REVOCATION_CRL &&
	    memchr(tp->revocation, CFG_REVOCATION_OCSP, sizeof(tp->revocation)))
		warning(c, &tp->revocation_at,
			"trustpoint %s: no OCSP responder is ever asked, for the lists of the crl file come first",
			tp->name);
	else if (tp->ocsp_url[0] && first != CFG_REVOCATION_OCSP)
		warning(c, &tp->ocsp_at,
			"trustpoint %s: %s is not asked, for revocation-check does not come to ocsp",
			tp->name, tp->ocsp_url);
}

static void check_trustpoint(struct checker *c, const struct cfg_trustpoint *tp)
{
	const bool p12 = tp->files[CFG_TRUST_P12][0];

	if (p12 && (tp->files[CFG_TRUST_CERT][0] || tp->files[CFG_TRUST_KEY][0]))
		error(c, known(&tp->files_at[CFG_TRUST_P12], &tp->where),
		      "trustpoint %s has pkcs12, which holds certificate and private-key, and one of those beside it",
		      tp->name);
	if (!p12 && !tp->files[CFG_TRUST_CA][0])
		warning(c, &tp->where,
			"trustpoint %s has no ca-certificate, so no peer's certificate is accepted by it",
			tp->name);
	check_revocation(c, tp);
	if (tp->files[CFG_TRUST_CERT][0] && !tp->files[CFG_TRUST_KEY][0])
		warning(c, &tp->files_at[CFG_TRUST_CERT],
			"trustpoint %s has a certificate, but no private-key",
			tp->name);
	if (!tp->files[CFG_TRUST_CERT][0] && tp->files[CFG_TRUST_KEY][0])
		warning(c, &tp->files_at[CFG_TRUST_KEY],
			"trustpoint %s has a private-key, but no certificate",
			tp->name);
}

bool checks_certificates(const struct cm_config *cfg)
{
	bool wanted = cfg_has_policy(cfg, CFG_AUTH_RSA) ||
		      cfg_has_policy(cfg, CFG_AUTH_ECDSA);
	bool own = false;
	size_t i;

	for (i = 0; i < cfg->n_trustpoints; i++)
		own |= has_own(&cfg->trustpoints[i]);
	return wanted && own;
}

static bool has_identity(const struct cfg_map *map, const char *name)
{
	size_t i;

	for (i = 0; i < map->n_entries; i++)
		if (!strcmp(map->entries[i].identity, name))
			return true;
	return false;
}

static bool is_used(const struct cm_config *cfg, const char *name)
{
	bool used = false;
	size_t i;

	for (i = 0; i < cfg->n_maps; i++)
		used |= has_identity(&cfg->maps[i], name);
	for (i = 0; i < cfg->n_dynamics; i++)
		used |= has_identity(&cfg->dynamics[i], name);
	for (i = 0; i < cfg->n_profiles; i++)
		used |= has_identity(&cfg->profiles[i], name);
	for (i = 0; i < cfg->n_ezvpns; i++)
		used |= !strcmp(cfg->ezvpns[i].identity, name);
	return used;
}

static void check_identity(struct checker *c, const struct cfg_peer_identity *id)
{
	if (!id->n_names)
		warning(c, &id->where, "identity %s has no name, so nobody fits it",
			id->name);
	if (!is_used(c->cfg, id->name))
		warning(c, &id->where, "identity %s is not used", id->name);
}

void check_entry_identity(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry)
{
	if (!entry->identity[0])
		return;
	if (!cfg_peer_identity_find(c->cfg, entry->identity))
		warning(c, &entry->identity_at,
			"crypto %s %s %u: there is no identity %s, so no peer is accepted",
			map_word(c, map), map->name, entry->seq, entry->identity);
	if (!checks_certificates(c->cfg))
		warning(c, &entry->identity_at,
			"crypto %s %s %u: who has no certificate is not identity %s, and no isakmp policy asks for one that a trustpoint fits",
			map_word(c, map), map->name, entry->seq, entry->identity);
}

void check_pki(struct checker *c)
{
	const struct cm_config *cfg = c->cfg;
	bool own = false;
	size_t i;

	if (cfg->weak_certificates)
		warning(c, &cfg->weak_at,
			"certificates that are signed with SHA-1 are taken, and such signatures can be forged");
	for (i = 0; i < cfg->n_trustpoints; i++) {
		check_trustpoint(c, &cfg->trustpoints[i]);
		own |= has_own(&cfg->trustpoints[i]);
	}
	for (i = 0; i < cfg->n_peer_identities; i++)
		check_identity(c, &cfg->peer_identities[i]);
	for (i = 0; i < cfg->n_policies && !own; i++)
		if (cfg->policies[i].auth != CFG_AUTH_PSK &&
		    !cfg_policy_is_default(&cfg->policies[i]))
			warning(c, &cfg->policies[i].auth_at,
				"policy %u is not used: authentication %s needs a trustpoint with certificate and private-key",
				cfg->policies[i].priority,
				cfg_auth_name(cfg->policies[i].auth));
}

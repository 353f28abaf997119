// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: certificates. */
#include "tools/cli/checker.h"

static bool has_own(const struct cfg_trustpoint *tp)
{
	return tp->files[CFG_TRUST_CERT][0] && tp->files[CFG_TRUST_KEY][0];
}

static void check_trustpoint(struct checker *c, const struct cfg_trustpoint *tp)
{
	if (!tp->files[CFG_TRUST_CA][0])
		warning(c, &tp->where,
			"trustpoint %s has no ca-certificate, so no peer's certificate is accepted by it",
			tp->name);
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
	bool wanted = false, own = false;
	size_t i;

	for (i = 0; i < cfg->n_policies; i++)
		wanted |= cfg->policies[i].auth != CFG_AUTH_PSK;
	for (i = 0; i < cfg->n_trustpoints; i++)
		own |= has_own(&cfg->trustpoints[i]);
	return wanted && own;
}

void check_pki(struct checker *c)
{
	const struct cm_config *cfg = c->cfg;
	bool own = false;
	size_t i;

	for (i = 0; i < cfg->n_trustpoints; i++) {
		check_trustpoint(c, &cfg->trustpoints[i]);
		own |= has_own(&cfg->trustpoints[i]);
	}
	for (i = 0; i < cfg->n_policies && !own; i++)
		if (cfg->policies[i].auth != CFG_AUTH_PSK)
			warning(c, &cfg->policies[i].auth_at,
				"policy %u is not used: authentication %s needs a trustpoint with certificate and private-key",
				cfg->policies[i].priority,
				cfg_auth_name(cfg->policies[i].auth));
}

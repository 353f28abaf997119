// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"

/* --- where IKE is spoken ------------------------------------------------------- */

static struct cfg_ike_place *find_place(const struct cm_config *cfg,
					const char *ifname)
{
	return FIND_NAME(cfg->ike_places, cfg->n_ike_places, name, ifname);
}

bool cfg_ike_enabled(const struct cm_config *cfg, const char *ifname)
{
	return !!find_place(cfg, ifname) == cfg->ike_only;
}

bool cfg_ike_anywhere(const struct cm_config *cfg)
{
	return !cfg->ike_only || cfg->n_ike_places;
}

bool cfg_ike_restricted(const struct cm_config *cfg)
{
	return cfg->ike_only || cfg->n_ike_places;
}

static void forget_places(struct cm_config *cfg, bool only)
{
	while (cfg->n_ike_places)
		REMOVE(cfg->ike_places, cfg->n_ike_places, cfg->ike_places);
	cfg->ike_only = only;
}

static int name_place(struct cm_config *cfg, const char *ifname,
		      const struct cfg_where *where)
{
	struct cfg_ike_place *place = find_place(cfg, ifname);

	if (place)
		return 0;
	place = INSERT(cfg->ike_places, cfg->n_ike_places, cfg->n_ike_places);
	if (!place)
		return -ENOMEM;
	memcpy(place->name, ifname, strnlen(ifname, sizeof(place->name) - 1));
	place->where = *where;
	return 0;
}

/* Takes its name away; false: it has not been named. */
static bool forget_place(struct cm_config *cfg, const char *ifname)
{
	struct cfg_ike_place *place = find_place(cfg, ifname);

	if (place)
		REMOVE(cfg->ike_places, cfg->n_ike_places, place);
	return place;
}

int cfg_ike_enable(struct cm_config *cfg, const char *ifname,
		   const struct cfg_where *where)
{
	if (!ifname) {
		forget_places(cfg, false);
		return 0;
	}
	if (!cfg->ike_only && forget_place(cfg, ifname))
		return 0;
	if (!cfg->ike_only)
		forget_places(cfg, true);
	return name_place(cfg, ifname, where);
}

int cfg_ike_disable(struct cm_config *cfg, const char *ifname,
		    const struct cfg_where *where)
{
	if (!ifname)
		forget_places(cfg, true);
	else if (cfg->ike_only)
		forget_place(cfg, ifname);
	else
		return name_place(cfg, ifname, where);
	return 0;
}

bool cfg_ike_place_equal(const struct cfg_ike_place *a,
			 const struct cfg_ike_place *b)
{
	return !strcmp(a->name, b->name);
}

/* --- default policies ---------------------------------------------------------- */

/* Those of RFC 8221 and RFC 8247 that IKEv1 has numbers for; the last needs permission. */
static const struct cfg_policy defaults[] = {
	{ .priority = 65532, .cipher = CFG_CIPHER_AES, .key_bits = 256,
	  .hash = CFG_HASH_SHA256, .auth = CFG_AUTH_ECDSA, .group = 19 },
	{ .priority = 65533, .cipher = CFG_CIPHER_AES, .key_bits = 256,
	  .hash = CFG_HASH_SHA256, .auth = CFG_AUTH_RSA, .group = 14 },
	{ .priority = 65534, .cipher = CFG_CIPHER_AES, .key_bits = 256,
	  .hash = CFG_HASH_SHA256, .auth = CFG_AUTH_PSK, .group = 14 },
	{ .priority = CFG_POLICY_WEAK, .cipher = CFG_CIPHER_DES, .key_bits = 64,
	  .hash = CFG_HASH_SHA1, .auth = CFG_AUTH_RSA, .group = 1 },
};

#define N_DEFAULTS	(sizeof(defaults) / sizeof(defaults[0]))

bool cfg_policy_is_default(const struct cfg_policy *policy)
{
	return policy->priority > CFG_POLICY_MAX;
}

static bool has_configured(const struct cm_config *cfg)
{
	return cfg->n_policies && !cfg_policy_is_default(&cfg->policies[0]);
}

/* Is that one of the table among those that are tried? */
static bool is_used(const struct cm_config *cfg, const struct cfg_policy *policy)
{
	if (cfg->no_default_policy)
		return false;
	return policy->priority == CFG_POLICY_WEAK ? cfg->weak_policy :
						     !has_configured(cfg);
}

void cfg_policy_forget_derived(struct cm_config *cfg)
{
	while (cfg->n_policies &&
	       cfg_policy_is_default(&cfg->policies[cfg->n_policies - 1]))
		cfg_policy_del(cfg, &cfg->policies[cfg->n_policies - 1]);
}

int cfg_policy_expand(struct cm_config *cfg)
{
	struct cfg_policy *policy;
	size_t i;

	for (i = 0; i < N_DEFAULTS; i++) {
		if (!is_used(cfg, &defaults[i]))
			continue;
		policy = cfg_policy_get(cfg, defaults[i].priority);
		if (!policy)
			return -ENOMEM;
		*policy = defaults[i];
		policy->lifetime = CFG_ISAKMP_LIFETIME_DEFAULT;
	}
	return 0;
}

bool cfg_has_policy(const struct cm_config *cfg, unsigned int auth)
{
	size_t i;

	for (i = 0; i < cfg->n_policies; i++)
		if (!cfg_policy_is_default(&cfg->policies[i]) &&
		    cfg->policies[i].auth == auth)
			return true;
	for (i = 0; i < N_DEFAULTS; i++)
		if (defaults[i].auth == auth && is_used(cfg, &defaults[i]))
			return true;
	return false;
}

bool cfg_has_policies(const struct cm_config *cfg)
{
	return has_configured(cfg) || !cfg->no_default_policy;
}

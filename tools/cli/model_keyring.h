/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration model: keyrings and ISAKMP profiles.  Part of model.h. */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_KEYRING_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_KEYRING_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/model_base.h"
#include "tools/lib/addr.h"

#define CFG_KEYRINGS_MAX	8	/* keyrings of one profile */
#define CFG_MATCHES_MAX		16	/* `match identity` of one profile */

struct cfg_isakmp_profile;
struct cfg_key;
struct cfg_keyring;
struct cm_config;

/* `local-address ADDR|IF`: only for who comes to it; neither is set: to any. */
struct cfg_local {
	struct addr address;
	char interface[IF_NAMESIZE];
};

/* `match identity ...` of a profile: what the peer calls itself */
#define CFG_MATCHES(X)							\
	X(ADDRESS,	"address")		/* an address in @peers */	\
	X(HOST,		"host")			/* this FQDN */			\
	X(HOST_DOMAIN,	"host domain")		/* an FQDN below @text */	\
	X(USER,		"user")			/* this user FQDN */		\
	X(USER_DOMAIN,	"user domain")		/* a user FQDN of @text */	\
	X(GROUP,	"group")		/* this key ID */

enum cfg_match_kind {
#define X(id, words) CFG_MATCH_##id,
	CFG_MATCHES(X)
#undef X
	CFG_MATCH_COUNT
};

struct cfg_match {
	enum cfg_match_kind kind;
	struct prefix peers;		/* ADDRESS */
	char text[CFG_FQDN_SIZE];	/* the others */
};

/* Its keys are in cm_config.keyring_keys, by its name, and may be referred to by it. */
const struct cfg_key *cfg_keyring_key(const struct cm_config *cfg,
				      const char *keyring,
				      const struct addr *peer);
/* The same for exactly this name (no case). */
const struct cfg_key *cfg_keyring_key_named(const struct cm_config *cfg,
					    const char *keyring,
					    const char *name);
bool cfg_keyring_has_keys(const struct cm_config *cfg, const char *keyring);
/*
 * A key by which a peer may be called under that profile, wherever from; NULL: none.  One
 * without keyrings has the keys of `crypto isakmp key`.
 */
const struct cfg_key *cfg_profile_key(const struct cm_config *cfg,
				      const struct cfg_isakmp_profile *profile,
				      const struct addr *peer);

struct cfg_keyring *cfg_keyring_find(const struct cm_config *cfg, const char *name);
struct cfg_keyring *cfg_keyring_get(struct cm_config *cfg, const char *name);
/* With its keys. */
void cfg_keyring_del(struct cm_config *cfg, struct cfg_keyring *keyring);
struct cfg_key *cfg_keyring_key_add(struct cm_config *cfg);
void cfg_keyring_key_del(struct cm_config *cfg, struct cfg_key *key);
/* NULL for the name "". */
struct cfg_isakmp_profile *cfg_isakmp_profile_find(const struct cm_config *cfg,
						   const char *name);
struct cfg_isakmp_profile *cfg_isakmp_profile_get(struct cm_config *cfg,
						  const char *name);
void cfg_isakmp_profile_del(struct cm_config *cfg,
			    struct cfg_isakmp_profile *profile);

/* Is it no address? */
bool cfg_match_is_name(const struct cfg_match *match);
bool cfg_match_equal(const struct cfg_match *a, const struct cfg_match *b);
/* "host domain" */
const char *cfg_match_words(enum cfg_match_kind kind);
/* Has a profile peers that may come in aggressive mode?  It may be switched off. */
bool cfg_has_aggressive_profile(const struct cm_config *cfg);
/* Does one ask for users, or use groups (cfg_map_uses_groups())? */
bool cfg_has_profile_clients(const struct cm_config *cfg);
bool cfg_profiles_use_groups(const struct cm_config *cfg);
bool cfg_local_is_set(const struct cfg_local *local);

/* For cm_config_equal(), cm_config_copy(), cm_config_free(), cm_config_forget_places(). */
bool cfg_keyrings_equal(const struct cm_config *a, const struct cm_config *b);
bool cfg_keyrings_copy(struct cm_config *to, const struct cm_config *from);
void cfg_keyrings_free(struct cm_config *cfg);
void cfg_keyrings_forget_places(struct cm_config *cfg);

#endif

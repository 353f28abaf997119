/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Part of the model (model.h): where IKE is spoken (C-001, C-002), and the policies of
 * phase 1 that nobody configured (C-011).
 */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_IKE_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_IKE_H

#include <net/if.h>
#include <stdbool.h>

#include "tools/cli/model_base.h"

struct cfg_policy;
struct cm_config;

/*
 * `[no] crypto isakmp enable [IF]`.  Of IOS, which enables it as a whole, and of ASA, which
 * names interfaces, there is one list: of those where IKE is spoken alone (`ike_only`), or
 * of those where it is not.  So an empty one means everywhere, or nowhere.
 */
struct cfg_ike_place {
	char name[IF_NAMESIZE];
	struct cfg_where where;
};

/* Is IKE spoken at the interface?  Anywhere?  Is there an interface where it is not? */
bool cfg_ike_enabled(const struct cm_config *cfg, const char *ifname);
bool cfg_ike_anywhere(const struct cm_config *cfg);
bool cfg_ike_restricted(const struct cm_config *cfg);
/*
 * What the commands do; @ifname NULL: as a whole.  Who enables an interface takes back
 * that it was disabled, else names one of those where IKE is spoken alone; to disable the
 * last of these leaves none.  0 or -ENOMEM.
 */
int cfg_ike_enable(struct cm_config *cfg, const char *ifname,
		   const struct cfg_where *where);
int cfg_ike_disable(struct cm_config *cfg, const char *ifname,
		    const struct cfg_where *where);
bool cfg_ike_place_equal(const struct cfg_ike_place *a,
			 const struct cfg_ike_place *b);

/* Configured policies have lower ones. */
#define CFG_POLICY_MAX		10000
#define CFG_POLICY_WEAK		65535	/* as the default suite of old IOS */

/*
 * Part of cm_config_expand(): default policies, where none is configured, and the weak one
 * behind all, where that is permitted.  0 or -ENOMEM.
 */
int cfg_policy_expand(struct cm_config *cfg);
void cfg_policy_forget_derived(struct cm_config *cfg);
bool cfg_policy_is_default(const struct cfg_policy *policy);
/* Does one of them say so, or would, expanded? */
bool cfg_has_policy(const struct cm_config *cfg, unsigned int auth);
bool cfg_has_policies(const struct cm_config *cfg);

#endif

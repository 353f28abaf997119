// SPDX-License-Identifier: GPL-2.0-or-later
/* Which packets of manual keys are padded (RFC 4303, 2.7), and which cannot be. */
#include <netinet/in.h>

#include "tools/cli/model.h"

const struct cfg_ace *cfg_acl_first_permit(const struct cfg_acl *acl)
{
	size_t i;

	for (i = 0; acl && i < acl->n_aces; i++)
		if (acl->aces[i].action == CFG_PERMIT)
			return &acl->aces[i];
	return NULL;
}

const struct cfg_transform *cfg_manual_transform(const struct cm_config *cfg,
						 const struct cfg_entry *entry)
{
	return entry->n_transforms ?
	       cfg_transform_find(cfg, entry->transforms[0]) : NULL;
}

bool cfg_manual_transport(const struct cm_config *cfg,
			  const struct cfg_entry *entry,
			  const struct addr *local)
{
	const struct cfg_transform *ts = cfg_manual_transform(cfg, entry);
	const struct cfg_acl *acl = cfg_acl_find(cfg, entry->acl);
	const struct cfg_ace *ace = cfg_acl_first_permit(acl);

	return ts && ts->mode == CFG_TRANSPORT && ace && entry->n_peers &&
	       cfg_net_is_host(&ace->src) && cfg_net_is_host(&ace->dst) &&
	       (!local || addr_equal(&ace->src.addr, local)) &&
	       addr_equal(&ace->dst.addr, &entry->peers[0]);
}

/* As the module has it: cm_tfc_tells_length(). */
static bool tells_length(const struct cfg_ace *ace)
{
	return ace->protocol == IPPROTO_UDP || ace->protocol == IPPROTO_IPIP ||
	       ace->protocol == IPPROTO_IPV6;
}

const char *cfg_entry_unpadded(const struct cm_config *cfg,
			       const struct cfg_entry *entry,
			       const struct addr *local)
{
	const struct cfg_transform *ts = cfg_manual_transform(cfg, entry);
	const struct cfg_acl *acl = cfg_acl_find(cfg, entry->acl);

	if (entry->type != CFG_IPSEC_MANUAL || !ts ||
	    !cfg_entry_tfc(cfg, entry))
		return NULL;
	if (ts->deflate)
		return "what is compressed does not tell its length";
	if (cfg_manual_transport(cfg, entry, local) &&
	    !tells_length(cfg_acl_first_permit(acl)))
		return "in transport mode only UDP and IP in IP (4, 41) tell their length";
	return NULL;
}

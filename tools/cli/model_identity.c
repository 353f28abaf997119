// SPDX-License-Identifier: GPL-2.0-or-later
/* The model: who certified peers must be. */
#include <string.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"

struct cfg_peer_identity *cfg_peer_identity_find(const struct cm_config *cfg,
						 const char *name)
{
	return FIND_NAME(cfg->peer_identities, cfg->n_peer_identities, name, name);
}

struct cfg_peer_identity *cfg_peer_identity_get(struct cm_config *cfg,
						const char *name)
{
	struct cfg_peer_identity *id = cfg_peer_identity_find(cfg, name);

	if (id)
		return id;
	id = INSERT(cfg->peer_identities, cfg->n_peer_identities,
		    cfg->n_peer_identities);
	if (id)
		memcpy(id->name, name, strnlen(name, sizeof(id->name) - 1));
	return id;
}

void cfg_peer_identity_del(struct cm_config *cfg, struct cfg_peer_identity *id)
{
	REMOVE(cfg->peer_identities, cfg->n_peer_identities, id);
}

bool cfg_peer_identity_equal(const struct cfg_peer_identity *a,
			     const struct cfg_peer_identity *b)
{
	size_t i;

	if (strcmp(a->name, b->name) || a->n_names != b->n_names)
		return false;
	for (i = 0; i < a->n_names; i++)
		if (a->names[i].kind != b->names[i].kind ||
		    strcmp(a->names[i].text, b->names[i].text))
			return false;
	return true;
}

const char *cfg_peer_name_word(enum cfg_peer_name_kind kind)
{
	return kind == CFG_PEER_FQDN ? "fqdn" : "dn";
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing what the model has of this router as a client: see running.c. */
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"

#define MASKED	"*****"

/* A secret that reads like the keyword 0 needs that keyword before it. */
static void write_secret(FILE *out, const char *secret, bool mask_keys)
{
	fprintf(out, "%s%s\n", mask_keys || strcmp(secret, "0") ? "" : "0 ",
		mask_keys ? MASKED : secret);
}

static void write_peers(FILE *out, const struct cfg_ezvpn *ez)
{
	char text[ADDR_STRLEN];
	size_t i;

	for (i = 0; i < ez->n_peers; i++)
		fprintf(out, " peer %s%s\n",
			cfg_ezvpn_peer_text(&ez->peers[i], text, sizeof(text)),
			i + 1 == ez->primary ? " default" : "");
}

static void write_ezvpn(FILE *out, const struct cfg_ezvpn *ez, bool mask_keys)
{
	fprintf(out, "crypto ipsec client ezvpn %s\n connect %s\n", ez->name,
		ez->manual ? "manual" : "auto");
	if (ez->group[0]) {
		fprintf(out, " group %s key ", ez->group);
		write_secret(out, ez->secret, mask_keys);
	}
	fprintf(out, " mode %s\n", cfg_ezvpn_mode_name(ez->mode));
	write_peers(out, ez);
	if (ez->identity[0])
		fprintf(out, " identity %s\n", ez->identity);
	if (ez->acl[0])
		fprintf(out, " acl %s\n", ez->acl);
	if (ez->user[0]) {
		fprintf(out, " username %s password ", ez->user);
		write_secret(out, ez->password, mask_keys);
	}
	fprintf(out, " xauth userid mode %s\n!\n",
		ez->interactive ? "interactive" : "local");
}

void running_ezvpn(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	for (i = 0; i < cfg->n_ezvpns; i++)
		write_ezvpn(out, &cfg->ezvpns[i], mask_keys);
}

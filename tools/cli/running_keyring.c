// SPDX-License-Identifier: GPL-2.0-or-later
/* The running configuration: keyrings and ISAKMP profiles. */
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"

#define MASKED	"*****"

static void write_local(FILE *out, const struct cfg_local *local)
{
	char addr[ADDR_STRLEN];

	if (cfg_local_is_set(local))
		fprintf(out, " local-address %s\n", local->interface[0] ?
			local->interface :
			addr_format(&local->address, addr, sizeof(addr)));
}

static void write_key(FILE *out, const struct cfg_key *key, bool mask_keys)
{
	char peers[CFG_KEY_PEERS_STRLEN];
	bool named = key->hostname[0];

	/* A key that reads like the keyword 0 needs that keyword before it. */
	fprintf(out, " pre-shared-key %s %s key %s%s\n",
		named ? "hostname" : "address",
		named ? key->hostname :
			cfg_key_peers_format(key, peers, sizeof(peers)),
		mask_keys || strcmp(key->secret, "0") ? "" : "0 ",
		mask_keys ? MASKED : key->secret);
}

static void write_keyring(FILE *out, const struct cm_config *cfg,
			  const struct cfg_keyring *keyring, bool mask_keys)
{
	size_t i;

	fprintf(out, "crypto keyring %s\n", keyring->name);
	if (keyring->description[0])
		fprintf(out, " description %s\n", keyring->description);
	write_local(out, &keyring->local);
	for (i = 0; i < cfg->n_keyring_keys; i++)
		if (!strcmp(cfg->keyring_keys[i].keyring, keyring->name))
			write_key(out, &cfg->keyring_keys[i], mask_keys);
	fprintf(out, "!\n");
}

static void write_match(FILE *out, const struct cfg_match *match)
{
	/* As a key names its peers. */
	const struct cfg_key peers = { .peers = match->peers };
	char text[CFG_KEY_PEERS_STRLEN];

	fprintf(out, " match identity %s %s\n", cfg_match_words(match->kind),
		cfg_match_is_name(match) ? match->text :
		cfg_key_peers_format(&peers, text, sizeof(text)));
}

static void write_identity(FILE *out, const struct cfg_identity *id)
{
	fprintf(out, " self-identity %s%s%s\n",
		id->kind == CFG_IDENTITY_ADDRESS ? "address" :
		id->kind == CFG_IDENTITY_USER_FQDN ? "user-fqdn" : "fqdn",
		id->text[0] ? " " : "", id->text);
}

static void write_clients(FILE *out, const struct cfg_map *clients)
{
	if (clients->login[0])
		fprintf(out, " client authentication list %s\n", clients->login);
	if (clients->authorization[0])
		fprintf(out, " isakmp authorization list %s\n",
			clients->authorization);
	if (clients->respond)
		fputs(" client configuration address respond\n", out);
}

static void write_profile(FILE *out, const struct cfg_isakmp_profile *p)
{
	size_t i;

	fprintf(out, "crypto isakmp profile %s\n", p->name);
	if (p->description[0])
		fprintf(out, " description %s\n", p->description);
	if (p->trustpoint[0])
		fprintf(out, " ca trust-point %s\n", p->trustpoint);
	for (i = 0; i < p->n_keyrings; i++)
		fprintf(out, " keyring %s\n", p->keyrings[i]);
	if (p->has_identity)
		write_identity(out, &p->identity);
	for (i = 0; i < p->n_matches; i++)
		write_match(out, &p->matches[i]);
	write_clients(out, &p->clients);
	if (p->has_keepalive)
		fprintf(out, " keepalive %u retry %u\n", p->keepalive.seconds,
			p->keepalive.retry);
	if (p->aggressive)
		fputs(" initiate mode aggressive\n", out);
	write_local(out, &p->local);
	fprintf(out, "!\n");
}

void running_keyrings(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	for (i = 0; i < cfg->n_keyrings; i++)
		write_keyring(out, cfg, &cfg->keyrings[i], mask_keys);
	for (i = 0; i < cfg->n_isakmp_profiles; i++)
		write_profile(out, &cfg->isakmp_profiles[i]);
}

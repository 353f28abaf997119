// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing IPsec as NEC IX spells it (C-093 to C-099): see running.c. */
#include "tools/cli/model.h"
#include "tools/cli/running.h"

#define MASKED	"*****"

static void write_names(FILE *out, const char (*names)[CFG_NAME_SIZE], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(out, " %s", names[i]);
}

static const char *hash_word(enum cfg_hash hash)
{
	switch (hash) {
	case CFG_HASH_MD5:
		return "md5";
	case CFG_HASH_SHA1:
		return "sha";
	case CFG_HASH_SHA384:
		return "sha2-384";
	case CFG_HASH_SHA512:
		return "sha2-512";
	default:
		return "sha2-256";
	}
}

/* @name: as we have it; 128-bit keys of AES are not said. */
static void write_cipher(FILE *out, const char *name, enum cfg_cipher cipher,
			 unsigned int bits)
{
	fprintf(out, " %s", name);
	if (cipher == CFG_CIPHER_AES && bits != 128)
		fprintf(out, "-%u", bits);
}

static void write_group(FILE *out, const char *word, unsigned int group)
{
	fprintf(out, " %s %s", word, group == 1 ? "768-bit" : group == 2 ? "1024-bit" :
		group == 5 ? "1536-bit" : group == 14 ? "2048-bit" :
		group == 15 ? "3072-bit" : "4096-bit");
}

static void write_ike_proposal(FILE *out, const struct cfg_ike_proposal *p)
{
	const struct cfg_policy *suite = &p->suite;

	fprintf(out, "ike proposal %s encryption", p->name);
	write_cipher(out, cfg_cipher_ike_name(suite->cipher), suite->cipher,
		     suite->key_bits);
	fprintf(out, " hash %s", hash_word(suite->hash));
	if (suite->group != 1)
		write_group(out, "group", suite->group);
	if (suite->lifetime != CFG_NEC_SECONDS_DEFAULT)
		fprintf(out, " lifetime %u", suite->lifetime);
	fputc('\n', out);
}

static void write_identity(FILE *out, const struct cfg_ike_policy *p, const char *side,
			   const struct cfg_identity *id)
{
	if (id->text[0])
		fprintf(out, "ike %s %s %s %s\n", side, p->name,
			cfg_nec_identity_word(id->kind), id->text);
}

/* The mode is always said: a proposal may have a name as that word begins. */
static void write_ike_policy(FILE *out, const struct cfg_ike_policy *p, bool mask_keys)
{
	char peer[ADDR_STRLEN] = "any";

	if (addr_is_set(&p->peer))
		addr_format(&p->peer, peer, sizeof(peer));
	fprintf(out, "ike policy %s peer %s key %s mode %s", p->name, peer,
		mask_keys ? MASKED : p->secret, p->aggressive ? "aggressive" : "main");
	write_names(out, p->proposals, p->n_proposals);
	fputc('\n', out);
	write_identity(out, p, "local-id", &p->local);
	write_identity(out, p, "remote-id", &p->remote);
	if (p->keepalive.seconds)
		fprintf(out, "ike keepalive %s %u %u\n", p->name, p->keepalive.seconds,
			p->keepalive.retry);
}

static void write_autokey_proposal(FILE *out, const struct cfg_autokey_proposal *p)
{
	fprintf(out, "ipsec autokey-proposal %s", p->name);
	write_cipher(out, cfg_cipher_esp_name(p->set.cipher), p->set.cipher,
		     p->set.key_bits);
	fprintf(out, " esp-%s", hash_word(p->set.hash));
	if (p->seconds != CFG_NEC_SECONDS_DEFAULT || p->kilobytes != CFG_UNLIMITED)
		fprintf(out, " lifetime time %u", p->seconds);
	if (p->kilobytes != CFG_UNLIMITED)
		fprintf(out, " kilobytes %u", p->kilobytes);
	fputc('\n', out);
}

static void write_proxy(FILE *out, const struct cfg_autokey_map *map, const char *side,
			const struct cfg_net *net)
{
	char addr[ADDR_STRLEN];

	if (net->addr.family)
		fprintf(out, "ipsec %s %s %s/%d\n", side, map->name,
			addr_format(&net->addr, addr, sizeof(addr)), cfg_net_len(net));
}

static void write_autokey_map(FILE *out, const struct cfg_autokey_map *map)
{
	char peer[ADDR_STRLEN];

	fprintf(out, "ipsec %s %s %s", map->dynamic ? "dynamic-map" : "autokey-map",
		map->name, map->acl);
	if (!map->dynamic)
		fprintf(out, " peer %s", addr_format(&map->peer, peer, sizeof(peer)));
	write_names(out, map->proposals, map->n_proposals);
	if (map->pfs_group)
		write_group(out, "pfs", map->pfs_group);
	fputc('\n', out);
	write_proxy(out, map, "local-id", &map->local);
	write_proxy(out, map, "remote-id", &map->remote);
}

void running_nec(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	for (i = 0; i < cfg->n_ike_proposals; i++)
		write_ike_proposal(out, &cfg->ike_proposals[i]);
	for (i = 0; i < cfg->n_ike_policies; i++)
		write_ike_policy(out, &cfg->ike_policies[i], mask_keys);
	for (i = 0; i < cfg->n_autokey_proposals; i++)
		write_autokey_proposal(out, &cfg->autokey_proposals[i]);
	for (i = 0; i < cfg->n_autokey_maps; i++)
		write_autokey_map(out, &cfg->autokey_maps[i]);
	if (cfg->n_ike_proposals || cfg->n_ike_policies || cfg->n_autokey_proposals ||
	    cfg->n_autokey_maps)
		fputs("!\n", out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: transform sets, and those that an entry names. */
#include "tools/cli/checker.h"

void check_transform(struct checker *c, const struct cfg_transform *ts)
{
	if (cfg_cipher_weak(ts->cipher))
		warning(c, &ts->cipher_at,
			"transform set %s uses DES, which is broken; use esp-aes",
			ts->name);
	if (ts->cipher == CFG_CIPHER_NULL || ts->cipher == CFG_CIPHER_AES_GMAC)
		warning(c, &ts->cipher_at,
			"transform set %s does not encrypt", ts->name);
	if (cfg_transform_is_ah(ts))
		warning(c, &ts->hash_at,
			"transform set %s is AH, which does not encrypt and cannot pass a NAT",
			ts->name);
	if (cfg_hash_weak(ts->hash))
		warning(c, &ts->hash_at,
			"transform set %s uses MD5, which is weak; use %s-sha256-hmac",
			ts->name, cfg_transform_is_ah(ts) ? "ah" : "esp");
	if (ts->hash == CFG_HASH_SHA256_96)
		warning(c, &ts->hash_at,
			"transform set %s cuts SHA-256 to 96 bits, which is no standard: only for peers that know no better; others drop every packet",
			ts->name);
	if (ts->cipher == CFG_CIPHER_DES && ts->hash == CFG_HASH_SHA1)
		warning(c, &ts->hash_at,
			"transform set %s: the Cisco VPN Client does not accept DES with SHA; use MD5 with DES",
			ts->name);
}

/* What a key that is used for ever again cannot have. */
static void check_manual_transform(struct checker *c, const struct cfg_map *map,
				   const struct cfg_entry *entry, size_t i,
				   const struct cfg_transform *ts)
{
	if (cfg_transform_is_ah(ts))
		error(c, known(&entry->transforms_at[i], &ts->hash_at),
		      "crypto map %s %u: transform set %s is AH, but session keys are of ESP",
		      map->name, entry->seq, ts->name);
	if (cfg_cipher_counts(ts->cipher))
		error(c, known(&entry->transforms_at[i], &ts->cipher_at),
		      "crypto map %s %u: transform set %s is a counter mode, which manual keys must not use (RFC 8221 section 4)",
		      map->name, entry->seq, ts->name);
	if (ts->esn)
		warning(c, known(&ts->esn_at, &entry->transforms_at[i]),
			"crypto map %s %u: esn of transform set %s is for ipsec-isakmp: with manual keys sequence numbers have 32 bits",
			map->name, entry->seq, ts->name);
}

void check_entry_transforms(struct checker *c, const struct cfg_map *map,
			    const struct cfg_entry *entry)
{
	const struct cfg_transform *ts;
	size_t i;

	if (!entry->n_transforms)
		warning(c, &entry->where,
			"crypto %s %s %u is incomplete: no transform set",
			map_word(c, map), map->name, entry->seq);
	for (i = 0; i < entry->n_transforms; i++) {
		ts = cfg_transform_find(c->cfg, entry->transforms[i]);
		if (!ts)
			warning(c, &entry->transforms_at[i],
				"crypto %s %s %u: transform set %s does not exist",
				map_word(c, map), map->name, entry->seq, entry->transforms[i]);
		else if (entry->type == CFG_IPSEC_MANUAL)
			check_manual_transform(c, map, entry, i, ts);
	}
}

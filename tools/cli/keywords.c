// SPDX-License-Identifier: GPL-2.0-or-later
/* Keywords of algorithms: to text, from text, and what is weak. */
#include <string.h>

#include "tools/cli/model.h"

struct hash_keyword {
	const char *ike;
	const char *esp;
	const char *ah;
	size_t bytes;
};

static const struct hash_keyword hashes[CFG_HASH_COUNT] = {
#define X(id, ike_word, word, key_bytes) \
	[CFG_HASH_##id] = { ike_word, "esp-" word, "ah-" word, key_bytes },
	CFG_HASHES(X)
#undef X
};

struct cipher_keyword {
	const char *ike;
	const char *esp;
	unsigned int bits;
	enum cfg_cipher_kind kind;
};

static const struct cipher_keyword ciphers[CFG_CIPHER_COUNT] = {
#define X(id, ike_word, esp_word, key_bits, kind) \
	[CFG_CIPHER_##id] = { ike_word, esp_word, key_bits, kind },
	CFG_CIPHERS(X)
#undef X
};

static const char *or_unknown(const char *word)
{
	return word ? word : "?";
}

const char *cfg_hash_ike_name(enum cfg_hash hash)
{
	return or_unknown(hash < CFG_HASH_COUNT ? hashes[hash].ike : NULL);
}

const char *cfg_hash_esp_name(enum cfg_hash hash)
{
	return or_unknown(hash < CFG_HASH_COUNT ? hashes[hash].esp : NULL);
}

const char *cfg_hash_ah_name(enum cfg_hash hash)
{
	return or_unknown(hash < CFG_HASH_COUNT ? hashes[hash].ah : NULL);
}

const char *cfg_cipher_ike_name(enum cfg_cipher cipher)
{
	return or_unknown(cipher < CFG_CIPHER_COUNT ? ciphers[cipher].ike : NULL);
}

const char *cfg_cipher_esp_name(enum cfg_cipher cipher)
{
	return or_unknown(cipher < CFG_CIPHER_COUNT ? ciphers[cipher].esp : NULL);
}

static const char *const dfs[] = {
	[CFG_DF_COPY] = "copy", [CFG_DF_SET] = "set", [CFG_DF_CLEAR] = "clear",
};

static const char *const frags[] = {
	[CFG_FRAG_BEFORE] = "before-encryption",
	[CFG_FRAG_AFTER] = "after-encryption",
};

const char *cfg_df_name(enum cfg_df df)
{
	return or_unknown(df <= CFG_DF_CLEAR ? dfs[df] : NULL);
}

const char *cfg_frag_name(enum cfg_frag frag)
{
	return or_unknown(frag <= CFG_FRAG_AFTER ? frags[frag] : NULL);
}

static bool same(const char *word, const char *keyword)
{
	return keyword && !strcmp(word, keyword);
}

enum cfg_hash cfg_hash_by_name(const char *keyword)
{
	int i;

	for (i = 1; i < CFG_HASH_COUNT; i++)
		if (same(keyword, hashes[i].ike) ||
		    same(keyword, hashes[i].esp) || same(keyword, hashes[i].ah))
			return i;
	return CFG_HASH_NONE;
}

static const char *const auths[CFG_AUTH_COUNT] = {
#define X(id, name) [CFG_AUTH_##id] = name,
	CFG_AUTHS(X)
#undef X
};

static const char *const trust_files[CFG_TRUST_COUNT] = {
#define X(id, name) [CFG_TRUST_##id] = name,
	CFG_TRUST_FILES(X)
#undef X
};

const char *cfg_auth_name(enum cfg_auth auth)
{
	return auths[auth];
}

const char *cfg_trust_file_name(enum cfg_trust_file file)
{
	return trust_files[file];
}

enum cfg_auth cfg_auth_by_name(const char *keyword)
{
	int i = CFG_AUTH_COUNT;

	while (--i > 0 && !same(keyword, auths[i]))
		;
	return i;
}

enum cfg_cipher cfg_cipher_by_name(const char *keyword)
{
	int i;

	for (i = 1; i < CFG_CIPHER_COUNT; i++)
		if (same(keyword, ciphers[i].ike) || same(keyword, ciphers[i].esp))
			return i;
	return CFG_CIPHER_NONE;
}

enum cfg_df cfg_df_by_name(const char *keyword)
{
	enum cfg_df df = CFG_DF_CLEAR;

	while (df != CFG_DF_INHERIT && !same(dfs[df], keyword))
		df--;
	return df;
}

enum cfg_frag cfg_frag_by_name(const char *keyword)
{
	enum cfg_frag frag = CFG_FRAG_AFTER;

	while (frag != CFG_FRAG_INHERIT && !same(frags[frag], keyword))
		frag--;
	return frag;
}

size_t cfg_hash_key_bytes(enum cfg_hash hash)
{
	return hash < CFG_HASH_COUNT ? hashes[hash].bytes : 0;
}

size_t cfg_cipher_key_bytes(enum cfg_cipher cipher, unsigned int key_bits)
{
	if (cfg_cipher_has_bits(cipher))
		return key_bits / 8;
	return cipher < CFG_CIPHER_COUNT ? ciphers[cipher].bits / 8 : 0;
}

enum cfg_cipher_kind cfg_cipher_kind(enum cfg_cipher cipher)
{
	return cipher < CFG_CIPHER_COUNT ? ciphers[cipher].kind : CFG_KEYLESS;
}

bool cfg_cipher_has_bits(enum cfg_cipher cipher)
{
	return cipher != CFG_CIPHER_NONE && cipher < CFG_CIPHER_COUNT &&
	       !ciphers[cipher].bits && ciphers[cipher].kind != CFG_KEYLESS;
}

bool cfg_cipher_counts(enum cfg_cipher cipher)
{
	return cfg_cipher_kind(cipher) >= CFG_COUNTER;
}

bool cfg_cipher_weak(enum cfg_cipher cipher)
{
	return cipher == CFG_CIPHER_DES;
}

bool cfg_hash_weak(enum cfg_hash hash)
{
	return hash == CFG_HASH_MD5;
}

bool cfg_group_weak(unsigned int group)
{
	return group == 1 || group == 2;
}

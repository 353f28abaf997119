// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "ike-daemon/crypto/internal.h"
#include "tools/lib/secret.h"

#define BLOCK_MAX	128

/* RFC 2104, 2 */
#define IPAD		0x36
#define OPAD		0x5c

static const struct {
	const char *name;		/* as logged */
	const char *fetch;		/* as OpenSSL calls it */
	uint8_t len;			/* of a digest, bytes */
	uint8_t block;			/* what the hash works on at once, bytes */
} hashes[] = {
	[CRYPTO_HASH_NONE] = { .name = "none" },
	[CRYPTO_MD5] = { "MD5", "MD5", 16, 64 },
	[CRYPTO_SHA1] = { "SHA-1", "SHA1", 20, 64 },
	[CRYPTO_SHA256] = { "SHA-256", "SHA256", 32, 64 },
	[CRYPTO_SHA384] = { "SHA-384", "SHA384", 48, BLOCK_MAX },
	[CRYPTO_SHA512] = { "SHA-512", "SHA512", 64, BLOCK_MAX },
	[CRYPTO_MD4] = { "MD4", "MD4", 16, 64 },
};

const char *crypto_hash_fetch_name(enum crypto_hash hash)
{
	return hashes[hash].fetch;
}

size_t crypto_hash_len(enum crypto_hash hash)
{
	return hash < CRYPTO_HASH_COUNT ? hashes[hash].len : 0;
}

const char *crypto_hash_name(enum crypto_hash hash)
{
	return hash < CRYPTO_HASH_COUNT ? hashes[hash].name : "unknown";
}

static int digest(EVP_MD_CTX *ctx, enum crypto_hash hash,
		  struct crypto_chunk first, const struct crypto_chunk *in,
		  size_t n, uint8_t *out)
{
	size_t i;

	if (EVP_DigestInit_ex2(ctx, crypto_lib.md[hash], NULL) != 1 ||
	    EVP_DigestUpdate(ctx, first.data, first.len) != 1)
		return -EIO;
	for (i = 0; i < n; i++)
		if (EVP_DigestUpdate(ctx, in[i].data, in[i].len) != 1)
			return -EIO;
	return EVP_DigestFinal_ex(ctx, out, NULL) == 1 ? 0 : -EIO;
}

int crypto_hash(enum crypto_hash hash, const struct crypto_chunk *in, size_t n,
		uint8_t *out)
{
	EVP_MD_CTX *ctx;
	int ret;

	if (!crypto_hash_len(hash))
		return -EINVAL;
	ctx = EVP_MD_CTX_new();
	if (!ctx)
		return crypto_lib_error(-ENOMEM);
	ret = digest(ctx, hash, CRYPTO_CHUNK("", 0), in, n, out);
	EVP_MD_CTX_free(ctx);
	return crypto_lib_error(ret);
}

/* The key as a block of the hash, one that is longer as its digest (RFC 2104, 2). */
static int hmac_block(EVP_MD_CTX *ctx, enum crypto_hash hash, const void *key,
		      size_t key_len, uint8_t *block)
{
	memset(block, 0, BLOCK_MAX);
	if (key_len > hashes[hash].block)
		return digest(ctx, hash, CRYPTO_CHUNK(key, key_len), NULL, 0,
			      block);
	memcpy(block, key_len ? key : "", key_len);
	return 0;
}

static void exclusive_or(uint8_t *block, uint8_t with)
{
	size_t i;

	for (i = 0; i < BLOCK_MAX; i++)
		block[i] ^= with;
}

/*
 * H(K ^ opad | H(K ^ ipad | text)).  The library's own object for it takes as long to be
 * made, keyed and freed as the hashes of a short text do.
 */
int crypto_hmac(enum crypto_hash hash, const void *key, size_t key_len,
		const struct crypto_chunk *in, size_t n, uint8_t *out)
{
	uint8_t block[BLOCK_MAX], inner[CRYPTO_HASH_MAX];
	struct crypto_chunk first, second;
	EVP_MD_CTX *ctx;
	int ret;

	if (!crypto_hash_len(hash))
		return -EINVAL;
	ctx = EVP_MD_CTX_new();
	if (!ctx)
		return crypto_lib_error(-ENOMEM);
	first = CRYPTO_CHUNK(block, hashes[hash].block);
	second = CRYPTO_CHUNK(inner, hashes[hash].len);
	ret = hmac_block(ctx, hash, key, key_len, block);
	exclusive_or(block, IPAD);
	if (!ret)
		ret = digest(ctx, hash, first, in, n, inner);
	exclusive_or(block, IPAD ^ OPAD);
	if (!ret)
		ret = digest(ctx, hash, first, &second, 1, out);
	EVP_MD_CTX_free(ctx);
	secret_wipe(block, sizeof(block));
	secret_wipe(inner, sizeof(inner));
	return crypto_lib_error(ret);
}

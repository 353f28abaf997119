// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "ike-daemon/crypto/internal.h"

static const struct {
	const char *name;		/* as logged */
	const char *fetch;		/* as OpenSSL calls it */
	size_t len;
} hashes[] = {
	[CRYPTO_HASH_NONE] = { .name = "none" },
	[CRYPTO_MD5] = { .name = "MD5", .fetch = "MD5", .len = 16 },
	[CRYPTO_SHA1] = { .name = "SHA-1", .fetch = "SHA1", .len = 20 },
	[CRYPTO_SHA256] = { .name = "SHA-256", .fetch = "SHA256", .len = 32 },
	[CRYPTO_SHA384] = { .name = "SHA-384", .fetch = "SHA384", .len = 48 },
	[CRYPTO_SHA512] = { .name = "SHA-512", .fetch = "SHA512", .len = 64 },
	[CRYPTO_MD4] = { .name = "MD4", .fetch = "MD4", .len = 16 },
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

int crypto_hash(enum crypto_hash hash, const struct crypto_chunk *in, size_t n,
		uint8_t *out)
{
	EVP_MD_CTX *ctx;
	int ret = -EIO;
	size_t i;

	if (!crypto_hash_len(hash))
		return -EINVAL;
	ctx = EVP_MD_CTX_new();
	if (!ctx)
		return crypto_lib_error(-ENOMEM);
	if (EVP_DigestInit_ex2(ctx, crypto_lib.md[hash], NULL) != 1)
		goto out;
	for (i = 0; i < n; i++)
		if (EVP_DigestUpdate(ctx, in[i].data, in[i].len) != 1)
			goto out;
	if (EVP_DigestFinal_ex(ctx, out, NULL) == 1)
		ret = 0;
out:
	EVP_MD_CTX_free(ctx);
	return crypto_lib_error(ret);
}

int crypto_hmac(enum crypto_hash hash, const void *key, size_t key_len,
		const struct crypto_chunk *in, size_t n, uint8_t *out)
{
	OSSL_PARAM params[2];
	EVP_MAC_CTX *ctx;
	int ret = -EIO;
	size_t i;

	if (!crypto_hash_len(hash))
		return -EINVAL;
	ctx = EVP_MAC_CTX_new(crypto_lib.hmac);
	if (!ctx)
		return crypto_lib_error(-ENOMEM);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
			(char *)hashes[hash].fetch, 0);
	params[1] = OSSL_PARAM_construct_end();
	/* A null key would mean "the one of last time". */
	if (EVP_MAC_init(ctx, key_len ? key : "", key_len, params) != 1)
		goto out;
	for (i = 0; i < n; i++)
		if (EVP_MAC_update(ctx, in[i].data, in[i].len) != 1)
			goto out;
	if (EVP_MAC_final(ctx, out, NULL, hashes[hash].len) == 1)
		ret = 0;
out:
	EVP_MAC_CTX_free(ctx);
	return crypto_lib_error(ret);
}

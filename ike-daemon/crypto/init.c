// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "ike-daemon/crypto/internal.h"

struct crypto_lib crypto_lib;

static const char *const provider_names[] = { "default", "legacy" };
static OSSL_PROVIDER *providers[2];

static const char *const cipher_fetch_names[] = {
	[CRYPTO_DES_CBC] = "DES-CBC",
	[CRYPTO_3DES_CBC] = "DES-EDE3-CBC",
	[CRYPTO_AES128_CBC] = "AES-128-CBC",
	[CRYPTO_AES192_CBC] = "AES-192-CBC",
	[CRYPTO_AES256_CBC] = "AES-256-CBC",
};

int crypto_lib_error(int code)
{
	ERR_clear_error();
	return code;
}

static int load_providers(struct err *err)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		providers[i] = OSSL_PROVIDER_load(crypto_lib.ctx,
						  provider_names[i]);
		if (!providers[i])
			return err_set(err, -ENOTSUP,
				       "OpenSSL's %s provider does not load (is its module installed? OPENSSL_MODULES says where): %s",
				       provider_names[i],
				       ERR_reason_error_string(ERR_peek_last_error()));
	}
	return 0;
}

static int fetch_algorithms(struct err *err)
{
	struct crypto_lib *lib = &crypto_lib;
	const char *name;
	unsigned int i;

	for (i = CRYPTO_HASH_NONE + 1; i < CRYPTO_HASH_COUNT; i++) {
		name = crypto_hash_fetch_name(i);
		lib->md[i] = EVP_MD_fetch(lib->ctx, name, NULL);
		if (!lib->md[i])
			return err_set(err, -ENOTSUP,
				       "OpenSSL has no hash %s", name);
	}
	for (i = CRYPTO_CIPHER_NONE + 1; i < CRYPTO_CIPHER_COUNT; i++) {
		name = cipher_fetch_names[i];
		lib->cipher[i] = EVP_CIPHER_fetch(lib->ctx, name, NULL);
		if (!lib->cipher[i])
			return err_set(err, -ENOTSUP,
				       "OpenSSL has no cipher %s", name);
	}
	lib->hmac = EVP_MAC_fetch(lib->ctx, "HMAC", NULL);
	if (!lib->hmac)
		return err_set(err, -ENOTSUP, "OpenSSL has no HMAC");
	return 0;
}

int crypto_init(struct err *err)
{
	uint8_t seed;
	int ret;

	crypto_lib.ctx = OSSL_LIB_CTX_new();
	if (!crypto_lib.ctx)
		return err_set(err, -ENOMEM, "OpenSSL has no memory");
	ret = load_providers(err);
	if (!ret)
		ret = fetch_algorithms(err);
	if (!ret && crypto_dh_init())
		ret = err_set(err, -ENOTSUP,
			      "OpenSSL lacks a Diffie-Hellman group");
	/* Seed the generator now, while devices can still be opened. */
	if (!ret && crypto_random(&seed, sizeof(seed)))
		ret = err_set(err, -EIO, "OpenSSL's random generator fails");
	if (ret)
		crypto_exit();
	return crypto_lib_error(ret);
}

void crypto_exit(void)
{
	struct crypto_lib *lib = &crypto_lib;
	unsigned int i;

	crypto_dh_exit();
	EVP_MAC_free(lib->hmac);
	for (i = 0; i < CRYPTO_CIPHER_COUNT; i++)
		EVP_CIPHER_free(lib->cipher[i]);
	for (i = 0; i < CRYPTO_HASH_COUNT; i++)
		EVP_MD_free(lib->md[i]);
	for (i = 0; i < 2; i++) {
		if (providers[i])
			OSSL_PROVIDER_unload(providers[i]);
		providers[i] = NULL;
	}
	OSSL_LIB_CTX_free(lib->ctx);
	*lib = (struct crypto_lib){ 0 };
}

int crypto_random(void *out, size_t len)
{
	if (RAND_priv_bytes_ex(crypto_lib.ctx, out, len, 0) != 1)
		return crypto_lib_error(-EIO);
	return 0;
}

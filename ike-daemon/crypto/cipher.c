// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "ike-daemon/crypto/internal.h"

static const struct {
	const char *name;
	uint8_t key_len;
	uint8_t block_len;
} ciphers[] = {
	[CRYPTO_CIPHER_NONE] = { .name = "none" },
	[CRYPTO_DES_CBC] = { "DES-CBC", 8, 8 },
	[CRYPTO_3DES_CBC] = { "3DES-CBC", 24, 8 },
	[CRYPTO_AES128_CBC] = { "AES-128-CBC", 16, 16 },
	[CRYPTO_AES192_CBC] = { "AES-192-CBC", 24, 16 },
	[CRYPTO_AES256_CBC] = { "AES-256-CBC", 32, 16 },
};

size_t crypto_cipher_key_len(enum crypto_cipher cipher)
{
	return cipher < CRYPTO_CIPHER_COUNT ? ciphers[cipher].key_len : 0;
}

size_t crypto_cipher_block_len(enum crypto_cipher cipher)
{
	return cipher < CRYPTO_CIPHER_COUNT ? ciphers[cipher].block_len : 0;
}

const char *crypto_cipher_name(enum crypto_cipher cipher)
{
	return cipher < CRYPTO_CIPHER_COUNT ? ciphers[cipher].name : "unknown";
}

static int run(enum crypto_cipher cipher, int encrypt, const uint8_t *key,
	       const uint8_t *iv, uint8_t *data, size_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int done = 0, rest = 0, ret = -EIO;

	if (!ctx)
		return crypto_lib_error(-ENOMEM);
	if (EVP_CipherInit_ex2(ctx, crypto_lib.cipher[cipher], key, iv,
			       encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, data, &done, data, (int)len) != 1 ||
	    EVP_CipherFinal_ex(ctx, data + done, &rest) != 1)
		goto out;
	if ((size_t)done + (size_t)rest == len)
		ret = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	return crypto_lib_error(ret);
}

static int check(enum crypto_cipher cipher, size_t len)
{
	size_t block = crypto_cipher_block_len(cipher);

	return !block || !len || len % block || len > INT_MAX ? -EINVAL : 0;
}

int crypto_encrypt(enum crypto_cipher cipher, const uint8_t *key, uint8_t *iv,
		   uint8_t *data, size_t len)
{
	size_t block = crypto_cipher_block_len(cipher);
	int ret = check(cipher, len);

	if (!ret)
		ret = run(cipher, 1, key, iv, data, len);
	if (!ret)
		memcpy(iv, data + len - block, block);
	return ret;
}

int crypto_decrypt(enum crypto_cipher cipher, const uint8_t *key, uint8_t *iv,
		   uint8_t *data, size_t len)
{
	size_t block = crypto_cipher_block_len(cipher);
	uint8_t last[CRYPTO_BLOCK_MAX];
	int ret = check(cipher, len);

	if (ret)
		return ret;
	memcpy(last, data + len - block, block);
	ret = run(cipher, 0, key, iv, data, len);
	if (!ret)
		memcpy(iv, last, block);
	return ret;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cryptography for fuzz targets that drive the daemon's engine, linked with
 * --wrap (ike_*_wraps): random numbers come from
 * the input, so that a finding can be reproduced; Diffie-Hellman is a hash,
 * since hundreds of negotiations a second are wanted; and what was encrypted is
 * remembered, so that the harness can change a message as its sender could.
 */
#ifndef SELFTESTS_FUZZ_IKE_CRYPTO_H
#define SELFTESTS_FUZZ_IKE_CRYPTO_H

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/crypto/dh.h"
#include "selftests/fuzz/fuzz.h"

/* --- random numbers -------------------------------------------------------- */

static uint64_t fuzz_random_state;

static inline void fuzz_random_seed(uint64_t seed)
{
	fuzz_random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

/* If set: does what the library is asked for fail this time? */
static bool (*fuzz_library_fails)(void);

int __wrap_crypto_random(void *out, size_t len);
int __wrap_crypto_random(void *out, size_t len)
{
	uint8_t *to = out;
	size_t i;

	if (fuzz_library_fails && fuzz_library_fails())
		return -EIO;
	for (i = 0; i < len; i++) {
		uint64_t *x = &fuzz_random_state;

		*x ^= *x << 13;
		*x ^= *x >> 7;
		*x ^= *x << 17;
		to[i] = (uint8_t)(*x >> 32);
	}
	return 0;
}

/* --- Diffie-Hellman -------------------------------------------------------- */

/* Set: the library's, for what is to be tested there; not reproducible. */
static bool fuzz_real_dh;

struct fuzz_dh {
	unsigned int group;
	uint8_t public[CRYPTO_DH_MAX];
};

int __real_crypto_dh_new(unsigned int group, struct crypto_dh **out);
void __real_crypto_dh_free(struct crypto_dh *dh);
unsigned int __real_crypto_dh_group(const struct crypto_dh *dh);
const uint8_t *__real_crypto_dh_public(const struct crypto_dh *dh);
int __real_crypto_dh_shared(const struct crypto_dh *dh, const uint8_t *peer,
			    size_t len, uint8_t *out);
int __wrap_crypto_dh_new(unsigned int group, struct crypto_dh **out);
void __wrap_crypto_dh_free(struct crypto_dh *dh);
unsigned int __wrap_crypto_dh_group(const struct crypto_dh *dh);
const uint8_t *__wrap_crypto_dh_public(const struct crypto_dh *dh);
int __wrap_crypto_dh_shared(const struct crypto_dh *dh, const uint8_t *peer,
			    size_t len, uint8_t *out);

int __wrap_crypto_dh_new(unsigned int group, struct crypto_dh **out)
{
	struct fuzz_dh *dh;

	if (fuzz_real_dh)
		return __real_crypto_dh_new(group, out);
	*out = NULL;
	if (!crypto_dh_supported(group))
		return -ENOTSUP;
	dh = calloc(1, sizeof(*dh));
	if (!dh)
		return -ENOMEM;
	dh->group = group;
	__wrap_crypto_random(dh->public, crypto_dh_public_len(group));
	dh->public[0] |= 1;
	*out = (struct crypto_dh *)dh;
	return 0;
}

void __wrap_crypto_dh_free(struct crypto_dh *dh)
{
	if (fuzz_real_dh)
		__real_crypto_dh_free(dh);
	else
		free(dh);
}

unsigned int __wrap_crypto_dh_group(const struct crypto_dh *dh)
{
	return fuzz_real_dh ? __real_crypto_dh_group(dh) :
			      ((const struct fuzz_dh *)dh)->group;
}

const uint8_t *__wrap_crypto_dh_public(const struct crypto_dh *dh)
{
	return fuzz_real_dh ? __real_crypto_dh_public(dh) :
			      ((const struct fuzz_dh *)dh)->public;
}

/* Both ends hash the same two values; one that begins with 0 is no good. */
int __wrap_crypto_dh_shared(const struct crypto_dh *dh, const uint8_t *peer,
			    size_t len, uint8_t *out)
{
	const uint8_t *own = ((const struct fuzz_dh *)dh)->public;
	uint8_t sum[CRYPTO_HASH_MAX];
	struct crypto_chunk in[2];
	unsigned int group;
	size_t i;

	if (fuzz_real_dh)
		return __real_crypto_dh_shared(dh, peer, len, out);
	group = ((const struct fuzz_dh *)dh)->group;
	if (len != crypto_dh_public_len(group) || !peer[0])
		return -EKEYREJECTED;
	in[0] = CRYPTO_CHUNK(own, len);
	in[1] = CRYPTO_CHUNK(peer, len);
	if (memcmp(own, peer, len) > 0) {
		in[0].data = peer;
		in[1].data = own;
	}
	if (crypto_hash(CRYPTO_SHA256, in, 2, sum))
		return -EIO;
	for (i = 0; i < crypto_dh_secret_len(group); i++)
		out[i] = sum[i % 32];
	return 0;
}

/* --- private keys ---------------------------------------------------------- */

#define FUZZ_PKEYS	8

/* To read one takes longer than all else in an input: once is enough. */
static struct {
	char *text;
	size_t len;
	EVP_PKEY *key;
} fuzz_pkeys[FUZZ_PKEYS];

EVP_PKEY *__real_PEM_read_bio_PrivateKey_ex(BIO *bio, EVP_PKEY **x,
					    pem_password_cb *cb, void *u,
					    OSSL_LIB_CTX *ctx, const char *q);
EVP_PKEY *__wrap_PEM_read_bio_PrivateKey_ex(BIO *bio, EVP_PKEY **x,
					    pem_password_cb *cb, void *u,
					    OSSL_LIB_CTX *ctx, const char *q);

EVP_PKEY *__wrap_PEM_read_bio_PrivateKey_ex(BIO *bio, EVP_PKEY **x,
					    pem_password_cb *cb, void *u,
					    OSSL_LIB_CTX *ctx, const char *q)
{
	char *text = NULL;
	size_t len = (size_t)BIO_get_mem_data(bio, &text), i;
	EVP_PKEY *key;

	if (fuzz_library_fails && fuzz_library_fails())
		return NULL;
	for (i = 0; i < FUZZ_PKEYS && fuzz_pkeys[i].key; i++)
		if (fuzz_pkeys[i].len == len &&
		    !memcmp(fuzz_pkeys[i].text, text, len)) {
			EVP_PKEY_up_ref(fuzz_pkeys[i].key);
			return fuzz_pkeys[i].key;
		}
	CHECK(i < FUZZ_PKEYS);
	fuzz_pkeys[i].text = malloc(len);
	CHECK(fuzz_pkeys[i].text);
	memcpy(fuzz_pkeys[i].text, text, len);
	fuzz_pkeys[i].len = len;
	key = __real_PEM_read_bio_PrivateKey_ex(bio, x, cb, u, ctx, q);
	CHECK(key && EVP_PKEY_up_ref(key));
	fuzz_pkeys[i].key = key;
	return key;
}

/* Before the library ends. */
static inline void fuzz_free_pkeys(void)
{
	size_t i;

	for (i = 0; i < FUZZ_PKEYS; i++) {
		EVP_PKEY_free(fuzz_pkeys[i].key);
		free(fuzz_pkeys[i].text);
	}
	memset(fuzz_pkeys, 0, sizeof(fuzz_pkeys));
}

/* --- what was encrypted ---------------------------------------------------- */

#define FUZZ_SEALED	64
#define FUZZ_SEALED_MAX	4096

static struct {
	size_t len;
	uint8_t last[8];		/* bytes of the ciphertext */
	uint8_t plain[FUZZ_SEALED_MAX];
} fuzz_sealed[FUZZ_SEALED];
static unsigned int fuzz_next_sealed;

int __real_crypto_encrypt(enum crypto_cipher cipher, const uint8_t *key,
			  uint8_t *iv, uint8_t *data, size_t len);
int __wrap_crypto_encrypt(enum crypto_cipher cipher, const uint8_t *key,
			  uint8_t *iv, uint8_t *data, size_t len);

int __wrap_crypto_encrypt(enum crypto_cipher cipher, const uint8_t *key,
			  uint8_t *iv, uint8_t *data, size_t len)
{
	unsigned int at = fuzz_next_sealed++ % FUZZ_SEALED;
	bool keep = len >= 8 && len <= FUZZ_SEALED_MAX;
	int err;

	fuzz_sealed[at].len = 0;
	if (keep)
		memcpy(fuzz_sealed[at].plain, data, len);
	err = __real_crypto_encrypt(cipher, key, iv, data, len);
	if (err || !keep)
		return err;
	fuzz_sealed[at].len = len;
	memcpy(fuzz_sealed[at].last, data + len - 8, 8);
	return 0;
}

/* The plain text of @len bytes that an engine has encrypted, or NULL. */
static inline const uint8_t *fuzz_unsealed(const uint8_t *data, size_t len)
{
	unsigned int i;

	for (i = 0; i < FUZZ_SEALED; i++)
		if (len && fuzz_sealed[i].len == len &&
		    !memcmp(fuzz_sealed[i].last, data + len - 8, 8))
			return fuzz_sealed[i].plain;
	return NULL;
}

static inline void fuzz_forget_sealed(void)
{
	unsigned int i;

	for (i = 0; i < FUZZ_SEALED; i++)
		fuzz_sealed[i].len = 0;
	fuzz_next_sealed = 0;
}

#endif

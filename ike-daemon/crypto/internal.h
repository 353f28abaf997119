/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this directory alone. */
#ifndef IKE_CRYPTO_INTERNAL_H
#define IKE_CRYPTO_INTERNAL_H

#include <openssl/evp.h>

#include "ike-daemon/crypto/crypto.h"

/*
 * Fetched once by crypto_init(), then only read; the library allows that from
 * any thread.
 */
struct crypto_lib {
	OSSL_LIB_CTX *ctx;
	EVP_MAC *hmac;
	EVP_MD *md[CRYPTO_HASH_COUNT];
	EVP_CIPHER *cipher[CRYPTO_CIPHER_COUNT];
};

extern struct crypto_lib crypto_lib;

/* The library's names, as it wants them in parameters. */
const char *crypto_hash_fetch_name(enum crypto_hash hash);

/* The groups; a negative errno when the library lacks one. */
int crypto_dh_init(void);
void crypto_dh_exit(void);

/* The library's error queue has been seen; empty it. */
int crypto_lib_error(int code);

#endif

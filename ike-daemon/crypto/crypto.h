/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cryptography for IKE.  OpenSSL stays behind these headers.
 *
 * All functions may be called from any thread after crypto_init(); objects
 * (struct crypto_dh) belong to one thread at a time.  Errors are negative
 * errno: -EINVAL (bad argument), -ENOTSUP (algorithm not available), -ENOMEM,
 * -EKEYREJECTED (a peer's or derived key is unusable), -EIO (library failure).
 * Intermediate secrets are wiped; results are the caller's to wipe.
 */
#ifndef IKE_CRYPTO_CRYPTO_H
#define IKE_CRYPTO_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "tools/lib/err.h"

/*
 * Load the default and legacy providers (single DES lives in the latter) into a
 * library context of our own and fetch every algorithm once, before a sandbox
 * closes the file system.  Call once, before threads start; -ENOTSUP with a
 * sentence about what is missing.
 */
int crypto_init(struct err *err);
/* Release everything; no other call may be running or follow. */
void crypto_exit(void);

/* Bytes from the library's random generator for secrets; 0 or -EIO. */
int crypto_random(void *out, size_t len);

/* A piece of a message to be hashed. */
struct crypto_chunk {
	const void *data;
	size_t len;
};

#define CRYPTO_CHUNK(p, n) ((struct crypto_chunk){ .data = (p), .len = (n) })

enum crypto_hash {
	CRYPTO_HASH_NONE,
	CRYPTO_MD5,
	CRYPTO_SHA1,
	CRYPTO_SHA256,
	CRYPTO_SHA384,
	CRYPTO_SHA512,
	CRYPTO_MD4,			/* of MS-CHAP alone */
	CRYPTO_HASH_COUNT
};

#define CRYPTO_HASH_MAX		64	/* longest digest, bytes */

/* Digest length in bytes, 0 for NONE. */
size_t crypto_hash_len(enum crypto_hash hash);
const char *crypto_hash_name(enum crypto_hash hash);
/* @out gets crypto_hash_len() bytes. */
int crypto_hash(enum crypto_hash hash, const struct crypto_chunk *in, size_t n,
		uint8_t *out);
/* HMAC, the prf of IKEv1 (RFC 2409, 4); an empty key is allowed. */
int crypto_hmac(enum crypto_hash hash, const void *key, size_t key_len,
		const struct crypto_chunk *in, size_t n, uint8_t *out);

enum crypto_cipher {
	CRYPTO_CIPHER_NONE,
	CRYPTO_DES_CBC,
	CRYPTO_3DES_CBC,
	CRYPTO_AES128_CBC,
	CRYPTO_AES192_CBC,
	CRYPTO_AES256_CBC,
	CRYPTO_CIPHER_COUNT
};

#define CRYPTO_KEY_MAX		32
#define CRYPTO_BLOCK_MAX	16

/* Bytes; 0 for NONE.  The block length is the IV length too. */
size_t crypto_cipher_key_len(enum crypto_cipher cipher);
size_t crypto_cipher_block_len(enum crypto_cipher cipher);
const char *crypto_cipher_name(enum crypto_cipher cipher);
/*
 * CBC in place, without padding: @len is a multiple of the block, not 0, else
 * -EINVAL.  @iv is replaced by the last ciphertext block, which is the IV of
 * the next IKEv1 message (RFC 2409, appendix B).  On error @data is undefined
 * and @iv unchanged.
 */
int crypto_encrypt(enum crypto_cipher cipher, const uint8_t *key, uint8_t *iv,
		   uint8_t *data, size_t len);
int crypto_decrypt(enum crypto_cipher cipher, const uint8_t *key, uint8_t *iv,
		   uint8_t *data, size_t len);

#endif

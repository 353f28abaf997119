/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diffie-Hellman by IANA group number: MODP 1, 2 (RFC 2409), 5, 14, 15, 16
 * (RFC 3526); ECP 19, 20 (RFC 5903: public value x || y, secret x).
 *
 * crypto_dh_new() and crypto_dh_shared() are the slow calls; run them on a
 * worker thread, with the object owned by that job meanwhile.
 */
#ifndef IKE_CRYPTO_DH_H
#define IKE_CRYPTO_DH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_DH_MAX	512	/* longest public value and secret, bytes */

struct crypto_dh;

bool crypto_dh_supported(unsigned int group);
/* Fixed lengths in bytes, 0 for an unknown group. */
size_t crypto_dh_public_len(unsigned int group);
size_t crypto_dh_secret_len(unsigned int group);

/* Generate a key pair; -ENOTSUP, -ENOMEM, -EIO.  Free with crypto_dh_free(). */
int crypto_dh_new(unsigned int group, struct crypto_dh **out);
/* Wipes the private value; NULL is allowed. */
void crypto_dh_free(struct crypto_dh *dh);
unsigned int crypto_dh_group(const struct crypto_dh *dh);
/* Our public value, crypto_dh_public_len() bytes; lives as long as @dh. */
const uint8_t *crypto_dh_public(const struct crypto_dh *dh);
/*
 * The peer's public value must have exactly the length of the group, and be
 * 1 < y < p - 1 or a point on the curve: -EKEYREJECTED otherwise.
 * @out gets crypto_dh_secret_len() bytes, leading zeros kept.
 */
int crypto_dh_shared(const struct crypto_dh *dh, const uint8_t *peer,
		     size_t len, uint8_t *out);

#ifdef UNIT_TEST
/* A given key pair (big-endian private value), for published answers. */
int crypto_dh_from_pair(unsigned int group, const uint8_t *priv,
			size_t priv_len, const uint8_t *pub,
			struct crypto_dh **out);
#endif

#endif

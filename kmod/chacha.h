/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ChaCha20-Poly1305 for ESP (RFC 7634) by the kernel's library functions: on a
 * packet in one piece they do without the scatterlists, requests and walks of
 * the crypto API, a tenth of the cost of the cipher.
 */
#ifndef _CM_CHACHA_H
#define _CM_CHACHA_H

#include <linux/kconfig.h>
#include <linux/types.h>

#define CM_CHACHA_THERE	(IS_REACHABLE(CONFIG_CRYPTO_LIB_CHACHA) && \
			 IS_REACHABLE(CONFIG_CRYPTO_LIB_POLY1305))
#define CM_CHACHA_DRIVER	"chacha20-poly1305-lib"
#define CM_CHACHA_ICV	16	/* bytes */

/**
 * struct cm_chacha - one key
 * @key: of the cipher, as words
 * @salt: first four bytes of the nonce, the IV of the packet follows
 */
struct cm_chacha {
	u32 key[8];
	u8 salt[4];
};

/* @material: 32 bytes of key, 4 of salt */
void cm_chacha_set_key(struct cm_chacha *chacha, const u8 *material);

/**
 * cm_chacha_encrypt() - encrypt in place
 * @chacha: key
 * @iv: eight bytes
 * @ad: associated data
 * @ad_len: bytes of it
 * @text: payload; the ICV is written behind it
 * @len: bytes of the payload
 *
 * Context: any but hard interrupts; synchronous.
 */
void cm_chacha_encrypt(const struct cm_chacha *chacha, const u8 *iv,
		       const u8 *ad, u32 ad_len, u8 *text, u32 len);

/* The reverse, likewise; the ICV is behind @text. 0, or -EBADMSG and @text as it was. */
int cm_chacha_decrypt(const struct cm_chacha *chacha, const u8 *iv,
		      const u8 *ad, u32 ad_len, u8 *text, u32 len);

#endif

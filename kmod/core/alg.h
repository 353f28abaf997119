/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Algorithms: number on the wire, lengths, name for people, name for the
 * kernel crypto API.
 *
 * Numbers are the transform IDs of IKEv2 (IANA "IKEv2 Parameters"), which the
 * UAPI uses too.
 */
#ifndef _CM_CORE_ALG_H
#define _CM_CORE_ALG_H

#include <linux/types.h>

#include "espfmt.h"

enum cm_encr_id {
	CM_ENCR_DES = 2,
	CM_ENCR_3DES = 3,
	CM_ENCR_NULL = 11,
	CM_ENCR_AES_CBC = 12,
	CM_ENCR_AES_CTR = 13,
	CM_ENCR_AES_CCM_8 = 14,
	CM_ENCR_AES_CCM_12 = 15,
	CM_ENCR_AES_CCM_16 = 16,
	CM_ENCR_AES_GCM_8 = 18,
	CM_ENCR_AES_GCM_12 = 19,
	CM_ENCR_AES_GCM_16 = 20,
	CM_ENCR_NULL_AUTH_AES_GMAC = 21,
	CM_ENCR_CHACHA20_POLY1305 = 28,
};

enum cm_auth_id {
	CM_AUTH_NONE = 0,
	CM_AUTH_HMAC_MD5_96 = 1,
	CM_AUTH_HMAC_SHA1_96 = 2,
	CM_AUTH_AES_XCBC_96 = 5,
	CM_AUTH_AES_CMAC_96 = 8,
	CM_AUTH_HMAC_SHA2_256_128 = 12,
	CM_AUTH_HMAC_SHA2_384_192 = 13,
	CM_AUTH_HMAC_SHA2_512_256 = 14,
	CM_AUTH_HMAC_SHA2_256_96 = 1024 + 12,	/* private: draft of 2002, old Android */
};

#define CM_ALG_AEAD	0x01	/* brings its own integrity: no second algorithm */
#define CM_ALG_COUNTER	0x02	/* a repeated IV is fatal: no manual keys (RFC 8221) */
#define CM_ALG_OLD	0x04	/* deprecated: works, with a warning */
#define CM_ALG_NO_CIPHER 0x08	/* does not hide the contents */
#define CM_ALG_KEY_MAX	32	/* bytes, salt not included */
#define CM_ALG_AUTH_KEY_MAX 64
#define CM_ALG_NAME_MAX	64	/* a kernel crypto name with its NUL */
#define CM_ENCR_COUNT	13	/* rows of the tables */
#define CM_AUTH_COUNT	9

/**
 * struct cm_encr - encryption or combined-mode algorithm
 * @id: enum cm_encr_id
 * @flags: CM_ALG_*
 * @block: bytes, for padding
 * @iv: bytes of IV on the wire
 * @icv: bytes of ICV of a combined mode, else 0
 * @salt: bytes of salt that follow the key in the key material
 * @keys: key lengths in bytes, ascending, 0 ends; a lone {0} means no key
 * @crypto: name of an AEAD, or of the cipher for authenc()
 * @ios: transform of a transform set, without key length ("esp-aes")
 * @show: name with which logs and JSON speak ("aes-cbc")
 * @key_text: refusal of a key of another length; says the lengths, salt included
 * @pair_text: refusal beside a wrong integrity algorithm
 */
struct cm_encr {
	u16 id;
	u8 flags;
	u8 block;
	u8 iv;
	u8 icv;
	u8 salt;
	u8 keys[4];
	const char *crypto;
	const char *ios;
	const char *show;
	const char *key_text;
	const char *pair_text;
};

/**
 * struct cm_auth - integrity algorithm
 * @id: enum cm_auth_id
 * @flags: CM_ALG_*
 * @key: bytes of key; all lengths are fixed
 * @icv: bytes of ICV on the wire (truncated)
 * @digest: bytes of the whole digest
 * @crypto: name for the shash API and for authenc()
 * @ios: transform ("esp-sha-hmac"); AH says "ah-" instead of "esp-"
 * @show: name for logs and JSON
 * @key_text: refusal of a key of another length; says the length
 */
struct cm_auth {
	u16 id;
	u8 flags;
	u8 key;
	u8 icv;
	u8 digest;
	const char *crypto;
	const char *ios;
	const char *show;
	const char *key_text;
};

/* NULL for an unknown number. */
const struct cm_encr *cm_encr_find(u16 id);
const struct cm_auth *cm_auth_find(u16 id);

/* Walk the tables, from 0; NULL after the last. */
const struct cm_encr *cm_encr_at(unsigned int index);
const struct cm_auth *cm_auth_at(unsigned int index);

/* Where in its table a row stands. */
unsigned int cm_encr_index(const struct cm_encr *e);
unsigned int cm_auth_index(const struct cm_auth *a);

/* Is a key of @bytes (salt not included) one that @e takes? */
bool cm_encr_key_ok(const struct cm_encr *e, unsigned int bytes);

/**
 * cm_alg_check_esp() - may the two be used together?
 * @e: encryption
 * @a: integrity, CM_AUTH_NONE for none
 *
 * Return: NULL, or a static text that names @e and says what is wrong.
 */
const char *cm_alg_check_esp(const struct cm_encr *e, const struct cm_auth *a);

/* The same for ESP in AH, which brings the integrity: @a may be CM_AUTH_NONE. */
const char *cm_alg_check_bundled(const struct cm_encr *e, const struct cm_auth *a);

/* The same for AH: NULL, or a static text. */
const char *cm_alg_check_ah(const struct cm_auth *a);

/**
 * cm_alg_aead_name() - the name to give to crypto_alloc_aead()
 * @e: encryption
 * @a: integrity; CM_AUTH_NONE with a combined mode, or in AH
 * @esn: for extended sequence numbers (RFC 4304)
 * @buf: result
 * @len: size of @buf, CM_ALG_NAME_MAX is enough
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int cm_alg_aead_name(const struct cm_encr *e, const struct cm_auth *a,
		     bool esn, char *buf, size_t len);

/* The lengths of an ESP SA; @outer and @udp as in struct cm_esp_geom. */
void cm_alg_geom(const struct cm_encr *e, const struct cm_auth *a,
		 u8 outer, u8 udp, struct cm_esp_geom *g);

/* The lengths of an AH SA over IPv4 or IPv6. */
void cm_alg_geom_ah(const struct cm_auth *a, u8 outer, bool v6,
		    struct cm_esp_geom *g);

#endif

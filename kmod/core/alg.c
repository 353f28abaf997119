// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/cryptomap.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "ahfmt.h"
#include "alg.h"

#define AES_KEYS { 16, 24, 32 }
#define COUNTER_AEAD (CM_ALG_AEAD | CM_ALG_COUNTER)

/*
 * Rows. The kernel keeps only the address of a refusal's text until the answer
 * is sent, so every row brings texts with its own name in them. @lens: the
 * accepted lengths of the whole key material, in words.
 */
#define CIPHER(id, flags, block, iv, salt, keys, lens, crypto, ios, show) \
	{ id, flags, block, iv, 0, salt, keys, crypto, ios, show,	\
	  "SA_ENCR_KEY of " show " is " lens,				\
	  show " needs an integrity algorithm beside it: SA_AUTH" }
#define COMBINED(id, flags, icv, salt, keys, lens, crypto, ios, show)	\
	{ id, (flags) | COUNTER_AEAD, 1, 8, icv, salt, keys, crypto, ios, show, \
	  "SA_ENCR_KEY of " show " is " lens,				\
	  show " is a combined mode and takes no SA_AUTH" }
#define HASH(id, flags, key, icv, digest, crypto, ios, show)		\
	{ id, flags, key, icv, digest, crypto, ios, show,		\
	  "SA_AUTH_KEY of " show " is " #key " bytes" }

#define LENS_0 "16, 24 or 32 bytes"
#define LENS_3 "19, 27 or 35 bytes, the last 3 of them salt"
#define LENS_4 "20, 28 or 36 bytes, the last 4 of them salt"

static const struct cm_encr encrs[CM_ENCR_COUNT] = {
	CIPHER(CM_ENCR_DES, CM_ALG_OLD, 8, 8, 0, { 8 }, "8 bytes",
	       "cbc(des)", "esp-des", "des-cbc"),
	CIPHER(CM_ENCR_3DES, CM_ALG_OLD, 8, 8, 0, { 24 }, "24 bytes",
	       "cbc(des3_ede)", "esp-3des", "3des-cbc"),
	CIPHER(CM_ENCR_NULL, CM_ALG_NO_CIPHER, 1, 0, 0, { 0 }, "0 bytes",
	       "ecb(cipher_null)", "esp-null", "null"),
	CIPHER(CM_ENCR_AES_CBC, 0, 16, 16, 0, AES_KEYS, LENS_0,
	       "cbc(aes)", "esp-aes", "aes-cbc"),
	CIPHER(CM_ENCR_AES_CTR, CM_ALG_COUNTER, 1, 8, 4, AES_KEYS, LENS_4,
	       "rfc3686(ctr(aes))", "esp-aes-ctr", "aes-ctr"),
	COMBINED(CM_ENCR_AES_CCM_8, 0, 8, 3, AES_KEYS, LENS_3,
		 "rfc4309(ccm(aes))", "esp-ccm-8", "aes-ccm-8"),
	COMBINED(CM_ENCR_AES_CCM_12, 0, 12, 3, AES_KEYS, LENS_3,
		 "rfc4309(ccm(aes))", "esp-ccm-12", "aes-ccm-12"),
	COMBINED(CM_ENCR_AES_CCM_16, 0, 16, 3, AES_KEYS, LENS_3,
		 "rfc4309(ccm(aes))", "esp-ccm", "aes-ccm-16"),
	COMBINED(CM_ENCR_AES_GCM_8, 0, 8, 4, AES_KEYS, LENS_4,
		 "rfc4106(gcm(aes))", "esp-gcm-8", "aes-gcm-8"),
	COMBINED(CM_ENCR_AES_GCM_12, 0, 12, 4, AES_KEYS, LENS_4,
		 "rfc4106(gcm(aes))", "esp-gcm-12", "aes-gcm-12"),
	COMBINED(CM_ENCR_AES_GCM_16, 0, 16, 4, AES_KEYS, LENS_4,
		 "rfc4106(gcm(aes))", "esp-gcm", "aes-gcm-16"),
	COMBINED(CM_ENCR_NULL_AUTH_AES_GMAC, CM_ALG_NO_CIPHER, 16, 4, AES_KEYS, LENS_4,
		 "rfc4543(gcm(aes))", "esp-gmac", "null-aes-gmac"),
	COMBINED(CM_ENCR_CHACHA20_POLY1305, 0, 16, 4, { 32 },
		 "36 bytes, the last 4 of them salt",
		 "rfc7539esp(chacha20,poly1305)", "esp-chacha20-poly1305",
		 "chacha20-poly1305"),
};

static const struct cm_auth auths[CM_AUTH_COUNT] = {
	{ CM_AUTH_NONE, 0, 0, 0, 0, "", "", "none",
	  "SA_AUTH_KEY needs the algorithm that it is for: SA_AUTH" },
	HASH(CM_AUTH_HMAC_MD5_96, CM_ALG_OLD, 16, 12, 16,
	     "hmac(md5)", "esp-md5-hmac", "hmac-md5-96"),
	HASH(CM_AUTH_HMAC_SHA1_96, 0, 20, 12, 20,
	     "hmac(sha1)", "esp-sha-hmac", "hmac-sha1-96"),
	HASH(CM_AUTH_AES_XCBC_96, 0, 16, 12, 16,
	     "xcbc(aes)", "esp-aes-xcbc", "aes-xcbc-96"),
	HASH(CM_AUTH_AES_CMAC_96, 0, 16, 12, 16,
	     "cmac(aes)", "esp-aes-cmac", "aes-cmac-96"),
	HASH(CM_AUTH_HMAC_SHA2_256_128, 0, 32, 16, 32,
	     "hmac(sha256)", "esp-sha256-hmac", "hmac-sha256-128"),
	HASH(CM_AUTH_HMAC_SHA2_384_192, 0, 48, 24, 48,
	     "hmac(sha384)", "esp-sha384-hmac", "hmac-sha384-192"),
	HASH(CM_AUTH_HMAC_SHA2_512_256, 0, 64, 32, 64,
	     "hmac(sha512)", "esp-sha512-hmac", "hmac-sha512-256"),
	HASH(CM_AUTH_HMAC_SHA2_256_96, CM_ALG_OLD, 32, 12, 32,
	     "hmac(sha256)", "esp-sha256-96-hmac", "hmac-sha256-96"),
};

/* The numbers of the table are those of the interface. */
#define SAME(ours, uapi) static_assert((int)(ours) == (int)(uapi))
SAME(CM_ENCR_DES, CRYPTOMAP_ENCR_DES);
SAME(CM_ENCR_3DES, CRYPTOMAP_ENCR_3DES);
SAME(CM_ENCR_NULL, CRYPTOMAP_ENCR_NULL);
SAME(CM_ENCR_AES_CBC, CRYPTOMAP_ENCR_AES_CBC);
SAME(CM_ENCR_AES_CTR, CRYPTOMAP_ENCR_AES_CTR);
SAME(CM_ENCR_AES_CCM_8, CRYPTOMAP_ENCR_AES_CCM_8);
SAME(CM_ENCR_AES_CCM_12, CRYPTOMAP_ENCR_AES_CCM_12);
SAME(CM_ENCR_AES_CCM_16, CRYPTOMAP_ENCR_AES_CCM_16);
SAME(CM_ENCR_AES_GCM_8, CRYPTOMAP_ENCR_AES_GCM_8);
SAME(CM_ENCR_AES_GCM_12, CRYPTOMAP_ENCR_AES_GCM_12);
SAME(CM_ENCR_AES_GCM_16, CRYPTOMAP_ENCR_AES_GCM_16);
SAME(CM_ENCR_NULL_AUTH_AES_GMAC, CRYPTOMAP_ENCR_NULL_AES_GMAC);
SAME(CM_ENCR_CHACHA20_POLY1305, CRYPTOMAP_ENCR_CHACHA20_POLY1305);
SAME(CM_AUTH_NONE, CRYPTOMAP_AUTH_NONE);
SAME(CM_AUTH_HMAC_MD5_96, CRYPTOMAP_AUTH_HMAC_MD5_96);
SAME(CM_AUTH_HMAC_SHA1_96, CRYPTOMAP_AUTH_HMAC_SHA1_96);
SAME(CM_AUTH_AES_XCBC_96, CRYPTOMAP_AUTH_AES_XCBC_96);
SAME(CM_AUTH_AES_CMAC_96, CRYPTOMAP_AUTH_AES_CMAC_96);
SAME(CM_AUTH_HMAC_SHA2_256_128, CRYPTOMAP_AUTH_HMAC_SHA2_256_128);
SAME(CM_AUTH_HMAC_SHA2_384_192, CRYPTOMAP_AUTH_HMAC_SHA2_384_192);
SAME(CM_AUTH_HMAC_SHA2_512_256, CRYPTOMAP_AUTH_HMAC_SHA2_512_256);
SAME(CM_AUTH_HMAC_SHA2_256_96, CRYPTOMAP_AUTH_HMAC_SHA2_256_96);
SAME(CM_ALG_AEAD, CRYPTOMAP_ALG_F_COMBINED);
SAME(CM_ALG_COUNTER, CRYPTOMAP_ALG_F_COUNTER);
SAME(CM_ALG_OLD, CRYPTOMAP_ALG_F_OLD);
SAME(CM_ALG_NO_CIPHER, CRYPTOMAP_ALG_F_NO_CIPHER);

const struct cm_encr *cm_encr_at(unsigned int index)
{
	return index < ARRAY_SIZE(encrs) ? &encrs[index] : NULL;
}

const struct cm_auth *cm_auth_at(unsigned int index)
{
	return index < ARRAY_SIZE(auths) ? &auths[index] : NULL;
}

unsigned int cm_encr_index(const struct cm_encr *e)
{
	return e - encrs;
}

unsigned int cm_auth_index(const struct cm_auth *a)
{
	return a - auths;
}

const struct cm_encr *cm_encr_find(u16 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(encrs); i++)
		if (encrs[i].id == id)
			return &encrs[i];
	return NULL;
}

const struct cm_auth *cm_auth_find(u16 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(auths); i++)
		if (auths[i].id == id)
			return &auths[i];
	return NULL;
}

bool cm_encr_key_ok(const struct cm_encr *e, unsigned int bytes)
{
	unsigned int i;

	if (!e->keys[0])
		return bytes == 0;
	for (i = 0; i < ARRAY_SIZE(e->keys) && e->keys[i]; i++)
		if (e->keys[i] == bytes)
			return true;
	return false;
}

const char *cm_alg_check_esp(const struct cm_encr *e, const struct cm_auth *a)
{
	bool combined = e->flags & CM_ALG_AEAD;

	return combined == (a->id == CM_AUTH_NONE) ? NULL : e->pair_text;
}

const char *cm_alg_check_bundled(const struct cm_encr *e, const struct cm_auth *a)
{
	return a->id == CM_AUTH_NONE && !(e->flags & CM_ALG_NO_CIPHER) ? NULL :
	       cm_alg_check_esp(e, a);
}

const char *cm_alg_check_ah(const struct cm_auth *a)
{
	return a->id == CM_AUTH_NONE ?
	       "AH needs an integrity algorithm: SA_AUTH" : NULL;
}

int cm_alg_aead_name(const struct cm_encr *e, const struct cm_auth *a,
		     bool esn, char *buf, size_t len)
{
	int n;

	if (e->flags & CM_ALG_AEAD)
		n = snprintf(buf, len, "%s", e->crypto);
	else
		n = snprintf(buf, len, "authenc%s(%s,%s)", esn ? "esn" : "",
			     a->id == CM_AUTH_NONE ? "digest_null" : a->crypto,
			     e->crypto);
	return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
}

void cm_alg_geom(const struct cm_encr *e, const struct cm_auth *a,
		 u8 outer, u8 udp, struct cm_esp_geom *g)
{
	*g = (struct cm_esp_geom) {
		.outer = outer,
		.udp = udp,
		.iv = e->iv,
		.block = e->block,
		.icv = e->flags & CM_ALG_AEAD ? e->icv : a->icv,
	};
}

void cm_alg_geom_ah(const struct cm_auth *a, u8 outer, bool v6,
		    struct cm_esp_geom *g)
{
	*g = (struct cm_esp_geom) {
		.outer = outer,
		.block = 1,
		.icv = a->icv,
		.ah = cm_ah_len(a->icv, v6),
	};
}

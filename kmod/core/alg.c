// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/cryptomap.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "alg.h"

#define AES_KEYS { 16, 24, 32 }
#define AEAD (CM_ALG_AEAD | CM_ALG_COUNTER)

static const struct cm_encr encrs[] = {
	{ CM_ENCR_DES, CM_ALG_OLD, 8, 8, 0, 0, { 8 },
	  "cbc(des)", "esp-des", "des-cbc" },
	{ CM_ENCR_3DES, CM_ALG_OLD, 8, 8, 0, 0, { 24 },
	  "cbc(des3_ede)", "esp-3des", "3des-cbc" },
	{ CM_ENCR_NULL, CM_ALG_NO_CIPHER, 1, 0, 0, 0, { 0 },
	  "ecb(cipher_null)", "esp-null", "null" },
	{ CM_ENCR_AES_CBC, 0, 16, 16, 0, 0, AES_KEYS,
	  "cbc(aes)", "esp-aes", "aes-cbc" },
	{ CM_ENCR_AES_CTR, CM_ALG_COUNTER, 1, 8, 0, 4, AES_KEYS,
	  "rfc3686(ctr(aes))", "esp-aes-ctr", "aes-ctr" },
	{ CM_ENCR_AES_CCM_8, AEAD, 1, 8, 8, 3, AES_KEYS,
	  "rfc4309(ccm(aes))", "esp-ccm-8", "aes-ccm-8" },
	{ CM_ENCR_AES_CCM_12, AEAD, 1, 8, 12, 3, AES_KEYS,
	  "rfc4309(ccm(aes))", "esp-ccm-12", "aes-ccm-12" },
	{ CM_ENCR_AES_CCM_16, AEAD, 1, 8, 16, 3, AES_KEYS,
	  "rfc4309(ccm(aes))", "esp-ccm", "aes-ccm-16" },
	{ CM_ENCR_AES_GCM_8, AEAD, 1, 8, 8, 4, AES_KEYS,
	  "rfc4106(gcm(aes))", "esp-gcm-8", "aes-gcm-8" },
	{ CM_ENCR_AES_GCM_12, AEAD, 1, 8, 12, 4, AES_KEYS,
	  "rfc4106(gcm(aes))", "esp-gcm-12", "aes-gcm-12" },
	{ CM_ENCR_AES_GCM_16, AEAD, 1, 8, 16, 4, AES_KEYS,
	  "rfc4106(gcm(aes))", "esp-gcm", "aes-gcm-16" },
	{ CM_ENCR_NULL_AUTH_AES_GMAC, AEAD | CM_ALG_NO_CIPHER, 1, 8, 16, 4, AES_KEYS,
	  "rfc4543(gcm(aes))", "esp-gmac", "null-aes-gmac" },
	{ CM_ENCR_CHACHA20_POLY1305, AEAD, 1, 8, 16, 4, { 32 },
	  "rfc7539esp(chacha20,poly1305)", "esp-chacha20-poly1305",
	  "chacha20-poly1305" },
};

static const struct cm_auth auths[] = {
	{ CM_AUTH_NONE, 0, 0, 0, 0, "", "", "none" },
	{ CM_AUTH_HMAC_MD5_96, CM_ALG_OLD, 16, 12, 16,
	  "hmac(md5)", "esp-md5-hmac", "hmac-md5-96" },
	{ CM_AUTH_HMAC_SHA1_96, 0, 20, 12, 20,
	  "hmac(sha1)", "esp-sha-hmac", "hmac-sha1-96" },
	{ CM_AUTH_AES_XCBC_96, 0, 16, 12, 16,
	  "xcbc(aes)", "esp-aes-xcbc", "aes-xcbc-96" },
	{ CM_AUTH_AES_CMAC_96, 0, 16, 12, 16,
	  "cmac(aes)", "esp-aes-cmac", "aes-cmac-96" },
	{ CM_AUTH_HMAC_SHA2_256_128, 0, 32, 16, 32,
	  "hmac(sha256)", "esp-sha256-hmac", "hmac-sha256-128" },
	{ CM_AUTH_HMAC_SHA2_384_192, 0, 48, 24, 48,
	  "hmac(sha384)", "esp-sha384-hmac", "hmac-sha384-192" },
	{ CM_AUTH_HMAC_SHA2_512_256, 0, 64, 32, 64,
	  "hmac(sha512)", "esp-sha512-hmac", "hmac-sha512-256" },
	{ CM_AUTH_HMAC_SHA2_256_96, CM_ALG_OLD, 32, 12, 32,
	  "hmac(sha256)", "esp-sha256-96-hmac", "hmac-sha256-96" },
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

const struct cm_encr *cm_encr_at(unsigned int index)
{
	return index < ARRAY_SIZE(encrs) ? &encrs[index] : NULL;
}

const struct cm_auth *cm_auth_at(unsigned int index)
{
	return index < ARRAY_SIZE(auths) ? &auths[index] : NULL;
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
	if (e->flags & CM_ALG_AEAD)
		return a->id == CM_AUTH_NONE ? NULL :
			"a combined-mode cipher takes no second integrity algorithm";
	return a->id != CM_AUTH_NONE ? NULL :
		"encryption needs an integrity algorithm beside it";
}

int cm_alg_aead_name(const struct cm_encr *e, const struct cm_auth *a,
		     char *buf, size_t len)
{
	int n;

	if (e->flags & CM_ALG_AEAD)
		n = snprintf(buf, len, "%s", e->crypto);
	else
		n = snprintf(buf, len, "authenc(%s,%s)", a->crypto, e->crypto);
	return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
}

void cm_alg_geom(const struct cm_encr *e, const struct cm_auth *a,
		 u8 outer, u8 udp, struct cm_esp_geom *g)
{
	g->outer = outer;
	g->udp = udp;
	g->iv = e->iv;
	g->block = e->block;
	g->icv = e->flags & CM_ALG_AEAD ? e->icv : a->icv;
}

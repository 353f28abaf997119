// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/crypto/dh.h"
#include "ike-daemon/crypto/internal.h"
#include "tools/lib/secret.h"

/* RFC 2409, 6.1 and 6.2: the groups that OpenSSL has no name for. */
static const uint8_t prime_768[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc9, 0x0f, 0xda, 0xa2, 0x21, 0x68, 0xc2, 0x34,
	0xc4, 0xc6, 0x62, 0x8b, 0x80, 0xdc, 0x1c, 0xd1,
	0x29, 0x02, 0x4e, 0x08, 0x8a, 0x67, 0xcc, 0x74,
	0x02, 0x0b, 0xbe, 0xa6, 0x3b, 0x13, 0x9b, 0x22,
	0x51, 0x4a, 0x08, 0x79, 0x8e, 0x34, 0x04, 0xdd,
	0xef, 0x95, 0x19, 0xb3, 0xcd, 0x3a, 0x43, 0x1b,
	0x30, 0x2b, 0x0a, 0x6d, 0xf2, 0x5f, 0x14, 0x37,
	0x4f, 0xe1, 0x35, 0x6d, 0x6d, 0x51, 0xc2, 0x45,
	0xe4, 0x85, 0xb5, 0x76, 0x62, 0x5e, 0x7e, 0xc6,
	0xf4, 0x4c, 0x42, 0xe9, 0xa6, 0x3a, 0x36, 0x20,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static const uint8_t prime_1024[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc9, 0x0f, 0xda, 0xa2, 0x21, 0x68, 0xc2, 0x34,
	0xc4, 0xc6, 0x62, 0x8b, 0x80, 0xdc, 0x1c, 0xd1,
	0x29, 0x02, 0x4e, 0x08, 0x8a, 0x67, 0xcc, 0x74,
	0x02, 0x0b, 0xbe, 0xa6, 0x3b, 0x13, 0x9b, 0x22,
	0x51, 0x4a, 0x08, 0x79, 0x8e, 0x34, 0x04, 0xdd,
	0xef, 0x95, 0x19, 0xb3, 0xcd, 0x3a, 0x43, 0x1b,
	0x30, 0x2b, 0x0a, 0x6d, 0xf2, 0x5f, 0x14, 0x37,
	0x4f, 0xe1, 0x35, 0x6d, 0x6d, 0x51, 0xc2, 0x45,
	0xe4, 0x85, 0xb5, 0x76, 0x62, 0x5e, 0x7e, 0xc6,
	0xf4, 0x4c, 0x42, 0xe9, 0xa6, 0x37, 0xed, 0x6b,
	0x0b, 0xff, 0x5c, 0xb6, 0xf4, 0x06, 0xb7, 0xed,
	0xee, 0x38, 0x6b, 0xfb, 0x5a, 0x89, 0x9f, 0xa5,
	0xae, 0x9f, 0x24, 0x11, 0x7c, 0x4b, 0x1f, 0xe6,
	0x49, 0x28, 0x66, 0x51, 0xec, 0xe6, 0x53, 0x81,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/*
 * Private values of groups 1 and 2: 256 bits is more than twice the strength of
 * either (RFC 3526, 8) and several times faster than the full length.
 */
#define SHORT_EXPONENT_BITS	256
#define GENERATOR		2

#define NITEMS(a)		(sizeof(a) / sizeof((a)[0]))

struct dh_group {
	unsigned int number;
	bool curve;
	const char *name;		/* OpenSSL's, or NULL: @prime */
	const uint8_t *prime;
	size_t secret_len;		/* of the prime or a coordinate, bytes */
};

static const struct dh_group groups[] = {
	{ 1, false, NULL, prime_768, sizeof(prime_768) },
	{ 2, false, NULL, prime_1024, sizeof(prime_1024) },
	{ 5, false, "modp_1536", NULL, 192 },
	{ 14, false, "modp_2048", NULL, 256 },
	{ 15, false, "modp_3072", NULL, 384 },
	{ 16, false, "modp_4096", NULL, 512 },
	{ 19, true, "P-256", NULL, 32 },
	{ 20, true, "P-384", NULL, 48 },
};

/*
 * Keys without values, by the rows of groups[]: looking a curve up by its name takes
 * longer than copying it.  Like crypto_lib, made once and then only read.
 */
static EVP_PKEY *templates[NITEMS(groups)];

struct crypto_dh {
	const struct dh_group *group;
	EVP_PKEY *key;
	uint8_t public[CRYPTO_DH_MAX];
};

static const struct dh_group *find_group(unsigned int number)
{
	size_t i;

	for (i = 0; i < NITEMS(groups); i++)
		if (groups[i].number == number)
			return &groups[i];
	return NULL;
}

static size_t public_len(const struct dh_group *g)
{
	return g->curve ? 2 * g->secret_len : g->secret_len;
}

bool crypto_dh_supported(unsigned int group)
{
	return find_group(group);
}

size_t crypto_dh_public_len(unsigned int group)
{
	const struct dh_group *g = find_group(group);

	return g ? public_len(g) : 0;
}

size_t crypto_dh_secret_len(unsigned int group)
{
	const struct dh_group *g = find_group(group);

	return g ? g->secret_len : 0;
}

static const char *key_type(const struct dh_group *g)
{
	return g->curve ? "EC" : "DH";
}

/* The group's own parameters, by name or by prime and generator. */
static bool push_group(OSSL_PARAM_BLD *bld, const struct dh_group *g,
		       BIGNUM **prime)
{
	if (g->name)
		return OSSL_PARAM_BLD_push_utf8_string(bld,
				OSSL_PKEY_PARAM_GROUP_NAME, g->name, 0);
	*prime = BN_bin2bn(g->prime, (int)g->secret_len, NULL);
	return *prime &&
	       OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, *prime) &&
	       OSSL_PARAM_BLD_push_uint(bld, OSSL_PKEY_PARAM_FFC_G, GENERATOR);
}

/* A key of what @params has of @selection: -EKEYREJECTED when the library refuses it. */
static int import(const struct dh_group *g, int selection, OSSL_PARAM *params,
		  EVP_PKEY **out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(crypto_lib.ctx,
						       key_type(g), NULL);
	int ret = -EKEYREJECTED;

	*out = NULL;
	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, out, selection, params) == 1)
		ret = 0;
	EVP_PKEY_CTX_free(ctx);
	return crypto_lib_error(ret);
}

static int make_template(const struct dh_group *g, EVP_PKEY **out)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	BIGNUM *prime = NULL;
	int ret = -ENOMEM;

	if (bld && push_group(bld, g, &prime))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params)
		ret = import(g, EVP_PKEY_KEY_PARAMETERS, params, out);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(prime);
	return crypto_lib_error(ret);
}

int crypto_dh_init(void)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < NITEMS(groups) && !ret; i++)
		ret = make_template(&groups[i], &templates[i]);
	return ret;
}

void crypto_dh_exit(void)
{
	size_t i;

	for (i = 0; i < NITEMS(groups); i++) {
		EVP_PKEY_free(templates[i]);
		templates[i] = NULL;
	}
}

/* For groups that the library knows by name it chooses the length itself. */
static bool limit_exponent(EVP_PKEY_CTX *ctx, const struct dh_group *g)
{
	int bits = SHORT_EXPONENT_BITS;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN, &bits),
		OSSL_PARAM_construct_end(),
	};

	return g->name || EVP_PKEY_CTX_set_params(ctx, params) == 1;
}

static int generate(const struct dh_group *g, EVP_PKEY **out)
{
	EVP_PKEY_CTX *ctx;
	int ret = -EIO;

	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_lib.ctx, templates[g - groups],
					 NULL);
	if (ctx && EVP_PKEY_keygen_init(ctx) == 1 && limit_exponent(ctx, g) &&
	    EVP_PKEY_generate(ctx, out) == 1)
		ret = 0;
	EVP_PKEY_CTX_free(ctx);
	return crypto_lib_error(ret);
}

/* The public value as IKE sends it, padded to the group's length. */
static int export_public(struct crypto_dh *dh)
{
	const struct dh_group *g = dh->group;
	uint8_t encoded[1 + CRYPTO_DH_MAX];
	size_t len, skip = g->curve ? 1 : 0;

	if (EVP_PKEY_get_octet_string_param(dh->key,
					    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
					    encoded, sizeof(encoded), &len) != 1 ||
	    len != skip + public_len(g))
		return crypto_lib_error(-EIO);
	memcpy(dh->public, encoded + skip, public_len(g));
	return 0;
}

static int new_dh(unsigned int group, struct crypto_dh **out)
{
	const struct dh_group *g = find_group(group);

	*out = NULL;
	if (!g)
		return -ENOTSUP;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->group = g;
	return 0;
}

/* Free on failure, so that callers see either an object or NULL. */
static int finish_dh(struct crypto_dh **out, int ret)
{
	if (!ret)
		ret = export_public(*out);
	if (ret) {
		crypto_dh_free(*out);
		*out = NULL;
	}
	return ret;
}

int crypto_dh_new(unsigned int group, struct crypto_dh **out)
{
	int ret = new_dh(group, out);

	if (ret)
		return ret;
	return finish_dh(out, generate((*out)->group, &(*out)->key));
}

void crypto_dh_free(struct crypto_dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	secret_wipe(dh, sizeof(*dh));
	free(dh);
}

unsigned int crypto_dh_group(const struct crypto_dh *dh)
{
	return dh->group->number;
}

const uint8_t *crypto_dh_public(const struct crypto_dh *dh)
{
	return dh->public;
}

/*
 * 1 < y < p - 1.  All primes here are safe ones, (p - 1) / 2 being prime too, so
 * that this leaves no small subgroup (SP 800-56A, 5.6.2.3.2).
 */
static int check_range(const struct crypto_dh *dh, const uint8_t *peer,
		       size_t len)
{
	BIGNUM *y = BN_bin2bn(peer, (int)len, NULL), *p = NULL;
	int ret = -EIO;

	if (!y || EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_FFC_P,
					&p) != 1 || !BN_sub_word(p, 1))
		goto out;
	ret = BN_is_zero(y) || BN_is_one(y) || BN_cmp(y, p) >= 0 ?
	      -EKEYREJECTED : 0;
out:
	BN_free(p);
	BN_free(y);
	return crypto_lib_error(ret);
}

/*
 * The library refuses what is no point of the curve, and a point has no other encoding
 * of this length; the range of numbers is ours to check.
 */
static int import_peer(const struct crypto_dh *dh, const uint8_t *peer,
		       size_t len, EVP_PKEY **out)
{
	const struct dh_group *g = dh->group;
	uint8_t point[1 + CRYPTO_DH_MAX] = { POINT_CONVERSION_UNCOMPRESSED };
	size_t skip = g->curve ? 0 : 1;
	int ret = 0;

	*out = NULL;
	if (len != public_len(g))
		return -EKEYREJECTED;
	if (!g->curve)
		ret = check_range(dh, peer, len);
	if (ret)
		return ret;
	*out = EVP_PKEY_dup(templates[g - groups]);
	if (!*out)
		return crypto_lib_error(-ENOMEM);
	memcpy(point + 1, peer, len);
	if (EVP_PKEY_set1_encoded_public_key(*out, point + skip,
					     1 + len - skip) == 1)
		return 0;
	EVP_PKEY_free(*out);
	*out = NULL;
	return crypto_lib_error(-EKEYREJECTED);
}

int crypto_dh_shared(const struct crypto_dh *dh, const uint8_t *peer,
		     size_t len, uint8_t *out)
{
	const struct dh_group *g = dh->group;
	size_t out_len = g->secret_len;
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *peer_key;
	int ret;

	ret = import_peer(dh, peer, len, &peer_key);
	if (ret)
		return ret;
	ret = -EIO;
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_lib.ctx, dh->key, NULL);
	if (!ctx || EVP_PKEY_derive_init(ctx) != 1)
		goto out;
	if (!g->curve && EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1)
		goto out;
	/*
	 * import_peer() has validated the value.  The library's own check would
	 * raise it to the group's order, which costs several times the rest and
	 * adds nothing for safe primes and curves of prime order.
	 */
	if (EVP_PKEY_derive_set_peer_ex(ctx, peer_key, 0) != 1)
		goto out;
	if (EVP_PKEY_derive(ctx, out, &out_len) == 1 &&
	    out_len == g->secret_len)
		ret = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer_key);
	return crypto_lib_error(ret);
}

#ifdef UNIT_TEST
/* Without memory the import fails. */
int crypto_dh_from_pair(unsigned int group, const uint8_t *priv,
			size_t priv_len, const uint8_t *pub,
			struct crypto_dh **out)
{
	uint8_t point[1 + CRYPTO_DH_MAX] = { POINT_CONVERSION_UNCOMPRESSED };
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *x = BN_bin2bn(priv, (int)priv_len, NULL);
	BIGNUM *prime = NULL, *y = NULL;
	OSSL_PARAM *params;
	int ret = new_dh(group, out);
	size_t len;

	if (ret)
		return ret;
	len = public_len((*out)->group);
	memcpy(point + 1, pub, len);
	push_group(bld, (*out)->group, &prime);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, x);
	if ((*out)->group->curve) {
		OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
						 point, 1 + len);
	} else {
		y = BN_bin2bn(pub, (int)len, NULL);
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, y);
	}
	params = OSSL_PARAM_BLD_to_param(bld);
	ret = import((*out)->group, EVP_PKEY_KEYPAIR, params, &(*out)->key);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(prime);
	BN_free(y);
	BN_clear_free(x);
	return finish_dh(out, ret);
}
#endif

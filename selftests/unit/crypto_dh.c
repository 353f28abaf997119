// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Diffie-Hellman groups: published vectors (RFC 5903, section 8), integer
 * arithmetic of gen_ikev1_vectors.py with primes from the RFCs' formulas, the
 * refusal of bad public values, and use from several threads at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <pthread.h>

#include <cmocka.h>

#include "hex.h"
#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/crypto/dh.h"

struct modp_vector {
	unsigned int group;
	const char *prime, *x, *gx, *y, *gy, *gxy;
};

#include "modp_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const unsigned int groups[] = { 1, 2, 5, 14, 15, 16, 19, 20 };

/* RFC 5903, 8.1 and 8.2 */
static const struct {
	unsigned int group;
	const char *i, *gi, *r, *gr, *secret;
} ecp_vectors[] = {
	{ 19,
	  "C88F01F5 10D9AC3F 70A292DA A2316DE5 44E9AAB8 AFE84049 C62A9C57 862D1433",
	  "DAD0B653 94221CF9 B051E1FE CA5787D0 98DFE637 FC90B9EF 945D0C37 72581180 "
	  "5271A046 1CDB8252 D61F1C45 6FA3E59A B1F45B33 ACCF5F58 389E0577 B8990BB3",
	  "C6EF9C5D 78AE012A 011164AC B397CE20 88685D8F 06BF9BE0 B283AB46 476BEE53",
	  "D12DFB52 89C8D4F8 1208B702 70398C34 2296970A 0BCCB74C 736FC755 4494BF63 "
	  "56FBF3CA 366CC23E 8157854C 13C58D6A AC23F046 ADA30F83 53E74F33 039872AB",
	  "D6840F6B 42F6EDAF D13116E0 E1256520 2FEF8E9E CE7DCE03 812464D0 4B9442DE",
	},
	{ 20,
	  "099F3C70 34D4A2C6 99884D73 A375A67F 7624EF7C 6B3C0F16 0647B674 "
	  "14DCE655 E35B5380 41E649EE 3FAEF896 783AB194",
	  "667842D7 D180AC2C DE6F74F3 7551F557 55C7645C 20EF73E3 1634FE72 "
	  "B4C55EE6 DE3AC808 ACB4BDB4 C88732AE E95F41AA "
	  "9482ED1F C0EEB9CA FC498462 5CCFC23F 65032149 E0E144AD A0241815 "
	  "35A0F38E EB9FCFF3 C2C947DA E69B4C63 4573A81C",
	  "41CB0779 B4BDB85D 47846725 FBEC3C94 30FAB46C C8DC5060 855CC9BD "
	  "A0AA2942 E0308312 916B8ED2 960E4BD5 5A7448FC",
	  "E558DBEF 53EECDE3 D3FCCFC1 AEA08A89 A987475D 12FD950D 83CFA417 "
	  "32BC509D 0D1AC43A 0336DEF9 6FDA41D0 774A3571 "
	  "DCFBEC7A ACF31964 72169E83 8430367F 66EEBE3C 6E70C416 DD5F0C68 "
	  "759DD1FF F83FA401 42209DFF 5EAAD96D B9E6386C",
	  "11187331 C279962D 93D60424 3FD592CB 9D0A926F 422E4718 7521287E "
	  "7156C5C4 D6031355 69B9E9D0 9CF5D4A2 70F59746",
	},
};

/* One side computes the secret from its pair and the other's public value. */
static void check_secret(unsigned int group, const char *priv, const char *pub,
			 const char *peer, const char *secret)
{
	size_t priv_len, pub_len, peer_len, secret_len;
	uint8_t *a = hex_bytes(priv, &priv_len), *b = hex_bytes(pub, &pub_len);
	uint8_t *c = hex_bytes(peer, &peer_len);
	uint8_t *want = hex_bytes(secret, &secret_len);
	uint8_t out[CRYPTO_DH_MAX];
	struct crypto_dh *dh;

	assert_int_equal(pub_len, crypto_dh_public_len(group));
	assert_int_equal(secret_len, crypto_dh_secret_len(group));
	assert_int_equal(crypto_dh_from_pair(group, a, priv_len, b, &dh), 0);
	assert_memory_equal(crypto_dh_public(dh), b, pub_len);
	assert_int_equal(crypto_dh_shared(dh, c, peer_len, out), 0);
	assert_memory_equal(out, want, secret_len);
	crypto_dh_free(dh);
	free(a);
	free(b);
	free(c);
	free(want);
}

static void test_ecp_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ecp_vectors); i++) {
		check_secret(ecp_vectors[i].group, ecp_vectors[i].i,
			     ecp_vectors[i].gi, ecp_vectors[i].gr,
			     ecp_vectors[i].secret);
		check_secret(ecp_vectors[i].group, ecp_vectors[i].r,
			     ecp_vectors[i].gr, ecp_vectors[i].gi,
			     ecp_vectors[i].secret);
	}
}

/* The secrets of these vectors begin with a zero byte. */
static void test_modp_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(modp_vectors); i++) {
		const struct modp_vector *v = &modp_vectors[i];

		assert_memory_equal(v->gxy, "00", 2);
		check_secret(v->group, v->x, v->gx, v->gy, v->gxy);
		check_secret(v->group, v->y, v->gy, v->gx, v->gxy);
	}
}

/* Two fresh sides agree; the lengths are the group's. */
static void test_agreement(void **state)
{
	uint8_t out_a[CRYPTO_DH_MAX], out_b[CRYPTO_DH_MAX];
	struct crypto_dh *a, *b;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(groups); i++) {
		assert_true(crypto_dh_supported(groups[i]));
		assert_int_equal(crypto_dh_new(groups[i], &a), 0);
		assert_int_equal(crypto_dh_new(groups[i], &b), 0);
		assert_int_equal(crypto_dh_group(a), groups[i]);
		len = crypto_dh_public_len(groups[i]);
		assert_memory_not_equal(crypto_dh_public(a),
					crypto_dh_public(b), len);
		assert_int_equal(crypto_dh_shared(a, crypto_dh_public(b), len,
						  out_a), 0);
		assert_int_equal(crypto_dh_shared(b, crypto_dh_public(a), len,
						  out_b), 0);
		assert_memory_equal(out_a, out_b,
				    crypto_dh_secret_len(groups[i]));
		crypto_dh_free(a);
		crypto_dh_free(b);
	}
	crypto_dh_free(NULL);
}

static void test_unknown_group(void **state)
{
	struct crypto_dh *dh;

	(void)state;
	assert_false(crypto_dh_supported(3));
	assert_int_equal(crypto_dh_public_len(17), 0);
	assert_int_equal(crypto_dh_secret_len(0), 0);
	assert_int_equal(crypto_dh_new(3, &dh), -ENOTSUP);
	assert_null(dh);
}

static void refuse(const struct crypto_dh *dh, const uint8_t *peer, size_t len)
{
	uint8_t out[CRYPTO_DH_MAX];

	assert_int_equal(crypto_dh_shared(dh, peer, len, out), -EKEYREJECTED);
}

/* 0, 1, p-1, p, p+1 and all ones are refused; 2 and p-2 are the limits. */
static void test_modp_range(void **state)
{
	uint8_t peer[CRYPTO_DH_MAX], out[CRYPTO_DH_MAX], *p;
	struct crypto_dh *dh;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(modp_vectors); i++) {
		p = hex_bytes(modp_vectors[i].prime, &len);
		assert_int_equal(crypto_dh_new(modp_vectors[i].group, &dh), 0);
		memset(peer, 0, len);
		refuse(dh, peer, len);
		peer[len - 1] = 1;
		refuse(dh, peer, len);
		peer[len - 1] = 2;
		assert_int_equal(crypto_dh_shared(dh, peer, len, out), 0);
		/* p ends in ff, so that only its last byte changes. */
		memcpy(peer, p, len);
		assert_int_equal(p[len - 1], 0xff);
		refuse(dh, peer, len);
		peer[len - 1] = 0xfe;
		refuse(dh, peer, len);
		peer[len - 1] = 0xfd;
		assert_int_equal(crypto_dh_shared(dh, peer, len, out), 0);
		memset(peer, 0xff, len);
		refuse(dh, peer, len);
		/* A value of the wrong length, though it may be in range. */
		refuse(dh, p, len - 1);
		memset(peer, 0, sizeof(peer));
		peer[0] = 2;
		refuse(dh, peer, len + 1 > CRYPTO_DH_MAX ? len - 2 : len + 1);
		refuse(dh, peer, 0);
		crypto_dh_free(dh);
		free(p);
	}
}

static void test_point_off_curve(void **state)
{
	uint8_t point[1 + 2 * 48], *good;
	struct crypto_dh *dh;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(ecp_vectors); i++) {
		good = hex_bytes(ecp_vectors[i].gi, &len);
		assert_int_equal(crypto_dh_new(ecp_vectors[i].group, &dh), 0);
		memcpy(point, good, len);
		point[len - 1] ^= 1;
		refuse(dh, point, len);
		memset(point, 0, sizeof(point));
		refuse(dh, point, len);
		memset(point, 0xff, sizeof(point));
		refuse(dh, point, len);
		/* x alone, and with the leading 4 of other protocols */
		refuse(dh, good, len / 2);
		point[0] = 4;
		memcpy(point + 1, good, len);
		refuse(dh, point, len + 1);
		crypto_dh_free(dh);
		free(good);
	}
}

static void *worker(void *arg)
{
	static const unsigned int quick[] = { 2, 19, 5, 20 };
	uint8_t out_a[CRYPTO_DH_MAX], out_b[CRYPTO_DH_MAX], hash[20];
	struct crypto_dh *a = NULL, *b = NULL;
	unsigned int *failures = arg, group, i;
	struct crypto_chunk in;
	size_t len;

	for (i = 0; i < 12; i++) {
		group = quick[i % COUNT(quick)];
		len = crypto_dh_public_len(group);
		if (crypto_dh_new(group, &a) || crypto_dh_new(group, &b) ||
		    crypto_dh_shared(a, crypto_dh_public(b), len, out_a) ||
		    crypto_dh_shared(b, crypto_dh_public(a), len, out_b) ||
		    memcmp(out_a, out_b, crypto_dh_secret_len(group)))
			++*failures;
		in = CRYPTO_CHUNK(out_a, len);
		if (crypto_hmac(CRYPTO_SHA1, "key", 3, &in, 1, hash))
			++*failures;
		crypto_dh_free(a);
		crypto_dh_free(b);
	}
	return NULL;
}

static void test_threads(void **state)
{
	unsigned int failures[4] = { 0 }, i;
	pthread_t thread[4];

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, worker,
						&failures[i]), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(failures[i], 0);
	}
}

static int set_up(void **state)
{
	(void)state;
	return crypto_init(NULL);
}

static int tear_down(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ecp_vectors),
		cmocka_unit_test(test_modp_vectors),
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_unknown_group),
		cmocka_unit_test(test_modp_range),
		cmocka_unit_test(test_point_off_curve),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

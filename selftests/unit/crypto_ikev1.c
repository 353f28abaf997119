// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKEv1 key derivation against gen_ikev1_vectors.py, which computes the formulas
 * of RFC 2409 with Python's hmac and hashlib.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>

#include <cmocka.h>

#include "hex.h"
#include "ike-daemon/crypto/ikev1_kdf.h"
#include "ike-daemon/wire/vendor.h"
#include "tools/lib/secret.h"

struct ikev1_vector {
	enum crypto_hash hash;
	const char *psk, *ni, *nr, *gxi, *gxr, *gxy, *cky_i, *cky_r;
	const char *sa, *idi, *idr;
	const char *skeyid, *skeyid_d, *skeyid_a, *skeyid_e;
	const char *hash_i, *hash_r;
	uint32_t msgid;
	const char *rest, *hash1, *hash2, *hash3, *spi, *gqm;
	const char *keymat, *keymat_pfs, *last, *nat_d;
	struct {
		enum crypto_cipher cipher;
		const char *key, *iv1, *iv2;
	} ciphers[5];
};

#include "ikev1_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* All chunks of one vector; freed together. */
struct set {
	struct crypto_chunk chunk[32];
	unsigned int n;
};

static struct crypto_chunk chunk(struct set *set, const char *hex)
{
	struct crypto_chunk *c = &set->chunk[set->n++];

	c->data = hex_bytes(hex, &c->len);
	return *c;
}

static void free_set(struct set *set)
{
	while (set->n)
		free((void *)set->chunk[--set->n].data);
}

static void expect(const void *got, const char *hex)
{
	size_t len;
	uint8_t *want = hex_bytes(hex, &len);

	assert_memory_equal(got, want, len);
	free(want);
}

static void derive(struct set *s, const struct ikev1_vector *v,
		   struct ikev1_keys *k)
{
	assert_int_equal(ikev1_skeyid_psk(k, v->hash, chunk(s, v->psk),
					  chunk(s, v->ni), chunk(s, v->nr)),
			 0);
	assert_int_equal(ikev1_skeyid_dae(k, chunk(s, v->gxy),
					  chunk(s, v->cky_i).data,
					  chunk(s, v->cky_r).data), 0);
}

static void test_skeyid(void **state)
{
	static const uint8_t zero[sizeof(struct ikev1_keys)];
	struct set s = { .n = 0 };
	struct ikev1_keys k;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];

		derive(&s, v, &k);
		assert_int_equal(k.len, crypto_hash_len(v->hash));
		assert_int_equal(strlen(v->skeyid), 2 * k.len);
		expect(k.skeyid, v->skeyid);
		expect(k.skeyid_d, v->skeyid_d);
		expect(k.skeyid_a, v->skeyid_a);
		expect(k.skeyid_e, v->skeyid_e);
		ikev1_keys_wipe(&k);
		assert_memory_equal(&k, zero, sizeof(k));
		free_set(&s);
	}
}

static void test_auth_hashes(void **state)
{
	struct set s = { .n = 0 };
	uint8_t out[CRYPTO_HASH_MAX];
	struct ikev1_keys k;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];
		struct ikev1_auth init, resp;

		derive(&s, v, &k);
		init = (struct ikev1_auth){
			.own_public = chunk(&s, v->gxi),
			.peer_public = chunk(&s, v->gxr),
			.own_cookie = chunk(&s, v->cky_i).data,
			.peer_cookie = chunk(&s, v->cky_r).data,
			.sai_b = chunk(&s, v->sa),
			.own_id_b = chunk(&s, v->idi),
		};
		resp = (struct ikev1_auth){
			.own_public = init.peer_public,
			.peer_public = init.own_public,
			.own_cookie = init.peer_cookie,
			.peer_cookie = init.own_cookie,
			.sai_b = init.sai_b,
			.own_id_b = chunk(&s, v->idr),
		};
		assert_int_equal(ikev1_hash_auth(&k, &init, out), 0);
		expect(out, v->hash_i);
		assert_int_equal(ikev1_hash_auth(&k, &resp, out), 0);
		expect(out, v->hash_r);
		free_set(&s);
	}
}

static void test_message_hashes(void **state)
{
	struct set s = { .n = 0 };
	uint8_t out[CRYPTO_HASH_MAX];
	struct ikev1_keys k;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];
		struct crypto_chunk rest = chunk(&s, v->rest);
		struct crypto_chunk ni = chunk(&s, v->ni);
		struct crypto_chunk nr = chunk(&s, v->nr);

		derive(&s, v, &k);
		ikev1_hash_1(&k, v->msgid, rest, out);
		expect(out, v->hash1);
		ikev1_hash_2(&k, v->msgid, ni, rest, out);
		expect(out, v->hash2);
		ikev1_hash_3(&k, v->msgid, ni, nr, out);
		expect(out, v->hash3);
		free_set(&s);
	}
}

static void test_keymat(void **state)
{
	struct set s = { .n = 0 };
	struct ikev1_keymat in;
	struct ikev1_keys k;
	uint8_t out[97];
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];

		derive(&s, v, &k);
		in = (struct ikev1_keymat){ .protocol = 3,
					    .ni = chunk(&s, v->ni),
					    .nr = chunk(&s, v->nr) };
		memcpy(in.spi, chunk(&s, v->spi).data, 4);
		/* Every length: a shorter one is the beginning of a longer. */
		for (len = 0; len <= 96; len++) {
			char cut[193];

			snprintf(cut, sizeof(cut), "%.*s", (int)(2 * len),
				 v->keymat);
			memset(out, 0xee, sizeof(out));
			assert_int_equal(ikev1_keymat(&k, &in, out, len), 0);
			expect(out, cut);
			assert_int_equal(out[len], 0xee);
		}
		in.gxy = chunk(&s, v->gqm);
		assert_int_equal(ikev1_keymat(&k, &in, out, 72), 0);
		expect(out, v->keymat_pfs);
		free_set(&s);
	}
}

static void test_cipher_keys(void **state)
{
	uint8_t key[CRYPTO_KEY_MAX], iv[CRYPTO_BLOCK_MAX];
	struct set s = { .n = 0 };
	struct ikev1_keys k;
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];
		struct crypto_chunk gxi = chunk(&s, v->gxi);
		struct crypto_chunk gxr = chunk(&s, v->gxr);
		struct crypto_chunk last = chunk(&s, v->last);

		derive(&s, v, &k);
		for (j = 0; j < COUNT(v->ciphers); j++) {
			enum crypto_cipher c = v->ciphers[j].cipher;

			assert_int_equal(strlen(v->ciphers[j].key),
					 2 * crypto_cipher_key_len(c));
			assert_int_equal(ikev1_cipher_key(&k, c, key), 0);
			expect(key, v->ciphers[j].key);
			assert_int_equal(ikev1_iv_phase1(v->hash, c, gxi, gxr,
							 iv), 0);
			expect(iv, v->ciphers[j].iv1);
			assert_int_equal(ikev1_iv_message(v->hash, c,
							  last.data, v->msgid,
							  iv), 0);
			expect(iv, v->ciphers[j].iv2);
		}
		free_set(&s);
	}
}

/* RFC 2409, appendix B: weak keys of DES are passed over, whatever the parity. */
static void test_weak_des_keys(void **state)
{
	struct ikev1_keys k = { .hash = CRYPTO_SHA256, .len = 32 };
	uint8_t key[8];

	(void)state;
	memcpy(k.skeyid_e,
	       "\x01\xff\x00\xfe\x01\xfe\x01\xfe"	/* semi-weak */
	       "\x1e\x1f\x1f\x1f\x0e\x0e\x0f\x0e"	/* weak */
	       "\x01\xfe\x01\xfe\x01\xfe\x01\xfc"	/* neither */
	       "\x01\x02\x03\x04\x05\x06\x07\x08", 32);
	assert_int_equal(ikev1_cipher_key(&k, CRYPTO_DES_CBC, key), 0);
	assert_memory_equal(key, k.skeyid_e + 16, 8);
	memset(k.skeyid_e, 0, sizeof(k.skeyid_e));
	assert_int_equal(ikev1_cipher_key(&k, CRYPTO_DES_CBC, key),
			 -EKEYREJECTED);
	assert_int_equal(ikev1_cipher_key(&k, CRYPTO_CIPHER_NONE, key),
			 -EINVAL);
}

static void test_nat_d(void **state)
{
	struct set s = { .n = 0 };
	uint8_t out[CRYPTO_HASH_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ikev1_vectors); i++) {
		const struct ikev1_vector *v = &ikev1_vectors[i];

		assert_int_equal(ikev1_nat_d(v->hash, chunk(&s, v->cky_i).data,
					     chunk(&s, v->cky_r).data,
					     (const uint8_t *)"\xc0\0\2\1", 4,
					     500, out), 0);
		expect(out, v->nat_d);
		free_set(&s);
	}
}

/* Vendor IDs are MD5 sums of these texts, cut where their length says so. */
static void test_vendor_ids(void **state)
{
	static const struct {
		enum isakmp_vendor vendor;
		const char *text;
	} ids[] = {
		{ ISAKMP_VENDOR_NATT_RFC, "RFC 3947" },
		{ ISAKMP_VENDOR_NATT_03, "draft-ietf-ipsec-nat-t-ike-03" },
		{ ISAKMP_VENDOR_NATT_02N, "draft-ietf-ipsec-nat-t-ike-02\n" },
		{ ISAKMP_VENDOR_NATT_02, "draft-ietf-ipsec-nat-t-ike-02" },
		{ ISAKMP_VENDOR_NATT_00, "draft-ietf-ipsec-nat-t-ike-00" },
		{ ISAKMP_VENDOR_XAUTH, "draft-ietf-ipsra-isakmp-xauth-06.txt" },
		{ ISAKMP_VENDOR_UNITY, "CISCO-UNITY" },
		{ ISAKMP_VENDOR_FRAGMENTATION, "FRAGMENTATION" },
		{ ISAKMP_VENDOR_STRONGSWAN, "strongSwan" },
		{ ISAKMP_VENDOR_MS_NT5, "MS NT5 ISAKMPOAKLEY" },
		{ ISAKMP_VENDOR_MS_NEGOTIATION,
		  "MS-Negotiation Discovery Capable" },
		{ ISAKMP_VENDOR_MS_INITIAL_CONTACT, "Vid-Initial-Contact" },
		{ ISAKMP_VENDOR_MS_CGA, "IKE CGA version 1" },
	};
	const uint8_t *bytes;
	struct crypto_chunk in;
	uint8_t md5[16];
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(ids); i++) {
		in = CRYPTO_CHUNK(ids[i].text, strlen(ids[i].text));
		assert_int_equal(crypto_hash(CRYPTO_MD5, &in, 1, md5), 0);
		bytes = isakmp_vendor_bytes(ids[i].vendor, &len);
		/* Unity ends in a version. */
		if (ids[i].vendor == ISAKMP_VENDOR_UNITY)
			len -= 2;
		/* Capabilities follow. */
		if (ids[i].vendor == ISAKMP_VENDOR_FRAGMENTATION)
			len = 16;
		assert_memory_equal(bytes, md5, len);
		assert_int_equal(isakmp_vendor_lookup(md5, 16), ids[i].vendor);
		assert_int_equal(isakmp_vendor_lookup(md5, len - 1),
				 ISAKMP_VENDOR_UNKNOWN);
	}
	assert_null(isakmp_vendor_bytes(ISAKMP_VENDOR_UNKNOWN, &len));
	assert_string_equal(isakmp_vendor_name(ISAKMP_VENDOR_DPD),
			    "Dead Peer Detection (RFC 3706)");
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
		cmocka_unit_test(test_skeyid),
		cmocka_unit_test(test_auth_hashes),
		cmocka_unit_test(test_message_hashes),
		cmocka_unit_test(test_keymat),
		cmocka_unit_test(test_cipher_keys),
		cmocka_unit_test(test_weak_des_keys),
		cmocka_unit_test(test_nat_d),
		cmocka_unit_test(test_vendor_ids),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

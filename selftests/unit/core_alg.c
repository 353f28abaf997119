// SPDX-License-Identifier: GPL-2.0-or-later
/* The algorithm table and the list of drop reasons, against themselves. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>
#include <linux/kernel.h>

#include "kmod/core/alg.h"
#include "kmod/core/reason.h"

static void encr_table(void **state)
{
	const struct cm_encr *e, *other;
	unsigned int i, j;

	(void)state;
	for (i = 0; (e = cm_encr_at(i)); i++) {
		assert_ptr_equal(cm_encr_find(e->id), e);
		assert_int_equal(cm_encr_index(e), i);
		assert_true(e->block >= 1 && !(e->block & (e->block - 1)));
		assert_true(e->crypto[0] && e->show[0]);
		assert_int_equal(strncmp(e->ios, "esp-", 4), 0);
		assert_true(strlen(e->crypto) < CM_ALG_NAME_MAX);
		/* Only a combined mode has an ICV of its own. */
		assert_int_equal(!!(e->flags & CM_ALG_AEAD), e->icv != 0);
		/* A counter mode builds its nonce from a salt. */
		assert_int_equal(!!(e->flags & CM_ALG_COUNTER), e->salt != 0);
		for (j = 0; j < ARRAY_SIZE(e->keys) && e->keys[j]; j++) {
			assert_true(e->keys[j] <= CM_ALG_KEY_MAX);
			assert_true(cm_encr_key_ok(e, e->keys[j]));
			assert_false(cm_encr_key_ok(e, e->keys[j] + 1));
			assert_true(j == 0 || e->keys[j] > e->keys[j - 1]);
		}
		assert_true(j < ARRAY_SIZE(e->keys));	/* the zero at the end */
		assert_int_equal(cm_encr_key_ok(e, 0), j == 0);
		for (j = 0; j < i; j++) {
			other = cm_encr_at(j);
			assert_int_not_equal(other->id, e->id);
			assert_string_not_equal(other->ios, e->ios);
			assert_string_not_equal(other->show, e->show);
		}
	}
	assert_int_equal(i, CM_ENCR_COUNT);
	assert_null(cm_encr_find(0));
	assert_null(cm_encr_find(17));
	assert_null(cm_encr_find(0xffff));
}

static void auth_table(void **state)
{
	const struct cm_auth *a, *other;
	unsigned int i, j;

	(void)state;
	for (i = 0; (a = cm_auth_at(i)); i++) {
		assert_ptr_equal(cm_auth_find(a->id), a);
		assert_int_equal(cm_auth_index(a), i);
		assert_true(a->key <= CM_ALG_AUTH_KEY_MAX);
		assert_true(a->icv <= a->digest);
		if (a->id != CM_AUTH_NONE)
			assert_true(a->icv >= 12 && a->crypto[0]);
		for (j = 0; j < i; j++) {
			other = cm_auth_at(j);
			assert_int_not_equal(other->id, a->id);
			assert_string_not_equal(other->ios, a->ios);
			assert_string_not_equal(other->show, a->show);
		}
	}
	assert_int_equal(i, 9);
	assert_null(cm_auth_find(3));
}

/* Does "... is 20, 28 or 36 bytes ..." say @len? */
static bool says(const char *text, u32 len)
{
	const char *end = strstr(text, " bytes"), *p = strstr(text, " is ");
	char *next;

	assert_true(p && end && p < end);
	for (p += 4; p < end; p = next) {
		if (strtoul(p, &next, 10) == len)
			return true;
		next += strcspn(next, "0123456789");
	}
	return false;
}

/* Refusals name the algorithm, and the lengths that are taken, and no others. */
static void refusals(void **state)
{
	const struct cm_encr *e;
	const struct cm_auth *a;
	unsigned int i;
	bool taken;
	u32 len;

	(void)state;
	for (i = 0; (e = cm_encr_at(i)); i++) {
		assert_int_equal(strncmp(e->pair_text, e->show, strlen(e->show)), 0);
		assert_non_null(strstr(e->key_text, e->show));
		for (len = 0; len < 128; len++) {
			taken = len >= e->salt && cm_encr_key_ok(e, len - e->salt);
			assert_int_equal(taken, says(e->key_text, len));
		}
	}
	for (i = 1; (a = cm_auth_at(i)); i++) {
		assert_non_null(strstr(a->key_text, a->show));
		for (len = 0; len < 128; len++)
			assert_int_equal(len == a->key, says(a->key_text, len));
	}
	assert_int_equal(cm_auth_at(0)->id, CM_AUTH_NONE);
	assert_non_null(strstr(cm_auth_at(0)->key_text, "SA_AUTH"));
}

static void published_lengths(void **state)
{
	static const struct {
		u16 id;
		u8 icv, key;
	} rows[] = {
		{ CM_AUTH_HMAC_MD5_96, 12, 16 },	/* RFC 2403 */
		{ CM_AUTH_HMAC_SHA1_96, 12, 20 },	/* RFC 2404 */
		{ CM_AUTH_AES_XCBC_96, 12, 16 },	/* RFC 3566 */
		{ CM_AUTH_AES_CMAC_96, 12, 16 },	/* RFC 4494 */
		{ CM_AUTH_HMAC_SHA2_256_128, 16, 32 },	/* RFC 4868 */
		{ CM_AUTH_HMAC_SHA2_384_192, 24, 48 },
		{ CM_AUTH_HMAC_SHA2_512_256, 32, 64 },
		{ CM_AUTH_HMAC_SHA2_256_96, 12, 32 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(cm_auth_find(rows[i].id)->icv, rows[i].icv);
		assert_int_equal(cm_auth_find(rows[i].id)->key, rows[i].key);
	}
	assert_int_equal(cm_encr_find(CM_ENCR_AES_CBC)->salt, 0);
	assert_int_equal(cm_encr_find(CM_ENCR_AES_CBC)->iv, 16);
	assert_int_equal(cm_encr_find(CM_ENCR_3DES)->iv, 8);
}

/* The counter modes: nonce, IV, ICV, and the rows' names in the kernel. */
static void published_nonces(void **state)
{
	static const struct {
		u16 id;
		u8 salt, icv, first_key;
		const char *crypto;
	} rows[] = {
		{ CM_ENCR_AES_CTR, 4, 0, 16, "rfc3686(ctr(aes))" },	/* RFC 3686 */
		{ CM_ENCR_AES_CCM_8, 3, 8, 16, "rfc4309(ccm(aes))" },	/* RFC 4309 */
		{ CM_ENCR_AES_CCM_12, 3, 12, 16, "rfc4309(ccm(aes))" },
		{ CM_ENCR_AES_CCM_16, 3, 16, 16, "rfc4309(ccm(aes))" },
		{ CM_ENCR_AES_GCM_8, 4, 8, 16, "rfc4106(gcm(aes))" },	/* RFC 4106 */
		{ CM_ENCR_AES_GCM_12, 4, 12, 16, "rfc4106(gcm(aes))" },
		{ CM_ENCR_AES_GCM_16, 4, 16, 16, "rfc4106(gcm(aes))" },
		{ CM_ENCR_NULL_AUTH_AES_GMAC, 4, 16, 16,		/* RFC 4543 */
		  "rfc4543(gcm(aes))" },
		{ CM_ENCR_CHACHA20_POLY1305, 4, 16, 32,			/* RFC 7634 */
		  "rfc7539esp(chacha20,poly1305)" },
	};
	const struct cm_encr *e;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		e = cm_encr_find(rows[i].id);
		assert_int_equal(e->salt, rows[i].salt);
		assert_int_equal(e->icv, rows[i].icv);
		assert_int_equal(e->keys[0], rows[i].first_key);
		assert_string_equal(e->crypto, rows[i].crypto);
		/* the sequence number is the IV, and ESP alone pads: to 4 */
		assert_int_equal(e->iv, sizeof(u64));
		assert_int_equal(e->block, 1);
		assert_true(e->flags & CM_ALG_COUNTER);
	}
	/* GMAC hides nothing, and NULL neither; all others do. */
	for (i = 0; (e = cm_encr_at(i)); i++)
		assert_int_equal(!!(e->flags & CM_ALG_NO_CIPHER),
				 e->id == CM_ENCR_NULL_AUTH_AES_GMAC ||
				 e->id == CM_ENCR_NULL);
}

static void combinations(void **state)
{
	const struct cm_encr *e;
	const struct cm_auth *a;
	char name[CM_ALG_NAME_MAX];
	struct cm_esp_geom g;
	unsigned int i, j, good = 0;

	(void)state;
	for (i = 0; (e = cm_encr_at(i)); i++) {
		for (j = 0; (a = cm_auth_at(j)); j++) {
			if (cm_alg_check_esp(e, a))
				continue;
			good++;
			assert_int_equal(cm_alg_aead_name(e, a, true, name,
							  sizeof(name)), 0);
			cm_alg_geom(e, a, 20, 8, &g);
			assert_true(g.icv >= 8);
			assert_int_equal(g.udp, 8);
		}
	}
	assert_int_equal(good, 8 + 5 * 8);	/* combined modes; the others by hashes */

	e = cm_encr_find(CM_ENCR_AES_CBC);
	a = cm_auth_find(CM_AUTH_HMAC_SHA1_96);
	cm_alg_aead_name(e, a, false, name, sizeof(name));
	assert_string_equal(name, "authenc(hmac(sha1),cbc(aes))");
	assert_int_equal(cm_alg_aead_name(e, a, false, name, 28), -ENAMETOOLONG);
	assert_int_equal(cm_alg_aead_name(e, a, false, name, 29), 0);
	cm_alg_aead_name(e, a, true, name, sizeof(name));
	assert_string_equal(name, "authencesn(hmac(sha1),cbc(aes))");
	cm_alg_aead_name(cm_encr_find(CM_ENCR_AES_GCM_16), cm_auth_find(CM_AUTH_NONE),
			 true, name, sizeof(name));
	assert_string_equal(name, "rfc4106(gcm(aes))");
	cm_alg_aead_name(cm_encr_find(CM_ENCR_AES_CTR), cm_auth_find(CM_AUTH_AES_XCBC_96),
			 false, name, sizeof(name));
	assert_string_equal(name, "authenc(xcbc(aes),rfc3686(ctr(aes)))");
	assert_non_null(cm_alg_check_esp(e, cm_auth_find(CM_AUTH_NONE)));
	assert_non_null(cm_alg_check_esp(cm_encr_find(CM_ENCR_AES_GCM_16), a));
}

static bool is_name(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static void reasons(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < CM_REASON_COUNT; i++) {
		assert_true(is_name(cm_reason_name(i)));
		assert_true(strlen(cm_reason_text(i)) > 5);
		for (j = 0; j < i; j++) {
			assert_string_not_equal(cm_reason_name(i), cm_reason_name(j));
			assert_string_not_equal(cm_reason_text(i), cm_reason_text(j));
		}
	}
	assert_string_equal(cm_reason_name(CM_REASON_NONE), "none");
	assert_string_equal(cm_reason_name(CM_REASON_UNKNOWN_SPI), "unknown_spi");
	assert_string_equal(cm_reason_name(CM_REASON_COUNT), "unknown");
	assert_string_equal(cm_reason_text(CM_REASON_COUNT), "unknown reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encr_table),
		cmocka_unit_test(auth_table),
		cmocka_unit_test(refusals),
		cmocka_unit_test(published_lengths),
		cmocka_unit_test(published_nonces),
		cmocka_unit_test(combinations),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests_name("core_alg", tests, NULL, NULL);
}

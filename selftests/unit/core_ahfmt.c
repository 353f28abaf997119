// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AH: length of its header, and what of the header before it enters the ICV
 * (RFC 4302, 2.2, 2.6, 3.3.3.1, appendix A), against gen_ah_vectors.py and with
 * headers changed at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/ahfmt.h"
#include "kmod/core/alg.h"
#include "selftests/unit/core_random.h"
#include "selftests/unit/hex.h"

/* Names are for who reads a failure. */
struct ah_vector {
	const char *name;
	const char *sent;
	const char *covered;
};

#include "selftests/unit/ah_vectors.h"

static void vectors(void **state)
{
	size_t i, len, covered_len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ah_vectors); i++) {
		const struct ah_vector *v = &ah_vectors[i];
		uint8_t *hdr = hex_bytes(v->sent, &len);
		uint8_t *covered = hex_bytes(v->covered, &covered_len);

		if (cm_ah_fix_mutable(hdr, (u32)len) != CM_REASON_NONE)
			fail_msg("%s: refused", v->name);
		if (len != covered_len || memcmp(hdr, covered, len))
			fail_msg("%s: another ICV", v->name);
		free(hdr);
		free(covered);
	}
}

static void refused(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ah_refused); i++) {
		uint8_t *hdr = hex_bytes(ah_refused[i].sent, &len);

		if (cm_ah_fix_mutable(hdr, (u32)len) != CM_REASON_BAD_HEADER)
			fail_msg("%s: taken", ah_refused[i].name);
		free(hdr);
	}
}

/* Every bit either may change or counts, as the vector has it. */
static void check_bits(const struct ah_vector *v, size_t fixed)
{
	size_t i, len;
	uint8_t *sent = hex_bytes(v->sent, &len);
	uint8_t *good = exact_copy(sent, len);

	assert_int_equal(cm_ah_fix_mutable(good, (u32)len), CM_REASON_NONE);
	for (i = 0; i < fixed * 8; i++) {
		bool counts = good[i / 8] || !sent[i / 8];
		uint8_t *hdr = exact_copy(sent, len);

		hdr[i / 8] ^= 0x80 >> i % 8;
		if (cm_ah_fix_mutable(hdr, (u32)len) == CM_REASON_NONE)
			assert_int_equal(!!memcmp(hdr, good, len), counts);
		free(hdr);
	}
	free(sent);
	free(good);
}

/* The fields have no zero bytes there but where the vector has them anyway. */
static void every_bit(void **state)
{
	static const struct ah_vector v4 = {
		"", "45b900a447115fab3f33beefc0000201c0000202", ""
	};
	static const u8 mutable4[] = { 1, 6, 7, 8, 10, 11 };
	uint8_t *hdr;
	size_t i, j, len;

	(void)state;
	check_bits(&v4, 20);
	hdr = hex_bytes(v4.sent, &len);
	assert_int_equal(cm_ah_fix_mutable(hdr, (u32)len), CM_REASON_NONE);
	for (i = 0; i < len; i++) {
		for (j = 0; j < sizeof(mutable4) && mutable4[j] != i; j++)
			;
		if (j < sizeof(mutable4))
			assert_int_equal(hdr[i], 0);
	}
	free(hdr);
}

/* What is covered is the same at the other end, where it is made again. */
static void idempotent(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ah_vectors); i++) {
		uint8_t *hdr = hex_bytes(ah_vectors[i].covered, &len);
		uint8_t *again = exact_copy(hdr, len);

		assert_int_equal(cm_ah_fix_mutable(again, (u32)len), CM_REASON_NONE);
		assert_memory_equal(again, hdr, len);
		free(hdr);
		free(again);
	}
}

/* Any bytes: nothing is read or written outside, and a fixed point is reached. */
static void mutated(void **state)
{
	struct rng r = rng_start(51);
	unsigned int n, flips, good = 0;
	uint8_t *sent, *hdr, *again;
	size_t len;

	(void)state;
	for (n = 0; n < 200000; n++) {
		sent = hex_bytes(ah_vectors[rng_below(&r, ARRAY_SIZE(ah_vectors))].sent, &len);
		for (flips = rng_below(&r, 4); flips; flips--)
			sent[rng_below(&r, (u32)len)] ^= 1 << rng_below(&r, 8);
		if (rng_one_in(&r, 4))
			len = rng_below(&r, (u32)len + 1);
		hdr = exact_copy(sent, len);
		if (cm_ah_fix_mutable(hdr, (u32)len) == CM_REASON_NONE) {
			good++;
			again = exact_copy(hdr, len);
			assert_int_equal(cm_ah_fix_mutable(again, (u32)len), CM_REASON_NONE);
			assert_memory_equal(again, hdr, len);
			free(again);
		}
		free(hdr);
		free(sent);
	}
	assert_true(good > 20000);
}

/* RFC 4302, 2.2: the example of 96 bits says 4; 2.6: alignment. */
static void lengths(void **state)
{
	static const struct {
		u8 icv, v4, v6;
	} rows[] = {
		{ 12, 24, 24 }, { 16, 28, 32 }, { 24, 36, 40 }, { 32, 44, 48 },
	};
	struct cm_esp_geom g;
	u8 ah[12] = { 4 };
	size_t i;

	(void)state;
	assert_int_equal(cm_ah_len_field(24), 4);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(cm_ah_len(rows[i].icv, false), rows[i].v4);
		assert_int_equal(cm_ah_len(rows[i].icv, true), rows[i].v6);
		assert_int_equal(cm_ah_len_of(cm_ah_len_field(rows[i].v6)), rows[i].v6);

		ah[1] = cm_ah_len_field(rows[i].v4);
		assert_int_equal(cm_ah_check_len(ah, rows[i].v4, rows[i].icv, false),
				 CM_REASON_NONE);
		assert_int_equal(cm_ah_check_len(ah, rows[i].v4 - 1, rows[i].icv, false),
				 CM_REASON_TRUNCATED);
		assert_int_equal(cm_ah_check_len(ah, 11, rows[i].icv, false),
				 CM_REASON_TRUNCATED);
		assert_int_equal(cm_ah_check_len(ah, 100, rows[i].icv, true),
				 rows[i].v4 == rows[i].v6 ? CM_REASON_NONE :
							    CM_REASON_BAD_LENGTH);
		ah[1] = cm_ah_len_field(rows[i].v6);
		assert_int_equal(cm_ah_check_len(ah, 100, rows[i].icv, true), CM_REASON_NONE);
		assert_int_equal(cm_ah_check_len(ah, 100, rows[i].icv, false), CM_REASON_NONE);
		for (ah[1] = 255; cm_ah_len_of(ah[1]) > rows[i].v6; ah[1]--)
			assert_int_equal(cm_ah_check_len(ah, 2000, rows[i].icv, false),
					 CM_REASON_BAD_LENGTH);
		ah[1] = cm_ah_len_field(rows[i].v4) - 1;
		assert_int_equal(cm_ah_check_len(ah, 2000, rows[i].icv, false),
				 CM_REASON_BAD_LENGTH);
	}
	cm_alg_geom_ah(cm_auth_find(CM_AUTH_HMAC_SHA2_256_128), 20, false, &g);
	assert_int_equal(cm_esp_head(&g), 28);
	assert_int_equal(cm_esp_tail(&g, 83), 0);
	assert_int_equal(cm_esp_wire_len(&g, 84), 20 + 28 + 84);
	assert_int_equal(cm_esp_mtu(&g, 1500), 1452);
	assert_int_equal(cm_esp_mtu(&g, 48), 0);
	assert_int_equal(cm_esp_overhead(&g), 48);
	assert_int_equal(cm_esp_overhead_header(&g), 32);
	cm_alg_geom_ah(cm_auth_find(CM_AUTH_HMAC_SHA2_256_128), 0, true, &g);
	assert_int_equal(cm_esp_wire_len(&g, 33), 32 + 33);
	assert_int_equal(cm_esp_mtu(&g, 1500), 1468);
	assert_null(cm_alg_check_ah(cm_auth_find(CM_AUTH_AES_XCBC_96)));
	assert_non_null(cm_alg_check_ah(cm_auth_find(CM_AUTH_NONE)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(refused),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(idempotent),
		cmocka_unit_test(mutated),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests_name("core_ahfmt", tests, NULL, NULL);
}

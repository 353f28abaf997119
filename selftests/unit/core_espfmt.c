// SPDX-License-Identifier: GPL-2.0-or-later
/* ESP lengths, padding, tunnel MTU and overhead (F-055, F-056, R-39, R-40). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/alg.h"
#include "kmod/core/espfmt.h"
#include "selftests/unit/core_random.h"

static struct cm_esp_geom geom(u16 encr, u16 auth)
{
	struct cm_esp_geom g;

	cm_alg_geom(cm_encr_find(encr), cm_auth_find(auth), CM_IPV4_HDR, 0, &g);
	return g;
}

/* floor((path - 20 - 8 - IV - 12) / block) * block - 2 */
static void tunnel_mtu(void **state)
{
	struct cm_esp_geom aes = geom(CM_ENCR_AES_CBC, CM_AUTH_HMAC_SHA1_96);
	struct cm_esp_geom des3 = geom(CM_ENCR_3DES, CM_AUTH_HMAC_MD5_96);
	u32 path;

	(void)state;
	assert_int_equal(cm_esp_mtu(&aes, 1454), 1390);
	for (path = 100; path < 9000; path++) {
		assert_int_equal(cm_esp_mtu(&aes, path), (path - 56) / 16 * 16 - 2);
		assert_int_equal(cm_esp_mtu(&des3, path), (path - 48) / 8 * 8 - 2);
	}
	assert_int_equal(cm_esp_mtu(&aes, 0), 0);
	assert_int_equal(cm_esp_mtu(&aes, 71), 0);
	assert_int_equal(cm_esp_mtu(&aes, 72), 14);
}

/* AES 74, 3DES 58; header part of 3DES 36 */
static void overhead(void **state)
{
	struct cm_esp_geom aes = geom(CM_ENCR_AES_CBC, CM_AUTH_HMAC_SHA1_96);
	struct cm_esp_geom des3 = geom(CM_ENCR_3DES, CM_AUTH_HMAC_SHA1_96);

	(void)state;
	assert_int_equal(cm_esp_overhead(&aes), 74);
	assert_int_equal(cm_esp_overhead_header(&aes), 44);
	assert_int_equal(cm_esp_overhead(&des3), 58);
	assert_int_equal(cm_esp_overhead_header(&des3), 36);
}

/* The MTU is what just fits, for all algorithms and encapsulations. */
static void mtu_is_exact(void **state)
{
	const struct cm_encr *e;
	struct cm_esp_geom g;
	u32 i, path, mtu;

	(void)state;
	for (i = 0; (e = cm_encr_at(i)); i++) {
		g = geom(e->id, e->flags & CM_ALG_AEAD ? CM_AUTH_NONE :
			 CM_AUTH_HMAC_SHA2_256_128);
		g.outer = i & 1 ? CM_IPV6_HDR : CM_IPV4_HDR;
		g.udp = i & 2 ? CM_UDP_HDR : 0;
		for (path = 200; path < 1600; path++) {
			mtu = cm_esp_mtu(&g, path);
			assert_true(cm_esp_wire_len(&g, mtu) <= path);
			assert_true(cm_esp_wire_len(&g, mtu + 1) > path);
		}
	}
}

static void padding(void **state)
{
	static const u8 aligns[] = { 1, 4, 8, 16 };
	struct cm_esp_geom g = { .outer = 20, .iv = 8, .icv = 12 };
	u8 buf[CM_ESP_PAD_MAX + 64 + CM_ESP_TAIL], next;
	u32 i, len, pad, trim, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(aligns); i++) {
		g.block = aligns[i];
		for (len = 0; len < 64; len++) {
			pad = cm_esp_pad(&g, len);
			assert_true(pad < cm_esp_align(&g));
			assert_int_equal((len + pad + 2) % cm_esp_align(&g), 0);
			assert_int_equal((len + pad + 2) % 4, 0);
			memset(buf, 0xaa, sizeof(buf));
			cm_esp_put_trailer(buf + len, (u8)pad, 4);
			for (j = 0; j < pad; j++)
				assert_int_equal(buf[len + j], j + 1);
			assert_int_equal(cm_esp_check_trailer(buf, len + pad + 2, &next, &trim),
					 CM_REASON_NONE);
			assert_int_equal(next, 4);
			assert_int_equal(trim, pad + 2);
			assert_int_equal(cm_esp_check_len(&g, 8 + 8 + len + pad + 2 + 12),
					 CM_REASON_NONE);
		}
	}
}

static void bad_trailers(void **state)
{
	u8 buf[CM_ESP_PAD_MAX + CM_ESP_TAIL], next;
	u32 trim, i, pad;

	(void)state;
	for (pad = 0; pad <= CM_ESP_PAD_MAX; pad++) {
		cm_esp_put_trailer(buf, (u8)pad, 41);
		assert_int_equal(cm_esp_check_trailer(buf, pad + 2, &next, &trim),
				 CM_REASON_NONE);
		assert_int_equal(trim, pad + 2);
		for (i = 0; i < pad; i++) {
			buf[i] ^= 0x10;
			assert_int_equal(cm_esp_check_trailer(buf, pad + 2, &next, &trim),
					 CM_REASON_BAD_PADDING);
			buf[i] ^= 0x10;
		}
		/* One byte less than the padding says. */
		if (pad)
			assert_int_equal(cm_esp_check_trailer(buf + 1, pad + 1, &next, &trim),
					 CM_REASON_TRUNCATED);
	}
	assert_int_equal(cm_esp_check_trailer(buf, 0, &next, &trim), CM_REASON_TRUNCATED);
	assert_int_equal(cm_esp_check_trailer(buf, 1, &next, &trim), CM_REASON_TRUNCATED);
}

/* Any bytes: no read outside, and what is cut off is there. */
static void random_trailers(void **state)
{
	struct rng r = rng_start(40);
	u32 len, i, trim, good = 0;
	u8 *buf, next;
	int n;

	(void)state;
	for (n = 0; n < 50000; n++) {
		len = rng_below(&r, 40);
		buf = malloc(len ? len : 1);
		assert_non_null(buf);
		for (i = 0; i < len; i++)
			buf[i] = (u8)rng_below(&r, 4);
		if (cm_esp_check_trailer(buf, len, &next, &trim) == CM_REASON_NONE) {
			assert_true(trim >= 2 && trim <= len);
			good++;
		}
		free(buf);
	}
	assert_true(good > 100);
}

static void wire_lengths(void **state)
{
	struct cm_esp_geom aes = geom(CM_ENCR_AES_CBC, CM_AUTH_HMAC_SHA1_96);
	struct cm_esp_geom gcm = geom(CM_ENCR_AES_GCM_16, CM_AUTH_NONE);

	(void)state;
	/* SPI, sequence, IV, one block, ICV */
	assert_int_equal(cm_esp_check_len(&aes, 8 + 16 + 16 + 12), CM_REASON_NONE);
	assert_int_equal(cm_esp_check_len(&aes, 8 + 16 + 12), CM_REASON_TRUNCATED);
	assert_int_equal(cm_esp_check_len(&aes, 8 + 16 + 8 + 12), CM_REASON_BAD_LENGTH);
	assert_int_equal(cm_esp_check_len(&aes, 0), CM_REASON_TRUNCATED);
	assert_int_equal(cm_esp_check_len(&gcm, 8 + 8 + 2 + 16), CM_REASON_NONE);
	assert_int_equal(cm_esp_check_len(&gcm, 8 + 8 + 1 + 16), CM_REASON_TRUNCATED);
	/* 84 bytes of ping: AES-CBC 152, AES-GCM 140 */
	assert_int_equal(cm_esp_wire_len(&aes, 84), 20 + 8 + 16 + 96 + 12);
	assert_int_equal(cm_esp_wire_len(&gcm, 84), 20 + 8 + 8 + 88 + 16);
}

/* The ICV alone makes the difference between the counter modes. */
static void counter_modes(void **state)
{
	static const struct {
		u16 encr, auth;
		u8 icv;
	} rows[] = {
		{ CM_ENCR_AES_GCM_8, CM_AUTH_NONE, 8 },
		{ CM_ENCR_AES_GCM_12, CM_AUTH_NONE, 12 },
		{ CM_ENCR_AES_CCM_8, CM_AUTH_NONE, 8 },
		{ CM_ENCR_AES_CCM_12, CM_AUTH_NONE, 12 },
		{ CM_ENCR_AES_CCM_16, CM_AUTH_NONE, 16 },
		{ CM_ENCR_NULL_AUTH_AES_GMAC, CM_AUTH_NONE, 16 },
		{ CM_ENCR_CHACHA20_POLY1305, CM_AUTH_NONE, 16 },
		{ CM_ENCR_AES_CTR, CM_AUTH_HMAC_SHA1_96, 12 },
		{ CM_ENCR_AES_CTR, CM_AUTH_AES_XCBC_96, 12 },
		{ CM_ENCR_AES_CTR, CM_AUTH_HMAC_SHA2_512_256, 32 },
	};
	struct cm_esp_geom g;
	u32 i, fixed;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		g = geom(rows[i].encr, rows[i].auth);
		fixed = 8 + 8 + rows[i].icv;	/* SPI, sequence, IV, ICV */
		assert_int_equal(cm_esp_wire_len(&g, 84), 20 + fixed + 88);
		assert_int_equal(cm_esp_overhead(&g), 20 + fixed + 4 + 2);
		assert_int_equal(cm_esp_mtu(&g, 1500), (1480 - fixed) / 4 * 4 - 2);
		assert_int_equal(cm_esp_check_len(&g, fixed + 2), CM_REASON_NONE);
		assert_int_equal(cm_esp_check_len(&g, fixed + 1), CM_REASON_TRUNCATED);
	}
}

/* F-055 */
/* F-054: 20 or 40 bytes stand in each piece, IPv6 with 8 more. */
static void pieces(void **state)
{
	(void)state;
	assert_int_equal(cm_ip_pieces(1500, 1500, 20, false), 1);
	assert_int_equal(cm_ip_pieces(1501, 1500, 20, false), 2);
	assert_int_equal(cm_ip_pieces(20 + 2 * 1480, 1500, 20, false), 2);
	assert_int_equal(cm_ip_pieces(20 + 2 * 1480 + 1, 1500, 20, false), 3);
	/* 1374 bytes are 171 times 8 and a rest */
	assert_int_equal(cm_ip_pieces(20 + 2 * 1368, 1394, 20, false), 2);
	assert_int_equal(cm_ip_pieces(20 + 2 * 1368 + 1, 1394, 20, false), 3);
	assert_int_equal(cm_ip_pieces(40 + 2 * 1448, 1500, 40, true), 2);
	assert_int_equal(cm_ip_pieces(40 + 2 * 1448 + 1, 1500, 40, true), 3);
	assert_int_equal(cm_ip_pieces(100, 27, 20, false), 0);
	assert_int_equal(cm_ip_pieces(100, 20, 20, false), 0);
	assert_int_equal(cm_ip_pieces(100, 5, 40, true), 0);
}

static void mss(void **state)
{
	(void)state;
	assert_int_equal(cm_esp_mss(1390, false), 1350);
	assert_int_equal(cm_esp_mss(1390, true), 1330);
	assert_int_equal(cm_esp_mss(40, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnel_mtu),
		cmocka_unit_test(overhead),
		cmocka_unit_test(mtu_is_exact),
		cmocka_unit_test(padding),
		cmocka_unit_test(bad_trailers),
		cmocka_unit_test(random_trailers),
		cmocka_unit_test(wire_lengths),
		cmocka_unit_test(counter_modes),
		cmocka_unit_test(pieces),
		cmocka_unit_test(mss),
	};

	return cmocka_run_group_tests_name("core_espfmt", tests, NULL, NULL);
}

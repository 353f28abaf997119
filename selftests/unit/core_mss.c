// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The MSS option of a TCP SYN (F-055): where it may stand, what hides it, and
 * random headers. Every buffer has exactly the length that is passed, so ASan
 * sees a read past its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/mss.h"
#include "selftests/unit/core_random.h"

#define SYN 0x02
#define ACK 0x10

/* Where the value is, from the start of the options; -1 = not found. */
static int find(u8 flags, const char *options, size_t len, size_t claimed)
{
	u8 *tcp = calloc(1, 20 + len);
	u8 *value;
	int at;

	assert_non_null(tcp);
	tcp[12] = (u8)((20 + claimed) / 4 << 4);
	tcp[13] = flags;
	memcpy(tcp + 20, options, len);
	value = cm_mss_find(tcp, 20 + len);
	at = value ? (int)(value - tcp) - 20 : -1;
	free(tcp);
	return at;
}

#define FIND(flags, options) \
	find(flags, options, sizeof(options) - 1, sizeof(options) - 1)

static void found(void **state)
{
	(void)state;
	assert_int_equal(FIND(SYN, "\2\4\5\xb4"), 2);
	assert_int_equal(FIND(SYN | ACK, "\2\4\5\xb4"), 2);
	assert_int_equal(FIND(SYN, "\1\2\4\5\xb4\0\0\0"), 3);
	assert_int_equal(FIND(SYN, "\3\3\7\1\4\2\2\4\5\xb4\1\1"), 8);
}

static void not_found(void **state)
{
	(void)state;
	assert_int_equal(FIND(ACK, "\2\4\5\xb4"), -1);
	assert_int_equal(FIND(SYN, ""), -1);
	assert_int_equal(FIND(SYN, "\1\1\1\1"), -1);
	/* behind the end of the options, and behind that of the header */
	assert_int_equal(FIND(SYN, "\0\0\0\0\2\4\5\xb4"), -1);
	assert_int_equal(find(SYN, "\1\1\1\1\2\4\5\xb4", 8, 4), -1);
	/* wrong lengths, its own and others' */
	assert_int_equal(FIND(SYN, "\2\3\5\xb4"), -1);
	assert_int_equal(FIND(SYN, "\2\5\5\xb4\1\1\1\1"), -1);
	assert_int_equal(FIND(SYN, "\3\0\2\4\5\xb4\1\1"), -1);
	assert_int_equal(FIND(SYN, "\3\1\2\4\5\xb4\1\1"), -1);
	assert_int_equal(FIND(SYN, "\3\x40\2\4\5\xb4\1\1"), -1);
	assert_int_equal(FIND(SYN, "\1\1\1\2"), -1);
	/* cut off at every byte */
	for (size_t len = 0; len < 4; len++)
		assert_int_equal(find(SYN, "\2\4\5\xb4", len, 4), -1);
}

static void too_short(void **state)
{
	(void)state;
	for (size_t len = 0; len < 20; len++) {
		u8 *tcp = malloc(len ? len : 1);

		assert_non_null(tcp);
		memset(tcp, 0xff, len);
		assert_null(cm_mss_find(tcp, len));
		free(tcp);
	}
}

/* Whatever is found lies inside and has kind and length before it. */
static void random_headers(void **state)
{
	struct rng rng = rng_start(40);
	int hits = 0;

	(void)state;
	for (int n = 0; n < 200000; n++) {
		size_t len = 20 + rng_below(&rng, 41);
		u8 *tcp = malloc(len);
		const u8 *value;

		assert_non_null(tcp);
		for (size_t i = 0; i < len; i++)
			tcp[i] = (u8)rng_below(&rng, i < 20 ? 256 : 6);
		tcp[13] |= SYN;
		value = cm_mss_find(tcp, len);
		if (value) {
			hits++;
			assert_in_range(value - tcp, 22, len - 2);
			assert_memory_equal(value - 2, "\2\4", 2);
		}
		free(tcp);
	}
	assert_in_range(hits, 1000, 200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(not_found),
		cmocka_unit_test(too_short),
		cmocka_unit_test(random_headers),
	};

	return cmocka_run_group_tests_name("core_mss", tests, NULL, NULL);
}

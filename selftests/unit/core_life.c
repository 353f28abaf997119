// SPDX-License-Identifier: GPL-2.0-or-later
/* Lifetimes: soft before hard, every kind, jitter in bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/life.h"
#include "selftests/unit/core_random.h"

#define MIDDLE 0x80000000U

static struct cm_life_limits limits(u64 seconds, u64 bytes, u64 packets)
{
	struct cm_life_limits l = { .hard.v = { seconds, bytes, packets } };

	return l;
}

static void soft_thresholds(void **state)
{
	struct cm_life_limits l = limits(3600, 4608000ULL * 1024, CM_LIFE_NO_LIMIT);

	(void)state;
	cm_life_soft(&l, 90, MIDDLE);
	assert_int_equal(l.soft.v[CM_LIFE_SECONDS], 3240);
	assert_true(l.soft.v[CM_LIFE_BYTES] == 4608000ULL * 1024 / 10 * 9);
	assert_true(l.soft.v[CM_LIFE_PACKETS] == CM_LIFE_NO_LIMIT);
	cm_life_soft(&l, 90, 0);
	assert_int_equal(l.soft.v[CM_LIFE_SECONDS], 3240 - 36);
	cm_life_soft(&l, 90, U32_MAX);
	assert_int_equal(l.soft.v[CM_LIFE_SECONDS], 3240 + 35);
	cm_life_soft(&l, 100, 12345);
	assert_int_equal(l.soft.v[CM_LIFE_SECONDS], 3600);
}

static void soft_is_sane(void **state)
{
	struct rng r = rng_start(50);
	struct cm_life_limits l;
	u64 hard;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		hard = rng_next(&r) >> rng_below(&r, 64);
		if (!hard)
			hard = 1;
		l = limits(hard, hard, hard);
		cm_life_soft(&l, 1 + rng_below(&r, 100), (u32)rng_next(&r));
		assert_true(l.soft.v[0] >= 1);
		assert_true(l.soft.v[0] <= hard);
		assert_true(l.soft.v[2] == l.soft.v[0]);
	}
}

static void evaluation(void **state)
{
	struct cm_life_limits l = limits(100, 1000, 10);
	struct cm_life used = { { 0 } };
	enum cm_life_kind kind = CM_LIFE_KINDS;
	int i;

	(void)state;
	cm_life_soft(&l, 50, MIDDLE);
	for (i = 0; i < CM_LIFE_KINDS; i++) {
		memset(&used, 0, sizeof(used));
		used.v[i] = l.soft.v[i] - 1;
		kind = CM_LIFE_KINDS;
		assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_OK);
		assert_int_equal(kind, CM_LIFE_KINDS);
		used.v[i] = l.soft.v[i];
		assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_SOFT);
		assert_int_equal(kind, i);
		used.v[i] = l.hard.v[i] - 1;
		assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_SOFT);
		used.v[i] = l.hard.v[i];
		assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_HARD);
		assert_int_equal(kind, i);
	}
	/* A hard limit wins over a soft one of a kind before it. */
	memset(&used, 0, sizeof(used));
	used.v[CM_LIFE_SECONDS] = 60;
	used.v[CM_LIFE_PACKETS] = 10;
	assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_HARD);
	assert_int_equal(kind, CM_LIFE_PACKETS);
}

static void no_limit(void **state)
{
	struct cm_life_limits l = limits(CM_LIFE_NO_LIMIT, CM_LIFE_NO_LIMIT,
					 CM_LIFE_NO_LIMIT);
	struct cm_life used = { { U64_MAX, U64_MAX, U64_MAX } };
	enum cm_life_kind kind;

	(void)state;
	cm_life_soft(&l, 90, 1);
	assert_int_equal(cm_life_eval(&l, &used, &kind), CM_LIFE_OK);
}

static void kilobytes(void **state)
{
	(void)state;
	assert_int_equal(cm_life_kilobytes(2560), 2621440);
	assert_true(cm_life_kilobytes(U64_MAX) == CM_LIFE_NO_LIMIT);
	assert_true(cm_life_kilobytes(1ULL << 54) == CM_LIFE_NO_LIMIT);
	assert_true(cm_life_kilobytes((1ULL << 54) - 1) == ((1ULL << 54) - 1) * 1024);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(cm_life_kind_name(CM_LIFE_SECONDS), "seconds");
	assert_string_equal(cm_life_kind_name(CM_LIFE_BYTES), "kilobytes");
	assert_string_equal(cm_life_kind_name(CM_LIFE_PACKETS), "packets");
	assert_string_equal(cm_life_kind_name(CM_LIFE_KINDS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soft_thresholds),
		cmocka_unit_test(soft_is_sane),
		cmocka_unit_test(evaluation),
		cmocka_unit_test(no_limit),
		cmocka_unit_test(kilobytes),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("core_life", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The outer header: DSCP, ECN (all of RFC 6040, figure 4), DF (F-053). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/outer.h"

enum { NOT_ECT, ECT1, ECT0, CE, DROP };

struct row {
	u8 inner, outer, result;
	bool odd;
};

/* As printed in the RFC, row by row; (!) and (!!!) are odd. */
static const struct row figure4[] = {
	{ NOT_ECT, NOT_ECT, NOT_ECT, false },
	{ NOT_ECT, ECT0, NOT_ECT, true },
	{ NOT_ECT, ECT1, NOT_ECT, true },
	{ NOT_ECT, CE, DROP, true },
	{ ECT0, NOT_ECT, ECT0, false },
	{ ECT0, ECT0, ECT0, false },
	{ ECT0, ECT1, ECT1, false },
	{ ECT0, CE, CE, false },
	{ ECT1, NOT_ECT, ECT1, false },
	{ ECT1, ECT0, ECT1, true },
	{ ECT1, ECT1, ECT1, false },
	{ ECT1, CE, CE, false },
	{ CE, NOT_ECT, CE, false },
	{ CE, ECT0, CE, false },
	{ CE, ECT1, CE, true },
	{ CE, CE, CE, false },
};

static void decapsulate(void **state)
{
	enum cm_reason reason;
	u32 i, dscp;
	bool odd;
	u8 tos;

	(void)state;
	assert_int_equal(ARRAY_SIZE(figure4), 16);
	for (i = 0; i < ARRAY_SIZE(figure4); i++) {
		for (dscp = 0; dscp < 64; dscp++) {
			tos = dscp << 2 | figure4[i].inner;
			/* The outer DSCP never gets in. */
			reason = cm_outer_decap_tos((63 - dscp) << 2 | figure4[i].outer,
						    &tos, &odd);
			assert_int_equal(odd, figure4[i].odd);
			if (figure4[i].result == DROP) {
				assert_int_equal(reason, CM_REASON_ECN_INVALID);
				continue;
			}
			assert_int_equal(reason, CM_REASON_NONE);
			assert_int_equal(tos, dscp << 2 | figure4[i].result);
		}
	}
}

static void encapsulate(void **state)
{
	struct cm_outer copy = { 0 };
	struct cm_outer compat = { .ecn = CM_ECN_COMPAT };
	struct cm_outer set = { .dscp_mode = CM_DSCP_SET, .dscp = 46 };
	u32 tos;

	(void)state;
	for (tos = 0; tos < 256; tos++) {
		assert_int_equal(cm_outer_tos(&copy, (u8)tos), tos);
		assert_int_equal(cm_outer_tos(&compat, (u8)tos), tos & 0xfc);
		assert_int_equal(cm_outer_tos(&set, (u8)tos), 46 << 2 | (tos & 3));
	}
}

static void dont_fragment(void **state)
{
	struct cm_outer o = { .df = CM_DF_COPY };

	(void)state;
	assert_true(cm_outer_df(&o, true));
	assert_false(cm_outer_df(&o, false));
	o.df = CM_DF_SET;
	assert_true(cm_outer_df(&o, false));
	o.df = CM_DF_CLEAR;
	assert_false(cm_outer_df(&o, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decapsulate),
		cmocka_unit_test(encapsulate),
		cmocka_unit_test(dont_fragment),
	};

	return cmocka_run_group_tests_name("core_outer", tests, NULL, NULL);
}

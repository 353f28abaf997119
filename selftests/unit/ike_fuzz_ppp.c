// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz target of calls of pppd's plugin, for a few seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int fuzz_ppp(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_ppp
#include "selftests/fuzz/ike_ppp.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void inputs(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/ike_ppp", fuzz_ppp, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

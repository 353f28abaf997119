// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz target of what the plugin of pppd hears, for a few seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int fuzz_ppp_client(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_ppp_client
#include "selftests/fuzz/ppp_client.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void inputs(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/ppp_client", fuzz_ppp_client, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

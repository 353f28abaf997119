// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz target of two engines, for a few seconds. */
#include <stddef.h>
#include <stdint.h>

int fuzz_exchange(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_exchange
#include "selftests/fuzz/ike_exchange.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void exchanges(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/ike_exchange", fuzz_exchange, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

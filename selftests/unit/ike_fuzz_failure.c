// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz target of engines to which everything fails, for a few seconds. */
#include <stddef.h>
#include <stdint.h>

int fuzz_failure(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_failure
#include "selftests/fuzz/ike_failure.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void failures(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/ike_failure", fuzz_failure, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz targets of kmod/core, for a few seconds each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LLVMFuzzerTestOneInput fuzz_packet
#include "selftests/fuzz/core_packet.c"
#undef LLVMFuzzerTestOneInput
int fuzz_classify(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_classify
#include "selftests/fuzz/core_classify.c"
#undef LLVMFuzzerTestOneInput
int fuzz_replay(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_replay
#include "selftests/fuzz/core_replay.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void packets(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/core_packet", fuzz_packet, 200000);
}

static void classifier(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/core_classify", fuzz_classify, 20000);
}

static void replay(void **state)
{
	(void)state;
	fuzz_dir("selftests/fuzz/corpus/core_replay", fuzz_replay, 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets),
		cmocka_unit_test(classifier),
		cmocka_unit_test(replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

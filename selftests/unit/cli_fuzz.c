// SPDX-License-Identifier: GPL-2.0-or-later
/* The fuzz targets of the tool's grammar and of the control socket, for a few seconds each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LLVMFuzzerTestOneInput fuzz_config
#include "selftests/fuzz/cli_config.c"
#undef LLVMFuzzerTestOneInput
int fuzz_frames(const uint8_t *data, size_t len);
#define LLVMFuzzerTestOneInput fuzz_frames
#include "selftests/fuzz/control_frames.c"
#undef LLVMFuzzerTestOneInput

#include "selftests/unit/fuzz_corpus.h"

static void run(const char *dir, const char *suffix, fuzz_target target, uint32_t runs)
{
	struct corpus *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	corpus_add(c, dir, suffix);
	assert_true(c->count >= 3);
	fuzz_run(target, c, runs);
	free(c);
}

static void configurations(void **state)
{
	(void)state;
	run("selftests/unit/golden", ".conf", fuzz_config, 10000);
	/* What the golden sessions end with: all that can be configured. */
	run("selftests/fuzz/corpus/cli_config", "", fuzz_config, 5000);
}

static void frames(void **state)
{
	(void)state;
	run("selftests/fuzz/corpus/control_frames", "", fuzz_frames, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configurations),
		cmocka_unit_test(frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

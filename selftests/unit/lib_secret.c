// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory with keys: compared whole, kept out of core dumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/lib/secret.h"

static void every_byte_counts(void **state)
{
	uint8_t a[32], b[32];
	size_t i;

	(void)state;
	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	assert_true(secret_equal(a, b, sizeof(a)));
	for (i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		assert_false(secret_equal(a, b, sizeof(a)));
		b[i] ^= 0x80;
	}
	assert_true(secret_equal(a, b, 0));
}

static void a_part_of_itself(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_int_equal(secret_set(&s, "0123456789", 10), 0);
	assert_int_equal(secret_set(&s, s.data + 4, 3), 0);
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.data, "456", 3);
	secret_clear(&s);
	assert_null(s.data);
}

/* In a child: the leak checker needs to look into this process. */
static void no_dumps(void **state)
{
	struct rlimit limit;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		secret_no_dumps();
		getrlimit(RLIMIT_CORE, &limit);
		_exit(prctl(PR_GET_DUMPABLE) || limit.rlim_cur);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(a_part_of_itself),
		cmocka_unit_test(no_dumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

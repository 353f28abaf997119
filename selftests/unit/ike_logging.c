// SPDX-License-Identifier: GPL-2.0-or-later
/* Levels that a configuration asks for, and no longer asks for. */
#include <errno.h>

#include "selftests/unit/ike_pair.h"
#include "tools/lib/log.h"

static void levels(struct pair *p, const char *lines, enum log_level ike,
		   enum log_level net)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", lines, LEFT_DEFAULT);
	pair_config(p, LEFT, text);
	assert_int_equal(log_get_level(LOG_SUB_ike), ike);
	assert_int_equal(log_get_level(LOG_SUB_net), net);
}

/* `no logging ...` goes back to what the command line or the default says. */
static void what_is_not_configured_is_the_default(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	assert_int_equal(log_set_spec("err,net=notice"), 0);
	levels(p, "logging level warning\n", LOG_LEVEL_WARNING,
	       LOG_LEVEL_WARNING);
	levels(p, "", LOG_LEVEL_ERR, LOG_LEVEL_NOTICE);
	levels(p, "logging subsystem ike warning\n", LOG_LEVEL_WARNING,
	       LOG_LEVEL_NOTICE);
	levels(p, "logging level notice\nlogging subsystem ike warning\n",
	       LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE);
	levels(p, "logging level notice\n", LOG_LEVEL_NOTICE,
	       LOG_LEVEL_NOTICE);
	levels(p, "logging subsystem net err\n", LOG_LEVEL_ERR, LOG_LEVEL_ERR);
	levels(p, "", LOG_LEVEL_ERR, LOG_LEVEL_NOTICE);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_configured_is_the_default),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Servers of RADIUS that were silent are asked last.  F-041 C-081 E-039 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ike-daemon/aaa/radius_dead.h"

static void answered(struct radius_dead *dead, uint64_t now, uint64_t dead_ms,
		     uint16_t port, enum radius_trouble trouble)
{
	struct radius_reply reply = { 0 };

	reply.servers[0] = addr_v4(0x7f000001, port);
	reply.trouble[0] = trouble;
	radius_dead_note(dead, now, dead_ms, &reply);
}

/* In which order those of the ports 1 to 4 are asked. */
static unsigned int order_at(const struct radius_dead *dead, uint64_t now)
{
	struct radius_request rq = { .n = 4 };
	unsigned int i, order = 0;

	for (i = 0; i < 4; i++) {
		rq.servers[i].address = addr_v4(0x7f000001, i + 1);
		rq.servers[i].timeout = i + 1;
	}
	radius_dead_last(dead, now, &rq);
	for (i = 0; i < 4; i++) {
		assert_int_equal(rq.servers[i].timeout,
				 rq.servers[i].address.port);
		order = order * 10 + rq.servers[i].timeout;
	}
	return order;
}

static void silent_ones_are_last(void **state)
{
	struct radius_dead dead = { 0 };
	unsigned int i;

	(void)state;
	assert_int_equal(order_at(&dead, 0), 1234);
	answered(&dead, 5000, 60000, 1, RADIUS_NONE);
	assert_int_equal(order_at(&dead, 5000), 1234);
	answered(&dead, 5000, 60000, 1, RADIUS_LATE);
	assert_int_equal(order_at(&dead, 5000), 2341);
	assert_int_equal(order_at(&dead, 64999), 2341);
	assert_int_equal(order_at(&dead, 65000), 1234);
	/* Each trouble is one, and counts from when it was met last. */
	answered(&dead, 10000, 60000, 1, RADIUS_REFUSES);
	assert_int_equal(order_at(&dead, 69999), 2341);
	answered(&dead, 10000, 60000, 3, RADIUS_INVALID);
	assert_int_equal(order_at(&dead, 69999), 2413);
	answered(&dead, 11000, 60000, 1, RADIUS_NONE);
	assert_int_equal(order_at(&dead, 11000), 1243);
	answered(&dead, 11000, 0, 2, RADIUS_LATE);
	assert_int_equal(order_at(&dead, 11000), 1243);
	for (i = 1; i <= 4; i++)
		answered(&dead, 12000, 60000, i, RADIUS_UNSIGNED);
	assert_int_equal(order_at(&dead, 12000), 1234);
	/* Others, long gone from the configuration, make room. */
	for (i = 10; i < 10 + RADIUS_DEAD_MAX; i++)
		answered(&dead, 13000 + i, 60000, i, RADIUS_LATE);
	assert_int_equal(order_at(&dead, 14000), 1234);
	answered(&dead, 14000, 60000, 4, RADIUS_LATE);
	answered(&dead, 14001, 60000, 1, RADIUS_LATE);
	assert_int_equal(order_at(&dead, 14002), 2314);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silent_ones_are_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

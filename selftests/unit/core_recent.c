// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found for the latest packets: it counts for the same packets under the
 * same rules and for nothing else, whatever shares the slot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/recent.h"
#include "selftests/unit/core_random.h"

static struct cm_recent_slot slots[CM_RECENT_SLOTS];

/* Never looked into: only their addresses count. */
static struct cm_recent verdict(unsigned long n)
{
	return (struct cm_recent){ (struct cm_bind_rule *)(n << 4), (struct cm_flow *)(n << 8) };
}

static struct cm_tuple packet(void)
{
	return (struct cm_tuple){
		.saddr.b = { 10, 1, 0, 2 }, .daddr.b = { 10, 2, 0, 2 },
		.sport = 1024, .dport = 80, .family = CM_FAMILY_V4,
		.proto = CM_PROTO_TCP, .flags = CM_TUPLE_PORTS,
	};
}

static bool look(const struct cm_tuple *t, u64 stamp, bool mirrored, struct cm_recent *found)
{
	struct cm_recent_key key;

	cm_recent_key(&key, stamp, t, mirrored);
	return cm_recent_find(slots, &key, found);
}

static void keep(const struct cm_tuple *t, u64 stamp, bool mirrored, struct cm_recent found)
{
	struct cm_recent_key key;

	cm_recent_key(&key, stamp, t, mirrored);
	cm_recent_keep(slots, &key, &found);
}

static int empty(void **state)
{
	(void)state;
	memset(slots, 0, sizeof(slots));
	return 0;
}

static void found_again(void **state)
{
	struct cm_tuple t = packet();
	struct cm_recent found;

	(void)state;
	assert_false(look(&t, 1, false, &found));
	keep(&t, 1, false, verdict(7));
	assert_true(look(&t, 1, false, &found));
	assert_ptr_equal(found.line, verdict(7).line);
	assert_ptr_equal(found.flow, verdict(7).flow);
	/* Of what does not decide nothing is asked. */
	t.ttl = 3;
	t.tos = 0xb8;
	t.total_len = 1500;
	t.flags |= CM_TUPLE_FRAGMENT | CM_TUPLE_DF;
	assert_true(look(&t, 1, false, &found));
	/* That nothing takes it, too. */
	keep(&t, 1, false, verdict(0));
	assert_true(look(&t, 1, false, &found));
	assert_null(found.flow);
}

/* A packet that differs in any one thing is another, and so are other rules. */
static void nothing_else(void **state)
{
	struct cm_tuple t = packet(), other;
	struct cm_recent found;
	unsigned int i;

	(void)state;
	keep(&t, 5, false, verdict(7));
	assert_false(look(&t, 4, false, &found));
	assert_false(look(&t, 6, false, &found));
	assert_false(look(&t, 5, true, &found));
	for (i = 0; i < 256; i++) {
		other = t;
		if (i < 128)
			other.saddr.b[i / 8] ^= 1 << i % 8;
		else
			other.daddr.b[i / 8 - 16] ^= 1 << i % 8;
		assert_false(look(&other, 5, false, &found));
	}
	for (i = 0; i < 16; i++) {
		other = t;
		other.sport ^= 1 << i;
		assert_false(look(&other, 5, false, &found));
		other = t;
		other.dport ^= 1 << i;
		assert_false(look(&other, 5, false, &found));
	}
	other = t;
	other.proto = CM_PROTO_UDP;
	assert_false(look(&other, 5, false, &found));
	other = t;
	other.family = CM_FAMILY_V6;
	assert_false(look(&other, 5, false, &found));
	/* A fragment whose ports are 0 because nobody knows them. */
	other = t;
	other.sport = 0;
	other.dport = 0;
	keep(&other, 5, false, verdict(8));
	other.flags = CM_TUPLE_FRAGMENT | CM_TUPLE_LATER;
	assert_false(look(&other, 5, false, &found));
}

/* Many packets under rules that change: what is found is what was kept last. */
static void shared_slots(void **state)
{
	enum { PACKETS = 4 * CM_RECENT_SLOTS };
	static unsigned long kept[PACKETS][3];
	struct rng r = rng_start(11);
	struct cm_tuple t = packet();
	unsigned int i, n, hits = 0;
	struct cm_recent found;
	u64 stamp;

	(void)state;
	memset(kept, 0, sizeof(kept));
	for (i = 1; i < 200000; i++) {
		n = rng_below(&r, rng_one_in(&r, 2) ? 16 : PACKETS);
		stamp = 1 + rng_below(&r, 3);
		t.daddr.b[2] = n >> 8;
		t.daddr.b[3] = n;
		if (look(&t, stamp, false, &found)) {
			hits++;
			assert_ptr_equal(found.flow, verdict(kept[n][stamp - 1]).flow);
		}
		keep(&t, stamp, false, verdict(i));
		kept[n][stamp - 1] = i;
	}
	assert_in_range(hits, 1000, 199000);
}

/* Neighbouring addresses and ports are not all in the same few slots. */
static void spread(void **state)
{
	struct cm_tuple t = packet();
	struct cm_recent found;
	unsigned int i, hits;

	(void)state;
	for (i = 0; i < CM_RECENT_SLOTS / 2; i++) {
		t.daddr.b[3] = i;
		keep(&t, 1, false, verdict(1));
	}
	for (i = hits = 0; i < CM_RECENT_SLOTS / 2; i++) {
		t.daddr.b[3] = i;
		hits += look(&t, 1, false, &found);
	}
	assert_true(hits > CM_RECENT_SLOTS / 4);
	for (i = 0; i < CM_RECENT_SLOTS / 2; i++) {
		t.sport = 40000 + i;
		keep(&t, 1, false, verdict(1));
	}
	for (i = hits = 0; i < CM_RECENT_SLOTS / 2; i++) {
		t.sport = 40000 + i;
		hits += look(&t, 1, false, &found);
	}
	assert_true(hits > CM_RECENT_SLOTS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(found_again, empty),
		cmocka_unit_test_setup(nothing_else, empty),
		cmocka_unit_test_setup(shared_slots, empty),
		cmocka_unit_test_setup(spread, empty),
	};

	return cmocka_run_group_tests_name("core_recent", tests, NULL, NULL);
}

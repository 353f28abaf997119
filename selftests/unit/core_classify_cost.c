// SPDX-License-Identifier: GPL-2.0-or-later
/* A hundred times the lines must not make a lookup a hundred times as dear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/classify.h"
#include "selftests/unit/core_lines.h"
#include "selftests/unit/core_random.h"

static void *mem_alloc(size_t size)
{
	return malloc(size);
}

static void mem_free(void *mem)
{
	free(mem);
}

static void mem_free_deferred(struct rcu_head *head)
{
	free(head);
}

static const struct cm_classify_ops ops = {
	.alloc = mem_alloc,
	.free = mem_free,
	.free_deferred = mem_free_deferred,
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The fastest of several runs of 1,000 lookups. */
static u64 measure(const struct cm_classify *c, const struct cm_tuple *t,
		   const struct cm_rule *want)
{
	u64 best = U64_MAX, start;
	int run, i;

	for (run = 0; run < 7; run++) {
		start = now_ns();
		for (i = 0; i < 1000; i++)
			assert_ptr_equal(cm_classify_lookup(c, t, 0, NULL, NULL), want);
		best = min(best, now_ns() - start);
	}
	return best;
}

/* n ranges on the same addresses: @step 4 disjoint, 0 all the same. */
static u64 cost_of_ranges(u32 n, u32 step)
{
	struct cm_rule *rule = calloc(n, sizeof(*rule));
	struct cm_tuple t = tcp_packet(step * (n - 1) + 1);
	struct cm_classify c;
	u64 cost;
	u32 i;

	assert_non_null(rule);
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i < n; i++) {
		tcp_rule(&rule[i], cm_prio(10, i), CM_PERMIT, step * i, step * i + 2);
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);
	}
	cost = measure(&c, &t, step ? &rule[n - 1] : &rule[0]);
	cm_classify_destroy(&c);
	free(rule);
	return cost;
}

/* n entries that deny the packet, each with a permit for other traffic. */
static u64 cost_of_denies(u32 n)
{
	struct cm_rule *rule = calloc(2 * n + 1, sizeof(*rule));
	struct cm_tuple t = tcp_packet(80);
	struct cm_classify c;
	u64 cost;
	u32 i;

	assert_non_null(rule);
	t.daddr.b[0] = 10;
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i <= 2 * n; i++) {
		tcp_rule(&rule[i], cm_prio(i / 2, i & 1),
			 i & 1 || i == 2 * n ? CM_PERMIT : CM_DENY, 0, 65535);
		if (i & 1) {	/* a site of its own */
			cm_addr_mask(&rule[i].sel.dmask, CM_FAMILY_V4, 24);
			rule[i].sel.daddr.b[0] = 172;
			rule[i].sel.daddr.b[1] = i >> 8;
			rule[i].sel.daddr.b[2] = i;
		}
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);
	}
	cost = measure(&c, &t, &rule[2 * n]);
	cm_classify_destroy(&c);
	free(rule);
	return cost;
}

/* n hosts behind random wildcard masks: far more combinations than tables. */
static u64 cost_of_holes(u32 n)
{
	struct cm_rule *rule = calloc(n, sizeof(*rule));
	struct rng r = rng_start(7);
	struct cm_tuple t = tcp_packet(80);
	struct cm_classify c;
	u64 cost;
	u32 i;

	assert_non_null(rule);
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i < n; i++) {
		tcp_rule(&rule[i], cm_prio(1, i), CM_PERMIT, 0, 65535);
		rule[i].sel.daddr = (union cm_addr){ .b = { 10, i >> 8, i, 1 } };
		cm_addr_mask(&rule[i].sel.dmask, CM_FAMILY_V4, 32);
		rule[i].sel.dmask.b[3] = (u8)rng_next(&r) | 1;
		cm_addr_mask(&rule[i].sel.smask, CM_FAMILY_V4, 16);
		rule[i].sel.smask.b[2] = (u8)rng_next(&r);
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);
	}
	t.daddr = rule[n - 1].sel.daddr;
	cost = measure(&c, &t, &rule[n - 1]);
	cm_classify_destroy(&c);
	free(rule);
	return cost;
}

/* n lines of all lengths of prefixes, far from the packet, and one for it. */
static u64 cost_of_prefixes(u32 n)
{
	struct cm_rule *rule = calloc(n + 1, sizeof(*rule));
	struct cm_tuple t = tcp_packet(80);
	struct cm_classify c;
	u64 cost;
	u32 i;

	assert_non_null(rule);
	t.saddr.b[0] = 10;
	t.daddr.b[0] = 10;
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i <= n; i++) {
		tcp_rule(&rule[i], cm_prio(1, i), CM_PERMIT, 0, 65535);
		if (i < n) {
			cm_addr_mask(&rule[i].sel.smask, CM_FAMILY_V4, 9 + i % 24);
			cm_addr_mask(&rule[i].sel.dmask, CM_FAMILY_V4, 9 + i / 24 % 24);
			rule[i].sel.saddr = (union cm_addr){ .b = { 164, i >> 6, i >> 8, i } };
			rule[i].sel.daddr = (union cm_addr){ .b = { 20, i << 3, i, i >> 4 } };
			cm_selector_canon(&rule[i].sel);
		}
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);
	}
	cost = measure(&c, &t, &rule[n]);
	cm_classify_destroy(&c);
	free(rule);
	return cost;
}

/* Ranges that do not overlap, and ranges that all do. */
static void ranges(void **state)
{
	(void)state;
	assert_true(cost_of_ranges(10000, 4) < 15 * cost_of_ranges(100, 4));
	assert_true(cost_of_ranges(10000, 0) < 15 * cost_of_ranges(100, 0));
}

static void denies(void **state)
{
	(void)state;
	assert_true(cost_of_denies(10000) < 15 * cost_of_denies(100));
}

static void wildcard_masks(void **state)
{
	(void)state;
	assert_true(cost_of_holes(10000) < 15 * cost_of_holes(100));
}

/* Hundreds of combinations, of which no table can hold the packet. */
static void prefixes(void **state)
{
	(void)state;
	assert_true(cost_of_prefixes(10000) < 8 * cost_of_prefixes(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(denies),
		cmocka_unit_test(wildcard_masks),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests_name("core_classify_cost", tests, NULL, NULL);
}

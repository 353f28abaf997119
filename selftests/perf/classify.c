// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a lookup in the classifier costs: nanoseconds by number of lines.
 *
 *   make build/perf/classify && build/perf/classify
 *
 *   sites    one entry per site, permit ip /24 /24
 *   mixed    the same with 16 combinations of prefix lengths
 *   ranges   one pair of networks, disjoint port ranges
 *   nested   one pair of networks, ranges that all hold the port
 *   denies   each entry denies the packet and permits a site; the last takes it
 *   holes    random wildcard masks: more combinations than there are tables
 *
 * "hit" finds the last line, "miss" none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/kernel.h>

#include "kmod/core/classify.h"
#include "selftests/unit/core_random.h"

#define LOOKUPS 200000

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

static void line(struct cm_rule *rule, u32 entry, u32 number, enum cm_action action)
{
	memset(rule, 0, sizeof(*rule));
	rule->sel.family = CM_FAMILY_V4;
	rule->sel.sport = CM_PORTS_ANY;
	rule->sel.dport = CM_PORTS_ANY;
	rule->sel.saddr.b[0] = 10;
	cm_addr_mask(&rule->sel.smask, CM_FAMILY_V4, 8);
	rule->prio = cm_prio(entry, number);
	rule->action = action;
}

/* Destination network number @i of @bits. */
static void site(struct cm_rule *rule, u32 i, u32 bits)
{
	rule->sel.daddr.b[0] = 100 + (i >> 16);
	rule->sel.daddr.b[1] = i >> 8;
	rule->sel.daddr.b[2] = i;
	cm_addr_mask(&rule->sel.dmask, CM_FAMILY_V4, bits);
}

static void make_sites(struct cm_rule *rule, u32 i, u32 n)
{
	(void)n;
	line(rule, i, 0, CM_PERMIT);
	site(rule, i, 24);
}

static void make_mixed(struct cm_rule *rule, u32 i, u32 n)
{
	(void)n;
	line(rule, i, 0, CM_PERMIT);
	site(rule, i, 24 + i % 8);
	if (i / 8 % 2)
		cm_addr_mask(&rule->sel.smask, CM_FAMILY_V4, 7);
}

static void make_ranges(struct cm_rule *rule, u32 i, u32 n)
{
	u32 width = n > 60000 ? 1 : 60000 / n;

	line(rule, 1, i, CM_PERMIT);
	site(rule, 0, 24);
	rule->sel.proto = CM_PROTO_TCP;
	if (i >= 60000) {	/* more ranges than ports: other sources */
		rule->sel.sport.lo = i - 60000;
		rule->sel.sport.hi = i - 60000;
		i -= 60000;
	}
	rule->sel.dport.lo = i * width;
	rule->sel.dport.hi = i * width + width - 1;
}

static void make_nested(struct cm_rule *rule, u32 i, u32 n)
{
	line(rule, 1, i, CM_PERMIT);
	site(rule, 0, 24);
	rule->sel.proto = CM_PROTO_TCP;
	rule->sel.dport.lo = (u32)((u64)(n - 1 - i) * 30000 / n);
	rule->sel.dport.hi = U16_MAX - rule->sel.dport.lo;
}

static void make_denies(struct cm_rule *rule, u32 i, u32 n)
{
	line(rule, i / 2, i % 2, i == n - 1 || i % 2 ? CM_PERMIT : CM_DENY);
	if (i % 2 && i != n - 1)
		site(rule, i, 24);
}

static void make_holes(struct cm_rule *rule, u32 i, u32 n)
{
	struct rng r = { i };

	(void)n;
	line(rule, 1, i, CM_PERMIT);
	site(rule, i, 32);
	rule->sel.dmask.b[1 + rng_below(&r, 3)] = (u8)rng_next(&r);
	rule->sel.smask.b[1] = (u8)rng_next(&r);
}

static const struct {
	const char *name;
	void (*make)(struct cm_rule *rule, u32 i, u32 n);
} cases[] = {
	{ "sites", make_sites },
	{ "mixed", make_mixed },
	{ "ranges", make_ranges },
	{ "nested", make_nested },
	{ "denies", make_denies },
	{ "holes", make_holes },
};

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Nanoseconds of one lookup, the fastest of three runs within half a second. */
static double measure(const struct cm_classify *c, const struct cm_tuple *t)
{
	double best = 1e18, start = now_ns(), begin;
	const struct cm_rule *volatile sink;
	u32 run, i;

	for (run = 0; run < 3; run++) {
		begin = now_ns();
		for (i = 0; i < LOOKUPS && (i % 256 || now_ns() - start < 5e8); i++)
			sink = cm_classify_lookup(c, t, 0, NULL, NULL);
		if (i)
			best = min(best, (now_ns() - begin) / i);
	}
	(void)sink;
	return best;
}

static void run_case(u32 which, u32 n)
{
	static const siphash_key_t key = { { 1, 2 } };
	struct cm_rule *rule = calloc(n, sizeof(*rule));
	double begin, insert, hit, miss;
	struct cm_classify c;
	struct cm_tuple t;
	u32 i;

	if (!rule)
		exit(1);
	cm_classify_init(&c, &ops, &key, 0);
	begin = now_ns();
	for (i = 0; i < n; i++) {
		cases[which].make(&rule[i], i, n);
		cm_selector_canon(&rule[i].sel);
		if (cm_classify_insert(&c, &rule[i]))
			exit(1);
	}
	insert = (now_ns() - begin) / n;

	t = (struct cm_tuple){
		.family = CM_FAMILY_V4, .proto = CM_PROTO_TCP,
		.saddr = rule[n - 1].sel.saddr, .daddr = rule[n - 1].sel.daddr,
		.sport = rule[n - 1].sel.sport.lo, .dport = rule[n - 1].sel.dport.hi,
		.flags = CM_TUPLE_PORTS,
	};
	hit = measure(&c, &t);
	t.saddr.b[0] = 11;
	miss = measure(&c, &t);
	printf("%-8s %8u %10.0f %10.0f %10.0f\n", cases[which].name, n, hit, miss, insert);
	cm_classify_destroy(&c);
	free(rule);
}

int main(void)
{
	static const u32 sizes[] = { 10, 1000, 100000 };
	u32 i, j;

	printf("%-8s %8s %10s %10s %10s\n", "case", "lines", "hit ns", "miss ns", "insert ns");
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			run_case(i, sizes[j]);
	return 0;
}

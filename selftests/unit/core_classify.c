// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The classifier against a list that is walked line by line (F-045: first
 * match, deny falls through to the next entry).
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>
#include <linux/kernel.h>

#include "kmod/core/classify.h"
#include "selftests/unit/core_lines.h"
#include "selftests/unit/core_random.h"

#define PACKETS 1000		/* compared per set */
#define SMALL_SETS 3000

/* --- memory: counted, made to fail at will ------------------------------- */

static long blocks;		/* allocated and not freed */
static long fail_after = -1;	/* allocations until they fail; < 0: never */

static void *mem_alloc(size_t size)
{
	if (fail_after == 0)
		return NULL;
	if (fail_after > 0)
		fail_after--;
	blocks++;
	return malloc(size);
}

static void mem_free(void *mem)
{
	blocks--;
	free(mem);
}

/* No reader is in the classifier while it changes: freed at once, ASan watches. */
static void mem_free_deferred(struct rcu_head *head)
{
	mem_free(head);
}

static const struct cm_classify_ops ops = {
	.alloc = mem_alloc,
	.free = mem_free,
	.free_deferred = mem_free_deferred,
};

/* --- the naive list ------------------------------------------------------ */

struct list {
	struct cm_rule *rule;	/* in order of priority */
	bool *in;
	u32 count;
};

static bool naive_addr(const union cm_addr *a, const union cm_addr *net,
		       const union cm_addr *mask)
{
	int i;

	for (i = 0; i < 16; i++)
		if ((a->b[i] & mask->b[i]) != net->b[i])
			return false;
	return true;
}

static bool naive_match(const struct cm_rule *r, const struct cm_tuple *t)
{
	const struct cm_selector *s = &r->sel;
	bool full = s->sport.lo == 0 && s->sport.hi == 65535 &&
		    s->dport.lo == 0 && s->dport.hi == 65535;

	if (s->family != t->family || (s->proto && s->proto != t->proto))
		return false;
	if (!naive_addr(&t->saddr, &s->saddr, &s->smask) ||
	    !naive_addr(&t->daddr, &s->daddr, &s->dmask))
		return false;
	if (!(t->flags & CM_TUPLE_PORTS))
		return full || r->action == CM_PERMIT;
	return s->sport.lo <= t->sport && t->sport <= s->sport.hi &&
	       s->dport.lo <= t->dport && t->dport <= s->dport.hi;
}

/* Line by line as an administrator reads it. */
static const struct cm_rule *naive_lookup(const struct list *l, const struct cm_tuple *t,
					  u64 floor, const struct cm_rule **first)
{
	u64 denied_entry = U64_MAX;
	u32 i;

	*first = NULL;
	for (i = 0; i < l->count; i++) {
		const struct cm_rule *r = &l->rule[i];

		if (!l->in[i] || r->prio < floor || r->prio >> 32 == denied_entry)
			continue;
		if (!naive_match(r, t))
			continue;
		if (!*first)
			*first = r;
		if (r->action == CM_PERMIT)
			return r;
		denied_entry = r->prio >> 32;
	}
	return NULL;
}

/* --- random lines and packets -------------------------------------------- */

struct shape {
	u32 rules;
	u32 entry_lines;	/* lines of an entry, at most */
	u32 deny_one_in;
	u32 holes_one_in;	/* of the masks */
	u32 max_tables;
	bool few_keys;		/* most lines share their addresses */
	bool ipv6;
};

static void random_mask(struct rng *r, const struct shape *sh, u8 family,
			union cm_addr *mask)
{
	static const u8 usual[] = { 0, 8, 16, 20, 24, 24, 28, 32 };
	u32 bits = usual[rng_below(r, ARRAY_SIZE(usual))];
	u32 i, bytes = family == CM_FAMILY_V4 ? 4 : 16;

	if (family == CM_FAMILY_V6)
		bits *= 4;
	if (rng_one_in(r, 20))
		bits = rng_below(r, bytes * 8 + 1);
	cm_addr_mask(mask, family, bits);
	if (rng_one_in(r, sh->holes_one_in))
		for (i = 0; i < bytes; i++)
			mask->b[i] &= (u8)rng_next(r) | (u8)rng_next(r);
}

/* A small world, so that lines overlap. */
static void random_addr(struct rng *r, u8 family, union cm_addr *addr)
{
	u32 i, bytes = family == CM_FAMILY_V4 ? 4 : 16;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < bytes; i++)
		addr->b[i] = rng_one_in(r, 3) ? (u8)rng_next(r) : (u8)rng_below(r, 3);
}

static struct cm_ports random_ports(struct rng *r)
{
	static const u16 usual[] = { 22, 53, 80, 443, 500, 1024, 4500, 8080 };
	struct cm_ports p = CM_PORTS_ANY;
	u16 swap_port;

	switch (rng_below(r, 4)) {
	case 0:
		p.lo = usual[rng_below(r, ARRAY_SIZE(usual))];
		p.hi = p.lo;
		break;
	case 1:
		p.lo = (u16)rng_next(r);
		p.hi = (u16)rng_next(r);
		if (p.lo > p.hi) {
			swap_port = p.lo;
			p.lo = p.hi;
			p.hi = swap_port;
		}
		break;
	case 2:
		p.lo = (u16)rng_below(r, 60000);
		p.hi = p.lo + (u16)rng_below(r, 200);
		break;
	}
	return p;
}

static void random_rule(struct rng *r, const struct shape *sh, struct cm_rule *rule)
{
	static const u8 protos[] = { 0, 0, 1, 6, 6, 6, 17, 17, 47, 132 };
	struct cm_selector *s = &rule->sel;

	memset(rule, 0, sizeof(*rule));
	s->family = sh->ipv6 && rng_one_in(r, 2) ? CM_FAMILY_V6 : CM_FAMILY_V4;
	s->proto = protos[rng_below(r, ARRAY_SIZE(protos))];
	s->sport = CM_PORTS_ANY;
	s->dport = CM_PORTS_ANY;
	if (sh->few_keys && !rng_one_in(r, 4)) {
		s->proto = CM_PROTO_TCP;
		s->daddr.b[0] = (u8)rng_below(r, 2);
		cm_addr_mask(&s->dmask, s->family, 8);
	} else {
		random_addr(r, s->family, &s->saddr);
		random_addr(r, s->family, &s->daddr);
		random_mask(r, sh, s->family, &s->smask);
		random_mask(r, sh, s->family, &s->dmask);
	}
	if (cm_proto_has_ports(s->proto)) {
		if (rng_one_in(r, 3))
			s->sport = random_ports(r);
		s->dport = random_ports(r);
	} else if (cm_proto_is_icmp(s->proto) && rng_one_in(r, 2)) {
		s->dport.lo = (u16)(rng_below(r, 9) << 8);
		s->dport.hi = s->dport.lo | 0xff;
	}
	cm_selector_canon(s);
	rule->action = rng_one_in(r, sh->deny_one_in) ? CM_DENY : CM_PERMIT;
}

static struct list list_make(struct rng *r, const struct shape *sh)
{
	struct list l = {
		.rule = calloc(sh->rules, sizeof(*l.rule)),
		.in = calloc(sh->rules, sizeof(*l.in)),
		.count = sh->rules,
	};
	u32 entry = rng_below(r, 10), line = 0, i;

	assert_non_null(l.rule);
	assert_non_null(l.in);
	for (i = 0; i < l.count; i++) {
		if (line && rng_one_in(r, sh->entry_lines)) {
			entry += 1 + rng_below(r, 3);
			line = 0;
		}
		random_rule(r, sh, &l.rule[i]);
		l.rule[i].prio = cm_prio(entry, line);
		line += 1 + rng_below(r, 3);
	}
	return l;
}

static void list_free(struct list *l)
{
	free(l->rule);
	free(l->in);
}

/* Mostly a packet near some line, so that lines are hit and just missed. */
static void random_packet(struct rng *r, const struct list *l, struct cm_tuple *t)
{
	const struct cm_selector *s = &l->rule[rng_below(r, l->count)].sel;
	static const u8 protos[] = { 1, 6, 17, 47, 132 };
	int i;

	memset(t, 0, sizeof(*t));
	t->family = s->family;
	random_addr(r, t->family, &t->saddr);
	random_addr(r, t->family, &t->daddr);
	for (i = 0; i < 2 && !rng_one_in(r, 8); i++) {
		t->saddr.q[i] = (t->saddr.q[i] & ~s->smask.q[i]) | s->saddr.q[i];
		t->daddr.q[i] = (t->daddr.q[i] & ~s->dmask.q[i]) | s->daddr.q[i];
	}
	t->proto = s->proto && !rng_one_in(r, 8) ? s->proto :
		protos[rng_below(r, ARRAY_SIZE(protos))];
	if (t->proto == CM_PROTO_GRE || rng_one_in(r, 16))
		return;
	t->flags = CM_TUPLE_PORTS;
	if (!cm_proto_is_icmp(t->proto))
		t->sport = rng_one_in(r, 2) ? s->sport.lo : (u16)rng_next(r);
	t->dport = rng_one_in(r, 2) ? s->dport.lo - (u16)rng_one_in(r, 8) :
		rng_one_in(r, 2) ? s->dport.hi + (u16)rng_one_in(r, 8) : (u16)rng_next(r);
}

/* --- comparison ---------------------------------------------------------- */

static u32 hits, denials;

static void count_denial(const struct cm_rule *deny, void *arg)
{
	assert_int_equal(deny->action, CM_DENY);
	assert_true(naive_match(deny, arg));
	denials++;
}

static void compare(const struct cm_classify *c, const struct list *l,
		    struct rng *r, u32 packets)
{
	const struct cm_rule *want, *want_first, *got;
	struct cm_tuple t;
	u64 floor;

	while (packets--) {
		random_packet(r, l, &t);
		floor = rng_one_in(r, 8) ? l->rule[rng_below(r, l->count)].prio : 0;
		want = naive_lookup(l, &t, floor, &want_first);
		got = cm_classify_lookup(c, &t, floor, count_denial, &t);
		assert_ptr_equal(got, want);
		hits += !!got;
		assert_ptr_equal(cm_classify_first(c, &t, floor), want_first);
	}
}

static void set_in(struct cm_classify *c, struct list *l, u32 i, bool in)
{
	if (l->in[i] == in)
		return;
	if (in)
		assert_int_equal(cm_classify_insert(c, &l->rule[i]), 0);
	else
		cm_classify_remove(c, &l->rule[i]);
	l->in[i] = in;
}

static u32 *shuffled(struct rng *r, u32 n)
{
	u32 *order = calloc(n, sizeof(*order));
	u32 i, j, other;

	assert_non_null(order);
	for (i = 0; i < n; i++) {
		j = rng_below(r, i + 1);
		other = order[j];
		order[j] = i;
		order[i] = j == i ? i : other;
	}
	return order;
}

/* Insert in random order, take half out, put a part back, empty. */
static void run_set(struct rng *r, const struct shape *sh)
{
	struct list l = list_make(r, sh);
	u32 *order = shuffled(r, l.count);
	struct cm_classify c;
	u32 i;

	cm_classify_init(&c, &ops, &hash_key, sh->max_tables);
	for (i = 0; i < l.count; i++)
		set_in(&c, &l, order[i], true);
	assert_int_equal(c.count, l.count);
	compare(&c, &l, r, PACKETS / 2);
	for (i = 0; i < l.count / 2; i++)
		set_in(&c, &l, order[i], false);
	compare(&c, &l, r, PACKETS / 4);
	for (i = 0; i < l.count / 4; i++)
		set_in(&c, &l, order[i], true);
	compare(&c, &l, r, PACKETS / 4);
	if (rng_one_in(r, 2)) {
		for (i = 0; i < l.count; i++)
			set_in(&c, &l, i, false);
		compare(&c, &l, r, 10);
		assert_int_equal(c.count, 0);
	}
	cm_classify_destroy(&c);
	assert_int_equal(blocks, 0);
	free(order);
	list_free(&l);
}

static struct shape random_shape(struct rng *r, u32 rules)
{
	return (struct shape){
		.rules = 1 + rng_below(r, rules),
		.entry_lines = 1 + rng_below(r, 20),
		.deny_one_in = 2 + rng_below(r, 8),
		.holes_one_in = rng_one_in(r, 4) ? 2 : 20,
		.max_tables = rng_one_in(r, 4) ? 1 + rng_below(r, 4) : 0,
		.few_keys = rng_one_in(r, 3),
		.ipv6 = rng_one_in(r, 3),
	};
}

static void small_sets(void **state)
{
	struct rng r = rng_start(1);
	struct shape sh;
	int i;

	(void)state;
	hits = 0;
	denials = 0;
	for (i = 0; i < SMALL_SETS; i++) {
		sh = random_shape(&r, 50);
		run_set(&r, &sh);
	}
	/* The comparison must be about something. */
	assert_true(hits > SMALL_SETS * PACKETS / 10);
	assert_true(denials > SMALL_SETS * PACKETS / 100);
}

static void middle_sets(void **state)
{
	struct rng r = rng_start(2);
	struct shape sh;
	int i;

	(void)state;
	for (i = 0; i < 60; i++) {
		sh = random_shape(&r, 2000);
		run_set(&r, &sh);
	}
}

static void large_sets(void **state)
{
	static const struct shape shapes[] = {
		/* the order of a real configuration: entries of few lines */
		{ 100000, 4, 10, 1000, 0, false, false },
		/* one access list, many ranges on few addresses, IPv6 too */
		{ 100000, 100000, 4, 20, 0, true, true },
	};
	struct rng r = rng_start(3);
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		run_set(&r, &shapes[i]);
}

/* --- interleaved changes, shared priorities ------------------------------ */

static void interleaved(void **state)
{
	struct rng r = rng_start(4);
	struct cm_classify c;
	struct shape sh;
	struct list l;
	int round, i;
	u32 pick;

	(void)state;
	for (round = 0; round < 40; round++) {
		sh = random_shape(&r, 300);
		l = list_make(&r, &sh);
		cm_classify_init(&c, &ops, &hash_key, sh.max_tables);
		for (i = 0; i < 1000; i++) {
			pick = rng_below(&r, l.count);
			set_in(&c, &l, pick, !l.in[pick]);
			compare(&c, &l, &r, 2);
		}
		cm_classify_destroy(&c);
		assert_int_equal(blocks, 0);
		list_free(&l);
	}
}

/* Lines of one priority (an expanded object group) are all found. */
static void shared_priority(void **state)
{
	struct cm_tuple t = tcp_packet(0);
	struct cm_rule rule[8];
	struct cm_classify c;
	u32 i;

	(void)state;
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i < ARRAY_SIZE(rule); i++) {
		tcp_rule(&rule[i], cm_prio(10, 0), CM_PERMIT, 100 * i, 100 * i + 9);
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);
	}
	for (i = 0; i < ARRAY_SIZE(rule); i++) {
		t.dport = 100 * i + 9;
		assert_ptr_equal(cm_classify_lookup(&c, &t, 0, NULL, NULL), &rule[i]);
		t.dport = 100 * i + 10;
		assert_null(cm_classify_lookup(&c, &t, 0, NULL, NULL));
	}
	cm_classify_destroy(&c);
	assert_int_equal(blocks, 0);
}

/* F-045: a deny sends the packet to the next entry, not to clear text. */
static void deny_goes_on(void **state)
{
	struct cm_tuple t = tcp_packet(80);
	struct cm_rule rule[4];
	struct cm_classify c;
	u32 i;

	(void)state;
	tcp_rule(&rule[0], cm_prio(10, 0), CM_DENY, 80, 80);
	tcp_rule(&rule[1], cm_prio(10, 1), CM_PERMIT, 0, 65535);
	tcp_rule(&rule[2], cm_prio(20, 0), CM_PERMIT, 80, 89);
	tcp_rule(&rule[3], cm_prio(U32_MAX, 0), CM_PERMIT, 0, 65535);
	cm_classify_init(&c, &ops, &hash_key, 0);
	for (i = 0; i < ARRAY_SIZE(rule); i++)
		assert_int_equal(cm_classify_insert(&c, &rule[i]), 0);

	assert_ptr_equal(cm_classify_lookup(&c, &t, 0, NULL, NULL), &rule[2]);
	assert_ptr_equal(cm_classify_first(&c, &t, 0), &rule[0]);
	t.dport = 81;
	assert_ptr_equal(cm_classify_lookup(&c, &t, 0, NULL, NULL), &rule[1]);
	/* A fragment without ports: denied by no port, permitted by any. */
	t.flags = 0;
	assert_ptr_equal(cm_classify_lookup(&c, &t, 0, NULL, NULL), &rule[1]);
	/* The last entry there can be: nothing after it. */
	t = tcp_packet(90);
	assert_ptr_equal(cm_classify_lookup(&c, &t, cm_prio(20, 0), NULL, NULL), &rule[3]);
	assert_true(cm_prio_after(rule[3].prio) == CM_PRIO_NONE);
	cm_classify_destroy(&c);
}

static void refusals(void **state)
{
	struct cm_classify c;
	struct cm_rule rule;

	(void)state;
	cm_classify_init(&c, &ops, &hash_key, 0);
	tcp_rule(&rule, CM_PRIO_NONE, CM_PERMIT, 1, 2);
	assert_int_equal(cm_classify_insert(&c, &rule), -EINVAL);
	tcp_rule(&rule, 1, CM_PERMIT, 2, 1);
	assert_int_equal(cm_classify_insert(&c, &rule), -EINVAL);
	tcp_rule(&rule, 1, CM_PERMIT, 1, 2);
	rule.sel.saddr.b[0] = 10;	/* not in its mask */
	assert_int_equal(cm_classify_insert(&c, &rule), -EINVAL);
	cm_selector_canon(&rule.sel);
	assert_int_equal(cm_classify_insert(&c, &rule), 0);
	assert_int_equal(cm_classify_insert(&c, &rule), -EEXIST);
	assert_int_equal(c.count, 1);
	cm_classify_destroy(&c);
	assert_int_equal(blocks, 0);
}

/* --- memory failure ------------------------------------------------------ */

/* An insert without memory changes nothing; a remove works without any. */
static void out_of_memory(void **state)
{
	struct rng r = rng_start(5);
	struct cm_classify c;
	struct shape sh;
	struct list l;
	int round, i, failed = 0;
	u32 pick;

	(void)state;
	for (round = 0; round < 60; round++) {
		sh = random_shape(&r, 100);
		l = list_make(&r, &sh);
		cm_classify_init(&c, &ops, &hash_key, sh.max_tables);
		for (i = 0; i < 600; i++) {
			pick = rng_below(&r, l.count);
			fail_after = rng_one_in(&r, 2) ? (long)rng_below(&r, 12) : -1;
			if (l.in[pick]) {
				cm_classify_remove(&c, &l.rule[pick]);
				l.in[pick] = false;
			} else if (cm_classify_insert(&c, &l.rule[pick]) == 0) {
				l.in[pick] = true;
			} else {
				failed++;
			}
			fail_after = -1;
			compare(&c, &l, &r, 2);
		}
		cm_classify_destroy(&c);
		assert_int_equal(blocks, 0);
		list_free(&l);
	}
	assert_true(failed > 100);
}

/* --- readers beside a writer --------------------------------------------- */

static struct {
	struct rcu_head *head;
	bool stop;
	u64 lookups;
} shared;

/* Kept until the readers have ended: one long grace period. */
static void keep_for_readers(struct rcu_head *head)
{
	head->next = shared.head;
	shared.head = head;
}

static const struct cm_classify_ops shared_ops = {
	.alloc = mem_alloc,
	.free = mem_free,
	.free_deferred = keep_for_readers,
};

struct reader {
	const struct cm_classify *c;
	const struct cm_rule *fixed;
	u64 wrong;
};

/* One permit stays all the time; better ones for other ports come and go. */
static void *read_all_the_time(void *arg)
{
	struct cm_tuple t = tcp_packet(50000);
	struct reader *reader = arg;
	u64 n = 0;

	while (!__atomic_load_n(&shared.stop, __ATOMIC_RELAXED)) {
		if (cm_classify_lookup(reader->c, &t, 0, NULL, NULL) != reader->fixed)
			reader->wrong++;
		n++;
	}
	__atomic_fetch_add(&shared.lookups, n, __ATOMIC_RELAXED);
	return NULL;
}

static void change_all_the_time(struct cm_classify *c, struct cm_rule *rule, u32 n)
{
	struct rng r = rng_start(6);
	u32 i, pick;

	for (i = 0; i < 20000; i++) {
		pick = rng_below(&r, n);
		if (rule[pick].table) {
			cm_classify_remove(c, &rule[pick]);
		} else {
			tcp_rule(&rule[pick], cm_prio(1, pick), CM_PERMIT, pick, pick + 100);
			if (pick & 1) {
				cm_addr_mask(&rule[pick].sel.smask, CM_FAMILY_V4, pick % 33);
				rule[pick].sel.dport = CM_PORTS_ANY;
				rule[pick].sel.saddr.b[0] = 0x80 | pick;
				cm_selector_canon(&rule[pick].sel);
				if (!(pick % 33))
					rule[pick].action = CM_DENY;
			}
			assert_int_equal(cm_classify_insert(c, &rule[pick]), 0);
		}
	}
}

static void readers_and_writer(void **state)
{
	struct cm_rule rule[200] = { 0 }, fixed;
	struct reader reader[2];
	struct rcu_head *head;
	struct cm_classify c;
	pthread_t thread[2];
	int i;

	(void)state;
	cm_classify_init(&c, &shared_ops, &hash_key, 0);
	tcp_rule(&fixed, cm_prio(2, 0), CM_PERMIT, 50000, 50000);
	assert_int_equal(cm_classify_insert(&c, &fixed), 0);
	for (i = 0; i < 2; i++) {
		reader[i] = (struct reader){ .c = &c, .fixed = &fixed };
		assert_int_equal(pthread_create(&thread[i], NULL, read_all_the_time,
						&reader[i]), 0);
	}
	change_all_the_time(&c, rule, ARRAY_SIZE(rule));
	__atomic_store_n(&shared.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(reader[i].wrong, 0);
	}
	assert_true(shared.lookups > 0);
	cm_classify_destroy(&c);
	while ((head = shared.head)) {
		shared.head = head->next;
		mem_free(head);
	}
	assert_int_equal(blocks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_priority),
		cmocka_unit_test(deny_goes_on),
		cmocka_unit_test(refusals),
		cmocka_unit_test(small_sets),
		cmocka_unit_test(middle_sets),
		cmocka_unit_test(large_sets),
		cmocka_unit_test(interleaved),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(readers_and_writer),
	};

	return cmocka_run_group_tests_name("core_classify", tests, NULL, NULL);
}

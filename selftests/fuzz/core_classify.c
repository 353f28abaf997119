// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: the input is a program that inserts and removes access-list
 * lines and looks packets up; a list that is walked line by line must answer the
 * same. Memory may run out at any insertion.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "kmod/core/classify.h"
#include "selftests/fuzz/fuzz.h"

#define LINES 48

static long blocks;		/* allocated and not freed */
static long fail_after;		/* < 0: never */

static void *mem_alloc(size_t size)
{
	if (!fail_after)
		return NULL;
	fail_after -= fail_after > 0;
	blocks++;
	return malloc(size);
}

static void mem_free(void *mem)
{
	blocks--;
	free(mem);
}

static void mem_free_deferred(struct rcu_head *head)
{
	mem_free(head);
}

static const struct cm_classify_ops ops = {
	.alloc = mem_alloc,
	.free = mem_free,
	.free_deferred = mem_free_deferred,
};

struct world {
	struct cm_classify c;
	struct cm_rule rule[LINES];	/* the index is the order */
	bool in[LINES];
};

/* Few addresses, so that lines meet. */
static void read_addr(struct input *in, u8 family, union cm_addr *a, union cm_addr *mask)
{
	u8 byte = input_byte(in), bits = input_byte(in);

	memset(a, 0, sizeof(*a));
	a->b[0] = 10;
	a->b[1] = byte & 3;
	a->b[3] = byte >> 4;
	cm_addr_mask(mask, family, bits % 129);
	if (bits & 0x80)		/* holes */
		mask->b[2] = byte;
	if (family == CM_FAMILY_V4)
		memset(&mask->b[4], 0, 12);
}

static void read_rule(struct input *in, struct cm_rule *rule, unsigned int at)
{
	static const u8 protos[] = { 0, 0, 1, 6, 17, 17, 47, 132 };
	struct cm_selector *s = &rule->sel;
	u8 what = input_byte(in);

	memset(rule, 0, sizeof(*rule));
	s->family = what & 1 ? CM_FAMILY_V6 : CM_FAMILY_V4;
	s->proto = protos[what >> 1 & 7];
	read_addr(in, s->family, &s->saddr, &s->smask);
	read_addr(in, s->family, &s->daddr, &s->dmask);
	s->sport = CM_PORTS_ANY;
	s->dport = CM_PORTS_ANY;
	if (cm_proto_has_ports(s->proto)) {
		if (what & 0x10)
			s->sport.lo = s->sport.hi = input_byte(in);
		if (what & 0x20) {
			s->dport.lo = input_byte(in);
			s->dport.hi = s->dport.lo + input_byte(in);
		}
	}
	cm_selector_canon(s);
	rule->prio = cm_prio(at / 8, at % 8);
	rule->action = what & 0x40 ? CM_DENY : CM_PERMIT;
}

static void read_packet(struct input *in, struct cm_tuple *t)
{
	static const u8 protos[] = { 1, 6, 17, 47 };
	u8 what = input_byte(in);
	union cm_addr unused;

	memset(t, 0, sizeof(*t));
	t->family = what & 1 ? CM_FAMILY_V6 : CM_FAMILY_V4;
	t->proto = protos[what >> 1 & 3];
	read_addr(in, t->family, &t->saddr, &unused);
	read_addr(in, t->family, &t->daddr, &unused);
	if (what & 0x10 || t->proto == 47)
		return;
	t->flags = CM_TUPLE_PORTS;
	t->dport = input_byte(in);
	if (!cm_proto_is_icmp(t->proto))
		t->sport = input_byte(in);
}

/* A packet without ports meets permits as if it had any, denies only if they need none. */
static bool matches(const struct cm_rule *r, const struct cm_tuple *t)
{
	const struct cm_selector *s = &r->sel;
	unsigned int i;

	if (s->family != t->family || (s->proto && s->proto != t->proto))
		return false;
	for (i = 0; i < 16; i++)
		if ((t->saddr.b[i] & s->smask.b[i]) != s->saddr.b[i] ||
		    (t->daddr.b[i] & s->dmask.b[i]) != s->daddr.b[i])
			return false;
	if (!(t->flags & CM_TUPLE_PORTS))
		return r->action == CM_PERMIT ||
		       (cm_ports_is_any(&s->sport) && cm_ports_is_any(&s->dport));
	return cm_ports_has(&s->sport, t->sport) && cm_ports_has(&s->dport, t->dport);
}

static const struct cm_rule *walk(const struct world *w, const struct cm_tuple *t, u64 floor)
{
	u64 denied = U64_MAX;
	unsigned int i;

	for (i = 0; i < LINES; i++) {
		const struct cm_rule *r = &w->rule[i];

		if (!w->in[i] || r->prio < floor || cm_prio_entry(r->prio) == denied ||
		    !matches(r, t))
			continue;
		if (r->action == CM_PERMIT)
			return r;
		denied = cm_prio_entry(r->prio);
	}
	return NULL;
}

static void insert(struct world *w, struct input *in, u8 op)
{
	unsigned int at = input_byte(in) % LINES;
	int err;

	if (w->in[at])
		return;
	read_rule(in, &w->rule[at], at);
	if (cm_selector_check(&w->rule[at].sel))
		return;
	fail_after = op & 0x80 ? op >> 3 & 7 : -1;
	err = cm_classify_insert(&w->c, &w->rule[at]);
	CHECK(!err || (err == -ENOMEM && fail_after == 0));
	fail_after = -1;
	w->in[at] = !err;
}

static void step(struct world *w, struct input *in)
{
	u8 op = input_byte(in);
	struct cm_tuple t;
	unsigned int at;
	u64 floor;

	switch (op & 3) {
	case 0:
	case 1:
		insert(w, in, op);
		break;
	case 2:
		at = input_byte(in) % LINES;
		if (w->in[at])
			cm_classify_remove(&w->c, &w->rule[at]);
		w->in[at] = false;
		break;
	default:
		floor = op & 0x80 ? cm_prio(op >> 2 & 7, 0) : 0;
		read_packet(in, &t);
		CHECK(cm_classify_lookup(&w->c, &t, floor, NULL, NULL) == walk(w, &t, floor));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const siphash_key_t key = { { 1, 2 } };
	struct input in = { data, len };
	static struct world w;
	unsigned int i;

	memset(&w, 0, sizeof(w));
	fail_after = -1;
	cm_classify_init(&w.c, &ops, &key, 1 + input_byte(&in) % 8);
	while (in.len)
		step(&w, &in);
	for (i = 0; i < LINES; i++)
		if (w.in[i])
			cm_classify_remove(&w.c, &w.rule[i]);
	cm_classify_destroy(&w.c);
	CHECK(!blocks);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "ike-daemon/sa/timer.h"

static struct timer *heap_meld(struct timer *a, struct timer *b)
{
	struct timer *tmp;

	if (!a)
		return b;
	if (!b)
		return a;
	if (b->due < a->due) {
		tmp = a;
		a = b;
		b = tmp;
	}
	b->prev = a;
	b->sibling = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	a->sibling = NULL;
	a->prev = NULL;
	return a;
}

/* Meld a list of siblings: pairs from left to right, then all from the right. */
static struct timer *heap_merge_pairs(struct timer *first)
{
	struct timer *pairs = NULL;
	struct timer *root = NULL;

	while (first) {
		struct timer *a = first;
		struct timer *b = a->sibling;

		first = b ? b->sibling : NULL;
		a->sibling = NULL;
		a->prev = NULL;
		if (b) {
			b->sibling = NULL;
			b->prev = NULL;
		}
		a = heap_meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->sibling;

		pairs->sibling = NULL;
		root = heap_meld(root, pairs);
		pairs = next;
	}
	return root;
}

static void heap_remove(struct timers *ts, struct timer *t)
{
	struct timer *rest = heap_merge_pairs(t->child);

	t->child = NULL;
	if (t == ts->root) {
		ts->root = rest;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->sibling;
		else
			t->prev->sibling = t->sibling;
		if (t->sibling)
			t->sibling->prev = t->prev;
		ts->root = heap_meld(ts->root, rest);
	}
	t->sibling = NULL;
	t->prev = NULL;
	t->armed = false;
}

void timer_init(struct timer *t, timer_fn *fn, void *arg)
{
	*t = (struct timer){ .fn = fn, .arg = arg };
}

void timer_set(struct timers *ts, struct timer *t, uint64_t delay)
{
	if (t->armed)
		heap_remove(ts, t);
	t->due = ts->now + delay;
	t->armed = true;
	ts->root = heap_meld(ts->root, t);
}

void timer_cancel(struct timers *ts, struct timer *t)
{
	if (t->armed)
		heap_remove(ts, t);
}

uint64_t timers_due(const struct timers *ts)
{
	return ts->root ? ts->root->due : TIMER_NEVER;
}

void timers_run(struct timers *ts, uint64_t now)
{
	if (now > ts->now)
		ts->now = now;
	while (ts->root && ts->root->due <= ts->now) {
		struct timer *t = ts->root;

		heap_remove(ts, t);
		t->fn(t->arg);
	}
}

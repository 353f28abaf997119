/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of the engine: an intrusive pairing heap, so that arming a timer
 * cannot fail.  Time is whatever the owner says it is (timers_run()), in
 * milliseconds of a monotonic clock; tests let it jump.  One thread only.
 */
#ifndef IKE_SA_TIMER_H
#define IKE_SA_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define TIMER_NEVER	UINT64_MAX

struct timer;
typedef void timer_fn(void *arg);

struct timer {
	timer_fn *fn;
	void *arg;
	uint64_t due;
	bool armed;
	/* heap links, private */
	struct timer *child;
	struct timer *sibling;
	struct timer *prev;	/* left sibling, or parent of a first child */
};

struct timers {
	struct timer *root;
	uint64_t now;
};

void timer_init(struct timer *t, timer_fn *fn, void *arg);
/* (Re)arm for @delay milliseconds from now. */
void timer_set(struct timers *ts, struct timer *t, uint64_t delay);
/* Disarm; nothing happens if it is not armed. */
void timer_cancel(struct timers *ts, struct timer *t);

/* When the next timer is due, or TIMER_NEVER. */
uint64_t timers_due(const struct timers *ts);
/*
 * Set the clock (which never goes back) and call what is due, earliest first.
 * A callback may arm and cancel any timer and free its own.
 */
void timers_run(struct timers *ts, uint64_t now);

#endif

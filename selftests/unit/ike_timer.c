// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine's timers against a list that is searched, and its worker pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ike-daemon/sa/timer.h"
#include "ike-daemon/sa/work.h"
#include "selftests/unit/core_random.h"

#define TIMERS 200

struct model {
	struct timers timers;
	struct rng rng;
	struct probe {
		struct model *m;
		struct timer t;
		uint64_t due;		/* 0: not armed */
	} probe[TIMERS];
	uint64_t last;
	unsigned int fired;
};

static void arm(struct model *m, struct probe *p)
{
	uint64_t delay = 1 + rng_below(&m->rng, 1000);

	p->due = m->timers.now + delay;
	timer_set(&m->timers, &p->t, delay);
}

static void fire(void *arg)
{
	struct probe *p = arg;
	struct model *m = p->m;

	assert_int_not_equal(p->due, 0);
	assert_true(p->due <= m->timers.now);
	assert_true(p->due >= m->last);
	m->last = p->due;
	p->due = 0;
	m->fired++;
	/* callbacks change others */
	if (rng_one_in(&m->rng, 3)) {
		struct probe *other = &m->probe[rng_below(&m->rng, TIMERS)];

		timer_cancel(&m->timers, &other->t);
		other->due = 0;
	}
}

static uint64_t model_due(const struct model *m)
{
	uint64_t due = TIMER_NEVER;
	unsigned int i;

	for (i = 0; i < TIMERS; i++)
		if (m->probe[i].due && m->probe[i].due < due)
			due = m->probe[i].due;
	return due;
}

static void timers_fire_in_order(void **state)
{
	struct model *m = calloc(1, sizeof(*m));
	unsigned int i, round;

	(void)state;
	m->rng = rng_start(1);
	for (i = 0; i < TIMERS; i++) {
		m->probe[i].m = m;
		timer_init(&m->probe[i].t, fire, &m->probe[i]);
	}
	for (round = 0; round < 20000; round++) {
		struct probe *p = &m->probe[rng_below(&m->rng, TIMERS)];

		if (rng_one_in(&m->rng, 4)) {
			timer_cancel(&m->timers, &p->t);
			p->due = 0;
		} else {
			arm(m, p);
		}
		assert_int_equal(timers_due(&m->timers), model_due(m));
		if (rng_one_in(&m->rng, 5)) {
			m->last = 0;
			timers_run(&m->timers, m->timers.now +
				   rng_below(&m->rng, 100));
			assert_true(model_due(m) > m->timers.now);
		}
	}
	assert_true(m->fired > 1000);
	free(m);
}

struct sum {
	struct work work;
	unsigned int in;
	unsigned int out;
	pthread_t by;
	unsigned int *done;
};

static void sum_run(struct work *w)
{
	struct sum *s = (struct sum *)w;

	s->out = s->in * 2;
	s->by = pthread_self();
}

static void sum_done(struct work *w)
{
	struct sum *s = (struct sum *)w;

	(*s->done)++;
}

static void work_comes_back(unsigned int threads)
{
	struct work_pool *pool = work_pool_new(threads);
	struct sum *sums = calloc(WORK_QUEUE_MAX, sizeof(*sums));
	unsigned int i, done = 0;

	assert_non_null(pool);
	for (i = 0; i < WORK_QUEUE_MAX; i++) {
		sums[i].work.run = sum_run;
		sums[i].work.done = sum_done;
		sums[i].in = i;
		sums[i].done = &done;
		assert_int_equal(work_submit(pool, &sums[i].work), 0);
	}
	while (done < WORK_QUEUE_MAX) {
		struct pollfd p = { .fd = work_fd(pool), .events = POLLIN };

		if (p.fd >= 0)
			assert_int_equal(poll(&p, 1, 10000), 1);
		work_poll(pool);
	}
	for (i = 0; i < WORK_QUEUE_MAX; i++) {
		assert_int_equal(sums[i].out, 2 * i);
		if (threads)
			assert_false(pthread_equal(sums[i].by, pthread_self()));
	}
	work_pool_free(pool);
	free(sums);
}

static void work_on_threads(void **state)
{
	(void)state;
	work_comes_back(3);
}

static void work_without_threads(void **state)
{
	(void)state;
	work_comes_back(0);
}

/* What was never started is handed back when the pool goes. */
static void pool_goes_early(void **state)
{
	struct work_pool *pool = work_pool_new(0);
	struct sum sums[10] = { 0 };
	unsigned int i, done = 0;

	(void)state;
	for (i = 0; i < 10; i++) {
		sums[i].work.run = sum_run;
		sums[i].work.done = sum_done;
		sums[i].done = &done;
		assert_int_equal(work_submit(pool, &sums[i].work), 0);
	}
	work_pool_free(pool);
	assert_int_equal(done, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(work_on_threads),
		cmocka_unit_test(work_without_threads),
		cmocka_unit_test(pool_goes_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slow computations on a few threads, so that one peer's Diffie-Hellman never
 * delays another's messages.  Jobs start in order; their done functions run on
 * the engine's thread, from work_poll().
 */
#ifndef IKE_SA_WORK_H
#define IKE_SA_WORK_H

#include <stddef.h>

struct work {
	void (*run)(struct work *w);	/* on a worker; touches only the job */
	void (*done)(struct work *w);	/* on the engine's thread; may free it */
	struct work *next;		/* private */
};

struct work_pool;

/*
 * @threads 0: work_poll() itself runs one job after another, for tests and
 * for an order that can be repeated.  NULL without memory or threads.
 */
struct work_pool *work_pool_new(unsigned int threads);
/* Waits for running jobs; those never started and those finished are handed
 * to their done functions before it returns. */
void work_pool_free(struct work_pool *pool);
/* Readable when work_poll() has something to do; -1 without threads. */
int work_fd(const struct work_pool *pool);
/* -EBUSY when WORK_QUEUE_MAX jobs wait already: the caller drops its request. */
int work_submit(struct work_pool *pool, struct work *w);
/* Calls the done functions of finished jobs; returns their number. */
unsigned int work_poll(struct work_pool *pool);

#define WORK_QUEUE_MAX	1024

#endif

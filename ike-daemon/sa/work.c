// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ike-daemon/sa/work.h"

struct work_queue {
	struct work *first;
	struct work **tail;
	unsigned int n;
};

struct work_pool {
	pthread_mutex_t lock;	/* protects the lists and @stop */
	pthread_cond_t wake;	/* @waiting is not empty, or @stop */
	struct work_queue waiting;
	struct work_queue finished;
	bool stop;
	int fd;
	unsigned int nthreads;
	pthread_t threads[];
};

static void queue_init(struct work_queue *l)
{
	*l = (struct work_queue){ .tail = &l->first };
}

static void queue_push(struct work_queue *l, struct work *w)
{
	w->next = NULL;
	*l->tail = w;
	l->tail = &w->next;
	l->n++;
}

static struct work *queue_pop(struct work_queue *l)
{
	struct work *w = l->first;

	if (!w)
		return NULL;
	l->first = w->next;
	if (!l->first)
		l->tail = &l->first;
	l->n--;
	return w;
}

static void pool_signal(struct work_pool *pool)
{
	uint64_t one = 1;

	/* Fails only when the counter is full: then it is readable anyway. */
	if (write(pool->fd, &one, sizeof(one)) < 0)
		return;
}

static void *pool_thread(void *arg)
{
	struct work_pool *pool = arg;
	struct work *w;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (!pool->stop && !pool->waiting.first)
			pthread_cond_wait(&pool->wake, &pool->lock);
		if (pool->stop)
			break;
		w = queue_pop(&pool->waiting);
		pthread_mutex_unlock(&pool->lock);
		w->run(w);
		pthread_mutex_lock(&pool->lock);
		queue_push(&pool->finished, w);
		pool_signal(pool);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Signals are for the engine's thread. */
static int pool_start(struct work_pool *pool, unsigned int threads)
{
	sigset_t all, old;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (!err && pool->nthreads < threads) {
		err = pthread_create(&pool->threads[pool->nthreads], NULL,
				     pool_thread, pool);
		if (!err)
			pool->nthreads++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

struct work_pool *work_pool_new(unsigned int threads)
{
	struct work_pool *pool;

	pool = calloc(1, sizeof(*pool) + threads * sizeof(pool->threads[0]));
	if (!pool)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	queue_init(&pool->waiting);
	queue_init(&pool->finished);
	pool->fd = -1;
	if (!threads)
		return pool;
	pool->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->fd < 0 || pool_start(pool, threads)) {
		work_pool_free(pool);
		return NULL;
	}
	return pool;
}

void work_pool_free(struct work_pool *pool)
{
	struct work *w;
	unsigned int i;

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (i = 0; i < pool->nthreads; i++)
		pthread_join(pool->threads[i], NULL);
	while ((w = queue_pop(&pool->finished)) ||
	       (w = queue_pop(&pool->waiting)))
		w->done(w);
	if (pool->fd >= 0)
		close(pool->fd);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

int work_fd(const struct work_pool *pool)
{
	return pool->fd;
}

int work_submit(struct work_pool *pool, struct work *w)
{
	int err = 0;

	pthread_mutex_lock(&pool->lock);
	if (pool->waiting.n >= WORK_QUEUE_MAX) {
		err = -EBUSY;
	} else {
		queue_push(&pool->waiting, w);
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->lock);
	return err;
}

static struct work *pool_take(struct work_pool *pool)
{
	struct work *w;

	pthread_mutex_lock(&pool->lock);
	if (pool->nthreads) {
		w = queue_pop(&pool->finished);
	} else {
		w = queue_pop(&pool->waiting);
	}
	pthread_mutex_unlock(&pool->lock);
	if (w && !pool->nthreads)
		w->run(w);
	return w;
}

unsigned int work_poll(struct work_pool *pool)
{
	unsigned int n = 0;
	uint64_t count;
	struct work *w;

	if (pool->fd >= 0 && read(pool->fd, &count, sizeof(count)) < 0 &&
	    errno != EAGAIN)
		return 0;
	while ((w = pool_take(pool))) {
		w->done(w);
		n++;
	}
	return n;
}

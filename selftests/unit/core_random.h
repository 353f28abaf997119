/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repeatable random numbers for the tests of kmod/core; SEED=n chooses others. */
#ifndef SELFTESTS_UNIT_CORE_RANDOM_H
#define SELFTESTS_UNIT_CORE_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0..n-1 */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(rng_next(r) % n);
}

/* True in one of n cases. */
static inline int rng_one_in(struct rng *r, uint32_t n)
{
	return rng_below(r, n) == 0;
}

static inline struct rng rng_start(uint64_t salt)
{
	const char *seed = getenv("SEED");
	struct rng r = { (seed ? strtoull(seed, NULL, 0) : 1) * 1000003 + salt };

	return r;
}

#endif

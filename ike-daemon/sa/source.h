/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast strangers may begin, by where they come from: a bucket of tokens for each
 * address, of IPv6 for each network of 64 bits, which one host has for itself.  The table
 * has its size from the start: who is not in it has all his tokens, and who has waited
 * longest makes room.
 */
#ifndef IKE_SA_SOURCE_H
#define IKE_SA_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/lib/addr.h"

#define SOURCE_SETS	256
#define SOURCE_WAYS	4		/* addresses in each set */

struct source_rate {
	unsigned int burst;		/* tokens of who comes for the first time, 1..1000000 */
	unsigned int each_second;	/* that come back; 0: none is ever taken */
};

struct source_table {
	uint64_t seed;			/* so that nobody chooses his set */
	struct source {
		uint64_t net;		/* the address, or its first half */
		uint64_t last_ms;	/* 0 with @family 0: nobody's */
		uint32_t milli;		/* thousandths of tokens that were taken */
		uint8_t family;
	} set[SOURCE_SETS][SOURCE_WAYS];
};

/* Takes a token; false: there is none.  @now_ms of a monotonic clock. */
bool source_may_begin(struct source_table *t, const struct source_rate *rate,
		      const struct addr *from, uint64_t now_ms);

#endif

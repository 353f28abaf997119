/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which servers of RADIUS did not answer of late.  They are asked last, so that not every
 * login waits for them; as they are still asked nobody is refused who could be let in.
 */
#ifndef IKE_AAA_RADIUS_DEAD_H
#define IKE_AAA_RADIUS_DEAD_H

#include <stdint.h>

#include "ike-daemon/aaa/radius.h"

#define RADIUS_DEAD_MAX	32	/* servers, of all groups */

/* All zeros: none. */
struct radius_dead {
	struct {
		struct addr server;	/* unset: a free place */
		uint64_t until_ms;
	} of[RADIUS_DEAD_MAX];
};

/* Those that are dead at @now_ms behind the others of @rq, both in their order. */
void radius_dead_last(const struct radius_dead *dead, uint64_t now_ms,
		      struct radius_request *rq);
/* Who has not answered is so for @dead_ms (0: nobody is), who has answered is not. */
void radius_dead_note(struct radius_dead *dead, uint64_t now_ms,
		      uint64_t dead_ms, const struct radius_reply *reply);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What the inbound SAs of a namespace accepted, by transform: also those that ended (F-061). */
#ifndef _CM_HISTORY_H
#define _CM_HISTORY_H

#include <linux/spinlock.h>

#include "kmod/core/alg.h"

struct cm_net;
struct cm_sa;

/* Packets, by the rows of the tables of core/alg.c. */
struct cm_history {
	u64 encr[CM_ENCR_COUNT];
	u64 auth_esp[CM_AUTH_COUNT];
	u64 auth_ah[CM_AUTH_COUNT];
};

/**
 * struct cm_histories - those of a namespace
 * @lock: protects @kept
 * @kept: what SAs that are out of the database accepted
 * @base: sum at the last reset, under cn->lock
 */
struct cm_histories {
	spinlock_t lock;	/* see above */
	struct cm_history kept;
	struct cm_history base;
};

/*
 * Keep what the SA accepted: when it leaves the database (cn->lock held), and before
 * it is freed. Process context.
 */
void cm_history_keep(struct cm_sa *sa);

/* All since the last reset. cn->lock held; goes through all SAs. */
void cm_history_sum(struct cm_net *cn, struct cm_history *sum);

/* Start again from zero. cn->lock held. */
void cm_history_reset(struct cm_net *cn);

void cm_history_net_init(struct cm_net *cn);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What was found for the latest packets of each CPU. See core/recent.h. */
#ifndef _CM_RECENT_H
#define _CM_RECENT_H

#include "kmod/core/recent.h"

int cm_recent_init(void);
/* No packet can classify any more. */
void cm_recent_exit(void);

/* A new stamp for @stamp: the rules changed. See core/recent.h for when. */
void cm_recent_restamp(u64 *stamp);

/* The stamp of rules that are looked at after this. */
static inline u64 cm_recent_stamp(const u64 *stamp)
{
	/* Before what is looked at; pairs with cm_recent_restamp(). */
	return smp_load_acquire(stamp);
}

/* Any context that handles packets, under rcu_read_lock(). */
bool cm_recent_lookup(const struct cm_recent_key *key, struct cm_recent *found);
void cm_recent_store(const struct cm_recent_key *key, const struct cm_recent *found);

#endif

// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/cache.h>
#include <linux/percpu.h>

#include "recent.h"

static struct cm_recent_slot __percpu *slots;
static atomic64_t last_stamp = ATOMIC64_INIT(0);

void cm_recent_restamp(u64 *stamp)
{
	/* After what changed; pairs with cm_recent_stamp(). */
	smp_store_release(stamp, atomic64_inc_return(&last_stamp));
}

/* Local senders come in process context: neither another CPU nor softirq then. */
bool cm_recent_lookup(const struct cm_recent_key *key, struct cm_recent *found)
{
	bool hit;

	local_bh_disable();
	hit = cm_recent_find(this_cpu_ptr(slots), key, found);
	local_bh_enable();
	return hit;
}

void cm_recent_store(const struct cm_recent_key *key, const struct cm_recent *found)
{
	local_bh_disable();
	cm_recent_keep(this_cpu_ptr(slots), key, found);
	local_bh_enable();
}

int cm_recent_init(void)
{
	slots = __alloc_percpu(CM_RECENT_SLOTS * sizeof(*slots), SMP_CACHE_BYTES);
	return slots ? 0 : -ENOMEM;
}

void cm_recent_exit(void)
{
	free_percpu(slots);
}

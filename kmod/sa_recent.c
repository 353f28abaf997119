// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/percpu.h>

#include "sa.h"
#include "sa_recent.h"

#define SLOT_BITS 4

struct slot {
	struct cm_sa *sa;
	unsigned long stamp;
};

static DEFINE_PER_CPU(struct slot [1 << SLOT_BITS], slots);
static atomic_long_t last_stamp = ATOMIC_LONG_INIT(1);	/* 0: an empty slot */

static struct slot *slot_of(__be32 spi)
{
	return this_cpu_ptr(slots) + hash_32((__force u32)spi, SLOT_BITS);
}

unsigned long cm_sa_recent_stamp(void)
{
	return atomic_long_read_acquire(&last_stamp);
}

static bool is_key(const struct cm_sa_key *a, const struct cm_sa_key *b)
{
	return a->spi == b->spi && a->proto == b->proto &&
	       a->family == b->family && cm_addr_equal(&a->daddr, &b->daddr);
}

struct cm_sa *cm_sa_recent_find(const struct cm_net *cn, const struct cm_sa_key *key)
{
	const struct slot *slot = slot_of(key->spi);
	struct cm_sa *sa = slot->sa;

	if (slot->stamp != cm_sa_recent_stamp() || sa->cn != cn ||
	    !is_key(&sa->key, key))
		return NULL;
	return sa;
}

void cm_sa_recent_keep(struct cm_sa *sa, unsigned long stamp)
{
	*slot_of(sa->key.spi) = (struct slot){ .sa = sa, .stamp = stamp };
}

void cm_sa_recent_forget(void)
{
	atomic_long_inc_return_release(&last_stamp);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "recent.h"

static_assert(sizeof(struct cm_recent_key) == 48);

/* An odd number with bits everywhere: 2^64 divided by the golden ratio. */
#define SPREAD 0x9e3779b97f4a7c15ULL

static u64 what(const struct cm_recent_key *key)
{
	return (u64)key->sport << 48 | (u64)key->dport << 32 | key->family << 24 |
	       key->proto << 16 | key->ports << 8 | key->mirrored;
}

static u32 slot_of(const struct cm_recent_key *key)
{
	u64 h = key->saddr.q[0] ^ key->saddr.q[1];

	h = h * SPREAD ^ key->daddr.q[0] ^ key->daddr.q[1];
	h = (h ^ h >> 32) * SPREAD ^ what(key);
	h = (h ^ h >> 32) * SPREAD;
	return h >> (64 - CM_RECENT_BITS);
}

static bool key_equal(const struct cm_recent_key *a, const struct cm_recent_key *b)
{
	return a->stamp == b->stamp && what(a) == what(b) &&
	       a->saddr.q[0] == b->saddr.q[0] && a->saddr.q[1] == b->saddr.q[1] &&
	       a->daddr.q[0] == b->daddr.q[0] && a->daddr.q[1] == b->daddr.q[1];
}

bool cm_recent_find(const struct cm_recent_slot *slots,
		    const struct cm_recent_key *key, struct cm_recent *found)
{
	const struct cm_recent_slot *slot = &slots[slot_of(key)];

	if (!key_equal(&slot->key, key))
		return false;
	*found = slot->found;
	return true;
}

void cm_recent_keep(struct cm_recent_slot *slots, const struct cm_recent_key *key,
		    const struct cm_recent *found)
{
	slots[slot_of(key)] = (struct cm_recent_slot){ .key = *key, .found = *found };
}

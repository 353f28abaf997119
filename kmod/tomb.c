// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <linux/ktime.h>

#include "pernet.h"
#include "sa.h"
#include "tomb.h"

#define TOMB_HASH_BITS 8

/* @late is written by packets, the rest is constant once it can be found. */
struct tomb {
	struct hlist_node by_key;
	struct cm_sa_key key;
	struct cm_tomb_info info;
	atomic64_t late;
	struct rcu_head rcu;
};

/**
 * struct cm_tombs - the tombstones of a namespace
 * @hash: inbound ones by key, RCU; outbound ones are never looked for
 * @by_num: all, by the number in their info, so the oldest first; cn->lock
 * @count: their number
 * @last_num: number of the newest
 */
struct cm_tombs {
	DECLARE_HASHTABLE(hash, TOMB_HASH_BITS);
	struct xarray by_num;
	u32 count;
	u64 last_num;
};

static struct hlist_head *tomb_bucket(struct cm_net *cn,
				      const struct cm_sa_key *key)
{
	u64 hash = siphash(key, sizeof(*key), &cn->key);

	return &cn->tombs->hash[hash & (HASH_SIZE(cn->tombs->hash) - 1)];
}

/* The newest comes first: it was added at the head. */
static struct tomb *tomb_lookup(struct cm_net *cn, const struct cm_sa_key *key)
{
	struct tomb *tomb;

	hlist_for_each_entry_rcu(tomb, tomb_bucket(cn, key), by_key)
		if (!memcmp(&tomb->key, key, sizeof(*key)))
			return tomb;
	return NULL;
}

static void tomb_copy(const struct tomb *tomb, struct cm_tomb_info *info)
{
	*info = tomb->info;
	info->late = atomic64_read(&tomb->late);
}

bool cm_tomb_late(struct cm_net *cn, const struct cm_sa_key *key,
		  struct cm_tomb_info *info)
{
	struct tomb *tomb;

	rcu_read_lock();
	tomb = tomb_lookup(cn, key);
	if (tomb) {
		atomic64_inc(&tomb->late);
		if (info)
			tomb_copy(tomb, info);
	}
	rcu_read_unlock();
	return tomb;
}

bool cm_tomb_find(struct cm_net *cn, const struct cm_sa_key *key,
		  struct cm_tomb_info *info)
{
	struct tomb *tomb;

	rcu_read_lock();
	tomb = tomb_lookup(cn, key);
	if (tomb && info)
		tomb_copy(tomb, info);
	rcu_read_unlock();
	return tomb;
}

static void tomb_forget(struct cm_tombs *tombs, struct tomb *tomb)
{
	if (tomb->info.dir == CRYPTOMAP_DIR_IN)
		hlist_del_rcu(&tomb->by_key);
	xa_erase(&tombs->by_num, tomb->info.num);
	tombs->count--;
	kfree_rcu(tomb, rcu);
}

static void tombs_trim(struct cm_tombs *tombs, u32 limit)
{
	unsigned long num = 0;
	struct tomb *tomb;

	while (tombs->count > limit) {
		tomb = xa_find(&tombs->by_num, &num, ULONG_MAX, XA_PRESENT);
		tomb_forget(tombs, tomb);
	}
}

void cm_tomb_trim(struct cm_net *cn)
{
	lockdep_assert_held(&cn->lock);
	tombs_trim(cn->tombs, cn->limits.tombs);
}

void cm_tomb_add(struct cm_net *cn, const struct cm_sa *sa, u8 reason)
{
	struct cm_tombs *tombs = cn->tombs;
	struct tomb *tomb;

	lockdep_assert_held(&cn->lock);

	if (!cn->limits.tombs)
		return;
	tomb = kzalloc(sizeof(*tomb), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!tomb)
		return;		/* a memory aid, nothing depends on it */
	tomb->key = sa->key;
	tomb->info = (struct cm_tomb_info){
		.spi = sa->key.spi,
		.dir = sa->dir,
		.proto = sa->key.proto,
		.family = sa->key.family,
		.reason = reason,
		.saddr = sa->saddr,
		.daddr = sa->key.daddr,
		.cookie = sa->cookie,
		.when = ktime_get_boottime_seconds(),
		.num = ++tombs->last_num,
	};
	if (xa_err(xa_store(&tombs->by_num, tomb->info.num, tomb,
			    GFP_KERNEL_ACCOUNT | __GFP_NOWARN))) {
		kfree(tomb);
		return;
	}
	if (sa->dir == CRYPTOMAP_DIR_IN)
		hlist_add_head_rcu(&tomb->by_key, tomb_bucket(cn, &tomb->key));
	tombs->count++;
	tombs_trim(tombs, cn->limits.tombs);
}

bool cm_tomb_next(struct cm_net *cn, u64 num, struct cm_tomb_info *info)
{
	unsigned long at = num;
	struct tomb *tomb;

	lockdep_assert_held(&cn->lock);
	tomb = xa_find(&cn->tombs->by_num, &at, ULONG_MAX, XA_PRESENT);
	if (tomb)
		tomb_copy(tomb, info);
	return tomb;
}

int cm_tomb_net_init(struct cm_net *cn)
{
	struct cm_tombs *tombs = kzalloc(sizeof(*tombs), GFP_KERNEL);

	if (!tombs)
		return -ENOMEM;
	hash_init(tombs->hash);
	xa_init(&tombs->by_num);
	cn->tombs = tombs;
	return 0;
}

/* No packet enters any more and cn->lock has no other user. */
void cm_tomb_net_exit(struct cm_net *cn)
{
	tombs_trim(cn->tombs, 0);
	xa_destroy(&cn->tombs->by_num);
	kfree(cn->tombs);
}

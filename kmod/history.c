// SPDX-License-Identifier: GPL-2.0
#include <linux/idr.h>

#include "history.h"
#include "pernet.h"
#include "sa.h"

static void add_sa(struct cm_history *h, const struct cm_sa *sa, u64 packets)
{
	unsigned int auth = cm_auth_index(cm_auth_find(sa->auth));

	if (sa->key.proto == IPPROTO_AH) {
		h->auth_ah[auth] += packets;
		return;
	}
	h->encr[cm_encr_index(cm_encr_find(sa->encr))] += packets;
	h->auth_esp[auth] += packets;
}

/* Packets that are not kept. A larval SA, which has no transform, has none. */
static u64 not_kept(const struct cm_sa *sa)
{
	return sa->dir == CRYPTOMAP_DIR_IN ?
	       atomic64_read(&sa->packets) - sa->kept : 0;
}

/*
 * Every packet is told at any time, and once:
 *
 *   1. While an SA is in cn->sa_ids, cm_history_sum() reads it.
 *   2. cm_sa_remove() takes it out and keeps what it has, both under the lock that
 *      cm_history_sum() wants held: a sum sees the one or the other.
 *   3. Packets that found it before go on counting on it, under RCU or, in a cipher
 *      or a lane, with a reference. The work that frees it begins when the last
 *      reference is gone and a grace period after that: nobody counts any more, and
 *      it keeps the rest.
 *
 * So the sums never shrink. What is told at 3. comes late by a grace period, and a
 * reset meanwhile does not reset it.
 */
void cm_history_keep(struct cm_sa *sa)
{
	struct cm_histories *all = &sa->cn->histories;
	u64 packets = not_kept(sa);

	if (!packets)
		return;
	spin_lock(&all->lock);
	add_sa(&all->kept, sa, packets);
	spin_unlock(&all->lock);
	sa->kept += packets;
}

/* Since the namespace began. */
static void sum_all(struct cm_net *cn, struct cm_history *sum)
{
	struct cm_sa *sa;
	u64 packets;
	int id;

	lockdep_assert_held(&cn->lock);

	spin_lock(&cn->histories.lock);
	*sum = cn->histories.kept;
	spin_unlock(&cn->histories.lock);
	idr_for_each_entry(&cn->sa_ids, sa, id) {
		packets = not_kept(sa);
		if (packets)
			add_sa(sum, sa, packets);
	}
}

void cm_history_sum(struct cm_net *cn, struct cm_history *sum)
{
	const u64 *base = (const u64 *)&cn->histories.base;
	u64 *words = (u64 *)sum;
	size_t i;

	sum_all(cn, sum);
	for (i = 0; i < sizeof(*sum) / sizeof(*words); i++)
		words[i] -= base[i];
}

void cm_history_reset(struct cm_net *cn)
{
	sum_all(cn, &cn->histories.base);
}

void cm_history_net_init(struct cm_net *cn)
{
	spin_lock_init(&cn->histories.lock);
}

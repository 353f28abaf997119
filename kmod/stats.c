// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "flow.h"
#include "pernet.h"
#include "sa.h"
#include "slots.h"
#include "stats.h"

static struct cm_slots flow_slots =
	CM_SLOTS_INIT(flow_slots, sizeof(struct cm_flow_stats));

/*
 * An SA has one direction. Without one the reason says it: outbound ones stand
 * first in the list, then inbound ones, then shared, then what came later.
 */
static bool reason_is_inbound(const struct cm_sa *sa, enum cm_reason reason)
{
	if (sa)
		return sa->dir == CRYPTOMAP_DIR_IN;
	return (reason >= CM_REASON_UNKNOWN_SPI && reason <= CM_REASON_CLEAR_TEXT) ||
	       reason == CM_REASON_MANAGEMENT_ACCESS;
}

/*
 * Flows and SAs get their counters when they first need them: a map may have a
 * million lines that no packet ever matches.
 */
int cm_stats_flow_alloc(struct cm_flow *flow, gfp_t gfp)
{
	struct cm_flow_stats __percpu *stats;
	struct cm_slot_block *block;

	if (READ_ONCE(flow->stats))
		return 0;
	stats = cm_slot_get(&flow_slots, gfp, &block);
	if (!stats)
		return -ENOMEM;
	if (cmpxchg(&flow->stats, NULL, stats))
		cm_slot_put(&flow_slots, block, stats);
	else
		flow->stats_block = block;
	return 0;
}

/*
 * Anybody can send clear text that some line wants protected, and so make its
 * flow need counters. That memory is charged to nobody: so many flows get them
 * this way, and a race may give a few more.
 */
#define FLOWS_BY_LOSS 16384

bool cm_stats_flow_may_count(struct cm_flow *flow)
{
	struct cm_net *cn = flow->cn;

	if (likely(READ_ONCE(flow->stats)))
		return true;
	if (!test_bit(CM_FLOW_COUNTS, &flow->bits)) {
		if (atomic_read(&cn->flows_by_loss) >= FLOWS_BY_LOSS)
			return false;
		if (!test_and_set_bit(CM_FLOW_COUNTS, &flow->bits))
			atomic_inc(&cn->flows_by_loss);
	}
	return !cm_stats_flow_alloc(flow, GFP_ATOMIC);
}

void cm_stats_flow_free(struct cm_flow *flow)
{
	if (flow->stats)
		cm_slot_put(&flow_slots, flow->stats_block, flow->stats);
	kfree(flow->stats_base);
	/* Only then is flow->cn there for certain: see cm_stats_net_exit(). */
	if (test_bit(CM_FLOW_COUNTS, &flow->bits) &&
	    atomic_dec_and_test(&flow->cn->flows_by_loss))
		wake_up_var(&flow->cn->flows_by_loss);
}

static void flow_lost(struct cm_flow *flow, enum cm_reason reason,
		      bool inbound, u32 packets)
{
	if (!cm_stats_flow_may_count(flow))
		return;		/* the namespace's counter has it */
	this_cpu_add(flow->stats->losses.n[reason], packets);
	if (inbound)
		this_cpu_add(flow->stats->counts.recv_errors, packets);
	else
		this_cpu_add(flow->stats->counts.send_errors, packets);
}

static void sa_lost(struct cm_sa *sa, enum cm_reason reason, u32 packets)
{
	struct cm_losses __percpu *losses = READ_ONCE(sa->losses);

	if (!losses) {
		losses = alloc_percpu_gfp(struct cm_losses,
					  GFP_ATOMIC | __GFP_NOWARN);
		if (!losses)
			return;
		if (cmpxchg(&sa->losses, NULL, losses))
			free_percpu(losses);
		losses = READ_ONCE(sa->losses);
	}
	this_cpu_add(losses->n[reason], packets);
}

static void net_lost(struct cm_net *cn, u8 proto, enum cm_reason reason,
		     u32 packets)
{
	if (proto == IPPROTO_AH)
		this_cpu_add(cn->stats->ah.n[reason], packets);
	else
		this_cpu_add(cn->stats->other.n[reason], packets);
}

void cm_lost(struct cm_net *cn, struct cm_flow *flow, struct cm_sa *sa,
	     enum cm_reason reason, u32 packets)
{
	bool inbound = reason_is_inbound(sa, reason);

	net_lost(cn, sa ? sa->key.proto : 0, reason, packets);
	if (sa) {
		sa_lost(sa, reason, packets);
		if (!flow)
			flow = sa->flow;
	}
	if (flow)
		flow_lost(flow, reason, inbound, packets);
}

void cm_stats_behind(struct cm_sa *sa, u32 power)
{
	atomic64_t *behind = READ_ONCE(sa->behind);

	if (!behind) {
		behind = kcalloc(CM_REPLAY_BEHIND, sizeof(*behind),
				 GFP_ATOMIC | __GFP_NOWARN);
		if (!behind)
			return;
		if (cmpxchg(&sa->behind, NULL, behind))
			kfree(behind);
		behind = READ_ONCE(sa->behind);
	}
	atomic64_inc(&behind[power]);
}

static u32 skb_count(const struct sk_buff *skb)
{
	u32 n = 1;

	if (!skb)
		return n;
	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_segs)
		return skb_shinfo(skb)->gso_segs;
	for (skb = skb->next; skb; skb = skb->next)
		n++;
	return n;
}

void cm_drop(struct cm_net *cn, struct cm_flow *flow, struct cm_sa *sa,
	     enum cm_reason reason, struct sk_buff *skb)
{
	cm_lost(cn, flow, sa, reason, skb_count(skb));
	kfree_skb_list(skb);
}

void cm_drop_stray(struct cm_net *cn, u8 proto, enum cm_reason reason,
		   struct sk_buff *skb)
{
	net_lost(cn, proto, reason, skb_count(skb));
	kfree_skb_list(skb);
}

/* All counter structures are arrays of u64. */
static void sum_words(u64 *sum, const void __percpu *stats, size_t bytes)
{
	size_t i;
	int cpu;

	memset(sum, 0, bytes);
	if (!stats)
		return;
	for_each_possible_cpu(cpu) {
		const u64 *one = per_cpu_ptr(stats, cpu);

		for (i = 0; i < bytes / sizeof(u64); i++)
			sum[i] += READ_ONCE(one[i]);
	}
}

static void subtract_words(u64 *sum, const u64 *base, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes / sizeof(u64); i++)
		sum[i] -= base[i];
}

void cm_stats_flow_sum(const struct cm_flow *flow, struct cm_flow_stats *sum)
{
	sum_words((u64 *)sum, READ_ONCE(flow->stats), sizeof(*sum));
	if (flow->stats_base)
		subtract_words((u64 *)sum, (u64 *)flow->stats_base, sizeof(*sum));
}

void cm_stats_sa_sum(const struct cm_sa *sa, struct cm_losses *sum)
{
	sum_words(sum->n, READ_ONCE(sa->losses), sizeof(*sum));
	if (sa->losses_base)
		subtract_words(sum->n, sa->losses_base->n, sizeof(*sum));
}

void cm_stats_net_sum(const struct cm_net *cn, struct cm_net_losses *sum)
{
	sum_words((u64 *)sum, cn->stats, sizeof(*sum));
	subtract_words((u64 *)sum, (u64 *)&cn->stats_base, sizeof(*sum));
}

u64 cm_stats_hits_sum(const u64 __percpu *hits)
{
	u64 sum;

	sum_words(&sum, hits, sizeof(sum));
	return sum;
}

/*
 * A reset remembers where it was: packets go on counting on other CPUs, and
 * clearing their counters under their hands would lose or revive counts.
 */
int cm_stats_flow_reset(struct cm_flow *flow)
{
	lockdep_assert_held(&flow->cn->lock);

	if (!flow->stats)
		return 0;
	if (!flow->stats_base) {
		flow->stats_base = kzalloc(sizeof(*flow->stats_base), GFP_KERNEL);
		if (!flow->stats_base)
			return -ENOMEM;
	}
	sum_words((u64 *)flow->stats_base, flow->stats, sizeof(*flow->stats_base));
	return 0;
}

int cm_stats_sa_reset(struct cm_sa *sa)
{
	int i;

	lockdep_assert_held(&sa->cn->lock);

	sa->packets_base = atomic64_read(&sa->packets);
	for (i = 0; sa->behind && i < CM_REPLAY_BEHIND; i++)
		atomic64_set(&sa->behind[i], 0);
	if (!sa->losses)
		return 0;
	if (!sa->losses_base) {
		sa->losses_base = kzalloc(sizeof(*sa->losses_base), GFP_KERNEL);
		if (!sa->losses_base)
			return -ENOMEM;
	}
	sum_words(sa->losses_base->n, sa->losses, sizeof(*sa->losses_base));
	return 0;
}

void cm_stats_net_reset(struct cm_net *cn)
{
	lockdep_assert_held(&cn->lock);

	sum_words((u64 *)&cn->stats_base, cn->stats, sizeof(cn->stats_base));
}

int cm_stats_net_init(struct cm_net *cn)
{
	cn->stats = alloc_percpu(struct cm_net_losses);
	return cn->stats ? 0 : -ENOMEM;
}

/* No packet knows a flow any more, but some may wait for their grace period. */
void cm_stats_net_exit(struct cm_net *cn)
{
	wait_var_event(&cn->flows_by_loss, !atomic_read(&cn->flows_by_loss));
	free_percpu(cn->stats);
}

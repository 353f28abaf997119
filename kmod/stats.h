/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of the packet path: per CPU, summed when somebody asks. */
#ifndef _CM_STATS_H
#define _CM_STATS_H

#include <linux/percpu.h>
#include <linux/skbuff.h>

#include "kmod/core/reason.h"

struct cm_net;
struct cm_flow;
struct cm_sa;

/* Packets lost, by reason; one per CPU. */
struct cm_losses {
	u64 n[CM_REASON_COUNT];
};

/*
 * Those of a namespace; one per CPU. Each packet is in one of them: a reader who comes
 * in between never sees more of AH than there are.
 */
struct cm_net_losses {
	struct cm_losses ah;	/* those that are known to be AH */
	struct cm_losses other;
};

/*
 * What one flow did; one per CPU. Outbound, encaps counts packets that got a
 * header, encrypt those that went through a cipher, digest those that got an
 * ICV; inbound likewise decaps, decrypt, verify. A large send counts as its
 * segments. nat.c counts what NAT did. Bytes are those of the inner packets. The
 * rest is as FLOW_* of the contract has it.
 */
struct cm_flow_counts {
	u64 encaps;
	u64 encrypt;
	u64 digest;
	u64 decaps;
	u64 decrypt;
	u64 verify;
	u64 bytes_out;
	u64 bytes_in;
	u64 send_errors;
	u64 recv_errors;
	u64 nat_hits;
	u64 nat_escapes;
	u64 prefrag;
	u64 prefrag_failed;
	u64 postfrag;
	u64 postfrag_failed;
	u64 fragments;
	u64 pmtu_sent;
	u64 pmtu_rcvd;
	u64 reassemble;
	u64 icmp_valid;
	u64 icmp_invalid;
	u64 compressed;
	u64 decompressed;
	u64 not_compressed;
	u64 comp_failed;
	u64 decomp_failed;
	u64 padded;
	u64 dummy_sent;
	u64 dummy_rcvd;
	u64 parallel_out;
	u64 parallel_in;
};

struct cm_flow_stats {
	struct cm_flow_counts counts;
	struct cm_losses losses;
};

/*
 * cm_flow_count(flow, encaps, 45): add to one counter of struct
 * cm_flow_counts. Only for a flow that has or had an SA: its counters exist.
 */
#define cm_flow_count(flow, field, val) \
	this_cpu_add((flow)->stats->counts.field, (val))

/**
 * cm_drop() - the one way to lose a packet
 * @cn: namespace
 * @flow: whose packet it was, or NULL
 * @sa: whose packet it was, or NULL; @flow is then taken from it if NULL
 * @reason: why, not CM_REASON_NONE
 * @skb: consumed; a list of segments counts each; NULL only counts one
 *
 * Context: under rcu_read_lock() or with references to @flow and @sa.
 */
void cm_drop(struct cm_net *cn, struct cm_flow *flow, struct cm_sa *sa,
	     enum cm_reason reason, struct sk_buff *skb);

/*
 * cm_drop() of a packet that came as @proto, IPPROTO_ESP or IPPROTO_AH, and did not
 * find its SA.
 */
void cm_drop_stray(struct cm_net *cn, u8 proto, enum cm_reason reason,
		   struct sk_buff *skb);

/* Count @packets losses, freeing nothing. Parameters as cm_drop(). */
void cm_lost(struct cm_net *cn, struct cm_flow *flow, struct cm_sa *sa,
	     enum cm_reason reason, u32 packets);

/*
 * A packet was lost for REPLAY_WINDOW, @power from cm_replay_behind(). What
 * window would have been enough? That is what the histogram tells.
 */
void cm_stats_behind(struct cm_sa *sa, u32 power);

/* Give a flow its counters: 0 or -ENOMEM. Any context. */
int cm_stats_flow_alloc(struct cm_flow *flow, gfp_t gfp);

/*
 * May a packet count on a flow that perhaps never had an SA? Gives it counters,
 * within limits. Any context.
 */
bool cm_stats_flow_may_count(struct cm_flow *flow);

/* The flow is being freed. */
void cm_stats_flow_free(struct cm_flow *flow);

/* Sums over all CPUs since the last reset; zero where there are no counters. cn->lock held. */
void cm_stats_flow_sum(const struct cm_flow *flow, struct cm_flow_stats *sum);
void cm_stats_sa_sum(const struct cm_sa *sa, struct cm_losses *sum);
void cm_stats_net_sum(const struct cm_net *cn, struct cm_net_losses *sum);
u64 cm_stats_hits_sum(const u64 __percpu *hits);

/* Start again from zero: 0 or -ENOMEM. Caller holds cn->lock. */
int cm_stats_flow_reset(struct cm_flow *flow);
int cm_stats_sa_reset(struct cm_sa *sa);
void cm_stats_net_reset(struct cm_net *cn);

int cm_stats_net_init(struct cm_net *cn);

/* Waits until the flows are freed that packets gave counters. May sleep. */
void cm_stats_net_exit(struct cm_net *cn);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: flow -> SA -> outer header -> ESP or AH -> route. */
#ifndef _CM_OUTPUT_H
#define _CM_OUTPUT_H

struct cm_flow;
struct cm_sa;
struct cm_tuple;
struct sk_buff;
struct work_struct;

/**
 * cm_output() - protect a packet of @flow
 * @flow: flow, under rcu_read_lock()
 * @skb: IP packet, data at its header, the IP layer's control block valid,
 *	dst set and counted; may be a large send; consumed: sent, queued or dropped and counted
 * @t: its tuple
 *
 * BH off.
 */
void cm_output(struct cm_flow *flow, struct sk_buff *skb,
	       const struct cm_tuple *t);

/* lane.c: encrypt a packet that is complete otherwise. Context as cm_output_done(). */
void cm_output_crypt(struct cm_sa *sa, struct sk_buff *skb);

/*
 * esp.c or ah.c is done with a packet: 0, or the error of the cipher. Under
 * rcu_read_lock(), BH off.
 */
void cm_output_done(struct cm_sa *sa, struct sk_buff *skb, int err);

/*
 * Send a packet that the peer drops, see tfc.h; not if there is no way. The SA
 * is in use. Under rcu_read_lock(), BH off.
 */
void cm_output_dummy(struct cm_sa *sa);

/* Work of struct cm_sa.send. */
void cm_output_work(struct work_struct *work);

/* For order.c: the sequence number of a packet that went to the cipher. */
u64 cm_output_seq(const struct sk_buff *skb);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lanes: packets go through the cipher and come out as they went in (F-063), on
 * the CPU that they went in on, though other CPUs help or an asynchronous driver
 * keeps them. Each CPU has one lane in and one lane out per namespace.
 *
 * A packet that arrives alone passes by the lane in. What comes behind it while GRO
 * is still at work waits in the lane for that, and is many then, or few; and so does
 * all that goes to an asynchronous driver. Into the lane out go the segments of a
 * large send.
 *
 * Whoever finds a packet that is in no cipher yet takes it: the CPU of the lane,
 * until there is none left, and CPUs that it asked when there were many. So nobody
 * ever waits for another CPU, and where none comes nothing is lost by having asked.
 * Only the CPU of the lane takes finished packets, in their order: sent or delivered
 * from here and there they would be reordered later, in the queues of each CPU.
 *
 * Inbound, the order is that of all SAs of the CPU, so it outlasts a rekey; and a
 * driver that keeps a packet keeps those of other SAs behind it waiting. Outbound,
 * numbers have their turn anyway (order.h), per SA: at a rekey the first packets of
 * the new one may overtake the last of the old.
 */
#ifndef _CM_LANE_H
#define _CM_LANE_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct cm_lane;
struct cm_lanes;
struct cm_net;
struct cm_sa;

/* Fewer packets are done before another CPU has begun, and shorter ones. */
#define CM_LANE_MANY 8
#define CM_LANE_LONG 256	/* bytes */

/**
 * struct cm_lane_cb - begins skb->cb from before the cipher until after it
 * @lane: where it waits, NULL: in none
 * @sa: whose it is, in a lane referenced
 * @err: of the cipher
 * @done: in a lane: the cipher is done with it, and @err there
 */
struct cm_lane_cb {
	struct cm_lane *lane;
	struct cm_sa *sa;
	int err;
	bool done;
};

static inline struct cm_lane_cb *cm_lane_cb(struct sk_buff *skb)
{
	return (struct cm_lane_cb *)skb->cb;
}

/* Those of a namespace, or NULL: none yet, or no memory for any. Under RCU. */
struct cm_lanes *cm_lanes_of(const struct cm_net *cn);

/* Make them, if there are none. May sleep, one at a time. 0 or -ENOMEM. */
int cm_lanes_create(struct cm_net *cn);

/*
 * The device has been down for a grace period: no packet waits for GRO in it when
 * this returns. Those in lanes go on. May sleep, one at a time.
 */
void cm_lanes_flush(struct cm_net *cn);

/* All SAs of the namespace are freed, so there is nothing in them. May sleep. */
void cm_lanes_destroy(struct cm_net *cn);

/*
 * A decrypted packet goes on to the device that it has, by GRO. False: too many wait
 * for that, it is still the caller's. BH off, likewise below.
 */
bool cm_lane_gro(struct cm_lanes *lanes, struct sk_buff *skb);

/*
 * May a packet of an inbound SA pass by the lane in of this CPU? Nothing is ahead
 * of it there, and it will be decrypted at once.
 */
bool cm_lane_is_free(const struct cm_lanes *lanes, const struct cm_sa *sa);

/*
 * An inbound packet goes into the lane in of this CPU, and its way when it has the
 * turn. Under rcu_read_lock(). False as cm_lane_add().
 */
bool cm_lane_enter(struct cm_lanes *lanes, struct cm_sa *sa, struct sk_buff *skb);

/* The lane out of this CPU; NULL of NULL. */
struct cm_lane *cm_lane_out(struct cm_lanes *lanes);

/**
 * cm_lane_add() - a packet goes into a lane
 * @lane: lane of this CPU
 * @sa: whose it is, under rcu_read_lock()
 * @skb: ready for cm_input_crypt() or cm_output_crypt()
 *
 * Return: false: no room, or the SA goes: the packet is still the caller's.
 */
bool cm_lane_add(struct cm_lane *lane, struct cm_sa *sa, struct sk_buff *skb);

/* Are other CPUs worth asking for so many packets of such a length? */
bool cm_lane_worth(const struct cm_sa *sa, u32 packets, u32 len);

/**
 * cm_lane_run() - through the cipher what is in none, out what is finished
 * @lane: lane of this CPU
 * @budget: packets to take out at most
 *
 * Under rcu_read_lock(). Return: packets taken out.
 */
int cm_lane_run(struct cm_lane *lane, int budget);

/*
 * The cipher is done with a packet. False: it is in no lane; else who runs the
 * lane goes on with it. Under rcu_read_lock().
 */
bool cm_lane_done(struct sk_buff *skb, int err);

#endif

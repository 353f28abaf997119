/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several clients of transport mode behind one address of a NAT (F-111). Their
 * packets look alike once they are decrypted: one address, and often one port.
 * So each client's port is made one that no other client of the address has,
 * and back for the answers, which thereby find the client's SA.
 */
#ifndef _CM_DEMUX_H
#define _CM_DEMUX_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "kmod/core/reason.h"
#include "kmod/core/tuple.h"

struct cm_flow;
struct cm_net;
struct cm_sa;
struct netlink_ext_ack;
struct sk_buff;

/* Who it is, for SAs that come later; no holes, compared as bytes. */
struct cm_client_key {
	union cm_addr local;
	union cm_addr peer;	/* of the NAT */
	u64 selectors;		/* a hash of them: pairs of different ones are different clients */
	u32 flow;
	__be16 port;		/* of the peer's UDP outside; 0 for plain ESP or AH */
	u8 family;
	u8 zero;
};

/**
 * struct cm_client - the SAs, of both directions, that one client has in one flow
 * @node: in cn->demux.clients; cn->lock
 * @key: written under cn->lock and @lock
 * @sa_out: current outbound SA, RCU
 * @sas: SAs in the database; cn->lock
 * @lock: of the ports; softirq
 * @ports: its ports, newest first
 * @nports: how many
 * @dead: no SA is left: no port any more
 * @ref: one for each SA until its memory goes, so that whoever reached it by an
 *	SA, or by a port under RCU, may look at it
 */
struct cm_client {
	struct rhash_head node;
	struct cm_client_key key;
	struct cm_sa __rcu *sa_out;
	u32 sas;

	spinlock_t lock;	/* @ports, @nports and @dead */
	struct list_head ports;
	u32 nports;
	bool dead;
	refcount_t ref;
	struct rcu_head rcu;
};

/* Of a namespace: clients by key; ports as clients have them, and as we see them. */
struct cm_demux {
	struct rhashtable clients;
	struct rhashtable theirs;
	struct rhashtable ours;
};

/* A port as it is shown; host order. */
struct cm_demux_port {
	u16 proto;
	u16 theirs;
	u16 ours;
};

/* --- packets: BH off, under rcu_read_lock() --- */

/**
 * cm_demux_in() - give a client's packet a port of its own
 * @sa: inbound SA with a client
 * @skb: packet, data at the IP header, linear and private
 * @t: its tuple, changed with it
 *
 * Return: CM_REASON_NONE, NAT_DEMUX_PROTOCOL, NAT_DEMUX_LIMIT, NO_MEMORY,
 * MAP_GONE.
 */
enum cm_reason cm_demux_in(const struct cm_sa *sa, struct sk_buff *skb,
			   struct cm_tuple *t);

/**
 * cm_demux_out() - the SA of an answer
 * @cn: namespace
 * @skb: packet, data at the IP header; it gets the client's own port
 * @t: its tuple, as it was
 * @reason: why there is none: NAT_DEMUX_UNMAPPED, SA_NOT_ACTIVE, NO_MEMORY
 *
 * Return: the SA, which may be dead, or NULL.
 */
struct cm_sa *cm_demux_out(struct cm_net *cn, struct sk_buff *skb,
			   const struct cm_tuple *t, enum cm_reason *reason);

/* --- configuration: cn->lock held --- */

/* May the SA be one of this flow? 0, -EINVAL, -EBUSY. */
int cm_demux_check(const struct cm_sa *sa, struct cm_flow *flow,
		   struct netlink_ext_ack *extack);

/* The SA, which has its flow, gets its client; if its flags say so. 0 or -ENOMEM. */
int cm_demux_join(struct cm_sa *sa);

/*
 * It goes out of the database, and is none of its flow any more; with the last
 * one the client's ports go.
 */
void cm_demux_leave(struct cm_sa *sa);

/* Its memory goes. Any context. */
void cm_demux_put(struct cm_sa *sa);

/* The NAT gave it another port: SAs that come later belong to the same client. */
void cm_demux_moved(struct cm_sa *sa);

/* The newest @max ports; how many there are. */
u32 cm_demux_list(struct cm_client *client, struct cm_demux_port *list, u32 max);

int cm_demux_net_init(struct cm_net *cn);
void cm_demux_net_exit(struct cm_net *cn);

#endif

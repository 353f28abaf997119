/* SPDX-License-Identifier: GPL-2.0 */
/* The SA database. One struct cm_sa is one direction. */
#ifndef _CM_SA_H
#define _CM_SA_H

#include <linux/cache.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include <linux/cryptomap.h>

#include "kmod/core/life.h"
#include "kmod/core/replay.h"
#include "kmod/core/selector.h"
#include "stats.h"

struct cm_esp;
struct cm_flow;
struct cm_net;
struct netlink_ext_ack;

/* Bits of cm_sa.bits. */
enum cm_sa_bit {
	CM_SA_GONE,		/* out of the database */
	CM_SA_EXPIRED,		/* hard lifetime or sequence numbers at their end */
	CM_SA_SOFT_SENT,
	CM_SA_FIRST_SENT,
	CM_SA_NEAR_SENT,
	CM_SA_IDLE_SENT,
	CM_SA_REAPING,
};

/* What finds an SA; no holes, compared as bytes. */
struct cm_sa_key {
	__be32 spi;
	u8 proto;
	u8 family;		/* of the outer addresses */
	u8 zero[2];
	union cm_addr daddr;
};

/**
 * struct cm_sa - one direction of a tunnel
 *
 * Read by every packet, constant once the SA can be found:
 * @key: SPI, IPPROTO_ESP, outer family and destination
 * @saddr: outer source address
 * @id: unique in the namespace, never 0
 * @flags: CRYPTOMAP_SA_F_*
 * @dir: enum cryptomap_dir
 * @mode: enum cryptomap_mode
 * @df: enum cryptomap_df
 * @encr: enum cryptomap_encr
 * @auth: enum cryptomap_auth
 * @nsel: number of selectors
 * @sel: selectors, protected side is the source; inner packets must be in one
 * @cn: namespace
 * @flow: its flow, referenced; NULL for a larval SA
 * @esp: crypto, owned by esp.c: set by cm_esp_init()
 * @replay: inbound: the window; commit under @lock
 *
 * Written by packets:
 * @lock: serialises @replay and @seq; softirq
 * @seq: outbound: cm_sa_take_seq()
 * @packets, @bytes: cm_sa_account()
 * @last_used: jiffies of the last packet
 * @losses: per CPU, NULL until the first
 *
 * Configuration (cn->lock) and life:
 * @bits: enum cm_sa_bit
 * @state: enum cryptomap_sa_state; READ_ONCE() without the lock
 */
struct cm_sa {
	struct rhash_head node;
	struct cm_sa_key key;
	union cm_addr saddr;
	u32 id;
	u32 flags;
	u8 dir;
	u8 mode;
	u8 df;
	u8 state;
	u16 encr;
	u16 auth;
	u16 nsel;
	u16 encr_bits;
	unsigned long bits;
	struct cm_selector *sel;
	struct cm_net *cn;
	struct cm_flow *flow;
	struct cm_esp *esp;
	struct cm_replay *replay;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct cm_seq seq;
	atomic64_t packets;
	atomic64_t bytes;
	unsigned long last_used;
	struct cm_losses __percpu *losses;

	struct cm_life_limits life ____cacheline_aligned_in_smp;
	bool life_volume;	/* some limit counts packets or bytes */
	u8 cause;		/* enum cryptomap_cause of its end */
	u8 reason;		/* enum cryptomap_tomb_reason of its end */
	u32 idle_secs;
	u32 owner;
	u64 cookie;
	time64_t since;		/* boot-time seconds of SA_SET */
	time64_t life_since;	/* of the last change of lifetimes */
	u32 window;
	u64 packets_base;
	u64 losses_base[CM_REASON_COUNT];
	struct timer_list timer;
	struct list_head of_flow;
	struct llist_node dead;
	struct kref ref;
	struct rcu_work free;
};

/**
 * cm_sa_find_in_rcu() - the inbound SA of a packet
 * @cn: namespace
 * @spi: SPI of the packet
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @daddr: outer destination, IPv4 in the first four bytes, rest zero
 * @family: AF_INET or AF_INET6
 *
 * Larval and expired ones are not found: ask cm_tomb_late() then.
 *
 * Return: the SA, valid until rcu_read_unlock(), or NULL.
 */
struct cm_sa *cm_sa_find_in_rcu(struct cm_net *cn, __be32 spi, u8 proto,
				const union cm_addr *daddr, u8 family);

/* As cm_sa_find_in_rcu(), for ICMP errors about what we sent. */
struct cm_sa *cm_sa_find_out_rcu(struct cm_net *cn, __be32 spi, u8 proto,
				 const union cm_addr *daddr, u8 family);

/*
 * May packets use it? False once it is expired or removed: drop with
 * cm_sa_dead_reason().
 */
static inline bool cm_sa_usable(const struct cm_sa *sa)
{
	return !(READ_ONCE(sa->bits) & (BIT(CM_SA_GONE) | BIT(CM_SA_EXPIRED)));
}

/* Why packets of a dead SA are dropped: SEQ_EXHAUSTED, HARD_EXPIRED or MAP_GONE. */
enum cm_reason cm_sa_dead_reason(const struct cm_sa *sa);

/**
 * cm_sa_take_seq() - sequence numbers for packets to be sent
 * @sa: outbound SA
 * @count: how many, 1 or more
 * @first: result: the first of them
 *
 * Raises SEQ_NEAR_END and SEQ_EXHAUSTED. Takes sa->lock.
 *
 * Return: CM_REASON_NONE or CM_REASON_SEQ_EXHAUSTED.
 */
enum cm_reason cm_sa_take_seq(struct cm_sa *sa, u32 count, u64 *first);

/*
 * cm_sa_take_seq() for a caller that holds sa->lock, because the order of
 * packets must be the order of numbers.
 */
enum cm_reason cm_sa_take_seq_locked(struct cm_sa *sa, u32 count, u64 *first);

/**
 * cm_sa_account() - packets went through the SA
 * @sa: SA
 * @packets: how many
 * @bytes: their inner bytes, as lifetimes count them
 *
 * Evaluates the lifetimes by volume; raises the events of expiry, and that of
 * the first packet of an inbound SA. The packet counted is still good; later
 * ones find the SA not usable. Any context, no lock of the SA held.
 */
void cm_sa_account(struct cm_sa *sa, u32 packets, u64 bytes);

static inline void cm_sa_get(struct cm_sa *sa)
{
	kref_get(&sa->ref);
}

/* For asynchronous crypto, under rcu_read_lock(). False: it is going away. */
static inline bool cm_sa_tryget(struct cm_sa *sa)
{
	return kref_get_unless_zero(&sa->ref);
}

/* Any context. */
void cm_sa_put(struct cm_sa *sa);

/* --- configuration: process context, cn->lock held --- */

struct cm_esp_keys;

/* What SA_SET asks for; checked by nl_sa.c as far as one attribute goes. */
struct cm_sa_spec {
	struct cm_sa_key key;
	union cm_addr saddr;
	struct cm_flow *flow;
	u8 dir;
	u8 mode;
	u8 df;
	u16 encr;
	u16 auth;
	u16 nsel;
	u32 flags;
	u32 owner;
	u32 window;
	u32 idle_secs;
	u64 cookie;
	u64 seq;
	struct cm_life_limits life;
	struct cm_selector *sel;	/* taken over on success */
};

/*
 * Reserve an SPI in [@lo, @hi] (host order) for {@proto, @daddr}: a larval SA
 * whose timer removes it. -EBUSY when no free one was found, -ENOSPC at the
 * limit of SAs, -ENOMEM.
 */
struct cm_sa *cm_sa_alloc_spi(struct cm_net *cn, const struct cm_sa_spec *spec,
			      u32 lo, u32 hi);

/* Install one direction; an equal larval SPI turns into it. -EEXIST, -ENOSPC, ... */
struct cm_sa *cm_sa_install(struct cm_net *cn, struct cm_sa_spec *spec,
			    const struct cm_esp_keys *keys,
			    struct netlink_ext_ack *extack);

/* Make an outbound SA its flow's current one; the one before becomes OLD. */
int cm_sa_activate(struct cm_sa *sa, struct netlink_ext_ack *extack);

/*
 * Take an SA out of the database. @reason: enum cryptomap_tomb_reason. Packets
 * may hold it a little longer; @sa is gone for the caller.
 */
void cm_sa_remove(struct cm_sa *sa, u8 reason);

/* New lifetimes from now on. */
void cm_sa_set_life(struct cm_sa *sa, const struct cm_life_limits *life,
		    u32 idle_secs);

struct cm_sa *cm_sa_find(struct cm_net *cn, u8 dir, const struct cm_sa_key *key);
struct cm_sa *cm_sa_find_id(struct cm_net *cn, u32 id);

int cm_sa_net_init(struct cm_net *cn);

/* Remove all SAs; then wait until the last packet gave its SA back. */
void cm_sa_net_flush(struct cm_net *cn);
void cm_sa_net_exit(struct cm_net *cn);

int cm_sa_register(void);
void cm_sa_unregister(void);

#endif

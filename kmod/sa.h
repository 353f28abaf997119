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

struct cm_client;
struct cm_esp;
struct cm_esp_keys;
struct cm_flow;
struct cm_net;
struct cm_tfc;
struct netlink_ext_ack;

/* For what must be freed by a process after a grace period. */
extern struct workqueue_struct *cm_wq;

/* Bits of cm_sa.bits. */
enum cm_sa_bit {
	CM_SA_GONE,		/* out of the database */
	CM_SA_EXPIRED,		/* hard lifetime or sequence numbers at their end */
	CM_SA_SEQ_END,		/* it was the sequence numbers */
	CM_SA_SOFT_SENT,	/* the event was raised; likewise below */
	CM_SA_FIRST_SENT,
	CM_SA_NEAR_SENT,
	CM_SA_IDLE_SENT,
};

/* What finds an SA; no holes, compared as bytes. */
struct cm_sa_key {
	__be32 spi;
	u8 proto;
	u8 family;		/* of the outer addresses */
	u8 zero[2];
	union cm_addr daddr;
};

/* Source of the newest packet of the peer; no other is told before jiffies @next. */
struct cm_sa_heard {
	union cm_addr addr;
	__be16 port;
	unsigned long next;
};

/* Where an SA runs outside; ports of UDP, 0 for plain ESP. */
struct cm_sa_path {
	union cm_addr saddr;
	union cm_addr daddr;
	__be16 sport;
	__be16 dport;
};

/**
 * struct cm_sa - one direction of a tunnel
 *
 * Read by every packet, constant once the SA can be found:
 * @key: SPI, IPPROTO_ESP or IPPROTO_AH, outer family and destination; but see cm_sa_move()
 * @saddr: outer source address, likewise
 * @encap_sport, @encap_dport: ports of UDP on the wire, 0 for plain ESP, likewise
 * @oa_src, @oa_dst: inbound transport mode in UDP: what the peer calls itself and us
 * @has_oa: the two are known
 * @id: unique in the namespace, never 0
 * @flags: CRYPTOMAP_SA_F_*
 * @mark: of outer packets if outbound, of decrypted ones if inbound; 0 = that of
 *	the binding
 * @dir: enum cryptomap_dir
 * @mode: enum cryptomap_mode
 * @df: enum cryptomap_df
 * @encr: enum cryptomap_encr, 0 in AH
 * @auth: enum cryptomap_auth
 * @ipcomp: enum cryptomap_ipcomp
 * @cpi: its CPI, 0 without
 * @nsel: number of selectors
 * @sel: selectors, protected side is the source; inner packets must be in one
 * @cn: namespace
 * @flow: its flow, referenced; NULL for a larval SA
 * @client: whose it is, or NULL; of demux.c
 * @esp: crypto, also of AH, owned by esp.c: set by cm_esp_init()
 * @replay: inbound: the window; commit under @lock
 * @tfc: outbound: of tfc.c, or NULL: nothing is done
 * @partner: the AH of an ESP SA and the reverse, see bundle.h
 *
 * Written by packets:
 * @lock: serialises @replay, @seq, @parked and @heard; softirq
 * @seq: outbound: cm_sa_take_seq()
 * @turn: outbound: number that may leave now; of order.h
 * @parked: outbound: packets that wait for their turn, by number, likewise
 * @sender: outbound: 1 + the CPU that is sending one of its packets, 0 = none; of
 *	output.c, written by who has the turn
 * @handed: outbound: whose turn it is, while @send is queued; likewise
 * @send: outbound: sends on, see run() in output.c
 * @packets, @bytes: cm_sa_account()
 * @last_used: jiffies of the last packet
 * @heard: inbound in UDP: where the peer was last heard, of natt.c
 * @losses: per CPU, NULL until the first
 * @behind: histogram of cm_stats_behind(), NULL until the first
 *
 * Configuration (cn->lock) and life:
 * @bits: enum cm_sa_bit
 * @state: enum cryptomap_sa_state, but see cm_sa_state(); READ_ONCE() without
 *	the lock
 * @encr_bits: length of the key without its salt
 * @life: limits; a packet may see a mixture of old and new ones while they
 *	are being changed, which ends the SA by one or the other
 * @life_volume: some limit counts packets or bytes
 * @cause: enum cryptomap_cause of its end
 * @window: replay window as it was asked for
 * @idle_secs: event IDLE after so long, 0 = never
 * @owner, @cookie: marks of who installed it
 * @portid: netlink socket of who installed it or took it over
 * @since: SA_SET, in milliseconds since boot
 * @life_since: last change of lifetimes, likewise
 * @life_jiffies: the same in jiffies: where idleness begins
 * @packets_base, @losses_base: at the last reset of counters
 * @kept: packets that history.c has kept; also without the lock at the very end
 * @timer: next of the ends by time
 * @of_flow: in flow->sas
 * @dead: in cn->dead, with a reference
 */
struct cm_sa {
	struct rhash_head node;
	struct cm_sa_key key;
	union cm_addr saddr;
	union cm_addr oa_src;
	union cm_addr oa_dst;
	bool has_oa;
	u32 id;
	u32 flags;
	u32 mark;
	u8 dir;
	u8 mode;
	u8 df;
	u8 state;
	u8 ipcomp;
	u16 cpi;
	u16 encr;
	u16 auth;
	u16 nsel;
	u16 encr_bits;
	__be16 encap_sport;
	__be16 encap_dport;
	unsigned long bits;
	struct cm_selector *sel;
	struct cm_net *cn;
	struct cm_flow *flow;
	struct cm_client *client;
	struct cm_esp *esp;
	struct cm_replay *replay;
	struct cm_tfc *tfc;
	struct cm_sa __rcu *partner;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct cm_seq seq;
	u64 turn;
	struct sk_buff *parked;
	int sender;
	struct sk_buff *handed;
	struct work_struct send;
	atomic64_t packets;
	atomic64_t bytes;
	unsigned long last_used;
	struct cm_sa_heard heard;
	struct cm_losses __percpu *losses;
	atomic64_t *behind;

	struct cm_life_limits life ____cacheline_aligned_in_smp;
	bool life_volume;
	u8 cause;
	u32 window;
	u32 idle_secs;
	u32 owner;
	u32 portid;
	u64 cookie;
	u64 since;
	u64 life_since;
	unsigned long life_jiffies;
	u64 packets_base;
	u64 kept;
	struct cm_losses *losses_base;
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
 * Larval SPIs are not found. Expired ones are: ask cm_sa_usable(). When there
 * is none ask cm_tomb_late() whether there was one.
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
 * Raises SEQ_NEAR_END and SEQ_EXHAUSTED. Takes sa->lock. Each number given must
 * come to cm_order_enter(), or all later ones wait for it.
 *
 * Return: CM_REASON_NONE, CM_REASON_SEQ_EXHAUSTED, or CM_REASON_QUEUE_OVERFLOW:
 * CM_ORDER_MAX have not left yet.
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

/* enum cryptomap_sa_state as users see it. */
u8 cm_sa_state(const struct cm_sa *sa);

/* Milliseconds since boot, the clock of @since and @life_since. */
u64 cm_sa_clock(void);

/* --- configuration: process context, cn->lock held but where it says not --- */

/* What SA_SET asks for, each attribute checked on its own. */
struct cm_sa_spec {
	struct cm_sa_key key;
	union cm_addr saddr;
	union cm_addr oa_src;
	union cm_addr oa_dst;
	bool has_oa;
	u8 dir;
	u8 mode;
	u8 df;
	u8 ipcomp;
	u16 cpi;
	u16 encr;
	u16 encr_bits;
	u16 auth;
	u16 nsel;
	u16 tfc_pad;
	__be16 encap_sport;
	__be16 encap_dport;
	u32 dummy_ms;
	u32 flags;
	u32 mark;
	u32 owner;
	u32 window;
	u32 idle_secs;
	u64 cookie;
	u64 seq;
	__be32 ah_spi;
	struct cm_life_limits life;
	struct cm_selector sel[CRYPTOMAP_SELECTORS_MAX];
};

/**
 * cm_sa_create() - an SA that is not yet in the database
 * @cn: namespace
 * @spec: what it is; without selectors it gets that of its flow later
 * @keys: its keys, or NULL for a larval one
 * @extack: what is wrong
 *
 * May take long (loads ciphers). Context: process, cn->lock not needed.
 * Return: the SA, one reference; or an ERR_PTR.
 */
struct cm_sa *cm_sa_create(struct cm_net *cn, const struct cm_sa_spec *spec,
			   const struct cm_esp_keys *keys,
			   struct netlink_ext_ack *extack);

/**
 * cm_sa_insert() - put an SA into the database
 * @sa: from cm_sa_create(); the reference goes over on success
 * @flow: its flow
 * @extack: what is wrong
 *
 * A larval SA of the same key gives it its id. The first inbound SA receives
 * at once; an outbound one waits for cm_sa_activate().
 *
 * Return: 0; -EEXIST; -ENOSPC at the limit of SAs; -ENOMEM.
 */
int cm_sa_insert(struct cm_sa *sa, struct cm_flow *flow,
		 struct netlink_ext_ack *extack);

/*
 * Reserve an SPI from @lo to @hi (host order) for the larval @sa, which its
 * timer removes. -EBUSY when no free one was found, -ENOSPC, -ENOMEM.
 */
int cm_sa_reserve(struct cm_sa *sa, u32 lo, u32 hi,
		  struct netlink_ext_ack *extack);

/*
 * Make an outbound SA the current one of its flow, or of its client; the one
 * before becomes OLD.
 */
int cm_sa_activate(struct cm_sa *sa, struct netlink_ext_ack *extack);

/*
 * Take an SA out of the database. @reason: enum cryptomap_tomb_reason. Packets
 * may hold it a little longer; for the caller @sa is gone.
 */
void cm_sa_remove(struct cm_sa *sa, u8 reason);

/* New limits; seconds count from now, volumes from the beginning. */
void cm_sa_set_life(struct cm_sa *sa, const struct cm_life_limits *life,
		    u32 idle_secs);

/**
 * cm_sa_move() - the SA runs along another path outside
 * @sa: SA with keys
 * @to: the whole path; UDP where there was UDP before
 * @extack: what is wrong
 *
 * Packets that are being sent meanwhile may see a mixture of both paths.
 *
 * Return: 0; -EEXIST when that is another SA's key; -ENOMEM, the SA is gone
 * then.
 */
int cm_sa_move(struct cm_sa *sa, const struct cm_sa_path *to,
	       struct netlink_ext_ack *extack);

struct cm_sa *cm_sa_find(struct cm_net *cn, u8 dir, const struct cm_sa_key *key);
struct cm_sa *cm_sa_find_id(struct cm_net *cn, u32 id);

int cm_sa_net_init(struct cm_net *cn);

/* Remove all SAs. */
void cm_sa_net_flush(struct cm_net *cn);

/* Then, without the lock: wait until the last packet gave its SA back. */
void cm_sa_net_exit(struct cm_net *cn);

int cm_sa_register(void);
void cm_sa_unregister(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Tombstones: what is remembered of SPIs that were ours (F-120). */
#ifndef _CM_TOMB_H
#define _CM_TOMB_H

#include <linux/types.h>

#include "kmod/core/tuple.h"

struct cm_net;
struct cm_sa;
struct cm_sa_key;

/* One tombstone, copied out. */
struct cm_tomb_info {
	__be32 spi;
	u8 dir;
	u8 proto;
	u8 family;
	u8 reason;
	union cm_addr saddr;
	union cm_addr daddr;
	u64 cookie;
	u64 late;
	time64_t when;		/* boot-time seconds */
	u64 num;		/* rises with every tombstone, for dumps */
};

/*
 * A packet came for an inbound SPI that has no SA: was there one? Counts the
 * packet as late. @info may be NULL. Any context.
 */
bool cm_tomb_late(struct cm_net *cn, const struct cm_sa_key *key,
		  struct cm_tomb_info *info);

/* As cm_tomb_late(), counting nothing. */
bool cm_tomb_find(struct cm_net *cn, const struct cm_sa_key *key,
		  struct cm_tomb_info *info);

/* Remember an SA that goes. cn->lock held. */
void cm_tomb_add(struct cm_net *cn, const struct cm_sa *sa, u8 reason);

/* The first tombstone with a number of @num or more; false after the last. */
bool cm_tomb_next(struct cm_net *cn, u64 num, struct cm_tomb_info *info);

/* The limit changed: forget the oldest above it. cn->lock held. */
void cm_tomb_trim(struct cm_net *cn);

int cm_tomb_net_init(struct cm_net *cn);
void cm_tomb_net_exit(struct cm_net *cn);

#endif

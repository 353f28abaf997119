/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which tables of the classifier can hold a packet, without asking them.
 *
 * For each of eight bytes, four of the source and four of the destination, and
 * each value of it there is a row of bits, one for each table: set if some line
 * of the table takes packets with this value in this byte. The tables whose bit is
 * set in all eight rows of a packet are the ones to ask.
 *
 * A bit that is set stays until the table goes: too many bits cost time, never a
 * line. They are set before the line can be seen. One writer; readers under RCU.
 */
#ifndef _CM_CORE_TABLEMAP_H
#define _CM_CORE_TABLEMAP_H

#include <linux/rcupdate.h>

#include "classify.h"

#define CM_TABLEMAP_WORDS 32
#define CM_TABLEMAP_MAX (CM_TABLEMAP_WORDS * 64)	/* tables */

/**
 * struct cm_tablemap - the rows
 * @rcu: first, for free_deferred()
 * @words: of a row
 * @bits: rows by byte and value
 */
struct cm_tablemap {
	struct rcu_head rcu;
	u32 words;
	u64 bits[];
};

/* For at least @tables (CM_TABLEMAP_MAX at most), of which none has lines; or NULL. */
struct cm_tablemap *cm_tablemap_alloc(const struct cm_classify_ops *ops, u32 tables);

static inline u32 cm_tablemap_size(const struct cm_tablemap *map)
{
	return map ? map->words * 64 : 0;
}

/* Lines of @family with these addresses and masks are in table @slot. */
void cm_tablemap_add(struct cm_tablemap *map, u32 slot, u8 family,
		     const union cm_addr *saddr, const union cm_addr *smask,
		     const union cm_addr *daddr, const union cm_addr *dmask);

/* Table @slot has no lines any more. */
void cm_tablemap_clear(struct cm_tablemap *map, u32 slot);

/* The tables that can hold the packet, into @slots[map->words]. */
void cm_tablemap_match(const struct cm_tablemap *map, const struct cm_tuple *t,
		       u64 slots[CM_TABLEMAP_WORDS]);

#endif

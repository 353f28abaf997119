/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inbound SAs of the latest packets of each CPU. One packet asks for its SA
 * twice, before routing (early.h) and after it, and the next ones are mostly for the
 * same few.
 *
 * What was found counts as long as no SA has left the database: each that leaves
 * gives them all another stamp, after the table has lost it and before the grace
 * period that its memory waits for. So who reads the stamp of an SA's slot under RCU
 * may use the SA as if it came out of the table.
 */
#ifndef _CM_SA_RECENT_H
#define _CM_SA_RECENT_H

#include <linux/types.h>

union cm_addr;
struct cm_net;
struct cm_sa;
struct cm_sa_key;

/* To be read before the table is asked. */
unsigned long cm_sa_recent_stamp(void);

/* An SA that was found of late, or NULL: ask the table. Under RCU, BH off. */
struct cm_sa *cm_sa_recent_find(const struct cm_net *cn, const struct cm_sa_key *key);

/* The table has @sa, and had it after @stamp was read. Under RCU, BH off. */
void cm_sa_recent_keep(struct cm_sa *sa, unsigned long stamp);

/* An SA has left the table. */
void cm_sa_recent_forget(void);

#endif

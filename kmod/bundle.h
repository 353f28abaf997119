/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AH around ESP (RFC 4301, 4.1): two SAs of one direction that one packet goes
 * through. The ESP is the one that flows and clients know, the AH comes before it.
 * Order is kept for the AH; inside it, an asynchronous driver of the ESP may end in
 * another (SA_F_SYNC_CRYPTO asks for one that does not).
 */
#ifndef _CM_BUNDLE_H
#define _CM_BUNDLE_H

#include <linux/rcupdate.h>

#include "esp.h"
#include "sa.h"

/* Is it the AH of a bundle, which does nothing of its own? */
static inline bool cm_bundle_is_ah(const struct cm_sa *sa)
{
	return sa->flags & CRYPTOMAP_SA_F_BUNDLE;
}

/* Is it the ESP of a bundle? */
static inline bool cm_bundle_is_esp(const struct cm_sa *sa)
{
	return sa->esp->geom.around;
}

/* The other one, valid until rcu_read_unlock(); NULL: none, not yet or not any more. */
static inline struct cm_sa *cm_bundle_partner_rcu(const struct cm_sa *sa)
{
	return rcu_dereference(sa->partner);
}

/* --- configuration: process context, cn->lock held --- */

struct cm_sa *cm_bundle_partner(const struct cm_sa *sa);

/**
 * cm_bundle_find() - the AH that an ESP SA names
 * @sa: the ESP, which is not yet in the database
 * @flow: its flow
 * @spi: SPI of the AH
 * @extack: what does not fit
 *
 * Makes room for AH in the packets of @sa.
 *
 * Return: the AH, or an ERR_PTR: -ENOENT, -EBUSY, -EINVAL.
 */
struct cm_sa *cm_bundle_find(struct cm_sa *sa, const struct cm_flow *flow,
			     __be32 spi, struct netlink_ext_ack *extack);

/* The two belong together from now on: both are in the database. */
void cm_bundle_tie(struct cm_sa *esp, struct cm_sa *ah);

/* They do not any more. Return: the other one, which is to be removed; or NULL. */
struct cm_sa *cm_bundle_untie(struct cm_sa *sa);

#endif

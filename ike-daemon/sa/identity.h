/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identities: who we say we are, and proxy identities as selectors. */
#ifndef IKE_SA_IDENTITY_H
#define IKE_SA_IDENTITY_H

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/wire/ident.h"

struct cfg_identity;
struct cm_config;

struct identity {
	struct isakmp_id id;		/* data points into @store */
	uint8_t store[256];
};

/*
 * Our phase 1 identity: the one that is configured, or @which a peer is told.
 * @subject: of our certificate (DER), to which @out points; empty: there is none, and
 * the address stands in for it.
 */
void identity_own(const struct cm_config *cfg, const struct cfg_identity *which,
		  const struct addr *local, struct crypto_chunk subject,
		  struct identity *out);
/*
 * The name that it is: FQDN, user FQDN or key ID, without a zero byte.  @name: CFG_FQDN_SIZE
 * bytes.  False: it is none.
 */
bool identity_name(const struct isakmp_id *id, char *name);
/* The same identity?  Domain names have no case; protocol and port do not count. */
bool identity_same(const struct isakmp_id *a, const struct isakmp_id *b);
/* One side of a selector as a proxy identity (RFC 2407, 4.6.2). */
void identity_proxy(const struct range *r, uint8_t proto, uint16_t port,
		    struct identity *out);
/*
 * The selector that a pair of proxy identities stands for, ours and the
 * peer's.  -EINVAL with a sentence when they stand for none.
 */
int identity_to_sel(const struct isakmp_id *local,
		    const struct isakmp_id *remote, struct kernel_sel *sel,
		    struct err *err);
bool kernel_sel_equal(const struct kernel_sel *a, const struct kernel_sel *b);
/* "10.1.0.0/24 -> 10.2.0.0/24 protocol 6 port 0/80" */
char *kernel_sel_format(const struct kernel_sel *sel, char *out, size_t size);

#endif

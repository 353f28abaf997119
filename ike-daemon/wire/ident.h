/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identities (RFC 2407, 4.6.2) as addresses and text: phase 1 identities and
 * the proxy identities of quick mode.
 */
#ifndef IKE_WIRE_IDENT_H
#define IKE_WIRE_IDENT_H

#include "ike-daemon/wire/isakmp.h"

/* Fits every identity, cut with "..." if its data is longer. */
#define ISAKMP_ID_STRLEN	288

/* The addresses that an address, subnet or range identity stands for.
 * -EINVAL: another type, wrong length, a mask with holes, from > to. */
int isakmp_id_range(const struct isakmp_id *id, struct range *r);
/* The same as a prefix; -ERANGE for a range that is none. */
int isakmp_id_prefix(const struct isakmp_id *id, struct prefix *p);

/* Make an identity; @store (32 bytes) keeps its data.  A prefix of full length
 * becomes an address, others a subnet. */
#define ISAKMP_ID_STORE	32
void isakmp_id_from_addr(struct isakmp_id *id, const struct addr *a,
			 uint8_t store[ISAKMP_ID_STORE]);
void isakmp_id_from_prefix(struct isakmp_id *id, const struct prefix *p,
			   uint8_t store[ISAKMP_ID_STORE]);
void isakmp_id_from_range(struct isakmp_id *id, const struct range *r,
			  uint8_t store[ISAKMP_ID_STORE]);

/* What isakmp_put_id_body() wrote; points into @body.  -EINVAL: too short. */
int isakmp_id_from_body(struct isakmp_id *id, const uint8_t *body, size_t len);

/* "10.1.0.0/16", "gw.example.com", "KEY_ID sales", "KEY_ID 0x0102", ...: printable always. */
char *isakmp_id_format(const struct isakmp_id *id, char *out, size_t size);
/* Same type and same bytes (protocol and port do not matter). */
bool isakmp_id_equal(const struct isakmp_id *a, const struct isakmp_id *b);

#endif

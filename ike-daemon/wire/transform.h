/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transforms as fixed records: the attributes that the exchanges compare,
 * gathered from any order and either form, and written in the customary order.
 */
#ifndef IKE_WIRE_TRANSFORM_H
#define IKE_WIRE_TRANSFORM_H

#include "ike-daemon/wire/isakmp.h"
#include "tools/lib/err.h"

/* Lifetimes of one SA; 0 = not given.  Larger values are cut to UINT32_MAX. */
struct isakmp_life {
	uint32_t seconds;
	uint32_t kilobytes;
};

/* Phase 1 (RFC 2409, appendix A).  0 = attribute absent. */
struct ike_transform {
	uint16_t cipher;		/* enum ike_cipher */
	uint16_t key_bits;		/* 0 for ciphers of fixed length */
	uint16_t hash;			/* enum ike_hash */
	uint16_t auth;			/* enum ike_auth_method */
	uint16_t group;			/* enum ike_group */
	uint16_t prf;
	struct isakmp_life life;
	uint16_t unknown;		/* first attribute not understood, or 0 */
};

/* Phase 2 (RFC 2407, 4.5).  0 = attribute absent. */
struct ipsec_transform {
	uint8_t protocol;		/* enum isakmp_protocol: of the proposal */
	uint8_t id;			/* ipsec_esp_transform, ipsec_ah_... */
	uint16_t key_bits;
	uint16_t auth;			/* enum ipsec_auth_alg */
	uint16_t encap;			/* enum ipsec_encap */
	uint16_t group;			/* PFS: enum ike_group */
	uint16_t esn;			/* 1 = 64-bit sequence numbers */
	bool short_icv;			/* SHA-256 cut to 96 bits; no attribute says so */
	bool deflate;			/* a proposal of IPComp stands beside it */
	struct isakmp_life life;
	uint16_t unknown;		/* first attribute not understood, or 0 */
};

/*
 * Read a transform.  -EINVAL with a sentence (@err may be NULL) when an
 * attribute is given twice with different values, a value does not fit, or a
 * life type or duration stands alone.  Unknown attributes are only noted.
 */
int ike_transform_get(const struct isakmp_transform *t,
		      struct ike_transform *out, struct err *err);
int ipsec_transform_get(const struct isakmp_transform *t,
			struct ipsec_transform *out, struct err *err);

/* Attribute storage for writing one transform. */
#define TRANSFORM_ATTRS_MAX	12
struct transform_attrs {
	uint16_t n;
	uint8_t used;
	struct isakmp_attr attr[TRANSFORM_ATTRS_MAX];
	uint8_t wide[2][4];		/* variable-form lifetimes */
};

/*
 * Write a record into @store and make @t a transform of number @number over
 * it.  Absent (0) attributes are left out; durations above 65535 take the
 * 4-byte variable form, as IOS and strongSwan write them.
 */
void ike_transform_set(const struct ike_transform *in, unsigned int number,
		       struct transform_attrs *store,
		       struct isakmp_transform *t);
void ipsec_transform_set(const struct ipsec_transform *in, unsigned int number,
			 struct transform_attrs *store,
			 struct isakmp_transform *t);

/*
 * Lifetimes in a list of attributes that is not a transform: the data of a
 * RESPONDER-LIFETIME notify (RFC 2407, 4.6.3.1).  @phase is 1 or 2.
 */
int isakmp_life_get(const uint8_t *data, size_t len, unsigned int phase,
		    struct isakmp_life *life);
void isakmp_life_put(struct buf *b, unsigned int phase,
		     const struct isakmp_life *life);

#endif

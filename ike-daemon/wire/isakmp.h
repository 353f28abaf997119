/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISAKMP messages (RFC 2408 with the DOI of RFC 2407): bytes <-> structs.
 * Pure: no SA look-up, no logging, no allocation, no recursion, capped lists.
 *
 * Receiving:
 *	isakmp_decode_header()	  always
 *	isakmp_decode_payloads()  at once for a plain message, or after the
 *				  caller has decrypted the body
 * Decoding checks lengths and reserved fields; what a field means is for the
 * exchanges.  Everything decoded points into the bytes that were given, and
 * into the struct isakmp_msg itself: keep both, and do not copy the struct.
 *
 * Sending: the isakmp_put_*() calls append to a buffer and keep the chain of
 * "next payload" fields right; the same structs serve both directions.
 */
#ifndef IKE_WIRE_ISAKMP_H
#define IKE_WIRE_ISAKMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/wire/isakmp_num.h"
#include "tools/lib/addr.h"
#include "tools/lib/buf.h"

/* Caps for one message; more is refused with ISAKMP_FAULT_TOO_MANY. */
#define ISAKMP_MAX_PAYLOADS	64
#define ISAKMP_MAX_PROPOSALS	64
#define ISAKMP_MAX_TRANSFORMS	256
#define ISAKMP_MAX_ATTRS	2048

/* RFC 2408, 3.1 */
struct isakmp_hdr {
	uint8_t cookie_i[ISAKMP_COOKIE_LEN];
	uint8_t cookie_r[ISAKMP_COOKIE_LEN];
	uint8_t next_payload;
	uint8_t version;		/* major << 4 | minor */
	uint8_t exchange;
	uint8_t flags;
	uint32_t message_id;
	uint32_t length;		/* whole message, bytes */
};

/* RFC 2408, 3.3: the basic form carries @value, the variable form @data. */
struct isakmp_attr {
	uint16_t type;			/* without the format bit */
	bool variable;
	uint16_t value;			/* basic form only */
	uint16_t len;			/* variable form only */
	const uint8_t *data;		/* variable form only */
};

/* RFC 2408, 3.6 */
struct isakmp_transform {
	uint8_t number;
	uint8_t id;			/* meaning depends on the protocol */
	uint16_t nattrs;
	const struct isakmp_attr *attrs;
};

/* RFC 2408, 3.5; proposals with the same number belong together (AND) */
struct isakmp_proposal {
	uint8_t number;
	uint8_t protocol;		/* enum isakmp_protocol */
	uint8_t spi_len;
	uint16_t ntransforms;
	const uint8_t *spi;
	const struct isakmp_transform *transforms;
};

/* RFC 2408, 3.4; RFC 2407, 4.6.1 (identity-only situation) */
struct isakmp_sa {
	uint32_t doi;
	uint32_t situation;
	uint16_t nproposals;
	const struct isakmp_proposal *proposals;
};

/* RFC 2407, 4.6.2; port in host byte order */
struct isakmp_id {
	uint8_t type;			/* enum ipsec_id_type */
	uint8_t protocol;		/* IP protocol, 0 = any */
	uint16_t port;			/* 0 = any */
	uint16_t len;
	const uint8_t *data;
};

/* RFC 2408, 3.14 */
struct isakmp_notify {
	uint32_t doi;
	uint8_t protocol;
	uint8_t spi_len;
	uint16_t type;			/* enum isakmp_notify_type */
	uint16_t len;			/* notification data */
	const uint8_t *spi;
	const uint8_t *data;
};

/* RFC 2408, 3.15: @nspis SPIs of @spi_len bytes each, back to back */
struct isakmp_delete {
	uint32_t doi;
	uint8_t protocol;
	uint8_t spi_len;
	uint16_t nspis;
	const uint8_t *spis;
};

/* RFC 3947, 5.2: ID type IPV4_ADDR or IPV6_ADDR */
struct isakmp_nat_oa {
	uint8_t type;
	struct addr addr;		/* port 0 */
};

struct isakmp_payload {
	uint8_t type;			/* enum isakmp_payload_type or unknown */
	uint32_t offset;		/* of its generic header in the message */
	uint16_t len;			/* of the body: without generic header */
	const uint8_t *data;		/* the body, as in "SAi_b", "IDii_b" */
	union {				/* by type; others have only the body */
		struct isakmp_sa sa;
		struct isakmp_id id;
		struct isakmp_notify notify;
		struct isakmp_delete del;
		struct isakmp_nat_oa nat_oa;
	};
};

struct isakmp_msg {
	struct isakmp_hdr hdr;
	const uint8_t *body;		/* what follows the header */
	uint32_t body_len;		/* as the header says */
	uint32_t chain_len;		/* bytes of @body that payloads take */
	uint32_t surplus;		/* bytes in the datagram past the length */
	uint16_t npayloads;
	uint16_t nproposals;
	uint16_t ntransforms;
	uint16_t nattrs;
	struct isakmp_payload payloads[ISAKMP_MAX_PAYLOADS];
	struct isakmp_proposal proposals[ISAKMP_MAX_PROPOSALS];
	struct isakmp_transform transforms[ISAKMP_MAX_TRANSFORMS];
	struct isakmp_attr attrs[ISAKMP_MAX_ATTRS];
};

/* What is wrong.  After decryption SHORT, LENGTH, RESERVED and TYPE mean that
 * the keys differ: most likely the pre-shared key (F-027). */
enum isakmp_fault {
	ISAKMP_FAULT_NONE,
	ISAKMP_FAULT_SHORT,		/* bytes end before the structure does */
	ISAKMP_FAULT_LENGTH,		/* a length field contradicts another */
	ISAKMP_FAULT_RESERVED,		/* a reserved field is not zero */
	ISAKMP_FAULT_TYPE,		/* unassigned or misplaced payload type */
	ISAKMP_FAULT_TOO_MANY,		/* a cap of ours is exceeded */
	ISAKMP_FAULT_VERSION,
	ISAKMP_FAULT_VALUE,		/* DOI, situation, SPI size */
};

struct isakmp_err {
	enum isakmp_fault fault;
	uint16_t notify;		/* what to answer: enum isakmp_notify_type */
	uint8_t payload;		/* type of the payload at fault, 0 = header */
	uint16_t index;			/* its place in the chain, from 0 */
	uint32_t offset;		/* of the fault in the message, bytes */
	char text[128];			/* one sentence for log and notify */
};

/*
 * Decode the header of a datagram.  Sets @msg->hdr, body, body_len, surplus
 * and no payloads.  -EBADMSG with @err filled in.  An unknown exchange type,
 * flag or minor version is no error here.
 */
int isakmp_decode_header(struct isakmp_msg *msg, const void *data, size_t len,
			 struct isakmp_err *err);
/* The fields of a header as they are; errors stick in the buffer. */
void isakmp_get_header(struct buf *b, struct isakmp_hdr *h);
/*
 * Decode the payloads in @body (@msg->body for a plain message, or the caller's
 * decrypted copy of it, which must live as long as @msg is used).  The first
 * type is taken from the header.  Bytes after the chain are padding.
 * -EBADMSG with @err filled in; payloads before the fault are then in @msg.
 */
int isakmp_decode_payloads(struct isakmp_msg *msg, const void *body,
			   size_t len, struct isakmp_err *err);
/* Both steps for a message without encryption flag; -EINVAL if it is set. */
int isakmp_decode(struct isakmp_msg *msg, const void *data, size_t len,
		  struct isakmp_err *err);
const char *isakmp_fault_name(enum isakmp_fault fault);

/* The @nth (from 0) payload of @type, or NULL. */
const struct isakmp_payload *isakmp_find(const struct isakmp_msg *msg,
					 unsigned int type, unsigned int nth);
unsigned int isakmp_count(const struct isakmp_msg *msg, unsigned int type);
/*
 * The bytes that follow payload @index up to the end of the chain, without
 * padding: what HASH(1), HASH(2) and the informational hash cover when @index
 * is 0 (RFC 2409, 5.5 and 5.7).
 */
const uint8_t *isakmp_after(const struct isakmp_msg *msg, unsigned int index,
			    size_t *len);
/*
 * How many bytes of the body the payloads take, by their generic headers alone:
 * to check a hash over payloads that cannot be decoded.  0: they do not add up.
 */
uint32_t isakmp_chain_by_headers(const struct isakmp_msg *msg);
/* Proposals from @first on that share its number: 1 or more (AND). */
unsigned int isakmp_proposal_group(const struct isakmp_sa *sa,
				   unsigned int first);
/* The first attribute of @type, or NULL. */
const struct isakmp_attr *isakmp_attr_find(const struct isakmp_transform *t,
					   unsigned int type);
/*
 * The number in either form: basic, or variable of any length > 0.
 * -ERANGE if it exceeds 64 bits (@value is then UINT64_MAX), -EINVAL if empty.
 */
int isakmp_attr_number(const struct isakmp_attr *attr, uint64_t *value);
/* Read or write one attribute of a list; errors stick in the buffer. */
void isakmp_get_attr(struct buf *b, struct isakmp_attr *attr);
void isakmp_put_attr(struct buf *b, const struct isakmp_attr *attr);

/* A message being written into @b, which the caller provides and owns. */
struct isakmp_writer {
	struct buf *b;
	size_t start;			/* of the header in @b */
	size_t next_at;			/* next-payload field to patch */
};

/* Start a message with @hdr (its next_payload and length are filled in). */
void isakmp_begin(struct isakmp_writer *w, struct buf *b,
		  const struct isakmp_hdr *hdr);
/* Any payload by its body; for KE, NONCE, HASH, VENDOR, NAT-D, ... */
void isakmp_put(struct isakmp_writer *w, unsigned int type, const void *body,
		size_t len);
/* A payload of @len zero bytes; returns the offset of the body in the buffer,
 * to be filled with buf_set() when the hash over the rest is known. */
size_t isakmp_put_blank(struct isakmp_writer *w, unsigned int type, size_t len);
void isakmp_put_sa(struct isakmp_writer *w, const struct isakmp_sa *sa);
void isakmp_put_id(struct isakmp_writer *w, const struct isakmp_id *id);
void isakmp_put_notify(struct isakmp_writer *w, const struct isakmp_notify *n);
void isakmp_put_delete(struct isakmp_writer *w, const struct isakmp_delete *d);
/* @type is NAT_OA or NAT_OA_DRAFT */
void isakmp_put_nat_oa(struct isakmp_writer *w, unsigned int type,
		       const struct isakmp_nat_oa *oa);
/* Any decoded or caller-made payload, from its union where there is one. */
void isakmp_put_payload(struct isakmp_writer *w,
			const struct isakmp_payload *p);
/*
 * Finish: pad the body with zero bytes to a multiple of @block (1 = none; the
 * cipher's block size if the body will be encrypted in place) and set the
 * length.  Returns 0 or the buffer's error.
 */
int isakmp_end(struct isakmp_writer *w, size_t block);

/* Bodies without generic header: "SAi_b" and "IDii_b" of a hash. */
void isakmp_put_sa_body(struct buf *b, const struct isakmp_sa *sa);
void isakmp_put_id_body(struct buf *b, const struct isakmp_id *id);

#endif

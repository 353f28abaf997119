// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ISAKMP bytes to structs.  Each level is a loop with a cap over a reader that
 * cannot leave its payload; lengths are checked here, meaning is not.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/wire/isakmp.h"

#define GENERIC_HDR_LEN		4
#define ATTR_BASIC		0x8000	/* format bit, RFC 2408, 3.3 */

/* Where we are, for words about a fault. */
struct decoder {
	struct isakmp_msg *msg;
	struct isakmp_err *err;
	uint8_t type;			/* of the current top-level payload */
	uint16_t index;			/* of it */
};

/* The generic header of a payload, proposal or transform. */
struct chunk_hdr {
	uint8_t next;
	uint16_t len;			/* of what follows the generic header */
};

/* Offset of a reader's cursor in the message. */
static uint32_t offset_of(const struct decoder *d, const struct buf *b)
{
	return ISAKMP_HDR_LEN + (uint32_t)(buf_data(b) + buf_pos(b) -
					   d->msg->body);
}

static int fault_at(struct decoder *d, uint32_t offset,
		    enum isakmp_fault fault, enum isakmp_notify_type notify,
		    const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static int fault_at(struct decoder *d, uint32_t offset,
		    enum isakmp_fault fault, enum isakmp_notify_type notify,
		    const char *fmt, ...)
{
	struct isakmp_err *err = d->err;
	char what[80];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	*err = (struct isakmp_err){
		.fault = fault,
		.notify = (uint16_t)notify,
		.payload = d->type,
		.index = d->index,
		.offset = offset,
	};
	if (d->type)
		snprintf(err->text, sizeof(err->text),
			 "payload %d %s (%u) at offset %u: %s", d->index + 1,
			 isakmp_payload_name(d->type), d->type, offset, what);
	else
		snprintf(err->text, sizeof(err->text), "header: %s", what);
	return -EBADMSG;
}

#define fault(d, b, ...) fault_at(d, offset_of(d, b), __VA_ARGS__)

/*
 * Read the generic header of a payload, proposal or transform and check that
 * its body fits into what is left.
 */
static int get_generic(struct decoder *d, struct buf *b, const char *what,
		       enum isakmp_notify_type notify, struct chunk_hdr *h)
{
	uint32_t at = offset_of(d, b);
	uint8_t reserved;
	uint16_t len;

	if (buf_left(b) < GENERIC_HDR_LEN)
		return fault_at(d, at, ISAKMP_FAULT_SHORT, notify,
				"%s header cut off after %zu of 4 bytes", what,
				buf_left(b));
	h->next = buf_get_u8(b);
	reserved = buf_get_u8(b);
	len = buf_get_u16(b);
	if (reserved)
		return fault_at(d, at + 1, ISAKMP_FAULT_RESERVED, notify,
				"reserved byte of the %s is 0x%02x, not 0",
				what, reserved);
	if (len < GENERIC_HDR_LEN)
		return fault_at(d, at + 2, ISAKMP_FAULT_LENGTH, notify,
				"%s length %u is less than its header", what,
				len);
	h->len = (uint16_t)(len - GENERIC_HDR_LEN);
	if (h->len > buf_left(b))
		return fault_at(d, at + 2, ISAKMP_FAULT_LENGTH, notify,
				"%s length %u exceeds the %zu bytes left", what,
				len, buf_left(b) + GENERIC_HDR_LEN);
	return 0;
}

/* Refuse a body whose fixed part is cut off. */
static int need(struct decoder *d, const struct buf *b, size_t len)
{
	if (buf_left(b) >= len)
		return 0;
	return fault(d, b, ISAKMP_FAULT_SHORT, ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
		     "body of %zu bytes, at least %zu needed", buf_left(b),
		     len);
}

void isakmp_get_attr(struct buf *b, struct isakmp_attr *attr)
{
	uint16_t word = buf_get_u16(b);

	*attr = (struct isakmp_attr){
		.type = word & (ATTR_BASIC - 1),
		.variable = !(word & ATTR_BASIC),
	};
	if (!attr->variable) {
		attr->value = buf_get_u16(b);
		return;
	}
	attr->len = buf_get_u16(b);
	attr->data = buf_get_direct(b, attr->len);
	if (!attr->data)
		attr->len = 0;
}

static int decode_attrs(struct decoder *d, struct buf *b,
			struct isakmp_transform *t)
{
	struct isakmp_msg *msg = d->msg;
	uint32_t at;

	t->attrs = &msg->attrs[msg->nattrs];
	t->nattrs = 0;
	while (buf_left(b)) {
		at = offset_of(d, b);
		if (msg->nattrs == ISAKMP_MAX_ATTRS)
			return fault_at(d, at, ISAKMP_FAULT_TOO_MANY,
					ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
					"more than %d attributes",
					ISAKMP_MAX_ATTRS);
		isakmp_get_attr(b, &msg->attrs[msg->nattrs]);
		if (buf_err(b))
			return fault_at(d, at, ISAKMP_FAULT_LENGTH,
					ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
					"attribute %u exceeds its transform",
					msg->attrs[msg->nattrs].type);
		msg->nattrs++;
		t->nattrs++;
	}
	return 0;
}

static int decode_transform(struct decoder *d, struct buf *b)
{
	struct isakmp_msg *msg = d->msg;
	struct isakmp_transform *t;
	uint16_t reserved;

	if (msg->ntransforms == ISAKMP_MAX_TRANSFORMS)
		return fault(d, b, ISAKMP_FAULT_TOO_MANY,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "more than %d transforms", ISAKMP_MAX_TRANSFORMS);
	if (need(d, b, 4))
		return -EBADMSG;
	t = &msg->transforms[msg->ntransforms++];
	t->number = buf_get_u8(b);
	t->id = buf_get_u8(b);
	reserved = buf_get_u16(b);
	if (reserved)
		return fault(d, b, ISAKMP_FAULT_RESERVED,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "reserved field of transform %u is 0x%04x, not 0",
			     t->number, reserved);
	return decode_attrs(d, b, t);
}

/* The transforms of a proposal: as many as it says, filling it exactly. */
static int decode_transforms(struct decoder *d, struct buf *b,
			     unsigned int count)
{
	struct chunk_hdr h = { 0 };
	struct buf sub;
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = get_generic(d, b, "transform",
				  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, &h);
		if (err)
			return err;
		if (h.next != (i + 1 < count ? ISAKMP_PAYLOAD_TRANSFORM :
				ISAKMP_PAYLOAD_NONE))
			return fault(d, b, ISAKMP_FAULT_LENGTH,
				     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
				     "payload type %u follows transform %u of %u",
				     h.next, i + 1, count);
		buf_get_sub(b, &sub, h.len);
		err = decode_transform(d, &sub);
		if (err)
			return err;
	}
	if (buf_left(b))
		return fault(d, b, ISAKMP_FAULT_LENGTH,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "%zu bytes after the last transform", buf_left(b));
	return 0;
}

static int decode_proposal(struct decoder *d, struct buf *b)
{
	struct isakmp_msg *msg = d->msg;
	struct isakmp_proposal *p;

	if (msg->nproposals == ISAKMP_MAX_PROPOSALS)
		return fault(d, b, ISAKMP_FAULT_TOO_MANY,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "more than %d proposals", ISAKMP_MAX_PROPOSALS);
	if (need(d, b, 4))
		return -EBADMSG;
	p = &msg->proposals[msg->nproposals++];
	p->number = buf_get_u8(b);
	p->protocol = buf_get_u8(b);
	p->spi_len = buf_get_u8(b);
	p->ntransforms = buf_get_u8(b);
	p->transforms = &msg->transforms[msg->ntransforms];
	if (need(d, b, p->spi_len))
		return -EBADMSG;
	p->spi = buf_get_direct(b, p->spi_len);
	if (!p->ntransforms)
		return fault(d, b, ISAKMP_FAULT_VALUE,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "proposal %u has no transforms", p->number);
	return decode_transforms(d, b, p->ntransforms);
}

static int decode_proposals(struct decoder *d, struct buf *b,
			    struct isakmp_sa *sa)
{
	struct chunk_hdr h = { 0 };
	struct buf sub;
	int err;

	sa->proposals = &d->msg->proposals[d->msg->nproposals];
	sa->nproposals = 0;
	do {
		err = get_generic(d, b, "proposal",
				  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, &h);
		if (err)
			return err;
		if (h.next && h.next != ISAKMP_PAYLOAD_PROPOSAL)
			return fault(d, b, ISAKMP_FAULT_TYPE,
				     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
				     "payload type %u follows a proposal",
				     h.next);
		buf_get_sub(b, &sub, h.len);
		err = decode_proposal(d, &sub);
		if (err)
			return err;
		sa->nproposals++;
	} while (h.next);
	if (buf_left(b))
		return fault(d, b, ISAKMP_FAULT_LENGTH,
			     ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX,
			     "%zu bytes after the last proposal", buf_left(b));
	return 0;
}

static int decode_sa(struct decoder *d, struct buf *b,
		     struct isakmp_payload *p)
{
	if (need(d, b, 8))
		return -EBADMSG;
	p->sa.doi = buf_get_u32(b);
	p->sa.situation = buf_get_u32(b);
	if (p->sa.doi != ISAKMP_DOI_IPSEC)
		return fault(d, b, ISAKMP_FAULT_VALUE,
			     ISAKMP_NOTIFY_DOI_NOT_SUPPORTED,
			     "DOI %u, only 1 (IPsec) is supported", p->sa.doi);
	if (p->sa.situation != ISAKMP_SIT_IDENTITY_ONLY)
		return fault(d, b, ISAKMP_FAULT_VALUE,
			     ISAKMP_NOTIFY_SITUATION_NOT_SUPPORTED,
			     "situation 0x%x, only 1 (identity) is supported",
			     p->sa.situation);
	return decode_proposals(d, b, &p->sa);
}

static int decode_id(struct decoder *d, struct buf *b,
		     struct isakmp_payload *p)
{
	if (need(d, b, 4))
		return -EBADMSG;
	p->id.type = buf_get_u8(b);
	p->id.protocol = buf_get_u8(b);
	p->id.port = buf_get_u16(b);
	p->id.len = (uint16_t)buf_left(b);
	p->id.data = buf_get_direct(b, p->id.len);
	return 0;
}

static int decode_notify(struct decoder *d, struct buf *b,
			 struct isakmp_payload *p)
{
	struct isakmp_notify *n = &p->notify;

	if (need(d, b, 8))
		return -EBADMSG;
	n->doi = buf_get_u32(b);
	n->protocol = buf_get_u8(b);
	n->spi_len = buf_get_u8(b);
	n->type = buf_get_u16(b);
	if (need(d, b, n->spi_len))
		return -EBADMSG;
	n->spi = buf_get_direct(b, n->spi_len);
	n->len = (uint16_t)buf_left(b);
	n->data = buf_get_direct(b, n->len);
	return 0;
}

static int decode_delete(struct decoder *d, struct buf *b,
			 struct isakmp_payload *p)
{
	struct isakmp_delete *del = &p->del;
	size_t len;

	if (need(d, b, 8))
		return -EBADMSG;
	del->doi = buf_get_u32(b);
	del->protocol = buf_get_u8(b);
	del->spi_len = buf_get_u8(b);
	del->nspis = buf_get_u16(b);
	len = (size_t)del->nspis * del->spi_len;
	if (!len || len != buf_left(b))
		return fault(d, b, ISAKMP_FAULT_LENGTH,
			     ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
			     "%u SPIs of %u bytes in %zu bytes", del->nspis,
			     del->spi_len, buf_left(b));
	del->spis = buf_get_direct(b, len);
	return 0;
}

static int decode_nat_oa(struct decoder *d, struct buf *b,
			 struct isakmp_payload *p)
{
	size_t len;

	if (need(d, b, 4))
		return -EBADMSG;
	p->nat_oa.type = buf_get_u8(b);
	if (buf_get_u8(b) | buf_get_u16(b))
		return fault(d, b, ISAKMP_FAULT_RESERVED,
			     ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
			     "reserved field is not 0");
	len = p->nat_oa.type == IPSEC_ID_IPV4_ADDR ? 4 :
	      p->nat_oa.type == IPSEC_ID_IPV6_ADDR ? 16 : 0;
	if (!len || len != buf_left(b))
		return fault(d, b, ISAKMP_FAULT_LENGTH,
			     ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
			     "identity type %u with %zu bytes is no address",
			     p->nat_oa.type, buf_left(b));
	return addr_from_bytes(&p->nat_oa.addr, buf_get_direct(b, len), len);
}

/* Types with structure; all others are taken as they are. */
static const struct {
	uint8_t type;
	int (*decode)(struct decoder *d, struct buf *b,
		      struct isakmp_payload *p);
} decoders[] = {
	{ ISAKMP_PAYLOAD_SA,		decode_sa },
	{ ISAKMP_PAYLOAD_ID,		decode_id },
	{ ISAKMP_PAYLOAD_NOTIFY,	decode_notify },
	{ ISAKMP_PAYLOAD_DELETE,	decode_delete },
	{ ISAKMP_PAYLOAD_NAT_OA,	decode_nat_oa },
	{ ISAKMP_PAYLOAD_NAT_OA_DRAFT,	decode_nat_oa },
};

static int decode_body(struct decoder *d, struct buf *b,
		       struct isakmp_payload *p)
{
	size_t i;

	for (i = 0; i < sizeof(decoders) / sizeof(*decoders); i++)
		if (decoders[i].type == p->type)
			return decoders[i].decode(d, b, p);
	return 0;
}

/*
 * Types that may stand in the chain: the assigned ones (to 21) save proposal
 * and transform, and the private ones (from 128), which are passed over.
 */
static bool type_allowed(unsigned int type)
{
	if (type == ISAKMP_PAYLOAD_PROPOSAL ||
	    type == ISAKMP_PAYLOAD_TRANSFORM)
		return false;
	return type <= ISAKMP_PAYLOAD_NAT_OA ||
	       type >= ISAKMP_PAYLOAD_PRIVATE_MIN;
}

/* One payload of d->type; on success d->type is the next one's. */
static int decode_payload(struct decoder *d, struct buf *b)
{
	struct isakmp_msg *msg = d->msg;
	struct isakmp_payload *p;
	struct chunk_hdr h = { 0 };
	struct buf sub;
	uint32_t at = offset_of(d, b);
	int err;

	if (msg->npayloads == ISAKMP_MAX_PAYLOADS)
		return fault(d, b, ISAKMP_FAULT_TOO_MANY,
			     ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
			     "more than %d payloads", ISAKMP_MAX_PAYLOADS);
	if (!type_allowed(d->type))
		return fault(d, b, ISAKMP_FAULT_TYPE,
			     ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE,
			     "payload type %u is not allowed here", d->type);
	err = get_generic(d, b, "payload", ISAKMP_NOTIFY_PAYLOAD_MALFORMED, &h);
	if (err)
		return err;
	buf_get_sub(b, &sub, h.len);
	p = &msg->payloads[msg->npayloads];
	p->type = d->type;
	p->offset = at;
	p->len = h.len;
	p->data = buf_data(&sub);
	err = decode_body(d, &sub, p);
	if (err)
		return err;
	msg->npayloads++;
	d->type = h.next;
	return 0;
}

int isakmp_decode_payloads(struct isakmp_msg *msg, const void *body,
			   size_t len, struct isakmp_err *err)
{
	struct decoder d = { .msg = msg, .err = err,
			     .type = msg->hdr.next_payload };
	struct buf b;

	*err = (struct isakmp_err){ .fault = ISAKMP_FAULT_NONE };
	msg->npayloads = 0;
	msg->nproposals = 0;
	msg->ntransforms = 0;
	msg->nattrs = 0;
	msg->body = body;
	msg->body_len = (uint32_t)len;
	msg->chain_len = 0;
	buf_reader(&b, body, len);
	for (; d.type; d.index++) {
		if (decode_payload(&d, &b))
			return -EBADMSG;
		msg->chain_len = (uint32_t)buf_pos(&b);
	}
	return 0;
}

void isakmp_get_header(struct buf *b, struct isakmp_hdr *h)
{
	buf_get(b, h->cookie_i, sizeof(h->cookie_i));
	buf_get(b, h->cookie_r, sizeof(h->cookie_r));
	h->next_payload = buf_get_u8(b);
	h->version = buf_get_u8(b);
	h->exchange = buf_get_u8(b);
	h->flags = buf_get_u8(b);
	h->message_id = buf_get_u32(b);
	h->length = buf_get_u32(b);
}

int isakmp_decode_header(struct isakmp_msg *msg, const void *data, size_t len,
			 struct isakmp_err *err)
{
	static const uint8_t no_cookie[ISAKMP_COOKIE_LEN];
	struct decoder d = { .msg = msg, .err = err };
	struct isakmp_hdr *h = &msg->hdr;
	struct buf b;

	*err = (struct isakmp_err){ .fault = ISAKMP_FAULT_NONE };
	msg->npayloads = 0;
	if (len < ISAKMP_HDR_LEN)
		return fault_at(&d, 0, ISAKMP_FAULT_SHORT,
				ISAKMP_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS,
				"datagram of %zu bytes, at least 28 needed",
				len);
	buf_reader(&b, data, len);
	isakmp_get_header(&b, h);
	if (h->version >> 4 != ISAKMP_VERSION_1_0 >> 4)
		return fault_at(&d, 17, ISAKMP_FAULT_VERSION,
				ISAKMP_NOTIFY_INVALID_MAJOR_VERSION,
				"version %u.%u, not 1.x", h->version >> 4,
				h->version & 15);
	if (h->length < ISAKMP_HDR_LEN)
		return fault_at(&d, 24, ISAKMP_FAULT_LENGTH,
				ISAKMP_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS,
				"length %u is less than the header",
				h->length);
	if (h->length > len)
		return fault_at(&d, 24, ISAKMP_FAULT_SHORT,
				ISAKMP_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS,
				"length %u exceeds the datagram of %zu bytes",
				h->length, len);
	if (!memcmp(h->cookie_i, no_cookie, sizeof(no_cookie)))
		return fault_at(&d, 0, ISAKMP_FAULT_VALUE,
				ISAKMP_NOTIFY_INVALID_COOKIE,
				"the initiator's cookie is zero");
	msg->body = (const uint8_t *)data + ISAKMP_HDR_LEN;
	msg->body_len = h->length - ISAKMP_HDR_LEN;
	msg->chain_len = 0;
	msg->surplus = (uint32_t)(len - h->length);
	return 0;
}

int isakmp_decode(struct isakmp_msg *msg, const void *data, size_t len,
		  struct isakmp_err *err)
{
	int ret = isakmp_decode_header(msg, data, len, err);

	if (ret)
		return ret;
	if (msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION)
		return -EINVAL;
	return isakmp_decode_payloads(msg, msg->body, msg->body_len, err);
}

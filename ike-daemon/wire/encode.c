// SPDX-License-Identifier: GPL-2.0-or-later
/* ISAKMP structs to bytes. */
#include <errno.h>

#include "ike-daemon/wire/isakmp.h"

#define HDR_NEXT_AT	16	/* next payload in the ISAKMP header */
#define HDR_LENGTH_AT	24
#define ATTR_BASIC	0x8000

/* Start a generic header with a length to be patched; returns its offset. */
static size_t begin_generic(struct buf *b)
{
	return buf_reserve(b, 4);
}

static void end_generic(struct buf *b, size_t at)
{
	buf_set_len16(b, at + 2, at);
}

/* A count or length that must fit into one byte. */
static void put_small(struct buf *b, size_t n)
{
	if (n > UINT8_MAX)
		buf_fail(b, -EMSGSIZE);
	buf_put_u8(b, (uint8_t)n);
}

void isakmp_begin(struct isakmp_writer *w, struct buf *b,
		  const struct isakmp_hdr *hdr)
{
	w->b = b;
	w->start = buf_len(b);
	w->next_at = w->start + HDR_NEXT_AT;
	buf_put(b, hdr->cookie_i, sizeof(hdr->cookie_i));
	buf_put(b, hdr->cookie_r, sizeof(hdr->cookie_r));
	buf_put_u8(b, ISAKMP_PAYLOAD_NONE);
	buf_put_u8(b, hdr->version);
	buf_put_u8(b, hdr->exchange);
	buf_put_u8(b, hdr->flags);
	buf_put_u32(b, hdr->message_id);
	buf_put_u32(b, 0);
}

/* Link a payload of @type into the chain; returns the offset of its header. */
static size_t begin_payload(struct isakmp_writer *w, unsigned int type)
{
	size_t at;

	buf_set_u8(w->b, w->next_at, (uint8_t)type);
	at = begin_generic(w->b);
	w->next_at = at;
	return at;
}

void isakmp_put(struct isakmp_writer *w, unsigned int type, const void *body,
		size_t len)
{
	size_t at = begin_payload(w, type);

	buf_put(w->b, body, len);
	end_generic(w->b, at);
}

size_t isakmp_put_blank(struct isakmp_writer *w, unsigned int type, size_t len)
{
	size_t at = begin_payload(w, type);
	size_t body = buf_reserve(w->b, len);

	end_generic(w->b, at);
	return body;
}

void isakmp_put_attr(struct buf *b, const struct isakmp_attr *attr)
{
	if (attr->variable) {
		buf_put_u16(b, attr->type);
		buf_put_u16(b, attr->len);
		buf_put(b, attr->data, attr->len);
	} else {
		buf_put_u16(b, attr->type | ATTR_BASIC);
		buf_put_u16(b, attr->value);
	}
}

static void put_transform(struct buf *b, const struct isakmp_transform *t,
			  bool last)
{
	size_t at = begin_generic(b);
	unsigned int i;

	buf_set_u8(b, at, last ? ISAKMP_PAYLOAD_NONE :
		   ISAKMP_PAYLOAD_TRANSFORM);
	buf_put_u8(b, t->number);
	buf_put_u8(b, t->id);
	buf_put_u16(b, 0);
	for (i = 0; i < t->nattrs; i++)
		isakmp_put_attr(b, &t->attrs[i]);
	end_generic(b, at);
}

static void put_proposal(struct buf *b, const struct isakmp_proposal *p,
			 bool last)
{
	size_t at = begin_generic(b);
	unsigned int i;

	buf_set_u8(b, at, last ? ISAKMP_PAYLOAD_NONE :
		   ISAKMP_PAYLOAD_PROPOSAL);
	buf_put_u8(b, p->number);
	buf_put_u8(b, p->protocol);
	buf_put_u8(b, p->spi_len);
	put_small(b, p->ntransforms);
	buf_put(b, p->spi, p->spi_len);
	for (i = 0; i < p->ntransforms; i++)
		put_transform(b, &p->transforms[i], i + 1 == p->ntransforms);
	end_generic(b, at);
}

void isakmp_put_sa_body(struct buf *b, const struct isakmp_sa *sa)
{
	unsigned int i;

	buf_put_u32(b, sa->doi);
	buf_put_u32(b, sa->situation);
	for (i = 0; i < sa->nproposals; i++)
		put_proposal(b, &sa->proposals[i], i + 1 == sa->nproposals);
}

void isakmp_put_sa(struct isakmp_writer *w, const struct isakmp_sa *sa)
{
	size_t at = begin_payload(w, ISAKMP_PAYLOAD_SA);

	isakmp_put_sa_body(w->b, sa);
	end_generic(w->b, at);
}

void isakmp_put_id_body(struct buf *b, const struct isakmp_id *id)
{
	buf_put_u8(b, id->type);
	buf_put_u8(b, id->protocol);
	buf_put_u16(b, id->port);
	buf_put(b, id->data, id->len);
}

void isakmp_put_id(struct isakmp_writer *w, const struct isakmp_id *id)
{
	size_t at = begin_payload(w, ISAKMP_PAYLOAD_ID);

	isakmp_put_id_body(w->b, id);
	end_generic(w->b, at);
}

void isakmp_put_notify(struct isakmp_writer *w, const struct isakmp_notify *n)
{
	size_t at = begin_payload(w, ISAKMP_PAYLOAD_NOTIFY);

	buf_put_u32(w->b, n->doi);
	buf_put_u8(w->b, n->protocol);
	buf_put_u8(w->b, n->spi_len);
	buf_put_u16(w->b, n->type);
	buf_put(w->b, n->spi, n->spi_len);
	buf_put(w->b, n->data, n->len);
	end_generic(w->b, at);
}

void isakmp_put_delete(struct isakmp_writer *w, const struct isakmp_delete *d)
{
	size_t at = begin_payload(w, ISAKMP_PAYLOAD_DELETE);

	buf_put_u32(w->b, d->doi);
	buf_put_u8(w->b, d->protocol);
	buf_put_u8(w->b, d->spi_len);
	buf_put_u16(w->b, d->nspis);
	buf_put(w->b, d->spis, (size_t)d->nspis * d->spi_len);
	end_generic(w->b, at);
}

void isakmp_put_nat_oa(struct isakmp_writer *w, unsigned int type,
		       const struct isakmp_nat_oa *oa)
{
	size_t at = begin_payload(w, type);

	buf_put_u8(w->b, oa->type);
	buf_put_u8(w->b, 0);
	buf_put_u16(w->b, 0);
	buf_put(w->b, oa->addr.bytes, addr_len(&oa->addr));
	end_generic(w->b, at);
}

void isakmp_put_payload(struct isakmp_writer *w,
			const struct isakmp_payload *p)
{
	switch (p->type) {
	case ISAKMP_PAYLOAD_SA:
		isakmp_put_sa(w, &p->sa);
		break;
	case ISAKMP_PAYLOAD_ID:
		isakmp_put_id(w, &p->id);
		break;
	case ISAKMP_PAYLOAD_NOTIFY:
		isakmp_put_notify(w, &p->notify);
		break;
	case ISAKMP_PAYLOAD_DELETE:
		isakmp_put_delete(w, &p->del);
		break;
	case ISAKMP_PAYLOAD_NAT_OA:
	case ISAKMP_PAYLOAD_NAT_OA_DRAFT:
		isakmp_put_nat_oa(w, p->type, &p->nat_oa);
		break;
	default:
		isakmp_put(w, p->type, p->data, p->len);
		break;
	}
}

int isakmp_end(struct isakmp_writer *w, size_t block)
{
	size_t body = buf_len(w->b) - w->start - ISAKMP_HDR_LEN;

	if (buf_err(w->b))
		return buf_err(w->b);
	if (block > 1 && body % block)
		buf_reserve(w->b, block - body % block);
	buf_set_len32(w->b, w->start + HDR_LENGTH_AT, w->start);
	return buf_err(w->b);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE messages changed as who has the keys can change them: opened, cut into
 * payloads, these edited as the input says, chained, hashed and encrypted
 * again with what the receiver of the message has.
 *
 * In the input: flags, how many edits of payloads (low half of a byte) and of
 * bytes (high half), the edits.
 */
#ifndef SELFTESTS_FUZZ_IKE_MESSAGE_H
#define SELFTESTS_FUZZ_IKE_MESSAGE_H

#include <arpa/inet.h>

#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/phase1.h"
#include "selftests/fuzz/ike_bounds.h"
#include "selftests/fuzz/ike_crypto.h"
#include "selftests/unit/ike_pair.h"

#define FUZZ_BODY_MAX	3520		/* whole blocks of any cipher */
#define FUZZ_PIECES	40

/* Flags of a change. */
#define FUZZ_HASH	1		/* make HASH right again */
#define FUZZ_REPLACE	2		/* all payloads, not only some */
#define FUZZ_LENGTH	4		/* the header's length as it was */

struct piece {
	uint8_t type;
	size_t len;
	const uint8_t *data;
};

struct plain {
	uint8_t hdr[ISAKMP_HDR_LEN];
	bool encrypted;
	uint8_t body[FUZZ_BODY_MAX];
	size_t len;
	struct piece pieces[FUZZ_PIECES];
	unsigned int n;
};

static inline uint32_t plain_mid(const struct plain *m)
{
	return (uint32_t)m->hdr[20] << 24 | (uint32_t)m->hdr[21] << 16 |
	       (uint32_t)m->hdr[22] << 8 | m->hdr[23];
}

/* By the generic headers; what is wrong with them ends the list. */
static inline void plain_cut(struct plain *m)
{
	uint8_t type = m->hdr[16];
	size_t at = 0, len;

	m->n = 0;
	while (type && m->n < FUZZ_PIECES && at + 4 <= m->len) {
		len = (size_t)m->body[at + 2] << 8 | m->body[at + 3];
		if (len < 4 || at + len > m->len)
			break;
		m->pieces[m->n++] = (struct piece){ type, len - 4,
						    m->body + at + 4 };
		type = m->body[at];
		at += len;
	}
}

/* Payloads, without header or padding, into the body. */
static inline void plain_chain(struct plain *m)
{
	static uint8_t out[FUZZ_BODY_MAX];
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		const struct piece *p = &m->pieces[i];
		uint8_t *to = out + at;

		if (at + 4 + p->len > sizeof(out)) {
			m->n = i;
			break;
		}
		to[0] = 0;
		to[1] = 0;
		to[2] = (uint8_t)((p->len + 4) >> 8);
		to[3] = (uint8_t)(p->len + 4);
		if (p->len)
			memcpy(to + 4, p->data, p->len);
		if (i)
			out[at - m->pieces[i - 1].len - 4] = p->type;
		at += 4 + p->len;
	}
	m->hdr[16] = m->n ? m->pieces[0].type : 0;
	memcpy(m->body, out, at);
	m->len = at;
	plain_cut(m);
}

/* False: not one of which the plain text is known. */
static inline bool plain_open(struct plain *m, const struct packet *pkt)
{
	const uint8_t *data, *body;
	size_t len;

	if (pkt->len < ISAKMP_HDR_LEN + 4)
		return false;
	data = ike_of(pkt, &len);
	if (len < ISAKMP_HDR_LEN || len - ISAKMP_HDR_LEN > FUZZ_BODY_MAX)
		return false;
	memcpy(m->hdr, data, ISAKMP_HDR_LEN);
	m->encrypted = m->hdr[19] & ISAKMP_FLAG_ENCRYPTION;
	m->len = len - ISAKMP_HDR_LEN;
	body = m->encrypted ? fuzz_unsealed(data + ISAKMP_HDR_LEN, m->len) :
			      data + ISAKMP_HDR_LEN;
	if (!body)
		return false;
	memcpy(m->body, body, m->len);
	plain_cut(m);
	return true;
}

/* --- edits ----------------------------------------------------------------- */

static inline struct piece take_piece(struct input *in)
{
	struct piece p = { .type = input_byte(in) };

	if (p.type > 33)
		p.type = "\x82\x83\x84\xff"[p.type & 3];
	p.len = input_byte(in);
	if (p.len > 250)
		p.len = input_u16(in) % 1000;
	if (p.len > in->len)
		p.len = in->len;
	p.data = in->data;
	in->data += p.len;
	in->len -= p.len;
	return p;
}

static inline void piece_insert(struct plain *m, unsigned int at,
				struct piece p)
{
	if (m->n == FUZZ_PIECES)
		return;
	memmove(&m->pieces[at + 1], &m->pieces[at],
		(m->n - at) * sizeof(p));
	m->pieces[at] = p;
	m->n++;
}

static inline void edit_piece(struct plain *m, struct input *in)
{
	uint8_t what = input_byte(in);
	unsigned int i = m->n ? (what >> 4) % m->n : 0, j;
	struct piece p;

	if (!m->n)
		what = 0;
	switch (what & 7) {
	case 0:
		piece_insert(m, i, take_piece(in));
		break;
	case 1:
		piece_insert(m, m->n, take_piece(in));
		break;
	case 2:
		m->n--;
		memmove(&m->pieces[i], &m->pieces[i + 1],
			(m->n - i) * sizeof(p));
		break;
	case 3:
		piece_insert(m, m->n, m->pieces[i]);
		break;
	case 4:
		j = input_byte(in) % m->n;
		p = m->pieces[i];
		m->pieces[i] = m->pieces[j];
		m->pieces[j] = p;
		break;
	case 5:
		m->pieces[i] = take_piece(in);
		break;
	case 6:
		m->pieces[i].len = input_byte(in) % (m->pieces[i].len + 1);
		break;
	default:
		m->pieces[i].type = input_byte(in);
		break;
	}
}

/* The nth of these that an engine has, or NULL. */
static inline struct ike_sa *engine_sa(struct engine *e, unsigned int nth)
{
	struct list *p, *q, *ptmp, *qtmp;

	if (!e)
		return NULL;
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp)
			if (!nth--)
				return list_entry(q, struct ike_sa, of_peer);
	}
	return NULL;
}

static inline struct child_sa *engine_child(struct engine *e, unsigned int nth)
{
	struct list *p, *q, *ptmp, *qtmp;

	if (!e)
		return NULL;
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp)
			if (!nth--)
				return list_entry(q, struct child_sa, of_peer);
	}
	return NULL;
}

/* A number that is hard to guess: the SPI of a pair, or the cookies of an SA. */
static inline void edit_name(struct plain *m, struct engine *e, size_t at,
			     uint8_t what)
{
	const struct child_sa *c = engine_child(e, what & 7);
	const struct ike_sa *sa = engine_sa(e, what & 7);
	uint32_t spi;

	if (what & 0x80) {
		if (!sa || at + 2 * ISAKMP_COOKIE_LEN > m->len)
			return;
		memcpy(m->body + at, sa->cookie_i, ISAKMP_COOKIE_LEN);
		memcpy(m->body + at + ISAKMP_COOKIE_LEN, sa->cookie_r,
		       ISAKMP_COOKIE_LEN);
	} else if (c && at + sizeof(spi) <= m->len) {
		spi = htonl(what & 0x40 ? c->spi_in : c->spi_out);
		memcpy(m->body + at, &spi, sizeof(spi));
	}
}

/* Bytes of a payload, whose header counts, too. */
static inline void edit_byte(struct plain *m, struct engine *e,
			     struct input *in)
{
	uint8_t which = input_byte(in), offset = input_byte(in);
	uint8_t value = input_byte(in);
	size_t at = offset;

	if (m->n)
		at += (size_t)(m->pieces[which % m->n].data - m->body) - 4;
	if (which & 0x20)
		edit_name(m, e, at, value);
	else if (which & 0x80)
		m->hdr[16 + offset % 12] ^= value;
	else if (at < m->len && which & 0x40)
		m->body[at] = value;
	else if (at < m->len)
		m->body[at] ^= value;
}

/* Under @e, which will receive it. */
static inline void plain_edit(struct plain *m, struct engine *e,
			      unsigned int flags, struct input *in)
{
	uint8_t counts = input_byte(in);
	unsigned int i;

	if (flags & FUZZ_REPLACE)
		m->n = m->n && m->pieces[0].type == ISAKMP_PAYLOAD_HASH &&
		       flags & FUZZ_HASH;
	for (i = 0; i < (counts & 15U) && in->len; i++)
		edit_piece(m, in);
	if ((counts & 15) || flags & FUZZ_REPLACE)
		plain_chain(m);
	for (i = 0; i < counts >> 4 && in->len; i++)
		edit_byte(m, e, in);
}

/* --- what the receiver has ------------------------------------------------- */

struct receiver {
	struct ike_sa *sa;
	struct v1_exchange *x;		/* NULL: none that is known */
	uint8_t iv[CRYPTO_BLOCK_MAX];
};

static inline bool receiver_find(struct engine *e, const struct plain *m,
				 struct receiver *r)
{
	uint32_t mid = plain_mid(m);
	const uint8_t *iv = NULL;
	struct ike_sa *sa;

	*r = (struct receiver){ 0 };
	if (!e)
		return false;
	sa = ike_sa_find(e, m->hdr, m->hdr + ISAKMP_COOKIE_LEN);
	if (!sa || !sa->cipher || !sa->keys.len)
		return false;
	r->sa = sa;
	if (!mid) {
		r->x = sa->main;
		iv = r->x ? r->x->iv : NULL;
	} else if (m->hdr[18] == ISAKMP_EXCHANGE_QUICK) {
		r->x = v1_quick_find(sa, mid);
		iv = r->x ? r->x->iv : NULL;
	} else if (sa->access && sa->access->own.id == mid) {
		iv = sa->access->own.iv;
	}
	if (iv)
		memcpy(r->iv, iv, sizeof(r->iv));
	else
		return !ikev1_iv_message(sa->hash, sa->cipher,
					 !ike_sa_protected(sa) && sa->main ?
					 sa->main->iv : sa->iv, mid, r->iv);
	return true;
}

/* HASH_I or HASH_R of phase 1, over the identity that is there now. */
static inline int hash_of_phase1(const struct receiver *r,
				 const struct plain *m, uint8_t *out)
{
	struct crypto_chunk id = CRYPTO_CHUNK("", 0);
	size_t len;
	unsigned int i;

	if (!r->x)
		return -ENOENT;
	for (i = 0; i < m->n; i++)
		if (m->pieces[i].type == ISAKMP_PAYLOAD_ID)
			id = CRYPTO_CHUNK(m->pieces[i].data, m->pieces[i].len);
	return v1_auth_hash(r->x, false, id, CRYPTO_HASH_NONE, out, &len);
}

static inline int hash_of(const struct receiver *r, const struct plain *m,
			  const struct piece *p, uint8_t *out)
{
	const struct piece *end = &m->pieces[m->n - 1];
	const uint8_t *rest = p->data + p->len;
	struct crypto_chunk after = CRYPTO_CHUNK(rest,
		(size_t)(end->data + end->len - rest));
	const struct ikev1_keys *keys = &r->sa->keys;
	const struct v1_exchange *x = r->x;

	if (!plain_mid(m))
		return hash_of_phase1(r, m, out);
	if (!x || x->state == QM_START)
		return ikev1_hash_1(keys, plain_mid(m), after, out);
	if (x->initiator)
		return ikev1_hash_2(keys, plain_mid(m), v1_chunk(&x->ni),
				    after, out);
	return ikev1_hash_3(keys, plain_mid(m), v1_chunk(&x->ni),
			    v1_chunk(&x->nr), out);
}

static inline void plain_hash(struct plain *m, const struct receiver *r)
{
	uint8_t hash[CRYPTO_HASH_MAX];
	unsigned int i;

	plain_cut(m);
	for (i = 0; i < m->n; i++) {
		struct piece *p = &m->pieces[i];

		if (p->type != ISAKMP_PAYLOAD_HASH ||
		    p->len != r->sa->keys.len)
			continue;
		if (!hash_of(r, m, p, hash))
			memcpy(m->body + (p->data - m->body), hash, p->len);
		return;
	}
}

/* Into a packet for @e; what is to be encrypted, but cannot be, goes as it is. */
static inline void plain_seal(struct plain *m, struct engine *e,
			      unsigned int flags, struct packet *pkt)
{
	size_t marker = pkt->sport == IKE_NATT_PORT ? 4 : 0, total, block;
	struct receiver r;

	if (receiver_find(e, m, &r)) {
		if (flags & FUZZ_HASH)
			plain_hash(m, &r);
		block = crypto_cipher_block_len(r.sa->cipher);
		while (m->encrypted && (m->len % block || !m->len))
			m->body[m->len++] = 0;
		if (m->encrypted)
			__real_crypto_encrypt(r.sa->cipher, r.sa->cipher_key,
					      r.iv, m->body, m->len);
	}
	total = ISAKMP_HDR_LEN + m->len;
	if (!(flags & FUZZ_LENGTH)) {
		m->hdr[24] = 0;
		m->hdr[25] = 0;
		m->hdr[26] = (uint8_t)(total >> 8);
		m->hdr[27] = (uint8_t)total;
	}
	memset(pkt->data, 0, marker);
	memcpy(pkt->data + marker, m->hdr, ISAKMP_HDR_LEN);
	memcpy(pkt->data + marker + ISAKMP_HDR_LEN, m->body, m->len);
	pkt->len = marker + total;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client of Windows for L2TP, byte by byte: its messages are written here, and what the
 * engine at right answers is taken apart here, without the daemon's own encoder, decoder
 * and tables; only the arithmetic (ike-daemon/crypto) is common.
 */
#ifndef SELFTESTS_UNIT_IKE_WINDOWS_H
#define SELFTESTS_UNIT_IKE_WINDOWS_H

#include <arpa/inet.h>

#include "ike-daemon/crypto/dh.h"
#include "ike-daemon/crypto/ikev1_kdf.h"
#include "selftests/unit/ike_pair.h"

enum {
	HDR = 28, SHA = 20,
	P_SA = 1, P_KE = 4, P_ID = 5, P_HASH = 8, P_NONCE = 10, P_NOTIFY = 11,
	P_DELETE = 12, P_VENDOR = 13, P_NAT_D = 20, P_NAT_OA = 21,
	P_NAT_D_DRAFT = 130, P_NAT_OA_DRAFT = 131,
	X_MAIN = 2, X_INFO = 5, X_QUICK = 32,
	WIN_NONCE = 48, OUR_NONCE = 32,
};

/* --- writing --------------------------------------------------------------------- */

struct bytes {
	size_t len;
	uint8_t at[1500];
};

static inline void put(struct bytes *b, const void *data, size_t len)
{
	assert_true(b->len + len <= sizeof(b->at));
	if (len)
		memcpy(b->at + b->len, data, len);
	b->len += len;
}

static inline void put8(struct bytes *b, unsigned int v)
{
	uint8_t one = v;

	put(b, &one, 1);
}

static inline void put16(struct bytes *b, unsigned int v)
{
	put8(b, v >> 8);
	put8(b, v & 0xff);
}

static inline void put32(struct bytes *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

static inline unsigned int get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static inline uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static inline void attr(struct bytes *b, unsigned int type, unsigned int value)
{
	put16(b, 0x8000 | type);
	put16(b, value);
}

/* As Windows writes durations: four bytes with a length before them. */
static inline void long_attr(struct bytes *b, unsigned int type, uint32_t value)
{
	put16(b, type);
	put16(b, 4);
	put32(b, value);
}

/* --- the client ------------------------------------------------------------------ */

#define PAYLOADS_MAX	16

struct part {
	unsigned int type;
	unsigned int len;		/* of the body */
	const uint8_t *body;
};

struct win {
	struct pair *p;
	struct addr own;		/* what it has itself */
	struct addr seen;		/* where the gateway sees it */
	uint16_t port_500, port_4500;	/* likewise */
	bool nat;			/* then it has moved to 4500 after MM4 */
	bool moved;
	uint8_t cky[2][8];
	struct bytes sa_b, id_b;
	unsigned int group;
	enum crypto_cipher cipher;
	struct crypto_dh *dh;
	uint8_t gxr[512], ni[WIN_NONCE], nr[256];
	size_t nr_len;
	struct ikev1_keys keys;
	uint8_t key[CRYPTO_KEY_MAX];
	uint8_t iv[CRYPTO_BLOCK_MAX];	/* of phase 1 */
	uint8_t qiv[CRYPTO_BLOCK_MAX];	/* of the exchange in work */
	struct bytes out;		/* the message being written ... */
	size_t next_at;			/* ... where its next payload's type goes */
	struct bytes in;		/* the last answer, decrypted */
	size_t wire_len;		/* as it came, without the marker */
	struct part part[PAYLOADS_MAX];
	unsigned int nparts;
	unsigned int heard;		/* messages, so far */
	uint16_t from_port, to_port;	/* of the last one */
	uint32_t spi;			/* ours */
};

static inline unsigned int win_hears(struct pair *p, struct packet *pkt, unsigned int n)
{
	struct win *w = p->filter_arg;
	size_t marker = pkt->sport == IKE_NATT_PORT ? 4 : 0;

	(void)n;
	if (pkt->to != LEFT || pkt->len < HDR)
		return 0;
	if (marker)
		assert_int_equal(get32(pkt->data), 0);
	w->in.len = 0;
	put(&w->in, pkt->data + marker, pkt->len - marker);
	w->wire_len = w->in.len;
	w->from_port = pkt->sport;
	w->to_port = pkt->dport;
	w->heard++;
	return 0;
}

static inline void win_begin(struct win *w, unsigned int exchange, uint32_t id)
{
	w->out.len = 0;
	put(&w->out, w->cky[0], 8);
	put(&w->out, w->cky[1], 8);
	w->next_at = w->out.len;
	put8(&w->out, 0);
	put8(&w->out, 0x10);
	put8(&w->out, exchange);
	put8(&w->out, 0);
	put32(&w->out, id);
	put32(&w->out, 0);
}

static inline void win_put(struct win *w, unsigned int type, const void *body,
			   size_t len)
{
	w->out.at[w->next_at] = type;
	w->next_at = w->out.len;
	put8(&w->out, 0);
	put8(&w->out, 0);
	put16(&w->out, 4 + len);
	put(&w->out, body, len);
}

static inline void win_send(struct win *w)
{
	struct addr local = w->p->host[RIGHT].addr, from = w->seen;
	struct bytes wire = { 0 };
	uint32_t len = htonl(w->out.len);

	memcpy(w->out.at + 24, &len, sizeof(len));
	local.port = w->moved ? IKE_NATT_PORT : IKE_PORT;
	from.port = w->moved ? w->port_4500 : w->port_500;
	if (w->moved)
		put32(&wire, 0);
	put(&wire, w->out.at, w->out.len);
	w->in.len = 0;
	engine_input(w->p->host[RIGHT].engine, &local, &from, wire.at, wire.len);
	pair_settle(w->p);
}

/* The payloads before it are followed by zeros up to a block of the cipher. */
static inline void win_send_encrypted(struct win *w, uint8_t *iv)
{
	size_t block = crypto_cipher_block_len(w->cipher);

	while ((w->out.len - HDR) % block)
		put8(&w->out, 0);
	w->out.at[19] = 1;
	assert_int_equal(crypto_encrypt(w->cipher, w->key, iv, w->out.at + HDR,
					w->out.len - HDR), 0);
	win_send(w);
}

/* The last answer: its header is right, and these are its payloads. */
static inline void win_take(struct win *w, unsigned int exchange, uint32_t id,
			    uint8_t *iv)
{
	unsigned int next = w->in.at[16];
	size_t at = HDR;

	assert_true(w->in.len >= HDR);
	assert_memory_equal(w->in.at, w->cky[0], 8);
	assert_int_equal(w->in.at[17], 0x10);
	assert_int_equal(w->in.at[18], exchange);
	assert_int_equal(w->in.at[19], iv ? 1 : 0);
	if (exchange != X_INFO)
		assert_int_equal(get32(w->in.at + 20), id);
	assert_int_equal(get32(w->in.at + 24), w->in.len);
	if (iv)
		assert_int_equal(crypto_decrypt(w->cipher, w->key, iv,
						w->in.at + HDR, w->in.len - HDR), 0);
	w->nparts = 0;
	while (next) {
		struct part *part = &w->part[w->nparts++];

		assert_in_range(w->nparts, 1, PAYLOADS_MAX);
		assert_true(at + 4 <= w->in.len);
		part->type = next;
		next = w->in.at[at];
		part->len = get16(w->in.at + at + 2) - 4;
		part->body = w->in.at + at + 4;
		at += 4 + part->len;
		assert_true(at <= w->in.len);
	}
	/* less than a block of padding, of zeros */
	assert_true(w->in.len - at < (iv ? 16 : 1));
	for (; at < w->in.len; at++)
		assert_int_equal(w->in.at[at], 0);
}

/* "SA VENDOR:16 ...": types by number, with the length of the body. */
static inline void win_has(const struct win *w, const char *want)
{
	char text[256];
	size_t n = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < w->nparts; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%u:%u", i ? " " : "",
			      w->part[i].type, w->part[i].len);
	assert_string_equal(text, want);
}

static inline bool win_says_vendor(const struct win *w, const void *id, size_t len)
{
	unsigned int i;

	for (i = 0; i < w->nparts; i++)
		if (w->part[i].type == P_VENDOR && w->part[i].len == len &&
		    !memcmp(w->part[i].body, id, len))
			return true;
	return false;
}

/* --- phase 1 --------------------------------------------------------------------- */

#define V_NEW		"\x01\x52\x8b\xbb\xc0\x06\x96\x12\x18\x49\xab\x9a\x1c\x5b\x2a\x51\0\0\0\1"
#define V_NT5		"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\0\0\0\x09"
#define V_NATT_RFC	"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f"
#define V_NATT_02N	"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f"
#define V_NATT_02	"\xcd\x60\x46\x43\x35\xdf\x21\xf8\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48"
#define V_FRAGMENTS	"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3"
#define V_DISCOVERY	"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20"
#define V_CONTACT	"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19"
#define V_CGA		"\xe3\xa5\x96\x6a\x76\x37\x9f\xe7\x07\x22\x82\x31\xe5\xce\x86\x52"
#define V_DPD		"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00"

struct vid {
	const char *bytes;
	size_t len;
};
#define VID(text) { text, sizeof(text) - 1 }

struct offer1 {
	unsigned int cipher, bits, group;
};

/* The five transforms: three of AES with 40 bytes, two of 3DES with 36. */
static const struct offer1 win_offers[] = {
	{ 7, 256, 20 }, { 7, 128, 19 }, { 7, 256, 14 }, { 5, 0, 14 }, { 5, 0, 2 },
};
#define N_OFFERS	(sizeof(win_offers) / sizeof(win_offers[0]))

static inline void put_transform1(struct bytes *b, const struct offer1 *o,
				  unsigned int number, bool last)
{
	put8(b, last ? 0 : 3);
	put8(b, 0);
	put16(b, o->bits ? 40 : 36);
	put8(b, number);
	put8(b, 1);			/* KEY_IKE */
	put16(b, 0);
	attr(b, 1, o->cipher);
	if (o->bits)
		attr(b, 14, o->bits);
	attr(b, 2, 2);			/* SHA */
	attr(b, 4, o->group);
	attr(b, 3, 1);			/* pre-shared key */
	attr(b, 11, 1);
	long_attr(b, 12, 28800);
}

static inline void put_proposal_head(struct bytes *b, bool last, size_t len,
				     unsigned int number, unsigned int protocol,
				     unsigned int spi_len, unsigned int transforms)
{
	put8(b, last ? 0 : 2);
	put8(b, 0);
	put16(b, len);
	put8(b, number);
	put8(b, protocol);
	put8(b, spi_len);
	put8(b, transforms);
}

static inline void win_mm1(struct win *w, const struct vid *vids, unsigned int n)
{
	struct bytes list = { 0 };
	unsigned int i;

	for (i = 0; i < N_OFFERS; i++)
		put_transform1(&list, &win_offers[i], i + 1, i + 1 == N_OFFERS);
	w->sa_b.len = 0;
	put32(&w->sa_b, 1);		/* IPsec DOI */
	put32(&w->sa_b, 1);		/* identity only */
	put_proposal_head(&w->sa_b, true, 8 + list.len, 1, 1, 0, N_OFFERS);
	put(&w->sa_b, list.at, list.len);
	win_begin(w, X_MAIN, 0);
	win_put(w, P_SA, w->sa_b.at, w->sa_b.len);
	for (i = 0; i < n; i++)
		win_put(w, P_VENDOR, vids[i].bytes, vids[i].len);
	win_send(w);
}

/* MM2: that transform alone, byte by byte as it was offered.  It is what counts. */
static inline void win_takes_mm2(struct win *w, unsigned int nth)
{
	struct bytes want = { 0 };

	win_take(w, X_MAIN, 0, NULL);
	memcpy(w->cky[1], w->in.at + 8, 8);
	put32(&want, 1);
	put32(&want, 1);
	put_proposal_head(&want, true, 8 + (win_offers[nth - 1].bits ? 40 : 36), 1,
			  1, 0, 1);
	put_transform1(&want, &win_offers[nth - 1], nth, true);
	assert_int_equal(w->part[0].type, P_SA);
	assert_int_equal(w->part[0].len, want.len);
	assert_memory_equal(w->part[0].body, want.at, want.len);
	w->group = win_offers[nth - 1].group;
	w->cipher = win_offers[nth - 1].cipher == 5 ? CRYPTO_3DES_CBC :
		    win_offers[nth - 1].bits == 128 ? CRYPTO_AES128_CBC :
						      CRYPTO_AES256_CBC;
}

/* HASH(CKY-I | CKY-R | address | port) (RFC 3947, 3.2) */
static inline void nat_d(const struct win *w, const struct addr *addr, uint16_t port,
			 uint8_t *out)
{
	struct bytes in = { 0 };

	put(&in, w->cky[0], 8);
	put(&in, w->cky[1], 8);
	put(&in, addr->bytes, 4);
	put16(&in, port);
	assert_int_equal(crypto_hash(CRYPTO_SHA1, &CRYPTO_CHUNK(in.at, in.len), 1,
				     out), 0);
}

static inline void win_mm3(struct win *w, unsigned int nat_d_type)
{
	uint8_t hash[SHA];

	assert_int_equal(crypto_random(w->ni, sizeof(w->ni)), 0);
	assert_int_equal(crypto_dh_new(w->group, &w->dh), 0);
	win_begin(w, X_MAIN, 0);
	win_put(w, P_KE, crypto_dh_public(w->dh), crypto_dh_public_len(w->group));
	win_put(w, P_NONCE, w->ni, sizeof(w->ni));
	if (nat_d_type) {
		nat_d(w, &w->p->host[RIGHT].addr, IKE_PORT, hash);
		win_put(w, nat_d_type, hash, SHA);
		nat_d(w, &w->own, IKE_PORT, hash);
		win_put(w, nat_d_type, hash, SHA);
	}
	win_send(w);
}

static inline void win_keys(struct win *w)
{
	size_t len = crypto_dh_public_len(w->group);
	uint8_t gxy[CRYPTO_DH_MAX];

	assert_int_equal(crypto_dh_shared(w->dh, w->gxr, len, gxy), 0);
	assert_int_equal(ikev1_skeyid_psk(&w->keys, CRYPTO_SHA1,
					  CRYPTO_CHUNK("Secret", 6),
					  CRYPTO_CHUNK(w->ni, sizeof(w->ni)),
					  CRYPTO_CHUNK(w->nr, w->nr_len)), 0);
	assert_int_equal(ikev1_skeyid_dae(&w->keys, CRYPTO_CHUNK(gxy,
					  crypto_dh_secret_len(w->group)),
					  w->cky[0], w->cky[1]), 0);
	assert_int_equal(ikev1_cipher_key(&w->keys, w->cipher, w->key), 0);
	assert_int_equal(ikev1_iv_phase1(CRYPTO_SHA1, w->cipher,
					 CRYPTO_CHUNK(crypto_dh_public(w->dh), len),
					 CRYPTO_CHUNK(w->gxr, len), w->iv), 0);
}

/* KE and nonce are the first two of MM4. */
static inline void win_takes_mm4(struct win *w)
{
	win_take(w, X_MAIN, 0, NULL);
	assert_memory_equal(w->in.at + 8, w->cky[1], 8);
	assert_true(w->nparts >= 2);
	assert_int_equal(w->part[0].type, P_KE);
	assert_int_equal(w->part[0].len, crypto_dh_public_len(w->group));
	memcpy(w->gxr, w->part[0].body, w->part[0].len);
	assert_int_equal(w->part[1].type, P_NONCE);
	assert_in_range(w->part[1].len, 8, 256);
	w->nr_len = w->part[1].len;
	memcpy(w->nr, w->part[1].body, w->nr_len);
	win_keys(w);
}

static inline void auth_hash(struct win *w, bool own, const void *id, size_t id_len,
			     uint8_t *out)
{
	size_t len = crypto_dh_public_len(w->group);
	const void *gx[2] = { crypto_dh_public(w->dh), w->gxr };
	struct ikev1_auth in = {
		.own_public = CRYPTO_CHUNK(gx[!own], len),
		.peer_public = CRYPTO_CHUNK(gx[own], len),
		.own_cookie = w->cky[!own],
		.peer_cookie = w->cky[own],
		.sai_b = CRYPTO_CHUNK(w->sa_b.at, w->sa_b.len),
		.own_id_b = CRYPTO_CHUNK(id, id_len),
	};

	assert_int_equal(ikev1_hash_auth(&w->keys, &in, out), 0);
}

static inline void win_mm5(struct win *w)
{
	uint8_t hash[SHA];

	w->moved = w->nat;
	w->id_b.len = 0;
	put8(&w->id_b, 1);		/* ID_IPV4_ADDR, as all proxies of hosts */
	put8(&w->id_b, 0);
	put16(&w->id_b, 0);
	put(&w->id_b, w->own.bytes, 4);
	auth_hash(w, true, w->id_b.at, w->id_b.len, hash);
	win_begin(w, X_MAIN, 0);
	win_put(w, P_ID, w->id_b.at, w->id_b.len);
	win_put(w, P_HASH, hash, SHA);
	assert_int_equal(w->out.len, 64);	/* and its padding */
	win_send_encrypted(w, w->iv);
}

/* ID and HASH are the first two of MM6, and true. */
static inline void win_takes_mm6(struct win *w)
{
	uint8_t hash[SHA];

	win_take(w, X_MAIN, 0, w->iv);
	assert_true(w->nparts >= 2);
	assert_int_equal(w->part[0].type, P_ID);
	assert_int_equal(w->part[1].type, P_HASH);
	auth_hash(w, false, w->part[0].body, w->part[0].len, hash);
	assert_int_equal(w->part[1].len, SHA);
	assert_memory_equal(w->part[1].body, hash, SHA);
}

/* --- phase 2 --------------------------------------------------------------------- */

struct offer2 {
	unsigned int cipher, bits;
};

/* AES-128, 3DES, DES, each in a proposal of its own, with SHA. */
static const struct offer2 win_esp[] = { { 12, 128 }, { 3, 0 }, { 2, 0 } };
#define N_ESP	(sizeof(win_esp) / sizeof(win_esp[0]))

static inline void put_esp(struct bytes *b, unsigned int nth, bool last, uint32_t spi,
			   unsigned int encap)
{
	const struct offer2 *o = &win_esp[nth - 1];
	size_t len = o->bits ? 44 : 40;

	put_proposal_head(b, last, 12 + len, nth, 3, 4, 1);
	put32(b, spi);
	put8(b, 0);
	put8(b, 0);
	put16(b, len);
	put8(b, 1);
	put8(b, o->cipher);
	put16(b, 0);
	attr(b, 4, encap);
	if (o->bits)
		attr(b, 6, o->bits);
	attr(b, 5, 2);			/* HMAC-SHA */
	attr(b, 1, 1);
	long_attr(b, 2, 3600);
	attr(b, 1, 2);
	long_attr(b, 2, 250000);
}

struct qm1 {
	uint32_t id;			/* of the message */
	unsigned int encap;
	uint16_t own_port, port;	/* of the identities */
	unsigned int oa;		/* type of the NAT-OA payloads; 0: none */
	unsigned int noa;		/* so many of them */
};

static inline void win_proxy(struct bytes *b, const struct addr *addr, uint16_t port)
{
	b->len = 0;
	put8(b, 1);
	put8(b, 17);
	put16(b, port);
	put(b, addr->bytes, 4);
}

static inline void win_oa(struct win *w, unsigned int type, const struct addr *addr)
{
	struct bytes b = { 0 };

	put8(&b, 1);
	put8(&b, 0);
	put16(&b, 0);
	put(&b, addr->bytes, 4);
	win_put(w, type, b.at, b.len);
}

/* HASH is the first payload, and is filled in when the others are there. */
static inline void win_hash_1(struct win *w, uint32_t id)
{
	struct crypto_chunk rest = CRYPTO_CHUNK(w->out.at + HDR + 4 + SHA,
						w->out.len - HDR - 4 - SHA);

	assert_int_equal(ikev1_hash_1(&w->keys, id, rest, w->out.at + HDR + 4), 0);
}

static inline void win_qm1(struct win *w, const struct qm1 *q)
{
	static const uint8_t blank[SHA];
	struct bytes b = { 0 };
	unsigned int i;

	assert_int_equal(crypto_random(w->ni, sizeof(w->ni)), 0);
	assert_int_equal(ikev1_iv_message(CRYPTO_SHA1, w->cipher, w->iv, q->id,
					  w->qiv), 0);
	win_begin(w, X_QUICK, q->id);
	win_put(w, P_HASH, blank, SHA);
	put32(&b, 1);
	put32(&b, 1);
	for (i = 1; i <= N_ESP; i++)
		put_esp(&b, i, i == N_ESP, w->spi, q->encap);
	win_put(w, P_SA, b.at, b.len);
	win_put(w, P_NONCE, w->ni, sizeof(w->ni));
	win_proxy(&b, &w->own, q->own_port);
	win_put(w, P_ID, b.at, b.len);
	win_proxy(&b, &w->p->host[RIGHT].addr, q->port);
	win_put(w, P_ID, b.at, b.len);
	if (q->noa)
		win_oa(w, q->oa, &w->own);
	if (q->noa > 1)
		win_oa(w, q->oa, &w->p->host[RIGHT].addr);
	win_hash_1(w, q->id);
	if (!q->noa)
		assert_int_equal(w->out.len, 300);
	win_send_encrypted(w, w->qiv);
}

/* QM2: the proposal as it came, with the SPI of the gateway, which is returned. */
static inline uint32_t win_takes_qm2(struct win *w, const struct qm1 *q,
				     unsigned int proposal)
{
	struct bytes want = { 0 };
	uint8_t hash[SHA];
	uint32_t spi;

	win_take(w, X_QUICK, q->id, w->qiv);
	assert_true(w->nparts >= 5);
	assert_int_equal(w->part[0].type, P_HASH);
	assert_int_equal(w->part[0].len, SHA);
	spi = get32(w->part[1].body + 16);
	put32(&want, 1);
	put32(&want, 1);
	put_esp(&want, proposal, true, spi, q->encap);
	assert_int_equal(w->part[1].type, P_SA);
	assert_int_equal(w->part[1].len, want.len);
	assert_memory_equal(w->part[1].body, want.at, want.len);
	assert_int_equal(w->part[2].type, P_NONCE);
	w->nr_len = w->part[2].len;
	memcpy(w->nr, w->part[2].body, w->nr_len);
	/* the proxies are repeated, in the same order */
	win_proxy(&want, &w->own, q->own_port);
	assert_int_equal(w->part[3].type, P_ID);
	assert_memory_equal(w->part[3].body, want.at, want.len);
	win_proxy(&want, &w->p->host[RIGHT].addr, q->port);
	assert_int_equal(w->part[4].type, P_ID);
	assert_memory_equal(w->part[4].body, want.at, want.len);
	assert_int_equal(ikev1_hash_2(&w->keys, q->id, CRYPTO_CHUNK(w->ni, sizeof(w->ni)),
				      CRYPTO_CHUNK(w->in.at + HDR + 4 + SHA,
						   w->part[w->nparts - 1].body +
						   w->part[w->nparts - 1].len -
						   (w->in.at + HDR + 4 + SHA)),
				      hash), 0);
	assert_memory_equal(w->part[0].body, hash, SHA);
	return spi;
}

static inline void win_qm3(struct win *w, uint32_t id)
{
	uint8_t hash[SHA];

	assert_int_equal(ikev1_hash_3(&w->keys, id, CRYPTO_CHUNK(w->ni, sizeof(w->ni)),
				      CRYPTO_CHUNK(w->nr, w->nr_len), hash), 0);
	win_begin(w, X_QUICK, id);
	win_put(w, P_HASH, hash, SHA);
	assert_int_equal(w->out.len, 52);
	win_send_encrypted(w, w->qiv);
}

/* --- the end --------------------------------------------------------------------- */

/* DELETE of an SPI of 4 bytes (ESP) or 16 (ISAKMP). */
static inline void win_delete(struct win *w, uint32_t id, unsigned int protocol,
			      const void *spi, size_t len)
{
	static const uint8_t blank[SHA];
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct bytes b = { 0 };

	assert_int_equal(ikev1_iv_message(CRYPTO_SHA1, w->cipher, w->iv, id, iv), 0);
	put32(&b, 1);
	put8(&b, protocol);
	put8(&b, len);
	put16(&b, 1);
	put(&b, spi, len);
	win_begin(w, X_INFO, id);
	win_put(w, P_HASH, blank, SHA);
	win_put(w, P_DELETE, b.at, b.len);
	win_hash_1(w, id);
	win_send_encrypted(w, iv);
}

#endif

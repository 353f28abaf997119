/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds packets of the peer for the wire fuzzer: ESP and AH that are authentic,
 * whatever is inside, in IPv4, IPv6 or UDP, whole or in fragments.
 */
#ifndef SELFTESTS_NET_FUZZ_WIRE_H
#define SELFTESTS_NET_FUZZ_WIRE_H

#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "selftests/net/fuzz_crypt.h"
#include "selftests/net/fuzz_nl.h"

#define WIRE_MAX 66000		/* more than IP can say */
#define WIRE_TRAILER_MAX 300

/* How one SA protects what it carries. */
struct wire_suite {
	int encr, encr_key, salt, auth, auth_key;
	int iv, block, icv;
};

/* One inbound SA of the gateway and what the peer knows of it. */
struct wire_sa {
	uint32_t spi;
	uint8_t proto;		/* IPPROTO_ESP or IPPROTO_AH */
	bool outer6, inner6, transport, esn, any;
	uint16_t encap;		/* port of the peer, 0 = plain */
	uint32_t entry;		/* whose flow it belongs to */
	const struct wire_suite *suite;
	uint64_t seq;
};

struct wire_buf {
	uint32_t len;
	uint8_t data[WIRE_MAX + 4096];
};

static inline void wire_put(struct wire_buf *b, const void *data, uint32_t len)
{
	if (b->len + len > sizeof(b->data))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static inline void wire_put_byte(struct wire_buf *b, uint8_t byte)
{
	wire_put(b, &byte, 1);
}

static inline void wire_put_random(struct wire_buf *b, struct rng *rng, uint32_t len)
{
	while (len--)
		wire_put_byte(b, rng_next(rng));
}

static inline uint32_t wire_sum(const void *data, uint32_t len, uint32_t sum)
{
	const uint8_t *p = data;

	for (; len > 1; len -= 2, p += 2)
		sum += p[0] << 8 | p[1];
	if (len)
		sum += p[0] << 8;
	return sum;
}

static inline uint16_t wire_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* --- IP headers --- */

static inline void wire_ip4(struct wire_buf *b, const char *src, const char *dst,
			    uint8_t proto, uint32_t payload)
{
	struct iphdr h = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = proto,
		.tot_len = htons(sizeof(h) + payload),
		.saddr = inet_addr(src), .daddr = inet_addr(dst),
	};

	h.check = wire_fold(wire_sum(&h, sizeof(h), 0));
	wire_put(b, &h, sizeof(h));
}

static inline void wire_ip6(struct wire_buf *b, const char *src, const char *dst,
			    uint8_t next, uint32_t payload)
{
	struct ip6_hdr h = { .ip6_flow = htonl(6 << 28) };

	h.ip6_plen = htons(payload);
	h.ip6_nxt = next;
	h.ip6_hlim = 64;
	inet_pton(AF_INET6, src, &h.ip6_src);
	inet_pton(AF_INET6, dst, &h.ip6_dst);
	wire_put(b, &h, sizeof(h));
}

static inline void wire_ip(struct wire_buf *b, bool v6, const char *const ends[4],
			   uint8_t proto, uint32_t payload)
{
	if (v6)
		wire_ip6(b, ends[2], ends[3], proto, payload);
	else
		wire_ip4(b, ends[0], ends[1], proto, payload);
}

/* The checksum of an IPv4 header that was damaged. */
static inline void wire_fix_ip4(uint8_t *data, uint32_t len)
{
	struct iphdr h;
	uint32_t ihl;

	if (len < sizeof(h))
		return;
	memcpy(&h, data, sizeof(h));
	ihl = h.ihl * 4;
	if (h.version != 4 || ihl < sizeof(h) || ihl > len)
		return;
	h.check = 0;
	memcpy(data, &h, sizeof(h));
	h.check = wire_fold(wire_sum(data, ihl, 0));
	memcpy(data, &h, sizeof(h));
}

/* --- ESP --- */

static inline void wire_aead(const struct wire_sa *sa, uint8_t *aad, uint32_t aad_len,
			     uint8_t *data, uint32_t len, const uint8_t *iv, uint8_t *icv)
{
	static struct crypt gcm = { "aead", "gcm(aes)", 16, 16, 0 };
	static struct crypt chacha = { "aead", "rfc7539(chacha20,poly1305)", 32, 16, 0 };
	struct iovec iov[] = { { aad, aad_len }, { data, len }, { icv, 16 } };
	uint8_t nonce[12];

	memset(nonce, CRYPT_KEY_BYTE, 4);	/* the salt */
	memcpy(nonce + 4, iv, 8);
	crypt_encrypt(sa->suite->encr == CRYPTOMAP_ENCR_CHACHA20_POLY1305 ? &chacha : &gcm,
		      iov, 3, aad_len, nonce, sizeof(nonce));
}

static inline void wire_cbc(uint8_t *data, uint32_t len, const uint8_t *iv)
{
	static struct crypt cbc = { "skcipher", "cbc(aes)", 16, 0, 0 };
	struct iovec iov = { data, len };

	crypt_encrypt(&cbc, &iov, 1, 0, iv, 16);
}

static inline void wire_hmac(const struct wire_sa *sa, const uint8_t *data, uint32_t len,
			     uint8_t *icv)
{
	static struct crypt sha1 = { "hash", "hmac(sha1)", 20, 0, 0 };
	static struct crypt sha256 = { "hash", "hmac(sha256)", 32, 0, 0 };

	crypt_hash(sa->suite->auth == CRYPTOMAP_AUTH_HMAC_SHA1_96 ? &sha1 : &sha256, data, len,
		   icv, sa->suite->icv);
}

/* The trailer, mostly as it should be. */
static inline void wire_trailer(struct fuzz *f, const struct wire_sa *sa, struct wire_buf *b,
				uint32_t payload, uint8_t next)
{
	uint32_t align = sa->suite->block > 4 ? sa->suite->block : 4;
	uint32_t pad = (align - (payload + 2) % align) % align, i;

	if (rng_one_in(&f->rng, 10) && pad + align < 256)
		pad += align;		/* more than needed is allowed */
	for (i = 0; i < pad; i++)
		wire_put_byte(b, rng_one_in(&f->rng, 400) ? 0 : i + 1);
	wire_put_byte(b, rng_one_in(&f->rng, 20) ? rng_next(&f->rng) : pad);
	wire_put_byte(b, next);
}

/* ESP with @payload inside, appended to @b; authentic. */
static inline void wire_esp(struct fuzz *f, struct wire_sa *sa, struct wire_buf *b,
			    const uint8_t *payload, uint32_t len, uint8_t next)
{
	const struct wire_suite *s = sa->suite;
	uint32_t start = b->len, body, high = htonl(sa->seq >> 32);
	uint32_t spi = htonl(sa->spi), low = htonl(sa->seq);
	uint8_t iv[16], icv[32] = { 0 }, aad[12];
	uint32_t aad_len = 8;

	if (b->len + len + WIRE_TRAILER_MAX + 64 > sizeof(b->data))
		return;
	wire_put(b, &spi, 4);
	wire_put(b, &low, 4);
	memset(iv, rng_next(&f->rng), sizeof(iv));
	wire_put(b, iv, s->iv);
	body = b->len;
	wire_put(b, payload, len);
	wire_trailer(f, sa, b, len, next);

	memcpy(aad, &spi, 4);
	if (sa->esn) {
		memcpy(aad + 4, &high, 4);
		aad_len = 12;
	}
	memcpy(aad + aad_len - 4, &low, 4);
	if (!s->auth) {
		wire_aead(sa, aad, aad_len, b->data + body, b->len - body, iv, icv);
	} else {
		if (s->iv)
			wire_cbc(b->data + body, b->len - body, iv);
		if (sa->esn)
			wire_put(b, &high, 4);
		wire_hmac(sa, b->data + start, b->len - start, icv);
		if (sa->esn)
			b->len -= 4;
	}
	wire_put(b, icv, s->icv);
}

/* --- AH: @b holds the outer header at @at; its payload follows --- */

static inline void wire_ah(struct wire_sa *sa, struct wire_buf *b, uint32_t at, uint8_t next,
			   const uint8_t *payload, uint32_t len)
{
	static struct wire_buf t;
	struct { uint8_t next, len; uint16_t res; uint32_t spi, seq; uint8_t icv[12]; } ah = {
		.next = next, .len = 4, .spi = htonl(sa->spi), .seq = htonl(sa->seq),
	};
	uint32_t ah_at = b->len, high = htonl(sa->seq >> 32);

	wire_put(b, &ah, sizeof(ah));
	wire_put(b, payload, len);
	t.len = 0;
	wire_put(&t, b->data + at, b->len - at);
	if (sa->outer6) {
		memset(t.data + 1, 0, 3);
		t.data[0] &= 0xf0;
		t.data[7] = 0;
	} else {
		t.data[1] = 0;			/* TOS */
		memset(t.data + 6, 0, 3);	/* flags, offset, TTL */
		memset(t.data + 10, 0, 2);	/* checksum */
	}
	if (sa->esn)
		wire_put(&t, &high, 4);
	wire_hmac(sa, t.data, t.len, b->data + ah_at + 12);
}

/* --- what is inside --- */

static inline void wire_udp(struct wire_buf *b, uint16_t sport, uint16_t dport, uint32_t payload)
{
	struct udphdr h = {
		.source = htons(sport), .dest = htons(dport),
		.len = htons(sizeof(h) + payload),
	};

	wire_put(b, &h, sizeof(h));
}

/* A SYN with options, among them an MSS. */
static inline void wire_tcp(struct fuzz *f, struct wire_buf *b)
{
	struct tcphdr h = { .source = htons(4000), .dest = htons(80) };
	uint32_t options = rng_below(&f->rng, 11), i;

	h.syn = rng_below(&f->rng, 4) > 0;
	h.doff = 5 + options;
	wire_put(b, &h, sizeof(h));
	for (i = 0; i < options; i++) {
		uint8_t mss[4] = { 2, 4, rng_next(&f->rng), rng_next(&f->rng) };

		if (rng_one_in(&f->rng, 2))
			wire_put(b, mss, 4);
		else if (rng_one_in(&f->rng, 2))
			wire_put(b, "\1\1\1\1", 4);
		else
			wire_put_random(b, &f->rng, 4);
	}
}

/* An ICMP error about a packet that this side may have sent. */
static inline void wire_icmp_error(struct fuzz *f, struct wire_buf *b, bool v6,
				   const char *const quoted[4], uint8_t proto)
{
	uint8_t h[8] = { v6 ? 2 : 3, v6 ? 0 : 4, 0, 0, 0, 0, rng_next(&f->rng), rng_next(&f->rng) };
	uint32_t at = b->len;

	if (rng_one_in(&f->rng, 4)) {
		h[0] = rng_below(&f->rng, 140);
		h[1] = rng_below(&f->rng, 6);
	}
	wire_put(b, h, sizeof(h));
	wire_ip(b, v6, quoted, proto, 100);
	if (proto == IPPROTO_ESP || proto == IPPROTO_AH) {
		uint32_t words[3] = { htonl(0x1000 + rng_below(&f->rng, 16)), htonl(1), 0 };

		wire_put(b, words, rng_below(&f->rng, 13));
	}
	wire_put_random(b, &f->rng, rng_below(&f->rng, 64));
	if (!v6) {
		uint16_t sum = wire_fold(wire_sum(b->data + at, b->len - at, 0));

		memcpy(b->data + at + 2, &sum, 2);
	}
}

/* Extension headers (IPv6): @next names what follows them. */
static inline uint8_t wire_extensions(struct fuzz *f, struct wire_buf *b, uint8_t next)
{
	static const uint8_t kinds[] = { 0, 43, 60, 135 };
	uint32_t n = rng_below(&f->rng, 4);

	while (n--) {
		uint8_t h[8] = { next, 0, 1, 4, 0, 0, 0, 0 };

		if (rng_one_in(&f->rng, 8))
			h[1] = rng_next(&f->rng);
		/* The first is the last that was put: build from the end. */
		if (b->len + 8 > sizeof(b->data))
			break;
		memmove(b->data + 8, b->data, b->len);
		memcpy(b->data, h, 8);
		b->len += 8;
		next = FUZZ_PICK(f, kinds);
	}
	return next;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends with certificates whose messages go in fragments, and the network between them,
 * which looks at these, and does things to them.
 */
#ifndef SELFTESTS_UNIT_IKE_FRAGMENT_H
#define SELFTESTS_UNIT_IKE_FRAGMENT_H

#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"
#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/fragment.h"
#include "selftests/unit/ike_pki.h"

#define SMALL	"crypto isakmp fragmentation mtu 576\n"
/* Of UDP, in an IPv4 packet of that size. */
#define IPV4_ROOM(mtu)	((mtu) - 20 - 8)
#define KEPT	16

static struct {
	/* what was sent, by the sender */
	unsigned int pieces[2];
	size_t largest;			/* in the packet, without IP and UDP */
	unsigned int bad_outer;		/* headers that are not those of fragments */
	unsigned int reversed;
	unsigned int keep;		/* fragments to that one, into ... */
	struct packet kept[KEPT];
	unsigned int nkept;
	/* what happens to them, by the sender: bits for the nth piece, from 0 */
	uint32_t drop[2];
	uint32_t cut[2];
	size_t cut_to;
	size_t drop_above;		/* this size; 0: nothing */
	bool deaf;			/* left's encrypted messages do not come */
	unsigned int copies;
	bool reverse;
	bool one_id;			/* for all messages, as some have it */
} wire;

static inline bool is_piece(const struct packet *pkt, const uint8_t **data)
{
	size_t marker = pkt->sport == IKE_NATT_PORT ? 4 : 0;

	*data = pkt->data + marker;
	return pkt->len >= marker + ISAKMP_FRAGMENT_OVERHEAD &&
	       (*data)[16] == ISAKMP_PAYLOAD_FRAGMENT;
}

/* No flags, message ID 0, the exchange of phase 1, one payload that fills the rest. */
static inline bool outer_is_right(struct pair *p, const struct packet *pkt,
				  const uint8_t *data)
{
	size_t len = pkt->len - (data - pkt->data);
	const struct ike_sa *sa = pair_ike(p, !pkt->to);
	uint8_t want[] = {
		132, 0x10, sa && sa->aggressive ? 4 : 2, 0, 0, 0, 0, 0,
		0, 0, len >> 8, len, 0, 0, (len - 28) >> 8, len - 28,
	};

	return !memcmp(data + 16, want, sizeof(want));
}

/* The last piece of a message, not queued yet: it and those before it, backwards. */
static inline void turn_round(struct pair *p, const struct packet *pkt,
			      const uint8_t *data)
{
	unsigned int n = data[34], i;
	struct packet **first;

	p->queue[p->nqueue] = malloc(sizeof(*pkt));
	assert_non_null(p->queue[p->nqueue]);
	*p->queue[p->nqueue++] = *pkt;
	assert_true(n <= p->nqueue);
	first = p->queue + p->nqueue - n;
	for (i = 0; i < n / 2; i++) {
		struct packet *other = first[i];

		first[i] = first[n - 1 - i];
		first[n - 1 - i] = other;
	}
	wire.reversed += n;
}

static inline unsigned int on_the_way(struct pair *p, struct packet *pkt,
				      unsigned int number)
{
	unsigned int from = !pkt->to, nth;
	const uint8_t *data;

	(void)number;
	if (pkt->len > wire.largest)
		wire.largest = pkt->len;
	if (wire.drop_above && pkt->len > wire.drop_above)
		return 0;
	if (!is_piece(pkt, &data))
		return !wire.deaf || from == RIGHT || !(data[19] & 1);
	nth = wire.pieces[from]++;
	wire.bad_outer += !outer_is_right(p, pkt, data);
	if (wire.one_id)
		memset(pkt->data + (data - pkt->data) + ISAKMP_HDR_LEN + 4, 1, 2);
	if (pkt->to == wire.keep && wire.nkept < KEPT)
		wire.kept[wire.nkept++] = *pkt;
	if (wire.deaf && from == LEFT)
		return 0;
	if (nth < 32 && (wire.drop[from] & 1U << nth))
		return 0;
	if (nth < 32 && (wire.cut[from] & 1U << nth))
		pkt->len = wire.cut_to;
	if (wire.reverse && (data[35] & 1)) {
		turn_round(p, pkt, data);
		return 0;
	}
	return wire.copies ?: 1;
}

static inline void watch(struct pair *p)
{
	memset(&wire, 0, sizeof(wire));
	wire.keep = 2;
	p->filter = on_the_way;
}

static inline struct pair *watched(const struct end *l, const struct end *r)
{
	struct pair *p = meet(l, r);

	watch(p);
	return p;
}

/* Left's message has two of them, right's three or more. */
static inline struct pair *in_pieces(void)
{
	struct end l = left, r = right;

	l.more = SMALL;
	r.more = SMALL;
	return watched(&l, &r);
}

/* Not at once: something has to be said again. */
static inline void comes_up_later(struct pair *p)
{
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 0);
	pair_run(p, 20000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
}

/* What came to right goes there once more, all but the first if @all is 0. */
static inline void replay(struct pair *p, bool all)
{
	struct packet *pkt;
	unsigned int i;

	for (i = !all; i < wire.nkept; i++) {
		pkt = malloc(sizeof(*pkt));
		assert_non_null(pkt);
		*pkt = wire.kept[i];
		p->queue[p->nqueue++] = pkt;
	}
	pair_settle(p);
}

static inline void assert_counters(struct pair *p, unsigned int i,
				   unsigned int sent, unsigned int received)
{
	assert_int_equal(pair_counter(p, i, ENGINE_C_TX_FRAGMENTS), sent);
	assert_int_equal(pair_counter(p, i, ENGINE_C_RX_FRAGMENTS), received);
	assert_int_equal(pair_counter(p, i, ENGINE_C_RX_FRAGMENTS_BAD), 0);
	assert_int_equal(pair_counter(p, i, ENGINE_C_RX_FRAGMENTS_LOST), 0);
}

/* Of messages in part; in a minute nothing at all is. */
static inline void assert_nothing_kept(struct pair *p)
{
	unsigned int i;

	pair_run(p, V1_FRAGMENTS_MS + 1000);
	for (i = 0; i < 2; i++) {
		assert_int_equal(p->host[i].engine->fragments_mem, 0);
		assert_true(list_empty(&p->host[i].engine->fragments));
	}
}

#endif

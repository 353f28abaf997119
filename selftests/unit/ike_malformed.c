// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages that cannot be decoded are answered with the notify that names the
 * fault (RFC 2408, 5): in clear in phase 1, protected in phase 2, and never
 * when nobody knows who sent them, or in answer to a notify.
 */
#include <errno.h>

#include "ike-daemon/crypto/ikev1_kdf.h"
#include "ike-daemon/v1/exchange.h"
#include "selftests/unit/ike_pair.h"

#define MAIN		2
#define INFORMATIONAL	5
#define EXCHANGE_AT	18	/* in the header */
#define LENGTH_AT	27	/* its last byte */
#define SA_AT		28	/* the first payload of message 1 */
#define PROPOSAL_AT	(SA_AT + 12)

struct tape {
	struct packet first;		/* message 1 */
	struct packet answer;		/* the last informational to the left */
	unsigned int n;
};

static unsigned int listen_in(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	struct tape *tape = p->filter_arg;

	(void)number;
	if (pkt->to == RIGHT && !tape->first.len) {
		tape->first = *pkt;
		return 0;
	}
	if (pkt->to == LEFT && pkt->data[EXCHANGE_AT] == INFORMATIONAL) {
		tape->answer = *pkt;
		tape->n++;
	}
	return 1;
}

/* A network on which message 1 was said, and did not arrive. */
static struct pair *pair_with_message_1(struct tape *tape)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	*tape = (struct tape){ 0 };
	p->filter = listen_in;
	p->filter_arg = tape;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_int_equal(tape->first.data[EXCHANGE_AT], MAIN);
	return p;
}

static void say(struct pair *p, const struct addr *from, const uint8_t *data,
		size_t len)
{
	struct host *to = &p->host[RIGHT];

	engine_input(to->engine, &to->addr, from, data, len);
	while (p->nqueue)		/* the left end does not hear it */
		free(p->queue[--p->nqueue]);
}

static unsigned int notify_in(const struct packet *pkt)
{
	struct isakmp_msg msg;
	struct isakmp_err err;

	assert_int_equal(isakmp_decode(&msg, pkt->data, pkt->len, &err), 0);
	assert_int_equal(msg.npayloads, 1);
	assert_int_equal(msg.payloads[0].type, ISAKMP_PAYLOAD_NOTIFY);
	return msg.payloads[0].notify.type;
}

static const struct {
	size_t at;
	uint8_t byte;
	unsigned int notify;
} faults[] = {
	{ LENGTH_AT, 0xff, ISAKMP_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS },
	{ 16, ISAKMP_PAYLOAD_PROPOSAL, ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE },
	{ SA_AT, ISAKMP_PAYLOAD_HASH, ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE },
	{ 16, ISAKMP_PAYLOAD_VENDOR, ISAKMP_NOTIFY_PAYLOAD_MALFORMED },
	{ SA_AT + 1, 1, ISAKMP_NOTIFY_PAYLOAD_MALFORMED },
	{ SA_AT + 7, 2, ISAKMP_NOTIFY_DOI_NOT_SUPPORTED },
	{ SA_AT + 11, 2, ISAKMP_NOTIFY_SITUATION_NOT_SUPPORTED },
	{ PROPOSAL_AT + 1, 1, ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX },
};

static void message_1(void **state)
{
	struct addr stranger = addr_v4(0xcb007109, IKE_PORT);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct packet bad;
		struct tape tape;
		struct pair *p = pair_with_message_1(&tape);

		bad = tape.first;
		bad.data[faults[i].at] = faults[i].byte;
		say(p, &p->host[LEFT].addr, bad.data, bad.len);
		assert_int_equal(tape.n, 1);
		assert_int_equal(notify_in(&tape.answer), faults[i].notify);
		assert_true(tape.answer.len <= bad.len);
		assert_null(pair_ike(p, RIGHT));
		/* as a notify, and from nobody that we know */
		bad.data[EXCHANGE_AT] = INFORMATIONAL;
		say(p, &p->host[LEFT].addr, bad.data, bad.len);
		assert_int_equal(tape.n, 1);
		bad.data[EXCHANGE_AT] = MAIN;
		say(p, &stranger, bad.data, bad.len);
		if (tape.n > 1)
			assert_int_equal(notify_in(&tape.answer),
					 ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN);
		pair_free(p);
	}
}

static void rate_is_limited(void **state)
{
	struct tape tape;
	struct pair *p = pair_with_message_1(&tape);
	struct packet bad = tape.first;
	unsigned int i;

	(void)state;
	bad.data[SA_AT + 7] = 2;
	for (i = 0; i < 1000; i++)
		say(p, &p->host[LEFT].addr, bad.data, bad.len);
	assert_in_range(tape.n, 1, 10);
	pair_free(p);
}

/* Message 3 with a public value that is no point of the curve. */
static unsigned int spoil_key(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	listen_in(p, pkt, number);
	if (number == 2)
		memset(pkt->data + 32, 0xff, 64);
	return 1;
}

static void bad_key(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct tape tape = { .first = { .len = 1 } };

	(void)state;
	p->filter = spoil_key;
	p->filter_arg = &tape;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	assert_int_equal(tape.n, 1);
	assert_int_equal(notify_in(&tape.answer),
			 ISAKMP_NOTIFY_INVALID_KEY_INFORMATION);
	pair_free(p);
}

/* A first message of quick mode from the left with what @fill puts into it. */
typedef void fill_fn(struct isakmp_writer *w);

static void say_quick(struct pair *p, fill_fn *fill, bool good_hash)
{
	struct ike_sa *sa = pair_ike(p, LEFT);
	uint8_t iv[CRYPTO_BLOCK_MAX], hash[CRYPTO_HASH_MAX];
	uint32_t mid = v1_new_message_id(sa);
	struct isakmp_writer w;
	size_t at, rest;
	struct buf b;

	buf_init(&b, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, &b, ISAKMP_EXCHANGE_QUICK, mid, true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(&b);
	fill(&w);
	assert_int_equal(ikev1_hash_1(&sa->keys, mid,
				      CRYPTO_CHUNK(buf_data(&b) + rest,
						   buf_len(&b) - rest),
				      hash), 0);
	if (!good_hash)
		hash[0] ^= 1;
	buf_set(&b, at, hash, sa->keys.len);
	assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv, mid,
					  iv), 0);
	assert_int_equal(v1_message_end(sa, &w, iv), 0);
	v1_send(sa, &b);
	buf_free(&b);
	pair_settle(p);
}

static void put_nonce(struct isakmp_writer *w)
{
	static const uint8_t nonce[16];

	isakmp_put(w, ISAKMP_PAYLOAD_NONCE, nonce, sizeof(nonce));
}

static void other_doi(struct isakmp_writer *w)
{
	static const uint8_t sa[] = { 0, 0, 0, 2, 0, 0, 0, 1 };

	isakmp_put(w, ISAKMP_PAYLOAD_SA, sa, sizeof(sa));
	put_nonce(w);
}

static void other_situation(struct isakmp_writer *w)
{
	static const uint8_t sa[] = { 0, 0, 0, 1, 0, 0, 0, 2 };

	isakmp_put(w, ISAKMP_PAYLOAD_SA, sa, sizeof(sa));
	put_nonce(w);
}

static void bad_proposal(struct isakmp_writer *w)
{
	static const uint8_t sa[] = { 0, 0, 0, 1, 0, 0, 0, 1,
				      0, 0, 0, 8, 1, 3, 0, 0 };

	isakmp_put(w, ISAKMP_PAYLOAD_SA, sa, sizeof(sa));
	put_nonce(w);
}

static void bad_payload(struct isakmp_writer *w)
{
	put_nonce(w);
	isakmp_put(w, ISAKMP_PAYLOAD_ID, "", 1);
}

static void bad_type(struct isakmp_writer *w)
{
	put_nonce(w);
	isakmp_put(w, 99, "", 1);
}

static void quick_mode(void **state)
{
	static const struct {
		fill_fn *fill;
		unsigned int notify;
	} cases[] = {
		{ other_doi, ISAKMP_NOTIFY_DOI_NOT_SUPPORTED },
		{ other_situation, ISAKMP_NOTIFY_SITUATION_NOT_SUPPORTED },
		{ bad_proposal, ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX },
		{ bad_payload, ISAKMP_NOTIFY_PAYLOAD_MALFORMED },
		{ bad_type, ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE },
	};
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	const struct record *r;
	size_t i;

	(void)state;
	pair_up(p, LEFT);
	r = pair_ike(p, LEFT)->record;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int before = r->nnotifies, sent;

		sent = p->host[RIGHT].sent;
		say_quick(p, cases[i].fill, false);
		assert_int_equal(p->host[RIGHT].sent, sent);
		say_quick(p, cases[i].fill, true);
		assert_int_equal(p->host[RIGHT].sent, sent + 1);
		assert_int_equal(r->nnotifies, before + 1);
		assert_int_equal(r->notify[before].type, cases[i].notify);
		pair_run(p, 1000);
	}
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* --- private payloads ------------------------------------------------------ */

/* One more payload at the end of a message in clear. */
static unsigned int add_private(struct pair *p, struct packet *pkt,
				unsigned int number)
{
	static const uint8_t payload[] = { 0, 0, 0, 6, 'h', 'i' };
	size_t at = 28, next_at = 16;

	(void)p;
	(void)number;
	if (pkt->data[EXCHANGE_AT] != MAIN || (pkt->data[19] & 1))
		return 1;
	while (pkt->data[next_at]) {
		next_at = at;
		at += pkt->data[at + 2] << 8 | pkt->data[at + 3];
	}
	pkt->data[next_at] = 200;
	memcpy(pkt->data + pkt->len, payload, sizeof(payload));
	pkt->len += sizeof(payload);
	pkt->data[26] = pkt->len >> 8;
	pkt->data[LENGTH_AT] = pkt->len;
	return 1;
}

/* The payloads of message 5, and one that is nobody's business; one of two proofs. */
static unsigned int fault_of(unsigned int type, unsigned int proof)
{
	struct isakmp_msg *msg = calloc(1, sizeof(*msg));
	unsigned int fault;

	assert_non_null(msg);
	msg->npayloads = 3;
	msg->payloads[0].type = ISAKMP_PAYLOAD_ID;
	msg->payloads[1].type = type;
	msg->payloads[2].type = proof;
	fault = v1_payloads_fault(msg, V1_P(ID), V1_P(NOTIFY), V1_P_PROOF);
	free(msg);
	return fault;
}

static unsigned int fault_with(unsigned int type)
{
	return fault_of(type, ISAKMP_PAYLOAD_HASH);
}

static void private_payloads(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	p->filter = add_private;
	pair_up(p, LEFT);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_MALFORMED), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_MALFORMED), 0);
	pair_free(p);
	assert_int_equal(fault_with(ISAKMP_PAYLOAD_NOTIFY), 0);
	assert_int_equal(fault_with(128), 0);
	assert_int_equal(fault_with(ISAKMP_PAYLOAD_NAT_D_DRAFT), 0);
	assert_int_equal(fault_with(ISAKMP_PAYLOAD_FRAGMENT), 0);
	assert_int_equal(fault_with(255), 0);
	assert_int_equal(fault_with(ISAKMP_PAYLOAD_KE),
			 ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE);
	assert_int_equal(fault_with(127), ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE);
	assert_int_equal(fault_of(200, ISAKMP_PAYLOAD_SIG), 0);
	assert_int_equal(fault_of(ISAKMP_PAYLOAD_HASH, ISAKMP_PAYLOAD_SIG), 0);
	assert_int_equal(fault_of(ISAKMP_PAYLOAD_SIG, ISAKMP_PAYLOAD_SIG),
			 ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE);
	assert_int_equal(fault_of(200, ISAKMP_PAYLOAD_NOTIFY),
			 ISAKMP_NOTIFY_PAYLOAD_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_1),
		cmocka_unit_test(rate_is_limited),
		cmocka_unit_test(bad_key),
		cmocka_unit_test(quick_mode),
		cmocka_unit_test(private_payloads),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

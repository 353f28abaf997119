// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notifies about messages that belong to nothing (RFC 2408, 5.1 to 5.3), the
 * commit bit and CONNECTED (F-015, F-016).
 */
#include <arpa/inet.h>
#include <errno.h>

#include "ike-daemon/v1/exchange.h"
#include "selftests/unit/ike_pair.h"

#define EXCHANGE_AT	18	/* in the header */
#define FLAGS_AT	19

#define AGGRESSIVE	4
#define INFORMATIONAL	5
#define TRANSACTION	6
#define QUICK		32
#define V2_INIT		34
#define V2_INFORMATIONAL 37

/* What the right end says when it is told something that it cannot use. */
struct answers {
	unsigned int n;
	struct packet last;
};

static unsigned int listen_in(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	struct answers *a = p->filter_arg;

	(void)number;
	if (pkt->to != LEFT)
		return 1;
	a->n++;
	a->last = *pkt;
	return 0;
}

struct message {
	uint8_t version;
	uint8_t exchange;
	uint8_t flags;
	uint8_t cookie_r;		/* its first byte */
	size_t len;
};

/* The left end's address sends this; the answers are in @a. */
static void say(struct pair *p, const struct message *m, struct answers *a)
{
	struct host *to = &p->host[RIGHT];
	uint8_t data[256] = { 'c', 'o', 'o', 'k', 'i', 'e' };

	data[8] = m->cookie_r;
	data[17] = m->version;
	data[EXCHANGE_AT] = m->exchange;
	data[FLAGS_AT] = m->flags;
	data[23] = 7;			/* message ID */
	data[27] = m->len;
	p->filter = listen_in;
	p->filter_arg = a;
	engine_input(to->engine, &to->addr, &p->host[LEFT].addr, data, m->len);
	pair_settle(p);
	p->filter = NULL;
}

/* A notify in clear, about this message, no larger than it. */
static void assert_notify(const struct message *m, const struct answers *a,
			  unsigned int type)
{
	static const uint8_t cookie_i[8] = { 'c', 'o', 'o', 'k', 'i', 'e' };
	struct isakmp_msg msg;
	struct isakmp_err err;

	assert_int_equal(a->n, 1);
	assert_true(a->last.len <= m->len);
	assert_int_equal(isakmp_decode(&msg, a->last.data, a->last.len, &err),
			 0);
	assert_int_equal(msg.hdr.exchange, ISAKMP_EXCHANGE_INFORMATIONAL);
	assert_int_equal(msg.hdr.version, ISAKMP_VERSION_1_0);
	assert_memory_equal(msg.hdr.cookie_i, cookie_i, sizeof(cookie_i));
	assert_int_equal(msg.hdr.cookie_r[0], m->cookie_r);
	assert_int_not_equal(msg.hdr.message_id, 0);
	assert_int_equal(msg.npayloads, 1);
	assert_int_equal(msg.payloads[0].type, ISAKMP_PAYLOAD_NOTIFY);
	assert_int_equal(msg.payloads[0].notify.type, type);
}

static void what_belongs_nowhere_is_answered(void **state)
{
	static const struct {
		struct message m;
		unsigned int notify;	/* 0: silence */
	} cases[] = {
		{ { 0x10, QUICK, 1, 9, 100 }, ISAKMP_NOTIFY_INVALID_COOKIE },
		{ { 0x10, 2, 0, 9, 100 }, ISAKMP_NOTIFY_INVALID_COOKIE },
		{ { 0x10, AGGRESSIVE, 0, 0, 100 },
		  ISAKMP_NOTIFY_INVALID_EXCHANGE_TYPE },
		{ { 0x10, TRANSACTION, 1, 9, 100 },
		  ISAKMP_NOTIFY_INVALID_EXCHANGE_TYPE },
		{ { 0x20, V2_INIT, 8, 0, 100 },
		  ISAKMP_NOTIFY_INVALID_MAJOR_VERSION },
		/* what is a notify, or may be one */
		{ { 0x10, INFORMATIONAL, 0, 9, 100 }, 0 },
		{ { 0x10, INFORMATIONAL, 1, 9, 100 }, 0 },
		{ { 0x20, INFORMATIONAL, 0, 9, 100 }, 0 },
		{ { 0x20, V2_INFORMATIONAL, 8, 9, 100 }, 0 },
		{ { 0x20, V2_INIT, 0x20, 9, 100 }, 0 },
		/* the answer would be larger */
		{ { 0x10, QUICK, 1, 9, 30 }, 0 },
		{ { 0x10, AGGRESSIVE, 0, 0, 30 }, 0 },
		{ { 0x20, V2_INIT, 8, 0, 30 }, 0 },
	};
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct answers a = { 0 };

		say(p, &cases[i].m, &a);
		if (cases[i].notify)
			assert_notify(&cases[i].m, &a, cases[i].notify);
		else if (a.n)
			fail_msg("case %zu is answered", i);
		pair_run(p, 60000);	/* all is forgiven */
	}
	pair_free(p);
}

/* Nobody is flooded through us, and nobody fills the log. */
static void answers_are_rate_limited(void **state)
{
	static const struct message cases[] = {
		{ 0x10, QUICK, 1, 9, 100 },
		{ 0x10, AGGRESSIVE, 0, 0, 100 },
		{ 0x20, V2_INIT, 8, 0, 100 },
	};
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct answers a = { 0 };

		for (n = 0; n < 1000; n++)
			say(p, &cases[i], &a);
		assert_in_range(a.n, 1, 10);
		pair_run(p, 60000);
	}
	pair_free(p);
}

/* In clear anybody can say so: an established SA does not care. */
static void established_sa_ignores_it(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	uint64_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED);
	v1_send_plain_notify(pair_ike(p, RIGHT), ISAKMP_NOTIFY_INVALID_COOKIE);
	pair_run(p, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED),
			 before + 1);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* A responder that lost the SA is not one with another key. */
static unsigned int forget_after_keys(struct pair *p, struct packet *pkt,
				      unsigned int number)
{
	(void)pkt;
	if (number == 4)		/* message 5 */
		ike_sa_free(pair_ike(p, RIGHT));
	return 1;
}

static void forgotten_initiator_is_told(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	const struct record *r;

	(void)state;
	p->filter = forget_after_keys;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	r = pair_record(p, LEFT, 1);
	assert_int_equal(r->result, RECORD_FAILED);
	assert_string_equal(r->wait_state, "MM_WAIT_MSG6");
	assert_int_equal(r->notify[r->nnotifies - 1].type,
			 ISAKMP_NOTIFY_INVALID_COOKIE);
	assert_false(r->notify[r->nnotifies - 1].sent);
	assert_non_null(strstr(r->reason, "INVALID-COOKIE"));
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PSK_MISMATCH), 0);
	pair_free(p);
}

/* --- commit bit ------------------------------------------------------------ */

struct said {
	unsigned int commit;
	unsigned int connected;
};

static void hear(void *arg, enum log_subsystem sub, enum log_level level,
		 const char *line)
{
	struct said *said = arg;

	(void)sub;
	(void)level;
	said->commit += !!strstr(line, "sets the commit bit");
	said->connected += !!strstr(line, "says CONNECTED");
}

/* The header is not authenticated, and no part of what is hashed. */
static unsigned int set_commit(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	(void)number;
	if (pkt->to == *(unsigned int *)p->filter_arg &&
	    pkt->data[EXCHANGE_AT] == QUICK)
		pkt->data[FLAGS_AT] |= ISAKMP_FLAG_COMMIT;
	return 1;
}

static void commit_bit_is_tolerated(void **state)
{
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ESP,
		.type = ISAKMP_NOTIFY_CONNECTED,
	};
	unsigned int to;

	(void)state;
	for (to = LEFT; to <= RIGHT; to++) {
		struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
		struct said said = { 0 };

		log_set_level_all(LOG_LEVEL_INFO);
		log_set_sink(hear, &said);
		p->filter = set_commit;
		p->filter_arg = &to;
		pair_up(p, LEFT);
		assert_int_equal(said.commit, 1);
		v1_send_notify(pair_ike(p, !to), &n);
		pair_run(p, 1000);
		assert_int_equal(said.connected, 1);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_int_equal(pair_packet(p, RIGHT), 0);
		assert_int_equal(pair_children(p, to), 1);
		log_set_sink(NULL, NULL);
		log_set_level_all(LOG_LEVEL_ERR);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_belongs_nowhere_is_answered),
		cmocka_unit_test(answers_are_rate_limited),
		cmocka_unit_test(established_sa_ignores_it),
		cmocka_unit_test(forgotten_initiator_is_told),
		cmocka_unit_test(commit_bit_is_tolerated),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

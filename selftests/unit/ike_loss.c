// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bad network: every message lost, doubled, delayed or damaged, at every
 * position.  The negotiation completes, or fails cleanly; it never crashes, and
 * both ends end with the same SAs.
 */
#include <errno.h>

#include "ike-daemon/v1/exchange.h"
#include "selftests/unit/core_random.h"
#include "selftests/unit/ike_pair.h"

#define MESSAGES 9	/* main mode and quick mode */
#define MD5_3DES							\
	" encryption 3des\n hash md5\n authentication pre-share\n group 19\n"

struct script {
	unsigned int at;
	unsigned int n;			/* lost in a row, or copies */
	struct packet *held;
	struct rng random;
	unsigned int mutations;
};

static void settle_and_check(struct pair *p)
{
	pair_run(p, 60000);
	if (pair_packet(p, LEFT) == -EAGAIN)
		pair_run(p, 60000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_run(p, 60000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
}

static unsigned int lose(struct pair *p, struct packet *pkt, unsigned int number)
{
	struct script *s = p->filter_arg;

	(void)pkt;
	return number >= s->at && number < s->at + s->n ? 0 : 1;
}

static void any_message_lost(void **state)
{
	struct script s;
	struct pair *p;

	(void)state;
	for (s.n = 1; s.n <= 3; s.n++)
		for (s.at = 0; s.at < MESSAGES; s.at++) {
			p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
			p->filter = lose;
			p->filter_arg = &s;
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			settle_and_check(p);
			assert_int_equal(pair_children(p, LEFT), 1);
			assert_int_equal(pair_children(p, RIGHT), 1);
			assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
			pair_free(p);
		}
}

static unsigned int lose_all_from(struct pair *p, struct packet *pkt,
				  unsigned int number)
{
	struct script *s = p->filter_arg;

	(void)pkt;
	return number >= s->at ? 0 : 1;
}

/* The line goes for good in the middle: nothing is left half done. */
static void line_cut(void **state)
{
	struct script s = { 0 };
	struct pair *p;

	(void)state;
	for (s.at = 0; s.at < MESSAGES - 1; s.at++) {
		p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
		p->filter = lose_all_from;
		p->filter_arg = &s;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 90000);
		assert_int_equal(pair_children(p, LEFT), 0);
		assert_int_equal(pair_children(p, RIGHT), 0);
		assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
		assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
		assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
		assert_int_equal(p->host[LEFT].engine->half_open, 0);
		assert_int_equal(p->host[RIGHT].engine->half_open, 0);
		/* and it comes up when the line is back */
		p->filter = NULL;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 60000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		pair_free(p);
	}
}

static unsigned int lose_last(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	(void)p;
	return number >= MESSAGES - 1 && pkt->to == RIGHT ? 0 : 1;
}

/*
 * The last message is lost as often as it is sent: who sent it has the SAs, and the other
 * end, which gives up, says that it has not.
 */
static void last_message_never_arrives(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	p->filter = lose_last;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_run(p, 40000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	p->filter = NULL;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	settle_and_check(p);
	pair_free(p);
}

/* Message 6 is lost, or comes after what right says once it is there. */
static unsigned int keep_back(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	struct script *s = p->filter_arg;

	if (number == s->at) {
		*s->held = *pkt;
		return 0;
	}
	return pkt->to == LEFT || !s->held->len ? 1 : 0;
}

/*
 * That is encrypted with an IV that left does not know yet: no reason to say that the
 * pre-shared keys differ.
 */
static void news_before_message_6(void **state)
{
	static const char *const suites[][2] = {
		{ LEFT_DEFAULT, RIGHT_DEFAULT },
		{ CFG_LEFT(MD5_3DES, "Secret", TS_DEFAULT, ""),
		  CFG_RIGHT(MD5_3DES, "Secret", TS_DEFAULT, "") },
	};
	static const struct isakmp_notify news = {
		.doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ISAKMP,
		.type = ISAKMP_NOTIFY_INITIAL_CONTACT,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(suites[i][0], suites[i][1]);
		struct packet held = { 0 };
		struct script s = { .at = 5, .held = &held };
		uint64_t before;

		p->filter = keep_back;
		p->filter_arg = &s;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_settle(p);
		assert_int_equal(pair_ike(p, LEFT)->state, IKE_SENT_MM5);
		assert_true(ike_sa_established(pair_ike(p, RIGHT)));
		before = pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED);
		v1_send_notify(pair_ike(p, RIGHT), &news);
		pair_settle(p);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED),
				 before + 1);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PSK_MISMATCH), 0);
		assert_string_equal(pair_ike(p, LEFT)->main->reason, "");
		p->filter = NULL;
		settle_and_check(p);
		pair_free(p);
	}
}

/* When the message that is lost was sent, and sent again. */
struct repeats {
	unsigned int at;
	struct packet first;
	uint64_t ms[16];
	unsigned int n;
};

static unsigned int note_repeats(struct pair *p, struct packet *pkt,
				 unsigned int number)
{
	struct repeats *r = p->filter_arg;

	if (number < r->at)
		return 1;
	if (number == r->at)
		r->first = *pkt;
	if (pkt->to == r->first.to && pkt->len == r->first.len &&
	    !memcmp(pkt->data, r->first.data, pkt->len) && r->n < 16)
		r->ms[r->n++] = p->now;
	return 0;
}

/*
 * 1, 2, 4, 8 seconds and up to a tenth more, then it is given up: both as
 * initiator and as responder.  Message 2 is not repeated: whoever asked may
 * have used another's address; and message 6 ends the exchange.
 */
static void repeats_back_off(void **state)
{
	static const struct {
		unsigned int at;
		unsigned int times;
	} cases[] = {
		{ 0, 5 }, { 1, 1 }, { 2, 5 }, { 3, 5 }, { 4, 5 }, { 5, 1 },
		{ 6, 5 }, { 7, 5 },
	};
	uint64_t least = UINT64_MAX, most = 0;
	unsigned int round, i, j;

	(void)state;
	for (round = 0; round < 4; round++)
		for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
			struct repeats r = { .at = cases[i].at };

			p->filter = note_repeats;
			p->filter_arg = &r;
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 22000);
			if (r.n != cases[i].times)
				fail_msg("message %u is sent %u times",
					 r.at + 1, r.n);
			for (j = 1; j < r.n; j++) {
				uint64_t wait = r.ms[j] - r.ms[j - 1];
				uint64_t want = 500ULL << j;

				assert_in_range(wait, want, want + want / 10);
				wait = wait * 1000 / want;
				least = wait < least ? wait : least;
				most = wait > most ? wait : most;
			}
			pair_free(p);
		}
	/* two ends that begin together do not go on together */
	assert_true(most - least > 30);
}

static unsigned int multiply(struct pair *p, struct packet *pkt,
			     unsigned int number)
{
	struct script *s = p->filter_arg;

	(void)pkt;
	return number == s->at || s->at == MESSAGES ? s->n : 1;
}

static void any_message_doubled(void **state)
{
	struct script s = { .n = 3 };
	struct pair *p;

	(void)state;
	for (s.at = 0; s.at < MESSAGES; s.at++) {
		p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
		p->filter = multiply;
		p->filter_arg = &s;
		pair_up(p, LEFT);
		assert_int_equal(pair_children(p, LEFT), 1);
		assert_int_equal(pair_children(p, RIGHT), 1);
		pair_free(p);
	}
}

/* The message arrives a second time long after, behind later ones. */
static unsigned int hold(struct pair *p, struct packet *pkt,
			 unsigned int number)
{
	struct script *s = p->filter_arg;

	if (number != s->at)
		return 1;
	s->held = malloc(sizeof(*pkt));
	*s->held = *pkt;
	return s->n;
}

static void any_message_late(void **state)
{
	struct script s;
	struct pair *p;

	(void)state;
	for (s.n = 0; s.n <= 1; s.n++)
		for (s.at = 0; s.at < MESSAGES; s.at++) {
			s.held = NULL;
			p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
			p->filter = hold;
			p->filter_arg = &s;
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 2500);
			assert_non_null(s.held);
			p->queue[p->nqueue++] = s.held;
			settle_and_check(p);
			assert_int_equal(pair_children(p, LEFT), 1);
			pair_free(p);
		}
}

static unsigned int damage(struct pair *p, struct packet *pkt,
			   unsigned int number)
{
	struct script *s = p->filter_arg;
	unsigned int n;

	if (number != s->at)
		return 1;
	for (n = 0; n < s->n; n++) {
		size_t at = (unsigned int)rng_next(&s->random) % pkt->len;

		switch ((unsigned int)rng_next(&s->random) % 4) {
		case 0:
			pkt->data[at] ^= 1 << (unsigned int)rng_next(&s->random) % 8;
			break;
		case 1:
			pkt->data[at] = (unsigned int)rng_next(&s->random);
			break;
		case 2:
			pkt->len = at ? at : 1;
			break;
		default:
			pkt->data[at] = 0xff;
			break;
		}
	}
	s->mutations++;
	return 1;
}

/*
 * Damage that main mode cannot notice, because it is in clear, may end the
 * negotiation; the next one must work.
 */
static void any_message_damaged(void **state)
{
	struct script s = { .random = rng_start(42) };
	unsigned int round;
	struct pair *p;

	(void)state;
	for (round = 0; round < 60; round++)
		for (s.at = 0; s.at < MESSAGES; s.at++) {
			s.n = 1 + round % 4;
			p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
			p->filter = damage;
			p->filter_arg = &s;
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			settle_and_check(p);
			pair_free(p);
		}
	assert_int_equal(s.mutations, 60 * MESSAGES);
}

/* Noise on both ports while a tunnel works does it no harm. */
static void noise(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct rng random = rng_start(7);
	uint8_t data[600];
	unsigned int i, j, to;

	(void)state;
	pair_up(p, LEFT);
	for (i = 0; i < 3000; i++) {
		struct ike_sa *sa = pair_ike(p, i & 1);
		size_t len = (unsigned int)rng_next(&random) % sizeof(data);

		for (j = 0; j < len; j++)
			data[j] = (unsigned int)rng_next(&random);
		if (len >= 28 && i % 3) {
			static const uint8_t exchanges[] = { 2, 4, 5, 6, 32 };

			memcpy(data, sa->cookie_i, 8);
			memcpy(data + 8, sa->cookie_r, 8);
			data[16] = (unsigned int)rng_next(&random) % 15;
			data[17] = 0x10;
			data[18] = exchanges[(unsigned int)rng_next(&random) % 5];
			data[19] = (unsigned int)rng_next(&random) % 4;
			memset(data + 24, 0, 4);
			data[26] = len >> 8;
			data[27] = len;
		}
		to = i & 1;
		engine_input(p->host[to].engine, &p->host[to].addr,
			     &p->host[!to].addr, data, len);
		pair_settle(p);
	}
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_message_lost),
		cmocka_unit_test(line_cut),
		cmocka_unit_test(last_message_never_arrives),
		cmocka_unit_test(news_before_message_6),
		cmocka_unit_test(repeats_back_off),
		cmocka_unit_test(any_message_doubled),
		cmocka_unit_test(any_message_late),
		cmocka_unit_test(any_message_damaged),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

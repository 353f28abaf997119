// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What somebody on the line can do with messages that he cannot make but has
 * seen, or with a false address; and what several flows of one entry do to one
 * another when a peer is away.
 */
#include <errno.h>

#include "ike-daemon/v1/exchange.h"
#include "selftests/unit/ike_pair.h"

#define DPD "crypto isakmp keepalive 10 3 periodic\n"

#define INFORMATIONAL	5
#define EXCHANGE_AT	18	/* exchange type in the header */

static void inject(struct pair *p, const struct packet *pkt)
{
	struct packet *copy = malloc(sizeof(*copy));

	assert_non_null(copy);
	assert_true(p->nqueue < PAIR_QUEUE);
	*copy = *pkt;
	p->queue[p->nqueue++] = copy;
}

static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int number)
{
	(void)p;
	(void)pkt;
	(void)number;
	return 0;
}

/* Keep the last informational message to the left. */
static unsigned int listen_in(struct pair *p, struct packet *pkt,
			      unsigned int number)
{
	(void)number;
	if (pkt->to == LEFT && pkt->data[EXCHANGE_AT] == INFORMATIONAL)
		*(struct packet *)p->filter_arg = *pkt;
	return 1;
}

#define MAIN_MODE	2
#define FLAGS_AT	19
#define COOKIE_R_AT	8

/* The third message, as of somebody who has not seen the second. */
static unsigned int blind(struct pair *p, struct packet *pkt, unsigned int number)
{
	(void)p;
	(void)number;
	if (pkt->to == RIGHT && pkt->data[EXCHANGE_AT] == MAIN_MODE &&
	    !(pkt->data[FLAGS_AT] & ISAKMP_FLAG_ENCRYPTION))
		memset(pkt->data + COOKIE_R_AT, 0, 8);
	return 1;
}

/* The cookie that we sent is what shows that somebody is where he says (RFC 2408, 2.5.3). */
static void without_our_cookie(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	p->filter = blind;
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_SENT_MM2);
	assert_null(pair_ike(p, RIGHT)->main->job);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_RX_UNEXPECTED) > 0);
	/* The first one may come again, and the real third one is taken. */
	p->filter = NULL;
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* RFC 3706, 7: an old keepalive, said again, does not keep a dead peer alive. */
static void replayed_keepalive(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, DPD RIGHT_DEFAULT);
	struct packet heard = { .len = 0 };
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	p->filter = listen_in;
	p->filter_arg = &heard;
	pair_run(p, 60000);
	assert_true(heard.len > 0);
	p->filter = cut;
	for (i = 0; i < 60; i++) {
		inject(p, &heard);
		pair_run(p, 1000);
	}
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* The peer's IKE is deaf for longer than the keepalive, its ESP is not. */
static void esp_while_asking(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	p->filter = cut;
	for (i = 0; i < 10; i++) {
		pair_run(p, 16000);	/* time for questions, not for all */
		assert_int_equal(pair_packet(p, RIGHT), 0);
	}
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	pair_free(p);
}

/* Copies of a first message, each with a cookie of its own. */
static unsigned int multiply(struct pair *p, struct packet *pkt,
			     unsigned int number)
{
	(void)p;
	(void)number;
	if (pkt->to == RIGHT)
		*(struct packet *)p->filter_arg = *pkt;
	return 0;
}

/* A flood with the peer's address does not keep the peer out. */
static void flood_with_its_address(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct engine *e = p->host[RIGHT].engine;
	struct packet first = { .len = 0 };
	unsigned int i;

	(void)state;
	p->filter = multiply;
	p->filter_arg = &first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(first.len > 0);
	for (i = 0; i < 3 * e->limits.half_open_peer; i++) {
		first.data[0] = 1 + i;
		inject(p, &first);
		pair_settle(p);
	}
	assert_int_equal(e->half_open, e->limits.half_open_peer);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED) > 0);
	p->filter = NULL;
	pair_run(p, 3000);	/* the next repetition of its message 1 */
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 61000);
	assert_int_equal(e->half_open, 0);
	pair_free(p);
}

#define RIGHT_ANY_PEER							\
	"crypto isakmp key Secret address 0.0.0.0 0.0.0.0\n" RIGHT_DEFAULT

/* First messages from @n addresses that nobody answers at, with new cookies. */
static void flood_from_everywhere(struct pair *p, struct packet *first,
				  unsigned int n)
{
	struct host *h = &p->host[RIGHT];
	struct addr from;
	unsigned int i;

	first->data[0] ^= 0x80;
	for (i = 0; i < n; i++) {
		from = addr_v4(0x0a090000 + i, IKE_PORT);
		first->data[1] = i;
		engine_input(h->engine, &h->addr, &from, first->data,
			     first->len);
	}
	first->data[0] ^= 0x80;
	pair_settle(p);
}

/* Message 5 never arrives. */
static unsigned int cut_after_keys(struct pair *p, struct packet *pkt,
				   unsigned int number)
{
	(void)p;
	(void)number;
	return pkt->to == LEFT || !(pkt->data[EXCHANGE_AT + 1] & 1);
}

/* Nor does a flood with many addresses; who has proven his is not sent away. */
static void flood_with_many_addresses(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY_PEER);
	struct engine *e = p->host[RIGHT].engine;
	struct packet first = { .len = 0 };

	(void)state;
	e->limits.half_open = 8;
	p->filter = multiply;
	p->filter_arg = &first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(first.len > 0);
	p->filter = NULL;
	flood_from_everywhere(p, &first, 40);
	assert_int_equal(e->half_open, 8);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED), 32);
	p->filter = cut_after_keys;
	pair_run(p, 3000);	/* the next repetition of its message 1 */
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_SENT_MM4);
	flood_from_everywhere(p, &first, 40);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_SENT_MM4);
	p->filter = NULL;
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 61000);
	assert_int_equal(e->half_open, 0);
	pair_free(p);
}

static unsigned int records(struct pair *p, unsigned int i,
			    enum record_result result)
{
	struct record_ring *ring = &p->host[i].engine->records;
	unsigned int n = 0, at;

	for (at = 0; at < RECORDS_MAX; at++)
		n += ring->slot[at] && ring->slot[at]->result == result;
	return n;
}

/* What failed and why is not washed away by who only says a first message. */
static void flood_of_records(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT,
				  "crypto isakmp key Secret address 0.0.0.0 0.0.0.0\n"
				  CFG_RIGHT(POLICY_DEFAULT, "Wrong", TS_DEFAULT,
					    ""));
	struct packet first = { .len = 0 };
	const struct record *why;
	unsigned int i;
	uint64_t id;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 90000);
	why = pair_record(p, RIGHT, 1);
	assert_non_null(strstr(why->reason, "pre-shared keys differ"));
	id = why->id;
	p->filter = multiply;
	p->filter_arg = &first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(first.len > 0);
	for (i = 0; i < 600; i++) {
		first.data[0] = i;
		first.data[1] = 0x80 | i >> 8;
		inject(p, &first);
		pair_settle(p);
	}
	flood_from_everywhere(p, &first, 600);
	pair_run(p, 61000);
	assert_int_equal(p->host[RIGHT].engine->half_open, 0);
	assert_non_null(record_find(&p->host[RIGHT].engine->records, id));
	assert_in_range(records(p, RIGHT, RECORD_FAILED), 1,
			RECORDS_UNPROVEN + 2);
	pair_free(p);
}

/* What cannot be decoded leaves nothing behind. */
static void garbage_leaves_no_record(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct packet first = { .len = 0 };
	unsigned int i;

	(void)state;
	p->filter = multiply;
	p->filter_arg = &first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(first.len > 0);
	first.data[29] = 1;	/* reserved */
	for (i = 0; i < 10; i++) {
		first.data[0] = i + 1;
		inject(p, &first);
		pair_settle(p);
	}
	assert_int_equal(records(p, RIGHT, RECORD_RUNNING), 0);
	assert_int_equal(records(p, RIGHT, RECORD_FAILED), 0);
	pair_free(p);
}

static unsigned int mirror(struct pair *p, struct packet *pkt,
			   unsigned int number)
{
	(void)p;
	(void)number;
	pkt->to = !pkt->to;
	return 1;
}

/* HASH(1) does not say who made it: our questions are no sign of the peer. */
static void reflected_keepalive(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	p->filter = mirror;
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_true(pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED) > 0);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

static unsigned int tape_first(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	if (!number)
		*(struct packet *)p->filter_arg = *pkt;
	return 1;
}

/* A first message that anybody can send proves nothing of whose address it has. */
static void first_messages_of_the_dead(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	struct packet first = { .len = 0 };
	unsigned int i;

	(void)state;
	p->filter = tape_first;
	p->filter_arg = &first;
	pair_up(p, LEFT);
	assert_true(first.len > 0);
	first.to = LEFT;
	p->filter = cut;
	for (i = 0; i < 60; i++) {
		first.data[0] ^= 0x80;
		first.data[1] = i;
		inject(p, &first);
		pair_run(p, 1000);
	}
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	pair_free(p);
}

struct tape {
	struct packet said[60];
	unsigned int n;
};

static unsigned int tape_questions(struct pair *p, struct packet *pkt,
				   unsigned int number)
{
	struct tape *tape = p->filter_arg;

	(void)number;
	if (pkt->to == RIGHT && pkt->data[EXCHANGE_AT] == INFORMATIONAL &&
	    tape->n < 60)
		tape->said[tape->n++] = *pkt;
	return 1;
}

/* Nor are those of so long ago that their message IDs are forgotten. */
static void old_questions_reflected(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	struct tape *tape = calloc(1, sizeof(*tape));
	unsigned int i;

	(void)state;
	assert_non_null(tape);
	p->filter = tape_questions;
	p->filter_arg = tape;
	pair_up(p, LEFT);
	pair_run(p, 3000000);
	assert_int_equal(tape->n, 60);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 0);
	p->filter = cut;
	for (i = 0; i < tape->n; i++) {
		tape->said[i].to = LEFT;
		inject(p, &tape->said[i]);
		pair_run(p, 1000);
	}
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	free(tape);
	pair_free(p);
}

#define QUICK	32

static unsigned int tape_quick(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	struct packet *kept = p->filter_arg;

	(void)number;
	if (!kept->len && pkt->to == RIGHT && pkt->data[EXCHANGE_AT] == QUICK)
		*kept = *pkt;
	return 1;
}

/* Our own first message of quick mode is no request of the peer's. */
static void reflected_quick_mode(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct packet kept = { .len = 0 };
	uint64_t before;

	(void)state;
	p->filter = tape_quick;
	p->filter_arg = &kept;
	pair_up(p, LEFT);
	assert_true(kept.len > 0);
	pair_run(p, V1_LINGER_MS + 1000);
	before = pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED);
	kept.to = LEFT;
	inject(p, &kept);
	pair_run(p, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED),
			 before + 1);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_FAILED), 0);
	pair_free(p);
}

/* ESP to another address of ours, with an SPI that somebody has seen. */
static void seen_spi_elsewhere(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct engine *e = p->host[LEFT].engine;
	struct kernel_event ev = { .type = KERNEL_EV_UNKNOWN_SPI };

	(void)state;
	pair_up(p, LEFT);
	ev.sa.spi = child_sa_of_flow(e, pair_flow(p, LEFT))->spi_in;
	ev.sa.src = p->host[RIGHT].addr;
	ev.sa.src.port = 0;
	ev.sa.dst = addr_v4(0xc0000263, 0);
	policy_kernel_event(e, &ev);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

/* A peer that negotiates pair after pair and uses none fills no memory. */
static void pairs_without_end(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct engine *e = p->host[LEFT].engine;
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	for (i = 0; i < 100; i++) {
		want_flow(e, pair_flow(p, LEFT), WANT_COMMAND, NULL, 0);
		pair_run(p, 3000);
		assert_true(pair_children(p, RIGHT) <= 12);
		assert_true(sim_sa_count(p->host[RIGHT].sim) <= 24);
	}
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 101);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

#define LINE_LEFT  "access-list 101 permit ip 10.1.1.0 0.0.0.255 10.2.1.0 0.0.0.255\n"
#define LINE_RIGHT "access-list 101 permit ip 10.2.1.0 0.0.0.255 10.1.1.0 0.0.0.255\n"

/* Both flows of the entry go to the next peer, not one there and one back. */
static void flows_fall_over_together(void **state)
{
	struct pair *p;
	unsigned int i;

	(void)state;
	p = pair_new("crypto isakmp key Secret address 203.0.113.9\n"
		     LINE_LEFT
		     CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
		     CFG_MAP(TS_DEFAULT, " set peer " CFG_ADDR_RIGHT "\n",
			     "203.0.113.9", CFG_LAN_LEFT, CFG_LAN_RIGHT),
		     LINE_RIGHT RIGHT_DEFAULT);
	p->filter = cut;
	for (i = 0; i < 2; i++)
		assert_int_equal(sim_packet(p->host[LEFT].sim,
					    sim_flow_id(p->host[LEFT].sim, i),
					    p->host[RIGHT].sim), -EAGAIN);
	pair_run(p, 26000);
	p->filter = NULL;
	pair_run(p, 10000);
	for (i = 0; i < 2; i++)
		assert_int_equal(sim_packet(p->host[LEFT].sim,
					    sim_flow_id(p->host[LEFT].sim, i),
					    p->host[RIGHT].sim), 0);
	assert_int_equal(pair_children(p, LEFT), 2);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
	pair_free(p);
}

/* Keep the last informational message to the left, but for keepalives. */
static unsigned int tape_notify(struct pair *p, struct packet *pkt,
				unsigned int number)
{
	struct packet *kept = p->filter_arg;

	(void)number;
	if (!kept->len && pkt->to == LEFT &&
	    pkt->data[EXCHANGE_AT] == INFORMATIONAL)
		*kept = *pkt;
	return 1;
}

/* A refusal of long ago ends no negotiation of today. */
static void replayed_refusal(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, DPD RIGHT_DEFAULT);
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ESP,
		.type = ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
	};
	struct engine *e = p->host[LEFT].engine;
	struct packet kept = { .len = 0 };

	(void)state;
	pair_up(p, LEFT);
	p->filter = tape_notify;
	p->filter_arg = &kept;
	v1_send_notify(pair_ike(p, RIGHT), &n);
	pair_run(p, 1000);
	assert_true(kept.len > 0);
	pair_run(p, 2000000);	/* 200 keepalives */
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_REPLAYED), 0);
	want_flow(e, pair_flow(p, LEFT), WANT_COMMAND, NULL, 0);
	inject(p, &kept);
	engine_input(e, &p->host[LEFT].addr, &p->host[RIGHT].addr, kept.data,
		     kept.len);
	pair_run(p, 5000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_FAILED), 0);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 2);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_REPLAYED), 2);
	pair_free(p);
}

/* Nor is a keepalive answered twice. */
static void replayed_question(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, DPD RIGHT_DEFAULT);
	struct packet heard = { .len = 0 };
	unsigned int before;

	(void)state;
	pair_up(p, LEFT);
	p->filter = listen_in;
	p->filter_arg = &heard;
	pair_run(p, 25000);
	assert_true(heard.len > 0);
	before = p->host[LEFT].sent;
	inject(p, &heard);
	pair_settle(p);
	assert_int_equal(p->host[LEFT].sent, before);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_REPLAYED), 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_our_cookie),
		cmocka_unit_test(replayed_keepalive),
		cmocka_unit_test(esp_while_asking),
		cmocka_unit_test(flood_with_its_address),
		cmocka_unit_test(flood_with_many_addresses),
		cmocka_unit_test(flood_of_records),
		cmocka_unit_test(garbage_leaves_no_record),
		cmocka_unit_test(reflected_keepalive),
		cmocka_unit_test(old_questions_reflected),
		cmocka_unit_test(first_messages_of_the_dead),
		cmocka_unit_test(reflected_quick_mode),
		cmocka_unit_test(seen_spi_elsewhere),
		cmocka_unit_test(pairs_without_end),
		cmocka_unit_test(flows_fall_over_together),
		cmocka_unit_test(replayed_refusal),
		cmocka_unit_test(replayed_question),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What somebody on the line can do with messages that he cannot make but has
 * seen, or with a false address; and what several flows of one entry do to one
 * another when a peer is away.
 */
#include <errno.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replayed_keepalive),
		cmocka_unit_test(esp_while_asking),
		cmocka_unit_test(flood_with_its_address),
		cmocka_unit_test(flows_fall_over_together),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

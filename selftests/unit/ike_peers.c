// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peers of an entry: what happens to a negotiation whose peer is taken out
 * of the configuration, and to one that may go on with a peer that is new in it.
 */
#include <errno.h>

#include "selftests/unit/ike_pair.h"

#define EXCHANGE_AT	18	/* in the header */
#define QUICK		32

#define KEYS								\
	"crypto isakmp key Secret address 203.0.113.9\n"		\
	"crypto isakmp key Secret address 203.0.113.10\n"
#define LEFT_PEERS(peers)						\
	KEYS CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)	\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"access-list 101 permit ip " CFG_LAN_LEFT " " CFG_LAN_RIGHT "\n" \
	"crypto map M 10 ipsec-isakmp\n" peers				\
	" set transform-set TS\n match address 101\n"			\
	"interface wan0\n crypto map M\n"
#define PEER(addr) " set peer " addr "\n"

/* Only what is sent to the right end's own address arrives. */
static unsigned int others_are_away(struct pair *p, struct packet *pkt,
				    unsigned int number)
{
	(void)number;
	return pkt->to == LEFT || addr_equal(&pkt->dst, &p->host[RIGHT].addr);
}

/* The first quick mode messages pass, then none. */
struct quicks {
	unsigned int pass;
};

static unsigned int stop_quick(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	struct quicks *q = p->filter_arg;

	(void)number;
	if (pkt->data[EXCHANGE_AT] != QUICK)
		return 1;
	return q->pass ? q->pass-- : 0;
}

static bool connecting(struct pair *p, const char *text)
{
	struct peer *peer;
	struct addr addr;

	assert_int_equal(addr_parse(&addr, text), 0);
	peer = peer_find(p->host[LEFT].engine, &addr);
	return peer && peer_connecting(peer, &p->host[LEFT].addr);
}

static void peer_changed_in_phase_1(void **state)
{
	struct pair *p = pair_new(LEFT_PEERS(PEER("203.0.113.9")),
				  RIGHT_DEFAULT);
	struct addr gone = addr_v4(0xcb007109, 0);

	(void)state;
	p->filter = others_are_away;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 2000);
	assert_true(connecting(p, "203.0.113.9"));
	pair_config(p, LEFT, LEFT_PEERS(PEER(CFG_ADDR_RIGHT)));
	pair_run(p, 1000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_null(peer_find(p->host[LEFT].engine, &gone));
	assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
	pair_free(p);
}

/* Half way through quick mode, at either end, and any number of messages on. */
static void peer_changed_in_phase_2(void **state)
{
	struct quicks q;
	unsigned int n, side;

	(void)state;
	for (side = LEFT; side <= RIGHT; side++)
		for (n = 0; n <= 2; n++) {
			struct pair *p = pair_new(
				LEFT_PEERS(PEER(CFG_ADDR_RIGHT)),
				KEYS RIGHT_DEFAULT);

			q.pass = n;
			p->filter = stop_quick;
			p->filter_arg = &q;
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 500);
			if (side == LEFT)
				pair_config(p, LEFT,
					    LEFT_PEERS(PEER("203.0.113.9")));
			else
				pair_config(p, RIGHT, KEYS
					    CFG_PHASE1(POLICY_DEFAULT, "Secret",
						       CFG_ADDR_LEFT)
					    CFG_MAP(TS_DEFAULT, "",
						    "203.0.113.9",
						    CFG_LAN_RIGHT,
						    CFG_LAN_LEFT));
			pair_run(p, 100);
			assert_int_equal(pair_children(p, side), 0);
			assert_int_equal(sim_sa_count(p->host[side].sim), 0);
			p->filter = others_are_away;
			pair_run(p, 5000);
			assert_int_equal(pair_children(p, side), 0);
			assert_int_equal(sim_sa_count(p->host[side].sim), 0);
			pair_free(p);
		}
}

/* It changes while a message is in work: nothing is installed. */
static void peer_changed_before_install(void **state)
{
	struct pair *p = pair_new(LEFT_PEERS(PEER(CFG_ADDR_RIGHT)),
				  RIGHT_DEFAULT);
	struct quicks q = { .pass = 1 };
	struct packet *last;

	(void)state;
	p->filter = stop_quick;
	p->filter_arg = &q;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	p->filter = NULL;
	while (!p->nqueue) {		/* message 2, sent again */
		p->now += 10;
		engine_tick(p->host[RIGHT].engine, p->now);
	}
	last = p->queue[p->nqueue - 1];
	assert_int_equal(last->data[EXCHANGE_AT], QUICK);
	pair_config(p, LEFT, LEFT_PEERS(PEER("203.0.113.9")));
	pair_settle(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 0);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_FAILED), 1);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	pair_free(p);
}

/* Two peers were tried, one of which is replaced: the new one has its turn. */
static void new_peer_has_its_turn(void **state)
{
	struct pair *p = pair_new(LEFT_PEERS(PEER("203.0.113.9")
					     PEER("203.0.113.10")),
				  RIGHT_DEFAULT);

	(void)state;
	p->filter = others_are_away;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 30000);
	assert_true(connecting(p, "203.0.113.10"));
	pair_config(p, LEFT, LEFT_PEERS(PEER(CFG_ADDR_RIGHT)
					PEER("203.0.113.10")));
	pair_run(p, 30000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
	pair_free(p);
}

/* ESP with a false address does not say which peer is the one to talk to. */
static void esp_of_the_second_peer(void **state)
{
	struct pair *p = pair_new(LEFT_PEERS(PEER(CFG_ADDR_RIGHT)
					     PEER("203.0.113.9")),
				  RIGHT_DEFAULT);
	struct engine *e = p->host[LEFT].engine;
	struct kernel_event ev = { .type = KERNEL_EV_UNKNOWN_SPI };

	(void)state;
	ev.sa.spi = 0x12345678;
	ev.sa.src = addr_v4(0xcb007109, 0);
	ev.sa.dst = p->host[LEFT].addr;
	policy_kernel_event(e, &ev);
	assert_false(connecting(p, "203.0.113.9"));
	assert_true(connecting(p, CFG_ADDR_RIGHT));
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* It is logged, and nothing comes of it, where that is configured (E-080). */
static void esp_without_recovery(void **state)
{
	static const char *const configs[] = {
		LEFT_DEFAULT, "no crypto isakmp invalid-spi-recovery\n" LEFT_DEFAULT,
	};
	struct kernel_event ev = { .type = KERNEL_EV_UNKNOWN_SPI };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(configs[i], RIGHT_DEFAULT);
		struct engine *e = p->host[LEFT].engine;
		unsigned int before;

		ev.sa.spi = 0x12345678;
		ev.sa.proto = IPPROTO_ESP;
		ev.sa.src = p->host[RIGHT].addr;
		ev.sa.src.port = 0;
		ev.sa.dst = p->host[LEFT].addr;
		ev.sa.dst.port = 0;
		policy_kernel_event(e, &ev);
		assert_int_equal(connecting(p, CFG_ADDR_RIGHT), !i);
		pair_run(p, 3000);
		assert_int_equal(pair_children(p, RIGHT), !i);
		/* With an ISAKMP SA it is a DELETE. */
		if (i)
			pair_up(p, LEFT);
		pair_run(p, 20000);
		before = p->npackets;
		policy_kernel_event(e, &ev);
		pair_settle(p);
		assert_int_equal(p->npackets - before, !i);
		pair_free(p);
	}
}

/* The interface has no address of their family. */
static void peers_out_of_reach_are_passed_over(void **state)
{
	static const char *const peers[] = {
		LEFT_PEERS(PEER("2001:db8::9") PEER(CFG_ADDR_RIGHT)),
		LEFT_PEERS(PEER("203.0.113.9") PEER("2001:db8::9")
			   PEER(CFG_ADDR_RIGHT) PEER("2001:db8::a")),
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(peers[i], RIGHT_DEFAULT);

		p->filter = others_are_away;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 60000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_changed_in_phase_1),
		cmocka_unit_test(peer_changed_in_phase_2),
		cmocka_unit_test(peer_changed_before_install),
		cmocka_unit_test(new_peer_has_its_turn),
		cmocka_unit_test(esp_of_the_second_peer),
		cmocka_unit_test(esp_without_recovery),
		cmocka_unit_test(peers_out_of_reach_are_passed_over),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

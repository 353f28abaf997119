// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What happens to a tunnel in the course of its life: rekeys of both phases and
 * their collisions, DPD, DELETE, INITIAL-CONTACT, a daemon that is killed and
 * started again, lost kernel events, a changed configuration (F-013, F-014,
 * F-016, F-017, E-010, E-080, E-103).  A packet each way every second is never lost.
 */
#include <errno.h>

#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define SHORT_CHILD " set security-association lifetime seconds 120\n"
#define SHORT_IKE   POLICY_DEFAULT " lifetime 300\n"
#define DPD         "crypto isakmp keepalive 10 3 periodic\n"

static void rekey_under_traffic(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   SHORT_CHILD),
				  CFG_RIGHT(POLICY_DEFAULT, "Secret",
					    TS_DEFAULT, SHORT_CHILD));
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_spi_out(p, LEFT);
	pair_traffic(p, 3600);
	assert_int_not_equal(pair_spi_out(p, LEFT), before);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP) > 30);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP) < 60);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	/* old pairs go: never more than two at a time for long */
	assert_true(pair_children(p, LEFT) <= 2);
	assert_true(sim_sa_count(p->host[RIGHT].sim) <= 4);
	pair_free(p);
}

/* Without traffic the old pair stays until its end, and the new one is used. */
static void rekey_without_traffic(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   SHORT_CHILD),
				  CFG_RIGHT(POLICY_DEFAULT, "Secret",
					    TS_DEFAULT, SHORT_CHILD));

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 1000000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	assert_true(pair_children(p, LEFT) <= 2);
	pair_free(p);
}

static void phase1_rekey(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(SHORT_IKE, "Secret", TS_DEFAULT, ""),
				  CFG_RIGHT(SHORT_IKE, "Secret", TS_DEFAULT,
					    ""));
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_spi_out(p, LEFT);
	pair_traffic(p, 3000);
	/* IPsec SAs do not care */
	assert_int_equal(pair_spi_out(p, LEFT), before);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP) >= 10);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP) <= 16);
	assert_non_null(pair_ike(p, LEFT));
	assert_non_null(pair_ike(p, RIGHT));
	pair_free(p);
}

/* Until somebody begins a new phase 1: its first message. */
static unsigned int note_message_1(struct pair *p, struct packet *pkt,
				   unsigned int number)
{
	static const uint8_t none[8];
	uint64_t *first = p->filter_arg;

	(void)number;
	if (!*first && pkt->data[18] == 2 && !memcmp(pkt->data + 8, none, 8))
		*first = p->now;
	return 1;
}

/*
 * Of a lifetime of 300 s: the initiator after 75 to 85 %, the responder, if by
 * then nothing came, after 90 to 95 %; and not all in the same second.
 */
static void phase1_rekey_has_jitter(void **state)
{
	static const unsigned int from[] = { 225000, 270000 };
	static const unsigned int to[] = { 255000, 285000 };
	unsigned int who, round;

	(void)state;
	for (who = LEFT; who <= RIGHT; who++) {
		uint64_t least = UINT64_MAX, most = 0;

		for (round = 0; round < 12; round++) {
			struct pair *p = pair_new(
				CFG_LEFT(SHORT_IKE, "Secret", TS_DEFAULT, ""),
				CFG_RIGHT(SHORT_IKE, "Secret", TS_DEFAULT,
					  ""));
			uint64_t first = 0, age;

			pair_up(p, LEFT);
			p->filter = note_message_1;
			p->filter_arg = &first;
			if (who == RIGHT)
				pair_stop(p, LEFT);
			pair_run(p, 290000);
			assert_true(first > 0);
			age = first - 1000;	/* when the pair began */
			assert_in_range(age, from[who], to[who] + 1000);
			least = age < least ? age : least;
			most = age > most ? age : most;
			pair_free(p);
		}
		assert_true(most - least > 3000);
	}
}

/* RFC 2407, 4.6.3.1: also when it comes long after the SA. */
static void responder_lifetime_later(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct isakmp_life life = { .seconds = 1000 };
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.type = ISAKMP_NOTIFY_RESPONDER_LIFETIME,
	};
	struct buf b;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 500000);
	buf_init(&b, 64);
	isakmp_life_put(&b, 1, &life);
	n.data = buf_data(&b);
	n.len = buf_len(&b);
	v1_send_notify(pair_ike(p, RIGHT), &n);
	buf_free(&b);
	pair_run(p, 200000);
	assert_int_equal(pair_ike(p, LEFT)->lifetime, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	pair_run(p, 200000);	/* 85 % of it are over */
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 2);
	pair_free(p);
}

/* Both ends begin in the same instant, again and again. */
static void collisions(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	unsigned int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		uint32_t l = pair_flow(p, LEFT), r = pair_flow(p, RIGHT);

		want_flow(p->host[LEFT].engine, l, WANT_COMMAND, NULL, 0);
		want_flow(p->host[RIGHT].engine, r, WANT_COMMAND, NULL, 0);
		pair_run(p, 5000);
		pair_traffic(p, 20);
		/* both ends send on the same pair */
		assert_int_equal(child_sa_of_flow(p->host[LEFT].engine, l)->spi_in,
				 child_sa_of_flow(p->host[RIGHT].engine, r)->spi_out);
		assert_true(pair_children(p, LEFT) <= 3);
		assert_true(pair_children(p, RIGHT) <= 3);
	}
	pair_free(p);
}

static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int number)
{
	(void)p;
	(void)pkt;
	(void)number;
	return 0;
}

static void dpd_finds_death(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, DPD RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 300000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 0);
	assert_int_equal(pair_children(p, LEFT), 1);
	p->filter = cut;
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_null(pair_ike(p, LEFT));
	p->filter = NULL;
	pair_up(p, LEFT);
	pair_free(p);
}

/* Its flows go to the next peer at once, without waiting for traffic. */
static void dpd_falls_over(void **state)
{
	struct addr next = addr_v4(0xcb007109, 0);
	struct pair *p = pair_new("crypto isakmp key Secret address 203.0.113.9\n"
				  DPD CFG_LEFT(POLICY_DEFAULT, "Secret",
					       TS_DEFAULT,
					       " set peer 203.0.113.9\n"),
				  RIGHT_DEFAULT);
	struct engine *e = p->host[LEFT].engine;
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	assert_null(peer_find(e, &next));
	p->filter = cut;
	for (i = 0; i < 60 && !pair_counter(p, LEFT, ENGINE_C_DPD_DEAD); i++)
		pair_run(p, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_non_null(peer_find(e, &next));
	assert_true(peer_connecting(peer_find(e, &next),
				    &p->host[LEFT].addr));
	pair_free(p);
}

/* What is up when it is configured is asked, too. */
static void dpd_comes_later(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 60000);
	pair_config(p, LEFT, DPD LEFT_DEFAULT);
	p->filter = cut;
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	pair_free(p);
}

/* It is switched off and on while a question is open. */
static void dpd_comes_back(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	p->filter = cut;
	for (i = 0; i < 60 && !pair_ike(p, LEFT)->dpd_unanswered; i++)
		pair_run(p, 1000);
	assert_int_not_equal(pair_ike(p, LEFT)->dpd_unanswered, 0);
	pair_config(p, LEFT, LEFT_DEFAULT);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 0);
	pair_config(p, LEFT, DPD LEFT_DEFAULT);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	pair_free(p);
}

/* The responder is not one of ours, for all that the initiator knows. */
static unsigned int stranger(struct pair *p, struct packet *pkt,
			     unsigned int number)
{
	struct ike_sa *sa = pair_ike(p, LEFT);

	(void)pkt;
	(void)number;
	if (sa)
		sa->vendors &= ~IKE_PEER_CRYPTOMAP;
	return 1;
}

/* The same, and it answers nothing that is not part of the negotiation. */
static unsigned int laconic(struct pair *p, struct packet *pkt,
			    unsigned int number)
{
	stranger(p, pkt, number);
	return pkt->to != LEFT || pkt->data[18] != 5 /* informational */;
}

static void negotiate(struct pair *p, pair_filter *filter, uint64_t ms)
{
	p->filter = filter;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, ms);
}

/* It installs after QM3: do not send before its answer says that QM3 is done. */
static void strange_responder_is_asked(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	negotiate(p, stranger, 200);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);

	p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	negotiate(p, laconic, 2000);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* ESP that arrives is a sign of life: no questions. */
static void dpd_is_quiet_under_traffic(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, DPD RIGHT_DEFAULT);
	unsigned int before;

	(void)state;
	pair_up(p, LEFT);
	before = p->host[LEFT].sent + p->host[RIGHT].sent;
	pair_traffic(p, 600);
	assert_int_equal(p->host[LEFT].sent + p->host[RIGHT].sent, before);
	pair_free(p);
}

/* The peer starts from nothing: INITIAL-CONTACT clears what we have of it. */
static void peer_reboots(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_spi_out(p, LEFT);
	pair_run(p, 10000);
	pair_stop(p, RIGHT);
	sim_free(p->host[RIGHT].sim);
	p->host[RIGHT].sim = NULL;
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, RIGHT_DEFAULT);
	assert_int_equal(pair_packet(p, LEFT), -ENOKEY);
	assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_not_equal(pair_spi_out(p, LEFT), before);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
}

/* We lost everything, the peer goes on sending: E-080, E-103. */
static void unknown_spi_recovers(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 10000);
	pair_stop(p, RIGHT);
	sim_free(p->host[RIGHT].sim);
	p->host[RIGHT].sim = NULL;
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, RIGHT_DEFAULT);
	assert_int_equal(pair_packet(p, LEFT), -ENOKEY);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	/* now one of its SAs alone, phase 1 stays */
	pair_run(p, 10000);
	child_sa_delete(child_sa_of_flow(p->host[RIGHT].engine,
					 pair_flow(p, RIGHT)), 0);
	assert_int_equal(pair_packet(p, LEFT), -ENOKEY);
	pair_run(p, 1000);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	pair_free(p);
}

/* A rekey failed, the old pair ends: the next packet finds the peer at once. */
static void pair_ends_after_failed_rekey(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct engine *e = p->host[LEFT].engine;
	struct policy_flow *f = policy_flow(e, pair_flow(p, LEFT));
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 10000);
	ike_sa_free(pair_ike(p, LEFT));
	p->filter = cut;
	want_flow(e, f->k.id, WANT_REKEY, NULL, 0);
	for (i = 0; i < 60 && !f->failed_ms; i++)
		pair_run(p, 1000);
	assert_int_not_equal(f->failed_ms, 0);
	child_sa_delete(child_sa_of_flow(e, f->k.id), 0);
	/* not faster than after any failure */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	assert_null(pair_ike(p, LEFT));
	pair_run(p, 3000);
	assert_non_null(pair_ike(p, LEFT));
	p->filter = NULL;
	/* the next retransmission is 4.4 seconds away at most */
	for (i = 0; i < 5 && pair_packet(p, LEFT); i++)
		pair_run(p, 1000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* Killed and started again under traffic: nothing is lost, ever. */
static void takeover(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, DPD RIGHT_DEFAULT);
	uint32_t before;
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	for (i = 0; i < 5; i++) {
		before = pair_spi_out(p, LEFT);
		pair_stop(p, LEFT);
		pair_traffic(p, 7);
		pair_start(p, LEFT);
		pair_config(p, LEFT, DPD LEFT_DEFAULT);
		assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
		pair_traffic(p, 120);
		assert_int_not_equal(pair_spi_out(p, LEFT), before);
		assert_int_equal(pair_children(p, LEFT), 1);
		assert_int_equal(pair_children(p, RIGHT), 1);
		assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD), 0);
	}
	pair_free(p);
}

/* The peer is away when the daemon comes back: the old SAs serve on. */
static void takeover_without_peer(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, LEFT);
	p->filter = cut;
	pair_start(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	pair_traffic(p, 300);
	assert_int_equal(pair_children(p, LEFT), 1);
	p->filter = NULL;
	pair_traffic(p, 120);
	assert_false(child_sa_of_flow(p->host[LEFT].engine,
				      pair_flow(p, LEFT))->adopted);
	pair_free(p);
}

/* It was killed between the two directions of a new pair. */
static void takeover_of_half_a_pair(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct kernel *k = sim_kernel(p->host[LEFT].sim);
	struct kernel_sa_id id;
	struct child_sa *c;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 10000);
	want_flow(p->host[LEFT].engine, pair_flow(p, LEFT), WANT_COMMAND, NULL,
		  0);
	pair_run(p, 50);
	assert_int_equal(pair_children(p, LEFT), 2);
	c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	id = child_sa_id(c, CRYPTOMAP_DIR_OUT);
	k->ops->sa_del(k, &id, 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 3);
	pair_run(p, 5000);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	pair_run(p, 5000);
	pair_traffic(p, 20);
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 2);
	pair_free(p);
}

static void lost_events(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   SHORT_CHILD), RIGHT_DEFAULT);

	(void)state;
	/* the acquire itself is lost */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	sim_overrun(p->host[LEFT].sim);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	/* the SA ends and nobody hears of it */
	sim_tick(p->host[LEFT].sim, p->now + 121000);
	sim_overrun(p->host[LEFT].sim);
	sim_poll(p->host[LEFT].sim);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* What they would have said is seen in the SAs: rekey, let the old pair go. */
static void lost_events_are_made_up(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   SHORT_CHILD), RIGHT_DEFAULT);
	struct sim *s = p->host[LEFT].sim;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 95000);
	sim_tick(s, p->now + 11000);	/* beyond the soft lifetime */
	sim_overrun(s);
	sim_poll(s);
	pair_run(p, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 2);
	assert_int_equal(pair_children(p, LEFT), 2);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	sim_overrun(s);		/* the first packet on the new pair */
	pair_run(p, 6000);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
}

/* The kernel is too busy even to be asked what got lost. */
static void lost_events_unreadable(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   SHORT_CHILD), RIGHT_DEFAULT);
	struct sim *s = p->host[LEFT].sim;

	(void)state;
	pair_up(p, LEFT);
	p->filter = cut;
	sim_tick(s, p->now + 121000);
	sim_overrun(s);
	sim_fail_sa_list(s, 2);
	sim_poll(s);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_run(p, 1500);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_run(p, 1500);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_OVERRUNS), 1);
	pair_free(p);
}

#define IDLE " set security-association idle-time 60\n"

/* C-025, F-064: neither half of the pair was used for so long; the peer is told. */
static void idle_pair_goes(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
					   IDLE), RIGHT_DEFAULT);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	pair_traffic(p, 100);
	/* One direction is traffic enough. */
	for (i = 0; i < 5; i++) {
		pair_run(p, 30000);
		assert_int_equal(pair_packet(p, RIGHT), 0);
	}
	for (i = 0; i < 5; i++) {
		pair_run(p, 30000);
		assert_int_equal(pair_packet(p, LEFT), 0);
	}
	pair_run(p, 55000);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	/* Traffic makes another. */
	pair_up(p, LEFT);
	pair_free(p);
}

/* The same when the events got lost; the time is that of all entries. */
static void idle_pair_is_made_up(void **state)
{
	struct pair *p = pair_new("crypto ipsec security-association idle-time 60\n"
				  LEFT_DEFAULT, RIGHT_DEFAULT);
	struct sim *s = p->host[LEFT].sim;

	(void)state;
	pair_up(p, LEFT);
	sim_tick(s, p->now + 30000);
	sim_overrun(s);
	sim_poll(s);
	assert_int_equal(pair_children(p, LEFT), 1);
	sim_tick(s, p->now + 61000);
	sim_overrun(s);
	sim_poll(s);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* A shutdown tells the peer and leaves nothing. */
static void shutdown_clears(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct err err;

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(engine_shutdown(p->host[LEFT].engine, &err), 0);
	pair_run(p, 1000);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	assert_null(pair_ike(p, LEFT));
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

/* A changed configuration touches what it changes. */
static void apply_difference(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_spi_out(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT
		    "access-list 102 permit ip host 10.1.0.1 host 10.9.0.1\n"
		    "crypto map M 20 ipsec-isakmp\n set peer 203.0.113.9\n"
		    " set transform-set TS\n match address 102\n");
	pair_run(p, 5000);
	assert_int_equal(pair_spi_out(p, LEFT), before);
	assert_int_equal(pair_children(p, RIGHT), 1);
	/* the peer's key goes: phase 1 too, but what is up stays */
	pair_config(p, LEFT,
		    CFG_LEFT(POLICY_DEFAULT, "Other", TS_DEFAULT, ""));
	assert_null(pair_ike(p, LEFT));
	pair_run(p, 1000);
	assert_int_not_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_spi_out(p, LEFT), before);
	/* the line goes: its SAs go, and the peer is told */
	pair_config(p, LEFT,
		    CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
		    CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "10.7.0.0 0.0.0.255",
			    CFG_LAN_RIGHT));
	pair_run(p, 5000);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rekey_under_traffic),
		cmocka_unit_test(rekey_without_traffic),
		cmocka_unit_test(phase1_rekey),
		cmocka_unit_test(phase1_rekey_has_jitter),
		cmocka_unit_test(responder_lifetime_later),
		cmocka_unit_test(collisions),
		cmocka_unit_test(dpd_finds_death),
		cmocka_unit_test(dpd_falls_over),
		cmocka_unit_test(dpd_comes_later),
		cmocka_unit_test(dpd_comes_back),
		cmocka_unit_test(strange_responder_is_asked),
		cmocka_unit_test(dpd_is_quiet_under_traffic),
		cmocka_unit_test(peer_reboots),
		cmocka_unit_test(unknown_spi_recovers),
		cmocka_unit_test(pair_ends_after_failed_rekey),
		cmocka_unit_test(takeover),
		cmocka_unit_test(takeover_without_peer),
		cmocka_unit_test(takeover_of_half_a_pair),
		cmocka_unit_test(lost_events),
		cmocka_unit_test(lost_events_are_made_up),
		cmocka_unit_test(lost_events_unreadable),
		cmocka_unit_test(idle_pair_goes),
		cmocka_unit_test(idle_pair_is_made_up),
		cmocka_unit_test(shutdown_clears),
		cmocka_unit_test(apply_difference),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Both ends renew phase 1 at once, and what is left of that (E-010). */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define SHORT_IKE   POLICY_DEFAULT " lifetime 300\n"

/* Both ends begin a phase 1, the right one @late messages after the left one. */
static void both_connect(struct pair *p, unsigned int late)
{
	unsigned int i, side;

	for (side = LEFT; side <= RIGHT; side++) {
		struct engine *e = p->host[side].engine;
		struct peer *peer = peer_find(e, &p->host[!side].addr);

		assert_int_equal(v1_connect(e, peer, &p->host[side].addr, true),
				 0);
		for (i = 0; side == LEFT && i < late; i++) {
			pair_deliver(p);
			work_poll(p->host[LEFT].pool);
			work_poll(p->host[RIGHT].pool);
		}
	}
	pair_settle(p);
}

static unsigned int ike_count(struct pair *p, unsigned int side)
{
	struct peer *peer = peer_find(p->host[side].engine,
				      &p->host[!side].addr);
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&peer->ike_sas, pos, tmp)
		n++;
	return n;
}

static void assert_one_ike(struct pair *p)
{
	assert_int_equal(ike_count(p, LEFT), 1);
	assert_int_equal(ike_count(p, RIGHT), 1);
	assert_memory_equal(pair_ike(p, LEFT)->cookie_i,
			    pair_ike(p, RIGHT)->cookie_i, ISAKMP_COOKIE_LEN);
}

/*
 * Both ends renew phase 1 at once (E-010).  One SA is left, the same at both ends:
 * soon if they agree which is the older, after the next one otherwise (if chance does
 * not have them begin that at once again).
 */
static void phase1_collision(void **state)
{
	unsigned int late, again, up;

	(void)state;
	for (late = 0; late < 6; late++) {
		struct pair *p = pair_new(
			CFG_LEFT(SHORT_IKE, "Secret", TS_DEFAULT, ""),
			CFG_RIGHT(SHORT_IKE, "Secret", TS_DEFAULT, ""));

		pair_up(p, LEFT);
		pair_traffic(p, 100);
		both_connect(p, late);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 3);
		assert_int_equal(ike_count(p, LEFT), 3);
		pair_traffic(p, 15);
		if (late) {
			assert_one_ike(p);
			assert_false(pair_ike(p, LEFT)->initiator);
		} else {
			assert_int_equal(ike_count(p, LEFT), 2);
			assert_int_equal(ike_count(p, RIGHT), 2);
		}
		up = 4;
		pair_traffic(p, 290);
		for (again = 0; !late && again < 3 && ike_count(p, LEFT) > 1;
		     again++, up += 2)
			pair_traffic(p, 290);
		assert_one_ike(p);
		assert_in_range(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 4, up);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 1);
		pair_free(p);
	}
}

/* The one that was to follow goes before it did (E-010): the older one stays. */
static void phase1_follower_goes(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(SHORT_IKE, "Secret", TS_DEFAULT, ""),
				  CFG_RIGHT(SHORT_IKE, "Secret", TS_DEFAULT, ""));
	struct ike_sa *old;

	(void)state;
	pair_up(p, LEFT);
	old = pair_ike(p, LEFT);
	pair_traffic(p, 100);
	assert_int_equal(v1_connect(p->host[LEFT].engine,
				    peer_find(p->host[LEFT].engine,
					      &p->host[RIGHT].addr),
				    &p->host[LEFT].addr, true), 0);
	pair_settle(p);
	assert_true(old->superseded);
	assert_int_equal(ike_count(p, LEFT), 2);
	v1_delete_ike(pair_ike(p, LEFT));
	pair_traffic(p, 15);
	assert_one_ike(p);
	assert_ptr_equal(pair_ike(p, LEFT), old);
	assert_false(old->superseded);
	/* and has its time, as ever */
	pair_traffic(p, 290);
	assert_one_ike(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 3);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 1);
	pair_free(p);
}

static void acquire(struct pair *p)
{
	struct kernel *k = sim_kernel(p->host[LEFT].sim);
	const struct kernel_event ev = {
		.type = KERNEL_EV_ACQUIRE, .flow.id = pair_flow(p, LEFT),
	};

	k->event(k->event_arg, &ev);
	pair_run(p, 3000);
}

/* Traffic asks until the pair is used: not for a second one. */
static void a_pair_that_waits_is_enough(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct child_sa *c;

	(void)state;
	pair_up(p, LEFT);
	c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	c->state = CHILD_INSTALLED;
	acquire(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 1);
	/* But for one that the peer may not have there must be another. */
	c->doubted = true;
	acquire(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 2);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_that_waits_is_enough),
		cmocka_unit_test(phase1_collision),
		cmocka_unit_test(phase1_follower_goes),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Reverse routes: when they are made, and when they go.  C-041 F-043 F-075 */
#include "ike-daemon/policy/route.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define PHASE1		CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
#define WITH(entry)							\
	PHASE1 CFG_MAP(TS_DEFAULT, entry, CFG_ADDR_RIGHT, CFG_LAN_LEFT,	\
		       CFG_LAN_RIGHT)
#define PLAIN		WITH("")
#define ROUTES		WITH(" reverse-route\n")
#define ALWAYS		WITH(" reverse-route static\n")

static struct host *left(struct pair *p)
{
	return &p->host[LEFT];
}

static void assert_route(struct host *h, const char *dst, const char *peer)
{
	struct host_route *r;
	struct prefix p;
	struct addr a;

	assert_int_equal(prefix_parse(&p, dst), 0);
	r = pair_find_route(h, &p);
	if (!r)
		fail_msg("no route to %s", dst);
	assert_int_equal(addr_parse(&a, peer), 0);
	assert_true(addr_equal(&r->peer, &a));
	assert_string_equal(r->ifname, "wan0");
}

static void ends(struct pair *p)
{
	policy_end_peer(pair_ike(p, LEFT)->peer, "test");
	pair_settle(p);
}

static void comes_and_goes_with_the_pair(void **state)
{
	struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);

	(void)state;
	assert_int_equal(left(p)->n_routes, 0);
	pair_up(p, LEFT);
	assert_int_equal(left(p)->n_routes, 1);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	assert_int_equal(p->host[RIGHT].n_routes, 0);
	/* A new pair keeps it where it is. */
	want_flow(left(p)->engine, pair_flow(p, LEFT), WANT_RENEW,
		  &p->host[RIGHT].addr, 1);
	pair_run(p, 120000);
	assert_int_equal(left(p)->n_routes, 1);
	assert_int_equal(left(p)->routes_taken, 0);
	ends(p);
	assert_int_equal(left(p)->n_routes, 0);
	pair_free(p);
}

/* The other end is the one that begins. */
static void of_a_responder(void **state)
{
	struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, RIGHT);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_free(p);
}

static void a_static_one_is_always_there(void **state)
{
	struct pair *p = pair_new(ALWAYS, RIGHT_DEFAULT);

	(void)state;
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_up(p, LEFT);
	assert_int_equal(left(p)->n_routes, 1);
	ends(p);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_config(p, LEFT, PLAIN);
	assert_int_equal(left(p)->n_routes, 0);
	pair_free(p);
}

static void what_a_change_does(void **state)
{
	struct pair *p = pair_new(PLAIN, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(left(p)->n_routes, 0);
	pair_config(p, LEFT, ROUTES);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_config(p, LEFT, ALWAYS);
	pair_config(p, LEFT, ROUTES);
	assert_int_equal(left(p)->routes_taken, 0);
	pair_config(p, LEFT, PLAIN);
	assert_int_equal(left(p)->n_routes, 0);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
}

/* What clients of a dynamic map ask for. */
static void of_clients(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT,
		CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)
		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
		"crypto dynamic-map D 10\n set transform-set TS\n reverse-route\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n"
		"interface wan0\n crypto map M\n");
	struct host *right = &p->host[RIGHT];

	(void)state;
	pair_up(p, LEFT);
	assert_route(right, "10.1.0.0/24", CFG_ADDR_LEFT);
	ends(p);
	assert_int_equal(right->n_routes, 0);
	pair_free(p);
}

#define TO(dst)								\
	PHASE1 CFG_MAP(TS_DEFAULT, " reverse-route static\n", CFG_ADDR_RIGHT, \
		       CFG_LAN_LEFT, dst)

#define V6_PEER		"2001:db8::2"
#define BEHIND_V6(dst)							\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", "ipv6 " V6_PEER)		\
	CFG_MAP(TS_DEFAULT, " reverse-route static\n", V6_PEER, CFG_LAN_LEFT, dst)

static void of_another_family(void **state)
{
	struct pair *p = pair_new(BEHIND_V6(CFG_LAN_RIGHT), RIGHT_DEFAULT);

	(void)state;
	assert_route(left(p), "10.2.0.0/24", V6_PEER);
	pair_config(p, LEFT, BEHIND_V6("any"));
	assert_int_equal(left(p)->n_routes, 0);
	pair_free(p);
}

/* A default route would take everything, and the peer is not behind itself. */
static void there_is_none(void **state)
{
	static const char *const to[] = {
		TO("any"), TO("host " CFG_ADDR_RIGHT), TO("198.51.100.0 0.0.0.255"),
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct pair *p = pair_new(to[i], RIGHT_DEFAULT);

		assert_int_equal(left(p)->n_routes, 0);
		pair_free(p);
	}
}

static void somebody_else_has_one(void **state)
{
	struct pair *p = pair_new(PLAIN, RIGHT_DEFAULT);

	(void)state;
	left(p)->route_error = -EEXIST;
	pair_config(p, LEFT, ROUTES);
	pair_up(p, LEFT);
	assert_int_equal(left(p)->n_routes, 0);
	left(p)->route_error = 0;
	pair_run(p, 60000);
	assert_int_equal(left(p)->n_routes, 0);
	policy_routes_changed(left(p)->engine);
	pair_run(p, 1000);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	/* One that was never made is not taken from whoever has it. */
	left(p)->route_error = -EEXIST;
	policy_routes_changed(left(p)->engine);
	pair_run(p, 6000);
	ends(p);
	assert_int_equal(left(p)->routes_taken, 0);
	pair_free(p);
}

/* Changes of the system that come without end are followed now and then. */
static void not_more_often_than_that(void **state)
{
	struct pair *p = pair_new(ALWAYS, RIGHT_DEFAULT);
	struct policy_routes *r = &left(p)->engine->policy->routes;
	unsigned int i, rounds = 0;
	uint64_t last = 0;

	(void)state;
	for (i = 0; i < 200; i++) {
		policy_routes_changed(left(p)->engine);
		pair_run(p, 100);
		rounds += r->began_ms != last;
		last = r->began_ms;
	}
	assert_in_range(rounds, 4, 5);
	pair_free(p);
}

/* It stays, and the next daemon has it; what is not wanted any more goes. */
static void over_a_new_daemon(void **state)
{
	static const char *const now[] = { ROUTES, PLAIN };
	struct prefix stale;
	struct addr peer;
	unsigned int i;

	(void)state;
	prefix_parse(&stale, "10.77.0.0/16");
	addr_parse(&peer, "192.0.2.77");
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);

		pair_up(p, LEFT);
		pair_stop(p, LEFT);
		assert_int_equal(left(p)->n_routes, 1);
		assert_int_equal(left(p)->routes_taken, 0);
		pair_reverse_route(left(p), &stale, "wan0", &peer);
		pair_start(p, LEFT);
		pair_config(p, LEFT, now[i]);
		assert_int_equal(engine_take_over(left(p)->engine), 0);
		assert_int_equal(left(p)->n_routes, !i);
		assert_int_equal(left(p)->routes_taken, 1 + i);
		if (!i)
			assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
		pair_free(p);
	}
}

/* Each line has a pair of its own; the network behind the peer is one. */
static void two_pairs_have_it(void **state)
{
	struct pair *p = pair_new(ROUTES
		"access-list 101 permit ip 10.9.0.0 0.0.0.255 " CFG_LAN_RIGHT "\n",
		RIGHT_DEFAULT
		"access-list 101 permit ip " CFG_LAN_RIGHT " 10.9.0.0 0.0.0.255\n");
	struct peer *peer;
	struct child_sa *c;

	(void)state;
	pair_up(p, LEFT);
	want_flow(left(p)->engine, pair_flow(p, LEFT) + 1, WANT_TRAFFIC, NULL, 0);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, LEFT), 2);
	assert_int_equal(left(p)->n_routes, 1);
	peer = pair_ike(p, LEFT)->peer;
	c = list_first(&peer->children, struct child_sa, of_peer);
	child_sa_delete(c, CRYPTOMAP_TOMB_DELETED);
	assert_int_equal(left(p)->n_routes, 1);
	c = list_first(&peer->children, struct child_sa, of_peer);
	child_sa_delete(c, CRYPTOMAP_TOMB_DELETED);
	assert_int_equal(left(p)->n_routes, 0);
	pair_free(p);
}

/* The way to a network is by the peer that has the pair, else by the first one. */
static void by_the_other_peer(void **state)
{
	struct pair *p = pair_new(
		CFG_PHASE1(POLICY_DEFAULT, "Secret", "0.0.0.0")
		CFG_MAP(TS_DEFAULT, " set peer " CFG_ADDR_RIGHT "\n"
			" reverse-route static\n", "198.51.100.77",
			CFG_LAN_LEFT, CFG_LAN_RIGHT), RIGHT_DEFAULT);

	(void)state;
	assert_route(left(p), "10.2.0.0/24", "198.51.100.77");
	pair_up(p, RIGHT);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	ends(p);
	assert_route(left(p), "10.2.0.0/24", "198.51.100.77");
	assert_int_equal(left(p)->routes_taken, 0);
	pair_free(p);
}

static void shutdown_takes_them(void **state)
{
	static const char *const configs[] = { ROUTES, ALWAYS };
	struct err err;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(configs[i], RIGHT_DEFAULT);

		pair_up(p, LEFT);
		assert_int_equal(left(p)->n_routes, 1);
		assert_int_equal(engine_shutdown(left(p)->engine, &err), 0);
		assert_int_equal(left(p)->n_routes, 0);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_and_goes_with_the_pair),
		cmocka_unit_test(of_a_responder),
		cmocka_unit_test(a_static_one_is_always_there),
		cmocka_unit_test(what_a_change_does),
		cmocka_unit_test(of_clients),
		cmocka_unit_test(of_another_family),
		cmocka_unit_test(there_is_none),
		cmocka_unit_test(somebody_else_has_one),
		cmocka_unit_test(not_more_often_than_that),
		cmocka_unit_test(over_a_new_daemon),
		cmocka_unit_test(two_pairs_have_it),
		cmocka_unit_test(by_the_other_peer),
		cmocka_unit_test(shutdown_takes_them),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

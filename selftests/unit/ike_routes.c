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
	assert_false(r->foreign);
	assert_true(addr_equal(&r->way.gateway, &a));
	assert_string_equal(r->way.ifname, "wan0");
}

/* Something in the system is different now. */
static void changes(struct pair *p)
{
	policy_route_event(left(p)->engine, REVERSE_CHANGED, NULL, 0);
	pair_run(p, 6000);
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
	pair_run(p, 10);	/* it has its turn */
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_config(p, LEFT, ALWAYS);
	pair_config(p, LEFT, ROUTES);
	pair_run(p, 10);
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
	assert_int_equal(left(p)->n_routes, 1);
	assert_false(addr_is_set(&left(p)->routes[0].way.gateway));
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
	struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);
	struct host_route *r = &left(p)->routes[0];

	(void)state;
	r->foreign = true;
	prefix_parse(&r->dst, "10.2.0.0/24");
	left(p)->n_routes = 1;
	pair_up(p, LEFT);
	changes(p);
	assert_int_equal(left(p)->n_routes, 1);
	assert_true(r->foreign);
	ends(p);
	assert_true(r->foreign);
	pair_up(p, LEFT);
	left(p)->n_routes = 0;
	pair_run(p, 60000);
	assert_int_equal(left(p)->n_routes, 0);
	changes(p);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_free(p);
}

/* What is not a way any more is none for others either; it comes again, or goes. */
static void the_way_is_lost(void **state)
{
	struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		pair_up(p, LEFT);
		left(p)->way_error = -EHOSTUNREACH;
		changes(p);
		assert_int_equal(left(p)->n_routes, 0);
		left(p)->way_error = 0;
		if (!i)
			changes(p);
		assert_int_equal(left(p)->n_routes, !i);
		ends(p);
		assert_int_equal(left(p)->n_routes, 0);
	}
	changes(p);
	assert_int_equal(left(p)->n_routes, 0);
	pair_free(p);
}

/* Others, or the kernel, take it. */
static void it_is_taken(void **state)
{
	static const enum reverse_event events[] = {
		REVERSE_GONE, REVERSE_LINK, REVERSE_LOST, REVERSE_CHANGED,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		struct pair *p = pair_new(ALWAYS, RIGHT_DEFAULT);
		const struct host_route was = left(p)->routes[0];
		struct policy_routes *r = &left(p)->engine->policy->routes;

		assert_int_equal(left(p)->n_routes, 1);
		left(p)->n_routes = i / 4;	/* or it is there all the same */
		policy_route_event(left(p)->engine, events[i % 4], &was.dst,
				   i % 4 == 1 ? was.way.ifindex : 0);
		pair_run(p, 1000);
		/* That something else has changed says nothing of it. */
		assert_int_equal(left(p)->n_routes, i != 3);
		assert_int_equal(list_first(&r->done, struct policy_net, all)->error,
				 0);
		pair_free(p);
	}
}

/* Changes of the system that come without end are followed now and then. */
static void not_more_often_than_that(void **state)
{
	struct pair *p = pair_new(ALWAYS, RIGHT_DEFAULT);
	unsigned int i, before = left(p)->ways_asked;

	(void)state;
	for (i = 0; i < 200; i++) {
		policy_route_event(left(p)->engine, REVERSE_CHANGED, NULL, 0);
		pair_run(p, 100);
	}
	assert_in_range(left(p)->ways_asked - before, 4, 5);
	assert_int_equal(left(p)->routes_taken, 0);
	pair_free(p);
}

#define MANY	150

/* So many that they are looked after in several turns. */
static void many(void **state)
{
	struct pair *p = pair_new(PLAIN, RIGHT_DEFAULT);
	char *text = calloc(1, 20000);
	struct engine *e = left(p)->engine;
	unsigned int i, asked;
	size_t n = 0;

	(void)state;
	n = (size_t)snprintf(text, 20000, "%s", ALWAYS);
	for (i = 1; i < MANY; i++)
		n += (size_t)snprintf(text + n, 20000 - n,
				      "access-list 101 permit ip " CFG_LAN_LEFT
				      " 10.3.%u.0 0.0.0.255\n", i);
	pair_config(p, LEFT, text);
	assert_int_equal(left(p)->n_routes, MANY);
	/* Another way, when the round has begun. */
	asked = left(p)->ways_asked;
	policy_route_event(e, REVERSE_LOST, NULL, 0);
	while (left(p)->ways_asked == asked)
		pair_run(p, 1);
	assert_true(left(p)->ways_asked - asked < MANY);
	policy_route_event(e, REVERSE_LOST, NULL, 0);
	pair_run(p, 10000);
	assert_int_equal(left(p)->ways_asked - asked, 2 * MANY);
	assert_int_equal(left(p)->n_routes, MANY);
	/* And all go when one has begun. */
	asked = left(p)->ways_asked;
	policy_route_event(e, REVERSE_CHANGED, NULL, 0);
	while (left(p)->ways_asked == asked)
		pair_run(p, 1);
	pair_config(p, LEFT, PLAIN);
	assert_int_equal(left(p)->n_routes, 0);
	pair_run(p, 10000);
	assert_false(e->policy->routes.timer.armed);
	free(text);
	pair_free(p);
}

/* It stays, and the next daemon has it; what is not wanted any more goes. */
static void over_a_new_daemon(void **state)
{
	static const char *const before[] = { ROUTES, ROUTES, ALWAYS, ALWAYS };
	static const char *const now[] = { ROUTES, PLAIN, ALWAYS, PLAIN };
	struct reverse_way way = { .ifname = "wan0" };
	struct prefix stale;
	unsigned int i;

	(void)state;
	prefix_parse(&stale, "10.77.0.0/16");
	for (i = 0; i < 4; i++) {
		struct pair *p = pair_new(before[i], RIGHT_DEFAULT);

		pair_up(p, LEFT);
		pair_stop(p, LEFT);
		assert_int_equal(left(p)->n_routes, 1);
		assert_int_equal(left(p)->routes_taken, 0);
		pair_reverse_add(left(p), &stale, &way);
		pair_start(p, LEFT);
		pair_config(p, LEFT, now[i]);
		assert_int_equal(engine_take_over(left(p)->engine), 0);
		pair_run(p, 10);
		assert_int_equal(left(p)->n_routes, !(i % 2));
		assert_int_equal(left(p)->routes_taken, 1 + i % 2);
		if (!(i % 2))
			assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
		/* It is the new one's: it goes with the pair. */
		if (!i) {
			policy_end_peer(peer_find(left(p)->engine, &p->host[RIGHT].addr),
					"test");
			assert_int_equal(left(p)->n_routes, 0);
		}
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
	changes(p);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	assert_int_equal(left(p)->routes_taken, 1);
	ends(p);
	assert_route(left(p), "10.2.0.0/24", "198.51.100.77");
	pair_free(p);
}

/* With one address for two interfaces the way is by any of them, but by no other. */
static void by_the_other_interface(void **state)
{
	static const char config[] = PHASE1
		CFG_MAP(TS_DEFAULT, " reverse-route static\n", CFG_ADDR_RIGHT,
			CFG_LAN_LEFT, CFG_LAN_RIGHT)
		"crypto map M local-address lo0\n"
		"interface wan1\n crypto map M\n";
	struct pair *p = pair_new(PLAIN, RIGHT_DEFAULT);

	(void)state;
	left(p)->way_by = "wan1";
	pair_config(p, LEFT, config);
	assert_int_equal(left(p)->n_routes, 1);
	assert_string_equal(left(p)->routes[0].way.ifname, "wan1");
	left(p)->way_by = "wan2";
	changes(p);
	assert_int_equal(left(p)->n_routes, 0);
	left(p)->way_by = "wan0";
	changes(p);
	assert_route(left(p), "10.2.0.0/24", CFG_ADDR_RIGHT);
	pair_free(p);
}

/* --- peers that nobody has named ------------------------------------------------- */

#define GUEST(lan)							\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)		\
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, lan, CFG_LAN_RIGHT)
#define FOR_GUESTS(entry)						\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto dynamic-map D 10\n set transform-set TS\n reverse-route\n" \
	entry								\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"crypto map N 10 ipsec-isakmp\n set peer 10.66.0.1\n"		\
	"interface wan0\n crypto map M\n"

/* They have no routes to what may be others', unless a list allows it. */
static void what_guests_may_not_have(void **state)
{
	static const struct { const char *guest, *list, *dst; } cases[] = {
		{ GUEST("10.1.0.0 0.0.0.255"),
		  "access-list 109 permit ip any 10.1.0.0 0.0.0.255\n",
		  "10.1.0.0/24" },
		{ GUEST("10.55.0.0 0.0.0.255"),		/* ours is 10.55.0.0/16 */
		  "access-list 109 permit ip any 10.55.0.0 0.0.0.255\n",
		  "10.55.0.0/24" },
		{ GUEST("10.66.0.0 0.0.0.255"),		/* another peer is there */
		  "access-list 109 permit ip any 10.66.0.0 0.0.0.255\n",
		  "10.66.0.0/24" },
		{ GUEST("64.0.0.0 63.255.255.255"),
		  "access-list 109 permit ip any 64.0.0.0 63.255.255.255\n",
		  "64.0.0.0/2" },
	};
	unsigned int i, j;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (j = 0; j < 2; j++) {
			char text[2000];
			struct pair *p;
			struct host *right;

			snprintf(text, sizeof(text), "%s%s",
				 j ? FOR_GUESTS(" match address 109\n") :
				     FOR_GUESTS(""), cases[i].list);
			p = pair_new(cases[i].guest, text);
			right = &p->host[RIGHT];
			prefix_parse(&right->connected, "10.55.0.0/16");
			pair_up(p, LEFT);
			assert_int_equal(right->n_routes, j || !i);
			if (right->n_routes)
				assert_route(right, cases[i].dst, CFG_ADDR_LEFT);
			assert_int_equal(pair_children(p, RIGHT), 1);
			pair_free(p);
		}
}

/* Which entry a client came by is not known to a new daemon: it goes on as it was. */
static void clients_over_a_new_daemon(void **state)
{
	static const char second[] =
		CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)
		"crypto ipsec transform-set NO esp-3des esp-md5-hmac\n"
		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
		"crypto dynamic-map D 10\n set transform-set NO\n"
		"crypto dynamic-map D 20\n set transform-set TS\n reverse-route\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n"
		"interface wan0\n crypto map M\n";
	static const char first[] =
		CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)
		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
		"crypto dynamic-map D 10\n set transform-set TS\n"
		"crypto dynamic-map D 20\n set transform-set TS\n reverse-route\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n"
		"interface wan0\n crypto map M\n";
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(LEFT_DEFAULT, i ? first : second);
		struct host *right = &p->host[RIGHT];

		pair_up(p, LEFT);
		assert_int_equal(right->n_routes, !i);
		pair_stop(p, RIGHT);
		pair_start(p, RIGHT);
		pair_config(p, RIGHT, i ? first : second);
		assert_int_equal(engine_take_over(right->engine), 0);
		pair_run(p, 10);
		assert_int_equal(right->n_routes, !i);
		assert_int_equal(right->routes_taken, 0);
		pair_free(p);
	}
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

/* It leaves what it found as it is, and keeps no memory of it. */
static void a_daemon_goes_before_it_took_over(void **state)
{
	struct pair *p = pair_new(ROUTES, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, ROUTES);
	pair_stop(p, LEFT);
	assert_int_equal(left(p)->n_routes, 1);
	assert_int_equal(left(p)->routes_taken, 0);
	pair_free(p);
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
		cmocka_unit_test(the_way_is_lost),
		cmocka_unit_test(it_is_taken),
		cmocka_unit_test(not_more_often_than_that),
		cmocka_unit_test(many),
		cmocka_unit_test(over_a_new_daemon),
		cmocka_unit_test(a_daemon_goes_before_it_took_over),
		cmocka_unit_test(two_pairs_have_it),
		cmocka_unit_test(by_the_other_peer),
		cmocka_unit_test(by_the_other_interface),
		cmocka_unit_test(what_guests_may_not_have),
		cmocka_unit_test(clients_over_a_new_daemon),
		cmocka_unit_test(shutdown_takes_them),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

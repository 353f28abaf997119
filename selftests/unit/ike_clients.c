// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several peers behind one NAT, at one address (F-111): what one says and does is not
 * taken for another's.  Left is one of them at a time, the others wait aside:
 *
 *	10.9.9.1 a --- 44500 (NAT 192.0.2.1) --- 198.51.100.2 right
 *	10.9.9.2 b --- 44600
 */
#include <errno.h>

#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_aggressive.h"

#define CLIENT(lan)							\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)		\
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, lan, CFG_LAN_RIGHT)
#define A	CLIENT("10.1.0.0 0.0.0.255")
#define B	CLIENT("10.3.0.0 0.0.0.255")
#define DYNAMIC								\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define SERVER	CFG_PHASE1(POLICY_DEFAULT, "Secret", "0.0.0.0") DYNAMIC

static struct host aside;

static void ports(struct pair *p, uint16_t ike, uint16_t natt)
{
	p->host[LEFT].mapped[0] = ike;
	p->host[LEFT].mapped[1] = natt;
}

static void other_one(struct pair *p)
{
	struct host h = p->host[LEFT];

	p->host[LEFT] = aside;
	aside = h;
}

/* Left begins with its first flow. */
static void comes(struct pair *p)
{
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_settle(p);
}

/* Both are up, and b is left. */
static struct pair *two(const char *a, const char *b, const char *server)
{
	struct pair *p = begin(a, server);

	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	aside = p->host[LEFT];
	memset(&p->host[LEFT], 0, sizeof(p->host[LEFT]));
	pair_start(p, LEFT);
	pair_config(p, LEFT, b);
	pair_behind_nat(&p->host[LEFT], 0x0a090902);
	ports(p, 40600, 44600);
	pair_run(p, 5000);
	comes(p);
	return p;
}

static void two_end(struct pair *p)
{
	pair_stop(p, LEFT);
	sim_free(p->host[LEFT].sim);
	other_one(p);
	pair_free(p);
}

static struct peer *both_of(struct pair *p)
{
	struct addr seen = pair_seen(&p->host[LEFT]);
	struct peer *peer = peer_find(p->host[RIGHT].engine, &seen);

	assert_non_null(peer);
	return peer;
}

/* Pairs, or ISAKMP SAs, that right has with who is at that port. */
static unsigned int pairs_at(struct pair *p, uint16_t port)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&both_of(p)->children, pos, tmp)
		n += list_entry(pos, struct child_sa, of_peer)->port_peer == port;
	return n;
}

static struct ike_sa *sa_at(struct pair *p, uint16_t port)
{
	struct list *pos, *tmp;

	list_for_each(&both_of(p)->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->remote.port == port && ike_sa_established(sa))
			return sa;
	}
	return NULL;
}

static void assert_both(struct pair *p, uint16_t a, uint16_t b)
{
	assert_int_equal(pairs_at(p, a), 1);
	assert_int_equal(pairs_at(p, b), 1);
	assert_non_null(sa_at(p, a));
	assert_non_null(sa_at(p, b));
}

static void each_by_itself(void **state)
{
	struct pair *p = two(A, B, SERVER);

	(void)state;
	assert_both(p, 44500, 44600);
	assert_true(sa_at(p, 44500)->client);
	assert_true(sa_at(p, 44600)->client);
	assert_int_not_equal(sa_at(p, 44500)->client, sa_at(p, 44600)->client);
	two_end(p);
}

/* Whoever says that he remembers nothing speaks for himself, also without NAT-T. */
static void hidden_nat(void **state)
{
	struct pair *p = two(A, "no crypto ipsec nat-transparency udp-encapsulation\n" B,
			     SERVER);

	(void)state;
	assert_int_equal(sa_at(p, 40600)->client, 0);
	assert_int_equal(pairs_at(p, 44500), 1);
	assert_non_null(sa_at(p, 44500));
	two_end(p);
}

static void one_dies(void **state)
{
	struct pair *p = two("crypto isakmp keepalive 10 2 periodic\n" A,
			     "crypto isakmp keepalive 10 2 periodic\n" B,
			     "crypto isakmp keepalive 10 2 periodic\n" SERVER);
	unsigned int i;

	(void)state;
	for (i = 0; i < 60; i++) {
		assert_int_equal(pair_packet(p, LEFT), 0);
		pair_run(p, 1000);
	}
	assert_int_equal(pairs_at(p, 44500), 0);
	assert_null(sa_at(p, 44500));
	assert_int_equal(pairs_at(p, 44600), 1);
	assert_non_null(sa_at(p, 44600));
	two_end(p);
}

/* An authentic message of the one that is left. */
static void speaks(struct pair *p)
{
	struct host *h = &p->host[LEFT];

	want_flow(h->engine, pair_flow(p, LEFT), WANT_REKEY, NULL, 0);
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_settle(p);
	pair_run(p, 10000);
}

/* What comes later is of the same one, also what an earlier daemon has left. */
static void one_number_for_all(void **state)
{
	struct pair *p = two(A, "crypto isakmp policy 10\n lifetime 60\n" B, SERVER);
	unsigned int conn_id = sa_at(p, 44600)->conn_id;
	uint32_t b = sa_at(p, 44600)->client;

	(void)state;
	pair_run(p, 70000);
	assert_int_not_equal(sa_at(p, 44600)->conn_id, conn_id);
	assert_int_equal(sa_at(p, 44600)->client, b);
	pair_stop(p, RIGHT);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, SERVER);
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, B);
	p->host[LEFT].addr = addr_v4(0x0a090902, IKE_PORT);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	speaks(p);
	/* its adopted pair went when it said that it remembers nothing */
	assert_int_equal(pairs_at(p, 44600), 1);
	assert_int_equal(pairs_at(p, 44500), 1);
	two_end(p);
}

static void ports_are_swapped(void **state)
{
	struct pair *p = two(A, B, SERVER);
	uint32_t a, b;

	(void)state;
	a = sa_at(p, 44500)->client;
	b = sa_at(p, 44600)->client;
	ports(p, 40500, 44500);
	speaks(p);
	/* now both are there, for us */
	assert_int_equal(pairs_at(p, 44500), 2);
	other_one(p);
	ports(p, 40600, 44600);
	speaks(p);
	assert_both(p, 44500, 44600);
	assert_int_equal(sa_at(p, 44500)->client, b);
	assert_int_equal(sa_at(p, 44600)->client, a);
	two_end(p);
}

static struct {
	unsigned int n;
	uint16_t port;
} sent;

static unsigned int note_port(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)p;
	(void)n;
	if (pkt->to == LEFT && pkt->len > ISAKMP_HDR_LEN) {
		sent.n++;
		sent.port = pkt->dport;
	}
	return 0;
}

/* The older one's is told to him, though the other has come up later. */
static void deletes_go_to_their_own(void **state)
{
	struct pair *p = two(A, B, SERVER);
	struct list *pos, *tmp;

	(void)state;
	p->filter = note_port;
	list_for_each(&both_of(p)->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		memset(&sent, 0, sizeof(sent));
		v1_delete_child(c);
		assert_int_equal(sent.n, 1);
		assert_int_equal(sent.port, c->port_peer);
	}
	two_end(p);
}

/* Not the one with the lower SPI, as when both ends of one renewed at once. */
static void the_last_has_what_both_ask_for(void **state)
{
	struct pair *p = two(A, A, SERVER);
	const struct child_sa *c;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		struct host *h = &p->host[LEFT];

		want_flow(h->engine, pair_flow(p, LEFT), WANT_REKEY, NULL, 0);
		pair_run(p, 500);
		c = list_entry(both_of(p)->children.next, struct child_sa, of_peer);
		c = child_sa_of_flow(p->host[RIGHT].engine, c->flow);
		assert_non_null(c);
		assert_int_equal(c->port_peer, i % 2 ? 44500 : 44600);
		other_one(p);
	}
	two_end(p);
}

/* --- known by name ----------------------------------------------------------- */

#define NAMED(name, lan)						\
	POLICY TO_RIGHT PASSWORD("Secret-" name) ENDPOINT("fqdn " name)	\
	LAN_MAP(CFG_ADDR_RIGHT, lan, CFG_LAN_RIGHT)
#define ALICE	NAMED("alice", "10.1.0.0 0.0.0.255")
#define BOB	NAMED("bob", "10.3.0.0 0.0.0.255")
#define KEY_OF(name)	NAME_KEY("Secret-" name, name)

static void one_name_loses_its_key(void **state)
{
	struct pair *p = two(ALICE, BOB, POLICY KEY_OF("alice") KEY_OF("bob") DYNAMIC);

	(void)state;
	assert_both(p, 44500, 44600);
	pair_config(p, RIGHT, POLICY KEY_OF("bob") DYNAMIC);
	assert_int_equal(pairs_at(p, 44500), 0);
	assert_null(sa_at(p, 44500));
	assert_int_equal(pairs_at(p, 44600), 1);
	assert_non_null(sa_at(p, 44600));
	two_end(p);
}

/* Pairs last longer than what they were made with. */
static void after_its_isakmp_sa(void **state)
{
	static const char server[] = "crypto isakmp policy 10\n" POLICY_DEFAULT
		" lifetime 60\n" KEY_OF("alice") DYNAMIC;
	struct pair *p = begin(ALICE, server);

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	pair_stop(p, LEFT);
	pair_run(p, 120000);
	assert_null(sa_at(p, 44500));
	assert_int_equal(pairs_at(p, 44500), 1);
	pair_config(p, RIGHT, POLICY KEY_OF("bob") DYNAMIC);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* A key that others of its address might have is not the one to call it with. */
static void not_called_in_main_mode(void **state)
{
	struct pair *p = begin(ALICE, "crypto isakmp policy 10\n" POLICY_DEFAULT
			       " lifetime 60\n"
			       "crypto isakmp keepalive 10 2 periodic\n"
			       "crypto isakmp key Other address 0.0.0.0\n"
			       KEY_OF("alice") DYNAMIC);

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	pair_run(p, 300000);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_by_itself),
		cmocka_unit_test(hidden_nat),
		cmocka_unit_test(one_dies),
		cmocka_unit_test(one_number_for_all),
		cmocka_unit_test(ports_are_swapped),
		cmocka_unit_test(deletes_go_to_their_own),
		cmocka_unit_test(the_last_has_what_both_ask_for),
		cmocka_unit_test(one_name_loses_its_key),
		cmocka_unit_test(after_its_isakmp_sa),
		cmocka_unit_test(not_called_in_main_mode),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

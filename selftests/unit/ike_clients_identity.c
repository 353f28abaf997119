// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of those behind one NAT a peer is (F-111): by the port that it comes from, if it
 * calls itself like who had that before.
 */
#include "selftests/unit/ike_clients.h"

#define SERVER_60(keys)							\
	"crypto isakmp policy 10\n" POLICY_DEFAULT " lifetime 60\n"	\
	keys DYNAMIC
#define ANYBODY	"crypto isakmp key Secret address 0.0.0.0\n"
#define NAMED_ALICE "crypto isakmp identity hostname\nhostname alice\n"

/* As no configuration lets it: a name of no length. */
static void nameless(struct host *h)
{
	struct cm_config *cfg = (struct cm_config *)engine_config(h->engine);

	cfg->identity.kind = CFG_IDENTITY_FQDN;
	cfg->identity.text[0] = '\0';
}

/*
 * What was alice's stays hers: with her ISAKMP SA, or without, whatever is
 * said by who has her port now, unless it has her key.
 */
static void her_port_is_given_to_another(void **state)
{
	static const struct {
		const char *other;
		bool gone, nameless, she;
	} cases[] = {
		{ BOB, false, false, false },
		{ BOB, true, false, false },
		{ NAMED_ALICE B, false, false, false },
		{ NAMED_ALICE B, true, false, false },
		{ NAMED_ALICE A, false, false, false },
		{ B, false, true, false },
		{ B, true, true, false },
		{ ALICE, true, false, true },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = begin(ALICE, SERVER_60(ANYBODY KEY_OF("alice")
							KEY_OF("bob")));
		struct child_sa *hers;
		uint32_t spi;

		pair_behind_nat(&p->host[LEFT], 0x0a090901);
		comes(p);
		hers = list_entry(both_of(p)->children.next, struct child_sa,
				  of_peer);
		spi = hers->spi_in;
		vanishes(p);
		if (cases[i].gone)
			pair_run(p, 120000);
		assert_int_equal(!sa_at(p, 44500), cases[i].gone);
		arrives(p, cases[i].other, 2, 40500, 44500);
		if (cases[i].nameless)
			nameless(&p->host[LEFT]);
		comes(p);
		pair_run(p, 10000);
		hers = child_sa_by_spi(both_of(p), IPPROTO_ESP, true, spi);
		assert_int_equal(!hers, cases[i].she);
		if (hers)
			assert_int_not_equal(sa_at(p, 44500)->client,
					     hers->client);
		pair_free(p);
	}
}

static unsigned int numbers_of(struct pair *p, uint32_t *last)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	*last = 0;
	list_for_each(&both_of(p)->ike_sas, pos, tmp) {
		uint32_t client = list_entry(pos, struct ike_sa, of_peer)->client;

		n += client != *last;
		*last = client;
	}
	return n;
}

static void begins(struct pair *p, unsigned int i)
{
	struct host *h = &p->host[i];
	struct addr seen = pair_seen(&p->host[!i]);
	struct peer *peer = peer_get(h->engine, &seen);

	assert_non_null(peer);
	assert_int_equal(v1_connect(h->engine, peer, &h->addr, true), 0);
}

/* Whoever is further when the other comes to where it is numbered. */
static void both_begin_at_once(void **state)
{
	unsigned int late, i;
	uint32_t client;

	(void)state;
	for (late = 0; late < 6; late++) {
		struct pair *p = begin(LEFT_DEFAULT, RIGHT_DEFAULT);

		pair_behind_nat(&p->host[LEFT], 0x0a090901);
		ports(p, IKE_PORT, IKE_NATT_PORT);
		begins(p, RIGHT);
		for (i = 0; i < late; i++) {
			pair_deliver(p);
			work_poll(p->host[LEFT].pool);
			work_poll(p->host[RIGHT].pool);
		}
		begins(p, LEFT);
		pair_settle(p);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 2);
		assert_int_equal(numbers_of(p, &client), 1);
		assert_true(client);
		pair_free(p);
	}
}

/* Others that had its port in between do not hide it. */
static void its_number_is_found_again(void **state)
{
	struct pair *p = two(A, B, SERVER);
	uint32_t a = sa_at(p, 44500)->client;

	(void)state;
	ports(p, 40500, 44500);
	begins(p, LEFT);
	pair_settle(p);
	assert_int_not_equal(sa_at(p, 44500)->client, a);
	ports(p, 40600, 44600);
	other_one(p);
	begins(p, LEFT);
	pair_settle(p);
	assert_int_equal(sa_at(p, 44500)->client, a);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 4);
	two_end(p);
}

/* At the port that we call there may be somebody else by now. */
static void another_answers(void **state)
{
	struct pair *p = two(A, B, SERVER);
	struct ike_sa *old = sa_at(p, 44500);

	(void)state;
	ports(p, 40500, 44500);
	assert_int_equal(v1_connect_again(old), 0);
	pair_settle(p);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 3);
	assert_true(sa_at(p, 44500)->initiator);
	assert_true(sa_at(p, 44500)->client);
	assert_int_not_equal(sa_at(p, 44500)->client, old->client);
	assert_false(old->superseded);
	two_end(p);
}

/* And the same one, if it is the same. */
static void the_same_answers(void **state)
{
	struct pair *p = two(A, B, SERVER);
	struct ike_sa *old = sa_at(p, 44600);

	(void)state;
	pair_run(p, 5000);
	assert_int_equal(v1_connect_again(old), 0);
	pair_settle(p);
	assert_true(sa_at(p, 44600)->initiator);
	assert_int_equal(sa_at(p, 44600)->client, old->client);
	assert_true(old->superseded);
	two_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(her_port_is_given_to_another),
		cmocka_unit_test(both_begin_at_once),
		cmocka_unit_test(its_number_is_found_again),
		cmocka_unit_test(another_answers),
		cmocka_unit_test(the_same_answers),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

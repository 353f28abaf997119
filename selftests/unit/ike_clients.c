// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several peers behind one NAT, at one address (F-019, F-111): what one says and does is not
 * taken for another's.  Left is one of them at a time, the others wait aside:
 *
 *	10.9.9.1 a --- 44500 (NAT 192.0.2.1) --- 198.51.100.2 right
 *	10.9.9.2 b --- 44600
 */
#include "selftests/unit/ike_clients.h"

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
	server_restarts(p, SERVER);
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

/* --- what the server begins --------------------------------------------------- */

#define FOR_A_MINUTE	"crypto isakmp policy 10\n lifetime 60\n"
#define HIDDEN		"no crypto ipsec nat-transparency udp-encapsulation\n"

/* Not with the one who came last, whose port is known, too. */
static void renewed_with_the_same(void **state)
{
	struct pair *p = two(FOR_A_MINUTE A, B, SERVER);

	(void)state;
	listen_for_calls(p);
	pair_run(p, 47000);
	assert_true(called.n);
	assert_int_equal(called.port, 44500);
	assert_false(sa_at(p, 44600)->superseded);
	two_end(p);
}

/* Without a port of its own it could be the other one that hears us. */
static void hidden_is_not_called(void **state)
{
	unsigned int i;

	(void)state;
	/* An ISAKMP SA is enough to be another, and so is a pair. */
	for (i = 0; i < 3; i++) {
		struct pair *p = two(A, HIDDEN FOR_A_MINUTE B, SERVER);
		struct child_sa *other = list_entry(both_of(p)->children.next,
						    struct child_sa, of_peer);
		struct child_sa *c = list_entry(both_of(p)->children.prev,
						struct child_sa, of_peer);

		assert_int_equal(sa_at(p, 40600)->client, 0);
		assert_int_equal(c->port_peer, 0);
		vanishes(p);
		if (i == 1)
			child_sa_delete(other, CRYPTOMAP_TOMB_DELETED);
		if (i == 2)
			ike_sa_free(sa_at(p, 44500));
		listen_for_calls(p);
		pair_run(p, 90000);
		assert_null(sa_at(p, 40600));
		assert_int_equal(called.n, 0);
		want_flow(c->e, c->flow, WANT_REKEY, &c->remote, 0);
		pair_run(p, 10000);
		assert_int_equal(called.n, 0);
		two_end(p);
	}
}

/* Nor is it asked for the pair of another. */
static void renewals_are_not_asked_of_the_hidden(void **state)
{
	struct pair *p = two(FOR_A_MINUTE A, HIDDEN B, SERVER);
	struct child_sa *c = list_entry(both_of(p)->children.next,
					struct child_sa, of_peer);

	(void)state;
	pair_run(p, 70000);
	assert_null(sa_at(p, 44500));
	assert_non_null(sa_at(p, 40600));
	assert_int_equal(c->port_peer, 44500);
	wire.of[ISAKMP_EXCHANGE_QUICK] = 0;
	want_flow(c->e, c->flow, WANT_REKEY, &c->remote, 0);
	pair_run(p, 10000);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_QUICK], 0);
	two_end(p);
}

/* --- what an earlier daemon has left ------------------------------------------ */

#define DPD	"crypto isakmp keepalive 10 2 periodic\n"

/* A third one, whose NAT is not seen, has none of it. */
static void left_to_its_owners(void **state)
{
	struct pair *p = two(A, B, DPD SERVER);

	(void)state;
	server_restarts(p, DPD SERVER);
	vanishes(p);
	arrives(p, DPD HIDDEN CLIENT("10.5.0.0 0.0.0.255"), 3, 40700, 44700);
	comes(p);
	assert_non_null(sa_at(p, 40700));
	assert_int_equal(pairs_at(p, 44500), 1);
	assert_int_equal(pairs_at(p, 44600), 1);
	vanishes(p);
	pair_run(p, 60000);
	assert_null(sa_at(p, 40700));
	assert_int_equal(pairs_at(p, 44500), 1);
	assert_int_equal(pairs_at(p, 44600), 1);
	two_end(p);
}

static struct pair *client_restarts(const char *config)
{
	struct pair *p = begin(config, SERVER);

	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, config);
	p->host[LEFT].addr = addr_v4(0x0a090901, IKE_PORT);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	return p;
}

static bool any_adopted(struct pair *p, unsigned int i)
{
	struct addr seen = pair_seen(&p->host[!i]);
	struct peer *peer = peer_find(p->host[i].engine, &seen);
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp)
		if (list_entry(pos, struct child_sa, of_peer)->adopted)
			return true;
	return false;
}

/* The NAT may be ours: then its port is the one of the SA. */
static void the_one_at_its_port_has_it(void **state)
{
	struct pair *p = client_restarts(A);

	(void)state;
	pair_stop(p, RIGHT);
	sim_free(p->host[RIGHT].sim);
	p->host[RIGHT].sim = NULL;
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, SERVER);
	assert_true(any_adopted(p, LEFT));
	pair_run(p, 3000);
	assert_true(heard(p, LEFT, ISAKMP_NOTIFY_INITIAL_CONTACT));
	assert_false(any_adopted(p, LEFT));
	pair_free(p);
}

static unsigned int asked;

static unsigned int no_quick_mode(struct pair *p, struct packet *pkt, unsigned int n)
{
	size_t len;
	uint8_t exchange = ike_of(pkt, &len)[18];

	(void)p;
	(void)n;
	asked += pkt->to == RIGHT && exchange == ISAKMP_EXCHANGE_INFORMATIONAL;
	return exchange != ISAKMP_EXCHANGE_QUICK;
}

/* Until another pair follows it is a sign of life. */
static void its_traffic_is_a_sign_of_life(void **state)
{
	struct pair *p = client_restarts(DPD A);
	unsigned int i;

	(void)state;
	p->filter = no_quick_mode;
	asked = 0;
	for (i = 0; i < 15; i++) {
		pair_run(p, 1000);
		assert_int_equal(pair_packet(p, RIGHT), 0);
	}
	assert_true(ike_sa_established(pair_ike(p, LEFT)));
	assert_true(any_adopted(p, LEFT));
	assert_int_equal(asked, 0);
	pair_free(p);
}

/* --- one says what is another's ---------------------------------------------- */

/* An authentic DELETE of left's of an ISAKMP SA. */
static void say_delete(struct pair *p, const uint8_t *cookies)
{
	struct ike_sa *sa = pair_ike(p, LEFT);
	uint8_t iv[CRYPTO_BLOCK_MAX], hash[CRYPTO_HASH_MAX];
	uint32_t mid = v1_new_message_id(sa);
	const struct isakmp_payload payload = {
		.type = ISAKMP_PAYLOAD_DELETE,
		.del = {
			.doi = ISAKMP_DOI_IPSEC,
			.protocol = ISAKMP_PROTO_ISAKMP,
			.spi_len = 2 * ISAKMP_COOKIE_LEN,
			.nspis = 1,
			.spis = cookies,
		},
	};
	struct isakmp_writer w;
	size_t at, rest;
	struct buf b;

	buf_init(&b, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, &b, ISAKMP_EXCHANGE_INFORMATIONAL, mid, true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(&b);
	isakmp_put_payload(&w, &payload);
	assert_int_equal(ikev1_hash_1(&sa->keys, mid,
				      CRYPTO_CHUNK(buf_data(&b) + rest,
						   buf_len(&b) - rest),
				      hash), 0);
	buf_set(&b, at, hash, sa->keys.len);
	assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv, mid,
					  iv), 0);
	assert_int_equal(v1_message_end(sa, &w, iv), 0);
	v1_send(sa, &b);
	buf_free(&b);
	pair_settle(p);
}

/* Its cookies can be read by who is behind the same NAT. */
static void nobody_deletes_anothers(void **state)
{
	struct pair *p = two(A, B, SERVER);
	uint8_t cookies[2 * ISAKMP_COOKIE_LEN];
	uint16_t ports[] = { 44500, 44600 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const struct ike_sa *sa = sa_at(p, ports[i]);

		memcpy(cookies, sa->cookie_i, ISAKMP_COOKIE_LEN);
		memcpy(cookies + ISAKMP_COOKIE_LEN, sa->cookie_r,
		       ISAKMP_COOKIE_LEN);
		say_delete(p, cookies);
		assert_non_null(sa_at(p, 44500));
		assert_int_equal(!sa_at(p, 44600), i);
	}
	two_end(p);
}

/* Who asks for the same has the traffic, but the other's pair stays. */
static void nobody_supersedes_anothers(void **state)
{
	struct pair *p = two(A, A, SERVER);
	unsigned int i;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 10000);
	assert_both(p, 44500, 44600);
	for (i = 0; i < 12; i++) {
		want_flow(p->host[LEFT].engine, pair_flow(p, LEFT), WANT_REKEY,
			  NULL, 0);
		pair_run(p, 500);
	}
	pair_run(p, 10000);
	assert_int_equal(pairs_at(p, 44500), 1);
	assert_true(pairs_at(p, 44600) > 1);
	two_end(p);
}

/* Who comes back elsewhere leaves nothing behind. */
static void its_own_goes_when_it_comes_back(void **state)
{
	struct pair *p = two(B, A, SERVER);
	uint32_t client = sa_at(p, 44600)->client;

	(void)state;
	vanishes(p);
	arrives(p, A, 2, 40700, 44700);
	comes(p);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_not_equal(sa_at(p, 44700)->client, client);
	pair_run(p, 10000);
	assert_int_equal(pairs_at(p, 44600), 0);
	assert_int_equal(pairs_at(p, 44700), 1);
	assert_int_equal(pairs_at(p, 44500), 1);
	two_end(p);
}

/* --- known by name ----------------------------------------------------------- */

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
		cmocka_unit_test(renewed_with_the_same),
		cmocka_unit_test(hidden_is_not_called),
		cmocka_unit_test(renewals_are_not_asked_of_the_hidden),
		cmocka_unit_test(left_to_its_owners),
		cmocka_unit_test(the_one_at_its_port_has_it),
		cmocka_unit_test(its_traffic_is_a_sign_of_life),
		cmocka_unit_test(nobody_deletes_anothers),
		cmocka_unit_test(nobody_supersedes_anothers),
		cmocka_unit_test(its_own_goes_when_it_comes_back),
		cmocka_unit_test(one_name_loses_its_key),
		cmocka_unit_test(after_its_isakmp_sa),
		cmocka_unit_test(not_called_in_main_mode),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

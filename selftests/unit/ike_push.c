// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration that the server begins: SET and ACK, and quick mode that waits.
 * F-031 C-019
 */
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_ezvpn.h"

#define INITIATE	"crypto map M client configuration address initiate\n"
#define OPEN_SERVER	POLICY AAA GROUP GROUPS_OF_MAP INITIATE TEMPLATE
#define PUSHER		POLICY AAA GROUP LOGIN GROUPS_OF_MAP INITIATE TEMPLATE

/* The client is let in, and has said so, or not. */
static void let_in(struct pair *p, bool ack)
{
	client_begin(p);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	if (ack)
		client_ack(p);
}

/* The last message is a SET with the address, if the client does not ask for a second. */
static void is_pushed(struct pair *p)
{
	if (server_sa(p)->access->push == PUSH_LATER)
		pair_run(p, 1000);
	client_open(p, heard.n - 1, true);
	assert_int_equal(heard.cfg.type, ISAKMP_CFG_SET);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
}

/* Acknowledge what was opened last; with the address, or not. */
static void acknowledge(struct pair *p, bool address)
{
	struct buf body;
	unsigned int i;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_ACK, heard.cfg.id);
	for (i = 0; i < heard.cfg.n; i++)
		if (address || heard.cfg.attrs[i].type != ISAKMP_CFG_IP4_ADDRESS)
			isakmp_cfg_put(&body, heard.cfg.attrs[i].type, NULL, 0);
	client_say(p, &body);
}

static void what_is_pushed(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	unsigned int n;

	(void)state;
	let_in(p, false);
	server_sa(p)->vendors |= IKE_PEER_UNITY;
	n = heard.n;
	assert_int_equal(count_leases(p), 0);
	client_ack(p);
	assert_int_equal(heard.n, n);
	is_pushed(p);
	assert_int_equal(heard.n, n + 1);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_NETMASK, 0xffffff00));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020035));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020036));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_NBNS, 0x0a020037));
	assert_true(client_has_text(ISAKMP_CFG_UNITY_BANNER, "hello"));
	assert_true(client_has_text(ISAKMP_CFG_UNITY_DEF_DOMAIN, "example.test"));
	assert_non_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_SPLIT_INCLUDE));
	acknowledge(p, true);
	assert_int_equal(server_sa(p)->access->push, PUSH_NONE);
	assert_int_equal(count_leases(p), 1);
	pair_run(p, 10000);
	assert_int_equal(heard.n, n + 1);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

/* Who is not asked for a user is told at once. */
static void without_a_user(void **state)
{
	struct pair *p = client_new(CLIENT, OPEN_SERVER);

	(void)state;
	client_begin(p);
	assert_int_equal(heard.n, 1);
	is_pushed(p);
	acknowledge(p, true);
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* 6.5: it is there before the address, and is answered with the ACK, at once. */
static void quick_mode_waits(void **state)
{
	struct pair *p = client_new(CLIENT, OPEN_SERVER);

	(void)state;
	client_begin(p);
	assert_true(buf_len(&server_sa(p)->access->held));
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_FAILED), 0);
	is_pushed(p);
	acknowledge(p, true);
	/* Before it would be repeated. */
	pair_run(p, 5);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RETRANSMITS), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* From another port at the same NAT: to the gateway's port 4500. */
static void stranger_says(struct pair *p, uint16_t port, const void *data, size_t len)
{
	struct addr local = p->host[RIGHT].addr, from = pair_seen(&p->host[LEFT]);
	struct buf b;

	local.port = IKE_NATT_PORT;
	from.port = port;
	buf_init(&b, 4 + ISAKMP_MSG_MAX);
	buf_put_u32(&b, 0);
	buf_put(&b, data, len);
	engine_input(p->host[RIGHT].engine, &local, &from, buf_data(&b), buf_len(&b));
	buf_free(&b);
}

/* Quick mode is taken from where it came, not from where the last datagram did. */
static void held_for_its_own_port(void **state)
{
	static const uint8_t nothing[ISAKMP_HDR_LEN] = { 1 };
	struct pair *p = client_new(CLIENT, OPEN_SERVER);
	struct addr last = { 0 };
	struct ike_sa *sa;
	struct buf held;
	unsigned int i;

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	client_begin(p);
	sa = server_sa(p);
	assert_true(buf_len(&sa->access->held));
	assert_int_equal(sa->remote.port, 44500);
	/* Somebody has seen it, and says it from elsewhere. */
	buf_init(&held, ISAKMP_MSG_MAX);
	buf_put(&held, buf_data(&sa->access->held), buf_len(&sa->access->held));
	stranger_says(p, 44777, buf_data(&held), buf_len(&held));
	buf_free(&held);
	pair_stop(p, LEFT);
	for (i = 0; i < 400 && sa->access->push; i++) {
		stranger_says(p, 44777, nothing, sizeof(nothing));
		last = p->host[RIGHT].engine->rx_remote;
		pair_run(p, 500);
	}
	assert_false(buf_len(&sa->access->held));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_NAT_MOVED), 0);
	assert_ptr_equal(server_sa(p), sa);
	assert_int_equal(sa->remote.port, 44500);
	assert_true(addr_port_equal(&p->host[RIGHT].engine->rx_remote, &last));
	pair_free(p);
}

/* Whoever is at the client's address: without the keys he ends no waiting, and is not kept. */
static void garbage_is_not_held(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	static const uint8_t zeros[64];
	uint8_t bad[ISAKMP_HDR_LEN + sizeof(zeros)];
	struct v1_access *a;
	struct isakmp_writer w;
	struct buf b;

	(void)state;
	let_in(p, false);
	a = server_sa(p)->access;
	assert_int_equal(a->push, PUSH_LATER);
	buf_init(&b, ISAKMP_MSG_MAX);
	v1_message_begin(server_sa(p), &w, &b, ISAKMP_EXCHANGE_QUICK, 0x4711, true);
	buf_put(&b, zeros, sizeof(zeros));
	assert_int_equal(isakmp_end(&w, 1), 0);
	assert_int_equal(buf_len(&b), sizeof(bad));
	memcpy(bad, buf_data(&b), sizeof(bad));
	buf_free(&b);
	client_deliver(p, bad, sizeof(bad));
	assert_int_equal(a->push, PUSH_LATER);
	assert_false(buf_len(&a->held));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_BAD_HASH), 1);
	/* in clear neither */
	bad[19] = 0;
	client_deliver(p, bad, sizeof(bad));
	assert_int_equal(a->push, PUSH_LATER);
	assert_false(buf_len(&a->held));
	pair_free(p);
	/* nor in place of what is held */
	p = client_new(CLIENT, OPEN_SERVER);
	client_begin(p);
	a = server_sa(p)->access;
	memcpy(bad, server_sa(p)->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(bad + ISAKMP_COOKIE_LEN, server_sa(p)->cookie_r, ISAKMP_COOKIE_LEN);
	bad[19] = ISAKMP_FLAG_ENCRYPTION;
	assert_true(buf_len(&a->held) > sizeof(bad));
	client_deliver(p, bad, sizeof(bad));
	assert_true(buf_len(&a->held) > sizeof(bad));
	is_pushed(p);
	acknowledge(p, true);
	pair_run(p, 5);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

static void the_address_is_refused(void **state)
{
	struct pair *p = client_new(CLIENT, OPEN_SERVER);

	(void)state;
	client_begin(p);
	is_pushed(p);
	assert_int_equal(count_leases(p), 1);
	acknowledge(p, false);
	assert_int_equal(count_leases(p), 0);
	assert_null(server_sa(p)->access->lease);
	pair_settle(p);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

/* With a user an address is needed: what it asks for without is refused. */
static void refused_and_used(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);

	(void)state;
	let_in(p, true);
	is_pushed(p);
	acknowledge(p, false);
	pair_run(p, 10000);
	assert_int_equal(count_leases(p), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "its address is none"));
	pair_free(p);
}

static void no_answer(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	unsigned int n;

	(void)state;
	let_in(p, true);
	is_pushed(p);
	n = heard.n;
	pair_run(p, 1500);
	assert_int_equal(heard.n, n + 1);
	assert_int_equal(heard.kept[n].len, heard.kept[n - 1].len);
	assert_memory_equal(heard.kept[n].data, heard.kept[n - 1].data,
			    heard.kept[n].len);
	assert_int_equal(count_leases(p), 1);
	pair_run(p, 120000);
	assert_int_equal(heard.n, n + V1_RETRANSMITS);
	assert_int_equal(count_leases(p), 0);
	assert_int_equal(server_sa(p)->access->push, PUSH_NONE);
	pair_free(p);
}

/* What acknowledges the status is lost; quick mode says as much. */
static void the_status_is_not_acknowledged(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	unsigned int i;

	(void)state;
	let_in(p, false);
	pair_run(p, 1);
	assert_int_equal(server_sa(p)->access->push, PUSH_LATER);
	for (i = 0; i < 40 && server_sa(p)->access->push == PUSH_LATER; i++)
		pair_run(p, 500);
	assert_true(buf_len(&server_sa(p)->access->held));
	is_pushed(p);
	acknowledge(p, true);
	assert_int_equal(count_leases(p), 1);
	pair_free(p);
}

/* Nor does it go on: it is told all the same. */
static void the_client_is_quiet(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	unsigned int i;

	(void)state;
	let_in(p, false);
	pair_stop(p, LEFT);
	for (i = 0; i < 200 && server_sa(p)->access->push == PUSH_LATER; i++)
		pair_run(p, 500);
	assert_int_equal(server_sa(p)->access->push, PUSH_SENT);
	assert_false(buf_len(&server_sa(p)->access->held));
	assert_int_equal(count_leases(p), 1);
	pair_run(p, 200000);
	assert_int_equal(count_leases(p), 0);
	pair_free(p);
}

/* It gets an answer, and no SET; nor one again, after it. */
static void who_asks_first(void **state)
{
	unsigned int n, ack;

	(void)state;
	for (ack = 0; ack < 2; ack++) {
		struct pair *p = client_new(CLIENT, PUSHER);

		let_in(p, ack);
		client_config(p);
		assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
		n = heard.n;
		pair_run(p, 60000);
		assert_int_equal(heard.n, n);
		assert_int_equal(count_leases(p), 1);
		assert_int_equal(pair_packet(p, LEFT), 0);
		pair_free(p);
	}
}

static void who_asks_meanwhile(void **state)
{
	struct pair *p = client_new(CLIENT, PUSHER);
	unsigned int n;

	(void)state;
	let_in(p, true);
	is_pushed(p);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	n = heard.n;
	pair_run(p, 60000);
	assert_int_equal(heard.n, n);
	assert_int_equal(count_leases(p), 1);
	pair_free(p);
}

/* An ACK that nobody waits for changes nothing. */
static void acknowledged_twice(void **state)
{
	struct pair *p = client_new(CLIENT, OPEN_SERVER);
	struct buf body, out;

	(void)state;
	client_begin(p);
	is_pushed(p);
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_ACK, heard.cfg.id);
	isakmp_cfg_put(&body, ISAKMP_CFG_IP4_ADDRESS, NULL, 0);
	client_build(p, &body, &out);
	client_deliver(p, buf_data(&out), buf_len(&out));
	client_deliver(p, buf_data(&out), buf_len(&out));
	pair_settle(p);
	assert_int_equal(count_leases(p), 1);
	assert_int_equal(pair_children(p, RIGHT), 1);
	buf_free(&body);
	buf_free(&out);
	pair_free(p);
}

/* `respond` alone; a router that an entry names; who has a key with no-xauth. */
static void who_is_not_told(void **state)
{
	struct pair *p = client_new(CLIENT, POLICY AAA GROUP GROUPS_OF_MAP
				    RESPOND TEMPLATE);

	(void)state;
	client_begin(p);
	pair_run(p, 5000);
	assert_int_equal(heard.n, 0);
	assert_int_equal(count_leases(p), 0);
	pair_free(p);

	p = client_new(LEFT_DEFAULT,
		       CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "")
		       AAA GROUP GROUPS_OF_MAP INITIATE);
	client_begin(p);
	pair_run(p, 5000);
	assert_int_equal(heard.n, 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* The new one of the same user has the same address. */
static void pushed_again_with_phase_1(void **state)
{
	struct pair *p = client_new(CLIENT, OPEN_SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct lease *l;

	(void)state;
	client_begin(p);
	is_pushed(p);
	acknowledge(p, true);
	pair_run(p, 3000);
	l = list_first(&p->host[RIGHT].engine->leases, struct lease, all);
	v1_connect(left, peer_find(left, &p->host[RIGHT].addr),
		   &p->host[LEFT].addr, true);
	pair_run(p, 5);
	is_pushed(p);
	acknowledge(p, true);
	assert_ptr_equal(server_sa(p)->access->lease, l);
	assert_int_equal(count_leases(p), 1);
	pair_free(p);
}

/* --- our own client ------------------------------------------------------------- */

/* The client's own requests are lost. */
static unsigned int lose_requests(struct pair *p, struct packet *pkt, unsigned int n)
{
	const struct ike_sa *sa = pkt->to == RIGHT ? pair_ike(p, LEFT) : NULL;
	const uint8_t *data;
	size_t len;

	(void)n;
	if (!sa || !sa->ezvpn || !sa->ezvpn->own.id || pkt->len < ISAKMP_HDR_LEN)
		return 1;
	data = ike_of(pkt, &len);
	return ((uint32_t)data[20] << 24 | data[21] << 16 | data[22] << 8 |
		data[23]) != sa->ezvpn->own.id;
}

static void our_client_takes_it(void **state)
{
	static const char *const servers[] = { PUSHER, OPEN_SERVER };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = pair_new(EZ, servers[i]);

		p->filter = lose_requests;
		pair_run(p, 5000);
		ez_works(p);
		assert_int_equal(addr_to_v4(&ez_of(p)->conf.live.address),
				 0x0a63000a);
		assert_int_equal(ez_of(p)->conf.live.n_split, 2);
		assert_int_equal(count_leases(p), 1);
		assert_int_equal(server_sa(p)->access->push, PUSH_NONE);
		pair_free(p);
	}
}

/* Both begin at the same time. */
static void our_client_asks_too(void **state)
{
	struct pair *p = ez_new(EZ, PUSHER);

	(void)state;
	ez_works(p);
	assert_int_equal(count_leases(p), 1);
	pair_traffic(p, 30);
	pair_free(p);
}

/* A network needs no address, and it says so. */
static void our_client_needs_none(void **state)
{
	struct pair *p = pair_new(EZ_OF(EZ_GROUP EZ_ALICE " mode network-extension\n")
				  "interface lan0\n crypto ipsec client ezvpn EZ inside\n",
				  OPEN_SERVER);

	(void)state;
	p->filter = lose_requests;
	assert_int_equal(prefix_parse(&p->host[LEFT].inside, "10.1.0.0/24"), 0);
	pair_run(p, 60000);
	assert_non_null(server_sa(p));
	assert_int_equal(server_sa(p)->access->push, PUSH_NONE);
	assert_int_equal(count_leases(p), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_pushed),
		cmocka_unit_test(without_a_user),
		cmocka_unit_test(quick_mode_waits),
		cmocka_unit_test(held_for_its_own_port),
		cmocka_unit_test(garbage_is_not_held),
		cmocka_unit_test(the_address_is_refused),
		cmocka_unit_test(refused_and_used),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(the_status_is_not_acknowledged),
		cmocka_unit_test(the_client_is_quiet),
		cmocka_unit_test(who_asks_first),
		cmocka_unit_test(who_asks_meanwhile),
		cmocka_unit_test(acknowledged_twice),
		cmocka_unit_test(who_is_not_told),
		cmocka_unit_test(pushed_again_with_phase_1),
		cmocka_unit_test(our_client_takes_it),
		cmocka_unit_test(our_client_asks_too),
		cmocka_unit_test(our_client_needs_none),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

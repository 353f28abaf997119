// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration: what a client is told, and to whom its address belongs.
 * F-030 F-032 C-019 R-31 E-042 E-091
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"

static void login(struct pair *p, const char *user)
{
	char password[CFG_NAME_SIZE + 2];

	client_begin(p);
	snprintf(password, sizeof(password), "%spw", user);
	client_login(p, user, password);
	assert_int_equal(client_status(p), 1);
	client_ack(p);
}

static void what_a_client_is_told(void **state)
{
	static const uint8_t nets[] = {
		10, 2, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0,
		10, 4, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	struct pair *p = client_new(CLIENT, SERVER);
	const struct isakmp_attr *a;

	(void)state;
	login(p, "alice");
	server_sa(p)->vendors |= IKE_PEER_UNITY;
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_NETMASK, 0xffffff00));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020035));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020036));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_NBNS, 0x0a020037));
	assert_true(client_has_text(ISAKMP_CFG_UNITY_BANNER, "hello"));
	assert_true(client_has_text(ISAKMP_CFG_UNITY_DEF_DOMAIN, "example.test"));
	a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_SAVE_PASSWD);
	assert_true(a && !a->variable && a->value == 1);
	a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_SPLIT_INCLUDE);
	assert_true(a && a->len == sizeof(nets));
	assert_memory_equal(a->data, nets, sizeof(nets));
	a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_APPLICATION_VERSION);
	assert_true(a && a->len > 9 && !memcmp(a->data, "cryptomap", 9));
	/* Once each, the two name servers alone twice; nothing that is not known. */
	assert_int_equal(heard.cfg.n, 10);
	pair_free(p);
}

static void unity_is_for_those_who_say_it(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	unsigned int i;

	(void)state;
	login(p, "alice");
	client_config(p);
	assert_int_equal(heard.cfg.n, 6);
	for (i = 0; i < heard.cfg.n; i++)
		assert_in_range(heard.cfg.attrs[i].type, 1, 7);
	pair_free(p);
}

/* What only groups that say it have, with each way to say that PFS is wanted (C-029). */
static void pfs_and_more(void **state)
{
	static const uint8_t lan[] = { 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0 };
	static const struct { const char *lines; bool pfs; } cases[] = {
		{ "", false },
		{ "crypto isakmp client configuration group G\n pfs\n", true },
		{ "crypto dynamic-map D 10\n set pfs group14\n", true },
		{ "crypto dynamic-map D 10\n set pfs group14\n"
		  "crypto dynamic-map D 20\n set transform-set TS\n", false },
	};
	static const uint16_t wanted[] = {
		ISAKMP_CFG_UNITY_PFS, ISAKMP_CFG_UNITY_LOCAL_LAN,
		ISAKMP_CFG_UNITY_SPLIT_DNS, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
	};
	const struct isakmp_attr *a;
	char text[4000];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p;

		snprintf(text, sizeof(text), SERVER "%s"
			 "crypto isakmp client configuration group G\n"
			 " split-dns a.test\n split-dns b.test\n"
			 " backup-gateway 192.0.2.8\n backup-gateway 192.0.2.9\n"
			 "%s", cases[i].lines, i ? " include-local-lan\n" : "");
		p = client_new(CLIENT, text);
		login(p, "alice");
		server_sa(p)->vendors |= IKE_PEER_UNITY;
		client_request(p, wanted, 4);
		client_open(p, heard.n - 1, false);
		a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_PFS);
		assert_true(a && !a->variable && a->value == cases[i].pfs);
		assert_true(client_has_text(ISAKMP_CFG_UNITY_SPLIT_DNS,
					    "a.test,b.test"));
		assert_true(client_has_text(ISAKMP_CFG_UNITY_BACKUP_SERVERS,
					    "192.0.2.8,192.0.2.9"));
		a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_LOCAL_LAN);
		assert_int_equal(!!a, !!i);
		assert_true(!a || (a->len == sizeof(lan) &&
				   !memcmp(a->data, lan, sizeof(lan))));
		pair_free(p);
	}
}

/* Who is told to use it and does not has no tunnel. */
static void pfs_that_is_not_used(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER
		"crypto isakmp client configuration group G\n pfs\n");

	(void)state;
	login(p, "alice");
	client_config(p);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "pfs of the client's group is on"));
	pair_free(p);
	p = client_new(CLIENT "crypto map M 10 ipsec-isakmp\n set pfs group14\n",
		       SERVER "crypto isakmp client configuration group G\n pfs\n");
	client_in(p);
	pair_free(p);
}

/* So that the client stays when its group goes. */
#define OWN_KEY	"crypto isakmp key GroupSecret hostname G\n"

/* What is asked for alone, and nothing where nothing is configured. */
static void what_is_asked_for(void **state)
{
	static const uint16_t dns[] = { ISAKMP_CFG_IP4_DNS };
	static const char *const without[] = {
		"no crypto map M client configuration address\n",
		"no crypto map M isakmp authorization list\n",
		"no crypto isakmp client configuration group G\n",
		"no aaa authorization network GROUPS\n",
	};
	struct pair *p = client_new(CLIENT, SERVER OWN_KEY);
	char text[3000];
	unsigned int i;

	(void)state;
	login(p, "alice");
	client_request(p, dns, 1);
	client_open(p, heard.n - 1, false);
	assert_int_equal(heard.cfg.n, 2);
	assert_int_equal(count_leases(p), 0);
	for (i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		snprintf(text, sizeof(text), SERVER OWN_KEY "%s", without[i]);
		pair_config(p, RIGHT, text);
		client_config(p);
		assert_int_equal(heard.cfg.n, 0);
		assert_int_equal(count_leases(p), 0);
	}
	pair_config(p, RIGHT, SERVER OWN_KEY);
	client_config(p);
	assert_int_equal(count_leases(p), 1);
	pair_free(p);
}

static void said_again(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct buf body, out;

	(void)state;
	login(p, "alice");
	heard.n = 0;
	client_body(p, ISAKMP_CFG_REQUEST, all_attrs, N_ALL, &body);
	client_build(p, &body, &out);
	client_deliver(p, buf_data(&out), buf_len(&out));
	client_deliver(p, buf_data(&out), buf_len(&out));
	pair_settle(p);
	assert_int_equal(heard.n, 2);
	assert_int_equal(heard.kept[0].len, heard.kept[1].len);
	assert_memory_equal(heard.kept[0].data, heard.kept[1].data,
			    heard.kept[0].len);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE), 1);
	buf_free(&body);
	buf_free(&out);
	pair_free(p);
}

/* A request that is old, ours come back, or no request. */
static void what_is_not_answered(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct buf body, out;
	uint8_t type;

	(void)state;
	login(p, "alice");
	client_body(p, ISAKMP_CFG_REQUEST, all_attrs, N_ALL, &body);
	client_build(p, &body, &out);
	buf_free(&body);
	client_deliver(p, buf_data(&out), buf_len(&out));
	client_config(p);
	heard.n = 0;
	client_deliver(p, buf_data(&out), buf_len(&out));
	pair_settle(p);
	assert_int_equal(heard.n, 0);
	buf_free(&out);
	for (type = 0; type < 7; type++) {
		if (type == ISAKMP_CFG_REQUEST)
			continue;
		client_body(p, type, all_attrs, N_ALL, &body);
		client_say(p, &body);
	}
	assert_int_equal(heard.n, 0);
	pair_free(p);
}

/* --- whose address it is ---------------------------------------------------------- */

static void another_address_is_refused(void **state)
{
	struct pair *p = client_new(CLIENT_OF("10.99.0.11", "GroupSecret"),
				    SERVER);

	(void)state;
	login(p, "alice");
	client_config(p);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "asks for 10.99.0.11/32, but its address is 10.99.0.10"));
	pair_free(p);
}

static void who_did_not_ask_has_none(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	login(p, "alice");
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "its address is none"));
	pair_free(p);
}

/* Nor may who has no address, and needs none, ask for that of another. */
static void anothers_address(void **state)
{
	static const char bob[] = POLICY
		"crypto isakmp key Router address " CFG_ADDR_RIGHT "\n"
		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
		"access-list 101 permit ip host 10.99.0.10 any\n"
		"crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"
		" set transform-set TS\n match address 101\n"
		"interface wan0\n crypto map M\n";
	struct pair *p = client_new(bob, SERVER
		"crypto isakmp key Router address 192.0.2.1 no-xauth\n");
	struct engine *e = p->host[RIGHT].engine;
	struct addr elsewhere = addr_v4(0xcb007107, 0), none = { 0 };
	struct pool_use use;
	struct lease *l;

	(void)state;
	assert_int_equal(pool_use_init(&use, cfg_pool_find(engine_config(e), "EZ")), 0);
	l = lease_new(&e->leases, &use, &none, "alice", &elsewhere, 0);
	pool_use_free(&use);
	assert_non_null(l);
	client_begin(p);
	pair_run(p, 10000);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "10.99.0.10, which is the address of another client"));
	lease_put(l);
	pair_packet(p, LEFT);
	pair_run(p, 60000);
	pair_packet(p, LEFT);
	pair_run(p, 5000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* Where no addresses are given the dynamic map decides. */
static void where_none_is_given(void **state)
{
	struct pair *p = client_new(CLIENT, POLICY AAA GROUP LOGIN GROUPS_OF_MAP
				    TEMPLATE);

	(void)state;
	login(p, "alice");
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* The ISAKMP SA and the pair have it; with the last of them it is free. */
static void it_is_given_back(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	const struct lease *l;

	(void)state;
	client_in(p);
	assert_int_equal(count_leases(p), 1);
	l = list_first(&p->host[RIGHT].engine->leases, struct lease, all);
	assert_int_equal(l->refs, 2);
	assert_string_equal(l->user, "alice");
	v1_end_ike(server_sa(p), false, "test");
	assert_int_equal(count_leases(p), 1);
	assert_int_equal(l->refs, 1);
	child_sa_delete(list_first(&peer_find(p->host[RIGHT].engine,
					      &p->host[LEFT].addr)->children,
				   struct child_sa, of_peer),
			CRYPTOMAP_TOMB_DELETED);
	assert_int_equal(count_leases(p), 0);
	pair_free(p);
}

/* The pool has one address; another user, and the same one again. */
/* Who goes gives it back, though what he said of his pair was lost. */
static void who_goes_gives_it_back(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_in(p);
	assert_int_equal(count_leases(p), 1);
	client_deletes(p, pair_ike(p, LEFT), pair_ike(p, LEFT));
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(count_leases(p), 0);
	pair_free(p);
}

static void the_pool_is_empty(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct lease *l;

	(void)state;
	client_in(p);
	l = lease_get(list_first(&p->host[RIGHT].engine->leases, struct lease,
				 all));
	heard.deaf = true;
	policy_end_peer(peer_find(p->host[RIGHT].engine, &p->host[LEFT].addr), "test");
	assert_int_equal(l->refs, 1);
	pair_stop(p, LEFT);
	sim_free(p->host[LEFT].sim);
	p->host[LEFT].sim = NULL;
	pair_start(p, LEFT);
	pair_config(p, LEFT, CLIENT);
	heard.n = 0;
	login(p, "bob");
	client_config(p);
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_ADDRESS));
	assert_true(heard.cfg.n > 0);
	lease_put(l);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	pair_free(p);
}

/* A new ISAKMP SA of the same user, beside the old one. */
static void kept_when_phase_1_is_renewed(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct addr local = p->host[LEFT].addr;
	struct lease *l;

	(void)state;
	client_in(p);
	l = list_first(&p->host[RIGHT].engine->leases, struct lease, all);
	heard.n = 0;
	v1_connect(p->host[LEFT].engine,
		   peer_find(p->host[LEFT].engine, &p->host[RIGHT].addr),
		   &local, true);
	pair_run(p, 5);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_int_equal(pair_packet(p, LEFT), 0);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	assert_ptr_equal(server_sa(p)->access->lease, l);
	assert_int_equal(l->refs, 3);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	pair_run(p, 30000);	/* the old one has gone */
	assert_int_equal(l->refs, 2);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

/* Who is not asked for a user has an address all the same. */
static void kept_without_a_user(void **state)
{
	struct pair *p = client_new(CLIENT, POLICY AAA GROUP GROUPS_OF_MAP
				    RESPOND TEMPLATE);
	struct engine *left = p->host[LEFT].engine;
	struct peer *peer = peer_get(left, &p->host[RIGHT].addr);
	struct lease *l;

	(void)state;
	v1_connect(left, peer, &p->host[LEFT].addr, true);
	pair_settle(p);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	client_begin(p);
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	l = list_first(&p->host[RIGHT].engine->leases, struct lease, all);
	v1_connect(left, peer, &p->host[LEFT].addr, true);
	pair_run(p, 31000);	/* the one before goes */
	assert_int_equal(list_length(&server_sa(p)->peer->ike_sas), 1);
	assert_ptr_equal(server_sa(p)->access->lease, l);
	/* So that its next pair is not refused as another's. */
	want_flow(left, pair_flow(p, LEFT), WANT_RENEW, &p->host[RIGHT].addr, 1);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_FAILED), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* Two ISAKMP SAs of it were there before it asked: it has one address all the same. */
static void asked_for_twice(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct ike_sa *first, *client;

	(void)state;
	login(p, "alice");
	client = pair_ike(p, LEFT);
	first = server_sa(p);
	v1_connect(left, client->peer, &p->host[LEFT].addr, true);
	pair_run(p, 5);
	assert_ptr_not_equal(server_sa(p), first);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	client_config(p);
	assert_non_null(server_sa(p)->access->lease);
	assert_null(first->access->lease);
	/* Now with the first one. */
	list_del(&client->of_peer);
	list_add(&client->peer->ike_sas, &client->of_peer);
	client_config(p);
	assert_ptr_equal(first->access->lease, server_sa(p)->access->lease);
	pair_free(p);
}

/* We do not begin: neither phase 1, nor the flow of a client that has gone. */
static void clients_begin(void **state)
{
	struct pair *p = client_new(CLIENT, "crypto isakmp keepalive 10\n" SERVER);
	uint32_t flow;
	unsigned int sent;

	(void)state;
	client_in(p);
	flow = pair_flow(p, RIGHT);
	heard.deaf = true;
	v1_end_ike(server_sa(p), false, "test");
	sent = p->host[RIGHT].sent;
	pair_stop(p, LEFT);
	want_flow(p->host[RIGHT].engine, flow, WANT_COMMAND, &p->host[LEFT].addr, 0);
	assert_null(want_find(p->host[RIGHT].engine, flow));
	pair_run(p, 20000);
	assert_int_equal(p->host[RIGHT].sent, sent);
	pair_free(p);
}

/* In main mode, whose key is for all addresses: it could be called, and is not. */
static void one_in_main_mode(void **state)
{
	struct pair *p = client_new(POLICY " lifetime 60\n"
		"crypto isakmp key Any address " CFG_ADDR_RIGHT "\n"
		CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "host 10.99.0.10", "any"),
		SERVER "crypto isakmp key Any address 0.0.0.0\n"
		"crypto isakmp client configuration group default\n pool EZ\n");
	unsigned int sent;

	(void)state;
	client_in(p);
	assert_string_equal(server_sa(p)->key_name, "");
	assert_int_equal(heard.cfg.n, 2);	/* address, version */
	pair_stop(p, LEFT);
	sent = p->host[RIGHT].sent;
	pair_run(p, 70000);
	assert_int_equal(p->host[RIGHT].sent, sent);
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* It may ask for an address there, but does not: we renew what it began. */
static void a_router_beside_clients(void **state)
{
	struct pair *p = client_new(LEFT_DEFAULT,
		CFG_RIGHT(POLICY_DEFAULT " lifetime 60\n", "Secret", TS_DEFAULT, "")
		AAA GROUP GROUPS_OF_MAP RESPOND);

	(void)state;
	client_begin(p);
	pair_run(p, 3000);
	assert_non_null(server_sa(p)->access);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	timer_cancel(&p->host[LEFT].engine->timers, &pair_ike(p, LEFT)->life);
	pair_run(p, 56000);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	assert_true(server_sa(p)->initiator);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

#define ANY_KEY	"crypto isakmp key GroupSecret address 0.0.0.0\n"

/* A new daemon does not give an address away that a pair still uses. */
static void over_a_new_daemon(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER ANY_KEY);
	unsigned int sent;

	(void)state;
	client_in(p);
	pair_stop(p, LEFT);
	pair_stop(p, RIGHT);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, SERVER ANY_KEY);
	sent = p->host[RIGHT].sent;
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
	assert_int_equal(pair_children(p, RIGHT), 1);
	/* Nor does it call the client, which would not be asked for a user then. */
	pair_run(p, 5000);
	assert_int_equal(p->host[RIGHT].sent, sent);
	sim_free(p->host[LEFT].sim);
	p->host[LEFT].sim = NULL;
	pair_start(p, LEFT);
	p->host[LEFT].addr.bytes[3] = 9;	/* another client */
	pair_config(p, LEFT, CLIENT);
	heard.n = 0;
	login(p, "bob");
	client_config(p);
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_ADDRESS));
	assert_true(heard.cfg.n > 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_client_is_told),
		cmocka_unit_test(unity_is_for_those_who_say_it),
		cmocka_unit_test(pfs_and_more),
		cmocka_unit_test(pfs_that_is_not_used),
		cmocka_unit_test(what_is_asked_for),
		cmocka_unit_test(said_again),
		cmocka_unit_test(what_is_not_answered),
		cmocka_unit_test(another_address_is_refused),
		cmocka_unit_test(who_did_not_ask_has_none),
		cmocka_unit_test(anothers_address),
		cmocka_unit_test(where_none_is_given),
		cmocka_unit_test(it_is_given_back),
		cmocka_unit_test(who_goes_gives_it_back),
		cmocka_unit_test(the_pool_is_empty),
		cmocka_unit_test(kept_when_phase_1_is_renewed),
		cmocka_unit_test(kept_without_a_user),
		cmocka_unit_test(asked_for_twice),
		cmocka_unit_test(clients_begin),
		cmocka_unit_test(one_in_main_mode),
		cmocka_unit_test(a_router_beside_clients),
		cmocka_unit_test(over_a_new_daemon),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* XAUTH with local users: who is let in, who is not, and what waits for it.  F-029 E-038 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"

static void the_right_password(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_string_equal(ike_sa_ios(server_sa(p)), "CONF_XAUTH");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_string_equal(server_sa(p)->access->user, "alice");
	client_ack(p);
	/* What was acknowledged is not repeated. */
	pair_run(p, 2000);
	assert_int_equal(heard.n, 2);
	pair_free(p);
}

static void all_the_way(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_in(p);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_traffic(p, 100);
	pair_free(p);
}

/* Neither quick mode nor other transactions, as long as the user is not known. */
static void nothing_before_the_password(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	uint64_t before;

	(void)state;
	client_begin(p);
	before = pair_counter(p, RIGHT, ENGINE_C_RX_UNEXPECTED);
	assert_int_equal(before, 1);	/* the left one's quick mode */
	client_request(p, all_attrs, N_ALL);
	assert_int_equal(heard.n, 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_UNEXPECTED),
			 before + 1);
	assert_int_equal(count_leases(p), 0);
	pair_run(p, 5000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	pair_free(p);
}

/* What the server says to a user and a password, and when it gives up. */
static void play_wrong(struct pair *p, const char *user, const char *password,
		       size_t *len)
{
	unsigned int i;

	client_begin(p);
	for (i = 0; i < 3; i++)
		client_login(p, user, password);
	assert_int_equal(heard.n, 4);
	assert_int_equal(client_status(p), 0);
	for (i = 0; i < 4; i++)
		len[i] = heard.kept[i].len;
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	heard.deletes = 0;
	heard.deaf = true;	/* or the left one would begin anew */
	client_ack(p);
	assert_int_equal(heard.deletes, 1);
	assert_null(server_sa(p));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
}

static void wrong_and_unknown_are_the_same(void **state)
{
	static const char *const who[][2] = {
		{ "alice", "bobpw" }, { "mallory", "alicepw" }, { "", "" },
		{ "alice", "" },
	};
	size_t len[4], first[4], i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair *p = client_new(CLIENT, SERVER);

		play_wrong(p, who[i][0], who[i][1], len);
		if (!i)
			memcpy(first, len, sizeof(first));
		assert_memory_equal(first, len, sizeof(first));
		pair_free(p);
	}
}

static void at_the_second_attempt(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_begin(p);
	client_login(p, "alice", "bobpw");
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

/* The refusal is repeated, then the SA goes without an acknowledgement. */
static void a_refusal_that_nobody_hears(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	unsigned int i;

	(void)state;
	client_begin(p);
	for (i = 0; i < 3; i++)
		client_login(p, "alice", "wrong");
	heard.deaf = true;
	pair_run(p, 26000);
	assert_int_equal(heard.n, 3 + 1 + V1_RETRANSMITS);
	assert_null(server_sa(p));
	pair_free(p);
}

static void nobody_answers(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_begin(p);
	pair_run(p, 55000);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_true(heard.n > V1_RETRANSMITS);
	pair_run(p, 10000);
	assert_null(server_sa(p));
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "told no user and password in time"));
	pair_free(p);
}

static void lost_and_repeated(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	heard.drop = 2;		/* of the request */
	client_begin(p);
	pair_run(p, 5000);
	assert_true(heard.n >= 1);
	heard.n = 1;
	heard.drop = 1;		/* of the status */
	client_login(p, "alice", "alicepw");
	assert_int_equal(heard.n, 1);
	pair_run(p, 1500);
	assert_int_equal(heard.n, 2);
	assert_int_equal(client_status(p), 1);
	/* Who goes on has heard it. */
	client_config(p);
	heard.n = 0;
	pair_run(p, 5000);
	assert_int_equal(heard.n, 0);
	pair_free(p);
}

static void the_list_is_not_there(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER
				    "no aaa authentication login USERS\n");
	size_t len[4];

	(void)state;
	play_wrong(p, "alice", "alicepw", len);
	pair_free(p);
}

/* By its key, which exempts it; and where nobody is asked. */
static void who_is_not_asked(void **state)
{
	static const char *const servers[] = {
		SERVER "crypto isakmp key GroupSecret hostname G no-xauth\n",
		POLICY AAA GROUP GROUPS_OF_MAP RESPOND TEMPLATE,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = client_new(CLIENT, servers[i]);

		client_begin(p);
		pair_run(p, 3000);
		assert_int_equal(heard.n, 0);
		assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
		assert_int_equal(pair_packet(p, LEFT), 0);
		pair_free(p);
	}
}

/* E-037: a router with a fixed address, in the same map. */
static void a_router_beside_clients(void **state)
{
	static const char keys[][80] = {
		"crypto isakmp key Secret address 192.0.2.1\n",
		"crypto isakmp key Secret address 192.0.2.1 no-xauth\n",
	};
	char text[2000];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p;

		snprintf(text, sizeof(text), "%s%s%s", SERVER, keys[i],
			 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT,
				 CFG_LAN_LEFT));
		p = client_new(LEFT_DEFAULT, text);
		client_begin(p);
		pair_run(p, 3000);
		assert_int_equal(server_sa(p)->state,
				 i ? IKE_ESTABLISHED : IKE_CONF_XAUTH);
		assert_int_equal(pair_children(p, RIGHT), i);
		pair_free(p);
	}
}

/* One that knows the group's key, at the same address, cannot end what another has. */
static void initial_contact_waits(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_in(p);
	pair_stop(p, LEFT);
	pair_run(p, 3000);
	sim_free(p->host[LEFT].sim);
	p->host[LEFT].sim = NULL;
	pair_start(p, LEFT);
	pair_config(p, LEFT, CLIENT);
	heard.n = 0;
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_true(server_sa(p)->contact_later);
	assert_int_equal(pair_children(p, RIGHT), 1);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Nor does it delete; but it may end its own ISAKMP SA. */
static void deletes_wait_too(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct peer *peer;
	struct ike_sa *old, *new;
	struct child_sa *c;
	unsigned int id;

	(void)state;
	client_in(p);
	peer = peer_find(left, &p->host[RIGHT].addr);
	c = list_first(&peer->children, struct child_sa, of_peer);
	v1_connect(left, peer, &p->host[LEFT].addr, true);
	pair_run(p, 5);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	new = pair_ike(p, LEFT);
	old = list_entry(peer->ike_sas.prev, struct ike_sa, of_peer);
	assert_ptr_not_equal(old, new);
	v1_delete_spi(new, IPPROTO_ESP, c->spi_in);
	client_deletes(p, new, old);
	assert_int_equal(list_length(&server_sa(p)->peer->ike_sas), 2);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_packet(p, LEFT), 0);
	id = server_sa(p)->conn_id;
	client_deletes(p, new, new);
	assert_int_equal(list_length(&server_sa(p)->peer->ike_sas), 1);
	assert_int_not_equal(server_sa(p)->conn_id, id);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	/* With the SA that is established it counts. */
	v1_delete_spi(old, IPPROTO_ESP, c->spi_in);
	pair_settle(p);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Without settling: the job waits. */
static void client_answers(struct pair *p, const char *user, const char *password)
{
	struct buf body, out;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, 0);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, user, strlen(user));
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, password,
		       strlen(password));
	client_build(p, &body, &out);
	client_deliver(p, buf_data(&out), buf_len(&out));
	buf_free(&out);
	buf_free(&body);
}

/* Itself first, then one that is compared with it; and before XAUTH no pair is touched. */
static void deletes_of_two(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct ike_sa *old, *new;
	struct peer *peer;

	(void)state;
	client_in(p);
	peer = peer_find(left, &p->host[RIGHT].addr);
	v1_connect(left, peer, &p->host[LEFT].addr, true);
	pair_run(p, 5);
	new = pair_ike(p, LEFT);
	old = list_entry(peer->ike_sas.prev, struct ike_sa, of_peer);
	client_deletes_both(p, new, new, old);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* The ISAKMP SA before answers no more: the client has come again. */
static void back_after_a_crash(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct ike_sa *old;

	(void)state;
	client_in(p);
	old = server_sa(p);
	v1_connect(left, peer_find(left, &p->host[RIGHT].addr),
		   &p->host[LEFT].addr, true);
	pair_run(p, 5);
	assert_ptr_not_equal(server_sa(p), old);
	policy_peer_dead(old);
	assert_non_null(server_sa(p));
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_int_equal(list_length(&server_sa(p)->peer->ike_sas), 1);
	pair_free(p);
}

/*
 * Who comes from a port of the NAT that another one of the group had is nobody, until its
 * user is known: then it is that one, or somebody else.
 */
static void at_anothers_port(void **state)
{
	static const char *const users[] = { "bob", "alice" };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = client_new(CLIENT, SERVER);
		char password[10];
		uint32_t alices;

		pair_behind_nat(&p->host[LEFT], 0x0a090901);
		client_in(p);
		alices = server_sa(p)->client;
		assert_true(alices);
		v1_connect(p->host[LEFT].engine, pair_ike(p, LEFT)->peer,
			   &p->host[LEFT].addr, true);
		pair_run(p, 5);
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		assert_int_equal(server_sa(p)->remote.port, 44500);
		assert_int_not_equal(server_sa(p)->client, alices);
		snprintf(password, sizeof(password), "%spw", users[i]);
		client_login(p, users[i], password);
		assert_int_equal(client_status(p), 1);
		assert_int_equal(server_sa(p)->client == alices, i);
		assert_int_equal(!server_sa(p)->access->lease, !i);
		pair_free(p);
	}
}

/* The pair may have outlived its ISAKMP SA: who only begins does not end it. */
static void gives_up_at_the_password(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct engine *left = p->host[LEFT].engine;
	struct peer *peer;

	(void)state;
	client_in(p);
	v1_end_ike(server_sa(p), false, "test");
	peer = peer_find(left, &p->host[RIGHT].addr);
	v1_connect(left, peer, &p->host[LEFT].addr, true);
	pair_run(p, 5);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	client_deletes(p, pair_ike(p, LEFT), pair_ike(p, LEFT));
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

static void goes_while_it_is_checked(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct err err;

	(void)state;
	client_begin(p);
	client_open(p, 0, true);
	client_answers(p, "alice", "alicepw");
	assert_non_null(server_sa(p)->access->login);
	heard.deaf = true;
	assert_int_equal(engine_shutdown(p->host[RIGHT].engine, &err), 0);
	assert_null(server_sa(p));
	pair_settle(p);
	assert_null(server_sa(p));
	pair_free(p);
}

/* What the configuration takes away is taken at once. */
static void what_a_change_ends(void **state)
{
	static const struct {
		const char *before, *after;
		bool ends;
	} cases[] = {
		{ SERVER, SERVER "no username bob\n", false },
		{ SERVER, SERVER "no username alice\n", true },
		{ SERVER, SERVER "no aaa authentication login USERS local\n", true },
		{ SERVER, SERVER "no crypto map M client authentication list USERS\n",
		  false },
		{ SERVER "crypto isakmp key GroupSecret hostname G no-xauth\n",
		  SERVER, true },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(CLIENT, cases[i].before);

		if (i < 4) {
			client_in(p);
		} else {
			client_begin(p);
			pair_run(p, 3000);
		}
		assert_int_equal(pair_children(p, RIGHT), 1);
		pair_config(p, RIGHT, cases[i].after);
		assert_int_equal(!server_sa(p), cases[i].ends);
		assert_int_equal(pair_children(p, RIGHT), !cases[i].ends);
		pair_free(p);
	}
}

/* Its pair is there, and the ISAKMP SA is not any more. */
static void a_change_ends_the_pair_alone(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_in(p);
	v1_end_ike(server_sa(p), false, "test");
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_config(p, RIGHT, SERVER "no username bob\n");
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_config(p, RIGHT, SERVER "no username alice\n");
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	pair_free(p);
}

#define ANYBODY		"crypto isakmp key Any address 0.0.0.0\n"
#define BRIEF		POLICY " lifetime 60\n"
#define ROUTER								\
	CFG_PHASE1(POLICY_DEFAULT " lifetime 60\n", "Any", CFG_ADDR_RIGHT) \
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT)

/* It called us, then we have renewed the ISAKMP SA with it. */
static struct pair *renewed_by_us(const char *server)
{
	struct pair *p = client_new(ROUTER, server);

	client_begin(p);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	timer_cancel(&p->host[LEFT].engine->timers, &pair_ike(p, LEFT)->life);
	pair_run(p, 56000);
	pair_run(p, 31000);	/* the one before goes */
	assert_int_equal(list_length(&server_sa(p)->peer->ike_sas), 1);
	assert_true(server_sa(p)->initiator);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	return p;
}

/* Whichever end began, who is asked for a user has none, unless an entry names it. */
static void a_list_ends_what_we_began(void **state)
{
	static const struct {
		const char *before, *after;
		bool ends;
	} cases[] = {
		{ BRIEF AAA ANYBODY TEMPLATE, BRIEF AAA ANYBODY LOGIN TEMPLATE,
		  true },
		{ BRIEF AAA ANYBODY TEMPLATE,
		  BRIEF AAA "crypto isakmp key Any address 0.0.0.0 no-xauth\n"
		  LOGIN TEMPLATE, false },
		{ BRIEF AAA ANYBODY TEMPLATE
		  CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT,
			  CFG_LAN_LEFT),
		  BRIEF AAA ANYBODY LOGIN TEMPLATE
		  CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT,
			  CFG_LAN_LEFT), false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = renewed_by_us(cases[i].before);

		heard.deaf = true;
		pair_config(p, RIGHT, cases[i].after);
		assert_int_equal(!server_sa(p), cases[i].ends);
		assert_int_equal(!pair_children(p, RIGHT), cases[i].ends);
		pair_free(p);
	}
}

/* Nor has the pair alone, whose ISAKMP SA has ended; who is exempt by his key keeps it. */
static void a_list_ends_the_pair_alone(void **state)
{
	static const struct { const char *after; bool ends; } cases[] = {
		{ BRIEF AAA ANYBODY LOGIN TEMPLATE, true },
		{ BRIEF AAA "crypto isakmp key Any address 0.0.0.0 no-xauth\n"
		  LOGIN TEMPLATE, false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = client_new(ROUTER, BRIEF AAA ANYBODY TEMPLATE);

		client_begin(p);
		pair_run(p, 3000);
		v1_end_ike(server_sa(p), false, "test");
		assert_int_equal(pair_children(p, RIGHT), 1);
		pair_config(p, RIGHT, cases[i].after);
		assert_int_equal(!pair_children(p, RIGHT), cases[i].ends);
		pair_free(p);
	}
}

/* The list comes while we renew it: then we ask, whoever began. */
static void a_list_comes_while_we_begin(void **state)
{
	struct pair *p = renewed_by_us(BRIEF AAA ANYBODY TEMPLATE);
	struct ike_sa *old = server_sa(p);

	(void)state;
	heard.deaf = true;
	assert_int_equal(v1_connect_again(old), 0);
	pair_config(p, RIGHT, BRIEF AAA ANYBODY LOGIN TEMPLATE);
	pair_settle(p);
	assert_non_null(server_sa(p));
	assert_true(server_sa(p)->initiator);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* His password is right, but he has gone while a worker compared it. */
static void removed_while_it_is_checked(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);

	(void)state;
	client_begin(p);
	client_open(p, 0, true);
	client_answers(p, "alice", "alicepw");
	assert_non_null(server_sa(p)->access->login);
	pair_config(p, RIGHT, SERVER "no username alice\n");
	pair_settle(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	assert_int_equal(server_sa(p)->access->wrong, 1);
	pair_free(p);
}

/* The exemption is of who has that key, not of who comes from its address. */
static void exempt_by_another_key(void **state)
{
	struct pair *p = client_new(CLIENT_OF("10.99.0.10", "Secret"),
		POLICY AAA LOGIN TEMPLATE
		"crypto isakmp peer address 192.0.2.1\n"
		" set aggressive-mode password Secret\n"
		"crypto isakmp key Router address 0.0.0.0 no-xauth\n");

	(void)state;
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	pair_free(p);
}

/* --- what no honest client says ------------------------------------------------ */

static void odd_names(void **state)
{
	static const struct { const char *user; size_t len; } odd[] = {
		{ "alice\0x", 7 }, { "alice\0", 6 }, { "\0", 1 },
		{ "alicealicealicealicealicealicealicealicealicealicealicealicealice", 65 },
		{ "alicealicealicealicealicealicealicealicealicealicealicealicealic", 64 },
	};
	char password[300];
	size_t i;

	(void)state;
	memset(password, 'a', sizeof(password));
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct pair *p = client_new(CLIENT, SERVER);

		client_begin(p);
		client_open(p, 0, true);
		client_user(p, odd[i].user, odd[i].len, "alicepw", 7);
		assert_int_equal(heard.n, 2);
		client_open(p, 1, true);
		assert_int_equal(heard.cfg.type, ISAKMP_CFG_REQUEST);
		client_user(p, "alice", 5, password,
			    i % 2 ? sizeof(password) : CFG_KEY_MAX + 1);
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		pair_free(p);
	}
}

/* The answer has another type, other attributes, or is no payload at all. */
static void odd_answers(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct pair *p = client_new(CLIENT, SERVER);
		uint64_t bad = pair_counter(p, RIGHT, ENGINE_C_RX_MALFORMED);
		uint8_t iv[CRYPTO_BLOCK_MAX];
		struct buf body;

		client_begin(p);
		client_open(p, 0, true);
		memcpy(iv, heard.iv, sizeof(iv));
		buf_init(&body, ISAKMP_MSG_MAX);
		isakmp_cfg_begin(&body, i < 5 ? i : ISAKMP_CFG_REPLY, 0);
		if (i == 5)
			buf_put_u8(&body, 1);
		client_say(p, &body);
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_MALFORMED),
				 bad + (i == 5));
		/* A reply without attributes is a wrong one, the others are dropped. */
		assert_int_equal(heard.n, i == ISAKMP_CFG_REPLY ? 2 : 1);
		if (i != ISAKMP_CFG_REPLY) {
			memcpy(heard.iv, iv, sizeof(iv));
			client_user(p, "alice", 5, "alicepw", 7);
			assert_int_equal(client_status(p), 1);
		}
		pair_free(p);
	}
}

static void changed_bytes(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	struct buf body, out;
	size_t i;

	(void)state;
	client_begin(p);
	client_open(p, 0, true);
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, 0);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, "alice", 5);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, "alicepw", 7);
	client_build(p, &body, &out);
	for (i = ISAKMP_HDR_LEN; i < buf_len(&out); i++) {
		uint8_t was = buf_data(&out)[i], now = was ^ 1 << i % 8;

		buf_set(&out, i, &now, 1);
		client_deliver(p, buf_data(&out), buf_len(&out));
		pair_settle(p);
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		buf_set(&out, i, &was, 1);
	}
	assert_int_equal(heard.n, 1);
	client_deliver(p, buf_data(&out), buf_len(&out));
	pair_settle(p);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	buf_free(&body);
	buf_free(&out);
	pair_free(p);
}

/* --- proposals ------------------------------------------------------------------- */

/* A client says that it knows XAUTH by another number for the same method. */
static void the_method_of_phase_1(void **state)
{
	static const struct { const char *auth; uint16_t plain, with, other; } cases[] = {
		{ "pre-share", IKE_AUTH_PSK, IKE_AUTH_XAUTH_INIT_PSK,
		  IKE_AUTH_XAUTH_INIT_RSA },
		{ "rsa-sig", IKE_AUTH_RSA_SIG, IKE_AUTH_XAUTH_INIT_RSA,
		  IKE_AUTH_XAUTH_INIT_PSK },
	};
	const struct addr any = addr_v4(0xc0000201, 0);
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const uint16_t methods[] = {
			[CFG_AUTH_PSK] = i ? 0 : cases[i].plain,
			[CFG_AUTH_RSA] = i ? cases[i].plain : 0,
			[CFG_AUTH_ECDSA] = 0,
		};
		struct isakmp_attr *auth = NULL;
		struct cfg_suites suites;
		struct ike_choice choice;
		struct cm_config *cfg;
		char text[200];
		struct offer o;

		snprintf(text, sizeof(text), POLICY " authentication %s\n",
			 cases[i].auth);
		cfg = pair_parse(text);
		cfg_suites_find(cfg, &any, NULL, &suites);
		assert_int_equal(ike_offer_build(cfg, &any, methods, 0, false, &o), 0);
		for (unsigned int j = 0; j < o.transforms[0].nattrs; j++)
			if (o.transforms[0].attrs[j].type == IKE_ATTR_AUTH_METHOD)
				auth = (struct isakmp_attr *)&o.transforms[0].attrs[j];
		assert_non_null(auth);
		auth->value = cases[i].with;
		assert_int_equal(ike_proposal_choose(cfg, &suites, methods, &o.sa, false,
						     0, &choice, NULL), -ENOENT);
		assert_int_equal(ike_proposal_choose(cfg, &suites, methods, &o.sa, false,
						     IKE_USERS_BESIDES, &choice,
						     NULL), 0);
		assert_int_equal(choice.transform.auth, cases[i].with);
		auth->value = cases[i].other;
		assert_int_equal(ike_proposal_choose(cfg, &suites, methods, &o.sa, false,
						     IKE_USERS_BESIDES, &choice,
						     NULL), -ENOENT);
		/* and some show nothing else, where they may */
		auth->value = IKE_AUTH_HYBRID_INIT_RSA;
		assert_int_equal(ike_proposal_choose(cfg, &suites, methods, &o.sa, false,
						     IKE_USERS_BESIDES, &choice,
						     NULL), -ENOENT);
		assert_int_equal(ike_proposal_choose(cfg, &suites, methods, &o.sa, false,
						     IKE_USERS_ALONE, &choice,
						     NULL), i ? 0 : -ENOENT);
		cm_config_free(cfg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password),
		cmocka_unit_test(all_the_way),
		cmocka_unit_test(nothing_before_the_password),
		cmocka_unit_test(wrong_and_unknown_are_the_same),
		cmocka_unit_test(at_the_second_attempt),
		cmocka_unit_test(a_refusal_that_nobody_hears),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(lost_and_repeated),
		cmocka_unit_test(the_list_is_not_there),
		cmocka_unit_test(who_is_not_asked),
		cmocka_unit_test(a_router_beside_clients),
		cmocka_unit_test(initial_contact_waits),
		cmocka_unit_test(deletes_wait_too),
		cmocka_unit_test(deletes_of_two),
		cmocka_unit_test(at_anothers_port),
		cmocka_unit_test(gives_up_at_the_password),
		cmocka_unit_test(back_after_a_crash),
		cmocka_unit_test(goes_while_it_is_checked),
		cmocka_unit_test(removed_while_it_is_checked),
		cmocka_unit_test(what_a_change_ends),
		cmocka_unit_test(a_change_ends_the_pair_alone),
		cmocka_unit_test(a_list_ends_what_we_began),
		cmocka_unit_test(a_list_ends_the_pair_alone),
		cmocka_unit_test(a_list_comes_while_we_begin),
		cmocka_unit_test(exempt_by_another_key),
		cmocka_unit_test(odd_names),
		cmocka_unit_test(odd_answers),
		cmocka_unit_test(changed_bytes),
		cmocka_unit_test(the_method_of_phase_1),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

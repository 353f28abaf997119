// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients whose users RADIUS knows: who is let in, which address it has, what a change of
 * the configuration ends.  F-029 F-041 F-102 C-081 E-039 E-040
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"
#include "selftests/unit/radius_server.h"

#define SECRET	"Sh4red"

static struct rad_server *server;

/* Ours, with the server and this list, then @rest. */
static const char *conf(const char *methods, const char *rest)
{
	static char text[4000];

	snprintf(text, sizeof(text), POLICY
		 "aaa authentication login USERS %s\n"
		 "aaa authorization network GROUPS local\n"
		 "radius-server host 127.0.0.1 auth-port %u timeout 1 retransmit 0 key "
		 SECRET "\n" GROUP LOGIN GROUPS_OF_MAP RESPOND TEMPLATE "%s",
		 methods, server->port, rest);
	return text;
}

static struct pair *clients(const char *methods, const char *rest)
{
	return client_new(CLIENT, conf(methods, rest));
}

static void login(struct pair *p, const char *user)
{
	char password[CFG_NAME_SIZE + 2];

	client_begin(p);
	snprintf(password, sizeof(password), "%spw", user);
	client_login(p, user, password);
}

/* Let in, and told what it asks for; has it this address?  0: it has none. */
static bool gets(struct pair *p, uint32_t host)
{
	login(p, "alice");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	client_config(p);
	if (!host)
		return !isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_ADDRESS);
	return client_has_addr(ISAKMP_CFG_IP4_ADDRESS, host);
}

/* The client comes once more; to the server it is the same one. */
static void again(struct pair *p)
{
	heard.n = 0;
	v1_connect(p->host[LEFT].engine,
		   peer_find(p->host[LEFT].engine, &p->host[RIGHT].addr),
		   &p->host[LEFT].addr, true);
	pair_run(p, 5);
	client_login(p, "alice", "alicepw");
	client_ack(p);
	client_config(p);
}

/* --- in or not -------------------------------------------------------------------- */

static void the_right_password(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put(server, RAD_CLASS, "staff", 5);
	login(p, "alice");
	assert_int_equal(client_status(p), 1);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	assert_string_equal(server->heard.user, "alice");
	assert_true(server_sa(p)->access->radius);
	assert_int_equal(server_sa(p)->access->reply.class_len, 5);
	client_ack(p);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_traffic(p, 10);
	pair_free(p);
}

static void the_wrong_password(void **state)
{
	struct pair *p = clients("group radius local", "username alice password x\n");
	unsigned int i;

	(void)state;
	client_begin(p);
	for (i = 0; i < 3; i++)
		client_login(p, "alice", "x");
	assert_int_equal(client_status(p), 0);
	assert_int_equal(server->requests, 3);
	heard.deaf = true;
	client_ack(p);
	assert_null(server_sa(p));
	pair_free(p);
}

/* However the client writes it, it is the user that the server says (RFC 2865, 5.1). */
static void one_user_in_several_ways(void **state)
{
	static const struct { const char *says, *is; size_t len; } cases[] = {
		{ "alice", "alice", 5 }, { "Alice A.", "Alice A.", 8 },
		{ "", "ALICE", 0 }, { "a\nb", "ALICE", 3 }, { "a\0b", "ALICE", 3 },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789",
		  "ALICE", 70 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = clients("group radius", "");

		server->nattrs = 0;
		rad_put(server, RAD_USER_NAME, cases[i].says, cases[i].len);
		login(p, "ALICE");
		assert_int_equal(client_status(p), 1);
		assert_string_equal(v1_access_user(server_sa(p)), cases[i].is);
		pair_free(p);
	}
}

/* `OU=NAME;` of the class is the policy of the client, as on ASA (F-102). */
static void the_class_is_a_policy(void **state)
{
	static const struct { const char *class; uint32_t dns; } cases[] = {
		{ "OU=Q;", 0x0a020063 }, { "ou=Q", 0x0a020063 },
		{ "OU=R;", 0x0a020035 }, { "Q", 0x0a020035 },
		{ "OU=", 0x0a020035 }, { "OU=;", 0x0a020035 },
		{ "OU=QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ;",
		  0x0a020035 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = clients("group radius",
			"group-policy Q internal\ngroup-policy Q attributes\n"
			" dns-server value 10.2.0.99\n");

		server->nattrs = 0;
		rad_put(server, RAD_CLASS, "of somebody else", 16);
		rad_put(server, RAD_CLASS, cases[i].class,
			strlen(cases[i].class));
		rad_put(server, RAD_CLASS, "OU=DfltGrpPolicy", i ? 0 : 16);
		login(p, "alice");
		assert_int_equal(client_status(p), 1);
		client_ack(p);
		client_config(p);
		assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, cases[i].dns));
		pair_free(p);
	}
}

/* A user of the configuration of that name is another one. */
static void a_local_namesake(void **state)
{
	struct pair *p = clients("group radius local",
		"username alice password x\nusername alice attributes\n"
		" vpn-simultaneous-logins 0\n vpn-framed-ip-address 10.99.0.44\n");

	(void)state;
	assert_true(gets(p, 0x0a63000a));
	pair_free(p);
}

/* The shorter one of what RADIUS and the policy say. */
static void the_shorter_session(void **state)
{
	static const struct { uint32_t radius; const char *minutes; uint64_t ms; } cases[] = {
		{ 100, "3", 100000 }, { 100, "1", 60000 }, { 0, "1", 60000 },
		{ 100, "none", 100000 }, { 0, "none", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char rest[300];
		struct pair *p;

		snprintf(rest, sizeof(rest),
			 "group-policy Q internal\ngroup-policy Q attributes\n"
			 " vpn-session-timeout %s\n", cases[i].minutes);
		p = clients("group radius", rest);
		server->nattrs = 0;
		rad_put(server, RAD_CLASS, "OU=Q", 4);
		if (cases[i].radius)
			rad_put_number(server, RAD_SESSION_TIMEOUT,
				       cases[i].radius);
		login(p, "alice");
		assert_int_equal(client_status(p), 1);
		assert_int_equal(server_sa(p)->access->session_ms, cases[i].ms);
		pair_free(p);
	}
}

/* One that was silent is asked last, until it has had time to come back. */
static void a_dead_server(void **state)
{
	struct rad_server *other = rad_start(SECRET);
	struct pair *p;
	char rest[300];

	(void)state;
	snprintf(rest, sizeof(rest),
		 "radius-server host 127.0.0.1 auth-port %u timeout 1 retransmit 0 key "
		 SECRET "\nradius-server deadtime 2\n", other->port);
	p = clients("group radius", rest);
	server->fault = RAD_SILENT;
	login(p, "alice");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	assert_int_equal(server->requests, 1);
	again(p);
	assert_int_equal(server->requests, 1);
	assert_int_equal(other->requests, 2);
	pair_run(p, 120000);
	again(p);
	assert_int_equal(server->requests, 2);
	assert_int_equal(other->requests, 3);
	/* Whoever changes what is said of servers may have mended them. */
	again(p);
	assert_int_equal(server->requests, 2);
	strcat(rest, "radius-server deadtime 5\n");
	pair_config(p, RIGHT, conf("group radius", rest));
	again(p);
	assert_int_equal(server->requests, 3);
	pair_free(p);
	rad_stop(other);
}

/* Another password would not help: the client is told at once. */
static void no_server_answers(void **state)
{
	struct pair *p = clients("group radius", "username alice password alicepw\n");

	(void)state;
	server->fault = RAD_SILENT;
	login(p, "alice");
	assert_int_equal(client_status(p), 0);
	heard.deaf = true;
	client_ack(p);
	assert_null(server_sa(p));
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "no server of RADIUS answers"));
	pair_free(p);
}

static void the_local_user_then(void **state)
{
	struct pair *p = clients("group radius local", "username alice password alicepw\n");

	(void)state;
	server->fault = RAD_SILENT;
	login(p, "alice");
	assert_int_equal(client_status(p), 1);
	assert_false(server_sa(p)->access->radius);
	pair_free(p);
}

static void it_goes_while_it_is_asked(void **state)
{
	struct pair *p = clients("group radius", "");
	struct work_pool *waiting = work_pool_new(1);
	struct engine *e = p->host[RIGHT].engine;

	(void)state;
	e->waiting = waiting;
	server->fault = RAD_SILENT;
	login(p, "alice");
	assert_non_null(server_sa(p)->access->login);
	while (!server->requests)
		usleep(1000);
	/* The loop is not held up: time passes, and the set-up has a limit. */
	pair_run(p, 61000);
	assert_null(server_sa(p));
	work_pool_free(waiting);
	e->waiting = e->pool;
	pair_free(p);
}

/* Names that are none it is not asked for. */
static void odd_names(void **state)
{
	static const struct { const char *user; size_t len; } odd[] = {
		{ "", 0 }, { "al\033[31mice", 10 }, { "alice\0x", 7 },
		{ "ali\nce", 6 }, { "ali\tce", 6 },
		{ "alicealicealicealicealicealicealicealicealicealicealicealicealic", 64 },
	};
	size_t i;

	(void)state;
	server->code = RAD_ACCEPT;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct pair *p = clients("group radius", "");

		client_begin(p);
		client_open(p, heard.n - 1, true);
		client_user(p, odd[i].user, odd[i].len, "alicepw", 7);
		assert_int_equal(server_sa(p)->access->wrong, 1);
		assert_int_equal(server->requests, 0);
		client_login(p, "alice", "alicepw");
		assert_int_equal(client_status(p), 1);
		server->requests = 0;
		pair_free(p);
	}
}

/* What the server says is shown to the user, and what that answers goes to the server. */
static void a_challenge(void **state)
{
	struct pair *p;
	unsigned int i;

	(void)state;
	server->challenge = true;
	rad_put(server, RAD_STATE, "state-1", 7);
	rad_put(server, RAD_REPLY_MESSAGE, "token?", 6);
	for (i = 0; i < 2; i++) {
		struct buf body;

		p = clients("group radius local", "username alice password 123456\n");
		login(p, "alice");
		client_open(p, heard.n - 1, true);
		assert_int_equal(heard.cfg.type, ISAKMP_CFG_REQUEST);
		assert_true(client_has_text(ISAKMP_CFG_XAUTH_MESSAGE, "token?"));
		assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_XAUTH_USER_NAME));
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		buf_init(&body, ISAKMP_MSG_MAX);
		isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, 0);
		/* Another name does not count. */
		isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, "bob", 3);
		isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD,
			       i ? "654321" : "123456", 6);
		client_say(p, &body);
		assert_string_equal(server->heard.user, "alice");
		assert_string_equal(server_sa(p)->access->user, "alice");
		if (!i) {
			assert_int_equal(client_status(p), 1);
			pair_free(p);
			continue;
		}
		/* It begins anew. */
		client_open(p, heard.n - 1, true);
		assert_non_null(isakmp_cfg_find(&heard.cfg,
						ISAKMP_CFG_XAUTH_USER_NAME));
		assert_int_equal(server_sa(p)->access->wrong, 1);
		pair_free(p);
	}
}

/* It is gone when the answer comes: the users of ours are none of its. */
static void nobody_hears_the_answer(void **state)
{
	struct pair *p = clients("group radius local", "username alice password 123456\n");
	struct buf body;

	(void)state;
	server->challenge = true;
	rad_put(server, RAD_STATE, "state-1", 7);
	login(p, "alice");
	client_open(p, heard.n - 1, true);
	server->fault = RAD_SILENT;
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, 0);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, "123456", 6);
	client_say(p, &body);
	assert_int_equal(client_status(p), 0);
	pair_free(p);
}

/* --- the address -------------------------------------------------------------------- */

static void framed_addresses(void **state)
{
	static const struct { uint32_t framed, has; } cases[] = {
		{ 0x0a630063, 0x0a630063 },
		{ 0xfffffffe, 0x0a63000a },	/* from the pool */
		{ 0xffffffff, 0x0a63000a },	/* it names none */
		{ 0x0a6300ff, 0 },		/* of all hosts, R-30 */
		{ 0x0a630000, 0 },
		{ 0xe0000001, 0 }, { 0x7f000001, 0 }, { 0x00000001, 0 },
		{ 0xc6336402, 0 },		/* ours */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = clients("group radius", "");

		server->nattrs = 0;
		rad_put_number(server, RAD_FRAMED_IP, cases[i].framed);
		if (!gets(p, cases[i].has))
			fail_msg("%08x", cases[i].framed);
		assert_int_equal(count_leases(p), !!cases[i].has);
		/* Nor may it protect what it likes. */
		pair_run(p, 10000);
		assert_int_equal(pair_children(p, RIGHT),
				 cases[i].has == 0x0a63000a);
		pair_free(p);
	}
}

/* Without a pool, too: what it is not given it does not take. */
static void the_only_address(void **state)
{
	static const uint32_t framed[] = { 0x0a63000a, 0xe0000001 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = clients("group radius",
			"crypto isakmp client configuration group G\n no pool\n");

		server->nattrs = 0;
		rad_put_number(server, RAD_FRAMED_IP, framed[i]);
		assert_true(gets(p, i ? 0 : framed[i]));
		pair_run(p, 10000);
		assert_int_equal(pair_children(p, RIGHT), !i);
		pair_free(p);
	}
}

static void a_mask_of_its_own(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put_number(server, RAD_FRAMED_IP, 0x0a6300ff);
	rad_put_number(server, RAD_FRAMED_MASK, 0xffff0000);
	assert_true(gets(p, 0x0a6300ff));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_NETMASK, 0xffff0000));
	assert_false(client_has_addr(ISAKMP_CFG_IP4_NETMASK, 0xffffff00));
	pair_free(p);
}

/* The client says which; what it cannot have it is not given. */
static void an_address_of_its_choice(void **state)
{
	static const uint32_t wants[] = {
		0x0a630042, 0xe0000001, 0xc6336402, 0x0a630009, 0x0a630044,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		uint32_t want = htonl(wants[i % 5]);
		struct pair *p = clients("group radius",
					 "ip local pool EZ 10.99.0.10 10.99.0.67\n");
		struct buf body;

		server->nattrs = 0;
		rad_put_number(server, RAD_FRAMED_IP,
			       i < 5 ? 0xffffffff : 0xfffffffe);
		login(p, "alice");
		client_ack(p);
		client_body(p, ISAKMP_CFG_REQUEST, NULL, 0, &body);
		isakmp_cfg_put(&body, ISAKMP_CFG_IP4_ADDRESS, &want,
			       sizeof(want));
		client_say(p, &body);
		client_open(p, heard.n - 1, false);
		assert_non_null(server_sa(p)->access->lease);
		assert_int_equal(client_has_addr(ISAKMP_CFG_IP4_ADDRESS,
						 wants[i % 5]),
				 i == 0);
		pair_free(p);
	}
}

static void that_of_another_client(void **state)
{
	const struct addr other = addr_v4(0xcb007105, 0);
	const struct addr framed = addr_v4(0x0a630063, 0);
	struct pair *p = clients("group radius", "");
	struct list *leases = &p->host[RIGHT].engine->leases;
	struct lease *l = lease_take(leases, &framed, "bob", &other, 0);

	(void)state;
	rad_put_number(server, RAD_FRAMED_IP, 0x0a630063);
	assert_true(gets(p, 0));
	lease_put(l);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a630063));
	assert_null(lease_take(leases, &framed, "bob", &other, 0));
	pair_free(p);
}

/* RADIUS says another one than it did before. */
static void another_address_now(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put_number(server, RAD_FRAMED_IP, 0x0a63000a);
	client_in(p);
	again(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	assert_int_equal(count_leases(p), 1);
	server->nattrs = 0;
	rad_put_number(server, RAD_FRAMED_IP, 0x0a630063);
	again(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a630063));
	assert_false(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	assert_int_equal(count_leases(p), 2);
	pair_free(p);
}

/*
 * A pair that an earlier daemon has left is its own, and no reason to refuse it; or it is
 * another's, behind the same NAT, and is one.
 */
static void pairs_from_before(void **state)
{
	unsigned int i;

	(void)state;
	rad_put_number(server, RAD_FRAMED_IP, 0x0a630063);
	for (i = 0; i < 2; i++) {
		struct pair *p = client_new(CLIENT_OF("10.99.0.99", "GroupSecret"),
					    conf("group radius", ""));
		struct child_sa *c;

		assert_true(gets(p, 0x0a630063));
		pair_run(p, 10000);
		assert_int_equal(pair_children(p, RIGHT), 1);
		pair_stop(p, RIGHT);
		pair_start(p, RIGHT);
		pair_config(p, RIGHT, conf("group radius", ""));
		assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
		assert_int_equal(count_leases(p), 0);
		c = list_first(&peer_find(p->host[RIGHT].engine,
					  &p->host[LEFT].addr)->children,
			       struct child_sa, of_peer);
		if (i) {
			c->client = 77;
			c->port_peer = 4242;
		}
		again(p);
		assert_int_equal(pair_children(p, RIGHT), 1);
		assert_int_equal(client_has_addr(ISAKMP_CFG_IP4_ADDRESS,
						 0x0a630063), !i);
		pair_free(p);
	}
}

/* --- what ends -------------------------------------------------------------------------- */

static void what_a_change_ends(void **state)
{
	static const struct {
		const char *methods, *rest;
		bool ends;
	} cases[] = {
		{ "group radius", "", false },
		{ "group radius local", "", false },
		{ "group radius local", "username bob password x\n", false },
		{ "group radius", "no radius-server host 127.0.0.1 auth-port %u\n",
		  false },
		{ "local", "username alice password alicepw\n", true },
		{ "group radius", "no aaa authentication login USERS\n", true },
	};
	enum { N_CASES = sizeof(cases) / sizeof(cases[0]) };
	size_t i;

	(void)state;
	for (i = 0; i < 2 * N_CASES; i++) {
		struct pair *p = clients("group radius local",
					 "username alice password x\n");
		bool ends = cases[i % N_CASES].ends;
		char rest[100];

		client_in(p);
		/* The pair alone, which its ISAKMP SA has left, is judged likewise. */
		heard.deaf = i >= N_CASES;
		if (i >= N_CASES)
			v1_end_ike(server_sa(p), false, "test");
		snprintf(rest, sizeof(rest), cases[i % N_CASES].rest,
			 server->port);
		pair_config(p, RIGHT, conf(cases[i % N_CASES].methods, rest));
		assert_int_equal(!server_sa(p), ends || i >= N_CASES);
		assert_int_equal(pair_children(p, RIGHT), !ends);
		pair_free(p);
	}
}

/* Who came as a local user is none of RADIUS. */
static void a_local_user_who_goes(void **state)
{
	static const char local[] = "username alice password alicepw\n";
	unsigned int i;

	(void)state;
	server->fault = RAD_SILENT;
	for (i = 0; i < 2; i++) {
		struct pair *p = clients("group radius local", local);

		client_in(p);
		pair_config(p, RIGHT, conf("group radius local", local));
		assert_non_null(server_sa(p));
		pair_config(p, RIGHT, i ? conf("group radius", local) :
					  conf("group radius local", ""));
		assert_null(server_sa(p));
		assert_int_equal(pair_children(p, RIGHT), 0);
		pair_free(p);
	}
}

static void the_end_of_a_session(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put_number(server, RAD_SESSION_TIMEOUT, 100);
	client_in(p);
	pair_run(p, 80000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	heard.deaf = true;
	pair_run(p, 15000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(server_sa(p));
	pair_free(p);
}

/* Also that of the pair, when the ISAKMP SA has gone before. */
static void the_end_of_the_pair(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put_number(server, RAD_SESSION_TIMEOUT, 100);
	client_in(p);
	heard.deaf = true;
	v1_end_ike(server_sa(p), false, "test");
	pair_run(p, 80000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_run(p, 15000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* The last login says how long it all may stay, not the one that the pair was made with. */
static void a_session_after_another(void **state)
{
	static const uint32_t seconds[] = { 300, 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = clients("group radius", "");

		server->nattrs = 0;
		rad_put_number(server, RAD_SESSION_TIMEOUT, 100);
		client_in(p);
		pair_run(p, 80000);
		server->nattrs = 0;
		rad_put_number(server, RAD_SESSION_TIMEOUT, seconds[i]);
		again(p);
		heard.deaf = true;
		pair_run(p, 200000);
		assert_int_equal(pair_children(p, RIGHT), 1);
		assert_non_null(server_sa(p));
		pair_run(p, 110000);
		assert_int_equal(pair_children(p, RIGHT), i);
		assert_int_equal(!server_sa(p), !i);
		pair_free(p);
	}
}

/* Nor does an SA that has been followed by another stay when that goes again. */
static void back_to_the_first(void **state)
{
	struct pair *p = clients("group radius", "");

	(void)state;
	rad_put_number(server, RAD_SESSION_TIMEOUT, 100);
	client_in(p);
	pair_run(p, 83000);
	again(p);
	client_deletes(p, pair_ike(p, LEFT), pair_ike(p, LEFT));
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	heard.deaf = true;
	pair_run(p, 15000);
	assert_null(server_sa(p));
	pair_free(p);
}

static int begin(void **state)
{
	(void)state;
	server = rad_start(SECRET);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rad_stop(server);
	return 0;
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_right_password),
		TEST(one_user_in_several_ways),
		TEST(the_class_is_a_policy),
		TEST(a_local_namesake),
		TEST(the_shorter_session),
		TEST(a_dead_server),
		TEST(the_wrong_password),
		TEST(no_server_answers),
		TEST(the_local_user_then),
		TEST(it_goes_while_it_is_asked),
		TEST(odd_names),
		TEST(a_challenge),
		TEST(nobody_hears_the_answer),
		TEST(framed_addresses),
		TEST(the_only_address),
		TEST(a_mask_of_its_own),
		TEST(an_address_of_its_choice),
		TEST(that_of_another_client),
		TEST(another_address_now),
		TEST(pairs_from_before),
		TEST(what_a_change_ends),
		TEST(a_local_user_who_goes),
		TEST(the_end_of_a_session),
		TEST(the_end_of_the_pair),
		TEST(a_session_after_another),
		TEST(back_to_the_first),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

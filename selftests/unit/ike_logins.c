// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many may be logged in at a time, as one user and in a group; and what the log says of who
 * is refused.  F-033 F-036 F-106 R-45
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"

#define LIMIT(line)							\
	SERVER "crypto isakmp client configuration group G\n " line "\n"

/* Another client, at @last of the network of the first, which says nothing any more. */
static void another(struct pair *p, uint8_t last)
{
	if (p->host[LEFT].engine)
		pair_stop(p, LEFT);
	sim_free(p->host[LEFT].sim);
	p->host[LEFT].sim = NULL;
	pair_start(p, LEFT);
	p->host[LEFT].addr.bytes[3] = last;
	pair_config(p, LEFT, CLIENT);
	heard.n = 0;
	heard.deaf = true;
}

/* What it is told. */
static int login(struct pair *p, const char *user)
{
	char password[20];

	snprintf(password, sizeof(password), "%spw", user);
	client_begin(p);
	client_login(p, user, password);
	return client_status(p);
}

static struct ike_sa *of_left(struct pair *p)
{
	struct peer *peer = peer_find(p->host[RIGHT].engine, &p->host[LEFT].addr);

	return peer && !list_empty(&peer->ike_sas) ?
	       list_first(&peer->ike_sas, struct ike_sa, of_peer) : NULL;
}

static char said[400];

static void hear_text(void *arg, enum log_subsystem sub, enum log_level level,
		      const char *line)
{
	(void)sub;
	(void)level;
	if (strstr(line, arg))
		snprintf(said, sizeof(said), "%s", line);
}

/* As the VPN 3000 says it, with how often that was.  E-047 F-106 */
static void as_a_concentrator(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-logins 1"));
	char want[300], auth[] = "AUTH/5";
	unsigned int i;

	(void)state;
	client_in(p);
	for (i = 1; i < 3; i++) {
		said[0] = '\0';
		another(p, 9 + i);
		log_set_level(LOG_SUB_ike, LOG_LEVEL_NOTICE);
		log_set_sink(hear_text, auth);
		client_begin(p);
		snprintf(want, sizeof(want),
			 "AUTH/5 RPT=%u 192.0.2.%u Authentication rejected: Reason = Simultaneous logins exceeded for user handle = %u, server = (none), user = alice, domain = <not specified>",
			 i, 9 + i, of_left(p)->conn_id);
		client_login(p, "alice", "alicepw");
		log_set_sink(NULL, NULL);
		log_set_level(LOG_SUB_ike, LOG_LEVEL_ERR);
		assert_string_equal(said, want);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_LOGINS_EXCEEDED), i);
	}
	said[0] = '\0';
	another(p, 20);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_NOTICE);
	log_set_sink(hear_text, auth);
	assert_int_equal(login(p, "bob"), 1);
	log_set_sink(NULL, NULL);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_ERR);
	assert_string_equal(said, "");
	pair_free(p);
}

/* Clients of XAUTH's drafts before 06 have other numbers; user and password are right.  F-036 */
static void transaction_mode_2(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER);
	char text[] = "Group = ";
	struct buf body;

	(void)state;
	client_begin(p);
	client_open(p, heard.n - 1, true);
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, heard.cfg.id);
	isakmp_cfg_put(&body, 14, "alice", 5);
	isakmp_cfg_put(&body, 15, "alicepw", 7);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_NOTICE);
	log_set_sink(hear_text, text);
	client_say(p, &body);
	log_set_sink(NULL, NULL);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_ERR);
	assert_string_equal(said, "Group = G, IP = 192.0.2.1, Client is using an unsupported Transaction Mode v2 version. Tunnel terminated.");
	assert_string_equal(record_find(&p->host[RIGHT].engine->records, 1)->reason,
			    "Client is using an unsupported Transaction Mode v2 version. Tunnel terminated.");
	pair_free(p);
	/* What is not of XAUTH beside it does no harm. */
	p = client_new(CLIENT, SERVER);
	client_begin(p);
	client_open(p, heard.n - 1, true);
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, heard.cfg.id);
	isakmp_cfg_put(&body, 14, "x", 1);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, "alice", 5);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, "alicepw", 7);
	client_say(p, &body);
	assert_int_equal(client_status(p), 1);
	pair_free(p);
}

static void one_user(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-logins 1"));

	(void)state;
	client_in(p);
	another(p, 9);
	assert_int_equal(login(p, "alice"), 0);
	client_ack(p);
	assert_null(of_left(p));
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "user alice: it is logged in as often as max-logins"));
	assert_int_equal(pair_children(p, RIGHT), 1);	/* of the first */
	/* Another user may, and the first one is where he was. */
	another(p, 9);
	assert_int_equal(login(p, "bob"), 1);
	p->host[LEFT].addr.bytes[3] = 1;
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(of_left(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

/* Of all groups together (C-077, E-046). */
static void all_sessions(void **state)
{
	struct pair *p = client_new(CLIENT, SERVER "vpn-sessiondb max-session-limit 1\n");

	(void)state;
	client_in(p);
	another(p, 9);
	assert_int_equal(login(p, "bob"), 0);
	client_ack(p);
	assert_null(of_left(p));
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "the maximum tunnel count has been reached"));
	pair_config(p, RIGHT, SERVER "vpn-sessiondb max-session-limit 2\n");
	another(p, 9);
	assert_int_equal(login(p, "bob"), 1);
	pair_free(p);
}

#define FRAMED(user)							\
	"username " user " attributes\n vpn-framed-ip-address 10.99.0.10\n"

/*
 * Whose address is his own comes from elsewhere: what he had ends, if only a pair is left of
 * it, and he gets it at once.
 */
static void comes_for_his_own(bool pair_alone)
{
	struct pair *p = client_new(CLIENT, SERVER FRAMED("alice") FRAMED("bob"));

	client_in(p);
	assert_int_equal(pair_children(p, RIGHT), 1);
	if (pair_alone)
		v1_end_ike(server_sa(p), false, "test");
	another(p, 9);
	assert_int_equal(login(p, "alice"), 1);
	client_ack(p);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(of_left(p)->state, IKE_ESTABLISHED);
	p->host[LEFT].addr.bytes[3] = 1;
	assert_null(of_left(p));
	/* Nobody else does. */
	another(p, 8);
	assert_int_equal(login(p, "bob"), 1);
	client_ack(p);
	client_config(p);
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_ADDRESS));
	p->host[LEFT].addr.bytes[3] = 9;
	assert_int_equal(of_left(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

static void an_address_of_his_own(void **state)
{
	(void)state;
	comes_for_his_own(false);
	comes_for_his_own(true);
}

/*
 * He renews phase 1, or comes back to where he was, perhaps when his pair is all that there
 * is: that is no other login, and neither are two for others.
 */
static void the_same_again(void **state)
{
	unsigned int nat;

	(void)state;
	for (nat = 0; nat < 2; nat++) {
		struct pair *p = client_new(CLIENT, LIMIT("max-logins 1"));

		if (nat)
			pair_behind_nat(&p->host[LEFT], 0x0a090901);
		client_in(p);
		v1_connect(p->host[LEFT].engine, pair_ike(p, LEFT)->peer,
			   &p->host[LEFT].addr, true);
		pair_run(p, 5);
		assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
		client_login(p, "alice", "alicepw");
		assert_int_equal(client_status(p), 1);
		pair_config(p, RIGHT, LIMIT("max-logins 2"));
		another(p, 9);
		assert_int_equal(login(p, "alice"), 1);
		pair_free(p);
	}
}

static void back_to_the_pair(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-logins 1"));

	(void)state;
	client_in(p);
	v1_end_ike(server_sa(p), false, "test");
	assert_int_equal(pair_children(p, RIGHT), 1);
	another(p, 1);
	assert_int_equal(login(p, "alice"), 1);
	pair_free(p);
}

/* ISAKMP SA and pair are one; and a pair alone is one, too. */
static void what_counts(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-logins 2"));

	(void)state;
	client_in(p);
	another(p, 9);
	assert_int_equal(login(p, "alice"), 1);
	another(p, 8);
	assert_int_equal(login(p, "alice"), 0);
	p->host[LEFT].addr.bytes[3] = 1;
	v1_end_ike(of_left(p), false, "test");
	assert_int_equal(pair_children(p, RIGHT), 1);
	another(p, 8);
	assert_int_equal(login(p, "alice"), 0);
	p->host[LEFT].addr.bytes[3] = 1;
	policy_end_peer(peer_find(p->host[RIGHT].engine, &p->host[LEFT].addr), "test");
	another(p, 8);
	assert_int_equal(login(p, "alice"), 1);
	pair_free(p);
}

/* Several at one address are as many as there are. */
static void behind_a_nat(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-logins 2"));
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		if (i)
			another(p, 1);
		pair_behind_nat(&p->host[LEFT], 0x0a090901 + i);
		p->host[LEFT].mapped[0] += i;
		p->host[LEFT].mapped[1] += i;
		assert_int_equal(login(p, "alice"), i < 2);
	}
	pair_free(p);
}

/* Two users at one address are two, though no NAT tells them apart. */
static void at_one_address(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-users 1"));

	(void)state;
	client_in(p);
	another(p, 1);
	assert_int_equal(login(p, "bob"), 0);
	another(p, 1);
	assert_int_equal(login(p, "alice"), 1);
	pair_free(p);
}

/* Groups whose clients are given no addresses have limits, too. */
static void without_addresses(void **state)
{
	struct pair *p = client_new(CLIENT, POLICY AAA GROUP LOGIN GROUPS_OF_MAP TEMPLATE
				    "crypto isakmp client configuration group G\n max-logins 1\n");

	(void)state;
	assert_int_equal(login(p, "alice"), 1);
	another(p, 9);
	assert_int_equal(login(p, "alice"), 0);
	pair_free(p);
}

static void one_group(void **state)
{
	struct pair *p = client_new(CLIENT, LIMIT("max-users 1"));

	(void)state;
	client_in(p);
	another(p, 9);
	assert_int_equal(login(p, "bob"), 0);
	client_ack(p);
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "user bob: its group has as many clients as its max-users"));
	pair_config(p, RIGHT, LIMIT("max-users 2"));
	another(p, 9);
	assert_int_equal(login(p, "bob"), 1);
	another(p, 8);
	assert_int_equal(login(p, "bob"), 0);
	/* Of others it says nothing. */
	pair_config(p, RIGHT, LIMIT("max-users 2")
		    "crypto isakmp client configuration group H\n key OtherSecret\n"
		    " max-users 1\n");
	another(p, 8);
	pair_config(p, LEFT, POLICY
		    "crypto isakmp peer address " CFG_ADDR_RIGHT "\n"
		    " set aggressive-mode password OtherSecret\n"
		    " set aggressive-mode client-endpoint key-id H\n"
		    CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "host 10.99.0.10", "any"));
	assert_int_equal(login(p, "bob"), 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_user),
		cmocka_unit_test(as_a_concentrator),
		cmocka_unit_test(transaction_mode_2),
		cmocka_unit_test(all_sessions),
		cmocka_unit_test(an_address_of_his_own),
		cmocka_unit_test(the_same_again),
		cmocka_unit_test(back_to_the_pair),
		cmocka_unit_test(what_counts),
		cmocka_unit_test(behind_a_nat),
		cmocka_unit_test(at_one_address),
		cmocka_unit_test(without_addresses),
		cmocka_unit_test(one_group),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

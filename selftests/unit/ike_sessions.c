// SPDX-License-Identifier: GPL-2.0-or-later
/* The session database: what is said of clients, and their end by hand.  F-034 F-082 */
#include <json-c/json.h>

#include "ike-daemon/control/sessions.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"
#include "tools/lib/writer.h"

#define ASA								\
	POLICY "username alice password alicepw\nusername bob password bobpw\n" \
	"ip local pool EZ 10.99.0.10\n"					\
	"group-policy P internal\ngroup-policy P attributes\n"		\
	" vpn-idle-timeout 10\n vpn-session-timeout 60\n"		\
	"tunnel-group G type remote-access\n"				\
	"tunnel-group G general-attributes\n address-pool EZ\n default-group-policy P\n" \
	"tunnel-group G ipsec-attributes\n ikev1 pre-shared-key GroupSecret\n" TEMPLATE

static struct json_object *sessions(struct pair *p, size_t n)
{
	struct json_object *list = show_sessions(p->host[RIGHT].engine);

	assert_int_equal(rec_len(list), n);
	return list;
}

static void what_is_said(void **state)
{
	struct pair *p = client_new(CLIENT, ASA);
	struct json_object *list, *rec, *pair;

	(void)state;
	json_object_put(sessions(p, 0));
	client_begin(p);
	json_object_put(sessions(p, 0));	/* it has not said who it is */
	client_login(p, "alice", "alicepw");
	client_ack(p);
	client_config(p);
	pair_run(p, 10000);
	pair_packet(p, LEFT);
	pair_run(p, 50000);
	list = sessions(p, 1);
	rec = rec_at(list, 0);
	assert_int_equal(rec_get_num(rec, "index"), 1);
	assert_string_equal(rec_get_str(rec, "user"), "alice");
	assert_string_equal(rec_get_str(rec, "group"), "G");
	assert_string_equal(rec_get_str(rec, "policy"), "P");
	assert_string_equal(rec_get_str(rec, "assigned"), "10.99.0.10");
	assert_string_equal(rec_get_str(rec, "public"), "192.0.2.1");
	assert_false(rec_get_bool(rec, "radius"));
	assert_in_range(rec_get_num(rec, "duration"), 59, 61);
	assert_int_equal(rec_get_num(rec, "idle_limit"), 600);
	assert_int_equal(rec_get_num(rec, "session_left") +
			 rec_get_num(rec, "duration"), 3600);
	assert_true(llabs((long long)rec_get_num(rec, "login") - time(NULL)) < 100);
	assert_string_equal(rec_get_str(rec_get(rec, "ike"), "mode"),
			    "Aggressive");
	assert_int_equal(rec_get_num(rec_get(rec, "ike"), "lifetime"), 86400);
	assert_int_equal(rec_len(rec_get(rec, "pairs")), 1);
	pair = rec_at(rec_get(rec, "pairs"), 0);
	assert_int_equal(rec_get_num(pair, "spi_out"), pair_spi_out(p, RIGHT));
	assert_true(rec_get_num(pair, "spi_in") > 255);
	assert_int_equal(rec_get_num(pair, "lifetime"), 3600);
	assert_in_range(rec_get_num(pair, "remaining"), 3530, 3550);
	json_object_put(list);
	pair_free(p);
}

/* What it writes where the answers would be (6.4, step 16); phase 1 anew does not lose it. */
static void what_a_client_says_of_itself(void **state)
{
	static const struct { const char *said, *version, *os; } cases[] = {
		{ "Cisco Systems VPN Client 5.0.07.0290:WinNT",
		  "Cisco Systems VPN Client 5.0.07.0290", "WinNT" },
		{ "racoon", "racoon", "" },
		{ "a\x1b[2Jb:L\nx", NULL, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(CLIENT, ASA);
		struct json_object *list, *rec;
		struct buf body;

		client_begin(p);
		client_login(p, "alice", "alicepw");
		client_ack(p);
		client_body(p, ISAKMP_CFG_REQUEST, NULL, 0, &body);
		isakmp_cfg_put(&body, ISAKMP_CFG_APPLICATION_VERSION,
			       cases[i].said, strlen(cases[i].said));
		isakmp_cfg_put(&body, ISAKMP_CFG_UNITY_DDNS_HOSTNAME, "desk", 4);
		client_say(p, &body);
		heard.n = 0;
		if (!i) {
			v1_connect(p->host[LEFT].engine, pair_ike(p, LEFT)->peer,
				   &p->host[LEFT].addr, true);
			pair_run(p, 5);
			client_login(p, "alice", "alicepw");
			client_ack(p);
		}
		list = sessions(p, 1);
		rec = rec_at(list, 0);
		assert_string_equal(rec_get_str(rec, "client_host"), "desk");
		if (cases[i].os) {
			assert_string_equal(rec_get_str(rec, "client_version"),
					    cases[i].version);
			assert_string_equal(rec_get_str(rec, "client_os"),
					    cases[i].os);
		} else {
			assert_null(strchr(rec_get_str(rec, "client_version"), 27));
			assert_null(strchr(rec_get_str(rec, "client_os"), '\n'));
		}
		json_object_put(list);
		pair_free(p);
	}
}

/* Phase 1 anew is the same session; another login is another one. */
static void phase_1_anew(void **state)
{
	struct pair *p = client_new(CLIENT, ASA);
	struct json_object *list;

	(void)state;
	client_in(p);
	pair_run(p, 100000);
	heard.n = 0;
	v1_connect(p->host[LEFT].engine, pair_ike(p, LEFT)->peer,
		   &p->host[LEFT].addr, true);
	pair_run(p, 5);
	client_login(p, "alice", "alicepw");
	client_ack(p);
	pair_run(p, 1000);
	list = sessions(p, 1);
	assert_int_equal(rec_get_num(rec_at(list, 0), "index"), 1);
	assert_true(rec_get_num(rec_at(list, 0), "duration") > 100);
	json_object_put(list);
	heard.deaf = true;
	assert_int_equal(end_sessions(p->host[RIGHT].engine, "", 0), 1);
	json_object_put(sessions(p, 0));
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
	/* A new client of a new daemon begins with 1 again, of the same one with 2. */
	p = client_new(CLIENT, ASA);
	client_in(p);
	assert_int_equal(end_sessions(p->host[RIGHT].engine, "alice", 0), 1);
	pair_run(p, 20000);
	heard.n = 0;
	client_begin(p);
	client_login(p, "bob", "bobpw");
	client_ack(p);
	list = sessions(p, 1);
	assert_int_equal(rec_get_num(rec_at(list, 0), "index"), 2);
	json_object_put(list);
	pair_free(p);
}

/* By name or number; the client is told. */
static void logged_off(void **state)
{
	static const struct { const char *user; uint32_t index; unsigned int n; } cases[] = {
		{ "bob", 0, 0 }, { "", 2, 0 }, { "alice", 2, 0 }, { "alice", 0, 1 },
		{ "", 1, 1 }, { "alice", 1, 1 }, { "", 0, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(CLIENT, ASA);

		client_in(p);
		heard.deletes = 0;
		assert_int_equal(end_sessions(p->host[RIGHT].engine,
					      cases[i].user, cases[i].index),
				 cases[i].n);
		pair_settle(p);
		assert_int_equal(heard.deletes >= 2, cases[i].n);
		assert_int_equal(pair_children(p, RIGHT), !cases[i].n);
		assert_int_equal(!server_sa(p), cases[i].n);
		pair_free(p);
	}
}

/* Routers have none. */
static void routers(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, ""),
				  ASA "tunnel-group DefaultL2LGroup ipsec-attributes\n"
				  " pre-shared-key Secret\n");

	(void)state;
	pair_up(p, LEFT);
	json_object_put(sessions(p, 0));
	assert_int_equal(end_sessions(p->host[RIGHT].engine, "", 0), 0);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said),
		cmocka_unit_test(what_a_client_says_of_itself),
		cmocka_unit_test(phase_1_anew),
		cmocka_unit_test(logged_off),
		cmocka_unit_test(routers),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

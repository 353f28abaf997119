// SPDX-License-Identifier: GPL-2.0-or-later
/* The session database: what is said of clients, and their end by hand.  F-034 F-082 */
#include <json-c/json.h>

#include "ike-daemon/control/sessions.h"
#include "ike-daemon/sa/account.h"
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

/* The last of @n sessions that are over. */
static struct json_object *last_ended(struct pair *p, size_t n)
{
	struct json_object *list = show_sessions_ended(p->host[RIGHT].engine);
	struct json_object *rec;

	assert_int_equal(rec_len(list), n);
	rec = n ? json_object_get(rec_at(list, n - 1)) : NULL;
	json_object_put(list);
	return rec;
}

static void by_hand(struct pair *p)
{
	end_sessions(p->host[RIGHT].engine, "alice", 0);
}

static void by_client(struct pair *p)
{
	heard.deaf = false;
	v1_delete_ike(pair_ike(p, LEFT));
	pair_settle(p);
}

/* The client keeps what it has, but says nothing. */
static void by_time(struct pair *p)
{
	unsigned int i;

	for (i = 0; i < 65; i++) {
		pair_run(p, 60000);
		pair_packet(p, LEFT);
	}
}

static void by_idling(struct pair *p)
{
	pair_run(p, 700000);
}

/* Whose they were, what they carried, how long they lasted, and why they are over. */
static void what_is_left_of_them(void **state)
{
	static const struct {
		void (*end)(struct pair *p);
		const char *reason;
		uint64_t least, most;
	} cases[] = {
		{ by_hand, "logged off by the administrator", 60, 61 },
		{ by_client, "the client has gone", 60, 70 },
		{ by_time, "session time-out", 3590, 3610 },
		{ by_idling, "idle time-out", 600, 740 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(CLIENT, ASA);
		struct json_object *rec;

		client_begin(p);
		client_login(p, "alice", "alicepw");
		client_ack(p);
		client_config(p);
		pair_run(p, 10000);
		pair_packet(p, LEFT);
		pair_run(p, 50000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_null(last_ended(p, 0));
		cases[i].end(p);
		json_object_put(sessions(p, 0));
		rec = last_ended(p, 1);
		assert_string_equal(rec_get_str(rec, "reason"), cases[i].reason);
		assert_int_equal(rec_get_num(rec, "index"), 1);
		assert_string_equal(rec_get_str(rec, "user"), "alice");
		assert_string_equal(rec_get_str(rec, "group"), "G");
		assert_string_equal(rec_get_str(rec, "policy"), "P");
		assert_string_equal(rec_get_str(rec, "assigned"), "10.99.0.10");
		assert_string_equal(rec_get_str(rec, "public"), "192.0.2.1");
		assert_string_equal(rec_get_str(rec, "protocol"), "IKEv1 IPsec");
		assert_in_range(rec_get_num(rec, "duration"), cases[i].least,
				cases[i].most);
		assert_true(rec_get_num(rec, "bytes_rx") > 0);
		assert_true(rec_get_num(rec, "packets_rx") > 0);
		json_object_put(rec);
		pair_free(p);
	}
}

/* What pairs have carried before they were renewed counts; and who never came in does not. */
static void accounts(void **state)
{
	struct pair *p = client_new(CLIENT, ASA);
	struct json_object *list, *rec;
	struct child_sa *c;

	(void)state;
	client_begin(p);
	client_login(p, "alice", "wrong");
	client_begin(p);
	pair_run(p, 200000);
	assert_null(last_ended(p, 0));
	pair_free(p);
	p = client_new(CLIENT, ASA);
	client_in(p);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	c = list_first(&server_sa(p)->peer->children, struct child_sa, of_peer);
	child_sa_delete(c, CRYPTOMAP_TOMB_REKEYED);
	assert_null(last_ended(p, 0));
	list = sessions(p, 1);
	assert_int_equal(rec_get_num(rec_at(list, 0), "packets_rx"), 2);
	assert_int_equal(strlen(rec_get_str(rec_at(list, 0), "audit")), 24);
	assert_memory_equal(rec_get_str(rec_at(list, 0), "audit"),
			    "c633640200001000", 16);
	json_object_put(list);
	by_hand(p);
	rec = last_ended(p, 1);
	assert_int_equal(rec_get_num(rec, "packets_rx"), 2);
	json_object_put(rec);
	pair_free(p);
}

/* There is room for so many. */
static void only_the_last(void **state)
{
	struct pair *p = client_new(CLIENT, ASA);
	struct engine *e = p->host[RIGHT].engine;
	struct account *a;
	unsigned int i;

	(void)state;
	for (i = 1; i <= ACCOUNTS_MAX + 10; i++) {
		a = account_new(e);
		a->index = i;
		account_ends(a, "first");
		account_ends(a, "second");
		account_put(a);
	}
	assert_int_equal(account_ended(&e->ended, 0)->index, 11);
	assert_int_equal(account_ended(&e->ended, ACCOUNTS_MAX - 1)->index,
			 ACCOUNTS_MAX + 10);
	assert_string_equal(account_ended(&e->ended, 0)->reason, "first");
	assert_null(account_ended(&e->ended, ACCOUNTS_MAX));
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
		cmocka_unit_test(what_is_left_of_them),
		cmocka_unit_test(accounts),
		cmocka_unit_test(only_the_last),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

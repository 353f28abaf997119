// SPDX-License-Identifier: GPL-2.0-or-later
/* RADIUS: whose servers are asked.  C-081 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/aaa/radius.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/sa/work.h"
#include "selftests/unit/radius_login.h"
#include "selftests/unit/radius_server.h"
#include "tools/cli/config.h"

/* Which servers, in order: a list of a group has those alone, any other those of none. */
static void servers_of_a_group(void **state)
{
	static const char text[] =
		"radius-server key Common\n"
		"aaa group server radius LATER\n"
		" server-private 127.0.0.4 auth-port 4\n"
		" server 127.0.0.1 auth-port 1\n"
		" server 127.0.0.9 auth-port 9\n"
		" server-private 127.0.0.5 auth-port 5 timeout 7 retransmit 1 key Own\n"
		"aaa-server ASA protocol radius\n"
		"aaa-server ASA (inside) host 127.0.0.6 Six timeout 12\n"
		"aaa-server ASA (inside) host 127.0.0.7\n"
		" timeout 20\n"
		" retry-interval 5\n"
		"aaa group server radius EMPTY\n"
		"radius-server host 127.0.0.1 auth-port 1 key First\n"
		"radius-server host 127.0.0.2 auth-port 2\n";
	static const struct {
		const char *group;
		unsigned int n;
		struct {
			uint16_t port, timeout, attempts;
			const char *secret;
		} of[3];
	} cases[] = {
		{ "", 2, { { 1, 5, 4, "First" }, { 2, 5, 4, "Common" } } },
		{ "LATER", 3, { { 4, 5, 4, "Common" }, { 1, 5, 4, "First" },
				{ 5, 7, 2, "Own" } } },
		{ "ASA", 2, { { 1645, 10, 2, "Six" }, { 1645, 5, 4, "Common" } } },
		{ "EMPTY", 0, { { 0 } } },
		{ "NONE", 0, { { 0 } } },
	};
	struct cm_config *cfg = NULL;
	unsigned int i, j;

	(void)state;
	assert_int_equal(config_parse("t", text, strlen(text), stderr, &cfg), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct radius_request rq = { 0 };

		radius_servers(cfg, cases[i].group, &rq);
		assert_int_equal(rq.n, cases[i].n);
		for (j = 0; j < rq.n; j++) {
			assert_int_equal(rq.servers[j].address.port,
					 cases[i].of[j].port);
			assert_int_equal(rq.servers[j].timeout,
					 cases[i].of[j].timeout);
			assert_int_equal(rq.servers[j].attempts,
					 cases[i].of[j].attempts);
			assert_string_equal(rq.servers[j].secret,
					    cases[i].of[j].secret);
		}
	}
	cm_config_free(cfg);
}

static void a_login_asks_its_group(void **state)
{
	struct rad_server *one = rad_start(KEY), *other = rad_start("Other,key");
	struct work_pool *pool = work_pool_new(0);
	struct cm_config *cfg;
	char rest[800];

	(void)state;
	snprintf(rest, sizeof(rest),
		 "aaa group server radius OTHER\n"
		 " server-private 127.0.0.1 auth-port %u timeout 1 retransmit 0 key Other,key\n"
		 "tunnel-group A type remote-access\n"
		 "tunnel-group A general-attributes\n"
		 " authentication-server-group OTHER\n"
		 "tunnel-group B type remote-access\n"
		 "tunnel-group B general-attributes\n"
		 " authentication-server-group (inside) OTHER LOCAL\n", other->port);
	cfg = parse(one, rest);
	assert_int_equal(cm_config_expand(cfg), 0);
	n_answers = 0;
	begin(pool, pool, cfg, "OTHER", "alice", "alicepw");
	begin(pool, pool, cfg, "RADIUS", "alice", "alicepw");
	while (work_poll(pool))
		;
	assert_int_equal(one->requests, 1);
	assert_int_equal(other->requests, 1);
	assert_int_equal(answers[0].result, LOGIN_GRANTED);
	other->fault = RAD_SILENT;
	begin(pool, pool, cfg, "OTHER", "bob", "other");
	begin(pool, pool, cfg, "~OTHER", "bob", "other");
	while (work_poll(pool))
		;
	assert_int_equal(answers[2].result, LOGIN_NO_ANSWER);
	assert_int_equal(answers[3].result, LOGIN_GRANTED);
	assert_int_equal(one->requests, 1);
	cm_config_free(cfg);
	work_pool_free(pool);
	rad_stop(one);
	rad_stop(other);
}

static int set_up(void **state)
{
	struct err err = { "" };

	(void)state;
	return crypto_init(&err);
}

static int tear_down(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_of_a_group),
		cmocka_unit_test(a_login_asks_its_group),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

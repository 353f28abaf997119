// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests of the control protocol against engines that negotiate: what show
 * commands are told while all is well and after failures (S-01, F-028), and
 * what clear, initiate, apply and shutdown do.
 */
#include <errno.h>
#include <json-c/json.h>

#include "ike-daemon/control/server.h"
#include "selftests/unit/ike_pair.h"
#include "tools/lib/control.h"
#include "tools/lib/writer.h"

/* The reply's data, or NULL when it was refused; *stop as the daemon sees it. */
static struct json_object *ask(struct pair *p, unsigned int i,
			       const char *request, bool *stop)
{
	struct json_object *args = json_tokener_parse(request);
	struct request r = { .e = p->host[i].engine, .args = args };
	struct json_object *reply, *data = NULL;

	assert_non_null(args);
	reply = control_handle(&r);
	assert_non_null(reply);
	if (rec_get_bool(reply, "ok")) {
		data = rec_get(reply, "data");
		data = data ? json_object_get(data) : rec_new();
	}
	if (stop)
		*stop = r.stop;
	json_object_put(reply);
	json_object_put(args);
	return data;
}

static void assert_count(struct pair *p, unsigned int i, const char *request,
			 const char *key, unsigned int n)
{
	struct json_object *data = ask(p, i, request, NULL);

	assert_non_null(data);
	assert_int_equal(rec_get_num(data, key), n);
	json_object_put(data);
}

static void shows_the_living(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct json_object *list, *sa;

	(void)state;
	list = ask(p, LEFT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 0);
	json_object_put(list);
	list = ask(p, LEFT, "{\"cmd\": \"ipsec-reasons\"}", NULL);
	assert_int_equal(rec_len(list), 1);
	assert_string_equal(rec_get_str(rec_at(list, 0), "reason"),
			    "no traffic has asked for it");
	json_object_put(list);

	pair_up(p, LEFT);
	list = ask(p, RIGHT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 1);
	sa = rec_at(list, 0);
	/* dst is the responder on both sides */
	assert_string_equal(rec_get_str(sa, "dst"), CFG_ADDR_RIGHT);
	assert_string_equal(rec_get_str(sa, "src"), CFG_ADDR_LEFT);
	assert_string_equal(rec_get_str(sa, "state"), "QM_IDLE");
	assert_string_equal(rec_get_str(sa, "role"), "responder");
	assert_string_equal(rec_get_str(sa, "cipher"), "AES-CBC 256");
	assert_int_equal(rec_get_num(sa, "group"), 19);
	assert_in_range(rec_get_num(sa, "remaining"), 86300, 86400);
	assert_int_equal(rec_get_num(sa, "created"), 1);
	assert_true(rec_get_bool(sa, "dpd"));
	assert_int_equal(strlen(rec_get_str(sa, "cookie_i")), 16);
	json_object_put(list);
	list = ask(p, LEFT, "{\"cmd\": \"ipsec-reasons\"}", NULL);
	assert_int_equal(rec_len(list), 0);
	json_object_put(list);
	pair_free(p);
}

static void shows_the_dead(void **state)
{
	struct json_object *list, *sa, *m;
	struct pair *p;

	(void)state;
	p = pair_new(LEFT_DEFAULT,
		     CFG_RIGHT(" encryption aes 256\n hash sha\n"
			       " authentication pre-share\n group 19\n",
			       "Secret", TS_DEFAULT, ""));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 5000);
	list = ask(p, LEFT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 1);
	sa = rec_at(list, 0);
	assert_string_equal(rec_get_str(sa, "state"), "MM_NO_STATE");
	assert_string_equal(rec_get_str(sa, "status"), "ACTIVE (deleted)");
	assert_non_null(strstr(rec_get_str(sa, "error"), "NO-PROPOSAL-CHOSEN"));
	json_object_put(list);
	list = ask(p, RIGHT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	m = rec_at(rec_get(rec_at(list, 0), "mismatches"), 0);
	assert_string_equal(rec_get_str(m, "attribute"), "hash");
	assert_string_equal(rec_get_str(m, "offered"), "SHA2-256 (4)");
	assert_string_equal(rec_get_str(m, "configured"), "SHA (2)");
	json_object_put(list);
	list = ask(p, LEFT, "{\"cmd\": \"ipsec-reasons\"}", NULL);
	assert_non_null(strstr(rec_get_str(rec_at(list, 0), "reason"),
			       "NO-PROPOSAL-CHOSEN"));
	json_object_put(list);
	/* cleared by hand, or by time */
	assert_count(p, LEFT, "{\"cmd\": \"isakmp-clear\"}", "cleared", 0);
	list = ask(p, LEFT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 0);
	json_object_put(list);
	pair_run(p, 400000);
	list = ask(p, RIGHT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 0);
	json_object_put(list);
	pair_free(p);
}

static void clears(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	assert_null(ask(p, LEFT, "{\"cmd\": \"isakmp-clear\", \"conn_id\": 77}",
			NULL));
	assert_count(p, LEFT, "{\"cmd\": \"isakmp-clear\", \"conn_id\": 1}",
		     "cleared", 1);
	assert_null(pair_ike(p, LEFT));
	pair_settle(p);
	assert_null(pair_ike(p, RIGHT));
	/* phase 2 goes on, and is negotiated anew */
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 10000);
	assert_int_equal(pair_ike(p, LEFT)->conn_id, 2);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 10000);
	assert_count(p, LEFT, "{\"cmd\": \"ipsec-clear\", \"peer\": \"192.0.2.99\"}",
		     "cleared", 0);
	assert_count(p, LEFT, "{\"cmd\": \"ipsec-clear\", \"map\": \"M\"}",
		     "cleared", 1);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	pair_free(p);
}

/* The pair is found by the SPI of either direction and where that one goes. */
static void clears_by_spi(void **state)
{
	static const char *const dst[2][2] = {
		{ CFG_ADDR_RIGHT, CFG_ADDR_LEFT },
		{ CFG_ADDR_LEFT, CFG_ADDR_RIGHT },
	};
	const struct child_sa *c;
	char request[128];
	unsigned int in;
	struct pair *p;
	uint32_t spi;

	(void)state;
	for (in = 0; in <= 1; in++) {
		p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
		pair_up(p, LEFT);
		c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
		spi = in ? c->spi_in : c->spi_out;
		snprintf(request, sizeof(request),
			 "{\"cmd\": \"ipsec-clear\", \"spi\": %u, \"dst\": \"%s\"}",
			 spi, dst[in][1]);
		assert_count(p, LEFT, request, "cleared", 0);
		snprintf(request, sizeof(request),
			 "{\"cmd\": \"ipsec-clear\", \"spi\": %u, \"dst\": \"%s\"}",
			 spi, dst[in][0]);
		assert_count(p, LEFT, request, "cleared", 1);
		pair_run(p, 1000);
		assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
		assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
		pair_free(p);
	}
}

/* Failed negotiations are shown with number 0, which is not "all". */
static void clears_the_dead(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Wrong", TS_DEFAULT,
					   ""), RIGHT_DEFAULT);
	struct json_object *list;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 70000);
	list = ask(p, LEFT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 1);
	assert_string_equal(rec_get_str(rec_at(list, 0), "state"),
			    "MM_KEY_EXCH");
	json_object_put(list);
	assert_count(p, LEFT, "{\"cmd\": \"isakmp-clear\", \"conn_id\": 0}",
		     "cleared", 0);
	list = ask(p, LEFT, "{\"cmd\": \"isakmp-sas\"}", NULL);
	assert_int_equal(rec_len(list), 0);
	json_object_put(list);
	pair_config(p, LEFT, LEFT_DEFAULT);
	pair_run(p, 5000);
	pair_up(p, LEFT);
	assert_count(p, LEFT, "{\"cmd\": \"isakmp-clear\", \"conn_id\": 0}",
		     "cleared", 0);
	pair_run(p, 1000);
	assert_non_null(pair_ike(p, LEFT));
	pair_free(p);
}

static void initiates(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	assert_null(ask(p, LEFT, "{\"cmd\": \"initiate\", \"map\": \"X\"}",
			NULL));
	assert_count(p, LEFT,
		     "{\"cmd\": \"initiate\", \"map\": \"M\", \"seq\": 10}",
		     "started", 1);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_count(p, LEFT, "{\"cmd\": \"initiate\", \"map\": \"M\"}",
		     "started", 0);
	pair_free(p);
}

static void applies(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct json_object *data;

	(void)state;
	pair_up(p, LEFT);
	data = ask(p, LEFT,
		   "{\"cmd\": \"config-apply\", \"mode\": \"merge\", \"text\": \"hostname changed\\n\"}",
		   NULL);
	assert_non_null(data);
	json_object_put(data);
	assert_string_equal(engine_config(p->host[LEFT].engine)->hostname,
			    "changed");
	/* what is refused changes nothing */
	assert_null(ask(p, LEFT,
			"{\"cmd\": \"config-apply\", \"mode\": \"merge\", \"text\": \"hostname x\\nnonsense\\n\"}",
			NULL));
	assert_string_equal(engine_config(p->host[LEFT].engine)->hostname,
			    "changed");
	data = ask(p, LEFT, "{\"cmd\": \"config-get\"}", NULL);
	assert_non_null(strstr(rec_get_str(data, "text"), "hostname changed"));
	assert_non_null(strstr(rec_get_str(data, "text"), "set peer"));
	json_object_put(data);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

static void shuts_down(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	bool stop = false;

	(void)state;
	pair_up(p, LEFT);
	json_object_put(ask(p, LEFT, "{\"cmd\": \"shutdown\", \"keep\": true}",
			    &stop));
	assert_true(stop);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
	json_object_put(ask(p, LEFT, "{\"cmd\": \"shutdown\"}", &stop));
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	pair_free(p);
}

static void nonsense(void **state)
{
	static const char *const requests[] = {
		"{}", "{\"cmd\": 5}", "{\"cmd\": \"no-such\"}",
		"{\"cmd\": \"log-level\", \"spec\": \"ike=loud\"}",
		"{\"cmd\": \"ipsec-clear\", \"peer\": \"nobody\"}",
		"{\"cmd\": \"config-apply\", \"text\": 7}",
		"{\"cmd\": \"config-apply\", \"text\": \"rubbish\"}",
	};
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct json_object *data = ask(p, LEFT, requests[i], NULL);

		if (data)
			fail_msg("accepted: %s", requests[i]);
	}
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_the_living),
		cmocka_unit_test(shows_the_dead),
		cmocka_unit_test(clears),
		cmocka_unit_test(clears_by_spi),
		cmocka_unit_test(clears_the_dead),
		cmocka_unit_test(initiates),
		cmocka_unit_test(applies),
		cmocka_unit_test(shuts_down),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* This router as a client of remote access, with our own gateway.  F-037 F-115 */
#include <json-c/json.h>

#include "ike-daemon/control/ezvpn.h"
#include "selftests/unit/ike_ezvpn.h"
#include "tools/lib/writer.h"

static void an_address_and_networks(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	const struct ezvpn *ez = ez_of(p);

	(void)state;
	ez_works(p);
	assert_int_equal(addr_to_v4(&ez->conf.live.address), 0x0a63000a);
	assert_int_equal(ez->conf.live.n_split, 2);
	assert_int_equal(count_flows(p, LEFT), 2);
	assert_int_equal(pair_children(p, LEFT), 2);
	assert_true(server_sa(p)->aggressive);
	assert_int_equal(server_sa(p)->transform.auth, IKE_AUTH_XAUTH_INIT_PSK);
	assert_string_equal(server_sa(p)->access->user, "alice");
	assert_string_equal(ez->told.domain, "example.test");
	assert_string_equal(ez->told.banner, "hello");
	assert_true(ez->told.save_password);
	pair_traffic(p, 30);
	pair_free(p);
}

static void it_is_shown(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	struct json_object *list = show_ezvpn(p->host[LEFT].engine), *rec;

	(void)state;
	rec = rec_at(list, 0);
	assert_string_equal(rec_get_str(rec, "state"), "IPSEC_ACTIVE");
	assert_string_equal(rec_get_str(rec, "address"), "10.99.0.10");
	assert_string_equal(rec_get_str(rec, "user"), "alice");
	assert_int_equal(rec_len(rec_get(rec, "split")), 2);
	assert_null(strstr(json_object_to_json_string(list), "alicepw"));
	assert_null(strstr(json_object_to_json_string(list), "GroupSecret"));
	json_object_put(list);
	pair_free(p);
}

/* Each message of the way in is lost once, or comes twice. */
static unsigned int lose(struct pair *p, struct packet *pkt, unsigned int n)
{
	unsigned int which = *(unsigned int *)p->filter_arg;

	(void)pkt;
	return n == which % 100 ? which / 100 * 2 : 1;
}

static void lost_and_doubled(void **state)
{
	unsigned int which, n;

	(void)state;
	for (n = 0; n < 2; n++)
		for (which = 0; which < 15; which++) {
			unsigned int what = which + n * 100;
			struct pair *p = pair_new(EZ, SERVER);

			p->filter = lose;
			p->filter_arg = &what;
			pair_run(p, 60000);
			ez_works(p);
			pair_free(p);
		}
}

static void wrong_password(void **state)
{
	struct pair *p = ez_new(EZ_OF(EZ_GROUP " username alice password bobpw\n"),
				SERVER);
	struct err err = { "" };
	unsigned int sent;

	(void)state;
	ez_is(p, "XAUTH_REQ");
	ez_says(p, "lets nobody in");
	assert_int_equal(server_sa(p)->access->wrong, 1);
	pair_run(p, 120000);
	sent = p->host[LEFT].sent;
	pair_run(p, 3600000);
	assert_int_equal(p->host[LEFT].sent, sent);
	ez_is(p, "XAUTH_REQ");
	ez_nothing(p);
	/* Nor does a command use it once more. */
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_run(p, 3000);
	ez_is(p, "XAUTH_REQ");
	assert_int_equal(server_sa(p)->access->wrong, 0);
	assert_int_equal(ezvpn_type_login(ez_of(p), "alice", "alicepw", &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	pair_free(p);
}

/* What is typed after the SA has gone begins a new one. */
static void typed_later(void **state)
{
	struct pair *p = ez_new(EZ_OF(EZ_GROUP), SERVER);
	struct err err = { "" };

	(void)state;
	ez_is(p, "XAUTH_REQ");
	pair_run(p, 300000);
	assert_null(pair_ike(p, LEFT));
	ez_is(p, "XAUTH_REQ");
	assert_int_equal(ezvpn_type_login(ez_of(p), "bob", "bobpw", &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	pair_free(p);
}

static void the_password_may_not_be_kept(void **state)
{
	struct pair *p = ez_new(EZ, SERVER "crypto isakmp client configuration group G\n no save-password\n");
	struct err err = { "" };

	(void)state;
	ez_is(p, "XAUTH_REQ");
	ez_says(p, "save-password");
	ez_nothing(p);
	assert_int_equal(ezvpn_type_login(ez_of(p), "alice", "alicepw", &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	assert_string_equal(ez_of(p)->password, "");
	assert_false(ez_of(p)->told.save_password);
	pair_free(p);
}

static void wrong_group_key(void **state)
{
	struct pair *p = ez_new(EZ_OF(" group G key Other\n" EZ_ALICE), SERVER);

	(void)state;
	pair_run(p, 60000);
	assert_int_equal(ez_of(p)->step, EZVPN_PAUSE);
	ez_says(p, "keys");
	ez_nothing(p);
	pair_free(p);
}

static unsigned int silence(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)p;
	(void)pkt;
	(void)n;
	return 0;
}

/* It is called again after longer and longer pauses, of five minutes at most. */
static void a_silent_gateway(void **state)
{
	struct pair *p = pair_new(EZ, SERVER);
	unsigned int before;

	(void)state;
	p->filter = silence;
	pair_run(p, 3600000);
	assert_int_equal(ez_of(p)->step, EZVPN_PAUSE);
	ez_says(p, "no answer");
	before = p->host[LEFT].sent;
	pair_run(p, 660000);
	assert_true(p->host[LEFT].sent > before);
	assert_true(p->host[LEFT].sent <= before + 15);
	p->filter = NULL;
	pair_run(p, 340000);
	ez_works(p);
	pair_free(p);
}

static void it_dies_and_comes_back(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);

	(void)state;
	ez_works(p);
	p->filter = silence;
	pair_run(p, 200000);
	assert_string_equal(ez_of(p)->conf.live.up ? "bound" : "", "bound");
	assert_int_equal(count_flows(p, LEFT), 2);
	assert_int_equal(pair_children(p, LEFT), 0);
	/* What is to be protected waits or is dropped. */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	p->filter = NULL;
	pair_run(p, 400000);
	ez_works(p);
	pair_free(p);
}

static void phase_1_anew(void **state)
{
	struct pair *p = ez_new(POLICY " lifetime 600\n" EZ, SERVER);
	unsigned int first;

	(void)state;
	ez_works(p);
	first = pair_ike(p, LEFT)->conn_id;
	pair_traffic(p, 1300);
	assert_true(pair_ike(p, LEFT)->conn_id > first);
	ez_works(p);
	assert_int_equal(addr_to_v4(&ez_of(p)->conf.live.address), 0x0a63000a);
	pair_free(p);
}

static void configured_again(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	uint32_t spi = pair_spi_out(p, LEFT);

	(void)state;
	pair_config(p, LEFT, "hostname branch\n" EZ);
	pair_run(p, 3000);
	ez_works(p);
	assert_int_equal(pair_spi_out(p, LEFT), spi);
	pair_config(p, LEFT, EZ_OF(EZ_GROUP " connect manual\n" EZ_ALICE));
	pair_run(p, 30000);
	ez_is(p, "CONNECT_REQUIRED");
	ez_nothing(p);
	assert_null(server_sa(p));
	pair_free(p);
}

static void configured_away(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);

	(void)state;
	ez_works(p);
	pair_config(p, LEFT, POLICY);
	pair_run(p, 3000);
	assert_true(list_empty(&p->host[LEFT].engine->policy->ezvpns));
	ez_nothing(p);
	assert_null(server_sa(p));
	pair_free(p);
}

static void cleared(void **state)
{
	struct pair *p = ez_new(EZ_OF(EZ_GROUP " connect manual\n" EZ_ALICE),
				SERVER);
	struct err err = { "" };

	(void)state;
	ez_is(p, "CONNECT_REQUIRED");
	assert_int_equal(p->host[LEFT].sent, 0);
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	assert_int_equal(ezvpn_connect(ez_of(p), &err), -EISCONN);
	assert_int_equal(ezvpn_clear(ez_of(p), &err), 0);
	pair_run(p, 60000);
	ez_is(p, "CONNECT_REQUIRED");
	ez_nothing(p);
	pair_free(p);
}

static void a_new_daemon(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);

	(void)state;
	ez_works(p);
	p->host[LEFT].lent = addr_v4(0x0a63000a, 0);
	pair_stop(p, LEFT);
	assert_int_equal(sim_packet(p->host[LEFT].sim, pair_flow(p, LEFT),
				    p->host[RIGHT].sim), 0);
	pair_start(p, LEFT);
	pair_config(p, LEFT, EZ);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	assert_true(ez_of(p)->conf.live.up);
	assert_int_equal(count_flows(p, LEFT), 2);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 30000);
	ez_works(p);
	pair_free(p);
}

#define NETWORKS							\
	"crypto isakmp client configuration group G\n no pool\n"
static void network_extension(void **state)
{
	struct pair *p = pair_new(EZ_OF(EZ_GROUP EZ_ALICE
					" mode network-extension\n")
				  "interface lan0\n crypto ipsec client ezvpn EZ inside\n",
				  SERVER NETWORKS);
	struct err err = { "" };

	(void)state;
	pair_run(p, 3000);
	ez_says(p, "no interface inside has a network");
	assert_int_equal(prefix_parse(&p->host[LEFT].inside, "10.1.0.0/24"), 0);
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	assert_false(addr_is_set(&ez_of(p)->conf.live.address));
	assert_int_equal(count_flows(p, LEFT), 2);
	/* Another network counts when the configuration is loaded again. */
	assert_int_equal(prefix_parse(&p->host[LEFT].inside, "10.7.0.0/24"), 0);
	pair_config(p, LEFT, EZ_OF(EZ_GROUP EZ_ALICE " mode network-extension\n")
		    "interface lan0\n crypto ipsec client ezvpn EZ inside\n");
	assert_true(prefix_equal(&ez_of(p)->conf.live.local[0],
				 &p->host[LEFT].inside));
	pair_run(p, 20000);
	ez_works(p);
	pair_free(p);
}

/* The configured key, and main mode. */
static void main_mode(void **state)
{
	struct pair *p = ez_new(EZ_OF(EZ_ALICE)
				"crypto isakmp key Secret address " CFG_ADDR_RIGHT "\n",
				SERVER "crypto isakmp key Secret address 0.0.0.0\n"
				"crypto isakmp client configuration group default\n"
				" pool EZ\n save-password\n");

	(void)state;
	ez_works(p);
	assert_false(server_sa(p)->aggressive);
	assert_int_equal(ez_of(p)->conf.live.n_split, 0);
	pair_free(p);
}

/* A gateway that asks nobody. */
static void without_xauth(void **state)
{
	struct pair *p = ez_new(EZ, POLICY AAA GROUP GROUPS_OF_MAP RESPOND TEMPLATE);

	(void)state;
	ez_works(p);
	assert_false(v1_client_user_asked(pair_ike(p, LEFT)));
	pair_free(p);
}

/* Nobody but us begins with it. */
static void the_gateway_does_not_call(void **state)
{
	struct pair *p = pair_new(EZ_OF(EZ_GROUP " connect manual\n"),
				  CLIENT_OF("10.2.0.2", "GroupSecret"));

	(void)state;
	pair_packet(p, RIGHT);
	pair_run(p, 20000);
	assert_null(pair_ike(p, LEFT));
	pair_free(p);
}

/* Nobody is at the first address, and the second one answers. */
static unsigned int only_right(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)n;
	return pkt->to == LEFT || addr_equal(&pkt->dst, &p->host[RIGHT].addr);
}

#define EZ_TWO(lines)							\
	POLICY "crypto ipsec client ezvpn EZ\n peer 203.0.113.77\n"	\
	" peer " CFG_ADDR_RIGHT "\n" EZ_GROUP EZ_ALICE lines EZ_OUTSIDE

static void the_next_gateway(void **state)
{
	struct pair *p = pair_new(EZ_TWO(""), SERVER);

	(void)state;
	p->filter = only_right;
	pair_run(p, 20000);
	ez_is(p, "READY");
	pair_run(p, 40000);
	ez_works(p);
	assert_true(addr_equal(ezvpn_gateway(ez_of(p)), &p->host[RIGHT].addr));
	pair_free(p);
}

/* By hand, each gateway is tried once. */
static void by_hand_and_nobody_there(void **state)
{
	struct pair *p = pair_new(EZ_TWO(" connect manual\n"), SERVER);
	struct err err = { "" };
	unsigned int sent;

	(void)state;
	p->filter = silence;
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_run(p, 120000);
	ez_is(p, "CONNECT_REQUIRED");
	ez_says(p, "no answer");
	sent = p->host[LEFT].sent;
	pair_run(p, 3600000);
	assert_int_equal(p->host[LEFT].sent, sent);
	pair_free(p);
}

/* The gateway has forgotten all, and gives another address. */
static void another_address(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);

	(void)state;
	ez_works(p);
	pair_stop(p, RIGHT);
	sim_free(p->host[RIGHT].sim);
	p->host[RIGHT].sim = NULL;
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, SERVER "no ip local pool EZ\nip local pool EZ 10.99.0.77\n");
	pair_run(p, 300000);
	ez_works(p);
	assert_int_equal(addr_to_v4(&ez_of(p)->conf.live.address), 0x0a63004d);
	assert_int_equal(count_flows(p, LEFT), 2);
	pair_free(p);
}

/* Phase 1 anew needs somebody to type: what there is goes on meanwhile. */
static void typed_for_each_phase_1(void **state)
{
	struct pair *p = ez_new(POLICY " lifetime 600\n" EZ_OF(EZ_GROUP),
				SERVER "crypto isakmp client configuration group G\n no save-password\n");
	struct err err = { "" };
	unsigned int first;

	(void)state;
	assert_int_equal(ezvpn_type_login(ez_of(p), "alice", "alicepw", &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	first = pair_ike(p, LEFT)->conn_id;
	pair_traffic(p, 520);
	ez_is(p, "XAUTH_REQ");
	assert_int_equal(ezvpn_type_login(ez_of(p), "alice", "alicepw", &err), 0);
	pair_run(p, 3000);
	ez_works(p);
	assert_true(pair_ike(p, LEFT)->conn_id > first);
	pair_free(p);
}

/* Traffic begins nothing while somebody is to type. */
static void traffic_guesses_nothing(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	struct ike_sa *sa = pair_ike(p, LEFT);
	unsigned int sent, i;

	(void)state;
	ez_works(p);
	ezvpn_refused(sa, "test");
	p->filter = silence;
	policy_peer_dead(sa);
	pair_run(p, 1000);
	sent = p->host[LEFT].sent;
	for (i = 0; i < 50; i++) {
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 10000);
	}
	assert_int_equal(p->host[LEFT].sent, sent);
	assert_true(sim_failures(p->host[LEFT].sim) > 10);
	pair_free(p);
}

static void both_an_address_and_networks(void **state)
{
	struct pair *p = pair_new(EZ_OF(EZ_GROUP EZ_ALICE
					" mode network-plus\n acl NETS\n")
				  "ip access-list extended NETS\n"
				  " permit ip 10.1.0.0 0.0.0.255 any\n"
				  " permit ip 10.5.0.0 0.0.255.255 any\n",
				  SERVER);

	(void)state;
	pair_run(p, 3000);
	assert_int_equal(ez_of(p)->conf.live.n_local, 2);
	assert_true(addr_is_set(&ez_of(p)->conf.live.address));
	assert_int_equal(count_flows(p, LEFT), 6);
	/* Our own gateway takes what comes from the address alone. */
	assert_int_equal(pair_children(p, LEFT), 2);
	pair_free(p);
}

/* IPv4 inside, and a gateway that is called by IPv6. */
static void by_ipv6(void **state)
{
	struct pair *p = pair_new(POLICY "crypto ipsec client ezvpn EZ\n"
				  " peer 2001:db8:2::2\n" EZ_GROUP EZ_ALICE
				  EZ_OUTSIDE, SERVER);
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(addr_parse(&p->host[i].addr, i == LEFT ?
					    "2001:db8:1::1" : "2001:db8:2::2"), 0);
		p->host[i].addr.port = IKE_PORT;
	}
	pair_run(p, 5000);
	ez_works(p);
	assert_int_equal(addr_to_v4(&ez_of(p)->conf.live.address), 0x0a63000a);
	pair_free(p);
}

/* Another tunnel, to nobody, on another interface. */
static void two_at_a_time(void **state)
{
	struct pair *p = pair_new(EZ "exit\ncrypto ipsec client ezvpn TWO\n peer 203.0.113.77\n"
				  " group two key two\ninterface wan1\n"
				  " crypto ipsec client ezvpn TWO\n", SERVER);
	struct err err = { "" };

	(void)state;
	p->filter = only_right;
	pair_run(p, 600000);
	ez_works(p);
	assert_null(ezvpn_find(p->host[LEFT].engine, "", &err));
	assert_non_null(strstr(err.text, "several"));
	assert_int_equal(ezvpn_clear(ezvpn_find(p->host[LEFT].engine, "TWO", &err),
				     &err), 0);
	pair_run(p, 600000);
	ez_works(p);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_and_networks),
		cmocka_unit_test(it_is_shown),
		cmocka_unit_test(lost_and_doubled),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(typed_later),
		cmocka_unit_test(the_password_may_not_be_kept),
		cmocka_unit_test(wrong_group_key),
		cmocka_unit_test(a_silent_gateway),
		cmocka_unit_test(it_dies_and_comes_back),
		cmocka_unit_test(phase_1_anew),
		cmocka_unit_test(configured_again),
		cmocka_unit_test(configured_away),
		cmocka_unit_test(cleared),
		cmocka_unit_test(a_new_daemon),
		cmocka_unit_test(network_extension),
		cmocka_unit_test(main_mode),
		cmocka_unit_test(without_xauth),
		cmocka_unit_test(the_gateway_does_not_call),
		cmocka_unit_test(the_next_gateway),
		cmocka_unit_test(by_hand_and_nobody_there),
		cmocka_unit_test(another_address),
		cmocka_unit_test(typed_for_each_phase_1),
		cmocka_unit_test(traffic_guesses_nothing),
		cmocka_unit_test(both_an_address_and_networks),
		cmocka_unit_test(by_ipv6),
		cmocka_unit_test(two_at_a_time),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flows that come with their SAs.  Peers that no entry names (C-039, C-040): the right
 * one takes them by a dynamic map, and the left one is such a peer.  And pairs of hosts.
 */
#include "ike-daemon/sa/identity.h"
#include "selftests/unit/ike_pair.h"

#define KEY	"crypto isakmp policy 10\n" POLICY_DEFAULT		\
		"crypto isakmp key Secret address 0.0.0.0\n"
#define SETS	"crypto ipsec transform-set TS " TS_DEFAULT "\n"	\
		"crypto ipsec transform-set OLD esp-3des esp-md5-hmac\n"
#define BOUND	"interface wan0\n crypto map M\n"
#define D(seq, set)							\
	"crypto dynamic-map D " seq "\n set transform-set " set "\n"
#define DYNAMIC	"crypto map M 65535 ipsec-isakmp dynamic D\n"
#define RIGHT_DYNAMIC	KEY SETS D("10", "TS") DYNAMIC BOUND

static struct policy_flow *flow_of(struct pair *p, unsigned int i)
{
	return policy_flow_known(p->host[i].engine, pair_flow(p, i));
}

static unsigned int count_flows(struct pair *p, unsigned int i)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&p->host[i].engine->policy->all_flows, pos, tmp)
		n++;
	return n;
}

static void nothing_is_up(struct pair *p)
{
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
}

static void a_peer_that_nobody_named(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
	const struct policy_flow *f;
	char text[160];

	(void)state;
	assert_int_equal(count_flows(p, RIGHT), 0);
	pair_up(p, LEFT);
	f = flow_of(p, RIGHT);
	assert_non_null(f);
	assert_int_equal(f->k.type, CRYPTOMAP_ENTRY_T_DYNAMIC);
	assert_int_equal(f->k.seq, 65535);
	assert_string_equal(f->k.ifname, "wan0");
	assert_string_equal(kernel_sel_format(&f->k.sel, text, sizeof(text)),
			    "10.2.0.0/24 -> 10.1.0.0/24");
	assert_string_equal(pair_record(p, RIGHT, 2)->entry,
			    "map M 65535");
	pair_free(p);
}

/* By the peer, which began; the flow is the same all the time. */
static void it_is_renewed(void **state)
{
	struct pair *p = pair_new("crypto ipsec security-association lifetime seconds 120\n"
				  LEFT_DEFAULT, RIGHT_DYNAMIC);
	uint32_t flow;

	(void)state;
	pair_up(p, LEFT);
	flow = pair_flow(p, RIGHT);
	pair_traffic(p, 1000);
	assert_int_equal(pair_flow(p, RIGHT), flow);
	assert_int_equal(count_flows(p, RIGHT), 1);
	assert_true(pair_children(p, RIGHT) <= 2);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP) > 8);
	pair_free(p);
}

/* We do it, too, with the peer that has it; nobody begins a flow that is not there. */
static void we_renew_it(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
	struct engine *e = p->host[RIGHT].engine;
	uint32_t spi;

	(void)state;
	pair_up(p, LEFT);
	spi = pair_spi_out(p, RIGHT);
	want_flow(e, pair_flow(p, RIGHT), WANT_COMMAND, NULL, 0);
	assert_null(want_find(e, pair_flow(p, RIGHT)));
	pair_traffic(p, 5);
	assert_int_equal(pair_spi_out(p, RIGHT), spi);
	want_flow(e, pair_flow(p, RIGHT), WANT_REKEY, &p->host[LEFT].addr, 0);
	pair_traffic(p, 20);
	assert_int_not_equal(pair_spi_out(p, RIGHT), spi);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(count_flows(p, RIGHT), 1);
	pair_free(p);
}

static void the_flow_goes_with_its_last_pair(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);

	(void)state;
	pair_up(p, LEFT);
	policy_end_peer(peer_find(p->host[LEFT].engine, &p->host[RIGHT].addr),
			"test");
	pair_run(p, 1000);
	nothing_is_up(p);
	assert_int_equal(count_flows(p, RIGHT), 0);
	pair_up(p, LEFT);
	pair_free(p);
}

/* C-040: consulted only if no static entry matches. */
static void static_entries_first(void **state)
{
	static const struct { const char *asks; uint32_t seq; } cases[] = {
		{ CFG_LAN_LEFT, 10 }, { "10.1.7.0 0.0.0.255", 65535 },
	};
	char left[1024];
	struct pair *p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(left, sizeof(left),
			 CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
			 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "%s",
				 CFG_LAN_RIGHT), cases[i].asks);
		p = pair_new(left, RIGHT_DEFAULT SETS D("10", "TS") DYNAMIC);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_int_equal(flow_of(p, RIGHT)->k.seq, 10);
		assert_int_equal(count_flows(p, RIGHT), i + 1);
		assert_int_equal(!sim_current(p->host[RIGHT].sim,
					      pair_flow(p, RIGHT),
					      CRYPTOMAP_DIR_OUT),
				 cases[i].seq != 10);
		pair_free(p);
	}
}

static void the_entry_whose_transforms_fit(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, KEY SETS D("10", "OLD")
				  D("20", "TS") DYNAMIC BOUND);

	(void)state;
	pair_up(p, LEFT);
	pair_free(p);
}

/* What each lacks, and what the peer is told. */
static void refused(void **state)
{
	static const struct { const char *right, *why; } cases[] = {
		{ KEY SETS D("10", "OLD") DYNAMIC BOUND,
		  "no transform set fits" },
		{ KEY SETS D("10", "TS") DYNAMIC, "no access list mirrors" },
		{ KEY SETS D("10", "TS") "crypto map M 10 ipsec-isakmp\n" BOUND,
		  "no access list mirrors" },
		{ KEY SETS DYNAMIC BOUND, "no access list mirrors" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = pair_new(LEFT_DEFAULT, cases[i].right);

		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_non_null(pair_record(p, RIGHT, 2));
		assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
				       cases[i].why));
		assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
		nothing_is_up(p);
		assert_int_equal(count_flows(p, RIGHT), 0);
		pair_free(p);
	}
}

/* The key is for some addresses only. */
static void not_with_the_key_of_others(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, "crypto isakmp policy 10\n"
				  POLICY_DEFAULT
				  "crypto isakmp key Secret address 203.0.113.0 255.255.255.0\n"
				  SETS D("10", "TS") DYNAMIC BOUND);

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 120000);
	assert_null(pair_ike(p, LEFT));
	nothing_is_up(p);
	pair_free(p);
}

/* Other changes of the configuration leave the pair alone. */
static void it_goes_with_its_entry(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);

	(void)state;
	pair_up(p, LEFT);
	pair_config(p, RIGHT, "hostname other\n" RIGHT_DYNAMIC);
	pair_traffic(p, 5);
	pair_config(p, RIGHT, KEY SETS D("10", "TS") BOUND
		    "crypto map M 10 ipsec-isakmp\n");
	pair_run(p, 1000);
	nothing_is_up(p);
	pair_free(p);
}

/* It does not know which entry of the map the peer came by, and finds it. */
static void a_new_daemon_takes_over(void **state)
{
	static const char right[] = KEY SETS D("10", "OLD") D("20", "TS")
				    DYNAMIC BOUND;
	struct pair *p = pair_new(LEFT_DEFAULT, right);
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	before = pair_spi_out(p, RIGHT);
	pair_stop(p, RIGHT);
	pair_traffic(p, 7);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, right);
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
	pair_traffic(p, 120);
	assert_int_not_equal(pair_spi_out(p, RIGHT), before);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 2);
	pair_free(p);
}

#define HOST_LEFT	"host 10.1.0.5"
#define HOST_RIGHT	"host 10.2.0.7"
#define RIGHT_PER_HOST							\
	CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT,			\
		  " set security-association level per-host\n")

/* Level per-host: what a peer asks for two hosts of a line is a part of its flow. */
static void two_hosts_of_a_line(void **state)
{
	static const struct { const char *src; bool good; } cases[] = {
		{ HOST_LEFT, true },
		{ "host 10.9.0.5", false },
		{ CFG_LAN_LEFT, false },
	};
	char left[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct policy_flow *f;
		struct pair *p;

		snprintf(left, sizeof(left),
			 CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
			 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "%s",
				 HOST_RIGHT), cases[i].src);
		p = pair_new(left, RIGHT_PER_HOST);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT),
				 cases[i].good ? 0 : -EAGAIN);
		assert_int_equal(count_flows(p, RIGHT), cases[i].good ? 2 : 1);
		if (cases[i].good) {
			f = policy_flow_known(p->host[RIGHT].engine,
					      sim_flow_id(p->host[RIGHT].sim, 1));
			assert_int_equal(f->k.part_of, pair_flow(p, RIGHT));
			assert_non_null(sim_current(p->host[RIGHT].sim, f->k.id,
						    CRYPTOMAP_DIR_OUT));
		}
		pair_free(p);
	}
}

/* Nothing stays of what the kernel refuses. */
static void not_installed(void **state)
{
	struct pair *p;

	(void)state;
	for (unsigned int nth = 1; nth <= 2; nth++) {
		p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
		sim_fail_install(p->host[RIGHT].sim, nth);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 2000);
		assert_int_equal(pair_children(p, RIGHT), 0);
		assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
		assert_int_equal(count_flows(p, RIGHT), 0);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_that_nobody_named),
		cmocka_unit_test(it_is_renewed),
		cmocka_unit_test(we_renew_it),
		cmocka_unit_test(the_flow_goes_with_its_last_pair),
		cmocka_unit_test(static_entries_first),
		cmocka_unit_test(the_entry_whose_transforms_fit),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_with_the_key_of_others),
		cmocka_unit_test(it_goes_with_its_entry),
		cmocka_unit_test(a_new_daemon_takes_over),
		cmocka_unit_test(two_hosts_of_a_line),
		cmocka_unit_test(not_installed),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flows that come with their SAs.  Peers that no entry names (C-039, C-040): the right
 * one takes them by a dynamic map, and the left one is such a peer.  And pairs of hosts.
 */
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/v1/v1.h"
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

static void host_pair(char left[1024], const char *src, const char *dst)
{
	snprintf(left, 1024, "crypto isakmp keepalive 10 3\n"
		 CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "%s", "%s"), src, dst);
}

/* A part goes with its last pair, whoever renewed that, and comes again. */
static void a_part_comes_again(void **state)
{
	char left[1024];
	struct pair *p;
	uint32_t part;

	(void)state;
	host_pair(left, HOST_LEFT, HOST_RIGHT);
	p = pair_new(left, RIGHT_PER_HOST);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		part = sim_flow_id(p->host[RIGHT].sim, 1);
		want_flow(p->host[LEFT].engine, pair_flow(p, LEFT), WANT_REKEY,
			  NULL, 0);
		pair_run(p, 20000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_int_equal(sim_flow_id(p->host[RIGHT].sim, 1), part);
		want_flow(p->host[RIGHT].engine, part, WANT_REKEY, NULL, 0);
		pair_run(p, 20000);
		assert_int_equal(pair_packet(p, LEFT), 0);
		assert_int_equal(count_flows(p, RIGHT), 2);
		policy_end_peer(peer_find(p->host[LEFT].engine,
					  &p->host[RIGHT].addr), "test");
		pair_run(p, 20000);
		nothing_is_up(p);
		assert_int_equal(count_flows(p, RIGHT), 1);
	}
	pair_free(p);
}

static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)p;
	(void)pkt;
	(void)n;
	return 0;
}

/* The peer that began the part dies, and the entry has another. */
static void a_part_whose_peer_dies(void **state)
{
	char left[1024];
	struct pair *p;

	(void)state;
	host_pair(left, HOST_LEFT, HOST_RIGHT);
	p = pair_new(left, "crypto isakmp keepalive 10 3 periodic\n"
		     "crypto isakmp key Secret address 203.0.113.9\n"
		     CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
			       " set peer 203.0.113.9\n"
			       " set security-association level per-host\n"));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(count_flows(p, RIGHT), 2);
	p->filter = cut;
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD), 1);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(count_flows(p, RIGHT), 1);
	pair_free(p);
}

/* What there is no line for has a limit of its own. */
static void not_more_than_so_many(void **state)
{
	static const char lines[] =
		"access-list 101 permit ip 10.1.1.0 0.0.0.255 " CFG_LAN_RIGHT "\n"
		"access-list 101 permit ip 10.1.2.0 0.0.0.255 " CFG_LAN_RIGHT "\n";
	struct child_sa *c;
	char left[2048];
	struct pair *p;

	(void)state;
	snprintf(left, sizeof(left), "%s%s", LEFT_DEFAULT, lines);
	p = pair_new(left, RIGHT_DYNAMIC);
	p->host[RIGHT].engine->limits.made = 2;
	for (unsigned int i = 0; i < 3; i++) {
		uint32_t flow = sim_flow_id(p->host[LEFT].sim, i);

		assert_int_equal(sim_packet(p->host[LEFT].sim, flow,
					    p->host[RIGHT].sim), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(sim_packet(p->host[LEFT].sim, flow,
					    p->host[RIGHT].sim),
				 i < 2 ? 0 : -EAGAIN);
	}
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED), 1);
	/* what has gone makes room for the third, which has asked again */
	c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	v1_delete_child(c);
	child_sa_delete(c, 0);
	pair_run(p, 5000);
	assert_int_equal(sim_packet(p->host[LEFT].sim,
				    sim_flow_id(p->host[LEFT].sim, 2),
				    p->host[RIGHT].sim), 0);
	pair_free(p);
}

/* More entries than a static one may have peers: each is tried, and that ends. */
static void many_entries(void **state)
{
	char right[4096];
	struct pair *p;
	uint32_t before;
	size_t len;

	(void)state;
	for (unsigned int fits = 0; fits < 2; fits++) {
		len = snprintf(right, sizeof(right), "%s", KEY SETS);
		for (unsigned int i = 1; i <= 20; i++)
			len += snprintf(right + len, sizeof(right) - len,
					"crypto dynamic-map D %u\n set transform-set OLD\n",
					i);
		snprintf(right + len, sizeof(right) - len, "%s%s", fits ?
			 D("30", "TS") : D("30", "OLD"), DYNAMIC BOUND);
		p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
		pair_up(p, LEFT);
		before = pair_spi_out(p, RIGHT);
		pair_stop(p, RIGHT);
		pair_start(p, RIGHT);
		pair_config(p, RIGHT, right);
		assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
		pair_traffic(p, 8);
		assert_int_equal(pair_spi_out(p, RIGHT) != before, fits);
		assert_true(pair_counter(p, LEFT, ENGINE_C_RX) < 120);
		pair_free(p);
	}
}

/* Who has said goodbye is not called back for what we wanted of it. */
static void a_want_ends_with_its_flow(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
	uint32_t flow;

	(void)state;
	pair_up(p, LEFT);
	flow = pair_flow(p, RIGHT);
	want_flow(p->host[RIGHT].engine, flow, WANT_REKEY, &p->host[LEFT].addr,
		  500);
	policy_end_peer(peer_find(p->host[LEFT].engine, &p->host[RIGHT].addr),
			"test");
	pair_run(p, 30000);
	assert_null(want_find(p->host[RIGHT].engine, flow));
	nothing_is_up(p);
	assert_int_equal(count_flows(p, RIGHT), 0);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	pair_free(p);
}

/* The map of wan1 is not for those who come to the address of wan0. */
static void only_by_its_interface(void **state)
{
	static const struct { const char *peer; bool good; } cases[] = {
		{ "192.0.2.1", false }, { "192.0.2.65", true },
	};
	char right[1024];
	struct pair *p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(right, sizeof(right),
			 "crypto isakmp policy 10\n" POLICY_DEFAULT
			 "crypto isakmp key Secret address %s\n"
			 CFG_MAP(TS_DEFAULT, "", "%s", CFG_LAN_RIGHT,
				 CFG_LAN_LEFT), cases[i].peer, cases[i].peer);
		p = pair_new(KEY SETS D("10", "TS") DYNAMIC
			     "interface wan1\n crypto map M\n", right);
		p->host[LEFT].second = addr_v4(0xc0000241, IKE_PORT);
		assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, RIGHT),
				 cases[i].good ? 0 : -EAGAIN);
		assert_int_equal(count_flows(p, LEFT), cases[i].good);
		pair_free(p);
	}
}

/* E-080: it sends on what we do not have any more, and is told. */
static void a_lost_pair_is_told(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DYNAMIC);
	struct kernel_event ev = { .type = KERNEL_EV_UNKNOWN_SPI };

	(void)state;
	pair_up(p, LEFT);
	ev.sa.spi = pair_spi_out(p, LEFT);
	ev.sa.src = p->host[LEFT].addr;
	ev.sa.dst = p->host[RIGHT].addr;
	ev.sa.src.port = ev.sa.dst.port = 0;
	child_sa_delete(child_sa_of_flow(p->host[RIGHT].engine,
					 pair_flow(p, RIGHT)), 0);
	policy_kernel_event(p->host[RIGHT].engine, &ev);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_up(p, LEFT);
	pair_free(p);
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
		cmocka_unit_test(a_part_comes_again),
		cmocka_unit_test(a_part_whose_peer_dies),
		cmocka_unit_test(not_more_than_so_many),
		cmocka_unit_test(many_entries),
		cmocka_unit_test(a_want_ends_with_its_flow),
		cmocka_unit_test(only_by_its_interface),
		cmocka_unit_test(a_lost_pair_is_told),
		cmocka_unit_test(not_installed),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

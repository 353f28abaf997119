// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One map on two interfaces: a pair of SAs belongs to the flow of the interface
 * that the negotiation came over, and each interface negotiates for itself.
 *
 *	left  wan0 192.0.2.1, wan1 192.0.2.65	right  198.51.100.2
 */
#include <dlfcn.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/engine_route.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define SECOND	0xc0000241
#define KEYS "crypto isakmp key Secret address 192.0.2.65\n"
#define LEFT_TWO							\
	LEFT_DEFAULT "interface wan1\n crypto map M\n"
#define LINE_2(src, dst) \
	"access-list 102 permit ip 10." src ".1.0 0.0.0.255 10." dst ".1.0 0.0.0.255\n"
#define ENTRY_2(peer)							\
	"crypto map M 20 ipsec-isakmp\n set peer " peer "\n"		\
	" set transform-set TS\n match address 102\n"

static struct pair *two_interfaces(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	p->host[LEFT].second = addr_v4(SECOND, IKE_PORT);
	return p;
}

/* The flow of an interface, by the entry that it is of. */
static uint32_t flow_on(struct pair *p, const char *ifname, uint32_t seq)
{
	struct list *pos, *tmp;

	list_for_each(&p->host[LEFT].engine->policy->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);

		if (!strcmp(f->k.ifname, ifname) && f->k.seq == seq)
			return f->k.id;
	}
	fail_msg("no flow of entry %u on %s", seq, ifname);
	return 0;
}

static const struct kernel_sa *out_sa(struct pair *p, const char *ifname,
				      uint32_t seq)
{
	return sim_current(p->host[LEFT].sim, flow_on(p, ifname, seq),
			   CRYPTOMAP_DIR_OUT);
}

static void responder_takes_the_interface(void **state)
{
	static const struct {
		const char *peer;
		const char *ifname;
		const char *other;
	} cases[] = {
		{ "192.0.2.1", "wan0", "wan1" },
		{ "192.0.2.65", "wan1", "wan0" },
	};
	char right[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		snprintf(right, sizeof(right),
			 "crypto isakmp policy 10\n" POLICY_DEFAULT
			 "crypto isakmp key Secret address %s\n"
			 CFG_MAP(TS_DEFAULT, "", "%s", CFG_LAN_RIGHT,
				 CFG_LAN_LEFT), cases[i].peer, cases[i].peer);
		p = two_interfaces(LEFT_TWO, right);
		p->host[LEFT].route = cases[i].other;
		assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, RIGHT), 0);
		assert_non_null(out_sa(p, cases[i].ifname, 10));
		assert_null(out_sa(p, cases[i].other, 10));
		pair_free(p);
	}
}

/* The address outside is that of a third interface: the route decides. */
static void responder_takes_the_route(void **state)
{
	static const char *const ifnames[] = { "wan0", "wan1" };
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = pair_new(LEFT_TWO "crypto map M local-address lo0\n",
			     RIGHT_DEFAULT);
		p->host[LEFT].lo = true;
		p->host[LEFT].route = ifnames[i];
		assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, RIGHT), 0);
		assert_non_null(out_sa(p, ifnames[i], 10));
		assert_null(out_sa(p, ifnames[!i], 10));
		pair_free(p);
	}
}

/* The ISAKMP SA of one interface is not used for flows of the other. */
static void initiator_uses_its_own(void **state)
{
	struct pair *p = two_interfaces(
		LINE_2("1", "2") LEFT_TWO ENTRY_2(CFG_ADDR_RIGHT),
		KEYS LINE_2("2", "1") RIGHT_DEFAULT ENTRY_2("192.0.2.65"));
	const struct addr second = addr_v4(SECOND, 0);
	struct engine *e = p->host[LEFT].engine;
	struct sim *l = p->host[LEFT].sim, *r = p->host[RIGHT].sim;

	(void)state;
	assert_int_equal(sim_packet(l, flow_on(p, "wan0", 10), r), -EAGAIN);
	pair_run(p, 5000);
	assert_int_equal(sim_packet(l, flow_on(p, "wan0", 10), r), 0);
	assert_int_equal(sim_packet(l, flow_on(p, "wan1", 20), r), -EAGAIN);
	pair_run(p, 5000);
	assert_int_equal(sim_packet(l, flow_on(p, "wan1", 20), r), 0);
	assert_true(addr_equal(&out_sa(p, "wan1", 20)->src, &second));
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 2);
	/* one does not replace the other, nor say that the peer is new */
	pair_run(p, 30000);
	assert_int_equal(e->ike_sas.count, 2);
	assert_int_equal(pair_children(p, LEFT), 2);
	/* and what the second says is heard */
	v1_delete_child(child_sa_of_flow(e, flow_on(p, "wan1", 20)));
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

#define PROTECTED_TUNNEL(name, source, peer)				\
	"interface " name "\n tunnel mode ipsec ipv4\n ip unnumbered wan0\n" \
	" tunnel source " source "\n tunnel destination " peer "\n"	\
	" tunnel protection ipsec profile P\n"
#define PROFILE								\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto ipsec profile P\n set transform-set TS\n"
#define LEFT_TUNNELS(first, second)					\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT) PROFILE	\
	PROTECTED_TUNNEL("Tunnel0", first, CFG_ADDR_RIGHT)		\
	PROTECTED_TUNNEL("Tunnel1", second, CFG_ADDR_RIGHT)
#define RIGHT_TUNNELS							\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT) KEYS PROFILE \
	PROTECTED_TUNNEL("Tunnel0", CFG_ADDR_RIGHT, "192.0.2.65")	\
	PROTECTED_TUNNEL("Tunnel1", CFG_ADDR_RIGHT, CFG_ADDR_LEFT)

/*
 * F-047 C-100: both tunnels have the address of wan0, which says nothing of where
 * they begin: their sources do, those that are addresses before all.
 */
static void tunnels_know_their_sources(void **state)
{
	static const char *const lefts[] = {
		LEFT_TUNNELS("192.0.2.65", CFG_ADDR_LEFT),
		LEFT_TUNNELS("wan1", "wan0"),
		LEFT_TUNNELS("wan1", CFG_ADDR_LEFT),
		LEFT_TUNNELS("192.0.2.65", "wan0"),
	};
	const struct addr second = addr_v4(SECOND, 0);
	const struct addr first = addr_v4(0xc0000201, 0);
	struct sim *l, *r;
	struct pair *p;
	size_t i;
	int from;

	(void)state;
	for (i = 0; i < 2 * sizeof(lefts) / sizeof(lefts[0]); i++) {
		p = two_interfaces(lefts[i / 2], RIGHT_TUNNELS);
		from = i % 2 ? LEFT : RIGHT;
		l = p->host[from].sim;
		r = p->host[!from].sim;
		for (unsigned int t = 0; t < 2; t++) {
			assert_int_equal(sim_packet(l, sim_flow_id(l, t), r),
					 -EAGAIN);
			pair_run(p, 5000);
			assert_int_equal(sim_packet(l, sim_flow_id(l, t), r), 0);
		}
		assert_true(addr_equal(&out_sa(p, "Tunnel0", 1)->src, &second));
		assert_true(addr_equal(&out_sa(p, "Tunnel1", 1)->src, &first));
		pair_free(p);
	}
}

/* The address of one tunnel is also that of the interface where another begins. */
static void address_is_before_interface(void **state)
{
	struct pair *p = two_interfaces(LEFT_TUNNELS("wan1", "192.0.2.65"),
					RIGHT_TUNNELS);
	struct sim *r = p->host[RIGHT].sim;

	(void)state;
	assert_int_equal(sim_packet(r, sim_flow_id(r, 0), p->host[LEFT].sim),
			 -EAGAIN);
	pair_run(p, 5000);
	assert_null(out_sa(p, "Tunnel0", 1));
	assert_non_null(out_sa(p, "Tunnel1", 1));
	pair_free(p);
}

/* A source that the router does not have (yet) says so, and is asked again. */
static void source_is_no_address(void **state)
{
	struct pair *p = pair_new(LEFT_TUNNELS("192.0.2.65", CFG_ADDR_LEFT),
				  RIGHT_TUNNELS);
	struct sim *l = p->host[LEFT].sim, *r = p->host[RIGHT].sim;
	const struct addr second = addr_v4(SECOND, 0);
	uint32_t id = flow_on(p, "Tunnel0", 1);

	(void)state;
	assert_int_equal(sim_packet(l, id, r), -EAGAIN);
	pair_run(p, 1000);
	assert_int_equal(p->host[LEFT].sent, 0);
	assert_int_equal(sim_failures(l), 1);
	assert_string_equal(policy_flow(p->host[LEFT].engine, id)->reason,
			    "interface Tunnel0: its tunnel source 192.0.2.65 is no address of this router");
	p->host[LEFT].second = addr_v4(SECOND, IKE_PORT);
	pair_run(p, 60000);
	sim_packet(l, id, r);
	pair_run(p, 5000);
	assert_int_equal(sim_packet(l, id, r), 0);
	assert_string_equal(policy_flow(p->host[LEFT].engine, id)->reason, "");
	/* when it has gone, what is up is not used any more */
	p->host[LEFT].second = (struct addr){ 0 };
	assert_false(policy_local_fits(p->host[LEFT].engine,
				       policy_flow(p->host[LEFT].engine, id),
				       &second));
	pair_free(p);
}

/* What the engine is told of the system that it runs on. */
static void system_is_asked(void **state)
{
	const struct addr lo = addr_v4(0x7f000001, 0);
	const struct addr other = addr_v4(0xc0000201, 0);
	char ifname[IF_NAMESIZE] = "";

	(void)state;
	assert_true(route_has_address("lo", &lo));
	assert_false(route_has_address("lo", &other));
	assert_false(route_has_address("no-such", &lo));
	assert_true(route_has_address(NULL, &lo));
	assert_false(route_has_address(NULL, &other));
	assert_int_equal(route_interface(&lo, ifname), 0);
	assert_string_equal(ifname, "lo");
}

static unsigned int dumps;

/* Of the C library, counted. */
int getifaddrs(struct ifaddrs **list)
{
	int (*real)(struct ifaddrs **) = dlsym(RTLD_NEXT, "getifaddrs");

	dumps++;
	return real(list);
}

/* Anybody's datagrams ask: what is missing does not cost a walk each time. */
static void missing_is_remembered(void **state)
{
	const struct addr other = addr_v4(0xc0000201, 0);
	struct addr six;
	unsigned int i;

	(void)state;
	assert_int_equal(addr_parse(&six, "2001:db8::77"), 0);
	route_close();
	dumps = 0;
	for (i = 0; i < 1000; i++) {
		assert_false(route_has_address("lo", &other));
		assert_false(route_has_address("no-such", &other));
		assert_false(route_has_address(NULL, &six));
	}
	/* of IPv6 once a second, should that end meanwhile; others' changes are heard, too */
	assert_in_range(dumps, 1, 10);
}

/* Give lo this address alone, or with 0.0.0.0 none: is it done? */
static bool set_lo(const struct addr *addr)
{
	struct ifreq req = { .ifr_name = "lo" };
	struct sockaddr_storage at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool done;

	addr_to_sockaddr(addr, &at);
	memcpy(&req.ifr_addr, &at, sizeof(req.ifr_addr));
	done = !ioctl(fd, SIOCSIFADDR, &req);
	close(fd);
	return done;
}

/* What comes and goes between two questions is seen, also when nobody has read of it. */
static void addresses_change(void **state)
{
	const struct addr none = addr_v4(0, 0);
	const struct addr first = addr_v4(0xc0000201, 0);
	const struct addr second = addr_v4(0xc0000202, 0);
	unsigned int i;

	(void)state;
	route_close();		/* it is of the namespace that we leave */
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		skip();
	assert_false(route_has_address("lo", &first));
	for (i = 0; i < 3; i++) {
		assert_true(set_lo(&first));
		assert_true(route_has_address("lo", &first));
		assert_true(route_has_address(NULL, &first));
		assert_true(set_lo(&none));
		assert_false(route_has_address("lo", &first));
		assert_true(set_lo(&first));
		assert_true(set_lo(&second));
		assert_false(route_has_address(NULL, &first));
		assert_true(route_has_address(NULL, &second));
	}
	/* more messages than there is room for */
	assert_true(set_lo(&first));
	assert_true(route_has_address("lo", &first));
	for (i = 0; i < 2000; i++)
		assert_true(set_lo(i % 2 ? &second : &first));
	assert_false(route_has_address("lo", &first));
	assert_true(route_has_address("lo", &second));
	route_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responder_takes_the_interface),
		cmocka_unit_test(responder_takes_the_route),
		cmocka_unit_test(initiator_uses_its_own),
		cmocka_unit_test(tunnels_know_their_sources),
		cmocka_unit_test(address_is_before_interface),
		cmocka_unit_test(source_is_no_address),
		cmocka_unit_test(system_is_asked),
		cmocka_unit_test(missing_is_remembered),
		cmocka_unit_test(addresses_change),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

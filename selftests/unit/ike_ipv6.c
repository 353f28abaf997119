// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE over IPv6, and SAs for IPv6 packets; entries with peers of both families. */
#include "ike-daemon/sa/identity.h"
#include "selftests/unit/ike_pair.h"

#define LEFT6	"2001:db8:1::1"
#define RIGHT6	"2001:db8:2::2"

#define KEY(peers)	"crypto isakmp policy 10\n" POLICY_DEFAULT		\
			"crypto isakmp key Secret address " peers "\n"
#define MAP(list, peers)						\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n" list		\
	"crypto map M 10 ipsec-isakmp\n" peers				\
	" set transform-set TS\n match address L\n"			\
	"interface wan0\n crypto map M\n"
#define LIST6(src, dst)							\
	"ipv6 access-list L\n permit ipv6 " src " " dst "\n"
#define LIST4(src, dst)	"ip access-list extended L\n permit ip " src " " dst "\n"
#define LAN_LEFT6	"2001:db8:a::/64"
#define LAN_RIGHT6	"2001:db8:b::/64"

#define LEFT_66	KEY("ipv6 " RIGHT6) MAP(LIST6(LAN_LEFT6, LAN_RIGHT6), " set peer " RIGHT6 "\n")
#define RIGHT_66 KEY("ipv6 2001:db8:1::/48") MAP(LIST6(LAN_RIGHT6, LAN_LEFT6), " set peer " LEFT6 "\n")

static struct addr parsed(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	a.port = IKE_PORT;
	return a;
}

/* Both have IPv6 addresses alone. */
static struct pair *pair6(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	p->host[LEFT].addr = parsed(LEFT6);
	p->host[RIGHT].addr = parsed(RIGHT6);
	return p;
}

static void six_in_six(void **state)
{
	struct pair *p = pair6(LEFT_66, RIGHT_66);
	const struct kernel_sa *sa;
	char text[160];

	(void)state;
	pair_up(p, LEFT);
	sa = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
			 CRYPTOMAP_DIR_OUT);
	assert_non_null(sa);
	assert_true(addr_equal(&sa->dst, &p->host[LEFT].addr));
	assert_string_equal(pair_record(p, RIGHT, 2)->proxies,
			    kernel_sel_format(&(struct kernel_sel){
				    .src = { parsed("2001:db8:b::"),
					     parsed("2001:db8:b::ffff:ffff:ffff:ffff") },
				    .dst = { parsed("2001:db8:a::"),
					     parsed("2001:db8:a::ffff:ffff:ffff:ffff") },
			    }, text, sizeof(text)));
	pair_traffic(p, 5);
	pair_free(p);
}

static void the_other_begins(void **state)
{
	struct pair *p = pair6(LEFT_66, RIGHT_66);

	(void)state;
	pair_up(p, RIGHT);
	assert_true(pair_ike(p, LEFT)->remote.family == AF_INET6);
	pair_free(p);
}

static void four_in_six(void **state)
{
	struct pair *p = pair6(KEY("ipv6 ::/0") MAP(LIST4(CFG_LAN_LEFT, CFG_LAN_RIGHT), " set peer " RIGHT6 "\n"),
			       KEY("ipv6 ::/0") MAP(LIST4(CFG_LAN_RIGHT, CFG_LAN_LEFT), " set peer " LEFT6 "\n"));

	(void)state;
	pair_up(p, LEFT);
	pair_free(p);
}

static void six_in_four(void **state)
{
	struct pair *p = pair_new(KEY("0.0.0.0") MAP(LIST6(LAN_LEFT6, LAN_RIGHT6), " set peer " CFG_ADDR_RIGHT "\n"),
				  KEY("0.0.0.0") MAP(LIST6(LAN_RIGHT6, LAN_LEFT6), " set peer " CFG_ADDR_LEFT "\n"));

	(void)state;
	pair_up(p, LEFT);
	pair_free(p);
}

/* All of IPv4 is not all of IPv6. */
static void a_key_is_of_one_family(void **state)
{
	struct pair *p = pair6(KEY("0.0.0.0") MAP(LIST6(LAN_LEFT6, LAN_RIGHT6), " set peer " RIGHT6 "\n"),
			       RIGHT_66);

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_true(list_empty(&p->host[LEFT].engine->all_peers));
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	assert_non_null(strstr(policy_flow_known(p->host[LEFT].engine,
						 pair_flow(p, LEFT))->reason,
			       "no pre-shared key"));
	pair_free(p);
}

/* An interface without an address of the peer's family. */
static void no_address_of_that_family(void **state)
{
	struct pair *p = pair_new(LEFT_66, RIGHT_66);

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_string_equal(policy_flow_known(p->host[LEFT].engine,
					      pair_flow(p, LEFT))->reason,
			    "the outside interface wan0 has no IPv6 address");
	pair_free(p);
}

/* The first peer, of IPv4, does not answer: the next is one of IPv6. */
static void from_one_family_to_the_other(void **state)
{
	struct pair *p = pair_new(KEY("192.0.2.99") "crypto isakmp key Secret address ipv6 " RIGHT6 "\n"
				  MAP(LIST6(LAN_LEFT6, LAN_RIGHT6), " set peer 192.0.2.99\n set peer " RIGHT6 "\n"),
				  RIGHT_66);

	(void)state;
	p->host[LEFT].second = parsed(LEFT6);
	p->host[RIGHT].addr = parsed(RIGHT6);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 200000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_true(pair_ike(p, LEFT)->remote.family == AF_INET6);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(six_in_six),
		cmocka_unit_test(the_other_begins),
		cmocka_unit_test(four_in_six),
		cmocka_unit_test(six_in_four),
		cmocka_unit_test(a_key_is_of_one_family),
		cmocka_unit_test(no_address_of_that_family),
		cmocka_unit_test(from_one_family_to_the_other),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

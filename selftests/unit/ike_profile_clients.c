// SPDX-License-Identifier: GPL-2.0-or-later
/* ISAKMP profiles for clients of remote access, for tunnels, and with certificates. */
#include "selftests/unit/ike_ezvpn.h"
#include "selftests/unit/ike_pki.h"

/* The crypto map says nothing of clients: the profile does. */
#define PROFILE_FOR(group, lines)					\
	"crypto isakmp profile CLIENTS\n match identity group " group "\n" lines
#define OF_CLIENTS							\
	" client authentication list USERS\n isakmp authorization list GROUPS\n" \
	" client configuration address respond\n"
#define GATEWAY(profile)						\
	POLICY AAA GROUP profile					\
	"crypto dynamic-map D 10\n set isakmp-profile CLIENTS\n" TEMPLATE

static void client_of_profile(void **state)
{
	struct pair *p = ez_new(EZ, GATEWAY(PROFILE_FOR("G", OF_CLIENTS)));

	(void)state;
	ez_works(p);
	assert_string_equal(pair_ike(p, RIGHT)->profile, "CLIENTS");
	assert_string_equal(v1_access_user(pair_ike(p, RIGHT)), "alice");
	pair_free(p);
}

/* Who is asked for a user under it must know one. */
static void wrong_password(void **state)
{
	struct pair *p = ez_new(EZ_OF(EZ_GROUP " username alice password other\n"),
				GATEWAY(PROFILE_FOR("G", OF_CLIENTS)));

	(void)state;
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* A profile for others: no list is his, and the entry is not. */
static void client_of_no_profile(void **state)
{
	struct pair *p = ez_new(EZ, GATEWAY(PROFILE_FOR("OTHER", OF_CLIENTS)));

	(void)state;
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* --- tunnels ------------------------------------------------------------------- */

#define ROUTED(src, dst, self, match, key)				\
	POLICY								\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto keyring K\n pre-shared-key address " dst " key " key "\n"	\
	"crypto isakmp profile T\n keyring K\n self-identity fqdn " self "\n" \
	" match identity host " match "\n"				\
	"crypto ipsec profile P\n set transform-set TS\n set isakmp-profile T\n" \
	"interface Tunnel0\n tunnel mode ipsec ipv4\n tunnel source " src "\n" \
	" tunnel destination " dst "\n tunnel protection ipsec profile P\n"
#define TUNNEL_LEFT(match, key)						\
	ROUTED(CFG_ADDR_LEFT, CFG_ADDR_RIGHT, "l.example", match, key)
#define TUNNEL_RIGHT							\
	ROUTED(CFG_ADDR_RIGHT, CFG_ADDR_LEFT, "r.example", "l.example", "Secret")

static void tunnel_of_profile(void **state)
{
	struct pair *p = pair_new(TUNNEL_LEFT("r.example", "Secret"), TUNNEL_RIGHT);

	(void)state;
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, LEFT)->profile, "T");
	assert_string_equal(pair_ike(p, RIGHT)->profile, "T");
	pair_free(p);
	p = pair_new(TUNNEL_LEFT("s.example", "Secret"), TUNNEL_RIGHT);
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* --- certificates ----------------------------------------------------------------- */

static void trustpoint(void **state)
{
	struct end l = left, r = right;
	struct pair *p;

	(void)state;
	l.identity = "fqdn left.example";
	r.more = "crypto isakmp profile P\n match identity host left.example\n"
		 " self-identity fqdn right.example\n ca trust-point T\n";
	p = meet(&l, &r);
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, RIGHT)->profile, "P");
	assert_string_equal(pair_ike(p, LEFT)->remote_id, "right.example");
	pair_free(p);
	r.more = "crypto isakmp profile P\n match identity host left.example\n"
		 " ca trust-point U\n";
	p = meet(&l, &r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "no ca-certificate is configured"));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_of_profile),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(client_of_no_profile),
		cmocka_unit_test(tunnel_of_profile),
		cmocka_unit_test(trustpoint),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a client of remote access takes for its gateway.  F-037 */
#include <netdb.h>

#include "ike-daemon/policy/ezvpn_call.h"
#include "selftests/unit/ike_ezvpn.h"
#include "selftests/unit/ike_pki.h"
#include "ike-daemon/v1/v1.h"

/* --- certificates: right.example, and 198.51.100.2 ---------------------------------- */

#define IDENTITY(name)	"crypto identity WHO\n " name "\n"

static const char *client_of(const char *peer, const char *before,
			     const char *lines)
{
	static char text[TEXT_MAX];

	snprintf(text, sizeof(text),
		 "%scrypto pki trustpoint T\n ca-certificate %s/root.pem\n"
		 " certificate %s/left.pem\n private-key %s/left.key\n"
		 "crypto isakmp identity dn\n"
		 "crypto isakmp policy 10\n"
		 " encryption aes 256\n hash sha256\n authentication ecdsa-sig\n group 19\n"
		 "crypto ipsec client ezvpn EZ\n peer %s\n%s" EZ_ALICE
		 " connect manual\n" EZ_OUTSIDE,
		 before, dir, dir, dir, peer, lines);
	return text;
}

/* Is the gateway with this certificate of the right authority taken for @peer? */
static void certified(const char *peer, const char *before, const char *lines,
		      const char *why)
{
	struct pair *p = pair_new(client_of(peer, before, lines),
				  config(RIGHT, &right));
	struct err err = { "" };

	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_run(p, 3000);
	if (why) {
		ez_says(p, why);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 0);
		assert_false(ez_of(p)->conf.live.up);
	} else {
		/* It does not know mode configuration, and that is as far as it goes. */
		assert_non_null(pair_ike(p, LEFT));
		assert_int_equal(pair_ike(p, LEFT)->ezvpn->step, CLIENT_CONFIG);
	}
	pair_free(p);
}

static void the_address_is_certified(void **state)
{
	(void)state;
	certified(CFG_ADDR_RIGHT, "", "", NULL);
}

static void an_identity_is_certified(void **state)
{
	(void)state;
	certified(CFG_ADDR_RIGHT, IDENTITY("fqdn right.example"),
		  " identity WHO\n", NULL);
	certified(CFG_ADDR_RIGHT, IDENTITY("fqdn other.example"),
		  " identity WHO\n", "does not name the gateway, identity WHO");
	certified(CFG_ADDR_RIGHT, IDENTITY("dn cn=right,o=Example"),
		  " identity WHO\n", NULL);
}

static void without_a_certificate(void **state)
{
	struct pair *p = ez_new(IDENTITY("fqdn right.example")
				EZ_OF(EZ_GROUP EZ_ALICE " identity WHO\n"),
				SERVER);

	(void)state;
	ez_says(p, "shows no certificate, and must be identity WHO");
	ez_nothing(p);
	pair_free(p);
}

/* --- names ---------------------------------------------------------------------- */

#define ANSWERS	3

static uint32_t stands_for[ANSWERS];	/* what names do; first 0: they are not known */
static struct addr also_ipv6;		/* that comes first; unset: none does */
static unsigned int n_looked_up;

static struct addrinfo *answer(struct addrinfo *info, struct sockaddr_storage *ss,
			       const struct addr *addr)
{
	memset(info, 0, sizeof(*info));
	info->ai_addrlen = addr_to_sockaddr(addr, ss);
	info->ai_family = ss->ss_family;
	info->ai_addr = (struct sockaddr *)ss;
	return info;
}

int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **res);
int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **res)
{
	static struct sockaddr_storage ss[ANSWERS + 1];
	static struct addrinfo info[ANSWERS + 1];
	struct addrinfo **last = res;
	struct addr addr;
	size_t i;

	(void)node;
	(void)service;
	n_looked_up++;
	*res = NULL;
	if (addr_is_set(&also_ipv6) && hints->ai_family != AF_INET) {
		*last = answer(&info[ANSWERS], &ss[ANSWERS], &also_ipv6);
		last = &(*last)->ai_next;
	}
	for (i = 0; i < ANSWERS && stands_for[i]; i++) {
		addr = addr_v4(stands_for[i], 0);
		*last = answer(&info[i], &ss[i], &addr);
		last = &(*last)->ai_next;
	}
	return *res ? 0 : EAI_NONAME;
}

void __wrap_freeaddrinfo(struct addrinfo *list);
void __wrap_freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

static void stand_for(uint32_t host)
{
	memset(stands_for, 0, sizeof(stands_for));
	memset(&also_ipv6, 0, sizeof(also_ipv6));
	stands_for[0] = host;
}

#define EZ_NAME(lines)							\
	POLICY "crypto ipsec client ezvpn EZ\n peer gw.example.test\n"	\
	EZ_GROUP EZ_ALICE lines EZ_OUTSIDE

static void a_name(void **state)
{
	struct pair *p;

	(void)state;
	stand_for(0);
	n_looked_up = 0;
	p = ez_new(EZ_NAME(""), SERVER);
	ez_says(p, "gw.example.test cannot be looked up");
	assert_int_equal(p->host[LEFT].sent, 0);
	stand_for(0xc6336402);
	pair_run(p, 15000);
	ez_works(p);
	assert_int_equal(n_looked_up, 2);
	/* The daemon after it does not know the name's address, but the tunnel. */
	p->host[LEFT].lent = addr_v4(0x0a63000a, 0);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, EZ_NAME(""));
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_run(p, 30000);
	ez_works(p);
	pair_config(p, LEFT, POLICY);
	pair_run(p, 3000);
	ez_nothing(p);
	pair_free(p);
}

/* It goes while the name is on its way. */
static void a_name_too_late(void **state)
{
	struct pair *p;
	struct err err = { "" };

	(void)state;
	stand_for(0xc6336402);
	p = pair_new(EZ_NAME(" connect manual\n"), SERVER);
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	assert_non_null(ez_of(p)->lookup);
	assert_int_equal(ezvpn_clear(ez_of(p), &err), 0);
	pair_run(p, 10000);
	ez_is(p, "CONNECT_REQUIRED");
	assert_int_equal(ezvpn_connect(ez_of(p), &err), 0);
	pair_config(p, LEFT, POLICY);
	pair_run(p, 10000);
	assert_int_equal(p->host[LEFT].sent, 0);
	pair_free(p);
}

static void a_name_of_somebody_else(void **state)
{
	static const uint32_t bad[] = { 0xe0000001, 0xc0000209, 0xc000020a };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct pair *p;

		stand_for(bad[i]);
		p = ez_new(EZ_NAME("") "crypto map OTHER 10 ipsec-isakmp\n"
			   " set peer 192.0.2.9\n"
			   "crypto isakmp peer address 192.0.2.10\n"
			   " set aggressive-mode password x\n", SERVER);
		ez_says(p, i ? "which is that of another peer" :
			       "which no gateway has");
		assert_int_equal(p->host[LEFT].sent, 0);
		pair_free(p);
	}
}

/* Who makes the name stand for himself needs the gateway's certificate. */
static void the_name_is_certified(void **state)
{
	(void)state;
	stand_for(0xc6336402);
	certified("RIGHT.example", "", "", NULL);
	certified("gw.example.test", "", "",
		  "does not name the gateway, gw.example.test");
}

/* --- the end ------------------------------------------------------------------------ */

/* Its SAs are gone, and the name is not known: nothing is in clear all the same. */
static void a_new_daemon_without_sas(void **state)
{
	struct pair *p;

	(void)state;
	stand_for(0xc6336402);
	p = ez_new(EZ_NAME(""), SERVER);
	ez_works(p);
	p->host[LEFT].lent = addr_v4(0x0a63000a, 0);
	while (pair_children(p, LEFT))
		child_sa_delete(list_entry(pair_ike(p, LEFT)->peer->children.next,
					   struct child_sa, of_peer),
				CRYPTOMAP_TOMB_PEER);
	pair_stop(p, LEFT);
	stand_for(0);
	pair_start(p, LEFT);
	pair_config(p, LEFT, EZ_NAME(""));
	assert_int_equal(count_flows(p, LEFT), 2);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(count_flows(p, LEFT), 2);
	stand_for(0xc6336402);
	pair_run(p, 300000);
	ez_works(p);
	pair_free(p);
}

/* What is under way ends without a word: of the key, or of anything else. */
static void it_ends_without_a_word(void **state)
{
	struct pair *p = pair_new(EZ, SERVER);

	(void)state;
	pair_run(p, 1);
	assert_non_null(pair_ike(p, LEFT));
	assert_false(ike_sa_established(pair_ike(p, LEFT)));
	v1_end_ike(pair_ike(p, LEFT), false, "test");
	pair_run(p, 30000);
	ez_works(p);
	pair_free(p);
}

/* Dead while another phase 1 is under way, which goes on. */
static void dead_in_between(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	struct ezvpn *ez = ez_of(p);

	(void)state;
	ez_works(p);
	ezvpn_pause(ez, 1, "DPD_TIMEOUT", "test");
	assert_int_equal(v1_connect_again(pair_ike(p, LEFT)), 0);
	while (ezvpn_sa(ez, true))
		v1_end_ike(ezvpn_sa(ez, true), false, "test");
	assert_non_null(ezvpn_sa(ez, false));
	pair_run(p, 5);
	if (ezvpn_sa(ez, false))
		v1_end_ike(ezvpn_sa(ez, false), false, "test");
	pair_run(p, 60000);
	ez_works(p);
	pair_free(p);
}

/* A gateway that ends each tunnel at once is called more and more seldom. */
static void it_ends_soon(void **state)
{
	struct pair *p = ez_new(EZ, SERVER);
	struct ezvpn *ez = ez_of(p);
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		pair_run(p, 5000);
		ez_works(p);
		v1_delete_ike(server_sa(p));
		pair_run(p, 100);
		assert_int_equal(ez->step, EZVPN_PAUSE);
		assert_int_equal(ez->rounds, i + 1);
		pair_run(p, 10000 << i);
	}
	pair_run(p, 400000);
	assert_int_equal(ez->rounds, 0);
	pair_free(p);
}

#define INSIDE								\
	EZ_OF(EZ_GROUP EZ_ALICE " mode network-extension\n")		\
	"interface lan0\n crypto ipsec client ezvpn EZ inside\n"

static void an_interface_inside_goes(void **state)
{
	struct pair *p = pair_new(INSIDE, SERVER
				  "crypto isakmp client configuration group G\n no pool\n");
	struct prefix before;

	(void)state;
	assert_int_equal(prefix_parse(&before, "10.1.0.0/24"), 0);
	p->host[LEFT].inside = before;
	pair_run(p, 20000);
	ez_works(p);
	memset(&p->host[LEFT].inside, 0, sizeof(before));
	pair_config(p, LEFT, "hostname x\n" INSIDE);
	pair_run(p, 20000);
	assert_int_equal(ez_of(p)->conf.live.n_local, 1);
	assert_int_equal(count_flows(p, LEFT), 2);
	/* And it comes back with another one. */
	assert_int_equal(prefix_parse(&p->host[LEFT].inside, "10.7.0.0/24"), 0);
	pair_run(p, 20000);
	assert_true(prefix_equal(&ez_of(p)->conf.live.local[0],
				 &p->host[LEFT].inside));
	assert_int_equal(ez_of(p)->conf.live.n_local, 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_is_certified),
		cmocka_unit_test(the_name_is_certified),
		cmocka_unit_test(an_identity_is_certified),
		cmocka_unit_test(without_a_certificate),
		cmocka_unit_test(a_name),
		cmocka_unit_test(a_name_too_late),
		cmocka_unit_test(a_name_of_somebody_else),
		cmocka_unit_test(a_new_daemon_without_sas),
		cmocka_unit_test(it_ends_without_a_word),
		cmocka_unit_test(dead_in_between),
		cmocka_unit_test(it_ends_soon),
		cmocka_unit_test(an_interface_inside_goes),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}

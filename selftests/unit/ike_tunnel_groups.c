// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who is a client and who a router, where tunnel groups say it, groups of IOS are beside
 * them, and some have certificates.  F-034 F-038 F-039 F-099 C-059 C-064 E-035 E-037
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"
#include "selftests/unit/ike_pki.h"
#include "tools/cli/config.h"

#define BASE								\
	POLICY "username alice password alicepw\n"			\
	"ip local pool EZ 10.99.0.10\n"
#define RA(name, lines)							\
	"tunnel-group " name " type remote-access\n"			\
	"tunnel-group " name " general-attributes\n address-pool EZ\n"	\
	"tunnel-group " name " ipsec-attributes\n" lines
#define KEY_OF(secret)	" ikev1 pre-shared-key " secret "\n"
#define NO_USERS	" ikev1 user-authentication none\n"
#define OTHER		RA("X", KEY_OF("OtherSecret"))
#define IOS_GROUP(name)							\
	"crypto isakmp client configuration group " name "\n"		\
	" key GroupSecret\n pool EZ\n"
#define ROUTER	CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "")
/* A router of ours by name, behind the same map. */
#define NAMED								\
	"access-list 102 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255\n" \
	"crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n"		\
	" set transform-set TS\n match address 102\n"

/* Whoever knows the key is asked for a user, whatever else is configured. */
static void users_are_asked_for(void **state)
{
	static const struct { const char *client, *server; } cases[] = {
		/* a group of IOS beside tunnel-groups, of another name and of the same */
		{ CLIENT, BASE OTHER IOS_GROUP("G") TEMPLATE },
		{ CLIENT, BASE RA("G", KEY_OF("GroupSecret")) TEMPLATE },
		{ CLIENT, BASE IOS_GROUP("G") RA("G", KEY_OF("x") NO_USERS) TEMPLATE },
		{ ROUTER, BASE IOS_GROUP("default")
		  RA("DefaultRAGroup", KEY_OF("Secret")) TEMPLATE },
		{ ROUTER, BASE RA("default", KEY_OF("x") NO_USERS)
		  RA("DefaultRAGroup", KEY_OF("Secret")) TEMPLATE },
		/* a map that says something of clients, but no list */
		{ CLIENT, BASE RA("G", KEY_OF("GroupSecret")) TEMPLATE
		  "aaa authorization network L local\n"
		  "crypto map M isakmp authorization list L\n"
		  "crypto map M client configuration address respond\n" },
		{ CLIENT, BASE RA("G", KEY_OF("GroupSecret")) TEMPLATE
		  "crypto map M client configuration address respond\n" },
		/* a map of IOS, and a tunnel-group that is called as its default group */
		{ ROUTER, BASE AAA LOGIN GROUPS_OF_MAP
		  "crypto isakmp key Secret address 192.0.2.1\n"
		  RA("default", KEY_OF("x") NO_USERS) TEMPLATE },
		/* the name of the tunnel-group is an address */
		{ ROUTER, BASE RA("192.0.2.1", KEY_OF("Secret")) TEMPLATE },
		{ ROUTER, BASE RA("192.0.2.1", KEY_OF("Secret"))
		  RA("DefaultRAGroup", KEY_OF("x") NO_USERS) TEMPLATE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(cases[i].client, cases[i].server);
		struct ike_sa *sa;

		client_begin(p);
		sa = server_sa(p);
		if (!sa || sa->state != IKE_CONF_XAUTH)
			fail_msg("%zu: %s", i, sa ? ike_sa_ios(sa) : "no SA");
		pair_free(p);
	}
}

/* The key that clients have is none of a router that is named, whoever begins. */
static void nobody_is_a_router_by_it(void **state)
{
	static const char gateway[] =
		BASE RA("DefaultRAGroup", KEY_OF("Secret")) TEMPLATE NAMED;
	struct pair *p = pair_new(ROUTER, gateway);

	(void)state;
	pair_packet(p, LEFT);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
	p = pair_new(ROUTER, gateway);
	pair_packet(p, RIGHT);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
	/* With a key of its own it is. */
	p = pair_new(ROUTER, BASE RA("DefaultRAGroup", KEY_OF("x"))
		     "tunnel-group 192.0.2.1 type ipsec-l2l\n"
		     "tunnel-group 192.0.2.1 ipsec-attributes\n" KEY_OF("Secret")
		     TEMPLATE NAMED);
	pair_up(p, LEFT);
	pair_free(p);
}

/* --- certificates ----------------------------------------------------------------- */

/* The right end's certificates, then @rest. */
static struct pair *certified(const char *rest)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text),
		 "crypto pki trustpoint T\n ca-certificate %s/root.pem\n"
		 " certificate %s/right.pem\n private-key %s/right.key\n"
		 "crypto isakmp identity dn\ncrypto isakmp policy 10\n"
		 " encryption aes 256\n hash sha256\n authentication ecdsa-sig\n group 19\n"
		 "username alice password alicepw\n%s", dir, dir, dir, rest);
	return client_new(config(LEFT, &left), text);
}

static void who_has_a_certificate(void **state)
{
	static const struct { const char *rest; bool asked; } cases[] = {
		/* DefaultRAGroup is there without being configured. */
		{ OTHER TEMPLATE, true },
		{ OTHER RA("DefaultRAGroup", KEY_OF("x")) TEMPLATE, true },
		{ OTHER RA("DefaultRAGroup", NO_USERS) TEMPLATE, false },
		/* Routers are known by where they are. */
		{ OTHER TEMPLATE NAMED, false },
		{ OTHER "tunnel-group 192.0.2.1 type ipsec-l2l\n" TEMPLATE, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = certified(cases[i].rest);
		struct ike_sa *sa;

		client_begin(p);
		sa = server_sa(p);
		if (!sa || sa->state != (cases[i].asked ? IKE_CONF_XAUTH :
							  IKE_ESTABLISHED))
			fail_msg("%zu: %s", i, sa ? ike_sa_ios(sa) : "no SA");
		pair_free(p);
	}
}

/* --- groups whose users are not asked for --------------------------------------------- */

#define ALONE	BASE RA("G", KEY_OF("GroupSecret") NO_USERS) TEMPLATE
#define DEFAULT_POLICY(line)	"group-policy DfltGrpPolicy attributes\n" line

static void policies_hold_without_users(void **state)
{
	struct pair *p = client_new(CLIENT, ALONE DEFAULT_POLICY(
		" vpn-tunnel-protocol l2tp-ipsec\n"));

	(void)state;
	pair_packet(p, LEFT);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, RIGHT, 2)->reason,
			       "vpn-tunnel-protocol of its policy does not permit ikev1"));
	pair_free(p);
	p = client_new(CLIENT, ALONE DEFAULT_POLICY(" vpn-session-timeout 2\n"));
	pair_packet(p, LEFT);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	heard.deaf = true;
	pair_run(p, 120000);
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
	p = client_new(CLIENT, ALONE DEFAULT_POLICY(" vpn-idle-timeout 2\n"));
	pair_packet(p, LEFT);
	pair_run(p, 10000);
	heard.deaf = true;
	pair_run(p, 130000);
	assert_null(server_sa(p));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* From now on they are: what had nobody goes, its pairs, too, which have outlived it. */
static void users_are_asked_for_now(void **state)
{
	struct pair *p = client_new(CLIENT, ALONE);

	(void)state;
	pair_packet(p, LEFT);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	v1_end_ike(server_sa(p), false, "test");
	heard.deaf = true;
	pair_config(p, RIGHT, ALONE);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_config(p, RIGHT, BASE RA("G", KEY_OF("GroupSecret")) TEMPLATE);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* --- later ---------------------------------------------------------------------------- */

#define WITH_USERS	BASE RA("G", KEY_OF("GroupSecret")) TEMPLATE

/* A new daemon does not call the clients of the one before. */
static void another_daemon(void **state)
{
	static const char config[] = BASE
		RA("DefaultRAGroup", KEY_OF("Secret") NO_USERS) TEMPLATE
		"crypto ipsec security-association lifetime seconds 300\n";
	struct pair *p = pair_new(ROUTER, config);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, RIGHT);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, config);
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_stop(p, LEFT);
	pair_run(p, 290000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_TX), 0);
	pair_free(p);
}

/* Who says his password again has not come anew. */
static void sessions_are_not_prolonged(void **state)
{
	struct pair *p = client_new(CLIENT, WITH_USERS DEFAULT_POLICY(
		" vpn-idle-timeout none\n vpn-session-timeout 3\n"));

	(void)state;
	client_in(p);
	pair_run(p, 100000);
	heard.n = 0;
	v1_connect(p->host[LEFT].engine, pair_ike(p, LEFT)->peer,
		   &p->host[LEFT].addr, true);
	pair_run(p, 5);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	heard.deaf = true;
	pair_run(p, 15000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(server_sa(p));
	pair_free(p);
}

/* A change that is merged may say otherwise what was derived. */
static void merged_changes(void **state)
{
	static const char change[] =
		"no tunnel-group G type remote-access\n" IOS_GROUP("G");
	struct cm_config *base = pair_parse(WITH_USERS), *out = NULL;

	(void)state;
	assert_int_equal(cm_config_expand(base), 0);
	assert_true(cfg_group_find(base, "G")->derived);
	assert_int_equal(config_parse_onto(base, "t", change, strlen(change),
					   stderr, &out), 0);
	assert_false(cfg_group_find(out, "G")->derived);
	assert_string_equal(cfg_map_find(out, "M")->login, "");
	cm_config_free(out);
	cm_config_free(base);
}

/* --- keepalives ---------------------------------------------------------------------- */

static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)p;
	(void)pkt;
	(void)n;
	return 0;
}

#define L2L(name, lines)						\
	"tunnel-group " name " type ipsec-l2l\n"			\
	"tunnel-group " name " ipsec-attributes\n" lines
#define OF_LEFT(lines)	L2L("192.0.2.1", KEY_OF("Secret") lines)
#define GLOBAL		"crypto isakmp keepalive 100 4 periodic\n"
#define ASK(threshold)	" isakmp keepalive threshold " threshold " retry 4\n"
#define NEVER		" isakmp keepalive disable\n"

/*
 * Five questions, then it is dead: not before the one, but until the other, in s. Packets count
 * as life, which makes it up to two times the threshold.
 */
static void keepalives_of_groups(void **state)
{
	static const struct {
		const char *left, *right;
		unsigned int not_before, until;	/* 0: never */
	} cases[] = {
		/* as ASA does by itself */
		{ ROUTER, OF_LEFT(""), 15, 32 },
		{ CLIENT, RA("G", KEY_OF("GroupSecret")), 305, 612 },
		/* what is said for all */
		{ ROUTER, GLOBAL OF_LEFT(""), 115, 222 },
		{ CLIENT, GLOBAL RA("G", KEY_OF("GroupSecret")), 115, 222 },
		/* what is said for the group */
		{ ROUTER, GLOBAL OF_LEFT(ASK("20")), 35, 62 },
		{ CLIENT, GLOBAL RA("G", KEY_OF("GroupSecret") ASK("20")), 35, 62 },
		{ ROUTER, GLOBAL OF_LEFT(NEVER), 0, 0 },
		{ CLIENT, GLOBAL RA("G", KEY_OF("GroupSecret") NEVER), 0, 0 },
		/* and of another, of whom no other names, of nobody */
		{ ROUTER, GLOBAL OF_LEFT("") L2L("192.0.2.77", NEVER), 115, 222 },
		{ ROUTER, L2L("DefaultL2LGroup", KEY_OF("Secret") ASK("30")), 45, 82 },
		/* which a group of IOS hides */
		{ CLIENT, GLOBAL AAA IOS_GROUP("G") LOGIN GROUPS_OF_MAP RESPOND
		  RA("G", KEY_OF("x") NEVER), 115, 222 },
		{ ROUTER, "crypto isakmp key Secret address 192.0.2.1\n"
		  L2L("192.0.2.77", ASK("20")), 0, 0 },
	};
	char text[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p;

		snprintf(text, sizeof(text), "%s%s" TEMPLATE "%s", BASE,
			 cases[i].right,
			 !strcmp(cases[i].left, ROUTER) ? NAMED : "");
		p = client_new(cases[i].left, text);
		if (!strcmp(cases[i].left, ROUTER))
			pair_up(p, LEFT);
		else
			client_in(p);
		p->filter = cut;
		pair_run(p, (cases[i].until ? cases[i].not_before : 2000) * 1000ull);
		if (pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD))
			fail_msg("%zu: too early", i);
		pair_run(p, (cases[i].until - cases[i].not_before) * 1000ull);
		if (pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD) !=
		    !!cases[i].until)
			fail_msg("%zu: too late", i);
		pair_free(p);
	}
}

/* A change holds for what is up. */
static void keepalives_change(void **state)
{
	struct pair *p = client_new(ROUTER, BASE OF_LEFT(NEVER) TEMPLATE NAMED);

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 100000);
	pair_config(p, RIGHT, BASE OF_LEFT(ASK("20")) TEMPLATE NAMED);
	p->filter = cut;
	pair_run(p, 62000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD), 1);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_asked_for),
		cmocka_unit_test(nobody_is_a_router_by_it),
		cmocka_unit_test(who_has_a_certificate),
		cmocka_unit_test(policies_hold_without_users),
		cmocka_unit_test(users_are_asked_for_now),
		cmocka_unit_test(another_daemon),
		cmocka_unit_test(sessions_are_not_prolonged),
		cmocka_unit_test(merged_changes),
		cmocka_unit_test(keepalives_of_groups),
		cmocka_unit_test(keepalives_change),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}

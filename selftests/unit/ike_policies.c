// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of tunnel groups, whose policies and users say what they are told and may do.
 * F-003 F-034 F-038 F-039 F-099 C-018 C-059 to C-061 C-064 to C-070 C-074 to C-076 C-079 E-021 E-035
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_client.h"
#include "tools/cli/config.h"

#define USERS	"username alice password alicepw\nusername bob password bobpw\n"
#define LISTS								\
	"ip local pool EZ 10.99.0.10\n"					\
	"access-list 150 permit ip 10.2.0.0 0.0.0.255 any\n"
#define POLICIES							\
	"group-policy P internal\ngroup-policy P attributes\n"		\
	" dns-server value 10.2.0.53 10.2.0.54\n default-domain value example.test\n" \
	" split-tunnel-policy tunnelspecified\n"			\
	" split-tunnel-network-list value 150\n banner value hello\n"	\
	" password-storage enable\n"
#define TUNNEL								\
	"tunnel-group G type remote-access\n"				\
	"tunnel-group G general-attributes\n"				\
	" address-pool EZ\n default-group-policy P\n"			\
	"tunnel-group G ipsec-attributes\n ikev1 pre-shared-key GroupSecret\n"
#define ASA	POLICY USERS LISTS POLICIES TUNNEL TEMPLATE
#define OF_POLICY(lines)	"group-policy P attributes\n" lines
#define OF_ALICE(lines)		"username alice attributes\n" lines

/* --- inheritance ----------------------------------------------------------------- */

static void attrs_of(const char *text, const char *user, const char *policy,
		     struct cfg_attrs *out)
{
	struct cm_config *cfg = pair_parse(text);

	assert_int_equal(cm_config_expand(cfg), 0);
	cfg_attrs_of(cfg, cfg_group_of(cfg, "G"), user, policy, out);
	cm_config_free(cfg);
}

/* The user, his policy, that of the tunnel group, DfltGrpPolicy, what that has by itself. */
static void who_says_it(void **state)
{
	static const struct {
		const char *more, *user, *policy;
		uint32_t idle, logins;
	} cases[] = {
		{ "", "", "", 30, 3 },
		{ "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 60\n",
		  "", "", 60, 3 },
		{ "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 60\n"
		  OF_POLICY(" vpn-idle-timeout 20\n"), "", "", 20, 3 },
		{ OF_POLICY(" vpn-idle-timeout none\n"), "alice", "", 0, 3 },
		{ OF_POLICY(" vpn-idle-timeout 20\n no vpn-idle-timeout\n"),
		  "alice", "", 30, 3 },
		{ OF_POLICY(" vpn-idle-timeout 20\n")
		  OF_ALICE(" vpn-idle-timeout 10\n vpn-simultaneous-logins 7\n"),
		  "alice", "", 10, 7 },
		{ OF_POLICY(" vpn-idle-timeout 20\n")
		  OF_ALICE(" vpn-idle-timeout 10\n vpn-simultaneous-logins 7\n"),
		  "bob", "", 20, 3 },
		{ "group-policy Q internal\ngroup-policy Q attributes\n vpn-simultaneous-logins 5\n"
		  OF_POLICY(" vpn-idle-timeout 20\n")
		  OF_ALICE(" vpn-group-policy Q\n"), "alice", "", 30, 5 },
		{ "group-policy Q internal\ngroup-policy Q attributes\n vpn-simultaneous-logins 5\n"
		  OF_POLICY(" vpn-idle-timeout 20\n"), "bob", "Q", 30, 5 },
		/* One that there is not */
		{ OF_POLICY(" vpn-idle-timeout 20\n"), "bob", "R", 20, 3 },
		{ OF_POLICY(" vpn-idle-timeout 20\n")
		  OF_ALICE(" vpn-group-policy R\n"), "alice", "", 20, 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cfg_attrs attrs;
		char text[4000];

		snprintf(text, sizeof(text), ASA "%s", cases[i].more);
		attrs_of(text, cases[i].user, cases[i].policy, &attrs);
		if (attrs.idle != cases[i].idle ||
		    attrs.logins != cases[i].logins)
			fail_msg("%zu: idle %u, logins %u", i, attrs.idle,
				 attrs.logins);
	}
}

/* The policy's, else the tunnel group's, else that of DfltGrpPolicy. */
static void whose_pool(void **state)
{
	static const char default_pool[] = ASA
		"group-policy DfltGrpPolicy attributes\n address-pools value D\n";
	static const char no_pool[] = ASA
		"group-policy DfltGrpPolicy attributes\n address-pools value D\n"
		"tunnel-group G general-attributes\n no address-pool\n";
	static const char of_policy[] = ASA OF_POLICY(" address-pools value Q\n");
	static const char none[] = ASA OF_POLICY(" address-pools none\n");
	struct cfg_attrs attrs;

	(void)state;
	attrs_of(default_pool, "", "", &attrs);
	assert_string_equal(attrs.pool, "EZ");
	attrs_of(no_pool, "", "", &attrs);
	assert_string_equal(attrs.pool, "D");
	attrs_of(of_policy, "", "", &attrs);
	assert_string_equal(attrs.pool, "Q");
	attrs_of(none, "", "", &attrs);
	assert_string_equal(attrs.pool, "");
}

/* Groups of IOS have no such limits, and users' attributes count there, too. */
static void groups_of_ios(void **state)
{
	struct cfg_attrs attrs;

	(void)state;
	attrs_of(SERVER, "alice", "", &attrs);
	assert_int_equal(attrs.idle, 0);
	assert_int_equal(attrs.logins, CFG_LOGINS_ANY);
	assert_int_equal(attrs.split, CFG_SPLIT_SPECIFIED);
	assert_string_equal(attrs.pool, "EZ");
	attrs_of(SERVER OF_ALICE(" vpn-idle-timeout 10\n"), "alice", "", &attrs);
	assert_int_equal(attrs.idle, 10);
	assert_string_equal(attrs.pool, "EZ");
}

/* --- what clients are told ---------------------------------------------------------- */

static void all_the_way(void **state)
{
	struct pair *p = client_new(CLIENT, ASA);

	(void)state;
	client_begin(p);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	client_config(p);
	assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020035));
	assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020036));
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_NBNS));
	assert_string_equal(v1_access_user(server_sa(p)), "alice");
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

/* As Cisco's clients, who say so. */
static void ask_as_unity(struct pair *p)
{
	client_begin(p);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	server_sa(p)->vendors |= IKE_PEER_UNITY;
	client_config(p);
}

static void split_tunnels(void **state)
{
	static const struct { const char *policy; unsigned int has, not; } cases[] = {
		{ "tunnelspecified", ISAKMP_CFG_UNITY_SPLIT_INCLUDE,
		  ISAKMP_CFG_UNITY_LOCAL_LAN },
		{ "excludespecified", ISAKMP_CFG_UNITY_LOCAL_LAN,
		  ISAKMP_CFG_UNITY_SPLIT_INCLUDE },
		{ "tunnelall", 0, ISAKMP_CFG_UNITY_SPLIT_INCLUDE },
		{ "tunnelall", 0, ISAKMP_CFG_UNITY_LOCAL_LAN },
	};
	static const uint8_t network[] = { 10, 2, 0, 0, 255, 255, 255, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct isakmp_attr *a;
		char text[4000];
		struct pair *p;

		snprintf(text, sizeof(text),
			 ASA OF_POLICY(" split-tunnel-policy %s\n"),
			 cases[i].policy);
		p = client_new(CLIENT, text);
		ask_as_unity(p);
		assert_true(client_has_text(ISAKMP_CFG_UNITY_BANNER, "hello"));
		assert_true(client_has_text(ISAKMP_CFG_UNITY_DEF_DOMAIN,
					    "example.test"));
		assert_null(isakmp_cfg_find(&heard.cfg, cases[i].not));
		a = isakmp_cfg_find(&heard.cfg, cases[i].has);
		if (cases[i].has) {
			assert_int_equal(a->len, ISAKMP_CFG_SPLIT_LEN);
			assert_memory_equal(a->data, network, sizeof(network));
		}
		pair_free(p);
	}
}

/* C-068: whose names are asked for inside, and whom else it may call. */
static void split_dns_and_backups(void **state)
{
	struct pair *p = client_new(CLIENT, ASA OF_POLICY(
		" split-dns value example.test inside.test\n"
		" backup-servers 198.51.100.8 198.51.100.9\n"));

	(void)state;
	ask_as_unity(p);
	assert_true(client_has_text(ISAKMP_CFG_UNITY_SPLIT_DNS,
				    "example.test,inside.test"));
	assert_true(client_has_text(ISAKMP_CFG_UNITY_BACKUP_SERVERS,
				    "198.51.100.8,198.51.100.9"));
	pair_free(p);
	p = client_new(CLIENT, ASA OF_POLICY(
		" split-dns none\n backup-servers keep-client-config\n"));
	ask_as_unity(p);
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_SPLIT_DNS));
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_BACKUP_SERVERS));
	pair_free(p);
}

/* C-029: as the policy says, else what that inherits. */
static void pfs(void **state)
{
	static const uint16_t wanted[] = { ISAKMP_CFG_UNITY_PFS };
	static const struct { const char *lines; bool pfs; } cases[] = {
		{ OF_POLICY(""), false },
		{ OF_POLICY(" pfs enable\n"), true },
		{ OF_POLICY(" pfs disable\n")
		  "group-policy DfltGrpPolicy attributes\n pfs enable\n", false },
		{ OF_POLICY(" pfs disable\n no pfs\n")
		  "group-policy DfltGrpPolicy attributes\n pfs enable\n", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[4000];
		const struct isakmp_attr *a;
		struct pair *p;

		snprintf(text, sizeof(text), ASA "%s", cases[i].lines);
		p = client_new(CLIENT, text);
		ask_as_unity(p);
		client_request(p, wanted, 1);
		client_open(p, heard.n - 1, false);
		a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_UNITY_PFS);
		assert_true(a && a->value == cases[i].pfs);
		pair_free(p);
	}
}

/* That of the user, whatever there is in the pool, and with its mask; or of the pool. */
static void an_address_of_its_own(void **state)
{
	static const struct { const char *user; uint32_t has, mask; } cases[] = {
		{ "alice", 0x0a630044, 0xffffff00 }, { "bob", 0x0a63000a, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = client_new(CLIENT, ASA OF_ALICE(
			" vpn-framed-ip-address 10.99.0.68 255.255.255.0\n"));
		char password[20];

		client_begin(p);
		snprintf(password, sizeof(password), "%spw", cases[i].user);
		client_login(p, cases[i].user, password);
		assert_int_equal(client_status(p), 1);
		client_ack(p);
		client_config(p);
		assert_true(client_has_addr(ISAKMP_CFG_IP4_ADDRESS,
					    cases[i].has));
		assert_int_equal(!!isakmp_cfg_find(&heard.cfg,
						   ISAKMP_CFG_IP4_NETMASK),
				 !!cases[i].mask);
		/* Quick mode for another one is not for it. */
		pair_run(p, 10000);
		assert_int_equal(pair_children(p, RIGHT), cases[i].has == 0x0a63000a);
		pair_free(p);
	}
}

/* The only address of the pool is a user's: nobody else gets it. */
static void anothers_address(void **state)
{
	struct pair *p = client_new(CLIENT, ASA
		"username bob attributes\n vpn-framed-ip-address 10.99.0.10\n");

	(void)state;
	client_begin(p);
	client_login(p, "alice", "alicepw");
	client_ack(p);
	client_config(p);
	assert_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_IP4_ADDRESS));
	pair_free(p);
}

/* --- what they may ------------------------------------------------------------------ */

static void refusals(void **state)
{
	static const struct { const char *more, *why; } cases[] = {
		{ OF_ALICE(" vpn-simultaneous-logins 0\n"),
		  "vpn-simultaneous-logins of its policy is 0" },
		{ OF_POLICY(" vpn-tunnel-protocol l2tp-ipsec\n"),
		  "tunnel rejected, vpn-tunnel-protocol of its policy does not permit ikev1" },
		{ OF_POLICY(" vpn-tunnel-protocol l2tp-ipsec\n")
		  OF_ALICE(" vpn-tunnel-protocol l2tp-ipsec ikev1\n"), NULL },
		{ OF_POLICY(" vpn-simultaneous-logins 1\n"), NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[4000];
		struct pair *p;

		snprintf(text, sizeof(text), ASA "%s", cases[i].more);
		p = client_new(CLIENT, text);
		client_begin(p);
		client_login(p, "alice", "alicepw");
		assert_int_equal(client_status(p), !cases[i].why);
		heard.deaf = true;
		client_ack(p);
		if (cases[i].why)
			assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
					       cases[i].why));
		else
			assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
		pair_free(p);
	}
}

/* C-064: the group's key is enough. */
static void users_are_not_asked_for(void **state)
{
	static const char *const line[] = {
		"tunnel-group G ipsec-attributes\n isakmp ikev1-user-authentication none\n",
		"tunnel-group G general-attributes\n authentication-server-group none\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char text[4000];
		struct pair *p;

		snprintf(text, sizeof(text), ASA "%s", line[i]);
		p = client_new(CLIENT, text);
		client_begin(p);
		assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
		client_config(p);
		assert_true(client_has_addr(ISAKMP_CFG_IP4_DNS, 0x0a020035));
		pair_run(p, 10000);
		assert_int_equal(pair_children(p, RIGHT), 1);
		pair_free(p);
	}
}

/* --- how long ----------------------------------------------------------------------- */

static void the_session_is_over(void **state)
{
	struct pair *p = client_new(CLIENT, ASA OF_POLICY(
		" vpn-idle-timeout none\n vpn-session-timeout 3\n"));

	(void)state;
	client_in(p);
	pair_run(p, 160000);
	assert_int_equal(pair_children(p, RIGHT), 1);
	heard.deaf = true;
	pair_run(p, 15000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(server_sa(p));
	pair_free(p);
}

/* Nothing came or went: the client is told; with traffic it stays (E-021). */
static void it_was_idle(void **state)
{
	unsigned int minutes, idle;

	(void)state;
	for (idle = 0; idle < 2; idle++) {
		struct pair *p = client_new(CLIENT, ASA OF_POLICY(
			" vpn-idle-timeout 2\n"));

		client_in(p);
		heard.deletes = 0;
		if (idle)
			heard.deaf = true;
		for (minutes = 0; minutes < 5; minutes++) {
			if (!idle)
				assert_int_equal(pair_packet(p, LEFT), 0);
			pair_run(p, 60000);
			if (minutes < 1)
				assert_int_equal(pair_children(p, RIGHT), 1);
		}
		assert_int_equal(pair_children(p, RIGHT), !idle);
		if (idle)
			assert_null(server_sa(p));
		else
			assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
		assert_int_equal(heard.deletes >= 2, idle);
		assert_int_equal(count_leases(p), !idle);
		pair_free(p);
	}
}

/* The idle time of SAs is another thing: it ends these, and they come again. */
static void its_pair_was_idle(void **state)
{
	struct pair *p = client_new(CLIENT, ASA OF_POLICY(" vpn-idle-timeout 2\n")
		"crypto ipsec security-association idle-time 60\n");

	(void)state;
	client_in(p);
	pair_run(p, 100000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

#define TWO_FLOWS							\
	CLIENT "access-list 101 permit ip host 10.99.0.10 10.4.0.0 0.0.255.255\n" \
	"no access-list 101 permit ip host 10.99.0.10 any\n"		\
	"access-list 101 permit ip host 10.99.0.10 10.2.0.0 0.0.0.255\n"

/* One of two pairs is: the other one keeps the session. */
static void one_of_two_was_idle(void **state)
{
	struct pair *p = client_new(TWO_FLOWS, ASA OF_POLICY(" vpn-idle-timeout 2\n"));
	unsigned int i;

	(void)state;
	client_begin(p);
	client_login(p, "alice", "alicepw");
	client_ack(p);
	client_config(p);
	pair_run(p, 10000);
	sim_packet(p->host[LEFT].sim, sim_flow_id(p->host[LEFT].sim, 1),
		   p->host[RIGHT].sim);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, RIGHT), 2);
	for (i = 0; i < 20; i++) {
		assert_int_equal(pair_packet(p, LEFT), 0);
		pair_run(p, 10000);
	}
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

/* --- who is who ---------------------------------------------------------------------- */

#define ROUTER	CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "")

/* Routers with a key of their own come in at the same map, and are asked nothing. */
static void routers(void **state)
{
	static const char *const group[] = {
		"tunnel-group 192.0.2.1 type ipsec-l2l\n"
		"tunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key Secret\n",
		"tunnel-group DefaultL2LGroup ipsec-attributes\n pre-shared-key Secret\n",
		/* a key of IOS, though users are asked for behind that of DefaultRAGroup */
		"crypto isakmp key Secret address 192.0.2.1\n"
		"tunnel-group DefaultRAGroup ipsec-attributes\n pre-shared-key Other\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(group) / sizeof(group[0]); i++) {
		char text[4000];
		struct pair *p;

		snprintf(text, sizeof(text), ASA "%s", group[i]);
		p = pair_new(ROUTER, text);
		pair_up(p, LEFT);
		assert_string_equal(v1_access_user(pair_ike(p, RIGHT)), "");
		assert_null(pair_ike(p, RIGHT)->access);
		pair_free(p);
	}
}

/* F-099: who can name no group has DefaultRAGroup's key, and its users are asked for. */
static void the_default_group(void **state)
{
	struct pair *p = client_new(ROUTER, ASA
		"tunnel-group DefaultRAGroup ipsec-attributes\n pre-shared-key Secret\n");

	(void)state;
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	pair_free(p);
	/* Routers have others, if they are not of the default group, too. */
	p = client_new(ROUTER, ASA
		"tunnel-group DefaultL2LGroup ipsec-attributes\n pre-shared-key Other\n"
		"tunnel-group DefaultRAGroup ipsec-attributes\n pre-shared-key Secret\n");
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_CONF_XAUTH);
	pair_free(p);
	p = client_new(ROUTER, ASA
		"tunnel-group DefaultRAGroup ipsec-attributes\n pre-shared-key Secret\n"
		" ikev1 user-authentication none\n");
	client_begin(p);
	assert_int_equal(server_sa(p)->state, IKE_ESTABLISHED);
	pair_free(p);
}

/* What a change takes away ends what was let in by it; what it leaves does not. */
static void changes(void **state)
{
	static const struct { const char *config; bool sa, pair; } cases[] = {
		{ ASA, true, true },
		{ ASA "no username bob\n", true, true },
		{ ASA "no username alice\n", false, false },
		{ ASA "tunnel-group G ipsec-attributes\n pre-shared-key Other\n",
		  false, true },
		{ ASA "no tunnel-group G type remote-access\n", false, false },
		{ ASA "tunnel-group G general-attributes\n authentication-server-group GONE\n",
		  false, false },
		{ ASA OF_POLICY(" banner value other\n"), true, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = client_new(CLIENT, ASA);

		client_in(p);
		heard.deaf = true;
		pair_config(p, RIGHT, cases[i].config);
		pair_run(p, 1000);
		if ((pair_children(p, RIGHT) == 1) != cases[i].pair ||
		    !!server_sa(p) != cases[i].sa)
			fail_msg("%zu: SA %d, pairs %u", i, !!server_sa(p),
				 pair_children(p, RIGHT));
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_says_it),
		cmocka_unit_test(whose_pool),
		cmocka_unit_test(groups_of_ios),
		cmocka_unit_test(all_the_way),
		cmocka_unit_test(split_tunnels),
		cmocka_unit_test(split_dns_and_backups),
		cmocka_unit_test(pfs),
		cmocka_unit_test(an_address_of_its_own),
		cmocka_unit_test(anothers_address),
		cmocka_unit_test(refusals),
		cmocka_unit_test(users_are_not_asked_for),
		cmocka_unit_test(the_session_is_over),
		cmocka_unit_test(it_was_idle),
		cmocka_unit_test(its_pair_was_idle),
		cmocka_unit_test(one_of_two_was_idle),
		cmocka_unit_test(routers),
		cmocka_unit_test(the_default_group),
		cmocka_unit_test(changes),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

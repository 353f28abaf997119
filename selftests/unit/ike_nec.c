// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IPsec as NEC IX has it (F-077, C-093 to C-100), on the left; on the right a router that
 * is configured as IOS has it, or another NEC.
 */
#include "ike-daemon/sa/identity.h"
#include "selftests/unit/ike_pair.h"

#define ANY_LIST	"ip access-list sec-list permit ip src any dest any\n"
#define PROPOSAL	"ike proposal ike-prop encryption aes-256 hash sha\n"
#define IKE(peer)	PROPOSAL "ike policy ike-policy peer " peer " key Secret ike-prop\n"
#define IKE_AGGRESSIVE(peer) PROPOSAL						\
	"ike policy ike-policy peer " peer " key Secret mode aggressive ike-prop\n"
#define AUTO		"ipsec autokey-proposal auto-prop esp-aes-256 esp-sha\n"
#define AUTOKEY(peer)	AUTO "ipsec autokey-map ipsec-policy sec-list peer " peer " auto-prop\n"
#define IDS(local, remote)							\
	"ipsec local-id ipsec-policy " local "\nipsec remote-id ipsec-policy " remote "\n"
#define TUNNEL									\
	"interface Tunnel0.0\n tunnel mode ipsec\n ip unnumbered wan0\n"	\
	" ip tcp adjust-mss auto\n ipsec policy tunnel ipsec-policy out\n no shutdown\n"
#define LEFT_IDS	IDS("10.1.0.0/24", "10.2.0.0/24")
#define RIGHT_IDS	IDS("10.2.0.0/24", "10.1.0.0/24")

#define NEC_LEFT	ANY_LIST IKE(CFG_ADDR_RIGHT) AUTOKEY(CFG_ADDR_RIGHT) LEFT_IDS TUNNEL
#define NEC_RIGHT	ANY_LIST IKE(CFG_ADDR_LEFT) AUTOKEY(CFG_ADDR_LEFT) RIGHT_IDS TUNNEL

#define OLD		" encryption aes 256\n hash sha\n authentication pre-share\n group 1\n"
#define IOS_SET		"esp-aes 256 esp-sha-hmac"
#define IOS_RIGHT	CFG_RIGHT(OLD, "Secret", IOS_SET, "")
#define IOS_MAP		CFG_MAP(IOS_SET, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT)

/* The ways to each other leave by wan0, which is not whose address Tunnel0.0 has. */
static struct pair *nec_pair(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	p->host[LEFT].route = p->host[RIGHT].route = "wan0";
	return p;
}

static void assert_sel(struct pair *p, unsigned int i, const char *want)
{
	const struct policy_flow *f = policy_flow_known(p->host[i].engine, pair_flow(p, i));
	char text[160];

	assert_non_null(f);
	assert_string_equal(kernel_sel_format(&f->k.sel, text, sizeof(text)), want);
}

static void assert_refused(struct pair *p, unsigned int from)
{
	pair_packet(p, from);
	pair_run(p, 5000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 0);
	assert_int_not_equal(pair_packet(p, from), 0);
}

/* The sample: group 1, 28800 s, and the identities are the proxies, not the list. */
static void main_mode(void **state)
{
	static const char *const rights[] = { IOS_RIGHT, NEC_RIGHT };
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		p = nec_pair(NEC_LEFT, rights[i / 2]);
		pair_up(p, i % 2);
		assert_sel(p, LEFT, "10.1.0.0/24 -> 10.2.0.0/24");
		assert_int_equal(pair_ike(p, LEFT)->transform.group, 1);
		assert_int_equal(pair_ike(p, LEFT)->lifetime, 28800);
		assert_string_equal(ike_sa_asa(pair_ike(p, LEFT)), "MM_ACTIVE");
		pair_free(p);
	}
}

/* Unnumbered, the tunnel has any address; it begins where the way to the peer does. */
static void begins_at_the_way_out(void **state)
{
	struct pair *p = nec_pair(ANY_LIST IKE(CFG_ADDR_RIGHT) AUTOKEY(CFG_ADDR_RIGHT)
				  LEFT_IDS TUNNEL,
				  CFG_PHASE1(OLD, "Secret", "192.0.2.65")
				  CFG_MAP(IOS_SET, "", "192.0.2.65", CFG_LAN_RIGHT,
					  CFG_LAN_LEFT));
	struct sim *l = p->host[LEFT].sim;

	(void)state;
	p->host[LEFT].second = addr_v4(0xc0000241, IKE_PORT);
	p->host[LEFT].route = "wan1";
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(addr_to_v4(&sim_current(l, pair_flow(p, LEFT), 1)->src), 0xc0000241);
	pair_free(p);
}

/* (G) of R-53: they are crossed with those of the peer, or it says 18. */
static void identities_differ(void **state)
{
	struct pair *p = nec_pair(ANY_LIST IKE(CFG_ADDR_RIGHT) AUTOKEY(CFG_ADDR_RIGHT)
				  IDS("10.1.0.0/24", "10.3.0.0/24") TUNNEL, IOS_RIGHT);
	const struct record *r;

	(void)state;
	assert_refused(p, LEFT);
	assert_non_null(pair_ike(p, LEFT));
	r = pair_record(p, LEFT, 2);
	assert_non_null(r);
	assert_non_null(strstr(r->reason, "INVALID-ID-INFORMATION"));
	pair_free(p);
}

/* Without them the list counts; of one that is missing, its side of the list. */
static void the_list_counts(void **state)
{
	static const struct { const char *list, *ids; } cases[] = {
		{ "ip access-list sec-list permit ip src 10.1.0.0/24 dest 10.2.0.0/24\n", "" },
		{ "ip access-list sec-list permit ip src 10.1.0.0/24 dest any\n",
		  "ipsec remote-id ipsec-policy 10.2.0.0/24\n" },
		{ "ip access-list sec-list deny ip src 10.1.0.9/32 dest any\n" ANY_LIST,
		  LEFT_IDS },
	};
	char text[2000];
	unsigned int i;
	struct pair *p;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s%s%s" TUNNEL, cases[i].list,
			 IKE(CFG_ADDR_RIGHT) AUTOKEY(CFG_ADDR_RIGHT), cases[i].ids);
		p = nec_pair(text, IOS_RIGHT);
		pair_up(p, LEFT);
		assert_sel(p, LEFT, "10.1.0.0/24 -> 10.2.0.0/24");
		pair_free(p);
	}
}

/* One identity leaves the other side of each line what it is. */
static void each_permit(void **state)
{
	static const char list[] =
		"ip access-list sec-list permit ip src 10.1.0.0/16 dest 10.3.0.0/16\n"
		"ip access-list sec-list deny ip src any dest 10.2.0.9/32\n"
		"ip access-list sec-list permit ip src 10.1.0.0/16 dest 10.2.0.0/16\n"
		"ip access-list sec-list permit tcp src 10.1.0.0/16 dest 10.2.0.0/16\n"
		IKE(CFG_ADDR_RIGHT) AUTOKEY(CFG_ADDR_RIGHT)
		"ipsec local-id ipsec-policy 10.1.0.0/16\n" TUNNEL;
	static const uint32_t to[] = { 0x0a030000, 0x0a020009, 0x0a020000 };
	struct pair *p = nec_pair(list, IOS_RIGHT);
	const struct cfg_acl *acl = cfg_acl_find(engine_config(p->host[LEFT].engine),
						 "~ipsec-policy");
	unsigned int i;

	(void)state;
	assert_non_null(acl);
	assert_int_equal(acl->n_aces, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(acl->aces[i].action, i == 1 ? CFG_DENY : CFG_PERMIT);
		assert_int_equal(addr_to_v4(&acl->aces[i].dst.addr), to[i]);
	}
	pair_free(p);
}

/* A proposal is of its peer alone: neither for others nor in place of policies. */
static void of_one_peer_alone(void **state)
{
	static const char other[] =
		PROPOSAL "ike policy P peer 203.0.113.9 key Other ike-prop\n"
		CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "");
	struct pair *p = nec_pair(other, CFG_RIGHT(OLD, "Secret", TS_DEFAULT, ""));
	unsigned int from;

	(void)state;
	for (from = 0; from < 2; from++)
		assert_refused(p, from);
	pair_free(p);
	p = nec_pair("crypto isakmp policy 10\n" POLICY_DEFAULT NEC_LEFT,
		     CFG_RIGHT(POLICY_DEFAULT, "Secret", IOS_SET, ""));
	for (from = 0; from < 2; from++)
		assert_refused(p, from);
	assert_string_equal(pair_record(p, LEFT, 1)->mismatch[0].against,
			    "ike proposal ike-prop");
	pair_free(p);
}

/* C-096: who says so is found by name, whoever has that address. */
static void aggressive_mode(void **state)
{
	static const char left[] = ANY_LIST IKE_AGGRESSIVE(CFG_ADDR_RIGHT)
		"ike local-id ike-policy keyid kyoten\n"
		AUTOKEY(CFG_ADDR_RIGHT) LEFT_IDS TUNNEL;
	static const char *const rights[] = {
		ANY_LIST IKE_AGGRESSIVE("any") "ike remote-id ike-policy keyid kyoten\n"
		AUTO "ipsec dynamic-map ipsec-policy sec-list auto-prop\n" RIGHT_IDS
		"interface wan0\n ipsec policy tunnel ipsec-policy out\n",
		ANY_LIST IKE_AGGRESSIVE(CFG_ADDR_LEFT)
		"ike remote-id ike-policy keyid kyoten\n" AUTOKEY(CFG_ADDR_LEFT) RIGHT_IDS
		TUNNEL,
		"crypto isakmp policy 10\n" OLD "crypto isakmp key Secret hostname kyoten\n"
		IOS_MAP,
	};
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		p = nec_pair(left, rights[i]);
		pair_up(p, LEFT);
		assert_string_equal(ike_sa_asa(pair_ike(p, RIGHT)), "AM_ACTIVE");
		assert_string_equal(pair_ike(p, RIGHT)->remote_id, "KEY_ID kyoten");
		assert_sel(p, RIGHT, "10.2.0.0/24 -> 10.1.0.0/24");
		pair_free(p);
	}
}

#define CALLED(id)	ANY_LIST IKE(CFG_ADDR_RIGHT) "ike local-id ike-policy " id "\n"	\
			AUTOKEY(CFG_ADDR_RIGHT) LEFT_IDS TUNNEL
#define CALLED_AGGRESSIVE(id)							\
			ANY_LIST IKE_AGGRESSIVE(CFG_ADDR_RIGHT)			\
			"ike local-id ike-policy " id "\n"			\
			AUTOKEY(CFG_ADDR_RIGHT) LEFT_IDS TUNNEL
#define EXPECTS(id)	ANY_LIST IKE(CFG_ADDR_LEFT) "ike remote-id ike-policy " id "\n"	\
			AUTOKEY(CFG_ADDR_LEFT) RIGHT_IDS TUNNEL
#define EXPECTS_AGGRESSIVE(id)							\
			ANY_LIST IKE_AGGRESSIVE(CFG_ADDR_LEFT)			\
			"ike remote-id ike-policy " id "\n"			\
			AUTOKEY(CFG_ADDR_LEFT) RIGHT_IDS TUNNEL

/* Kind and text are what they have to be, in both modes and roles. */
static void who_the_peer_has_to_be(void **state)
{
	static const struct { const char *left, *right; bool up; } cases[] = {
		{ CALLED("fqdn A.example"), EXPECTS("fqdn a.example"), true },
		{ CALLED("user-fqdn u@a.example"), EXPECTS("user-fqdn u@a.example"), true },
		{ CALLED("address 10.9.9.9"), EXPECTS("address 10.9.9.9"), true },
		{ NEC_LEFT, EXPECTS("address " CFG_ADDR_LEFT), true },
		{ CALLED("fqdn a.example"), EXPECTS("fqdn b.example"), false },
		{ CALLED("fqdn a.example"), EXPECTS("keyid a.example"), false },
		{ NEC_LEFT, EXPECTS("fqdn a.example"), false },
		{ CALLED_AGGRESSIVE("keyid a"), EXPECTS_AGGRESSIVE("keyid a"), true },
		{ CALLED_AGGRESSIVE("keyid A"), EXPECTS_AGGRESSIVE("keyid a"), false },
		{ CALLED_AGGRESSIVE("fqdn a"), EXPECTS_AGGRESSIVE("keyid a"), false },
	};
	unsigned int i, from;
	struct pair *p;

	(void)state;
	for (i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		from = i % 2;
		p = nec_pair(cases[i / 2].left, cases[i / 2].right);
		if (cases[i / 2].up)
			pair_up(p, from);
		else
			assert_refused(p, from);
		pair_free(p);
	}
}

/* The name opens nothing for who has no key of that name, nor another suite. */
static void who_is_nobody(void **state)
{
	static const char right[] =
		ANY_LIST IKE_AGGRESSIVE("any") "ike remote-id ike-policy keyid kyoten\n"
		AUTO "ipsec dynamic-map ipsec-policy sec-list auto-prop\n" RIGHT_IDS
		"interface wan0\n ipsec policy tunnel ipsec-policy out\n";
	struct pair *p = nec_pair(CALLED_AGGRESSIVE("keyid other"), right);

	(void)state;
	assert_refused(p, LEFT);
	pair_free(p);
	/* and main mode has no key here */
	p = nec_pair(NEC_LEFT, right);
	assert_refused(p, LEFT);
	pair_free(p);
}

/* In main mode all have one key: names tell which ike policy of any is whose. */
static void any_by_name_in_main_mode(void **state)
{
#define DYNAMIC	AUTO "ipsec dynamic-map ipsec-policy sec-list auto-prop\n" RIGHT_IDS	\
		"interface wan0\n ipsec policy tunnel ipsec-policy out\n"
#define EXPECTING	ANY_LIST IKE("any") "ike remote-id ike-policy keyid kyoten\n"	\
			"ike local-id ike-policy fqdn centre\n"
#define OTHERS		"ike policy others peer any key Secret ike-prop\n"		\
			"ike local-id others fqdn others\n"
	static const struct { const char *left, *right, *us; } cases[] = {
		{ CALLED("keyid kyoten"), EXPECTING DYNAMIC, "centre" },
		{ CALLED("keyid kyoten"), EXPECTING OTHERS DYNAMIC, "centre" },
		{ CALLED("keyid osaka"), EXPECTING OTHERS DYNAMIC, "others" },
		{ CALLED("keyid osaka"), EXPECTING DYNAMIC, NULL },
		{ CALLED("fqdn kyoten"), EXPECTING DYNAMIC, NULL },
		{ NEC_LEFT, EXPECTING DYNAMIC, NULL },
	};
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = nec_pair(cases[i].left, cases[i].right);
		if (cases[i].us) {
			pair_up(p, LEFT);
			assert_string_equal(pair_ike(p, LEFT)->remote_id, cases[i].us);
		} else {
			assert_refused(p, LEFT);
		}
		pair_free(p);
	}
}

/* Of its own ike policy are the suites; and who has none is answered as the first. */
static unsigned int look_for_centre(struct pair *p, struct packet *pkt, unsigned int number)
{
	unsigned int *seen = p->filter_arg;

	(void)number;
	*seen += pkt->to == LEFT && memmem(pkt->data, pkt->len, "centre", 6);
	return 1;
}

static void named_ones_in_aggressive_mode(void **state)
{
	static const char right[] = ANY_LIST IKE_AGGRESSIVE("any")
		"ike remote-id ike-policy keyid kyoten\nike local-id ike-policy fqdn centre\n"
		"ike proposal p2 encryption aes-256 hash sha group 1024-bit\n"
		"ike policy second peer any key Secret mode aggressive p2\n"
		"ike remote-id second keyid osaka\nike local-id second fqdn centre\n"
		DYNAMIC;
	static const struct { const char *name; bool up; unsigned int answers; } cases[] = {
		{ CALLED_AGGRESSIVE("keyid kyoten"), true, 1 },
		{ CALLED_AGGRESSIVE("keyid osaka"), false, 0 },
		{ CALLED_AGGRESSIVE("keyid nobody"), false, 1 },
	};
	unsigned int i, seen;
	struct pair *p;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = nec_pair(cases[i].name, right);
		seen = 0;
		p->filter = look_for_centre;
		p->filter_arg = &seen;
		if (cases[i].up)
			pair_up(p, LEFT);
		else
			assert_refused(p, LEFT);
		assert_int_equal(!!seen, cases[i].answers);
		pair_free(p);
	}
}

/* What a dynamic map may be asked for are its identities. */
static void dynamic_identities(void **state)
{
	static const char right[] =
		ANY_LIST IKE("any") AUTO
		"ipsec dynamic-map ipsec-policy sec-list auto-prop\n" RIGHT_IDS
		"interface wan0\n ipsec policy tunnel ipsec-policy out\n";
	struct pair *p = nec_pair(NEC_LEFT, right);
	const struct cfg_acl *acl;

	(void)state;
	pair_up(p, LEFT);
	assert_sel(p, RIGHT, "10.2.0.0/24 -> 10.1.0.0/24");
	/* it is the module that compares, with the list of the map */
	acl = cfg_acl_find(engine_config(p->host[RIGHT].engine), "~ipsec-policy");
	assert_non_null(acl);
	assert_int_equal(acl->n_aces, 1);
	assert_int_equal(addr_to_v4(&acl->aces[0].src.addr), 0x0a020000);
	assert_int_equal(cfg_net_len(&acl->aces[0].dst), 24);
	pair_free(p);
}

/* The two peers themselves, in transport mode. */
static void transport(void **state)
{
#define HOSTS(a, b)	"ip access-list sec-list permit ip src " a "/32 dest " b "/32\n"
#define TRANSPORT	"interface wan0\n ipsec policy transport ipsec-policy\n"
	struct pair *p = nec_pair(HOSTS(CFG_ADDR_LEFT, CFG_ADDR_RIGHT) IKE(CFG_ADDR_RIGHT)
				  AUTOKEY(CFG_ADDR_RIGHT) TRANSPORT,
				  HOSTS(CFG_ADDR_RIGHT, CFG_ADDR_LEFT) IKE(CFG_ADDR_LEFT)
				  AUTOKEY(CFG_ADDR_LEFT) TRANSPORT);
	const struct child_sa *c;

	(void)state;
	pair_up(p, LEFT);
	c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	assert_non_null(c);
	assert_true(proposal_is_transport(&c->transform));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_mode),
		cmocka_unit_test(begins_at_the_way_out),
		cmocka_unit_test(identities_differ),
		cmocka_unit_test(the_list_counts),
		cmocka_unit_test(of_one_peer_alone),
		cmocka_unit_test(aggressive_mode),
		cmocka_unit_test(who_the_peer_has_to_be),
		cmocka_unit_test(who_is_nobody),
		cmocka_unit_test(any_by_name_in_main_mode),
		cmocka_unit_test(named_ones_in_aggressive_mode),
		cmocka_unit_test(each_permit),
		cmocka_unit_test(dynamic_identities),
		cmocka_unit_test(transport),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* ISAKMP profiles and keyrings: which peer is of which, with which key. */
#include "selftests/unit/ike_pair.h"

#define POLICY		"crypto isakmp policy 10\n" POLICY_DEFAULT
#define TS		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
#define LAN3		"10.3.0.0 0.0.0.255"

#define KEYRING(name, peer, key)					\
	"crypto keyring " name "\n pre-shared-key address " peer " key " key "\n"
#define PROFILE(name, keyring, self, match, more)			\
	"crypto isakmp profile " name "\n"				\
	" keyring " keyring "\n self-identity fqdn " self "\n"		\
	" match identity " match "\n" more
#define ENTRY(seq, peer, profile, acl)					\
	"crypto map M " seq " ipsec-isakmp\n set peer " peer "\n"	\
	" set transform-set TS\n" profile " match address " acl "\n"
#define BOUND		"interface wan0\n crypto map M\n"
#define AGGRESSIVE	" initiate mode aggressive\n"

#define ACLS_LEFT							\
	"access-list 101 permit ip " CFG_LAN_LEFT " " CFG_LAN_RIGHT "\n" \
	"access-list 102 permit ip " LAN3 " " CFG_LAN_RIGHT "\n"
#define ACLS_RIGHT							\
	"access-list 101 permit ip " CFG_LAN_RIGHT " " CFG_LAN_LEFT "\n" \
	"access-list 102 permit ip " CFG_LAN_RIGHT " " LAN3 "\n"

/* One profile each; left calls itself @self and has @key. */
#define LEFT_ONE(self, key, match, mode)				\
	POLICY TS ACLS_LEFT						\
	KEYRING("KR", CFG_ADDR_RIGHT, key)				\
	PROFILE("R", "KR", self, match, mode)				\
	ENTRY("10", CFG_ADDR_RIGHT, " set isakmp-profile R\n", "101") BOUND
#define RIGHT_ONE(match)						\
	POLICY TS ACLS_RIGHT						\
	KEYRING("KA", CFG_ADDR_LEFT, "SecretA")				\
	PROFILE("A", "KA", "right.example.com", match, "")		\
	ENTRY("10", CFG_ADDR_LEFT, " set isakmp-profile A\n", "101") BOUND

#define FROM_RIGHT	"host right.example.com"

/* Two of one address: aggressive mode tells them apart. */
#define LEFT_TWO(key_a, key_b)						\
	POLICY TS ACLS_LEFT						\
	KEYRING("KA", CFG_ADDR_RIGHT, key_a)				\
	KEYRING("KB", CFG_ADDR_RIGHT, key_b)				\
	PROFILE("LA", "KA", "a.example.com", FROM_RIGHT, AGGRESSIVE)	\
	PROFILE("LB", "KB", "b.example.com", FROM_RIGHT, AGGRESSIVE)	\
	ENTRY("10", CFG_ADDR_RIGHT, " set isakmp-profile LA\n", "101")	\
	ENTRY("20", CFG_ADDR_RIGHT, " set isakmp-profile LB\n", "102") BOUND
#define RIGHT_TWO							\
	POLICY TS ACLS_RIGHT						\
	KEYRING("KA", CFG_ADDR_LEFT, "SecretA")				\
	KEYRING("KB", CFG_ADDR_LEFT, "SecretB")				\
	PROFILE("A", "KA", "right.example.com", "host a.example.com", "")	\
	PROFILE("B", "KB", "right.example.com", "host b.example.com", "")	\
	ENTRY("10", CFG_ADDR_LEFT, " set isakmp-profile A\n", "101")	\
	ENTRY("20", CFG_ADDR_LEFT, " set isakmp-profile B\n", "102") BOUND

/* Nothing comes up, and this is why. */
static void refused(struct pair *p, unsigned int why_of, const char *why)
{
	const struct record *r;

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 120000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	r = pair_record(p, why_of, 1);
	assert_non_null(r);
	if (!strstr(r->reason, why))
		fail_msg("\"%s\" instead of \"%s\"", r->reason, why);
}

static void one_profile(const char *left, const char *right, bool aggressive)
{
	struct pair *p = pair_new(left, right);

	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, LEFT)->profile, "R");
	assert_string_equal(pair_ike(p, RIGHT)->profile, "A");
	assert_int_equal(pair_ike(p, RIGHT)->aggressive, aggressive);
	pair_free(p);
}

static void test_main_mode(void **state)
{
	(void)state;
	one_profile(LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, ""),
		    RIGHT_ONE("host a.example.com"), false);
	one_profile(LEFT_ONE("a.example.com", "SecretA",
			     "host domain EXAMPLE.com", ""),
		    RIGHT_ONE("host domain example.com"), false);
}

static void test_aggressive_mode(void **state)
{
	(void)state;
	one_profile(LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, AGGRESSIVE),
		    RIGHT_ONE("host a.example.com"), true);
}

/* The other end begins, under its own profile. */
static void test_other_end(void **state)
{
	struct pair *p = pair_new(LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, ""),
				  RIGHT_ONE("host a.example.com"));

	(void)state;
	pair_up(p, RIGHT);
	assert_string_equal(pair_ike(p, LEFT)->profile, "R");
	assert_string_equal(pair_ike(p, RIGHT)->profile, "A");
	pair_free(p);
}

static void test_wrong_identity(void **state)
{
	struct pair *p = pair_new(LEFT_ONE("x.example.com", "SecretA", FROM_RIGHT, ""),
				  RIGHT_ONE("host a.example.com"));

	(void)state;
	refused(p, RIGHT, "x.example.com, whom no isakmp profile matches, and has used the key of keyring KA");
	pair_free(p);
	/* A domain is what is below it. */
	p = pair_new(LEFT_ONE("badexample.com", "SecretA", FROM_RIGHT, ""),
		     RIGHT_ONE("host domain example.com"));
	refused(p, RIGHT, "whom no isakmp profile matches");
	pair_free(p);
	/* We have called somebody else. */
	p = pair_new(LEFT_ONE("a.example.com", "SecretA", "host other.example.com", ""),
		     RIGHT_ONE("host a.example.com"));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_non_null(strstr(pair_record(p, LEFT, 1)->reason,
			       "right.example.com, whom isakmp profile R does not match"));
	pair_free(p);
}

static void test_wrong_key(void **state)
{
	struct pair *p = pair_new(LEFT_ONE("a.example.com", "Other", FROM_RIGHT, ""),
				  RIGHT_ONE("host a.example.com"));

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 120000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_PSK_MISMATCH) > 0);
	pair_free(p);
}

static int packet_of(struct pair *p, unsigned int from, unsigned int nth)
{
	return sim_packet(p->host[from].sim, sim_flow_id(p->host[from].sim, nth),
			  p->host[!from].sim);
}

static void test_two_of_one_address(void **state)
{
	struct pair *p = pair_new(LEFT_TWO("SecretA", "SecretB"), RIGHT_TWO);
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(packet_of(p, LEFT, i), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(packet_of(p, LEFT, i), 0);
		assert_int_equal(packet_of(p, RIGHT, i), 0);
		assert_string_equal(pair_ike(p, RIGHT)->profile, i ? "B" : "A");
	}
	/* The first is still there. */
	assert_int_equal(packet_of(p, LEFT, 0), 0);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 2);
	pair_free(p);
}

/* Who has B's key is not A, whatever he calls himself. */
static void test_key_of_another(void **state)
{
	struct pair *p = pair_new(LEFT_TWO("SecretB", "SecretB"), RIGHT_TWO);

	(void)state;
	assert_int_equal(packet_of(p, LEFT, 0), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(packet_of(p, LEFT, 1), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(packet_of(p, LEFT, 1), 0);
	pair_free(p);
}

#define LEFT_CROSSED							\
	POLICY TS							\
	"access-list 101 permit ip " CFG_LAN_LEFT " " CFG_LAN_RIGHT "\n" \
	KEYRING("KB", CFG_ADDR_RIGHT, "SecretB")			\
	PROFILE("LB", "KB", "b.example.com", FROM_RIGHT, AGGRESSIVE)	\
	ENTRY("10", CFG_ADDR_RIGHT, " set isakmp-profile LB\n", "101") BOUND

/* B, who is known, does not get what A's entry has. */
static void test_entry_of_another(void **state)
{
	struct pair *p = pair_new(LEFT_CROSSED, RIGHT_TWO);
	const struct record *r;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_children(p, RIGHT), 0);
	r = pair_record(p, RIGHT, 2);
	assert_non_null(r);
	assert_non_null(strstr(r->reason, "of isakmp profile B, and must be of isakmp profile A"));
	pair_free(p);
}

/* Who is of no profile, with the key of all, does not get it either ... */
static void test_no_profile(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ONE("host a.example.com")
				  "crypto isakmp key Secret address 192.0.0.0 255.255.0.0\n");

	(void)state;
	/* ... and the longer prefix, of the keyring, is the key. */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_PSK_MISMATCH) > 0);
	pair_free(p);

	p = pair_new(LEFT_DEFAULT,
		     POLICY TS ACLS_RIGHT "crypto isakmp key Secret address " CFG_ADDR_LEFT "\n"
		     KEYRING("KA", "203.0.113.9", "SecretA")
		     PROFILE("A", "KA", "r.example.com", "host a.example.com", "")
		     ENTRY("10", CFG_ADDR_LEFT, " set isakmp-profile A\n", "101") BOUND);
	refused(p, RIGHT, "of no isakmp profile, and must be of isakmp profile A");
	pair_free(p);
}

/* Without it he is let in as ever. */
static void test_beside_profiles(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT
				  KEYRING("KA", "203.0.113.9", "SecretA")
				  PROFILE("A", "KA", "r.example.com", "host a.example.com", ""));

	(void)state;
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, RIGHT)->profile, "");
	pair_free(p);
}

/* `local-address` of a keyring and of a profile: for nobody who comes elsewhere. */
static void test_local_address(void **state)
{
	const char *left = LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, "");
	struct pair *p;

	(void)state;
	one_profile(left, RIGHT_ONE("host a.example.com")
		    "crypto keyring KA\n local-address wan0\n"
		    "crypto isakmp profile A\n local-address " CFG_ADDR_RIGHT "\n", false);
	p = pair_new(left, RIGHT_ONE("host a.example.com")
		     "crypto keyring KA\n local-address 203.0.113.1\n");
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
	p = pair_new(left, RIGHT_ONE("host a.example.com")
		     "crypto isakmp profile A\n local-address 203.0.113.1\n");
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

static void test_changes(void **state)
{
	struct pair *p = pair_new(LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, ""),
				  RIGHT_ONE("host a.example.com"));
	struct ike_sa *sa;
	unsigned int id;

	(void)state;
	pair_up(p, LEFT);
	sa = pair_ike(p, LEFT);
	id = sa->conn_id;
	/* The same once more: nothing happens. */
	pair_config(p, LEFT, LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, ""));
	pair_run(p, 1000);
	assert_int_equal(pair_ike(p, LEFT)->conn_id, id);
	/* Another key: it ends, and with that nothing comes. */
	pair_config(p, LEFT, LEFT_ONE("a.example.com", "Other", FROM_RIGHT, ""));
	pair_run(p, 1000);
	sa = pair_ike(p, LEFT);
	assert_true(!sa || !ike_sa_established(sa));
	pair_config(p, LEFT, LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, ""));
	pair_run(p, 60000);
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	/* The profile goes, and all that was made under it. */
	pair_config(p, RIGHT, POLICY TS ACLS_RIGHT
		    ENTRY("10", CFG_ADDR_LEFT, "", "101") BOUND);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

#define ONE_A	LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT, "")
#define OF_ALL(key)	"crypto isakmp key " key " address 0.0.0.0 0.0.0.0\n"

/* A key of `crypto isakmp key` that also fits, and is not the one that was used. */
static void test_unrelated_key(void **state)
{
	struct pair *p = pair_new(ONE_A, RIGHT_ONE("host a.example.com") OF_ALL("W"));
	unsigned int id;

	(void)state;
	pair_up(p, LEFT);
	id = pair_ike(p, RIGHT)->conn_id;
	pair_config(p, RIGHT, RIGHT_ONE("host a.example.com") OF_ALL("X"));
	pair_run(p, 1000);
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_ike(p, RIGHT)->conn_id, id);
	pair_config(p, RIGHT, RIGHT_ONE("host a.example.com"));
	pair_run(p, 1000);
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_ike(p, RIGHT)->conn_id, id);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 1);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* Its own, of no keyring, still ends it. */
static void test_own_key_removed(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_config(p, RIGHT, POLICY TS ACLS_RIGHT
		    ENTRY("10", CFG_ADDR_LEFT, "", "101") BOUND);
	pair_run(p, 1000);
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* The configuration of the right one is another before message 5 reaches it. */
static unsigned int revoke(struct pair *p, struct packet *pkt, unsigned int n)
{
	const char *config = p->filter_arg;

	(void)n;
	if (config && pkt->to == RIGHT && pair_ike(p, RIGHT) &&
	    pair_ike(p, RIGHT)->state == IKE_SENT_MM4) {
		p->filter_arg = NULL;
		pair_config(p, RIGHT, config);
	}
	return 1;
}

/* It is the key that was used that counts, not what would be taken now. */
static void test_revoked_while_it_is_used(void **state)
{
	static const char *const now[] = {
		/* none, one of all, another secret */
		POLICY TS ACLS_RIGHT
		PROFILE("B", "KB", "right.example.com", "host b.example.com", "")
		"crypto dynamic-map D 10\n set transform-set TS\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n" BOUND,
		POLICY TS ACLS_RIGHT OF_ALL("W")
		"crypto dynamic-map D 10\n set transform-set TS\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n" BOUND,
		POLICY TS ACLS_RIGHT KEYRING("KA", CFG_ADDR_LEFT, "Other")
		PROFILE("A", "KA", "right.example.com", "host a.example.com", "")
		ENTRY("10", CFG_ADDR_LEFT, " set isakmp-profile A\n", "101") BOUND,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		struct pair *p = pair_new(ONE_A, RIGHT_ONE("host a.example.com"));

		p->filter = revoke;
		p->filter_arg = (void *)now[i];
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 5000);
		assert_null(p->filter_arg);
		if (pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP))
			fail_msg("case %zu: phase 1 is up", i);
		assert_int_equal(pair_children(p, RIGHT), 0);
		pair_free(p);
	}
}

/* A keyring that is for another address of ours has no say. */
static void test_key_of_another_place(void **state)
{
#define ELSEWHERE(key) RIGHT_ONE("host a.example.com")			\
	"crypto keyring KX\n local-address 203.0.113.1\n"		\
	" pre-shared-key address " CFG_ADDR_LEFT " key " key "\n"	\
	"crypto isakmp profile A\n no keyring KA\n keyring KX\n keyring KA\n"
	struct pair *p = pair_new(ONE_A, ELSEWHERE("One"));
	unsigned int id;

	(void)state;
	pair_up(p, LEFT);
	id = pair_ike(p, RIGHT)->conn_id;
	pair_config(p, RIGHT, ELSEWHERE("Two"));
	pair_run(p, 1000);
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_ike(p, RIGHT)->conn_id, id);
	/* its own keyring is for elsewhere now */
	pair_config(p, RIGHT, ELSEWHERE("Two")
		    "crypto keyring KA\n local-address 203.0.113.1\n");
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

/* Whom the profile does not match any more goes. */
static void test_match_changes(void **state)
{
	static const char *const now[] = {
		RIGHT_ONE("host b.example.com"),
		RIGHT_ONE("host a.example.com")
		"crypto isakmp profile A\n local-address 203.0.113.1\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		struct pair *p = pair_new(ONE_A, RIGHT_ONE("host a.example.com"));

		pair_up(p, LEFT);
		pair_config(p, RIGHT, RIGHT_ONE("host domain example.com"));
		pair_run(p, 1000);
		assert_int_equal(pair_children(p, RIGHT), 1);
		assert_non_null(pair_ike(p, RIGHT));
		pair_config(p, RIGHT, now[i]);
		pair_run(p, 1000);
		assert_int_equal(pair_children(p, RIGHT), 0);
		assert_null(pair_ike(p, RIGHT));
		pair_free(p);
	}
}

static void test_keepalive(void **state)
{
	struct pair *p = pair_new(LEFT_ONE("a.example.com", "SecretA", FROM_RIGHT,
					   " keepalive 10 retry 2\n"),
				  RIGHT_ONE("host a.example.com"));
	unsigned int before;

	(void)state;
	pair_up(p, LEFT);
	before = p->host[RIGHT].sent;
	/* Packets that nobody answers are what makes it ask. */
	pair_stop(p, RIGHT);
	(void)before;
	for (before = 0; before < 60 && pair_ike(p, LEFT); before++) {
		pair_packet(p, LEFT);
		pair_run(p, 1000);
	}
	assert_null(pair_ike(p, LEFT));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_main_mode),
		cmocka_unit_test(test_aggressive_mode),
		cmocka_unit_test(test_other_end),
		cmocka_unit_test(test_wrong_identity),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_two_of_one_address),
		cmocka_unit_test(test_key_of_another),
		cmocka_unit_test(test_entry_of_another),
		cmocka_unit_test(test_no_profile),
		cmocka_unit_test(test_beside_profiles),
		cmocka_unit_test(test_local_address),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_unrelated_key),
		cmocka_unit_test(test_own_key_removed),
		cmocka_unit_test(test_revoked_while_it_is_used),
		cmocka_unit_test(test_key_of_another_place),
		cmocka_unit_test(test_match_changes),
		cmocka_unit_test(test_keepalive),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Failures explain themselves: the state that the reference names, the record
 * with the first differing attribute, the kernel told, and nothing left over
 * (F-016, F-027, F-028; E-008, E-017, E-028, E-033, E-036, E-057, E-074 to E-078, E-081 to
 * E-083, E-086, E-090, E-094 to E-097).
 */
#include <errno.h>

#include "selftests/unit/ike_pair.h"

#define PFS_14 " set pfs group14\n"

static struct pair *fail_pair(const char *left, const char *right, uint64_t ms)
{
	struct pair *p = pair_new(left, right);

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, ms);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	return p;
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static void wrong_key(void **state)
{
	const struct record *l, *r;
	struct pair *p;

	(void)state;
	p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, ""),
		     CFG_RIGHT(POLICY_DEFAULT, "Sekret", TS_DEFAULT, ""));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	/* E-017: the initiator hangs in MM_WAIT_MSG6 */
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_SENT_MM5);
	assert_string_equal(ike_state_ios(pair_ike(p, LEFT)->state),
			    "MM_KEY_EXCH");
	assert_string_equal(ike_state_asa(pair_ike(p, LEFT)->state),
			    "MM_WAIT_MSG6");
	assert_string_equal(ike_state_asa(pair_ike(p, RIGHT)->state),
			    "MM_WAIT_MSG5");
	pair_run(p, 90000);
	l = pair_record(p, LEFT, 1);
	r = pair_record(p, RIGHT, 1);
	assert_int_equal(l->result, RECORD_FAILED);
	assert_int_equal(r->result, RECORD_FAILED);
	assert_string_equal(l->state, "MM_KEY_EXCH");
	assert_string_equal(r->state, "MM_KEY_EXCH");
	assert_contains(l->reason, "pre-shared keys differ");
	assert_contains(r->reason, "pre-shared keys differ");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PSK_MISMATCH), 1);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	assert_null(pair_ike(p, LEFT));
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

static void no_common_policy(void **state)
{
	static const struct {
		const char *right;
		const char *attribute;
		const char *offered;
		const char *configured;
	} cases[] = {
		{ " encryption 3des\n hash sha256\n authentication pre-share\n group 19\n",
		  "encryption", "AES-CBC", "3DES-CBC" },
		{ " encryption aes 128\n hash sha256\n authentication pre-share\n group 19\n",
		  "key length", "256", "128" },
		{ " encryption aes 256\n hash md5\n authentication pre-share\n group 19\n",
		  "hash", "SHA2-256", "MD5" },
		{ " encryption aes 256\n hash sha256\n authentication pre-share\n group 14\n",
		  "group", "256-bit ECP", "2048-bit MODP" },
	};
	const struct record *r, *l;
	char right[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(right, sizeof(right),
			 CFG_RIGHT("%s", "Secret", TS_DEFAULT, ""),
			 cases[i].right);
		p = fail_pair(LEFT_DEFAULT, right, 3000);
		l = pair_record(p, LEFT, 1);
		assert_string_equal(l->state, "MM_NO_STATE");
		assert_contains(l->reason, "NO-PROPOSAL-CHOSEN");
		r = pair_record(p, RIGHT, 1);
		assert_int_equal(r->result, RECORD_FAILED);
		assert_int_equal(r->nmismatches, 1);
		assert_string_equal(r->mismatch[0].attribute,
				    cases[i].attribute);
		assert_contains(r->mismatch[0].offered, cases[i].offered);
		assert_contains(r->mismatch[0].configured,
				cases[i].configured);
		assert_string_equal(r->mismatch[0].against, "policy 10");
		assert_null(pair_ike(p, LEFT));
		assert_null(pair_ike(p, RIGHT));
		pair_free(p);
	}
}

static void no_common_transform(void **state)
{
	static const struct {
		const char *set;
		const char *entry;
		const char *attribute;
	} cases[] = {
		{ "esp-3des esp-sha256-hmac", "", "encryption" },
		{ "esp-aes 128 esp-sha256-hmac", "", "key length" },
		{ "esp-aes 256 esp-sha-hmac", "", "authentication algorithm" },
		{ TS_DEFAULT, PFS_14, "group" },
	};
	const struct record *r, *l;
	char right[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(right, sizeof(right),
			 CFG_RIGHT(POLICY_DEFAULT, "Secret", "%s", "%s"),
			 cases[i].set, cases[i].entry);
		p = fail_pair(LEFT_DEFAULT, right, 3000);
		r = pair_record(p, RIGHT, 2);
		assert_int_equal(r->result, RECORD_FAILED);
		assert_string_equal(r->mismatch[0].attribute,
				    cases[i].attribute);
		assert_string_equal(r->mismatch[0].against,
				    "transform-set TS");
		l = pair_record(p, LEFT, 2);
		assert_contains(l->reason, "NO-PROPOSAL-CHOSEN");
		/* phase 1 is not to blame */
		assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
		pair_free(p);
	}
}

/* Traffic that goes on does not make us ask faster than is decent. */
static void refusals_are_spaced(void **state)
{
	struct pair *p;
	unsigned int i;

	(void)state;
	p = pair_new(LEFT_DEFAULT, CFG_RIGHT(POLICY_DEFAULT, "Secret",
					     "esp-3des esp-sha-hmac", ""));
	for (i = 0; i < 600; i++) {
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 100);
	}
	assert_in_range(pair_counter(p, LEFT, ENGINE_C_PHASE2_FAILED), 15, 25);
	pair_free(p);
}

static void unmirrored_list(void **state)
{
	const struct record *r, *l;
	struct pair *p;

	(void)state;
	p = fail_pair(LEFT_DEFAULT,
		      CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)
		      CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT,
			      "10.2.0.0 0.0.255.255", CFG_LAN_LEFT), 3000);
	l = pair_record(p, LEFT, 2);
	r = pair_record(p, RIGHT, 2);
	assert_contains(l->reason, "INVALID-ID-INFORMATION");
	assert_contains(r->reason, "no access list mirrors");
	assert_string_equal(r->mismatch[0].attribute, "proxy identities");
	assert_contains(r->mismatch[0].offered, "10.2.0.0/24 -> 10.1.0.0/24");
	assert_contains(r->mismatch[0].configured,
			"10.2.0.0/16 -> 10.1.0.0/24");
	pair_free(p);
}

/* PFS that only the initiator wants is granted (as IOS does). */
static void pfs_of_initiator(void **state)
{
	struct pair *p;

	(void)state;
	p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, PFS_14),
		     RIGHT_DEFAULT);
	pair_up(p, LEFT);
	pair_free(p);
}

static void count_weak(void *arg, enum log_subsystem sub, enum log_level level,
		       const char *line)
{
	(void)sub;
	if (level == LOG_LEVEL_WARNING && strstr(line, "which is weak"))
		++*(unsigned int *)arg;
}

/* A weak one, too, but not without a word; once for an ISAKMP SA. */
static void weak_pfs_of_initiator(void **state)
{
	static const struct {
		const char *left;
		unsigned int warnings;
	} cases[] = {
		{ " set pfs group1\n", 1 }, { " set pfs group2\n", 1 },
		{ " set pfs group5\n", 1 }, { PFS_14, 0 },
	};
	char left[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int warnings = 0;

		snprintf(left, sizeof(left),
			 CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "%s"),
			 cases[i].left);
		p = pair_new(left, RIGHT_DEFAULT);
		log_set_level_all(LOG_LEVEL_WARNING);
		log_set_sink(count_weak, &warnings);
		pair_up(p, LEFT);
		want_flow(p->host[LEFT].engine, pair_flow(p, LEFT),
			  WANT_COMMAND, NULL, 0);
		pair_run(p, 5000);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 2);
		log_set_sink(NULL, NULL);
		log_set_level_all(LOG_LEVEL_ERR);
		assert_int_equal(warnings, cases[i].warnings);
		pair_free(p);
	}
}

static unsigned int black_hole(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	(void)p;
	(void)pkt;
	(void)number;
	return 0;
}

static void no_answer(void **state)
{
	const struct record *l;
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	p->filter = black_hole;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 10000);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_SENT_MM1);
	pair_run(p, 30000);
	l = pair_record(p, LEFT, 1);
	assert_int_equal(l->result, RECORD_FAILED);
	assert_string_equal(l->wait_state, "MM_WAIT_MSG2");
	assert_int_equal(l->retransmits, 4);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	/* the next packet asks again, and now it works */
	p->filter = NULL;
	pair_up(p, LEFT);
	pair_free(p);
}

/* A responder without a key for the asker says so and keeps nothing. */
static void unknown_peer(void **state)
{
	struct pair *p;

	(void)state;
	p = fail_pair(LEFT_DEFAULT,
		      CFG_PHASE1(POLICY_DEFAULT, "Secret", "203.0.113.9")
		      CFG_MAP(TS_DEFAULT, "", "203.0.113.9", CFG_LAN_RIGHT,
			      CFG_LAN_LEFT), 3000);
	assert_contains(pair_record(p, LEFT, 1)->reason, "NO-PROPOSAL-CHOSEN");
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

/* The second peer of the entry is the one that answers. */
static void falls_over(void **state)
{
	struct pair *p;

	(void)state;
	p = pair_new("crypto isakmp key Secret address 203.0.113.9\n"
		     CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
		     CFG_MAP(TS_DEFAULT, " set peer " CFG_ADDR_RIGHT "\n",
			     "203.0.113.9", CFG_LAN_LEFT, CFG_LAN_RIGHT),
		     RIGHT_DEFAULT);
	/* Both addresses lead to the same engine, which sees its own. */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	p->filter = black_hole;
	pair_run(p, 26000);
	p->filter = NULL;
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 0);
	assert_non_null(pair_ike(p, LEFT));
	pair_free(p);
}

/* The kernel refuses an SA at every possible moment. */
static void kernel_refuses(void **state)
{
	unsigned int n, side;

	(void)state;
	for (side = LEFT; side <= RIGHT; side++)
		for (n = 1; n <= 2; n++) {
			struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

			sim_fail_install(p->host[side].sim, n);
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 40000);
			/* It failed once, or was tried again already. */
			if (pair_packet(p, LEFT) == -EAGAIN)
				pair_run(p, 5000);
			assert_int_equal(pair_packet(p, LEFT), 0);
			assert_int_equal(pair_packet(p, RIGHT), 0);
			assert_int_equal(pair_children(p, LEFT), 1);
			assert_int_equal(pair_children(p, RIGHT), 1);
			pair_free(p);
		}
}

/* A flood of first messages is bounded. */
static void half_open_limit(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct engine *e = p->host[RIGHT].engine;
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		p->filter = NULL;
		/* each attempt has a new cookie, and is forgotten at once */
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		sim_poll(p->host[LEFT].sim);
		assert_int_equal(p->nqueue, 1);
		pair_deliver(p);
		while (p->nqueue)
			free(p->queue[--p->nqueue]);
		pair_stop(p, LEFT);
		sim_free(p->host[LEFT].sim);
		p->host[LEFT].sim = NULL;
		pair_start(p, LEFT);
		pair_config(p, LEFT, LEFT_DEFAULT);
	}
	assert_int_equal(e->half_open, e->limits.half_open_peer);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED) > 0);
	pair_run(p, 61000);
	assert_int_equal(e->half_open, 0);
	pair_up(p, LEFT);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_key),
		cmocka_unit_test(no_common_policy),
		cmocka_unit_test(no_common_transform),
		cmocka_unit_test(refusals_are_spaced),
		cmocka_unit_test(unmirrored_list),
		cmocka_unit_test(pfs_of_initiator),
		cmocka_unit_test(weak_pfs_of_initiator),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(unknown_peer),
		cmocka_unit_test(falls_over),
		cmocka_unit_test(kernel_refuses),
		cmocka_unit_test(half_open_limit),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

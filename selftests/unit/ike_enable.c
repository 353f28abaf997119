// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where IKE is spoken (C-001, C-002, F-026), and the policies that nobody configured
 * (C-011, F-004; E-006).
 *
 *	left  wan0 192.0.2.1, wan1 192.0.2.65	right  198.51.100.2
 */
#include "selftests/unit/ike_pair.h"

#define SECOND	0xc0000241
#define OFF	"no crypto isakmp enable wan0\n"
#define WHY	"IKE is not enabled on the interface: crypto isakmp enable wan0"

static struct pair *two_interfaces(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	p->host[LEFT].second = addr_v4(SECOND, IKE_PORT);
	return p;
}

/* --- where IKE is spoken ------------------------------------------------------- */

static const struct {
	const char *lines;
	bool on;
} places[] = {
	{ "", true },
	{ "crypto isakmp enable\n", true },
	{ "no crypto isakmp enable\n", false },
	{ "crypto isakmp enable wan0\n", true },
	{ "isakmp enable wan0\n", true },
	{ "crypto ikev1 enable wan0\n", true },
	{ "crypto isakmp enable wan1\n", false },
	{ "crypto isakmp enable wan1\ncrypto ikev1 enable wan0\n", true },
	{ OFF, false },
	{ "no isakmp enable wan1\n", true },
	{ OFF "crypto isakmp enable wan0\n", true },
	{ OFF "crypto isakmp enable\n", true },
	{ "no crypto isakmp enable\ncrypto isakmp enable wan0\n", true },
	/* The last one that was enabled: not everywhere, then. */
	{ "crypto isakmp enable wan1\nno crypto isakmp enable wan1\n", false },
};

/* Nobody sees a sign of it, and it is counted. */
static void answers_where_enabled(void **state)
{
	char left[2048];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct pair *p;

		snprintf(left, sizeof(left), "%s%s", LEFT_DEFAULT, places[i].lines);
		p = two_interfaces(left, RIGHT_DEFAULT);
		assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
		pair_run(p, 3000);
		if (!!pair_children(p, LEFT) != places[i].on)
			fail_msg("%s: %s", places[i].lines,
				 places[i].on ? "no answer" : "answers");
		assert_int_equal(!!p->host[LEFT].sent, places[i].on);
		assert_int_equal(!pair_counter(p, LEFT, ENGINE_C_RX_DISABLED),
				 places[i].on);
		pair_free(p);
	}
}

static void begins_where_enabled(void **state)
{
	char left[2048];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct pair *p;

		snprintf(left, sizeof(left), "%s%s", LEFT_DEFAULT, places[i].lines);
		p = two_interfaces(left, RIGHT_DEFAULT);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(!!p->host[LEFT].sent, places[i].on);
		assert_string_equal(policy_flow(p->host[LEFT].engine,
						pair_flow(p, LEFT))->reason,
				    places[i].on ? "" : WHY);
		pair_free(p);
	}
}

/* What is up ends, and the peer hears of it; then it comes again. */
static void change_ends_what_is_there(void **state)
{
	struct pair *p = two_interfaces(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT "no crypto isakmp enable wan1\n");
	pair_traffic(p, 3);
	pair_config(p, LEFT, LEFT_DEFAULT OFF);
	pair_settle(p);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_null(pair_ike(p, LEFT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(pair_ike(p, RIGHT));
	pair_packet(p, LEFT);
	pair_packet(p, RIGHT);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_string_equal(policy_flow(p->host[LEFT].engine,
					pair_flow(p, LEFT))->reason, WHY);
	pair_config(p, LEFT, LEFT_DEFAULT);
	pair_run(p, 120000);
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* It was changed while the daemon was not there. */
static void pairs_of_an_earlier_daemon_end(void **state)
{
	struct pair *p = two_interfaces(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT OFF);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	pair_run(p, 10000);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* --- default policies ---------------------------------------------------------- */

#define LEFT_BARE	"crypto isakmp key Secret address " CFG_ADDR_RIGHT "\n" \
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT)
#define RIGHT_BARE	"crypto isakmp key Secret address " CFG_ADDR_LEFT "\n" \
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT)
#define LIKE_DEFAULT							\
	"crypto isakmp policy 7\n encryption aes 256\n hash sha256\n group 14\n"
#define NO_DEFAULT	"no crypto isakmp default policy\n"

static void default_policy_is_used_alone(void **state)
{
	static const struct {
		const char *left, *right;
		unsigned int priority;		/* at left; 0: none fits */
	} cases[] = {
		{ LEFT_BARE, RIGHT_BARE, 65534 },
		{ LEFT_BARE, RIGHT_BARE LIKE_DEFAULT, 65534 },
		{ LEFT_BARE, RIGHT_DEFAULT, 0 },
		/* with another policy there is no default one */
		{ LEFT_DEFAULT, RIGHT_BARE, 0 },
		{ LEFT_BARE LIKE_DEFAULT, RIGHT_BARE, 7 },
		{ LEFT_BARE NO_DEFAULT, RIGHT_BARE, 0 },
		{ LEFT_BARE, RIGHT_BARE NO_DEFAULT, 0 },
		{ LEFT_BARE NO_DEFAULT "crypto isakmp default policy\n",
		  RIGHT_BARE, 65534 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = pair_new(cases[i].left, cases[i].right);
		const struct ike_sa *sa;

		assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
		pair_run(p, 3000);
		sa = pair_ike(p, LEFT);
		if (!!pair_children(p, LEFT) != !!cases[i].priority)
			fail_msg("case %zu: %u pairs", i, pair_children(p, LEFT));
		if (cases[i].priority)
			assert_int_equal(sa->priority, cases[i].priority);
		pair_free(p);
	}
}

static const struct cfg_policy *last_of(const struct cm_config *cfg)
{
	return cfg->n_policies ? &cfg->policies[cfg->n_policies - 1] : NULL;
}

/* DES and group 1 come last, and by permission. */
static void weak_one_needs_permission(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		bool weak;
	} cases[] = {
		{ "", 3, false },
		{ LIKE_DEFAULT, 1, false },
		{ "crypto isakmp permit-weak-crypto\n", 4, true },
		{ LIKE_DEFAULT "crypto isakmp permit-weak-crypto\n", 2, true },
		{ NO_DEFAULT "crypto isakmp permit-weak-crypto\n", 0, false },
		{ "crypto isakmp permit-weak-crypto\n"
		  "no crypto isakmp permit-weak-crypto\n", 3, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cm_config *cfg = pair_parse(cases[i].text);
		const struct cfg_policy *last;

		/* to do it again changes nothing */
		assert_int_equal(cm_config_expand(cfg), 0);
		assert_int_equal(cm_config_expand(cfg), 0);
		last = last_of(cfg);
		assert_int_equal(cfg->n_policies, cases[i].n);
		assert_int_equal(last && cfg_policy_is_default(last) &&
				 last->priority == 65535, cases[i].weak);
		if (cases[i].weak) {
			assert_int_equal(last->cipher, CFG_CIPHER_DES);
			assert_int_equal(last->hash, CFG_HASH_SHA1);
			assert_int_equal(last->auth, CFG_AUTH_RSA);
			assert_int_equal(last->group, 1);
			assert_int_equal(last->lifetime, 86400);
		}
		cm_config_free(cfg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_where_enabled),
		cmocka_unit_test(begins_where_enabled),
		cmocka_unit_test(change_ends_what_is_there),
		cmocka_unit_test(pairs_of_an_earlier_daemon_end),
		cmocka_unit_test(default_policy_is_used_alone),
		cmocka_unit_test(weak_one_needs_permission),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Negotiations that wait for a responder to say whether the peer's certificate is
 * revoked: what the answers do, what counts without one, and what may happen meanwhile.
 */
#include <errno.h>

#include "ike-daemon/crypto/ocsp.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pki.h"
#include "selftests/unit/ike_aggressive.h"

#define URL	" ocsp url http://192.0.2.7/status\n"
#define ASK	" revocation-check ocsp\n" URL

/* What is answered about whose certificate; by its subject's end. */
static struct {
	int left, right;		/* 0, -EKEYREVOKED, -EAGAIN */
	bool silent;			/* in that case */
	unsigned int asked;
	unsigned int judged;
} said;

void __wrap_crypto_ocsp_ask(struct crypto_ocsp *q, unsigned int seconds);
void __wrap_crypto_ocsp_ask(struct crypto_ocsp *q, unsigned int seconds)
{
	assert_string_equal(crypto_ocsp_url(q), "http://192.0.2.7/status");
	assert_in_range(seconds, 1, 10);
	said.asked++;
}

/* Each end asks about the other; only one is asked at a time. */
static bool about_left;

int __wrap_crypto_ocsp_judge(const struct crypto_ocsp *q,
			     const struct crypto_trust *t, bool weak,
			     struct err *err);
int __wrap_crypto_ocsp_judge(const struct crypto_ocsp *q,
			     const struct crypto_trust *t, bool weak,
			     struct err *err)
{
	int ret = about_left ? said.left : said.right;

	assert_non_null(q);
	assert_non_null(t);
	assert_false(weak);
	said.judged++;
	return ret ? err_set(err, ret, "%s", ret == -EAGAIN ? "silence" : "certificate revoked") :
		     0;
}

bool __wrap_crypto_ocsp_is_answered(const struct crypto_ocsp *q);
bool __wrap_crypto_ocsp_is_answered(const struct crypto_ocsp *q)
{
	assert_non_null(q);
	return !said.silent;
}

/* The ends have a pool for questions, which is looked at when the test says so. */
struct asking {
	struct pair *p;
	struct work_pool *pool[2];
};

static void set_pools(struct asking *a)
{
	unsigned int i;

	for (i = LEFT; i <= RIGHT; i++) {
		a->pool[i] = work_pool_new(0);
		a->p->host[i].engine->asking = a->pool[i];
	}
}

static struct asking meet_with(const char *l, const char *r)
{
	struct asking a = { .p = pair_new(l, r) };

	memset(&said, 0, sizeof(said));
	set_pools(&a);
	return a;
}

static struct asking meet_asking(const char *l_lines, const char *r_lines,
				 const char *crl)
{
	struct end l = left, r = right;

	l.lines = l_lines;
	r.lines = r_lines;
	l.crl = r.crl = crl;
	return meet_with(config(LEFT, &l), config(RIGHT, &r));
}

static unsigned int answer(struct asking *a, unsigned int i)
{
	unsigned int n;

	about_left = i == RIGHT;
	n = work_poll(a->pool[i]);
	pair_settle(a->p);
	return n;
}

/* Until nobody asks any more. */
static void run(struct asking *a)
{
	unsigned int i;

	pair_packet(a->p, LEFT);
	for (i = 0; i < 40; i++) {
		pair_settle(a->p);
		if (!answer(a, LEFT) && !answer(a, RIGHT) && i > 4)
			pair_run(a->p, 500);
	}
}

static void part(struct asking *a)
{
	pair_free(a->p);
	work_pool_free(a->pool[LEFT]);
	work_pool_free(a->pool[RIGHT]);
}

static bool is_up(struct asking *a)
{
	return !pair_packet(a->p, LEFT);
}

/* --- what is answered ------------------------------------------------------ */

static void both_are_good(void **state)
{
	struct asking a = meet_asking(ASK, ASK, NULL);

	(void)state;
	run(&a);
	assert_true(is_up(&a));
	assert_int_equal(said.asked, 2);
	assert_int_equal(said.judged, 2);
	part(&a);
}

static void check_refused(struct asking *a, unsigned int by, const char *why)
{
	assert_false(is_up(a));
	assert_int_equal(pair_children(a->p, by), 0);
	assert_int_equal(pair_counter(a->p, by, ENGINE_C_PHASE1_UP), 0);
	if (!strstr(pair_record(a->p, by, 1)->reason, why))
		fail_msg("\"%s\" does not say \"%s\"",
			 pair_record(a->p, by, 1)->reason, why);
}

static void who_begins_is_revoked(void **state)
{
	struct asking a = meet_asking(ASK, ASK, NULL);

	(void)state;
	said.left = -EKEYREVOKED;
	run(&a);
	check_refused(&a, RIGHT, "not accepted: certificate revoked");
	/* It has not proved itself to that one. */
	assert_null(pair_ike(a.p, RIGHT));
	part(&a);
}

static void who_answers_is_revoked(void **state)
{
	struct asking a = meet_asking(ASK, NULL, NULL);

	(void)state;
	said.right = -EKEYREVOKED;
	run(&a);
	check_refused(&a, LEFT, "not accepted: certificate revoked");
	part(&a);
}

static void silence(void **state)
{
	static const struct {
		const char *lines;
		const char *crl;
		bool up;
		bool asks;
	} cases[] = {
		{ ASK, NULL, false, true },
		{ ASK, "crl.pem", false, true },
		{ " revocation-check ocsp none\n" URL, NULL, true, true },
		{ " revocation-check ocsp crl\n" URL, NULL, false, true },
		{ " revocation-check ocsp crl\n" URL, "crl.pem", true, true },
		{ " revocation-check ocsp crl none\n" URL, NULL, true, true },
		{ " revocation-check crl ocsp\n" URL, "crl.pem", true, false },
		{ " revocation-check crl ocsp\n" URL, NULL, false, true },
		{ " revocation-check none\n" URL, NULL, true, false },
		{ URL, NULL, true, false },
		/* These certificates name nobody. */
		{ " revocation-check ocsp\n", NULL, false, false },
		{ " revocation-check ocsp none\n", NULL, true, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asking a = meet_asking(NULL, cases[i].lines, cases[i].crl);

		said.left = -EAGAIN;
		run(&a);
		assert_int_equal(is_up(&a), cases[i].up);
		assert_int_equal(said.asked > 0, cases[i].asks);
		if (!cases[i].up)
			check_refused(&a, RIGHT, "whether the peer's certificate is revoked cannot be asked");
		part(&a);
	}
}

static void nobody_can_say(void **state)
{
	struct asking a = meet_asking(NULL, " revocation-check crl\n", NULL);

	(void)state;
	run(&a);
	check_refused(&a, RIGHT, "there is no crl file");
	assert_int_equal(said.asked, 0);
	part(&a);
}

/* --- meanwhile ------------------------------------------------------------- */

/* Until RIGHT asks; LEFT has sent its proof. */
static void until_asked(struct asking *a)
{
	unsigned int i;

	pair_packet(a->p, LEFT);
	for (i = 0; i < 10; i++)
		pair_settle(a->p);
	assert_true(pair_ike(a->p, RIGHT) || a->p->host[RIGHT].engine->half_open == 1);
}

static void repeated_messages_wait(void **state)
{
	struct asking a = meet_asking(NULL, ASK, NULL);
	uint64_t sent;

	(void)state;
	until_asked(&a);
	sent = pair_counter(a.p, RIGHT, ENGINE_C_TX);
	pair_run(a.p, 5000);
	assert_true(pair_counter(a.p, LEFT, ENGINE_C_RETRANSMITS) > 0);
	assert_int_equal(pair_counter(a.p, RIGHT, ENGINE_C_TX), sent);
	assert_int_equal(said.asked, 0);
	assert_int_equal(answer(&a, RIGHT), 1);
	run(&a);
	assert_true(is_up(&a));
	assert_int_equal(said.asked, 1);
	part(&a);
}

static void it_is_given_up(void **state)
{
	struct asking a = meet_asking(NULL, ASK, NULL);

	(void)state;
	until_asked(&a);
	while (a.p->host[RIGHT].engine->half_open)
		ike_sa_free(list_entry(a.p->host[RIGHT].engine->half_open_sas.next,
				       struct ike_sa, of_half_open));
	assert_int_equal(answer(&a, RIGHT), 1);
	assert_int_equal(said.asked, 0);
	assert_int_equal(said.judged, 0);
	part(&a);
}

static void the_configuration_changes(void **state)
{
	struct asking a = meet_asking(NULL, ASK, NULL);
	struct end r = right;

	(void)state;
	until_asked(&a);
	r.ca = "rogue.pem";
	r.lines = ASK;
	pair_config(a.p, RIGHT, config(RIGHT, &r));
	answer(&a, RIGHT);
	check_refused(&a, RIGHT, "not accepted");
	assert_int_equal(said.judged, 0);
	part(&a);
}

/* LEFT forgets everything. */
static void restart(struct asking *a)
{
	struct host *h = &a->p->host[LEFT];
	struct end l = left;

	pair_stop(a->p, LEFT);
	sim_free(h->sim);
	h->sim = sim_new();
	pair_start(a->p, LEFT);
	pair_config(a->p, LEFT, config(LEFT, &l));
	h->engine->asking = a->pool[LEFT];
}

/* RIGHT's first pair. */
static uint32_t pair_spi_in(struct pair *p)
{
	struct peer *peer = list_first(&p->host[RIGHT].engine->all_peers, struct peer, all);

	return list_first(&peer->children, struct child_sa, of_peer)->spi_in;
}

/* Who comes again says that he knows of nothing: not, if he is not who he was. */
static void initial_contact_waits(void **state)
{
	struct asking a = meet_asking(NULL, ASK, NULL);
	uint32_t spi;
	int refused;

	(void)state;
	run(&a);
	assert_true(is_up(&a));
	spi = pair_spi_in(a.p);
	for (refused = 1; refused >= 0; refused--) {
		said.left = refused ? -EAGAIN : 0;
		restart(&a);
		pair_packet(a.p, LEFT);
		while (!answer(&a, RIGHT))
			pair_run(a.p, 100);
		/* The new pair is in the place of the old one, not beside it. */
		assert_int_equal(pair_counter(a.p, RIGHT, ENGINE_C_PHASE1_UP), 2 - refused);
		assert_int_equal(pair_spi_in(a.p) == spi, refused);
	}
	part(&a);
}

/* LEFT calls again, and RIGHT asks. */
static void come_again(struct asking *a)
{
	restart(a);
	run(a);
}

/* What was learnt of a certificate is true of all that was made with it. */
static void revoked_ends_what_there_is(void **state)
{
	struct asking a = meet_asking(NULL, ASK, NULL);

	(void)state;
	run(&a);
	assert_int_equal(pair_children(a.p, RIGHT), 1);
	assert_non_null(pair_ike(a.p, RIGHT));
	said.left = -EKEYREVOKED;
	come_again(&a);
	assert_int_equal(pair_children(a.p, RIGHT), 0);
	assert_null(pair_ike(a.p, RIGHT));
	part(&a);
}

static void the_silent_are_spared(void **state)
{
	struct asking a = meet_asking(NULL, " revocation-check ocsp none\n" URL, NULL);

	(void)state;
	said.left = -EAGAIN;
	said.silent = true;
	run(&a);
	assert_true(is_up(&a));
	assert_int_equal(said.asked, 1);
	come_again(&a);
	assert_true(is_up(&a));
	assert_int_equal(said.asked, 1);
	pair_run(a.p, OCSP_DEAD_MS);
	said.silent = false;
	come_again(&a);
	assert_true(is_up(&a));
	assert_int_equal(said.asked, 2);
	part(&a);
}

/* Two trustpoints of one authority: who asks is not passed by. */
static void the_strictest_counts(void **state)
{
	struct end l = left, r = right;
	struct asking a;
	char more[400];
	int i;

	(void)state;
	snprintf(more, sizeof(more), "crypto pki trustpoint A\n ca-certificate %s/root.pem\n"
		 "crypto pki trustpoint Z\n ca-certificate %s/root.pem\n", dir, dir);
	r.more = more;
	r.lines = ASK;
	for (i = 0; i < 2; i++) {
		a = meet_with(config(LEFT, &l), config(RIGHT, &r));
		said.left = i ? -EKEYREVOKED : 0;
		run(&a);
		assert_true(said.asked > 0);
		assert_int_equal(is_up(&a), !i);
		part(&a);
	}
}

/* --- aggressive mode ------------------------------------------------------- */

static struct asking meet_aggressive(const char *l_lines, const char *r_lines)
{
	struct end l = left, r = right;

	l.more = TO_RIGHT ENDPOINT("fqdn left.example");
	r.more = TO_LEFT ENDPOINT("fqdn right.example");
	l.lines = l_lines;
	r.lines = r_lines;
	return meet_with(config(LEFT, &l), config(RIGHT, &r));
}

static void in_aggressive_mode(void **state)
{
	static const int answers[] = { 0, -EKEYREVOKED };
	struct asking a;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		a = meet_aggressive(i < 2 ? ASK : NULL, i < 2 ? NULL : ASK);
		said.left = said.right = answers[i & 1];
		run(&a);
		assert_true(said.asked > 0);
		assert_int_equal(is_up(&a), !(i & 1));
		if (i & 1)
			check_refused(&a, i < 2 ? LEFT : RIGHT, "certificate revoked");
		part(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_are_good),
		cmocka_unit_test(who_begins_is_revoked),
		cmocka_unit_test(who_answers_is_revoked),
		cmocka_unit_test(silence),
		cmocka_unit_test(nobody_can_say),
		cmocka_unit_test(repeated_messages_wait),
		cmocka_unit_test(it_is_given_up),
		cmocka_unit_test(the_configuration_changes),
		cmocka_unit_test(initial_contact_waits),
		cmocka_unit_test(revoked_ends_what_there_is),
		cmocka_unit_test(the_silent_are_spared),
		cmocka_unit_test(the_strictest_counts),
		cmocka_unit_test(in_aggressive_mode),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Users and their passwords, pools and leases.  F-029 F-032 C-080 R-30 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/aaa/users.h"
#include "ike-daemon/sa/work.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/lib/password.h"

/* --- passwords -------------------------------------------------------------- */

static void a_hash_fits_its_password_alone(void **state)
{
	char one[CFG_PASSWORD_SIZE], two[CFG_PASSWORD_SIZE];

	(void)state;
	assert_int_equal(password_hash("alicepw", one, sizeof(one)), 0);
	assert_int_equal(password_hash("alicepw", two, sizeof(two)), 0);
	assert_string_not_equal(one, two);
	assert_null(strstr(one, "alicepw"));
	assert_true(password_is_hash(one));
	assert_true(password_fits("alicepw", one));
	assert_true(password_fits("alicepw", two));
	assert_false(password_fits("alicepx", one));
	assert_false(password_fits("", one));
	assert_int_equal(password_hash("alicepw", one, 20), -EIO);
}

/* That of IOS's secret 5, and the two of today. */
static void hashes_of_others(void **state)
{
	static const char *const of[] = {
		"$1$abcdefgh$9nv8/wwjaVWFYtofsDxCj0",
		"$6$saltsalt$Y4mMAaWU.hm1kEXQxIG/B2RFU5IwQbZL0XMVAYWo/bJ5mLvjKOiML2YnP3DRa6FHW/c5lLoPxRcxLg1T4lXtk.",
	};
	static const char *const password[] = { "erinpw", "davepw" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_true(password_is_hash(of[i]));
		assert_true(password_fits(password[i], of[i]));
		assert_false(password_fits(password[!i], of[i]));
	}
	assert_false(password_is_hash("$6$saltsalt$"));
	assert_false(password_is_hash("$7$saltsalt$Y4mMAaWU"));
	assert_false(password_is_hash(""));
	assert_false(password_fits("x", "*0"));
}

/* --- users ------------------------------------------------------------------- */

static int answers[4], n_answers;

static void note(void *arg, bool fits, const char *success)
{
	(void)arg;
	assert_string_equal(success, "");
	answers[n_answers++] = fits;
}

static struct cm_config *parse(const char *text)
{
	struct cm_config *cfg = NULL;

	assert_int_equal(config_parse("t", text, strlen(text), stderr, &cfg),
			 0);
	return cfg;
}

static void submit(struct work_pool *pool, struct user_check *check)
{
	assert_non_null(check);
	assert_int_equal(user_check_submit(check, pool), 0);
}

static void who_is_known_and_who_not(void **state)
{
	struct cm_config *cfg = parse("username alice password alicepw\n"
				      "username bob password bobpw\n");
	struct work_pool *pool = work_pool_new(0);

	(void)state;
	n_answers = 0;
	submit(pool, user_check_new(cfg, "alice", "alicepw", NULL, note, NULL));
	submit(pool, user_check_new(cfg, "alice", "bobpw", NULL, note, NULL));
	/* The password of another: for who is not known it is compared, too. */
	submit(pool, user_check_new(cfg, "mallory", "alicepw", NULL, note, NULL));
	submit(pool, user_check_new(cfg, NULL, "bobpw", NULL, note, NULL));
	assert_int_equal(n_answers, 0);
	while (work_poll(pool))
		;
	assert_int_equal(n_answers, 4);
	assert_true(answers[0]);
	assert_false(answers[1] || answers[2] || answers[3]);
	work_pool_free(pool);
	cm_config_free(cfg);
}

static void an_answer_that_nobody_wants(void **state)
{
	struct cm_config *cfg = parse("");
	struct work_pool *pool = work_pool_new(0);
	struct user_check *check;

	(void)state;
	n_answers = 0;
	check = user_check_new(cfg, "alice", "x", NULL, note, NULL);
	submit(pool, check);
	user_check_free(check);
	user_check_free(user_check_new(cfg, "alice", "x", NULL, note, NULL));
	user_check_free(NULL);
	while (work_poll(pool))
		;
	assert_int_equal(n_answers, 0);
	work_pool_free(pool);
	cm_config_free(cfg);
}

/* --- pools --------------------------------------------------------------------- */

static struct list leases;
static struct addr peer, mask;

static struct lease *take(const struct cfg_pool *pool, const char *user,
			  const struct addr *marked)
{
	struct pool_use use;
	struct lease *l;

	assert_int_equal(pool_use_init(&use, pool), 0);
	if (marked)
		pool_use_mark(&use, marked);
	l = lease_new(&leases, &use, &mask, user, &peer, 0);
	pool_use_free(&use);
	return l;
}

static struct cfg_pool pool_of(uint32_t first, uint32_t last)
{
	return (struct cfg_pool){
		.first = addr_v4(first, 0), .last = addr_v4(last, 0),
	};
}

static int start(void **state)
{
	(void)state;
	list_init(&leases);
	peer = addr_v4(0xc0000201, 0);
	mask = (struct addr){ 0 };
	return 0;
}

static void each_gets_another(void **state)
{
	struct cfg_pool pool = pool_of(0x0a630001, 0x0a63000a);
	struct lease *l[10];
	char user[16];
	int i, j;

	(void)state;
	for (i = 0; i < 10; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		l[i] = take(&pool, user, NULL);
		assert_non_null(l[i]);
		assert_in_range(addr_to_v4(&l[i]->addr), 0x0a630001, 0x0a63000a);
		for (j = 0; j < i; j++)
			assert_false(addr_equal(&l[i]->addr, &l[j]->addr));
	}
	assert_null(take(&pool, "more", NULL));
	lease_put(l[3]);
	l[3] = take(&pool, "more", NULL);
	assert_non_null(l[3]);
	for (i = 0; i < 10; i++)
		lease_put(l[i]);
	assert_true(list_empty(&leases));
}

static void one_user_mostly_has_one_address(void **state)
{
	struct cfg_pool pool = pool_of(0x0a630001, 0x0a6300fe);
	struct lease *l = take(&pool, "alice", NULL), *other;
	struct addr first = l->addr;

	(void)state;
	lease_put(l);
	other = take(&pool, "bob", NULL);
	l = take(&pool, "alice", NULL);
	assert_true(addr_equal(&l->addr, &first));
	lease_put(l);
	lease_put(other);
}

static void what_is_in_use_is_not_given(void **state)
{
	struct cfg_pool pool = pool_of(0x0a630001, 0x0a630002);
	struct addr used = addr_v4(0x0a630001, 0);
	struct addr elsewhere = addr_v4(0x0a640001, 0);
	struct lease *l = take(&pool, "alice", &used);

	(void)state;
	assert_int_equal(addr_to_v4(&l->addr), 0x0a630002);
	assert_null(take(&pool, "bob", &used));
	lease_put(l);
	l = take(&pool, "alice", &elsewhere);
	assert_non_null(l);
	lease_put(l);
}

static void not_the_net_nor_its_broadcast(void **state)
{
	struct cfg_pool pool = pool_of(0x0a6300ff, 0x0a630101);
	struct lease *l;

	(void)state;
	mask = addr_v4(0xffffff00, 0);
	l = take(&pool, "alice", NULL);
	assert_int_equal(addr_to_v4(&l->addr), 0x0a630101);
	assert_null(take(&pool, "bob", NULL));
	lease_put(l);
	/* Hosts have a net of their own. */
	mask = addr_v4(0xffffffff, 0);
	l = take(&pool, "alice", NULL);
	assert_non_null(l);
	lease_put(l);
}

static void references(void **state)
{
	struct cfg_pool pool = pool_of(0x0a630001, 0x0a630001);
	struct lease *l = take(&pool, "alice", NULL);
	struct addr other = addr_v4(0xc0000202, 0);

	(void)state;
	assert_ptr_equal(lease_find(&leases, "alice", &peer, 0), l);
	assert_null(lease_find(&leases, "alice", &peer, 1));
	assert_null(lease_find(&leases, "alice", &other, 0));
	assert_null(lease_find(&leases, "bob", &peer, 0));
	assert_ptr_equal(lease_get(l), l);
	lease_put(l);
	assert_null(take(&pool, "bob", NULL));
	lease_put(l);
	assert_true(list_empty(&leases));
	assert_null(lease_get(NULL));
	lease_put(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_fits_its_password_alone),
		cmocka_unit_test(hashes_of_others),
		cmocka_unit_test(who_is_known_and_who_not),
		cmocka_unit_test(an_answer_that_nobody_wants),
		cmocka_unit_test_setup(each_gets_another, start),
		cmocka_unit_test_setup(one_user_mostly_has_one_address, start),
		cmocka_unit_test_setup(what_is_in_use_is_not_given, start),
		cmocka_unit_test_setup(not_the_net_nor_its_broadcast, start),
		cmocka_unit_test_setup(references, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The attribute payload of transaction exchanges: written, read, cut short.  F-030 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/wire/attr.h"

static struct buf b;
static struct isakmp_cfg cfg;

static int read_back(size_t len)
{
	return isakmp_cfg_get(buf_data(&b), len, &cfg);
}

static void write_request(void)
{
	buf_init(&b, 4096);
	isakmp_cfg_begin(&b, ISAKMP_CFG_REQUEST, 0x1234);
	isakmp_cfg_put(&b, ISAKMP_CFG_XAUTH_USER_NAME, "alice", 5);
	isakmp_cfg_put(&b, ISAKMP_CFG_XAUTH_USER_PASSWORD, NULL, 0);
	isakmp_cfg_put_number(&b, ISAKMP_CFG_XAUTH_STATUS, 1);
}

static void what_is_written_is_read(void **state)
{
	const struct isakmp_attr *a;

	(void)state;
	write_request();
	assert_int_equal(buf_err(&b), 0);
	/* 4 of the payload, 4 of each attribute. */
	assert_int_equal(buf_len(&b), 4 + 4 + 5 + 4 + 4);
	assert_int_equal(read_back(buf_len(&b)), 0);
	assert_int_equal(cfg.type, ISAKMP_CFG_REQUEST);
	assert_int_equal(cfg.id, 0x1234);
	assert_int_equal(cfg.n, 3);
	a = isakmp_cfg_find(&cfg, ISAKMP_CFG_XAUTH_USER_NAME);
	assert_true(a && a->variable && a->len == 5);
	assert_memory_equal(a->data, "alice", 5);
	a = isakmp_cfg_find(&cfg, ISAKMP_CFG_XAUTH_USER_PASSWORD);
	assert_true(a && a->variable && !a->len);
	a = isakmp_cfg_find(&cfg, ISAKMP_CFG_XAUTH_STATUS);
	assert_true(a && !a->variable && a->value == 1);
	assert_null(isakmp_cfg_find(&cfg, ISAKMP_CFG_IP4_ADDRESS));
	buf_free(&b);
}

/* Where an attribute ends the payload may, too; nowhere else. */
static void cut_short(void **state)
{
	size_t len;

	(void)state;
	write_request();
	for (len = 0; len <= buf_len(&b); len++) {
		bool ends = len == 4 || len == 13 || len == 17 || len == 21;

		assert_int_equal(read_back(len), ends ? 0 : -EBADMSG);
	}
	buf_free(&b);
}

static void a_length_that_lies(void **state)
{
	(void)state;
	write_request();
	buf_set_u16(&b, 6, 0xffff);
	assert_int_equal(read_back(buf_len(&b)), -EBADMSG);
	buf_set_u16(&b, 6, 14);
	assert_int_equal(read_back(buf_len(&b)), -EBADMSG);
	buf_free(&b);
}

static void too_many(void **state)
{
	unsigned int i;

	(void)state;
	buf_init(&b, 4096);
	isakmp_cfg_begin(&b, ISAKMP_CFG_REQUEST, 0);
	for (i = 0; i < ISAKMP_CFG_ATTRS_MAX; i++)
		isakmp_cfg_put(&b, i, NULL, 0);
	assert_int_equal(read_back(buf_len(&b)), 0);
	assert_int_equal(cfg.n, ISAKMP_CFG_ATTRS_MAX);
	isakmp_cfg_put(&b, i, NULL, 0);
	assert_int_equal(read_back(buf_len(&b)), -EBADMSG);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(a_length_that_lies),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

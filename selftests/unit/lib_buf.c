// SPDX-License-Identifier: GPL-2.0-or-later
/* Bounded buffer, secrets, errors with words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/lib/buf.h"
#include "tools/lib/err.h"
#include "tools/lib/secret.h"

static void test_numbers(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
					 13, 14, 15 };
	struct buf b;

	(void)state;
	buf_init(&b, 15);
	buf_put_u8(&b, 0x01);
	buf_put_u16(&b, 0x0203);
	buf_put_u32(&b, 0x04050607);
	buf_put_u64(&b, 0x08090a0b0c0d0e0full);
	assert_int_equal(buf_err(&b), 0);
	assert_int_equal(buf_len(&b), 15);
	assert_memory_equal(buf_data(&b), bytes, 15);
	assert_int_equal(buf_get_u8(&b), 0x01);
	assert_int_equal(buf_get_u16(&b), 0x0203);
	assert_int_equal(buf_get_u32(&b), 0x04050607);
	assert_true(buf_get_u64(&b) == 0x08090a0b0c0d0e0full);
	assert_int_equal(buf_left(&b), 0);
	assert_int_equal(buf_err(&b), 0);
	buf_put_u8(&b, 0);
	assert_int_equal(buf_err(&b), -EMSGSIZE);
	buf_free(&b);
}

static void test_read_past_end(void **state)
{
	uint8_t out[4] = { 9, 9, 9, 9 };
	struct buf b, sub;

	(void)state;
	buf_reader(&b, "abc", 3);
	assert_int_equal(buf_get(&b, out, 4), -EBADMSG);
	assert_memory_equal(out, "\0\0\0\0", 4);
	/* The error stays, though one byte could still be read. */
	assert_int_equal(buf_get_u8(&b), 0);
	assert_null(buf_get_direct(&b, 0));
	assert_int_equal(buf_left(&b), 0);
	assert_int_equal(buf_get_sub(&b, &sub, 1), -EBADMSG);
	assert_int_equal(buf_err(&sub), -EBADMSG);
	buf_reset(&b);
	assert_int_equal(buf_len(&b), 0);
}

static void test_sub_reader(void **state)
{
	struct buf b, sub;

	(void)state;
	buf_reader(&b, "abcdef", 6);
	buf_skip(&b, 1);
	assert_int_equal(buf_get_sub(&b, &sub, 3), 0);
	assert_memory_equal(buf_get_direct(&sub, 3), "bcd", 3);
	assert_int_equal(buf_get_u8(&sub), 0);
	assert_int_equal(buf_err(&sub), -EBADMSG);
	/* The error of the part is not one of the whole. */
	assert_int_equal(buf_get_u16(&b), 'e' << 8 | 'f');
	assert_int_equal(buf_err(&b), 0);
}

static void test_huge_lengths(void **state)
{
	struct buf b;

	(void)state;
	buf_reader(&b, "abc", 3);
	buf_get_u8(&b);
	assert_null(buf_get_direct(&b, SIZE_MAX));
	buf_init(&b, 1000);
	buf_put_u8(&b, 1);
	assert_int_equal(buf_reserve(&b, SIZE_MAX), 1);
	assert_int_equal(buf_err(&b), -EMSGSIZE);
	buf_free(&b);
	buf_init(&b, 1000);
	buf_put_u32(&b, 1);
	buf_set(&b, 2, "xyz", SIZE_MAX);
	assert_int_equal(buf_err(&b), -EINVAL);
	buf_free(&b);
}

static void test_lengths(void **state)
{
	struct buf b;
	size_t at;

	(void)state;
	buf_init(&b, 100000);
	buf_put_u8(&b, 7);
	at = buf_reserve(&b, 2);
	buf_put(&b, "hello", 5);
	buf_set_len16(&b, at, at);
	assert_memory_equal(buf_data(&b), "\7\0\7hello", 8);
	buf_set_u32(&b, 4, 0x41424344);
	assert_memory_equal(buf_data(&b), "\7\0\7hABCD", 8);
	buf_truncate(&b, 3);
	assert_int_equal(buf_len(&b), 3);
	buf_reserve(&b, 65534);
	buf_set_len32(&b, 1, 1);
	assert_memory_equal(buf_data(&b) + 1, "\0\1\0\0", 4);
	assert_int_equal(buf_err(&b), 0);
	buf_set_len16(&b, 1, 1);
	assert_int_equal(buf_err(&b), -EMSGSIZE);
	buf_free(&b);
}

static void test_patch_unwritten(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_put_u32(&b, 0);
	buf_set_u16(&b, 3, 1);
	assert_int_equal(buf_err(&b), -EINVAL);
	buf_free(&b);
	buf_reader(&b, "abc", 3);
	buf_set_u8(&b, 0, 1);
	assert_int_equal(buf_err(&b), -EINVAL);
	buf_reader(&b, "abc", 3);
	buf_put_u8(&b, 1);
	assert_int_equal(buf_err(&b), -EINVAL);
	assert_null(buf_data_mut(&b));
}

static void test_growth(void **state)
{
	struct buf b;
	unsigned int i;

	(void)state;
	buf_init(&b, 3001);
	for (i = 0; i < 3001; i++)
		buf_put_u8(&b, (uint8_t)i);
	assert_int_equal(buf_err(&b), 0);
	for (i = 0; i < 3001; i++)
		assert_int_equal(buf_get_u8(&b), i & 255);
	buf_put_u8(&b, 1);
	assert_int_equal(buf_err(&b), -EMSGSIZE);
	assert_int_equal(buf_len(&b), 3001);
	buf_free(&b);
	buf_put_u8(&b, 5);
	assert_int_equal(buf_err(&b), 0);
	buf_free(&b);
}

static void test_fixed_and_wipe(void **state)
{
	uint8_t mem[4];
	struct buf b;

	(void)state;
	buf_fixed(&b, mem, sizeof(mem));
	buf_put(&b, "key", 3);
	buf_data_mut(&b)[0] = 'K';
	assert_memory_equal(mem, "Key", 3);
	buf_wipe(&b);
	assert_memory_equal(mem, "\0\0\0\0", 4);
	assert_int_equal(buf_len(&b), 0);
	buf_put_u32(&b, 1);
	assert_int_equal(buf_err(&b), 0);
	buf_put(&b, "x", 1);
	assert_int_equal(buf_err(&b), -EMSGSIZE);
}

static void test_secret(void **state)
{
	struct secret s = { 0 }, t = { 0 };
	uint8_t *p = secret_alloc(5);

	(void)state;
	assert_memory_equal(p, "\0\0\0\0\0", 5);
	secret_free(p);
	secret_free(NULL);
	assert_null(secret_alloc(SIZE_MAX));
	assert_int_equal(secret_set(&s, "secret", 6), 0);
	/* From its own content. */
	assert_int_equal(secret_set(&s, s.data + 1, 3), 0);
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.data, "ecr", 3);
	secret_move(&t, &s);
	assert_null(s.data);
	assert_int_equal(t.len, 3);
	secret_move(&t, &t);
	assert_int_equal(t.len, 3);
	assert_int_equal(secret_resize(&t, 0), 0);
	assert_null(t.data);
	secret_clear(&t);
	assert_true(secret_equal("abc", "abd", 2));
	assert_false(secret_equal("abc", "abd", 3));
	assert_true(secret_equal("", "", 0));
}

static void test_err(void **state)
{
	char longer[400];
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, -ERANGE, "window %d", 7), -ERANGE);
	assert_int_equal(err_prefix(&e, -EINVAL, "line %d", 3), -EINVAL);
	assert_string_equal(e.text, "line 3: window 7");
	assert_int_equal(err_set(NULL, -1, "nobody listens"), -1);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, -1, "%s", longer);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	err_prefix(&e, -1, "%s", longer);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_read_past_end),
		cmocka_unit_test(test_sub_reader),
		cmocka_unit_test(test_huge_lengths),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_patch_unwritten),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_fixed_and_wipe),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_err),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

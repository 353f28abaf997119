// SPDX-License-Identifier: GPL-2.0-or-later
/* The fragment payload: written, read, cut short; who says that he takes fragments. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/wire/fragment.h"
#include "ike-daemon/wire/vendor.h"

static const uint8_t body[] = { 0x12, 0x34, 7, 1, 'a', 'b', 'c' };

static void is_read(void **state)
{
	struct isakmp_fragment f;

	(void)state;
	assert_int_equal(isakmp_fragment_get(body, sizeof(body), &f), 0);
	assert_int_equal(f.id, 0x1234);
	assert_int_equal(f.number, 7);
	assert_true(f.last);
	assert_int_equal(f.len, 3);
	assert_ptr_equal(f.data, body + 4);
}

static void flags(void **state)
{
	uint8_t other[sizeof(body)];
	struct isakmp_fragment f;

	(void)state;
	memcpy(other, body, sizeof(body));
	other[3] = 0xfe;
	assert_int_equal(isakmp_fragment_get(other, sizeof(other), &f), 0);
	assert_false(f.last);
	other[3] = 0xff;
	assert_int_equal(isakmp_fragment_get(other, sizeof(other), &f), 0);
	assert_true(f.last);
}

/* Up to the piece; an empty one is none. */
static void cut_short(void **state)
{
	struct isakmp_fragment f;
	size_t len;

	(void)state;
	for (len = 0; len <= sizeof(body); len++)
		assert_int_equal(isakmp_fragment_get(body, len, &f),
				 len > 4 ? 0 : -EBADMSG);
}

static void number_0(void **state)
{
	uint8_t other[sizeof(body)];
	struct isakmp_fragment f;

	(void)state;
	memcpy(other, body, sizeof(body));
	other[2] = 0;
	assert_int_equal(isakmp_fragment_get(other, sizeof(other), &f), -EBADMSG);
	other[2] = 255;
	assert_int_equal(isakmp_fragment_get(other, sizeof(other), &f), 0);
}

static void is_written(void **state)
{
	static const uint8_t wire[] = {
		'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i',
		'r', 'r', 'r', 'r', 'r', 'r', 'r', 'r',
		132, 0x10, 2, 0, 0, 0, 0, 9, 0, 0, 0, 39,
		0, 0, 0, 11, 0x12, 0x34, 7, 1, 'a', 'b', 'c',
	};
	struct isakmp_hdr hdr = {
		.next_payload = ISAKMP_PAYLOAD_ID,
		.version = ISAKMP_VERSION_1_0,
		.exchange = ISAKMP_EXCHANGE_MAIN,
		.message_id = 9,
		.length = 1000,
	};
	struct isakmp_fragment f;
	struct buf b;

	(void)state;
	memset(hdr.cookie_i, 'i', sizeof(hdr.cookie_i));
	memset(hdr.cookie_r, 'r', sizeof(hdr.cookie_r));
	assert_int_equal(isakmp_fragment_get(body, sizeof(body), &f), 0);
	buf_init(&b, 100);
	assert_int_equal(isakmp_fragment_put(&b, &hdr, &f), 0);
	assert_int_equal(buf_len(&b), sizeof(wire));
	assert_int_equal(buf_len(&b), ISAKMP_FRAGMENT_OVERHEAD + 3);
	assert_memory_equal(buf_data(&b), wire, sizeof(wire));
	buf_reset(&b);
	f.last = false;
	assert_int_equal(isakmp_fragment_put(&b, &hdr, &f), 0);
	assert_int_equal(buf_data(&b)[35], 0);
	buf_free(&b);
	buf_init(&b, sizeof(wire) - 1);
	assert_int_equal(isakmp_fragment_put(&b, &hdr, &f), -EMSGSIZE);
	buf_free(&b);
}

static void who_takes_them(void **state)
{
	static const struct {
		size_t len;
		uint8_t capability;
		bool takes;
	} cases[] = {
		{ 16, 0, true },	/* Microsoft */
		{ 20, 0xc0, true },	/* Cisco */
		{ 20, 0x80, true },	/* racoon, strongSwan, libreswan */
		{ 20, 0x40, false },	/* in base mode alone */
		{ 20, 0x00, false },
		{ 24, 0x80, true },
		{ 15, 0, false },
		{ 19, 0x80, false },
	};
	uint8_t id[24] = { 0 };
	const uint8_t *own;
	size_t i, len;

	(void)state;
	own = isakmp_vendor_bytes(ISAKMP_VENDOR_FRAGMENTATION, &len);
	assert_int_equal(len, 20);
	assert_true(isakmp_vendor_fragments(own, len));
	memcpy(id, own, 16);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		id[16] = cases[i].capability;
		assert_int_equal(isakmp_vendor_fragments(id, cases[i].len),
				 cases[i].takes);
	}
	own = isakmp_vendor_bytes(ISAKMP_VENDOR_NATT_RFC, &len);
	assert_false(isakmp_vendor_fragments(own, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read),
		cmocka_unit_test(flags),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(number_0),
		cmocka_unit_test(is_written),
		cmocka_unit_test(who_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

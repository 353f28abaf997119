// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The answer to DHCPINFORM of clients of L2TP, byte by byte: RFC 2131 (4.3.5), RFC 2132,
 * RFC 3396, RFC 3442.
 * F-042 C-073
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/ppp/dhcp.h"

#define HEADER	240

static const uint8_t inform[] = { 53, 1, 8 };

/* As Windows asks: with its address, and without end. */
struct asked {
	uint8_t msg[600];
	size_t len;
};

static struct asked ask(const uint8_t *options, size_t len)
{
	struct asked a = { .msg = {
		1, 8, 6, 3, 0xde, 0xad, 0xbe, 0xef, 0, 9, 0x80, 0,
		10, 99, 0, 7, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
		0, 0x53, 0x45, 0, 0, 1,
	} };
	static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };

	memcpy(a.msg + HEADER - 4, cookie, sizeof(cookie));
	memcpy(a.msg + HEADER, options, len);
	a.len = HEADER + len;
	return a;
}

static struct dhcp_terms terms(void)
{
	struct dhcp_terms t = {
		.own = addr_v4(0x0a630001, 0),
		.mask = addr_v4(0xffffffff, 0),
		.domain = "example.test",
		.dns = { addr_v4(0x0a010035, 0), addr_v4(0x0a010036, 0) },
		.n_routes = 3,
	};
	const struct addr nets[] = {
		addr_v4(0x0a010000, 0), addr_v4(0xc0a80080, 0),
		addr_v4(0x0a020305, 0),
	};

	prefix_set(&t.route[0], &nets[0], 16);
	prefix_set(&t.route[1], &nets[1], 25);
	prefix_set(&t.route[2], &nets[2], 32);
	return t;
}

static int answer(const struct asked *a, const struct dhcp_terms *t,
		  struct buf *out)
{
	const struct addr client = addr_v4(0x0a630007, 0);

	buf_init(out, DHCP_MAX);
	return dhcp_answer(a->msg, a->len, &client, t, out);
}

/* All of a number, one after the other (RFC 3396). */
static size_t option(const struct buf *b, unsigned int code, uint8_t *out)
{
	const uint8_t *p = buf_data(b) + HEADER, *end = buf_data(b) + buf_len(b);
	size_t n = 0;

	while (p < end && *p != 255) {
		assert_true(p + 1 < end && p + 2 + p[1] <= end);
		if (p[0] == code) {
			memcpy(out + n, p + 2, p[1]);
			n += p[1];
		}
		p += 2 + p[1];
	}
	assert_true(p < end);
	return n;
}

static void has(const struct buf *b, unsigned int code, const void *value,
		size_t len)
{
	uint8_t found[DHCP_MAX];

	assert_int_equal(option(b, code, found), len);
	assert_memory_equal(found, value, len);
}

static void all_that_there_is(void **state)
{
	static const uint8_t header[] = {
		2, 8, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 0, 0x80, 0,
		10, 99, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0x53, 0x45, 0, 0, 1,
	};
	static const uint8_t routes[] = {
		16, 10, 1, 10, 99, 0, 1,
		25, 192, 168, 0, 128, 10, 99, 0, 1,
		32, 10, 2, 3, 5, 10, 99, 0, 1,
	};
	const struct asked a = ask(inform, sizeof(inform));
	const struct dhcp_terms t = terms();
	uint8_t none[DHCP_MAX];
	struct buf out;

	(void)state;
	assert_int_equal(answer(&a, &t, &out), 0);
	assert_true(buf_len(&out) >= 300);
	assert_memory_equal(buf_data(&out), header, sizeof(header));
	has(&out, 53, "\x05", 1);
	has(&out, 54, "\x0a\x63\x00\x01", 4);
	has(&out, 1, "\xff\xff\xff\xff", 4);
	has(&out, 6, "\x0a\x01\x00\x35\x0a\x01\x00\x36", 8);
	has(&out, 15, "example.test", 12);
	has(&out, 121, routes, sizeof(routes));
	has(&out, 249, routes, sizeof(routes));
	/* No name servers of NetBIOS, and never a lease (RFC 2131, 4.3.5). */
	assert_int_equal(option(&out, 44, none), 0);
	assert_int_equal(option(&out, 51, none), 0);
	buf_free(&out);
}

static void what_is_asked_for_alone(void **state)
{
	static const uint8_t options[] = { 53, 1, 8, 55, 3, 6, 249, 43, 255 };
	const struct asked a = ask(options, sizeof(options));
	const struct dhcp_terms t = terms();
	uint8_t value[DHCP_MAX];
	struct buf out;

	(void)state;
	assert_int_equal(answer(&a, &t, &out), 0);
	assert_int_equal(option(&out, 6, value), 8);
	assert_int_equal(option(&out, 249, value), 25);
	assert_int_equal(option(&out, 53, value), 1);
	assert_int_equal(option(&out, 1, value), 0);
	assert_int_equal(option(&out, 15, value), 0);
	assert_int_equal(option(&out, 121, value), 0);
	buf_free(&out);
}

static void as_many_routes_as_there_may_be(void **state)
{
	const struct asked a = ask(inform, sizeof(inform));
	struct dhcp_terms t = terms();
	char domain[CFG_FQDN_SIZE];
	uint8_t value[DHCP_MAX];
	struct buf out;
	unsigned int i;

	(void)state;
	for (i = 0; i < DHCP_ROUTES_MAX; i++) {
		struct addr host = addr_v4(0x0a020300 + i, 0);

		prefix_set(&t.route[i], &host, 32);
	}
	t.n_routes = DHCP_ROUTES_MAX;
	memset(domain, 'a', sizeof(domain) - 1);
	domain[sizeof(domain) - 1] = '\0';
	t.domain = domain;
	assert_int_equal(answer(&a, &t, &out), 0);
	assert_int_equal(option(&out, 121, value), DHCP_ROUTES_MAX * 9);
	assert_int_equal(value[DHCP_ROUTES_MAX * 9 - 9], 32);
	assert_int_equal(value[DHCP_ROUTES_MAX * 9 - 5], DHCP_ROUTES_MAX - 1);
	assert_int_equal(option(&out, 249, value), DHCP_ROUTES_MAX * 9);
	assert_int_equal(option(&out, 15, value), strlen(domain));
	buf_free(&out);
}

static void refused(const struct asked *a)
{
	const struct dhcp_terms t = terms();
	struct buf out;

	assert_int_equal(answer(a, &t, &out), -EPROTO);
	assert_int_equal(buf_len(&out), 0);
	buf_free(&out);
}

static void what_is_no_inform(void **state)
{
	static const uint8_t discover[] = { 53, 1, 1, 255 };
	static const uint8_t cut[] = { 53, 1, 8, 55, 9, 1 };
	static const uint8_t after_end[] = { 255, 53, 1, 8 };
	struct asked a = ask(discover, sizeof(discover));
	size_t len;

	(void)state;
	refused(&a);
	a = ask(cut, sizeof(cut));
	refused(&a);
	a = ask(after_end, sizeof(after_end));
	refused(&a);
	a = ask(inform, sizeof(inform));
	a.msg[0] = 2;		/* an answer */
	refused(&a);
	a.msg[0] = 1;
	a.msg[15] = 8;		/* of somebody else */
	refused(&a);
	a.msg[15] = 7;
	a.msg[HEADER - 1] = 0;	/* of BOOTP */
	refused(&a);
	a = ask(inform, sizeof(inform));
	for (len = 0; len < a.len; len++) {
		struct asked shorter = a;

		shorter.len = len;
		refused(&shorter);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_there_is),
		cmocka_unit_test(what_is_asked_for_alone),
		cmocka_unit_test(as_many_routes_as_there_may_be),
		cmocka_unit_test(what_is_no_inform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

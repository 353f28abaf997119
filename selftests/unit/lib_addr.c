// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, prefixes, ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <cmocka.h>

#include "tools/lib/addr.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void test_parse_and_format(void **state)
{
	static const struct {
		const char *in;
		const char *out;	/* NULL: refused */
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1:500", "192.0.2.1:500" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "[2001:db8::1]:4500", "[2001:db8::1]:4500" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "fe80::1%lo", "fe80::1%lo" },
		{ "[fe80::1%lo]:500", "[fe80::1%lo]:500" },
		{ "fe80::1%4000000", "fe80::1%4000000" },
		{ "fe80::1%nosuchif", NULL },
		{ "fe80::1%", NULL },
		{ "192.0.2.1:", NULL },
		{ "192.0.2.1:65536", NULL },
		{ "192.0.2.1:-1", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2", NULL },
		{ "[2001:db8::1", NULL },
		{ "[2001:db8::1]x", NULL },
		{ "", NULL },
		{ "00000000000000000000000000000000000000000000000000000000000000000:1", NULL },
	};
	char text[ADDR_STRLEN];
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(addr_parse_port(&a, cases[i].in),
				 cases[i].out ? 0 : -EINVAL);
		if (cases[i].out)
			assert_string_equal(addr_format_port(&a, text,
							     sizeof(text)),
					    cases[i].out);
		else
			assert_false(addr_is_set(&a));
	}
	assert_int_equal(addr_parse(&a, "192.0.2.1:500"), -EINVAL);
	assert_string_equal(addr_format(&a, text, sizeof(text)), "-");
}

static void test_sockaddr(void **state)
{
	struct sockaddr_storage ss;
	struct addr a, b;
	socklen_t len;

	(void)state;
	a = addr_v4(0xc0000201, 500);
	len = addr_to_sockaddr(&a, &ss);
	assert_int_equal(len, sizeof(struct sockaddr_in));
	assert_int_equal(((struct sockaddr_in *)&ss)->sin_port, htons(500));
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len),
			 0);
	assert_true(addr_port_equal(&a, &b));
	assert_int_equal(addr_to_v4(&b), 0xc0000201);
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss,
					    len - 1), -EINVAL);
	addr_parse_port(&a, "[fe80::2%lo]:4500");
	len = addr_to_sockaddr(&a, &ss);
	assert_int_equal(len, sizeof(struct sockaddr_in6));
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len),
			 0);
	assert_true(addr_port_equal(&a, &b));
	b.scope++;
	assert_false(addr_equal(&a, &b));
	ss.ss_family = AF_UNIX;
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss, len),
			 -EAFNOSUPPORT);
	assert_int_equal(addr_to_sockaddr(&b, &ss), 0);
}

static void test_order(void **state)
{
	struct addr a = addr_v4(0x0a000001, 1), b = addr_v4(0x0a000002, 1);
	struct addr c, none = { 0 };

	(void)state;
	assert_true(addr_cmp(&a, &b) < 0);
	assert_true(addr_cmp(&b, &a) > 0);
	addr_parse(&c, "::");
	assert_true(addr_cmp(&a, &c) < 0);
	assert_true(addr_is_any(&c));
	assert_false(addr_is_any(&none));
	assert_false(addr_is_any(&a));
	b = addr_v4(0x0a000001, 2);
	assert_true(addr_equal(&a, &b));
	assert_false(addr_port_equal(&a, &b));
	assert_int_equal(addr_from_bytes(&c, "12345", 5), -EINVAL);
	assert_false(addr_is_set(&c));
}

static void test_prefix(void **state)
{
	static const struct {
		const char *in;
		const char *out;
		int err;
	} cases[] = {
		{ "10.1.2.3/8", "10.0.0.0/8", 0 },
		{ "10.1.2.3", "10.1.2.3/32", 0 },
		{ "0.0.0.0/0", "0.0.0.0/0", 0 },
		{ "2001:db8:ffff::/33", "2001:db8:8000::/33", 0 },
		{ "10.0.0.0/33", NULL, -ERANGE },
		{ "::/129", NULL, -ERANGE },
		{ "10.0.0.0/", NULL, -EINVAL },
		{ "10.0.0.0/x", NULL, -EINVAL },
		{ "10.0.0/8", NULL, -EINVAL },
	};
	char text[PREFIX_STRLEN];
	struct prefix p;
	struct addr a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(prefix_parse(&p, cases[i].in), cases[i].err);
		if (!cases[i].err)
			assert_string_equal(prefix_format(&p, text,
							  sizeof(text)),
					    cases[i].out);
	}
	prefix_parse(&p, "10.1.0.0/16");
	a = addr_v4(0x0a01ffff, 0);
	assert_true(prefix_contains(&p, &a));
	a = addr_v4(0x0a020000, 0);
	assert_false(prefix_contains(&p, &a));
	addr_parse(&a, "a01::");
	assert_false(prefix_contains(&p, &a));
}

static void test_mask(void **state)
{
	struct addr mask, a = addr_v4(0x0a010203, 0);
	struct prefix p;
	unsigned int len;

	(void)state;
	for (len = 0; len <= 128; len++) {
		assert_int_equal(addr_mask_from_len(&mask, AF_INET6, len), 0);
		assert_int_equal(addr_mask_len(&mask), len);
	}
	assert_int_equal(addr_mask_from_len(&mask, AF_INET, 33), -ERANGE);
	assert_int_equal(addr_mask_from_len(&mask, AF_UNIX, 3), -EAFNOSUPPORT);
	mask = addr_v4(0xff00ff00, 0);
	assert_int_equal(addr_mask_len(&mask), -EINVAL);
	assert_int_equal(prefix_from_mask(&p, &a, &mask), -EINVAL);
	mask = addr_v4(0xffff0000, 0);
	assert_int_equal(prefix_from_mask(&p, &a, &mask), 0);
	assert_int_equal(addr_to_v4(&p.addr), 0x0a010000);
	assert_int_equal(p.len, 16);
	addr_parse(&a, "::1");
	assert_int_equal(prefix_from_mask(&p, &a, &mask), -EINVAL);
}

static void test_range(void **state)
{
	struct addr a = addr_v4(0x0a000000, 9), b = addr_v4(0x0a0000ff, 0);
	char text[RANGE_STRLEN];
	struct prefix p;
	struct range r;

	(void)state;
	assert_int_equal(range_set(&r, &a, &b), 0);
	assert_int_equal(r.from.port, 0);
	assert_int_equal(range_to_prefix(&r, &p), 0);
	assert_int_equal(p.len, 24);
	assert_string_equal(range_format(&r, text, sizeof(text)),
			    "10.0.0.0/24");
	assert_true(range_contains(&r, &b));
	r.to.bytes[3]--;
	assert_false(range_contains(&r, &b));
	assert_int_equal(range_to_prefix(&r, &p), -ERANGE);
	assert_string_equal(range_format(&r, text, sizeof(text)),
			    "10.0.0.0-10.0.0.254");
	assert_int_equal(range_set(&r, &b, &a), -EINVAL);
	addr_parse(&b, "::1");
	assert_int_equal(range_set(&r, &a, &b), -EINVAL);
	prefix_parse(&p, "::/0");
	range_from_prefix(&r, &p);
	assert_true(range_contains(&r, &b));
	assert_int_equal(range_to_prefix(&r, &p), 0);
	assert_int_equal(p.len, 0);
}

/* What a range is made of, as "10.0.0.1/32 10.0.0.2/31 ". */
static char *parts(const char *from, const char *to, char *out)
{
	char text[PREFIX_STRLEN];
	struct addr a, b;
	struct prefix p;
	struct range r;
	bool more;

	addr_parse(&a, from);
	addr_parse(&b, to);
	assert_int_equal(range_set(&r, &a, &b), 0);
	out[0] = '\0';
	do {
		more = range_take_prefix(&r, &p);
		strcat(strcat(out, prefix_format(&p, text, sizeof(text))), " ");
	} while (more);
	return out;
}

static void test_range_to_prefixes(void **state)
{
	char out[10000];

	(void)state;
	assert_string_equal(parts("10.0.0.0", "10.0.0.255", out), "10.0.0.0/24 ");
	assert_string_equal(parts("10.0.0.1", "10.0.0.1", out), "10.0.0.1/32 ");
	assert_string_equal(parts("10.0.0.1", "10.0.0.6", out),
			    "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32 ");
	assert_string_equal(parts("10.0.0.254", "10.0.1.127", out),
			    "10.0.0.254/31 10.0.1.0/25 ");
	assert_string_equal(parts("0.0.0.0", "255.255.255.255", out), "0.0.0.0/0 ");
	assert_string_equal(parts("255.255.255.254", "255.255.255.255", out),
			    "255.255.255.254/31 ");
	assert_string_equal(parts("2001:db8::1", "2001:db8::2", out),
			    "2001:db8::1/128 2001:db8::2/128 ");
	assert_string_equal(parts("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", out),
			    "::/0 ");
	/* The worst: 62 and 254. */
	parts("0.0.0.1", "255.255.255.254", out);
	assert_non_null(strstr(out, " 255.255.255.254/32 "));
	parts("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_and_format),
		cmocka_unit_test(test_sockaddr),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_range_to_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

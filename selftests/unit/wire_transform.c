// SPDX-License-Identifier: GPL-2.0-or-later
/* Transforms in any order and form, lifetimes, identities.  F-009 R-13 R-14 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>

#include <cmocka.h>

#include "hex.h"
#include "ike-daemon/wire/ident.h"
#include "ike-daemon/wire/transform.h"

#define BASIC(t, v)	{ .type = (t), .value = (v) }
#define WIDE(t, s)	{ .type = (t), .variable = true,		\
			  .len = sizeof(s) - 1, .data = (const uint8_t *)(s) }
#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

static struct err err;

static int get_ike(const struct isakmp_attr *attrs, size_t n,
		   struct ike_transform *out)
{
	struct isakmp_transform t = { .attrs = attrs, .nattrs = (uint16_t)n };

	return ike_transform_get(&t, out, &err);
}

/* The same transform as IOS orders it and back to front. */
static void test_any_order(void **state)
{
	static const struct isakmp_attr a[] = {
		BASIC(IKE_ATTR_ENCRYPTION, 7), BASIC(IKE_ATTR_HASH, 2),
		BASIC(IKE_ATTR_GROUP, 5), BASIC(IKE_ATTR_AUTH_METHOD, 1),
		BASIC(IKE_ATTR_LIFE_TYPE, 1),
		WIDE(IKE_ATTR_LIFE_DURATION, "\0\1\x51\x80"),
		BASIC(IKE_ATTR_KEY_LENGTH, 256),
	};
	struct isakmp_attr reversed[COUNT(a)];
	struct ike_transform x, y;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(a); i++)
		reversed[i] = a[COUNT(a) - 1 - i];
	assert_int_equal(get_ike(a, COUNT(a), &x), 0);
	assert_int_equal(get_ike(reversed, COUNT(a), &y), 0);
	assert_memory_equal(&x, &y, sizeof(x));
	assert_int_equal(x.cipher, IKE_CIPHER_AES_CBC);
	assert_int_equal(x.key_bits, 256);
	assert_int_equal(x.hash, IKE_HASH_SHA1);
	assert_int_equal(x.group, IKE_GROUP_MODP_1536);
	assert_int_equal(x.auth, IKE_AUTH_PSK);
	assert_int_equal(x.life.seconds, 86400);
	assert_int_equal(x.life.kilobytes, 0);
	assert_int_equal(x.unknown, 0);
}

static void test_life_forms(void **state)
{
	static const struct isakmp_attr basic[] = {
		BASIC(IKE_ATTR_LIFE_TYPE, 2), BASIC(IKE_ATTR_LIFE_DURATION, 9),
		BASIC(IKE_ATTR_LIFE_TYPE, 1), BASIC(IKE_ATTR_LIFE_DURATION, 60),
	};
	static const struct isakmp_attr wide[] = {
		WIDE(IKE_ATTR_LIFE_TYPE, "\1"),
		WIDE(IKE_ATTR_LIFE_DURATION, "\0\0\0\0\0\0\0\0\0\x0e\x10"),
		BASIC(IKE_ATTR_LIFE_TYPE, 2),
		WIDE(IKE_ATTR_LIFE_DURATION, "\1\0\0\0\0\0\0\0\0"),
	};
	struct ike_transform x;

	(void)state;
	assert_int_equal(get_ike(basic, COUNT(basic), &x), 0);
	assert_int_equal(x.life.seconds, 60);
	assert_int_equal(x.life.kilobytes, 9);
	assert_int_equal(get_ike(wide, COUNT(wide), &x), 0);
	assert_int_equal(x.life.seconds, 3600);
	assert_true(x.life.kilobytes == UINT32_MAX);
}

static void test_refusals(void **state)
{
	static const struct {
		struct isakmp_attr a[4];
		size_t n;
		const char *words;
	} cases[] = {
		{ { BASIC(IKE_ATTR_HASH, 1), BASIC(IKE_ATTR_HASH, 2) }, 2,
		  "hash given twice: 1 and 2" },
		{ { BASIC(IKE_ATTR_LIFE_TYPE, 1) }, 1,
		  "life type without duration" },
		{ { BASIC(IKE_ATTR_LIFE_DURATION, 1) }, 1,
		  "life duration without type" },
		{ { BASIC(IKE_ATTR_LIFE_TYPE, 3),
		    BASIC(IKE_ATTR_LIFE_DURATION, 1) }, 2,
		  "life type 3 is neither 1 (seconds) nor 2 (kilobytes)" },
		{ { BASIC(IKE_ATTR_LIFE_TYPE, 1),
		    BASIC(IKE_ATTR_LIFE_TYPE, 1) }, 2,
		  "two life types in a row" },
		{ { BASIC(IKE_ATTR_LIFE_TYPE, 1),
		    BASIC(IKE_ATTR_LIFE_DURATION, 60),
		    BASIC(IKE_ATTR_LIFE_TYPE, 1),
		    BASIC(IKE_ATTR_LIFE_DURATION, 61) }, 4,
		  "life duration in seconds given twice: 60 and 61" },
		{ { WIDE(IKE_ATTR_ENCRYPTION, "\1\0\0") }, 1,
		  "encryption: value of 3 bytes is not within 0-65535" },
		{ { BASIC(IKE_ATTR_LIFE_TYPE, 1),
		    WIDE(IKE_ATTR_LIFE_DURATION, "") }, 2,
		  "life duration: empty value" },
	};
	struct ike_transform x;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(get_ike(cases[i].a, cases[i].n, &x), -EINVAL);
		assert_string_equal(err.text, cases[i].words);
	}
}

static void test_unknown_is_noted(void **state)
{
	static const struct isakmp_attr a[] = {
		BASIC(IKE_ATTR_HASH, 2), BASIC(IKE_ATTR_GROUP_TYPE, 1),
		BASIC(16384, 7), BASIC(IKE_ATTR_HASH, 2),
	};
	struct ike_transform x;

	(void)state;
	assert_int_equal(get_ike(a, COUNT(a), &x), 0);
	assert_int_equal(x.hash, 2);
	assert_int_equal(x.unknown, IKE_ATTR_GROUP_TYPE);
}

static void test_set_and_get(void **state)
{
	const struct ike_transform ike = {
		.cipher = IKE_CIPHER_AES_CBC, .key_bits = 192,
		.hash = IKE_HASH_SHA2_512, .auth = IKE_AUTH_PSK,
		.group = IKE_GROUP_ECP_384, .prf = 3,
		.life = { .seconds = 86400, .kilobytes = 70000 },
	};
	const struct ipsec_transform ipsec = {
		.id = IPSEC_ESP_AES_GCM_16, .key_bits = 256,
		.auth = IPSEC_AUTH_HMAC_SHA2_256, .encap = IPSEC_ENCAP_TUNNEL,
		.group = 14, .esn = 1,
		.life = { .seconds = 3600, .kilobytes = 4608000 },
	};
	struct transform_attrs store;
	struct ipsec_transform ipsec2;
	struct ike_transform ike2;
	struct isakmp_transform t;

	(void)state;
	ike_transform_set(&ike, 3, &store, &t);
	assert_int_equal(t.number, 3);
	assert_int_equal(t.id, ISAKMP_TRANSFORM_KEY_IKE);
	assert_int_equal(t.nattrs, 10);
	assert_int_equal(t.attrs[0].type, IKE_ATTR_ENCRYPTION);
	assert_int_equal(ike_transform_get(&t, &ike2, &err), 0);
	assert_memory_equal(&ike, &ike2, sizeof(ike));
	ipsec_transform_set(&ipsec, 1, &store, &t);
	assert_int_equal(t.id, IPSEC_ESP_AES_GCM_16);
	/* 3600 fits the basic form, 4608000 takes the variable one. */
	assert_false(t.attrs[6].variable);
	assert_true(t.attrs[8].variable);
	assert_memory_equal(t.attrs[8].data, "\0\x46\x50\0", 4);
	assert_int_equal(ipsec_transform_get(&t, &ipsec2, &err), 0);
	assert_memory_equal(&ipsec, &ipsec2, sizeof(ipsec));
}

static void test_responder_lifetime(void **state)
{
	const struct isakmp_life life = { .seconds = 1800,
					  .kilobytes = 100000 };
	struct isakmp_life got;
	uint8_t mem[32];
	struct buf b;

	(void)state;
	buf_fixed(&b, mem, sizeof(mem));
	isakmp_life_put(&b, 2, &life);
	assert_int_equal(buf_err(&b), 0);
	assert_int_equal(buf_len(&b), 4 + 4 + 4 + 8);
	assert_int_equal(isakmp_life_get(mem, buf_len(&b), 2, &got), 0);
	assert_memory_equal(&life, &got, sizeof(got));
	assert_int_equal(isakmp_life_get(mem, buf_len(&b) - 1, 2, &got),
			 -EINVAL);
	assert_int_equal(isakmp_life_get(mem, 4, 2, &got), -EINVAL);
	/* Phase 1 numbers its attributes otherwise. */
	assert_int_equal(isakmp_life_get(mem, buf_len(&b), 1, &got), 0);
	assert_int_equal(got.seconds, 0);
}

static void id_text(unsigned int type, const char *data, size_t len,
		    const char *expected)
{
	struct isakmp_id id = { .type = (uint8_t)type, .len = (uint16_t)len,
				.data = (const uint8_t *)data };
	char text[ISAKMP_ID_STRLEN];

	assert_string_equal(isakmp_id_format(&id, text, sizeof(text)),
			    expected);
}

static void test_id_text(void **state)
{
	char longer[400], text[ISAKMP_ID_STRLEN];
	struct isakmp_id id = { .type = IPSEC_ID_FQDN, .len = sizeof(longer),
				.data = (uint8_t *)longer };

	(void)state;
	id_text(IPSEC_ID_IPV4_ADDR, "\xc0\0\2\1", 4, "192.0.2.1");
	id_text(IPSEC_ID_IPV4_SUBNET, "\x0a\1\0\0\xff\xff\0\0", 8,
		"10.1.0.0/16");
	id_text(IPSEC_ID_IPV4_RANGE, "\x0a\1\0\1\x0a\1\0\x09", 8,
		"10.1.0.1-10.1.0.9");
	id_text(IPSEC_ID_FQDN, "gw.example.com", 14, "gw.example.com");
	id_text(IPSEC_ID_USER_FQDN, "a@b\n\x1b c", 7, "a@b\\x0a\\x1b\\x20c");
	id_text(IPSEC_ID_KEY_ID, "\1\2", 2, "KEY_ID 0x0102");
	id_text(IPSEC_ID_KEY_ID, "EZ group", 8, "KEY_ID 0x455a2067726f7570");
	id_text(IPSEC_ID_KEY_ID, "kyoten", 6, "KEY_ID kyoten");
	/* Wrong lengths and masks with holes are shown, not believed. */
	id_text(IPSEC_ID_IPV4_ADDR, "\xc0\0\2", 3, "IPV4_ADDR 0xc00002");
	id_text(IPSEC_ID_IPV4_SUBNET, "\x0a\1\0\0\xff\0\xff\0", 8,
		"IPV4_ADDR_SUBNET 0x0a010000ff00ff00");
	memset(longer, 'x', sizeof(longer));
	isakmp_id_format(&id, text, sizeof(text));
	assert_int_equal(strspn(text, "x"), ISAKMP_ID_STRLEN - 7);
	assert_string_equal(text + ISAKMP_ID_STRLEN - 7, "...");
}

static void test_id_values(void **state)
{
	uint8_t store[ISAKMP_ID_STORE], store2[ISAKMP_ID_STORE];
	struct isakmp_id id, id2;
	struct prefix p, q;
	struct range r;

	(void)state;
	assert_int_equal(prefix_parse(&p, "10.1.0.0/16"), 0);
	isakmp_id_from_prefix(&id, &p, store);
	assert_int_equal(id.type, IPSEC_ID_IPV4_SUBNET);
	assert_memory_equal(id.data, "\x0a\1\0\0\xff\xff\0\0", 8);
	assert_int_equal(isakmp_id_prefix(&id, &q), 0);
	assert_true(prefix_equal(&p, &q));
	/* A range that is a subnet is one. */
	range_from_prefix(&r, &p);
	isakmp_id_from_range(&id2, &r, store2);
	assert_true(isakmp_id_equal(&id, &id2));
	prefix_parse(&p, "192.0.2.7/32");
	isakmp_id_from_prefix(&id, &p, store);
	assert_int_equal(id.type, IPSEC_ID_IPV4_ADDR);
	assert_int_equal(id.len, 4);
	assert_false(isakmp_id_equal(&id, &id2));
	prefix_parse(&p, "2001:db8::/33");
	isakmp_id_from_prefix(&id, &p, store);
	assert_int_equal(id.type, IPSEC_ID_IPV6_SUBNET);
	assert_int_equal(isakmp_id_prefix(&id, &q), 0);
	assert_true(prefix_equal(&p, &q));
	/* A range that is none, and one upside down. */
	addr_parse(&r.from, "10.0.0.1");
	addr_parse(&r.to, "10.0.0.9");
	isakmp_id_from_range(&id, &r, store);
	assert_int_equal(id.type, IPSEC_ID_IPV4_RANGE);
	assert_int_equal(isakmp_id_prefix(&id, &q), -ERANGE);
	store[3] = 10;
	assert_int_equal(isakmp_id_range(&id, &r), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_life_forms),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_unknown_is_noted),
		cmocka_unit_test(test_set_and_get),
		cmocka_unit_test(test_responder_lifetime),
		cmocka_unit_test(test_id_text),
		cmocka_unit_test(test_id_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets to tuples: crafted ones, each truncated at every length, and
 * random ones.  Every buffer has exactly the length that is passed, so ASan
 * sees a read past its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/bytes.h"
#include "kmod/core/tuple.h"
#include "selftests/unit/core_random.h"

struct packet {
	u8 b[512];
	size_t len;
};

static void add(struct packet *p, const void *data, size_t len)
{
	memcpy(p->b + p->len, data, len);
	p->len += len;
}

/* IPv4 10.1.2.3 -> 192.0.2.9 with @options bytes of NOPs. */
static struct packet ipv4(u8 proto, u16 frag, u32 options)
{
	struct packet p = { .len = 20 + options };

	memset(p.b, 1, p.len);
	p.b[0] = 0x40 | (u8)(p.len / 4);
	p.b[1] = 0xb9;
	cm_put_be16(p.b + 2, (u16)p.len);
	cm_put_be16(p.b + 4, 0x1234);
	cm_put_be16(p.b + 6, frag);
	p.b[8] = 63;
	p.b[9] = proto;
	memcpy(p.b + 12, "\x0a\x01\x02\x03\xc0\x00\x02\x09", 8);
	return p;
}

/* IPv6 2001:db8::1 -> 2001:db8::2 */
static struct packet ipv6(u8 next)
{
	struct packet p = { .len = 40 };

	memcpy(p.b, "\x6b\x91\x23\x45", 4);	/* traffic class 0xb9 */
	p.b[6] = next;
	p.b[7] = 62;
	memcpy(p.b + 8, "\x20\x01\x0d\xb8", 4);
	p.b[23] = 1;
	memcpy(p.b + 24, "\x20\x01\x0d\xb8", 4);
	p.b[39] = 2;
	return p;
}

/* Write the length of what was added into the IP header. */
static void seal(struct packet *p)
{
	if (p->b[0] >> 4 == 4)
		cm_put_be16(p->b + 2, (u16)p->len);
	else
		cm_put_be16(p->b + 4, (u16)(p->len - 40));
}

/* From a heap block of exactly @len bytes. */
static enum cm_reason parse(struct cm_tuple *t, const u8 *data, size_t len)
{
	u8 *copy = malloc(len ? len : 1);
	enum cm_reason reason;

	assert_non_null(copy);
	memcpy(copy, data, len);
	reason = cm_tuple_parse(t, copy, len);
	free(copy);
	return reason;
}

/* Parses whole and with trailing bytes; not when cut before byte @need. */
static void expect(struct packet *p, struct cm_tuple *t, size_t need)
{
	size_t len;

	seal(p);
	for (len = 0; len < p->len; len++)
		assert_int_equal(parse(t, p->b, len), len < need ?
				 CM_REASON_TRUNCATED : CM_REASON_NONE);
	/* Room after the packet is not the packet. */
	assert_int_equal(parse(t, p->b, sizeof(p->b)), CM_REASON_NONE);
	assert_int_equal(t->total_len, p->len);
	assert_int_equal(parse(t, p->b, p->len), CM_REASON_NONE);
}

static void ipv4_ports(void **state)
{
	static const u8 protos[] = { 6, 17, 33, 132, 136 };
	struct packet p;
	struct cm_tuple t;
	u32 i, options;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		for (options = 0; options <= 40; options += 4) {
			p = ipv4(protos[i], 0x4000, options);
			add(&p, "\x04\xd2\x01\xbbxxxx", 8);
			expect(&p, &t, 24 + options);
			assert_int_equal(t.family, CM_FAMILY_V4);
			assert_int_equal(t.proto, protos[i]);
			assert_int_equal(t.sport, 1234);
			assert_int_equal(t.dport, 443);
			assert_int_equal(t.flags, CM_TUPLE_PORTS | CM_TUPLE_DF);
			assert_int_equal(t.tos, 0xb9);
			assert_int_equal(t.ttl, 63);
			assert_int_equal(t.l4_off, 20 + options);
			assert_memory_equal(t.saddr.b, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0", 16);
			assert_memory_equal(t.daddr.b, "\xc0\0\x02\x09\0\0\0\0\0\0\0\0\0\0\0\0", 16);
		}
	}
}

static void icmp(void **state)
{
	struct packet p = ipv4(CM_PROTO_ICMP, 0, 0);
	struct cm_tuple t, back;

	(void)state;
	add(&p, "\x03\x04xxxxxx", 8);
	expect(&p, &t, 22);
	assert_int_equal(cm_tuple_icmp_type(&t), 3);
	assert_int_equal(cm_tuple_icmp_code(&t), 4);
	assert_int_equal(t.dport, 0x304);
	assert_int_equal(t.sport, 0);
	cm_tuple_reverse(&back, &t);
	assert_int_equal(back.dport, 0x304);
	assert_memory_equal(&back.saddr, &t.daddr, 16);

	p = ipv6(CM_PROTO_ICMPV6);
	add(&p, "\x80\x00xxxxxx", 8);
	expect(&p, &t, 42);
	assert_int_equal(cm_tuple_icmp_type(&t), 128);
}

static void no_ports(void **state)
{
	static const u8 protos[] = { 4, 41, 47, 50, 51, 89, 255 };
	struct packet p;
	struct cm_tuple t;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		p = ipv4(protos[i], 0, 0);
		expect(&p, &t, 20);
		assert_int_equal(t.flags, 0);
		assert_int_equal(t.proto, protos[i]);
	}
	/* AH and ESP are protocols in IPv6 as well (RFC 4301). */
	p = ipv6(51);
	add(&p, "\x06\x04xxxxxx", 8);
	expect(&p, &t, 40);
	assert_int_equal(t.proto, 51);
}

static void ipv4_fragments(void **state)
{
	struct packet p = ipv4(CM_PROTO_UDP, 0x2000, 0);	/* the first */
	struct cm_tuple t;

	(void)state;
	add(&p, "\x01\xf4\x01\xf4", 4);
	expect(&p, &t, 24);
	assert_int_equal(t.flags, CM_TUPLE_FRAGMENT | CM_TUPLE_PORTS);

	p = ipv4(CM_PROTO_UDP, 0x2001, 0);	/* in the middle */
	add(&p, "\x01\xf4\x01\xf4", 4);
	expect(&p, &t, 20);
	assert_int_equal(t.flags, CM_TUPLE_FRAGMENT | CM_TUPLE_LATER);
	assert_int_equal(t.sport, 0);

	p = ipv4(CM_PROTO_UDP, 0x1fff, 0);	/* the last */
	expect(&p, &t, 20);
	assert_int_equal(t.flags, CM_TUPLE_FRAGMENT | CM_TUPLE_LATER);
}

static void ipv6_chain(void **state)
{
	struct packet p = ipv6(0);
	struct cm_tuple t, back;

	(void)state;
	add(&p, "\x2b\x00xxxxxx", 8);			/* hop by hop */
	add(&p, "\x3c\x01xxxxxxxxxxxxxx", 16);		/* routing */
	add(&p, "\x2c\x00xxxxxx", 8);			/* destination options */
	add(&p, "\x06\x00\x00\x01xxxx", 8);		/* fragment, the first */
	add(&p, "\x00\x50\xc0\x01xxxx", 8);
	expect(&p, &t, 84);
	assert_int_equal(t.family, CM_FAMILY_V6);
	assert_int_equal(t.proto, 6);
	assert_int_equal(t.l4_off, 80);
	assert_int_equal(t.sport, 80);
	assert_int_equal(t.dport, 0xc001);
	assert_int_equal(t.tos, 0xb9);
	assert_int_equal(t.ttl, 62);
	assert_int_equal(t.flags, CM_TUPLE_PORTS | CM_TUPLE_FRAGMENT);

	cm_tuple_reverse(&back, &t);
	assert_int_equal(back.sport, 0xc001);
	assert_int_equal(back.dport, 80);
	assert_int_equal(back.saddr.b[15], 2);
	assert_int_equal(back.daddr.b[15], 1);
	cm_tuple_reverse(&back, &back);
	assert_memory_equal(&back, &t, sizeof(t));
}

static void ipv6_fragments(void **state)
{
	struct packet p = ipv6(44);
	struct cm_tuple t;

	(void)state;
	add(&p, "\x11\x00\x00\x09xxxx", 8);
	expect(&p, &t, 48);
	assert_int_equal(t.proto, 17);
	assert_int_equal(t.flags, CM_TUPLE_FRAGMENT | CM_TUPLE_LATER);

	/* An atomic one with the reserved bits set is whole. */
	p = ipv6(44);
	add(&p, "\x11\xff\x00\x06xxxx\x00\x35\x00\x35", 12);
	expect(&p, &t, 52);
	assert_int_equal(t.flags, CM_TUPLE_FRAGMENT | CM_TUPLE_PORTS);

	/* A later fragment of options: its protocol is not known. */
	p = ipv6(44);
	add(&p, "\x3c\x00\x00\x08xxxx", 8);
	add(&p, "\x06\x00xxxxxx", 8);
	seal(&p);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_FRAGMENT);
}

static void ext_cap(void **state)
{
	struct packet p = ipv6(60);
	struct cm_tuple t;
	int i;

	(void)state;
	for (i = 1; i < CM_TUPLE_EXT_MAX; i++)
		add(&p, "\x3c\x00xxxxxx", 8);
	add(&p, "\x3b\x00xxxxxx", 8);
	expect(&p, &t, 40 + 8 * CM_TUPLE_EXT_MAX);
	assert_int_equal(t.proto, CM_PROTO_NONE);

	p.b[p.len - 8] = 60;	/* one more */
	add(&p, "\x3b\x00xxxxxx", 8);
	seal(&p);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_BAD_HEADER);
}

static void garbage(void **state)
{
	struct packet p = ipv4(6, 0, 0);
	struct cm_tuple t;

	(void)state;
	add(&p, "xxxxxxxx", 8);
	seal(&p);
	p.b[0] = 0x44;		/* a header of 16 bytes */
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_BAD_HEADER);
	p.b[0] = 0x55;		/* no such version */
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_BAD_HEADER);
	p.b[0] = 0x45;
	cm_put_be16(p.b + 2, 19);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_BAD_HEADER);
	/* Ports after the end that the header tells. */
	cm_put_be16(p.b + 2, 23);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_TRUNCATED);
	/* A large send says nothing about its length. */
	cm_put_be16(p.b + 2, 0);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_NONE);
	assert_int_equal(t.total_len, 0);

	/* Hop-by-hop options in second place. */
	p = ipv6(60);
	add(&p, "\x00\x00xxxxxx", 8);
	add(&p, "\x3b\x00xxxxxx", 8);
	seal(&p);
	assert_int_equal(parse(&t, p.b, p.len), CM_REASON_BAD_HEADER);
}

static enum cm_reason split(struct cm_ip_part *part, const u8 *data, size_t len)
{
	u8 *copy = malloc(len ? len : 1);
	enum cm_reason reason;

	assert_non_null(copy);
	memcpy(copy, data, len);
	reason = cm_tuple_split(part, copy, len);
	free(copy);
	return reason;
}

/* Splits as @len bytes and a byte that names the next; not when cut before @need. */
static void expect_split(const struct packet *p, u32 len, u32 next, size_t need)
{
	struct cm_ip_part part;
	size_t n;

	for (n = 0; n <= p->len; n++) {
		assert_int_equal(split(&part, p->b, n), n < need ?
				 CM_REASON_TRUNCATED : CM_REASON_NONE);
		if (n < need)
			continue;
		assert_int_equal(part.len, len);
		assert_int_equal(part.next, next);
	}
}

/* RFC 4303, 3.1.1 */
static void transport_split(void **state)
{
	struct packet p = ipv4(6, 0x4000, 12);
	struct cm_ip_part part;

	(void)state;
	add(&p, "\x04\xd2\x01\xbb", 4);
	expect_split(&p, 32, 9, 32);
	p = ipv4(6, 0x2000, 0);
	assert_int_equal(split(&part, p.b, p.len), CM_REASON_FRAGMENT);
	p = ipv4(6, 1, 0);
	assert_int_equal(split(&part, p.b, p.len), CM_REASON_FRAGMENT);
	p = ipv4(6, 0, 0);
	p.b[0] = 0x44;
	assert_int_equal(split(&part, p.b, p.len), CM_REASON_BAD_HEADER);

	p = ipv6(17);
	add(&p, "\x00\x35\x00\x35", 4);
	expect_split(&p, 40, 6, 40);

	/* Hop by hop stays, destination options do not. */
	p = ipv6(0);
	add(&p, "\x3c\x00xxxxxx", 8);
	add(&p, "\x11\x01xxxxxxxxxxxxxx", 16);
	expect_split(&p, 48, 40, 64);

	/* Those before routing are for routers. */
	p = ipv6(60);
	add(&p, "\x2b\x00xxxxxx", 8);
	add(&p, "\x3c\x01xxxxxxxxxxxxxx", 16);
	add(&p, "\x06\x00xxxxxx", 8);
	expect_split(&p, 64, 48, 72);

	p = ipv6(44);
	add(&p, "\x11\x00\x00\x00xxxx", 8);
	assert_int_equal(split(&part, p.b, p.len), CM_REASON_FRAGMENT);
	p.b[0] = 0x50;
	assert_int_equal(split(&part, p.b, p.len), CM_REASON_BAD_HEADER);
}

static void check_split(const u8 *data, size_t len)
{
	struct cm_ip_part part;

	if (split(&part, data, len))
		return;
	assert_true(part.len >= 20 && part.len <= len);
	assert_true(part.next < part.len);
}

/* What must hold for any bytes at all. */
static void check_sane(const u8 *data, size_t len)
{
	struct cm_tuple t;
	enum cm_reason reason = parse(&t, data, len);

	check_split(data, len);
	if (reason) {
		assert_true(reason == CM_REASON_TRUNCATED ||
			    reason == CM_REASON_BAD_HEADER ||
			    reason == CM_REASON_FRAGMENT);
		return;
	}
	assert_true(t.family == CM_FAMILY_V4 || t.family == CM_FAMILY_V6);
	assert_true(t.l4_off >= 20 && t.l4_off <= len);
	if (t.flags & CM_TUPLE_LATER)
		assert_true(t.flags & CM_TUPLE_FRAGMENT && !(t.flags & CM_TUPLE_PORTS));
	if (t.flags & CM_TUPLE_PORTS)
		assert_true(cm_proto_has_ports(t.proto) || cm_proto_is_icmp(t.proto));
	else
		assert_int_equal(t.sport | t.dport, 0);
}

static void random_bytes(void **state)
{
	struct rng r = rng_start(20);
	u8 data[200];
	size_t len, i;
	int n;

	(void)state;
	for (n = 0; n < 200000; n++) {
		len = rng_below(&r, sizeof(data));
		for (i = 0; i < len; i++)
			data[i] = (u8)rng_next(&r);
		if (len > 6 && !rng_one_in(&r, 8)) {
			data[0] = rng_one_in(&r, 2) ? 0x45 : 0x60;
			data[6] = (u8)rng_below(&r, 64);
		}
		check_sane(data, len);
	}
}

static void mutated(void **state)
{
	struct rng r = rng_start(21);
	struct packet good[3], p;
	int n, flips;

	(void)state;
	good[0] = ipv4(6, 0x4000, 8);
	add(&good[0], "\x04\xd2\x01\xbbxxxx", 8);
	good[1] = ipv6(0);
	add(&good[1], "\x2b\x00xxxxxx\x3c\x01xxxxxxxxxxxxxx\x2c\x00xxxxxx", 32);
	add(&good[1], "\x06\x00\x00\x01xxxx\x00\x50\xc0\x01xxxx", 16);
	good[2] = ipv6(44);
	add(&good[2], "\x3a\x00\x00\x08xxxx\x80\x00xx", 12);
	for (n = 0; n < 200000; n++) {
		p = good[rng_below(&r, ARRAY_SIZE(good))];
		seal(&p);
		for (flips = 1 + rng_below(&r, 3); flips; flips--)
			p.b[rng_below(&r, p.len)] ^= 1 << rng_below(&r, 8);
		check_sane(p.b, rng_one_in(&r, 2) ? p.len : rng_below(&r, p.len + 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_ports),
		cmocka_unit_test(icmp),
		cmocka_unit_test(no_ports),
		cmocka_unit_test(ipv4_fragments),
		cmocka_unit_test(ipv6_chain),
		cmocka_unit_test(ipv6_fragments),
		cmocka_unit_test(ext_cap),
		cmocka_unit_test(transport_split),
		cmocka_unit_test(garbage),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(mutated),
	};

	return cmocka_run_group_tests_name("core_tuple", tests, NULL, NULL);
}

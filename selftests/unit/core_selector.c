// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors: masks with holes, ports, validity, mirror (F-049). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "kmod/core/selector.h"
#include "selftests/unit/core_random.h"

static struct cm_selector any(u8 proto)
{
	return (struct cm_selector){
		.family = CM_FAMILY_V4, .proto = proto,
		.sport = CM_PORTS_ANY, .dport = CM_PORTS_ANY,
	};
}

static struct cm_tuple tcp(u16 sport, u16 dport)
{
	return (struct cm_tuple){
		.family = CM_FAMILY_V4, .proto = CM_PROTO_TCP,
		.saddr.b = { 10, 1, 2, 3 }, .daddr.b = { 192, 168, 7, 9 },
		.sport = sport, .dport = dport, .flags = CM_TUPLE_PORTS,
	};
}

static void masks(void **state)
{
	union cm_addr mask;
	int bits;

	(void)state;
	for (bits = 0; bits <= 32; bits++) {
		cm_addr_mask(&mask, CM_FAMILY_V4, bits);
		assert_int_equal(cm_addr_prefix_len(&mask, CM_FAMILY_V4), bits);
	}
	for (bits = 0; bits <= 128; bits++) {
		cm_addr_mask(&mask, CM_FAMILY_V6, bits);
		assert_int_equal(cm_addr_prefix_len(&mask, CM_FAMILY_V6), bits);
	}
	cm_addr_mask(&mask, CM_FAMILY_V4, 200);
	assert_int_equal(cm_addr_prefix_len(&mask, CM_FAMILY_V4), 32);
	assert_int_equal(mask.b[4], 0);
	cm_addr_mask(&mask, CM_FAMILY_V4, 19);
	assert_memory_equal(mask.b, "\xff\xff\xe0\x00", 4);
	mask.b[3] = 1;
	assert_int_equal(cm_addr_prefix_len(&mask, CM_FAMILY_V4), -1);
	memset(&mask, 0, sizeof(mask));
	mask.b[3] = 1;		/* all the odd hosts there are */
	assert_int_equal(cm_addr_prefix_len(&mask, CM_FAMILY_V4), -1);
}

static void holes(void **state)
{
	struct cm_selector s = any(0);
	struct cm_tuple t = tcp(1, 2);

	(void)state;
	memcpy(s.saddr.b, "\x0a\x00\x02\x01", 4);
	memcpy(s.smask.b, "\xff\x00\xff\x01", 4);	/* 10.x.2.odd */
	assert_true(cm_selector_match(&s, &t));
	t.saddr.b[1] = 200;
	assert_true(cm_selector_match(&s, &t));
	t.saddr.b[3] = 4;
	assert_false(cm_selector_match(&s, &t));
	t.saddr.b[3] = 5;
	t.saddr.b[2] = 3;
	assert_false(cm_selector_match(&s, &t));
}

static void ports(void **state)
{
	struct cm_selector s = any(CM_PROTO_TCP);
	struct cm_tuple t = tcp(4000, 99);

	(void)state;
	s.dport = (struct cm_ports){ 100, 200 };
	assert_false(cm_selector_match(&s, &t));
	t.dport = 100;
	assert_true(cm_selector_match(&s, &t));
	t.dport = 200;
	assert_true(cm_selector_match(&s, &t));
	t.dport = 201;
	assert_false(cm_selector_match(&s, &t));
	t.dport = 150;
	s.sport = (struct cm_ports){ 1, 2 };
	assert_false(cm_selector_match(&s, &t));
	s.sport = CM_PORTS_ANY;
	t.proto = CM_PROTO_UDP;
	assert_false(cm_selector_match(&s, &t));
	t.proto = CM_PROTO_TCP;
	t.family = CM_FAMILY_V6;
	assert_false(cm_selector_match(&s, &t));

	/* RFC 4301, 7: no ports known, no match on ports. */
	t = tcp(0, 0);
	t.flags = CM_TUPLE_FRAGMENT | CM_TUPLE_LATER;
	s.dport = (struct cm_ports){ 0, 100 };
	assert_false(cm_selector_match(&s, &t));
	s.dport = CM_PORTS_ANY;
	assert_true(cm_selector_match(&s, &t));
}

static void validity(void **state)
{
	struct cm_selector s = any(CM_PROTO_TCP);

	(void)state;
	assert_null(cm_selector_check(&s));
	s.sport = (struct cm_ports){ 2, 1 };
	assert_non_null(strstr(cm_selector_check(&s), "source port"));
	s = any(CM_PROTO_UDP);
	s.dport = (struct cm_ports){ 2, 1 };
	assert_non_null(strstr(cm_selector_check(&s), "destination port"));
	s = any(CM_PROTO_GRE);
	assert_null(cm_selector_check(&s));
	s.dport = (struct cm_ports){ 1, 1 };
	assert_non_null(strstr(cm_selector_check(&s), "TCP, UDP"));
	s.proto = 0;
	assert_non_null(cm_selector_check(&s));
	s.proto = CM_PROTO_ICMP;
	assert_null(cm_selector_check(&s));
	s.sport = s.dport;
	assert_non_null(strstr(cm_selector_check(&s), "ICMP"));
	s = any(0);
	s.family = 7;
	assert_non_null(strstr(cm_selector_check(&s), "family"));
}

static void canonical(void **state)
{
	struct cm_selector s = any(0), other;

	(void)state;
	memset(s.saddr.b, 0xff, 16);
	memset(s.smask.b, 0xff, 16);
	s.smask.b[3] = 0xf0;
	s.daddr.b[9] = 1;
	cm_selector_canon(&s);
	assert_memory_equal(s.saddr.b, "\xff\xff\xff\xf0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_memory_equal(s.smask.b, s.saddr.b, 16);
	assert_int_equal(s.daddr.b[9], 0);
	memset(&other, 0xff, sizeof(other));
	other.family = CM_FAMILY_V4;
	other.proto = 0;
	other.smask = s.smask;
	memset(&other.dmask, 0, sizeof(other.dmask));
	other.sport = CM_PORTS_ANY;
	other.dport = CM_PORTS_ANY;
	cm_selector_canon(&other);
	assert_true(cm_selector_equal(&s, &other));
	assert_memory_equal(&s, &other, sizeof(s));
	other.dport.hi--;
	assert_false(cm_selector_equal(&s, &other));
	other = s;
	other.dmask.b[0] = 0x80;
	assert_false(cm_selector_equal(&s, &other));
}

/* A packet is in a selector when its answer is in the mirrored one. */
static void mirror(void **state)
{
	struct rng r = rng_start(30);
	struct cm_tuple t, back;
	struct cm_selector s, rev;
	int i, matched = 0;

	(void)state;
	for (i = 0; i < 20000; i++) {
		s = any(rng_one_in(&r, 2) ? CM_PROTO_TCP : CM_PROTO_ICMP);
		t = tcp((u16)rng_below(&r, 4), (u16)rng_below(&r, 4));
		t.proto = rng_one_in(&r, 2) ? CM_PROTO_TCP : CM_PROTO_ICMP;
		t.saddr.b[3] = (u8)rng_below(&r, 4);
		t.daddr.b[3] = (u8)rng_below(&r, 4);
		memcpy(&s.saddr, &t.saddr, 16);
		memcpy(&s.daddr, &t.daddr, 16);
		memset(s.smask.b, 0xff, 4);
		memset(s.dmask.b, 0xff, 4);
		s.smask.b[3] = (u8)rng_below(&r, 4);
		s.dmask.b[3] = (u8)rng_below(&r, 4);
		s.saddr.b[3] = (u8)rng_below(&r, 4);
		cm_selector_canon(&s);
		s.dport = (struct cm_ports){ 1, 2 };
		if (s.proto == CM_PROTO_TCP)
			s.sport = (struct cm_ports){ 2, 3 };
		cm_tuple_reverse(&back, &t);
		cm_selector_reverse(&rev, &s);
		assert_int_equal(cm_selector_match(&s, &t), cm_selector_match(&rev, &back));
		matched += cm_selector_match(&s, &t);
		cm_selector_reverse(&rev, &rev);
		assert_true(cm_selector_equal(&rev, &s));
	}
	assert_true(matched > 1000);
}

/* What the access list of a dynamic entry lets peers bring (C-039). */
static void containment(void **state)
{
	struct cm_selector net = any(0), host = any(CM_PROTO_TCP), other;

	(void)state;
	net.daddr.b[0] = 10;
	cm_addr_mask(&net.dmask, CM_FAMILY_V4, 8);
	host.daddr = (union cm_addr){ .b = { 10, 1, 2, 3 } };
	cm_addr_mask(&host.dmask, CM_FAMILY_V4, 32);
	host.dport = (struct cm_ports){ 80, 90 };
	assert_true(cm_selector_within(&host, &net));
	assert_false(cm_selector_within(&net, &host));
	assert_true(cm_selector_within(&net, &net));
	assert_true(cm_selector_overlaps(&host, &net));
	assert_true(cm_selector_overlaps(&net, &host));

	other = host;
	other.dport = (struct cm_ports){ 90, 100 };
	assert_false(cm_selector_within(&other, &host));
	assert_true(cm_selector_overlaps(&other, &host));
	other.dport.lo = 91;
	assert_false(cm_selector_overlaps(&other, &host));
	other = host;
	other.proto = CM_PROTO_UDP;
	assert_false(cm_selector_overlaps(&other, &host));
	other = net;
	other.proto = CM_PROTO_TCP;
	assert_true(cm_selector_within(&other, &net));
	assert_false(cm_selector_within(&net, &other));
	other.family = CM_FAMILY_V6;
	assert_false(cm_selector_within(&other, &net));
	assert_false(cm_selector_overlaps(&other, &net));
}

static struct cm_selector small(struct rng *r)
{
	struct cm_selector s = any(rng_below(r, 2) ? CM_PROTO_TCP : 0);

	s.saddr.b[3] = rng_below(r, 4);
	s.smask.b[3] = rng_below(r, 4);
	s.daddr.b[3] = rng_below(r, 4);
	s.dmask.b[3] = rng_below(r, 4);
	if (s.proto) {
		s.dport.lo = rng_below(r, 3);
		s.dport.hi = s.dport.lo + rng_below(r, 2);
	}
	cm_selector_canon(&s);
	return s;
}

/* Against every packet of a small world. */
static void containment_at_random(void **state)
{
	struct rng r = { 7 };
	int i, p;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct cm_selector a = small(&r), b = small(&r);
		bool within = true, overlaps = false;

		for (p = 0; p < 2 * 4 * 4 * 4; p++) {
			struct cm_tuple t = tcp(1, p >> 5);
			bool in_a, in_b;

			t.proto = p & 1 ? CM_PROTO_TCP : CM_PROTO_UDP;
			t.saddr = (union cm_addr){ .b = { 0, 0, 0, p >> 1 & 3 } };
			t.daddr = (union cm_addr){ .b = { 0, 0, 0, p >> 3 & 3 } };
			in_a = cm_selector_match(&a, &t);
			in_b = cm_selector_match(&b, &t);
			within = within && (!in_a || in_b);
			overlaps = overlaps || (in_a && in_b);
		}
		/* Ports 4 and up are in no small selector but the open ones. */
		if (a.proto || !b.proto)
			assert_int_equal(cm_selector_within(&a, &b), within);
		else
			assert_false(cm_selector_within(&a, &b));
		assert_int_equal(cm_selector_overlaps(&a, &b), overlaps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
		cmocka_unit_test(holes),
		cmocka_unit_test(ports),
		cmocka_unit_test(validity),
		cmocka_unit_test(canonical),
		cmocka_unit_test(mirror),
		cmocka_unit_test(containment),
		cmocka_unit_test(containment_at_random),
	};

	return cmocka_run_group_tests_name("core_selector", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: a packet through all that reads packets in kmod/core. The first
 * two bytes choose the SA's geometry, the rest is the packet. What the parsers
 * say of it must hold within it.
 */
#include <linux/kernel.h>

#include "kmod/core/ahfmt.h"
#include "kmod/core/alg.h"
#include "kmod/core/espfmt.h"
#include "kmod/core/mss.h"
#include "kmod/core/outer.h"
#include "kmod/core/selector.h"
#include "kmod/core/tuple.h"
#include "selftests/fuzz/fuzz.h"

static void use_tuple(const uint8_t *data, size_t len)
{
	struct cm_tuple t, back, again;

	if (cm_tuple_parse(&t, data, len) != CM_REASON_NONE)
		return;
	CHECK(t.family == CM_FAMILY_V4 || t.family == CM_FAMILY_V6);
	CHECK(t.l4_off >= (t.family == CM_FAMILY_V4 ? 20 : 40) && t.l4_off <= len);
	CHECK(!t.total_len || t.l4_off <= t.total_len);
	CHECK(!(t.flags & CM_TUPLE_LATER) || !(t.flags & CM_TUPLE_PORTS));
	CHECK(!(t.flags & CM_TUPLE_LATER) || t.flags & CM_TUPLE_FRAGMENT);
	cm_tuple_reverse(&back, &t);
	cm_tuple_reverse(&again, &back);
	CHECK(!memcmp(&again, &t, sizeof(t)));
	/* What lies behind the packet does not change what it is. */
	if (t.total_len && t.total_len < len) {
		CHECK(cm_tuple_parse(&again, data, t.total_len) == CM_REASON_NONE);
		CHECK(!memcmp(&again, &t, sizeof(t)));
	}
}

/* A selector made of the packet matches it, and its mirror the mirror. */
static void use_selector(const uint8_t *data, size_t len)
{
	struct cm_selector s = { .sport = CM_PORTS_ANY, .dport = CM_PORTS_ANY }, r;
	struct cm_tuple t, back;

	if (cm_tuple_parse(&t, data, len) != CM_REASON_NONE)
		return;
	s.family = t.family;
	s.proto = t.proto;
	s.saddr = t.saddr;
	s.daddr = t.daddr;
	cm_addr_mask(&s.smask, t.family, t.ttl % 129);
	cm_addr_mask(&s.dmask, t.family, t.tos % 129);
	if (t.flags & CM_TUPLE_PORTS && !cm_proto_is_icmp(t.proto))
		s.sport = (struct cm_ports){ t.sport, t.sport };
	if (t.flags & CM_TUPLE_PORTS)
		s.dport = (struct cm_ports){ t.dport, t.dport };
	cm_selector_canon(&s);
	if (cm_selector_check(&s))
		return;
	CHECK(cm_selector_match(&s, &t));
	CHECK(cm_selector_match_l3(&s, &t));
	cm_selector_reverse(&r, &s);
	cm_tuple_reverse(&back, &t);
	CHECK(cm_selector_match(&r, &back));
}

static void use_split(uint8_t *data, size_t len)
{
	struct cm_ip_part part = { 0 };

	if (cm_tuple_split(&part, data, len) != CM_REASON_NONE)
		return;
	CHECK(part.len <= len && part.len >= 20);
	CHECK(part.next < part.len);
	/* What AH authenticates is what stays before it. */
	if (part.len <= CM_AH_PART_MAX)
		cm_ah_fix_mutable(data, part.len);
}

static void use_esp(const uint8_t *data, size_t len, const struct cm_esp_geom *g)
{
	u32 trim = 0;
	u8 next;

	if (!g->ah && cm_esp_check_len(g, (u32)len) == CM_REASON_NONE) {
		CHECK(len >= cm_esp_head(g) + CM_ESP_TAIL + g->icv);
		if (cm_esp_check_trailer(data + cm_esp_head(g), (u32)len - cm_esp_head(g) - g->icv,
					 &next, &trim) == CM_REASON_NONE)
			CHECK(trim >= CM_ESP_TAIL && trim <= len - cm_esp_head(g) - g->icv);
	}
	/* The largest inner packet that fits does fit, the next does not. */
	if (cm_esp_mtu(g, (u32)len)) {
		CHECK(cm_esp_wire_len(g, cm_esp_mtu(g, (u32)len)) <= len);
		CHECK(cm_esp_wire_len(g, cm_esp_mtu(g, (u32)len) + 1) > len);
	}
}

static void use_ah(const uint8_t *data, size_t len, uint8_t icv, bool v6)
{
	if (len < CM_AH_HDR)
		return;
	if (cm_ah_check_len(data, (u32)len, icv, v6) == CM_REASON_NONE) {
		CHECK(cm_ah_len_of(data[1]) <= len);
		CHECK(cm_ah_len_of(data[1]) >= CM_AH_HDR + (u32)icv);
	}
}

static void use_mss(uint8_t *data, size_t len)
{
	u8 *mss = cm_mss_find(data, len);

	CHECK(!mss || (mss >= data + 22 && mss + 2 <= data + len));
}

static void choose_geometry(uint8_t a, uint8_t b, struct cm_esp_geom *g, uint8_t *icv)
{
	const struct cm_encr *encr = NULL;
	const struct cm_auth *auth = NULL;
	unsigned int n;

	for (n = 0; cm_encr_at(n); n++)
		if (n <= a % 16U)
			encr = cm_encr_at(n);
	for (n = 0; cm_auth_at(n); n++)
		if (n <= b % 16U)
			auth = cm_auth_at(n);
	*icv = auth->icv;
	if (a & 0x80 && !cm_alg_check_ah(auth))
		cm_alg_geom_ah(auth, a & 0x40 ? 40 : 20, a & 0x40, g);
	else
		cm_alg_geom(encr, auth, a & 0x40 ? 40 : 20, a & 0x20 ? 8 : 0, g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct cm_esp_geom g;
	uint8_t *copy, icv, tos;
	bool odd;

	if (len < 2 || len > 66000)
		return 0;
	choose_geometry(data[0], data[1], &g, &icv);
	tos = data[1];
	cm_outer_decap_tos(data[0], &tos, &odd);
	CHECK((tos & ~CM_ECN_MASK) == (data[1] & ~CM_ECN_MASK));
	copy = input_copy(data + 2, len - 2);
	len -= 2;
	use_tuple(copy, len);
	use_selector(copy, len);
	use_esp(copy, len, &g);
	use_ah(copy, len, icv, data[0] & 0x40);
	use_mss(copy, len);
	use_split(copy, len);	/* changes it */
	free(copy);
	return 0;
}

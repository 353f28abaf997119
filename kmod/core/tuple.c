// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/string.h>

#include "bytes.h"
#include "tuple.h"

#define IPV4_DF 0x4000
#define IPV4_MF 0x2000
#define IPV4_OFFSET 0x1fff
#define IPV4_HDR_MIN 20
#define IPV6_HDR 40
#define IPV6_MF 0x0001
#define IPV6_EXT_UNIT 8

enum {
	EXT_HOP_BY_HOP = 0,
	EXT_ROUTING = 43,
	EXT_FRAGMENT = 44,
	EXT_DEST_OPTIONS = 60,
};

static bool is_ext(u8 proto)
{
	return proto == EXT_HOP_BY_HOP || proto == EXT_ROUTING ||
	       proto == EXT_FRAGMENT || proto == EXT_DEST_OPTIONS;
}

static enum cm_reason parse_l4(struct cm_tuple *t, const u8 *l3, size_t len)
{
	const u8 *l4 = l3 + t->l4_off;
	size_t left = len - t->l4_off;

	if (t->flags & CM_TUPLE_LATER)
		return CM_REASON_NONE;
	if (cm_proto_has_ports(t->proto)) {
		if (left < 4)
			return CM_REASON_TRUNCATED;
		t->sport = cm_get_be16(l4);
		t->dport = cm_get_be16(l4 + 2);
		t->flags |= CM_TUPLE_PORTS;
	} else if (cm_proto_is_icmp(t->proto)) {
		if (left < 2)
			return CM_REASON_TRUNCATED;
		t->dport = cm_get_be16(l4);
		t->flags |= CM_TUPLE_PORTS;
	}
	return CM_REASON_NONE;
}

/* What lies beyond the packet's own length is not the packet. */
static size_t clip(const struct cm_tuple *t, size_t len)
{
	return t->total_len && t->total_len < len ? t->total_len : len;
}

static enum cm_reason parse_ipv4(struct cm_tuple *t, const u8 *l3, size_t len)
{
	u16 frag;

	if (len < IPV4_HDR_MIN)
		return CM_REASON_TRUNCATED;
	t->family = CM_FAMILY_V4;
	t->l4_off = (l3[0] & 0x0f) * 4;
	t->tos = l3[1];
	t->total_len = cm_get_be16(l3 + 2);
	t->ttl = l3[8];
	t->proto = l3[9];
	memcpy(t->saddr.b, l3 + 12, 4);
	memcpy(t->daddr.b, l3 + 16, 4);
	if (t->l4_off < IPV4_HDR_MIN ||
	    (t->total_len && t->total_len < t->l4_off))
		return CM_REASON_BAD_HEADER;
	len = clip(t, len);
	if (len < t->l4_off)
		return CM_REASON_TRUNCATED;

	frag = cm_get_be16(l3 + 6);
	if (frag & IPV4_DF)
		t->flags |= CM_TUPLE_DF;
	if (frag & (IPV4_MF | IPV4_OFFSET))
		t->flags |= CM_TUPLE_FRAGMENT;
	if (frag & IPV4_OFFSET)
		t->flags |= CM_TUPLE_LATER;
	return parse_l4(t, l3, len);
}

/* One extension header at t->l4_off, of type t->proto: step over it. */
static enum cm_reason skip_ext(struct cm_tuple *t, const u8 *l3, size_t len)
{
	const u8 *ext = l3 + t->l4_off;
	u32 size = IPV6_EXT_UNIT;
	u8 type = t->proto;

	/* Hop-by-hop options stand right after the IP header or nowhere. */
	if (type == EXT_HOP_BY_HOP && t->l4_off != IPV6_HDR)
		return CM_REASON_BAD_HEADER;
	if (len - t->l4_off < IPV6_EXT_UNIT)
		return CM_REASON_TRUNCATED;
	if (type != EXT_FRAGMENT)
		size += ext[1] * IPV6_EXT_UNIT;
	if (len - t->l4_off < size)
		return CM_REASON_TRUNCATED;

	t->proto = ext[0];
	t->l4_off += size;
	if (type == EXT_FRAGMENT) {
		u16 frag = cm_get_be16(ext + 2);

		t->flags |= CM_TUPLE_FRAGMENT;
		if (frag & ~7)
			t->flags |= CM_TUPLE_LATER;
	}
	return CM_REASON_NONE;
}

static enum cm_reason parse_ipv6(struct cm_tuple *t, const u8 *l3, size_t len)
{
	enum cm_reason reason;
	u16 payload;
	int n;

	if (len < IPV6_HDR)
		return CM_REASON_TRUNCATED;
	t->family = CM_FAMILY_V6;
	t->l4_off = IPV6_HDR;
	t->tos = (cm_get_be16(l3) >> 4) & 0xff;
	payload = cm_get_be16(l3 + 4);
	t->total_len = payload ? IPV6_HDR + payload : 0;
	t->proto = l3[6];
	t->ttl = l3[7];
	memcpy(t->saddr.b, l3 + 8, 16);
	memcpy(t->daddr.b, l3 + 24, 16);
	len = clip(t, len);

	for (n = 0; is_ext(t->proto) && !(t->flags & CM_TUPLE_LATER); n++) {
		if (n == CM_TUPLE_EXT_MAX)
			return CM_REASON_BAD_HEADER;
		reason = skip_ext(t, l3, len);
		if (reason)
			return reason;
	}
	/* A later fragment whose upper protocol only the first one tells. */
	if (is_ext(t->proto))
		return CM_REASON_FRAGMENT;
	return parse_l4(t, l3, len);
}

enum cm_reason cm_tuple_parse(struct cm_tuple *t, const u8 *l3, size_t len)
{
	memset(t, 0, sizeof(*t));
	if (len < 1)
		return CM_REASON_TRUNCATED;
	switch (l3[0] >> 4) {
	case 4:
		return parse_ipv4(t, l3, len);
	case 6:
		return parse_ipv6(t, l3, len);
	default:
		return CM_REASON_BAD_HEADER;
	}
}

static enum cm_reason split_ipv4(struct cm_ip_part *part, const u8 *l3,
				 size_t len)
{
	if (len < IPV4_HDR_MIN)
		return CM_REASON_TRUNCATED;
	if (cm_get_be16(l3 + 6) & (IPV4_MF | IPV4_OFFSET))
		return CM_REASON_FRAGMENT;
	part->len = (l3[0] & 0x0f) * 4;
	part->next = 9;
	if (part->len < IPV4_HDR_MIN)
		return CM_REASON_BAD_HEADER;
	return part->len <= len ? CM_REASON_NONE : CM_REASON_TRUNCATED;
}

static enum cm_reason split_ipv6(struct cm_ip_part *part, const u8 *l3,
				 size_t len)
{
	u32 off = IPV6_HDR;
	u32 next = 6;
	int n;

	if (len < IPV6_HDR)
		return CM_REASON_TRUNCATED;
	part->len = off;
	part->next = next;
	for (n = 0; is_ext(l3[next]); n++) {
		u8 type = l3[next];

		if (type == EXT_FRAGMENT)
			return CM_REASON_FRAGMENT;
		if (n == CM_TUPLE_EXT_MAX)
			return CM_REASON_BAD_HEADER;
		if (len - off < IPV6_EXT_UNIT)
			return CM_REASON_TRUNCATED;
		next = off;
		off += (l3[off + 1] + 1) * IPV6_EXT_UNIT;
		if (off > len)
			return CM_REASON_TRUNCATED;
		if (type == EXT_DEST_OPTIONS)
			continue;
		part->len = off;
		part->next = next;
	}
	return CM_REASON_NONE;
}

enum cm_reason cm_tuple_split(struct cm_ip_part *part, const u8 *l3, size_t len)
{
	if (len < 1)
		return CM_REASON_TRUNCATED;
	switch (l3[0] >> 4) {
	case 4:
		return split_ipv4(part, l3, len);
	case 6:
		return split_ipv6(part, l3, len);
	default:
		return CM_REASON_BAD_HEADER;
	}
}

void cm_tuple_reverse(struct cm_tuple *out, const struct cm_tuple *in)
{
	struct cm_tuple t = *in;

	t.saddr = in->daddr;
	t.daddr = in->saddr;
	if (!cm_proto_is_icmp(in->proto)) {
		t.sport = in->dport;
		t.dport = in->sport;
	}
	*out = t;
}

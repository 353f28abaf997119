// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/string.h>

#include "ahfmt.h"
#include "tuple.h"

#define IPV4_HDR_MIN 20
#define IPV6_HDR 40
#define IPV6_ADDR 16
#define EXT_UNIT 8

enum {
	EXT_HOP_BY_HOP = 0,
	EXT_ROUTING = 43,
	EXT_DEST_OPTIONS = 60,
};

/* --- the header --- */

static u32 round_up_to(u32 n, u32 unit)
{
	return (n + unit - 1) / unit * unit;
}

u8 cm_ah_len(u8 icv, bool v6)
{
	return round_up_to(CM_AH_HDR + icv, v6 ? 8 : 4);
}

u8 cm_ah_len_field(u8 len)
{
	return len / 4 - 2;
}

u32 cm_ah_len_of(u8 field)
{
	return (field + 2) * 4;
}

enum cm_reason cm_ah_check_len(const u8 *ah, u32 left, u8 icv, bool v6)
{
	u32 len;

	if (left < CM_AH_HDR)
		return CM_REASON_TRUNCATED;
	len = cm_ah_len_of(ah[1]);
	if (len != cm_ah_len(icv, true) && (v6 || len != cm_ah_len(icv, false)))
		return CM_REASON_BAD_LENGTH;
	return len > left ? CM_REASON_TRUNCATED : CM_REASON_NONE;
}

/* --- IPv4: RFC 4302, appendix A1 --- */

enum {
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_SECURITY = 130,
	OPT_LOOSE_ROUTE = 131,
	OPT_EXT_SECURITY = 133,
	OPT_CIPSO = 134,
	OPT_STRICT_ROUTE = 137,
	OPT_ROUTER_ALERT = 148,
	OPT_MULTI_DEST = 149,
};

/* All that are not listed there are zeroed, too. */
static bool is_immutable(u8 option)
{
	return option == OPT_SECURITY || option == OPT_EXT_SECURITY ||
	       option == OPT_CIPSO || option == OPT_ROUTER_ALERT ||
	       option == OPT_MULTI_DEST;
}

/*
 * A source route whose pointer is not behind its end yet: the destination is
 * the next hop, and the last address of the route the real destination.
 */
static enum cm_reason end_route4(u8 *hdr, const u8 *opt, u32 len)
{
	if (len < 3 || (len - 3) % 4)
		return CM_REASON_BAD_HEADER;
	if (opt[2] <= len && len >= 7)
		memcpy(hdr + 16, opt + len - 4, 4);
	return CM_REASON_NONE;
}

static enum cm_reason fix_options4(u8 *hdr, u32 len)
{
	u32 at = IPV4_HDR_MIN;
	enum cm_reason reason;
	u32 size;

	while (at < len && hdr[at] != OPT_END) {
		u8 type = hdr[at];

		if (type == OPT_NOP) {
			at++;
			continue;
		}
		if (len - at < 2 || hdr[at + 1] < 2 || hdr[at + 1] > len - at)
			return CM_REASON_BAD_HEADER;
		size = hdr[at + 1];
		if (type == OPT_LOOSE_ROUTE || type == OPT_STRICT_ROUTE) {
			reason = end_route4(hdr, hdr + at, size);
			if (reason != CM_REASON_NONE)
				return reason;
		}
		if (!is_immutable(type))
			memset(hdr + at, 0, size);
		at += size;
	}
	return CM_REASON_NONE;
}

static enum cm_reason fix4(u8 *hdr, u32 len)
{
	if (len < IPV4_HDR_MIN || len != (hdr[0] & 0x0f) * 4 ||
	    hdr[9] != CM_PROTO_AH)
		return CM_REASON_BAD_HEADER;
	hdr[1] = 0;			/* TOS */
	memset(hdr + 6, 0, 3);		/* flags, fragment offset, TTL */
	memset(hdr + 10, 0, 2);		/* checksum */
	return fix_options4(hdr, len);
}

/* --- IPv6: RFC 4302, appendix A2 --- */

/* The third highest bit of its type says that an option may change. */
static enum cm_reason fix_options6(u8 *ext, u32 size)
{
	u32 at = 2;

	while (at < size) {
		if (ext[at] == 0) {	/* Pad1 */
			at++;
			continue;
		}
		if (size - at < 2 || ext[at + 1] > size - at - 2)
			return CM_REASON_BAD_HEADER;
		if (ext[at] & 0x20)
			memset(ext + at + 2, 0, ext[at + 1]);
		at += 2 + ext[at + 1];
	}
	return CM_REASON_NONE;
}

/*
 * A routing header at its end stays as it is. Of those on their way type 0
 * (RFC 2460) and 2 (RFC 6275) are known: each router swaps the destination with
 * the next address of the list.
 */
static enum cm_reason fix_routing(u8 *hdr, u8 *ext, u32 size)
{
	u32 left = ext[3];
	u32 n = (size - EXT_UNIT) / IPV6_ADDR;
	u8 last[IPV6_ADDR];
	u8 *addr;

	if (!left)
		return CM_REASON_NONE;
	if ((ext[2] != 0 && ext[2] != 2) || (size - EXT_UNIT) % IPV6_ADDR ||
	    left > n)
		return CM_REASON_BAD_HEADER;
	ext[3] = 0;
	addr = ext + EXT_UNIT + (n - left) * IPV6_ADDR;
	memcpy(last, addr + (left - 1) * IPV6_ADDR, IPV6_ADDR);
	memmove(addr + IPV6_ADDR, addr, (left - 1) * IPV6_ADDR);
	memcpy(addr, hdr + 24, IPV6_ADDR);
	memcpy(hdr + 24, last, IPV6_ADDR);
	return CM_REASON_NONE;
}

static enum cm_reason fix6(u8 *hdr, u32 len)
{
	enum cm_reason reason;
	u32 at = IPV6_HDR;
	u32 size;
	u8 type;

	if (len < IPV6_HDR)
		return CM_REASON_BAD_HEADER;
	hdr[0] = 0x60;			/* traffic class, flow label */
	memset(hdr + 1, 0, 3);
	hdr[7] = 0;			/* hop limit */
	for (type = hdr[6]; at < len; at += size) {
		if (len - at < EXT_UNIT)
			return CM_REASON_BAD_HEADER;
		size = (hdr[at + 1] + 1) * EXT_UNIT;
		if (size > len - at)
			return CM_REASON_BAD_HEADER;
		if (type == EXT_HOP_BY_HOP || type == EXT_DEST_OPTIONS)
			reason = fix_options6(hdr + at, size);
		else if (type == EXT_ROUTING)
			reason = fix_routing(hdr, hdr + at, size);
		else
			reason = CM_REASON_BAD_HEADER;
		if (reason != CM_REASON_NONE)
			return reason;
		type = hdr[at];
	}
	return type == CM_PROTO_AH ? CM_REASON_NONE : CM_REASON_BAD_HEADER;
}

enum cm_reason cm_ah_fix_mutable(u8 *hdr, u32 len)
{
	if (len < 1)
		return CM_REASON_BAD_HEADER;
	switch (hdr[0] >> 4) {
	case 4:
		return fix4(hdr, len);
	case 6:
		return fix6(hdr, len);
	default:
		return CM_REASON_BAD_HEADER;
	}
}

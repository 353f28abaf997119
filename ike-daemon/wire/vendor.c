// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ike-daemon/wire/vendor.h"
#include "tools/lib/buf.h"

/* Capability of IKE fragmentation; the other one is that of base mode. */
#define FRAGMENTS_MAIN_MODE	0x80000000

static const struct vendor {
	const char *name;
	const char *bytes;
	uint8_t len;
	uint8_t significant;
} vendors[] = {
	[ISAKMP_VENDOR_UNKNOWN] = { .name = "unknown" },
#define X(id, text, data, n)						\
	[ISAKMP_VENDOR_##id] = { .name = text, .bytes = data,		\
				 .len = sizeof(data) - 1, .significant = n },
	ISAKMP_VENDORS(X)
#undef X
};

enum isakmp_vendor isakmp_vendor_lookup(const uint8_t *data, size_t len)
{
	unsigned int i;

	for (i = ISAKMP_VENDOR_UNKNOWN + 1; i < ISAKMP_VENDOR_COUNT; i++)
		if (len >= vendors[i].significant &&
		    !memcmp(data, vendors[i].bytes, vendors[i].significant))
			return (enum isakmp_vendor)i;
	return ISAKMP_VENDOR_UNKNOWN;
}

bool isakmp_vendor_fragments(const uint8_t *data, size_t len)
{
	struct buf b;

	if (isakmp_vendor_lookup(data, len) != ISAKMP_VENDOR_FRAGMENTATION)
		return false;
	buf_reader(&b, data, len);
	buf_skip(&b, vendors[ISAKMP_VENDOR_FRAGMENTATION].significant);
	return !buf_left(&b) || buf_get_u32(&b) & FRAGMENTS_MAIN_MODE;
}

const char *isakmp_vendor_name(enum isakmp_vendor v)
{
	return vendors[v].name;
}

const uint8_t *isakmp_vendor_bytes(enum isakmp_vendor v, size_t *len)
{
	*len = vendors[v].len;
	return (const uint8_t *)vendors[v].bytes;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/string.h>

#include "tablemap.h"

#define BYTES 4		/* of each address */

/* Of IPv6 those behind what a registry gives out, where sites differ. */
static unsigned int first_byte(u8 family)
{
	return family == CM_FAMILY_V4 ? 0 : 4;
}

static u64 *row(struct cm_tablemap *map, unsigned int byte, u8 value)
{
	return &map->bits[(byte << 8 | value) * map->words];
}

static const u64 *row_of(const struct cm_tablemap *map, unsigned int byte, u8 value)
{
	return &map->bits[(byte << 8 | value) * map->words];
}

struct cm_tablemap *cm_tablemap_alloc(const struct cm_classify_ops *ops, u32 tables)
{
	struct cm_tablemap *map;
	size_t size;
	u32 words = 1;

	while (words * 64 < tables)
		words *= 2;
	size = sizeof(*map) + 2 * BYTES * 256 * words * sizeof(u64);
	map = ops->alloc(size);
	if (!map)
		return NULL;
	memset(map, 0, size);
	map->words = words;
	return map;
}

/* All values of one byte that agree with @value where @mask is set. */
static void add_byte(struct cm_tablemap *map, u32 slot, unsigned int byte,
		     u8 value, u8 mask)
{
	const u64 bit = 1ULL << slot % 64;
	const u8 loose = ~mask;
	u8 part = 0;
	u64 *word;

	/* Of one table all have the same mask: all of them are set, or none. */
	if (row(map, byte, value)[slot / 64] & bit)
		return;
	do {
		word = &row(map, byte, value | part)[slot / 64];
		WRITE_ONCE(*word, *word | bit);
		part = (part - loose) & loose;
	} while (part);
}

void cm_tablemap_add(struct cm_tablemap *map, u32 slot, u8 family,
		     const union cm_addr *saddr, const union cm_addr *smask,
		     const union cm_addr *daddr, const union cm_addr *dmask)
{
	unsigned int first = first_byte(family), i;

	for (i = 0; i < BYTES; i++) {
		add_byte(map, slot, i, saddr->b[first + i], smask->b[first + i]);
		add_byte(map, slot, BYTES + i, daddr->b[first + i], dmask->b[first + i]);
	}
}

void cm_tablemap_clear(struct cm_tablemap *map, u32 slot)
{
	u64 *word = &map->bits[slot / 64];
	u32 i;

	for (i = 0; i < 2 * BYTES * 256; i++, word += map->words)
		WRITE_ONCE(*word, *word & ~(1ULL << slot % 64));
}

void cm_tablemap_match(const struct cm_tablemap *map, const struct cm_tuple *t,
		       u64 slots[CM_TABLEMAP_WORDS])
{
	const u8 *s = t->saddr.b + first_byte(t->family);
	const u8 *d = t->daddr.b + first_byte(t->family);
	const u64 *s0 = row_of(map, 0, s[0]), *s1 = row_of(map, 1, s[1]);
	const u64 *s2 = row_of(map, 2, s[2]), *s3 = row_of(map, 3, s[3]);
	const u64 *d0 = row_of(map, 4, d[0]), *d1 = row_of(map, 5, d[1]);
	const u64 *d2 = row_of(map, 6, d[2]), *d3 = row_of(map, 7, d[3]);
	u32 i;

	for (i = 0; i < map->words; i++)
		slots[i] = READ_ONCE(s0[i]) & READ_ONCE(s1[i]) &
			   READ_ONCE(s2[i]) & READ_ONCE(s3[i]) &
			   READ_ONCE(d0[i]) & READ_ONCE(d1[i]) &
			   READ_ONCE(d2[i]) & READ_ONCE(d3[i]);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/math64.h>

#include "life.h"

#define KILOBYTE_SHIFT 10

u64 cm_life_kilobytes(u64 kilobytes)
{
	if (kilobytes > CM_LIFE_NO_LIMIT >> KILOBYTE_SHIFT)
		return CM_LIFE_NO_LIMIT;
	return kilobytes << KILOBYTE_SHIFT;
}

static u64 soft_of(u64 hard, u32 percent, u32 jitter)
{
	u64 hundredth = div_u64(hard, 100);
	u32 rest = hard - hundredth * 100;
	u64 base = hundredth * percent + rest * percent / 100;
	u64 swing = min(div_u64(hard - base, 10), base);
	u64 soft = base - swing + mul_u64_u32_shr(swing, jitter, 31);

	return hard && !soft ? 1 : soft;
}

void cm_life_soft(struct cm_life_limits *l, u32 percent, u32 jitter)
{
	int kind;

	for (kind = 0; kind < CM_LIFE_KINDS; kind++) {
		u64 hard = l->hard.v[kind];

		l->soft.v[kind] = hard == CM_LIFE_NO_LIMIT ?
			CM_LIFE_NO_LIMIT : soft_of(hard, percent, jitter);
	}
}

static bool reached(const struct cm_life *limit, const struct cm_life *used,
		    enum cm_life_kind *kind)
{
	int i;

	for (i = 0; i < CM_LIFE_KINDS; i++) {
		if (limit->v[i] != CM_LIFE_NO_LIMIT && used->v[i] >= limit->v[i]) {
			*kind = i;
			return true;
		}
	}
	return false;
}

enum cm_life_state cm_life_eval(const struct cm_life_limits *l,
				const struct cm_life *used,
				enum cm_life_kind *kind)
{
	if (reached(&l->hard, used, kind))
		return CM_LIFE_HARD;
	if (reached(&l->soft, used, kind))
		return CM_LIFE_SOFT;
	return CM_LIFE_OK;
}

const char *cm_life_kind_name(enum cm_life_kind kind)
{
	static const char * const names[CM_LIFE_KINDS] = {
		[CM_LIFE_SECONDS] = "seconds",
		[CM_LIFE_BYTES] = "kilobytes",
		[CM_LIFE_PACKETS] = "packets",
	};

	return (unsigned int)kind < CM_LIFE_KINDS ? names[kind] : "unknown";
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "reason.h"

static const struct {
	const char *name;
	const char *text;
} reasons[CM_REASON_COUNT] = {
	[CM_REASON_NONE] = { "none", "not dropped" },
#define X(id, name, text) [CM_REASON_##id] = { name, text },
	CM_REASONS(X)
#undef X
};

const char *cm_reason_name(enum cm_reason reason)
{
	return (unsigned int)reason < CM_REASON_COUNT ? reasons[reason].name : "unknown";
}

const char *cm_reason_text(enum cm_reason reason)
{
	return (unsigned int)reason < CM_REASON_COUNT ? reasons[reason].text : "unknown reason";
}

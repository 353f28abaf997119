// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "outer.h"

#define ECN_ODD 0x80
#define ECN_DROP 0x40

u8 cm_outer_tos(const struct cm_outer *o, u8 inner_tos)
{
	u8 dscp = o->dscp_mode == CM_DSCP_SET ? o->dscp << 2 : inner_tos;
	u8 ecn = o->ecn == CM_ECN_COMPAT ? CM_ECN_NOT_ECT : inner_tos;

	return (dscp & ~CM_ECN_MASK) | (ecn & CM_ECN_MASK);
}

bool cm_outer_df(const struct cm_outer *o, bool inner_df)
{
	switch (o->df) {
	case CM_DF_SET:
		return true;
	case CM_DF_CLEAR:
		return false;
	default:
		return inner_df;
	}
}

/* RFC 6040, figure 4: rows are the inner field, columns the outer one. */
static const u8 decap[4][4] = {
	[CM_ECN_NOT_ECT] = {
		[CM_ECN_NOT_ECT] = CM_ECN_NOT_ECT,
		[CM_ECN_ECT0] = CM_ECN_NOT_ECT | ECN_ODD,
		[CM_ECN_ECT1] = CM_ECN_NOT_ECT | ECN_ODD,
		[CM_ECN_CE] = ECN_DROP | ECN_ODD,
	},
	[CM_ECN_ECT0] = {
		[CM_ECN_NOT_ECT] = CM_ECN_ECT0,
		[CM_ECN_ECT0] = CM_ECN_ECT0,
		[CM_ECN_ECT1] = CM_ECN_ECT1,
		[CM_ECN_CE] = CM_ECN_CE,
	},
	[CM_ECN_ECT1] = {
		[CM_ECN_NOT_ECT] = CM_ECN_ECT1,
		[CM_ECN_ECT0] = CM_ECN_ECT1 | ECN_ODD,
		[CM_ECN_ECT1] = CM_ECN_ECT1,
		[CM_ECN_CE] = CM_ECN_CE,
	},
	[CM_ECN_CE] = {
		[CM_ECN_NOT_ECT] = CM_ECN_CE,
		[CM_ECN_ECT0] = CM_ECN_CE,
		[CM_ECN_ECT1] = CM_ECN_CE | ECN_ODD,
		[CM_ECN_CE] = CM_ECN_CE,
	},
};

enum cm_reason cm_outer_decap_tos(u8 outer_tos, u8 *inner_tos, bool *odd)
{
	u8 result = decap[*inner_tos & CM_ECN_MASK][outer_tos & CM_ECN_MASK];

	*odd = result & ECN_ODD;
	if (result & ECN_DROP)
		return CM_REASON_ECN_INVALID;
	*inner_tos = (*inner_tos & ~CM_ECN_MASK) | (result & CM_ECN_MASK);
	return CM_REASON_NONE;
}

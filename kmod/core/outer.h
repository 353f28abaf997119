/* SPDX-License-Identifier: GPL-2.0 */
/* How the outer IP header follows from the inner one, and back (RFC 4301, 5.1.2; RFC 6040). */
#ifndef _CM_CORE_OUTER_H
#define _CM_CORE_OUTER_H

#include <linux/types.h>

#include "reason.h"

#define CM_ECN_MASK 0x03
#define CM_ECN_NOT_ECT 0
#define CM_ECN_ECT1 1
#define CM_ECN_ECT0 2
#define CM_ECN_CE 3

enum cm_df {
	CM_DF_COPY,		/* as the inner packet; IPv6 counts as set */
	CM_DF_SET,
	CM_DF_CLEAR,
	CM_DF_MODES
};

enum cm_dscp {
	CM_DSCP_COPY,		/* as the inner packet */
	CM_DSCP_SET,		/* a fixed value */
	CM_DSCP_MODES
};

enum cm_ecn {
	CM_ECN_NORMAL,		/* copy the inner field */
	CM_ECN_COMPAT,		/* not-ECT: the peer does not know RFC 6040 or 4301 */
	CM_ECN_MODES
};

/**
 * struct cm_outer - rules of one SA
 * @df: enum cm_df
 * @dscp_mode: enum cm_dscp
 * @dscp: value for CM_DSCP_SET, 0..63
 * @ecn: enum cm_ecn
 */
struct cm_outer {
	u8 df;
	u8 dscp_mode;
	u8 dscp;
	u8 ecn;
};

/* TOS or traffic class of the outer header for the inner one. */
u8 cm_outer_tos(const struct cm_outer *o, u8 inner_tos);

/* Don't fragment of the outer IPv4 header; @inner_df is true for inner IPv6. */
bool cm_outer_df(const struct cm_outer *o, bool inner_df);

/**
 * cm_outer_decap_tos() - the inner field after decapsulation (RFC 6040, figure 4)
 * @outer_tos: TOS of the outer header
 * @inner_tos: TOS of the inner header; the result.  Only ECN changes
 * @odd: set when no honest sender makes this combination (worth a counter)
 *
 * Return: CM_REASON_NONE, or CM_REASON_ECN_INVALID: drop, congestion was
 * marked on a packet that cannot say so.
 */
enum cm_reason cm_outer_decap_tos(u8 outer_tos, u8 *inner_tos, bool *odd);

#endif

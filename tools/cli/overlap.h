/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packets two access lists have in common. Private to the checks. */
#ifndef CRYPTOMAP_TOOLS_CLI_OVERLAP_H
#define CRYPTOMAP_TOOLS_CLI_OVERLAP_H

#include "tools/cli/model.h"

/* Is there a packet that both lines match? */
bool ace_overlap(const struct cfg_ace *a, const struct cfg_ace *b);

/*
 * A pair of permit lines, one of each list, that match a common packet; false
 * when there is none. Exact but for denies before them, which are not
 * subtracted. Looks at no more than a bounded number of pairs.
 */
bool acl_overlap(const struct cfg_acl *a, const struct cfg_acl *b,
		 const struct cfg_ace **of_a, const struct cfg_ace **of_b);

#endif

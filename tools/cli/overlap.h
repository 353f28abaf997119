/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packets the entries of a crypto map have in common. Private to the checks. */
#ifndef CRYPTOMAP_TOOLS_CLI_OVERLAP_H
#define CRYPTOMAP_TOOLS_CLI_OVERLAP_H

#include "tools/cli/model.h"

/* Is there a packet that both lines match? */
bool ace_overlap(const struct cfg_ace *a, const struct cfg_ace *b);

/* What the later of two entries never sees, since the first one takes it. */
struct overlap {
	const struct cfg_entry *first, *later;
	const struct cfg_ace *of_first, *of_later;
};

typedef void overlap_fn(void *arg, const struct overlap *overlap);

/*
 * For every entry of the map whose permit lines match a packet that those of an
 * entry before it match, with another list and other peers: the first such
 * entry, and its first pair of lines. Exact but for denies, which are not
 * subtracted.
 *
 * Returns 0; -E2BIG when so many lines meet that not all pairs were looked at
 * (what was found is reported); -ENOMEM.
 */
int map_overlaps(const struct cm_config *cfg, const struct cfg_map *map,
		 overlap_fn *report, void *arg);

#endif

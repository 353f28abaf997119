// SPDX-License-Identifier: GPL-2.0-or-later
/* Overlap of access-list lines: wildcards may have holes, ports are ranges. */
#include <netinet/in.h>

#include "tools/cli/overlap.h"

#define PAIRS_MAX	1000000		/* a fraction of a second */

/* Two address sets meet unless a bit that matters to both differs. */
static bool nets_meet(const struct cfg_net *a, const struct cfg_net *b)
{
	return !((a->addr.s_addr ^ b->addr.s_addr) &
		 ~a->wildcard.s_addr & ~b->wildcard.s_addr);
}

/* The lowest and highest port; neq is both ends with a hole. */
static void bounds(const struct cfg_ports *ports, uint32_t *lo, uint32_t *hi)
{
	*lo = 0;
	*hi = 65535;
	switch (ports->op) {
	case CFG_PORT_ANY:
	case CFG_PORT_NEQ:
		break;
	case CFG_PORT_EQ:
		*lo = *hi = ports->lo;
		break;
	case CFG_PORT_LT:
		*hi = ports->lo - 1;
		break;
	case CFG_PORT_GT:
		*lo = ports->lo + 1;
		break;
	case CFG_PORT_RANGE:
		*lo = ports->lo;
		*hi = ports->hi;
		break;
	}
}

static bool ports_meet(const struct cfg_ports *a, const struct cfg_ports *b)
{
	uint32_t alo, ahi, blo, bhi, lo, hi;

	bounds(a, &alo, &ahi);
	bounds(b, &blo, &bhi);
	lo = alo > blo ? alo : blo;
	hi = ahi < bhi ? ahi : bhi;
	if (lo != hi)
		return lo < hi;
	return !(a->op == CFG_PORT_NEQ && a->lo == lo) &&
	       !(b->op == CFG_PORT_NEQ && b->lo == lo);
}

bool ace_overlap(const struct cfg_ace *a, const struct cfg_ace *b)
{
	return (!a->protocol || !b->protocol || a->protocol == b->protocol) &&
	       nets_meet(&a->src, &b->src) && nets_meet(&a->dst, &b->dst) &&
	       ports_meet(&a->sport, &b->sport) &&
	       ports_meet(&a->dport, &b->dport);
}

bool acl_overlap(const struct cfg_acl *a, const struct cfg_acl *b,
		 const struct cfg_ace **of_a, const struct cfg_ace **of_b)
{
	size_t i, j, pairs = 0;

	for (i = 0; i < a->n_aces; i++) {
		if (a->aces[i].action != CFG_PERMIT)
			continue;
		for (j = 0; j < b->n_aces && pairs < PAIRS_MAX; j++, pairs++) {
			if (b->aces[j].action != CFG_PERMIT ||
			    !ace_overlap(&a->aces[i], &b->aces[j]))
				continue;
			*of_a = &a->aces[i];
			*of_b = &b->aces[j];
			return true;
		}
	}
	return false;
}

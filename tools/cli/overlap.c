// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overlap of access-list lines: wildcards may have holes, ports are ranges.
 *
 * Only lines whose addresses meet in one dimension are compared, in that of
 * source and destination where fewer do, which of maps with thousands of
 * entries leaves few pairs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/overlap.h"

#define PAIRS_MAX	20000000	/* a fraction of a second */

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
	       cfg_net_meet(&a->src, &b->src) && cfg_net_meet(&a->dst, &b->dst) &&
	       ports_meet(&a->sport, &b->sport) &&
	       ports_meet(&a->dport, &b->dport);
}

/* --- the entries of a map --- */

/* An address as a number; IPv4 takes little room among those of IPv6. */
typedef unsigned __int128 number;

/* A permit line of an entry, with the addresses between which it matches. */
struct line {
	const struct cfg_ace *ace;
	uint32_t entry;		/* in the map */
	number lo, hi;
};

struct search {
	const struct cfg_map *map;
	struct line *lines;
	size_t n;
	struct overlap *best;	/* of each entry; first == NULL: none */
};

static size_t count_permits(const struct cfg_acl *acl)
{
	size_t i, n = 0;

	for (i = 0; acl && i < acl->n_aces; i++)
		n += acl->aces[i].action == CFG_PERMIT;
	return n;
}

static void add_lines(struct search *s, const struct cfg_acl *acl,
		      uint32_t entry)
{
	size_t i;

	for (i = 0; acl && i < acl->n_aces; i++)
		if (acl->aces[i].action == CFG_PERMIT)
			s->lines[s->n++] = (struct line){
				.ace = &acl->aces[i], .entry = entry,
			};
}

static bool collect(struct search *s, const struct cm_config *cfg)
{
	const struct cfg_map *map = s->map;
	size_t i, n = 0;

	for (i = 0; i < map->n_entries; i++)
		n += count_permits(cfg_acl_find(cfg, map->entries[i].acl));
	s->lines = calloc(n + 1, sizeof(*s->lines));
	s->best = calloc(map->n_entries + 1, sizeof(*s->best));
	if (!s->lines || !s->best)
		return false;
	for (i = 0; i < map->n_entries; i++)
		add_lines(s, cfg_acl_find(cfg, map->entries[i].acl), i);
	return true;
}

static int by_lo(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* The first line that begins above what this one matches. */
static size_t behind(const struct search *s, size_t i)
{
	size_t lo = i + 1, hi = s->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->lines[mid].lo <= s->lines[i].hi)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static number number_of(const struct addr *a)
{
	number n = a->family == AF_INET ? 0xffff : 0;	/* RFC 4291, 2.5.5.2 */
	size_t i;

	for (i = 0; i < addr_len(a); i++)
		n = n << 8 | a->bytes[i];
	return n;
}

/*
 * Sorts the lines by source or destination. Returns the number of pairs that
 * meet there: what is to be looked at.
 */
static uint64_t arrange(struct search *s, bool source)
{
	uint64_t pairs = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		struct line *line = &s->lines[i];
		struct range range = cfg_net_range(source ? &line->ace->src :
							    &line->ace->dst);

		line->lo = number_of(&range.from);
		line->hi = number_of(&range.to);
	}
	qsort(s->lines, s->n, sizeof(*s->lines), by_lo);
	for (i = 0; i < s->n; i++)
		pairs += behind(s, i) - i - 1;
	return pairs;
}

static bool same_peers(const struct cfg_entry *a, const struct cfg_entry *b)
{
	size_t i;

	if (!a->n_peers || a->n_peers != b->n_peers)
		return false;
	for (i = 0; i < a->n_peers; i++)
		if (!addr_equal(&a->peers[i], &b->peers[i]))
			return false;
	return true;
}

static bool comes_before(const struct overlap *a, const struct overlap *b)
{
	if (a->first->seq != b->first->seq)
		return a->first->seq < b->first->seq;
	if (a->of_first->seq != b->of_first->seq)
		return a->of_first->seq < b->of_first->seq;
	return a->of_later->seq < b->of_later->seq;
}

static void consider(struct search *s, const struct line *x,
		     const struct line *y)
{
	const struct cfg_entry *entries = s->map->entries;
	struct overlap found, *best;

	if (x->entry > y->entry) {
		consider(s, y, x);
		return;
	}
	found = (struct overlap){
		&entries[x->entry], &entries[y->entry], x->ace, y->ace,
	};
	best = &s->best[y->entry];
	if (x->entry == y->entry || !strcmp(found.first->acl, found.later->acl))
		return;
	if (best->first && !comes_before(&found, best))
		return;
	if (ace_overlap(x->ace, y->ace) &&
	    !same_peers(found.first, found.later))
		*best = found;
}

static int sweep(struct search *s)
{
	uint64_t left = PAIRS_MAX;
	size_t i, j, end;

	if (arrange(s, true) > arrange(s, false))
		arrange(s, false);
	else
		arrange(s, true);
	for (i = 0; i < s->n; i++) {
		end = behind(s, i);
		for (j = i + 1; j < end; j++) {
			if (!left--)
				return -E2BIG;
			consider(s, &s->lines[i], &s->lines[j]);
		}
	}
	return 0;
}

int map_overlaps(const struct cm_config *cfg, const struct cfg_map *map,
		 overlap_fn *report, void *arg)
{
	struct search s = { .map = map };
	int ret = -ENOMEM;
	size_t i;

	if (collect(&s, cfg)) {
		ret = sweep(&s);
		for (i = 0; i < map->n_entries; i++)
			if (s.best[i].first)
				report(arg, &s.best[i]);
	}
	free(s.lines);
	free(s.best);
	return ret;
}

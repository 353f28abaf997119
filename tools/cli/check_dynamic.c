// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: dynamic maps and the entries that bind them (F-071, R-06 to R-08). */
#include <linux/cryptomap.h>
#include <string.h>

#include "tools/cli/checker.h"

void check_dynamic_entry(struct checker *c, const struct cfg_map *map,
			 const struct cfg_entry *entry)
{
	const struct cfg_map *dynamic = cfg_dynamic_find(c->cfg, entry->dynamic);

	if (!dynamic)
		warning(c, &entry->dynamic_at,
			"crypto map %s %u is incomplete: dynamic map %s does not exist",
			map->name, entry->seq, entry->dynamic);
}

/* Nothing could stand behind it that drops L2TP in clear. */
static void check_l2tp(struct checker *c, const struct cfg_map *map,
		       const struct cfg_entry *entry)
{
	if (entry->type == CFG_IPSEC_DYNAMIC &&
	    entry->seq == CRYPTOMAP_SEQ_MAX && cfg_map_serves_l2tp(c->cfg, map))
		warning(c, &entry->where,
			"crypto map %s %u: L2TP is served, and behind the highest number there is no place for what drops it in clear: give the dynamic entry a lower one",
			map->name, entry->seq);
}

/* What the dynamic entry takes never comes to those behind it. */
void check_dynamic_order(struct checker *c, const struct cfg_map *map)
{
	const struct cfg_entry *entry, *dynamic = NULL;

	for (entry = map->entries; entry < map->entries + map->n_entries;
	     entry++) {
		check_l2tp(c, map, entry);
		if (dynamic && entry->type == CFG_IPSEC_DYNAMIC)
			warning(c, &entry->where,
				"crypto map %s has dynamic entries %u and %u: other systems take one",
				map->name, dynamic->seq, entry->seq);
		else if (dynamic)
			warning(c, &entry->where,
				"crypto map %s %u stands behind dynamic entry %u, which may take its packets and its peer: the dynamic entry needs the highest number",
				map->name, entry->seq, dynamic->seq);
		if (entry->type == CFG_IPSEC_DYNAMIC)
			dynamic = entry;
	}
}

struct map_user {
	const struct cfg_map *map;
	bool used;
};

static void visit_binding(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry, void *arg)
{
	struct map_user *user = arg;

	(void)c;
	(void)map;
	user->used |= !strcmp(entry->dynamic, user->map->name);
}

/* The clients of one NAT have one address, and with L2TP all the same ports. */
static void check_clients(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry)
{
	const struct cfg_transform *ts;
	size_t i;

	for (i = 0; i < entry->n_transforms && !entry->nat_demux; i++) {
		ts = cfg_transform_find(c->cfg, entry->transforms[i]);
		if (!ts || ts->mode != CFG_TRANSPORT)
			continue;
		warning(c, &entry->transforms_at[i],
			"crypto dynamic-map %s %u: of several clients in transport mode behind one NAT only the last is answered; `set nat demux' tells them apart",
			map->name, entry->seq);
		return;
	}
}

/*
 * The data plane has one list for what the peers of a dynamic entry may ask for, and
 * drops what it permits while nobody has it. Without the entry that would leave in
 * clear, so there is no state between two lists, but a way around it.
 */
void check_dynamic(struct checker *c, const struct cfg_map *map)
{
	struct map_user user = { .map = map };
	const struct cfg_entry *entry, *first = map->entries;

	for (entry = first; entry < first + map->n_entries; entry++) {
		check_entry_transforms(c, map, entry);
		check_entry_security(c, map, entry);
		check_clients(c, map, entry);
		check_entry_acl(c, map, entry);
		if (strcmp(entry->acl, first->acl))
			error(c, known(&entry->acl_at, &entry->where),
			      "crypto dynamic-map %s %u matches another access list than entry %u: the entries of one dynamic map have one list, or none; create entries with `crypto dynamic-map %s %u match address LIST', and remove all but one to change it",
			      map->name, entry->seq, first->seq, map->name,
			      entry->seq);
		else if (entry->acl[0])
			warning(c, &entry->acl_at,
				"crypto dynamic-map %s %u matches access list %s: clients that ask for other addresses cannot connect",
				map->name, entry->seq, entry->acl);
	}
	each_entry(c, visit_binding, &user);
	if (!user.used)
		warning(c, &map->where,
			"crypto dynamic-map %s is not used by a crypto map",
			map->name);
}

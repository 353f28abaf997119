// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guards: what stands behind the entries of a bound map while it changes in
 * more than one step.
 *
 * Every single step is atomic in the kernel, and what it leaves is what the
 * configuration before or after says.  With two steps there is a state between
 * them that nobody configured: a line that moves from one list to another is,
 * for a moment, in neither, and its packets would leave in clear.
 *
 * A guard is an entry at the end of the map with a copy of an old entry's
 * list.  It is a manual entry without SAs: it drops what it matches.  Since a
 * deny line only sends a packet on to the next entry, a packet is protected
 * exactly if the list of some entry permits it; so with a copy of each old
 * list that is about to change, nothing that was protected can pass.
 *
 * Guards that a crashed run left behind are entries and lists which the
 * configuration does not know, and go as such.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/apply_state.h"

#define GUARD_NAME	"~guard-%u"

struct apply_guard {
	char acl[KMOD_NAME_SIZE];
	char map[KMOD_NAME_SIZE];
	uint32_t seq;
	bool entry_set;
};

/* A list that goes is none: it goes when nothing names it any more. */
static bool acl_changes(const struct apply_state *have,
			const struct apply_state *want, const char *name)
{
	const struct apply_acl *old = apply_acl_find(have, name);
	const struct apply_acl *new = apply_acl_find(want, name);

	return old && new && !apply_acl_equal(old, new);
}

/* Does any binding of the map change? */
static bool binding_changes(const struct apply_state *have,
			    const struct apply_state *want, const char *map)
{
	for (size_t i = 0; i < have->n_bindings; i++) {
		const struct kmod_binding *old = &have->bindings[i];
		const struct kmod_binding *new =
			apply_binding_find(want, old->ifname);

		if (!strcmp(old->map, map) && (!new || strcmp(new->map, map)))
			return true;
	}
	return false;
}

static bool is_bound(const struct apply_state *s, const char *map)
{
	for (size_t i = 0; i < s->n_bindings; i++)
		if (!strcmp(s->bindings[i].map, map))
			return true;
	return false;
}

static bool entry_changes(const struct kmod_entry *old,
			  const struct apply_map *new)
{
	const struct kmod_entry *e = new ? apply_entry_find(new, old->seq)
					 : NULL;

	return !e || !apply_entry_equal(old, e);
}

/* Steps that change what the bound map @old protects. */
static unsigned int count_steps(const struct apply_state *have,
				const struct apply_state *want,
				const struct apply_map *old)
{
	const struct apply_map *new = apply_map_find(want, old->name);
	unsigned int steps = binding_changes(have, want, old->name);

	for (size_t i = 0; i < old->n; i++) {
		steps += new && entry_changes(&old->entries[i], new);
		steps += old->entries[i].acl[0] &&
			 acl_changes(have, want, old->entries[i].acl);
	}
	for (size_t i = 0; new && i < new->n; i++)
		steps += !apply_entry_find(old, new->entries[i].seq);
	return steps;
}

/* The highest number that no entry, old, new or guard, has. */
static uint32_t free_seq(const struct apply_map *old,
			 const struct apply_map *new,
			 const struct apply_guards *g)
{
	for (uint32_t seq = CRYPTOMAP_SEQ_MAX; seq; seq--) {
		bool taken = apply_entry_find(old, seq) ||
			     (new && apply_entry_find(new, seq));

		for (size_t i = 0; i < g->n; i++)
			taken |= g->v[i].seq == seq &&
				 !strcmp(g->v[i].map, old->name);
		if (!taken)
			return seq;
	}
	return 0;
}

static void free_name(const struct apply_state *have, struct apply_guards *g,
		      struct apply_guard *guard)
{
	do {
		snprintf(guard->acl, sizeof(guard->acl), GUARD_NAME, ++g->last);
	} while (apply_acl_find(have, guard->acl));
}

static struct kmod_entry guard_entry(const struct apply_guard *guard)
{
	struct kmod_entry entry = { 0 };

	KMOD_SET(&entry, entry, seq, guard->seq);
	KMOD_SET(&entry, entry, type, CRYPTOMAP_ENTRY_T_MANUAL);
	KMOD_SET_NAME(&entry, entry, acl, guard->acl);
	return entry;
}

int apply_guards_join(const struct apply_guards *g, struct apply_map *map)
{
	int ret = 0;

	for (size_t i = 0; i < g->n && !ret; i++) {
		struct kmod_entry entry = guard_entry(&g->v[i]);

		if (!strcmp(g->v[i].map, map->name))
			ret = apply_entry_add(map, &entry);
	}
	return ret;
}

static int install(const struct apply *a, struct apply_guard *guard,
		   const struct apply_acl *copy, struct err *err)
{
	struct kmod_entry entry = guard_entry(guard);
	struct kmod_acl acl = { 0 };
	int ret;

	KMOD_SET_NAME(&acl, acl, name, guard->acl);
	KMOD_SET(&acl, acl, family, copy->family);
	ret = a->ops->acl_set(a->ctx, &acl, copy->lines, copy->n);
	if (ret)
		return apply_check(a, ret, err, "guard of crypto map %s",
				   guard->map);
	ret = a->ops->entry_set(a->ctx, guard->map, &entry);
	guard->entry_set = !ret;
	return apply_check(a, ret, err, "guard of crypto map %s", guard->map);
}

static int raise_one(const struct apply *a, const struct apply_state *have,
		     const struct apply_map *old, const struct apply_map *new,
		     const struct apply_acl *copy, struct apply_guards *g,
		     struct err *err)
{
	struct apply_guard guard = { .seq = free_seq(old, new, g) };
	struct apply_guard *mem;

	if (!guard.seq)
		return err_set(err, -ENOSPC,
			       "crypto map %s has no free sequence number below %u, one is needed for the change",
			       old->name, CRYPTOMAP_SEQ_MAX);
	mem = realloc(g->v, (g->n + 1) * sizeof(*mem));
	if (!mem)
		return err_set(err, -ENOMEM, "no memory for a guard");
	g->v = mem;
	kmod_name_copy(guard.map, sizeof(guard.map), old->name);
	free_name(have, g, &guard);
	g->v[g->n++] = guard;
	return install(a, &g->v[g->n - 1], copy, err);
}

static int raise_map(const struct apply *a, const struct apply_state *have,
		     const struct apply_state *want,
		     const struct apply_map *old, struct apply_guards *g,
		     struct err *err)
{
	const struct apply_map *new = apply_map_find(want, old->name);
	int ret = 0;

	for (size_t i = 0; i < old->n && !ret; i++) {
		const struct kmod_entry *entry = &old->entries[i];
		const struct apply_acl *acl = apply_acl_find(have, entry->acl);

		if (!acl || (!entry_changes(entry, new) &&
			     !acl_changes(have, want, entry->acl)))
			continue;
		ret = raise_one(a, have, old, new, acl, g, err);
	}
	return ret;
}

int apply_guards_raise(const struct apply *a, const struct apply_state *have,
		       const struct apply_state *want, struct apply_guards *g,
		       struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < have->n_maps && !ret; i++) {
		const struct apply_map *old = &have->maps[i];

		if (is_bound(have, old->name) &&
		    count_steps(have, want, old) > 1)
			ret = raise_map(a, have, want, old, g, err);
	}
	return ret;
}

int apply_guards_drop(const struct apply *a, struct apply_guards *g,
		      struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < g->n && !ret; i++) {
		const struct apply_guard *guard = &g->v[i];

		if (guard->entry_set)
			ret = a->ops->entry_del(a->ctx, guard->map, guard->seq);
		if (!ret)
			ret = a->ops->acl_del(a->ctx, guard->acl);
		ret = apply_check(a, ret, err, "guard of crypto map %s",
				  guard->map);
	}
	return ret;
}

void apply_guards_free(struct apply_guards *g)
{
	free(g->v);
	*g = (struct apply_guards){ 0 };
}

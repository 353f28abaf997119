// SPDX-License-Identifier: GPL-2.0-or-later
/* The state that differences are taken of: read, kept, compared. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/apply_state.h"

/* --- Words ------------------------------------------------------------------- */

void apply_say(const struct apply *a, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	if (!a->report)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	a->report(a->report_arg, text);
}

int apply_check(const struct apply *a, int ret, struct err *err,
		const char *fmt, ...)
{
	char what[160];
	const char *why;
	va_list ap;

	if (!ret)
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	why = a->ops->error(a->ctx);
	return err_set(err, ret, "%s: %s", what,
		       why && *why ? why : strerror(-ret));
}

/* --- Arrays ------------------------------------------------------------------ */

/* Room for one more element; NULL without memory. */
static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? 2 * *cap : 8;
	void *mem;

	if (n < *cap)
		return array;
	mem = realloc(array, want * size);
	if (mem)
		*cap = want;
	return mem;
}

/* Append a zeroed element to (array, n, cap) and give its address, or NULL. */
#define APPEND(array, n, cap)						\
	({								\
		void *mem_ = grow((array), (n), &(cap), sizeof(*(array))); \
		__typeof__(array) at_ = NULL;				\
									\
		if (mem_) {						\
			(array) = mem_;					\
			at_ = &(array)[(n)++];				\
			memset(at_, 0, sizeof(*at_));			\
		}							\
		at_;							\
	})

struct apply_acl *apply_acl_add(struct apply_state *s, const char *name,
				uint8_t family)
{
	struct apply_acl *acl = APPEND(s->acls, s->n_acls, s->cap_acls);

	if (!acl)
		return NULL;
	kmod_name_copy(acl->name, sizeof(acl->name), name);
	acl->family = family;
	return acl;
}

struct apply_map *apply_map_add(struct apply_state *s, const char *name)
{
	struct apply_map *map = APPEND(s->maps, s->n_maps, s->cap_maps);

	if (map)
		kmod_name_copy(map->name, sizeof(map->name), name);
	return map;
}

int apply_line_add(struct apply_acl *acl, const struct kmod_line *line)
{
	struct kmod_line *at = APPEND(acl->lines, acl->n, acl->cap);

	if (!at)
		return -ENOMEM;
	*at = *line;
	return 0;
}

int apply_entry_add(struct apply_map *map, const struct kmod_entry *entry)
{
	struct kmod_entry *at = APPEND(map->entries, map->n, map->cap);

	if (!at)
		return -ENOMEM;
	*at = *entry;
	return 0;
}

void apply_entry_forget(struct apply_map *map, struct kmod_entry *entry)
{
	size_t behind = --map->n - (size_t)(entry - map->entries);

	memmove(entry, entry + 1, behind * sizeof(*entry));
}

int apply_binding_add(struct apply_state *s,
		      const struct kmod_binding *binding)
{
	struct kmod_binding *at = APPEND(s->bindings, s->n_bindings,
					 s->cap_bindings);

	if (!at)
		return -ENOMEM;
	*at = *binding;
	return 0;
}

int apply_link_add(struct apply_state *s, const char *name)
{
	char (*at)[IF_NAMESIZE] = APPEND(s->links, s->n_links, s->cap_links);

	if (!at)
		return -ENOMEM;
	kmod_name_copy(*at, sizeof(*at), name);
	return 0;
}

void apply_state_free(struct apply_state *s)
{
	for (size_t i = 0; i < s->n_acls; i++)
		free(s->acls[i].lines);
	for (size_t i = 0; i < s->n_maps; i++)
		free(s->maps[i].entries);
	free(s->acls);
	free(s->maps);
	free(s->bindings);
	free(s->links);
	free(s->lent);
	memset(s, 0, sizeof(*s));
}

/* --- Look-up ------------------------------------------------------------------- */

struct apply_acl *apply_acl_find(const struct apply_state *s, const char *name)
{
	for (size_t i = 0; i < s->n_acls; i++)
		if (!strcmp(s->acls[i].name, name))
			return &s->acls[i];
	return NULL;
}

struct apply_map *apply_map_find(const struct apply_state *s, const char *name)
{
	for (size_t i = 0; i < s->n_maps; i++)
		if (!strcmp(s->maps[i].name, name))
			return &s->maps[i];
	return NULL;
}

struct kmod_entry *apply_entry_find(const struct apply_map *map, uint32_t seq)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->entries[i].seq == seq)
			return &map->entries[i];
	return NULL;
}

struct kmod_binding *apply_binding_find(const struct apply_state *s,
					const char *ifname)
{
	for (size_t i = 0; i < s->n_bindings; i++)
		if (!strcmp(s->bindings[i].ifname, ifname))
			return &s->bindings[i];
	return NULL;
}

bool apply_link_find(const struct apply_state *s, const char *name)
{
	for (size_t i = 0; i < s->n_links; i++)
		if (!strcmp(s->links[i], name))
			return true;
	return false;
}

int apply_lent_add(struct apply_state *s, const struct lent *lent)
{
	struct lent *at = APPEND(s->lent, s->n_lent, s->cap_lent);

	if (!at)
		return -ENOMEM;
	*at = *lent;
	return 0;
}

bool apply_lent_find(const struct apply_state *s, const struct lent *lent)
{
	for (size_t i = 0; i < s->n_lent; i++)
		if (!strcmp(s->lent[i].ifname, lent->ifname) &&
		    addr_equal(&s->lent[i].addr, &lent->addr))
			return true;
	return false;
}

/* --- Equality ------------------------------------------------------------------ */

bool apply_line_equal(const struct kmod_line *a, const struct kmod_line *b)
{
	return a->seq == b->seq && a->action == b->action &&
	       kmod_sel_equal(&a->sel, &b->sel);
}

bool apply_acl_equal(const struct apply_acl *a, const struct apply_acl *b)
{
	if (a->n != b->n || a->family != b->family)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!apply_line_equal(&a->lines[i], &b->lines[i]))
			return false;
	return true;
}

bool apply_entry_equal(const struct kmod_entry *a, const struct kmod_entry *b)
{
	if (a->seq != b->seq || a->type != b->type || a->level != b->level ||
	    strcmp(a->acl, b->acl) || a->peers.n != b->peers.n)
		return false;
	for (unsigned int i = 0; i < a->peers.n; i++)
		if (!addr_equal(&a->peers.v[i], &b->peers.v[i]))
			return false;
	return true;
}

/* --- Reading the kernel -------------------------------------------------------- */

/* The lines of one list, and the entries of one map, follow one another. */
static int take_line(void *arg, const struct kmod_acl *acl,
		     const struct kmod_line *line)
{
	struct apply_state *s = arg;
	struct apply_acl *at = NULL;
	struct kmod_line kept;

	if (s->n_acls && !strcmp(s->acls[s->n_acls - 1].name, acl->name))
		at = &s->acls[s->n_acls - 1];
	if (!at)
		at = apply_acl_find(s, acl->name);
	if (!at)
		at = apply_acl_add(s, acl->name, KMOD_HAS(acl, acl, family) ?
				   acl->family : AF_INET);
	if (!at)
		return -ENOMEM;
	if (!line)
		return 0;
	/* A guard gives a copy back, and the kernel takes no counts. */
	kept = *line;
	kept.has &= ~KMOD_BIT(line, hits);
	return apply_line_add(at, &kept);
}

static int take_entry(void *arg, const struct kmod_map *map,
		      const struct kmod_entry *entry)
{
	struct apply_state *s = arg;
	struct apply_map *at = apply_map_find(s, map->name);

	if (!at) {
		at = apply_map_add(s, map->name);
		if (!at)
			return -ENOMEM;
		kmod_name_copy(at->local_if, sizeof(at->local_if),
			       map->local_if);
	}
	return entry ? apply_entry_add(at, entry) : 0;
}

static int take_binding(void *arg, const struct kmod_binding *binding)
{
	return apply_binding_add(arg, binding);
}

static int take_link(void *arg, const char *name)
{
	return apply_link_add(arg, name);
}

static int take_lent(void *arg, const struct lent *lent)
{
	return apply_lent_add(arg, lent);
}

static int by_line(const void *a, const void *b)
{
	const struct kmod_line *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_entry(const void *a, const void *b)
{
	const struct kmod_entry *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

int apply_state_read(const struct apply *a, struct apply_state *s,
		     struct err *err)
{
	int ret = a->ops->acl_dump(a->ctx, take_line, s);

	if (!ret)
		ret = a->ops->map_dump(a->ctx, take_entry, s);
	if (!ret)
		ret = a->ops->bind_dump(a->ctx, take_binding, s);
	if (!ret)
		ret = a->ops->link_dump(a->ctx, take_link, s);
	if (!ret)
		ret = a->ops->lent_dump(a->ctx, take_lent, s);
	if (ret)
		return apply_check(a, ret, err, "the kernel's configuration");
	for (size_t i = 0; i < s->n_acls; i++)
		if (s->acls[i].n)
			qsort(s->acls[i].lines, s->acls[i].n,
			      sizeof(struct kmod_line), by_line);
	for (size_t i = 0; i < s->n_maps; i++)
		if (s->maps[i].n)
			qsort(s->maps[i].entries, s->maps[i].n,
			      sizeof(struct kmod_entry), by_entry);
	return 0;
}

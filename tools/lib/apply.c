// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of a change:
 *
 *	guards up
 *	lists that change their family, which no entry may name meanwhile
 *	lists, lines, maps, entries that are new
 *				what entries will name exists first
 *	lists, maps, entries that become others
 *	tunnel interfaces new	and the addresses that they borrow
 *	bindings new and moved	maps are whole before they are bound
 *	lines, entries, bindings that are gone
 *	guards down
 *	tunnel interfaces, maps, lists gone	nothing names them any more
 *	manual SAs		their flows exist by now
 *
 * A flow that goes takes its SAs along, and they do not come back with it when
 * the kernel refuses a later step and the old configuration is put back.  So
 * what is gone goes after everything that can be refused, and what becomes
 * another, which replaces flows, after everything that is only added.  What
 * remains is a step refused behind a replacement, and a manual SA refused at
 * the end: the flows that went are there again, and negotiate again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/model.h"
#include "tools/lib/apply_state.h"

/* What is to be done in one pass over lists or maps. */
enum kind { NEW, OTHER, GONE };

/* One change under way. */
struct change {
	const struct apply *a;
	struct apply_state *have;
	const struct apply_state *want;
	struct apply_guards guards;
};

/* --- Lists ------------------------------------------------------------------- */

/* What a list loses and gains; equal numbers with other content are both. */
struct line_diff {
	uint32_t *gone;
	struct kmod_line *added;
	size_t n_gone, n_added;
};

static int diff_lines(const struct apply_acl *old, const struct apply_acl *new,
		      struct line_diff *d)
{
	size_t i = 0, j = 0;

	memset(d, 0, sizeof(*d));
	d->gone = calloc(old->n + 1, sizeof(*d->gone));
	d->added = calloc(new->n + 1, sizeof(*d->added));
	if (!d->gone || !d->added)
		return -ENOMEM;
	while (i < old->n || j < new->n) {
		const struct kmod_line *a = i < old->n ? &old->lines[i] : NULL;
		const struct kmod_line *b = j < new->n ? &new->lines[j] : NULL;

		if (a && b && apply_line_equal(a, b)) {
			i++;
			j++;
		} else if (a && (!b || a->seq <= b->seq)) {
			d->gone[d->n_gone++] = a->seq;
			i++;
		} else {
			d->added[d->n_added++] = *b;
			j++;
		}
	}
	return 0;
}

static int replace_acl(const struct apply *a, const struct apply_acl *new)
{
	struct kmod_acl acl = { 0 };

	KMOD_SET_NAME(&acl, acl, name, new->name);
	KMOD_SET(&acl, acl, family, new->family);
	return a->ops->acl_set(a->ctx, &acl, new->lines, new->n);
}

static enum kind diff_kind(const struct line_diff *d)
{
	if (!d->n_gone)
		return NEW;
	return d->n_added ? OTHER : GONE;
}

static int change_acl(const struct apply *a, const struct apply_acl *old,
		      const struct apply_acl *new, enum kind kind,
		      struct err *err)
{
	struct line_diff d;
	int ret = diff_lines(old, new, &d);

	if (ret || (!d.n_gone && !d.n_added) || diff_kind(&d) != kind)
		goto out;
	if (!d.n_gone)
		ret = a->ops->line_add(a->ctx, new->name, d.added, d.n_added);
	else if (!d.n_added)
		ret = a->ops->line_del(a->ctx, new->name, d.gone, d.n_gone);
	else
		ret = replace_acl(a, new);
	if (!ret)
		apply_say(a, "access list %s: %zu lines added, %zu removed",
			  new->name, d.n_added, d.n_gone);
out:
	free(d.gone);
	free(d.added);
	return apply_check(a, ret, err, "access list %s", new->name);
}

static int change_acls(const struct change *c, enum kind kind,
		       struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->want->n_acls && !ret; i++) {
		const struct apply_acl *new = &c->want->acls[i];
		const struct apply_acl *old = apply_acl_find(c->have, new->name);

		if (old) {
			ret = change_acl(a, old, new, kind, err);
			continue;
		}
		if (kind != NEW)
			continue;
		ret = apply_check(a, replace_acl(a, new), err,
				  "access list %s", new->name);
		if (!ret)
			apply_say(a, "access list %s: created, %zu lines",
				  new->name, new->n);
	}
	return ret;
}

/*
 * An entry that names the list names none, and matches nothing, until it is
 * whole. Without one a dynamic entry takes anybody: that one goes meanwhile.
 */
static int take_list_from(const struct apply *a, struct apply_map *map,
			  struct kmod_entry *e)
{
	if (e->type == CRYPTOMAP_ENTRY_T_DYNAMIC) {
		int ret = a->ops->entry_del(a->ctx, map->name, e->seq);

		if (!ret)
			apply_entry_forget(map, e);
		return ret;
	}
	e->acl[0] = '\0';
	e->has &= ~KMOD_BIT(entry, acl);
	return a->ops->entry_set(a->ctx, map->name, e);
}

static int let_go_of(const struct change *c, const char *acl, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->have->n_maps; i++) {
		struct apply_map *map = &c->have->maps[i];

		/* From behind: an entry may go. */
		for (size_t j = map->n; j && !ret; j--) {
			struct kmod_entry *e = &map->entries[j - 1];
			uint32_t seq = e->seq;

			if (strcmp(e->acl, acl))
				continue;
			ret = apply_check(a, take_list_from(a, map, e), err,
					  "crypto map %s %u", map->name, seq);
		}
	}
	return ret;
}

/* What was read of the kernel is kept up: the steps behind go on from it. */
static int change_families(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->want->n_acls && !ret; i++) {
		const struct apply_acl *new = &c->want->acls[i];
		struct apply_acl *old = apply_acl_find(c->have, new->name);

		if (!old || old->family == new->family)
			continue;
		ret = let_go_of(c, new->name, err);
		if (ret)
			break;
		old->family = new->family;
		old->n = 0;
		ret = apply_check(a, replace_acl(a, old), err,
				  "access list %s", new->name);
		if (!ret)
			apply_say(a, "access list %s: is of IPv%d now",
				  new->name, new->family == AF_INET6 ? 6 : 4);
	}
	return ret;
}

static int remove_acls(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->have->n_acls && !ret; i++) {
		const char *name = c->have->acls[i].name;

		if (apply_acl_find(c->want, name))
			continue;
		ret = apply_check(a, a->ops->acl_del(a->ctx, name), err,
				  "access list %s", name);
		if (!ret)
			apply_say(a, "access list %s: removed", name);
	}
	return ret;
}

/* --- Maps -------------------------------------------------------------------- */

static int replace_map(const struct change *c, const struct apply_map *new,
		       const char *what, struct err *err)
{
	struct apply_map whole = { 0 };
	struct kmod_map map = { 0 };
	int ret = 0;

	kmod_name_copy(whole.name, sizeof(whole.name), new->name);
	KMOD_SET_NAME(&map, map, name, new->name);
	if (new->local_if[0])
		KMOD_SET_NAME(&map, map, local_if, new->local_if);
	for (size_t i = 0; i < new->n && !ret; i++)
		ret = apply_entry_add(&whole, &new->entries[i]);
	if (!ret)
		ret = apply_guards_join(&c->guards, &whole);
	if (!ret)
		ret = c->a->ops->map_set(c->a->ctx, &map, whole.entries,
					 whole.n);
	if (!ret)
		apply_say(c->a, "crypto map %s: %s, %zu entries", new->name,
			  what, new->n);
	free(whole.entries);
	return apply_check(c->a, ret, err, "crypto map %s", new->name);
}

static int set_entries(const struct apply *a, const struct apply_map *old,
		       const struct apply_map *new, enum kind kind,
		       struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < new->n && !ret; i++) {
		const struct kmod_entry *e = &new->entries[i];
		const struct kmod_entry *o = apply_entry_find(old, e->seq);

		if (!o != (kind == NEW) || (o && apply_entry_equal(o, e)))
			continue;
		ret = apply_check(a, a->ops->entry_set(a->ctx, new->name, e),
				  err, "crypto map %s %u", new->name, e->seq);
		if (!ret)
			apply_say(a, "crypto map %s %u: %s", new->name, e->seq,
				  o ? "changed" : "added");
	}
	return ret;
}

static int remove_entries(const struct apply *a, const struct apply_map *old,
			  const struct apply_map *new, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < old->n && !ret; i++) {
		uint32_t seq = old->entries[i].seq;

		if (apply_entry_find(new, seq))
			continue;
		ret = apply_check(a, a->ops->entry_del(a->ctx, old->name, seq),
				  err, "crypto map %s %u", old->name, seq);
		if (!ret)
			apply_say(a, "crypto map %s %u: removed", old->name,
				  seq);
	}
	return ret;
}

static int change_map(const struct change *c, const struct apply_map *old,
		      const struct apply_map *new, enum kind kind,
		      struct err *err)
{
	if (!old)
		return kind == NEW ? replace_map(c, new, "created", err) : 0;
	if (strcmp(old->local_if, new->local_if))
		return kind == OTHER ?
		       replace_map(c, new, "local address changed", err) : 0;
	if (kind == GONE)
		return remove_entries(c->a, old, new, err);
	return set_entries(c->a, old, new, kind, err);
}

static int change_maps(const struct change *c, enum kind kind, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < c->want->n_maps && !ret; i++) {
		const struct apply_map *new = &c->want->maps[i];

		ret = change_map(c, apply_map_find(c->have, new->name), new,
				 kind, err);
	}
	return ret;
}

static int remove_maps(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->have->n_maps && !ret; i++) {
		const char *name = c->have->maps[i].name;

		if (apply_map_find(c->want, name))
			continue;
		ret = apply_check(a, a->ops->map_del(a->ctx, name), err,
				  "crypto map %s", name);
		if (!ret)
			apply_say(a, "crypto map %s: removed", name);
	}
	return ret;
}

/* --- Bindings ---------------------------------------------------------------- */

/* What the kernel gives out only, it counts. */
static bool same_options(const struct kmod_binding *a,
			 const struct kmod_binding *b)
{
	return a->mss == b->mss && a->frag == b->frag && a->df == b->df &&
	       !strcmp(a->management, b->management) &&
	       a->flags == b->flags &&
	       KMOD_HAS(a, binding, df) == KMOD_HAS(b, binding, df);
}

static int set_bindings(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->want->n_bindings && !ret; i++) {
		const struct kmod_binding *new = &c->want->bindings[i];
		const struct kmod_binding *old =
			apply_binding_find(c->have, new->ifname);
		bool same_map = old && !strcmp(old->map, new->map);

		if (same_map && same_options(old, new))
			continue;
		ret = apply_check(a, a->ops->bind(a->ctx, new), err,
				  "interface %s", new->ifname);
		if (!ret && !same_map)
			apply_say(a, "interface %s: crypto map %s bound",
				  new->ifname, new->map);
	}
	return ret;
}

static int remove_bindings(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->have->n_bindings && !ret; i++) {
		const struct kmod_binding *old = &c->have->bindings[i];

		if (apply_binding_find(c->want, old->ifname))
			continue;
		ret = apply_check(a, a->ops->unbind(a->ctx, old->ifname), err,
				  "interface %s", old->ifname);
		if (!ret)
			apply_say(a, "interface %s: crypto map %s unbound",
				  old->ifname, old->map);
	}
	return ret;
}

/* --- Tunnel interfaces --------------------------------------------------------- */

/* One that is made by hand is used as it is: it has not our mark. */
static int make_links(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->want->n_links && !ret; i++) {
		const char *name = c->want->links[i];

		if (apply_link_find(c->have, name))
			continue;
		ret = a->ops->link_add(a->ctx, name);
		if (ret == -EEXIST)
			return err_set(err, ret,
				       "interface %s exists and is no tunnel interface: take another name",
				       name);
		ret = apply_check(a, ret, err, "interface %s", name);
		if (!ret)
			apply_say(a, "interface %s: is a tunnel", name);
	}
	return ret;
}

static int remove_links(const struct change *c, struct err *err)
{
	const struct apply *a = c->a;
	int ret = 0;

	for (size_t i = 0; i < c->have->n_links && !ret; i++) {
		const char *name = c->have->links[i];

		if (apply_link_find(c->want, name))
			continue;
		ret = a->ops->link_del(a->ctx, name);
		if (ret == -ENODEV)
			ret = 0;
		ret = apply_check(a, ret, err, "interface %s", name);
		if (!ret)
			apply_say(a, "interface %s: removed", name);
	}
	return ret;
}

static int lend(const struct change *c, struct err *err)
{
	return apply_lend(c->a, c->have, c->want, err);
}

static int take_back(const struct change *c, struct err *err)
{
	return apply_take_back(c->a, c->have, c->want, err);
}

/* --- The whole ----------------------------------------------------------------- */

typedef int step_fn(const struct change *c, struct err *err);

static int make_new(const struct change *c, struct err *err)
{
	int ret = change_acls(c, NEW, err);

	return ret ? ret : change_maps(c, NEW, err);
}

static int make_other(const struct change *c, struct err *err)
{
	int ret = change_acls(c, OTHER, err);

	return ret ? ret : change_maps(c, OTHER, err);
}

static int let_go(const struct change *c, struct err *err)
{
	int ret = change_maps(c, GONE, err);

	return ret ? ret : change_acls(c, GONE, err);
}

static int run_steps(const struct change *c, step_fn *const *steps,
		     struct err *err)
{
	int ret = 0;

	for (size_t i = 0; steps[i] && !ret; i++)
		ret = steps[i](c, err);
	return ret;
}

static int run_change(struct change *c, struct err *err)
{
	static step_fn *const build[] = {
		change_families, make_new, make_other, make_links, lend,
		set_bindings, let_go, remove_bindings, NULL,
	};
	static step_fn *const clean[] = {
		take_back, remove_links, remove_maps, remove_acls, NULL,
	};
	int ret;

	ret = apply_guards_raise(c->a, c->have, c->want, &c->guards, err);
	if (!ret)
		ret = run_steps(c, build, err);
	/* After a failure the guards stay: half a change must not leak. */
	if (!ret)
		ret = apply_guards_drop(c->a, &c->guards, err);
	if (!ret)
		ret = run_steps(c, clean, err);
	apply_guards_free(&c->guards);
	return ret;
}

static int apply_once(const struct apply *a, const struct cm_config *old,
		      const struct cm_config *new, struct err *err)
{
	struct apply_state have = { 0 }, want = { 0 };
	struct change c = { .a = a, .have = &have, .want = &want };
	int ret;

	ret = apply_state_want(a, new, &want, err);
	if (!ret)
		ret = apply_state_read(a, &have, err);
	if (!ret)
		ret = run_change(&c, err);
	if (!ret)
		ret = apply_manual(a, old, new, err);
	apply_state_free(&have);
	apply_state_free(&want);
	return ret;
}

static int apply_or_restore(const struct apply *a, const struct cm_config *old,
			    const struct cm_config *new, struct err *err)
{
	struct err why = { "" };
	int ret = apply_once(a, old, new, err);

	if (!ret || !old)
		return ret;
	/* What is refused leaves everything as it was. */
	if (apply_once(a, old, old, &why))
		apply_say(a, "the earlier configuration could not be put back: %s",
			  why.text);
	return ret;
}

/* A copy with what profiles stand for; NULL without memory. */
static struct cm_config *expanded(const struct cm_config *cfg)
{
	struct cm_config *copy = cm_config_copy(cfg);

	if (!copy || !cm_config_expand(copy))
		return copy;
	cm_config_free(copy);
	return NULL;
}

int apply_config(const struct apply *a, const struct cm_config *old,
		 const struct cm_config *new, struct err *err)
{
	struct cm_config *was = old ? expanded(old) : NULL;
	struct cm_config *will = expanded(new);
	int ret;

	if (!will || (old && !was))
		ret = err_set(err, -ENOMEM, "out of memory");
	else
		ret = apply_or_restore(a, was, will, err);
	cm_config_free(was);
	cm_config_free(will);
	return ret;
}

/* Who comes next may be another IKE daemon: it needs the ports. */
static int remove_sockets(const struct apply *a, struct err *err)
{
	static const struct {
		int family;
		enum cryptomap_sock_kind kind;
	} socks[] = {
		{ AF_INET, CRYPTOMAP_SOCK_IKE }, { AF_INET, CRYPTOMAP_SOCK_NATT },
		{ AF_INET6, CRYPTOMAP_SOCK_IKE }, { AF_INET6, CRYPTOMAP_SOCK_NATT },
	};
	int ret = 0;

	for (size_t i = 0; i < sizeof(socks) / sizeof(socks[0]) && !ret; i++) {
		ret = a->ops->sock_del(a->ctx, socks[i].family, socks[i].kind);
		if (ret == -ENOENT)	/* none is kept */
			ret = 0;
	}
	return apply_check(a, ret, err, "IKE sockets");
}

int apply_nothing(const struct apply *a, struct err *err)
{
	static step_fn *const steps[] = {
		remove_bindings, take_back, remove_links, remove_maps,
		remove_acls, NULL,
	};
	struct apply_state have = { 0 }, want = { 0 };
	struct change c = { .a = a, .have = &have, .want = &want };
	int ret = apply_state_read(a, &have, err);

	if (!ret)
		ret = run_steps(&c, steps, err);
	if (!ret)
		ret = apply_check(a, a->ops->sa_flush(a->ctx, NULL), err,
				  "SAs");
	if (!ret)
		ret = remove_sockets(a, err);
	apply_state_free(&have);
	return ret;
}

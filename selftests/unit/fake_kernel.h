/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel for tests of apply: it keeps what it is told as the contract says,
 * logs every change, and can answer after each of them whether a packet would
 * leave in clear.
 */
#ifndef SELFTESTS_UNIT_FAKE_KERNEL_H
#define SELFTESTS_UNIT_FAKE_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/apply_state.h"

#define FAKE_SAS 16

struct fake_sa {
	struct kmod_sa sa;
	uint8_t key[32];
};

struct fake_kernel {
	struct apply_state s;
	struct fake_sa sas[FAKE_SAS];
	unsigned int n_sas;
	uint32_t next_sa;
	char log[8192];
	char error[128];
	unsigned int calls;		/* changes so far */
	unsigned int fail_at;		/* the change that is refused, from 1 */
	struct addr address;		/* of every interface; unset: none */
	struct lent by_hand;		/* an address that is not of the configuration */
	struct addr address6;
	bool sock[2][2];		/* kept: by kind, by IPv6 or not */
	/* Called after each change. */
	void (*after)(struct fake_kernel *k);
	unsigned int leaks;
	char leaked_after[64];
};

__attribute__((format(printf, 2, 3)))
static inline int fake_log(struct fake_kernel *k, const char *fmt, ...)
{
	size_t len = strlen(k->log);
	va_list ap;

	if (++k->calls == k->fail_at) {
		snprintf(k->error, sizeof(k->error), "no luck");
		return -EBUSY;
	}
	va_start(ap, fmt);
	vsnprintf(k->log + len, sizeof(k->log) - len, fmt, ap);
	va_end(ap);
	return 0;
}

static inline int fake_done(struct fake_kernel *k)
{
	if (k->after)
		k->after(k);
	return 0;
}

static inline int fake_refuse(struct fake_kernel *k, int ret, const char *why)
{
	snprintf(k->error, sizeof(k->error), "%s", why);
	return ret;
}

/* --- Lists --------------------------------------------------------------------- */

static inline int fake_acl_dump(void *ctx, kmod_line_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t i = 0; i < k->s.n_acls && !ret; i++) {
		const struct apply_acl *a = &k->s.acls[i];
		struct kmod_acl acl = { 0 };

		KMOD_SET_NAME(&acl, acl, name, a->name);
		KMOD_SET(&acl, acl, family, a->family);
		if (!a->n)
			ret = fn(arg, &acl, NULL);
		for (size_t j = 0; j < a->n && !ret; j++) {
			struct kmod_line line = a->lines[j];

			KMOD_SET(&line, line, hits, 7);
			ret = fn(arg, &acl, &line);
		}
	}
	return ret;
}

static inline bool fake_is_named(const struct fake_kernel *k, const char *acl)
{
	for (size_t i = 0; i < k->s.n_maps; i++)
		for (size_t j = 0; j < k->s.maps[i].n; j++)
			if (!strcmp(k->s.maps[i].entries[j].acl, acl))
				return true;
	return false;
}

static inline int fake_acl_set(void *ctx, const struct kmod_acl *acl,
			       const struct kmod_line *lines, size_t n)
{
	struct fake_kernel *k = ctx;
	struct apply_acl *a = apply_acl_find(&k->s, acl->name);

	if (a && a->family != acl->family && fake_is_named(k, acl->name))
		return fake_refuse(k, -EBUSY, "list in use");
	for (size_t i = 0; i < n; i++)
		if (KMOD_HAS(&lines[i], line, hits))
			return fake_refuse(k, -EINVAL, "Unsupported attribute");
	if (fake_log(k, "acl_set %s %zu\n", acl->name, n))
		return -EBUSY;
	if (!a)
		a = apply_acl_add(&k->s, acl->name, acl->family);
	a->family = acl->family;
	a->n = 0;
	for (size_t i = 0; i < n; i++)
		apply_line_add(a, &lines[i]);
	return fake_done(k);
}

static inline int fake_acl_del(void *ctx, const char *name)
{
	struct fake_kernel *k = ctx;
	struct apply_acl *a = apply_acl_find(&k->s, name);

	if (!a)
		return fake_refuse(k, -ENOENT, "no such list");
	if (fake_is_named(k, name))
		return fake_refuse(k, -EBUSY, "list in use");
	if (fake_log(k, "acl_del %s\n", name))
		return -EBUSY;
	free(a->lines);
	*a = k->s.acls[--k->s.n_acls];
	return fake_done(k);
}

static inline int fake_line_order(const void *a, const void *b)
{
	const struct kmod_line *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static inline int fake_line_add(void *ctx, const char *name,
				const struct kmod_line *lines, size_t n)
{
	struct fake_kernel *k = ctx;
	struct apply_acl *a = apply_acl_find(&k->s, name);

	if (!a)
		return fake_refuse(k, -ENOENT, "no such list");
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < n; j++)
			if (a->lines[i].seq == lines[j].seq)
				return fake_refuse(k, -EEXIST, "line exists");
	if (fake_log(k, "line_add %s %zu\n", name, n))
		return -EBUSY;
	for (size_t i = 0; i < n; i++)
		apply_line_add(a, &lines[i]);
	qsort(a->lines, a->n, sizeof(*a->lines), fake_line_order);
	return fake_done(k);
}

static inline int fake_line_del(void *ctx, const char *name,
				const uint32_t *seqs, size_t n)
{
	struct fake_kernel *k = ctx;
	struct apply_acl *a = apply_acl_find(&k->s, name);

	if (!a)
		return fake_refuse(k, -ENOENT, "no such list");
	if (fake_log(k, "line_del %s %zu\n", name, n))
		return -EBUSY;
	for (size_t j = 0; j < n; j++)
		for (size_t i = 0; i < a->n; i++)
			if (a->lines[i].seq == seqs[j]) {
				memmove(&a->lines[i], &a->lines[i + 1],
					(a->n - i - 1) * sizeof(*a->lines));
				a->n--;
				break;
			}
	return fake_done(k);
}

/* --- Maps ---------------------------------------------------------------------- */

static inline int fake_map_dump(void *ctx, kmod_entry_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t i = 0; i < k->s.n_maps && !ret; i++) {
		const struct apply_map *m = &k->s.maps[i];
		struct kmod_map map = { 0 };

		KMOD_SET_NAME(&map, map, name, m->name);
		if (m->local_if[0])
			KMOD_SET_NAME(&map, map, local_if, m->local_if);
		if (!m->n)
			ret = fn(arg, &map, NULL);
		for (size_t j = 0; j < m->n && !ret; j++)
			ret = fn(arg, &map, &m->entries[j]);
	}
	return ret;
}

static inline int fake_entry_order(const void *a, const void *b)
{
	const struct kmod_entry *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static inline bool fake_acl_missing(struct fake_kernel *k,
				    const struct kmod_entry *e)
{
	return e->acl[0] && !apply_acl_find(&k->s, e->acl);
}

static inline int fake_map_set(void *ctx, const struct kmod_map *map,
			       const struct kmod_entry *entries, size_t n)
{
	struct fake_kernel *k = ctx;
	struct apply_map *m = apply_map_find(&k->s, map->name);

	for (size_t i = 0; i < n; i++)
		if (fake_acl_missing(k, &entries[i]))
			return fake_refuse(k, -ENOENT, "no such list");
	if (fake_log(k, "map_set %s %zu\n", map->name, n))
		return -EBUSY;
	if (!m)
		m = apply_map_add(&k->s, map->name);
	kmod_name_copy(m->local_if, sizeof(m->local_if), map->local_if);
	m->n = 0;
	for (size_t i = 0; i < n; i++)
		apply_entry_add(m, &entries[i]);
	return fake_done(k);
}

static inline bool fake_is_bound(struct fake_kernel *k, const char *map)
{
	for (size_t i = 0; i < k->s.n_bindings; i++)
		if (!strcmp(k->s.bindings[i].map, map))
			return true;
	return false;
}

static inline int fake_map_del(void *ctx, const char *name)
{
	struct fake_kernel *k = ctx;
	struct apply_map *m = apply_map_find(&k->s, name);

	if (!m)
		return fake_refuse(k, -ENOENT, "no such map");
	if (fake_is_bound(k, name))
		return fake_refuse(k, -EBUSY, "map is bound");
	if (fake_log(k, "map_del %s\n", name))
		return -EBUSY;
	free(m->entries);
	*m = k->s.maps[--k->s.n_maps];
	return fake_done(k);
}

static inline int fake_entry_set(void *ctx, const char *name,
				 const struct kmod_entry *e)
{
	struct fake_kernel *k = ctx;
	struct apply_map *m = apply_map_find(&k->s, name);
	struct kmod_entry *old;

	if (!m || fake_acl_missing(k, e))
		return fake_refuse(k, -ENOENT, "no such map or list");
	if (fake_log(k, "entry_set %s %u %s\n", name, e->seq, e->acl))
		return -EBUSY;
	old = apply_entry_find(m, e->seq);
	if (old)
		*old = *e;
	else
		apply_entry_add(m, e);
	qsort(m->entries, m->n, sizeof(*m->entries), fake_entry_order);
	return fake_done(k);
}

static inline int fake_entry_del(void *ctx, const char *name, uint32_t seq)
{
	struct fake_kernel *k = ctx;
	struct apply_map *m = apply_map_find(&k->s, name);
	struct kmod_entry *e = m ? apply_entry_find(m, seq) : NULL;

	if (!e)
		return fake_refuse(k, -ENOENT, "no such entry");
	if (fake_log(k, "entry_del %s %u\n", name, seq))
		return -EBUSY;
	*e = m->entries[--m->n];
	qsort(m->entries, m->n, sizeof(*m->entries), fake_entry_order);
	return fake_done(k);
}

/* --- Bindings -------------------------------------------------------------------- */

static inline int fake_bind_dump(void *ctx, kmod_binding_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t i = 0; i < k->s.n_bindings && !ret; i++)
		ret = fn(arg, &k->s.bindings[i]);
	return ret;
}

static inline int fake_bind(void *ctx, const struct kmod_binding *new)
{
	struct fake_kernel *k = ctx;
	struct kmod_binding *b = apply_binding_find(&k->s, new->ifname);

	if (!apply_map_find(&k->s, new->map))
		return fake_refuse(k, -ENOENT, "no such map");
	if (fake_log(k, "bind %s %s\n", new->ifname, new->map))
		return -EBUSY;
	if (b)
		*b = *new;
	else
		apply_binding_add(&k->s, new);
	return fake_done(k);
}

static inline int fake_unbind(void *ctx, const char *ifname)
{
	struct fake_kernel *k = ctx;
	struct kmod_binding *b = apply_binding_find(&k->s, ifname);

	if (!b)
		return fake_refuse(k, -ENOENT, "no such binding");
	if (fake_log(k, "unbind %s\n", ifname))
		return -EBUSY;
	*b = k->s.bindings[--k->s.n_bindings];
	return fake_done(k);
}

/* --- Tunnel interfaces ------------------------------------------------------------- */

static inline int fake_link_dump(void *ctx, link_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t i = 0; i < k->s.n_links && !ret; i++)
		ret = fn(arg, k->s.links[i]);
	return ret;
}

static inline int fake_link_add(void *ctx, const char *name)
{
	struct fake_kernel *k = ctx;

	if (!strncmp(name, "eth", 3))
		return -EEXIST;
	if (fake_log(k, "link_add %s\n", name))
		return -EBUSY;
	apply_link_add(&k->s, name);
	return fake_done(k);
}

static inline int fake_lent_dump(void *ctx, lent_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t i = 0; i < k->s.n_lent && !ret; i++)
		ret = fn(arg, &k->s.lent[i]);
	return ret;
}

static inline bool fake_is_lent(const struct lent *a, const struct lent *b)
{
	return !strcmp(a->ifname, b->ifname) && addr_equal(&a->addr, &b->addr);
}

/* As lent_add(): what is there already stays with whom has given it. */
static inline int fake_lent_add(void *ctx, const struct lent *lent)
{
	char addr[ADDR_STRLEN];
	struct fake_kernel *k = ctx;

	if (!apply_link_find(&k->s, lent->ifname))
		return fake_refuse(k, -ENODEV, "no such interface");
	if (fake_is_lent(&k->by_hand, lent))
		return 1;
	for (size_t i = 0; i < k->s.n_lent; i++)
		if (fake_is_lent(&k->s.lent[i], lent))
			return fake_refuse(k, -EEXIST, "added twice");
	if (fake_log(k, "lent_add %s %s\n", lent->ifname,
		     addr_format(&lent->addr, addr, sizeof(addr))))
		return -EBUSY;
	apply_lent_add(&k->s, lent);
	return fake_done(k);
}

static inline int fake_lent_del(void *ctx, const struct lent *lent)
{
	char addr[ADDR_STRLEN];
	struct fake_kernel *k = ctx;
	size_t i = 0;

	while (i < k->s.n_lent && !fake_is_lent(&k->s.lent[i], lent))
		i++;
	if (i == k->s.n_lent)
		return fake_refuse(k, -EADDRNOTAVAIL, "no such address");
	if (fake_log(k, "lent_del %s %s\n", lent->ifname,
		     addr_format(&lent->addr, addr, sizeof(addr))))
		return -EBUSY;
	k->s.lent[i] = k->s.lent[--k->s.n_lent];
	return fake_done(k);
}

static inline int fake_link_del(void *ctx, const char *name)
{
	struct fake_kernel *k = ctx;
	size_t i = 0;

	while (i < k->s.n_links && strcmp(k->s.links[i], name))
		i++;
	if (i == k->s.n_links)
		return -ENODEV;
	if (fake_log(k, "link_del %s\n", name))
		return -EBUSY;
	memcpy(k->s.links[i], k->s.links[--k->s.n_links], IF_NAMESIZE);
	return fake_done(k);
}

/* --- Flows and SAs ----------------------------------------------------------------- */

/* The bindings of a map with a local interface share the flows of the first. */
static inline bool fake_shares(const struct fake_kernel *k, size_t b)
{
	const struct apply_map *m = apply_map_find(&k->s, k->s.bindings[b].map);

	while (m && m->local_if[0] && b--)
		if (!strcmp(k->s.bindings[b].map, m->name))
			return true;
	return false;
}

/* A flow's number says where it is: binding, entry, line. */
static inline int fake_flow_dump(void *ctx, kmod_flow_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (size_t b = 0; b < k->s.n_bindings; b++) {
		const struct apply_map *m = apply_map_find(&k->s,
						k->s.bindings[b].map);

		if (fake_shares(k, b))
			continue;
		for (size_t i = 0; m && i < m->n; i++) {
			const struct kmod_entry *e = &m->entries[i];
			const struct apply_acl *a = apply_acl_find(&k->s, e->acl);

			for (size_t j = 0; a && j < a->n && !ret; j++) {
				struct kmod_flow f = { 0 };

				if (a->lines[j].action != CRYPTOMAP_ACTION_PERMIT)
					continue;
				KMOD_SET(&f, flow, id, (uint32_t)((b + 1) * 1000000 +
					 e->seq * 100 + a->lines[j].seq));
				KMOD_SET_NAME(&f, flow, ifname,
					      k->s.bindings[b].ifname);
				KMOD_SET_NAME(&f, flow, map, m->name);
				KMOD_SET(&f, flow, seq, e->seq);
				KMOD_SET(&f, flow, line, a->lines[j].seq);
				KMOD_SET(&f, flow, type, e->type);
				KMOD_SET(&f, flow, sel, a->lines[j].sel);
				ret = fn(arg, &f);
			}
		}
	}
	return ret;
}

static inline int fake_sa_dump(void *ctx, const struct kmod_filter *filter,
			       kmod_sa_fn *fn, void *arg)
{
	struct fake_kernel *k = ctx;
	int ret = 0;

	for (unsigned int i = 0; i < k->n_sas && !ret; i++)
		if (!filter || !KMOD_HAS(filter, filter, owner) ||
		    filter->owner == k->sas[i].sa.owner)
			ret = fn(arg, &k->sas[i].sa);
	return ret;
}

static inline int fake_sa_set(void *ctx, const struct kmod_sa *sa)
{
	struct fake_kernel *k = ctx;
	struct fake_sa *at;

	for (unsigned int i = 0; i < k->n_sas; i++)
		if (k->sas[i].sa.dir == sa->dir && k->sas[i].sa.spi == sa->spi &&
		    addr_equal(&k->sas[i].sa.dst, &sa->dst))
			return fake_refuse(k, -EEXIST, "SPI in use");
	if (k->n_sas == FAKE_SAS)
		return fake_refuse(k, -ENOSPC, "full");
	if (fake_log(k, "sa_set %s %u\n",
		     sa->dir == CRYPTOMAP_DIR_IN ? "in" : "out", sa->spi))
		return -EBUSY;
	at = &k->sas[k->n_sas++];
	at->sa = *sa;
	KMOD_SET(&at->sa, sa, id, ++k->next_sa);
	KMOD_SET(&at->sa, sa, state, CRYPTOMAP_SA_ACTIVE);
	KMOD_SET(&at->sa, sa, seq, sa->seq);
	if (sa->encr_key.len <= sizeof(at->key) && sa->encr_key.len)
		memcpy(at->key, sa->encr_key.data, sa->encr_key.len);
	return fake_done(k);
}

static inline int fake_sa_del(void *ctx, const struct kmod_sa *key)
{
	struct fake_kernel *k = ctx;

	for (unsigned int i = 0; i < k->n_sas; i++) {
		if (k->sas[i].sa.id != key->id)
			continue;
		if (fake_log(k, "sa_del %u\n", k->sas[i].sa.spi))
			return -EBUSY;
		k->sas[i] = k->sas[--k->n_sas];
		return fake_done(k);
	}
	return fake_refuse(k, -ENOENT, "no such SA");
}

static inline int fake_sa_flush(void *ctx, const struct kmod_filter *filter)
{
	struct fake_kernel *k = ctx;

	(void)filter;
	if (fake_log(k, "sa_flush\n"))
		return -EBUSY;
	k->n_sas = 0;
	return fake_done(k);
}

static inline int fake_sock_del(void *ctx, int family,
				enum cryptomap_sock_kind kind)
{
	struct fake_kernel *k = ctx;
	bool *kept = &k->sock[kind][family == AF_INET6];

	if (!*kept)
		return fake_refuse(k, -ENOENT, "no such socket");
	if (fake_log(k, "sock_del %s %s\n",
		     kind == CRYPTOMAP_SOCK_IKE ? "ike" : "natt",
		     family == AF_INET6 ? "ipv6" : "ipv4"))
		return -EBUSY;
	*kept = false;
	return fake_done(k);
}

static inline const char *fake_error(void *ctx)
{
	return ((struct fake_kernel *)ctx)->error;
}

static inline int fake_local_address(void *ctx, const char *ifname, int family,
				     struct addr *addr)
{
	struct fake_kernel *k = ctx;

	(void)ifname;
	*addr = family == AF_INET6 ? k->address6 : k->address;
	return addr_is_set(addr) ? 0 : -EADDRNOTAVAIL;
}

static const struct apply_ops fake_ops = {
	.acl_dump = fake_acl_dump, .acl_set = fake_acl_set,
	.acl_del = fake_acl_del, .line_add = fake_line_add,
	.line_del = fake_line_del, .map_dump = fake_map_dump,
	.map_set = fake_map_set, .map_del = fake_map_del,
	.entry_set = fake_entry_set, .entry_del = fake_entry_del,
	.link_dump = fake_link_dump, .link_add = fake_link_add,
	.link_del = fake_link_del,
	.lent_dump = fake_lent_dump, .lent_add = fake_lent_add,
	.lent_del = fake_lent_del,
	.bind_dump = fake_bind_dump, .bind = fake_bind,
	.unbind = fake_unbind, .flow_dump = fake_flow_dump,
	.sa_dump = fake_sa_dump, .sa_set = fake_sa_set,
	.sa_del = fake_sa_del, .sa_flush = fake_sa_flush,
	.sock_del = fake_sock_del,
	.error = fake_error, .local_address = fake_local_address,
};

/* --- Packets ----------------------------------------------------------------------- */

static inline bool fake_line_hits(const struct kmod_line *l, uint32_t src,
				  uint32_t dst)
{
	struct addr a, m;

	kmod_sel_src(&l->sel, AF_INET, &a, &m);
	if ((src & addr_to_v4(&m)) != addr_to_v4(&a))
		return false;
	kmod_sel_dst(&l->sel, AF_INET, &a, &m);
	return (dst & addr_to_v4(&m)) == addr_to_v4(&a);
}

/* Would a packet leave this interface in clear?  The rules of the contract. */
static inline bool fake_is_clear(struct fake_kernel *k, const char *ifname,
				 uint32_t src, uint32_t dst)
{
	const struct kmod_binding *b = apply_binding_find(&k->s, ifname);
	const struct apply_map *m = b ? apply_map_find(&k->s, b->map) : NULL;

	for (size_t i = 0; m && i < m->n; i++) {
		const struct apply_acl *a = apply_acl_find(&k->s,
							   m->entries[i].acl);

		for (size_t j = 0; a && j < a->n; j++) {
			if (a->family != AF_INET ||
			    !fake_line_hits(&a->lines[j], src, dst))
				continue;
			if (a->lines[j].action == CRYPTOMAP_ACTION_PERMIT)
				return false;
			break;
		}
	}
	return true;
}

static inline void fake_free(struct fake_kernel *k)
{
	apply_state_free(&k->s);
}

#endif

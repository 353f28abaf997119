// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel behind apply: kmod.h, and interface addresses. */
#include "tools/lib/apply.h"
#include "tools/lib/netif.h"

/* Each operation is the function of kmod.h with its client as context. */
#define FORWARD(name, params, args)				\
	static int do_##name params				\
	{							\
		return kmod_##name args;			\
	}

FORWARD(acl_set, (void *c, const struct kmod_acl *acl,
		  const struct kmod_line *lines, size_t n), (c, acl, lines, n))
FORWARD(acl_del, (void *c, const char *name), (c, name))
FORWARD(line_add, (void *c, const char *acl, const struct kmod_line *lines,
		   size_t n), (c, acl, lines, n))
FORWARD(line_del, (void *c, const char *acl, const uint32_t *seqs, size_t n),
	(c, acl, seqs, n))
FORWARD(map_set, (void *c, const struct kmod_map *map,
		  const struct kmod_entry *entries, size_t n),
	(c, map, entries, n))
FORWARD(map_del, (void *c, const char *name), (c, name))
FORWARD(entry_set, (void *c, const char *map, const struct kmod_entry *entry),
	(c, map, entry))
FORWARD(entry_del, (void *c, const char *map, uint32_t seq), (c, map, seq))
FORWARD(bind_dump, (void *c, kmod_binding_fn *fn, void *arg), (c, fn, arg))
FORWARD(bind, (void *c, const struct kmod_binding *binding), (c, binding))
FORWARD(unbind, (void *c, const char *ifname), (c, ifname))
FORWARD(flow_dump, (void *c, kmod_flow_fn *fn, void *arg), (c, fn, arg))
FORWARD(sa_dump, (void *c, const struct kmod_filter *filter, kmod_sa_fn *fn,
		  void *arg), (c, filter, fn, arg))
FORWARD(sa_set, (void *c, const struct kmod_sa *sa), (c, sa))
FORWARD(sa_del, (void *c, const struct kmod_sa *key), (c, key))
FORWARD(sa_flush, (void *c, const struct kmod_filter *filter), (c, filter))
FORWARD(sock_del, (void *c, int family, enum cryptomap_sock_kind kind),
	(c, family, kind))

static int do_acl_dump(void *c, kmod_line_fn *fn, void *arg)
{
	return kmod_acl_dump(c, NULL, fn, arg);
}

static int do_map_dump(void *c, kmod_entry_fn *fn, void *arg)
{
	return kmod_map_dump(c, NULL, fn, arg);
}

static int do_link_dump(void *c, link_fn *fn, void *arg)
{
	(void)c;
	return link_tunnel_dump(fn, arg);
}

static int do_link_add(void *c, const char *name)
{
	(void)c;
	return link_tunnel_add(name);
}

static int do_link_del(void *c, const char *name)
{
	(void)c;
	return link_tunnel_del(name);
}

static int do_lent_dump(void *c, lent_fn *fn, void *arg)
{
	(void)c;
	return lent_dump(fn, arg);
}

static int do_lent_add(void *c, const struct lent *lent)
{
	(void)c;
	return lent_add(lent);
}

static int do_lent_del(void *c, const struct lent *lent)
{
	(void)c;
	return lent_del(lent);
}

static const char *do_error(void *c)
{
	return kmod_error(c);
}

static int do_local_address(void *c, const char *ifname, int family,
			    struct addr *addr)
{
	(void)c;
	return netif_address(ifname, family, addr);
}

const struct apply_ops apply_kmod_ops = {
	.acl_dump = do_acl_dump,
	.acl_set = do_acl_set,
	.acl_del = do_acl_del,
	.line_add = do_line_add,
	.line_del = do_line_del,
	.map_dump = do_map_dump,
	.map_set = do_map_set,
	.map_del = do_map_del,
	.entry_set = do_entry_set,
	.entry_del = do_entry_del,
	.bind_dump = do_bind_dump,
	.bind = do_bind,
	.unbind = do_unbind,
	.flow_dump = do_flow_dump,
	.sa_dump = do_sa_dump,
	.sa_set = do_sa_set,
	.sa_del = do_sa_del,
	.sa_flush = do_sa_flush,
	.sock_del = do_sock_del,
	.link_dump = do_link_dump,
	.link_add = do_link_add,
	.link_del = do_link_del,
	.lent_dump = do_lent_dump,
	.lent_add = do_lent_add,
	.lent_del = do_lent_del,
	.error = do_error,
	.local_address = do_local_address,
};

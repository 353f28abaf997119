/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the configuration model to kernel objects, by difference (C-033 to
 * C-043, F-114).
 *
 * The kernel's own state is read first and is what the difference is taken
 * against, so the result is right whatever was there before: nothing, what an
 * earlier run left, or half of what a crashed one did.  What did not change is
 * not touched: its flows, SAs and counters go on.
 *
 * Nothing is in clear in between.  New lists and entries are complete before
 * anything is bound, a binding moves before the old one goes, and where
 * one change takes more than one step on a bound map, a guard stands behind
 * its entries for that time: entries without SAs that hold a copy of the old
 * lists, so that what was protected before and is matched by nothing for a
 * moment is dropped.
 *
 * Tunnel interfaces of the configuration are made and, when they are not in it
 * any more, removed; what a profile stands for is derived here.
 *
 * SAs of `ipsec-manual` entries are installed with owner 0; SAs of other
 * owners are never touched.
 */
#ifndef TOOLS_LIB_APPLY_H
#define TOOLS_LIB_APPLY_H

#include "tools/lib/err.h"
#include "tools/lib/kmod.h"
#include "tools/lib/lent.h"
#include "tools/lib/link.h"

struct cm_config;

/*
 * The kernel as apply sees it.  The functions are those of kmod.h with the
 * client as context; unit tests bring a fake.  error() returns the text of the
 * last failure.  local_address() finds the address of that family which an
 * interface uses outside: 0 or -EADDRNOTAVAIL.
 */
struct apply_ops {
	int (*acl_dump)(void *ctx, kmod_line_fn *fn, void *arg);
	int (*acl_set)(void *ctx, const struct kmod_acl *acl,
		       const struct kmod_line *lines, size_t n);
	int (*acl_del)(void *ctx, const char *name);
	int (*line_add)(void *ctx, const char *acl,
			const struct kmod_line *lines, size_t n);
	int (*line_del)(void *ctx, const char *acl, const uint32_t *seqs,
			size_t n);
	int (*map_dump)(void *ctx, kmod_entry_fn *fn, void *arg);
	int (*map_set)(void *ctx, const struct kmod_map *map,
		       const struct kmod_entry *entries, size_t n);
	int (*map_del)(void *ctx, const char *name);
	int (*entry_set)(void *ctx, const char *map,
			 const struct kmod_entry *entry);
	int (*entry_del)(void *ctx, const char *map, uint32_t seq);
	int (*bind_dump)(void *ctx, kmod_binding_fn *fn, void *arg);
	int (*bind)(void *ctx, const struct kmod_binding *binding);
	int (*unbind)(void *ctx, const char *ifname);
	int (*flow_dump)(void *ctx, kmod_flow_fn *fn, void *arg);
	int (*sa_dump)(void *ctx, const struct kmod_filter *filter,
		       kmod_sa_fn *fn, void *arg);
	int (*sa_set)(void *ctx, const struct kmod_sa *sa);
	int (*sa_del)(void *ctx, const struct kmod_sa *key);
	int (*sa_flush)(void *ctx, const struct kmod_filter *filter);
	int (*sock_del)(void *ctx, int family, enum cryptomap_sock_kind kind);
	/* link.h: those with our mark */
	int (*link_dump)(void *ctx, link_fn *fn, void *arg);
	int (*link_add)(void *ctx, const char *name);
	int (*link_del)(void *ctx, const char *name);
	/* lent.h */
	int (*lent_dump)(void *ctx, lent_fn *fn, void *arg);
	int (*lent_add)(void *ctx, const struct lent *lent);
	int (*lent_del)(void *ctx, const struct lent *lent);
	const char *(*error)(void *ctx);
	int (*local_address)(void *ctx, const char *ifname, int family,
			     struct addr *addr);
};

/* The real one; its context is a struct kmod. */
extern const struct apply_ops apply_kmod_ops;

/* One sentence per change or remark; valid during the call. */
typedef void apply_report_fn(void *arg, const char *sentence);

struct apply {
	const struct apply_ops *ops;
	void *ctx;			/* of ops */
	apply_report_fn *report;	/* may be NULL */
	void *report_arg;
};

/*
 * Make the kernel be what @new says.  @old is the configuration that was
 * applied last, or NULL when that is not known; it only tells whether manual
 * keys, which the kernel never gives out, are still the same: without it
 * manual SAs are installed afresh (an outbound one goes on with its sequence
 * number).  @new must have passed config_check().
 *
 * Calling it again with the same configuration changes nothing, except that
 * manual SAs which had to wait for their interface's address are installed.
 *
 * Returns 0, or a negative errno with the sentence in @err: @old is then put
 * back; if it is NULL or the kernel refuses that too (reported), what was done
 * until then stays done, everything bound stays protected, and a further call
 * continues.
 */
int apply_config(const struct apply *a, const struct cm_config *old,
		 const struct cm_config *new, struct err *err);

/*
 * Remove everything: bindings, maps, lists, our tunnel interfaces, SAs of every
 * owner, and the IKE sockets that the module keeps for a daemon to come.
 */
int apply_nothing(const struct apply *a, struct err *err);

#endif

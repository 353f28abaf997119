/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists, maps and bindings in one form, whether they were read from the kernel
 * or are wanted by the configuration: what a difference is taken between.
 */
#ifndef TOOLS_LIB_APPLY_STATE_H
#define TOOLS_LIB_APPLY_STATE_H

#include "tools/lib/apply.h"

struct apply_acl {
	char name[KMOD_NAME_SIZE];
	uint8_t family;			/* AF_INET, AF_INET6 */
	struct kmod_line *lines;	/* by ascending seq */
	size_t n, cap;
};

struct apply_map {
	char name[KMOD_NAME_SIZE];
	char local_if[IF_NAMESIZE];	/* "": none */
	struct kmod_entry *entries;	/* by ascending seq */
	size_t n, cap;
};

struct apply_state {
	struct apply_acl *acls;
	size_t n_acls, cap_acls;
	struct apply_map *maps;
	size_t n_maps, cap_maps;
	struct kmod_binding *bindings;
	size_t n_bindings, cap_bindings;
	char (*links)[IF_NAMESIZE];	/* tunnel interfaces that are ours */
	size_t n_links, cap_links;
	struct lent *lent;		/* addresses of unnumbered ones */
	size_t n_lent, cap_lent;
};

/* Read the kernel's state into an empty @s; free it in any case. */
int apply_state_read(const struct apply *a, struct apply_state *s,
		     struct err *err);
/*
 * What @cfg wants of the kernel.  Remarks (an entry that names a list which
 * does not exist) are reported.
 */
int apply_state_want(const struct apply *a, const struct cm_config *cfg,
		     struct apply_state *s, struct err *err);
void apply_state_free(struct apply_state *s);

struct apply_acl *apply_acl_find(const struct apply_state *s,
				 const char *name);
struct apply_map *apply_map_find(const struct apply_state *s,
				 const char *name);
struct kmod_entry *apply_entry_find(const struct apply_map *map, uint32_t seq);
struct kmod_binding *apply_binding_find(const struct apply_state *s,
					const char *ifname);

/* Append an empty one; NULL without memory. */
struct apply_acl *apply_acl_add(struct apply_state *s, const char *name,
				uint8_t family);
struct apply_map *apply_map_add(struct apply_state *s, const char *name);
int apply_line_add(struct apply_acl *acl, const struct kmod_line *line);
int apply_entry_add(struct apply_map *map, const struct kmod_entry *entry);
/* Removes @entry, one of its own. */
void apply_entry_forget(struct apply_map *map, struct kmod_entry *entry);
int apply_binding_add(struct apply_state *s,
		      const struct kmod_binding *binding);

int apply_link_add(struct apply_state *s, const char *name);
bool apply_link_find(const struct apply_state *s, const char *name);
int apply_lent_add(struct apply_state *s, const struct lent *lent);
bool apply_lent_find(const struct apply_state *s, const struct lent *lent);

/* Equality of what the configuration decides; counters do not matter. */
bool apply_line_equal(const struct kmod_line *a, const struct kmod_line *b);
bool apply_acl_equal(const struct apply_acl *a, const struct apply_acl *b);
bool apply_entry_equal(const struct kmod_entry *a, const struct kmod_entry *b);

/* Tell what was done. */
void apply_say(const struct apply *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* 0 stays 0; otherwise the kernel's sentence after "fmt: " goes to @err. */
int apply_check(const struct apply *a, int ret, struct err *err,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* --- Guards (apply_guard.c) ---------------------------------------------------- */

struct apply_guards {
	struct apply_guard *v;
	size_t n;
	unsigned int last;	/* number in the last guard's name */
};

/*
 * Put guards behind the entries of bound maps that take more than one step
 * from @have to @want.
 */
int apply_guards_raise(const struct apply *a, const struct apply_state *have,
		       const struct apply_state *want, struct apply_guards *g,
		       struct err *err);
/* Append the guards of @map to its entries, for a replacement of the whole. */
int apply_guards_join(const struct apply_guards *g, struct apply_map *map);
/* Remove them from the kernel. */
int apply_guards_drop(const struct apply *a, struct apply_guards *g,
		      struct err *err);
void apply_guards_free(struct apply_guards *g);

/* --- Unnumbered interfaces (apply_lent.c) -------------------------------------- */

/* Give what @want has and @have has not; take what @have has and @want has not. */
int apply_lend(const struct apply *a, const struct apply_state *have,
	       const struct apply_state *want, struct err *err);
int apply_take_back(const struct apply *a, const struct apply_state *have,
		    const struct apply_state *want, struct err *err);

/* --- Manual SAs (apply_manual.c) ----------------------------------------------- */

int apply_manual(const struct apply *a, const struct cm_config *old,
		 const struct cm_config *new, struct err *err);

#endif

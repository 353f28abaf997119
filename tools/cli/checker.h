/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pass over a configuration that judges it. Private to the checks. */
#ifndef CRYPTOMAP_TOOLS_CLI_CHECKER_H
#define CRYPTOMAP_TOOLS_CLI_CHECKER_H

#include "tools/cli/check.h"
#include "tools/cli/model.h"

struct checker {
	const struct cm_config *cfg;
	const struct cfg_map *map;	/* whose overlaps are looked for */
	enum check_level level;		/* of the pass */
	check_fn *report;
	void *arg;
	unsigned int errors;
};

/* @where: the word to blame, or NULL. Findings of the other pass are left out. */
void finding(struct checker *c, enum check_level level,
	     const struct cfg_where *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define error(c, where, ...)	finding(c, CHECK_ERROR, where, __VA_ARGS__)
#define warning(c, where, ...)	finding(c, CHECK_WARNING, where, __VA_ARGS__)

/*
 * The first of two places that is known: of one line that was typed, or of a
 * file that was merged, the text on the other side of a contradiction is not
 * at hand.
 */
const struct cfg_where *known(const struct cfg_where *a,
			      const struct cfg_where *b);

typedef void visit_fn(struct checker *c, const struct cfg_map *map,
		      const struct cfg_entry *entry, void *arg);

/* All entries of crypto maps; those of dynamic maps. */
void each_entry(struct checker *c, visit_fn *visit, void *arg);
void each_template(struct checker *c, visit_fn *visit, void *arg);

/* "map", "dynamic-map", "ipsec profile" */
const char *map_word(const struct checker *c, const struct cfg_map *map);

/* Its list, an entry of either kind of map. */
void check_entry_acl(struct checker *c, const struct cfg_map *map,
		     const struct cfg_entry *entry);

/* What of it is weaker than it may seem. */
void check_entry_security(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry);

/* check_transform.c */
void check_transform(struct checker *c, const struct cfg_transform *ts);
void check_entry_transforms(struct checker *c, const struct cfg_map *map,
			    const struct cfg_entry *entry);

/* check_dynamic.c */
void check_dynamic_entry(struct checker *c, const struct cfg_map *map,
			 const struct cfg_entry *entry);
void check_dynamic_order(struct checker *c, const struct cfg_map *map);
void check_dynamic(struct checker *c, const struct cfg_map *map);

/* check_key.c */
void check_keys(struct checker *c);
void check_pki(struct checker *c);
void check_entry_identity(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry);
/* May peers without a pre-shared key come up by certificates? */
bool checks_certificates(const struct cm_config *cfg);
void check_isakmp_peer(struct checker *c, const struct cfg_isakmp_peer *peer);

/* check_keyring.c */
void check_keyrings(struct checker *c);
void check_entry_isakmp_profile(struct checker *c, const struct cfg_map *map,
				const struct cfg_entry *entry);
/* Is there a pre-shared key to call @peer with, as that entry would? */
bool checks_key(const struct cm_config *cfg, const struct cfg_entry *entry,
		const struct addr *peer);

/* check_tunnel.c */
void check_tunnel(struct checker *c, const struct cfg_interface *ifc);
void check_profile(struct checker *c, const struct cfg_map *profile);

/* check_remote.c, check_radius.c */
void check_remote(struct checker *c);
void check_radius(struct checker *c);
/* check_nec.c */
void check_nec(struct checker *c);
/* check_ezvpn.c */
void check_ezvpn(struct checker *c);
/* check_ike.c: @negotiates: is there an entry that needs IKE? */
void check_ike(struct checker *c, bool negotiates);
/* check_access.c */
void check_access(struct checker *c);

#endif

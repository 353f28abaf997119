/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration model: IPsec as NEC IX has it (C-093 to C-100).  Part of model.h,
 * which includes this where all that it is made of is known.  These lines stay as they
 * are; what they stand for is derived (expand_nec.c).
 */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_NEC_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_NEC_H

/* Names have one character less than others: "~NAME" is what is derived. */
#define CFG_NEC_NAME_MAX	(CFG_NAME_SIZE - 2)
#define CFG_NEC_SECONDS_DEFAULT	28800u	/* of both phases (3.11, 3.12) */
#define CFG_NEC_PRIORITY	10001u	/* of the first derived policy: behind all others */

struct cfg_who;

/* `ike proposal NAME ...` (C-094) */
struct cfg_ike_proposal {
	char name[CFG_NAME_SIZE];
	struct cfg_policy suite;	/* without priority; of pre-shared keys */
};

/* `ike policy NAME peer ...`, `ike local-id|remote-id|keepalive NAME` (C-095). Secret. */
struct cfg_ike_policy {
	char name[CFG_NAME_SIZE];
	struct addr peer;		/* IPv4; unset: any */
	char secret[CFG_KEY_MAX + 1];
	bool aggressive;
	char proposals[CFG_TRANSFORMS_MAX][CFG_NAME_SIZE];
	size_t n_proposals;
	struct cfg_identity local;	/* text "": the address ... */
	struct cfg_identity remote;	/* ... and of the peer any (C-096) */
	struct cfg_keepalive keepalive;	/* seconds 0: as all */
	struct cfg_where where, remote_at, proposals_at[CFG_TRANSFORMS_MAX];
};

/* `ipsec autokey-proposal NAME ...` (C-097) */
struct cfg_autokey_proposal {
	char name[CFG_NAME_SIZE];
	struct cfg_transform set;	/* mode and name unused */
	uint32_t seconds, kilobytes;	/* as those of an entry */
};

/*
 * `ipsec autokey-map|dynamic-map NAME ...` (C-098), `ipsec local-id|remote-id NAME`
 * (C-099): as a crypto map of that name with one entry.
 */
struct cfg_autokey_map {
	char name[CFG_NAME_SIZE];
	bool dynamic;			/* peers whose addresses are not known */
	char acl[CFG_NAME_SIZE];
	struct addr peer;		/* unset exactly if @dynamic */
	char proposals[CFG_TRANSFORMS_MAX][CFG_NAME_SIZE];
	size_t n_proposals;
	unsigned int pfs_group;		/* 0: none */
	struct cfg_net local, remote;	/* family 0: that of the list */
	struct cfg_where where, acl_at, peer_at, local_at, remote_at;
	struct cfg_where proposals_at[CFG_TRANSFORMS_MAX];
};

/* NULL: there is none; _get(): a new one has the defaults, or no memory. */
struct cfg_ike_proposal *cfg_ike_proposal_find(const struct cm_config *cfg, const char *name);
struct cfg_ike_proposal *cfg_ike_proposal_get(struct cm_config *cfg, const char *name);
void cfg_ike_proposal_del(struct cm_config *cfg, struct cfg_ike_proposal *p);
struct cfg_ike_policy *cfg_ike_policy_find(const struct cm_config *cfg, const char *name);
struct cfg_ike_policy *cfg_ike_policy_get(struct cm_config *cfg, const char *name);
void cfg_ike_policy_del(struct cm_config *cfg, struct cfg_ike_policy *p);
struct cfg_autokey_proposal *cfg_autokey_proposal_find(const struct cm_config *cfg,
						       const char *name);
struct cfg_autokey_proposal *cfg_autokey_proposal_get(struct cm_config *cfg,
						      const char *name);
void cfg_autokey_proposal_del(struct cm_config *cfg, struct cfg_autokey_proposal *p);
struct cfg_autokey_map *cfg_autokey_map_find(const struct cm_config *cfg, const char *name);
struct cfg_autokey_map *cfg_autokey_map_get(struct cm_config *cfg, const char *name);
void cfg_autokey_map_del(struct cm_config *cfg, struct cfg_autokey_map *map);

/*
 * The ike policy of a peer: that of its address, else one of any that expects the
 * identity @name, else, with @name NULL or no such, one of any that expects none.
 */
const struct cfg_ike_policy *cfg_ike_policy_of(const struct cm_config *cfg,
					       const struct addr *peer, const char *name);
/* The same of who has been found before, in main mode, if that is still so. */
const struct cfg_ike_policy *cfg_ike_policy_who(const struct cm_config *cfg,
						const struct cfg_who *who);
/* Is it of any peer, found by no name?  All have the same key then (0.0.0.0/0). */
bool cfg_ike_policy_is_open(const struct cfg_ike_policy *p);
/* Is it of any peer, found by its name, in aggressive mode? */
bool cfg_ike_policy_is_named(const struct cfg_ike_policy *p);
/* Whose key its secret is: the peers, or the name, of @key, which is all zero else. */
void cfg_ike_policy_key_of(const struct cfg_ike_policy *p, struct cfg_key *key);
/*
 * Of a peer any that aggressive mode finds by @name; of a name that none expects the first,
 * so that the answer does not tell; NULL: there is none, or @peer is none of those.
 */
const struct cfg_ike_policy *cfg_ike_policy_named(const struct cm_config *cfg,
						  const struct addr *peer, const char *name);
/* The suites that a peer may be offered, or ask for. */
struct cfg_suites {
	const char *of;			/* of this ike policy; NULL: see @open */
	bool only;			/* and no others */
	bool open;			/* of all that are open, see above */
};
/*
 * Who has an ike policy has its proposals alone, and nobody else has those.  @name: that he
 * calls himself in aggressive mode, "": none; NULL: not known.  @out is valid as long as @cfg.
 */
void cfg_suites_find(const struct cm_config *cfg, const struct addr *peer, const char *name,
		     struct cfg_suites *out);
bool cfg_policy_is_for(const struct cfg_suites *suites, const struct cfg_policy *policy);
/* Does `ipsec policy transport` bind it to an interface? */
bool cfg_autokey_is_transport(const struct cm_config *cfg, const struct cfg_autokey_map *map);
/* Does a line of its list permit all that its identities are for? */
bool cfg_autokey_covered(const struct cfg_autokey_map *map, const struct cfg_ace *ace);
/* "keyid", "fqdn", ...: as NEC spells kinds of identities. */
const char *cfg_nec_identity_word(enum cfg_identity_kind kind);

/* Are peers of the same ike policies asked the same way? */
bool cfg_ike_keepalives_equal(const struct cm_config *a, const struct cm_config *b);

/* For the model itself. */
void cfg_nec_free(struct cm_config *cfg);
bool cfg_nec_copy(struct cm_config *to, const struct cm_config *from);
bool cfg_nec_equal(const struct cm_config *a, const struct cm_config *b);
void cfg_nec_forget_places(struct cm_config *cfg);
/* expand_nec.c: what they stand for; 0 or -ENOMEM. */
void cfg_nec_forget_derived(struct cm_config *cfg);
int cfg_nec_expand(struct cm_config *cfg);

#endif

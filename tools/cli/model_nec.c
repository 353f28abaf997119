// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: IPsec as NEC IX has it (C-093 to C-100). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

static void copy_name(char *to, const char *name)
{
	memcpy(to, name, strnlen(name, CFG_NAME_SIZE - 1));
}

/* Find, append and remove are the same for all four. */
#define NAMED(type, array, count)						\
struct type *type##_find(const struct cm_config *cfg, const char *name)	\
{									\
	return FIND_NAME(cfg->array, cfg->count, name, name);		\
}									\
static struct type *type##_add(struct cm_config *cfg, const char *name)	\
{									\
	struct type *x = INSERT(cfg->array, cfg->count, cfg->count);	\
									\
	if (x)								\
		copy_name(x->name, name);				\
	return x;							\
}									\
void type##_del(struct cm_config *cfg, struct type *x)			\
{									\
	REMOVE(cfg->array, cfg->count, x);				\
}

NAMED(cfg_ike_proposal, ike_proposals, n_ike_proposals)
NAMED(cfg_ike_policy, ike_policies, n_ike_policies)
NAMED(cfg_autokey_proposal, autokey_proposals, n_autokey_proposals)
NAMED(cfg_autokey_map, autokey_maps, n_autokey_maps)

struct cfg_ike_proposal *cfg_ike_proposal_get(struct cm_config *cfg, const char *name)
{
	struct cfg_ike_proposal *p = cfg_ike_proposal_find(cfg, name);

	if (p)
		return p;
	p = cfg_ike_proposal_add(cfg, name);
	if (!p)
		return NULL;
	p->suite.group = 1;
	p->suite.lifetime = CFG_NEC_SECONDS_DEFAULT;
	return p;
}

struct cfg_ike_policy *cfg_ike_policy_get(struct cm_config *cfg, const char *name)
{
	return cfg_ike_policy_find(cfg, name) ?: cfg_ike_policy_add(cfg, name);
}

struct cfg_autokey_proposal *cfg_autokey_proposal_get(struct cm_config *cfg,
						      const char *name)
{
	return cfg_autokey_proposal_find(cfg, name) ?:
	       cfg_autokey_proposal_add(cfg, name);
}

struct cfg_autokey_map *cfg_autokey_map_get(struct cm_config *cfg, const char *name)
{
	return cfg_autokey_map_find(cfg, name) ?: cfg_autokey_map_add(cfg, name);
}

/* --- who is who --------------------------------------------------------------- */

static const struct cfg_ike_policy *policy_of_address(const struct cm_config *cfg,
						      const struct addr *peer)
{
	size_t i = 0;

	while (i < cfg->n_ike_policies &&
	       !addr_equal(&cfg->ike_policies[i].peer, peer))
		i++;
	return i < cfg->n_ike_policies ? &cfg->ike_policies[i] : NULL;
}

static bool is_any(const struct cfg_ike_policy *p)
{
	return !addr_is_set(&p->peer);
}

bool cfg_ike_policy_is_named(const struct cfg_ike_policy *p)
{
	return is_any(p) && p->aggressive && p->remote.text[0];
}

bool cfg_ike_policy_is_open(const struct cfg_ike_policy *p)
{
	return is_any(p) && !cfg_ike_policy_is_named(p);
}

/* Is a peer like that one of those that no other line is for? */
static bool is_stranger(const struct cm_config *cfg, const struct addr *peer)
{
	const struct cfg_key *key = cfg_key_for_address(cfg, peer);

	return peer->family == AF_INET && !cfg_isakmp_peer_find(cfg, peer) &&
	       (!key || key->peers.len < addr_bits(&key->peers.addr));
}

const struct cfg_ike_policy *cfg_ike_policy_of(const struct cm_config *cfg,
					       const struct addr *peer, const char *name)
{
	const struct cfg_ike_policy *p = policy_of_address(cfg, peer), *unnamed = NULL;
	size_t i;

	if (p || !is_stranger(cfg, peer))
		return p;
	for (i = 0; i < cfg->n_ike_policies; i++) {
		p = &cfg->ike_policies[i];
		if (!is_any(p))
			continue;
		if (name && !strcasecmp(p->remote.text, name))
			return p;
		if (!p->remote.text[0] && !unnamed)
			unnamed = p;
	}
	return unnamed;
}

const struct cfg_ike_policy *cfg_ike_policy_who(const struct cm_config *cfg,
						const struct cfg_who *who)
{
	const struct cfg_ike_policy *p = who->ike_policy ?
		cfg_ike_policy_find(cfg, who->ike_policy) : NULL;

	return p && cfg_ike_policy_is_open(p) ? p :
	       cfg_ike_policy_of(cfg, who->remote, who->key_name);
}

const struct cfg_ike_policy *cfg_ike_policy_named(const struct cm_config *cfg,
						  const struct addr *peer, const char *name)
{
	const struct cfg_ike_policy *p, *first = NULL;

	if (policy_of_address(cfg, peer) || !is_stranger(cfg, peer))
		return NULL;
	for (p = cfg->ike_policies; p < cfg->ike_policies + cfg->n_ike_policies; p++) {
		if (!cfg_ike_policy_is_named(p))
			continue;
		if (!strcasecmp(p->remote.text, name))
			return p;
		first = first ?: p;
	}
	return first;
}

void cfg_suites_find(const struct cm_config *cfg, const struct addr *peer, const char *name,
		     struct cfg_suites *out)
{
	const struct cfg_ike_policy *p = policy_of_address(cfg, peer);

	*out = (struct cfg_suites){ .only = p };
	if (!p && name)
		p = cfg_ike_policy_named(cfg, peer, name);
	if (p)
		out->of = p->name;
	else
		out->open = is_stranger(cfg, peer);
}

bool cfg_policy_is_for(const struct cfg_suites *suites, const struct cfg_policy *policy)
{
	if (!policy->of[0])
		return !suites->only;
	return suites->of ? !strcmp(policy->of, suites->of) : suites->open && policy->open;
}

static bool same_keepalive(const struct cfg_ike_policy *a, const struct cfg_ike_policy *b)
{
	return !strcmp(a->name, b->name) && addr_equal(&a->peer, &b->peer) &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive);
}

bool cfg_ike_keepalives_equal(const struct cm_config *a, const struct cm_config *b)
{
	return ARRAYS_EQUAL(a, b, ike_policies, n_ike_policies, same_keepalive);
}

bool cfg_autokey_is_transport(const struct cm_config *cfg, const struct cfg_autokey_map *map)
{
	size_t i = 0;

	while (i < cfg->n_interfaces && !(cfg->interfaces[i].policy_transport &&
					  !strcmp(cfg->interfaces[i].map, map->name)))
		i++;
	return i < cfg->n_interfaces;
}

static bool covers(const struct cfg_net *net, const struct cfg_net *of)
{
	struct range all = cfg_net_range(net), part = cfg_net_range(of);

	return !addr_is_set(&of->addr) ||
	       (cfg_net_len(net) >= 0 && range_contains(&all, &part.from) &&
		range_contains(&all, &part.to));
}

bool cfg_autokey_covered(const struct cfg_autokey_map *map, const struct cfg_ace *ace)
{
	return ace->action == CFG_PERMIT && !ace->protocol &&
	       covers(&ace->src, &map->local) && covers(&ace->dst, &map->remote);
}

const char *cfg_nec_identity_word(enum cfg_identity_kind kind)
{
	return kind == CFG_IDENTITY_KEY_ID ? "keyid" :
	       kind == CFG_IDENTITY_FQDN ? "fqdn" :
	       kind == CFG_IDENTITY_USER_FQDN ? "user-fqdn" : "address";
}

/* --- the model ------------------------------------------------------------------ */

void cfg_nec_free(struct cm_config *cfg)
{
	cfg_array_free(cfg->ike_policies, cfg->n_ike_policies, sizeof(*cfg->ike_policies));
	free(cfg->ike_proposals);
	free(cfg->autokey_proposals);
	free(cfg->autokey_maps);
}

bool cfg_nec_copy(struct cm_config *to, const struct cm_config *from)
{
	bool ok = COPY(to, from, ike_proposals, n_ike_proposals);

	ok &= COPY(to, from, ike_policies, n_ike_policies);
	ok &= COPY(to, from, autokey_proposals, n_autokey_proposals);
	ok &= COPY(to, from, autokey_maps, n_autokey_maps);
	return ok;
}

static bool names_equal(const char (*a)[CFG_NAME_SIZE], size_t n,
			const char (*b)[CFG_NAME_SIZE], size_t m)
{
	size_t i;

	for (i = 0; i < n && n == m; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return n == m;
}

static bool ike_proposal_equal(const struct cfg_ike_proposal *a,
			       const struct cfg_ike_proposal *b)
{
	return !strcmp(a->name, b->name) && cfg_policy_equal(&a->suite, &b->suite);
}

static bool identity_equal(const struct cfg_identity *a, const struct cfg_identity *b)
{
	return a->kind == b->kind && !strcmp(a->text, b->text);
}

static bool ike_policy_equal(const struct cfg_ike_policy *a, const struct cfg_ike_policy *b)
{
	return !strcmp(a->name, b->name) && addr_equal(&a->peer, &b->peer) &&
	       secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       a->aggressive == b->aggressive &&
	       names_equal(a->proposals, a->n_proposals, b->proposals, b->n_proposals) &&
	       identity_equal(&a->local, &b->local) &&
	       identity_equal(&a->remote, &b->remote) &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive);
}

static bool autokey_proposal_equal(const struct cfg_autokey_proposal *a,
				   const struct cfg_autokey_proposal *b)
{
	return !strcmp(a->name, b->name) && cfg_transform_equal(&a->set, &b->set) &&
	       a->seconds == b->seconds && a->kilobytes == b->kilobytes;
}

static bool autokey_map_equal(const struct cfg_autokey_map *a,
			      const struct cfg_autokey_map *b)
{
	return !strcmp(a->name, b->name) && a->dynamic == b->dynamic &&
	       !strcmp(a->acl, b->acl) && addr_equal(&a->peer, &b->peer) &&
	       names_equal(a->proposals, a->n_proposals, b->proposals, b->n_proposals) &&
	       a->pfs_group == b->pfs_group && cfg_net_equal(&a->local, &b->local) &&
	       cfg_net_equal(&a->remote, &b->remote);
}

bool cfg_nec_equal(const struct cm_config *a, const struct cm_config *b)
{
	return ARRAYS_EQUAL(a, b, ike_proposals, n_ike_proposals, ike_proposal_equal) &&
	       ARRAYS_EQUAL(a, b, ike_policies, n_ike_policies, ike_policy_equal) &&
	       ARRAYS_EQUAL(a, b, autokey_proposals, n_autokey_proposals,
			    autokey_proposal_equal) &&
	       ARRAYS_EQUAL(a, b, autokey_maps, n_autokey_maps, autokey_map_equal);
}

void cfg_nec_forget_places(struct cm_config *cfg)
{
	static const struct cfg_where nowhere;
	struct cfg_autokey_map *map;
	struct cfg_policy *suite;
	size_t i;

	for (i = 0; i < cfg->n_ike_proposals; i++) {
		suite = &cfg->ike_proposals[i].suite;
		suite->where = suite->cipher_at = suite->hash_at = suite->group_at =
			nowhere;
	}
	for (i = 0; i < cfg->n_ike_policies; i++) {
		cfg->ike_policies[i].where = cfg->ike_policies[i].remote_at = nowhere;
		memset(cfg->ike_policies[i].proposals_at, 0,
		       sizeof(cfg->ike_policies[i].proposals_at));
	}
	for (i = 0; i < cfg->n_autokey_proposals; i++)
		cfg->autokey_proposals[i].set.where =
			cfg->autokey_proposals[i].set.cipher_at =
			cfg->autokey_proposals[i].set.hash_at = nowhere;
	for (map = cfg->autokey_maps; map < cfg->autokey_maps + cfg->n_autokey_maps; map++) {
		map->where = map->acl_at = map->peer_at = map->local_at =
			map->remote_at = nowhere;
		memset(map->proposals_at, 0, sizeof(map->proposals_at));
	}
}

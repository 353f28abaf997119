// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the lines of NEC IX stand for: an ike policy for a key, suites of phase 1 that
 * are of its peer alone and, if it says so, aggressive mode; an autokey-map for a
 * crypto map of that name, whose list are the identities of phase 2 where it has them.
 * So what goes into an SA is what both ends have agreed on, and nothing else.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/model.h"

void cfg_nec_forget_derived(struct cm_config *cfg)
{
	size_t i;

	for (i = cfg->n_policies; i; i--)
		if (cfg->policies[i - 1].of[0])
			cfg_policy_del(cfg, &cfg->policies[i - 1]);
	for (i = cfg->n_dynamics; i; i--)
		if (cfg->dynamics[i - 1].derived)
			cfg_dynamic_del(cfg, &cfg->dynamics[i - 1]);
}

/* --- phase 1 ---------------------------------------------------------------------- */

static int add_suites(struct cm_config *cfg, const struct cfg_ike_policy *p)
{
	uint32_t priority = CFG_NEC_PRIORITY;
	const struct cfg_ike_proposal *from;
	struct cfg_policy *suite;
	size_t i;

	if (cfg->n_policies && cfg->policies[cfg->n_policies - 1].of[0])
		priority = cfg->policies[cfg->n_policies - 1].priority + 1;
	for (i = 0; i < p->n_proposals; i++) {
		from = cfg_ike_proposal_find(cfg, p->proposals[i]);
		if (!from)
			continue;	/* the checks tell */
		suite = cfg_policy_get(cfg, priority);
		if (!suite)
			return -ENOMEM;
		*suite = from->suite;
		suite->priority = priority++;
		suite->open = cfg_ike_policy_is_open(p);
		memcpy(suite->of, p->name, sizeof(suite->of));
		memcpy(suite->proposal, from->name, sizeof(suite->proposal));
	}
	return 0;
}

void cfg_ike_policy_key_of(const struct cfg_ike_policy *p, struct cfg_key *key)
{
	if (cfg_ike_policy_is_named(p)) {
		memcpy(key->hostname, p->remote.text, sizeof(key->hostname));
		return;
	}
	key->peers.addr = p->peer;
	key->peers.addr.family = AF_INET;
	key->peers.len = addr_is_set(&p->peer) ? addr_bits(&p->peer) : 0;
}

/* Of its address, of any, or, in aggressive mode, of the name that it is to have. */
static int add_key(struct cm_config *cfg, const struct cfg_ike_policy *p)
{
	struct cfg_key key = { .derived = true, .no_xauth = true, .where = p->where };
	struct cfg_key *added;
	size_t i;

	memcpy(key.secret, p->secret, sizeof(key.secret));
	cfg_ike_policy_key_of(p, &key);
	for (i = 0; i < cfg->n_keys; i++)
		if (cfg_key_same_peers(&cfg->keys[i], &key))
			break;		/* the same, or the checks tell */
	added = i < cfg->n_keys ? NULL : cfg_key_add(cfg);
	if (added)
		*added = key;
	explicit_bzero(&key, sizeof(key));
	return added || i < cfg->n_keys ? 0 : -ENOMEM;
}

static int add_aggressive(struct cm_config *cfg, const struct cfg_ike_policy *p)
{
	struct cfg_isakmp_peer *peer;

	if (!p->aggressive || !addr_is_set(&p->peer) ||
	    cfg_isakmp_peer_find(cfg, &p->peer))
		return 0;
	peer = cfg_isakmp_peer_get(cfg, &p->peer);
	if (!peer)
		return -ENOMEM;
	peer->derived = true;
	peer->answered = true;
	peer->endpoint = p->local;
	memcpy(peer->secret, p->secret, sizeof(peer->secret));
	peer->where = p->where;
	return 0;
}

/* --- phase 2 ---------------------------------------------------------------------- */

static void set_name(const struct cfg_autokey_proposal *p, bool transport, char *name)
{
	snprintf(name, CFG_NAME_SIZE, "%s%.*s", transport ? "~" : "", CFG_NEC_NAME_MAX,
		 p->name);
}

static int add_set(struct cm_config *cfg, const struct cfg_autokey_proposal *p,
		   bool transport, char *name)
{
	struct cfg_transform *set;

	set_name(p, transport, name);
	if (cfg_transform_find(cfg, name))
		return 0;	/* of another map, or the checks tell */
	set = cfg_transform_get(cfg, name);
	if (!set)
		return -ENOMEM;
	*set = p->set;
	memcpy(set->name, name, sizeof(set->name));
	set->mode = transport ? CFG_TRANSPORT : CFG_TUNNEL;
	set->mode_at = p->set.where;
	set->derived = true;
	return 0;
}

static int add_sets(struct cm_config *cfg, const struct cfg_autokey_map *map,
		    struct cfg_entry *entry)
{
	bool transport = cfg_autokey_is_transport(cfg, map);
	const struct cfg_autokey_proposal *p;
	char name[CFG_NAME_SIZE];
	int ret = 0;
	size_t i;

	for (i = 0; i < map->n_proposals && !ret; i++) {
		memset(name, 0, sizeof(name));
		memcpy(name, map->proposals[i], sizeof(name));
		p = cfg_autokey_proposal_find(cfg, map->proposals[i]);
		if (p)
			ret = add_set(cfg, p, transport, name);
		if (p && !i) {
			entry->seconds = p->seconds;
			entry->kilobytes = p->kilobytes;
		}
		entry->transforms_at[i] = map->proposals_at[i];
		memcpy(entry->transforms[i], name, sizeof(name));
		entry->n_transforms = i + 1;
	}
	return ret;
}

static int add_line(struct cfg_acl *acl, const struct cfg_ace *like,
		    const struct cfg_autokey_map *map)
{
	struct cfg_ace *ace = cfg_ace_get(acl, 10 * (acl->n_aces + 1));

	if (!ace)
		return -ENOMEM;
	ace->action = like->action;
	ace->src = like->src;
	ace->dst = like->dst;
	ace->where = map->local_at;
	if (like->action == CFG_DENY) {
		ace->protocol = like->protocol;
		ace->sport = like->sport;
		ace->dport = like->dport;
		return 0;
	}
	if (addr_is_set(&map->local.addr))
		ace->src = map->local;
	if (addr_is_set(&map->remote.addr))
		ace->dst = map->remote;
	return 0;
}

/* Would the identities make of @ace what they have made of a line before it? */
static bool has_line(const struct cfg_acl *acl, const struct cfg_ace *ace,
		     const struct cfg_autokey_map *map)
{
	const struct cfg_net *src = addr_is_set(&map->local.addr) ? &map->local : &ace->src;
	const struct cfg_net *dst = addr_is_set(&map->remote.addr) ? &map->remote : &ace->dst;
	size_t i = 0;

	while (i < acl->n_aces &&
	       !(acl->aces[i].action == CFG_PERMIT &&
		 cfg_net_equal(&acl->aces[i].src, src) &&
		 cfg_net_equal(&acl->aces[i].dst, dst)))
		i++;
	return i < acl->n_aces;
}

/* Both identities are one line: where the list permits them, else behind all that it denies. */
static int add_both(const struct cfg_autokey_map *map, const struct cfg_acl *from,
		    const struct cfg_ace *like, struct cfg_acl *acl)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < from->n_aces && !cfg_autokey_covered(map, &from->aces[i]) && !ret; i++)
		if (from->aces[i].action == CFG_DENY)
			ret = add_line(acl, &from->aces[i], map);
	return ret ?: add_line(acl, like, map);
}

/* The identities; of one that is not set, that side of each line of the list. */
static int add_identities(struct cm_config *cfg, const struct cfg_autokey_map *map,
			  const char *name)
{
	struct cfg_acl *acl = cfg_acl_get(cfg, name);
	const struct cfg_acl *from = cfg_acl_find(cfg, map->acl);
	const struct cfg_ace *like = cfg_acl_first_permit(from);
	int ret = 0;
	size_t i;

	if (!acl)
		return -ENOMEM;
	acl->derived = true;
	acl->family = AF_INET;
	if (!like)
		return 0;
	if (addr_is_set(&map->local.addr) && addr_is_set(&map->remote.addr))
		return add_both(map, from, like, acl);
	for (i = 0; i < from->n_aces && !ret; i++)
		if (from->aces[i].action == CFG_DENY || !has_line(acl, &from->aces[i], map))
			ret = add_line(acl, &from->aces[i], map);
	return ret;
}

static int add_list(struct cm_config *cfg, const struct cfg_autokey_map *map,
		    struct cfg_entry *entry)
{
	bool own = cfg_acl_find(cfg, map->acl) &&
		   (map->local.addr.family || map->remote.addr.family);

	entry->acl_at = map->acl_at;
	snprintf(entry->acl, sizeof(entry->acl), "%s%.*s", own ? "~" : "",
		 own ? CFG_NEC_NAME_MAX : CFG_NAME_SIZE - 1, own ? map->name : map->acl);
	return own ? add_identities(cfg, map, entry->acl) : 0;
}

static int add_terms(struct cm_config *cfg, const struct cfg_autokey_map *from,
		     struct cfg_map *map)
{
	struct cfg_entry *entry = cfg_entry_get(map, 1);

	if (!entry)
		return -ENOMEM;
	map->derived = true;
	map->where = entry->where = from->where;
	entry->pfs_group = from->pfs_group;
	if (!from->dynamic) {
		entry->peers[entry->n_peers++] = from->peer;
		entry->peers_at[0] = from->peer_at;
	}
	return add_sets(cfg, from, entry) ?: add_list(cfg, from, entry);
}

static int add_dynamic(struct cm_config *cfg, const struct cfg_autokey_map *from,
		       struct cfg_map *map)
{
	struct cfg_entry *entry = cfg_entry_get(map, 1);
	struct cfg_map *dynamic;

	if (!entry)
		return -ENOMEM;
	map->derived = true;
	map->where = entry->where = entry->dynamic_at = from->where;
	entry->type = CFG_IPSEC_DYNAMIC;
	memcpy(entry->dynamic, from->name, sizeof(entry->dynamic));
	if (cfg_dynamic_find(cfg, from->name))
		return 0;	/* the checks tell */
	dynamic = cfg_dynamic_get(cfg, from->name);
	return dynamic ? add_terms(cfg, from, dynamic) : -ENOMEM;
}

static int add_map(struct cm_config *cfg, const struct cfg_autokey_map *from)
{
	struct cfg_map *map;

	if (cfg_map_find(cfg, from->name))
		return 0;	/* the checks tell */
	map = cfg_map_get(cfg, from->name);
	if (!map)
		return -ENOMEM;
	return from->dynamic ? add_dynamic(cfg, from, map) : add_terms(cfg, from, map);
}

int cfg_nec_expand(struct cm_config *cfg)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < cfg->n_ike_policies && !ret; i++)
		ret = add_key(cfg, &cfg->ike_policies[i]) ?:
		      add_suites(cfg, &cfg->ike_policies[i]) ?:
		      add_aggressive(cfg, &cfg->ike_policies[i]);
	for (i = 0; i < cfg->n_autokey_maps && !ret; i++)
		ret = add_map(cfg, &cfg->autokey_maps[i]);
	return ret;
}

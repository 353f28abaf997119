// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: creation, copy, look-up, insertion, removal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"

struct cm_config *cm_config_new(void)
{
	struct cm_config *cfg = calloc(1, sizeof(*cfg));

	if (!cfg)
		return NULL;
	cfg->keepalive.retry = CFG_KEEPALIVE_RETRY_DEFAULT;
	cfg->nat_keepalive = CFG_NAT_KEEPALIVE_DEFAULT;
	cfg->natt = true;
	cfg->ike_mtu = CFG_IKE_MTU_DEFAULT;
	cfg->sa_seconds = CFG_SA_SECONDS_DEFAULT;
	cfg->sa_kilobytes = CFG_SA_KILOBYTES_DEFAULT;
	cfg->replay_window = CFG_REPLAY_DEFAULT;
	cfg->radius_all.timeout = CFG_RADIUS_TIMEOUT_DEFAULT;
	cfg->radius_all.retransmit = CFG_RADIUS_RETRANSMIT_DEFAULT;
	cfg->radius_deadtime = CFG_RADIUS_DEADTIME_DEFAULT;
	return cfg;
}

static void free_entries(struct cfg_map *maps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		cfg_array_free(maps[i].entries, maps[i].n_entries,
			   sizeof(*maps[i].entries));
}

void cm_config_free(struct cm_config *cfg)
{
	size_t i;

	if (!cfg)
		return;
	for (i = 0; i < cfg->n_acls; i++)
		free(cfg->acls[i].aces);
	free_entries(cfg->maps, cfg->n_maps);
	free_entries(cfg->dynamics, cfg->n_dynamics);
	free_entries(cfg->profiles, cfg->n_profiles);
	cfg_array_free(cfg->keys, cfg->n_keys, sizeof(*cfg->keys));
	cfg_array_free(cfg->isakmp_peers, cfg->n_isakmp_peers,
		   sizeof(*cfg->isakmp_peers));
	cfg_array_free(cfg->ezvpns, cfg->n_ezvpns, sizeof(*cfg->ezvpns));
	free(cfg->logging);
	free(cfg->policies);
	free(cfg->ike_places);
	free(cfg->trustpoints);
	free(cfg->peer_identities);
	free(cfg->transforms);
	free(cfg->acls);
	free(cfg->maps);
	free(cfg->dynamics);
	free(cfg->profiles);
	free(cfg->interfaces);
	cfg_nec_free(cfg);
	cfg_remote_free(cfg);
	cfg_keyrings_free(cfg);
	explicit_bzero(cfg, sizeof(*cfg));
	free(cfg);
}

static bool copy_entries(struct cfg_map *maps, size_t n)
{
	size_t i;
	bool ok = true;

	for (i = 0; i < n; i++) {
		struct cfg_map from = maps[i];

		ok &= COPY(&maps[i], &from, entries, n_entries);
	}
	return ok;
}

/* Copies the arrays inside the elements, which still point to the original's. */
static bool copy_nested(struct cm_config *to)
{
	size_t i;
	bool ok = true;

	for (i = 0; i < to->n_acls; i++) {
		struct cfg_acl from = to->acls[i];

		ok &= COPY(&to->acls[i], &from, aces, n_aces);
	}
	ok &= copy_entries(to->maps, to->n_maps);
	ok &= copy_entries(to->dynamics, to->n_dynamics);
	ok &= copy_entries(to->profiles, to->n_profiles);
	return ok;
}

struct cm_config *cm_config_copy(const struct cm_config *cfg)
{
	struct cm_config *to = malloc(sizeof(*to));
	bool ok = true;

	if (!to)
		return NULL;
	*to = *cfg;
	ok &= COPY(to, cfg, logging, n_logging);
	ok &= COPY(to, cfg, policies, n_policies);
	ok &= COPY(to, cfg, ike_places, n_ike_places);
	ok &= COPY(to, cfg, keys, n_keys);
	ok &= COPY(to, cfg, isakmp_peers, n_isakmp_peers);
	ok &= COPY(to, cfg, trustpoints, n_trustpoints);
	ok &= COPY(to, cfg, peer_identities, n_peer_identities);
	ok &= COPY(to, cfg, transforms, n_transforms);
	ok &= COPY(to, cfg, acls, n_acls);
	ok &= COPY(to, cfg, maps, n_maps);
	ok &= COPY(to, cfg, dynamics, n_dynamics);
	ok &= COPY(to, cfg, profiles, n_profiles);
	ok &= COPY(to, cfg, interfaces, n_interfaces);
	ok &= COPY(to, cfg, ezvpns, n_ezvpns);
	ok &= cfg_nec_copy(to, cfg);
	ok &= cfg_remote_copy(to, cfg);
	ok &= cfg_keyrings_copy(to, cfg);
	ok &= copy_nested(to);
	if (!ok) {
		cm_config_free(to);
		return NULL;
	}
	return to;
}

static const struct cfg_where nowhere;

static void forget_acl(struct cfg_acl *acl)
{
	struct cfg_ace *ace;

	acl->where = nowhere;
	for (ace = acl->aces; ace < acl->aces + acl->n_aces; ace++) {
		ace->where = nowhere;
		ace->sport.column = ace->dport.column = 0;
	}
}

static void forget_map(struct cfg_map *map)
{
	struct cfg_entry *entry;

	map->where = map->login_at = nowhere;
	map->authorization_at = map->addresses_at = nowhere;
	for (entry = map->entries; entry < map->entries + map->n_entries;
	     entry++) {
		entry->where = entry->acl_at = entry->pfs_at = nowhere;
		entry->dynamic_at = entry->identity_at = nowhere;
		entry->isakmp_profile_at = nowhere;
		entry->inbound.spi_at = entry->outbound.spi_at = nowhere;
		memset(entry->peers_at, 0, sizeof(entry->peers_at));
		memset(entry->transforms_at, 0, sizeof(entry->transforms_at));
	}
}

static void forget_trustpoint(struct cfg_trustpoint *tp)
{
	tp->where = nowhere;
	memset(tp->files_at, 0, sizeof(tp->files_at));
}

static void forget_ezvpn(struct cfg_ezvpn *ez)
{
	ez->where = ez->group_at = ez->acl_at = ez->user_at = nowhere;
	memset(ez->peers_at, 0, sizeof(ez->peers_at));
}

void cm_config_forget_places(struct cm_config *cfg)
{
	struct cfg_interface *ifc;
	struct cfg_transform *ts;
	struct cfg_policy *policy;
	size_t i;

	for (policy = cfg->policies; policy < cfg->policies + cfg->n_policies;
	     policy++)
		policy->where = policy->cipher_at = policy->hash_at =
			policy->auth_at = policy->group_at = nowhere;
	for (i = 0; i < cfg->n_keys; i++)
		cfg->keys[i].where = nowhere;
	for (i = 0; i < cfg->n_isakmp_peers; i++)
		cfg->isakmp_peers[i].where = nowhere;
	cfg->weak_at = cfg->weak_policy_at = nowhere;
	for (i = 0; i < cfg->n_ike_places; i++)
		cfg->ike_places[i].where = nowhere;
	for (i = 0; i < cfg->n_trustpoints; i++)
		forget_trustpoint(&cfg->trustpoints[i]);
	for (i = 0; i < cfg->n_peer_identities; i++)
		cfg->peer_identities[i].where = nowhere;
	for (ts = cfg->transforms; ts < cfg->transforms + cfg->n_transforms; ts++)
		ts->where = ts->cipher_at = ts->hash_at = ts->comp_at =
			ts->mode_at = ts->esn_at = nowhere;
	for (i = 0; i < cfg->n_acls; i++)
		forget_acl(&cfg->acls[i]);
	for (i = 0; i < cfg->n_maps; i++)
		forget_map(&cfg->maps[i]);
	for (i = 0; i < cfg->n_dynamics; i++)
		forget_map(&cfg->dynamics[i]);
	for (i = 0; i < cfg->n_profiles; i++)
		forget_map(&cfg->profiles[i]);
	for (ifc = cfg->interfaces; ifc < cfg->interfaces + cfg->n_interfaces; ifc++)
		ifc->where = ifc->source_at = ifc->destination_at =
			ifc->profile_at = ifc->unnumbered_at =
			ifc->ezvpn_at = nowhere;
	for (i = 0; i < cfg->n_ezvpns; i++)
		forget_ezvpn(&cfg->ezvpns[i]);
	cfg_nec_forget_places(cfg);
	cfg_remote_forget_places(cfg);
	cfg_keyrings_forget_places(cfg);
}

struct cfg_policy *cfg_policy_find(const struct cm_config *cfg, uint32_t prio)
{
	return FIND_NUMBER(cfg->policies, cfg->n_policies, priority, prio);
}

struct cfg_transform *cfg_transform_find(const struct cm_config *cfg,
					 const char *name)
{
	return FIND_NAME(cfg->transforms, cfg->n_transforms, name, name);
}

struct cfg_trustpoint *cfg_trustpoint_find(const struct cm_config *cfg,
					   const char *name)
{
	return FIND_NAME(cfg->trustpoints, cfg->n_trustpoints, name, name);
}

struct cfg_acl *cfg_acl_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->acls, cfg->n_acls, name, name);
}

struct cfg_ace *cfg_ace_find(const struct cfg_acl *acl, uint32_t seq)
{
	return FIND_NUMBER(acl->aces, acl->n_aces, seq, seq);
}

struct cfg_map *cfg_map_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->maps, cfg->n_maps, name, name);
}

struct cfg_map *cfg_dynamic_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->dynamics, cfg->n_dynamics, name, name);
}

struct cfg_map *cfg_profile_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->profiles, cfg->n_profiles, name, name);
}

struct cfg_entry *cfg_entry_find(const struct cfg_map *map, uint32_t seq)
{
	return FIND_NUMBER(map->entries, map->n_entries, seq, seq);
}

struct cfg_interface *cfg_interface_find(const struct cm_config *cfg,
					 const char *name)
{
	return FIND_NAME(cfg->interfaces, cfg->n_interfaces, name, name);
}

const struct cfg_key *cfg_key_for_address(const struct cm_config *cfg,
					  const struct addr *peer)
{
	const struct cfg_key *key, *best = NULL;

	for (key = cfg->keys; key < cfg->keys + cfg->n_keys; key++)
		if (!key->hostname[0] && prefix_contains(&key->peers, peer) &&
		    (!best || key->peers.len > best->peers.len) &&
		    !(key->group[0] && cfg_names_peer(cfg, peer)))
			best = key;
	return best;
}

static bool entry_names(const struct cfg_entry *entry, const struct addr *peer)
{
	size_t i = 0;

	while (i < entry->n_peers && !addr_equal(&entry->peers[i], peer))
		i++;
	return i < entry->n_peers;
}

bool cfg_names_peer(const struct cm_config *cfg, const struct addr *peer)
{
	const struct cfg_map *map;
	size_t i;

	for (map = cfg->maps; map < cfg->maps + cfg->n_maps; map++)
		for (i = 0; i < map->n_entries; i++)
			if (entry_names(&map->entries[i], peer))
				return true;
	for (i = 0; i < cfg->n_interfaces; i++)
		if (addr_equal(&cfg->interfaces[i].destination, peer))
			return true;
	return false;
}

char *cfg_key_peers_format(const struct cfg_key *key, char *out, size_t size)
{
	const struct prefix *p = &key->peers;
	char text[PREFIX_STRLEN], mask[ADDR_STRLEN];
	struct addr ones;

	if (p->addr.family == AF_INET6)
		snprintf(out, size, "ipv6 %s",
			 prefix_format(p, text, sizeof(text)));
	else if (p->len == addr_bits(&p->addr) ||
		 addr_mask_from_len(&ones, AF_INET, p->len))
		addr_format(&p->addr, out, size);
	else
		snprintf(out, size, "%s %s",
			 addr_format(&p->addr, text, sizeof(text)),
			 addr_format(&ones, mask, sizeof(mask)));
	return out;
}

const struct cfg_key *cfg_key_for_hostname(const struct cm_config *cfg,
					   const char *hostname)
{
	const struct cfg_key *key;

	for (key = cfg->keys; key < cfg->keys + cfg->n_keys; key++)
		if (key->hostname[0] && !strcasecmp(key->hostname, hostname))
			return key;
	return NULL;
}

struct cfg_isakmp_peer *cfg_isakmp_peer_find(const struct cm_config *cfg,
					     const struct addr *peer)
{
	size_t i = 0;

	while (i < cfg->n_isakmp_peers &&
	       !addr_equal(&cfg->isakmp_peers[i].address, peer))
		i++;
	return i < cfg->n_isakmp_peers ? &cfg->isakmp_peers[i] : NULL;
}

static bool is_aggressive(const struct cfg_isakmp_peer *peer)
{
	return peer->secret[0] || peer->endpoint.text[0];
}

const struct cfg_isakmp_peer *cfg_aggressive_peer(const struct cm_config *cfg,
						  const struct addr *peer)
{
	const struct cfg_isakmp_peer *p = cfg_isakmp_peer_find(cfg, peer);

	return p && !cfg->no_aggressive && is_aggressive(p) ? p : NULL;
}

const struct cfg_isakmp_peer *cfg_aggressive_caller(const struct cm_config *cfg,
						    const struct addr *peer)
{
	const struct cfg_isakmp_peer *p = cfg_aggressive_peer(cfg, peer);

	return p && (!p->derived || p->answered) ? p : NULL;
}

/* Groups of IOS are used where a map says so. */
static bool has_key(const struct cm_config *cfg, const struct cfg_group *group)
{
	return group->secret[0] && (group->derived || cfg_uses_groups(cfg));
}

const char *cfg_secret_for_name(const struct cm_config *cfg, const char *name)
{
	const struct cfg_key *key = cfg_key_for_hostname(cfg, name);
	const struct cfg_group *group = cfg_group_find(cfg, name);

	if (key)
		return key->secret;
	return group && has_key(cfg, group) ? group->secret : NULL;
}

static bool has_group_key(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_groups && !has_key(cfg, &cfg->groups[i]))
		i++;
	return i < cfg->n_groups;
}

bool cfg_has_name_key(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_keys && !cfg->keys[i].hostname[0])
		i++;
	return (i < cfg->n_keys || has_group_key(cfg)) && !cfg->no_aggressive;
}

bool cfg_aggressive_on(const struct cm_config *cfg)
{
	bool any = cfg_has_name_key(cfg) || cfg_has_hybrid_group(cfg) ||
		   cfg_has_aggressive_profile(cfg);
	size_t i;

	for (i = 0; i < cfg->n_isakmp_peers; i++)
		any |= is_aggressive(&cfg->isakmp_peers[i]);
	return any && !cfg->no_aggressive;
}

/* That of aggressive mode, or of the address. */
static const char *secret_of(const struct cm_config *cfg,
			     const struct cfg_isakmp_peer *p,
			     const struct addr *peer)
{
	const struct cfg_key *key = cfg_key_for_address(cfg, peer);

	if (p && p->secret[0])
		return p->secret;
	return key ? key->secret : NULL;
}

const char *cfg_secret_for_peer(const struct cm_config *cfg,
				const struct addr *peer)
{
	return secret_of(cfg, cfg_aggressive_peer(cfg, peer), peer);
}

const char *cfg_secret_for_caller(const struct cm_config *cfg,
				  const struct addr *peer)
{
	return secret_of(cfg, cfg_aggressive_caller(cfg, peer), peer);
}

struct cfg_policy *cfg_policy_get(struct cm_config *cfg, uint32_t prio)
{
	size_t at = LOWER_BOUND(cfg->policies, cfg->n_policies, priority, prio);
	struct cfg_policy *policy = cfg_policy_find(cfg, prio);

	if (policy)
		return policy;
	policy = INSERT(cfg->policies, cfg->n_policies, at);
	if (!policy)
		return NULL;
	policy->priority = prio;
	policy->cipher = CFG_CIPHER_AES;
	policy->key_bits = 256;
	policy->hash = CFG_HASH_SHA256;
	policy->group = 14;
	policy->lifetime = CFG_ISAKMP_LIFETIME_DEFAULT;
	return policy;
}

struct cfg_key *cfg_key_add(struct cm_config *cfg)
{
	return INSERT(cfg->keys, cfg->n_keys, cfg->n_keys);
}

struct cfg_isakmp_peer *cfg_isakmp_peer_get(struct cm_config *cfg,
					    const struct addr *peer)
{
	struct cfg_isakmp_peer *p = cfg_isakmp_peer_find(cfg, peer);

	if (p)
		return p;
	p = INSERT(cfg->isakmp_peers, cfg->n_isakmp_peers, cfg->n_isakmp_peers);
	if (p)
		p->address = *peer;
	return p;
}

static void set_name(char *to, const char *name, size_t size)
{
	memcpy(to, name, strnlen(name, size - 1));
}

struct cfg_trustpoint *cfg_trustpoint_get(struct cm_config *cfg, const char *name)
{
	struct cfg_trustpoint *tp = cfg_trustpoint_find(cfg, name);

	if (tp)
		return tp;
	tp = INSERT(cfg->trustpoints, cfg->n_trustpoints, cfg->n_trustpoints);
	if (tp)
		set_name(tp->name, name, sizeof(tp->name));
	return tp;
}

struct cfg_transform *cfg_transform_get(struct cm_config *cfg, const char *name)
{
	struct cfg_transform *ts = cfg_transform_find(cfg, name);

	if (ts)
		return ts;
	ts = INSERT(cfg->transforms, cfg->n_transforms, cfg->n_transforms);
	if (ts)
		set_name(ts->name, name, sizeof(ts->name));
	return ts;
}

struct cfg_acl *cfg_acl_get(struct cm_config *cfg, const char *name)
{
	struct cfg_acl *acl = cfg_acl_find(cfg, name);

	if (acl)
		return acl;
	acl = INSERT(cfg->acls, cfg->n_acls, cfg->n_acls);
	if (!acl)
		return NULL;
	set_name(acl->name, name, sizeof(acl->name));
	acl->family = AF_INET;
	return acl;
}

struct cfg_ace *cfg_ace_get(struct cfg_acl *acl, uint32_t seq)
{
	size_t at = LOWER_BOUND(acl->aces, acl->n_aces, seq, seq);
	struct cfg_ace *ace = cfg_ace_find(acl, seq);

	if (ace)
		return ace;
	ace = INSERT(acl->aces, acl->n_aces, at);
	if (ace)
		ace->seq = seq;
	return ace;
}

struct cfg_map *cfg_map_get(struct cm_config *cfg, const char *name)
{
	struct cfg_map *map = cfg_map_find(cfg, name);

	if (map)
		return map;
	map = INSERT(cfg->maps, cfg->n_maps, cfg->n_maps);
	if (map)
		set_name(map->name, name, sizeof(map->name));
	return map;
}

struct cfg_map *cfg_dynamic_get(struct cm_config *cfg, const char *name)
{
	struct cfg_map *map = cfg_dynamic_find(cfg, name);

	if (map)
		return map;
	map = INSERT(cfg->dynamics, cfg->n_dynamics, cfg->n_dynamics);
	if (map)
		set_name(map->name, name, sizeof(map->name));
	return map;
}

struct cfg_map *cfg_profile_get(struct cm_config *cfg, const char *name)
{
	struct cfg_map *profile = cfg_profile_find(cfg, name);

	if (profile)
		return profile;
	profile = INSERT(cfg->profiles, cfg->n_profiles, cfg->n_profiles);
	if (!profile)
		return NULL;
	set_name(profile->name, name, sizeof(profile->name));
	if (cfg_entry_get(profile, 1))
		return profile;
	cfg_profile_del(cfg, profile);
	return NULL;
}

struct cfg_entry *cfg_entry_get(struct cfg_map *map, uint32_t seq)
{
	size_t at = LOWER_BOUND(map->entries, map->n_entries, seq, seq);
	struct cfg_entry *entry = cfg_entry_find(map, seq);

	if (entry)
		return entry;
	entry = INSERT(map->entries, map->n_entries, at);
	if (!entry)
		return NULL;
	entry->seq = seq;
	entry->seconds = CFG_INHERIT;
	entry->kilobytes = CFG_INHERIT;
	entry->replay_window = CFG_INHERIT;
	entry->dummy_ms = CFG_INHERIT;
	entry->idle = CFG_INHERIT;
	return entry;
}

struct cfg_interface *cfg_interface_get(struct cm_config *cfg, const char *name)
{
	struct cfg_interface *ifc = cfg_interface_find(cfg, name);

	if (ifc)
		return ifc;
	ifc = INSERT(cfg->interfaces, cfg->n_interfaces, cfg->n_interfaces);
	if (ifc)
		set_name(ifc->name, name, sizeof(ifc->name));
	return ifc;
}

struct cfg_logging *cfg_logging_get(struct cm_config *cfg, const char *subsystem)
{
	struct cfg_logging *logging;

	logging = FIND_NAME(cfg->logging, cfg->n_logging, subsystem, subsystem);
	if (logging)
		return logging;
	/* The level for all comes first: levels are applied in this order. */
	logging = INSERT(cfg->logging, cfg->n_logging,
			 *subsystem ? cfg->n_logging : 0);
	if (!logging)
		return NULL;
	set_name(logging->subsystem, subsystem, sizeof(logging->subsystem));
	logging->level = LOG_LEVEL_INFO;
	return logging;
}

void cfg_policy_del(struct cm_config *cfg, struct cfg_policy *policy)
{
	REMOVE(cfg->policies, cfg->n_policies, policy);
}

void cfg_key_del(struct cm_config *cfg, struct cfg_key *key)
{
	REMOVE(cfg->keys, cfg->n_keys, key);
}

void cfg_isakmp_peer_del(struct cm_config *cfg, struct cfg_isakmp_peer *peer)
{
	REMOVE(cfg->isakmp_peers, cfg->n_isakmp_peers, peer);
}

void cfg_trustpoint_del(struct cm_config *cfg, struct cfg_trustpoint *tp)
{
	REMOVE(cfg->trustpoints, cfg->n_trustpoints, tp);
}

void cfg_transform_del(struct cm_config *cfg, struct cfg_transform *ts)
{
	REMOVE(cfg->transforms, cfg->n_transforms, ts);
}

void cfg_acl_del(struct cm_config *cfg, struct cfg_acl *acl)
{
	free(acl->aces);
	REMOVE(cfg->acls, cfg->n_acls, acl);
}

void cfg_ace_del(struct cfg_acl *acl, struct cfg_ace *ace)
{
	REMOVE(acl->aces, acl->n_aces, ace);
}

void cfg_map_del(struct cm_config *cfg, struct cfg_map *map)
{
	cfg_array_free(map->entries, map->n_entries, sizeof(*map->entries));
	REMOVE(cfg->maps, cfg->n_maps, map);
}

void cfg_dynamic_del(struct cm_config *cfg, struct cfg_map *map)
{
	cfg_array_free(map->entries, map->n_entries, sizeof(*map->entries));
	REMOVE(cfg->dynamics, cfg->n_dynamics, map);
}

void cfg_profile_del(struct cm_config *cfg, struct cfg_map *profile)
{
	cfg_array_free(profile->entries, profile->n_entries,
		   sizeof(*profile->entries));
	REMOVE(cfg->profiles, cfg->n_profiles, profile);
}

void cfg_entry_del(struct cfg_map *map, struct cfg_entry *entry)
{
	REMOVE(map->entries, map->n_entries, entry);
}

void cfg_interface_del(struct cm_config *cfg, struct cfg_interface *ifc)
{
	REMOVE(cfg->interfaces, cfg->n_interfaces, ifc);
}

void cfg_logging_del(struct cm_config *cfg, struct cfg_logging *logging)
{
	REMOVE(cfg->logging, cfg->n_logging, logging);
}

/* Manual keys have none of these; a replay window they cannot (RFC 4303 section 3.4.3). */
static uint32_t effective(const struct cfg_entry *entry, uint32_t own,
			  uint32_t global)
{
	if (entry->type == CFG_IPSEC_MANUAL)
		return 0;
	return own == CFG_INHERIT ? global : own;
}

uint32_t cfg_entry_seconds(const struct cm_config *cfg,
			   const struct cfg_entry *entry)
{
	return effective(entry, entry->seconds, cfg->sa_seconds);
}

uint32_t cfg_entry_kilobytes(const struct cm_config *cfg,
			     const struct cfg_entry *entry)
{
	return effective(entry, entry->kilobytes, cfg->sa_kilobytes);
}

uint32_t cfg_entry_replay(const struct cm_config *cfg,
			  const struct cfg_entry *entry)
{
	return effective(entry, entry->replay_window, cfg->replay_window);
}

uint32_t cfg_entry_dummy(const struct cm_config *cfg,
			 const struct cfg_entry *entry)
{
	return entry->dummy_ms == CFG_INHERIT ? cfg->dummy_ms : entry->dummy_ms;
}

uint32_t cfg_entry_tfc(const struct cm_config *cfg,
		       const struct cfg_entry *entry)
{
	return entry->tfc_padding ? entry->tfc_padding : cfg->tfc_padding;
}

uint32_t cfg_entry_idle(const struct cm_config *cfg,
			const struct cfg_entry *entry)
{
	return effective(entry, entry->idle, cfg->idle);
}

bool cfg_session_key_fits(const struct cfg_session_key *key,
			  const struct cfg_transform *ts)
{
	return key->spi && !cfg_transform_is_ah(ts) &&
	       key->cipher_len == cfg_cipher_key_bytes(ts->cipher, ts->key_bits) &&
	       key->auth_len == cfg_hash_key_bytes(ts->hash);
}

static bool acl_has_lines(const struct cm_config *cfg, const char *name)
{
	const struct cfg_acl *acl = cfg_acl_find(cfg, name);
	size_t i;

	for (i = 0; acl && i < acl->n_aces; i++)
		if (acl->aces[i].action != CFG_REMARK)
			return true;
	return false;
}

bool cfg_entry_complete(const struct cm_config *cfg,
			const struct cfg_entry *entry)
{
	const struct cfg_transform *ts = NULL;
	const struct cfg_map *map;
	size_t i;

	if (entry->type == CFG_IPSEC_DYNAMIC) {
		map = cfg_dynamic_find(cfg, entry->dynamic);
		return map && map->n_entries;
	}
	for (i = 0; i < entry->n_transforms && !ts; i++)
		ts = cfg_transform_find(cfg, entry->transforms[i]);
	if (!ts || !entry->n_peers || !acl_has_lines(cfg, entry->acl))
		return false;
	return entry->type == CFG_IPSEC_ISAKMP ||
	       (cfg_session_key_fits(&entry->inbound, ts) &&
		cfg_session_key_fits(&entry->outbound, ts));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Equality of meaning between parts of two configurations. Fields are compared
 * one by one: structures have padding, and places of definition do not count.
 */
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

bool cfg_policy_equal(const struct cfg_policy *a, const struct cfg_policy *b)
{
	return a->priority == b->priority && a->cipher == b->cipher &&
	       a->key_bits == b->key_bits && a->hash == b->hash &&
	       a->auth == b->auth && a->group == b->group &&
	       a->lifetime == b->lifetime && !strcmp(a->of, b->of);
}

bool cfg_key_same_peers(const struct cfg_key *a, const struct cfg_key *b)
{
	return prefix_equal(&a->peers, &b->peers) &&
	       !strcasecmp(a->hostname, b->hostname);
}

bool cfg_key_equal(const struct cfg_key *a, const struct cfg_key *b)
{
	return secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       prefix_equal(&a->peers, &b->peers) &&
	       !strcmp(a->hostname, b->hostname) && a->no_xauth == b->no_xauth &&
	       a->derived == b->derived && !strcmp(a->group, b->group) &&
	       !strcmp(a->keyring, b->keyring);
}

bool cfg_transform_equal(const struct cfg_transform *a,
			 const struct cfg_transform *b)
{
	return !strcmp(a->name, b->name) && a->cipher == b->cipher &&
	       a->key_bits == b->key_bits && a->hash == b->hash &&
	       a->mode == b->mode && a->deflate == b->deflate &&
	       a->esn == b->esn;
}

static bool ports_equal(const struct cfg_ports *a, const struct cfg_ports *b)
{
	return a->op == b->op && a->lo == b->lo && a->hi == b->hi;
}

bool cfg_ace_same_rule(const struct cfg_ace *a, const struct cfg_ace *b)
{
	return a->action == b->action && a->protocol == b->protocol &&
	       cfg_net_equal(&a->src, &b->src) &&
	       cfg_net_equal(&a->dst, &b->dst) &&
	       ports_equal(&a->sport, &b->sport) &&
	       ports_equal(&a->dport, &b->dport) &&
	       !strcmp(a->remark, b->remark);
}

bool cfg_ace_equal(const struct cfg_ace *a, const struct cfg_ace *b)
{
	return a->seq == b->seq && cfg_ace_same_rule(a, b);
}

/* The next line that decides something, from index i on. */
static size_t skip_remarks(const struct cfg_acl *acl, size_t i)
{
	while (i < acl->n_aces && acl->aces[i].action == CFG_REMARK)
		i++;
	return i;
}

bool cfg_acl_equal(const struct cfg_acl *a, const struct cfg_acl *b)
{
	size_t i = skip_remarks(a, 0), j = skip_remarks(b, 0);

	if (strcmp(a->name, b->name) || a->family != b->family)
		return false;
	while (i < a->n_aces && j < b->n_aces) {
		if (!cfg_ace_equal(&a->aces[i], &b->aces[j]))
			return false;
		i = skip_remarks(a, i + 1);
		j = skip_remarks(b, j + 1);
	}
	return i == a->n_aces && j == b->n_aces;
}

static bool session_key_equal(const struct cfg_session_key *a,
			      const struct cfg_session_key *b)
{
	return a->spi == b->spi && a->cipher_len == b->cipher_len &&
	       a->auth_len == b->auth_len &&
	       secret_equal(a->cipher_key, b->cipher_key, a->cipher_len) &&
	       secret_equal(a->auth_key, b->auth_key, a->auth_len);
}

static bool peers_equal(const struct cfg_entry *a, const struct cfg_entry *b)
{
	size_t i;

	if (a->n_peers != b->n_peers)
		return false;
	for (i = 0; i < a->n_peers; i++)
		if (!addr_equal(&a->peers[i], &b->peers[i]))
			return false;
	return true;
}

static bool transforms_equal(const struct cfg_entry *a,
			     const struct cfg_entry *b)
{
	size_t i;

	if (a->n_transforms != b->n_transforms)
		return false;
	for (i = 0; i < a->n_transforms; i++)
		if (strcmp(a->transforms[i], b->transforms[i]))
			return false;
	return true;
}

bool cfg_entry_equal(const struct cfg_entry *a, const struct cfg_entry *b)
{
	return a->seq == b->seq && a->type == b->type &&
	       !strcmp(a->dynamic, b->dynamic) &&
	       !strcmp(a->description, b->description) &&
	       !strcmp(a->acl, b->acl) && a->pfs_group == b->pfs_group &&
	       a->seconds == b->seconds && a->kilobytes == b->kilobytes &&
	       a->replay_window == b->replay_window && a->idle == b->idle &&
	       a->per_host == b->per_host && a->dummy_ms == b->dummy_ms &&
	       a->pre_classify == b->pre_classify &&
	       a->nat_demux == b->nat_demux && a->routes == b->routes &&
	       a->tfc_padding == b->tfc_padding &&
	       !strcmp(a->identity, b->identity) &&
	       !strcmp(a->isakmp_profile, b->isakmp_profile) && peers_equal(a, b) &&
	       transforms_equal(a, b) &&
	       session_key_equal(&a->inbound, &b->inbound) &&
	       session_key_equal(&a->outbound, &b->outbound);
}

bool cfg_map_equal(const struct cfg_map *a, const struct cfg_map *b)
{
	size_t i;

	if (strcmp(a->name, b->name) ||
	    strcmp(a->local_interface, b->local_interface) ||
	    !addr_equal(&a->local_address, &b->local_address) ||
	    strcmp(a->login, b->login) ||
	    strcmp(a->authorization, b->authorization) ||
	    a->initiate != b->initiate || a->respond != b->respond ||
	    a->n_entries != b->n_entries)
		return false;
	for (i = 0; i < a->n_entries; i++)
		if (!cfg_entry_equal(&a->entries[i], &b->entries[i]))
			return false;
	return true;
}

static bool interface_equal(const struct cfg_interface *a,
			    const struct cfg_interface *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->map, b->map) &&
	       a->mss == b->mss && a->df == b->df && a->frag == b->frag &&
	       a->pre_classify == b->pre_classify &&
	       a->policy_transport == b->policy_transport &&
	       a->tunnel == b->tunnel && !strcmp(a->source, b->source) &&
	       addr_equal(&a->source_address, &b->source_address) &&
	       addr_equal(&a->destination, &b->destination) &&
	       !strcmp(a->unnumbered, b->unnumbered) &&
	       !strcmp(a->ezvpn, b->ezvpn) &&
	       a->ezvpn_inside == b->ezvpn_inside &&
	       !strcmp(a->profile, b->profile);
}

static bool logging_equal(const struct cfg_logging *a,
			  const struct cfg_logging *b)
{
	return !strcmp(a->subsystem, b->subsystem) && a->level == b->level;
}

bool cfg_identity_equal(const struct cfg_identity *a, const struct cfg_identity *b)
{
	return a->kind == b->kind && !strcmp(a->text, b->text);
}

static bool isakmp_peer_equal(const struct cfg_isakmp_peer *a,
			      const struct cfg_isakmp_peer *b)
{
	return addr_equal(&a->address, &b->address) &&
	       secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       cfg_identity_equal(&a->endpoint, &b->endpoint) && a->answered == b->answered;
}

bool cfg_trustpoint_equal(const struct cfg_trustpoint *a,
			  const struct cfg_trustpoint *b)
{
	return !strcmp(a->name, b->name) &&
	       !memcmp(a->files, b->files, sizeof(a->files)) &&
	       !strcmp(a->password_file, b->password_file) &&
	       !memcmp(a->revocation, b->revocation, sizeof(a->revocation)) &&
	       !strcmp(a->ocsp_url, b->ocsp_url) &&
	       a->ocsp_no_nonce == b->ocsp_no_nonce;
}

static bool globals_equal(const struct cm_config *a, const struct cm_config *b)
{
	return !strcmp(a->hostname, b->hostname) &&
	       cfg_keepalive_equal(&a->keepalive, &b->keepalive) &&
	       a->nat_keepalive == b->nat_keepalive && a->natt == b->natt &&
	       a->ike_mtu == b->ike_mtu &&
	       cfg_identity_equal(&a->identity, &b->identity) &&
	       a->no_aggressive == b->no_aggressive &&
	       a->no_spi_recovery == b->no_spi_recovery &&
	       a->weak_certificates == b->weak_certificates &&
	       a->weak_policy == b->weak_policy &&
	       a->no_default_policy == b->no_default_policy &&
	       a->ike_only == b->ike_only &&
	       a->sa_seconds == b->sa_seconds &&
	       a->sa_kilobytes == b->sa_kilobytes &&
	       a->replay_window == b->replay_window && a->idle == b->idle &&
	       a->dummy_ms == b->dummy_ms &&
	       a->tfc_padding == b->tfc_padding && a->df == b->df &&
	       a->frag == b->frag && a->filter_bypass == b->filter_bypass &&
	       !strcmp(a->management, b->management);
}

bool cm_config_equal(const struct cm_config *a, const struct cm_config *b)
{
	return globals_equal(a, b) &&
	       ARRAYS_EQUAL(a, b, logging, n_logging, logging_equal) &&
	       ARRAYS_EQUAL(a, b, policies, n_policies, cfg_policy_equal) &&
	       ARRAYS_EQUAL(a, b, ike_places, n_ike_places,
			    cfg_ike_place_equal) &&
	       ARRAYS_EQUAL(a, b, keys, n_keys, cfg_key_equal) &&
	       ARRAYS_EQUAL(a, b, isakmp_peers, n_isakmp_peers,
			    isakmp_peer_equal) &&
	       ARRAYS_EQUAL(a, b, trustpoints, n_trustpoints,
			    cfg_trustpoint_equal) &&
	       ARRAYS_EQUAL(a, b, peer_identities, n_peer_identities,
			    cfg_peer_identity_equal) &&
	       ARRAYS_EQUAL(a, b, transforms, n_transforms,
			    cfg_transform_equal) &&
	       ARRAYS_EQUAL(a, b, acls, n_acls, cfg_acl_equal) &&
	       ARRAYS_EQUAL(a, b, maps, n_maps, cfg_map_equal) &&
	       ARRAYS_EQUAL(a, b, dynamics, n_dynamics, cfg_map_equal) &&
	       ARRAYS_EQUAL(a, b, profiles, n_profiles, cfg_map_equal) &&
	       ARRAYS_EQUAL(a, b, interfaces, n_interfaces, interface_equal) &&
	       ARRAYS_EQUAL(a, b, ezvpns, n_ezvpns, cfg_ezvpn_equal) &&
	       cfg_nec_equal(a, b) && cfg_remote_equal(a, b) && cfg_keyrings_equal(a, b);
}

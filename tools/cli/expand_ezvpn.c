// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client of remote access stands for (F-037): aggressive mode with its gateways,
 * and, while it has a tunnel, a crypto map of its interface outside, whose one entry has
 * a line for each pair of a network here and one there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/model.h"

/* What is offered, as there is nothing to configure; not to be typed. */
static const struct cfg_transform sets[] = {
	{ .name = "~ezvpn-1", .cipher = CFG_CIPHER_AES, .key_bits = 256,
	  .hash = CFG_HASH_SHA256 },
	{ .name = "~ezvpn-2", .cipher = CFG_CIPHER_AES, .key_bits = 128,
	  .hash = CFG_HASH_SHA256 },
	{ .name = "~ezvpn-3", .cipher = CFG_CIPHER_AES, .key_bits = 256,
	  .hash = CFG_HASH_SHA1 },
	{ .name = "~ezvpn-4", .cipher = CFG_CIPHER_AES, .key_bits = 128,
	  .hash = CFG_HASH_SHA1 },
	{ .name = "~ezvpn-5", .cipher = CFG_CIPHER_3DES, .key_bits = 192,
	  .hash = CFG_HASH_SHA1 },
};

#define NSETS	(sizeof(sets) / sizeof(sets[0]))

void cfg_ezvpn_forget_derived(struct cm_config *cfg)
{
	size_t i;

	for (i = cfg->n_isakmp_peers; i; i--)
		if (cfg->isakmp_peers[i - 1].derived)
			cfg_isakmp_peer_del(cfg, &cfg->isakmp_peers[i - 1]);
	for (i = cfg->n_transforms; i; i--)
		if (cfg->transforms[i - 1].derived)
			cfg_transform_del(cfg, &cfg->transforms[i - 1]);
}

static int add_gateway(struct cm_config *cfg, const struct cfg_ezvpn *ez,
		       const struct addr *gateway)
{
	struct cfg_isakmp_peer *peer;

	/* Of two the checks tell. */
	if (!addr_is_set(gateway) || cfg_isakmp_peer_find(cfg, gateway))
		return 0;
	peer = cfg_isakmp_peer_get(cfg, gateway);
	if (!peer)
		return -ENOMEM;
	peer->derived = true;
	peer->endpoint.kind = CFG_IDENTITY_KEY_ID;
	memcpy(peer->endpoint.text, ez->group, sizeof(ez->group));
	memcpy(peer->secret, ez->secret, sizeof(peer->secret));
	return 0;
}

static int add_gateways(struct cm_config *cfg, const struct cfg_ezvpn *ez)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < ez->n_peers && !ret; i++)
		ret = add_gateway(cfg, ez, cfg_ezvpn_peer_addr(ez, i));
	for (i = 0; i < CFG_BACKUP_MAX && !ret; i++)
		ret = add_gateway(cfg, ez, &ez->live.backup[i]);
	return ret;
}

static int add_sets(struct cm_config *cfg)
{
	struct cfg_transform *set;
	size_t i;

	for (i = 0; i < NSETS; i++) {
		set = cfg_transform_get(cfg, sets[i].name);
		if (!set)
			return -ENOMEM;
		*set = sets[i];
		set->derived = true;
	}
	return 0;
}

static int add_line(struct cfg_acl *acl, const struct cfg_net *src,
		    const struct prefix *dst)
{
	struct cfg_ace *ace = cfg_ace_get(acl, 10 * (acl->n_aces + 1));

	if (!ace)
		return -ENOMEM;
	ace->action = CFG_PERMIT;
	ace->src = *src;
	ace->dst = dst ? cfg_net_prefix(&dst->addr, dst->len) :
			 cfg_net_any(AF_INET);
	return 0;
}

static int add_lines(struct cfg_acl *acl, const struct cfg_ezvpn_live *live,
		     const struct cfg_net *src)
{
	int ret = live->n_split ? 0 : add_line(acl, src, NULL);
	size_t i;

	for (i = 0; i < live->n_split && !ret; i++)
		ret = add_line(acl, src, &live->split[i]);
	return ret;
}

static int add_acl(struct cm_config *cfg, const struct cfg_ezvpn_live *live,
		   const char *name)
{
	struct cfg_acl *acl = cfg_acl_get(cfg, name);
	struct cfg_net net;
	int ret = 0;
	size_t i;

	if (!acl)
		return -ENOMEM;
	acl->derived = true;
	if (addr_is_set(&live->address)) {
		net = cfg_net_host(&live->address);
		ret = add_lines(acl, live, &net);
	}
	for (i = 0; i < live->n_local && !ret; i++) {
		net = cfg_net_prefix(&live->local[i].addr, live->local[i].len);
		ret = add_lines(acl, live, &net);
	}
	return ret;
}

static int add_map(struct cm_config *cfg, const struct cfg_ezvpn_live *live,
		   const char *name, const char *acl)
{
	struct cfg_map *map = cfg_map_get(cfg, name);
	struct cfg_entry *entry;
	size_t i;

	if (!map)
		return -ENOMEM;
	map->derived = true;
	entry = cfg_entry_get(map, 1);
	if (!entry)
		return -ENOMEM;
	entry->peers[entry->n_peers++] = live->gateway;
	entry->pfs_group = live->pfs_group;
	for (i = 0; i < NSETS; i++)
		memcpy(entry->transforms[entry->n_transforms++], sets[i].name,
		       sizeof(sets[i].name));
	snprintf(entry->acl, sizeof(entry->acl), "%s", acl);
	return 0;
}

static int attach(struct cm_config *cfg, const struct cfg_ezvpn *ez,
		  struct cfg_interface *ifc)
{
	char map[CFG_NAME_SIZE], acl[CFG_NAME_SIZE];
	int ret;

	cfg_tunnel_map_name(ifc, map, sizeof(map));
	cfg_tunnel_acl_name(ifc, acl, sizeof(acl));
	if (ifc->map[0] || cfg_map_find(cfg, map))
		return 0;	/* the checks refuse it */
	ret = add_sets(cfg);
	if (!ret)
		ret = add_acl(cfg, &ez->live, acl);
	if (!ret)
		ret = add_map(cfg, &ez->live, map, acl);
	if (ret)
		return ret;
	snprintf(ifc->map, sizeof(ifc->map), "%s", map);
	ifc->derived = true;
	return 0;
}

int cfg_ezvpn_expand(struct cm_config *cfg)
{
	struct cfg_interface *ifc;
	int ret = 0;
	size_t i;

	for (i = 0; i < cfg->n_ezvpns && !ret; i++) {
		const struct cfg_ezvpn *ez = &cfg->ezvpns[i];

		ifc = (struct cfg_interface *)cfg_ezvpn_outside(cfg, ez);
		if (!ifc)
			continue;
		if (ez->group[0])
			ret = add_gateways(cfg, ez);
		if (!ret && ez->live.up)
			ret = attach(cfg, ez, ifc);
	}
	return ret;
}

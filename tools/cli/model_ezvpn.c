// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: this router as a client of remote access. */
#include <string.h>
#include <strings.h>

#include "tools/cli/array.h"
#include "tools/cli/model.h"
#include "tools/lib/secret.h"

static const char *const modes[CFG_EZVPN_MODE_COUNT] = {
#define X(id, name) [CFG_EZVPN_##id] = name,
	CFG_EZVPN_MODES(X)
#undef X
};

const char *cfg_ezvpn_mode_name(enum cfg_ezvpn_mode mode)
{
	return modes[mode];
}

enum cfg_ezvpn_mode cfg_ezvpn_mode_by_name(const char *keyword)
{
	int i = CFG_EZVPN_MODE_COUNT;

	while (--i > 0 && strcmp(keyword, modes[i]))
		;
	return i;
}

struct cfg_ezvpn *cfg_ezvpn_find(const struct cm_config *cfg, const char *name)
{
	return FIND_NAME(cfg->ezvpns, cfg->n_ezvpns, name, name);
}

struct cfg_ezvpn *cfg_ezvpn_get(struct cm_config *cfg, const char *name)
{
	struct cfg_ezvpn *ez = cfg_ezvpn_find(cfg, name);

	if (ez)
		return ez;
	ez = INSERT(cfg->ezvpns, cfg->n_ezvpns, cfg->n_ezvpns);
	if (ez)
		memcpy(ez->name, name, strnlen(name, sizeof(ez->name) - 1));
	return ez;
}

void cfg_ezvpn_del(struct cm_config *cfg, struct cfg_ezvpn *ez)
{
	REMOVE(cfg->ezvpns, cfg->n_ezvpns, ez);
}

const struct addr *cfg_ezvpn_peer_addr(const struct cfg_ezvpn *ez, size_t at)
{
	return ez->peers[at].host[0] ? &ez->live.found[at] :
				       &ez->peers[at].addr;
}

const char *cfg_ezvpn_peer_text(const struct cfg_ezvpn_peer *peer, char *out,
				size_t size)
{
	return peer->host[0] ? peer->host :
			       addr_format(&peer->addr, out, size);
}

bool cfg_ezvpn_peer_equal(const struct cfg_ezvpn_peer *a,
			  const struct cfg_ezvpn_peer *b)
{
	return addr_equal(&a->addr, &b->addr) && !strcasecmp(a->host, b->host);
}

static bool peers_equal(const struct cfg_ezvpn *a, const struct cfg_ezvpn *b)
{
	size_t i = 0;

	if (a->n_peers != b->n_peers || a->primary != b->primary)
		return false;
	while (i < a->n_peers && cfg_ezvpn_peer_equal(&a->peers[i], &b->peers[i]))
		i++;
	return i == a->n_peers;
}

bool cfg_ezvpn_equal(const struct cfg_ezvpn *a, const struct cfg_ezvpn *b)
{
	return !strcmp(a->name, b->name) && a->manual == b->manual &&
	       !strcmp(a->group, b->group) &&
	       secret_equal(a->secret, b->secret, sizeof(a->secret)) &&
	       a->mode == b->mode && peers_equal(a, b) &&
	       !strcmp(a->user, b->user) &&
	       secret_equal(a->password, b->password, sizeof(a->password)) &&
	       a->interactive == b->interactive && !strcmp(a->acl, b->acl) &&
	       !strcmp(a->identity, b->identity);
}

const struct cfg_interface *cfg_ezvpn_outside(const struct cm_config *cfg,
					      const struct cfg_ezvpn *ez)
{
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (!cfg->interfaces[i].ezvpn_inside &&
		    !strcmp(cfg->interfaces[i].ezvpn, ez->name))
			return &cfg->interfaces[i];
	return NULL;
}

static bool is_gateway(const struct cfg_ezvpn *ez, const struct addr *addr)
{
	size_t i;

	for (i = 0; i < ez->n_peers; i++)
		if (addr_equal(cfg_ezvpn_peer_addr(ez, i), addr))
			return true;
	for (i = 0; i < CFG_BACKUP_MAX; i++)
		if (addr_is_set(&ez->live.backup[i]) &&
		    addr_equal(&ez->live.backup[i], addr))
			return true;
	return false;
}

const struct cfg_ezvpn *cfg_ezvpn_calls(const struct cm_config *cfg,
					const struct addr *gateway)
{
	size_t i;

	for (i = 0; i < cfg->n_ezvpns; i++)
		if (is_gateway(&cfg->ezvpns[i], gateway) &&
		    cfg_ezvpn_outside(cfg, &cfg->ezvpns[i]))
			return &cfg->ezvpns[i];
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration model: this router as a client of remote access.  Part of model.h. */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_EZVPN_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_EZVPN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/model_base.h"
#include "tools/lib/addr.h"

struct cfg_interface;
struct cm_config;

#define CFG_EZVPN_PEERS_MAX	10
#define CFG_EZVPN_LOCAL_MAX	8	/* networks behind us */
#define CFG_EZVPN_SPLIT_MAX	64	/* networks that a gateway may tell */

/* X(id, keyword): what the gateway gives an address, and what is protected */
#define CFG_EZVPN_MODES(X)						\
	X(CLIENT, "client")		/* an address, for all behind us */ \
	X(NETWORK, "network-extension")	/* our networks as they are */	\
	X(PLUS, "network-plus")		/* both */

enum cfg_ezvpn_mode {
#define X(id, name) CFG_EZVPN_##id,
	CFG_EZVPN_MODES(X)
#undef X
	CFG_EZVPN_MODE_COUNT
};

/* A gateway: an address, or a name that is looked up each time before it is called. */
struct cfg_ezvpn_peer {
	struct addr addr;		/* unset with a name */
	char host[CFG_FQDN_SIZE];	/* "": none */
};

/*
 * What the daemon adds while there is a tunnel: never written, and no part of what is
 * configured.
 */
struct cfg_ezvpn_live {
	bool up;			/* its flows are bound */
	struct addr gateway;
	struct addr address;		/* that the gateway gave; unset: none */
	unsigned int pfs_group;		/* 0: none is asked for */
	struct prefix local[CFG_EZVPN_LOCAL_MAX];	/* @address not among them */
	size_t n_local;
	struct prefix split[CFG_EZVPN_SPLIT_MAX];	/* none: everything */
	size_t n_split;
	struct addr backup[CFG_BACKUP_MAX];	/* gateways that it told; unset: none */
	struct addr found[CFG_EZVPN_PEERS_MAX];	/* of names; unset: not looked up yet */
};

/* `crypto ipsec client ezvpn NAME` (F-037, F-115). Secret. */
struct cfg_ezvpn {
	char name[CFG_NAME_SIZE];
	bool manual;			/* `connect manual`; else as soon as it can */
	char group[CFG_NAME_SIZE];	/* "": main mode, with a key or certificate */
	char secret[CFG_KEY_MAX + 1];	/* of the group */
	enum cfg_ezvpn_mode mode;
	struct cfg_ezvpn_peer peers[CFG_EZVPN_PEERS_MAX];	/* as they are tried */
	size_t n_peers;
	size_t primary;			/* `peer X default`, from 1: first again; 0: none */
	char user[CFG_NAME_SIZE];	/* "": it is typed */
	char password[CFG_KEY_MAX + 1];
	bool interactive;		/* `xauth userid mode interactive`: typed all the same */
	char identity[CFG_NAME_SIZE];	/* `crypto identity`, of the gateway; "": its peer line */
	char acl[CFG_NAME_SIZE];	/* networks behind us; "": of interfaces inside */
	struct cfg_ezvpn_live live;
	struct cfg_where where, group_at, acl_at, user_at, identity_at;
	struct cfg_where peers_at[CFG_EZVPN_PEERS_MAX];
};

const char *cfg_ezvpn_mode_name(enum cfg_ezvpn_mode mode);
/* CLIENT when there is no such. */
enum cfg_ezvpn_mode cfg_ezvpn_mode_by_name(const char *keyword);

struct cfg_ezvpn *cfg_ezvpn_find(const struct cm_config *cfg, const char *name);
struct cfg_ezvpn *cfg_ezvpn_get(struct cm_config *cfg, const char *name);
void cfg_ezvpn_del(struct cm_config *cfg, struct cfg_ezvpn *ez);
/* Does it say the same?  What is live does not count. */
bool cfg_ezvpn_equal(const struct cfg_ezvpn *a, const struct cfg_ezvpn *b);
/* The address of a peer, as far as it is known: unset. */
const struct addr *cfg_ezvpn_peer_addr(const struct cfg_ezvpn *ez, size_t at);
/* As it is configured: the name or the address. */
const char *cfg_ezvpn_peer_text(const struct cfg_ezvpn_peer *peer, char *out,
				size_t size);
bool cfg_ezvpn_peer_equal(const struct cfg_ezvpn_peer *a,
			  const struct cfg_ezvpn_peer *b);
/* The interface outside, or NULL: it is not used. */
const struct cfg_interface *cfg_ezvpn_outside(const struct cm_config *cfg,
					      const struct cfg_ezvpn *ez);
/* The one that is in use and calls this gateway, configured or told, or NULL. */
const struct cfg_ezvpn *cfg_ezvpn_calls(const struct cm_config *cfg,
					const struct addr *gateway);
/* Does it get an address?  Are networks behind us seen from the gateway? */
static inline bool cfg_ezvpn_has_address(const struct cfg_ezvpn *ez)
{
	return ez->mode != CFG_EZVPN_NETWORK;
}
static inline bool cfg_ezvpn_has_networks(const struct cfg_ezvpn *ez)
{
	return ez->mode != CFG_EZVPN_CLIENT;
}
/*
 * Part of cm_config_expand(): what makes phase 1 with its gateways, and while it is up
 * the crypto map of its interface outside.
 */
void cfg_ezvpn_forget_derived(struct cm_config *cfg);
int cfg_ezvpn_expand(struct cm_config *cfg);

#endif

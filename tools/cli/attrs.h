/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients are told and may do: attributes of users and of group policies, which
 * inherit what they do not say (F-038).
 */
#ifndef CRYPTOMAP_TOOLS_CLI_ATTRS_H
#define CRYPTOMAP_TOOLS_CLI_ATTRS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/cli/model_base.h"
#include "tools/lib/addr.h"

#define CFG_LOGINS_ANY		UINT32_MAX
#define CFG_IDLE_MINUTES	30	/* C-074 */
#define CFG_LOGINS_DEFAULT	3	/* C-076 */
#define CFG_DEFAULT_POLICY	"DfltGrpPolicy"
#define CFG_DEFAULT_RA		"DefaultRAGroup"
#define CFG_DEFAULT_L2L		"DefaultL2LGroup"
#define CFG_LOCAL_LIST		"LOCAL"

/* `split-tunnel-policy` (C-069): all that is not said to be so goes through the tunnel */
enum cfg_split {
	CFG_SPLIT_ALL,
	CFG_SPLIT_SPECIFIED,	/* nothing but the list */
	CFG_SPLIT_EXCLUDED,	/* everything but the list */
};

/* `vpn-tunnel-protocol` (C-066) */
#define CFG_TUNNEL_IKEV1	1u
#define CFG_TUNNEL_L2TP		2u
#define CFG_TUNNEL_WEBVPN	4u	/* there is none here */

/* `tunnel-group NAME ppp-attributes` (C-062); X(identifier, keyword) */
#define CFG_PPP_METHODS(X)	\
	X(PAP, "pap")		\
	X(CHAP, "chap")		\
	X(MSCHAP1, "ms-chap-v1")	\
	X(MSCHAP2, "ms-chap-v2")

enum cfg_ppp {
#define X(id, word) CFG_PPP_##id,
	CFG_PPP_METHODS(X)
#undef X
	CFG_PPP_COUNT
};

#define CFG_PPP_DEFAULT	(1u << CFG_PPP_CHAP | 1u << CFG_PPP_MSCHAP1)

/* X(identifier, field): what is inherited together */
#define CFG_ATTRS(X)							\
	X(POOL, pool)							\
	X(DNS, dns)							\
	X(WINS, wins)							\
	X(DOMAIN, domain)						\
	X(SPLIT_DNS, split_dns)						\
	X(BACKUP, backup)						\
	X(NETMASK, netmask)						\
	X(SPLIT, split)							\
	X(ACL, acl)							\
	X(BANNER, banner)						\
	X(SAVE, save_password)						\
	X(IDLE, idle)							\
	X(SESSION, session)						\
	X(LOGINS, logins)						\
	X(PROTOCOLS, protocols)						\
	X(PFS, pfs)							\
	X(LOCAL_LAN, local_lan)						\
	X(FRAMED, framed)						\
	X(INTERCEPT, intercept)

enum cfg_attr {
#define X(id, field) CFG_ATTR_##id,
	CFG_ATTRS(X)
#undef X
	CFG_ATTR_COUNT
};

/* Fields that are not in @set are zeros. */
struct cfg_attrs {
	uint32_t set;			/* 1 << CFG_ATTR_...; the others are inherited */
	char pool[CFG_NAME_SIZE];	/* "": no addresses */
	struct addr dns[CFG_SERVERS_MAX], wins[CFG_SERVERS_MAX];	/* unset: none */
	char domain[CFG_FQDN_SIZE];
	char split_dns[CFG_FQDN_SIZE];	/* domains whose names are asked for inside: "a,b"; "": all */
	struct addr backup[CFG_BACKUP_MAX];	/* gateways to call instead; unset: none */
	struct addr netmask;		/* of addresses; unset: none */
	enum cfg_split split;
	char acl[CFG_NAME_SIZE];	/* what @split speaks of */
	char banner[CFG_TEXT_SIZE];
	bool save_password;
	uint32_t idle, session;		/* minutes; 0: without limit */
	uint32_t logins;		/* at a time; 0: none at all; CFG_LOGINS_ANY */
	uint32_t protocols;		/* CFG_TUNNEL_... */
	bool pfs;			/* clients are to use it (C-029) */
	bool local_lan;			/* and may reach the network that they are in */
	struct {
		struct addr address, mask;
	} framed;			/* its own address; unset: of the pool */
	struct {
		struct addr mask;	/* what clients are told; unset: 255.255.255.255 */
		bool on;
	} intercept;			/* DHCPINFORM is answered (C-073) */
};

struct cfg_group;
struct cfg_group_policy;
struct cm_config;

/* Inherited from now on. */
void cfg_attrs_unset(struct cfg_attrs *attrs, enum cfg_attr attr);
bool cfg_attrs_have(const struct cfg_attrs *attrs, enum cfg_attr attr);
/* What @to does not say is as in @from. */
void cfg_attrs_inherit(struct cfg_attrs *to, const struct cfg_attrs *from);
bool cfg_attrs_equal(const struct cfg_attrs *a, const struct cfg_attrs *b);

/*
 * The policy of a client of @group: @policy if there is one of that name (RADIUS says it),
 * that of its user, or that of the group; NULL: none but DfltGrpPolicy.
 */
const struct cfg_group_policy *cfg_policy_of(const struct cm_config *cfg,
					     const struct cfg_group *group,
					     const char *user,
					     const char *policy);
/*
 * All that holds for a client of @group: its own user's, then those of its policy, as above;
 * then those of DfltGrpPolicy, and what that is by default.  Groups of IOS say everything
 * themselves.  The mask is that of the pool if nothing else says one.  @user, @policy: "" for
 * none.
 */
void cfg_attrs_of(const struct cm_config *cfg, const struct cfg_group *group,
		  const char *user, const char *policy, struct cfg_attrs *out);

#endif

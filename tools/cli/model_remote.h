/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration model: remote access.  Part of model.h. */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_REMOTE_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/attrs.h"
#include "tools/cli/model_base.h"
#include "tools/lib/addr.h"

struct cfg_key;
struct cfg_map;
struct cm_config;

/* `username NAME ...`: of clients, by XAUTH (F-029). Secret. */
struct cfg_user {
	char name[CFG_NAME_SIZE];
	char hash[CFG_PASSWORD_SIZE];	/* salted: tools/lib/password.h */
	struct cfg_attrs attrs;		/* `username NAME attributes` (C-079) */
	char policy[CFG_NAME_SIZE];	/* `vpn-group-policy`; "": that of its group */
	struct cfg_where where, policy_at;
};

/* `group-policy NAME internal|attributes` (C-065) */
struct cfg_group_policy {
	char name[CFG_NAME_SIZE];
	struct cfg_attrs attrs;
	struct cfg_where where, pool_at, acl_at;
};

/* `crypto isakmp keepalive SECONDS [RETRY] [periodic|on-demand]` (RFC 3706) */
struct cfg_keepalive {
	uint32_t seconds;		/* 10..3600; 0: off (default) */
	uint32_t retry;			/* 2..60 */
	bool periodic;			/* false: only when there is traffic */
};

/* `tunnel-group NAME type ...` (C-059 to C-061, C-064). Secret. */
struct cfg_tunnel_group {
	char name[CFG_NAME_SIZE];	/* peer's address, or identity (key ID) */
	bool clients;			/* `remote-access`; else `ipsec-l2l` */
	char secret[CFG_KEY_MAX + 1];	/* "": none */
	char pool[CFG_NAME_SIZE];	/* "": none */
	char policy[CFG_NAME_SIZE];	/* "": DfltGrpPolicy */
	char login[CFG_NAME_SIZE];	/* list or group of servers; ~LIST: else LOCAL; "": LOCAL */
	bool no_users;			/* are asked for */
	bool hybrid;			/* are all that clients show */
	uint32_t ppp_changed;		/* 1 << CFG_PPP_..., other than CFG_PPP_DEFAULT */
	bool has_keepalive;		/* of its own (C-005, C-006): */
	struct cfg_keepalive keepalive;
	struct cfg_where where, secret_at, pool_at, policy_at, login_at;
};

/* `ip local pool NAME FIRST LAST [mask MASK]` (C-080) */
struct cfg_pool {
	char name[CFG_NAME_SIZE];
	struct addr first, last;	/* IPv4, at most CFG_POOL_MAX of them */
	struct addr mask;		/* of clients whose attributes have none; unset: none */
	struct cfg_where where;
};

/* `crypto isakmp client configuration group NAME` (C-019). Secret. */
struct cfg_group {
	char name[CFG_NAME_SIZE];	/* "default": who names no other */
	char secret[CFG_KEY_MAX + 1];	/* of aggressive mode; "": none */
	char pool[CFG_NAME_SIZE];	/* "": no addresses */
	struct addr dns[CFG_SERVERS_MAX], wins[CFG_SERVERS_MAX];	/* unset: none */
	char domain[CFG_FQDN_SIZE];
	struct addr netmask;		/* of the addresses; unset: none */
	char acl[CFG_NAME_SIZE];	/* what clients protect; "": everything */
	char banner[CFG_TEXT_SIZE];
	bool save_password;		/* clients may */
	bool pfs, local_lan;		/* as in struct cfg_attrs, as those: */
	char split_dns[CFG_FQDN_SIZE];
	struct addr backup[CFG_BACKUP_MAX];
	unsigned int max_logins;	/* of a user, 1..10; 0: no limit (F-033) */
	unsigned int max_users;		/* 1..5000; 0: no limit */
	uint32_t idle, session;		/* minutes; 0: without limit */
	bool derived;			/* of a tunnel-group: the two below say more */
	char policy[CFG_NAME_SIZE];	/* its group policy */
	char login[CFG_NAME_SIZE];	/* list of whom to let in; "": users are not asked for */
	bool hybrid;			/* clients need neither key nor certificate */
	struct cfg_where where, pool_at, acl_at, secret_at;
};

/*
 * `aaa authentication login LIST [group radius|GROUP] [local]`, tried in this order;
 * `aaa authorization network LIST local`
 */
struct cfg_method {
	char name[CFG_NAME_SIZE];
	bool authorization;		/* else authentication */
	bool radius;
	char servers[CFG_NAME_SIZE];	/* of RADIUS: their group; "": all of no group */
	bool local;			/* with @radius: when no server answers */
	bool derived;			/* by cm_config_expand(): LOCAL, ~LIST, a group of servers */
	struct cfg_where where;
};

/* How a server of RADIUS is asked, or, of all servers, `radius-server key ...`. Secret. */
struct cfg_radius_terms {
	char secret[CFG_KEY_MAX + 1];	/* "": that of all */
	uint32_t timeout;		/* seconds, 1..60, CFG_RADIUS_INHERIT */
	uint32_t retransmit;		/* 0..10, CFG_RADIUS_INHERIT */
};

/*
 * `radius-server host A.B.C.D ...`; or, in a group of servers, `server-private A.B.C.D ...`
 * and `server A.B.C.D ...`, which is one of the former (C-081). Secret.
 */
struct cfg_radius {
	char group[CFG_NAME_SIZE];	/* "": of none, for those who name no group */
	bool shared;			/* `server`: the one of no group says the rest */
	struct addr address;		/* with its port */
	struct cfg_radius_terms terms;
	struct cfg_where where, timeout_at;
};

/* `aaa group server radius NAME`, `aaa-server NAME protocol radius` (C-081) */
struct cfg_server_group {
	char name[CFG_NAME_SIZE];	/* 1..62 characters: ~NAME is one, too */
	struct cfg_where where;
};

/*
 * model_remote.c: remote access.  Names of groups have no case where a peer says
 * them.  The lists have one kind of name space each.
 */
struct cfg_user *cfg_user_find(const struct cm_config *cfg, const char *name);
struct cfg_pool *cfg_pool_find(const struct cm_config *cfg, const char *name);
struct cfg_group *cfg_group_find(const struct cm_config *cfg, const char *name);
struct cfg_group_policy *cfg_group_policy_find(const struct cm_config *cfg,
					       const char *name);
struct cfg_tunnel_group *cfg_tunnel_group_find(const struct cm_config *cfg,
					       const char *name);
struct cfg_method *cfg_method_find(const struct cm_config *cfg, const char *name,
				   bool authorization);
/* That of who has this key name, else the one of who names no other; or NULL. */
const struct cfg_group *cfg_group_of(const struct cm_config *cfg,
				     const char *name);
struct cfg_user *cfg_user_get(struct cm_config *cfg, const char *name);
struct cfg_pool *cfg_pool_get(struct cm_config *cfg, const char *name);
struct cfg_group *cfg_group_get(struct cm_config *cfg, const char *name);
struct cfg_group_policy *cfg_group_policy_get(struct cm_config *cfg,
					      const char *name);
struct cfg_tunnel_group *cfg_tunnel_group_get(struct cm_config *cfg,
					      const char *name);
struct cfg_method *cfg_method_get(struct cm_config *cfg, const char *name,
				  bool authorization);
void cfg_user_del(struct cm_config *cfg, struct cfg_user *user);
void cfg_pool_del(struct cm_config *cfg, struct cfg_pool *pool);
void cfg_group_del(struct cm_config *cfg, struct cfg_group *group);
void cfg_group_policy_del(struct cm_config *cfg,
			  struct cfg_group_policy *policy);
void cfg_tunnel_group_del(struct cm_config *cfg, struct cfg_tunnel_group *group);
void cfg_method_del(struct cm_config *cfg, struct cfg_method *method);
/* Are clients of the map told things, when they ask or at once? */
bool cfg_map_gives_addresses(const struct cfg_map *map);
/* Do all dynamic entries of the map insist on PFS (`set pfs`)? */
bool cfg_map_clients_pfs(const struct cm_config *cfg, const struct cfg_map *map);
/* Does the map do anything for clients?  Has it groups, by a list that exists? */
bool cfg_map_has_clients(const struct cfg_map *map);
bool cfg_has_clients(const struct cm_config *cfg);
bool cfg_map_uses_groups(const struct cm_config *cfg, const struct cfg_map *map);
bool cfg_uses_groups(const struct cm_config *cfg);
/* Does a tunnel-group say that it is for clients? */
bool cfg_has_client_tunnel_group(const struct cm_config *cfg);
/*
 * model_l2tp.c: L2TP is served where a dynamic map in transport mode is bound, if a
 * tunnel-group of clients, by its policy or that of a user, permits l2tp-ipsec.
 */
bool cfg_map_serves_l2tp(const struct cm_config *cfg, const struct cfg_map *map);
/* May clients of that group (derived of a tunnel-group; else false) use L2TP at all? */
bool cfg_group_has_l2tp(const struct cm_config *cfg,
			const struct cfg_group *group);
/* How they may say who they are: 1 << CFG_PPP_...; 0: of no tunnel-group. */
uint32_t cfg_group_ppp(const struct cm_config *cfg,
		       const struct cfg_group *group);
/*
 * The same without what cannot be checked: CHAP takes RADIUS (C-082), and clients that are
 * offered it would rather use it than MS-CHAP.
 */
uint32_t cfg_group_ppp_offer(const struct cm_config *cfg,
			     const struct cfg_group *group);
/* Where their users are looked for, though IKE may ask for none. */
const char *cfg_group_ppp_login(const struct cm_config *cfg,
				const struct cfg_group *group);
/* "pap", ... */
const char *cfg_ppp_word(enum cfg_ppp method);
/* Has one clients that show nothing but their user? */
bool cfg_has_hybrid_group(const struct cm_config *cfg);
/* Who somebody is, as far as it says whether he is a client. */
struct cfg_who {
	const char *key_name;		/* that he has named; "": none */
	const struct addr *remote;
	bool no_key;			/* he has shown none, but a certificate or a user */
	const char *profile;		/* of ISAKMP, that he has matched; NULL, "": none */
	const char *ike_policy;		/* of any peer (NEC), that his name is of; the same */
};

/* His group, if he comes in at @map; NULL: of none, as routers are. */
const struct cfg_group *cfg_client_group(const struct cm_config *cfg,
					 const struct cfg_map *map,
					 const struct cfg_who *who);
/*
 * The list in which the user of @group is looked for: of a tunnel-group its own, else that
 * of the map.  "": it is not asked for.
 */
const char *cfg_client_login(const struct cfg_map *map,
			     const struct cfg_group *group);
/*
 * How peers are asked if they live (F-017): what their profile says, else their
 * tunnel-group, else the whole configuration, else ASA for each of its groups.  @group: that of a client.
 */
void cfg_keepalive_of(const struct cm_config *cfg, const struct cfg_who *who,
		      const struct cfg_group *group, struct cfg_keepalive *out);
bool cfg_keepalive_equal(const struct cfg_keepalive *a,
			 const struct cfg_keepalive *b);
bool cfg_keepalives_equal(const struct cm_config *a, const struct cm_config *b);
/* What tunnel-groups stand for; see cm_config_expand(). */
void cfg_remote_forget_derived(struct cm_config *cfg);
int cfg_remote_expand(struct cm_config *cfg);
/* Those of tunnel-groups, if they are. */
void cfg_map_forget_clients(struct cfg_map *map);
/* Nothing is left of it. */
bool cfg_map_is_empty(const struct cfg_map *map);

/* model_radius.c: servers are known by group ("": none), address and port. */
struct cfg_radius *cfg_radius_find(const struct cm_config *cfg,
				   const char *group,
				   const struct addr *server);
struct cfg_radius *cfg_radius_get(struct cm_config *cfg, const char *group,
				  const struct addr *server);
void cfg_radius_del(struct cm_config *cfg, struct cfg_radius *server);
unsigned int cfg_radius_count(const struct cm_config *cfg, const char *group);
/*
 * The servers of @group in the order in which they are asked: the one after @last, NULL
 * for the first; for `server` the one that it means.  NULL: no more.
 */
const struct cfg_radius *cfg_radius_next(const struct cm_config *cfg,
					 const char *group,
					 const struct cfg_radius **last);
struct cfg_server_group *cfg_server_group_find(const struct cm_config *cfg,
					       const char *name);
struct cfg_server_group *cfg_server_group_get(struct cm_config *cfg,
					      const char *name);
/* With its servers. */
void cfg_server_group_del(struct cm_config *cfg, struct cfg_server_group *group);
/* Is it what users of a tunnel-group are looked for by: a list, or a group of servers? */
bool cfg_login_exists(const struct cm_config *cfg, const char *login);
/* `authentication-server-group NAME LOCAL` is kept as ~NAME: NAME. */
const char *cfg_login_name(const char *login);
/* Its own terms, else those of all; the secret is "" if there is none. */
const char *cfg_radius_secret(const struct cm_config *cfg,
			      const struct cfg_radius *server);
uint32_t cfg_radius_timeout(const struct cm_config *cfg,
			    const struct cfg_radius *server);
uint32_t cfg_radius_retransmit(const struct cm_config *cfg,
			       const struct cfg_radius *server);
/* Are users of clients looked for by RADIUS?  There may be no server. */
bool cfg_uses_radius(const struct cm_config *cfg);
int cfg_logins_expand(struct cm_config *cfg);
void cfg_radius_forget_places(struct cm_config *cfg);
bool cfg_radius_equal(const struct cm_config *a, const struct cm_config *b);

bool cfg_remote_equal(const struct cm_config *a, const struct cm_config *b);
bool cfg_group_policy_equal(const struct cfg_group_policy *a,
			    const struct cfg_group_policy *b);
bool cfg_tunnel_group_equal(const struct cfg_tunnel_group *a,
			    const struct cfg_tunnel_group *b);
/* For cm_config_copy(), cm_config_free(), cm_config_forget_places(). */
bool cfg_remote_copy(struct cm_config *to, const struct cm_config *from);
void cfg_remote_free(struct cm_config *cfg);
void cfg_remote_forget_places(struct cm_config *cfg);

#endif

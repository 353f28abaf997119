// SPDX-License-Identifier: GPL-2.0-or-later
/* Which crypto map is for clients, and which addresses they have. */
#include <string.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/ppp/session.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* Where several use one address, one that asks for users comes first. */
const struct cfg_map *policy_client_map(const struct engine *e,
					const struct addr *local,
					const char *profile)
{
	const struct cfg_isakmp_profile *p = policy_profile(e, profile);
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_map *map, *best = NULL;
	size_t i;

	if (p && cfg_map_has_clients(&p->clients))
		return &p->clients;

	for (i = 0; cfg && i < cfg->n_interfaces; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];
		struct policy_flow probe = { 0 };

		map = cfg_map_find(cfg, ifc->map);
		if (!map || !cfg_map_has_clients(map) ||
		    (best && !map->login[0]))
			continue;
		memcpy(probe.k.ifname, ifc->name, sizeof(probe.k.ifname));
		memcpy(probe.k.map, map->name, sizeof(probe.k.map));
		if (policy_local_fits(e, &probe, local))
			best = map;
	}
	return best;
}

struct cfg_who policy_who(const struct child_sa *c)
{
	return (struct cfg_who){
		c->key_name ?: "", &c->remote, c->cert || c->hybrid, c->profile,
		c->ike_policy,
	};
}

const char *policy_client_login(const struct engine *e,
				const struct addr *local,
				const struct cfg_who *who)
{
	const struct cfg_map *map = policy_client_map(e, local, who->profile);
	const struct cm_config *cfg = e->policy->cfg;

	return map ? cfg_client_login(map, cfg_client_group(cfg, map, who)) : "";
}

bool policy_takes_l2tp(const struct engine *e, const struct addr *local,
		       const struct cfg_who *who)
{
	const struct cfg_map *map = policy_client_map(e, local, who->profile);
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_group *group;

	if (!map || !cfg_map_serves_l2tp(cfg, map))
		return false;
	group = cfg_client_group(cfg, map, who);
	return group && cfg_group_has_l2tp(cfg, group);
}

bool policy_permits_hybrid(const struct engine *e, const struct addr *local,
			   const struct cfg_who *who)
{
	const struct cfg_map *map = policy_client_map(e, local, who->profile);
	const struct cfg_group *group = map ?
		cfg_client_group(e->policy->cfg, map, who) : NULL;

	return group && group->hybrid && cfg_client_login(map, group)[0] &&
	       (!who->key_name[0] || !strcasecmp(group->name, who->key_name)) &&
	       !policy_names_peer(e, who->remote);
}

bool policy_has_user(const struct engine *e, const struct addr *local,
		     const struct cfg_who *who, const char *user, bool radius)
{
	const char *login = policy_client_login(e, local, who);
	const struct cm_config *cfg = e->policy->cfg;
	const struct cfg_method *list;

	if (!login[0])
		return true;
	list = cfg_method_find(cfg, login, false);
	if (!list || radius)
		return list && list->radius;
	return list->local && cfg_user_find(cfg, user);
}

/* --- logins -------------------------------------------------------------------- */

struct logins {
	const struct cm_config *cfg;
	const char *user;		/* or ... */
	const struct cfg_group *group;	/* ... all of that, or all (NULL) */
	const struct ike_sa *but;
};

/* One thing that somebody has who has logged in. */
struct login_of {
	const char *user;
	const char *key_name;
	uint32_t client;
};

static struct login_of login_of_sa(const struct ike_sa *sa)
{
	return (struct login_of){
		.user = ike_sa_established(sa) ? v1_access_user(sa) : "",
		.key_name = sa->key_name, .client = sa->client,
	};
}

static struct login_of login_of_pair(const struct child_sa *c)
{
	return (struct login_of){
		.user = c->user ?: "", .key_name = c->key_name ?: "",
		.client = c->client,
	};
}

static bool is_counted(const struct logins *which, const struct login_of *l)
{
	if (!l->user[0])
		return false;
	if (which->user)
		return !strcmp(l->user, which->user);
	return !which->group ||
	       cfg_group_of(which->cfg, l->key_name) == which->group;
}

/* Where a NAT does not tell them apart, users do. */
static bool is_same(const struct login_of *a, const struct login_of *b)
{
	return a->client == b->client && !strcmp(a->user, b->user);
}

/* Is there one like it before @until, among the ISAKMP SAs, then the pairs? */
static bool has_earlier(const struct peer *peer, const struct login_of *like,
			const struct list *until)
{
	struct list *pos, *tmp;
	struct login_of l;

	list_for_each(&peer->ike_sas, pos, tmp) {
		if (pos == until)
			return false;
		l = login_of_sa(list_entry(pos, struct ike_sa, of_peer));
		if (is_same(&l, like))
			return true;
	}
	list_for_each(&peer->children, pos, tmp) {
		if (pos == until)
			return false;
		l = login_of_pair(list_entry(pos, struct child_sa, of_peer));
		if (is_same(&l, like))
			return true;
	}
	return false;
}

static bool is_one_more(const struct logins *which, const struct peer *peer,
			const struct login_of *l, const struct list *at)
{
	struct login_of but = { .user = "" };

	if (which->but)
		but = (struct login_of){
			v1_access_user(which->but), "", which->but->client,
		};
	return is_counted(which, l) &&
	       !(which->but && peer == which->but->peer && is_same(l, &but)) &&
	       !has_earlier(peer, l, at);
}

static unsigned int count_at(const struct peer *peer, const struct logins *which)
{
	struct list *pos, *tmp;
	struct login_of l;
	unsigned int n = 0;

	list_for_each(&peer->ike_sas, pos, tmp) {
		l = login_of_sa(list_entry(pos, struct ike_sa, of_peer));
		n += is_one_more(which, peer, &l, pos);
	}
	list_for_each(&peer->children, pos, tmp) {
		l = login_of_pair(list_entry(pos, struct child_sa, of_peer));
		n += is_one_more(which, peer, &l, pos);
	}
	return n;
}

unsigned int policy_count_logins(const struct engine *e, const char *user,
				 const struct cfg_group *group,
				 const struct ike_sa *but)
{
	const struct logins which = { engine_config(e), user, group, but };
	struct list *pos, *tmp;
	unsigned int n = ppp_count(e, user, group);

	list_for_each(&e->all_peers, pos, tmp)
		n += count_at(list_entry(pos, struct peer, all), &which);
	return n;
}

struct account *policy_account(const struct ike_sa *sa)
{
	return v1_access_account(sa);
}

void policy_login_exceeds(struct engine *e, const struct addr *peer,
			  unsigned int handle, const struct addr *server,
			  const char *user)
{
	char from[ADDR_STRLEN], by[ADDR_STRLEN];

	engine_count(e, ENGINE_C_LOGINS_EXCEEDED);
	if (!log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
		return;
	log_notice(ike, "AUTH/5 RPT=%llu %s Authentication rejected: Reason = Simultaneous logins exceeded for user handle = %u, server = %s, user = %s, domain = <not specified>",
		   (unsigned long long)e->counters[ENGINE_C_LOGINS_EXCEEDED],
		   addr_format(peer, from, sizeof(from)), handle,
		   server ? addr_format(server, by, sizeof(by)) : "(none)", user);
}

void policy_mark_clients(const struct engine *e,
			 void (*mark)(void *arg, const struct addr *addr),
			 void *arg)
{
	struct list *pos, *tmp;

	list_for_each(&e->policy->all_flows, pos, tmp) {
		const struct policy_flow *f = list_entry(pos, struct policy_flow,
							 all);
		const struct range *dst = &f->k.sel.dst;

		if (policy_is_dynamic(f) && addr_equal(&dst->from, &dst->to))
			mark(arg, &dst->from);
	}
}

/* Those that are a user's alone. */
static void mark_framed(const struct cm_config *cfg, struct pool_use *use)
{
	const struct cfg_user *user;

	for (user = cfg->users; user < cfg->users + cfg->n_users; user++)
		if (cfg_attrs_have(&user->attrs, CFG_ATTR_FRAMED))
			pool_use_mark(use, &user->attrs.framed.address);
}

struct lease *policy_lease(struct engine *e, const struct cfg_pool *pool,
			   const struct addr *netmask, const char *user,
			   const struct addr *peer, uint32_t client)
{
	struct pool_use use;
	struct lease *lease;

	if (pool_use_init(&use, pool))
		return NULL;
	policy_mark_clients(e, pool_use_mark, &use);
	mark_framed(e->policy->cfg, &use);
	lease = lease_new(&e->leases, &use, netmask, user, peer, client);
	pool_use_free(&use);
	return lease;
}

bool policy_asks_user(const struct engine *e, const struct policy_flow *f)
{
	const struct cfg_map *map = cfg_map_find(e->policy->cfg, f->k.map);

	return policy_is_dynamic(f) && map && map->login[0] &&
	       !map->clients_derived;
}

bool policy_may_be_guest(const struct child_sa *c)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);
	const struct cfg_map *map = f ?
		cfg_map_find(c->e->policy->cfg, f->k.map) : NULL;

	return c->adopted && map && policy_is_dynamic(f) &&
	       map->clients_derived;
}

/* --- an address of a user's own ------------------------------------------------- */

static bool is_lease_of(const struct lease *l, const struct addr *addr,
			const char *user)
{
	return l && addr_equal(&l->addr, addr) && !strcmp(l->user, user);
}

static struct ike_sa *sa_with(const struct peer *peer, const struct ike_sa *but,
			      const struct addr *addr, const char *user)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa != but && sa->access &&
		    is_lease_of(sa->access->lease, addr, user))
			return sa;
	}
	return NULL;
}

static void take_from(struct peer *peer, const struct ike_sa *but,
		      const struct addr *addr, const char *user)
{
	struct list *pos, *tmp;
	struct ike_sa *sa;

	while ((sa = sa_with(peer, but, addr, user)))
		policy_end_client(sa, "its user has come from elsewhere");
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (is_lease_of(c->lease, addr, user))
			policy_end_pair(c);
	}
}

void policy_take_address(const struct ike_sa *sa, const struct addr *addr,
			 const char *user)
{
	struct list *pos, *tmp;

	list_for_each(&sa->e->all_peers, pos, tmp) {
		struct peer *peer = list_entry(pos, struct peer, all);

		peer->pins++;
		take_from(peer, sa, addr, user);
		peer->pins--;
		peer_release(peer);
	}
}

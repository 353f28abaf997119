// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration (draft-dukes-ike-mode-cfg-02), its server: an address, and what
 * the group of the client says (F-030, F-032), or RADIUS (F-102).  Attributes of Cisco's Unity go to who
 * named that in phase 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/exchange.h"
#include "tools/lib/version.h"

/* Networks that a client is told; more do not fit every message. */
#define SPLIT_MAX	64

/* --- what holds for the client --------------------------------------------------- */

const struct cfg_group *v1_client_group(const struct ike_sa *sa)
{
	const struct cfg_map *map = v1_client_map(sa);
	const struct cfg_who who = v1_who(sa);

	return map ? cfg_client_group(engine_config(sa->e), map, &who) : NULL;
}

/* Users of the configuration are not those of RADIUS, though they may have one name. */
static const char *local_user(const struct v1_access *a)
{
	return a->radius || !a->asked ? "" : a->user;
}

const char *v1_client_policy(const struct v1_access *a,
			     const struct cfg_group *group)
{
	const struct cfg_group_policy *p;
	char policy[CFG_NAME_SIZE];

	radius_policy(&a->reply, policy);
	p = cfg_policy_of(engine_config(a->sa->e), group, local_user(a), policy);
	return p ? p->name : "";
}

void v1_client_attrs(const struct v1_access *a, const struct cfg_group *group,
		     struct cfg_attrs *out)
{
	char policy[CFG_NAME_SIZE];

	radius_policy(&a->reply, policy);
	cfg_attrs_of(engine_config(a->sa->e), group, local_user(a), policy, out);
	if (addr_is_set(&a->reply.netmask))
		out->netmask = a->reply.netmask;
	else if (addr_is_set(&out->framed.mask))
		out->netmask = out->framed.mask;
}

/* What a client is told, and of what group that is. */
struct told {
	struct v1_access *a;
	const struct cfg_group *group;
	struct cfg_attrs attrs;
};

/* False: it is told nothing. */
static bool told_of(struct v1_access *a, struct told *t)
{
	const struct cfg_map *map = v1_client_map(a->sa);

	t->a = a;
	t->group = map && cfg_map_gives_addresses(map) ? v1_client_group(a->sa) : NULL;
	if (t->group)
		v1_client_attrs(a, t->group, &t->attrs);
	return t->group;
}

/* --- the address --------------------------------------------------------------- */

/* Which RADIUS has said, or which is the user's alone (C-079); 0: neither. */
static uint32_t framed_of(const struct told *t)
{
	const struct radius_reply *reply = &t->a->reply;

	if (reply->framed != RADIUS_FRAMED_NONE &&
	    reply->framed != RADIUS_FRAMED_POOL &&
	    reply->framed != RADIUS_FRAMED_CLIENT)
		return reply->framed;
	return t->group && addr_is_set(&t->attrs.framed.address) ?
	       addr_to_v4(&t->attrs.framed.address) : 0;
}

void v1_modecfg_inherit(struct v1_access *a)
{
	struct ike_sa *sa = a->sa;
	struct lease *l = lease_find(&sa->e->leases, a->user, &sa->peer->addr,
				     sa->client);
	struct told t;
	uint32_t framed;

	told_of(a, &t);
	framed = framed_of(&t);
	if (!framed || (l && addr_to_v4(&l->addr) == framed))
		a->lease = lease_get(l);
}

/* That of an adopted pair is known by its flow alone. */
static bool is_for(const struct child_sa *c, const struct addr *addr)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);
	const struct range *dst = f ? &f->k.sel.dst : &c->sel.dst;

	return addr_equal(&dst->from, addr) && addr_equal(&dst->to, addr);
}

/* Pairs may have outlived their ISAKMP SA, and a daemon before us. */
static bool has_pair_of_another(const struct ike_sa *sa, const struct addr *addr)
{
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&sa->e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp) {
			const struct child_sa *c = list_entry(q, struct child_sa,
							      of_peer);

			if (is_for(c, addr) &&
			    !(peer == sa->peer && child_sa_is_with(c, sa)))
				return true;
		}
	}
	return false;
}

/* Takes it; or says why the client cannot have it. */
static const char *take_address(const struct told *t, uint32_t host)
{
	struct addr addr = addr_v4(host, 0);
	struct v1_access *a = t->a;
	struct ike_sa *sa = a->sa;

	if (!pool_is_for_clients(host, &t->attrs.netmask))
		return "is not one for clients";
	if (sa->e->net->has_address(sa->e->net_ctx, NULL, &addr))
		return "is one of this router";
	if (!has_pair_of_another(sa, &addr))
		a->lease = lease_take(&sa->e->leases, &addr, a->user,
				      &sa->peer->addr, sa->client);
	return a->lease ? NULL : "another client has";
}

/* It is the user's alone: he may come back from elsewhere before he is missed. */
static void give_framed(const struct told *t, uint32_t host)
{
	const char *from = host == t->a->reply.framed ? "RADIUS" :
							"its attributes";
	struct addr addr = addr_v4(host, 0);
	struct v1_access *a = t->a;
	char peer[ADDR_STRLEN], text[ADDR_STRLEN];
	const char *why;

	if (a->user[0])
		policy_take_address(a->sa, &addr, a->user);
	why = take_address(t, host);
	addr_format(&a->sa->remote, peer, sizeof(peer));
	addr_format(&addr, text, sizeof(text));
	if (why)
		log_warning(ike, "%s: user %s is to have the address %s, from %s, which %s: refused",
			    peer, a->user, text, from, why);
	else
		log_info(ike, "%s: client %s of group %s has address %s, from %s",
			 peer, a->user, t->group->name, text, from);
}

static void give_address(const struct told *t)
{
	struct v1_access *a = t->a;
	const struct cfg_pool *pool = cfg_pool_find(engine_config(a->sa->e),
						    t->attrs.pool);
	struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN], text[ADDR_STRLEN];

	addr_format(&sa->remote, peer, sizeof(peer));
	if (!pool) {
		log_warning(ike, "%s: group %s has no pool of addresses", peer,
			    t->group->name);
		return;
	}
	a->lease = policy_lease(sa->e, pool, &t->attrs.netmask, a->user,
				&sa->peer->addr, sa->client);
	if (a->lease)
		log_info(ike, "%s: client %s of group %s has address %s", peer,
			 a->user, t->group->name,
			 addr_format(&a->lease->addr, text, sizeof(text)));
	else
		log_warning(ike, "%s: pool %s has no address left for client %s",
			    peer, pool->name, a->user);
}

/* --- attributes ------------------------------------------------------------------ */

static void put_addr(struct buf *b, unsigned int type, const struct addr *addr)
{
	if (addr_is_set(addr))
		isakmp_cfg_put(b, type, addr->bytes, addr_len(addr));
}

static void put_text(struct buf *b, unsigned int type, const char *text)
{
	if (text[0])
		isakmp_cfg_put(b, type, text, strlen(text));
}

/*
 * That which the client asks for, if it may: one of the pool, if there is one, for others
 * may be those of hosts inside.
 */
static void give_wanted(const struct told *t, const struct isakmp_attr *wanted)
{
	const struct cfg_pool *pool = cfg_pool_find(engine_config(t->a->sa->e),
						    t->attrs.pool);
	uint32_t host;

	if (t->a->reply.framed != RADIUS_FRAMED_CLIENT || !wanted->variable ||
	    wanted->len != sizeof(host))
		return;
	memcpy(&host, wanted->data, sizeof(host));
	host = ntohl(host);
	if (!pool || (host >= addr_to_v4(&pool->first) &&
		      host <= addr_to_v4(&pool->last)))
		take_address(t, host);
}

static void put_address(const struct told *t, const struct isakmp_attr *wanted,
			struct buf *b)
{
	uint32_t framed = framed_of(t);
	struct v1_access *a = t->a;

	if (!a->lease)
		v1_modecfg_inherit(a);
	if (!a->lease)
		give_wanted(t, wanted);
	if (!a->lease && framed)
		give_framed(t, framed);
	else if (!a->lease)
		give_address(t);
	if (a->lease)
		put_addr(b, ISAKMP_CFG_IP4_ADDRESS, &a->lease->addr);
}

/* One line of the list: the network, and what is left out, which means all. */
static void put_network(struct buf *b, const struct cfg_net *net)
{
	const struct addr mask = cfg_net_mask(net);

	buf_put(b, net->addr.bytes, addr_len(&net->addr));
	buf_put(b, mask.bytes, addr_len(&mask));
	buf_put_u16(b, 0);	/* protocol */
	buf_put_u16(b, 0);	/* ports: source, destination */
	buf_put_u16(b, 0);
}

/* What goes through the tunnel alone, or what does not; @type says which is asked for. */
static void put_split(const struct told *t, unsigned int type, struct buf *b)
{
	const struct cfg_acl *acl = cfg_acl_find(engine_config(t->a->sa->e),
						 t->attrs.acl);
	unsigned int n = 0;
	struct buf nets;
	size_t i;

	if (t->attrs.split != (type == ISAKMP_CFG_UNITY_SPLIT_INCLUDE ?
			       CFG_SPLIT_SPECIFIED : CFG_SPLIT_EXCLUDED))
		return;
	buf_init(&nets, SPLIT_MAX * ISAKMP_CFG_SPLIT_LEN);
	for (i = 0; acl && acl->family == AF_INET && i < acl->n_aces; i++) {
		const struct cfg_ace *ace = &acl->aces[i];

		if (ace->action != CFG_PERMIT || cfg_net_is_any(&ace->src) ||
		    n++ == SPLIT_MAX)
			continue;
		put_network(&nets, &ace->src);
	}
	if (buf_len(&nets) && !buf_err(&nets))
		isakmp_cfg_put(b, type, buf_data(&nets), buf_len(&nets));
	buf_free(&nets);
}

/* Its own network, whatever that is: Cisco's way to say so in a list of what is left out. */
static void put_local_lan(const struct told *t, struct buf *b)
{
	const struct addr zero = addr_v4(0, 0);
	const struct cfg_net net = cfg_net_host(&zero);
	struct buf nets;

	if (!t->attrs.local_lan) {
		put_split(t, ISAKMP_CFG_UNITY_LOCAL_LAN, b);
		return;
	}
	buf_init(&nets, ISAKMP_CFG_SPLIT_LEN);
	put_network(&nets, &net);
	if (!buf_err(&nets))
		isakmp_cfg_put(b, ISAKMP_CFG_UNITY_LOCAL_LAN, buf_data(&nets),
			       buf_len(&nets));
	buf_free(&nets);
}

/* Of the group, or what the dynamic map insists on. */
static bool wants_pfs(const struct told *t)
{
	const struct cfg_map *map = v1_client_map(t->a->sa);

	return t->attrs.pfs ||
	       (map && cfg_map_clients_pfs(engine_config(t->a->sa->e), map));
}

static void put_backup(const struct told *t, struct buf *b)
{
	char text[CFG_BACKUP_MAX * (ADDR_STRLEN + 1)] = "", one[ADDR_STRLEN];
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < CFG_BACKUP_MAX && addr_is_set(&t->attrs.backup[i]); i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%s", i ? "," : "",
			      addr_format(&t->attrs.backup[i], one,
					  sizeof(one)));
	put_text(b, ISAKMP_CFG_UNITY_BACKUP_SERVERS, text);
}

static void put_unity(const struct told *t, unsigned int type, struct buf *b)
{
	if (!(t->a->sa->vendors & IKE_PEER_UNITY))
		return;
	switch (type) {
	case ISAKMP_CFG_UNITY_BANNER:
		put_text(b, type, t->attrs.banner);
		break;
	case ISAKMP_CFG_UNITY_SAVE_PASSWD:
		isakmp_cfg_put_number(b, type, t->attrs.save_password);
		break;
	case ISAKMP_CFG_UNITY_DEF_DOMAIN:
		put_text(b, type, t->attrs.domain);
		break;
	case ISAKMP_CFG_UNITY_SPLIT_DNS:
		put_text(b, type, t->attrs.split_dns);
		break;
	case ISAKMP_CFG_UNITY_BACKUP_SERVERS:
		put_backup(t, b);
		break;
	case ISAKMP_CFG_UNITY_SPLIT_INCLUDE:
		put_split(t, type, b);
		break;
	case ISAKMP_CFG_UNITY_LOCAL_LAN:
		put_local_lan(t, b);
		break;
	case ISAKMP_CFG_UNITY_PFS:
		isakmp_cfg_put_number(b, type, wants_pfs(t));
		break;
	}
}

static void put_attr(const struct told *t, const struct isakmp_attr *asked,
		     struct buf *b)
{
	unsigned int type = asked->type, i;

	switch (type) {
	case ISAKMP_CFG_IP4_ADDRESS:
		put_address(t, asked, b);
		break;
	case ISAKMP_CFG_IP4_NETMASK:
		put_addr(b, type, &t->attrs.netmask);
		break;
	case ISAKMP_CFG_IP4_DNS:
		for (i = 0; i < CFG_SERVERS_MAX; i++)
			put_addr(b, type, &t->attrs.dns[i]);
		break;
	case ISAKMP_CFG_IP4_NBNS:
		for (i = 0; i < CFG_SERVERS_MAX; i++)
			put_addr(b, type, &t->attrs.wins[i]);
		break;
	case ISAKMP_CFG_APPLICATION_VERSION:
		put_text(b, type, "cryptomap " CRYPTOMAP_VERSION);
		break;
	default:
		put_unity(t, type, b);
		break;
	}
}

static bool is_repeated(const struct isakmp_cfg *cfg, unsigned int at)
{
	return isakmp_cfg_find(cfg, cfg->attrs[at].type) != &cfg->attrs[at];
}

static void take_word(const struct isakmp_cfg *request, unsigned int type,
		      char *out, size_t size)
{
	const struct isakmp_attr *attr = isakmp_cfg_find(request, type);

	if (attr && attr->variable && attr->len)
		v1_client_text(attr, out, size);
}

/* Clients put it where the answer would be (6.4, step 16). */
static void take_said(struct v1_access *a, const struct isakmp_cfg *request)
{
	struct v1_said *said = &a->said;

	take_word(request, ISAKMP_CFG_APPLICATION_VERSION, said->version,
		  sizeof(said->version));
	take_word(request, ISAKMP_CFG_UNITY_DDNS_HOSTNAME, said->host,
		  sizeof(said->host));
}

void v1_modecfg_answer(struct v1_access *a, const struct isakmp_cfg *request,
		       struct buf *reply)
{
	unsigned int i, n;
	struct told t;

	take_said(a, request);
	n = told_of(a, &t) && !v1_only_l2tp(a->sa) ? request->n : 0;
	isakmp_cfg_begin(reply, ISAKMP_CFG_REPLY, request->id);
	for (i = 0; i < n; i++)
		if (!is_repeated(request, i))
			put_attr(&t, &request->attrs[i], reply);
}

/* Whom an entry names is a router, and who is exempt from XAUTH stands for one. */
bool v1_modecfg_pushes(const struct v1_access *a)
{
	const struct ike_sa *sa = a->sa;
	const struct cfg_map *map = v1_client_map(sa);

	return map && map->initiate && v1_client_group(sa) &&
	       !v1_only_l2tp(sa) &&
	       (a->asked || (!policy_names_peer(sa->e, &sa->remote) &&
			     !v1_xauth_exempt(sa)));
}

bool v1_modecfg_push(struct v1_access *a, struct buf *set)
{
	static const uint16_t types[] = {
		ISAKMP_CFG_IP4_ADDRESS, ISAKMP_CFG_IP4_NETMASK,
		ISAKMP_CFG_IP4_DNS, ISAKMP_CFG_IP4_NBNS,
		ISAKMP_CFG_UNITY_BANNER, ISAKMP_CFG_UNITY_SAVE_PASSWD,
		ISAKMP_CFG_UNITY_DEF_DOMAIN, ISAKMP_CFG_UNITY_SPLIT_DNS,
		ISAKMP_CFG_UNITY_SPLIT_INCLUDE, ISAKMP_CFG_UNITY_LOCAL_LAN,
		ISAKMP_CFG_UNITY_PFS, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
	};
	struct isakmp_attr attr = { 0 };
	struct told t;
	size_t i, empty;

	isakmp_cfg_begin(set, ISAKMP_CFG_SET, 0);
	empty = buf_len(set);
	told_of(a, &t);
	for (i = 0; t.group && i < sizeof(types) / sizeof(types[0]); i++) {
		attr.type = types[i];
		put_attr(&t, &attr, set);
	}
	return buf_len(set) > empty;
}

/* --- quick mode ------------------------------------------------------------------ */

#define PORT_L2TP	1701

/* By what it asks for (F-039). */
static uint32_t protocol_of(const struct kernel_sel *sel)
{
	return sel->proto == IPPROTO_UDP && sel->sport == PORT_L2TP ?
	       CFG_TUNNEL_L2TP : CFG_TUNNEL_IKEV1;
}

/* May it be used by the client, or one of its users, who may not be known yet? */
static bool permits_protocol(const struct told *t, uint32_t protocol)
{
	return t->attrs.protocols & protocol ||
	       (protocol == CFG_TUNNEL_L2TP && !t->a->asked &&
		cfg_group_has_l2tp(engine_config(t->a->sa->e), t->group));
}

/*
 * Nobody has been asked for its user, so that it may have our port of L2TP alone; and at
 * its own end nothing but itself, or it would hear what is for other clients.
 */
static int permits_only_l2tp(struct v1_exchange *x)
{
	if (protocol_of(&x->q.sel) == CFG_TUNNEL_L2TP &&
	    range_is_host(&x->q.sel.src, &x->sa->local) &&
	    range_is_host(&x->q.sel.dst, &x->sa->remote))
		return 0;
	return v1_fault(x, -EACCES, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"who was not asked for a user (XAUTH) may use nothing but L2TP");
}

int v1_modecfg_permits(struct v1_exchange *x)
{
	struct v1_access *a = x->sa->access;
	const struct range *dst = &x->q.sel.dst;
	struct told t;
	char asked[RANGE_STRLEN], has[ADDR_STRLEN] = "none";

	if (v1_only_l2tp(x->sa) && permits_only_l2tp(x))
		return -EACCES;
	if (!a)
		return 0;
	if (told_of(a, &t) && !permits_protocol(&t, protocol_of(&x->q.sel)))
		return v1_fault(x, -EACCES, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				"tunnel rejected: vpn-tunnel-protocol of its policy does not permit %s",
				protocol_of(&x->q.sel) == CFG_TUNNEL_L2TP ?
				"l2tp-ipsec" : "ikev1");
	/* Where no address is given, or nobody was asked for, the lists decide. */
	if (!a->lease && !(a->asked && told_of(a, &t) &&
			   (t.attrs.pool[0] || framed_of(&t))))
		return 0;
	if (a->lease && addr_equal(&dst->from, &a->lease->addr) &&
	    addr_equal(&dst->to, &a->lease->addr))
		return 0;
	if (a->lease)
		addr_format(&a->lease->addr, has, sizeof(has));
	return v1_fault(x, -EACCES, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"the client asks for %s, but its address is %s",
			range_format(dst, asked, sizeof(asked)), has);
}

int v1_modecfg_pfs(struct v1_exchange *x)
{
	struct v1_access *a = x->sa->access;
	struct told t;

	/* L2TP has no mode configuration, and Windows no PFS. */
	if (x->group || !a || !told_of(a, &t) || !t.attrs.pfs ||
	    protocol_of(&x->q.sel) == CFG_TUNNEL_L2TP)
		return 0;
	return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
			"pfs of the client's group is on, and it offers none");
}

int v1_modecfg_not_anothers(struct v1_exchange *x)
{
	const struct list *leases = &x->e->leases, *pos;
	const struct v1_access *a = x->sa->access;
	char has[ADDR_STRLEN];

	for (pos = leases->next; pos != leases; pos = pos->next) {
		const struct lease *l = list_entry(pos, struct lease, all);

		if ((!a || a->lease != l) &&
		    range_contains(&x->q.sel.dst, &l->addr))
			return v1_fault(x, -EACCES, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
					"the peer asks for %s, which is the address of another client",
					addr_format(&l->addr, has, sizeof(has)));
	}
	return 0;
}

void v1_modecfg_child(const struct ike_sa *sa, struct child_sa *c)
{
	const struct cfg_group *group = v1_client_group(sa);
	const struct v1_access *a = sa->access;
	struct cfg_attrs attrs;
	uint32_t idle;

	if (!a)
		return;
	c->lease = lease_get(a->lease);
	if (!group)
		return;
	v1_client_attrs(a, group, &attrs);
	idle = attrs.idle * 60;
	c->ends_session = idle && (!c->idle || idle <= c->idle);
	if (c->ends_session)
		c->idle = idle;
}

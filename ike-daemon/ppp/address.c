// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of users of L2TP: RADIUS's, their own, or of the pool. */
#include <string.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/ppp/session.h"

/* Ours where there is no pool: a dummy that nobody else has (RFC 7600) */
#define OWN_DUMMY	0xc0000008u

static bool in_pool(const struct cfg_pool *pool, const struct addr *addr)
{
	return addr_to_v4(addr) >= addr_to_v4(&pool->first) &&
	       addr_to_v4(addr) <= addr_to_v4(&pool->last);
}

/* One of the pool is our end of all sessions whose users have theirs of it. */
static void take_own(struct ppp_session *s, const struct cfg_pool *pool,
		     const struct addr *netmask)
{
	static const struct addr nobody;
	struct list *pos, *tmp;

	list_for_each(&s->e->ppp.sessions, pos, tmp) {
		struct ppp_session *other = list_entry(pos, struct ppp_session,
						       all);

		if (other->own && in_pool(pool, &other->own->addr)) {
			s->own = lease_get(other->own);
			return;
		}
	}
	s->own = policy_lease(s->e, pool, netmask, "", &nobody, 0);
}

static uint32_t framed_of(const struct ppp_session *s,
			  const struct cfg_attrs *attrs)
{
	uint32_t said = s->reply.framed;

	if (said != RADIUS_FRAMED_NONE && said != RADIUS_FRAMED_POOL &&
	    said != RADIUS_FRAMED_CLIENT)
		return said;
	return addr_is_set(&attrs->framed.address) ?
	       addr_to_v4(&attrs->framed.address) : 0;
}

/* Who has it by L2TP, as this user, is somewhere else now. */
static void take_from_others(struct ppp_session *s, const struct addr *addr)
{
	struct list *pos, *tmp;

	list_for_each(&s->e->ppp.sessions, pos, tmp) {
		struct ppp_session *other = list_entry(pos, struct ppp_session,
						       all);

		if (other == s || !other->lease ||
		    !addr_equal(&other->lease->addr, addr) ||
		    strcmp(other->user, s->user))
			continue;
		ppp_session_end(other, "its user has come from elsewhere");
		lease_put(other->lease);
		other->lease = NULL;
	}
}

static const char *take_framed(struct ppp_session *s, uint32_t host,
			       const struct addr *netmask)
{
	struct addr addr = addr_v4(host, 0);

	if (!pool_is_for_clients(host, netmask))
		return "its address is not one for clients";
	if (s->e->net->has_address(s->e->net_ctx, NULL, &addr))
		return "its address is one of this router";
	take_from_others(s, &addr);
	s->lease = lease_take(&s->e->leases, &addr, s->user, &s->peer,
			      s->client);
	return s->lease ? NULL : "another client has its address";
}

const char *ppp_take_address(struct ppp_session *s)
{
	const struct cfg_pool *pool;
	struct cfg_attrs attrs;
	const char *why = NULL;
	uint32_t framed;

	/* Of an attempt before, which another reason ended. */
	lease_put(s->lease);
	lease_put(s->own);
	s->lease = NULL;
	s->own = NULL;
	ppp_attrs(s, &attrs);
	framed = framed_of(s, &attrs);
	pool = cfg_pool_find(engine_config(s->e), attrs.pool);
	if (pool)
		take_own(s, pool, &attrs.netmask);
	if (framed)
		return take_framed(s, framed, &attrs.netmask);
	if (!pool)
		return "its group has no pool of addresses";
	s->lease = policy_lease(s->e, pool, &attrs.netmask, s->user, &s->peer,
				s->client);
	if (!s->lease)
		why = "no address of the pool is left";
	return why;
}

struct addr ppp_own_address(const struct ppp_session *s)
{
	return s->own ? s->own->addr : addr_v4(OWN_DUMMY, 0);
}

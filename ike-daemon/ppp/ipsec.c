// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/ppp/ipsec.h"
#include "ike-daemon/ppp/session.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"

#define L2TP_PORT	1701

bool ppp_is_l2tp(const struct child_sa *c)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);
	const struct kernel_sel *sel = f ? &f->k.sel : &c->sel;

	return c->state >= CHILD_INSTALLED && sel->proto == IPPROTO_UDP &&
	       sel->sport == L2TP_PORT && range_is_host(&sel->src, &c->local) &&
	       range_is_host(&sel->dst, &c->remote);
}

/* The next pair for L2TP of that address, behind @from or from the first on. */
static struct child_sa *next_pair(const struct peer *peer,
				  const struct child_sa *from)
{
	const struct list *pos = from ? &from->of_peer : &peer->children;

	for (pos = pos->next; pos != &peer->children; pos = pos->next) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (ppp_is_l2tp(c))
			return c;
	}
	return NULL;
}

/* --- by which? --------------------------------------------------------------------- */

struct search {
	struct engine *e;
	const struct addr *peer;
	struct child_sa *found;
	bool several;			/* clients, of whom it could be any */
};

static void consider(struct search *search, struct child_sa *c)
{
	if (search->found && search->found->client != c->client)
		search->several = true;
	if (!search->found || c->established_ms >= search->found->established_ms)
		search->found = c;
}

/* Is it the client whom the kernel gave that port (CRYPTOMAP_SA_PORT_MAP)? */
static bool has_port(const struct kernel_sa *sa, uint16_t port)
{
	uint16_t map[3];
	size_t i;

	for (i = 0; i + sizeof(map) <= sa->ports_len; i += sizeof(map)) {
		memcpy(map, (const char *)sa->ports + i, sizeof(map));
		if (map[0] == IPPROTO_UDP && map[2] == port)
			return true;
	}
	return false;
}

static int look_at(void *arg, const struct kernel_sa *sa)
{
	struct search *search = arg;
	struct child_sa *c;

	if (sa->dir != CRYPTOMAP_DIR_IN || sa->mode != CRYPTOMAP_MODE_TRANSPORT ||
	    !addr_equal(&sa->src, search->peer))
		return 0;
	c = child_sa_by_cookie(search->e, sa->cookie);
	if (c && ppp_is_l2tp(c) &&
	    (!c->demux || !search->peer->port ||
	     has_port(sa, search->peer->port)))
		consider(search, c);
	return 0;
}

struct child_sa *ppp_find_pair(struct engine *e, const struct addr *peer,
			       const char **why)
{
	struct search search = { .e = e, .peer = peer };
	struct peer *p = peer_find(e, peer);
	bool demux = false;
	struct child_sa *c;

	*why = NULL;
	for (c = p ? next_pair(p, NULL) : NULL; c; c = next_pair(p, c)) {
		demux |= c->demux;
		consider(&search, c);
	}
	/* Whose port it is, the kernel alone knows, and tells with all of its SAs. */
	if (demux) {
		search.found = NULL;
		search.several = false;
		if (e->kernel->ops->sa_list(e->kernel, look_at, &search))
			*why = "the SAs cannot be read";
	}
	if (!*why && !search.found)
		*why = "its L2TP does not come by an IPsec SA";
	else if (search.several)
		*why = "it cannot be told by which of several SAs its L2TP comes: set nat demux tells clients behind one NAT apart";
	return *why ? NULL : search.found;
}

/* --- of a session ------------------------------------------------------------------- */

/*
 * Another client of the address whose L2TP is not told apart has the flow, and with it what is
 * sent to this one.
 */
const char *ppp_lost_ipsec(const struct ppp_session *s)
{
	struct peer *peer = peer_find(s->e, &s->peer);
	bool own = false, own_demux = true, other = false, other_demux = true;
	struct child_sa *c;

	for (c = peer ? next_pair(peer, NULL) : NULL; c; c = next_pair(peer, c)) {
		if (c->client == s->client) {
			own = true;
			own_demux &= c->demux;
		} else {
			other = true;
			other_demux &= c->demux;
		}
	}
	if (!own)
		return "its IPsec SAs are gone";
	if (other && !(own_demux && other_demux))
		return "another client comes from its address, and no set nat demux tells them apart";
	return NULL;
}

struct ike_sa *ppp_ike_of(const struct ppp_session *s)
{
	struct peer *peer = peer_find(s->e, &s->peer);
	struct list *pos, *tmp;

	if (!peer)
		return NULL;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->client == s->client && ike_sa_established(sa))
			return sa;
	}
	return NULL;
}

static struct child_sa *pair_of(const struct ppp_session *s)
{
	struct peer *peer = peer_find(s->e, &s->peer);
	struct child_sa *c = peer ? next_pair(peer, NULL) : NULL;

	while (c && c->client != s->client)
		c = next_pair(peer, c);
	return c;
}

void ppp_end_ipsec(const struct ppp_session *s)
{
	struct ike_sa *sa = ppp_ike_of(s);
	struct child_sa *c;

	if (sa)
		policy_end_client(sa, "the session of its user has ended");
	while ((c = pair_of(s)))
		policy_end_pair(c);
}

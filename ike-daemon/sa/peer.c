// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"

static uint64_t addr_key(const struct addr *a)
{
	return hash_bytes(a->family, a->bytes, addr_len(a));
}

struct peer *peer_find(struct engine *e, const struct addr *addr)
{
	struct hash_node *n;

	for (n = hash_find(&e->peers, addr_key(addr)); n;
	     n = hash_find_next(n)) {
		struct peer *peer = hash_entry(n, struct peer, by_addr);

		if (addr_equal(&peer->addr, addr))
			return peer;
	}
	return NULL;
}

struct peer *peer_get(struct engine *e, const struct addr *addr)
{
	struct peer *peer = peer_find(e, addr);

	if (peer)
		return peer;
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return NULL;
	peer->e = e;
	peer->addr = *addr;
	peer->addr.port = 0;
	peer->spi_rate = (struct log_rate)LOG_RATE_INIT(10000, 2);
	timer_init(&peer->renew, policy_renew_timer, peer);
	timer_init(&peer->keepalive, v1_natt_keepalive, peer);
	list_init(&peer->ike_sas);
	list_init(&peer->children);
	list_init(&peer->wants);
	list_add_tail(&e->all_peers, &peer->all);
	hash_add(&e->peers, &peer->by_addr, addr_key(addr));
	return peer;
}

void peer_release(struct peer *peer)
{
	if (peer->pins || !list_empty(&peer->ike_sas) ||
	    !list_empty(&peer->children) || !list_empty(&peer->wants))
		return;
	timer_cancel(&peer->e->timers, &peer->renew);
	timer_cancel(&peer->e->timers, &peer->keepalive);
	hash_del(&peer->e->peers, &peer->by_addr);
	list_del(&peer->all);
	free(peer);
}

void peer_free(struct peer *peer)
{
	peer->pins++;
	while (!list_empty(&peer->wants))
		want_free(list_first(&peer->wants, struct want, of_peer));
	while (!list_empty(&peer->ike_sas))
		ike_sa_free(list_first(&peer->ike_sas, struct ike_sa, of_peer));
	while (!list_empty(&peer->children))
		child_sa_free(list_first(&peer->children, struct child_sa,
					 of_peer));
	peer->pins--;
	peer_release(peer);
}

struct ike_sa *peer_ike_sa(const struct peer *peer, const struct addr *local)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (ike_sa_established(sa) && addr_equal(&sa->local, local))
			return sa;
	}
	return NULL;
}

bool peer_connecting(const struct peer *peer, const struct addr *local)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->initiator && !ike_sa_established(sa) &&
		    addr_equal(&sa->local, local))
			return true;
	}
	return false;
}

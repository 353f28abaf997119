// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/aaa/pool.h"

int pool_use_init(struct pool_use *use, const struct cfg_pool *pool)
{
	use->first = addr_to_v4(&pool->first);
	use->n = addr_to_v4(&pool->last) - use->first + 1;
	use->bits = calloc(use->n / 8 + 1, 1);
	return use->bits ? 0 : -ENOMEM;
}

void pool_use_free(struct pool_use *use)
{
	free(use->bits);
	use->bits = NULL;
}

void pool_use_mark(void *arg, const struct addr *addr)
{
	struct pool_use *use = arg;
	uint32_t at = addr_to_v4(addr) - use->first;

	if (addr->family == AF_INET && at < use->n)
		use->bits[at / 8] |= 1 << at % 8;
}

/* --- leases ---------------------------------------------------------------- */

static bool is_of(const struct lease *l, const char *user,
		  const struct addr *peer, uint32_t client)
{
	return !strcmp(l->user, user) && addr_equal(&l->peer, peer) &&
	       l->client == client;
}

struct lease *lease_find(const struct list *leases, const char *user,
			 const struct addr *peer, uint32_t client)
{
	struct list *pos;

	for (pos = leases->next; pos != leases; pos = pos->next) {
		struct lease *l = list_entry(pos, struct lease, all);

		if (is_of(l, user, peer, client))
			return l;
	}
	return NULL;
}

/* the address of the net itself, and the one for all its hosts. */
static bool is_for_hosts(uint32_t host, const struct addr *netmask)
{
	uint32_t low = ~addr_to_v4(netmask);

	/* Nets of one or two addresses have none of these. */
	if (!addr_is_set(netmask) || low < 2)
		return true;
	return (host & low) && (host & low) != low;
}

bool pool_is_for_clients(uint32_t host, const struct addr *netmask)
{
	return host >> 24 && host >> 24 != 127 && host < 0xe0000000 &&
	       is_for_hosts(host, netmask);
}

/* Where the search for this user's address begins. */
static uint32_t preferred(const char *user, uint32_t n)
{
	uint32_t sum = 2166136261u;

	while (*user)
		sum = (sum ^ (uint8_t)*user++) * 16777619u;
	return sum % n;
}

static bool pick(const struct pool_use *use, const struct addr *netmask,
		 const char *user, struct addr *out)
{
	uint32_t at = preferred(user, use->n), i;

	for (i = 0; i < use->n; i++, at = (at + 1) % use->n) {
		if (use->bits[at / 8] & 1 << at % 8 ||
		    !is_for_hosts(use->first + at, netmask))
			continue;
		*out = addr_v4(use->first + at, 0);
		return true;
	}
	return false;
}

static struct lease *add(struct list *leases, const struct addr *addr,
			 const char *user, const struct addr *peer,
			 uint32_t client)
{
	struct lease *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->addr = *addr;
	snprintf(l->user, sizeof(l->user), "%s", user);
	l->peer = *peer;
	l->client = client;
	l->refs = 1;
	list_add_tail(leases, &l->all);
	return l;
}

struct lease *lease_new(struct list *leases, struct pool_use *use,
			const struct addr *netmask, const char *user,
			const struct addr *peer, uint32_t client)
{
	struct addr addr;
	struct list *pos;

	for (pos = leases->next; pos != leases; pos = pos->next)
		pool_use_mark(use, &list_entry(pos, struct lease, all)->addr);
	return pick(use, netmask, user, &addr) ?
	       add(leases, &addr, user, peer, client) : NULL;
}

struct lease *lease_take(struct list *leases, const struct addr *addr,
			 const char *user, const struct addr *peer,
			 uint32_t client)
{
	struct list *pos;

	for (pos = leases->next; pos != leases; pos = pos->next) {
		struct lease *l = list_entry(pos, struct lease, all);

		if (addr_equal(&l->addr, addr))
			return is_of(l, user, peer, client) ? lease_get(l) :
							      NULL;
	}
	return add(leases, addr, user, peer, client);
}

struct lease *lease_get(struct lease *lease)
{
	if (lease)
		lease->refs++;
	return lease;
}

void lease_put(struct lease *lease)
{
	if (!lease || --lease->refs)
		return;
	list_del(&lease->all);
	free(lease);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that clients have from a pool (F-032).  A lease lives as long as
 * somebody refers to it: the ISAKMP SA of the client, its successor of the same
 * user, and its pairs.
 */
#ifndef IKE_AAA_POOL_H
#define IKE_AAA_POOL_H

#include <stdint.h>

#include "ike-daemon/sa/list.h"
#include "tools/cli/model.h"
#include "tools/lib/addr.h"

struct lease {
	struct list all;		/* of the engine */
	unsigned int refs;
	struct addr addr;
	char user[CFG_NAME_SIZE];	/* "": was not asked for one */
	struct addr peer;		/* where the client is ... */
	uint32_t client;		/* ... and which one behind a NAT there */
};

/* Which addresses of a pool are taken. */
struct pool_use {
	uint32_t first;			/* IPv4, host byte order */
	uint32_t n;
	uint8_t *bits;
};

/* None is; 0 or -ENOMEM. */
int pool_use_init(struct pool_use *use, const struct cfg_pool *pool);
void pool_use_free(struct pool_use *use);
/* @arg: the struct pool_use.  An address that is none of the pool's is ignored. */
void pool_use_mark(void *arg, const struct addr *addr);

/* The one that this user has there, or NULL; without a reference of its own. */
struct lease *lease_find(const struct list *leases, const char *user,
			 const struct addr *peer, uint32_t client);
/*
 * An address that is neither leased nor marked, nor the first or last of its net
 * (@netmask may be unset); mostly the same for the same user.  With a reference;
 * NULL: there is none left, or no memory.
 */
struct lease *lease_new(struct list *leases, struct pool_use *use,
			const struct addr *netmask, const char *user,
			const struct addr *peer, uint32_t client);
/*
 * This address, which is not of a pool: with a reference; NULL: another client has it,
 * or no memory.
 */
struct lease *lease_take(struct list *leases, const struct addr *addr,
			 const char *user, const struct addr *peer,
			 uint32_t client);
/*
 * Can a client have it: is it one of a host, and, R-30, neither that of the net itself
 * nor the one for all its hosts?  @netmask may be unset.
 */
bool pool_is_for_clients(uint32_t host, const struct addr *netmask);
/* One more reference, one less; both accept NULL. */
struct lease *lease_get(struct lease *lease);
void lease_put(struct lease *lease);

#endif

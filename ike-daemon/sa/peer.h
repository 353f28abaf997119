/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer: one remote address with everything that exists with it.  Made when
 * first needed, freed when nothing refers to it any more.
 */
#ifndef IKE_SA_PEER_H
#define IKE_SA_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/lib/addr.h"
#include "tools/lib/log.h"

struct engine;
struct ike_sa;

struct peer {
	struct engine *e;
	struct hash_node by_addr;
	struct list all;		/* of the engine */
	struct addr addr;		/* port 0 */
	struct list ike_sas;		/* what began or came up last first */
	unsigned int half_open;		/* as responder */
	unsigned int pins;		/* somebody walks its lists */
	struct list children;		/* newest last */
	unsigned int made;		/* of them, those that make their flow */
	struct list wants;		/* quick modes to be run with it */
	bool running;			/* they are being started */
	struct log_rate spi_rate;	/* what its unknown SPIs may cause */
	bool dpd;			/* it does dead peer detection */
	struct timer keepalive;		/* for the NAT before us */
	struct timer renew;		/* its pairs have no ISAKMP SA */
	uint64_t renewed_ms;		/* when they got one for that reason */
};

struct peer *peer_find(struct engine *e, const struct addr *addr);
/* Find or make; NULL without memory. */
struct peer *peer_get(struct engine *e, const struct addr *addr);
/* Free it if it holds nothing. */
void peer_release(struct peer *peer);
/* Free it with all it holds, keeping what the kernel has. */
void peer_free(struct peer *peer);
/*
 * The newest established ISAKMP SA from our address @local, or NULL.  With
 * another address of ours we are somebody else for the peer.
 */
struct ike_sa *peer_ike_sa(const struct peer *peer, const struct addr *local);
/* Is phase 1 being negotiated, by us, from @local? */
bool peer_connecting(const struct peer *peer, const struct addr *local);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A want: a flow that shall get a new pair of SAs, because traffic, an
 * administrator, a lifetime or a take-over asks for it.  It waits for phase 1
 * if need be (F-100), goes through the peers of its entry one after the other,
 * and ends with a pair or with the kernel being told that there is none.
 */
#ifndef IKE_POLICY_WANT_H
#define IKE_POLICY_WANT_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/cli/model.h"
#include "tools/lib/addr.h"

struct child_sa;
struct engine;
struct peer;
struct record;
struct v1_exchange;

enum want_why {
	WANT_TRAFFIC,
	WANT_COMMAND,
	WANT_REKEY,
	WANT_TAKE_OVER,
	WANT_RENEW,		/* the peer may have lost the pair that we have */
};

struct want {
	struct engine *e;
	struct hash_node by_flow;
	struct list of_peer;
	struct peer *peer;		/* being tried; NULL between tries */
	uint32_t flow;
	struct addr only;		/* the peer of a dynamic flow; unset: those of its entry */
	struct addr local;		/* that the flow uses outside; unset: none */
	enum want_why why;
	struct addr tried[CFG_PEERS_MAX];	/* peers that failed */
	unsigned int ntried;
	unsigned int nentries;		/* of a dynamic map, that were tried */
	bool renewed;			/* phase 1 was begun anew for it */
	bool waiting;			/* is the peer alive, or the SA? */
	struct v1_exchange *exchange;	/* quick mode under way */
	struct timer retry;
};

/*
 * Begin, at @delay_ms from now; a want that the flow has already goes on, for
 * traffic without a pair not later than that.
 * @peer NULL: the entry's current peer.  Nobody but peers begins with dynamic flows,
 * so nothing happens without one.
 */
void want_flow(struct engine *e, uint32_t flow, enum want_why why,
	       const struct addr *peer, uint64_t delay_ms);
struct want *want_find(struct engine *e, uint32_t flow);
/* The configuration has changed: go on with a peer that it names, soon. */
void want_check_peer(struct want *want);
/* Quick mode ended; the want is freed or goes on with the next peer. */
void want_done(struct want *want);
void want_failed(struct want *want, const char *reason);
/* Phase 1 with its peer stands, or the last attempt at it failed. */
void want_run_all(struct peer *peer);
/* Phase 1 ended under wants: go on with another SA. */
void want_reconnect(struct peer *peer);
void want_fail_all(struct peer *peer, const char *reason);
/* Those alone that have no phase 1, and none under way. */
void want_fail_stranded(struct peer *peer, const char *reason);
/*
 * Those that wait for the answer to a keepalive.  It came, so the fault is the
 * flow's; or the ISAKMP SA has gone, and they try again with a new one.
 */
void want_fail_waiting(struct peer *peer, const char *reason);
void want_renew_waiting(struct peer *peer);
/* Forget it, without telling anybody. */
void want_free(struct want *want);

/* Write what a failed negotiation compared (F-028). */
void want_log_mismatches(const struct record *r, const struct addr *peer);

#endif

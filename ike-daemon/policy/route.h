/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reverse route injection (C-041, F-075): routes of the system to what is behind the
 * peers, for routing daemons to tell others of.  A route is there as long as a pair or, if
 * it is static, a flow has it; like the SAs it stays when the daemon ends, and the next one
 * takes it over.  The kernel's is under a protocol number of our own; what others have put
 * there is never touched.
 */
#ifndef IKE_POLICY_ROUTE_H
#define IKE_POLICY_ROUTE_H

#include <net/if.h>
#include <stdbool.h>

#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/lib/addr.h"

struct child_sa;
struct engine;
struct policy_flow;

struct policy_route {
	struct hash_node by_dst;
	struct list all;
	unsigned int refs;
	char ifname[IF_NAMESIZE];	/* the way to @peer is the way to @dst */
	struct addr peer;
	struct range dst;
	bool is_static;			/* a flow has it */
	int error;			/* why it is not in the kernel; 0: it is */
};

struct policy_routes {
	struct engine *e;
	struct hash_table by_dst;
	struct list all;		/* the next one to be looked after is first */
	struct timer timer;
	size_t left;			/* of this round */
	uint64_t began_ms;		/* when that was */
	bool stay;			/* the daemon ends: they are not taken away */
};

/* Of the field @error. */
const char *policy_route_error(int err);

/* 0 or -ENOMEM. */
int policy_routes_init(struct policy_routes *r, struct engine *e, uint64_t seed);
/* All that had one have gone. */
void policy_routes_free(struct policy_routes *r);

/*
 * That pair is up, or the configuration has changed: it has the route that it is to have
 * now.  The same of a flow, whose own is static.
 */
void policy_route_pair(struct child_sa *c);
void policy_route_flow(struct engine *e, struct policy_flow *f);
void policy_route_put(struct engine *e, struct policy_route *route);
/* All pairs. */
void policy_routes_apply(struct engine *e);
/* After a take-over: what an earlier daemon has left, and nobody has now, goes. */
void policy_routes_sweep(struct engine *e);
/* Links or routes of the system have changed: look after ours, soon. */
void policy_routes_changed(struct engine *e);

#endif

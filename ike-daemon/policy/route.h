/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reverse route injection (C-041, F-075): routes of the system to what is behind the
 * peers, for routing daemons to tell others of.  A route is there as long as a pair or, if
 * it is static, a flow claims it; like the SAs it stays when the daemon ends, and the next
 * one takes it over.  The kernel's is under a protocol number of our own; what others have
 * put there is never touched.
 */
#ifndef IKE_POLICY_ROUTE_H
#define IKE_POLICY_ROUTE_H

#include <net/if.h>
#include <stdbool.h>

#include "ike-daemon/engine_reverse.h"
#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/cli/model.h"
#include "tools/lib/addr.h"

struct child_sa;
struct engine;
struct policy_flow;

/* A network that somebody has. */
struct policy_net {
	struct hash_node by_dst;
	struct list all;		/* to be looked after, or all others */
	struct list routes;		/* who claims it; the latest pair first */
	struct range dst;
	bool there;			/* in the kernel, as far as we know ... */
	struct reverse_way way;		/* ... like this */
	int error;			/* why it is not; 0: it is */
};

/* One that claims it: by one peer, through one interface. */
struct policy_route {
	struct policy_net *net;
	struct list of_net;
	unsigned int pairs, statics;	/* that have it */
	char ifname[IF_NAMESIZE];
	char map[CFG_NAME_SIZE];	/* any interface with it will do; "": that one */
	struct addr peer;
	bool guest;			/* nobody but the peer says what it is */
};

struct policy_routes {
	struct engine *e;
	struct hash_table by_dst;
	struct list todo, done;		/* of nets */
	struct timer timer;
	uint64_t began_ms;		/* the last round */
	bool again;			/* another one after this */
	bool bulk;			/* many come: not at once, but in turns */
	bool stay;			/* the daemon ends: they are not taken away */
};

/* Of the field @error. */
const char *policy_route_error(int err);
/* The claim that the kernel's route is of. */
struct policy_route *policy_net_winner(const struct policy_net *net);

/* 0 or -ENOMEM. */
int policy_routes_init(struct policy_routes *r, struct engine *e, uint64_t seed);
/* All that had one have gone. */
void policy_routes_free(struct policy_routes *r);

/*
 * That pair is up, or the configuration has changed: it has the route that it is to have
 * now.  The same of a flow, whose own is static.  And both give it back.
 */
void policy_route_pair(struct child_sa *c);
void policy_route_flow(struct engine *e, struct policy_flow *f);
void policy_route_put_pair(struct child_sa *c);
void policy_route_put_flow(struct engine *e, struct policy_flow *f);
/* All pairs. */
void policy_routes_apply(struct engine *e);
/* What an earlier daemon has left stays, if it is claimed until the end of a take-over. */
void policy_routes_load(struct engine *e);
void policy_routes_take_over(struct engine *e);
/* @arg: the engine; see engine_reverse.h. */
void policy_route_event(void *arg, enum reverse_event what,
			const struct prefix *dst, unsigned int ifindex);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The account of a client's session: whose it is, and what has gone through its pairs (F-034,
 * F-082).  It lives as long as an ISAKMP SA, a pair or a user of L2TP of the session, who each
 * hold a reference; afterwards it says in a ring of the last ACCOUNTS_MAX how the session ended.
 * Every function accepts NULL for it: where memory is short the session goes on without.
 */
#ifndef IKE_SA_ACCOUNT_H
#define IKE_SA_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "tools/cli/model.h"
#include "tools/lib/addr.h"

struct child_sa;
struct engine;

#define ACCOUNTS_MAX	256
#define ACCOUNT_REASON	96
#define ACCOUNT_TIME_OUT	"session time-out"
#define ACCOUNT_IDLE		"idle time-out"

struct account {
	struct engine *e;
	unsigned int refs;
	uint32_t index;			/* 0: nobody has come in, so it is not kept */
	bool l2tp;
	bool radius;			/* that has let the user in */
	char user[CFG_NAME_SIZE];	/* "": nobody was asked for */
	char group[CFG_NAME_SIZE];
	char policy[CFG_NAME_SIZE];
	struct addr assigned;		/* unset: none of ours */
	struct addr public;
	uint64_t login_ms;
	time_t since;			/* the same by the wall clock */
	uint64_t bytes[2];		/* out, in: of pairs that have ended */
	uint64_t packets[2];
	bool decided;			/* @reason stays */
	char reason[ACCOUNT_REASON];	/* why what ended last did */
	uint64_t ended_ms;
	time_t ended;
};

struct account_ring {
	struct account *slot[ACCOUNTS_MAX];
	uint64_t n;			/* have ended */
	bool closed;			/* the engine ends: sessions go on without it */
};

void account_ring_close(struct account_ring *ring);
/* The @i-th from the oldest that is kept, or NULL behind the newest. */
const struct account *account_ended(const struct account_ring *ring, size_t i);

/* One with a reference, of nobody yet; NULL without memory. */
struct account *account_new(struct engine *e);
struct account *account_get(struct account *a);
/* With the last reference the session is over. */
void account_put(struct account *a);
/* Something of the session ends.  If it is the last: this is why. */
void account_part_ends(struct account *a, const char *reason);
/* All of it ends, and the first who says so knows why. */
void account_ends(struct account *a, const char *reason);
/* The kernel still has the pair, whose account it is: what it has carried. */
void account_pair(struct account *a, const struct child_sa *c);

#endif

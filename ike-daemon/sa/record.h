/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a negotiation: enough to explain a failure afterwards without
 * debugging having been on (F-027, F-028).  Show, log and diagnosis are views
 * of it.  A ring keeps the last RECORDS_MAX; an exchange holds a reference to
 * its own.  Every function accepts NULL for the record: where memory is short
 * the negotiation goes on unrecorded.
 */
#ifndef IKE_SA_RECORD_H
#define IKE_SA_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "tools/lib/addr.h"

#define RECORDS_MAX		256
/* Of these, attempts of who never proved that he receives at his address. */
#define RECORDS_UNPROVEN	32
#define RECORD_MISMATCHES	16
#define RECORD_NOTIFIES		16

enum record_result { RECORD_RUNNING, RECORD_DONE, RECORD_FAILED };

/* One offered transform against one configured: the first difference. */
struct record_mismatch {
	uint8_t proposal;
	uint8_t transform;
	char against[80];		/* "policy 10", "transform-set TS" */
	char attribute[32];
	char offered[64];
	char configured[64];
};

struct record_notify {
	uint16_t type;
	bool sent;
};

struct record {
	unsigned int refs;
	struct record_ring *ring;
	uint64_t id;			/* counts from 1; 0: not in the ring */
	bool proven;			/* the peer receives at its address */
	unsigned int phase;		/* 1 or 2 */
	bool initiator;
	struct addr local;
	struct addr peer;
	time_t started;			/* wall clock */
	uint64_t started_ms;		/* monotonic */
	uint64_t ended_ms;
	const char *state;		/* last state reached: IOS name */
	const char *wait_state;		/* the same as ASA says it */
	enum record_result result;
	char reason[240];		/* why it failed */
	unsigned int retransmits;
	char entry[96];			/* phase 2: "map M 10, access list 101 line 10" */
	char proxies[160];		/* phase 2: local and remote as offered */
	unsigned int nmismatches;	/* may exceed what is kept ... */
	struct record_mismatch *mismatch;	/* ... here; NULL: most have none */
	unsigned int kept;
	unsigned int nnotifies;
	struct record_notify notify[RECORD_NOTIFIES];
};

struct record_ring {
	struct record *slot[RECORDS_MAX];
	uint64_t last_id;
	uint64_t hidden;		/* not shown any more up to this one */
};

void record_ring_free(struct record_ring *ring);
/* A new record in the ring and a reference for the caller. */
struct record *record_new(struct record_ring *ring, unsigned int phase,
			  bool initiator, const struct addr *local,
			  const struct addr *peer, uint64_t now_ms);
/*
 * The same for one whom anybody can have sent: it enters the ring when the peer
 * is proven, or at its end; then among few others of its kind.
 */
struct record *record_new_unproven(struct record_ring *ring,
				   const struct addr *local,
				   const struct addr *peer, uint64_t now_ms);
void record_prove(struct record *r);
void record_put(struct record *r);
/* The record of that number, or NULL when it has been overwritten. */
struct record *record_find(struct record_ring *ring, uint64_t id);

void record_state(struct record *r, const char *state, const char *wait_state);
void record_add_mismatch(struct record *r, const struct record_mismatch *m);
void record_add_notify(struct record *r, unsigned int type, bool sent);
void record_end(struct record *r, uint64_t now_ms, enum record_result result,
		const char *reason);
/* "transform 1 against policy 10: hash offered SHA, configured SHA2-256" */
char *record_mismatch_text(const struct record_mismatch *m, char *out,
			   size_t size);

#endif

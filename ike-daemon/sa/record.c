// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "ike-daemon/sa/record.h"

void record_ring_free(struct record_ring *ring)
{
	unsigned int i;

	for (i = 0; i < RECORDS_MAX; i++) {
		record_put(ring->slot[i]);
		ring->slot[i] = NULL;
	}
}

struct record *record_new(struct record_ring *ring, unsigned int phase,
			  bool initiator, const struct addr *local,
			  const struct addr *peer, uint64_t now_ms)
{
	struct record *r = calloc(1, sizeof(*r));
	struct record **slot;

	if (!r)
		return NULL;
	r->refs = 2;
	r->id = ++ring->last_id;
	r->phase = phase;
	r->initiator = initiator;
	r->local = *local;
	r->peer = *peer;
	r->started = time(NULL);
	r->started_ms = now_ms;
	r->state = "";
	r->wait_state = "";
	slot = &ring->slot[r->id % RECORDS_MAX];
	record_put(*slot);
	*slot = r;
	return r;
}

void record_put(struct record *r)
{
	if (r && --r->refs == 0)
		free(r);
}

struct record *record_find(struct record_ring *ring, uint64_t id)
{
	struct record *r = ring->slot[id % RECORDS_MAX];

	return r && r->id == id ? r : NULL;
}

void record_state(struct record *r, const char *state, const char *wait_state)
{
	if (!r)
		return;
	r->state = state;
	r->wait_state = wait_state;
}

void record_add_mismatch(struct record *r, const struct record_mismatch *m)
{
	if (!r)
		return;
	if (r->nmismatches < RECORD_MISMATCHES)
		r->mismatch[r->nmismatches] = *m;
	r->nmismatches++;
}

void record_add_notify(struct record *r, unsigned int type, bool sent)
{
	if (!r)
		return;
	if (r->nnotifies < RECORD_NOTIFIES) {
		r->notify[r->nnotifies].type = type;
		r->notify[r->nnotifies].sent = sent;
	}
	r->nnotifies++;
}

void record_end(struct record *r, uint64_t now_ms, enum record_result result,
		const char *reason)
{
	if (!r || r->result != RECORD_RUNNING)
		return;
	r->result = result;
	r->ended_ms = now_ms;
	snprintf(r->reason, sizeof(r->reason), "%s", reason);
}

char *record_mismatch_text(const struct record_mismatch *m, char *out,
			   size_t size)
{
	char what[48] = "";

	if (m->proposal)
		snprintf(what, sizeof(what), "proposal %u transform %u against ",
			 m->proposal, m->transform);
	snprintf(out, size, "%s%s: %s: offered %s, configured %s", what,
		 m->against, m->attribute, m->offered, m->configured);
	return out;
}

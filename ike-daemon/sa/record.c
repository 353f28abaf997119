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

static struct record *record_alloc(struct record_ring *ring, unsigned int phase,
				   const struct addr *local,
				   const struct addr *peer, uint64_t now_ms)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->refs = 1;
	r->ring = ring;
	r->phase = phase;
	r->local = *local;
	r->peer = *peer;
	r->started = time(NULL);
	r->started_ms = now_ms;
	r->state = "";
	r->wait_state = "";
	return r;
}

/* An unproven record takes the place of one: the same peer's, or the oldest. */
static struct record **unproven_slot(struct record_ring *ring,
				     const struct record *r)
{
	struct record **oldest = NULL;
	unsigned int i, n = 0;

	for (i = 0; i < RECORDS_MAX; i++) {
		struct record **at = &ring->slot[i];

		if (!*at || (*at)->proven)
			continue;
		if (addr_equal(&(*at)->peer, &r->peer))
			return at;
		n++;
		if (!oldest || (*at)->id < (*oldest)->id)
			oldest = at;
	}
	return n < RECORDS_UNPROVEN ? NULL : oldest;
}

static struct record **oldest_slot(struct record_ring *ring)
{
	struct record **oldest = &ring->slot[0];
	unsigned int i;

	for (i = 0; i < RECORDS_MAX && *oldest; i++)
		if (!ring->slot[i] || ring->slot[i]->id < (*oldest)->id)
			oldest = &ring->slot[i];
	return oldest;
}

static void publish(struct record *r)
{
	struct record **slot = NULL;

	if (r->id)
		return;
	if (!r->proven)
		slot = unproven_slot(r->ring, r);
	if (!slot)
		slot = oldest_slot(r->ring);
	record_put(*slot);
	*slot = r;
	r->refs++;
	r->id = ++r->ring->last_id;
}

struct record *record_new(struct record_ring *ring, unsigned int phase,
			  bool initiator, const struct addr *local,
			  const struct addr *peer, uint64_t now_ms)
{
	struct record *r = record_alloc(ring, phase, local, peer, now_ms);

	if (!r)
		return NULL;
	r->initiator = initiator;
	record_prove(r);
	return r;
}

struct record *record_new_unproven(struct record_ring *ring,
				   const struct addr *local,
				   const struct addr *peer, uint64_t now_ms)
{
	return record_alloc(ring, 1, local, peer, now_ms);
}

void record_prove(struct record *r)
{
	if (!r)
		return;
	r->proven = true;
	publish(r);
}

void record_put(struct record *r)
{
	if (!r || --r->refs)
		return;
	free(r->mismatch);
	free(r);
}

struct record *record_find(struct record_ring *ring, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < RECORDS_MAX; i++)
		if (ring->slot[i] && ring->slot[i]->id == id)
			return ring->slot[i];
	return NULL;
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
	struct record_mismatch *more = NULL;

	if (!r)
		return;
	r->nmismatches++;
	if (r->kept < RECORD_MISMATCHES)
		more = realloc(r->mismatch, (r->kept + 1) * sizeof(*more));
	if (!more)
		return;
	r->mismatch = more;
	r->mismatch[r->kept++] = *m;
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
	publish(r);
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

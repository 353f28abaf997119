// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "replay.h"

#define BLOCK_BITS 64

/* A power of two with room for the window wherever it starts in a block. */
static u32 window_blocks(u32 window)
{
	u32 need = (window + BLOCK_BITS - 1) / BLOCK_BITS + 1;
	u32 blocks = 2;

	while (blocks < need)
		blocks *= 2;
	return blocks;
}

static u32 block_of(const struct cm_replay *r, u64 seq)
{
	return (u32)(seq / BLOCK_BITS) & (r->blocks - 1);
}

static u64 bit_of(u64 seq)
{
	return 1ULL << (seq % BLOCK_BITS);
}

size_t cm_replay_size(u32 window)
{
	return sizeof(struct cm_replay) + window_blocks(window) * sizeof(u64);
}

int cm_replay_init(struct cm_replay *r, u32 window, u32 flags)
{
	if (window < CM_REPLAY_MIN || window > CM_REPLAY_MAX ||
	    flags & ~(CM_REPLAY_ESN | CM_REPLAY_OFF))
		return -EINVAL;
	memset(r, 0, cm_replay_size(window));
	r->window = window;
	r->blocks = window_blocks(window);
	r->flags = flags;
	return 0;
}

void cm_replay_resume(struct cm_replay *r, u64 seq)
{
	memset(r->map, 0xff, r->blocks * sizeof(r->map[0]));
	/* advance() clears whole blocks, and only those after this one. */
	r->map[block_of(r, seq)] = bit_of(seq) | (bit_of(seq) - 1);
	r->top = seq;
}

static enum cm_reason decide(const struct cm_replay *r, u64 top, u64 seq)
{
	if (r->flags & CM_REPLAY_OFF)
		return CM_REASON_NONE;
	if (!seq)	/* the first packet of an SA has 1 */
		return CM_REASON_REPLAY_WINDOW;
	if (seq > top)
		return CM_REASON_NONE;
	if (top - seq >= r->window)
		return CM_REASON_REPLAY_WINDOW;
	return READ_ONCE(r->map[block_of(r, seq)]) & bit_of(seq) ?
		CM_REASON_REPLAY : CM_REASON_NONE;
}

/*
 * The high half that puts @low into the window or, failing that, above it
 * (RFC 4303, A2.2).  Without replay protection the window is half the space.
 */
static bool infer_high(const struct cm_replay *r, u64 top, u32 low, u64 *seq)
{
	u32 window = r->flags & CM_REPLAY_OFF ? 1U << 31 : r->window;
	u32 top_low = (u32)top;
	u32 high = top >> 32;
	u32 edge = top_low - window + 1;

	if (top_low >= window - 1) {
		if (low < edge && high++ == U32_MAX)
			return false;
	} else {
		if (low >= edge && high-- == 0)
			return false;
	}
	*seq = (u64)high << 32 | low;
	return true;
}

enum cm_reason cm_replay_check(const struct cm_replay *r, u32 low, u64 *seq)
{
	u64 top = READ_ONCE(r->top);

	*seq = low;
	if (r->flags & CM_REPLAY_ESN && !infer_high(r, top, low, seq))
		return CM_REASON_REPLAY_WINDOW;
	return decide(r, top, *seq);
}

/* Make @seq the top; what the window moves onto starts empty. */
static void advance(struct cm_replay *r, u64 seq)
{
	u64 old = r->top / BLOCK_BITS;
	u64 blocks = min(seq / BLOCK_BITS - old, (u64)r->blocks);
	u64 i;

	for (i = 1; i <= blocks; i++)
		WRITE_ONCE(r->map[(u32)(old + i) & (r->blocks - 1)], 0);
	WRITE_ONCE(r->top, seq);
}

enum cm_reason cm_replay_commit(struct cm_replay *r, u64 seq)
{
	enum cm_reason reason = decide(r, r->top, seq);
	u32 block = block_of(r, seq);

	if (reason)
		return reason;
	if (seq > r->top)
		advance(r, seq);
	if (r->top - seq < r->window)	/* older ones only with CM_REPLAY_OFF */
		WRITE_ONCE(r->map[block], r->map[block] | bit_of(seq));
	return CM_REASON_NONE;
}

u32 cm_replay_behind(const struct cm_replay *r, u64 seq)
{
	u64 top = READ_ONCE(r->top);
	u64 behind = top > seq ? top - seq : 0;
	u32 n = 0;

	while (n < CM_REPLAY_BEHIND - 1 && behind >> (n + 1))
		n++;
	return n;
}

void cm_replay_bitmap(const struct cm_replay *r, u64 *out, u32 bits)
{
	u64 top = READ_ONCE(r->top);
	u32 i;

	memset(out, 0, (bits + BLOCK_BITS - 1) / BLOCK_BITS * sizeof(*out));
	for (i = 0; i < bits && i < r->window && i < top; i++)
		if (READ_ONCE(r->map[block_of(r, top - i)]) & bit_of(top - i))
			out[i / BLOCK_BITS] |= bit_of(i);
}

void cm_seq_init(struct cm_seq *s, bool esn)
{
	s->last = 0;
	s->limit = esn ? U64_MAX : U32_MAX;
	s->near = s->limit - s->limit / 16;
}

enum cm_reason cm_seq_take(struct cm_seq *s, u32 count, u64 *first)
{
	if (s->last >= s->limit || count > s->limit - s->last)
		return CM_REASON_SEQ_EXHAUSTED;
	*first = s->last + 1;
	s->last += count;
	return CM_REASON_NONE;
}

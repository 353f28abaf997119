/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence numbers of one SA: the receiver's window, the sender's counter.
 *
 * The window is a ring of 64-bit blocks one block longer than the window, so
 * that moving it clears whole blocks and never shifts (RFC 6479).  With
 * extended sequence numbers the high half is inferred from the window
 * (RFC 4303, appendix A2).
 */
#ifndef _CM_CORE_REPLAY_H
#define _CM_CORE_REPLAY_H

#include <linux/types.h>

#include "reason.h"

#define CM_REPLAY_MIN 32		/* bits */
#define CM_REPLAY_MAX 4096

#define CM_REPLAY_BEHIND 32	/* powers of two that cm_replay_behind() tells apart */

#define CM_REPLAY_ESN 0x01		/* 64-bit sequence numbers */
#define CM_REPLAY_OFF 0x02		/* accept all; still follows the high half */

/**
 * struct cm_replay - receive window
 * @top: highest sequence number authenticated, 0 before the first
 * @window: bits that count
 * @blocks: length of @map, a power of two
 * @flags: CM_REPLAY_*
 * @map: bit set: sequence number received
 *
 * The caller serialises cm_replay_commit(); cm_replay_check() may run beside
 * it, because commit decides again.
 */
struct cm_replay {
	u64 top;
	u32 window;
	u32 blocks;
	u32 flags;
	u64 map[];
};

/* Bytes of memory for a window of @window bits (rounded up to 64). */
size_t cm_replay_size(u32 window);

/**
 * cm_replay_init() - start an SA
 * @r: cm_replay_size(@window) bytes
 * @window: CM_REPLAY_MIN..CM_REPLAY_MAX, also with CM_REPLAY_OFF
 * @flags: CM_REPLAY_*
 *
 * Return: 0, or -EINVAL for a window out of range or unknown flags.
 */
int cm_replay_init(struct cm_replay *r, u32 window, u32 flags);

/*
 * After cm_replay_init(): go on where another receiver stopped. @seq and all
 * below it count as received, so that nothing it took is taken again.
 */
void cm_replay_resume(struct cm_replay *r, u64 seq);

/**
 * cm_replay_check() - is the number worth decrypting?
 * @r: window
 * @low: sequence number of the ESP or AH header, host order
 * @seq: the whole sequence number: to verify the ICV with and to commit
 *
 * Return: CM_REASON_NONE, CM_REASON_REPLAY or CM_REASON_REPLAY_WINDOW.
 */
enum cm_reason cm_replay_check(const struct cm_replay *r, u32 low, u64 *seq);

/**
 * cm_replay_commit() - the ICV was good: take the number
 * @r: window; the caller serialises
 * @seq: from cm_replay_check()
 *
 * Decides again, for packets that were decrypted at the same time.
 *
 * Return: as cm_replay_check().
 */
enum cm_reason cm_replay_commit(struct cm_replay *r, u64 seq);

/*
 * How far @seq is behind the newest number received, as a power of two: n for
 * 2^n to 2^(n+1)-1, 0 also for 0, CM_REPLAY_BEHIND - 1 also for all above.
 */
u32 cm_replay_behind(const struct cm_replay *r, u64 seq);

/* For show: bit i of out[i / 64] says whether @r->top - i was received. */
void cm_replay_bitmap(const struct cm_replay *r, u64 *out, u32 bits);

/**
 * struct cm_seq - send counter, serialised by the caller
 * @last: last number given out, 0 before the first
 * @limit: last number that may be given out; lower it to stop earlier
 * @near: from here on a new SA is overdue
 */
struct cm_seq {
	u64 last;
	u64 limit;
	u64 near;
};

/* @esn: 64-bit numbers; @near is set to leave 1/16 of the numbers. */
void cm_seq_init(struct cm_seq *s, bool esn);

/**
 * cm_seq_take() - give out numbers, never the same twice
 * @s: counter
 * @count: how many, 1 or more: one for each packet of a large send
 * @first: the first of them
 *
 * Return: CM_REASON_NONE, or CM_REASON_SEQ_EXHAUSTED (nothing taken, and
 * never will be).
 */
enum cm_reason cm_seq_take(struct cm_seq *s, u32 count, u64 *first);

/* Time to ask for a new SA. */
static inline bool cm_seq_is_near(const struct cm_seq *s)
{
	return s->last >= s->near;
}

#endif

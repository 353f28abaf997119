/* SPDX-License-Identifier: GPL-2.0 */
/* Lifetimes of an SA: what is used up, and when to ask for a new one. */
#ifndef _CM_CORE_LIFE_H
#define _CM_CORE_LIFE_H

#include <linux/types.h>

#define CM_LIFE_NO_LIMIT U64_MAX

enum cm_life_kind {
	CM_LIFE_SECONDS,
	CM_LIFE_BYTES,
	CM_LIFE_PACKETS,
	CM_LIFE_KINDS
};

enum cm_life_state {
	CM_LIFE_OK,
	CM_LIFE_SOFT,		/* rekey now */
	CM_LIFE_HARD		/* use no more */
};

/* Amounts by kind: used so far, or limits where CM_LIFE_NO_LIMIT is none. */
struct cm_life {
	u64 v[CM_LIFE_KINDS];
};

/**
 * struct cm_life_limits - both limits of one SA
 * @soft: not above @hard
 * @hard: from these amounts on the SA is dead
 */
struct cm_life_limits {
	struct cm_life soft;
	struct cm_life hard;
};

/* Kilobytes of a configuration (1024 bytes each) in bytes, without overflow. */
u64 cm_life_kilobytes(u64 kilobytes);

/**
 * cm_life_soft() - soft limits from hard ones
 * @l: @l->hard is read, @l->soft written
 * @percent: soft limit in percent of the hard one, 1..100
 * @jitter: random number; makes the soft limit up to a tenth of the
 *	remaining distance earlier or later, so that two peers or many SAs
 *	do not rekey at the same moment.  0x80000000 is the middle
 */
void cm_life_soft(struct cm_life_limits *l, u32 percent, u32 jitter);

/**
 * cm_life_eval() - how much life is left?
 * @l: limits
 * @used: amounts so far
 * @kind: which limit was reached, hard before soft; untouched for CM_LIFE_OK
 */
enum cm_life_state cm_life_eval(const struct cm_life_limits *l,
				const struct cm_life *used,
				enum cm_life_kind *kind);

/* "seconds", "kilobytes", "packets": static text. */
const char *cm_life_kind_name(enum cm_life_kind kind);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU memory by the slot, for many small objects that each want some: the
 * kernel's allocator searches long for a piece. Slots of one size come eight at
 * a time.
 */
#ifndef _CM_SLOTS_H
#define _CM_SLOTS_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

struct cm_slot_block;

/**
 * struct cm_slots - where slots come from
 * @lock: guards the list and its blocks; BH off
 * @blocks: those with free slots
 * @size: bytes of a slot on each CPU, a multiple of 8
 */
struct cm_slots {
	spinlock_t lock;	/* see above */
	struct list_head blocks;
	size_t size;
};

/* All slots given back, there is nothing to clean up. */
#define CM_SLOTS_INIT(name, bytes) {					\
	.lock = __SPIN_LOCK_UNLOCKED((name).lock),			\
	.blocks = LIST_HEAD_INIT((name).blocks),			\
	.size = (bytes),						\
}

/**
 * cm_slot_get() - take a slot
 * @slots: where from
 * @gfp: for the block that may be needed: who asks first pays for it
 * @block: result: what cm_slot_put() wants to know
 *
 * Return: the slot, zero on all CPUs; or NULL. Any context but interrupts.
 */
void __percpu *cm_slot_get(struct cm_slots *slots, gfp_t gfp,
			   struct cm_slot_block **block);

/* Give it back: nobody writes to it any more. Any context but interrupts. */
void cm_slot_put(struct cm_slots *slots, struct cm_slot_block *block,
		 void __percpu *slot);

#endif

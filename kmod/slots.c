// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "slots.h"

#define SLOTS 8

/**
 * struct cm_slot_block - some slots
 * @of_slots: in slots->blocks while one is free
 * @used: bits of those that are not
 * @mem: all of them
 */
struct cm_slot_block {
	struct list_head of_slots;
	unsigned long used;
	u8 __percpu *mem;
};

static struct cm_slot_block *block_new(size_t size, gfp_t gfp)
{
	struct cm_slot_block *block = kzalloc(sizeof(*block), gfp | __GFP_NOWARN);

	if (!block)
		return NULL;
	block->mem = __alloc_percpu_gfp(SLOTS * size, sizeof(u64),
					gfp | __GFP_NOWARN);
	if (block->mem)
		return block;
	kfree(block);
	return NULL;
}

static void block_free(struct cm_slot_block *block)
{
	free_percpu(block->mem);
	kfree(block);
}

/* From the first block of the list. slots->lock held. */
static void __percpu *take(struct cm_slots *slots, struct cm_slot_block **from)
{
	struct cm_slot_block *block;
	unsigned long at;

	block = list_first_entry_or_null(&slots->blocks, struct cm_slot_block,
					 of_slots);
	if (!block)
		return NULL;
	at = ffz(block->used);
	block->used |= BIT(at);
	if (block->used == BIT(SLOTS) - 1)
		list_del_init(&block->of_slots);
	*from = block;
	return block->mem + at * slots->size;
}

void __percpu *cm_slot_get(struct cm_slots *slots, gfp_t gfp,
			   struct cm_slot_block **block)
{
	struct cm_slot_block *more;
	void __percpu *slot;

	spin_lock_bh(&slots->lock);
	slot = take(slots, block);
	spin_unlock_bh(&slots->lock);
	if (slot)
		return slot;
	more = block_new(slots->size, gfp);
	if (!more)
		return NULL;
	spin_lock_bh(&slots->lock);
	list_add(&more->of_slots, &slots->blocks);
	slot = take(slots, block);
	spin_unlock_bh(&slots->lock);
	return slot;
}

void cm_slot_put(struct cm_slots *slots, struct cm_slot_block *block,
		 void __percpu *slot)
{
	unsigned long at = ((u8 __percpu *)slot - block->mem) / slots->size;
	bool empty;
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(slot, cpu), 0, slots->size);
	spin_lock_bh(&slots->lock);
	block->used &= ~BIT(at);
	empty = !block->used;
	if (empty)
		list_del_init(&block->of_slots);
	else if (list_empty(&block->of_slots))
		list_add(&block->of_slots, &slots->blocks);
	spin_unlock_bh(&slots->lock);
	if (empty)
		block_free(block);
}

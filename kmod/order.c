// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <linux/spinlock.h>

#include "order.h"
#include "output.h"

/* Mostly it goes to the end of a short list. */
static void insert(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	struct sk_buff **at = &sa->parked;

	while (*at && cm_output_seq(*at) < seq)
		at = &(*at)->next;
	skb->next = *at;
	WRITE_ONCE(*at, skb);
}

/* The first, if it is @seq. sa->lock held. */
static struct sk_buff *take(struct cm_sa *sa, u64 seq)
{
	struct sk_buff *skb = sa->parked;

	if (!skb || cm_output_seq(skb) != seq)
		return NULL;
	WRITE_ONCE(sa->parked, skb->next);
	skb_mark_not_on_list(skb);
	return skb;
}

/* False: the turn has come meanwhile, the packet is still the caller's. */
bool cm_order_park(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	bool parked = true;

	spin_lock(&sa->lock);
	insert(sa, skb, seq);
	smp_mb();	/* pairs with cm_order_next() */
	if (READ_ONCE(sa->turn) == seq)
		parked = !take(sa, seq);
	spin_unlock(&sa->lock);
	return parked;
}

struct sk_buff *cm_order_unpark(struct cm_sa *sa, u64 seq)
{
	struct sk_buff *skb;

	spin_lock(&sa->lock);
	skb = take(sa, seq);
	spin_unlock(&sa->lock);
	return skb;
}

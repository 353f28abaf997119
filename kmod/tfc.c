// SPDX-License-Identifier: GPL-2.0
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "flow.h"
#include "output.h"
#include "pernet.h"
#include "sa.h"
#include "tfc.h"

#define DUMMY_MIN 40U	/* bytes in one whose length is chosen at random */

static bool proto_tells_length(u8 proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_IPIP ||
	       proto == IPPROTO_IPV6;
}

bool cm_tfc_tells_length(const struct cm_selector *sel)
{
	return proto_tells_length(sel->proto);
}

static u32 target(const struct cm_tfc *tfc, u32 mtu)
{
	return tfc->pad == CRYPTOMAP_TFC_MTU ? mtu : min_t(u32, tfc->pad, mtu);
}

u32 cm_tfc_fill(const struct cm_sa *sa, const struct sk_buff *skb,
		const struct cm_ip_part *part, u32 mtu)
{
	u32 to = target(sa->tfc, mtu);

	if (skb->len >= to ||
	    (part->len && !proto_tells_length(skb->data[part->next])))
		return 0;
	cm_flow_count(sa->flow, padded, 1);
	return to - skb->len;
}

u32 cm_tfc_dummy_len(const struct cm_sa *sa, u32 mtu)
{
	if (sa->tfc->pad)
		return target(sa->tfc, mtu);
	if (mtu <= DUMMY_MIN)
		return mtu;
	return DUMMY_MIN + (((u64)get_random_u32() * (mtu - DUMMY_MIN)) >> 32);
}

static bool is_in_use(const struct cm_sa *sa)
{
	return cm_sa_usable(sa) && READ_ONCE(sa->state) == CRYPTOMAP_SA_ACTIVE;
}

static void arm(struct cm_tfc *tfc)
{
	mod_timer(&tfc->timer, jiffies + msecs_to_jiffies(tfc->dummy_ms));
}

/*
 * Packets do not touch the timer: it looks at the sequence number. An SA that
 * is not in use any more lets it end.
 */
static void tick(struct timer_list *timer)
{
	struct cm_tfc *tfc = from_timer(tfc, timer, timer);
	struct cm_sa *sa = tfc->sa;

	rcu_read_lock();
	if (is_in_use(sa)) {
		if (READ_ONCE(sa->seq.last) == tfc->seen)
			cm_output_dummy(sa);
		tfc->seen = READ_ONCE(sa->seq.last);
		arm(tfc);
	}
	rcu_read_unlock();
}

int cm_tfc_init(struct cm_sa *sa, u16 pad, u32 dummy_ms)
{
	struct cm_tfc *tfc;

	if (!pad && !dummy_ms)
		return 0;
	tfc = kzalloc(sizeof(*tfc), GFP_KERNEL_ACCOUNT);
	if (!tfc)
		return -ENOMEM;
	tfc->sa = sa;
	tfc->pad = pad;
	tfc->dummy_ms = dummy_ms;
	tfc->seen = sa->seq.last;
	timer_setup(&tfc->timer, tick, 0);
	sa->tfc = tfc;
	return 0;
}

void cm_tfc_start(struct cm_sa *sa)
{
	lockdep_assert_held(&sa->cn->lock);

	if (sa->tfc && sa->tfc->dummy_ms)
		arm(sa->tfc);
}

/* CM_SA_GONE is set: nothing starts it again but itself, which is waited for. */
void cm_tfc_stop(struct cm_sa *sa)
{
	lockdep_assert_held(&sa->cn->lock);

	if (sa->tfc)
		timer_delete_sync(&sa->tfc->timer);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <linux/swab.h>
#include <linux/tcp.h>
#include <net/checksum.h>

#include "bind.h"
#include "core/bytes.h"
#include "core/espfmt.h"
#include "core/mss.h"
#include "core/tuple.h"
#include "flow.h"
#include "mss.h"
#include "pmtu.h"
#include "sa.h"

static bool is_syn(const struct sk_buff *skb, const struct cm_tuple *t)
{
	const struct tcphdr *tcp;
	struct tcphdr buf;

	if (t->proto != CM_PROTO_TCP || t->flags & CM_TUPLE_LATER)
		return false;
	tcp = skb_header_pointer(skb, t->l4_off, sizeof(buf), &buf);
	return tcp && tcp->syn;
}

static u32 limit_of(const struct cm_sa *sa, const struct cm_tuple *t)
{
	u32 mss = READ_ONCE(sa->flow->bind->opt.mss);

	if (mss != CRYPTOMAP_MSS_AUTO)
		return mss;
	return cm_esp_mss(cm_pmtu_expected(sa), t->family == CM_FAMILY_V6);
}

/* An option may start at an odd place, where the sum sees its bytes swapped. */
static void replace(struct sk_buff *skb, struct tcphdr *tcp, u8 *value, u16 mss)
{
	u16 old = cm_get_be16(value);
	u16 now = mss;

	cm_put_be16(value, mss);
	if ((value - (u8 *)tcp) & 1) {
		old = swab16(old);
		now = swab16(now);
	}
	inet_proto_csum_replace2(&tcp->check, skb, htons(old), htons(now),
				 false);
}

void cm_mss_clamp(const struct cm_sa *sa, struct sk_buff *skb,
		  const struct cm_tuple *t)
{
	struct cm_bind *bind = sa->flow->bind;
	struct tcphdr *tcp;
	u32 limit, len;
	u8 *value;

	if (likely(!READ_ONCE(bind->opt.mss)) || !is_syn(skb, t))
		return;
	limit = limit_of(sa, t);
	len = min_t(u32, skb->len - t->l4_off, CM_TCP_HDR_MAX);
	if (!limit || skb_ensure_writable(skb, t->l4_off + len))
		return;
	tcp = (struct tcphdr *)(skb->data + t->l4_off);
	value = cm_mss_find((u8 *)tcp, len);
	if (!value || cm_get_be16(value) <= limit)
		return;
	replace(skb, tcp, value, limit);
	atomic64_inc(&bind->clamped);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/skbuff.h>

#include "core/tuple.h"
#include "quoted.h"

static bool is_error(const struct cm_tuple *t)
{
	if (t->family != CM_FAMILY_V4 || t->proto != CM_PROTO_ICMP ||
	    !(t->flags & CM_TUPLE_PORTS))
		return false;
	switch (cm_tuple_icmp_type(t)) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	default:
		return false;
	}
}

/* 8 bytes of what follows the quoted IP header are always there (RFC 792). */
bool cm_quoted_tuple(const struct sk_buff *skb, int off,
		     const struct cm_tuple *t, struct cm_tuple *quoted)
{
	u8 buf[sizeof(struct iphdr) + 40 + 8];
	int len;

	if (!is_error(t))
		return false;
	off += t->l4_off + sizeof(struct icmphdr);
	len = min_t(int, sizeof(buf), (int)skb->len - off);
	if (len < (int)sizeof(struct iphdr) || skb_copy_bits(skb, off, buf, len))
		return false;
	return cm_tuple_parse(quoted, buf, len) == CM_REASON_NONE &&
	       quoted->family == CM_FAMILY_V4;
}

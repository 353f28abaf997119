// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/skbuff.h>

#include "core/tuple.h"
#include "quoted.h"

static bool is_error4(u8 type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	default:
		return false;
	}
}

/* Of IPv6 they are the lower half of the types (RFC 4443, 2.1). */
static bool is_error(const struct cm_tuple *t)
{
	u8 type = cm_tuple_icmp_type(t);

	if (!(t->flags & CM_TUPLE_PORTS))
		return false;
	if (t->family == CM_FAMILY_V4)
		return t->proto == CM_PROTO_ICMP && is_error4(type);
	return t->proto == CM_PROTO_ICMPV6 && type && !(type & ICMPV6_INFOMSG_MASK);
}

/*
 * 8 bytes of what follows the quoted IP header are always there (RFC 792), and
 * of IPv6 much more (RFC 4443, 3).
 */
bool cm_quoted_tuple(const struct sk_buff *skb, int off,
		     const struct cm_tuple *t, struct cm_tuple *quoted)
{
	u8 buf[CM_TUPLE_LINEAR];
	int len;

	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));

	if (!is_error(t))
		return false;
	off += t->l4_off + sizeof(struct icmphdr);
	len = min_t(int, sizeof(buf), (int)skb->len - off);
	if (len <= 0 || skb_copy_bits(skb, off, buf, len))
		return false;
	return cm_tuple_parse(quoted, buf, len) == CM_REASON_NONE &&
	       quoted->family == t->family;
}

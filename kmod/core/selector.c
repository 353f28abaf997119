// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/string.h>

#include "selector.h"

static unsigned int addr_bytes(u8 family)
{
	return family == CM_FAMILY_V4 ? 4 : 16;
}

void cm_addr_mask(union cm_addr *mask, u8 family, unsigned int bits)
{
	unsigned int bytes = addr_bytes(family);
	unsigned int i;

	memset(mask, 0, sizeof(*mask));
	if (bits > bytes * 8)
		bits = bytes * 8;
	for (i = 0; i < bits / 8; i++)
		mask->b[i] = 0xff;
	if (bits % 8)
		mask->b[i] = (0xff00 >> bits % 8) & 0xff;
}

int cm_addr_prefix_len(const union cm_addr *mask, u8 family)
{
	unsigned int bytes = addr_bytes(family);
	unsigned int bits = 0;
	union cm_addr want;

	while (bits < bytes * 8 && mask->b[bits / 8] & (0x80 >> bits % 8))
		bits++;
	cm_addr_mask(&want, family, bits);
	return memcmp(want.b, mask->b, bytes) ? -1 : (int)bits;
}

const char *cm_selector_check(const struct cm_selector *s)
{
	bool sports = !cm_ports_is_any(&s->sport);
	bool dports = !cm_ports_is_any(&s->dport);

	if (s->family != CM_FAMILY_V4 && s->family != CM_FAMILY_V6)
		return "address family must be IPv4 or IPv6";
	if (s->sport.lo > s->sport.hi)
		return "source port range ends before it starts";
	if (s->dport.lo > s->dport.hi)
		return "destination port range ends before it starts";
	if (cm_proto_is_icmp(s->proto))
		return sports ? "ICMP has type and code, no source port" : NULL;
	if ((sports || dports) && !cm_proto_has_ports(s->proto))
		return "ports need protocol TCP, UDP, SCTP, DCCP or UDP-Lite";
	return NULL;
}

static void addr_canon(union cm_addr *addr, union cm_addr *mask, u8 family)
{
	unsigned int bytes = addr_bytes(family);

	memset(mask->b + bytes, 0, sizeof(mask->b) - bytes);
	addr->q[0] &= mask->q[0];
	addr->q[1] &= mask->q[1];
}

void cm_selector_canon(struct cm_selector *s)
{
	addr_canon(&s->saddr, &s->smask, s->family);
	addr_canon(&s->daddr, &s->dmask, s->family);
	memset(s->zero, 0, sizeof(s->zero));
}

bool cm_selector_equal(const struct cm_selector *a, const struct cm_selector *b)
{
	return a->family == b->family && a->proto == b->proto &&
	       a->sport.lo == b->sport.lo && a->sport.hi == b->sport.hi &&
	       a->dport.lo == b->dport.lo && a->dport.hi == b->dport.hi &&
	       cm_addr_equal(&a->saddr, &b->saddr) &&
	       cm_addr_equal(&a->smask, &b->smask) &&
	       cm_addr_equal(&a->daddr, &b->daddr) &&
	       cm_addr_equal(&a->dmask, &b->dmask);
}

void cm_selector_reverse(struct cm_selector *out, const struct cm_selector *in)
{
	struct cm_selector s = *in;

	s.saddr = in->daddr;
	s.smask = in->dmask;
	s.daddr = in->saddr;
	s.dmask = in->smask;
	if (!cm_proto_is_icmp(in->proto)) {
		s.sport = in->dport;
		s.dport = in->sport;
	}
	*out = s;
}

static bool match_ports(const struct cm_selector *s, const struct cm_tuple *t)
{
	if (!(t->flags & CM_TUPLE_PORTS))
		return cm_ports_is_any(&s->sport) && cm_ports_is_any(&s->dport);
	return cm_ports_has(&s->sport, t->sport) && cm_ports_has(&s->dport, t->dport);
}

bool cm_selector_match_l3(const struct cm_selector *s, const struct cm_tuple *t)
{
	return s->family == t->family && (!s->proto || s->proto == t->proto) &&
	       cm_addr_match(&t->saddr, &s->saddr, &s->smask) &&
	       cm_addr_match(&t->daddr, &s->daddr, &s->dmask);
}

bool cm_selector_match(const struct cm_selector *s, const struct cm_tuple *t)
{
	return cm_selector_match_l3(s, t) && match_ports(s, t);
}

static bool mask_covers(const union cm_addr *addr, const union cm_addr *mask,
			const union cm_addr *net, const union cm_addr *net_mask)
{
	return !(net_mask->q[0] & ~mask->q[0]) &&
	       !(net_mask->q[1] & ~mask->q[1]) &&
	       cm_addr_match(addr, net, net_mask);
}

static bool ports_within(const struct cm_ports *in, const struct cm_ports *out)
{
	return out->lo <= in->lo && in->hi <= out->hi;
}

/* A selector for any protocol has all ports, and so is in none that has some. */
bool cm_selector_within(const struct cm_selector *in, const struct cm_selector *out)
{
	return in->family == out->family &&
	       mask_covers(&in->saddr, &in->smask, &out->saddr, &out->smask) &&
	       mask_covers(&in->daddr, &in->dmask, &out->daddr, &out->dmask) &&
	       (!out->proto || in->proto == out->proto) &&
	       ports_within(&in->sport, &out->sport) &&
	       ports_within(&in->dport, &out->dport);
}

static bool nets_meet(const union cm_addr *a, const union cm_addr *a_mask,
		      const union cm_addr *b, const union cm_addr *b_mask)
{
	return !((a->q[0] ^ b->q[0]) & a_mask->q[0] & b_mask->q[0]) &&
	       !((a->q[1] ^ b->q[1]) & a_mask->q[1] & b_mask->q[1]);
}

static bool ports_meet(const struct cm_ports *a, const struct cm_ports *b)
{
	return a->lo <= b->hi && b->lo <= a->hi;
}

bool cm_selector_overlaps(const struct cm_selector *a, const struct cm_selector *b)
{
	return a->family == b->family &&
	       nets_meet(&a->saddr, &a->smask, &b->saddr, &b->smask) &&
	       nets_meet(&a->daddr, &a->dmask, &b->daddr, &b->dmask) &&
	       (!a->proto || !b->proto || a->proto == b->proto) &&
	       ports_meet(&a->sport, &b->sport) &&
	       ports_meet(&a->dport, &b->dport);
}

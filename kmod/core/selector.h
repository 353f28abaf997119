/* SPDX-License-Identifier: GPL-2.0 */
/* What one access-list line or one traffic selector of an SA stands for. */
#ifndef _CM_CORE_SELECTOR_H
#define _CM_CORE_SELECTOR_H

#include "tuple.h"

/* Host order, both ends included. */
struct cm_ports {
	u16 lo;
	u16 hi;
};

#define CM_PORTS_ANY ((struct cm_ports){ .lo = 0, .hi = U16_MAX })

/**
 * struct cm_selector - a set of packets
 * @saddr: source address
 * @smask: bits of @saddr that count, holes allowed; all zero is "any"
 * @daddr: destination address
 * @dmask: bits of @daddr that count
 * @sport: source ports; CM_PORTS_ANY unless @proto has ports
 * @dport: destination ports, or for ICMP type << 8 | code
 * @family: CM_FAMILY_V4 or CM_FAMILY_V6; there is no "both"
 * @proto: protocol, 0 is any
 * @zero: in place of padding, so that canonical ones can be hashed as bytes
 */
struct cm_selector {
	union cm_addr saddr;
	union cm_addr smask;
	union cm_addr daddr;
	union cm_addr dmask;
	struct cm_ports sport;
	struct cm_ports dport;
	u8 family;
	u8 proto;
	u8 zero[6];
};

static inline bool cm_ports_is_any(const struct cm_ports *p)
{
	return p->lo == 0 && p->hi == U16_MAX;
}

static inline bool cm_ports_has(const struct cm_ports *p, u16 port)
{
	return p->lo <= port && port <= p->hi;
}

static inline bool cm_addr_equal(const union cm_addr *a, const union cm_addr *b)
{
	return a->q[0] == b->q[0] && a->q[1] == b->q[1];
}

static inline bool cm_addr_match(const union cm_addr *a, const union cm_addr *net,
				 const union cm_addr *mask)
{
	return !((a->q[0] ^ net->q[0]) & mask->q[0]) &&
	       !((a->q[1] ^ net->q[1]) & mask->q[1]);
}

/* The mask of a prefix of 0..32 (IPv4) or 0..128 (IPv6) bits; longer ones are cut. */
void cm_addr_mask(union cm_addr *mask, u8 family, unsigned int bits);

/* Length of the prefix, or -1 for a mask with holes. */
int cm_addr_prefix_len(const union cm_addr *mask, u8 family);

/**
 * cm_selector_check() - is this a selector that can match?
 * @s: selector, canonical or not
 *
 * Return: NULL when valid, else a static text that names the faulty part.
 */
const char *cm_selector_check(const struct cm_selector *s);

/* Clear the address bits that do not count, the unused words of IPv4 and @zero. */
void cm_selector_canon(struct cm_selector *s);

/* Same set of packets; both must be canonical. */
bool cm_selector_equal(const struct cm_selector *a, const struct cm_selector *b);

/* Swap the two ends: what the peer calls this selector. */
void cm_selector_reverse(struct cm_selector *out, const struct cm_selector *in);

/**
 * cm_selector_match() - is the packet in the set?
 * @s: canonical selector
 * @t: the packet
 *
 * A packet whose ports are not known (a later fragment) is only in selectors
 * that take all ports (RFC 4301, section 7).
 */
bool cm_selector_match(const struct cm_selector *s, const struct cm_tuple *t);

/* Is every packet of @in also in @out? Both canonical. */
bool cm_selector_within(const struct cm_selector *in, const struct cm_selector *out);

/* Is there a packet that is in both? Both canonical. */
bool cm_selector_overlaps(const struct cm_selector *a, const struct cm_selector *b);

/* The same without the ports: family, addresses and protocol. */
bool cm_selector_match_l3(const struct cm_selector *s, const struct cm_tuple *t);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was found for the latest packets, so that the packets of a connection
 * are classified once and not one by one.
 *
 * A small table of one CPU, one slot for each hash. What was found counts for
 * packets of the same addresses, protocol, ports and direction, as long as the
 * rules have the stamp that they had when it was looked for. Stamps are never
 * used twice, in no namespace, so nothing is ever taken out: whoever changes rules
 * gives them a new stamp after the change can be seen and before the grace period
 * that frees what the change left behind.
 *
 * Packets can be made that share a slot: they cost what they would without it.
 */
#ifndef _CM_CORE_RECENT_H
#define _CM_CORE_RECENT_H

#include <linux/types.h>

#include "tuple.h"

#define CM_RECENT_BITS 8
enum { CM_RECENT_SLOTS = 1 << CM_RECENT_BITS };

struct cm_bind_rule;
struct cm_flow;

/**
 * struct cm_recent_key - packets that are treated alike
 * @saddr: source address
 * @daddr: destination address
 * @stamp: of the rules, never 0
 * @sport: as in the tuple
 * @dport: as in the tuple
 * @family: CM_FAMILY_V4 or CM_FAMILY_V6
 * @proto: protocol
 * @ports: are the ports known?
 * @mirrored: are the lists read backwards?
 */
struct cm_recent_key {
	union cm_addr saddr;
	union cm_addr daddr;
	u64 stamp;
	u16 sport;
	u16 dport;
	u8 family;
	u8 proto;
	u8 ports;
	u8 mirrored;
};

/**
 * struct cm_recent - what was found
 * @line: the line that decided, or NULL: a selector of a dynamic flow, or nothing
 * @flow: the flow, or NULL: clear text
 */
struct cm_recent {
	const struct cm_bind_rule *line;
	struct cm_flow *flow;
};

/* One cache line. */
struct cm_recent_slot {
	struct cm_recent_key key;
	struct cm_recent found;
};

static inline void cm_recent_key(struct cm_recent_key *key, u64 stamp,
				 const struct cm_tuple *t, bool mirrored)
{
	*key = (struct cm_recent_key){
		.saddr = t->saddr, .daddr = t->daddr, .stamp = stamp,
		.sport = t->sport, .dport = t->dport,
		.family = t->family, .proto = t->proto,
		.ports = t->flags & CM_TUPLE_PORTS, .mirrored = mirrored,
	};
}

/*
 * @slots: CM_RECENT_SLOTS, all zero at first; nobody else touches them meanwhile.
 * Return: whether @found was filled.
 */
bool cm_recent_find(const struct cm_recent_slot *slots,
		    const struct cm_recent_key *key, struct cm_recent *found);

/* @key has the stamp that was read before the rules were. */
void cm_recent_keep(struct cm_recent_slot *slots, const struct cm_recent_key *key,
		    const struct cm_recent *found);

#endif

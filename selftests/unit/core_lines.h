/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simple lines and packets for the tests of the classifier. */
#ifndef SELFTESTS_UNIT_CORE_LINES_H
#define SELFTESTS_UNIT_CORE_LINES_H

#include <string.h>

#include "kmod/core/classify.h"

static const siphash_key_t hash_key = { { 0x0123456789abcdef, 0xfedcba9876543210 } };

/* TCP from any to any with the destination ports @lo..@hi. */
static inline void tcp_rule(struct cm_rule *rule, u64 prio, enum cm_action action,
			    u16 lo, u16 hi)
{
	memset(rule, 0, sizeof(*rule));
	rule->sel.family = CM_FAMILY_V4;
	rule->sel.proto = CM_PROTO_TCP;
	rule->sel.sport = CM_PORTS_ANY;
	rule->sel.dport = (struct cm_ports){ lo, hi };
	rule->prio = prio;
	rule->action = action;
}

static inline struct cm_tuple tcp_packet(u16 dport)
{
	return (struct cm_tuple){
		.family = CM_FAMILY_V4, .proto = CM_PROTO_TCP,
		.dport = dport, .flags = CM_TUPLE_PORTS,
	};
}

#endif

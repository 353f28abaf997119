/* SPDX-License-Identifier: GPL-2.0 */
/* Events to the multicast group. Any context; never sleeps, never fails: a loss is counted. */
#ifndef _CM_EVENT_H
#define _CM_EVENT_H

#include "kmod/core/tuple.h"

struct cm_bind;
struct cm_flow;
struct cm_net;
struct cm_sa;

/**
 * cm_event_acquire() - a flow needs an SA
 * @flow: flow without a current SA, under rcu_read_lock() or referenced
 * @t: the packet that asks, or NULL when a command does
 *
 * May be called for every packet: raised once, then again every
 * LIMIT_ACQUIRE_SECS while nothing answers. Flows with manual keys and dead
 * ones raise nothing.
 *
 * Return: true when the packet may wait for an answer, false when none will
 * come.
 */
bool cm_event_acquire(struct cm_flow *flow, const struct cm_tuple *t);

/* ESP or AH to an SPI that is not ours. Rate-limited; says if it once was. */
void cm_event_unknown_spi(struct cm_net *cn, __be32 spi, u8 proto, u8 family,
			  const union cm_addr *saddr, const union cm_addr *daddr);

/* Inbound @sa: the peer's packets now come from @from, UDP port @sport. */
void cm_event_nat_mapping(struct cm_sa *sa, const union cm_addr *from,
			  __be16 sport);

void cm_event_sa(struct cm_sa *sa, u8 type);
void cm_event_expire(struct cm_sa *sa, u8 type, u8 cause);
void cm_event_sa_deleted(struct cm_sa *sa, u8 reason);
void cm_event_bind(struct cm_bind *bind, bool up);
void cm_event_config(struct cm_net *cn);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transport mode behind a NAT: see oa.c. */
#ifndef IKE_V1_OA_H
#define IKE_V1_OA_H

#include <stdbool.h>

#include "ike-daemon/wire/isakmp.h"

struct v1_exchange;

/* NAT-OA for QM1 and QM2 of transport mode in UDP; behind the identities. */
void v1_oa_put(const struct v1_exchange *x, struct isakmp_writer *w);
/* Those of the peer, if any: x->q.oa_peer and x->q.oa_own. */
void v1_oa_take(struct v1_exchange *x, const struct isakmp_msg *msg);
/*
 * QM1 as responder: a peer that asks for transport mode between two hosts means the two
 * ends, whatever they call themselves; x->q.sel is between the addresses outside then.
 */
void v1_oa_outside(struct v1_exchange *x, const struct isakmp_msg *msg);
/*
 * QM2 as initiator: the identities are of the two ends, as either knows them.  Some
 * responders name the addresses outside (strongSwan).
 */
bool v1_oa_are_ends(const struct v1_exchange *x, const struct isakmp_id *ci,
		    const struct isakmp_id *cr);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that wait until their flow has an SA. */
#ifndef _CM_QUEUE_H
#define _CM_QUEUE_H

#include "kmod/core/reason.h"

struct cm_flow;
struct cm_net;

/* The flow is new: prepare flow->waiting. */
void cm_queue_init(struct cm_flow *flow);

/* An outbound SA became current: send what waits. Process context. */
void cm_queue_release(struct cm_flow *flow);

/*
 * Drop what waits and count it with @reason. After the flow was marked
 * CM_FLOW_DEAD nothing enters any more.
 */
void cm_queue_drop(struct cm_flow *flow, enum cm_reason reason);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop: libevent hands time, datagrams and events to the engine. */
#ifndef IKE_ENGINE_LOOP_H
#define IKE_ENGINE_LOOP_H

#include <stdbool.h>

#include "tools/lib/err.h"

struct engine;
struct engine_net;
struct event_base;
struct ike_sock;
struct kernel;
struct loop;

extern const struct engine_net loop_net;	/* its context is the loop */

/* NULL without memory. */
struct loop *loop_new(void);
void loop_free(struct loop *l);
struct event_base *loop_base(struct loop *l);
/* The IKE sockets, IKE_SOCKS of them; they stay the caller's. */
void loop_set_socks(struct loop *l, const struct ike_sock *socks);
/* What is served; its clock starts now. */
void loop_serve(struct loop *l, struct engine *e, struct kernel *k);
/* Serve until loop_stop() or a signal; 0 or a negative errno. */
int loop_run(struct loop *l, struct err *err);
void loop_stop(struct loop *l);
/* Bring the engine's clock up to date, before it is asked for anything. */
void loop_tick(struct loop *l);
/* Arm the loop's timer, after the engine was asked for something. */
void loop_rearm(struct loop *l);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server of L2TP: at which addresses it listens, by the configuration and by what the
 * interfaces have, and what the helper tells of it.
 */
#ifndef IKE_PPP_L2TP_H
#define IKE_PPP_L2TP_H

#include <stdbool.h>

#include "ike-daemon/helper/helper.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"

struct engine;
struct json_object;

/* How servers are had; NULL in the engine: they cannot be. */
struct l2tp_host {
	/* These, and no others; none: nobody may come by PPP either. */
	void (*serve)(void *ctx, const struct helper_serve *serve);
};

/* Part of the engine. */
struct ppp {
	const struct l2tp_host *host;
	void *host_ctx;
	struct helper_serve serve;
	struct helper_status status[HELPER_SERVERS_MAX];	/* of each */
	struct timer look;		/* whether addresses are others */
	struct list sessions;
};

void l2tp_init(struct engine *e);
void l2tp_exit(struct engine *e);
/* From now on; before the first configuration. */
void l2tp_set_host(struct engine *e, const struct l2tp_host *host, void *ctx);
/* The configuration is another one. */
void l2tp_apply(struct engine *e);
/* The helper says so. */
void l2tp_status(struct engine *e, const struct helper_status *status);
/* The helper has gone. */
void l2tp_lost(struct engine *e);
/* As tools/lib/control.h has them; with a reference. */
struct json_object *l2tp_show(struct engine *e);

#endif

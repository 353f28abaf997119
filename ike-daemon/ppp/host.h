/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users of L2TP need of the system: the helper, and the socket where pppd asks. */
#ifndef IKE_PPP_HOST_H
#define IKE_PPP_HOST_H

#include "tools/lib/err.h"

struct engine;
struct host;
struct loop;

/*
 * Forks the helper: before anything is given up.  @socket: the control socket, beside which
 * the directory is; @plugin: pppd's.  0 or -errno.
 */
int host_new(const char *socket, const char *plugin, struct host **out,
	     struct err *err);
/* Before the first configuration; 0 or -ENOMEM. */
int host_serve(struct host *h, struct loop *loop, struct engine *e);
/* Nobody may come any more: sessions go, before the engine does. */
void host_close(struct host *h);
/* Waits for the helper; NULL is accepted. */
void host_free(struct host *h);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket (tools/lib/control.h): who asks, and what is answered. */
#ifndef IKE_CONTROL_SERVER_H
#define IKE_CONTROL_SERVER_H

#include <stdbool.h>

#include "tools/lib/err.h"

struct engine;
struct json_object;
struct loop;
struct server;

/*
 * Serve at @path, in @loop.  -EADDRINUSE: another daemon does.  The listening
 * comes first of all at start, so that two daemons cannot run at once.
 */
int server_new(const char *path, struct loop *loop, struct server **out,
	       struct err *err);
/* From now on requests are answered. */
void server_start(struct server *s, struct engine *e);
void server_free(struct server *s);

/* What a request may use. */
struct request {
	struct engine *e;
	struct json_object *args;
	bool stop;			/* set: end the daemon after the reply */
};

/* Answers one request; never NULL unless memory is out. */
struct json_object *control_handle(struct request *r);

#endif

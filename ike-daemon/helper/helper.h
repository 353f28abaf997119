/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small process that keeps the privileges which the engine gives up: it starts xl2tpd,
 * and by that pppd, watches over them and ends them with the engine.  The engine says at which
 * addresses and with which methods of PPP, and nothing else: files and command lines are the
 * helper's own.
 *
 * Over a socketpair of packets: SERVE (all servers that there shall be) to it, STATUS (of
 * one) from it.
 */
#ifndef IKE_HELPER_HELPER_H
#define IKE_HELPER_HELPER_H

#include <stddef.h>
#include <stdint.h>

#include "tools/lib/addr.h"
#include "tools/lib/buf.h"
#include "tools/lib/err.h"

#define HELPER_SERVERS_MAX	8
#define HELPER_TEXT		160	/* with NUL */
#define HELPER_FRAME_MAX	512

/* One xl2tpd. */
struct helper_server {
	struct addr address;		/* IPv4, where it listens */
	uint8_t methods;		/* 1 << CFG_PPP_... */
};

/* X(identifier, as shown) */
#define HELPER_STATES(X)			\
	X(STARTING, "starting")			\
	X(RUNNING, "running")			\
	X(WAITING, "ended, starts again soon")	\
	X(MISSING, "cannot be started")

enum helper_state {
#define X(id, text) HELPER_##id,
	HELPER_STATES(X)
#undef X
	HELPER_STATE_COUNT
};

const char *helper_state_text(enum helper_state state);

struct helper_status {
	struct addr address;
	enum helper_state state;
	char text[HELPER_TEXT];		/* why, "" */
};

struct helper_serve {
	struct helper_server server[HELPER_SERVERS_MAX];
	size_t n;
};

/* wire.c: errors of writing are those of the buffer; of reading 0 or -EBADMSG. */
void helper_put_serve(struct buf *b, const struct helper_serve *serve);
void helper_put_status(struct buf *b, const struct helper_status *status);
int helper_get_serve(const uint8_t *data, size_t len, struct helper_serve *out);
int helper_get_status(const uint8_t *data, size_t len,
		      struct helper_status *out);

/* --- the engine's end ---------------------------------------------------------------- */

struct helper;

/*
 * Fork it, before anything is given up and before there are threads.  @dir: for its files,
 * made when they are needed; @plugin: pppd's.  0 or -errno.
 */
int helper_start(const char *dir, const char *plugin, struct helper **out,
		 struct err *err);
/* Ends it, and waits until it and its children have gone, for seconds at most. */
void helper_free(struct helper *h);
int helper_fd(const struct helper *h);
int helper_serve(struct helper *h, const struct helper_serve *serve);
/* What has come: 1 and @status, 0: no more, -EPIPE: it has ended. */
int helper_read(struct helper *h, struct helper_status *status);

/* --- the process --------------------------------------------------------------------- */

/* Serves @fd until its other end closes; then there is nothing left. */
void helper_run(int fd, const char *dir, const char *plugin);

#endif

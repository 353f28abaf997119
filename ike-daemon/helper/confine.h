/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon gives up of what it may do.  It reads from anybody, so that whoever
 * finds a fault in it shall have as little as can be.
 */
#ifndef IKE_CONFINE_H
#define IKE_CONFINE_H

#include "tools/lib/err.h"

/*
 * All capabilities but CAP_NET_ADMIN (module, routes), CAP_NET_BIND_SERVICE (UDP 500) and
 * CAP_NET_RAW (sockets bound to an interface), for good.  Call it before there are threads,
 * which inherit it.  0 or -errno.
 */
int confine_capabilities(struct err *err);
/*
 * System calls, of all threads: those that a running daemon needs are left.  Others fail
 * with EPERM, and what only an intruder wants, as another program, ends the process.
 * There can be no new threads.  0 or -errno.
 */
int confine_system_calls(struct err *err);
/*
 * The helper and all that it starts, as root: of the capabilities CAP_NET_ADMIN is left (PPP,
 * addresses, routes), nothing can be got back (no_new_privs), and of the system calls those
 * are refused with EPERM that change the system or look into others.  0 or -errno.
 */
int confine_helper(struct err *err);

#endif

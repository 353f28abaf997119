/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of ours in the system's main table, for policy/route.c. */
#ifndef IKE_ENGINE_REVERSE_H
#define IKE_ENGINE_REVERSE_H

#include <stdbool.h>

#include "tools/lib/addr.h"

/* rtm_protocol, which nobody else uses; "cryptomap" in /etc/iproute2/rt_protos.d. */
#define REVERSE_PROTOCOL	67

struct nl_sock;

/*
 * A route to @dst that is the way to @peer by that interface; one of ours is changed if it
 * is another way now.  @peer NULL: it goes, of that interface, or of any (NULL).
 * 0, -EEXIST: somebody else has one, -ENODEV, or another negative errno.
 */
int reverse_route(const struct prefix *dst, const char *ifname,
		  const struct addr *peer);
/* Each of ours; @fn may change them.  0 or -errno. */
int reverse_routes(void (*fn)(void *arg, const struct prefix *dst), void *arg);

/* Links and routes of others that change; NULL: they cannot be watched. */
struct nl_sock *reverse_watch(void);
/* Did any?  Call it when the socket can be read. */
bool reverse_watch_read(struct nl_sock *sk);

#endif

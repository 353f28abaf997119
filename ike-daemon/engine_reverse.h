/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of ours in the system's main table, for policy/route.c. */
#ifndef IKE_ENGINE_REVERSE_H
#define IKE_ENGINE_REVERSE_H

#include <net/if.h>
#include <stdbool.h>

#include "tools/lib/addr.h"

/* rtm_protocol, which nobody else uses; "cryptomap" in /etc/iproute2/rt_protos.d. */
#define REVERSE_PROTOCOL	67

struct nl_sock;

struct reverse_way {
	unsigned int ifindex;
	char ifname[IF_NAMESIZE];	/* of reverse_way() alone */
	struct addr gateway;		/* unset: the link */
};

/*
 * How @peer is reached by that interface, or by any (NULL).  0, -ENODEV, -EHOSTUNREACH,
 * -EXDEV: by another table than main, or another negative errno.
 */
int reverse_way(const struct addr *peer, const char *ifname,
		struct reverse_way *out);
/* Is none of it an address, or in a network, of this system?  0 or -EADDRINUSE. */
int reverse_fits(const struct range *dst);
/* 0, -EEXIST: there is one, ours or another's, or another negative errno. */
int reverse_add(const struct prefix *dst, const struct reverse_way *way);
/* Ours alone goes.  0, also when there is none, or -errno. */
int reverse_del(const struct prefix *dst);

typedef void reverse_fn(void *arg, const struct prefix *dst,
			const struct reverse_way *way);
/* Each of ours; @fn may change them.  0 or -errno. */
int reverse_routes(reverse_fn *fn, void *arg);

enum reverse_event {
	REVERSE_CHANGED,	/* something that is not ours */
	REVERSE_GONE,		/* somebody has taken ours to @dst */
	REVERSE_LINK,		/* the kernel takes what went by @ifindex */
	REVERSE_LOST,		/* events: anything */
};

typedef void reverse_event_fn(void *arg, enum reverse_event what,
			      const struct prefix *dst, unsigned int ifindex);
/* Links and routes; NULL: they cannot be watched. */
struct nl_sock *reverse_watch(void);
/* Some of what has happened; call it as long as the socket can be read. */
void reverse_watch_read(struct nl_sock *sk, reverse_event_fn *fn, void *arg);
/* Frees what the functions above keep. */
void reverse_close(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 addresses that an interface has of another (`ip unnumbered`), in the current
 * network namespace.  The kernel keeps with each who has given it (IFA_PROTO): so a
 * later run knows ours, and what somebody has given by hand stays.
 */
#ifndef TOOLS_LIB_LENT_H
#define TOOLS_LIB_LENT_H

#include <net/if.h>

#include "tools/lib/addr.h"

struct lent {
	char ifname[IF_NAMESIZE];	/* who has it */
	struct addr addr;
};

typedef int lent_fn(void *arg, const struct lent *lent);

/* All of ours.  A value other than 0 of @fn ends it and is returned. */
int lent_dump(lent_fn *fn, void *arg);
/*
 * With a mask of 32 bits, and no route.  1: somebody else has given it, with whom it
 * stays; -ENODEV: there is no such interface.
 */
int lent_add(const struct lent *lent);
/* -ENODEV, -EADDRNOTAVAIL: it is gone already. */
int lent_del(const struct lent *lent);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the system has an address and where it sends packets. */
#ifndef IKE_ENGINE_ROUTE_H
#define IKE_ENGINE_ROUTE_H

#include <net/if.h>
#include <stdbool.h>

#include "tools/lib/addr.h"

/* @ifname NULL: any interface.  From one thread only. */
bool route_has_address(const char *ifname, const struct addr *addr);
/* Could they be read?  If not, nobody knows that one is missing. */
bool route_knows_addresses(void);
/*
 * A socket, the caller's to close, that can be read when an address of this system comes or
 * goes; or -1, errno set.
 */
int route_watch(void);
/* Takes what there is: has one come or gone, perhaps? */
bool route_watch_read(int fd);
/* What route_has_address() keeps; it may be asked again. */
void route_close(void);
/* The interface that packets to @dst leave by: 0 or -errno. */
int route_interface(const struct addr *dst, char ifname[IF_NAMESIZE]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system knows of an interface of the current network namespace. */
#ifndef TOOLS_LIB_NETIF_H
#define TOOLS_LIB_NETIF_H

#include "tools/lib/addr.h"

/*
 * The address of that family which it uses outside; 0 or -EADDRNOTAVAIL.  IPv4:
 * the first.  IPv6: not a link-local one; rather none that is going to be
 * given up or is temporary (RFC 4862, RFC 8981); of several the lowest.
 */
int netif_address(const char *ifname, int family, struct addr *addr);
/* The network of its first IPv4 address; 0 or -EADDRNOTAVAIL. */
int netif_network(const char *ifname, struct prefix *net);
/* Its MTU in bytes, -ENODEV when there is no such interface. */
int netif_mtu(const char *ifname);

#endif

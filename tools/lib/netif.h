/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system knows of an interface of the current network namespace. */
#ifndef TOOLS_LIB_NETIF_H
#define TOOLS_LIB_NETIF_H

#include <netinet/in.h>

/* Its first IPv4 address; 0 or -EADDRNOTAVAIL. */
int netif_address(const char *ifname, struct in_addr *addr);
/* Its MTU in bytes, -ENODEV when there is no such interface. */
int netif_mtu(const char *ifname);

#endif

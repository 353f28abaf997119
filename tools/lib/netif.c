// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/lib/netif.h"

#define IPV6_ADDR_GLOBAL 0	/* the scope, as the kernel prints it */

static int address4(const char *ifname, struct addr *addr)
{
	int ret = -EADDRNOTAVAIL;
	struct ifaddrs *list;

	if (getifaddrs(&list))
		return -errno;
	for (const struct ifaddrs *i = list; i && ret; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET &&
		    !strcmp(i->ifa_name, ifname))
			ret = addr_from_sockaddr(addr, i->ifa_addr,
						 sizeof(struct sockaddr_in));
	freeifaddrs(list);
	return ret;
}

/*
 * One line of /proc/net/if_inet6: the address, and what getifaddrs() does not
 * tell, its flags.  A tentative one is ours in a second.
 */
static int scan_line(const char *line, const char *ifname, struct addr *addr,
		     unsigned int *rank)
{
	unsigned int scope, flags;
	char hex[33], name[IF_NAMESIZE];

	if (sscanf(line, "%32s %*x %*x %x %x %15s", hex, &scope, &flags,
		   name) != 4 || strlen(hex) != 32 || strcmp(name, ifname) ||
	    scope != IPV6_ADDR_GLOBAL || flags & IFA_F_DADFAILED)
		return -EADDRNOTAVAIL;
	*addr = (struct addr){ .family = AF_INET6 };
	for (size_t i = 0; i < sizeof(addr->bytes); i++)
		if (sscanf(hex + 2 * i, "%2hhx", &addr->bytes[i]) != 1)
			return -EADDRNOTAVAIL;
	*rank = (flags & IFA_F_DEPRECATED ? 2 : 0) +
		(flags & IFA_F_TEMPORARY ? 1 : 0);
	return 0;
}

static int address6(const char *ifname, struct addr *addr)
{
	unsigned int rank, best = UINT_MAX;
	struct addr found;
	char line[128];
	FILE *f = fopen("/proc/net/if_inet6", "re");

	if (!f)
		return -EADDRNOTAVAIL;
	while (fgets(line, sizeof(line), f)) {
		if (scan_line(line, ifname, &found, &rank) || rank > best ||
		    (rank == best && addr_cmp(&found, addr) > 0))
			continue;
		*addr = found;
		best = rank;
	}
	fclose(f);
	return best == UINT_MAX ? -EADDRNOTAVAIL : 0;
}

int netif_address(const char *ifname, int family, struct addr *addr)
{
	return family == AF_INET6 ? address6(ifname, addr) :
				    address4(ifname, addr);
}

int netif_network(const char *ifname, struct prefix *net)
{
	int ret = -EADDRNOTAVAIL;
	struct ifaddrs *list;
	struct addr addr, mask;

	if (getifaddrs(&list))
		return -errno;
	for (const struct ifaddrs *i = list; i && ret; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_netmask &&
		    i->ifa_addr->sa_family == AF_INET &&
		    !strcmp(i->ifa_name, ifname) &&
		    !addr_from_sockaddr(&addr, i->ifa_addr,
					sizeof(struct sockaddr_in)) &&
		    !addr_from_sockaddr(&mask, i->ifa_netmask,
					sizeof(struct sockaddr_in)))
			ret = prefix_from_mask(net, &addr, &mask);
	freeifaddrs(list);
	return ret;
}

int netif_mtu(const char *ifname)
{
	struct ifreq req = { 0 };
	int fd, ret;

	if (strlen(ifname) >= sizeof(req.ifr_name))
		return -ENODEV;
	strcpy(req.ifr_name, ifname);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, SIOCGIFMTU, &req) ? -ENODEV : req.ifr_mtu;
	close(fd);
	return ret;
}

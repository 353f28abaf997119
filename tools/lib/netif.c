// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/lib/netif.h"

int netif_address(const char *ifname, struct in_addr *addr)
{
	int ret = -EADDRNOTAVAIL;
	struct ifaddrs *list;

	if (getifaddrs(&list))
		return -errno;
	for (const struct ifaddrs *i = list; i && ret; i = i->ifa_next) {
		const struct sockaddr_in *sin = (void *)i->ifa_addr;

		if (!sin || sin->sin_family != AF_INET ||
		    strcmp(i->ifa_name, ifname))
			continue;
		*addr = sin->sin_addr;
		ret = 0;
	}
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

// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ike-daemon/engine_route.h"

/* --- addresses --------------------------------------------------------------- */

#define ADDRESSES	(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
#define CHANGES		(RTMGRP_LINK | ADDRESSES)

/*
 * Every negotiation asks several times, and a walk over links and addresses takes longer
 * than a key exchange. The kernel puts a message into the socket before whoever changes
 * an address goes on: what was read stays true for as long as there is none.
 */
static struct {
	struct ifaddrs *list;		/* NULL: to be read */
	time_t read_at;			/* seconds, monotonic */
	int changes;			/* socket; 0: not yet open */
} known;

static void forget_addresses(void)
{
	if (known.list)
		freeifaddrs(known.list);
	known.list = NULL;
}

void route_close(void)
{
	forget_addresses();
	if (known.changes > 0)
		close(known.changes);
	known.changes = 0;
}

static int open_changes(uint32_t which)
{
	const struct sockaddr_nl groups = {
		.nl_family = AF_NETLINK, .nl_groups = which,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || !bind(fd, (const struct sockaddr *)&groups, sizeof(groups)))
		return fd;
	close(fd);
	return -1;
}

static bool watch_changes(void)
{
	if (known.changes > 0)
		return true;
	known.changes = open_changes(CHANGES);
	if (known.changes > 0)
		return true;
	known.changes = 0;
	return false;
}

/* Also one that there was no room for. */
static bool take_change(int fd)
{
	char first;

	return recv(fd, &first, sizeof(first), MSG_DONTWAIT) >= 0 ||
	       errno == ENOBUFS || errno == EINTR;
}

int route_watch(void)
{
	return open_changes(ADDRESSES);
}

bool route_watch_read(int fd)
{
	bool any = false;

	while (take_change(fd))
		any = true;
	return any;
}

static bool is_listed(const char *ifname, const struct addr *addr)
{
	const struct ifaddrs *i;
	struct addr its;

	for (i = known.list; i; i = i->ifa_next)
		if (i->ifa_addr && (!ifname || !strcmp(i->ifa_name, ifname)) &&
		    !addr_from_sockaddr(&its, i->ifa_addr,
					sizeof(struct sockaddr_in6)) &&
		    addr_equal(&its, addr))
			return true;
	return false;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool read_addresses(void)
{
	forget_addresses();
	if (getifaddrs(&known.list))
		known.list = NULL;
	known.read_at = seconds();
	return known.list;
}

/*
 * What is asked for because of anybody's datagrams is often missing: that counts as long as
 * the list does.  An address of IPv6 is there before the kernel has made sure that nobody
 * else has it, and says so only then: missing ones are looked for once a second.
 */
static bool knows_missing(const struct addr *addr)
{
	return known.list &&
	       (addr->family == AF_INET || known.read_at == seconds());
}

bool route_has_address(const char *ifname, const struct addr *addr)
{
	bool watched = watch_changes(), found;

	while (watched && take_change(known.changes))
		forget_addresses();
	found = is_listed(ifname, addr);
	if (!found && !knows_missing(addr) && read_addresses())
		found = is_listed(ifname, addr);
	if (!watched)
		forget_addresses();
	return found;
}

bool route_knows_addresses(void)
{
	bool known_now = known.list || read_addresses();

	if (!watch_changes())
		forget_addresses();
	return known_now;
}

/* --- routes ------------------------------------------------------------------ */

static int route_answer(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct nlattr *oif;

	if (h->nlmsg_type != RTM_NEWROUTE)
		return NL_SKIP;
	oif = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);
	if (oif)
		*(unsigned int *)arg = nla_get_u32(oif);
	return NL_STOP;
}

static int ask_route(struct nl_sock *sk, const struct addr *dst,
		     unsigned int *ifindex)
{
	struct rtmsg rt = {
		.rtm_family = dst->family,
		.rtm_dst_len = addr_bits(dst),
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);
	int r = -NLE_NOMEM;

	if (msg && !nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) &&
	    !nla_put(msg, RTA_DST, addr_len(dst), dst->bytes) &&
	    (!dst->scope || !nla_put_u32(msg, RTA_OIF, dst->scope)))
		r = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	if (r >= 0)
		r = nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM,
					route_answer, ifindex);
	return r < 0 ? r : nl_recvmsgs_default(sk);
}

int route_interface(const struct addr *dst, char ifname[IF_NAMESIZE])
{
	struct nl_sock *sk = nl_socket_alloc();
	unsigned int ifindex = 0;

	if (!sk)
		return -ENOMEM;
	nl_socket_disable_auto_ack(sk);
	if (!nl_connect(sk, NETLINK_ROUTE))
		ask_route(sk, dst, &ifindex);
	nl_socket_free(sk);
	return ifindex && if_indextoname(ifindex, ifname) ? 0 : -ENETUNREACH;
}
